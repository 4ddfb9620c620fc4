"""Curves under the notes: drawn, erased, moved by keys, one undo step each."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.notes.controllers import CONTROLLERS
from engine.project.model import ControlPoint, NoteContent
from tests.desktop.notes.conftest import BEAT, FIRST_BEAT, Player

LEFT = Qt.MouseButton.LeftButton
NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
TOP, FOOT = 7, 56
"""Px at which the highest and the lowest value lie."""


@pytest.fixture
def lane(player: Player) -> Iterator[Player]:
    player.session.change(lane="modulation")
    QApplication.processEvents()
    yield player
    player.session.change(lane="velocity")


def content(player: Player) -> NoteContent:
    found = player.session.content
    assert found is not None
    return found


def place(player: Player, beat: float, y: float) -> QPoint:
    return QPoint(round(player.stage.viewport.x((FIRST_BEAT + beat) * BEAT)), round(y))


def drag(player: Player, *places: QPoint, modifiers: Qt.KeyboardModifier = NONE, release: bool = True) -> None:
    curve = player.editor.curve
    QTest.mousePress(curve, LEFT, modifiers, places[0])
    for each in places[1:]:
        at = QPointF(each)
        QApplication.sendEvent(
            curve, QMouseEvent(QEvent.Type.MouseMove, at, curve.mapToGlobal(at), LEFT, LEFT, modifiers)
        )
    if release:
        QTest.mouseRelease(curve, LEFT, modifiers, places[-1])


def test_a_line_is_drawn_as_one_step(lane: Player) -> None:
    drag(lane, place(lane, 1, FOOT), place(lane, 3, TOP))
    points = content(lane).modulation
    assert points[0].beat == pytest.approx(1, abs=0.02)
    assert points[-1].beat == pytest.approx(3, abs=0.02)
    for point in points:
        assert point.value == pytest.approx((point.beat - 1) / 2, abs=0.03)
    assert len(points) == pytest.approx(65, abs=2)  # one each 32nd part of a quarter note
    assert lane.steps == ["Modulation"]
    lane.document.undo()
    assert content(lane).modulation == ()


def test_what_is_drawn_over_is_replaced_and_the_rest_stays(lane: Player) -> None:
    drag(lane, place(lane, 0, FOOT), place(lane, 4, FOOT))
    before = content(lane).modulation
    drag(lane, place(lane, 1, TOP), place(lane, 2, TOP))
    after = content(lane).modulation
    assert [p for p in after if p.beat < 0.97] == [p for p in before if p.beat < 0.97]
    assert [p for p in after if p.beat > 2.03] == [p for p in before if p.beat > 2.03]
    assert all(p.value == 1.0 for p in after if 1.02 < p.beat < 1.98)


def test_alt_erases_and_escape_cancels(lane: Player) -> None:
    drag(lane, place(lane, 0, TOP), place(lane, 4, TOP))
    drag(lane, place(lane, 1, 30), place(lane, 2, 30), modifiers=ALT)
    assert not [p for p in content(lane).modulation if 1.05 < p.beat < 1.95]
    assert [p for p in content(lane).modulation if p.beat > 2.1]
    before = content(lane)
    drag(lane, place(lane, 1, TOP), place(lane, 2, TOP), release=False)
    assert lane.editor.curve.points != before.modulation
    QTest.keyClick(lane.editor.curve, Qt.Key.Key_Escape)
    QTest.mouseRelease(lane.editor.curve, LEFT, NONE, place(lane, 2, TOP))
    assert content(lane) is before


def test_each_controller_in_its_own_values(lane: Player) -> None:
    for field, y, value in (("bend", TOP, 2.0), ("bend", FOOT, -2.0), ("expression", FOOT, 0.0), ("sustain", TOP, 1.0)):
        lane.session.change(lane=field)
        drag(lane, place(lane, 2, y))
        points = getattr(content(lane), field)
        (point,) = [each for each in points if abs(each.beat - 2) < 0.03]
        assert CONTROLLERS[field].value_of(point) == pytest.approx(value, abs=0.01)
    assert lane.editor.curve.accessibleName() == "Sustain of the notes"


def test_the_pedal_goes_down_and_up_on_the_grid(lane: Player) -> None:
    lane.session.change(lane="sustain")
    drag(lane, place(lane, 1.02, TOP))
    drag(lane, place(lane, 2.97, FOOT))
    assert content(lane).sustain == (ControlPoint(1.0, 1.0), ControlPoint(3.0, 0.0))


def test_keys_move_along_and_change_values(lane: Player) -> None:
    curve = lane.editor.curve
    curve.setFocus()
    lane.stage.set_cursor(lane.session.cell(FIRST_BEAT * BEAT)[0], 60)
    for _ in range(3):
        QTest.keyClick(curve, Qt.Key.Key_Up)
    assert content(lane).modulation == (ControlPoint(0.0, pytest.approx(0.15)),)
    assert lane.steps == ["Modulation"]
    for _ in range(4):
        QTest.keyClick(curve, Qt.Key.Key_Right)
    QTest.keyClick(curve, Qt.Key.Key_Down)
    assert [(p.beat, round(p.value, 3)) for p in content(lane).modulation] == [(0.0, 0.15), (1.0, 0.1)]
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert len(content(lane).modulation) == 1


def test_the_lane_is_chosen_and_its_picture_shows_the_curve(lane: Player) -> None:
    editor = lane.editor
    entries = {entry.text(): entry for entry in editor.lane_menu.actions()}
    assert list(entries) == ["Velocity", "Pitch bend", "Modulation", "Expression", "Sustain"]
    assert entries["Modulation"].isChecked()
    drag(lane, place(lane, 1, TOP), place(lane, 3, TOP))
    QApplication.processEvents()
    image = editor.curve.grab().toImage()
    inside, outside = place(lane, 2, 30), place(lane, 0.5, 30)
    assert image.pixelColor(inside).lightness() > image.pixelColor(outside).lightness() + 10
    entries["Velocity"].trigger()
    assert not editor.lane.isHidden()
    assert editor.curve.isHidden()
