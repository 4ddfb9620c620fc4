"""How the song's sounds fit it: each generated take is listened to once, lined up, and stretched if the user wishes.

What was heard is kept in the take's provenance under `fit` (`engine.analysis.fit.Fit`, with the grid at the start of
its source); a stretched take's has `stretched` besides, with the source and shift that it had before. A stretched take
is warped: it follows the song's tempo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.document import Document
from engine.analysis.key import CLEAR_KEY, Key, key_of
from engine.audio import Audio
from engine.generate.interface import Task
from engine.jobs import Context, Job
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take, Track
from engine.project.pool import prepare, read_samples
from engine.timing.signature import Signature

if TYPE_CHECKING:
    from engine.analysis.fit import Fit

QUEUE = "listening"
LINED_UP = (Task.GENERATE, Task.VARIATION)
"""Tasks whose takes stand alone; the others join a sound that is there, and must not be moved."""

_WAIT = 800  # ms after which new takes are listened to, so that generating and playing come first


@dataclass(frozen=True)
class _Wanted:
    """A source to listen to: the name of the clip that it was first met in, and the song's tempo and bars there."""

    source: Source
    name: str
    tempo: float
    signature: Signature

    @classmethod
    def of(cls, project: Project, clip: Clip, source: Source) -> "_Wanted":
        signature = project.clock.signature_at(clip.position)
        return cls(source, clip.name or source.name, tempo_of_clip(project, clip), signature)


