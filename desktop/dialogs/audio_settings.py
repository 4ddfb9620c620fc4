"""Where sound goes and comes from: devices, rate, buffer, a test tone, and how long the way through them is."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.bridge import PlayerBridge
from desktop.chosen_devices import device_settings, input_device
from desktop.dialogs.frame import Dialog, form, form_label, side_by_side
from desktop.jobs import JobCentre
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.widgets.choices import Button, ComboBox
from desktop.widgets.plain import Label, set_name, set_tooltip
from engine.plain_text import counted
from engine.playback.device import NO_SOUND, Device, DeviceSettings, all_devices
from engine.playback.input_settings import InputSettings, LatencyReport
from engine.playback.latencies import correction_for, keep_correction
from engine.playback.state import PlayerState

BLOCKS = (64, 128, 256, 512, 1024, 2048)
BUFFERS_MS = (60, 100, 150, 250, 400)


class AudioSettingsDialog(Dialog):
    """Changes take effect at once."""

    input_changed = Signal()
    """Another input was chosen, or its latency measured."""

    def __init__(
        self,
        bridge: PlayerBridge,
        settings: Settings,
        jobs: JobCentre,
        play_tone: Callable[[bool], None],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Audio Settings", theme, parent)
        self._bridge = bridge
        self._settings = settings
        self._jobs = jobs
        self._play_tone = play_tone
        chosen = device_settings(settings)
        self.device, self.rate, self.source = ComboBox(), ComboBox(), ComboBox()
        self.block, self.buffer = ComboBox(), ComboBox()
        for box, name in (
            (self.device, "Output device"),
            (self.source, "Input device"),
            (self.rate, "Device rate"),
            (self.block, "Buffer size"),
            (self.buffer, "Safety buffer"),
        ):
            set_name(box, name)
        self._fill(chosen)
        self._build_tests()
        self.state = Label()
        self.state.setProperty("role", "dim")
        self.state.setWordWrap(True)
        self.state.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.state.setContentsMargins(0, 4, 0, 0)
        self.state.setMinimumHeight(self.state.fontMetrics().lineSpacing() * 3 + 8)  # the longest it says
        self._lay_out()
        self.add_button("Close", self.close, primary=True)
        for box in (self.device, self.source, self.rate, self.block, self.buffer):
            box.activated.connect(self._apply)
        bridge.latency_measured.connect(self._show_latency)
        self._show_correction()
        bridge.meters_changed.connect(self._show_state)
        self.state.setText("The player is starting…")
        if bridge.state is not None:
            self._show_state(bridge.state)
        self._list_devices()

    def _build_tests(self) -> None:
        """What plays a tone, and what measures the latency."""
        self.tone = Button("Play Test Tone")
        self.tone.setCheckable(True)
        self.tone.setAutoDefault(False)
        self.tone.setProperty("role", "field")
        self.tone.clicked.connect(self._tone)
        self.measure = Button("Measure Latency")
        self.measure.setAutoDefault(False)
        self.measure.setProperty("role", "field")
        set_tooltip(
            self.measure,
            "Play a short sweep and look for it in the input, so that recordings lie where they were heard: connect an "
            "output with an input by a cable first, or hold the microphone to the loudspeaker",
        )
        self.measure.clicked.connect(self._measure)
        self.latency = Label()
        self.latency.setProperty("role", "small")
        self.latency.setWordWrap(True)
        self.latency.setAccessibleName("Latency")

    def _fill(self, chosen: DeviceSettings) -> None:
        """Fills the boxes, and shows what is chosen."""
        self._fill_devices([], chosen.device, input_device(self._settings))
        self.rate.addItem("The song’s rate", None)
        for each in (44100, 48000, 88200, 96000, 192000):
            self.rate.addItem(f"{each:,} Hz", each)
        for each in BLOCKS:
            self.block.addItem(f"{each} frames", each)
        for each in sorted({*BUFFERS_MS, chosen.buffer_ms}):
            self.buffer.addItem(f"{each} ms", each)
        self.rate.setCurrentIndex(max(0, self.rate.findData(chosen.rate)))
        self.block.setCurrentIndex(max(0, self.block.findData(chosen.block)))
        self.buffer.setCurrentIndex(max(0, self.buffer.findData(chosen.buffer_ms)))
        self.device.setMinimumWidth(280)
        self.source.setMinimumWidth(280)
        for box in (self.rate, self.block, self.buffer):
            box.setFixedWidth(144)

    def _lay_out(self) -> None:
        refresh = Button("Rescan Devices")
        refresh.setAutoDefault(False)
        refresh.setProperty("role", "field")
        set_tooltip(refresh, "Look for devices again, after plugging one in or starting a sound server")
        refresh.clicked.connect(self._rescan)
        hint = Label("Raise it if underruns are counted; playing still starts and stops at once.")
        hint.setProperty("role", "small")
        hint.setWordWrap(True)
        fields = form()
        fields.addRow(form_label("Output device"), side_by_side(self.device, refresh, stretch=False))
        fields.addRow(form_label("Input device"), side_by_side(self.source, stretch=False))
        fields.addRow(form_label("Rate"), side_by_side(self.rate))
        fields.addRow(form_label("Buffer size"), side_by_side(self.block))
        fields.addRow(form_label("Safety buffer"), side_by_side(self.buffer))
        fields.addRow(form_label(""), hint)
        fields.addRow(form_label("Test"), side_by_side(self.tone, self.measure))
        fields.addRow(form_label(""), self.latency)
        now = form_label("Now")
        now.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        now.setContentsMargins(0, 4, 0, 0)
        fields.addRow(now, self.state)
        self.body.addLayout(fields)
        self.body.addStretch(1)
        self.setMinimumWidth(560)

    def closeEvent(self, event: object) -> None:
        if self.tone.isChecked():
            self.tone.setChecked(False)
            self._play_tone(False)

    def _rescan(self) -> None:
        """Lists the devices, and opens the one that was chosen if it was gone."""
        self._bridge.find_device()
        self._list_devices()

    def _list_devices(self) -> None:
        """Lists the devices; that takes up to a second."""
        chosen, source = self.device.currentData(), self.source.currentData()
        self._jobs.submit(
            "List audio devices",
            lambda _: all_devices(),
            lambda devices: self._fill_devices(devices, chosen, source),
            self.show_error,
            queue="devices",
        )

    def _fill_devices(self, devices: Sequence[Device], chosen: str | None, source: str | None) -> None:
        if not isValid(self):  # closed meanwhile
            return
        self._fill_box(self.device, [device.label for device in devices if device.outputs], chosen, NO_SOUND)
        self._fill_box(self.source, [device.label for device in devices if device.inputs], source)

    @staticmethod
    def _fill_box(box: ComboBox, labels: Sequence[str], chosen: str | None, *last: str) -> None:
        box.clear()
        box.addItem("System default", None)
        for label in (*labels, *last):
            box.addItem(label, label)
        index = box.findData(chosen)
        if chosen and index < 0:
            box.addItem(f"{chosen} (not connected)", chosen)
            index = box.count() - 1
        box.setCurrentIndex(max(0, index))

    def _measure(self) -> None:
        if not self._bridge.started:
            self.latency.setText("The player does not run: press play, then measure again.")
            return
        self.measure.setEnabled(False)
        self.latency.setText("Measuring…")
        self._bridge.measure_latency(InputSettings(input_device(self._settings)))

    def _show_latency(self, report: LatencyReport) -> None:
        """Keeps what was measured, and says so."""
        self.measure.setEnabled(True)
        if report.error:
            self.latency.setText(report.error)
            return
        try:
            keep_correction(device_settings(self._settings), input_device(self._settings), report.correction)
        except OSError as error:
            self.latency.setText(f"What was measured cannot be kept ({error.strerror or error}): check the disk.")
            return
        milliseconds = 1000 * report.frames / report.rate
        self.latency.setText(
            f"From output to input: {report.frames:,} frames, {milliseconds:.1f} ms. Recordings are moved back by that."
        )
        self.input_changed.emit()

    def _show_correction(self) -> None:
        """Says whether these devices have been measured."""
        correction = correction_for(device_settings(self._settings), input_device(self._settings))
        if correction:
            text = f"Measured: {1000 * correction:+.1f} ms beside what the devices report.".replace("-", "−")
        else:
            text = "Not measured: recordings are moved back by what the devices report."
        self.latency.setText(text)

    def _apply(self) -> None:
        self.show_error("")
        self._settings.put("audio/device", self.device.currentData() or "")
        self._settings.put("audio/input", self.source.currentData() or "")
        self._settings.put("audio/rate", self.rate.currentData() or 0)
        self._settings.put("audio/block", self.block.currentData())
        self._settings.put("audio/buffer_ms", self.buffer.currentData())
        self._bridge.set_device(device_settings(self._settings))
        self._show_correction()
        self.input_changed.emit()

    def _tone(self, on: bool) -> None:
        self._play_tone(on)
        self.tone.setText("Stop Test Tone" if on else "Play Test Tone")

    def _show_state(self, state: PlayerState) -> None:
        text = state_text(state, self._bridge.song_rate)
        if text != self.state.text():
            self.state.setText(text)


def state_text(state: PlayerState, rate: int) -> str:
    """What plays now, for a song of `rate` Hz."""
    if state.lost:
        return "The audio device is gone. Once it is back, press Rescan Devices, or play; or choose another."
    if state.silent:
        return "No sound device was found, so nothing is heard. Connect one, then press Rescan Devices, or play."
    if not state.device_rate:
        return "The player is starting…"
    underruns = counted(state.underruns, "underrun")
    text = f"{state.device}\n{state.device_rate:,} Hz · {round(state.buffered_ms)} ms ready · {underruns}"
    if rate and state.device_rate != rate:
        text += f"\nThe device does not run at the song’s {rate:,} Hz: playback is resampled. Exports are not."
    return text
