"""The column of track headers left of the timeline; only those in view exist as widgets."""

from collections.abc import Collection, Mapping

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.automation.follow import Followed
from desktop.automation.recorder import AutomationRecorder
from desktop.document import Document
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.timeline.canvas import Canvas
from desktop.timeline.rows import MIN_HEIGHT
from desktop.timeline.track_header import TrackHeader
from desktop.view.pointing import EdgePull
from desktop.widgets.painting import painting
from engine.playback.state import PlayerState
from engine.project import edits


class HeaderColumn(QWidget):
    """Follows the canvas's rows and its vertical scroll."""

    hint_changed = Signal(str)
    menu_requested = Signal(str, object)
    """(track id, global position)"""
    instrument_requested = Signal()
    """Another instrument for the selected track."""
    arm_requested = Signal(str, bool, bool)
    """See `TrackHeader.arm_requested`."""
    automation_requested = Signal(str, bool)
    """(track id, whether its lanes of automation are to be shown)"""
    input_requested = Signal(str, object)
    """(track id, global position): what this track records."""
    drag_out_requested = Signal(str)
    """(track id): it is dragged out of the window."""
    wheel_turned = Signal(object)

    def __init__(
        self,
        document: Document,
        theme: Theme,
        canvas: Canvas,
        icons: Icons | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._document = document
        self._theme = theme
        self._canvas = canvas
        self._shown: dict[str, TrackHeader] = {}
        self._spare: list[TrackHeader] = []
        self._placed_for = (-1, -1)
        self.setFixedWidth(theme.sizes["headers"])
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Track headers")
        self._line = _InsertionLine(theme, self)
        self._selected: str | None = None
        self._armed: dict[str, str] = {}
        self._unfolded: frozenset[str] = frozenset()
        self._recorder: AutomationRecorder | None = None
        self._dragged: tuple[str, QPoint] | None = None
        self._pull = EdgePull(canvas.viewport, self, self._pull_on, across=False)
        canvas.rows_changed.connect(self.refresh)
        canvas.viewport.changed.connect(self._on_viewport)
        document.selection_changed.connect(self._show_selection)

    def header(self, track_id: str) -> TrackHeader | None:
        """The header of a track, if it is in view."""
        return self._shown.get(track_id)

    def refresh(self) -> None:
        """Puts the headers of the rows in view in their places."""
        viewport = self._canvas.viewport
        self._placed_for = viewport.top, self.height()
        rows = self._canvas.rows.between(viewport.top, viewport.top + max(self.height(), 1))
        in_view = {row.track.id for row in rows}
        left = [self._shown.pop(track_id) for track_id in [key for key in self._shown if key not in in_view]]
        moved = [] if QApplication.mouseButtons() else [header for header in left if not _in_use(header)]
        selected = self._document.selection.track
        solo = any(track.solo for track in self._document.project.tracks)
        previous: QWidget | None = None
        for row in rows:
            header_of = self._shown.get(row.track.id)
            new = header_of is None
            if header_of is None:
                if moved:  # from one end of the column to the other, as it is dearer to hide and to show one
                    left.remove(header_of := moved.pop())
                else:
                    header_of = self._spare.pop() if self._spare else self._make()
                self._shown[row.track.id] = header_of
            header_of.show_row(row, self._canvas.rows.takes(row.track.id), row.track.id in self._canvas.folded)
            header_of.show_selected(row.track.id == selected)
            header_of.show_armed(self._armed.get(row.track.id))
            header_of.show_automation(row.track.id in self._unfolded)
            if self._recorder is not None:
                header_of.show_mode(self._recorder.mode(row.track.id))
            header_of.show_silent(row.track.mute or (solo and not row.track.solo))
            place = QRect(0, row.top - viewport.top, self.width(), row.full_height)
            if header_of.geometry() != place:
                header_of.setGeometry(place)
            if new:
                header_of.show()
                if previous:
                    QWidget.setTabOrder(previous, header_of)
            previous = header_of
        for header in left:
            header.hide()
            self._spare.append(header)
        self._line.raise_()
        self.update(0, self._canvas.rows.height - viewport.top, self.width(), self.height())

    def show_armed(self, armed: Mapping[str, str]) -> None:
        """Marks the tracks that are played and recorded; by their ids, what they record."""
        self._armed = dict(armed)
        for track_id, header in self._shown.items():
            header.show_armed(self._armed.get(track_id))

    def show_unfolded(self, unfolded: Collection[str]) -> None:
        """Marks the tracks whose lanes of automation are shown."""
        self._unfolded = frozenset(unfolded)
        for track_id, header in self._shown.items():
            header.show_automation(track_id in self._unfolded)

    def show_modes(self, recorder: AutomationRecorder) -> None:
        """Shows which tracks write automation."""
        self._recorder = recorder
        for track_id, header in self._shown.items():
            header.show_mode(recorder.mode(track_id))

    def show_followed(self, followed: Followed) -> None:
        """Lets the values of the tracks in view go with their automation."""
        for header in self._shown.values():
            header.show_followed(followed)

    def show_state(self, state: PlayerState) -> None:
        """Shows the levels of the tracks in view."""
        for track_id, header in self._shown.items():
            header.show_level(state.meters.get(track_id))

    # drags that headers report

    def insertion_index(self, y: int) -> int:
        """Before which track something dropped at y of this widget would go."""
        top = y + self._canvas.viewport.top
        rows = self._canvas.rows
        return sum(1 for row in rows if row.top + row.full_height / 2 < top)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(event.rect(), self._theme.window)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(event)
        event.accept()

    # inside

    def _on_viewport(self) -> None:
        top, height = self._placed_for
        viewport = self._canvas.viewport
        if height == self.height() and viewport.top != top:
            # moves the picture and the headers in it; only what comes into view is painted
            self.scroll(0, top - viewport.top)
        if (viewport.top, self.height()) != self._placed_for:
            self.refresh()

    def _make(self) -> TrackHeader:
        header = TrackHeader(self._document, self._theme, self, self._icons)
        header.hint_changed.connect(self.hint_changed)
        header.menu_requested.connect(self.menu_requested)
        header.instrument_requested.connect(self.instrument_requested)
        header.arm_requested.connect(self.arm_requested)
        header.automation_requested.connect(self.automation_requested)
        header.input_requested.connect(self.input_requested)
        header.fold_requested.connect(self._canvas.set_folded)
        header.dragged.connect(self._on_dragged)
        header.dropped.connect(self._on_dropped)
        header.drag_out_requested.connect(self.drag_out_requested)
        return header

    def _on_dragged(self, track_id: str, place: QPoint) -> None:
        self._dragged = track_id, place
        self._pull.follow(self.mapFromGlobal(place).toPointF())
        index = self.insertion_index(self.mapFromGlobal(place).y())
        rows = self._canvas.rows
        top = rows[index].top if index < len(rows) else rows.height
        self._line.setGeometry(0, top - self._canvas.viewport.top - 1, self.width(), 2)
        self._line.show()

    def _pull_on(self) -> None:
        if self._dragged:
            self._on_dragged(*self._dragged)

    def _on_dropped(self, track_id: str, place: object) -> None:
        self._line.hide()
        self._dragged = None
        self._pull.stop()
        if not isinstance(place, QPoint):
            return
        index = self.insertion_index(self.mapFromGlobal(place).y())
        row = self._canvas.rows.of(track_id)
        if row is None:
            return
        target = index - 1 if index > row.index else index
        if target != row.index:
            self._document.apply("Move track", lambda p: edits.move_track(p, track_id, target))

    def _show_selection(self) -> None:
        before, self._selected = self._selected, self._document.selection.track
        row = self._canvas.rows.of(self._selected) if self._selected else None
        viewport = self._canvas.viewport
        if row and self._selected != before:
            # such as a new track below the others; one of which enough is seen stays where it is
            visible = min(row.bottom, viewport.top + viewport.height) - max(row.top, viewport.top)
            if visible < MIN_HEIGHT:
                viewport.reveal_y(row.top, row.top + row.height)
        for track_id, header in self._shown.items():
            header.show_selected(track_id == self._selected)


def _in_use(header: TrackHeader) -> bool:
    """Whether the mouse or the keyboard is at a header, which then shows no other track meanwhile."""
    focused = QApplication.focusWidget()
    return header.underMouse() or (focused is not None and (header is focused or header.isAncestorOf(focused)))


class _InsertionLine(QWidget):
    """Where a dragged track would go."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = theme.accent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self._colour)
