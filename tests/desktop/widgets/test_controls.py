from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.choices import ComboBox, TabBar
from desktop.widgets.control import ValueControl
from desktop.widgets.fader import Fader, height_of
from desktop.widgets.knob import Knob
from desktop.widgets.meter import Meter
from desktop.widgets.swatches import Swatches
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import gain_spec, pan_spec


@pytest.fixture
def field(qtbot: QtBot, theme: Theme) -> Iterator[ValueField]:
    field = ValueField(gain_spec(), theme)
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    yield field
    field.close()


def heard(control: ValueControl) -> list[tuple[float, str]]:
    said: list[tuple[float, str]] = []
    control.edited.connect(lambda value, gesture: said.append((round(value, 3), gesture)))
    return said


def drag(qtbot: QtBot, widget: QWidget, *steps: int, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    at = widget.rect().center()
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, keys, at)
    for step in steps:
        at = at + QPoint(0, step)
        # QTest's moves carry neither buttons nor modifiers
        move(widget, at, keys)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, keys, at)


def move(widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(at), QPointF(widget.mapToGlobal(at)), Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton, keys,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def wheel(widget: QWidget, steps: int, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, QPointF(widget.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_drag_is_one_gesture(qtbot: QtBot, field: ValueField) -> None:
    said = heard(field)
    drag(qtbot, field, -10, -10)
    assert [value for value, _ in said] == [2.0, 4.0]
    assert len({gesture for _, gesture in said}) == 1
    drag(qtbot, field, 10)
    assert said[-1][0] == 2.0
    assert said[-1][1] != said[0][1]


def test_shift_drags_finely(qtbot: QtBot, field: ValueField) -> None:
    said = heard(field)
    drag(qtbot, field, -10, shift=True)
    assert [value for value, _ in said] == [0.4]


def test_the_wheel_steps_and_returns_to_round_numbers(field: ValueField) -> None:
    said = heard(field)
    field.set_value(0.3)
    wheel(field, 1)
    wheel(field, -1)
    wheel(field, 1, shift=True)
    assert [value for value, _ in said] == [0.5, 0.0, 0.1]


def turn(window: QWidget, widget: QWidget) -> None:
    """Turns the wheel over `widget` as a mouse does: through the window, and on to what lies below."""
    handle = window.windowHandle()
    assert handle is not None
    place = QPointF(widget.mapTo(window, widget.rect().center()))
    QTest.wheelEvent(handle, place, QPoint(0, -120))
    QApplication.processEvents()


def test_the_wheel_scrolls_past_a_value_that_has_not_the_focus(qtbot: QtBot, theme: Theme) -> None:
    inside = QWidget()
    column = QVBoxLayout(inside)
    other, combo, tabs = QLineEdit(), ComboBox(), TabBar()
    controls = [ValueField(gain_spec(), theme), Knob(pan_spec(), theme), Fader(gain_spec(), theme)]
    for choice in ("One", "Two"):
        combo.addItem(choice)
        tabs.addTab(choice)
    for widget in (other, *controls, combo, tabs):
        column.addWidget(widget)
    inside.setFixedHeight(1200)
    column.addStretch(1)
    area = QScrollArea()
    area.setWidget(inside)
    qtbot.addWidget(area)
    area.resize(300, 300)
    area.show()
    area.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    for control in (*controls, combo, tabs):
        area.ensureWidgetVisible(control)
        before = area.verticalScrollBar().value()
        turn(area, control)
        assert area.verticalScrollBar().value() > before, type(control).__name__
        assert QApplication.focusWidget() is other
    assert [control.value for control in controls] == [0, 0, 0]
    assert (combo.currentIndex(), tabs.currentIndex()) == (0, 0)
    for control in controls:
        control.setFocus()
        wheel(control, -1)
        assert control.value < 0
    combo.setFocus()
    wheel(combo, -1)
    assert combo.currentIndex() == 1


def test_typing_takes_a_value_and_escape_drops_it(qtbot: QtBot, field: ValueField) -> None:
    said = heard(field)
    field.setFocus()
    qtbot.keyClicks(field, "-")
    editor = field.findChild(QLineEdit)
    qtbot.keyClicks(editor, "3.2")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert (field.text, [value for value, _ in said]) == ("−3.2 dB", [-3.2])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    editor = next(each for each in field.findChildren(QLineEdit) if each.isVisible())
    qtbot.keyClicks(editor, "7")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert field.value == -3.2
    qtbot.keyClicks(field, "9")
    editor = next(each for each in field.findChildren(QLineEdit) if each.isVisible())
    editor.setText("nonsense")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert field.value == -3.2


def test_double_click_resets_and_keys_step(qtbot: QtBot, field: ValueField) -> None:
    field.set_value(-12.0)
    qtbot.mouseDClick(field, Qt.MouseButton.LeftButton)
    assert field.value == 0.0
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert field.value == -4.5
    assert field.accessibleDescription() == "−4.5 dB"


def test_values_stay_in_range(field: ValueField) -> None:
    wheel(field, 1000)
    assert field.value == 12.0
    wheel(field, -1000)
    assert field.text == "−∞ dB"


def test_a_mixed_value_is_a_dash_until_it_is_set(qtbot: QtBot, field: ValueField) -> None:
    field.set_mixed(-3.0)
    assert field.text == "—"
    qtbot.mouseDClick(field, Qt.MouseButton.LeftButton)
    assert not field.mixed
    assert field.value == 0.0


def test_the_cap_of_a_fader_follows_the_mouse(qtbot: QtBot, theme: Theme) -> None:
    fader = Fader(gain_spec(), theme)
    qtbot.addWidget(fader)
    fader.resize(28, 200)
    fader.show()
    before = height_of(fader.value, 200)
    drag(qtbot, fader, 20, 20)
    assert height_of(fader.value, 200) == pytest.approx(before + 40, abs=1)
    assert fader.value < -6
    fader.close()


def test_a_knob_resets_to_the_centre(qtbot: QtBot, theme: Theme) -> None:
    knob = Knob(pan_spec(), theme)
    qtbot.addWidget(knob)
    knob.show()
    drag(qtbot, knob, -30)
    assert knob.value == pytest.approx(0.3)
    qtbot.mouseDClick(knob, Qt.MouseButton.LeftButton)
    assert knob.value == 0
    knob.close()


def test_swatches_by_mouse_and_keys(qtbot: QtBot, theme: Theme) -> None:
    swatches = Swatches("Colour", theme, inherit=True)
    qtbot.addWidget(swatches)
    swatches.show()
    said: list[object] = []
    swatches.chosen.connect(said.append)
    qtbot.mouseClick(swatches, Qt.MouseButton.LeftButton, pos=QPoint(24 * 3 + 12, 12))
    qtbot.keyClick(swatches, Qt.Key.Key_Right)
    qtbot.keyClick(swatches, Qt.Key.Key_Return)
    qtbot.mouseClick(swatches, Qt.MouseButton.LeftButton, pos=QPoint(4, 12))
    assert said == [2, 3, None]
    swatches.close()


def test_a_meter_rises_at_once_holds_its_peak_and_keeps_its_clip_light(qtbot: QtBot, theme: Theme) -> None:
    meter = Meter("Drums", theme)
    qtbot.addWidget(meter)
    meter.resize(14, 120)
    meter.show()
    meter.set_levels(0.5, 0.25, 0.1, 0.1, True)
    meter.set_levels(0.0, 0.0, 0.0, 0.0, True)
    assert meter.held_db == pytest.approx(-6.02, abs=0.01)
    picture = meter.grab().toImage()
    colours = {picture.pixelColor(3, y).name() for y in range(picture.height())}
    assert theme.meter_high.name() in colours
    assert len(colours) > 3
    with qtbot.waitSignal(meter.reset_requested):
        qtbot.mouseClick(meter, Qt.MouseButton.LeftButton)
    assert meter.held_db <= -96
    meter.close()


def test_every_value_fits_its_field(qtbot: QtBot, theme: Theme, document: Document) -> None:
    from desktop.mixer.inserts import InsertList
    from desktop.mixer.strip import MasterStrip, TrackStrip
    from desktop.transport.fields import signature_field, tempo_field
    from engine.project.model import Track

    strip, master = (
        TrackStrip(Track("t", "Track"), InsertList(document, "t", theme), theme),
        MasterStrip(InsertList(document, "", theme), theme),
    )
    for field in (strip.gain, master.gain, tempo_field(theme), signature_field(theme)):
        room = field.width() - 2 * (2 if field._flat else 8)
        for value in (field.spec.minimum, field.spec.maximum, field.spec.default, -20.7):
            text = field.spec.format(field.spec.clamp(value))
            assert field.fontMetrics().horizontalAdvance(text) <= room, f"{field.spec.name}: {text}"
