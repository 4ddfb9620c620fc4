"""Changes of tempo and time signature on the ruler: small flags with the value that holds from there on."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from desktop.document import Document
from desktop.theme import Theme, mix
from desktop.view.viewport import Viewport
from engine.errors import EngineError
from engine.ids import new_id
from engine.project import edits
from engine.project.model import Project
from engine.timing.position import Position
from engine.timing.signature import Signature, parse_signature
from engine.timing.tempo_map import parse_tempo

TOP, HEIGHT = 16, 11
PADDING = 4
RAMP_PX = 9
FIRST = Fraction(1, 4)
"""The first beat to which a change of tempo may be moved."""
LONGEST_NAME = 160
"""Px of a marker's name at most."""


@dataclass(frozen=True, slots=True)
class TempoFlag:
    """A change of the tempo (`bpm`, at `beat`) or, without one, of the time signature (at the start of `bar`)."""

    beat: Fraction
    bar: int
    bpm: Fraction | None = None
    ramp: bool = False
    signature: Signature | None = None

    @property
    def text(self) -> str:
        """What is written on it, and typed to change it."""
        return str(self.signature) if self.bpm is None else f"{float(self.bpm):.7g}"

    @property
    def noun(self) -> str:
        """What it is, for undo steps and menus."""
        return "time signature" if self.bpm is None else "tempo change"


def flags(project: Project) -> Iterator[TempoFlag]:
    """The song's changes: signatures first, so that a tempo at the same place is found and drawn over it."""
    clock = project.clock
    for change in project.signature_changes:
        yield TempoFlag(clock.beats(clock.bar_start(change.bar)), change.bar, signature=change.signature)
    for point in project.tempo_changes:
        bar = clock.bar_at(Position.at_beat(point.beat)).number
        yield TempoFlag(point.beat, bar, point.bpm, point.ramp)


def moved(project: Project, flag: TempoFlag, place: Position) -> Project:
    """`project` with a change at `place`; a signature goes to the start of the nearest bar after the first."""
    clock = project.clock
    if flag.bpm is not None:
        return edits.move_tempo_point(project, flag.beat, max(clock.beats(place), FIRST))
    bar = clock.bar_at(place)
    later = clock.beats(place) - bar.start > bar.signature.bar / 2
    return edits.move_signature_change(project, flag.bar, max(bar.number + later, 2))


def retyped(project: Project, flag: TempoFlag, text: str) -> Project:
    """`project` with the value that was typed for a change.

    Raises:
        EngineError: it is none.
    """
    if flag.bpm is not None:
        return edits.add_tempo_point(project, flag.beat, parse_tempo(text.replace(",", ".")), ramp=flag.ramp)
    return edits.add_signature_change(project, flag.bar, parse_signature(text))


def removed(project: Project, flag: TempoFlag) -> Project:
    """`project` without a change."""
    if flag.bpm is not None:
        return edits.remove_tempo_point(project, flag.beat)
    return edits.remove_signature_change(project, flag.bar)


class TempoFlags:
    """The flags of a ruler: where they are, how they look, and what adds and changes them."""

    def __init__(self, document: Document, theme: Theme, viewport: Viewport, metrics: QFontMetricsF) -> None:
        self._document, self._theme, self._viewport, self._metrics = document, theme, viewport, metrics

    def rect(self, flag: TempoFlag, frame: int | None = None) -> QRectF:
        """Where a flag is, or would be at `frame`."""
        at = self._document.project.clock.frame_at(flag.beat) if frame is None else frame
        width = self._metrics.horizontalAdvance(flag.text) + 2 * PADDING + (RAMP_PX if flag.ramp else 0)
        return QRectF(self._free_from(self._viewport.x(at), flag), TOP, width, HEIGHT)

    def at(self, point: QPointF) -> TempoFlag | None:
        """The flag at `point`."""
        hits = [flag for flag in flags(self._document.project) if self.rect(flag).contains(point)]
        return hits[-1] if hits else None

    def paint(self, painter: QPainter, dragged: TempoFlag | None, frame: int | None) -> None:
        """Draws the flags; the one that is dragged at `frame`."""
        theme, right = self._theme, self._viewport.x(self._viewport.right)
        for flag in flags(self._document.project):
            rect = self.rect(flag, frame if flag == dragged else None)
            if rect.right() < 0 or rect.left() > right:
                continue
            painter.fillRect(rect, mix(theme.panel, theme.accent, 0.25 if flag == dragged else 0.12))
            painter.fillRect(QRectF(rect.left(), rect.top(), 1, rect.height()), theme.accent)
            painter.setPen(theme.text)
            left = rect.left() + PADDING
            if flag.ramp:
                self._paint_ramp(painter, QRectF(left, rect.top() + 2, RAMP_PX - 3, rect.height() - 4))
                left += RAMP_PX
            painter.drawText(QPointF(left, rect.bottom() - 2), flag.text)

    def add_tempo(self, place: Position) -> tuple[TempoFlag, str]:
        """Adds a tempo change at `place` with the tempo that holds there; (its flag, the undo step to type it into)."""
        clock, step = self._document.project.clock, f"add change {new_id()}"
        beat, bpm = clock.beats(place), round(clock.tempo_at(place), 3)
        self._document.apply("Add tempo change", lambda p: edits.add_tempo_point(p, beat, bpm), step)
        return TempoFlag(beat, clock.bar_at(place).number, bpm), step

    def add_signature(self, place: Position) -> tuple[TempoFlag, str]:
        """Adds a time signature at the start of the bar at `place`; (its flag, the undo step to type it into)."""
        bar, step = self._document.project.clock.bar_at(place), f"add change {new_id()}"
        edit = partial(edits.add_signature_change, bar=bar.number, signature=bar.signature)
        self._document.apply("Add time signature", edit, step)
        return TempoFlag(bar.start, bar.number, signature=bar.signature), step

    def retype(self, flag: TempoFlag, text: str, step: str = "") -> None:
        """Gives a change the value that was typed; as a part of the undo step `step` if one is given."""
        name = f"Add {flag.noun}" if step else f"Set {flag.noun}"
        try:
            retyped(self._document.project, flag, text)
        except EngineError as error:
            self._document.failed.emit(str(error))
            return
        self._document.apply(name, lambda p: retyped(p, flag, text), step or None)

    def _free_from(self, left: float, flag: TempoFlag) -> float:
        """The first place from `left` on that the flags of markers, and for a tempo those of signatures, leave free."""
        project = self._document.project
        clock = project.clock
        for marker in project.markers:
            first = self._viewport.x(clock.frames(marker.position))
            after = first + min(self._metrics.horizontalAdvance(marker.name), LONGEST_NAME) + 12
            left = after if first <= left < after else left
        if flag.bpm is not None and any(change.bar == flag.bar for change in project.signature_changes):
            signature = clock.signature_at(Position.at_beat(flag.beat))
            first = self._viewport.x(clock.frames(clock.bar_start(flag.bar)))
            after = first + self._metrics.horizontalAdvance(str(signature)) + 2 * PADDING + 2
            left = after if first <= left < after else left
        return left

    def _paint_ramp(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QPen(self._theme.accent, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([area.bottomLeft(), area.topRight()]))
