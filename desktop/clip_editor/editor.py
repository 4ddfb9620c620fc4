"""The audio editor: bars, the painted clip and what stands beside it, around one view."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from desktop.bridge import PlayerBridge
from desktop.clip_editor.canvas import ClipCanvas
from desktop.clip_editor.keys import ClipKeys
from desktop.clip_editor.pointer import ClipPointer
from desktop.clip_editor.ruler import ClipRuler
from desktop.clip_editor.session import AudioSession
from desktop.clip_editor.side_panel import SidePanel
from desktop.clip_editor.stage import ClipStage
from desktop.document import Document
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.timeline.peakstore import PeakStore
from desktop.view.follow import Follow
from desktop.view.playhead import PlayheadLine
from desktop.view.scroll_bars import ScrollBars
from desktop.view.viewport import Viewport
from engine.timing.snap import Grid

KEY_ZOOM = 1.5
LOWEST = 170  # px of height that the editor needs at least


class ClipEditor(QWidget):
    """Edits the selected clip of audio."""

    hint_changed = Signal(str)
    """What the mouse would do here, for the status line."""

    def __init__(
        self,
        document: Document,
        bridge: PlayerBridge,
        peaks: PeakStore,
        theme: Theme,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.viewport = Viewport(self)
        self.session = AudioSession(document, self)
        self.stage = ClipStage(self.session, self.viewport)
        self.pointer = ClipPointer(self.session, self.stage, bridge, self)
        self.keys = ClipKeys(self.session, self.stage, bridge)
        self.canvas = ClipCanvas(self.session, self.stage, self.pointer, self.keys, peaks, theme)
        self.ruler = ClipRuler(self.session, self.viewport, bridge, theme)
        self.side = SidePanel(self.session, theme, icons)
        self.playhead = PlayheadLine(theme, self.viewport, self.canvas)
        self._bars = ScrollBars(self.viewport, "Scroll the clip in time", "Scroll the clip", self)
        self._bars.down.hide()
        self._follow = Follow(self.viewport, bridge, self)
        self._fitted = ""
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.ruler, 0, 0)
        grid.addWidget(self.canvas, 1, 0)
        grid.addWidget(self._bars.across, 2, 0)
        grid.setRowStretch(1, 1)
        line = QFrame()
        line.setProperty("role", "vline")
        line.setFixedWidth(1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.side)
        across.addWidget(line)
        across.addLayout(grid, 1)
        self.setFocusProxy(self.canvas)
        for part in (self.pointer, self.ruler):
            part.hint_changed.connect(self.hint_changed)
        self.ruler.wheel_turned.connect(self.pointer.wheel)
        self.session.clip_changed.connect(self._on_clip)
        self.session.changed.connect(self._measure)
        self.viewport.changed.connect(self._show_bars)
        self.viewport.zoomed.connect(self._tell_zoom)
        bridge.position_changed.connect(self._on_position)

    # what the window asks for

    def set_grid(self, grid: Grid) -> None:
        """What edits snap to."""
        self.session.grid = grid

    def open(self, clip_id: str) -> bool:
        """Edits a clip, with the keyboard; says whether it holds audio."""
        if not self.session.show(clip_id):
            return False
        self.canvas.setFocus()
        return True

    def zoom_in(self) -> None:
        """Shows less time."""
        self.viewport.zoom(1 / KEY_ZOOM)

    def zoom_out(self) -> None:
        """Shows more time."""
        self.viewport.zoom(KEY_ZOOM)

    def fit(self) -> None:
        """Shows the whole clip."""
        clip = self.session.clip
        if clip is not None:
            self.viewport.fit(self.session.start, self.session.start + clip.length)

    def fit_selection(self) -> None:
        """Shows what is between the markers around the chosen one; the whole clip where none is chosen."""
        session, time = self.session, self.session.time
        frames = [marker.frame for marker in session.markers]
        if time is None or session.marker not in frames:
            self.fit()
            return
        at = frames.index(session.marker)
        around = frames[max(at - 1, 0)], frames[min(at + 1, len(frames) - 1)]
        self.viewport.fit(*sorted(time.song_frame(frame) for frame in around))

    @property
    def has_keyboard(self) -> bool:
        """Whether keys go to the clip."""
        return self.canvas.hasFocus()

    # events

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.canvas.setFocus(event.reason())

    def minimumSizeHint(self) -> QSize:
        """Lower than all that is in it asks for: what stands beside the clip scrolls."""
        return QSize(super().minimumSizeHint().width(), LOWEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.playhead.place()

    def showEvent(self, event: object) -> None:
        self._on_clip()

    # inside

    def _tell_zoom(self) -> None:
        self.session.frames_per_px = self.viewport.frames_per_px

    def _on_clip(self) -> None:
        """Another clip: all of it is shown, and its attacks are found when it is seen."""
        self._measure()
        clip = self.session.clip
        if clip is not None and self.isVisible():
            if self._fitted != clip.id:
                self._fitted = clip.id
                self.fit()
            self.session.hear_attacks()

    def _measure(self) -> None:
        clip = self.session.clip
        end = self.session.start + clip.length if clip is not None else 0
        self.viewport.set_content(end, 0)
        self._show_bars()

    def _on_position(self, frame: int) -> None:
        self.playhead.set_frame(frame)
        clip, start = self.session.clip, self.session.start
        if self.isVisible() and not self.pointer.dragging and clip and start <= frame < start + clip.length:
            self._follow.go(frame)

    def _show_bars(self) -> None:
        self._bars.show(1, visible=self.session.clip is not None)
