"""Where the frames of a warped sound lie: lines from frames of the source to frames of the stretched sound."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.project.model.content import AudioContent, Content, Stretch
from engine.project.model.source import Source
from engine.project.model.warp import WarpMarker, beat_of_frame, frame_of_beat
from engine.timing.clock import Clock
from engine.timing.position import Position

if TYPE_CHECKING:
    import numpy as np

Places = tuple[tuple[int, int], ...]
"""(frame of the source, frame of the stretched sound), each after the one before; straight lines lie between them."""

_PARTS = 1 << 20  # of a quarter note, to which the end of a sound is rounded
_EARLIEST = Fraction(1, 8)
"""By how much of a beat the first beat of a take may come before one of the song, rather than be left out."""
_MOST_TURNS = 10_000  # of a loop that is rendered turn by turn


def places_of(content: AudioContent, start: int, length: int, clock: Clock) -> Places:
    """Where the frames of a warped source come to lie whose clip starts at frame `start` and has `length` frames.

    Where the tempo changes under the clip, the lines bend on every beat; a reversed clip keeps the tempo of its start.
    """
    if is_steady(content, start, length, clock) or content.reverse:
        steady = Clock.steady(clock.rate, clock.tempo_at(Position.at_frame(max(start, 0))))
        return _increasing((marker.frame, steady.frame_at(marker.beat)) for marker in content.markers)
    return _bent(content, start - content.first - content.loop_phase, clock)


def is_steady(content: AudioContent, start: int, length: int, clock: Clock) -> bool:
    """Whether one tempo holds under a clip."""
    stretches = clock.tempo_map.stretches
    if len(stretches) == 1 and not stretches[0].slope:
        return True
    first, last = clock.beat_at(max(start, 0)), clock.beat_at(max(start + length, 0))
    return not clock.tempo_map.stretch_at(first).slope and not any(first < each.beat < last for each in stretches)


def turns_differ(content: AudioContent, start: int, length: int, clock: Clock) -> bool:
    """Whether the tempo changes while a warped loop repeats, so that each of its turns is stretched on its own."""
    if not content.warp or not content.loop_length or content.reverse or is_steady(content, start, length, clock):
        return False
    return length // content.loop_length < _MOST_TURNS


def turn_places(content: AudioContent, start: int, length: int, clock: Clock) -> Iterator[tuple[Places, int]]:
    """The turns of a loop over which the tempo changes: the places of each, from its frame 0 on, and its frames.

    Every turn lasts as many beats as the first. The first begins where the loop did that sounds at the clip's start.
    """
    turn = start - content.loop_phase
    begin, first = clock.simple_beat_at(turn), clock.simple_beat_at(turn - content.first)
    low, high = begin - first, clock.simple_beat_at(turn + content.loop_length) - first
    while (frame := clock.frame_at(begin)) < start + length:
        count = clock.frame_at(begin + high - low) - frame
        bent = _bent(content, clock.frame_at(begin - low), clock)
        origin = frame - clock.frame_at(begin - low)
        yield tuple((x, y - origin) for x, y in bent), count
        begin += high - low


def _bent(content: AudioContent, origin: int, clock: Clock) -> Places:
    """The places of a source whose first frame lies at frame `origin` of the song."""
    first, markers = clock.simple_beat_at(origin), content.markers
    last = markers[-1].beat
    beats = {marker.beat for marker in markers}
    beats |= {Fraction(number) - first for number in range(int(first) - 1, int(first + last) + 2)}
    beats |= {stretch.beat - first for stretch in clock.tempo_map.stretches}
    inside = sorted(beat for beat in beats if 0 <= beat <= last)
    return _increasing((round(frame_of_beat(markers, beat)), clock.frame_at(first + beat) - origin) for beat in inside)


def _increasing(places: Iterable[tuple[int, int]]) -> Places:
    """The places that lie after the one before in both sounds; the last one wins over what is too near to it."""
    result: list[tuple[int, int]] = []
    for place in places:
        while len(result) > 1 and (place[0] <= result[-1][0] or place[1] <= result[-1][1]):
            result.pop()
        if not result or (place[0] > result[-1][0] and place[1] > result[-1][1]):
            result.append(place)
    if len(result) < 2:
        result = [(0, 0), (1, 1)]
    return tuple(result)


def sound_frame(content: AudioContent, frame: int, start: int, clock: Clock) -> int:
    """The frame of the stretched sound at frame `frame` of the source, at the tempo where the clip starts."""
    steady = Clock.steady(clock.rate, clock.tempo_at(Position.at_frame(max(start, 0))))
    return steady.frame_at(beat_of_frame(content.markers, frame))


def source_frame(content: AudioContent, frame: int, start: int, clock: Clock) -> int:
    """The frame of the source at frame `frame` of the stretched sound, at the tempo where the clip starts."""
    steady = Clock.steady(clock.rate, clock.tempo_at(Position.at_frame(max(start, 0))))
    return round(frame_of_beat(content.markers, steady.beat_at(frame)))


@dataclass(frozen=True, slots=True)
class SteadyBeats:
    """The beats of a sound at one tempo, in frames at the song's rate.

    frames: of the sound. first: where a beat lies. quarter: in a quarter note. step: quarter notes from beat to beat.
    """

    frames: int
    first: int
    quarter: float
    step: Fraction


def on_grid(content: AudioContent, start: int, clock: Clock, beats: SteadyBeats, *, begin: int) -> AudioContent:
    """A content that follows the tempo, with the beats of its sound on the song's.

    It begins with frame `begin` of the source, or up to ⅞ of a beat later; its clip, which keeps its length, starts at
    frame `start` of the song.
    """
    end = Fraction(round(beats.frames / beats.quarter * _PARTS), _PARTS)
    new = replace(content, warp=True, markers=(WarpMarker(0, Fraction(0)), WarpMarker(beats.frames, end)))
    origin = clock.simple_beat_at(start - new.loop_phase - sound_frame(new, begin, start, clock))
    grid = clock.tempo_map.stretch_at(clock.beats(Position.at_frame(max(start, 0)))).beat
    early = beats.step * _EARLIEST
    late = (origin + beat_of_frame(new.markers, beats.first) - grid + early) % beats.step - early
    return replace(new, shift=start - new.loop_phase - clock.frame_at(origin - late) - new.offset)


def source_on_grid(source: Source, start: int, clock: Clock, beats: SteadyBeats) -> AudioContent:
    """What a clip plays that starts at frame `start` with a generated sound whose beats lie on the song's."""
    return on_grid(AudioContent(source.id, limited=True), start, clock, beats, begin=0)


