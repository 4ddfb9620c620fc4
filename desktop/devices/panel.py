"""The panel of a device: its curve, if it has one, a control for each parameter, presets, two states to compare."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.automation.follow import Followed
from desktop.bridge import PlayerBridge
from desktop.devices.controls import ParameterControl
from desktop.devices.curve import CurveView
from desktop.devices.eq_curve import EqCurve
from desktop.devices.level_curves import GateCurve, LimiterCurve
from desktop.devices.presets import keep_preset, user_presets
from desktop.devices.shape_curve import ShapeCurve
from desktop.devices.time_curves import DecayCurve, EchoCurve
from desktop.devices.transfer_curve import TransferCurve
from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.buttons import LetterButton
from desktop.widgets.choices import Button, CheckBox, Menu
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.inplace import InPlaceEditor
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.reduction import ReductionMeter
from engine import paths
from engine.devices.interface import DeviceSpec
from engine.devices.plugins.declaration import PREFIX
from engine.devices.registry import find_device
from engine.playback.state import SILENT, PlayerState
from engine.project import edits
from engine.project.model import MASTER, Device, Project, Target
from engine.project.routing import devices_of

CURVES: Mapping[str, type[CurveView]] = {
    "eq": EqCurve,
    "compressor": TransferCurve,
    "gate": GateCurve,
    "limiter": LimiterCurve,
    "saturator": ShapeCurve,
    "delay": EchoCurve,
    "reverb": DecayCurve,
}
"""Kinds of devices that have a curve; all others have their controls alone."""
COLUMNS = 10  # of controls
EMPTY = "No device is open: add one with + on a strip of the mixer, then double-click it."


def _missing(device: Device) -> str:
    """What is said of a device that is not there."""
    if not device.kind.startswith(PREFIX):
        return f"“{device.kind}” is unknown to this version of Continuo: it is kept in the song, and bypassed."
    return (
        f"The plug-in “{device.kind.removeprefix(PREFIX)}” is not in the folder of plug-ins ({paths.plugins_dir()}), "
        "or declares no effect: its settings are kept in the song, and sound passes without it."
    )


class DevicePanel(QWidget):
    """Shows the device that was opened last, while its channel has it."""

    restart_requested = Signal(str)
    """The id of a plug-in's device, whose process is to start anew."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self._document = document
        self._theme = theme
        self._bridge: PlayerBridge | None = None
        self._channel = MASTER
        self._device = ""
        self._spec: DeviceSpec | None = None
        self._other: dict[str, dict[str, float]] = {}  # of each device: the values of the state that is not heard
        self._letters: dict[str, str] = {}
        self.controls: dict[str, ParameterControl] = {}
        self.curve: CurveView | None = None
        self.reduction: ReductionMeter | None = None
        self.on = CheckBox("On")
        self.title = ElidedLabel()
        self.title.setFont(theme.font("normal", bold=True))
        self.presets = Button("Presets")
        self.compare = LetterButton("A", "Compare two states", theme, theme.accent)
        self.compare.setCheckable(False)
        set_name(self.on, "Device on")
        set_name(self.presets, "Presets of the device")
        set_tooltip(self.on, "Whether sound runs through the device")
        set_tooltip(self.presets, "Presets that come along, and your own")
        self.on.clicked.connect(self._switch)
        self.presets.clicked.connect(self._open_presets)
        self.compare.clicked.connect(self._swap)
        self.restart = Button("Restart")
        set_name(self.restart, "Restart plug-in")
        set_tooltip(self.restart, "Starts the plug-in's process anew, such as after its file was changed")
        self.restart.clicked.connect(lambda: self.restart_requested.emit(self._device))
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(8, 4, 8, 0)
        for widget in (self.on, self.title):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.restart)
        head.addWidget(self.compare)
        head.addWidget(self.presets)
        self._empty = Label(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._head)
        column.addWidget(self._area, 1)
        column.addWidget(self._empty, 1)
        document.changed.connect(self._on_changed)
        self._show()

    def connect_to(self, bridge: PlayerBridge) -> None:
        """Shows what the player tells of devices."""
        self._bridge = bridge
        bridge.meters_changed.connect(self.show_state)
        self.restart_requested.connect(bridge.restart_device)

    def open(self, channel: str, device_id: str) -> None:
        """Shows a device of a channel."""
        self._channel, self._device = channel, device_id
        self._spec = None
        self._show()

    @property
    def device(self) -> Device | None:
        """The device shown, if its channel still has it."""
        project = self._document.project
        if self._channel != MASTER and project.track(self._channel) is None:
            return None
        return next((each for each in devices_of(project, self._channel) if each.id == self._device), None)

    def show_followed(self, followed: Followed) -> None:
        """Lets the knobs go with their automation."""
        device = self.device
        if device is None or self._spec is None:
            return
        own = self._spec.values(device.values)
        values = {
            name: value
            for name in self.controls
            if (value := followed.value(self._channel, Target(name, device.id))) is not None
        }
        for name, control in self.controls.items():
            if control.knob is not None:
                followed.show(control.knob, self._channel, Target(name, device.id), own[name])
            control.show_value(values.get(name, own[name]))
        if self.curve:
            self.curve.show_values({**own, **values})

    def show_state(self, state: PlayerState) -> None:
        """Shows the gain reduction of the device, as the player tells it."""
        if self.reduction is not None and self.isVisible():
            self.reduction.show_reduction(state.reductions.get(self._device, 0.0))
        if isinstance(self.curve, EqCurve) and self.isVisible() and self._bridge is not None:
            own = self._bridge.watched_track == self._channel
            self.curve.show_spectrum(
                state.spectrum if self._channel == MASTER else state.channel_spectrum if own else SILENT
            )

    def menu(self) -> Menu:
        """The presets: those that come along, the user's own, and a way to keep the present values."""
        menu = Menu(self)
        assert self._spec is not None
        own = user_presets(self._spec)
        menu.entry("Defaults", partial(self._take, "Defaults", {}))
        for presets in (self._spec.presets, own):
            if presets:
                menu.addSeparator()
            for name, values in dict(presets).items():
                menu.entry(name, partial(self._take, name, values))
        menu.addSeparator()
        menu.entry("Save Preset…", self._keep)
        return menu

    # inside

    def showEvent(self, event: QShowEvent) -> None:
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        self._watch()

    def _watch(self) -> None:
        """Asks for the channel's spectrum while the equaliser's curve is seen."""
        if self._bridge is not None:
            on = self.isVisible() and isinstance(self.curve, EqCurve)
            self._bridge.watch("device", on, "" if self._channel == MASTER else self._channel)

    def _on_changed(self, old: Project, new: Project) -> None:
        self._show()

    def _show(self) -> None:
        device = self.device
        spec = find_device(device.kind) if device else None
        for widget in (self._head, self._area):
            widget.setVisible(spec is not None)
        self._empty.setVisible(spec is None)
        self._empty.setText(_missing(device) if device and spec is None else EMPTY)
        if device is None or spec is None:
            self._spec = None
            return
        self.restart.setVisible(spec.own_process)
        if self._spec is not spec:
            self._build(spec)
        track = self._document.project.track(self._channel)
        self.title.setText(f"{spec.label} · {track.name if track else 'Master'}")
        self.on.setChecked(device.enabled)
        values = spec.values(device.values)
        for parameter_id, control in self.controls.items():
            control.show_value(values[parameter_id])
        if self.curve:
            self.curve.show_values(values)
        self._watch()
        letter = self._letters.get(self._device, "A")
        self.compare.setText(letter)
        set_name(self.compare, f"State {letter} of {spec.label}: compare with the other")

    def _build(self, spec: DeviceSpec) -> None:
        self._spec = spec
        body = QWidget()
        beside = spec.id in CURVES and CURVES[spec.id].BESIDE
        lines = QBoxLayout(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom, body)
        lines.setContentsMargins(8, 2, 8, 4)
        lines.setSpacing(8 if beside else 4)
        self.curve = None
        if spec.id in CURVES:
            self.curve = CURVES[spec.id](spec, self._theme)
            self.curve.edited.connect(self._set)
            self.curve.chosen_changed.connect(self._show_chosen)
            lines.addWidget(self.curve, 1)
        grid = QGridLayout()
        grid.setSpacing(2)
        self.controls = {}
        bands = [self.curve.belonging(index) for index in range(len(self.curve.handles()))] if self.curve else []
        shared = [each.id for each in spec.parameters if not any(each.id in band for band in bands)]
        width = COLUMNS // 2 if beside else COLUMNS
        for band in bands:  # one over the other: only the chosen one shows
            for place, parameter_id in enumerate(band):
                grid.addWidget(self._control(spec, parameter_id), 0, place)
        first = max((len(band) for band in bands), default=0)
        for index, parameter_id in enumerate(shared):
            grid.addWidget(self._control(spec, parameter_id), index // width, first + index % width)
        grid.setColumnStretch(first + COLUMNS, 1)
        grid.setRowStretch(grid.rowCount(), 0 if self.curve and not beside else 1)
        lines.addLayout(grid, 1 if beside else 0)
        self.reduction = ReductionMeter(spec.label, self._theme) if spec.kind == "dynamics" else None
        if self.reduction is not None:
            lines.addWidget(self.reduction)
        old: QWidget | None = self._area.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        self._area.setWidget(body)

        self._show_chosen()

    def _control(self, spec: DeviceSpec, parameter_id: str) -> ParameterControl:
        parameter = spec.parameter(parameter_id)
        assert parameter is not None
        control = self.controls[parameter_id] = ParameterControl(parameter, spec.label, self._theme)
        control.edited.connect(partial(self._set_one, parameter_id))
        return control

    def _show_chosen(self) -> None:
        """Of the controls that belong to handles, shows those of the chosen one."""
        if self.curve:
            for index in range(len(self.curve.handles())):
                for parameter_id in self.curve.belonging(index):
                    self.controls[parameter_id].setVisible(index == self.curve.chosen)

    def _set_one(self, parameter_id: str, value: float, gesture: str) -> None:
        self._set({parameter_id: value}, gesture)

    def _set(self, values: Mapping[str, float], gesture: str) -> None:
        channel, device = self._channel, self._device
        assert self._spec is not None
        first = self._spec.parameter(next(iter(values)))
        assert first is not None

        def edit(project: Project) -> Project:
            for parameter, value in values.items():
                project = edits.set_device_value(project, channel, device, parameter, value)
            return project

        merge = f"device {device} {' '.join(values)} {gesture}" if gesture else None
        self._document.apply(f"Change {self._spec.label} {first.label.lower()}", edit, merge=merge)

    def _switch(self, on: bool) -> None:
        channel, device = self._channel, self._device
        self._document.apply(
            "Switch device on" if on else "Switch device off",
            lambda p: edits.set_device(p, channel, device, enabled=on),
        )

    def _take(self, name: str, values: Mapping[str, float]) -> None:
        channel, device = self._channel, self._device
        self._document.apply(f"Take preset {name}", lambda p: edits.set_device_values(p, channel, device, dict(values)))

    def _swap(self) -> None:
        """Hears the other of the two states; the first time both are the same."""
        device = self.device
        if device is None:
            return
        other = self._other.get(device.id, dict(device.values))
        self._other[device.id] = dict(device.values)
        letter = "B" if self._letters.get(device.id, "A") == "A" else "A"
        self._letters[device.id] = letter
        channel = self._channel
        self._document.apply(f"Hear state {letter}", lambda p: edits.set_device_values(p, channel, device.id, other))
        self._show()

    def _open_presets(self) -> None:
        self.menu().popup(self.presets.mapToGlobal(self.presets.rect().bottomLeft()))

    def _keep(self) -> None:
        """Asks for a name where the title stands."""
        editor = InPlaceEditor(self._head, self.title.geometry().adjusted(0, 0, 160, 0), "Name of the preset")
        editor.ended.connect(self._keep_as)
        editor.begin("My preset")

    def _keep_as(self, name: str, take: bool) -> None:
        device = self.device
        if not take or not name.strip() or device is None or self._spec is None:
            return
        try:
            keep_preset(self._spec, name.strip(), self._spec.values(device.values))
        except OSError as error:
            self._document.failed.emit(f"The preset cannot be kept: {error.strerror or error}.")
