"""Device panels: controls from the parameters, curves that are dragged, presets, A and B, one undo step each."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.devices.eq_curve import EqCurve
from desktop.devices.panel import DevicePanel
from desktop.devices.presets import keep_preset, user_presets
from desktop.devices.transfer_curve import TransferCurve
from desktop.widgets.inplace import InPlaceEditor
from engine.devices import registry
from engine.devices.interface import DeviceSpec
from engine.parameters import ParameterSpec, choice, switch
from engine.project import edits
from engine.project.model import MASTER


@pytest.fixture
def opened(qtbot, document, theme):
    """Puts a device of a kind on the master and shows its panel."""

    def show(kind: str) -> DevicePanel:
        document.apply("Add", lambda p: edits.add_device(p, MASTER, kind, device_id="device"))
        panel = DevicePanel(document, theme)
        qtbot.addWidget(panel)
        panel.resize(900, 320)
        panel.open(MASTER, "device")
        with qtbot.waitExposed(panel):
            panel.show()
        panel._area.widget().layout().activate()
        QApplication.processEvents()  # the curve has its size
        return panel

    return show


def drag(widget, start: QPointF, end: QPointF) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(widget, ((start + end) / 2).toPoint())
    QTest.mouseMove(widget, end.toPoint())
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end.toPoint())


def values(document) -> dict[str, float]:
    return dict(document.project.master_devices[0].values)


def test_a_band_is_dragged_to_its_frequency_and_gain_in_one_undo_step(opened, document):
    panel = opened("eq")
    curve = panel.curve
    assert isinstance(curve, EqCurve)
    handle = curve.handles()[3]
    start = curve.place(handle.x, handle.y)
    end = curve.place(math.log(2000 / 20) / math.log(1000), 0.5 + 6 / 48)
    drag(curve, start, end)
    assert values(document)["band4_frequency_hz"] == pytest.approx(2000, rel=0.02)
    assert values(document)["band4_gain_db"] == pytest.approx(6, abs=0.5)
    document.undo()
    assert values(document) == {}
    assert panel.curve.handles()[3] == handle


def test_a_curve_is_worked_by_keys_and_a_double_click_flattens_a_band(opened, document):
    panel = opened("eq")
    curve = panel.curve
    QTest.keyClick(curve, Qt.Key.Key_End)
    assert curve.accessibleDescription() == "Band 2"
    QTest.keyClick(curve, Qt.Key.Key_Up)
    assert values(document)["band2_gain_db"] == pytest.approx(0.96, abs=0.01)
    QTest.keyClick(curve, Qt.Key.Key_PageUp)
    assert values(document)["band2_q"] == pytest.approx(0.71 * 1.15)
    handle = curve.handles()[1]
    QTest.mouseDClick(curve, Qt.MouseButton.LeftButton, pos=curve.place(handle.x, handle.y).toPoint())
    assert values(document)["band2_gain_db"] == 0.0


def test_the_compressors_threshold_and_ratio_are_dragged(opened, document):
    curve = opened("compressor").curve
    assert isinstance(curve, TransferCurve)
    handle = curve.handles()[0]
    drag(curve, curve.place(handle.x, handle.y), curve.place(0.5, handle.y))
    assert values(document)["threshold_db"] == pytest.approx(-30, abs=0.3)
    handle = curve.handles()[1]
    drag(curve, curve.place(handle.x, handle.y), curve.place(1.0, 0.75))  # −30 dB in at the threshold, −15 dB out at 0
    assert values(document)["ratio"] == pytest.approx(2, rel=0.05)


def test_every_parameter_has_a_control_with_a_name_and_its_value(opened, document):
    panel = opened("delay")
    spec = registry.find_device("delay")
    assert spec is not None
    assert list(panel.controls) == [parameter.id for parameter in spec.parameters]
    names = [control.control.accessibleName() for control in panel.controls.values()]
    assert len(set(names)) == len(names)
    assert all(name.startswith("Delay ") for name in names)
    QTest.keyClick(panel.controls["feedback"].knob, Qt.Key.Key_Up)
    assert values(document)["feedback"] == pytest.approx(35 + 0.02 * 95)
    panel.controls["ping_pong"].box.click()
    assert values(document)["ping_pong"] == 1.0
    document.undo()
    assert not panel.controls["ping_pong"].box.isChecked()


def test_a_knob_follows_its_parameters_law_and_resets(opened, document):
    knob = opened("reverb").controls["decay_s"].knob
    QTest.keyClick(knob, Qt.Key.Key_Up)
    assert values(document)["decay_s"] == pytest.approx(2.0 * 100**0.02)
    QTest.mouseDClick(knob, Qt.MouseButton.LeftButton)
    assert values(document)["decay_s"] == 2.0
    knob.begin_typing("3.5")
    QTest.keyClick(knob._editor, Qt.Key.Key_Return)
    assert values(document)["decay_s"] == 3.5


def test_presets_are_taken_and_kept(opened, document):
    panel = opened("compressor")
    texts = [action.text() for action in panel.menu().actions()]
    assert "Vocal" in texts
    next(action for action in panel.menu().actions() if action.text() == "Vocal").trigger()
    spec = registry.find_device("compressor")
    assert spec is not None
    assert values(document) == {name: float(value) for name, value in spec.presets["Vocal"].items()}
    keep_preset(spec, "My “vocal”", {"ratio": 7.0})
    assert user_presets(spec) == {"My “vocal”": {"ratio": 7.0}}
    next(action for action in panel.menu().actions() if action.text() == "My “vocal”").trigger()
    assert values(document) == {"ratio": 7.0}
    document.undo()
    assert values(document)["ratio"] == 3.5


def test_damaged_presets_are_left_out(own_folders, caplog):
    spec = registry.find_device("compressor")
    assert spec is not None
    keep_preset(spec, "one", {"ratio": 2.0})
    file = own_folders / "config" / "presets" / "compressor.json"
    file.write_text('{"one": {"ratio": 99, "none": 1, "knee_db": 3}, "two": 5}')
    assert user_presets(spec) == {"one": {"knee_db": 3.0}}
    file.write_text("[")
    assert user_presets(spec) == {}
    assert "presets of Compressor cannot be read" in caplog.text


def test_a_and_b_are_two_states(opened, document):
    panel = opened("compressor")
    document.apply("Set", lambda p: edits.set_device_value(p, MASTER, "device", "ratio", 2.0))
    panel.compare.click()
    document.apply("Set", lambda p: edits.set_device_value(p, MASTER, "device", "ratio", 9.0))
    panel.compare.click()
    assert values(document)["ratio"] == 2.0
    assert panel.compare.text() == "A"
    panel.compare.click()
    assert values(document)["ratio"] == 9.0
    assert panel.compare.text() == "B"


def test_it_is_switched_off_and_is_empty_when_the_device_goes(opened, document):
    panel = opened("gate")
    panel.on.click()
    assert not document.project.master_devices[0].enabled
    document.apply("Remove", lambda p: edits.remove_device(p, MASTER, "device"))
    assert panel.device is None
    assert panel._empty.isVisible()
    document.undo()
    assert panel.title.text() == "Gate · Master"


class Still:
    """A processor of a toy: what goes in comes out."""

    latency = 0

    def tail(self, parameters):
        return 0

    def process(self, block, parameters, sidechain=None):
        return block

    def reset(self):
        pass

    def mark(self):
        return None

    def rewind(self, mark):
        pass


def test_a_toy_device_gets_a_panel_from_its_parameters(opened, document):
    parameters = (
        ParameterSpec("depth_hz", "Depth", "Hz", 1.0, 100.0, 10.0, "log"),
        choice("mode", "Mode", ("one", "two")),
        switch("odd", "Odd"),
    )
    registry.register(DeviceSpec("toy", "Toy", "utility", parameters, lambda rate, block: Still()))
    try:
        panel = opened("toy")
        assert [type(each.control).__name__ for each in panel.controls.values()] == [
            "ParameterKnob",
            "ComboBox",
            "CheckBox",
        ]
        panel.controls["mode"].choice.activated.emit(1)
        assert values(document) == {"mode": 1.0}
    finally:
        registry.unregister("toy")


def test_the_equalisers_controls_are_those_of_the_chosen_band(opened):
    panel = opened("eq")

    def shown() -> list[str]:
        return [name for name, control in panel.controls.items() if control.isVisible()]

    band = ["on", "shape", "frequency_hz", "gain_db", "q", "slope"]
    assert shown() == [*(f"band1_{part}" for part in band), "output_db"]
    QTest.keyClick(panel.curve, Qt.Key.Key_End)
    assert shown() == [*(f"band2_{part}" for part in band), "output_db"]


def test_a_preset_is_kept_under_a_name_that_is_typed(opened, document):
    panel = opened("gate")
    document.apply("Set", lambda p: edits.set_device_value(p, MASTER, "device", "range_db", 20.0))
    next(action for action in panel.menu().actions() if action.text() == "Save Preset…").trigger()
    editor = panel.findChild(InPlaceEditor)
    editor.setText("Soft")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert user_presets(registry.find_device("gate"))["Soft"]["range_db"] == 20.0


@pytest.mark.parametrize(
    ("kind", "index", "to", "expected"),
    [
        ("gate", 0, (0.5, 0.5), {"threshold_db": -45.0}),
        ("gate", 1, (0.5, 1 / 3), {"range_db": 20.0}),
        ("limiter", 0, (0.2, 0.5), {"ceiling_db": -12.0}),
        ("saturator", 0, (0.5, 0.5 + 0.25 / 1.2), {"drive_db": 1.25}),
        ("delay", 0, (0.3, 0.5), {"mix": 50.0}),
        ("delay", 1, (0.3, 0.125), {"feedback": 50.0}),
    ],
)
def test_handles_of_the_other_curves_are_dragged(opened, document, kind, index, to, expected):
    panel = opened(kind)
    curve = panel.curve
    handle = curve.handles()[index]
    drag(curve, curve.place(handle.x, max(handle.y, 0.0)), curve.place(*to))
    (name,) = expected
    assert values(document) == {name: pytest.approx(expected[name], abs=1.0)}
    QTest.keyClick(curve, Qt.Key.Key_PageUp)
    handle = curve.handles()[index]
    QTest.mouseDClick(curve, Qt.MouseButton.LeftButton, pos=curve.place(handle.x, max(handle.y, 0.0)).toPoint())
    assert curve.values[name] == pytest.approx(curve.reset(index)[name])


def test_the_reverbs_picture_follows_its_times(opened, document):
    curve = opened("reverb").curve
    assert curve.focusPolicy() is Qt.FocusPolicy.NoFocus
    before = curve.line()
    document.apply("Longer", lambda p: edits.set_device_value(p, MASTER, "device", "decay_s", 9.0))
    after = curve.line()
    assert [row[1] for row in curve.grid()[0]] == ["2 s", "4 s", "6 s", "8 s"]
    level = np.interp((0.012 + 4.5) / 10, after[1:, 0], after[1:, 1])
    assert level == pytest.approx(0.5, abs=0.01), "−30 dB after half of the decay"
    assert before.shape == after.shape
