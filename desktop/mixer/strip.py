"""A channel of the mixer, and the master's."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.automation.recorder import Mode
from desktop.mixer.inserts import InsertList
from desktop.theme import Theme
from desktop.widgets.buttons import LetterButton
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.fader import DecibelScale, Fader
from desktop.widgets.knob import Knob
from desktop.widgets.meter import Meter, level_text
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.reduction import CorrelationMeter
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import gain_spec, pan_spec
from engine.playback.state import PlayerState
from engine.project.model import Track

WIDTH = 88
MASTER_WIDTH = 264


class _Strip(QFrame):
    """Fader, scale and meter with the gain written below."""

    gain_edited = Signal(float, str)
    reset_requested = Signal()

    def __init__(self, name: str, theme: Theme, width: int) -> None:
        super().__init__()
        self.theme = theme
        self.setProperty("role", "panel")
        self.setFixedWidth(width)
        self.fader = Fader(gain_spec(f"{name} gain"), theme)
        self.meter = Meter(name, theme)
        self.meter.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.gain = ValueField(gain_spec(f"{name} gain"), theme, flat=True, size="small", width=60)
        self.fader.edited.connect(self.gain_edited)
        self.gain.edited.connect(self.gain_edited)
        self.meter.reset_requested.connect(self.reset_requested)
        self.levels = QHBoxLayout()
        self.levels.setContentsMargins(0, 0, 0, 0)
        self.levels.setSpacing(2)
        self.levels.addStretch(1)
        self.levels.addWidget(self.fader)
        self.levels.addWidget(DecibelScale(theme))
        self.levels.addWidget(self.meter)
        self.levels.addStretch(1)

    def show_gain(self, gain_db: float) -> None:
        """Shows the gain."""
        self.fader.set_value(gain_db)
        self.gain.set_value(gain_db)

    def show_level(self, peak: tuple[float, float], rms: tuple[float, float], clipped: bool) -> None:
        """Shows linear levels."""
        self.meter.set_levels(peak[0], peak[1], rms[0], rms[1], clipped)


class TrackStrip(_Strip):
    """A track's channel."""

    pan_edited = Signal(float, str)
    mute_requested = Signal(bool)
    solo_requested = Signal(bool)
    pressed = Signal()

    def __init__(self, track: Track, inserts: InsertList, theme: Theme) -> None:
        super().__init__(track.name, theme, WIDTH)
        self.inserts = inserts
        self._title = ElidedLabel()
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setFont(theme.font("small", bold=True))
        self._band = QFrame()
        self._band.setFixedHeight(4)
        self.pan = Knob(pan_spec(f"{track.name} pan"), theme, diameter=20)
        self.mute = LetterButton("M", f"Mute {track.name}", theme, theme.warning)
        self.solo = LetterButton("S", f"Solo {track.name}", theme, theme.solo)
        self.mute.clicked.connect(self.mute_requested)
        self.solo.clicked.connect(self.solo_requested)
        self.pan.edited.connect(self.pan_edited)
        switches = QHBoxLayout()
        switches.setContentsMargins(4, 0, 4, 0)
        switches.setSpacing(2)
        for item in (self.pan, self.mute, self.solo):
            switches.addWidget(item)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self._band)
        column.addWidget(self._title)
        column.addWidget(inserts)
        column.addLayout(switches)
        column.addLayout(self.levels, 1)
        below = QHBoxLayout()
        below.setContentsMargins(2, 0, 2, 0)
        below.setSpacing(0)
        below.addWidget(self.gain)
        below.addWidget(inserts.add)
        column.addLayout(below)
        self.show_track(track)

    def show_track(self, track: Track) -> None:
        """Shows the track's state."""
        self._title.setText(track.name)
        self._band.setStyleSheet(f"background: {self.theme.hue(track.colour).name()};")
        self.show_gain(track.gain_db)
        self.pan.set_value(track.pan)
        self.mute.setChecked(track.mute)
        self.solo.setChecked(track.solo)
        for control, name in (
            (self.fader, f"{track.name} gain"),
            (self.gain, f"{track.name} gain"),
            (self.pan, f"{track.name} pan"),
            (self.mute, f"Mute {track.name}"),
            (self.solo, f"Solo {track.name}"),
        ):
            set_name(control, name)

    @property
    def in_order(self) -> tuple[QWidget, ...]:
        """Its controls in the order in which Tab goes."""
        return *self.inserts.in_order, self.pan, self.mute, self.solo, self.fader, self.gain

    def show_selected(self, selected: bool) -> None:
        """Marks the selected track's strip."""
        ground = self.theme.raised if selected else self.theme.panel
        self.setStyleSheet(f"TrackStrip {{ background: {ground.name()}; }}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()


class MasterStrip(_Strip):
    """The master: its devices, gain, meter, loudness and true peak."""

    loudness_reset_requested = Signal()
    automation_requested = Signal()
    modes_requested = Signal(QPoint)
    """The menu of modes is wanted at this place of the screen."""

    def __init__(self, inserts: InsertList, theme: Theme) -> None:
        super().__init__("Master", theme, MASTER_WIDTH)
        self.inserts = inserts
        self.automation = self._automation_button()
        self.show_automation(False, Mode.READ)
        title = Label("Master")
        title.setFont(theme.font("small", bold=True))
        self._figures: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        width = QFontMetrics(theme.font("medium")).horizontalAdvance("−88.8 LUFS") + 4
        for row, (key, name, tip) in enumerate(
            (
                ("m", "Momentary", "Loudness of the last 0.4 s, in LUFS"),
                ("s", "Short", "Loudness of the last 3 s, in LUFS"),
                ("i", "Integrated", "Loudness since playback started or was reset, in LUFS"),
                ("tp", "True peak", "Highest true peak since playback started or was reset, in dBTP"),
                ("peak", "Peak", "Highest sample peak held, in dBFS"),
            )
        ):
            label, figure = Label(name), Label("−∞")
            label.setProperty("role", "small")
            figure.setFont(theme.font("medium"))
            figure.setFixedWidth(width)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight)
            set_name(figure, f"Master {name.lower()}")
            for each in (label, figure):
                set_tooltip(each, tip)
            grid.addWidget(label, row, 0)
            grid.addWidget(figure, row, 1)
            self._figures[key] = figure
        side = QVBoxLayout()
        side.setContentsMargins(0, 8, 8, 4)
        side.addLayout(grid)
        self.correlation = CorrelationMeter(theme)
        side.addWidget(self.correlation)
        side.addWidget(inserts)
        side.addWidget(inserts.add)
        side.addStretch(1)
        reading = QVBoxLayout()
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(2)
        reading.addSpacing(4)
        reading.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        reading.addLayout(self.levels, 1)
        below = QHBoxLayout()
        below.setSpacing(2)
        below.addWidget(self.automation)
        below.addWidget(self.gain)
        reading.addLayout(below)
        row_layout = QHBoxLayout(self)
        row_layout.setContentsMargins(8, 0, 4, 4)
        row_layout.setSpacing(16)
        row_layout.addLayout(reading)
        row_layout.addLayout(side, 1)

    def _automation_button(self) -> LetterButton:
        button = LetterButton("A", "Automation of Master", self.theme, self.theme.accent)
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        button.clicked.connect(self.automation_requested)
        button.customContextMenuRequested.connect(lambda at: self.modes_requested.emit(button.mapToGlobal(at)))
        return button

    def show_automation(self, unfolded: bool, mode: Mode) -> None:
        """Shows whether the master's lanes are unfolded, and whether its moves are written."""
        self.automation.setText("A" if mode is Mode.READ else mode.value[0].upper())
        self.automation.setChecked(unfolded)
        name = "Automation of Master" if mode is Mode.READ else f"Automation of Master, {mode}"
        set_name(self.automation, name)
        set_tooltip(self.automation, f"{name}: shows its lanes under the tracks; the menu has the modes")

    def show_state(self, state: PlayerState) -> None:
        """Shows the player's report."""
        self.show_level(state.master_peak, state.master_rms, state.clipped)
        self.correlation.show_value(state.correlation)
        self.inserts.show_reductions(state.reductions)
        for key, level, unit in (
            ("m", state.lufs_m, "LUFS"),
            ("s", state.lufs_s, "LUFS"),
            ("i", state.lufs_i, "LUFS"),
            ("tp", state.true_peak_db, "dBTP"),
            ("peak", self.meter.held_db, "dBFS"),
        ):
            text = level_text(level, unit)
            if text != self._figures[key].text():
                self._figures[key].setText(text)
