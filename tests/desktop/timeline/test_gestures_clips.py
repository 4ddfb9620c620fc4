"""Every drag on a clip ends in the right song, and Escape leaves it alone."""

from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, Qt

from desktop.timeline.take_preview import take_file
from desktop.timeline.view import TimelineView
from engine.project import edits
from engine.project.model import audio_take
from engine.project.pool import sample_file
from engine.timing.snap import Grid
from tests.places import place_at, places_at

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
BEAT = 4000


def test_move_snaps_to_the_grid_in_exact_beats(hand):
    hand.drag(hand.at("a", 60, 8), QPoint(hand.beats(2) + 3, 0))
    assert hand.clip("a").position == place_at(Fraction(6))
    assert hand.canvas.document.history.undo_name == "Move clip"


def test_move_with_shift_goes_to_the_frame(hand):
    hand.drag(hand.at("a", 60, 8), QPoint(33, 0), SHIFT, press_with=Qt.KeyboardModifier.NoModifier)
    assert hand.clip("a").position == place_at(4 * BEAT + 3300)


def test_move_to_another_track(hand):
    hand.drag(hand.at("a", 60, 8), QPoint(0, 72))
    assert [clip.id for clip in hand.project.track("Bass").clips] == ["a", "c"]
    assert hand.clip("a").position == place_at(Fraction(4))
    assert hand.project.start_of(hand.clip("c")) == hand.project.end_of(hand.clip("a")), "what lay under it is trimmed"


def test_nudging_there_and_back_leaves_what_it_passed_over(hand):
    before = hand.project
    hand.click(hand.at("a", 60, 8))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
        for _ in range(20):
            hand.key(key)
        if key == Qt.Key.Key_Right:
            assert hand.project.start_of(hand.clip("b")) == hand.project.end_of(hand.clip("a"))
            assert hand.clip("b").length < before.find_clip("b")[1].length
    assert hand.project == before


def test_move_snaps_to_another_clips_end(hand):
    hand.view.set_grid(Grid.BAR)
    hand.drag(hand.at("b", 60, 8), QPoint(hand.beats(-4) + 4, 0))
    assert hand.project.clock.frames(hand.clip("b").position) == 8 * BEAT


def test_a_marker_attracts(hand):
    hand.canvas.document.apply("m", lambda p: edits.add_marker(p, place_at(9111)))
    hand.view.set_grid(Grid.BAR)
    hand.drag(hand.at("a", 60, 8), QPoint(round((9111 - 4 * BEAT) / 100), 0))
    assert hand.clip("a").position == place_at(9111)


def test_alt_copies_and_selects_the_copy(hand):
    hand.drag(hand.at("a", 60, 8), QPoint(hand.beats(16), 0), ALT)
    clips = hand.project.track("Drums").clips
    assert [clip.position for clip in clips] == places_at([Fraction(4), Fraction(12), Fraction(20)])
    assert hand.canvas.document.selection.clips == {clips[2].id}


def test_the_selected_move_together(hand):
    hand.click(hand.at("a", 60, 8))
    hand.click(hand.at("c", 60, 8), CONTROL)
    hand.drag(hand.at("a", 60, 8), QPoint(hand.beats(1), 0))
    assert [hand.clip(each).position for each in "abc"] == places_at([Fraction(5), Fraction(12), Fraction(5)])


def test_escape_changes_nothing(hand):
    before = hand.project
    hand.drag(hand.at("a", 60, 8), QPoint(200, 72), release=False)
    assert hand.canvas.project is not before
    hand.key(Qt.Key.Key_Escape)
    assert hand.project is before
    assert hand.canvas.project is before
    assert hand.canvas.pointer.gesture is None


def test_trim_start_and_end(hand):
    hand.drag(hand.at("a", 2, 50), QPoint(hand.beats(1), 0))
    assert (hand.clip("a").position, hand.clip("a").length) == (place_at(Fraction(5)), 3 * BEAT)
    hand.drag(hand.at("a", -2, 50), QPoint(hand.beats(-1), 0))
    assert hand.clip("a").length == 2 * BEAT


