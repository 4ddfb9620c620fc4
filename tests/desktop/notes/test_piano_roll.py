"""The piano roll by the mouse: each gesture does what it says, as one step that undo takes back."""

from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, Qt

from engine.project import edits
from engine.timing.snap import Grid
from tests.desktop.notes.conftest import ALT, BEAT, CONTROL, MELODY, NONE, SHIFT, Player, note

PLAIN = [(0.0, 1.0, 60), (1.0, 1.0, 64), (2.0, 1.0, 67), (3.0, 0.5, 72)]


def test_a_double_click_adds_a_note_of_one_step_where_it_was(player: Player) -> None:
    player.double_click(player.at(4.6, 69))
    assert player.notes == [*PLAIN, (4.5, 0.25, 69)]
    assert player.velocities[-1] == 100
    assert player.steps == ["Add note"]
    assert player.session.chosen == {4}
    player.document.undo()
    assert player.notes == PLAIN


def test_the_new_note_is_as_hard_as_the_one_touched_last(player: Player) -> None:
    player.click(player.at(2.5, 67))
    player.double_click(player.at(5, 69))
    assert player.velocities[-1] == 60


def test_a_double_click_on_a_note_deletes_it(player: Player) -> None:
    player.double_click(player.at(1.5, 64))
    assert player.notes == [PLAIN[0], *PLAIN[2:]]
    assert player.steps == ["Delete note"]


def test_a_drag_moves_in_time_by_the_grid_and_by_rows(player: Player) -> None:
    player.drag(player.at(0.5, 60), player.at(1.8, 63))
    assert player.notes == [(1.25, 1.0, 63), *PLAIN[1:]]
    assert player.steps == ["Move note"]
    player.document.undo()
    assert player.notes == PLAIN
    assert player.session.chosen == {0}


def test_shift_moves_without_snapping(player: Player) -> None:
    # 13 px of 80 are 39 of 240 parts of a beat
    start = player.at(0.5, 60)
    player.drag(start, start + QPoint(13, 0), SHIFT, press_with=NONE)
    assert player.session.real_notes[0].start == Fraction(39, 240)


def test_triplets_are_snapped_to(player: Player) -> None:
    player.session.change(grid=Grid.EIGHTH_TRIPLET)
    player.drag(player.at(0.5, 60), player.at(0.85, 60))
    assert player.session.real_notes[0].start == Fraction(1, 3)


@pytest.mark.parametrize("modifiers", [ALT, CONTROL])
def test_alt_and_control_copy(player: Player, modifiers: Qt.KeyboardModifier) -> None:
    player.drag(player.at(0.5, 60), player.at(4.5, 62), modifiers)
    assert player.notes == [*PLAIN, (4.0, 1.0, 62)]
    assert player.steps == ["Copy note"]
    assert player.session.chosen == {4}


def test_the_ends_of_a_note_stretch_all_that_are_selected(player: Player) -> None:
    player.session.choose(frozenset({0, 1}))
    end = player.at(2, 64) - QPoint(2, 0)
    player.drag(end, end + QPoint(40, 0))
    assert player.notes == [(0.0, 1.5, 60), (1.0, 1.5, 64), *PLAIN[2:]]
    start = player.at(1, 64) + QPoint(2, 0)
    player.drag(start, start + QPoint(20, 0))
    assert player.notes == [(0.25, 1.25, 60), (1.25, 1.25, 64), *PLAIN[2:]]
    assert player.steps == ["Stretch 2 notes", "Stretch 2 notes"]


def test_a_box_selects_what_it_touches_and_shift_adds(player: Player) -> None:
    player.drag(player.at(-0.2, 65), player.at(1.5, 59))
    assert player.session.chosen == {0, 1}
    player.drag(player.at(2.9, 74), player.at(3.2, 71), SHIFT)
    assert player.session.chosen == {0, 1, 3}
    player.click(player.at(6, 74))
    assert player.session.chosen == frozenset()
    assert player.steps == []


def test_clicks_select_and_control_toggles(player: Player) -> None:
    player.click(player.at(0.5, 60))
    player.click(player.at(1.5, 64), CONTROL)
    assert player.session.chosen == {0, 1}
    player.click(player.at(0.5, 60), CONTROL)
    assert player.session.chosen == {1}


def test_escape_ends_a_drag_with_nothing_changed(player: Player) -> None:
    player.session.choose(frozenset({2}))
    player.drag(player.at(0.5, 60), player.at(3.5, 66), release=False)
    assert player.session.notes is not player.session.real_notes
    player.key(Qt.Key.Key_Escape)
    assert player.notes == PLAIN
    assert player.session.notes is player.session.real_notes
    assert player.steps == []


def test_the_pencil_draws_as_long_as_it_is_dragged_and_erases(player: Player) -> None:
    player.session.change(pencil=True)
    player.drag(player.at(5.1, 62), player.at(6.05, 62))
    assert player.notes == [*PLAIN, (5.0, 1.0, 62)]
    player.drag(player.at(0.5, 60), player.at(1.5, 64))
    assert player.notes == [*PLAIN[2:], (5.0, 1.0, 62)]
    assert player.steps == ["Add note", "Erase 2 notes"]


