"""The audio of the open song: files on their way in, files that are missing, and what playback needs made."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import SignalInstance

from desktop.jobs import JobCentre
from engine.dawproject import is_dawproject
from engine.errors import AudioFileError, shown
from engine.ids import new_id
from engine.jobs import Context, Job
from engine.midi import is_midi
from engine.project import edits
from engine.project.model import Clip, Project, Source
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.dawproject.reading import DawSong
    from engine.midi.reading import MidiSong
    from engine.playback.note_sound import NotePlayer
    from engine.project.file_facts import PlacedSounds
    from engine.project.files import ProjectFolder
    from engine.project.sample_file import SampleFile
    from engine.tags.reading import AudioTags

CHECK = "check"
"""The queue of the job that compares files with their hashes."""
RENDER = "render"
"""The queue of the job that renders the sound of clips that play no file of the song."""
AUDITION = "audition"
"""The queue of the job that renders a note that somebody wants to hear."""


_TURN = 0.5
"""Seconds of rendering after which what is ready is played."""


@dataclass(frozen=True)
class Coming:
    """A sound on its way into the song: a placeholder at `position` of a track (None: a new one).

    length: in frames at the project's rate; 0 while it is not known. generated: made, not imported. clip_id: of the
    clip under which it comes as further takes; empty where it will be a clip of its own.
    """

    id: str
    name: str
    track_id: str | None
    position: Position
    job: Job
    length: int = 0
    generated: bool = False
    clip_id: str = ""


@dataclass
class _Batch:
    """Files that come together, and arrive in one step when the last of them is ready."""

    folder: Path
    track_id: str | None
    position: Position
    keys: list[str] = field(default_factory=list)  # of their placeholders, in order
    names: list[str] = field(default_factory=list)
    ready: dict[str, Source] = field(default_factory=dict)  # by the keys
    tags: "dict[str, AudioTags]" = field(default_factory=dict)  # by the ids of the sources
    tempos: dict[str, Fraction] = field(default_factory=dict)  # that were heard, by the same
    over: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)  # name, sentence
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Rendered:
    """What came of a turn of rendering: why clips could not be, by their ids, and whether others still wait."""

    faults: dict[str, str]
    more: bool


class Song(Protocol):
    """What importing uses of a `Document`, which describes it."""

    @property
    def folder(self) -> Path | None:
        """The song's folder."""

    @property
    def project(self) -> Project:
        """The song as it is now."""

    @property
    def home(self) -> "ProjectFolder | None":
        """The song's folder on the disk."""

    @property
    def jobs(self) -> JobCentre:
        """Where work is done in the background."""

    @property
    def changed(self) -> SignalInstance:
        """Signals that the song is another value."""

    @property
    def coming_changed(self) -> SignalInstance:
        """Signals that imports began or ended."""

    @property
    def sources_changed(self) -> SignalInstance:
        """Signals that audio may be playable now."""

    @property
    def failed(self) -> SignalInstance:
        """Signals a sentence for the user."""

    def job_failed(self, sentence: str) -> None:
        """Signals why a job failed; nothing where the user cancelled it."""

    @property
    def offered(self) -> SignalInstance:
        """Signals a sentence for the user, and a button that does something."""

    def apply(self, name: str, edit: Callable[[Project], Project]) -> bool:
        """Carries out an edit."""

    def select(self, clips: Sequence[str]) -> None:
        """Selects clips."""


