"""The saturator's curve: samples out over samples in, with a handle for its drive."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from desktop.devices.curve import CurveView, Handle
from engine.devices.saturator import curve

_REACH = 1.2
"""The largest sample that is shown, either way."""
_AT = 0.5
"""The sample in at which the handle stands."""


class ShapeCurve(CurveView):
    """Drag the point up and down, or turn the wheel: more or less drive."""

    BESIDE = True

    def handles(self) -> tuple[Handle, ...]:
        """What becomes of half of full scale."""
        return (Handle("Drive", _share(_AT), _share(float(self._out(np.array([_AT]))[0])), mark="D"),)

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """The drive that brings the handle to a height."""
        drives = np.linspace(-12.0, 24.0, 361)
        outs = np.array([float(self._out(np.array([_AT]), drive)[0]) for drive in drives])
        return {"drive_db": float(drives[int(np.argmin(np.abs(outs - (2.0 * y - 1.0) * _REACH)))])}

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """More or less drive."""
        return {"drive_db": self.values["drive_db"] + 0.5 * steps}

    def reset(self, index: int) -> Mapping[str, float]:
        """No drive."""
        return {"drive_db": 0.0}

    def line(self) -> NDArray[np.float64]:
        """The curve, with the dry sound beside it as the mix says."""
        samples = np.linspace(-_REACH, _REACH, 241)
        return np.stack((np.linspace(0.0, 1.0, 241), 0.5 + self._out(samples) / (2 * _REACH)), axis=1)

    def grid(self) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Full scale and nothing, both ways."""
        marks = [(_share(-1.0), "−1"), (_share(0.0), "0"), (_share(1.0), "+1")]
        return marks, marks

    def _out(self, samples: NDArray[np.float64], drive_db: float | None = None) -> NDArray[np.float64]:
        v, mix = self.values, self.values["mix"] / 100.0
        drive = 10.0 ** ((v["drive_db"] if drive_db is None else drive_db) / 20.0)
        wet = curve(samples * drive, round(v["shape"])) * 10.0 ** (v["output_db"] / 20.0)
        return samples * (1.0 - mix) + wet * mix


def _share(sample: float) -> float:
    share = 0.5 + sample / (2 * _REACH)
    return min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.5