class Fitting(QObject):
    """Listens to takes in the background. All methods and signals belong to the UI thread."""

    changed = Signal()
    """Something was heard, or listening began or ended."""

    def __init__(self, document: Document, busy: Callable[[], bool] = lambda: False) -> None:
        """Args: busy: whether the machine is needed for something better, so that listening should wait."""
        super().__init__()
        self._document, self._busy = document, busy
        self._wanted: dict[str, _Wanted] = {}
        self._heard: dict[str, Fit] = {}
        self._key: tuple[Project, Key | None] | None = None
        self._failed: set[str] = set()  # sources
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._listen)
        document.changed.connect(self._on_changed)
        document.opened.connect(self._forget)

    # what was heard

    def fit_of(self, clip: Clip, take: Take | None = None) -> "Fit | None":
        """How a clip's take (the chosen one) fits the song where it lies; None where it was not listened to."""
        fit = self._heard_in(take or clip.chosen)
        project = self._document.project
        if fit is None:
            return None
        return fit.in_song(tempo_of_clip(project, clip), grid_of(project, clip), project.rate)

    def listening_to(self, clip: Clip) -> bool:
        """Whether a clip waits to be heard, or is being."""
        return clip.chosen.source in self._wanted

    def failed_for(self, clip: Clip) -> bool:
        """Whether a clip's beats and key could not be measured the last time."""
        return clip.chosen.source in self._failed

    def song_key(self, project: Project | None = None) -> Key | None:
        """The song's key, from all that was heard in it; None where that says nothing clear."""
        project = project or self._document.project
        if self._key and self._key[0] is project:
            return self._key[1]
        chromas = []
        for track, clip in project.clips():
            fit = None if track.mute or clip.mute else self._heard_in(clip.chosen)
            if fit and fit.chroma:
                chromas.append(fit.chroma)
        key = key_of(chromas)
        self._key = (project, key if key and key.confidence >= CLEAR_KEY else None)
        return self._key[1]

    def key_name(self, project: Project) -> str:
        """The song's key, such as “A minor”; empty while it is not known."""
        key = self.song_key(project)
        return str(key) if key else ""

    def _heard_in(self, take: Take) -> "Fit | None":
        record = (take.provenance or {}).get("fit")
        if not isinstance(record, Mapping):
            return self._heard.get(take.source)
        from engine.analysis.fit import Fit

        return Fit.from_json(record)

    # listening

    def listen_to(self, clip: Clip) -> None:
        """Listens to a clip's chosen take now, such as an imported one."""
        source = self._document.project.sources.get(clip.chosen.source)
        if source and not source.growing:
            self._failed.discard(source.id)
            self._wanted[source.id] = _Wanted.of(self._document.project, clip, source)
            self._listen()
            self.changed.emit()

    def close(self) -> None:
        """Starts nothing more."""
        self._timer.stop()
        self._wanted.clear()

    def _forget(self) -> None:
        self._timer.stop()
        self._wanted.clear()
        self._failed.clear()
        self._heard.clear()
        self._key = None

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.id != new.id:
            return
        for clip, take in new_takes(old, new):
            source = new.sources[take.source]
            if source.id not in self._wanted:
                self._wanted[source.id] = _Wanted.of(new, clip, source)
                self._timer.start()

    def _listen(self) -> None:
        document = self._document
        if not self._wanted or document.folder is None or (self._job and not self._job.over):
            return
        if self._busy():
            self._timer.start()
            return
        waiting, folder, project = tuple(self._wanted.values()), document.folder, document.project

        def operation(context: Context) -> "tuple[Fit, ...]":
            from engine.inference.beat_analysis_client import LONGEST, listen

            sounds = [read_source(folder, each.source, project.rate, LONGEST, context) for each in waiting]
            expected = [each.tempo for each in waiting], [each.signature for each in waiting]
            return listen(sounds, *expected, context)

        def over() -> None:
            for each in waiting:
                self._wanted.pop(each.source.id, None)
            if self._wanted:
                self._timer.start()
            self.changed.emit()

        def done(fits: "tuple[Fit, ...]") -> None:
            if document.folder == folder:
                fits_by_source = {each.source.id: fit for each, fit in zip(waiting, fits, strict=True)}
                self._heard.update(fits_by_source)
                self._key = None
                document.amend_all(_Amendment(fits_by_source))
            over()

        def failed(_: str) -> None:
            self._failed.update(each.source.id for each in waiting)
            over()

        def again() -> None:
            if document.folder == folder:
                self._failed.difference_update(each.source.id for each in waiting)
                self._wanted.update((each.source.id, each) for each in waiting)
                self._listen()
                self.changed.emit()

        title = f"Listen to “{waiting[0].name}”" if len(waiting) == 1 else f"Listen to {len(waiting)} takes"
        self._job = document.jobs.submit(title, operation, done, failed, queue=QUEUE, again=again)

    # stretching

    def set_stretched(self, clip: Clip, on: bool) -> None:
        """Stretches a clip's chosen take to the song's grid, or takes its own tempo again; one undo step."""
        document, take, measured = self._document, clip.chosen, self._heard_in(clip.chosen)
        before = stretched_from(take)
        if not on and before:
            source, shift = before
            back = _of_source(take, source, shift, _with_stretch(take, None))
            document.apply("Take its own tempo", lambda p: edits.replace_take(p, clip.id, back))
        elif on and not before and measured and measured.measured_tempo:
            record = {"source": take.source, "shift": take.shift, "tempo": tempo_of_clip(document.project, clip)}
            quarter = 60 / measured.measured_tempo  # s
            step = Fraction(measured.beat / quarter).limit_denominator(4)

            def stretched(p: Project) -> Project:
                fit = measured.in_song(measured.tempo, 0.0, p.rate)
                new = edits.warp_take_to_grid(
                    p, clip.id, fit.shift_frames, measured.beat / float(step) * p.rate, step
                )  # fmt: skip
                chosen = next(each.chosen for _, each in new.clips() if each.id == clip.id)
                return edits.replace_take(new, clip.id, replace(chosen, provenance=_with_stretch(take, record)))

            document.apply("Stretch to the grid", stretched)


def tempo_of_clip(project: Project, clip: Clip) -> float:
    """The song's tempo where a clip starts, in beats a minute."""
    return float(project.clock.tempo_at(clip.position))


