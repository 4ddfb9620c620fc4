"""A strip beside a view of time, such as a ruler or a lane, which shares the view's place and zoom."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget


class TimeStrip(QWidget):
    """Gives the wheel to the view that it stands beside, and takes its hint back when the mouse leaves it."""

    hint_changed = Signal(str)
    """What the mouse can do here, for the status line; empty for nothing."""
    wheel_turned = Signal(object)
    """A QWheelEvent."""

    def leaveEvent(self, event: QEvent) -> None:
        self.hint_changed.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(event)
        event.accept()
