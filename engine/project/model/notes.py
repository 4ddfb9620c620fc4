"""Notes in a clip, and the curves of controllers beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, NoReturn, Self

from engine.errors import EditError
from engine.project.model.content import WHOLE_SOUND, AudioContent, Content, Retiming, Room, Stretch
from engine.project.model.instrument import Instrument
from engine.project.model.ranges import (
    CURVE_BEAT,
    NOTE_LENGTH,
    NOTE_OFFSET,
    NOTE_START,
    PITCH,
    SEMITONES,
    SHARE,
    VELOCITY,
    Frames,
    Offset,
)
from engine.project.model.source import Source


@dataclass(frozen=True, slots=True)
class NoteEvent:
    """A note. Times are quarter notes from the first beat of its content.

    `start` and `length` lie on the grid, exactly; it is played `offset` later (earlier, if negative): swing and a
    player's feel. For drums, `pitch` is the General MIDI drum.
    """

    start: Annotated[Fraction, NOTE_START]
    length: Annotated[Fraction, NOTE_LENGTH]
    pitch: Annotated[int, PITCH]
    velocity: Annotated[int, VELOCITY] = 96
    offset: Annotated[float, NOTE_OFFSET] = 0.0

    @property
    def end(self) -> Fraction:
        """Where it ends on the grid."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class BendPoint:
    """From `beat` on, up to the next point, all notes sound so many semitones higher."""

    beat: Annotated[float, CURVE_BEAT]
    semitones: Annotated[float, SEMITONES]


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """The value of a controller at `beat`, from 0 to 1."""

    beat: Annotated[float, CURVE_BEAT]
    value: Annotated[float, SHARE]


