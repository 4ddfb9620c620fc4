"""The open song: its value and history, what is selected in it, and the folder it lives in."""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop.audio_imports import Coming, Sounds
from desktop.jobs import JobCentre
from engine.errors import EditError, EngineError, ProjectFileError
from engine.project.edits.groups import groups_of
from engine.project.history import History
from engine.project.model import Clip, Project, new_project
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.playback.note_sound import NotePlayer
    from engine.project.autosave import Autosaver
    from engine.project.files import ProjectFolder
    from engine.project.journal import Journal

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


class Document(QObject):
    """The open song. All methods and signals belong to the UI thread.

    Without a song (`folder` is None) the project is an empty one that cannot be saved.
    """

    changed = Signal(object, object)
    """(old, new) `Project`; another song altogether when `new.id` differs."""
    selection_changed = Signal()
    copied = Signal()
    saved_changed = Signal(bool)
    opened = Signal()
    """Another song was opened, or the song was closed."""
    coming_changed = Signal()
    """A sound is on its way into the song, or has arrived or failed."""
    sources_changed = Signal()
    """Audio that could not be played before may be playable now."""
    failed = Signal(str)
    """A sentence for the user."""
    offered = Signal(str, str, object)
    """A sentence for the user, the text of a button, and what the button does."""
    _autosave_failed = Signal(str)

    def __init__(self, jobs: JobCentre, play: "NotePlayer | None" = None, parent: QObject | None = None) -> None:
        """`play` plays the notes of clips; without it they are played in this process."""
        super().__init__(parent)
        self.jobs = jobs
        self.history = History(new_project("Untitled"))
        self._groups: tuple[Project, dict[str, frozenset[str]]] | None = None
        self.selection = Selection()
        self.clipboard: tuple[Copied, ...] = ()
        self.sounds = Sounds(self, play)
        self._home: ProjectFolder | None = None
        self._autosaver: Autosaver | None = None
        self._journal: Journal | None = None
        self._saved: Project = self.project
        self._growths: dict[str, Callable[[Project], Project]] = {}
        self._autosave_failed.connect(self.failed, Qt.ConnectionType.QueuedConnection)

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
        from engine.project.files import ProjectFolder

        self.take(ProjectFolder.open(folder, steal=steal))

    def take(self, home: "ProjectFolder") -> None:
        """Goes on with a song that has been opened, in place of the current one."""
        self.close()
        self._keep_in(home)
        self._replace(home.project)

    def _keep_in(self, home: "ProjectFolder") -> None:
        from engine.project.autosave import Autosaver
        from engine.project.journal import Journal

        self._home = home
        self._autosaver = Autosaver(home, self._autosave_failed.emit)
        home.start_journal()
        self._journal = Journal(home.journal, self._autosaver.submit_now)

    @property
    def moved(self) -> bool:
        """Whether the open song's folder is not where it was."""
        return self._home is not None and not self._home.is_there

    def move_to(self, folder: Path) -> None:
        """Goes on with the song as it is in `folder`: where its own folder is now, or an empty one. It is saved there.

        Raises:
            EngineError: it holds something else, or cannot be written; the song stays as it is.
        """
        from engine.project.files import ProjectFolder, create, is_project, load

        project, old = self.project, self._home
        if old is None:
            return
        if not is_project(folder):
            create(folder, project)
        elif load(folder).id != project.id:
            raise ProjectFileError(
                f"“{folder.name}” holds another song: choose the folder of “{project.name}”, or an empty one."
            )
        self._leave(old, keep_autosave=True)  # its lock has gone along with the folder
        self._settle_in(ProjectFolder.open(folder))

    def go_on_in_copy(self, folder: Path, name: str) -> None:
        """Goes on with the song, called `name` from now on, in a copy of its folder, where it is saved.

        Where it was it stays as it was saved last. The history stays.

        Raises:
            EngineError: the copy cannot be opened or written; the song stays where it is.
        """
        from engine.project import edits
        from engine.project.copying import add_audio
        from engine.project.files import ProjectFolder

        old = self._home
        if old is None:
            return
        home = ProjectFolder.open(folder)
        try:
            add_audio(old.folder, self.project, folder)  # what has come in since the copy was begun
            home.save(edits.rename(self.project, name))
        except EngineError:
            home.close()
            raise
        self._leave(old, keep_autosave=False)
        self._home = home
        self.amend_all(lambda p: edits.rename(p, name))
        self._settle_in(home)

    def _leave(self, home: "ProjectFolder", *, keep_autosave: bool) -> None:
        """Gives the song's folder back, while the song stays open."""
        if self._journal:
            self._journal.close()
        if self._autosaver:
            self._autosaver.close()
        home.close(keep_autosave=keep_autosave)
        self._journal = self._autosaver = None

    def _settle_in(self, home: "ProjectFolder") -> None:
        """Saves the open song in another folder, which is its own from now on."""
        project = self.project
        home.save(project)
        self._keep_in(home)
        self._saved = project
        self.saved_changed.emit(True)
        self.sources_changed.emit()

    def close(self, *, keep_unsaved: bool = False) -> None:
        """Gives the song's folder back; unsaved changes are gone.

        With `keep_unsaved` they are kept as after a crash, and offered when the song is opened again.
        """
        self.sounds.cancel()
        keep = keep_unsaved and not self.saved
        if self._journal:
            self._journal.close()
            self._journal = None
        if self._autosaver:
            if keep:
                self.keep_unsaved()
            self._autosaver.close()
        if self._home:
            self._home.close(keep_autosave=keep)
            self._home = self._autosaver = None
            self._replace(new_project("Untitled"))

    def keep_unsaved(self, seconds: float = 10.0) -> bool:
        """Writes what is not saved where it is found after a crash; says whether it could within `seconds`."""
        if self._autosaver is None or self.saved:
            return True
        self._autosaver.submit(self.project)
        return self._autosaver.flush(seconds)

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
    def home(self) -> "ProjectFolder | None":
        """The opened folder: its recovery and its missing files."""
        return self._home

    def adopt(self, name: str, project: Project) -> None:
        """Makes `project`, such as one found after a crash, the song's current state; one undo step."""
        self._done(name, project)

    # edits

    def apply(
        self, name: str, edit: Callable[[Project], Project], merge: str | None = None, *, anew: bool = False
    ) -> bool:
        """Does `edit` as the undo step `name`; steps in a row with the same `merge` become one.

        With `anew` each of those is made to the song as it was before the first of them, so that what an earlier one
        trimmed on its way comes back.
        """
        try:
            project = edit(self.history.base(merge) if anew else self.project)
        except EditError as error:
            self.failed.emit(str(error))
            return False
        if anew:
            project = self._grown(project)
        if project is not self.project:
            self._done(name, project, merge)
        return True

    def gather(self, name: str, edit: Callable[[Project], Project], since: Project) -> None:
        """Does `edit`, and makes one undo step of it and of all that was done after the value `since`.

        Raises:
            EditError: the edit cannot be done; nothing has changed.
        """
        old, project = self.project, edit(self.project)
        self.history.gathered(name, project, since)
        self._announce(old)

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

    # changes that are no steps

    def set_growth(self, growth: Callable[[Project], Project] | None, name: str = "live") -> None:
        """Adds what has grown by now to every value that undo and redo lead to; None: nothing more of that name."""
        if growth is None:
            self._growths.pop(name, None)
        else:
            self._growths[name] = growth

    def amend(self, change: Callable[[Project], Project]) -> None:
        """Makes `change`, which no undo takes back by itself: a sound has grown, or a take is being tried."""
        old = self.project
        self.history.amend(change(old))
        self._announce(old)

    def amend_all(self, change: Callable[[Project], Project], *, since: str | None = None) -> None:
        """Makes `change` to every value of the history, or from the step applied with `merge` = `since` on."""
        old = self.project
        self.history.amend_all(change, since=since)
        self._announce(old)

    def forget(self, key: str) -> None:
        """Takes the step that was applied with `merge` = `key` out of the history."""
        old = self.project
        self._travel(lambda: self.history.forget(key))
        if self.project is old:
            self.changed.emit(old, old)

    # selection

    def select(
        self,
        clips: Sequence[str] | frozenset[str] | None = None,
        *,
        track: str | None = None,
        region: tuple[int, int] | None = None,
        take: tuple[str, int] | None = None,
    ) -> None:
        """Selects exactly this; `track` None keeps the selected track.

        Clips of a group are selected together, and let go together.
        """
        chosen = Selection(self._with_groups(frozenset(clips or ())), track or self.selection.track, region, take)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit()

    def _with_groups(self, clips: frozenset[str]) -> frozenset[str]:
        """These clips with all of the groups that come to the selection, without those that leave it in part."""
        before = self.selection.clips
        if clips == before:
            return clips
        if self._groups is None or self._groups[0] is not self.project:
            self._groups = self.project, groups_of(self.project)
        groups = self._groups[1]
        if not groups:
            return clips
        for leaving in before - clips:
            clips -= groups.get(leaving, frozenset()) & before
        for coming in clips - before:
            clips |= groups.get(coming, frozenset())
        return clips

    def copy(self) -> bool:
        """Puts the selected clips on the clipboard; says whether there were any."""
        rows = {track.id: row for row, track in enumerate(self.project.tracks)}
        chosen = [(rows[track.id], clip) for track, clip in self.project.clips() if clip.id in self.selection.clips]
        if chosen:
            top = min(row for row, _ in chosen)
            self.clipboard = tuple(Copied(row - top, clip) for row, clip in chosen)
            self.copied.emit()
        return bool(chosen)

    # audio

    @property
    def coming(self) -> tuple[Coming, ...]:
        """The sounds on their way into the song: files, and what is being made."""
        return self.sounds.coming

    def import_files(self, paths: Sequence[Path], track_id: str | None, position: Position) -> None:
        """Brings audio files into the song in the background (see `Sounds.import_files`)."""
        self.sounds.import_files(paths, track_id, position)

    def job_failed(self, sentence: str) -> None:
        """Says why a job failed; `JobCentre.submit` calls it with an empty sentence where the user cancelled."""
        if sentence:
            self.failed.emit(sentence)

    # the one way in which the song changes

    def _done(self, name: str, project: Project, merge: str | None = None) -> None:
        old = self.project
        self.history.done(name, project, merge)
        self._announce(old)

    def _travel(self, step: Callable[[], object]) -> None:
        old = self.project
        step()
        if self._growths:
            self.history.amend(self._grown(self.project))
        self._announce(old)

    def _grown(self, project: Project) -> Project:
        for growth in self._growths.values():
            project = growth(project)
        return project

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
        self._drop_vanished(old, project)
        self.changed.emit(old, project)
        if (old is self._saved) != (project is self._saved):
            self.saved_changed.emit(self.saved)
        if self._journal:
            self._journal.submit(project)
        if self._autosaver and not self.saved:
            self._autosaver.submit(project)

    def _drop_vanished(self, old: Project, project: Project) -> None:
        """Keeps only what still exists selected. Looks only at tracks that changed."""
        selection = self.selection
        same = {id(track) for track in old.tracks} & {id(track) for track in project.tracks}
        before = {clip.id for track in old.tracks if id(track) not in same for clip in track.clips}
        removed = before - {clip.id for track in project.tracks if id(track) not in same for clip in track.clips}
        remaining = dataclasses.replace(
            selection,
            clips=selection.clips - removed,
            track=selection.track if selection.track and project.track(selection.track) else None,
            take=selection.take if selection.take and selection.take[0] not in removed else None,
        )
        if remaining != selection:
            self.selection = remaining
            self.selection_changed.emit()
