"""Swiping over a take lane: the take is heard there from now on."""

from PySide6.QtCore import QPointF, Qt

from desktop.timeline.gestures.gesture import Gesture, Stage
from desktop.timeline.time_labels import bar_text, length_text
from engine.project import edits
from engine.project.model import Clip
from engine.timing.position import Position


class SwipeTake(Gesture):
    """Chooses a take for the part of its clip that is swiped over; the rest plays what it played."""

    title = "Comp take"
    cursor = Qt.CursorShape.IBeamCursor
    hint = "Release to choose the take here · Shift: without snapping · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, clip: Clip, lane: int) -> None:
        super().__init__(stage, press)
        self.ids = frozenset((clip.id,))
        self.lane = lane
        self._clip = clip

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The part reaches from the press to the mouse."""
        stage, clip, lane = self.stage, self._clip, self.lane
        clock, start = stage.project.clock, stage.spans.start(clip)
        here = stage.snapped(self.press_frame + self.frames_moved(point), modifiers)
        self.mark(here, modifiers)
        frames = (clock.frames(stage.snapped(self.press_frame, modifiers)), clock.frames(here))
        first, last = max(min(frames) - start, 0), min(max(frames) - start, clip.length)
        self.edit, self.label = None, ""
        if last > first:
            self.edit = lambda p: edits.comp_take(p, clip.id, lane, first, last)
            place = bar_text(clock, Position.at_frame(start + first))
            self.label = (
                f"{clip.takes[lane].name or clip.name} · {place} · {length_text(clock, start + first, last - first)}"
            )