def test_upper_right_edge_loops(hand):
    hand.drag(hand.at("b", -3, 6), QPoint(hand.beats(4), 0))
    clip = hand.clip("b")
    assert (clip.loop_length, clip.length) == (4 * BEAT, 8 * BEAT)


def test_control_slips_the_sound(hand):
    hand.drag(hand.at("a", 60, 8), QPoint(20, 0), CONTROL)
    assert hand.clip("a").offset == 2 * BEAT - 2000
    assert hand.clip("a").position == place_at(Fraction(4))


@pytest.mark.parametrize(("edge", "by", "fade"), [(3, 1, "fade_in"), (-3, -1, "fade_out")])
def test_corner_handles_fade(hand, edge, by, fade):
    hand.drag(hand.at("a", edge, 20), QPoint(hand.beats(by), 0))
    assert getattr(hand.clip("a"), fade).length == BEAT
    hand.double_click(hand.at("a", (hand.beats(1) + 3) * by, 20))
    assert getattr(hand.clip("a"), fade).length == 0


def test_gain_line(hand):
    hand.click(hand.at("a", 60, 8))
    row = hand.canvas.rows.of("Drums")

    def line() -> QPoint:
        return QPoint(hand.at("a", 60, 0).x(), round(hand.canvas.places.gain_y(row, hand.clip("a"))))

    hand.drag(line(), QPoint(0, 12))
    assert -20 < hand.clip("a").gain_db < -5
    hand.double_click(line())
    assert hand.clip("a").gain_db == 0.0


def test_take_by_click_and_by_number(hand):
    source = hand.clip("a").chosen.source
    hand.canvas.document.apply("t", lambda p: edits.add_take(p, "a", audio_take("second", source, "Take 2")))
    row = hand.canvas.rows.of("Drums")
    assert row.lanes == 2
    hand.click(hand.canvas.places.lane_rect(row, hand.clip("a"), 1).center().toPoint())
    assert hand.clip("a").take == 1
    hand.key(Qt.Key.Key_1)
    assert hand.clip("a").take == 0
    hand.view.canvas.set_folded("Drums", True)
    assert hand.canvas.rows.of("Drums").lanes == 0


def test_alt_click_lets_a_take_be_heard(hand, qtbot):
    source = hand.clip("a").chosen.source
    hand.canvas.document.apply("t", lambda p: edits.add_take(p, "a", audio_take("second", source, "Take 2", shift=100)))
    row = hand.canvas.rows.of("Drums")
    with qtbot.waitSignal(hand.canvas.audition_requested) as wish:
        hand.click(hand.canvas.places.lane_rect(row, hand.clip("a"), 1).center().toPoint(), ALT)
    assert wish.args == ["a", 1]
    assert hand.clip("a").take == 0
    file = take_file(hand.canvas.document.folder, hand.project, hand.clip("a"), 1)
    whole = sample_file(hand.canvas.document.folder, hand.project.sources[source], hand.project.rate)
    assert (file.offset - whole.offset, file.frames) == ((2 * BEAT + 100) * 4, 4 * BEAT)


def test_dragging_past_the_edge_scrolls(hand, qtbot):
    hand.view.viewport.set_zoom(20.0, 0)
    left = hand.view.viewport.left
    hand.drag(hand.at("a", 60, 8), QPoint(hand.canvas.width() - hand.at("a", 60, 8).x() - 2, 0), release=False)
    qtbot.waitUntil(lambda: hand.view.viewport.left > left)
    hand.key(Qt.Key.Key_Escape)


def test_label_says_from_where_to_where(hand):
    hand.drag(hand.at("a", 60, 8), QPoint(hand.beats(3), 0), release=False)
    assert hand.canvas.pointer.gesture.label == "2.1 → 2.4 (+0:01.500)"
    hand.key(Qt.Key.Key_Escape)


def test_split_at_the_mouse_and_at_a_frame(view: TimelineView, hand):
    view.split_at(6 * BEAT)
    assert len(hand.project.track("Drums").clips) == 3
    assert len(hand.project.track("Bass").clips) == 2
