"""Figures, each with what it should be and what it is to be compared with; as a table and as JSON."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Sense(StrEnum):
    """Which way a goal lies."""

    LEAST = "≥"
    MOST = "≤"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be at least or at most, or between the two."""

    least: float | None = None
    most: float | None = None

    def reached(self, value: float) -> bool:
        """Whether `value` is within it; no value is not."""
        low = self.least is None or value >= self.least
        return not math.isnan(value) and low and (self.most is None or value <= self.most)

    def text(self, unit: str) -> str:
        """As the table says it."""
        if self.least is not None and self.most is not None:
            return f"{shown(self.least, unit)} to {shown(self.most, unit)}"
        if self.least is not None:
            return f"{Sense.LEAST} {shown(self.least, unit)}"
        return f"{Sense.MOST} {shown(self.most if self.most is not None else math.nan, unit)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value.

    key: its name in JSON. told: what it is, in words. unit: “%” (the value is a share), “dB”, “” …
    beside: values to compare it with, by name.
    """

    key: str
    told: str
    value: float
    unit: str = ""
    goal: Goal | None = None
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """“reached”, “missed”, or nothing without a goal."""
        if self.goal is None:
            return ""
        return "reached" if self.goal.reached(self.value) else "missed"

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON; what has no value is null."""
        goal = {} if self.goal is None else {"least": self.goal.least, "most": self.goal.most}
        return {
            "figure": self.key,
            "told": self.told,
            "value": finite(self.value),
            "unit": self.unit,
            **({"goal": {name: limit for name, limit in goal.items() if limit is not None}} if goal else {}),
            **({"reached": self.goal.reached(self.value)} if self.goal else {}),
            **({"beside": {name: finite(value) for name, value in self.beside.items()}} if self.beside else {}),
        }


def finite(value: float) -> float | None:
    """The value, or None where there is none."""
    return float(value) if math.isfinite(value) else None


def shown(value: float, unit: str) -> str:
    """A value as people read it, never rounded up past a goal that it misses by more than a last digit."""
    if not math.isfinite(value):
        return "–"
    if unit == "%":
        return f"{100 * value:.1f} %"
    text = f"{value:.4g}" if abs(value) >= 1e-3 or not value else f"{value:.1e}"
    return f"{text} {unit}".strip()


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one part of the evaluation, and sentences on how to read them."""

    name: str
    told: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "part": self.name,
            "figures": [figure.to_dict() for figure in self.figures],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 1),
        }


def table(parts: Sequence[Part]) -> str:
    """All figures for a terminal: one line each, goal beside measured."""
    lines = []
    for part in parts:
        lines.append(f"{part.name}: {part.told} ({part.seconds:.0f} s)")
        rows = [_row(figure) for figure in part.figures]
        widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
        for row in rows:
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False))
            lines.append(("  " + "  ".join(cells) + "  " + row[4]).rstrip())
        lines += [f"  {note}" for note in part.notes]
    return "\n".join(lines) + "\n"


def markdown(parts: Sequence[Part]) -> str:
    """All figures for a model card."""
    lines: list[str] = []
    for part in parts:
        lines += ["", f"### {part.name}: {part.told}", "", "| figure | measured | goal | | beside |"]
        lines.append("| --- | --- | --- | --- | --- |")
        lines += ["| " + " | ".join(_row(figure)) + " |" for figure in part.figures]
        lines += ["", *part.notes] if part.notes else []
    return "\n".join(lines).strip() + "\n"


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    goal = figure.goal.text(figure.unit) if figure.goal else ""
    beside = ", ".join(f"{name} {shown(value, figure.unit)}" for name, value in figure.beside.items())
    return figure.told, shown(figure.value, figure.unit), goal, figure.verdict, beside
