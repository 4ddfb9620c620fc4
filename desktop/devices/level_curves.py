"""Curves of level out over level in: the gate's, with handles for threshold and range, and the limiter's."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop.devices.curve import CurveView, Handle

Marks = list[tuple[float, str]]


class LevelCurve(CurveView):
    """Level out over level in, from `FLOOR` dB to `TOP`; the same both ways."""

    BESIDE = True
    FLOOR, TOP, STEP = -90.0, 0.0, 18
    MOVES: tuple[str, ...] = ()
    """The ids of the parameters that the handles move."""

    def share(self, decibels: float) -> float:
        """Where a level lies, across and up, 0 to 1."""
        return min(max((decibels - self.FLOOR) / (self.TOP - self.FLOOR), 0.0), 1.0)

    def level(self, share: float) -> float:
        """The level at a share."""
        return self.FLOOR + share * (self.TOP - self.FLOOR)

    def out(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Levels out for levels in, both in dB."""
        return levels

    def line(self) -> NDArray[np.float64]:
        """The curve."""
        levels = np.linspace(self.FLOOR, self.TOP, 361)
        shares = (np.stack((levels, self.out(levels)), axis=1) - self.FLOOR) / (self.TOP - self.FLOOR)
        return np.maximum(shares, -0.1)

    def grid(self) -> tuple[Marks, Marks]:
        """Some decibels, both ways."""
        steps = range(round(self.FLOOR) + self.STEP, round(self.TOP), self.STEP)
        marks = [(self.share(db), f"{db:d}".replace("-", "−")) for db in steps]
        return marks, marks

    def reset(self, index: int) -> Mapping[str, float]:
        """The default of what the handle moves."""
        name = self.MOVES[index]
        parameter = self.spec.parameter(name)
        assert parameter is not None
        return {name: parameter.default}


class GateCurve(LevelCurve):
    """Drag the threshold across, the range up and down; the wheel changes the hysteresis."""

    MOVES = ("threshold_db", "range_db")

    def out(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """The gate as it is opened by a level that rises."""
        return np.where(levels >= self.values["threshold_db"], levels, levels - self.values["range_db"])

    def handles(self) -> tuple[Handle, ...]:
        """The threshold on the line, and how far the range goes below it."""
        threshold = self.values["threshold_db"]
        x = self.share(threshold)
        closed = self.share(threshold - self.values["range_db"])
        return Handle("Threshold", x, x, mark="T"), Handle("Range", x, closed, mark="R")

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """A threshold from the place across, a range from the height."""
        if index == 0:
            return {"threshold_db": self.level(x)}
        return {"range_db": self.values["threshold_db"] - self.level(y)}

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """More or less hysteresis."""
        return {"hysteresis_db": self.values["hysteresis_db"] + 0.5 * steps}


class LimiterCurve(LevelCurve):
    """Drag the ceiling up and down; the wheel changes the release."""

    FLOOR, TOP, STEP = -36.0, 12.0, 12
    MOVES = ("ceiling_db",)

    def out(self, levels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Nothing comes out above the ceiling."""
        return np.minimum(levels, self.values["ceiling_db"])

    def handles(self) -> tuple[Handle, ...]:
        """The ceiling, where the line bends."""
        place = self.share(self.values["ceiling_db"])
        return (Handle("Ceiling", place, place, mark="C"),)

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """A ceiling from the height."""
        return {"ceiling_db": self.level(y)}

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """A longer or a shorter release."""
        return {"release_ms": self.values["release_ms"] * 1.15**steps}