@dataclass(frozen=True, slots=True)
class NoteContent(Content):
    """Notes, which the instrument of the clip's track plays, or `instrument`, where the take brings its own.

    Their sound begins with beat 0 of the content, and is cut, moved under its clip and looped like audio; it goes on as
    silence for ever. `offset`, `loop_length` and `loop_phase` are those of its stretch (`Stretch`), in frames: a clip
    that comes to another tempo is `retimed`. Points of a curve are in the order of their beats. `modulation` is the
    depth of a vibrato, `sustain` the pedal (down from 0.5 on; a value holds until the next point), `expression` a gain,
    in straight lines from point to point.
    """

    notes: tuple[NoteEvent, ...]
    offset: Offset = 0
    loop_length: Frames = 0
    loop_phase: Frames = 0
    bend: tuple[BendPoint, ...] = ()
    modulation: tuple[ControlPoint, ...] = ()
    sustain: tuple[ControlPoint, ...] = ()
    expression: tuple[ControlPoint, ...] = ()
    instrument: Instrument | None = None

    @property
    def stretch(self) -> Stretch:
        """What of the sound of its notes it plays."""
        return Stretch("", self.offset, 0, self.loop_length, self.loop_phase)

    @property
    def follows_tempo(self) -> bool:
        """Whether it lasts a number of beats."""
        return True

    @property
    def end(self) -> Fraction:
        """The beat of the content at which its last note ends."""
        return max((note.start + note.length for note in self.notes), default=Fraction(0))

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        curves: tuple[tuple[BendPoint | ControlPoint, ...], ...]
        curves = (self.bend, self.modulation, self.sustain, self.expression)
        for curve in curves:
            beats = [point.beat for point in curve]
            if any(after < before for before, after in pairwise(beats)):
                return "has a curve whose points are not one after another"
        return self._sound.fault()

    def origin(self, start: int) -> int:
        """The song's frame of beat 0 in a clip that starts at `start`; of a loop, of the turn that sounds there."""
        return start - self.offset - self.loop_phase

    def trimmed(self, length: int, first: int, last: int) -> Self:
        """What a clip plays that covers the frames `first` to `last` (exclusive) of this one."""
        return self.like(self._sound.trimmed(length, first, last))

    def room(self, length: int, sources: Mapping[str, Source], rate: int) -> Room:
        """Any: silence lies before the first note and after the last."""
        return None, None

    def slipped(self, frames: int) -> Self:
        """The same, playing what it plays `frames` later under its clip (earlier, if negative)."""
        return self.like(self._sound.slipped(frames))

    def reversed(self, length: int) -> NoReturn:
        """Refuses."""
        raise EditError("Notes cannot be played backwards: bounce this clip into a file first.")

    def looped(self, length: int, loop_length: int, sources: Mapping[str, Source], rate: int) -> Self:
        """The same, repeating the first `loop_length` frames that it plays."""
        return self.like(self._sound.looped(length, loop_length, {}, rate))

    def unlooped(self, length: int, sources: Mapping[str, Source], rate: int) -> tuple[Self, int]:
        """The same, playing straight on, and how long its clip is then."""
        sound, length = self._sound.unlooped(length, {}, rate)
        return self.like(sound), length

    def runs_on(self, length: int, right: Content, right_length: int) -> bool:
        """Whether `right`, in a clip that follows without a gap, plays on where this ends, as after a split."""
        return self.plays_the_same(length, right, right_length, length)

    def plays_the_same(self, length: int, right: Content, right_length: int, later_by: int) -> bool:
        """Whether `right`, in a clip that begins `later_by` frames after this one, plays the same where both sound."""
        if not isinstance(right, NoteContent) or self.like(WHOLE_SOUND) != right.like(WHOLE_SOUND):
            return False
        return self._sound.plays_the_same(length, right._sound, right_length, later_by)

    def like(self, part: Stretch) -> Self:
        """The same notes with the offset and loop of `part`."""
        return replace(self, offset=part.offset, loop_length=part.loop_length, loop_phase=part.loop_phase)

    def without_instrument(self) -> Self:
        """The same played by the instrument of its track."""
        return replace(self, instrument=None) if self.instrument else self

    def retimed(self, retiming: Retiming) -> Self:
        """The same at another tempo, with what it plays in the same beats."""
        before, after = retiming.before, retiming.after
        origin = self.origin(retiming.start)
        first_beat = before.simple_beat_at(origin)
        first = after.frame_at(first_beat)

        def moved(frame: int) -> int:
            return after.frame_at(before.simple_beat_at(origin + frame)) - first

        if not self.loop_length:
            return replace(self, offset=retiming.new_start - first)
        offset = moved(self.offset)
        loop_length = max(moved(self.offset + self.loop_length) - offset, 1)
        phase = min(max(moved(self.offset + self.loop_phase) - offset, 0), loop_length - 1)
        return replace(self, offset=offset, loop_length=loop_length, loop_phase=phase)

    def kept_in_time(self, retiming: Retiming) -> Self:
        """The same at another tempo, sounding as it did before: every note at the beat that now lies where it lay."""
        before, after = retiming.before, retiming.after
        origin = self.origin(retiming.start)
        first, new_first = before.simple_beat_at(origin), after.simple_beat_at(origin)

        def exactly(beat: Fraction) -> Fraction:
            return after.simple_beat_at(before.frame_at(first + beat)) - new_first

        def roughly(beat: float) -> float:
            return max(float(exactly(Fraction(beat))), 0.0)

        notes = []
        for note in self.notes:
            start, end = max(exactly(note.start), Fraction(0)), exactly(note.end)
            feel = roughly(float(note.start) + abs(note.offset)) - roughly(float(note.start))
            length = max(end - start, NOTE_LENGTH.low)
            notes.append(replace(note, start=start, length=length, offset=feel if note.offset > 0 else -feel))
        return replace(
            self,
            notes=tuple(notes),
            bend=tuple(replace(point, beat=roughly(point.beat)) for point in self.bend),
            modulation=_moved(self.modulation, roughly),
            sustain=_moved(self.sustain, roughly),
            expression=_moved(self.expression, roughly),
        )

    @property
    def _sound(self) -> AudioContent:
        """The sound of its notes as if it were a file without an end, which says how it is cut and looped."""
        return AudioContent("", self.offset, 0, self.loop_length, self.loop_phase)


def _moved(curve: tuple[ControlPoint, ...], beat_of: Callable[[float], float]) -> tuple[ControlPoint, ...]:
    return tuple(replace(point, beat=beat_of(point.beat)) for point in curve)
