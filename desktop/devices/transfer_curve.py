"""The compressor's curve: level out over level in, with a handle at the threshold and one for the ratio."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop.devices.curve import CurveView, Handle
from engine.devices.compressor import gain_reduction_db

FLOOR_DB = -60.0


class TransferCurve(CurveView):
    """Drag the threshold across, the ratio up and down; the wheel changes the knee."""

    BESIDE = True

    def handles(self) -> tuple[Handle, ...]:
        """The threshold on the curve, and the end of the curve at 0 dB."""
        threshold = self.values["threshold_db"]
        ends = (_share(self._out(threshold)), _share(self._out(0.0)))
        return Handle("Threshold", _share(threshold), ends[0], mark="T"), Handle("Ratio", 1.0, ends[1], mark="R")

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """A threshold from the place across, a ratio from the height at 0 dB."""
        if index == 0:
            return {"threshold_db": FLOOR_DB * (1.0 - x)}
        threshold, out = self.values["threshold_db"], FLOOR_DB * (1.0 - y)
        rise = max(out - threshold, 1e-3)
        return {"ratio": -threshold / rise if threshold < 0.0 else 1.0}

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """A softer or a harder knee."""
        return {"knee_db": self.values["knee_db"] + steps}

    def reset(self, index: int) -> Mapping[str, float]:
        """The parameter's default."""
        name = ("threshold_db", "ratio")[index]
        parameter = self.spec.parameter(name)
        assert parameter is not None
        return {name: parameter.default}

    def line(self) -> NDArray[np.float64]:
        """The static curve without make-up."""
        levels = np.linspace(FLOOR_DB, 0.0, 121)
        v = self.values
        out = levels - gain_reduction_db(levels, v["threshold_db"], v["ratio"], v["knee_db"])
        return np.stack((1.0 - levels / FLOOR_DB, 1.0 - out / FLOOR_DB), axis=1)

    def grid(self) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Every 12 dB, both ways."""
        marks = [(_share(db), f"−{-db}") for db in (-48, -36, -24, -12)]
        return marks, marks

    def _out(self, level: float) -> float:
        v = self.values
        return level - float(gain_reduction_db(level, v["threshold_db"], v["ratio"], v["knee_db"]))


def _share(decibels: float) -> float:
    return min(max(1.0 - decibels / FLOOR_DB, 0.0), 1.0)