def test_a_key_of_the_keyboard_selects_its_pitch(player: Player) -> None:
    from PySide6.QtTest import QTest

    player.document.apply("More", lambda p: edits.set_notes(p, {"melody": (*MELODY, note(5, 1, 64))}))
    place = QPoint(20, player.at(0, 64).y())
    QTest.mouseClick(player.editor.names, Qt.MouseButton.LeftButton, NONE, place)
    assert player.session.chosen == {1, 4}


def test_the_lane_sets_velocities(player: Player) -> None:
    from PySide6.QtTest import QTest

    lane = player.editor.lane
    x = player.at(1, 64).x()
    QTest.mousePress(lane, Qt.MouseButton.LeftButton, NONE, QPoint(x, 7))
    QTest.mouseRelease(lane, Qt.MouseButton.LeftButton, NONE, QPoint(x, 7))
    assert player.velocities == [96, 127, 60, 120]
    assert player.steps == ["Velocity"]
    player.session.choose(frozenset({0, 2}))
    QTest.mousePress(lane, Qt.MouseButton.LeftButton, NONE, QPoint(player.at(2, 67).x(), 30))
    QTest.mouseRelease(lane, Qt.MouseButton.LeftButton, NONE, QPoint(player.at(2, 67).x(), 30))
    assert player.velocities == [96, 127, 60, 120], "a click on a selected note leaves the selected ones as they are"


def test_the_wheel_scrolls_and_zooms_as_on_the_timeline(player: Player) -> None:
    viewport = player.stage.viewport
    top, zoom = viewport.top, viewport.frames_per_px
    player.wheel(-1)
    assert viewport.top > top
    player.wheel(1, CONTROL)
    assert viewport.frames_per_px == pytest.approx(zoom / 1.25)
    left = viewport.left
    player.wheel(-1, SHIFT)
    assert viewport.left > left
    rows = player.stage.row_px
    player.wheel(1, CONTROL | SHIFT)
    assert player.stage.row_px > rows


def test_folding_shows_only_what_sounds(player: Player) -> None:
    player.session.change(fold=True)
    assert player.session.rows.pitches == (72, 67, 64, 60)
    player.stage.show_pitches()
    player.drag(player.at(0.5, 60), player.at(0.5, 64))
    assert player.notes[0] == (0.0, 1.0, 64), "one row up is the next pitch that sounds"


def test_a_locked_scale_takes_notes_to_its_tones(player: Player) -> None:
    player.session.choose_scale((9, "minor"))
    player.session.change(lock=True)
    player.double_click(player.at(5, 61))
    assert player.notes[-1] == (5.0, 0.25, 60)
    player.drag(player.at(1.5, 64), player.at(1.5, 66))
    assert player.notes[1][2] == 65


def test_a_note_of_another_selected_clip_makes_it_the_edited_one(player: Player) -> None:
    player.document.select(["melody", "chords"])
    assert player.session.clip is not None
    assert player.session.clip.id == "melody"
    player.click(player.at(5.5, 55))
    assert player.session.clip.id == "chords"
    assert player.session.notes[2].pitch == 55


def test_looped_notes_are_edited_once(player: Player) -> None:
    player.document.apply("Loop", lambda p: edits.set_loop(p, "melody", 4 * BEAT))
    player.drag(player.at(0.5, 60), player.at(0.5, 62))
    assert player.notes[0] == (0.0, 1.0, 62)
    assert player.session.content is not None
    assert player.session.content.loop_length == 4 * BEAT


def test_a_clip_that_was_cut_shows_its_notes_where_they_sound(player: Player) -> None:
    """Its beat 0 lies before it: what is drawn at the song's beat 6 is the content's beat 2."""
    from tests.places import place_at

    player.document.apply("Split", lambda p: edits.split(p, ["melody"], place_at(Fraction(6))))
    second = player.document.project.tracks[0].clips[1]
    player.show(second.id)
    assert player.session.origin == 4
    player.double_click(player.at(4.1, 70))
    assert player.notes[-1] == (4.0, 0.25, 70)


def test_undo_chooses_what_was_deleted_no_more_and_the_clip_may_go(player: Player) -> None:
    player.session.choose(frozenset({1, 2}))
    player.key(Qt.Key.Key_Delete)
    assert player.notes == [PLAIN[0], PLAIN[3]]
    player.document.undo()
    assert player.notes == PLAIN
    player.document.apply("Remove", lambda p: edits.remove_clips(p, ["melody"]))
    assert player.session.clip is None
    player.document.undo()
    player.show("melody")
    assert player.notes == PLAIN


def test_zoom_to_selection_shows_the_chosen_notes_or_the_whole_clip(player: Player) -> None:
    viewport, session = player.editor.stage.viewport, player.session
    player.editor.fit()
    whole = viewport.frames_per_px, viewport.left
    player.click(player.at(2.5, 67))
    player.editor.fit_selection()
    first, last = (viewport.x(session.frame(Fraction(beat))) for beat in (2, 3))
    assert first >= 0
    assert last <= viewport.width
    assert last - first > 0.8 * viewport.width
    session.choose(frozenset())
    player.editor.fit_selection()
    assert (viewport.frames_per_px, viewport.left) == whole
