"""What all gestures have in common, and what they may ask of the timeline."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop.document import Document
from desktop.timeline.clip_layout import Spans
from desktop.timeline.clip_tools import ClipTools
from desktop.timeline.hit_test import Geometry
from desktop.timeline.rows import Row, Rows
from desktop.view.pointing import SHIFT
from desktop.view.viewport import Viewport
from engine.project.model import Project
from engine.timing.clock import Clock
from engine.timing.position import SONG_START, Position
from engine.timing.snap import Grid, at_zoom, snap

Edit = Callable[[Project], Project]

EDGE_PULL_PX = 7
"""How near another clip's edge has to be to attract."""


@dataclass
class Stage:
    """The timeline as gestures see it. `project` is the song without what is being dragged."""

    document: Document
    viewport: Viewport
    spans: Spans
    geometry: Geometry
    rows: Callable[[], Rows]
    tools: ClipTools
    chosen_grid: Grid = Grid.SIXTEENTH
    automation_follows: bool = False  # whether automation moves with the clips over it

    @property
    def project(self) -> Project:
        """The song as it is, without the gesture."""
        return self.document.project

    @property
    def grid(self) -> Grid:
        """What edits snap to at the zoom of now."""
        viewport = self.viewport
        middle = viewport.left + viewport.width * viewport.frames_per_px / 2
        return at_zoom(self.chosen_grid, self.project.clock, middle, viewport.frames_per_px)

    def row_at(self, y: float) -> Row | None:
        """The row at canvas y."""
        return self.rows().at(y + self.viewport.top)

    def snapped(
        self, frame: float, modifiers: Qt.KeyboardModifier, leave_out: frozenset[str] = frozenset()
    ) -> Position:
        """Where `frame` snaps to: the grid, markers, and edges of nearby clips other than `leave_out`.

        Where the grid is too fine to aim at, markers and edges within reach go before it.
        """
        whole = max(0, round(frame))
        if modifiers & SHIFT or self.grid is Grid.OFF:
            return Position.at_frame(whole)
        places = [*(marker.position for marker in self.project.markers), *self._edges(whole, leave_out)]
        clock = self.project.clock
        reach = EDGE_PULL_PX * self.viewport.frames_per_px
        step = self.grid.step(clock.signature_at(Position.at_frame(whole)))
        if step and float(step) * clock.frames_per_beat_at(whole) < reach:
            places = [SONG_START, *places]
            nearest = min(places, key=lambda place: abs(clock.frames(place) - whole))
            if abs(clock.frames(nearest) - whole) <= reach:
                return nearest
        return snap(clock, whole, self.grid, extra=places)

    def is_snapping(self, modifiers: Qt.KeyboardModifier) -> bool:
        """Whether places attract now."""
        return not modifiers & SHIFT and self.grid is not Grid.OFF

    def _edges(self, frame: int, leave_out: frozenset[str]) -> list[Position]:
        reach = EDGE_PULL_PX * self.viewport.frames_per_px
        positions: list[Position] = []
        clock = self.project.clock
        for row in self.rows().between(self.viewport.top, self.viewport.top + self.viewport.height):
            track = self.project.track(row.track.id)
            if track is None:
                continue
            spans = self.spans.of(track)
            for index in spans.visible(frame - reach, frame + reach):
                clip = spans.clips[index]
                if clip.id in leave_out:
                    continue
                if abs(spans.starts[index] - frame) <= reach:
                    positions.append(clip.position)
                if abs(spans.ends[index] - frame) <= reach:
                    positions.append(end_position(clock, clip.position, spans.ends[index]))
        return positions


def end_position(clock: Clock, start: Position, end: int) -> Position:
    """The end of a clip that starts at `start` as a position: frames, or exact beats where they round to that frame."""
    if start.in_frames:
        return Position.at_frame(end)
    # a length that came from the grid lands on a small fraction again
    first, exact = clock.beats(start), clock.beat_at(end)
    near = first + (exact - first).limit_denominator(96)
    return Position.at_beat(near) if abs(near - exact) < Fraction(1, 5000) else Position.at_frame(end)


class Gesture:
    """A drag from press to release. Children set `edit` while dragging; Escape forgets it."""

    title = ""
    cursor = Qt.CursorShape.ArrowCursor
    hint = "Release to finish · Esc: cancel"

    def __init__(self, stage: Stage, press: QPointF) -> None:
        self.stage = stage
        self.press = press
        self.press_frame = stage.viewport.left + press.x() * stage.viewport.frames_per_px
        self.press_y = press.y() + stage.viewport.top
        self.edit: Edit | None = None
        self.label = ""
        self.snap_frame: int | None = None
        self.ghosts: list[tuple[int, int, int, int]] = []  # first frame, last frame, content top, height
        self.band: QRectF | None = None

    @property
    def shows_ghosts(self) -> bool:
        """Whether letting go now would change something."""
        return self.edit is not None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse is at `point` now."""

    def done(self) -> None:
        """The mouse was let go: makes the edit an undo step."""
        if self.edit is not None and self.title:
            self.stage.document.apply(self.title, self.edit)

    def cancelled(self) -> None:
        """Escape: nothing is changed."""

    # what children use

    def frames_moved(self, point: QPointF) -> float:
        """How far the mouse was dragged, in frames, scrolling included."""
        return self.stage.viewport.left + point.x() * self.stage.viewport.frames_per_px - self.press_frame

    def mark(self, position: Position, modifiers: Qt.KeyboardModifier) -> None:
        """Shows the snap line at `position`."""
        snapping = self.stage.is_snapping(modifiers)
        self.snap_frame = self.stage.project.clock.frames(position) if snapping else None
