"""What is selected is trimmed, faded, cut and followed together."""

from fractions import Fraction

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.editing import Editing
from desktop.timeline.grid import MIN_LABEL_PX, labels
from desktop.timeline.name_editor import NameEditor
from desktop.timeline.time_labels import bar_text
from desktop.transport.fields import parse_place
from engine.project import edits
from engine.timing.snap import Grid
from tests.places import number_of, place_at, places_at

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
BEAT = 4000


def test_a_trim_trims_all_selected_clips(hand):
    hand.click(hand.at("a", 60, 8))
    hand.click(hand.at("c", 60, 8), CONTROL)
    hand.drag(hand.at("a", 2, 50), QPoint(hand.beats(1), 0))
    assert [hand.clip(each).position for each in "abc"] == places_at([Fraction(5), Fraction(12), Fraction(5)])
    assert hand.canvas.document.history.undo_name == "Trim start of 2 clips"
    hand.drag(hand.at("a", -2, 50), QPoint(hand.beats(-1), 0))
    assert [hand.clip(each).length for each in "abc"] == [2 * BEAT, 4 * BEAT, 6 * BEAT]


def test_a_fade_is_given_to_all_selected_clips(hand):
    hand.click(hand.at("a", 60, 8))
    hand.click(hand.at("c", 60, 8), CONTROL)
    hand.drag(hand.at("a", 3, 21), QPoint(hand.beats(1), 0))
    assert hand.clip("a").fade_in.length == hand.clip("c").fade_in.length == BEAT
    assert hand.clip("b").fade_in.length == 0


def test_an_unselected_clip_is_trimmed_alone(hand):
    hand.click(hand.at("c", 60, 8))
    hand.drag(hand.at("a", 2, 50), QPoint(hand.beats(1), 0))
    assert hand.clip("c").position == place_at(Fraction(4))


def test_ctrl_and_alt_move_the_view(hand):
    before, project = hand.view.viewport.left, hand.project
    hand.view.viewport.set_zoom(20.0, 8000)
    hand.drag(QPoint(400, 20), QPoint(-100, 0), CONTROL | ALT)
    assert hand.view.viewport.left == 8000 + 100 * 20 != before
    assert hand.project is project


def select_time(hand, first: int, last: int) -> Editing:
    document = hand.canvas.document
    document.select(["a", "c"], region=(first * BEAT, last * BEAT))
    return Editing(document, hand.view._bridge)


def test_delete_takes_only_the_selected_time(hand):
    select_time(hand, 5, 6).delete()
    project = hand.project
    spans = [[(number_of(p.position), p.length) for p in project.track(name).clips] for name in ("Drums", "Bass")]
    assert spans[0] == [(Fraction(4), BEAT), (Fraction(6), 2 * BEAT), (Fraction(12), 4 * BEAT)]
    assert spans[1] == [(Fraction(4), BEAT), (Fraction(6), 6 * BEAT)]
    hand.canvas.document.undo()
    assert hand.clip("a").length == 4 * BEAT


def test_the_selected_time_is_closed_up(hand):
    select_time(hand, 5, 6).delete(ripple=True)
    positions = [p.position for p in hand.project.track("Drums").clips]
    assert positions == places_at([Fraction(4), Fraction(5), Fraction(11)])


def test_split_cuts_at_both_ends_of_the_selected_time(hand):
    select_time(hand, 5, 6).split()
    assert [p.length for p in hand.project.track("Bass").clips] == [BEAT, BEAT, 6 * BEAT]
    chosen = [hand.clip(each).position for each in hand.canvas.document.selection.clips]
    assert chosen == places_at([Fraction(5), Fraction(5)])


def test_copy_of_the_selected_time_leaves_the_song_alone(hand):
    before = hand.project
    assert select_time(hand, 5, 6).copy()
    assert hand.project is before
    copied = hand.canvas.document.clipboard
    assert [(each.track_offset, each.clip.length) for each in copied] == [(0, BEAT), (1, BEAT)]


def test_places_are_counted_as_the_transport_counts(hand):
    clock = hand.project.clock
    for beats, text in (
        (Fraction(18), "5.3"),
        (Fraction(73, 4), "5.3.2"),
        (Fraction(147, 8), "5.3.2.50"),
        (Fraction(0), "1.1"),
    ):
        assert bar_text(clock, place_at(beats)) == text
        assert parse_place(clock, text) == place_at(beats)


