"""A field for every setting that a model declares, so that a new model needs no new panel."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.theme import Theme
from desktop.widgets.choices import ComboBox
from desktop.widgets.plain import set_name
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import ValueSpec, number, signed
from engine.generate.interface import Parameter

FIELD = 112  # px
"""One width for all fields, so that their edges line up."""
AUTO = "Auto"
Edited = Callable[[str, Any], object]
"""Told a parameter's name and the value that the user gave it; None is the model's own default."""


class ParameterField:
    """The widget of one parameter; `show_value` says what it holds (None: the default)."""

    def __init__(self, parameter: Parameter, theme: Theme, edited: Edited) -> None:
        self.parameter = parameter
        self._edited = edited
        self.widget = self._build(theme)
        set_name(self.widget, parameter.label)
        self.show_value(None)

    def show_value(self, value: Any) -> None:
        """Shows `value`, or the default."""
        shown = self.parameter.default if value is None else value
        widget = self.widget
        if isinstance(widget, ValueField):
            widget.set_value(widget.spec.minimum if shown is None else float(shown))
        elif isinstance(widget, QComboBox):
            widget.setCurrentIndex(widget.findData(shown))
        elif isinstance(widget, QLineEdit) and widget.text() != (shown or ""):
            with QSignalBlocker(widget):
                widget.setText(shown or "")

    def _build(self, theme: Theme) -> QWidget:
        parameter = self.parameter
        if parameter.kind == "choice":
            box = ComboBox()
            for choice in parameter.choices:
                box.addItem(choice.replace("_", " ").capitalize(), choice)
            box.setFixedWidth(FIELD)
            box.activated.connect(lambda _: self._tell(box.currentData()))
            return box
        if parameter.kind == "text":
            line = QLineEdit()
            line.textEdited.connect(lambda text: self._tell(text or None))
            return line
        field = ValueField(number_spec(parameter), theme, width=FIELD)
        field.edited.connect(lambda value, _: self._tell(self._value(value)))
        return field

    def _value(self, value: float) -> float | int | None:
        if self.parameter.default is None and value < (self.parameter.minimum or 0):
            return None
        return round(value) if self.parameter.kind == "int" else round(value, 6)

    def _tell(self, value: Any) -> None:
        self._edited(self.parameter.name, None if value == self.parameter.default else value)


def number_spec(parameter: Parameter) -> ValueSpec:
    """How a whole or a real number is shown and turned; without a default it may stand on “Auto”, below the least."""
    whole = parameter.kind == "int"
    least = 0.0 if parameter.minimum is None else float(parameter.minimum)
    most = max(1000.0, least) if parameter.maximum is None else float(parameter.maximum)
    span = most - least
    step = 1.0 if whole or span > 20 else 0.1 if span > 2 else 0.01
    fine = 1.0 if whole else step / 10
    free = parameter.default is None
    decimals = 0 if whole else 1 if step >= 1 else 2 if step >= 0.1 else 3
    unit = f" {parameter.unit}" if parameter.unit else ""

    def show(value: float) -> str:
        return AUTO if free and value < least else f"{_short(value, decimals)}{unit}"

    def read(text: str) -> float:
        return least - step if free and text.strip().lower().startswith("a") else number(text)

    low = least - step if free else least
    return ValueSpec(
        parameter.label,
        low,
        most,
        low if free else float(parameter.default),
        step,
        fine,
        show,
        read,
        min(span / 200, step / 2),
    )


def count_spec(name: str, one: str, many: str, least: int, most: int, default: int) -> ValueSpec:
    """A whole number of things: "1 bar", "8 bars"."""

    def show(value: float) -> str:
        count = round(value)
        return f"{count} {one if count == 1 else many}".strip()

    return ValueSpec(name, least, most, default, 1.0, 1.0, show, lambda text: float(round(number(text))), 0.1)


def _short(value: float, decimals: int) -> str:
    """`value` with the decimals that it needs, one at least where there may be any."""
    if not decimals:
        return signed(value, 0)
    text = signed(value, decimals).rstrip("0")
    return f"{text}0" if text.endswith(".") else text
