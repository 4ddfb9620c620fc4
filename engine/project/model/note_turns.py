"""The turns of a looped clip of notes: which beats of the song each of them covers, and all of them written out."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple, TypeVar

from engine.project.model.content import Stretch
from engine.project.model.notes import BendPoint, ControlPoint, NoteContent, NoteEvent
from engine.timing.clock import Clock

P = TypeVar("P", BendPoint, ControlPoint)

_MOST = 200_000  # notes and points of a loop that is written out


class Turn(NamedTuple):
    """A turn of a loop. All are beats of the song: of the content's beat 0, of the turn's start and of its end."""

    origin: Fraction
    start: Fraction
    end: Fraction


def loop_turns(part: Stretch, start: int, length: int, clock: Clock) -> Iterator[Turn]:
    """The turns, whole, of the loop that a clip plays which starts at frame `start` and has `length` frames.

    Every turn lasts `loop_length` frames, and its notes lie at the beats that follow its own start.
    """
    beat, turn = clock.simple_beat_at, start - part.loop_phase
    while turn < start + length:
        yield Turn(beat(turn - part.offset), beat(turn), beat(turn + part.loop_length))
        turn += part.loop_length


def turns_differ(content: NoteContent, start: int, length: int, clock: Clock) -> bool:
    """Whether the tempo changes while a loop repeats, so that its turns do not sound alike.

    False for a loop of so few frames that there would be too many turns.
    """
    stretches = clock.tempo_map.stretches
    if not content.loop_length or (len(stretches) == 1 and not stretches[0].slope):
        return False
    events = len(content.notes) + len(content.bend) + len(content.modulation) + len(content.sustain)
    if (length // content.loop_length + 1) * (events + len(content.expression)) > _MOST:
        return False
    first = clock.beat_at(start - content.loop_phase - max(content.offset, 0))
    last = clock.beat_at(start + length)
    spanned = clock.tempo_map.stretch_at(first)
    return bool(spanned.slope) or any(first < each.beat < last for each in stretches)


def written_out(content: NoteContent, start: int, length: int, clock: Clock) -> NoteContent:
    """The notes and curves of every turn one after another, without a loop; what a turn cuts off is not in them.

    Beat 0 lies where the first turn begins.
    """
    turns = list(loop_turns(content.stretch, start, length, clock))
    first = turns[0].start
    return replace(
        content,
        notes=tuple(note for turn in turns for note in _notes(content, turn, first)),
        bend=tuple(
            BendPoint(beat, point.semitones) for turn in turns for beat, point in _points(content.bend, turn, first)
        ),
        modulation=_curve(content.modulation, turns, first),
        sustain=_curve(content.sustain, turns, first),
        expression=_curve(content.expression, turns, first),
        offset=content.loop_phase,
        loop_length=0,
        loop_phase=0,
    )


def _notes(content: NoteContent, turn: Turn, first: Fraction) -> Iterator[NoteEvent]:
    for note in content.notes:
        start, end = max(turn.origin + note.start, turn.start), min(turn.origin + note.end, turn.end)
        if start < end:
            offset = note.offset if start == turn.origin + note.start else 0.0
            yield replace(note, start=start - first, length=end - start, offset=offset)


def _curve(curve: tuple[ControlPoint, ...], turns: list[Turn], first: Fraction) -> tuple[ControlPoint, ...]:
    return tuple(ControlPoint(beat, point.value) for turn in turns for beat, point in _points(curve, turn, first))


def _points(curve: tuple[P, ...], turn: Turn, first: Fraction) -> Iterator[tuple[float, P]]:
    """The points of a curve in a turn, the last one before it at its start, with their beats."""
    before: P | None = None
    inside: list[tuple[float, P]] = []
    for point in curve:
        at = turn.origin + Fraction(point.beat)
        if at <= turn.start:
            before = point
        elif at < turn.end:
            inside.append((float(at - first), point))
    if before is not None:
        yield float(turn.start - first), before
    yield from inside
