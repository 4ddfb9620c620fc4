"""Text from outside shown as it stands: names and prompts are never read as markup, mnemonics or control codes.

Labels, buttons, menus, tabs and lists of the window are the classes of this package; tooltips, accessible names and
window titles are set by the functions here. `tests/test_architecture.py` forbids every other way.
"""

import re
import textwrap
from functools import lru_cache
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QStaticText
from PySide6.QtGui import Qt as TextQt
from PySide6.QtWidgets import QLabel, QTabBar, QWidget

LONGEST = 2000
"""Characters that are shown of a text; what is longer ends in “…”."""
TIP_COLUMNS, TIP_LINES = 88, 16
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Control codes, marks that turn the direction of writing, other characters without a picture, half surrogates."""
_NO_TAG = "\u200c"
"""Zero width non-joiner: behind “<” it makes a tag plain text for Qt, and is not seen."""


class HasToolTip(Protocol):
    """A widget, an action, or an entry of a list."""

    def setToolTip(self, text: str, /) -> None: ...


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` without what would act instead of being seen, at most `LONGEST` characters; lines stay lines."""
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return text if text.isprintable() else _INVISIBLE.sub("", text.replace("\t", " "))


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    """`text` as `plain` gives it, on one line."""
    text = plain(text)
    return " ".join(text.split()) if "\n" in text else text


def entry_text(text: str) -> str:
    """`text` for a button, a tab or an entry of a menu, where “&” would underline the next letter."""
    return one_line(text).replace("&", "&&")


@lru_cache(maxsize=4096)
def tip_text(text: str) -> str:
    """`text` for a tooltip: broken into lines, and never taken for HTML."""
    lines = [line for each in plain(text).split("\n") for line in _wrapped(each)]
    if len(lines) > TIP_LINES:
        lines = [*lines[: TIP_LINES - 1], "…"]
    tip = "\n".join(lines)
    if TextQt.mightBeRichText(tip):
        tip = tip.replace("<", f"<{_NO_TAG}").replace("&lt;", f"&{_NO_TAG}lt;")
    return tip


def _wrapped(line: str) -> list[str]:
    if len(line) <= TIP_COLUMNS and line.isprintable():  # almost every tooltip, and wrapping takes its time
        return [line.rstrip()]
    return textwrap.wrap(line, TIP_COLUMNS) or [""]


def set_tooltip(target: HasToolTip, text: str) -> None:
    """Gives `target` a tooltip."""
    target.setToolTip(tip_text(text))


def set_tab_tooltip(tabs: QTabBar, index: int, text: str) -> None:
    """Gives a tab a tooltip."""
    tabs.setTabToolTip(index, tip_text(text))


def set_name(widget: QWidget, name: str) -> None:
    """Tells assistive tools what `widget` is called."""
    widget.setAccessibleName(one_line(name))


def set_description(widget: QWidget, text: str) -> None:
    """Tells assistive tools more about `widget`."""
    widget.setAccessibleDescription(one_line(text))


def set_title(window: QWidget, title: str, *, after: str = "") -> None:
    """Sets a window's title; with `after` the sign of unsaved changes stands between the two."""
    sign = f"[*]{after}" if after else ""
    window.setWindowTitle(one_line(title).replace("[*]", "[*][*]") + sign)


def elided(metrics: QFontMetrics | QFontMetricsF, text: str, mode: Qt.TextElideMode, room: float) -> str:
    """`text` on one line, shortened to `room` pixels: what is painted of names goes through here."""
    text = one_line(text)
    if isinstance(metrics, QFontMetrics):
        return metrics.elidedText(text, mode, int(room))
    return metrics.elidedText(text, mode, room)


def static_text(text: str) -> QStaticText:
    """`text` laid out once, to be painted often."""
    laid_out = QStaticText(one_line(text))
    laid_out.setTextFormat(Qt.TextFormat.PlainText)
    laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    return laid_out


class Label(QLabel):
    """A label that shows its text as it stands."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Shows `text`."""
        super().setText(plain(text))