def test_arrows_work_from_a_header(hand):
    header = hand.view.headers.header("Drums")
    QTest.mouseClick(header, Qt.MouseButton.LeftButton, pos=QPoint(60, 50))
    assert header.hasFocus()
    QTest.keyClick(header, Qt.Key.Key_Down)
    assert hand.canvas.document.selection.track == "Bass"


def test_following_waits_while_the_user_looks_elsewhere(hand):
    view, viewport = hand.view, hand.view.viewport
    bridge = view._bridge
    viewport.set_zoom(10.0, 0)
    bridge._set_playing(True)
    bridge._move_to(1000)
    viewport.scroll_to(20000)
    bridge._move_to(1100)
    assert viewport.left == 20000
    viewport.scroll_to(0)
    bridge._move_to(9000)
    assert viewport.left > 0
    viewport.scroll_to(20000)
    bridge._set_playing(False)
    bridge.locate(100)
    assert viewport.left == 0


def drag_in_ruler(hand, start: QPoint, end: QPoint) -> None:
    ruler = hand.view.ruler
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for place in (start + QPoint(10, 0), end):
        button = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            ruler.mapToGlobal(QPointF(place)),
            button,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(ruler, event)


def test_a_loop_drawn_beyond_the_edge_scrolls_on(hand, qtbot):
    viewport = hand.view.viewport
    viewport.set_zoom(20.0, 0)
    hand.view.set_grid(Grid.QUARTER)
    hand.canvas.document.apply(
        "l", lambda p: edits.set_loop_region(p, start=place_at(Fraction(40)), end=place_at(Fraction(44)))
    )
    width = viewport.width
    drag_in_ruler(hand, QPoint(hand.x(1), 3), QPoint(width - 2, 3))
    qtbot.waitUntil(lambda: viewport.left > 8000)
    QTest.mouseRelease(hand.view.ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(width - 2, 3))
    loop, clock = hand.project.loop, hand.project.clock
    assert loop.start == place_at(Fraction(1))
    assert abs(clock.frames(loop.end) - viewport.right) < BEAT
    assert not hand.view.ruler._pull.active


def test_the_keyboard_goes_to_a_selected_copy_and_shows_it(hand):
    hand.click(hand.at("b", 60, 8))
    hand.view.viewport.set_zoom(20.0, 12 * BEAT)
    document = hand.canvas.document
    for _ in range(3):
        Editing(document, hand.view._bridge).duplicate()
    (copy,) = document.selection.clips
    assert hand.canvas.focus_clip == copy
    viewport = hand.view.viewport
    assert viewport.left < hand.project.start_of(hand.clip(copy)) < viewport.right


def test_a_fine_grid_gives_way_to_edges_when_zoomed_out(hand):
    hand.view.viewport.set_zoom(400.0, 0)
    hand.view.set_grid(Grid.THIRTY_SECOND)
    hand.drag(hand.at("a", 20, 8), QPoint(hand.beats(8) - 5, 0))
    assert hand.clip("a").position == place_at(Fraction(12))


def test_after_renaming_a_marker_the_ruler_is_dark_and_the_clips_have_the_keys(hand, qtbot):
    ruler = hand.view.ruler
    hand.canvas.setFocus()
    ruler.rename(hand.project.markers[0])
    editor = ruler.findChild(NameEditor)
    QTest.keyClicks(editor, "Bridge")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.project.markers[0].name == "Bridge"
    assert hand.canvas.hasFocus()
    ruler.setFocus()
    hand.view._bridge.seek(8000)
    assert ruler.grab().toImage().pixelColor(600, 12).lightness() < 80


def test_the_ruler_counts_as_the_transport_counts(hand):
    clock = hand.project.clock
    eighths = labels(clock, BEAT / 2 / MIN_LABEL_PX, 0, 2 * BEAT)
    assert [(frame, text) for frame, text, _ in eighths][:4] == [
        (0, "1"),
        (BEAT / 2, "1.1.3"),
        (BEAT, "1.2"),
        (1.5 * BEAT, "1.2.3"),
    ]


def test_after_escape_the_hint_is_about_what_is_under_the_mouse_again(hand):
    hints: list[str] = []
    hand.view.hint_changed.connect(hints.append)
    hand.move(hand.at("a", 60, 8), button=Qt.MouseButton.NoButton)
    hand.drag(hand.at("a", 60, 8), QPoint(60, 0), release=False)
    assert "Esc" in hints[-1]
    hand.key(Qt.Key.Key_Escape)
    assert hints[-1].startswith("Drag")
