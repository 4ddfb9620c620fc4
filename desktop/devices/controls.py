"""Controls of a device's parameters, built from their descriptions."""

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.widgets.choices import CheckBox, ComboBox
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.knob import Knob
from desktop.widgets.plain import set_name, set_tooltip
from desktop.widgets.values import ValueSpec
from engine.parameters import ON_OFF, ParameterError, ParameterSpec

TRAVEL = 180  # px of dragging from one end to the other
STEP, FINE = 0.02, 0.002  # of the travel, for the wheel and the arrow keys


def value_spec(parameter: ParameterSpec, name: str) -> ValueSpec:
    """What a value control needs to know of a parameter; `name` is what assistive tools read."""

    def parse(text: str) -> float:
        try:
            return parameter.parse(text)
        except ParameterError as error:
            raise ValueError(str(error)) from None

    return ValueSpec(
        name, parameter.minimum, parameter.maximum, parameter.default, 1.0, 1.0, parameter.format, parse, 1.0
    )


class ParameterKnob(Knob):
    """A knob that turns along its parameter's law: a frequency by octaves, a level by decibels."""

    def __init__(self, parameter: ParameterSpec, name: str, theme: Theme) -> None:
        self._parameter = parameter
        super().__init__(value_spec(parameter, name), theme, diameter=36)

    def editor_rect(self) -> QRect:
        """Over the knob, as wide as its values."""
        return QRect(-14, (self.height() - 24) // 2, self.width() + 28, 24)

    def drag(self, delta: QPointF, fine: bool) -> float:
        """The value after dragging: the whole travel is `TRAVEL` pixels, ten times that with Shift."""
        return self._moved(-delta.y() / TRAVEL * (0.1 if fine else 1.0))

    def _step(self, steps: int, fine: bool) -> None:
        if self._parameter.whole:
            self._edit(self._value + steps)
        else:
            self._edit(self._moved(steps * (FINE if fine else STEP)))

    def _moved(self, travel: float) -> float:
        return self._parameter.value_at(self._share(self._value) + travel)

    def _share(self, value: float) -> float:
        return self._parameter.normalised(value)


class ParameterControl(QWidget):
    """A parameter's control with its label and value: a knob, a list to choose from, or a box to tick."""

    edited = Signal(float, str)

    def __init__(self, parameter: ParameterSpec, device: str, theme: Theme) -> None:
        super().__init__()
        self.parameter = parameter
        name = f"{device} {parameter.label}"
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(2)
        self.knob: ParameterKnob | None = None
        self.choice: ComboBox | None = None
        self.box: CheckBox | None = None
        self._reading = ElidedLabel()
        if parameter.choices == ON_OFF:
            self.box = CheckBox(parameter.label)
            set_name(self.box, name)
            set_tooltip(self.box, name)
            self.box.clicked.connect(lambda on: self.edited.emit(float(on), ""))
            column.addStretch(1)
            column.addWidget(self.box)
            column.addStretch(1)
            return
        label = ElidedLabel()
        label.setText(parameter.label)
        for text in (label, self._reading):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            text.setFont(theme.font("small"))
        label.setProperty("role", "dim")
        column.addWidget(label)
        if parameter.choices:
            self.choice = ComboBox()
            for index, each in enumerate(parameter.choices):
                self.choice.addItem(each, index)
            set_name(self.choice, name)
            set_tooltip(self.choice, name)
            self.choice.activated.connect(lambda index: self.edited.emit(float(index), ""))
            column.addWidget(self.choice)
            column.addStretch(1)
        else:
            self.setFixedWidth(76)
            self.knob = ParameterKnob(parameter, name, theme)
            self.knob.edited.connect(self._on_turned)
            column.addWidget(self.knob, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(self._reading)
            column.addStretch(1)

    def show_value(self, value: float) -> None:
        """Shows the parameter's value."""
        if self.box is not None:
            self.box.setChecked(value >= 0.5)
        elif self.choice is not None:
            self.choice.setCurrentIndex(round(value))
        elif self.knob is not None:
            self.knob.set_value(value)
            self._reading.setText(self.parameter.format(value))

    @property
    def control(self) -> QWidget:
        """What has the keyboard."""
        control = self.knob or self.choice or self.box
        assert control is not None
        return control

    def _on_turned(self, value: float, gesture: str) -> None:
        self._reading.setText(self.parameter.format(value))
        self.edited.emit(value, gesture)