class Sounds:
    """Belongs to a document and the UI thread; the work is done in the document's job queue `work`."""

    def __init__(self, document: Song, play: "NotePlayer | None" = None) -> None:
        """`play` plays the notes of clips; without it they are played in this process."""
        self._document, self._play = document, play
        document.changed.connect(self._on_changed)
        self.coming: tuple[Coming, ...] = ()
        self.damaged: tuple[str, ...] = ()
        """Sources whose files have other bytes than when they came in; they sound all the same."""
        self.playhead = 0
        """The frame of the song that is heard."""
        self.warp_loops = True
        """Whether loops that come in follow the song's tempo."""
        self._rendering: Job | None = None
        self._heard: Job | None = None
        self._fault = ""  # why clips could not be rendered last time

    def set_playhead(self, frame: int) -> None:
        """Takes note of the frame of the song that is heard."""
        self.playhead = frame

    def import_files(self, paths: Sequence[Path], track_id: str | None, position: Position) -> None:
        """Brings audio files into the song in the background; they arrive together, as one step.

        On a track they follow one another from `position`, or on a new track below it where clips are in their way;
        without a track each gets one of its own there. MIDI and DAWproject files bring their own tracks, each in a step
        of its own.
        """
        folder, rate = self._document.folder, self._document.project.rate
        if folder is None:
            return
        for path in paths:
            if is_midi(path):
                self._import_midi(path, position)
            elif is_dawproject(path):
                self._import_dawproject(folder, path, position)
        paths = [path for path in paths if not is_midi(path) and not is_dawproject(path)]
        if not paths:
            return
        batch = _Batch(folder, track_id, position)
        comings = [self._import(rate, path, batch) for path in paths]
        self.coming = (*self.coming, *comings)
        self._document.coming_changed.emit()

    def _import_midi(self, path: Path, position: Position) -> None:
        folder, name = self._document.folder, shown(path.name)

        def operation(_: Context) -> "MidiSong":
            from engine.midi.reading import read_song

            return read_song(path)

        def done(song: "MidiSong") -> None:
            from engine.midi.importing import Placed, place_midi, with_tempo_of

            placings: list[Placed] = []

            def edit(project: Project) -> Project:
                placings[:] = [place_midi(project, song, position)]
                return placings[0].project

            document = self._document
            if document.folder != folder or not document.apply(f"Import {name}", edit):
                return
            placed = placings[0]
            document.select(placed.clip_ids)
            sentences = " ".join(placed.notices)
            if placed.tempo is not None:
                title = f"Tempo of {name}"

                def take_over() -> None:
                    if document.folder == folder:
                        document.apply(title, lambda p: with_tempo_of(p, song, position))

                document.offered.emit(sentences, "Use Its Tempo", take_over)
            elif sentences:
                document.failed.emit(sentences)

        self._document.jobs.submit(f"Import {name}", operation, done, self._document.job_failed)

    def _import_dawproject(self, folder: Path, path: Path, position: Position) -> None:
        document, name, rate = self._document, shown(path.name), self._document.project.rate
        notices: list[str] = []

        def operation(context: Context) -> "tuple[DawSong, dict[str, Source]]":
            from engine.dawproject.importing import import_sounds
            from engine.dawproject.reading import read_dawproject

            song = read_dawproject(path)
            return song, import_sounds(folder, path, song, rate, context, notices.append)

        def done(result: "tuple[DawSong, dict[str, Source]]") -> None:
            from engine.dawproject.importing import Placed, place_dawproject

            placings: list[Placed] = []

            def edit(project: Project) -> Project:
                placings[:] = [place_dawproject(project, *result, position)]
                return placings[0].project

            if document.folder != folder or not document.apply(f"Import {name}", edit):
                return
            document.select(placings[0].clip_ids)
            if sentences := [*notices, *placings[0].notices]:
                document.failed.emit(" ".join(sentences))

        document.jobs.submit(f"Import {name}", operation, done, document.job_failed)

    def cancel(self) -> None:
        """Stops all that is on its way."""
        for each in self.coming:
            self._document.jobs.cancel(each.job)
        self.coming = ()
        self._document.coming_changed.emit()

    def expect(self, coming: Coming) -> None:
        """Shows the placeholder of a sound until it has `arrived`."""
        self.coming = (*self.coming, coming)
        self._document.coming_changed.emit()

    def arrived(self, key: str) -> Coming | None:
        """Takes the placeholder with that id away and returns it; None when there is none any more."""
        arrival = next((each for each in self.coming if each.id == key), None)
        self.coming = tuple(each for each in self.coming if each.id != key)
        self._document.coming_changed.emit()
        return arrival

    def missing(self) -> list[Source]:
        """The sources whose files are not there."""
        home = self._document.home
        return home.missing(self._document.project) if home else []

    def to_locate(self) -> list[Source]:
        """The sources whose files are not there, or are not what came in any more."""
        sources = self._document.project.sources
        return [*self.missing(), *(sources[each] for each in self.damaged if each in sources)]

    def add_damaged(self, sources: Sequence[str]) -> None:
        """Offers sources, by their ids, to be located whose files were found to have other bytes than they had."""
        self.damaged = tuple(dict.fromkeys((*self.damaged, *sources)))

    def check(self, done: Callable[[str], object]) -> None:
        """Compares the files with their hashes, in the background; calls `done` with a sentence where one differs."""
        folder, project = self._document.folder, self._document.project
        self.damaged = ()
        if folder is None:
            return

        def operation(context: Context) -> tuple[Source, ...]:
            from engine.project.checking import find_damaged

            return tuple(find_damaged(folder, project, context))

        def over(damaged: tuple[Source, ...]) -> None:
            from engine.project.checking import damage_sentence

            if damaged and self._document.folder == folder:
                self.damaged = tuple(each.id for each in damaged)
                done(damage_sentence(self._document.project, list(damaged)))

        if any(not source.growing for source in project.sources.values()):
            self._document.jobs.submit("Check audio files", operation, over, queue=CHECK, passing=True)

    def prepare(self) -> None:
        """Makes, in the background, what the player maps, where the cache does not hold it yet."""
        from engine.project.pool import prepare, sample_file

        folder, rate = self._document.folder, self._document.project.rate
        if folder is None:
            return
        self.prepare_contents()
        missing = {source.id for source in self.missing()}
        sources = []
        for source in self._document.project.sources.values():
            if source.id in missing or source.growing:
                continue
            try:
                sample_file(folder, source, rate)
            except AudioFileError:
                sources.append(source)
        if not sources:
            return

        def operation(context: Context) -> None:
            for index, source in enumerate(sources):
                context.progress(index / len(sources), source.name)
                prepare(folder, source, rate)

        self._document.jobs.submit(
            "Prepare audio",
            operation,
            lambda _: self._document.sources_changed.emit(),
            lambda sentence: self._document.failed.emit(sentence) if sentence else None,
        )

    def prepare_contents(self, leave_out: frozenset[str] = frozenset()) -> None:
        """Renders, in the background, the sound of clips that has to be rendered, where it is not there yet.

        What is heard next comes first, and what is ready is played before all is; leave_out: ids of clips.
        """
        from engine.playback.contents import next_heard, prepare_clip, unprepared_clips
        from engine.playback.note_sound import play_here

        play = self._play or play_here
        folder, project = self._document.folder, self._document.project
        if folder is None:
            return
        waiting = [clip for clip in unprepared_clips(project, folder) if clip.id not in leave_out]
        if not waiting:
            return
        clips = next_heard(waiting, project, self.playhead)

        def operation(context: Context) -> _Rendered:
            faults: dict[str, str] = {}
            end = monotonic() + _TURN
            for index, clip in enumerate(clips):
                context.progress(index / len(clips), clip.name)
                try:
                    prepare_clip(clip, project, folder, context, play)
                except AudioFileError as error:
                    faults[clip.id] = str(error)
                if monotonic() > end and index + 1 < len(clips):
                    return _Rendered(faults, True)
            return _Rendered(faults, False)

        if self._rendering:
            self._document.jobs.cancel(self._rendering)  # what it would render is not played any more
        self._rendering = self._document.jobs.submit(
            "Render clips",
            operation,
            lambda rendered: self._rendered(rendered, leave_out),
            lambda sentence: self._document.failed.emit(sentence) if sentence else None,
            queue=RENDER,
            passing=True,
        )

    def render_missing(
        self, project: Project, folder: Path, context: Context, clips: Collection[str] | None = None
    ) -> None:
        """Renders what is not there yet of the sound of clips, of all without their ids, before it is read; any thread.

        What cannot be rendered is left to the reader, who says so.
        """
        from engine.playback.contents import prepare_clip, unprepared_clips
        from engine.playback.note_sound import play_here

        for clip in unprepared_clips(project, folder):
            if clips is None or clip.id in clips:
                with suppress(AudioFileError):
                    prepare_clip(clip, project, folder, context, self._play or play_here)

    def render(self, clip: Clip, project: Project, done: Callable[["SampleFile"], None]) -> None:
        """Renders a clip of `project`, which may be another song, in the background; `done` gets its file.

        A clip that was asked for before, and is not there yet, is not rendered any more.
        """
        from engine.playback.contents import prepare_clip
        from engine.playback.note_sound import play_here

        play, folder, jobs = self._play or play_here, self._document.folder, self._document.jobs
        if folder is None:
            return

        def operation(context: Context) -> "SampleFile":
            return prepare_clip(clip, project, folder, context, play)

        if self._heard:
            jobs.cancel(self._heard)
        self._heard = jobs.submit("Render a note", operation, done, lambda _: None, queue=AUDITION, passing=True)

    def _rendered(self, rendered: _Rendered, left_out: frozenset[str]) -> None:
        self._document.sources_changed.emit()
        fault = next(iter(rendered.faults.values()), "")
        if fault and fault != self._fault:  # once, not with every edit
            self._document.failed.emit(fault)
        if fault or not (rendered.more or left_out):
            self._fault = fault
        if rendered.more:
            self.prepare_contents(left_out | rendered.faults.keys())

    def _on_changed(self, old: Project, new: Project) -> None:
        same = {id(track) for track in old.tracks} if old.tempo_map is new.tempo_map else set()
        changed = (track for track in new.tracks if id(track) not in same)
        if any(clip.content.derived for track in changed for clip in track.clips):
            self.prepare_contents()

    def relink(
        self, source: Source, path: Path, failed: Callable[[str], None], other: Callable[[Callable[[], None]], None]
    ) -> None:
        """Takes the file at `path` in place of the missing one of `source`.

        If it is another recording, `other` is called with what takes it all the same. If it is the same one, files of
        the same names beside it are tried for what else is missing.
        """
        folder, rate = self._document.folder, self._document.project.rate
        if folder is None:
            return
        missing = [each for each in self.missing() if each.id != source.id]

        def operation(context: Context) -> Source:
            from engine.project.importing import hash_file, relink
            from engine.project.pool import prepare

            relinked = relink(folder, source, path, rate, context)
            prepare(folder, relinked, rate, context)
            if relinked.id == source.id:
                for each in missing:
                    for name in (f"{each.name}{Path(each.file).suffix}", Path(each.file).name):
                        beside = path.with_name(name)
                        if beside.is_file() and hash_file(beside, context) == each.id:
                            prepare(folder, relink(folder, each, beside, rate, context), rate, context)
                            break
            return relinked

        def done(relinked: Source) -> None:
            if self._document.folder != folder:
                return

            def take() -> None:
                if self._document.folder != folder:
                    return
                self.damaged = tuple(each for each in self.damaged if each != source.id)
                if relinked != source:
                    self._document.apply(
                        f"Locate {source.name}", lambda project: edits.relink_source(project, source.id, relinked)
                    )
                self._document.sources_changed.emit()

            if relinked.id == source.id:
                take()
            else:
                other(take)

        self._document.jobs.submit(f"Locate {source.name}", operation, done, failed)

    def _import(self, rate: int, path: Path, batch: _Batch) -> Coming:
        key, name, home, warps = new_id(), shown(path.name), self._document.home, self.warp_loops
        expected = float(self._document.project.clock.tempo_at(batch.position))
        batch.keys.append(key)
        batch.names.append(name)

        def operation(context: Context) -> "tuple[Source, list[str], AudioTags, Fraction | None]":
            from engine.playback.loop_hearing import heard_tempo
            from engine.project.importing import import_audio
            from engine.project.pool import prepare
            from engine.tags.reading import read_tags

            if home:
                home.check_there()
            notices: list[str] = []
            source = import_audio(batch.folder, path, rate, context, notices.append)
            prepare(batch.folder, source, rate)
            tags = read_tags(path)
            loop_tempo = heard_tempo(batch.folder, source, rate, expected) if warps and not tags.loop else None
            return source, notices, tags, loop_tempo

        def done(result: "tuple[Source, list[str], AudioTags, Fraction | None]") -> None:
            source, notices, tags, loop_tempo = result
            batch.ready[key] = source
            batch.tags[source.id] = tags
            if loop_tempo:
                batch.tempos[source.id] = loop_tempo
            batch.notices += notices
            self._next_of(batch)

        def failed(sentence: str) -> None:
            if sentence:
                batch.failed.append((name, sentence))
            self.arrived(key)
            self._next_of(batch)

        job = self._document.jobs.submit(f"Import {name}", operation, done, failed)
        return Coming(key, name, batch.track_id, batch.position, job)

    def _next_of(self, batch: _Batch) -> None:
        """One of the files is ready, has failed or was cancelled; after the last one, all that are ready arrive."""
        batch.over += 1
        if batch.over < len(batch.keys):
            return
        waited = {each.id for each in self.coming}
        sources = [batch.ready[key] for key in batch.keys if key in batch.ready and key in waited]
        self.coming = tuple(each for each in self.coming if each.id not in batch.keys)
        self._document.coming_changed.emit()
        placed = self._place(sources, batch) if sources and self._document.folder == batch.folder else None
        sentences = [_told(batch.failed, len(batch.keys))] if batch.failed else []
        if batch.notices:
            more = len(batch.notices) - 1
            sentences.append(batch.notices[0] + (f" The same holds for {more} more." if more else ""))
        if placed:
            sentences += placed.notices
        if placed and placed.tempo is not None:
            self._offer_tempo(" ".join(sentences), placed.tempo, batch)
        elif placed and placed.warped:
            self._offer_own_speed(" ".join(sentences), placed.warped, batch)
        elif sentences:
            self._document.failed.emit(" ".join(sentences))

    def _offer_tempo(self, sentence: str, tempo: Fraction, batch: _Batch) -> None:
        """Offers to take over the tempo that a file says."""
        document = self._document

        def take_over() -> None:
            from engine.project.file_facts import with_tempo

            if document.folder == batch.folder:
                document.apply(f"Tempo of {batch.names[0]}", lambda p: with_tempo(p, tempo, batch.position))

        document.offered.emit(sentence, "Use Its Tempo", take_over)

    def _offer_own_speed(self, sentence: str, clips: Sequence[str], batch: _Batch) -> None:
        """Offers to let clips that came in warped play at their own speed."""
        document = self._document

        def unwarp() -> None:
            present = [clip_id for clip_id in clips if document.project.find_clip(clip_id)]
            if document.folder == batch.folder and present:
                document.apply("Keep its own tempo", lambda p: edits.unwarp_clips(p, present))

        document.offered.emit(sentence, "Original Speed", unwarp)

    def _place(self, sources: list[Source], batch: _Batch) -> "PlacedSounds | None":
        """Puts the sounds into the song, and selects their clips; None where that cannot be."""
        from engine.project.file_facts import place_sounds

        placings: list[PlacedSounds] = []

        def edit(project: Project) -> Project:
            track = project.track(batch.track_id) if batch.track_id else None
            track_id = track.id if track else None
            placings[:] = [
                place_sounds(
                    project,
                    sources,
                    batch.tags,
                    batch.position,
                    track_id=track_id,
                    warp=self.warp_loops,
                    heard=batch.tempos,
                )
            ]
            return placings[0].project

        what = batch.names[0] if len(batch.keys) == 1 else f"{len(sources)} files"
        if not self._document.apply(f"Import {what}", edit):
            return None
        self._document.select(placings[0].clip_ids)
        return placings[0]


def _told(failed: list[tuple[str, str]], count: int) -> str:
    """One sentence on all files of a batch of `count` that could not be imported."""
    if len(failed) == 1:
        return failed[0][1]
    names = ", ".join(f"“{name}”" for name, _ in failed[:3]) + (" …" if len(failed) > 3 else "")
    return f"{len(failed)} of {count} files could not be imported: {names}. The Jobs tab says why for each."
