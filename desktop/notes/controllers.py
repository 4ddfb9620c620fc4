"""The curves that lie beside notes, as the lane under them shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.project.model import BendPoint, ControlPoint

VELOCITY_LANE = "velocity"
_NARROW_BEND, _WIDE_BEND = 2.0, 24.0


@dataclass(frozen=True, slots=True)
class Controller:
    """A curve of a `NoteContent`.

    field: its name there. short: its title where room is scarce. rest: the value without points. straight: whether it
    runs straight from point to point; otherwise each value holds until the next. switch: whether it is only up or down.
    """

    field: str
    title: str
    short: str
    low: float
    high: float
    rest: float
    make: Callable[[float, float], Any]
    straight: bool = False
    switch: bool = False

    def value_of(self, point: Any) -> float:
        """The value of one of its points."""
        return float(point.semitones if isinstance(point, BendPoint) else point.value)

    def text(self, value: float) -> str:
        """A value as it is read."""
        if self.switch:
            return "down" if value >= 0.5 else "up"
        if self.field == "bend":
            return f"{'+' if value >= 0 else '−'}{abs(value):.2f} st"
        return f"{round(value * 100)} %"

    def bounds(self, points: tuple[Any, ...]) -> tuple[float, float]:
        """The values at the lane's foot and top: wider for a bend that goes farther than a keyboard's wheel."""
        if self.field == "bend" and any(abs(self.value_of(point)) > _NARROW_BEND for point in points):
            return -_WIDE_BEND, _WIDE_BEND
        return self.low, self.high


CONTROLLERS = {
    each.field: each
    for each in (
        Controller("bend", "Pitch bend", "Bend", -_NARROW_BEND, _NARROW_BEND, 0.0, BendPoint),
        Controller("modulation", "Modulation", "Mod", 0.0, 1.0, 0.0, ControlPoint),
        Controller("expression", "Expression", "Expr", 0.0, 1.0, 1.0, ControlPoint, straight=True),
        Controller("sustain", "Sustain", "Sustain", 0.0, 1.0, 0.0, ControlPoint, switch=True),
    )
}
"""By the name of the field."""