def even_markers(frames: int, rate: int, tempo: Fraction) -> tuple[WarpMarker, ...]:
    """The markers of a sound of `frames` frames at one tempo."""
    return WarpMarker(0, Fraction(0)), WarpMarker(frames, Clock.steady(rate, tempo).simple_beat_at(frames))


def played_part(content: AudioContent, start: int, length: int, clock: Clock) -> Stretch:
    """What a clip plays of its rendered sound."""
    if turns_differ(content, start, length, clock):
        return Stretch(content.source)
    return content.stretch


def warp_lines(content: Content, start: int, length: int, clock: Clock) -> "tuple[np.ndarray, np.ndarray]":
    """Frames of a warped clip's stretched sound, and the frames of the source that lie there, float64, for drawing."""
    if not isinstance(content, AudioContent):
        raise TypeError(f"{type(content).__name__} is not warped")
    import numpy as np  # the shell reads songs without it

    places = np.array(places_of(content, start, length, clock), np.float64)
    return places[:, 1], places[:, 0]


def source_tempo(content: Content, rate: int) -> Fraction | None:
    """The tempo of a sound from its first warp marker to its last, in quarter notes a minute; None without markers."""
    if not isinstance(content, AudioContent) or len(content.markers) < 2:
        return None
    last = content.markers[-1]
    return round(last.beat * 60 * rate / last.frame, 3)
