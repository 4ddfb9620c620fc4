"""Selecting clips and time, and moving about by mouse and keys."""

from fractions import Fraction

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.project import edits
from tests.places import place_at

SHIFT, CONTROL, ALT, NONE = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)
BEAT = 4000


def chosen(hand):
    return hand.canvas.document.selection.clips


def wheel(hand, turns: float, modifiers=NONE, x: int = 300) -> None:
    place = QPointF(x, 100)
    QApplication.sendEvent(
        hand.canvas,
        QWheelEvent(
            place,
            hand.canvas.mapToGlobal(place),
            QPoint(),
            QPoint(0, round(turns * 120)),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_click_control_click_and_empty_click(hand):
    hand.click(hand.at("a", 60, 8))
    assert chosen(hand) == {"a"}
    hand.click(hand.at("c", 60, 8), CONTROL)
    assert chosen(hand) == {"a", "c"}
    hand.click(hand.at("a", 60, 8), CONTROL)
    assert chosen(hand) == {"c"}
    hand.click(QPoint(20, 180))
    assert chosen(hand) == frozenset()
    assert hand.canvas.document.selection.track == "Keys"


def test_shift_click_takes_all_between(hand):
    hand.click(hand.at("a", 60, 8))
    hand.click(hand.at("b", 60, 8), SHIFT)
    assert chosen(hand) == {"a", "b"}


def test_rubber_band_and_escape(hand):
    hand.drag(QPoint(10, 10), QPoint(hand.x(13) - 10, 50))
    assert chosen(hand) == {"a", "b"}
    hand.drag(QPoint(10, 200), QPoint(400, -100), release=False)
    assert chosen(hand) == {"c"}
    hand.key(Qt.Key.Key_Escape)
    assert chosen(hand) == frozenset()


def test_lower_half_selects_time_and_the_bar_loops_it(hand, qtbot):
    hand.drag(hand.at("c", hand.beats(2), 55), QPoint(hand.beats(3), 0))
    assert hand.canvas.document.selection.region == (6 * BEAT, 9 * BEAT)
    bar = hand.view.region_bar
    assert bar.isVisible()
    qtbot.mouseClick(bar.loop, Qt.MouseButton.LeftButton)
    loop = hand.project.loop
    assert (loop.start, loop.end, loop.on) == (place_at(Fraction(6)), place_at(Fraction(9)), True)
    with qtbot.waitSignal(hand.view.export_requested) as export:
        qtbot.mouseClick(bar.export, Qt.MouseButton.LeftButton)
    assert export.args == [6 * BEAT, 9 * BEAT]


def test_grips_of_the_region(hand):
    hand.drag(hand.at("c", hand.beats(2), 55), QPoint(hand.beats(3), 0))
    hand.drag(QPoint(hand.x(9), hand.at("c", 0, 40).y()), QPoint(hand.beats(1), 0))
    assert hand.canvas.document.selection.region == (6 * BEAT, 10 * BEAT)


def test_alt_drag_on_an_empty_lane_selects_time(hand):
    hand.drag(QPoint(hand.x(1), 180), QPoint(hand.beats(2), 0), ALT)
    assert hand.canvas.document.selection.region == (BEAT, 3 * BEAT)


def test_tab_goes_from_clip_to_clip_in_reading_order(hand):
    for clip_id in "abc":
        QTest.keyClick(hand.canvas, Qt.Key.Key_Tab)
        assert hand.canvas.focus_clip == clip_id
        assert chosen(hand) == {clip_id}
    QTest.keyClick(hand.canvas, Qt.Key.Key_Backtab)
    assert hand.canvas.focus_clip == "b"


def test_arrows_nudge_and_step_tracks(hand):
    hand.click(hand.at("a", 60, 8))
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Right)
    assert hand.clip("a").position == place_at(Fraction(4) + Fraction(1, 2))
    hand.canvas.document.undo()
    assert hand.clip("a").position == place_at(Fraction(4))
    hand.key(Qt.Key.Key_Left, SHIFT)
    assert hand.clip("a").position == place_at(4 * BEAT - 8)
    hand.key(Qt.Key.Key_Down)
    assert hand.canvas.document.selection.track == "Bass"
    assert chosen(hand) == {"c"}
    hand.key(Qt.Key.Key_Escape)
    assert chosen(hand) == frozenset()


def test_wheel_zooms_at_the_mouse_and_scrolls(hand):
    viewport = hand.view.viewport
    under = viewport.left + 300 * viewport.frames_per_px
    wheel(hand, 2, CONTROL)
    assert viewport.frames_per_px < 100
    assert abs(viewport.left + 300 * viewport.frames_per_px - under) <= viewport.frames_per_px
    left = viewport.left
    wheel(hand, -1, SHIFT)
    assert viewport.left > left
    hand.canvas.document.apply("tall", lambda p: _tall(p))
    wheel(hand, -1)
    assert viewport.top > 0


def _tall(project):
    for track in project.tracks:
        project = edits.set_track(project, track.id, height=200)
    return project


def test_middle_button_pans(hand):
    hand.view.viewport.set_zoom(20.0, 40000)
    left = hand.view.viewport.left
    hand.drag(QPoint(400, 180), QPoint(-50, 0), button=Qt.MouseButton.MiddleButton)
    assert hand.view.viewport.left == left + 50 * 20


def test_double_click_renames(hand, qtbot):
    hand.double_click(hand.at("a", 60, 8))
    editor = QApplication.focusWidget()
    QTest.keyClicks(editor, "Break")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert hand.clip("a").name == "Break"


def test_hints_and_cursors_tell_what_would_happen(hand, qtbot):
    with qtbot.waitSignal(hand.view.hint_changed) as hint:
        QTest.mouseMove(hand.canvas, hand.at("a", 60, 8))
    assert "move" in hint.args[0]
    with qtbot.waitSignal(hand.view.hint_changed) as hint:
        QTest.mouseMove(hand.canvas, hand.at("a", 2, 50))
    assert "trim" in hint.args[0]
    assert hand.canvas.cursor().shape() is Qt.CursorShape.SizeHorCursor


def test_follow_turns_the_page(view, monkeypatch):
    view.viewport.set_zoom(20.0, 0)
    view._bridge.seek(1)
    assert view.viewport.left == 0
    view._bridge._set_playing(True)
    view._bridge._move_to(20 * 900)
    assert view.viewport.left > 0
    assert not view.playhead.isHidden()
    view._bridge._set_playing(False)
