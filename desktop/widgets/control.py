"""What every value control does: drag, wheel, type, double-click to reset, Shift for fine steps."""

import math
from time import monotonic

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QDialog, QWidget

from desktop.theme import Theme
from desktop.widgets.inplace import InPlaceEditor
from desktop.widgets.plain import set_description, set_name, set_tooltip
from desktop.widgets.values import ValueSpec
from engine.ids import new_id

TYPED = "0123456789.,-+−"
"""Characters that open a field for typing."""
GESTURE_GAP = 0.8  # seconds between two turns of the wheel that are one gesture


class ValueControl(QWidget):
    """A number that the user can change. Children draw it.

    `edited(value, gesture)` says what the user made of it; changes of one drag or one run of the wheel share the word
    `gesture`, which is good as a merge key for undo. `set_value` shows a value without a signal.
    """

    edited = Signal(float, str)

    def __init__(self, spec: ValueSpec, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.theme = theme
        self._value = spec.default
        self._mixed = False
        self.typed = False
        """Whether the value that `edited` tells was typed or reset, not turned."""
        self._gesture = ""
        self._last_turn = -math.inf
        self._grip: QPointF | None = None
        self._dragged = False
        self._turned = 0.0  # wheel rest, in steps
        self._editor: InPlaceEditor | None = None
        self.automated = False
        self._resting = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        set_name(self, spec.name)
        self._describe()

    @property
    def value(self) -> float:
        """The value shown."""
        return self._value

    @property
    def mixed(self) -> bool:
        """Whether it stands for several different values."""
        return self._mixed

    @property
    def text(self) -> str:
        """The value with its unit."""
        return "—" if self._mixed else self.spec.format(self._value)

    def set_value(self, value: float) -> None:
        """Shows `value`."""
        value = self.spec.clamp(value)
        if value != self._value or self._mixed:
            self._value, self._mixed = value, False
            self._describe()
            self.update()

    def set_mixed(self, value: float) -> None:
        """Shows that the things it stands for differ; turning it starts from `value`."""
        self._value, self._mixed = self.spec.clamp(value), True
        self._describe()
        self.update()

    def show_automation(self, *, followed: bool, resting: bool) -> None:
        """Puts a dot on what is automated: bright while it follows its lane, hollow while it rests."""
        if (followed or resting, resting) != (self.automated, self._resting):
            self.automated, self._resting = followed or resting, resting
            self._describe()
            self.update()

    def begin_typing(self, text: str | None = None) -> None:
        """Opens the field for typing, with the value selected or, if given, with `text` in its place."""
        if self._editor or not self.isEnabled():
            return
        editor = InPlaceEditor(self, self.editor_rect(), self.spec.name)
        editor.setAlignment(Qt.AlignmentFlag.AlignCenter)
        editor.setFont(self.font())
        editor.ended.connect(self._on_typed)
        self._editor = editor
        editor.begin("" if self._mixed else self.text, text)

    def editor_rect(self) -> QRect:
        """Where one types."""
        height = 24
        return QRect(0, (self.height() - height) // 2, self.width(), height)

    # what children may change

    def drag(self, delta: QPointF, fine: bool) -> float:
        """The value after dragging by `delta` pixels (up is negative)."""
        return self._value - delta.y() * self.spec.per_pixel * (self.spec.fine / self.spec.step if fine else 1)

    def draw_focus(self, painter: QPainter, radius: float = 4.0) -> None:
        """Draws the focus ring when it is due, and the dot of an automated value."""
        if self.automated:
            painter.setPen(QPen(self.theme.warning if self._resting else self.theme.live, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush if self._resting else self.theme.live)
            painter.drawEllipse(QPointF(self.width() - 4.5, 4.5), 2.5, 2.5)
        if self.hasFocus() and not self._editor:
            painter.setPen(QPen(self.theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), radius, radius)

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._grip, self._dragged = event.position(), False
        self._gesture = new_id()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None:
            return
        delta = event.position() - self._grip
        self._grip, self._dragged = event.position(), True
        self._edit(self.drag(delta, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click leaves the keyboard here; a drag is done with and gives it back to the song."""
        if self._dragged and (home := self.window().focusProxy()) and self.hasFocus():
            home.setFocus()
        self._grip, self._dragged = None, False
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self._gesture = new_id()
        self._edit(self.spec.default, typed=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turns the value while it has the focus; otherwise what lies below scrolls."""
        if not self.hasFocus():
            event.ignore()
            return
        self._turned += (event.angleDelta().y() or event.angleDelta().x()) / 120
        steps = math.trunc(self._turned)
        self._turned -= steps
        if steps:
            self._step(steps, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step; digits, Backspace, Ctrl+A and Enter open the field for typing; Escape leaves it.

        All other keys end here, so that nothing around the field takes them for its own.
        """
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }.get(key)
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if key == Qt.Key.Key_Escape or (enter and isinstance(self.window(), QDialog)):
            super().keyPressEvent(event)
        elif control and key in (Qt.Key.Key_C, Qt.Key.Key_Insert):
            QGuiApplication.clipboard().setText(self.text)
        elif control and key == Qt.Key.Key_V:
            self.begin_typing(QGuiApplication.clipboard().text().strip())
        elif control and key == Qt.Key.Key_X:
            QGuiApplication.clipboard().setText(self.text)
            self.begin_typing("")
        elif (control and key == Qt.Key.Key_A) or enter or key == Qt.Key.Key_F2:
            self.begin_typing()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.begin_typing("")
        elif not control and steps is not None:
            self._step(steps, fine)
        elif not control and event.text() and event.text() in TYPED:
            self.begin_typing(event.text())

    # inside

    def _step(self, steps: int, fine: bool) -> None:
        now = monotonic()
        if now - self._last_turn > GESTURE_GAP:
            self._gesture = new_id()
        self._last_turn = now
        size = self.spec.fine if fine else self.spec.step
        # steps land on multiples, so that turning back returns to round numbers
        self._edit(
            (math.floor(self._value / size + 1e-6) if steps > 0 else math.ceil(self._value / size - 1e-6)) * size
            + steps * size
        )

    def _edit(self, value: float, *, typed: bool = False) -> None:
        value = self.spec.clamp(value)
        if value == self._value and not self._mixed:
            return
        self._value, self._mixed, self.typed = value, False, typed
        self._describe()
        self.update()
        self.edited.emit(value, self._gesture)

    def _on_typed(self, text: str, take: bool) -> None:
        editor, self._editor = self._editor, None
        if editor and take and (editor.isModified() or text != self.text):
            try:
                value = self.spec.parse(text)
            except ValueError:
                return
            self._gesture = new_id()
            self._edit(value, typed=True)

    def _describe(self) -> None:
        words = " (moved by hand, automation rests)" if self._resting else " (automated)" if self.automated else ""
        set_description(self, f"{self.text}{words}")
        set_tooltip(self, f"{self.spec.name}: {self.text}")
