"""How large the window draws everything, beside the system's own scaling: chosen once, for the next start."""

import os

from PySide6.QtCore import QSize

from desktop.settings import Settings

SETTING = "window/percent"
VARIABLE = "QT_SCALE_FACTOR"
"""What Qt reads when the application is made, and never again."""
SIZES = (75, 80, 90, 100, 110, 125, 150, 175, 200, 250)
"""Percent of the usual size."""


def chosen(settings: Settings) -> int:
    """The chosen size in percent; 100 where none of `SIZES` is chosen."""
    percent = round(settings.number(SETTING, 100))
    return percent if percent in SIZES else 100


def apply(settings: Settings) -> None:
    """Tells Qt the chosen size; call it before the application is made. A size in the environment stands."""
    if VARIABLE not in os.environ and chosen(settings) != 100:
        os.environ[VARIABLE] = str(chosen(settings) / 100)


def now() -> int:
    """The size in percent that the program runs with."""
    try:
        return round(float(os.environ.get(VARIABLE, "1")) * 100)
    except (ValueError, OverflowError):
        return 100


def fitting(screen: QSize, smallest: QSize) -> list[int]:
    """The sizes at which a window of `smallest` still fits the `screen`; both in px as they are drawn now."""
    largest = now() * min(screen.width() / smallest.width(), screen.height() / smallest.height())
    return [percent for percent in SIZES if percent <= max(largest, 100)]
