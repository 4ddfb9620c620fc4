"""Several clips of notes that are open at once."""

from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.project import edits
from engine.project.model import NoteEvent
from engine.timing.position import Position
from engine.timing.snap import Grid
from tests.desktop.notes.conftest import ALT, BEAT, CONTROL, LEFT, NONE, SHIFT, Player

LATE = (NoteEvent(Fraction(1, 5), Fraction(1), 62, 90), NoteEvent(Fraction(11, 5), Fraction(1), 64, 90))


@pytest.fixture
def both(player: Player) -> Player:
    """The melody and the chords, which now begin half a beat later and beside the grid, are open."""
    document = player.document
    document.apply("Late", lambda p: edits.set_notes(p, {"chords": LATE, "melody": LATE}))
    document.apply("Move", lambda p: edits.place_clip(p, "chords", Position.at_beat(Fraction(9, 2))))
    document.apply("Begin", lambda p: p)
    document.select(["melody", "chords", "drums"])
    return player


def starts(player: Player, clip_id: str) -> list[Fraction]:
    """The song's beats at which the notes of a clip begin."""
    place = player.document.project.find_clip(clip_id)
    assert place is not None
    first = player.document.project.clock.beats(place[1].position)
    return [first + note.start for note in place[1].content.notes]  # type: ignore[attr-defined]


def test_without_selected_notes_all_open_clips_are_quantised_in_one_step(both: Player) -> None:
    both.session.change(grid=Grid.QUARTER)
    drums = starts(both, "drums")
    both.session.choose(frozenset())
    both.key(Qt.Key.Key_Q)
    assert starts(both, "melody") == [4, 6]
    assert starts(both, "chords") == [5, 7], "to the song's beats, not to those of its own start"
    assert starts(both, "drums") == drums, "drums are of another kind"
    both.document.undo()
    assert starts(both, "melody") == [Fraction(21, 5), Fraction(31, 5)]
    assert starts(both, "chords") == [Fraction(47, 10), Fraction(67, 10)]


def test_selected_notes_are_changed_alone(both: Player) -> None:
    both.session.change(grid=Grid.QUARTER)
    both.session.choose(frozenset({0}))
    both.key(Qt.Key.Key_Q)
    assert starts(both, "melody") == [4, Fraction(31, 5)]
    assert starts(both, "chords") == [Fraction(47, 10), Fraction(67, 10)]


def test_page_keys_go_through_the_open_clips(both: Player) -> None:
    assert both.editor.toolbar.title.text() == "melody  + 2"
    edited = []
    for _ in range(3):
        both.key(Qt.Key.Key_PageDown)
        assert both.session.clip is not None
        edited.append(both.session.clip.id)
    assert edited == ["chords", "drums", "melody"]
    both.key(Qt.Key.Key_PageUp)
    assert both.session.clip.id == "drums"
    both.document.select(["melody"])
    assert both.editor.toolbar.title.text() == "melody"


# one selection across clips


@pytest.fixture
def pair(player: Player) -> Player:
    """The melody and the chords are open, the melody edited; of each two notes lie between D3 and C5."""
    player.document.select(["melody", "chords"])
    player.show("melody")
    player.document.select(["melody", "chords"])
    player.document.apply("Begin", lambda p: edits.set_notes(p, {"chords": LATE}))
    player.stage.viewport.scroll_to(top=round((127 - 76) * player.stage.row_height))
    return player


def pitches(player: Player, clip_id: str) -> list[int]:
    place = player.document.project.find_clip(clip_id)
    assert place is not None
    return [note.pitch for note in place[1].content.notes]  # type: ignore[attr-defined]


def box(player: Player) -> None:
    """Selects from C4 to E4 over the first two beats: two notes of the melody, one of the chords."""
    player.drag(player.at(-0.4, 66), player.at(1.9, 59))


def test_a_box_selects_in_all_open_clips_and_a_drag_moves_all_of_it_in_one_step(pair: Player) -> None:
    box(pair)
    assert pair.session.chosen == {0, 1}
    assert pair.session.chosen_beside() == {"chords": {0}}
    assert pair.editor.toolbar.count.text() == "3 of 6 notes"
    assert pair.canvas.accessibleDescription() == "3 notes in 2 clips selected"
    pair.drag(pair.at(0.5, 60), pair.at(1.5, 62))
    assert pair.steps == ["Move 3 notes"]
    assert pitches(pair, "melody") == [62, 66, 67, 72]
    assert pitches(pair, "chords") == [64, 64]
    assert starts(pair, "chords") == [Fraction(26, 5), Fraction(31, 5)]
    assert pair.session.chosen_count == 3, "they stay selected"
    pair.document.undo()
    assert pitches(pair, "melody") == [60, 64, 67, 72]
    assert pitches(pair, "chords") == [62, 64]


def test_escape_during_a_drag_leaves_all_clips_as_they_were(pair: Player) -> None:
    box(pair)
    pair.drag(pair.at(0.5, 60), pair.at(1.5, 62), release=False)
    assert [note.pitch for note in pair.session.notes_of(pair.document.project.find_clip("chords")[1])] == [64, 64]
    pair.key(Qt.Key.Key_Escape)
    assert pair.steps == []
    assert pair.session.chosen_count == 3
    pair.key(Qt.Key.Key_Escape)
    assert pair.session.chosen_count == 0


