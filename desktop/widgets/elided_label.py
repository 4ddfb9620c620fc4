"""A label that shortens its text in the middle and tells the whole in its tooltip."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.widgets.painting import painting
from desktop.widgets.plain import Label, elided, one_line, set_tooltip


class ElidedLabel(Label):
    """One line of text, elided in the middle (or at `mode`) where there is no room for it."""

    def __init__(
        self,
        text: str = "",
        *,
        role: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        if role:
            self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        """It may shrink to a few letters."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        whole = one_line(self.text())
        text = elided(self.fontMetrics(), whole, self._mode, area.width())
        set_tooltip(self, self.text() if text != whole else "")
        with painting(self) as painter:
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(area, int(self.alignment()) | Qt.TextFlag.TextSingleLine, text)


def short_path(path: Path) -> str:
    """The path with the home folder as "~"."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except ValueError:
        return str(path)
