"""What a take holds, apart from where its clip lies: a clip is a place and a content.

Edits that only place clips never look inside a content; those that cut, turn or loop a clip ask it by the methods of
`Content`. What plays, draws, shows and stores a content is looked up by its type in one table each:
`engine.playback.contents`, `desktop.timeline.contents`, `desktop.inspector.contents`, `engine.cli.contents` and
`engine.project.codec.contents`. A new kind of content adds itself to the five and changes nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Final, NoReturn, Self

from engine.errors import EditError
from engine.project.model.ranges import Frames, Id, Offset
from engine.project.model.source import Source
from engine.project.model.warp import FINE_TUNE, TRANSPOSE, WarpMarker, marker_fault
from engine.timing.clock import Clock

Room = tuple[int | None, int | None]
"""Frames by which a clip can get longer at its (start, end) before it plays nothing; None: any number."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a sound a clip plays.

    Frame t of the clip (0 ≤ t < its length) sounds frame `offset + t`; reversed, `offset + length − 1 − t`. If
    `loop_length` is not 0 the clip repeats a loop: with u = (`loop_phase` + t) mod `loop_length` it sounds
    `offset + u`; reversed, `offset + loop_length − 1 − u`. (0 ≤ `loop_phase` < `loop_length`, and 0 without a loop; a
    loop may be longer than the clip.) Frame f here is frame `f + shift` of the sound, which lines takes up with each
    other. What lies outside the sound is silence. All are frames at the project rate.
    """

    source: Id  # Source.id; empty where the sound is no file of the song
    offset: Offset = 0
    shift: Offset = 0
    loop_length: Frames = 0  # 0: no loop
    loop_phase: Frames = 0  # where in the loop the clip starts
    reverse: bool = False

    @property
    def first(self) -> int:
        """The frame of the sound at which the stretch, or the loop, begins."""
        return self.offset + self.shift


@dataclass(frozen=True, slots=True)
class Retiming:
    """A clip that comes to another tempo: the clocks before and after, and the frames at which it starts in each."""

    before: Clock
    after: Clock
    start: int
    new_start: int


WHOLE_SOUND: Final = Stretch("")
"""A sound that is no file of the song, from its first frame on."""


class Content:
    """What a take holds. A frozen dataclass whose fields say in their types what they may hold; it never changes.

    `length` is always that of the clip, in frames at the project rate. What a kind of content does not offer raises an
    `EditError` for the user.
    """

    __slots__ = ()

    @property
    def stretch(self) -> Stretch:
        """What of its sound it plays."""
        return WHOLE_SOUND

    @property
    def derived(self) -> bool:
        """Whether its sound is rendered into a file of its own before it can be played."""
        return not self.stretch.source

    @property
    def follows_tempo(self) -> bool:
        """Whether it lasts a number of beats: at another tempo its clip has another length."""
        return False

    def retimed(self, retiming: Retiming) -> Self:
        """The same at another tempo, with what it plays in the same beats."""
        return self

    def kept_in_time(self, retiming: Retiming) -> Self:
        """The same at another tempo, sounding as it did before."""
        return self

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        return ""

    def trimmed(self, length: int, first: int, last: int) -> Self:
        """What a clip plays that covers the frames `first` to `last` (exclusive) of this one.

        `first` may lie before the clip (below 0), `last` after it. What is heard stays where it was.
        """
        self._refuse("be cut")

    def room(self, length: int, sources: Mapping[str, Source], rate: int) -> Room:
        """How much longer the clip can get before it plays nothing. Never negative."""
        return None, None

    def sounding_length(self, length: int, sources: Mapping[str, Source], rate: int) -> int:
        """The frames of the clip up to the last that lies inside its sound."""
        return length

    def slipped(self, frames: int) -> Self:
        """The same, playing what it plays `frames` later under its clip (earlier, if negative)."""
        self._refuse("be moved under its clip")

    def plays_whole(self, length: int, sources: Mapping[str, Source], rate: int) -> str:
        """The id of the source that a clip of that length plays from end to end as it is; empty where it does not."""
        return ""

    def reversed(self, length: int) -> Self:
        """The same played backwards."""
        self._refuse("be reversed")

    def looped(self, length: int, loop_length: int, sources: Mapping[str, Source], rate: int) -> Self:
        """The same, repeating the first `loop_length` frames that it plays, or what there is of them."""
        self._refuse("repeat a loop")

    def unlooped(self, length: int, sources: Mapping[str, Source], rate: int) -> tuple[Self, int]:
        """The same, playing straight on, and how long its clip is then."""
        return self, length

    def runs_on(self, length: int, right: "Content", right_length: int) -> bool:
        """Whether `right`, in a clip that follows without a gap, plays on where this ends, as after a split."""
        return self.trimmed(length, length, length + right_length) == right

    def plays_the_same(self, length: int, right: "Content", right_length: int, later_by: int) -> bool:
        """Whether `right`, in a clip that begins `later_by` frames after this one, plays the same where both sound."""
        return self.trimmed(length, later_by, later_by + right_length) == right

    def like(self, part: Stretch) -> Self:
        """The same with the offset, loop and direction of `part`, which another take of its clip plays."""
        return self

    def of_source(self, source_id: str, shift: int) -> Self:
        """The same stretch of another source, lined up by `shift`."""
        self._refuse("play another file")

    def relinked(self, source_id: str, other_id: str) -> Self:
        """The same with another source in the place of the one that it plays."""
        return self

    def flat(self) -> Self:
        """The same without a shift of its own: it is a part of the offset."""
        return self

    def without_instrument(self) -> Self:
        """The same played by the instrument of its track."""
        return self

    def _refuse(self, what: str) -> NoReturn:
        raise EditError(f"This clip holds no audio and cannot {what}: bounce it into a file first.")


@dataclass(frozen=True, slots=True)
class AudioContent(Stretch, Content):
    """A stretch of one of the song's sources, which may follow the tempo and be transposed.

    With `warp` the source is stretched so that its `markers` lie on their beats, and the fields of `Stretch` count
    frames of the stretched sound, whose frame 0 is that of the source; it is `retimed` with the tempo, and silence lies
    around it. Without it they count frames of the source, and the markers wait. `transpose` is in semitones,
    `fine_tune` in cents; neither changes how long it lasts. With `limited` the stretched or transposed sound stays
    under the ceiling of generated sound (`engine.peak_limiter`), as its source does.
    """

    warp: bool = False
    markers: tuple[WarpMarker, ...] = ()
    transpose: Annotated[int, TRANSPOSE] = 0
    fine_tune: Annotated[float, FINE_TUNE] = 0.0
    limited: bool = False

    @property
    def stretch(self) -> Stretch:
        """What of its source it plays."""
        return self

    @property
    def derived(self) -> bool:
        """Whether its sound is rendered: warped or transposed."""
        return self.warp or self.transpose != 0 or self.fine_tune != 0.0

    @property
    def follows_tempo(self) -> bool:
        """Whether it lasts a number of beats: warped."""
        return self.warp

    @property
    def semitones(self) -> float:
        """By how much it is transposed in all."""
        return self.transpose + self.fine_tune / 100

    def retimed(self, retiming: Retiming) -> Self:
        """The same at another tempo, with what it plays in the same beats."""
        if not self.warp:
            return self
        before, after = retiming.before, retiming.after
        part = self.flat()
        origin = retiming.start - (0 if self.reverse else part.offset) - self.loop_phase
        first_beat = before.simple_beat_at(origin)
        first = after.frame_at(first_beat)

        def moved(frame: int) -> int:
            return after.frame_at(before.simple_beat_at(origin + frame)) - first

        if not self.loop_length:
            return replace(part, offset=moved(part.offset) if self.reverse else retiming.new_start - first)
        offset = moved(part.offset)
        loop_length = max(moved(part.offset + self.loop_length) - offset, 1)
        phase = min(max(moved(part.offset + self.loop_phase) - offset, 0), loop_length - 1)
        return replace(part, offset=offset, loop_length=loop_length, loop_phase=phase)

    def kept_in_time(self, retiming: Retiming) -> Self:
        """The same at another tempo, sounding as it did before: its markers at the beats that now lie there."""
        if not self.warp:
            return self
        before, after = retiming.before, retiming.after
        origin = retiming.start - self.first - self.loop_phase
        first, new_first = before.simple_beat_at(origin), after.simple_beat_at(origin)
        markers = tuple(
            replace(marker, beat=after.simple_beat_at(before.frame_at(first + marker.beat)) - new_first)
            for marker in self.markers
        )
        return replace(self, markers=(replace(markers[0], beat=Fraction(0)), *markers[1:]))

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        if self.warp and not self.markers:
            return "is warped without warp markers"
        if fault := marker_fault(self.markers):
            return fault
        return "starts outside its loop" if self.loop_phase >= max(self.loop_length, 1) else ""

    def trimmed(self, length: int, first: int, last: int) -> Self:
        """What a clip plays that covers the frames `first` to `last` (exclusive) of this one."""
        if self.loop_length:
            return replace(self, loop_phase=(self.loop_phase + first) % self.loop_length)
        return replace(self, offset=self.offset + (length - last if self.reverse else first))

    def material(self, sources: Mapping[str, Source], rate: int) -> tuple[int, int] | None:
        """(first, frame after the last) of the frames that hold sound; None while the source is unknown or grows.

        None, too, where it is warped: silence lies around the stretched sound.
        """
        source = sources.get(self.source)
        if source is None or source.growing or self.warp:
            return None
        return -self.shift, source.frames_at(rate) - self.shift

    def room(self, length: int, sources: Mapping[str, Source], rate: int) -> Room:
        """How much longer the clip can get before it plays nothing.

        A clip that already reaches beyond its sound has no room there. While its source grows, its end has any.
        """
        if self.loop_length:
            return None, None
        limits = self.material(sources, rate)
        if self.warp:
            return None, None
        if limits is None:
            before = max(self.first, 0) if self.source in sources else None
            return (None, before) if self.reverse else (before, None)
        low, high = max(self.offset - limits[0], 0), max(limits[1] - self.offset - length, 0)
        return (high, low) if self.reverse else (low, high)

    def sounding_length(self, length: int, sources: Mapping[str, Source], rate: int) -> int:
        """The frames of the clip up to the last that lies inside its sound."""
        source = sources.get(self.source)
        if source is None or source.growing or self.warp:
            return length
        period = self.loop_length or length
        low = max(-self.first, 0)
        high = min(source.frames_at(rate) - self.first, period)  # of the stretch, what has sound
        if self.reverse:
            low, high = period - high, period - low
        if high <= low:
            return 0
        if not self.loop_length:
            return high
        last = (self.loop_phase + length - 1) % period  # where in the loop the clip ends
        beyond = last + 1 - high if last >= high else 0 if last >= low else last + 1 + period - high
        return max(length - beyond, 0)

    def plays_whole(self, length: int, sources: Mapping[str, Source], rate: int) -> str:
        """The id of the source that a clip of that length plays from end to end as it is; empty where it does not."""
        source = sources.get(self.source)
        if source is None or source.growing or self.derived or self.loop_length or self.reverse or self.first:
            return ""
        return self.source if length == source.frames_at(rate) else ""

    def slipped(self, frames: int) -> Self:
        """The same, playing what it plays `frames` later under its clip (earlier, if negative)."""
        if self.loop_length:
            return replace(self, loop_phase=(self.loop_phase - frames) % self.loop_length)
        return replace(self, offset=self.offset + (frames if self.reverse else -frames))

    def reversed(self, length: int) -> Self:
        """The same played backwards."""
        phase = -(self.loop_phase + length) % self.loop_length if self.loop_length else 0
        return replace(self, reverse=not self.reverse, loop_phase=phase)

    def looped(self, length: int, loop_length: int, sources: Mapping[str, Source], rate: int) -> Self:
        """The same, repeating the first `loop_length` frames that it plays, or what there is of them."""
        first, last = self.offset, self.offset + (self.loop_length or length)
        limits = self.material(sources, rate)
        if limits is not None:
            most = last - limits[0] if self.reverse else limits[1] - first
            loop_length = min(loop_length, max(most, last - first, 1))
        offset = last - loop_length if self.reverse else first
        return replace(self, offset=offset, loop_length=loop_length, loop_phase=self.loop_phase % loop_length)

    def unlooped(self, length: int, sources: Mapping[str, Source], rate: int) -> tuple[Self, int]:
        """The same, playing straight on, and how long its clip is then: no longer than the sound that follows."""
        if not self.loop_length:
            return self, length
        first, last = self.offset, self.offset + self.loop_length
        limits = self.material(sources, rate)
        left = last - first - self.loop_phase  # frames until the loop first comes round
        most = left
        if limits is not None:
            most = last - self.loop_phase - limits[0] if self.reverse else limits[1] - first - self.loop_phase
        length = min(length, max(most, left))
        offset = last - self.loop_phase - length if self.reverse else first + self.loop_phase
        return replace(self, offset=offset, loop_length=0, loop_phase=0), length

    def runs_on(self, length: int, right: Content, right_length: int) -> bool:
        """Whether `right`, in a clip that follows without a gap, plays on where this ends, as after a split."""
        return self.plays_the_same(length, right, right_length, length)

    def plays_the_same(self, length: int, right: Content, right_length: int, later_by: int) -> bool:
        """Whether `right`, in a clip that begins `later_by` frames after this one, plays the same where both sound."""
        other = right.stretch
        if (self.source, self.loop_length, self.reverse) != (other.source, other.loop_length, other.reverse):
            return False
        if not isinstance(right, AudioContent) or self._sounding != right._sounding:
            return False
        if cycle := self.loop_length:
            return self.first == other.first and (self.loop_phase + later_by - other.loop_phase) % cycle == 0
        if self.reverse:
            return self.first + length - later_by == other.first + right_length
        return self.first + later_by == other.first

    def like(self, part: Stretch) -> Self:
        """The same with the offset, loop and direction of `part`, which another take of its clip plays."""
        return replace(
            self,
            offset=part.offset,
            loop_length=part.loop_length,
            loop_phase=part.loop_phase,
            reverse=part.reverse,
        )

    def of_source(self, source_id: str, shift: int) -> Self:
        """The same stretch of another source, lined up by `shift`, at its own speed."""
        return replace(self, source=source_id, shift=shift, warp=False, markers=(), limited=False)

    @property
    def _sounding(self) -> tuple[object, ...]:
        """What decides how its source is rendered."""
        return self.warp and self.markers, self.transpose, self.fine_tune, self.derived and self.limited

    def relinked(self, source_id: str, other_id: str) -> Self:
        """The same with another source in the place of the one that it plays."""
        return replace(self, source=other_id) if self.source == source_id else self

    def flat(self) -> Self:
        """The same without a shift of its own: it is a part of the offset."""
        return replace(self, offset=self.first, shift=0) if self.shift else self
