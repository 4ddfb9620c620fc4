"""What the mouse does in a lane of automation between press and release. A gesture changes the model's draft alone."""

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop.automation.model import LaneModel
from desktop.automation.parameters import value_text
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.time_labels import bar_text
from desktop.view.pointing import ALT, CONTROL, SHIFT
from engine.parameters import ParameterSpec
from engine.project import lane_points
from engine.project.lane_points import Chosen, Points
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import Position
from engine.timing.snap import Grid

FREE = CONTROL | ALT
"""With one of these keys nothing snaps."""
FINE = 0.1
BEND_PX = 4


def snapped(stage: Stage, frame: float, modifiers: Qt.KeyboardModifier) -> Position:
    """Where a point at `frame` goes: to the grid and what else attracts, or nowhere else with Ctrl or Alt."""
    return stage.snapped(frame, SHIFT if modifiers & FREE else Qt.KeyboardModifier.NoModifier)


def cell_of(stage: Stage, clock: Clock, frame: int) -> tuple[Position, Position] | None:
    """The step of the grid that `frame` lies in; None where the grid is off."""
    here = Position.at_frame(max(frame, 0))
    bar = clock.bar_at(here)
    step = stage.grid.step(bar.signature) if stage.grid is not Grid.OFF else None
    if step is None:
        return None
    first: Fraction = bar.start + (clock.beats(here) - bar.start) // step * step
    return Position.at_beat(first), Position.at_beat(min(first + step, bar.end))


class LaneGesture:
    """A drag in a lane. `name` is the undo step's; `label` stands beside the mouse."""

    name = ""

    def __init__(self, stage: Stage, model: LaneModel, spec: ParameterSpec, press: QPointF) -> None:
        self.stage, self.model, self.spec = stage, model, spec
        self.press_frame = model.viewport.left + press.x() * model.viewport.frames_per_px
        self.press_y = press.y()
        self.base: Points = model.points
        self.chosen_before: Chosen = model.chosen
        self.label = ""
        self.band: QRectF | None = None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse is at `point` now."""

    def frame(self, point: QPointF) -> float:
        """The frame at a point."""
        return self.model.viewport.left + point.x() * self.model.viewport.frames_per_px

    def travel(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> float:
        """How far the mouse went up, as a share of the control's travel; a tenth of that with Shift."""
        way = self.model.travel_of(point.y()) - self.model.travel_of(self.press_y)
        return way * FINE if modifiers & SHIFT else way

    def say(self, frame: int, value: float) -> None:
        """Puts place and value beside the mouse."""
        text = value_text(self.spec, self.model.target, value)
        self.label = f"{text} · {bar_text(self.model.clock, Position.at_frame(frame))}"


class MovePoints(LaneGesture):
    """Moves the chosen points; the one that was taken hold of goes to the grid. Shift: finely, and only up and down."""

    name = "Move automation points"

    def __init__(self, stage: Stage, model: LaneModel, spec: ParameterSpec, press: QPointF, held: int) -> None:
        super().__init__(stage, model, spec, press)
        self._held = held
        self._chosen = model.chosen

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Moves them as far as the mouse went."""
        model, clock, held = self.model, self.model.clock, self.base[self._held]
        here = clock.frames(held.position)
        by = Duration.of_frames(0)
        if not modifiers & SHIFT:
            under_mouse = here + self.frame(point) - self.press_frame
            target = snapped(self.stage, max(under_mouse, 0), modifiers)
            by = Duration.of_frames(clock.frames(target) - here)
            if not target.in_frames:
                by = Duration.of_beats(clock.beats(target) - clock.beats(held.position))
        travel = self.travel(point, modifiers)
        model.draft, model.chosen = lane_points.moved(self.base, self._chosen, by, travel, self.spec, clock)
        limited = by.kept_after_start((self.base[index].position for index in self._chosen), clock)
        frame = clock.frames(limited.end(held.position, clock)) if limited.sign else here
        self.say(frame, self.spec.clamp(lane_points.shifted(held.value, travel, self.spec)))


class MoveSegment(LaneGesture):
    """Moves both ends of a stretch up and down; with Alt it bends the stretch. Shift: finely."""

    name = "Move automation"

    def __init__(self, stage: Stage, model: LaneModel, spec: ParameterSpec, press: QPointF, after: int) -> None:
        """`after`: index of the point that the stretch begins with; −1 before the first point."""
        super().__init__(stage, model, spec, press)
        self._after = after
        self._ends = frozenset(index for index in (after, after + 1) if 0 <= index < len(self.base))

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Moves or bends as far as the mouse went."""
        model = self.model
        if modifiers & ALT and len(self._ends) == 2:
            way = self.press_y - point.y()
            up = 0 if abs(way) < BEND_PX else 1 if way > 0 else -1
            model.draft = lane_points.bent(self.base, self._after, up)
            self.label = {0: "straight", 1: "bent up", -1: "bent down"}[up]
            return
        travel = self.travel(point, modifiers)
        model.draft, _ = lane_points.moved(self.base, self._ends, Duration.of_frames(0), travel, self.spec, model.clock)
        self.say(round(self.press_frame), model.value_at(self.press_frame))


class BoxPoints(LaneGesture):
    """Chooses the points in a box; with Shift beside those that are chosen."""

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Chooses what lies between the press and the mouse."""
        model = self.model
        press = QPointF(model.viewport.x(self.press_frame), self.press_y)
        self.band = box = QRectF(press, point).normalized()
        first, last = model.viewport.frame(box.left()), model.viewport.frame(box.right())
        inside = {
            index
            for index, frame in enumerate(model.frames.tolist())
            if first <= frame <= last and box.top() <= model.y(self.base[index].value) <= box.bottom()
        }
        model.chosen = frozenset(inside | self.chosen_before if modifiers & SHIFT else inside)
        self.label = f"{len(model.chosen)} points" if len(model.chosen) != 1 else "1 point"


class DrawPoints(LaneGesture):
    """The pencil: each step of the grid that the mouse goes over gets the value there; without the grid a free line."""

    name = "Draw automation"

    def __init__(self, stage: Stage, model: LaneModel, spec: ParameterSpec, press: QPointF) -> None:
        super().__init__(stage, model, spec, press)
        self._drawn = self.base
        self._last: tuple[int, float] | None = None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Draws from the last place of the mouse to this one."""
        model, clock = self.model, self.model.clock
        frame = max(round(self.frame(point)), 0)
        value = self.spec.value_at(model.travel_of(point.y()))
        last = self._last or (frame, value)
        if modifiers & FREE or self.stage.grid is Grid.OFF:
            self._drawn = lane_points.line_drawn(self._drawn, (last, (frame, value)), clock)
        else:
            self._draw_steps(last, (frame, value))
        self._last = frame, value
        model.draft, model.chosen = self._drawn, frozenset()
        self.say(frame, value)

    def _draw_steps(self, last: tuple[int, float], here: tuple[int, float]) -> None:
        """Gives every step of the grid between two places a value on the way from one to the other."""
        clock, own = self.model.clock, self.model.own_value
        (start, first_value), (end, end_value) = sorted((last, here))
        frame = start
        while (cell := cell_of(self.stage, clock, frame)) is not None:
            share = 1.0 if end == start else min((frame - start) / (end - start), 1.0)
            value = here[1] if clock.frames(cell[1]) > here[0] >= clock.frames(cell[0]) else (
                first_value + (end_value - first_value) * share)  # fmt: skip
            self._drawn = lane_points.step_drawn(self._drawn, *cell, self.spec.clamp(value), clock, own)
            frame = clock.frames(cell[1])
            if frame > end:
                break