VERBS = {
    "Transpose": (Qt.Key.Key_Up, SHIFT),
    "Move notes": (Qt.Key.Key_Right, NONE),
    "Stretch notes": (Qt.Key.Key_Right, ALT),
    "Velocity": (Qt.Key.Key_Down, ALT),
    "Quantise": (Qt.Key.Key_Q, SHIFT),
    "Humanise": (Qt.Key.Key_H, NONE),
    "Accent": (Qt.Key.Key_A, NONE),
    "Delete 6 notes": (Qt.Key.Key_Delete, NONE),
    "Duplicate notes": (Qt.Key.Key_D, CONTROL),
}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_by_keys_changes_the_selected_notes_of_all_open_clips_in_one_step(pair: Player, name: str) -> None:
    def now() -> list[object]:
        places = [pair.document.project.find_clip(clip_id) for clip_id in ("melody", "chords")]
        return [place[1].content.notes for place in places if place is not None]  # type: ignore[attr-defined]

    before = now()
    pair.session.change(grid=Grid.HALF if name == "Quantise" else Grid.SIXTEENTH)
    pair.key(Qt.Key.Key_A, CONTROL)
    assert pair.session.chosen_count == 6
    pair.key(*VERBS[name])
    assert pair.steps == [name]
    assert all(new != old for new, old in zip(now(), before, strict=True))
    pair.document.undo()
    assert now() == before


def test_a_group_stops_together_where_its_first_note_would_leave_the_clip(pair: Player) -> None:
    pair.key(Qt.Key.Key_A, CONTROL)
    pair.session.change(grid=Grid.QUARTER)
    pair.key(Qt.Key.Key_Left)
    assert starts(pair, "melody")[0] == 4, "the first of them is at the start of its clip"
    assert starts(pair, "chords") == [Fraction(21, 5), Fraction(31, 5)]


def test_a_press_on_a_note_of_another_open_clip_edits_that_clip_and_shift_keeps_the_selection(pair: Player) -> None:
    pair.click(pair.at(0.5, 60))
    pair.click(pair.at(2.6, 64), SHIFT)
    assert pair.session.clip is not None
    assert pair.session.clip.id == "chords"
    assert (pair.session.chosen, pair.session.chosen_beside()) == ({1}, {"melody": {0}})
    pair.key(Qt.Key.Key_Up)
    assert (pitches(pair, "melody")[0], pitches(pair, "chords")[1]) == (61, 65)
    pair.click(pair.at(1.5, 64))
    assert pair.session.clip.id == "melody"
    assert (pair.session.chosen, pair.session.chosen_beside()) == ({1}, {})


def test_copied_notes_of_several_clips_come_together_in_the_edited_one(pair: Player) -> None:
    pair.key(Qt.Key.Key_A, CONTROL)
    pair.key(Qt.Key.Key_C, CONTROL)
    pair.key(Qt.Key.Key_Escape)
    pair.stage.set_cursor(Fraction(4), 60)
    pair.key(Qt.Key.Key_V, CONTROL)
    assert len(pair.session.real_notes) == 10
    assert sorted(starts(pair, "melody"))[4:] == [8, Fraction(41, 5), 9, 10, Fraction(51, 5), 11]


def test_a_clip_that_is_closed_takes_its_selected_notes_along(pair: Player) -> None:
    pair.key(Qt.Key.Key_A, CONTROL)
    pair.document.select(["melody"])
    assert pair.session.chosen_beside() == {}
    pair.key(Qt.Key.Key_Delete)
    assert (len(pitches(pair, "melody")), len(pitches(pair, "chords"))) == (0, 2)


def test_the_velocity_of_one_selected_note_changes_that_of_all(pair: Player) -> None:
    pair.key(Qt.Key.Key_A, CONTROL)
    lane = pair.editor.lane
    x = round(pair.stage.viewport.x(4 * BEAT)) + 1
    QTest.mousePress(lane, LEFT, NONE, QPoint(x, 30))
    QTest.mouseMove(lane, QPoint(x, 40))
    QTest.mouseRelease(lane, LEFT, NONE, QPoint(x, 40))
    assert pair.steps == ["Velocity"]
    assert pair.velocities[0] < 96
    place = pair.document.project.find_clip("chords")
    assert place is not None
    assert {90 - note.velocity for note in place[1].content.notes} == {96 - pair.velocities[0]}  # type: ignore[attr-defined]


def test_a_note_of_another_clip_says_that_it_can_be_taken_hold_of(pair: Player) -> None:
    hints, cursors = list[str](), list[object]()
    pair.editor.pointer.hint_changed.connect(hints.append)
    pair.editor.pointer.cursor_changed.connect(cursors.append)
    QTest.mouseMove(pair.canvas, pair.at(1.5, 70))
    QTest.mouseMove(pair.canvas, pair.at(0.5, 62))
    assert "edit this clip" in hints[-1]
    assert cursors[-1] is Qt.CursorShape.OpenHandCursor
    QTest.mouseMove(pair.canvas, pair.at(1.5, 70))
    assert "add a note" in hints[-1]
    assert cursors[-1] is Qt.CursorShape.ArrowCursor
