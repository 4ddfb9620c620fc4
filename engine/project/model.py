"""The project: immutable values, from the song down to a fade.

An edit is a function `Project -> Project` (see `engine.project.edits`). Unchanged parts keep their identity, so a view
or the player finds what changed with `is`. Times are positions (`engine.timing.position`) or frames at the project
rate; gains are in decibels, pans from −1 (left) to 1 (right). Mappings inside these values are never mutated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from engine.ids import new_id
from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.signature import COMMON_TIME, Signature

FORMAT_VERSION = 1
"""Version of the project file that this program writes."""

MIN_GAIN_DB, MAX_GAIN_DB = -96.0, 12.0
"""Gains at or below the minimum are silence."""

RATES = (22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000)
"""Project rates on offer, in hertz; any from `MIN_PROJECT_RATE` to `MAX_PROJECT_RATE` is accepted."""

MIN_PROJECT_RATE, MAX_PROJECT_RATE = 8000, 384_000

TRACK_HUES = 10
"""Number of track colours in the theme."""


class FadeShape(StrEnum):
    """The curve of a fade-in over x from 0 to 1; a fade-out is its mirror image."""

    LINEAR = "linear"  # x
    EQUAL_POWER = "equal_power"  # sin(pi/2 x): a crossfade of unrelated sounds keeps its power; see `correlation`
    S_CURVE = "s_curve"  # 3x² - 2x³


@dataclass(frozen=True, slots=True)
class Fade:
    """A fade at one end of a clip: `length` in frames.

    Where a clip was split inside a fade, either half has a part of it: `length` frames from frame `first` on of a fade
    of `whole` frames (0: there is no more of it than `length`). A part that does not reach the end of a fade-in, or
    does not begin with the start of a fade-out, is as long as its clip.
    """

    length: int = 0
    shape: FadeShape = FadeShape.LINEAR
    first: int = 0
    whole: int = 0
    correlation: float = 0.0
    """Of the sounds that an equal-power crossfade joins, 0 to 1: its gains are divided by √(1 + it · sin πx)."""

    @property
    def total(self) -> int:
        """Frames of the whole fade."""
        return self.whole or self.length

    @property
    def end(self) -> int:
        """The frame of the whole fade after the last of this part."""
        return self.first + self.length

    def part(self, first: int, end: int) -> "Fade":
        """The frames `first` to `end` (exclusive) of the whole fade."""
        if end <= first:
            return Fade(0, self.shape)
        is_whole = first == 0 and end == self.total
        return replace(self, length=end - first, first=first, whole=0 if is_whole else self.total)

    def stretched(self, length: int) -> "Fade":
        """The same way from its first gain to its last in `length` frames."""
        if length <= 0:
            return Fade(0, self.shape)
        if not self.whole:
            return replace(self, length=length)
        first = round(self.first * length / self.length)
        after = round((self.total - self.end) * length / self.length)
        return replace(self, length=length, first=first, whole=first + length + after if first or after else 0)


NO_FADE: Final = Fade()


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the project's audio.

    A sealed source is a file of the pool, named by the hash of its bytes and never changed: the very file that was
    imported, at its own rate and channel count. A growing source is raw float32 at the project rate and gets longer
    while something is being generated; `frames` is what is known to be ready.
    """

    id: str
    file: str  # relative to the project folder, with "/"
    name: str  # what the user knows it by
    rate: int  # Hz
    channels: int
    frames: int  # at its own rate
    subtype: str = ""  # libsndfile's word for the sample format, such as "PCM_24"
    growing: bool = False

    def frames_at(self, rate: int) -> int:
        """Its length in frames when played at `rate`."""
        return -(-self.frames * rate // self.rate)


@dataclass(frozen=True, slots=True)
class Take:
    """One of several sounds that lie under a clip; the clip plays the chosen one.

    `shift` (frames at the project rate) and `gain_db` line it up with the others. `provenance` says how a model made it
    (request, seed, model, version, hash of weights, chunks) in plain JSON values. Frame f of the take is frame
    `f + shift` of its source, played at the project rate.
    """

    id: str
    source: str  # Source.id
    name: str = ""
    shift: int = 0
    gain_db: float = 0.0
    provenance: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of a source placed on a track.

    Frame t of the clip (0 ≤ t < `length`) sounds frame `offset + t` of its take; reversed, `offset + length − 1 − t`.
    If `loop_length` is not 0 the clip repeats a loop: with u = (`loop_phase` + t) mod `loop_length` it sounds
    `offset + u`; reversed, `offset + loop_length − 1 − u`. (0 ≤ `loop_phase` < `loop_length`, and 0 without a loop; a
    loop may be longer than the clip.) What lies outside the source is silence. Fades lie at the clip's ends and never
    overlap.
    """

    id: str
    position: Position
    length: int  # frames at the project rate
    takes: tuple[Take, ...]
    take: int = 0  # index of the chosen take
    name: str = ""
    offset: int = 0  # frames at the project rate, into the take
    gain_db: float = 0.0
    fade_in: Fade = Fade()
    fade_out: Fade = Fade()
    loop_length: int = 0  # frames at the project rate; 0: no loop
    loop_phase: int = 0  # where in the loop the clip starts, frames
    reverse: bool = False
    mute: bool = False
    colour: int | None = None  # index of a track hue; None takes the track's

    @property
    def chosen(self) -> Take:
        """The take that sounds."""
        return self.takes[self.take]


@dataclass(frozen=True, slots=True)
class AutomationPoint:
    """The track's extra gain at a position; between points it runs straight in decibels."""

    position: Position
    gain_db: float


@dataclass(frozen=True, slots=True)
class Track:
    """A channel of the mixer and the clips on it; clips that overlap are added."""

    id: str
    name: str
    colour: int = 0  # index of a track hue
    gain_db: float = 0.0
    pan: float = 0.0
    mute: bool = False
    solo: bool = False
    clips: tuple[Clip, ...] = ()
    automation: tuple[AutomationPoint, ...] = ()
    height: int = 72  # px in the timeline

    def clip(self, clip_id: str) -> Clip | None:
        """The clip with that id, if it is on this track."""
        return next((clip for clip in self.clips if clip.id == clip_id), None)


@dataclass(frozen=True, slots=True)
class Marker:
    """A named place in the song."""

    id: str
    position: Position
    name: str
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class LoopRegion:
    """The stretch that playback repeats while `on`."""

    start: Position = Fraction(0)
    end: Position = Fraction(16)
    on: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A song."""

    id: str
    name: str
    rate: int = 48000  # Hz
    tempo: Fraction = Fraction(120)  # quarter notes a minute
    signature: Signature = COMMON_TIME
    tracks: tuple[Track, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    markers: tuple[Marker, ...] = ()  # in the order of their positions
    loop: LoopRegion = LoopRegion()
    master_gain_db: float = 0.0

    @property
    def clock(self) -> Clock:
        """The song's musical time."""
        return Clock(self.rate, self.tempo, self.signature)

    def track(self, track_id: str) -> Track | None:
        """The track with that id."""
        return next((track for track in self.tracks if track.id == track_id), None)

    def find_clip(self, clip_id: str) -> tuple[Track, Clip] | None:
        """The clip with that id and the track it is on."""
        for track in self.tracks:
            if clip := track.clip(clip_id):
                return track, clip
        return None

    def clips(self) -> Iterator[tuple[Track, Clip]]:
        """Every clip with its track, in the order of the tracks."""
        return ((track, clip) for track in self.tracks for clip in track.clips)

    def start_of(self, clip: Clip) -> int:
        """The first frame of `clip`."""
        return self.clock.frames(clip.position)

    def end_of(self, clip: Clip) -> int:
        """The frame after the last of `clip`."""
        return self.clock.frames(clip.position) + clip.length

    @property
    def length(self) -> int:
        """The frame at which the last clip ends."""
        clock = self.clock
        return max((clock.frames(clip.position) + clip.length for _, clip in self.clips()), default=0)


def new_project(
    name: str, *, rate: int = 48000, tempo: Fraction = Fraction(120), signature: Signature = COMMON_TIME
) -> Project:
    """An empty song."""
    return Project(new_id(), name, rate, tempo, signature)
