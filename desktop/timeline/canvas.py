"""The painted timeline: row images copied to the screen, what is selected over them, and the mouse and keys on it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.document import Document
from desktop.dropped import dropped_audio
from desktop.theme import Theme
from desktop.timeline.clip_layout import Spans
from desktop.timeline.clip_tools import ClipTools
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.hit_test import Geometry, Zone
from desktop.timeline.overlay import HOVERED_HEADER, Overlay
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.placeholders import Placeholders
from desktop.timeline.pointer import Pointer
from desktop.timeline.row_painter import device_top
from desktop.timeline.rows import Row, Rows
from desktop.timeline.strip_cache import StripCache, blit
from desktop.view.time_canvas import TimeCanvas
from desktop.view.viewport import Viewport
from desktop.widgets.painting import painting
from engine import errors
from engine.audio import read_info
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip, Project

MAX_PREVIEWED = 24
"""Dropped files whose length is looked up while they are dragged."""
MAX_HANDLES = 12
"""Selected clips that show their handles; with more only the one under the mouse does."""
AHEAD_PX = 512
AHEAD_SECONDS = 0.003
"""How far, in device pixels, and how long at a time row images are made before scrolling needs them."""


class Canvas(TimeCanvas):
    """The tracks with their clips. It shows `document.project`, or what a drag would make of it."""

    commands_run = True  # see keyboard.py
    pointer: Pointer

    hint_changed = Signal(str)
    import_requested = Signal(object, object, object)
    """(paths, track id or None, position): audio files were dropped."""
    menu_requested = Signal(object, object)
    """(Hit, global position): a context menu is asked for."""
    rename_requested = Signal(str)
    drag_out_requested = Signal(object, object, object)
    """(ids of clips, index of a take or None, modifiers): they are dragged out of the window."""
    """A clip's id."""
    open_requested = Signal(str)
    """The id of a clip whose content should be edited."""
    focus_moved = Signal(str)
    """The id of the clip that has the keyboard now."""
    audition_requested = Signal(str, int)
    """A clip's id and which of its takes should be heard; −1 to be quiet."""
    rows_changed = Signal()
    gesture_changed = Signal()
    """A drag began or ended."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        peaks: PeakStore,
        viewport: Viewport,
        tools: ClipTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.theme = theme
        self.peaks = peaks
        self.viewport = viewport
        self.folded: frozenset[str] = frozenset()
        self.lane_counts: Mapping[str, int] = {}
        self.project = document.project
        self.rows = Rows(self.project)
        self.spans = Spans()
        self.spans.take(self.project)
        self.places = Geometry(viewport, self.spans)
        self.cache = StripCache(theme, viewport, self.spans, peaks)
        self.cache.take(self.project)
        self.overlay = Overlay(theme, self.places, self.cache.marks)
        self.stage = Stage(document, viewport, self.spans, self.places, lambda: self.rows, tools)
        self.placeholders = Placeholders(document, theme, self.places)
        self.pointer = Pointer(self, self)
        self.focus_clip: str | None = None
        self._drop: tuple[list[Path], QPointF] | None = None
        self._lengths: dict[Path, int] = {}  # of dropped files, in frames at the song's rate, as far as they are known
        self.setAcceptDrops(True)
        self.setAccessibleName("Timeline")
        self._finer = QTimer(self)
        self._finer.setSingleShot(True)
        self._finer.setInterval(0)
        self._finer.timeout.connect(self._paint_finer)
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(0)
        self._ahead.timeout.connect(self._paint_ahead)
        self._last_left = self._last_zoom = self._toward = 0.0
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self._on_selection)
        document.coming_changed.connect(self.update)
        document.jobs.changed.connect(self._on_job)
        peaks.changed.connect(self._on_peaks)
        viewport.zoomed.connect(self.cache.rescale)
        viewport.changed.connect(self._on_viewport)
        self._measure_content()

    # the song

    def show_project(self, project: Project) -> None:
        """Shows `project`, which a drag has made of the document's, or the document's own."""
        if project is self.project:
            return
        old, self.project = self.project, project
        self.spans.take(project)
        self.cache.take(project)
        if old.tracks is not project.tracks:
            self.rows = Rows(project, self.folded, self.rows, self.lane_counts)
            self._measure_content()
            self.rows_changed.emit()
        self.update()

    def show_recorded(self, project: Project | None) -> None:
        """Shows the song with what is being recorded in it; None: the song as it is. A drag goes before it."""
        if self.pointer.gesture is None:
            self.show_project(project or self.document.project)

    def set_folded(self, track_id: str, folded: bool) -> None:
        """Hides or shows the take lanes of a track."""
        self.folded = self.folded | {track_id} if folded else self.folded - {track_id}
        self._lay_out_rows()

    def set_lane_counts(self, counts: Mapping[str, int]) -> None:
        """Makes room for lanes of automation: by track id, how many are below it."""
        if counts != self.lane_counts:
            self.lane_counts = counts
            self._lay_out_rows()

    def _lay_out_rows(self) -> None:
        self.rows = Rows(self.project, self.folded, self.rows, self.lane_counts)
        self._measure_content()
        self.rows_changed.emit()
        self.update()

    def set_focus_clip(self, clip_id: str | None, *, reveal: bool = True) -> None:
        """Moves the keyboard to a clip."""
        if clip_id != self.focus_clip:
            self.focus_clip = clip_id
            self.focus_moved.emit(clip_id or "")
            self.update()
        pair = self.project.find_clip(clip_id) if clip_id and reveal else None
        if pair and (row := self.rows.of(pair[0].id)):
            self.viewport.reveal(self.spans.start(pair[1]))
            self.viewport.reveal_y(row.top, row.bottom)

    @property
    def growing(self) -> frozenset[str]:
        """The ids of the sources that grow now."""
        return self.cache.growing

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = event.rect()
            viewport, dpr = self.viewport, self.viewport.dpr
            self.peaks.begin_frame()
            selection = self.document.selection
            left = viewport.left_device
            first, last = left + int(area.left() * dpr), left + round((area.right() + 1) * dpr)
            bottom = 0.0
            shown = self.rows.between(area.top() + viewport.top, area.bottom() + 1 + viewport.top)
            top = viewport.top_device
            for row in shown:
                strips = self.cache.strips(row, first, last, selected=row.track.id == selection.track)
                blit(painter, strips, left, (device_top(row.top, dpr) - top) / dpr, dpr)
                bottom = (device_top(row.bottom, dpr) - top) / dpr
                if row.automation:  # up to the lanes themselves, which lie over the canvas
                    first_y = (device_top(row.clips_bottom, dpr) - top) / dpr
                    painter.fillRect(QRectF(0, first_y, self.width(), bottom - first_y), self.theme.window)
            if bottom <= area.bottom():
                painter.fillRect(
                    QRectF(area.left(), bottom, area.width(), area.bottom() + 1 - bottom), self.theme.window
                )
            painter.setFont(self.cache.marks.font)
            self._paint_over(painter, shown, selection.clips)
        if self.peaks.unfinished:
            self._finer.start()

    def _paint_over(self, painter: QPainter, shown: Sequence[Row], chosen: frozenset[str]) -> None:
        hover = self.pointer.hover
        growing = self.growing
        for row in shown:
            spans = self.spans.of(row.track)
            for index in spans.visible(self.viewport.left, self.viewport.left):
                clip = spans.clips[index]
                if spans.starts[index] < self.viewport.left < spans.ends[index]:
                    self.overlay.pinned_title(painter, row, clip, growing, self.viewport.x(spans.uncovered(index)))
        region = self.document.selection.region
        if region:
            self.overlay.region(painter, *region, self.region_areas(), self.height())
        for row in shown:
            spans = self.spans.of(row.track)
            for clip in self._shown_of(row, chosen):
                self.overlay.selected(painter, row, clip, growing)
                if len(chosen) <= MAX_HANDLES and not self.pointer.gesture:
                    self.overlay.handles(painter, row, clip, None)
            ringed = self.focus_clip
            if ringed in spans.index and self._has_ring(clip := spans.clips[spans.index[ringed]]):
                self.overlay.focused(painter, row, clip)
        if hover and hover.clip and hover.row and not self.pointer.gesture:
            row_now, clip_now = self._find(shown, hover.clip.id)
            if row_now and clip_now:
                if hover.zone is Zone.CLIP and hover.clip.id not in chosen:
                    self.overlay.header(painter, row_now, clip_now, growing, HOVERED_HEADER)
                if hover.lane is None:
                    self.overlay.handles(painter, row_now, clip_now, hover.zone)
                else:
                    self.overlay.take_hover(painter, hover)
        if self.overlay.heard:
            heard_row, heard_clip = self._find(shown, self.overlay.heard[0])
            if heard_row and heard_clip:
                self.overlay.listening(painter, heard_row, heard_clip)
        self.placeholders.paint(painter, self.rows)
        if self.pointer.gesture:
            self.overlay.gesture(painter, self.pointer.gesture, self.pointer.mouse, self.height())
        if self._drop:
            paths, point = self._drop
            files = [(errors.shown(path.name), self._lengths.get(path)) for path in paths]
            row_under, frame, fits = self._landing(paths, point)
            self.overlay.drop(painter, files, frame, row_under, self.rows.height - self.viewport.top, fits=fits)

    def _shown_of(self, row: Row, chosen: frozenset[str]) -> list[Clip]:
        """The clips of `chosen` on `row` that reach into the view."""
        spans, viewport = self.spans.of(row.track), self.viewport
        return [
            spans.clips[index]
            for index in (spans.visible(viewport.left, viewport.right) if chosen else ())
            if spans.clips[index].id in chosen and spans.ends[index] >= viewport.left
        ]

    def _find(self, shown: Sequence[Row], clip_id: str) -> tuple[Row, Clip] | tuple[None, None]:
        """The clip with that id on one of the rows `shown`, and its row."""
        for row in shown:
            spans = self.spans.of(row.track)
            if (index := spans.index.get(clip_id)) is not None:
                return row, spans.clips[index]
        return None, None

    def _has_ring(self, clip: Clip) -> bool:
        return clip.id == self.focus_clip and self.hasFocus()

    def region_areas(self) -> list[QRectF]:
        """Where the selected time is hatched: over the selected clips, else over the selected track, else all."""
        selection = self.document.selection
        if not selection.region:
            return []
        left, right = (self.viewport.x(frame) for frame in selection.region)
        areas = []
        if selection.clips:
            for row in self._rows_in_view():
                for clip in self._shown_of(row, selection.clips):
                    body = self.places.body_rect(row, clip)
                    area = body.intersected(QRectF(left, body.top(), right - left, body.height()))
                    if area.width() > 0:
                        areas.append(area)
        if areas:
            return areas
        row_of = self.rows.of(selection.track) if selection.track else None
        if row_of:
            return [QRectF(left, self.places.row_top(row_of), right - left, row_of.height - 1)]
        return [QRectF(left, 0, right - left, min(self.height(), self.rows.height - self.viewport.top))]

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.pointer.key(event):
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from clip to clip, and leaves after the last; in a bar over the canvas it goes through the bar."""
        return (self.hasFocus() and self.pointer.keys.step_focus(forward)) or super().focusNextPrevChild(forward)

    def sizeHint(self) -> QSize:
        """A good part of a screen."""
        return QSize(800, 400)

    # files dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = dropped_audio(event.mimeData())
        if paths:
            self._drop = paths, event.position()
            self._read_lengths(paths)
            event.acceptProposedAction()
            self._hint_at_drop()
            self.update()

    def _landing(self, paths: list[Path], point: QPointF) -> tuple[Row | None, int, bool]:
        """The row and the frame under dropped files, and whether they fit there, where clips are not in their way."""
        row = self.stage.row_at(point.y())
        frame = self.project.clock.frames(self.stage.snapped(self.viewport.frame(point.x()), _NONE))
        length = max(sum(self._lengths.get(path) or 0 for path in paths), 1)
        return row, frame, row is None or edits.is_free(self.project, row.track, frame, frame + length)

    def _hint_at_drop(self) -> None:
        if self._drop:
            fits = self._landing(*self._drop)[2]
            here = "import here" if fits else "a new track below, since clips are in the way"
            self.hint_changed.emit(f"Drop: {here} · below the tracks: a new track for each file")

    def _read_lengths(self, paths: list[Path]) -> None:
        """Finds out in the background how long the files would be in the song."""
        rate = self.document.project.rate
        unread = [path for path in paths[:MAX_PREVIEWED] if path not in self._lengths]

        def operation(context: Context) -> dict[Path, int]:
            lengths = {}
            for path in unread:
                context.check()
                with suppress(errors.AudioFileError):
                    info = read_info(path, context)
                    if info.frames:  # of some only decoding all of them tells
                        lengths[path] = -(-info.frames * rate // info.rate)
            return lengths

        def done(lengths: dict[Path, int]) -> None:
            self._lengths |= lengths
            self.update()

        if unread:
            self.document.jobs.submit("Look at dropped files", operation, done, queue="look", passing=True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drop:
            self._drop = self._drop[0], event.position()
            event.acceptProposedAction()
            self._hint_at_drop()
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop = None
        self.hint_changed.emit("")
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop = None
        self.hint_changed.emit("")
        paths = dropped_audio(event.mimeData())
        if paths:
            row = self.stage.row_at(event.position().y())
            position = self.stage.snapped(self.viewport.frame(event.position().x()), event.modifiers())
            event.acceptProposedAction()
            self.import_requested.emit(paths, row.track.id if row else None, position)
        self.update()

    # inside

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            self._lengths.clear()
            self.folded = frozenset()
            self.focus_clip = None
            self.cache.forget()
        if not self.pointer.song_changed():
            self.show_project(new)
        if self.focus_clip and new.find_clip(self.focus_clip) is None:
            self.set_focus_clip(None)

    def _on_selection(self) -> None:
        """The keyboard goes to what is selected, which comes into view unless some of it is there."""
        self.update()
        chosen = self.document.selection.clips
        if not chosen or self.focus_clip in chosen:
            return
        first = next((clip_id for clip_id in self.pointer.keys.reading_order() if clip_id in chosen), None)
        self.set_focus_clip(first, reveal=not any(self._shown_of(row, chosen) for row in self._rows_in_view()))

    def _rows_in_view(self) -> list[Row]:
        return self.rows.between(self.viewport.top, self.viewport.top + self.viewport.height)

    def _on_viewport(self) -> None:
        left, zoom = self.viewport.left, self.viewport.frames_per_px
        self._toward = left - self._last_left if zoom == self._last_zoom else 0.0
        self._last_left, self._last_zoom = left, zoom
        if self._toward:
            self._ahead.start()
        self.update()

    def _paint_ahead(self) -> None:
        viewport = self.viewport
        if not self._toward or viewport.frames_per_px != self._last_zoom:
            return
        left, width = viewport.left_device, round(viewport.width * viewport.dpr)
        first, last = (left, left + width + AHEAD_PX) if self._toward > 0 else (left - AHEAD_PX, left + width)
        rows = self._rows_in_view()
        if not self.cache.paint_ahead(rows, max(first, 0), last, AHEAD_SECONDS, self.document.selection.track):
            self._ahead.start()

    def _on_peaks(self, source_id: str) -> None:
        self.cache.forget_sources({source_id})
        self.update()

    def _on_job(self, job: object) -> None:
        if any(each.job is job for each in self.document.coming):
            self.update()

    def _paint_finer(self) -> None:
        self.cache.forget_sources(set(self.peaks.unfinished))
        self.update()

    def _measure_content(self) -> None:
        end = max((self.spans.of(track).last for track in self.project.tracks), default=0)
        self.viewport.set_content(end, self.placeholders.content_height(self.rows))


_NONE = Qt.KeyboardModifier.NoModifier
