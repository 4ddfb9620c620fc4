"""What was played becomes notes and curves: keys are paired, a loop's rounds become takes, places become beats."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from engine.playback.midi_events import CONTROL, EXPRESSION, MODULATION, SUSTAIN, WHEEL, MidiEvent
from engine.project.model import BendPoint, ControlPoint, NoteContent, NoteEvent
from engine.timing.clock import Clock

P = TypeVar("P", BendPoint, ControlPoint)

TICKS = 3840
"""Parts of a quarter note on which notes are recorded: an eighth of a millisecond at 120 BPM."""
BEND_SEMITONES = 2.0
EARLY_SECONDS = 0.15
"""A note that is played so little before the recording begins belongs to its first beat."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is recorded: frames `first` to `last` (exclusive) of the song; with `rounds` they come again and again."""

    first: int
    last: int
    rounds: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    event: MidiEvent
    frame: float  # counted on through the rounds of a loop


def rounds_played(events: Sequence[MidiEvent], span: Span, clock: Clock) -> list[tuple[MidiEvent, ...]]:
    """The events of each round in which a note was played, with their frames; without a loop, one round of all.

    A note that is held when its round ends, or when the recording does, ends there; each round begins with the pedal,
    the wheel and the controllers as they were then.
    """
    placed = list(_counted_on(events, span, clock.rate))
    length = span.last - span.first
    count = int(max((each.frame for each in placed), default=0) - span.first) // length + 1 if span.rounds else 1
    rounds: list[list[MidiEvent]] = [[] for _ in range(max(count, 1))]
    sounding: dict[tuple[str, int, int], int] = {}  # the round in which a key went down
    latest: dict[tuple[str, int, int], MidiEvent] = {}  # the latest of each wheel and controller
    current = 0
    for each in placed:
        number = min(max(int(each.frame - span.first) // length, 0), count - 1) if span.rounds else 0
        for new in range(current + 1, number + 1):
            rounds[new] += [replace(event, frame=float(span.first)) for event in latest.values()]
        current = max(current, number)
        event = replace(each.event, frame=each.frame - number * length if span.rounds else each.frame)
        key = event.port, event.channel, event.first
        if event.starts:
            sounding[key] = number
        elif event.ends:
            if sounding.pop(key, None) not in (None, number):
                continue  # its round has ended it
        elif event.status & 0xF0 in (WHEEL, CONTROL):
            latest[event.port, event.status, event.first if event.status & 0xF0 == CONTROL else -1] = event
        rounds[number].append(event)
    return [tuple(round_) for round_ in rounds if any(event.starts for event in round_)]


def content_of(events: Iterable[MidiEvent], span: Span, origin: Fraction, clock: Clock) -> NoteContent:
    """The notes and curves of events whose frames lie in the song; beat 0 lies at the song's beat `origin`."""

    def beat(frame: float) -> Fraction:
        exact = clock.simple_beat_at(round(frame)) - origin
        return max(Fraction(round(exact * TICKS), TICKS), Fraction(0))

    notes: list[NoteEvent] = []
    sounding: dict[tuple[str, int, int], MidiEvent] = {}
    bend: list[BendPoint] = []
    curves: dict[int, list[ControlPoint]] = {MODULATION: [], SUSTAIN: [], EXPRESSION: []}

    def end(start: MidiEvent, frame: float) -> None:
        first, last = max(start.frame, span.first), min(max(frame, span.first), span.last)
        length = max(beat(last) - beat(first), Fraction(1, TICKS))
        notes.append(NoteEvent(beat(first), length, start.first, start.second))

    for event in events:
        key = event.port, event.channel, event.first
        if event.starts or event.ends:
            if (before := sounding.pop(key, None)) is not None:
                end(before, event.frame)
            if event.starts:
                sounding[key] = event
        elif event.status & 0xF0 == WHEEL:
            _put(bend, BendPoint(float(beat(event.frame)), event.bend * BEND_SEMITONES))
        elif event.status & 0xF0 == CONTROL and event.first in curves:
            value = event.second / 127
            value = value**2 if event.first == EXPRESSION else value
            _put(curves[event.first], ControlPoint(float(beat(event.frame)), value))
    for start in sounding.values():
        end(start, span.last)
    notes.sort(key=lambda note: (note.start, note.pitch))
    return NoteContent(
        tuple(notes), bend=tuple(bend), modulation=tuple(curves[MODULATION]), sustain=tuple(curves[SUSTAIN]),
        expression=tuple(curves[EXPRESSION]),
    )  # fmt: skip


def merged(old: NoteContent, new: NoteContent) -> NoteContent:
    """What is recorded over notes that are there: both; a curve is the new one over the beats that it reaches over."""
    return replace(
        old,
        notes=old.notes + new.notes,
        bend=_over(old.bend, new.bend),
        modulation=_over(old.modulation, new.modulation),
        sustain=_over(old.sustain, new.sustain),
        expression=_over(old.expression, new.expression),
    )


def _counted_on(events: Sequence[MidiEvent], span: Span, rate: int) -> Iterator[_Placed]:
    """Events that lie in the span, their frames counted on through the rounds by the time between them."""
    length, first = span.last - span.first, None
    for event in events:
        if not event.moves or (event.starts and event.frame < span.first - EARLY_SECONDS * rate):
            continue
        if not span.rounds:
            if event.ends or event.frame < span.last:
                yield _Placed(event, event.frame)
            continue
        first = first or event
        waited = (event.time - first.time) * rate - (event.frame - first.frame)
        yield _Placed(event, event.frame + round(waited / length) * length)


def _put(curve: list[P], point: P) -> None:
    """Adds a point; of several at one beat the last one counts."""
    while curve and curve[-1].beat >= point.beat:
        curve.pop()
    curve.append(point)


def _over(old: tuple[P, ...], new: tuple[P, ...]) -> tuple[P, ...]:
    if not new:
        return old
    first, last = new[0].beat, new[-1].beat
    points = [point for point in old if point.beat < first]
    points += new
    points += [point for point in old if point.beat > last]
    return tuple(points)
