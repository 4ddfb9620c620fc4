"""The values of a curve of automation at any frames, each a pure function of the frame."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.project.model import Curve, CurveShape
from engine.timing.clock import Clock

FramePoint = tuple[int, float, CurveShape]
"""(frame, value, how the curve runs from there to the next point)."""


def frame_points(curve: Curve, clock: Clock) -> tuple[FramePoint, ...]:
    """The points of a curve in frames."""
    return tuple((clock.frames(point.position), point.value, point.shape) for point in curve.points)


class CurveValues:
    """A curve made ready to be evaluated. Any thread."""

    def __init__(self, points: Sequence[tuple[int, float] | FramePoint], *, steps: bool = False) -> None:
        """`points` in order, at least one; with `steps` every point holds until the next, whatever its shape."""
        self._frames = np.array([point[0] for point in points], np.float64)
        self._values = np.array([point[1] for point in points], np.float64)
        shapes = [CurveShape.HOLD if steps else point[2] if len(point) > 2 else CurveShape.LINEAR for point in points]
        self._linear = all(shape is CurveShape.LINEAR for shape in shapes[:-1])
        self._shapes = np.array([list(CurveShape).index(shape) for shape in shapes])

    def at(self, first: int, count: int) -> NDArray[np.float64]:
        """The values of frames `first` to `first + count`."""
        return self.values(np.arange(first, first + count, dtype=np.float64))

    def values(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values at any frames t (n,)."""
        if self._linear:
            return np.interp(t, self._frames, self._values)
        index = np.searchsorted(self._frames, t, "right") - 1
        left = np.clip(index, 0, len(self._frames) - 1)
        right = np.minimum(left + 1, len(self._frames) - 1)
        width = self._frames[right] - self._frames[left]
        x = np.where((index >= 0) & (width > 0), (t - self._frames[left]) / np.where(width > 0, width, 1.0), 0.0)
        shapes = self._shapes[left]
        share = np.empty(len(t))
        for number, shape in enumerate(CurveShape):
            part = shapes == number
            share[part] = _SHARES[shape](x[part])
        return self._values[left] + (self._values[right] - self._values[left]) * share

    def constant(self, first: int, count: int) -> float | None:
        """The value of all frames `first` to `first + count` where no point lies among or around them; else None."""
        if first >= self._frames[-1]:
            return float(self._values[-1])
        return float(self._values[0]) if first + count <= self._frames[0] else None


_SHARES: dict[CurveShape, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    CurveShape.LINEAR: lambda x: x,
    CurveShape.HOLD: lambda x: np.zeros_like(x),
    CurveShape.SLOW: lambda x: x * x,
    CurveShape.FAST: lambda x: x * (2.0 - x),
    CurveShape.S_CURVE: lambda x: x * x * (3.0 - 2.0 * x),
}
"""The share of the way from a point's value to the next one's at the share x of the time between them."""
