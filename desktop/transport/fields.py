"""The fields of the top bar: position, tempo, time signature."""

import re
from fractions import Fraction

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.widgets.control import TYPED
from desktop.widgets.inplace import InPlaceEditor
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_tooltip
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, clock_text, parse_clock, tempo_spec
from engine.errors import EngineError
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import Position
from engine.timing.signature import DENOMINATORS, Signature, parse_signature

_PLACE = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d\d))?")
SIXTEENTH = 4  # parts of a beat in the display


def place_text(clock: Clock, frame: int) -> str:
    """The place of `frame` as "17.3.2": bar, beat and quarter of the beat, all from 1."""
    # a frame stands for the time up to half a frame around it
    middle = Position.at_beat((clock.beat_at(frame) + clock.beat_at(frame + 1)) / 2)
    bar, beat, share = clock.bar_and_beat(middle)
    return f"{bar}.{beat}.{int(share * SIXTEENTH) + 1}"


def parse_place(clock: Clock, text: str) -> Position:
    """The position written as "17", "17.3.2", "17.3.2.50" (hundredths of a sixteenth), "1:02.5", or for `Clock`.

    Raises:
        EngineError: it is none of these.
    """
    text = text.strip()
    if match := _PLACE.fullmatch(text):
        bar, beat, part = (int(each or 1) for each in match.groups()[:3])
        start = clock.bar_start(max(bar, 1))
        signature = clock.signature_at(start)
        if bar >= 1 and 1 <= beat <= signature.numerator and 1 <= part <= SIXTEENTH:
            parts = (beat - 1) * SIXTEENTH + part - 1 + Fraction(int(match[4] or 0), 100)
            return Duration.of_beats(parts * signature.beat / SIXTEENTH).end(start, clock)
        raise EngineError(f"“{text}” is no place in a {signature} song: write bar.beat, such as 17.3.")
    if ":" in text and not text.startswith("bar"):
        try:
            return Position.at_frame(round(parse_clock(text) * clock.rate))
        except ValueError:
            raise EngineError(f"“{text}” is not a time: write minutes and seconds, such as 1:02.5.") from None
    return clock.parse(text)


class PositionDisplay(QWidget):
    """The playhead's place in bars and in time; double-click or Enter to type one."""

    place_entered = Signal(object)
    """A `Position` the user typed."""
    failed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = Clock.steady(48000, tempo_default())
        self._frame = 0
        self._place, self._time = "1.1.1", "0:00.000"
        self._editor: InPlaceEditor | None = None
        self._big, self._small = theme.font("large", bold=True), theme.font("medium")
        self._place_width = QFontMetrics(self._big).horizontalAdvance("888.8.8") + 8
        self._time_width = QFontMetrics(self._small).horizontalAdvance("88:88.888") + 8
        self.setFixedSize(self._place_width + self._time_width + 16, 32)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Position")
        set_tooltip(self, "Position: bar.beat.sixteenth and time. Double-click to type one, such as 17.3 or 0:34.5")

    def sizeHint(self) -> QSize:
        """Room for the longest position."""
        return self.minimumSize()

    def show_frame(self, clock: Clock, frame: int) -> None:
        """Shows `frame`."""
        self._clock, self._frame = clock, frame
        place, time = place_text(clock, frame), clock_text(frame / clock.rate)
        if (place, time) != (self._place, self._time):
            self._place, self._time = place, time
            set_description(self, f"{place}, {time}")
            self.update()

    @property
    def text(self) -> str:
        """What is shown."""
        return f"{self._place}  {self._time}"

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.begin_typing()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, Backspace, Ctrl+A and Enter open the field for typing, Escape leaves it; nothing else is done."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        key = event.key()
        if key == Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif control and key == Qt.Key.Key_C:
            QGuiApplication.clipboard().setText(self._place)
        elif control and key == Qt.Key.Key_V:
            self.begin_typing(QGuiApplication.clipboard().text().strip())
        elif (control and key == Qt.Key.Key_A) or key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.begin_typing()
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.begin_typing("")
        elif not control and event.text() and event.text() in TYPED:
            self.begin_typing(event.text())

    def begin_typing(self, text: str | None = None) -> None:
        """Opens a field over the display, with the place selected or, if given, with `text` in its stead."""
        if self._editor:
            return
        self._editor = InPlaceEditor(self, QRect(4, 4, self.width() - 8, 24), "Position", leaving_takes=False)
        self._editor.ended.connect(self._on_typed)
        self._editor.begin(self._place, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self._theme
            painter.setPen(QPen(theme.line, 1))
            painter.setBrush(theme.window)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), theme.radius, theme.radius)
            painter.setFont(self._big)
            painter.setPen(theme.text)
            align = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                QRect(8, 0, self._place_width, self.height()), align | Qt.AlignmentFlag.AlignRight, self._place
            )
            painter.setFont(self._small)
            painter.setPen(theme.dim)
            area = QRect(8 + self._place_width, 0, self._time_width, self.height())
            painter.drawText(area, align | Qt.AlignmentFlag.AlignRight, self._time)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), theme.radius, theme.radius)

    def _on_typed(self, text: str, take: bool) -> None:
        self._editor = None
        if take:
            try:
                self.place_entered.emit(parse_place(self._clock, text))
            except EngineError as error:
                self.failed.emit(str(error))


def tempo_default() -> Fraction:
    """The tempo of a new song."""
    return Fraction(120)


def tempo_field(theme: Theme) -> ValueField:
    """The tempo in BPM."""
    return ValueField(tempo_spec(), theme, flat=True, size="medium", width=64)


def signature_field(theme: Theme, *, flat: bool = True) -> ValueField:
    """The time signature: one step is one beat more or less in the bar."""
    highest = _index(Signature(32, DENOMINATORS[-1]))
    spec = ValueSpec(
        "Time signature", 0, highest, _index(Signature()), 1, 1, lambda value: str(signature_of(value)), _parse, 0.125
    )
    return ValueField(spec, theme, flat=flat, size="medium" if flat else "normal", width=52)


def signature_of(value: float) -> Signature:
    """The signature that a field's value stands for."""
    denominator, numerator = divmod(round(value), 32)
    return Signature(numerator + 1, DENOMINATORS[denominator])


def _index(signature: Signature) -> int:
    return DENOMINATORS.index(signature.denominator) * 32 + signature.numerator - 1


def signature_value(signature: Signature) -> float:
    """The value with which a field shows `signature`."""
    return float(_index(signature))


def _parse(text: str) -> float:
    try:
        return signature_value(parse_signature(text))
    except EngineError as error:
        raise ValueError(str(error)) from None
