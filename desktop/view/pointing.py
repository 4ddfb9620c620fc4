"""The mouse in every view of time: when a press is a drag, what the wheel does, how a drag scrolls the view."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.view.viewport import Viewport

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
MODIFIER_KEYS = {Qt.Key.Key_Shift: SHIFT, Qt.Key.Key_Alt: ALT, Qt.Key.Key_Control: CONTROL}

OUT_PX = 96
"""How far outside the window something is dragged out of it; nearer, the view scrolls."""
DRAG_PX = 4
"""How far a pressed mouse moves before it drags."""
ZOOM_PER_TURN = 1.25
WHEEL_PX = 72
"""Px of scrolling per notch of the wheel."""
PULL_PX = 24
"""How near the edge of the view a drag scrolls it."""
PULL_SPEED = 0.6
"""Px of scrolling per px beyond that, each `PULL_MS`."""
PULL_MS = 16
_TAKES_SOUND = "takes_sound"  # a property of widgets


def is_far_outside(window: QWidget, place: QPoint) -> bool:
    """Whether a global position lies so far outside a window that no scrolling is meant."""
    return not window.rect().adjusted(-OUT_PX, -OUT_PX, OUT_PX, OUT_PX).contains(window.mapFromGlobal(place))


def let_take_sound(widget: QWidget) -> None:
    """Lets clips of sound that are dragged over a widget be dropped onto it, as files are."""
    widget.setAcceptDrops(True)
    widget.setProperty(_TAKES_SOUND, True)


def takes_sound(place: QPoint) -> bool:
    """Whether what lies at a global position is such a widget."""
    widget = QApplication.widgetAt(place)
    return widget is not None and bool(widget.property(_TAKES_SOUND))


def pans(button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a press moves the view: the middle button, or the left one with Ctrl and Alt."""
    if button == Qt.MouseButton.MiddleButton:
        return True
    return button == Qt.MouseButton.LeftButton and bool(modifiers & CONTROL) and bool(modifiers & ALT)


def turn_wheel(viewport: Viewport, event: QWheelEvent) -> None:
    """Scrolls down; sideways with Shift; zooms at the mouse with Ctrl."""
    pixels, angle, modifiers = event.pixelDelta(), event.angleDelta(), event.modifiers()
    if modifiers & CONTROL:
        # Alt turns the wheel sideways on some systems
        turns = angle.y() or (angle.x() if modifiers & ALT else 0)
        viewport.zoom(ZOOM_PER_TURN ** (-turns / 120), event.position().x())
    elif modifiers & SHIFT:
        viewport.scroll_by(-(angle.y() or angle.x()) / 120 * WHEEL_PX, 0)
    elif not pixels.isNull():
        viewport.scroll_by(-pixels.x(), -pixels.y())
    else:
        viewport.scroll_by(-angle.x() / 120 * WHEEL_PX, -angle.y() / 120 * WHEEL_PX)


def beyond_edge(at: float, size: int, reach: float = PULL_PX) -> float:
    """Px by which `at` lies nearer to an edge of `size` than `reach`; negative at the first edge, else 0."""
    return at - reach if at < reach else max(at - (size - reach), 0.0)


class EdgePull:
    """Scrolls a view while a drag is held near its edges.

    After `follow` it goes on by itself: each step scrolls and calls `drag`, which follows again. `stop` ends it.
    """

    def __init__(
        self,
        viewport: Viewport,
        parent: QObject,
        drag: Callable[[], None],
        *,
        across: bool = True,
        down: bool = True,
        reach: float = PULL_PX,
        grows: bool = False,
    ) -> None:
        """`across` and `down` say which way it scrolls; with `grows` a drag to the right makes the content longer."""
        self._viewport, self._drag = viewport, drag
        self._across, self._down, self._reach, self._grows = across, down, reach, grows
        self._speed = 0.0, 0.0
        self._timer = QTimer(parent)
        self._timer.setInterval(PULL_MS)
        self._timer.timeout.connect(self._step)

    @property
    def active(self) -> bool:
        """Whether the view is being scrolled."""
        return self._timer.isActive()

    def follow(self, point: QPointF) -> None:
        """The mouse drags at `point` of the view."""
        viewport = self._viewport
        dx = beyond_edge(point.x(), viewport.width, self._reach) if self._across else 0.0
        dy = beyond_edge(point.y(), viewport.height, self._reach) if self._down else 0.0
        self._speed = dx, dy
        if not (dx or dy):
            self._timer.stop()
        elif not self.active:
            self._timer.start()

    def stop(self) -> None:
        """The drag is over."""
        self._timer.stop()

    def _step(self) -> None:
        viewport, (dx, dy) = self._viewport, self._speed
        if self._grows and dx > 0:
            viewport.set_content(max(viewport.content_end, round(viewport.right)), viewport.content_height)
        viewport.scroll_by(dx * PULL_SPEED, dy * PULL_SPEED)
        self._drag()


class HeldKeys:
    """The modifier keys of a drag: a key event says which go down or up before Qt's own word for them does."""

    def __init__(self) -> None:
        self.modifiers = Qt.KeyboardModifier.NoModifier

    def pressed(self, event: QKeyEvent) -> bool:
        """Takes a key that went down; says whether it is a modifier."""
        self.modifiers = event.modifiers()
        modifier = MODIFIER_KEYS.get(Qt.Key(event.key()))
        if modifier is None:
            return False
        self.modifiers |= modifier
        return True

    def released(self, event: QKeyEvent) -> bool:
        """Takes a key that went up; says whether it is a modifier."""
        modifier = MODIFIER_KEYS.get(Qt.Key(event.key()))
        if modifier is None or event.isAutoRepeat():
            return False
        self.modifiers &= ~modifier
        return True
