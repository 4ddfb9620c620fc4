"""The top bar: song, transport, position, tempo, engine, master level."""

from fractions import Fraction
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.transport.fields import (
    PositionDisplay,
    signature_field,
    signature_of,
    signature_value,
    tempo_field,
)
from desktop.transport.tap_tempo import Tapping
from desktop.transport.tempo_change import TempoChange
from desktop.transport.underruns import RecentUnderruns
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.meter import Meter, level_text
from desktop.widgets.plain import Label, set_name, set_tooltip
from desktop.widgets.values import exact_tempo
from desktop.window_actions import Actions
from engine.playback.state import PlayerState
from engine.project import edits
from engine.timing.position import Position

LONGEST_ENGINE = "88.8× · 88.8 s ahead · 888 underruns"
SHORTEST_ENGINE = "88.8× · 88.8 s ahead"
NARROW = 1080
"""Below this width (px) the bar leaves out words that figures explain."""


class SavedDot(Label):
    """Says whether the song on disk is the song as it is: a filled dot and the word "edited", or nothing to save."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self.setFont(theme.font("small"))
        self.setFixedWidth(QFontMetrics(self.font()).horizontalAdvance("● edited") + 4)
        self.show_saved(True)

    def show_saved(self, saved: bool) -> None:
        """Shows the state."""
        self.setText("saved" if saved else "● edited")
        colour = self._theme.dim if saved else self._theme.warning
        self.setStyleSheet(f"color: {colour.name()}; font-size: 11px;")
        set_tooltip(self, "Everything is saved" if saved else "There are changes to save (autosaved in the background)")


class TopBar(QFrame):
    """One row of 44 pixels; nothing in it moves when its figures change."""

    audio_settings_requested = Signal()
    failed = Signal(str)

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        theme: Theme,
        icons: Icons,
        actions: Actions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._bridge = bridge
        self._theme = theme
        self._icons = icons
        self._actions = actions
        self.setProperty("role", "bar")
        self.setFixedHeight(theme.sizes["top_bar"])
        self.tempo_change = TempoChange(document, self)
        self.tapping = Tapping(document, bridge, self.tempo_change, parent=self)
        self._build()
        document.changed.connect(lambda *_: self._show_song())
        document.saved_changed.connect(self._saved.show_saved)
        bridge.position_changed.connect(self._on_position)
        bridge.playing_changed.connect(self._show_playing)
        bridge.meters_changed.connect(self.show_meters)
        self._show_song()

    def _build(self) -> None:
        theme, icons, actions = self._theme, self._icons, self._actions
        self._play_action = actions["play"]
        self._name = ElidedLabel()
        self._name.setFont(theme.font("medium", bold=True))
        self._name.setMaximumWidth(220)
        self._name.setMinimumWidth(72)
        self._saved = SavedDot(theme)
        self._to_start = IconButton(icons, "skip-back", "Go to start", action=actions["start"])
        self._play = IconButton(icons, "play", "Play or stop", action=actions["play"])
        self._play.setFixedSize(40, 28)
        self._record = IconButton(icons, "record", "Record", action=actions["record"])
        actions["record"].setIcon(icons.icon("record", on=theme.live))
        self._loop = IconButton(icons, "repeat", "Loop playback", action=actions["loop"])
        self._metronome = IconButton(icons, "metronome", "Metronome", action=actions["metronome"])
        self._position = PositionDisplay(theme)
        self._position.place_entered.connect(
            lambda place: self._bridge.locate(self._document.project.clock.frames(place))
        )
        self._position.failed.connect(self.failed)
        self._tempo, self._signature = tempo_field(theme), signature_field(theme)
        self._tempo.edited.connect(self._set_tempo)
        self._signature.edited.connect(self._set_signature)
        self._unit = Label("BPM")
        self._unit.setProperty("role", "small")
        self._tap = Button("Tap")
        self._tap.setProperty("role", "link")
        self._tap.setFont(theme.font("small"))
        self._tap.setStyleSheet(f"color: {theme.text.name()};")
        self._tap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_name(self._tap, "Tap tempo")
        set_tooltip(self._tap, actions.keymap.tip("tap_tempo"))
        actions.keymap.changed.connect(lambda: set_tooltip(self._tap, actions.keymap.tip("tap_tempo")))
        self._tap.pressed.connect(self.tapping.tap)  # the moment that counts, not when the button is let go
        self._build_engine()
        self._lay_out()

    def _build_engine(self) -> None:
        """What tells how the player does, and how loud it is."""
        theme = self._theme
        self._engine = Button()
        self._engine.setProperty("role", "link")
        self._engine.setFont(theme.font("small"))
        self._engine.setAccessibleName("Audio engine")
        set_tooltip(self._engine, self._actions.keymap.tip("audio_settings"))
        self._engine.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._underruns = RecentUnderruns()
        self._engine.clicked.connect(self._underruns.clear)
        self._engine.clicked.connect(self.audio_settings_requested)
        self._engine_text = ""
        self._engine.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._live = False
        self._state: PlayerState | None = None
        self._show_engine(None)
        self._meter = Meter("Master", theme, horizontal=True)
        self._meter.setMinimumWidth(72)
        self._meter.setMaximumWidth(120)
        self._meter.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._meter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._meter.reset_requested.connect(self._bridge.reset_clips)
        self._lufs = Label("−∞ LUFS")
        self._lufs.setFont(theme.font("normal"))
        self._lufs.setFixedWidth(QFontMetrics(theme.font("normal")).horizontalAdvance("−88.8 LUFS") + 4)
        self._lufs.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_tooltip(self._lufs, "Short-term loudness of the master")
        self._lufs.setAccessibleName("Short-term loudness")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(0)
        for group in (
            (self._name, 8, self._saved),
            (self._to_start, self._play, self._record, self._loop, self._metronome),
            (self._position,),
            (self._tap, self._tempo, self._unit, 4, self._signature),
        ):
            for item in group:
                if isinstance(item, int):
                    row.addSpacing(item)
                else:
                    row.addWidget(item)
            if group[0] is not self._tap:
                self._divide(row)
        row.addStretch(1)
        row.addWidget(self._engine)
        self._divide(row)
        row.addWidget(self._meter, 1000)
        row.addSpacing(8)
        row.addWidget(self._lufs)
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @staticmethod
    def _divide(row: QHBoxLayout) -> None:
        line = QFrame()
        line.setProperty("role", "vline")
        line.setFixedHeight(20)
        row.addSpacing(8)
        row.addWidget(line)
        row.addSpacing(8)

    @property
    def position(self) -> PositionDisplay:
        """The position display."""
        return self._position

    def show_meters(self, state: PlayerState) -> None:
        """Shows the player's report."""
        peaks, rms = state.master_peak, state.master_rms
        self._meter.set_levels(peaks[0], peaks[1], rms[0], rms[1], state.clipped)
        self._lufs.setText(level_text(state.lufs_s, "LUFS"))
        self._show_engine(state)

    def show_live(self, figures: str, sentence: str, colour: QColor | None) -> None:
        """Shows how a live take is doing in the place of the audio engine's figures; no `figures`: without one."""
        self._live = bool(figures)
        if figures:
            self._say_engine(figures, colour or self._theme.text, sentence)
        else:
            self._show_engine(self._state)

    @property
    def engine_text(self) -> str:
        """What is said about the audio engine or the live take, whole even where the bar shows a part of it."""
        return self._engine_text

    def _show_engine(self, state: PlayerState | None) -> None:
        self._state = state
        if self._live:
            return
        if state is None:
            self._say_engine("Starting audio…", self._theme.dim, self._actions.keymap.tip("audio_settings"))
            return
        recent = self._underruns.count(state.underruns)
        if state.lost:
            sentence = "The audio device is gone: play to look for it again, or click for the audio settings"
            self._say_engine("No device", self._theme.warning, sentence)
            return
        if state.silent:
            sentence = "No sound device was found, so nothing is heard: click for the audio settings"
            self._say_engine("No device", self._theme.dim, sentence)
            return
        text = f"{recent} underrun{'' if recent == 1 else 's'} · {round(state.buffered_ms)} ms"
        sentence = f"Audio engine at {state.device_rate:,} Hz: click for the audio settings"
        if recent:
            sentence = f"{self._underruns.sentence}\n{sentence}"
        self._say_engine(text, self._theme.warning if recent else self._theme.dim, sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out words in a narrow window; nothing is cut off."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        self._unit.setVisible(not narrow)
        self._tap.setVisible(not narrow)
        longest = SHORTEST_ENGINE if narrow else LONGEST_ENGINE
        self._engine.setFixedWidth(QFontMetrics(self._engine.font()).horizontalAdvance(longest) + 12)
        self._fit_engine()

    def _fit_engine(self) -> None:
        """Shows as many of the engine's figures as there is room for, the first ones first."""
        figures = self._engine_text.split(" · ")
        metrics, room = QFontMetrics(self._engine.font()), self._engine.width() - 10
        while len(figures) > 1 and metrics.horizontalAdvance(" · ".join(figures)) > room:
            figures.pop()
        self._engine.setText(" · ".join(figures))

    def _say_engine(self, text: str, colour: QColor, sentence: str) -> None:
        set_tooltip(self._engine, sentence)
        style = f"color: {colour.name()};"
        if text != self._engine_text:
            self._engine_text = text
            self._fit_engine()
        if style != self._engine.styleSheet():
            self._engine.setStyleSheet(style)

    def _show_song(self) -> None:
        project = self._document.project
        opened = self._document.folder is not None
        self._name.setText(project.name if opened else "Continuo")
        self._saved.show_saved(self._document.saved)
        self._saved.setVisible(opened)
        self._show_tempo()
        for widget in (self._tap, self._tempo, self._signature, self._position):
            widget.setEnabled(opened)
        self._position.show_frame(project.clock, self._bridge.position)

    def _on_position(self, frame: int) -> None:
        project = self._document.project
        self._position.show_frame(project.clock, frame)
        if project.tempo_changes or project.signature_changes:
            self._show_tempo()

    def _show_tempo(self) -> None:
        """Shows the tempo and the time signature that hold at the playhead."""
        clock, here = self._document.project.clock, Position.at_frame(self._bridge.position)
        self._tempo.set_value(float(clock.tempo_at(here)))
        self._signature.set_value(signature_value(clock.signature_at(here)))

    def _show_playing(self, playing: bool) -> None:
        name = "stop" if playing else "play"
        self._play_action.setIcon(self._icons.icon(name, self._theme.accent if playing else None))
        set_name(self._play, "Stop" if playing else "Play")

    def _set_tempo(self, value: float, gesture: str) -> None:
        tempo: Fraction = exact_tempo(value)
        beat = self._document.project.clock.beat_at(self._bridge.position)
        if not self.tempo_change.set(tempo, gesture, beat=beat):
            self._show_song()

    def _set_signature(self, value: float, gesture: str) -> None:
        signature = signature_of(value)
        bar = self._document.project.clock.bar_at(Position.at_frame(self._bridge.position)).number
        edit = partial(edits.set_signature, signature=signature, bar=bar)
        if not self._document.apply("Change signature", edit, merge=gesture):
            self._show_song()
