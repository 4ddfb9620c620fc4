"""A song compiled for the mixer: flat, frozen, in frames and linear gains.

`compile_plan` keeps what did not change: a track whose `Track` and sources are the same objects as last time gives the
same `TrackPlan`, and a track of which only the fader moved gives the same tuple of placements. So the player's process
is sent only what is new.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.errors import AudioFileError, ProjectFileError
from engine.playback.contents import Setting, player_of
from engine.playback.gains import gain_of, pan_gains
from engine.project.model import NO_FADE, Clip, Fade, Project, Source, Track
from engine.project.model.content import Stretch
from engine.project.pool import sample_file
from engine.project.sample_file import SampleFile
from engine.timing.clock import Clock
from engine.timing.tempo_map import COMMON_TEMPO, TempoMap
from engine.wire import LOCAL


@dataclass(frozen=True, slots=True)
class Placement:
    """A stretch of a file that sounds from song frame `start` for `length` frames.

    Its frame t sounds file frame `first + t`, or `first + length − 1 − t` reversed. With a loop, u = (`loop_phase` + t)
    mod `loop_length` takes the place of t, and `loop_length` that of `length`. `gain` is linear (clip and take).
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

    @property
    def end(self) -> int:
        """The song frame after its last."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class TrackPlan:
    """A track: its placements sorted by start, its linear gain, its pan gains, its automation in (frame, dB)."""

    id: str
    name: str = ""
    placements: tuple[Placement, ...] = ()
    gain: float = 1.0
    left: float = 1.0
    right: float = 1.0
    audible: bool = True  # mute and solo resolved
    automation: tuple[tuple[int, float], ...] = ()


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
    missing: tuple[str, ...] = ()
    made: "_CompiledPlan | None" = field(
        default=None, repr=False, compare=False, metadata=LOCAL
    )  # what the next compile_plan keeps


@dataclass(frozen=True, slots=True)
class _MadeClip:
    clip: Clip
    file: SampleFile | None
    part: Stretch  # of the file
    start: int
    placement: Placement | None


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
    any_solo = any(track.solo for track in project.tracks)
    tracks: dict[str, _MadeTrack] = {}
    for track in project.tracks:
        old = cache.tracks.get(track.id) if cache else None
        if old and old.track is track and old.complete and files.unchanged(old.sources):
            new = old
        else:
            sounding = earlier.tracks.get(track.id) if earlier else None
            new = _compile_track(track, clock, files, old, sounding)
        audible = not track.mute and (track.solo or not any_solo)
        if new.plan.audible != audible:
            new = replace(new, plan=replace(new.plan, audible=audible))
        tracks[track.id] = new
    loop = project.loop
    return Plan(
        rate=project.rate,
        tracks=tuple(track.plan for track in tracks.values()),
        master_gain=gain_of(project.master_gain_db),
        length=max((track.end for track in tracks.values()), default=0),
        loop=LoopFrames(clock.frames(loop.start), clock.frames(loop.end), loop.on),
        tempo_map=clock.tempo_map,
        missing=tuple(sorted(files.missing)),
        made=_CompiledPlan(folder, clock, project.sources, files.known, tracks),
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
        content = clip.content
        compiled = old.clips.get(clip.id) if old else None
        start = compiled.start if compiled and compiled.clip is clip else clock.frames(clip.position)
        player, part = player_of(content), content.stretch
        file = player.find(content, start, clip.length, setting, files.find)
        derived = not part.source
        if derived:
            part = player.part(content, start, clip.length, clock)
            before = compiled or (sounding.clips.get(clip.id) if sounding else None)
            if before and before.file and (file is None or file == before.file) and not before.clip.stretch.source:
                unready = unready or file is None
                if file is None and bool(before.part.loop_length) != bool(part.loop_length):
                    part = before.part  # one turn of a loop sounds on, or all of them do
                file = before.file
            elif file is None:
                unready = True
        if (
            compiled is None
            or compiled.clip is not clip
            or compiled.file is not file
            or (derived and compiled.part != part)
        ):
            compiled = _MadeClip(clip, file, part, start, placed(clip, start, file, part) if file else None)
            unchanged = False
        clips[clip.id] = compiled
    if unchanged and old:
        placements = old.plan.placements
    else:
        heard = (compiled.placement for compiled in clips.values() if compiled.placement)
        placements = tuple(sorted(heard, key=lambda placement: placement.start))
    end = max((compiled.start + compiled.clip.length for compiled in clips.values()), default=0)
    left, right = pan_gains(track.pan)
    plan = TrackPlan(
        id=track.id,
        name=track.name,
        placements=placements,
        gain=gain_of(track.gain_db),
        left=left,
        right=right,
        audible=old.plan.audible if old else True,
        automation=tuple((clock.frames(point.position), point.gain_db) for point in track.automation),
    )
    sources = frozenset(source for clip in track.clips if (source := clip.chosen.source))
    complete = files.missing.isdisjoint(sources) and not unready
    return _MadeTrack(track, clips, sources, complete, end, plan)


def placed(clip: Clip, start: int, file: SampleFile, part: Stretch) -> Placement | None:
    """What of `file`, the sound of a clip, the mixer plays from song frame `start`; None where it is not heard.

    `part` is what of the file the clip plays.
    """
    gain = gain_of(clip.gain_db) * gain_of(clip.chosen.gain_db)
    if clip.mute or gain == 0.0 or clip.length <= 0:
        return None
    return replace(bare_placement(clip, start, file, part), gain=gain, fade_in=clip.fade_in, fade_out=clip.fade_out)


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
