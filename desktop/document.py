"""The open song: its value and history, what is selected in it, and the folder it lives in."""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.project.history import History
from PySide6.QtCore import QObject, Signal

from desktop.jobs import JobCentre
from engine.errors import EditError, EngineError
from engine.ids import new_id
from engine.jobs import Context, Job
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take, new_project
from engine.tempo import Position

if TYPE_CHECKING:
    from engine.project.autosave import Autosaver
    from engine.project.files import ProjectFolder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Selection:
    """What is selected: clips, a track, a region in frames `(start, end)`, and a take `(clip id, index)`."""

    clips: frozenset[str] = frozenset()
    track: str | None = None
    region: tuple[int, int] | None = None
    take: tuple[str, int] | None = None


@dataclass(frozen=True)
class Copied:
    """A clip on the clipboard: how many tracks below the topmost copied one it lay, and the clip."""

    track_offset: int
    clip: Clip


@dataclass(frozen=True)
class Import:
    """An audio file on its way into the song: a placeholder at `position` of a track (None: a new one)."""

    id: str
    name: str
    track_id: str | None
    position: Position
    job: Job


class Document(QObject):
    """The open song. All methods and signals belong to the UI thread.

    Without a song (`folder` is None) the project is an empty one that cannot be saved.
    """

    changed = Signal(object, object)
    """(old, new) `Project`; another song altogether when `new.id` differs."""
    selection_changed = Signal()
    saved_changed = Signal(bool)
    opened = Signal()
    """Another song was opened, or the song was closed."""
    imports_changed = Signal()
    failed = Signal(str)
    """A sentence for the user."""

    def __init__(self, jobs: JobCentre, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.history = History(new_project("Untitled"))
        self.selection = Selection()
        self.clipboard: tuple[Copied, ...] = ()
        self.imports: tuple[Import, ...] = ()
        self._chain_ends: dict[str, int] = {}  # where the last clip of a row of imports ends
        self._home: ProjectFolder | None = None
        self._autosaver: Autosaver | None = None
        self._saved: Project = self.project

    @property
    def project(self) -> Project:
        """The song as it is now."""
        return self.history.current

    @property
    def folder(self) -> Path | None:
        """The song's folder; None when no song is open."""
        return self._home.folder if self._home else None

    @property
    def saved(self) -> bool:
        """Whether the song on disk is the song as it is now."""
        return self.project is self._saved

    # opening and closing

    def new(self, folder: Path, project: Project) -> None:
        """Creates `project` in `folder` and opens it.

        Raises:
            EngineError: the folder cannot be made or already holds a song.
        """
        from engine.project.files import create

        create(folder, project)
        self.open(folder)

    def open(self, folder: Path, *, steal: bool = False) -> None:
        """Opens the song in `folder` in place of the current one.

        Raises:
            EngineError: it cannot be read, or is open elsewhere (`steal` takes a lock that was left behind).
        """
        from engine.project.autosave import Autosaver
        from engine.project.files import ProjectFolder

        home = ProjectFolder.open(folder, steal=steal)
        self.close()
        self._home = home
        self._autosaver = Autosaver(home)
        self._replace(home.project)

    def close(self) -> None:
        """Gives the song's folder back; unsaved changes are gone."""
        for each in self.imports:
            self.jobs.cancel(each.job)
        self.imports = ()
        if self._autosaver:
            self._autosaver.close()
        if self._home:
            self._home.close()
            self._home = self._autosaver = None
            self._replace(new_project("Untitled"))

    def save(self) -> bool:
        """Writes the song; says whether it could."""
        if not self._home:
            return False
        project = self.project
        try:
            self._home.save(project)
        except EngineError as error:
            self.failed.emit(str(error))
            return False
        self._saved = project
        self.saved_changed.emit(True)
        return True

    @property
    def home(self) -> ProjectFolder | None:
        """The opened folder: its recovery and its missing files."""
        return self._home

    def recover(self, project: Project) -> None:
        """Makes `project`, found after a crash, the song's current state; one undo step."""
        self._done("Recover", project)

    # edits

    def apply(self, name: str, edit: Callable[[Project], Project], merge: str | None = None) -> bool:
        """Does `edit` as the undo step `name`; steps in a row with the same `merge` become one."""
        try:
            project = edit(self.project)
        except EditError as error:
            self.failed.emit(str(error))
            return False
        if project is not self.project:
            self._done(name, project, merge)
        return True

    def undo(self) -> None:
        """Takes the last step back."""
        if self.history.undo_name:
            self._travel(self.history.undo)

    def redo(self) -> None:
        """Does the step again that was taken back."""
        if self.history.redo_name:
            self._travel(self.history.redo)

    def jump(self, index: int) -> None:
        """Goes to entry `index` of the history."""
        self._travel(lambda: self.history.jump(index))

    # selection

    def select(
        self,
        clips: Sequence[str] | frozenset[str] | None = None,
        *,
        track: str | None = None,
        region: tuple[int, int] | None = None,
        take: tuple[str, int] | None = None,
    ) -> None:
        """Selects exactly this; `track` None keeps the selected track."""
        chosen = Selection(frozenset(clips or ()), track or self.selection.track, region, take)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit()

    def copy(self) -> bool:
        """Puts the selected clips on the clipboard; says whether there were any."""
        rows = {track.id: row for row, track in enumerate(self.project.tracks)}
        chosen = [(rows[track.id], clip) for track, clip in self.project.clips() if clip.id in self.selection.clips]
        if chosen:
            top = min(row for row, _ in chosen)
            self.clipboard = tuple(Copied(row - top, clip) for row, clip in chosen)
        return bool(chosen)

    # audio

    def import_files(self, paths: Sequence[Path], track_id: str | None, position: Position) -> None:
        """Brings audio files into the song in the background.

        On a track they follow one another from `position`; without one each gets a track of its own there.
        """
        if not self._home:
            return
        folder, rate = self._home.folder, self.project.rate
        chain = new_id() if track_id and len(paths) > 1 else ""
        for path in paths:
            self._import(folder, rate, path, track_id, position, chain)

    def _import(self, folder: Path, rate: int, path: Path, track_id: str | None, at: Position, chain: str) -> None:
        key = new_id()

        def operation(context: Context) -> Source:
            from engine.project.importing import import_audio
            from engine.project.pool import prepare

            source = import_audio(folder, path, rate, context)
            prepare(folder, source, rate, context)
            return source

        def done(source: Source) -> None:
            pending = self._finish_import(key)
            if pending and self.folder == folder:
                self._place(source, path, pending, chain)

        def failed(sentence: str) -> None:
            self._finish_import(key)
            if sentence:
                self.failed.emit(sentence)

        job = self.jobs.submit(f"Import {path.name}", operation, done, failed)
        self.imports = (*self.imports, Import(key, path.name, track_id, at, job))
        self.imports_changed.emit()

    def _finish_import(self, key: str) -> Import | None:
        pending = next((each for each in self.imports if each.id == key), None)
        self.imports = tuple(each for each in self.imports if each.id != key)
        self.imports_changed.emit()
        return pending

    def _place(self, source: Source, path: Path, pending: Import, chain: str) -> None:
        length = source.frames_at(self.project.rate)
        position = self._chain_ends.pop(chain, pending.position) if chain else pending.position
        clip = Clip(new_id(), position, length, (Take(new_id(), source.id, path.stem),), name=path.stem)

        def edit(project: Project) -> Project:
            project = edits.add_source(project, source)
            track = project.track(pending.track_id) if pending.track_id else None
            if track is None:
                track_id = new_id()
                project = edits.add_track(project, path.stem, track_id=track_id)
            else:
                track_id = track.id
            return edits.add_clip(project, track_id, clip)

        if self.apply(f"Import {path.name}", edit, merge=chain or None):
            self.select([clip.id])
            if chain:
                self._chain_ends[chain] = self.project.clock.frames(position) + length

    # the one way in which the song changes

    def _done(self, name: str, project: Project, merge: str | None = None) -> None:
        old = self.project
        self.history.done(name, project, merge)
        self._announce(old)

    def _travel(self, step: Callable[[], object]) -> None:
        old = self.project
        step()
        self._announce(old)

    def _replace(self, project: Project) -> None:
        old, was_saved = self.project, self.saved
        self.history = History(project)
        self._saved = project
        self.selection = Selection()
        self.opened.emit()
        self.changed.emit(old, project)
        self.selection_changed.emit()
        if not was_saved:
            self.saved_changed.emit(True)

    def _announce(self, old: Project) -> None:
        project = self.project
        if project is old:
            return
        self._drop_vanished(project)
        self.changed.emit(old, project)
        if (old is self._saved) != (project is self._saved):
            self.saved_changed.emit(self.saved)
        if self._autosaver and not self.saved:
            self._autosaver.submit(project)

    def _drop_vanished(self, project: Project) -> None:
        """Keeps only what still exists selected."""
        selection = self.selection
        alive = {clip.id for _, clip in project.clips()} if selection.clips or selection.take else set()
        kept = dataclasses.replace(
            selection,
            clips=selection.clips & alive,
            track=selection.track if selection.track and project.track(selection.track) else None,
            take=selection.take if selection.take and selection.take[0] in alive else None,
        )
        if kept != selection:
            self.selection = kept
            self.selection_changed.emit()
