"""The look: every colour, size and font, read from `resources/theme.json`.

Widgets get the theme in their constructor and take all colours from it. The track hues are computed in OKLCH (Ottosson
2020, "A perceptual color space for image processing"), so that all have the same lightness and chroma.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from engine import paths

MIN_CONTRAST = 4.5
"""Contrast of text on its ground (WCAG 2.1, level AA)."""


@dataclass(frozen=True)
class Theme:
    """Tokens of the look. All sizes are in device-independent pixels."""

    window: QColor
    panel: QColor
    raised: QColor
    hover: QColor
    pressed: QColor
    line: QColor
    line_strong: QColor
    text: QColor
    dim: QColor
    disabled: QColor
    ink: QColor  # text on bright grounds
    accent: QColor  # what the engine made, focus, primary buttons
    accent_hover: QColor
    accent_quiet: QColor
    live: QColor  # growing now
    warning: QColor
    error: QColor
    error_quiet: QColor
    solo: QColor
    meter_low: QColor  # up to −12 dB
    meter_mid: QColor  # up to −3 dB
    meter_high: QColor
    meter_well: QColor
    playhead: QColor
    selection: QColor
    grid_bar: QColor
    grid_beat: QColor
    shadow: QColor
    hues: tuple[QColor, ...]
    families: tuple[str, ...]
    font_files: tuple[str, ...]
    font_sizes: dict[str, int]
    space: int
    radius: int
    control_height: int
    motion_ms: int
    sizes: dict[str, int]

    def hue(self, index: int) -> QColor:
        """Track colour `index`; indices next to each other differ clearly, and any index is good."""
        return self.hues[index % len(self.hues)]

    def text_on(self, ground: QColor) -> QColor:
        """Light or dark text, whichever is read better on `ground`."""
        return max((self.text, self.ink), key=lambda colour: contrast(colour, ground))

    def font(self, size: str = "normal", *, bold: bool = False) -> QFont:
        """The font of a named size (small 11, normal 12, medium 13, large 16 px), with tabular figures."""
        font = QFont(list(self.families))
        font.setPixelSize(self.font_sizes[size])
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def load_fonts(self) -> None:
        """Registers the bundled fonts; needs a QGuiApplication. Where one cannot be read the system's sans is used."""
        for name in self.font_files:
            QFontDatabase.addApplicationFont(str(paths.resources() / "fonts" / name))

    def palette(self) -> QPalette:
        """The palette for what style sheets do not reach."""
        palette = QPalette()
        role = QPalette.ColorRole
        for roles, colour in (
            ((role.Window, role.AlternateBase), self.panel),
            ((role.Base, role.ToolTipBase), self.window),
            ((role.Button, role.Midlight), self.raised),
            ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), self.text),
            ((role.PlaceholderText,), self.dim),
            ((role.Highlight, role.Link, role.Accent), self.accent),
            ((role.HighlightedText,), self.ink),
            ((role.Light, role.Mid, role.Dark), self.line),
            ((role.Shadow,), self.shadow),
        ):
            for each in roles:
                palette.setColor(each, colour)
        for each in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, self.disabled)
        return palette


def oklch(lightness: float, chroma: float, hue: float) -> QColor:
    """The sRGB colour of OKLCH (`hue` in degrees), with less chroma where sRGB does not reach."""
    while True:
        linear = _oklab_to_linear(lightness, chroma, hue)
        if all(-1e-4 <= part <= 1 + 1e-4 for part in linear) or chroma <= 0:
            return QColor.fromRgbF(*(_gamma(min(max(part, 0.0), 1.0)) for part in linear))
        chroma = max(0.0, chroma - 0.002)


def luminance(colour: QColor) -> float:
    """Relative luminance of `colour`, 0 to 1 (WCAG 2.1)."""
    red, green, blue = (_linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """`first` with `share` (0 to 1) of `second` over it."""
    return QColor.fromRgbF(
        *(
            one + (other - one) * share
            for one, other in zip(first.getRgbF()[:3], second.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """`colour` at the opacity `alpha` (0 to 1)."""
    see_through = QColor(colour)
    see_through.setAlphaF(alpha)
    return see_through


def load_theme(file: Path | None = None) -> Theme:
    """The theme of `file` (the bundled one if None)."""
    data: dict[str, Any] = json.loads((file or paths.resources() / "theme.json").read_text(encoding="utf-8"))
    hues = data["hues"]
    fonts = data["fonts"]
    return Theme(
        **{name: QColor(value) for name, value in data["colours"].items()},
        hues=tuple(
            oklch(hues["lightness"], hues["chroma"], (hues["first"] + index * hues["step"]) % 360)
            for index in range(hues["count"])
        ),
        families=(fonts["family"], *fonts["fallback"]),
        font_files=tuple(fonts["files"]),
        font_sizes=dict(fonts["sizes"]),
        space=data["space"],
        radius=data["radius"],
        control_height=data["control_height"],
        motion_ms=data["motion_ms"],
        sizes=dict(data["sizes"]),
    )


def _oklab_to_linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _linear(gamma: float) -> float:
    return gamma / 12.92 if gamma <= 0.04045 else ((gamma + 0.055) / 1.055) ** 2.4
