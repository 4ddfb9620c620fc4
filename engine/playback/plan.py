"""A song compiled for the mixer: flat, frozen, in frames and linear gains.

`compile_plan` keeps what did not change: a track whose `Track` and sources are the same objects as last time gives the
same `TrackPlan`, and a track of which only the fader moved gives the same tuple of placements. So the player's process
is sent only what is new.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.devices.registry import find_device
from engine.errors import AudioFileError, ProjectFileError
from engine.playback.comps import comp_spans, cut_part, fades_between
from engine.playback.contents import Setting, player_of
from engine.playback.gains import gain_of, pan_gains
from engine.project.curves import FramePoint, frame_points
from engine.project.model import (
    FADER,
    NO_FADE,
    PANNING,
    SEND_LEVEL,
    Clip,
    Content,
    Curve,
    Device,
    Fade,
    Lane,
    Project,
    Source,
    Target,
    Track,
)
from engine.project.model.content import Stretch
from engine.project.pool import sample_file
from engine.project.routing import Hearing
from engine.project.sample_file import SampleFile
from engine.timing.clock import Clock
from engine.timing.tempo_map import COMMON_TEMPO, TempoMap
from engine.wire import LOCAL


@dataclass(frozen=True, slots=True)
class Placement:
    """A stretch of a file that sounds from song frame `start` for `length` frames.

    Its frame t sounds file frame `first + t`, or `first + length − 1 − t` reversed. With a loop, u = (`loop_phase` + t)
    mod `loop_length` takes the place of t, and `loop_length` that of `length`. `gain` is linear (clip and take).
    Over `join_in` frames at its start and `join_out` at its end it crosses over, in equal power, with another take.
    `envelope`: points of a gain in (its frame, dB).
    """

    start: int
    length: int
    file: SampleFile
    first: int = 0
    gain: float = 1.0
    fade_in: Fade = NO_FADE
    fade_out: Fade = NO_FADE
    loop_length: int = 0
    loop_phase: int = 0
    reverse: bool = False
    join_in: int = 0
    join_out: int = 0
    envelope: tuple[tuple[int, float], ...] = ()

    @property
    def end(self) -> int:
        """The song frame after its last."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class ParameterCurve:
    """The automation of a device's parameter; with `steps` each point holds until the next."""

    parameter: str
    points: tuple[FramePoint, ...]
    steps: bool = False


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """A device that is on and known: a value for each parameter, and curves for those that are automated."""

    id: str
    kind: str
    values: Mapping[str, float]
    curves: tuple[ParameterCurve, ...] = ()
    sidechain: str = ""  # track whose sound controls it


