"""Dragging that changes no clip: the rubber band, the time selection, and moving the view."""

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop.timeline.gestures.gesture import Gesture, Stage
from desktop.timeline.time_labels import bar_text, length_text
from desktop.view.pointing import CONTROL, SHIFT
from engine.timing.position import Position


class RubberBand(Gesture):
    """Selects the clips that a rectangle touches."""

    cursor = Qt.CursorShape.CrossCursor
    hint = "Ctrl or Shift: add to the selection · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        super().__init__(stage, press)
        self._before = stage.document.selection
        self._kept = self._before.clips if modifiers & (CONTROL | SHIFT) else frozenset()

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Selects what lies between the press and `point`."""
        viewport = self.stage.viewport
        press = QPointF(viewport.x(self.press_frame), self.press_y - viewport.top)
        self.band = QRectF(press, point).normalized()
        first, last = viewport.frame(self.band.left()), viewport.frame(self.band.right())
        top, bottom = self.band.top() + viewport.top, self.band.bottom() + viewport.top
        clip_ids = set(self._kept)
        for row in self.stage.rows().between(top, bottom):
            if row.top + row.height < top:
                continue
            spans = self.stage.spans.of(row.track)
            clip_ids |= {
                spans.clips[index].id
                for index in spans.visible(first, last)
                if spans.ends[index] > first and spans.starts[index] <= last
            }
        self.stage.document.select(sorted(clip_ids))

    def cancelled(self) -> None:
        """Brings back what was selected before."""
        before = self._before
        self.stage.document.select(before.clips, track=before.track, region=before.region, take=before.take)


class SelectTime(Gesture):
    """Selects a stretch of time, from the press or from the other end of the region that is there."""

    cursor = Qt.CursorShape.IBeamCursor
    hint = "Shift: without snapping · Esc: cancel · Then S splits there; Delete, cut and copy take only that part"

    def __init__(
        self, stage: Stage, press: QPointF, clips: frozenset[str], track: str | None, fixed: int | None = None
    ) -> None:
        super().__init__(stage, press)
        self._before = stage.document.selection
        self._clips = clips
        self._track = track
        self._fixed = fixed

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The region reaches from the fixed end to the mouse."""
        stage, clock = self.stage, self.stage.project.clock
        fixed = self._fixed
        if fixed is None:
            fixed = clock.frames(stage.snapped(self.press_frame, modifiers))
        here = stage.snapped(self.press_frame + self.frames_moved(point), modifiers)
        self.mark(here, modifiers)
        first, last = sorted((fixed, clock.frames(here)))
        if last > first:
            places = " – ".join(bar_text(clock, Position.at_frame(frame)) for frame in (first, last))
            self.label = f"{places} · {length_text(clock, first, last - first)}"
            stage.document.select(self._clips, track=self._track, region=(first, last))
        else:
            self.label = ""
            stage.document.select(self._clips, track=self._track)

    def cancelled(self) -> None:
        """Brings back the region that was there."""
        before = self._before
        self.stage.document.select(before.clips, track=before.track, region=before.region, take=before.take)


class Pan(Gesture):
    """Moves the view with the mouse."""

    cursor = Qt.CursorShape.ClosedHandCursor
    hint = "Drag: move the view"

    def __init__(self, stage: Stage, press: QPointF) -> None:
        super().__init__(stage, press)
        self._last = press

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """What was taken hold of stays under the mouse."""
        delta = point - self._last
        self._last = point
        self.stage.viewport.scroll_by(-delta.x(), -delta.y())
