"""Pictures of what rings on: the echoes of a delay, the decay of a reverb."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop.devices.curve import CurveView, Handle
from desktop.theme import with_alpha

Marks = list[tuple[float, str]]
ECHOES = 9
"""Delay times that are shown."""
_SPANS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
"""Seconds that the reverb's picture can have."""
_FLOOR_DB = -60.0


class EchoCurve(CurveView):
    """Each echo as a line as high as it is loud; drag the second one for the feedback, the first for the mix."""

    BESIDE = True

    def handles(self) -> tuple[Handle, ...]:
        """The first echo, and the second one."""
        mix, feedback = self.values["mix"] / 100.0, self.values["feedback"] / 100.0
        return (
            Handle("Mix", 1 / ECHOES, mix, mark="M"),
            Handle("Feedback", 2 / ECHOES, mix * feedback, mark="F"),
        )

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """A mix, or a feedback, from the height."""
        if index == 0:
            return {"mix": 100.0 * y}
        return {"feedback": 100.0 * y / max(self.values["mix"] / 100.0, 0.01)}

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """More or less feedback."""
        return {"feedback": self.values["feedback"] + 2.0 * steps}

    def reset(self, index: int) -> Mapping[str, float]:
        """The parameter's default."""
        name = ("mix", "feedback")[index]
        parameter = self.spec.parameter(name)
        assert parameter is not None
        return {name: parameter.default}

    def line(self) -> NDArray[np.float64]:
        """The dry sound and its echoes."""
        mix, feedback = self.values["mix"] / 100.0, self.values["feedback"] / 100.0
        heights = [1.0 - mix, *(mix * feedback**number for number in range(ECHOES - 1))]
        points: list[tuple[float, float]] = []
        for number, height in enumerate(heights):
            x = number / ECHOES
            points += [(x, 0.0), (x, height), (x + 0.004, height), (x + 0.004, 0.0)]
        return np.array([*points, (1.0, 0.0)])

    def grid(self) -> tuple[Marks, Marks]:
        """The delay's time, and percents; left and right where it goes to and fro."""
        sides = ("L", "R") if self.values["ping_pong"] >= 0.5 else ("", "")
        across = [(number / ECHOES, f"{number} ×  {sides[(number + 1) % 2]}") for number in range(1, ECHOES)]
        return across, [(0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %")]


class DecayCurve(CurveView):
    """The level of middle frequencies over time, and fainter those of lows and highs; it is read, not dragged."""

    BESIDE = True

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def line(self) -> NDArray[np.float64]:
        """The middle's decay."""
        return self._decay(1.0)

    def grid(self) -> tuple[Marks, Marks]:
        """Seconds, and decibels."""
        span = self._span()
        across = [(share, f"{share * span:g} s") for share in (0.2, 0.4, 0.6, 0.8)]
        return across, [(1.0 - db / _FLOOR_DB, f"−{-db}") for db in (-48, -36, -24, -12)]

    def paint_ground(self, painter: QPainter) -> None:
        """Lows and highs."""
        for factor, style in (("low_decay", Qt.PenStyle.DashLine), ("high_decay", Qt.PenStyle.DotLine)):
            painter.setPen(QPen(with_alpha(self.theme.text, 0.7), 1.5, style))
            rows = self._decay(self.values[factor])
            painter.drawPolyline([self.place(float(x), float(y)) for x, y in rows])
            half = rows[1:][rows[1:, 1] <= 0.5]
            if len(half):
                at = self.place(float(half[0, 0]), float(half[0, 1]))
                painter.drawText(at + QPointF(4, -4), "low" if factor == "low_decay" else "high")

    def _longest(self) -> float:
        v = self.values
        return v["predelay_ms"] / 1000.0 + v["decay_s"] * max(1.0, v["low_decay"], v["high_decay"])

    def _span(self) -> float:
        return next((span for span in _SPANS if span >= self._longest()), _SPANS[-1])

    def _decay(self, factor: float) -> NDArray[np.float64]:
        """What falls by 60 dB in the decay's time times `factor`, (points, 2)."""
        span, begin = self._span(), self.values["predelay_ms"] / 1000.0
        times = np.linspace(begin, span, 201)
        levels = 1.0 - np.maximum(times - begin, 0.0) / max(self.values["decay_s"] * factor, 1e-3)
        rows = np.stack((times / span, np.maximum(levels, 0.0)), axis=1)
        return np.concatenate(([[begin / span, 0.0]], rows)) if math.isfinite(begin) else rows
