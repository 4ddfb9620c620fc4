"""MIDI settings: which devices play, on which channel, and which are sent the clock."""

import json
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.bridge import PlayerBridge
from desktop.chosen_devices import midi_settings
from desktop.dialogs.frame import Dialog, form, form_label, side_by_side
from desktop.jobs import JobCentre
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.choices import Button, CheckBox, ComboBox
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.playback.midi_events import MidiReport
from engine.playback.midi_ports import MidiPort, MidiPortList, list_midi_ports

QUEUE = "midi ports"


class MidiSettingsDialog(Dialog):
    """Changes take effect at once."""

    def __init__(
        self, bridge: PlayerBridge, settings: Settings, jobs: JobCentre, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("MIDI Settings", theme, parent)
        self._bridge, self._settings, self._jobs = bridge, settings, jobs
        self._open: tuple[str, ...] = ()
        self._last_event = ""
        self.inputs: dict[str, QCheckBox] = {}
        self.clocks: dict[str, QCheckBox] = {}
        self.all_inputs = CheckBox("All devices, whenever they are connected")
        set_name(self.all_inputs, "All MIDI devices")
        self.channel = ComboBox()
        set_name(self.channel, "MIDI channel")
        self.channel.addItem("All channels", 0)
        for number in range(1, 17):
            self.channel.addItem(f"Channel {number}", number)
        self.channel.setFixedWidth(144)
        self.state = Label()
        self.state.setProperty("role", "dim")
        self.state.setWordWrap(True)
        self.state.setMinimumHeight(self.state.fontMetrics().lineSpacing() * 2 + 4)
        self.state.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._no_clock = Label("No device that receives MIDI is connected.")
        self._no_clock.setProperty("role", "small")
        self._input_box, self._clock_box = QVBoxLayout(), QVBoxLayout()
        self._lay_out()
        self.add_button("Close", self.close, primary=True)
        chosen = midi_settings(settings)
        self.all_inputs.setChecked(chosen.inputs is None)
        self.channel.setCurrentIndex(chosen.channel)
        self._fill(MidiPortList(()))
        self.state.setText("Looking for devices…")
        self.all_inputs.toggled.connect(self._on_all)
        self.channel.activated.connect(self._apply)
        bridge.midi_received.connect(self._on_report)
        self._list_ports()

    def _lay_out(self) -> None:
        rescan = Button("Rescan Devices")
        rescan.setAutoDefault(False)
        rescan.setProperty("role", "field")
        set_tooltip(rescan, "Look for devices again; those that are chosen are also taken up by themselves")
        rescan.clicked.connect(self._list_ports)
        for box in (self._input_box, self._clock_box):
            box.setContentsMargins(0, 4, 0, 0)
            box.setSpacing(6)
        inputs, clocks = QWidget(), QWidget()
        inputs.setLayout(self._input_box)
        clocks.setLayout(self._clock_box)
        self._input_box.addWidget(self.all_inputs)
        self._clock_box.addWidget(self._no_clock)
        fields = form()
        fields.addRow(form_label("Keyboards"), inputs)
        fields.addRow(form_label(""), side_by_side(rescan))
        fields.addRow(form_label("Channel"), side_by_side(self.channel))
        fields.addRow(form_label("Send clock to"), clocks)
        fields.addRow(form_label("Now"), self.state)
        self.body.addLayout(fields)
        self.body.addStretch(1)
        self.setMinimumWidth(480)

    def _list_ports(self) -> None:
        """Lists the ports; that takes up to a second."""
        self._jobs.submit(
            "List MIDI devices", lambda _: list_midi_ports(), self._fill, self.show_error, queue=QUEUE, passing=True
        )

    def _fill(self, answer: MidiPortList) -> None:
        if not isValid(self):  # closed meanwhile
            return
        chosen = midi_settings(self._settings)
        inputs = [port for port in answer.ports if port.is_input]
        outputs = [port for port in answer.ports if port.is_output]
        self._tick(self._input_box, self.inputs, inputs, chosen.inputs, "Play on")
        self._tick(self._clock_box, self.clocks, outputs, chosen.clock_outputs, "Send clock to")
        for box in self.inputs.values():
            box.setEnabled(not self.all_inputs.isChecked())
        self._no_clock.setVisible(not self.clocks)
        self.show_error(answer.problem)
        self._show_state()

    def _tick(
        self, column: QVBoxLayout, boxes: dict[str, QCheckBox], ports: Iterable[MidiPort],
        chosen: tuple[str, ...] | None, verb: str,
    ) -> None:  # fmt: skip
        """Fills a column with a box for each port, and for each that is chosen but not there."""
        for box in boxes.values():
            column.removeWidget(box)
            box.deleteLater()
        boxes.clear()
        names = [port.name for port in ports]
        for name in dict.fromkeys((*names, *(chosen or ()))):
            box = CheckBox(name if name in names else f"{name} (not connected)")
            box.setChecked(chosen is None or name in chosen)
            set_name(box, f"{verb} {name}")
            box.toggled.connect(lambda _: self._apply())
            column.addWidget(box)
            boxes[name] = box

    def _on_all(self, on: bool) -> None:
        for box in self.inputs.values():
            box.setEnabled(not on)
        self._apply()

    def _apply(self) -> None:
        ticked = [name for name, box in self.inputs.items() if box.isChecked()]
        self._settings.put("midi/inputs", "" if self.all_inputs.isChecked() else json.dumps(ticked))
        self._settings.put("midi/channel", self.channel.currentData())
        self._settings.put("midi/clock", json.dumps([name for name, box in self.clocks.items() if box.isChecked()]))
        self._bridge.set_midi(midi_settings(self._settings))

    def _on_report(self, report: MidiReport) -> None:
        self._open = report.ports
        if report.events:
            latest = report.events[-1]
            self._last_event = f"\nLast heard: “{latest.port}”, channel {latest.channel}"
        self._show_state()

    def _show_state(self) -> None:
        ports = self._open or tuple(name for name, box in self.inputs.items() if box.isChecked())
        present = [name for name in ports if name in self.inputs]
        state = f"Ready to play: {', '.join(present)}" if present else "No MIDI device is connected."
        self.state.setText(state + self._last_event)