def grid_of(project: Project, clip: Clip) -> float:
    """A beat of the song, in seconds from the start of a clip's take, unshifted: the first of the clip's tempo."""
    clock = project.clock
    beat = clock.frame_at(clock.tempo_map.stretch_at(clock.beats(clip.position)).beat)
    return (clip.offset - (project.start_of(clip) - beat)) / project.rate


def stretched_from(take: Take) -> tuple[str, int] | None:
    """The source and shift that a stretched take had before; None for any other.

    In songs of earlier versions what is stretched is a source of its own.
    """
    record = ((take.provenance or {}).get("fit") or {}).get("stretched")
    if not isinstance(record, Mapping):
        return None
    source, shift = str(record["source"]), int(record["shift"])
    return (source, shift) if take.content.follows_tempo or take.source != source else None


def new_takes(old: Project, new: Project) -> list[tuple[Clip, Take]]:
    """The generated takes that `new` has over `old`, whole and not listened to; looks only at tracks that changed."""
    same = {id(track) for track in old.tracks} & {id(track) for track in new.tracks}
    before = {
        take.source for track in old.tracks if id(track) not in same for clip in track.clips for take in clip.takes
    }
    return [
        (clip, take)
        for track in new.tracks
        if id(track) not in same
        for clip in track.clips
        for take in clip.takes
        if take.provenance is not None
        and "fit" not in take.provenance
        and take.source not in before
        and (source := new.sources.get(take.source)) is not None
        and not source.growing
    ]


def read_source(folder: Path, source: Source, rate: int, seconds: float | None, context: Context) -> Audio:
    """A source's sound at the project's rate, from its start; any thread."""
    file = prepare(folder, source, rate, context)
    frames = file.frames if seconds is None else min(file.frames, round(seconds * rate))
    return Audio(read_samples(file, 0, frames), rate)


class _Amendment:
    """Writes what was heard into every take of these sources, and lines those up that stand alone."""

    def __init__(self, fits: "Mapping[str, Fit]") -> None:
        self._heard = fits
        self._done: dict[int, tuple[Track, Track]] = {}  # values of the history share most of their tracks

    def __call__(self, project: Project) -> Project:
        tracks = tuple(self._track(project, track) for track in project.tracks)
        same = all(one is other for one, other in zip(tracks, project.tracks, strict=True))
        return project if same else replace(project, tracks=tracks)

    def _track(self, project: Project, track: Track) -> Track:
        entry = self._done.get(id(track))
        if entry is None:
            clips = tuple(self._clip(project, clip) for clip in track.clips)
            same = all(one is other for one, other in zip(clips, track.clips, strict=True))
            entry = self._done[id(track)] = (track, track if same else replace(track, clips=clips))
        return entry[1]

    def _clip(self, project: Project, clip: Clip) -> Clip:
        takes = tuple(self._take(project, clip, take) for take in clip.takes)
        same = all(one is other for one, other in zip(takes, clip.takes, strict=True))
        return clip if same else replace(clip, takes=takes)

    def _take(self, project: Project, clip: Clip, take: Take) -> Take:
        fit, record = self._heard.get(take.source), take.provenance
        if fit is None or record is None or "fit" in record:
            return take
        shift = take.shift
        here = fit.in_song(tempo_of_clip(project, clip), grid_of(project, clip), project.rate)
        if here.on_tempo and record.get("task") in LINED_UP and not shift and not clip.reverse:
            shift = here.shift_frames
        return _of_source(take, take.source, shift, {**record, "fit": fit.to_json()})


def _of_source(take: Take, source: str, shift: int, provenance: Mapping[str, Any]) -> Take:
    return replace(take, content=take.content.of_source(source, shift), provenance=provenance)


def _with_stretch(take: Take, stretch: Mapping[str, Any] | None) -> dict[str, Any]:
    record = dict(take.provenance or {})
    fit = {name: value for name, value in dict(record.get("fit") or {}).items() if name != "stretched"}
    record["fit"] = {**fit, "stretched": dict(stretch)} if stretch else fit
    return record
