"""Buttons with an icon or a letter; Enter presses them, since Space plays."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QComboBox, QToolButton, QWidget

from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_name, set_tooltip


class IconButton(QToolButton):
    """A square button with an icon; with an action it is the action's button."""

    def __init__(
        self,
        icons: Icons,
        icon: str,
        name: str,
        *,
        action: QAction | None = None,
        checkable: bool = False,
        size: int = 18,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if action:
            # the button follows its action, so the icon has to be the action's
            self.setDefaultAction(action)
        else:
            self.setIcon(icons.icon(icon))
        self.setIconSize(QSize(size, size))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setCheckable(checkable or bool(action and action.isCheckable()))
        set_name(self, name)
        set_tooltip(self, action.toolTip() if action else name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(28, 28)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class _SmallButton(QAbstractButton):
    """A button of the tracks' headers, which is painted by hand; Tab reaches it."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme = theme
        set_name(self, name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class WordButton(_SmallButton):
    """A small button that shows a choice, with a mark that it opens a menu."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, theme, parent)
        self.setFont(theme.font("small"))

    def sizeHint(self) -> QSize:
        """Room for its words and the mark."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 24, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme, area = self._theme, self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(theme.accent, 2) if self.hasFocus() else QPen(theme.line_strong, 1))
            painter.setBrush(theme.hover if self.underMouse() else theme.raised)
            painter.drawRoundedRect(area, 3, 3)
            painter.setFont(self.font())
            painter.setPen(theme.text)
            words = self.rect().adjusted(6, 0, -14, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
            painter.setPen(QPen(theme.dim, 1.3))
            x, y = self.width() - 10.0, self.height() / 2
            painter.drawPolyline([QPointF(x - 3, y - 1.5), QPointF(x, y + 1.5), QPointF(x + 3, y - 1.5)])


class LetterButton(_SmallButton):
    """A small switch with a letter, such as M and S; lit in `lit` while it is on."""

    def __init__(self, letter: str, name: str, theme: Theme, lit: QColor, parent: QWidget | None = None) -> None:
        super().__init__(name, theme, parent)
        self._lit = lit
        self.setText(letter)
        self.setCheckable(True)
        self.setFont(theme.font("small", bold=True))
        self.setFixedSize(24, 20)
        set_tooltip(self, name)

    def sizeHint(self) -> QSize:
        """Its fixed size."""
        return QSize(24, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self._theme
            on = self.isChecked()
            painter.setPen(QPen(self._lit if on else theme.line_strong, 1))
            painter.setBrush(self._lit if on else theme.hover if self.underMouse() else theme.raised)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setFont(self.font())
            painter.setPen(theme.text_on(self._lit) if on else theme.dim)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 3, 3)


def pressed_by_enter(control: QWidget | None, event: QKeyEvent) -> bool:
    """Presses a button, or opens a list to choose from, if `event` is Enter; says whether it was."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    if isinstance(control, QAbstractButton):
        control.click()
    elif isinstance(control, QComboBox):
        control.showPopup()
    else:
        return False
    return True
