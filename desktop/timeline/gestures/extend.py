"""Dragging a clip's end out so that more of it is made there."""

from PySide6.QtCore import QPointF, Qt

from desktop.timeline.gestures.gesture import Gesture, Stage
from desktop.timeline.rows import Row
from desktop.timeline.time_labels import bar_text, length_text
from engine.project.model import Clip


class ExtendClip(Gesture):
    """Shows how much would be made; letting go asks `stage.tools` for it."""

    cursor = Qt.CursorShape.SizeHorCursor
    hint = "Release: make this much more of the clip · Shift: without snapping · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF, row: Row, clip: Clip, *, left: bool) -> None:
        super().__init__(stage, press)
        self._clip, self._row, self._left = clip, row, left
        self._frames = 0

    @property
    def shows_ghosts(self) -> bool:
        """Whether letting go now would ask for something."""
        return self._frames > 0

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The new end follows the mouse, outwards."""
        stage, clock = self.stage, self.stage.project.clock
        edge = stage.spans.start(self._clip) if self._left else stage.spans.end(self._clip)
        target = stage.snapped(edge + self.frames_moved(point), modifiers, frozenset((self._clip.id,)))
        frame = clock.frames(target)
        self._frames = max(edge - frame if self._left else frame - edge, 0)
        self.mark(target, modifiers)
        first, last = sorted((edge, edge - self._frames if self._left else edge + self._frames))
        self.label = f"{bar_text(clock, target)} · {length_text(clock, first, self._frames)} to be made"
        self.ghosts = [(first, last, self._row.top, self._row.height)]

    def done(self) -> None:
        """Asks for it."""
        if self._frames:
            self.stage.tools.extend(self._clip.id, self._frames, self._left)
