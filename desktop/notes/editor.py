"""The note editor: toolbar, bars, names of the rows, notes and velocities around one view."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.icons import Icons
from desktop.notes.audition import NoteAudition
from desktop.notes.canvas import NoteCanvas
from desktop.notes.controller_lane import ControllerLane
from desktop.notes.controllers import CONTROLLERS, VELOCITY_LANE
from desktop.notes.drops import SampleDrops
from desktop.notes.keys import NoteKeys
from desktop.notes.note_ruler import NoteRuler
from desktop.notes.pointer import NotePointer
from desktop.notes.row_names import PIANO_WIDTH, RowNames
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.notes.toolbar import NoteToolbar
from desktop.notes.velocity_lane import VelocityLane
from desktop.notes.verbs import Verbs
from desktop.notes.writing import NoteWriting
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.view.follow import Follow
from desktop.view.playhead import PlayheadLine
from desktop.view.scroll_bars import ScrollBars
from desktop.widgets.choices import Button, Menu
from desktop.widgets.plain import set_name, set_tooltip
from engine.project.model import Project
from engine.timing.snap import Grid

KEY_ZOOM = 1.5
_KEPT = ("ghosts", "audible", "pencil", "drum_pencil")
"""Settings of the notes that outlast the window."""
LOWEST = 170
"""Px of height that the editor needs at least."""


class NoteEditor(QWidget):
    """Edits the notes of the selected clip: as a piano roll, or as a drum grid on tracks of drums."""

    hint_changed = Signal(str)
    """What the mouse would do here, for the status line."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        settings: Settings,
        theme: Theme,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._settings, self._theme = document, bridge, settings, theme
        self.session = NoteSession(document, self)
        self.stage = NoteStage(self.session, self)
        self.writing = NoteWriting(self.session, self)
        self.verbs = Verbs(self.session, self.stage, bridge, self.writing)
        self.pointer = NotePointer(self.stage, self)
        self.keys = NoteKeys(self.session, self.stage, self.verbs, bridge)
        self.canvas = NoteCanvas(self.session, self.stage, self.pointer, self.keys, self.verbs.chord_spans, theme)
        self.toolbar = NoteToolbar(self.session, self.verbs, theme, icons)
        self.ruler = NoteRuler(self.session, self.stage, bridge, theme)
        self.names = RowNames(self.session, self.stage, self.pointer, theme)
        self.lane = VelocityLane(self.session, self.stage, theme)
        self.curve = ControllerLane(self.session, self.stage, theme)
        self.lane_choice = Button()
        self.lane_menu = Menu(self)
        self.playhead = PlayheadLine(theme, self.stage.viewport, self.canvas)
        self._bars = ScrollBars(self.stage.viewport, "Scroll the notes in time", "Scroll the pitches", self)
        self._follow = Follow(self.stage.viewport, bridge, self)
        self._audition = NoteAudition(self.session, bridge, document.sounds.render)
        self._lay_out()
        self.drops = SampleDrops(self.session, self.stage, (self.canvas, self.names), self)
        self.setFocusProxy(self.canvas)
        self._connect()
        self._restore()
        self._show_bars()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.ruler, 0, 1, 1, 2)
        grid.addWidget(self.names, 1, 0)
        grid.addWidget(self.canvas, 1, 1)
        grid.addWidget(self._bars.down, 1, 2)
        grid.addWidget(_line(), 2, 0, 1, 3)
        grid.addWidget(self.lane_choice, 3, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.lane, 3, 1)
        grid.addWidget(self.curve, 3, 1)
        grid.addWidget(self._bars.across, 4, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(_line())
        column.addLayout(grid, 1)
        self._fill_lanes()  # which shows one of them: a part that stands nowhere would be a window of its own

    def _fill_lanes(self) -> None:
        """The list of what can lie under the notes."""
        titles = {VELOCITY_LANE: "Velocity", **{each.field: each.title for each in CONTROLLERS.values()}}
        for field, title in titles.items():
            entry = self.lane_menu.entry(title, partial(self.session.change, lane=field))
            entry.setCheckable(True)
            entry.setData(field)
        self.lane_choice.setProperty("role", "link")
        self.lane_choice.setFont(self._theme.font("small"))
        self.lane_choice.setMaximumWidth(PIANO_WIDTH)
        set_name(self.lane_choice, "Lane under the notes")
        set_tooltip(self.lane_choice, "What lies under the notes: velocities, or a controller's curve")
        self.lane_choice.clicked.connect(
            lambda: self.lane_menu.popup(self.lane_choice.mapToGlobal(self.lane_choice.rect().bottomLeft()))
        )
        self._show_lane()

    def _show_lane(self) -> None:
        """Shows the velocities or the curve that was chosen."""
        field = self.session.settings.lane
        controller = CONTROLLERS.get(field)
        if controller is not None:
            self.curve.show_controller(controller)
        self.curve.setVisible(controller is not None)
        self.lane.setVisible(controller is None)
        self.lane_choice.setText(f"{controller.short if controller else 'Velocity'} ▾")
        for entry in self.lane_menu.actions():
            entry.setChecked(entry.data() == (field if controller else VELOCITY_LANE))

    def _connect(self) -> None:
        stage, bridge = self.stage, self._bridge
        for part in (self.pointer, self.ruler, self.names, self.lane, self.curve, self.drops):
            part.hint_changed.connect(self.hint_changed)
        self.drops.row_entered.connect(self.names.light)
        for below in (self.ruler, self.names, self.lane, self.curve):
            below.wheel_turned.connect(self._wheel)
        self.pointer.touched.connect(self._audition.hear)
        self.names.pressed.connect(self._audition.hear)
        self.canvas.menu_requested.connect(self.toolbar.open_menu)
        stage.viewport.changed.connect(self._show_bars)
        stage.rescaled.connect(self._show_bars)
        self.session.notes_changed.connect(self._show_bars)
        self.session.clip_changed.connect(self._show_bars)
        self.session.settings_changed.connect(self._keep)
        self.session.settings_changed.connect(self._show_lane)
        self._bars.used.connect(stage.touch)
        bridge.position_changed.connect(self._on_position)
        self._document.changed.connect(self._on_changed)

    # what the window asks for

    def open(self, clip_id: str) -> bool:
        """Edits the notes of a clip, with the keyboard; says whether it holds any."""
        if not self.session.show(clip_id):
            return False
        self.canvas.setFocus()
        return True

    def zoom_in(self) -> None:
        """Shows less time."""
        self.stage.viewport.zoom(1 / KEY_ZOOM)

    def zoom_out(self) -> None:
        """Shows more time."""
        self.stage.viewport.zoom(KEY_ZOOM)

    def fit(self) -> None:
        """Shows the whole clip."""
        if self.session.clip is not None:
            self.stage.viewport.fit(*self.session.bounds())
            self.stage.show_pitches()

    def fit_selection(self) -> None:
        """Shows the chosen notes as large as they fit in time; the whole clip where none is chosen."""
        chosen = self.session.chosen_notes()
        if not chosen:
            self.fit()
            return
        first, last = min(note.start for note in chosen), max(note.start + note.length for note in chosen)
        self.stage.viewport.fit(self.session.frame(first), self.session.frame(last))

    @property
    def has_keyboard(self) -> bool:
        """Whether keys go to the notes."""
        return self.canvas.hasFocus()

    # events

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.canvas.setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends a drag in the lane under the notes before it leaves the editor."""
        if event.key() == Qt.Key.Key_Escape and (self.lane.cancel() or self.curve.cancel()):
            return
        super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Lower than all that is in it asks for: the panel may be low, and the grid is what gives way."""
        size = super().minimumSizeHint()
        return QSize(size.width(), min(size.height(), LOWEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.playhead.place()

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self.session.forget_scale()

    def _on_position(self, frame: int) -> None:
        self.playhead.set_frame(frame)
        first, last = self.session.bounds()
        if self.isVisible() and not self.pointer.gesture and first <= frame < last:
            self._follow.go(frame)

    def _wheel(self, event: QWheelEvent) -> None:
        self.pointer.wheel(event)

    def _restore(self) -> None:
        settings = self._settings
        if (grid := settings.text("notes/grid")) in set(Grid):
            self.session.change(grid=Grid(grid))
        if (lane := settings.text("notes/lane")) in CONTROLLERS:
            self.session.change(lane=lane)
        for name in _KEPT:
            self.session.change(**{name: settings.flag(f"notes/{name}", name in ("drum_pencil", "audible"))})

    def _keep(self) -> None:
        settings, now = self._settings, self.session.settings
        settings.put("notes/grid", now.grid.value)
        settings.put("notes/lane", now.lane)
        for name in _KEPT:
            settings.put(f"notes/{name}", "true" if getattr(now, name) else "false")

    def _show_bars(self) -> None:
        self._bars.show(round(self.stage.row_height), visible=self.session.clip is not None)


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "hline")
    line.setFixedHeight(1)
    return line
