"""The song."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Annotated

from engine.ids import new_id
from engine.project.model.channel import Device, Lane
from engine.project.model.clip import Clip
from engine.project.model.form import NamedSpan, without_overlap
from engine.project.model.ranges import BY_ID, IF_ANY, PROJECT_RATE, WHOLE, GainDb, Hue, Id
from engine.project.model.source import Source
from engine.project.model.track import Track
from engine.timing.clock import Clock
from engine.timing.position import SONG_START, Position
from engine.timing.signature import COMMON_TIME, Signature
from engine.timing.tempo_map import TEMPO, SignatureChange, TempoMap, TempoPoint, fault_of


@dataclass(frozen=True, slots=True)
class Marker:
    """A named place in the song."""

    id: Id
    position: Position
    name: str
    colour: Hue | None = None


_LOOP_END = Position.at_beat(16)


@dataclass(frozen=True, slots=True)
class LoopRegion:
    """The stretch that playback repeats while `on`."""

    start: Position = SONG_START
    end: Position = _LOOP_END
    on: bool = False

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        first, last = self.start, self.end
        backwards = first.frame is not None and last.frame is not None and first.frame >= last.frame
        backwards = backwards or (first.beat is not None and last.beat is not None and first.beat >= last.beat)
        return "ends before it starts" if backwards else ""


@dataclass(frozen=True, slots=True)
class Project:
    """A song."""

    id: Id
    name: str
    rate: Annotated[int, PROJECT_RATE] = 48000  # Hz
    tempo: Annotated[Fraction, TEMPO] = Fraction(120)  # quarter notes a minute
    signature: Signature = COMMON_TIME
    tracks: tuple[Track, ...] = ()
    sources: Annotated[Mapping[str, Source], BY_ID] = field(default_factory=dict)
    markers: tuple[Marker, ...] = ()  # in the order of their positions
    loop: Annotated[LoopRegion, WHOLE] = LoopRegion()
    master_gain_db: GainDb = 0.0
    tempo_changes: Annotated[tuple[TempoPoint, ...], IF_ANY] = ()  # after the start, in their order
    signature_changes: Annotated[tuple[SignatureChange, ...], IF_ANY] = ()  # after the start, in their order
    master_devices: Annotated[tuple[Device, ...], IF_ANY] = ()  # before the master's fader
    master_lanes: Annotated[tuple[Lane, ...], IF_ANY] = ()
    chords: Annotated[tuple[NamedSpan, ...], IF_ANY] = ()  # written by hand, in their order
    sections: Annotated[tuple[NamedSpan, ...], IF_ANY] = ()  # the same

    @property
    def clock(self) -> Clock:
        """The song's musical time."""
        return _CLOCKS.of(self)

    @property
    def tempo_map(self) -> TempoMap:
        """The song's tempos and time signatures, with what holds at its start."""
        return self.clock.tempo_map

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        for name, spans in (("chords", self.chords), ("sections", self.sections)):
            if not without_overlap(spans):
                return f"has {name} that overlap"
        return fault_of(*_changes_of(self))

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


def _changes_of(p: Project) -> tuple[tuple[TempoPoint, ...], tuple[SignatureChange, ...]]:
    return (
        (TempoPoint(Fraction(0), p.tempo), *p.tempo_changes),
        (SignatureChange(1, p.signature), *p.signature_changes),
    )


class _Clocks:
    """The clocks of the songs asked for last: all versions of a song with the same tempo map share one. Any thread."""

    KEPT = 8

    def __init__(self) -> None:
        self._clocks: tuple[tuple[Project, Clock], ...] = ()

    def of(self, p: Project) -> Clock:
        """The clock of `p`."""
        for values, clock in self._clocks:
            if (
                values.tempo is p.tempo
                and values.signature is p.signature
                and values.tempo_changes is p.tempo_changes
                and values.signature_changes is p.signature_changes
                and values.rate == p.rate
            ):
                return clock
        clock = Clock(p.rate, TempoMap(*_changes_of(p)))
        bare = replace(p, tracks=(), sources={}, markers=())
        self._clocks = ((bare, clock), *self._clocks[: self.KEPT - 1])
        return clock


_CLOCKS = _Clocks()


def new_project(
    name: str, *, rate: int = 48000, tempo: Fraction = Fraction(120), signature: Signature = COMMON_TIME
) -> Project:
    """An empty song."""
    return Project(new_id(), name, rate, tempo, signature)
