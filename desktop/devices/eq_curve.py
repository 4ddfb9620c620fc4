"""The equaliser's curve, with a handle for each band."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.devices.curve import CurveView, Handle
from desktop.theme import Theme, with_alpha
from desktop.widgets.spectrum import BOTTOM_DB, TOP_DB, filled, spectrum_line
from engine.devices import eq
from engine.devices.dsp import filters
from engine.devices.interface import DeviceSpec
from engine.playback.state import SILENT

LOW, HIGH, RANGE_DB = 20.0, 20000.0, 24.0
_RATE = 48000  # the curve's; the sound's own rate differs from it only near 20 kHz
_MARKS = ((100, "100"), (1000, "1 k"), (10000, "10 k"))


class EqCurve(CurveView):
    """Drag a band's point: across its frequency, up its gain; the wheel changes Q, a double-click flattens it."""

    def __init__(self, spec: DeviceSpec, theme: Theme) -> None:
        super().__init__(spec, theme)
        self._spectrum: NDArray[np.float32] = SILENT

    def handles(self) -> tuple[Handle, ...]:
        """One a band; bands that are off are shown hollow and come on when they are moved."""
        return tuple(
            Handle(
                f"Band {band}",
                _share(self.values[f"band{band}_frequency_hz"]),
                0.5 + (self.values[f"band{band}_gain_db"] if self._has_gain(band) else 0.0) / (2 * RANGE_DB),
                bool(self.values[f"band{band}_on"]),
                str(band),
            )
            for band in range(1, eq.BANDS + 1)
        )

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """Frequency and, for bells and shelves, gain; the band is on then."""
        band = index + 1
        values = {f"band{band}_on": 1.0, f"band{band}_frequency_hz": LOW * (HIGH / LOW) ** x}
        if self._has_gain(band):
            values[f"band{band}_gain_db"] = (y - 0.5) * 2 * RANGE_DB
        return values

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """A sharper or a wider band."""
        name = f"band{index + 1}_q"
        return {name: self.values[name] * 1.15**steps}

    def reset(self, index: int) -> Mapping[str, float]:
        """A flat band."""
        return {f"band{index + 1}_gain_db": 0.0} if self._has_gain(index + 1) else {f"band{index + 1}_on": 0.0}

    def belonging(self, index: int) -> tuple[str, ...]:
        """The band's parameters."""
        return tuple(f"band{index + 1}_{part}" for part in eq.PARTS)

    def line(self) -> NDArray[np.float64]:
        """The response of all bands."""
        frequencies = np.geomspace(LOW, HIGH, 256)
        gain = eq.response_db(_RATE, self.values, frequencies)
        return np.stack((np.linspace(0.0, 1.0, 256), 0.5 + gain / (2 * RANGE_DB)), axis=1)

    def grid(self) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Decades, and every 12 dB."""
        return [(_share(hertz), text) for hertz, text in _MARKS], [
            (0.5 + db / (2 * RANGE_DB), f"{db:+d}".replace("-", "−") if db else "0 dB") for db in (-12, 0, 12)
        ]

    def show_spectrum(self, levels: NDArray[np.float32]) -> None:
        """Shows a spectrum under the curve: levels in dB in the bands of `spectrum.FREQUENCIES`."""
        if not np.array_equal(levels, self._spectrum):
            self._spectrum = levels
            self.update()

    def paint_ground(self, painter: QPainter) -> None:
        """The channel's spectrum."""
        area = QRectF(self.place(0.0, 1.0), self.place(1.0, 0.0))
        line = spectrum_line(self._spectrum, area, TOP_DB, BOTTOM_DB)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(self.theme.dim, 0.25))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # ten times as fast
        painter.drawPolygon(filled(line, area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _has_gain(self, band: int) -> bool:
        return self.values[f"band{band}_shape"] in (filters.BELL, filters.LOW_SHELF, filters.HIGH_SHELF)


def _share(frequency: float) -> float:
    return min(max(math.log(frequency / LOW) / math.log(HIGH / LOW), 0.0), 1.0)
