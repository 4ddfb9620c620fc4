"""How spectra are drawn, wherever they are."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from engine.playback.spectrum import BANDS, HIGHEST, LOWEST

TOP_DB, BOTTOM_DB = 0.0, -90.0
"""The range that is drawn."""


def frequency_share(hertz: float) -> float:
    """How far to the right a frequency lies, 0 to 1."""
    return math.log(hertz / LOWEST) / math.log(HIGHEST / LOWEST)


def spectrum_line(levels: NDArray[np.float32], area: QRectF, top: float, bottom: float) -> QPolygonF:
    """Levels in dB as points in an area whose upper edge is at `top` dB and the lower one at `bottom`."""
    heights = np.clip((levels.astype(float) - bottom) / (top - bottom), 0.0, 1.0)
    xs = area.left() + np.linspace(0.0, 1.0, BANDS) * area.width()
    ys = area.bottom() - heights * area.height()
    return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])


def filled(line: QPolygonF, bottom: float) -> QPolygonF:
    """The area under a line."""
    return QPolygonF([QPointF(line.first().x(), bottom), *line.toList(), QPointF(line.last().x(), bottom)])
