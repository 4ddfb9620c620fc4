"""Edits of the chords and sections that are written by hand; they say more than those of the song's clips.

A lane is “chords” or “sections”. Every edit is given places in beats of the song, and writes spans over what the lane
held there. A span without a text hides what the clips say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from engine.errors import EditError, EngineError
from engine.music.chords import parse_chord
from engine.project.edits.structure import tidy
from engine.project.model import NamedSpan, Project
from engine.project.model.ranges import MAX_BEATS

Lane = Literal["chords", "sections"]
SHORTEST = Fraction(1, 4)
"""The shortest chord or section, in quarter notes."""


def write_span(p: Project, lane: Lane, start: Fraction, end: Fraction, text: str) -> Project:
    """Writes a chord or a section from beat `start` up to `end`; an empty text takes away what is there.

    Raises:
        EditError: the chord is not known, or the span is too short, or not within the song.
    """
    return write_spans(p, lane, (NamedSpan(start, end, text),))


def write_spans(p: Project, lane: Lane, spans: Iterable[NamedSpan]) -> Project:
    """Writes several, one after the other; raises as `write_span` does."""
    own = old = _lane(p, lane)
    for span in spans:
        own = _over(own, _checked(lane, span))
    return p if own == old else _with(p, lane, own)


def move_span(p: Project, lane: Lane, span: NamedSpan, to: Fraction) -> Project:
    """Puts a span elsewhere; where it was nothing is left. Raises as `write_span` does."""
    to = max(to, Fraction(0))
    source = NamedSpan(span.start, span.end)
    return write_spans(p, lane, (source, replace(span, start=to, end=to + span.end - span.start)))


def split_span(p: Project, lane: Lane, span: NamedSpan, at: Fraction) -> Project:
    """Cuts a span in two at beat `at`, of which the second can have another text then.

    Raises:
        EditError: the place is not inside of it.
    """
    if not span.start < at < span.end:
        raise EditError("There is nothing to split here: put the playhead inside of it.")
    return write_spans(p, lane, (replace(span, end=at), replace(span, start=at)))


def move_edge(p: Project, lane: Lane, left: NamedSpan | None, right: NamedSpan | None, to: Fraction) -> Project:
    """Moves the edge between two neighbours, or the end of `left` or the start of `right` alone, to beat `to`.

    Neither gets shorter than `SHORTEST`; what a single one leaves is empty.
    """
    if left:
        to = max(to, left.start + SHORTEST)
    if right:
        to = min(to, right.end - SHORTEST)
    to = max(to, Fraction(0))
    spans = []
    if left and right is None and to < left.end:
        spans.append(NamedSpan(to, left.end))
    if right and left is None and to > right.start:
        spans.append(NamedSpan(right.start, to))
    spans += [replace(left, end=to)] if left else []
    spans += [replace(right, start=to)] if right else []
    return write_spans(p, lane, spans)


def opened_spans(spans: Sequence[NamedSpan], at: Fraction, beats: Fraction) -> tuple[NamedSpan, ...]:
    """Spans of a song in which `beats` of empty time are opened at beat `at`; one that runs across ends there."""
    moved: list[NamedSpan] = []
    for span in spans:
        if span.end <= at:
            moved.append(span)
        elif span.start >= at:
            moved.append(replace(span, start=span.start + beats, end=span.end + beats))
        else:
            moved += [replace(span, end=at), replace(span, start=at + beats, end=span.end + beats)]
    return tuple(moved)


def _checked(lane: Lane, span: NamedSpan) -> NamedSpan:
    text = tidy(span.text)
    if span.start < 0 or span.end > MAX_BEATS:
        raise EditError("Chords and sections lie in the song: choose a place after its start.")
    if span.end - span.start < SHORTEST:
        raise EditError("This is too short: a chord or a section lasts at least a sixteenth note.")
    if lane == "chords" and text:
        try:
            parse_chord(text)
        except EngineError as error:
            raise EditError(str(error)) from error
    return replace(span, text=text)


def _over(spans: Sequence[NamedSpan], top: NamedSpan) -> tuple[NamedSpan, ...]:
    """The spans with `top` laid over them."""
    left: list[NamedSpan] = []
    for span in spans:
        pieces = ((span.start, min(span.end, top.start)), (max(span.start, top.end), span.end))
        left += [replace(span, start=start, end=end) for start, end in pieces if start < end]
    return tuple(sorted([*left, top], key=lambda span: span.start))


def _lane(p: Project, lane: Lane) -> tuple[NamedSpan, ...]:
    return p.chords if lane == "chords" else p.sections


def _with(p: Project, lane: Lane, spans: tuple[NamedSpan, ...]) -> Project:
    return replace(p, chords=spans) if lane == "chords" else replace(p, sections=spans)
