"""What the painted canvases of views of time have in common: their events go to a pointer, their size to a view."""

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.view.viewport import Viewport


class CanvasPointer(Protocol):
    """Decides what the mouse means on a canvas."""

    def press(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went down."""

    def move(self, point: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse moved."""

    def release(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went up."""

    def double_click(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went down for the second time."""

    def leave(self) -> None:
        """The mouse left the canvas."""

    def wheel(self, event: QWheelEvent) -> None:
        """The wheel was turned."""

    def key_released(self, event: QKeyEvent) -> None:
        """A key went up."""


class TimeCanvas(QWidget):
    """An opaque widget with the keyboard. Its children paint it, and set the two members below before it is shown."""

    viewport: Viewport
    pointer: CanvasPointer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def take_size(self, width: int, height: int, dpr: float) -> None:
        """Takes the size of the widget, in px, and the device pixels per px of its screen."""
        self.viewport.resize(width, height, dpr)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pointer.press(event.position(), event.button(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer.move(event.position(), event.buttons(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.pointer.release(event.position(), event.button(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.pointer.double_click(event.position(), event.button(), event.modifiers())

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer.leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.pointer.wheel(event)
        event.accept()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.pointer.key_released(event)
        super().keyReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.take_size(self.width(), self.height(), self.devicePixelRatioF())

    def event(self, event: QEvent) -> bool:
        """A move to a screen of another scale redraws everything."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.take_size(self.width(), self.height(), self.devicePixelRatioF())
        return super().event(event)