@dataclass(frozen=True, slots=True)
class SendPlan:
    """A branch to a return, with its linear gain, or the points of its automation in dB."""

    to: str
    gain: float
    pre_fader: bool = False
    curve: tuple[FramePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """What a channel does beside its fader and a pan that stands still.

    group: where its sound goes; empty: the master. pan: the points of its automation.
    """

    devices: tuple[DevicePlan, ...] = ()
    sends: tuple[SendPlan, ...] = ()
    group: str = ""
    pan: tuple[FramePoint, ...] = ()


NO_CHAIN = Chain()


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """A track: its placements sorted by start, its linear gain, its pan gains, its automation in (frame, dB).

    fader: the points of the fader's automation, which stands in the place of `gain`. chain: what else its channel does;
    None where that is nothing.
    """

    id: str
    name: str = ""
    placements: tuple[Placement, ...] = ()
    gain: float = 1.0
    left: float = 1.0
    right: float = 1.0
    audible: bool = True  # mute and solo resolved
    automation: tuple[tuple[int, float], ...] = ()
    fader: tuple[FramePoint, ...] = ()
    chain: Chain | None = None


@dataclass(frozen=True, slots=True)
class LoopFrames:
    """The stretch of the song that playback repeats while `on`: frames `start` to `end` (exclusive)."""

    start: int = 0
    end: int = 0
    on: bool = False


@dataclass(frozen=True)
class Plan:
    """A song to be rendered. `length` is the frame at which its last clip ends, heard or not.

    `missing` names the sources (ids) whose sound is not there; their clips are silent.
    """

    rate: int
    tracks: tuple[TrackPlan, ...] = ()
    master_gain: float = 1.0
    length: int = 0
    loop: LoopFrames = LoopFrames()
    tempo_map: TempoMap = COMMON_TEMPO
    master_fader: tuple[FramePoint, ...] = ()  # automation that stands in the place of `master_gain`
    master_devices: tuple[DevicePlan, ...] = ()  # before the master's fader
    missing: tuple[str, ...] = ()
    made: "_CompiledPlan | None" = field(
        default=None, repr=False, compare=False, metadata=LOCAL
    )  # what the next compile_plan keeps

    @property
    def has_graph(self) -> bool:
        """Whether channels do more than play clips at their levels, so that `playback.graph` has to render it."""
        return bool(self.master_fader or self.master_devices) or any(track.chain for track in self.tracks)


@dataclass(frozen=True, slots=True)
class _MadeClip:
    clip: Clip
    takes: tuple["_MadeTake", ...]  # that are heard, in order of their first parts
    start: int
    placements: tuple[Placement, ...]

    def take(self, number: int) -> "_MadeTake | None":
        """What was found of the take of that number."""
        return next((take for take in self.takes if take.number == number), None)


@dataclass(frozen=True, slots=True)
class _MadeTake:
    number: int
    content: Content
    file: SampleFile | None
    part: Stretch  # of the file

    @property
    def rendered(self) -> bool:
        """Whether its file was rendered from a recipe."""
        return self.content.derived


@dataclass(frozen=True, slots=True)
class _MadeTrack:
    track: Track
    clips: Mapping[str, _MadeClip]  # by id
    sources: frozenset[str]
    complete: bool  # no source was missing
    end: int
    plan: TrackPlan


@dataclass(frozen=True, slots=True)
class _CompiledPlan:
    folder: Path
    clock: Clock
    sources: Mapping[str, Source]
    files: dict[str, tuple[Source, SampleFile]]
    tracks: dict[str, _MadeTrack]


def compile_plan(project: Project, folder: Path, previous: Plan | None = None) -> Plan:
    """The plan of `project`, whose audio is in `folder`. Unchanged parts are the objects of `previous`.

    Any thread. Looks files up, decodes nothing: sources that are missing or not prepared yet are listed in
    `Plan.missing` and looked up again by the next call.
    """
    clock = project.clock
    cache = earlier = previous.made if previous else None
    if cache and (cache.folder, cache.clock.rate, cache.clock.tempo_map.tempos) != (
        folder,
        clock.rate,
        clock.tempo_map.tempos,
    ):
        cache = None
    files = _Files(folder, project, cache)
    routing = Routing(project, clock)
    tracks: dict[str, _MadeTrack] = {}
    for track in project.tracks:
        old = cache.tracks.get(track.id) if cache else None
        if old and old.track is track and old.complete and files.unchanged(old.sources):
            new = old
        else:
            sounding = earlier.tracks.get(track.id) if earlier else None
            new = _compile_track(track, clock, files, old, sounding)
        audible, chain = routing.audible(track), routing.chain(track)
        if new.plan.audible != audible or new.plan.chain != chain:
            new = replace(new, plan=replace(new.plan, audible=audible, chain=chain))
        tracks[track.id] = new
    loop = project.loop
    return Plan(
        rate=project.rate,
        tracks=tuple(track.plan for track in tracks.values()),
        master_gain=gain_of(project.master_gain_db),
        length=max((track.end for track in tracks.values()), default=0),
        loop=LoopFrames(clock.frames(loop.start), clock.frames(loop.end), loop.on),
        tempo_map=clock.tempo_map,
        master_fader=routing.points(project.master_lanes, FADER.id),
        master_devices=routing.devices(project.master_devices, project.master_lanes),
        missing=tuple(sorted(files.missing)),
        made=_CompiledPlan(folder, clock, project.sources, files.known, tracks),
    )


class Routing:
    """What the channels of a song do beside playing clips at their levels. Nothing where no channel does more.

    Devices that are off, or that this version does not know, are left out.
    """

    def __init__(self, project: Project, clock: Clock) -> None:
        self._clock = clock
        self._hearing = Hearing(project)
        self._known = {track.id for track in project.tracks}

    def audible(self, track: Track) -> bool:
        """Whether a track's own sound goes on, mute and solo resolved."""
        return self._hearing.audible(track)

    def chain(self, track: Track) -> Chain | None:
        """What a track's channel does; None where that is nothing."""
        if not (track.devices or track.sends or track.group or track.lanes):
            return None
        sends = (
            SendPlan(send.to, gain_of(send.gain_db), send.pre_fader, self.points(track.lanes, SEND_LEVEL.id, send.to))
            for send in track.sends
            if send.to in self._known and self._hearing.sends(track, send.to)
        )
        chain = Chain(
            self.devices(track.devices, track.lanes),
            tuple(sends),
            track.group if track.group in self._known else "",
            self.points(track.lanes, PANNING.id),
        )
        return None if chain == NO_CHAIN else chain

    def points(self, lanes: Iterable[Lane], parameter: str, send: str = "") -> tuple[FramePoint, ...]:
        """The automation of a channel's own parameter, or of a send; empty where there is none."""
        target = Target(parameter, send=send)
        return next((frame_points(lane.curve, self._clock) for lane in lanes if lane.target == target), ())

    def devices(self, devices: Iterable[Device], lanes: Sequence[Lane]) -> tuple[DevicePlan, ...]:
        """The devices that are on and known."""
        return tuple(
            DevicePlan(
                device.id,
                device.kind,
                spec.values(device.values),
                tuple(
                    ParameterCurve(parameter.id, frame_points(lane.curve, self._clock), parameter.whole)
                    for lane in lanes
                    if lane.target.device == device.id
                    and lane.curve.points
                    and (parameter := spec.parameter(lane.target.parameter))
                ),
                device.sidechain if device.sidechain in self._known and spec.sidechain else "",
            )
            for device in devices
            if device.enabled and (spec := find_device(device.kind))
        )


class _Files:
    """The sample files of a project's sources, looked up once for each `Source` object."""

    def __init__(self, folder: Path, project: Project, cache: _CompiledPlan | None) -> None:
        self.folder = folder
        self._sources = project.sources
        self._rate = project.rate
        self._old = cache.files if cache else {}
        self.known = dict(self._old)
        self.missing: set[str] = set()
        self._changed: set[str] = set()
        self._asked: set[str] = set()
        if cache and cache.sources is not project.sources:
            get = project.sources.get
            self._changed = {source_id for source_id, (source, _) in self._old.items() if get(source_id) is not source}

    def unchanged(self, ids: frozenset[str]) -> bool:
        """Whether every one of these sources, which all had a file last time, still has the same file."""
        return all(self.find(source_id) is self._old[source_id][1] for source_id in self._changed & ids)

    def find(self, source_id: str) -> SampleFile | None:
        """The file of a source, or None (and listed in `missing`) where it cannot be played."""
        old = self.known.get(source_id)
        if old and (source_id in self._asked or source_id not in self._changed):
            return old[1]
        if source_id in self.missing:
            return None
        source = self._sources.get(source_id)
        try:
            file = sample_file(self.folder, source, self._rate) if source else None
        except (AudioFileError, ProjectFileError):
            file = None
        self._asked.add(source_id)
        if source is None or file is None:
            self.known.pop(source_id, None)
            self.missing.add(source_id)
            return None
        if old and file.growing and replace(old[1], frames=file.frames) == file:
            file = old[1]  # the player follows a growing file's size itself
        self.known[source_id] = (source, file)
        return file


def _compile_track(
    track: Track, clock: Clock, files: _Files, old: _MadeTrack | None, sounding: _MadeTrack | None
) -> _MadeTrack:
    """The track compiled; `old` lends what did not change, `sounding` what goes on until a new sound is rendered."""
    clips: dict[str, _MadeClip] = {}
    unchanged = old is not None and len(old.clips) == len(track.clips)
    unready = False
    setting = Setting(files.folder, clock, track)
    for clip in track.clips:
        compiled = old.clips.get(clip.id) if old else None
        start = compiled.start if compiled and compiled.clip is clip else clock.frames(clip.position)
        before = compiled or (sounding.clips.get(clip.id) if sounding else None)
        takes = []
        for number in (clip.take,) if not clip.comp else dict.fromkeys(part.take for part in clip.take_parts):
            take, waits = _sound_of(clip, number, start, setting, files, before)
            unready = unready or waits
            takes.append(take)
        same = compiled is not None and compiled.clip is clip and _same(compiled.takes, takes)
        if compiled is None or not same:
            compiled = _MadeClip(clip, tuple(takes), start, _placements(clip, start, takes, clock.rate))
            unchanged = False
        clips[clip.id] = compiled
    if unchanged and old:
        placements = old.plan.placements
    else:
        every_placement = (placement for compiled in clips.values() for placement in compiled.placements)
        placements = tuple(sorted(every_placement, key=lambda placement: placement.start))
    end = max((compiled.start + compiled.clip.length for compiled in clips.values()), default=0)
    left, right = pan_gains(track.pan)
    fader = next((lane.curve for lane in track.lanes if lane.target == Target(FADER.id)), Curve())
    plan = TrackPlan(
        id=track.id,
        name=track.name,
        placements=placements,
        gain=1.0 if fader.points else gain_of(track.gain_db),
        left=left,
        right=right,
        audible=old.plan.audible if old else True,
        automation=tuple((clock.frames(point.position), point.gain_db) for point in track.automation),
        fader=frame_points(fader, clock),
        chain=old.plan.chain if old else None,
    )
    sources = frozenset(
        source for clip in clips.values() for take in clip.takes if (source := take.content.stretch.source)
    )
    complete = files.missing.isdisjoint(sources) and not unready
    return _MadeTrack(track, clips, sources, complete, end, plan)


def _same(before: Sequence[_MadeTake], now: Sequence[_MadeTake]) -> bool:
    """Whether the takes of a clip that did not change sound from the same parts of the same files."""
    return len(before) == len(now) and all(
        a.number == b.number and a.file is b.file and (not b.rendered or a.part == b.part)
        for a, b in zip(before, now, strict=True)
    )


def _sound_of(
    clip: Clip, number: int, start: int, setting: Setting, files: "_Files", before: _MadeClip | None
) -> tuple[_MadeTake, bool]:
    """What of which file a take of a clip plays, and whether its own sound is not rendered yet.

    Until it is, what the take played `before` sounds on.
    """
    content = clip.takes[number].content
    player, part = player_of(content), content.stretch
    file = player.find(content, start, clip.length, setting, files.find)
    if not content.derived:
        return _MadeTake(number, content, file, part), False
    part = player.part(content, start, clip.length, setting.clock)
    earlier = before.take(number) if before else None
    if earlier is None or earlier.file is None or (file is not None and file != earlier.file):
        return _MadeTake(number, content, file, part), file is None
    other = not earlier.rendered or bool(earlier.part.loop_length) != bool(part.loop_length)
    if file is None and other:
        part = earlier.part  # what it was sounds on, as one turn of a loop does, or all of them
    return _MadeTake(number, content, earlier.file, part), file is None


def _placements(clip: Clip, start: int, takes: Sequence[_MadeTake], rate: int) -> tuple[Placement, ...]:
    """What the mixer plays of a clip: one stretch, or one for each part of its comp."""
    if not clip.comp:
        [take] = takes
        placement = placed(clip, start, take.file, take.part) if take.file else None
        return (placement,) if placement else ()
    by_number = {take.number: take for take in takes}
    placements = []
    for first, last, join_in, join_out, number in comp_spans(clip, rate):
        take = by_number[number]
        if take.file is None:
            continue
        part = cut_part(take.part, clip.length, first, last)
        alone = replace(clip, take=number, length=last - first, fade_in=NO_FADE, fade_out=NO_FADE)
        placement = placed(alone, start + first, take.file, part)
        if placement:
            fade_in, fade_out = fades_between(clip, first, last)
            envelope = tuple((frame - first, gain_db) for frame, gain_db in placement.envelope)
            placements.append(
                replace(
                    placement, fade_in=fade_in, fade_out=fade_out, join_in=join_in, join_out=join_out, envelope=envelope
                )
            )
    return tuple(placements)


def placed(clip: Clip, start: int, file: SampleFile, part: Stretch) -> Placement | None:
    """What of `file`, the sound of a clip, the mixer plays from song frame `start`; None where it is not heard.

    `part` is what of the file the clip plays.
    """
    gain = gain_of(clip.gain_db) * gain_of(clip.chosen.gain_db)
    if clip.mute or gain == 0.0 or clip.length <= 0:
        return None
    envelope = tuple((point.frame, point.gain_db) for point in clip.envelope)
    return replace(
        bare_placement(clip, start, file, part),
        gain=gain,
        fade_in=clip.fade_in,
        fade_out=clip.fade_out,
        envelope=envelope,
    )


def bare_placement(clip: Clip, start: int, file: SampleFile, part: Stretch) -> Placement:
    """What of `file` a clip plays from song frame `start`, before its gain and fades; `part` as for `placed`."""
    return Placement(
        start=start,
        length=clip.length,
        file=file,
        first=part.first,
        loop_length=part.loop_length,
        loop_phase=part.loop_phase,
        reverse=part.reverse,
    )
