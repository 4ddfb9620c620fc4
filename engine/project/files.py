"""The project folder: created, opened, saved.

`project.json` is the song; `audio/` holds what was imported or generated, by the hash of its bytes; `growing/` what is
being generated; `cache/` what can be made again and may be deleted at any time; `backups/` earlier states;
`autosave.json` what was not saved yet. Every writing is atomic, and counts the song's revision up: an autosave is newer
than the project file if its revision is.
"""

import re
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic_ns
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.errors import ProjectFileError
from engine.project.backups import back_up, set_aside
from engine.project.codec import MAX_BYTES, Dropped, Encoder, from_json, to_json
from engine.project.journal import JournalFile
from engine.project.layout import (
    AUDIO,
    AUTOSAVE_FILE,
    JOURNAL_FILE,
    PROJECT_FILE,
    FolderMovedError,
    check_rooms,
    remove_parts,
)
from engine.project.lock import ProjectLock, ReadOnlyError
from engine.project.model import Project, Source
from engine.project.project_file import read_project_file, revision_of
from engine.project.recovery import Recovery, discard, find_recovery, recover, remove_sealed
from engine.project.routing import unknown_sentence
from engine.project.sources import find_missing
from engine.project.whole_file import write_whole
from engine.safe_files import is_regular, open_inside

if TYPE_CHECKING:
    from engine.jobs import Context

__all__ = ["ProjectFolder", "create", "from_json", "is_project", "load", "read_project_file", "save", "to_json"]

_ID = re.compile(rb'"id":\s*"([0-9A-Za-z_-]{1,64})"')


def is_project(folder: Path) -> bool:
    """Whether `folder` looks like a song's."""
    return (folder / PROJECT_FILE).is_file()


def create(folder: Path, project: Project) -> None:
    """Makes `folder` and writes `project` as a new song into it.

    Raises:
        ProjectFileError: there is something in the folder already, or it cannot be written.
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(not path.name.startswith(".") for path in folder.iterdir()):
            what = "already holds a song" if is_project(folder) else "is not empty"
            raise ProjectFileError(f"“{folder}” {what}: choose another folder for the new song.")
        (folder / AUDIO).mkdir(exist_ok=True)
    except OSError as error:
        raise ProjectFileError(f"The folder “{folder}” cannot be made ({error.strerror or error}).") from error
    try:
        save(folder, project)
    except ProjectFileError:
        with suppress(OSError):
            (folder / AUDIO).rmdir()
            if is_new:
                folder.rmdir()
        raise


def load(folder: Path) -> Project:
    """The saved state of the song in `folder`. Takes no lock, so that a song that is open can be looked at.

    Raises:
        ProjectFileError: there is none, or it cannot be used; the sentence says why.
    """
    return read_project_file(folder / PROJECT_FILE)


def save(folder: Path, project: Project) -> None:
    """Writes `project` as the state of the song in `folder` and keeps the state before as a backup.

    For one writing by one who holds the folder; `ProjectFolder.save` is faster when it is done again and again.

    Raises:
        ProjectFileError: see `ProjectFolder.save`.
    """
    _write_project(folder, Encoder(), project)


def _song_id(path: Path) -> str:
    """The identifier of the song in the project file at `path`; empty without one."""
    with suppress(OSError), open_inside(path.parent, path.name, MAX_BYTES) as file:
        if match := _ID.search(file.read(400)):
            return match[1].decode()
    return ""


def _place_of(folder: Path) -> tuple[int, int] | None:
    """Which folder that is, whatever it is called; None without one."""
    with suppress(OSError):
        about = folder.stat()
        return (about.st_dev, about.st_ino) if folder.is_dir() else None
    return None


def _write_project(folder: Path, encoder: Encoder, project: Project, journal: JournalFile | None = None) -> int:
    """Writes the project file; returns its revision."""
    current = revision_of(folder / PROJECT_FILE)
    revision = max(current, revision_of(folder / AUTOSAVE_FILE)) + 1
    data = encoder.encode(project, revision=revision)
    if journal:
        journal.mark(project, revision)
    back_up(folder, current)
    write_whole(folder / PROJECT_FILE, data)
    return revision


class ProjectFolder:
    """An opened song: its folder, its lock, its saved state. `save` and `autosave` may be called from any thread."""

    def __init__(self, folder: Path, lock: ProjectLock | None, project: Project, recovery: Recovery | None) -> None:
        self.folder = folder
        self.project = project
        """The state that is saved."""
        self.recovery = recovery
        """What was found after a crash and is not decided yet."""
        self.notice = ""
        """A sentence on what of the song could not be read and was left out; empty where all of it was."""
        self.journal = JournalFile(folder)
        """What is edited between two autosaves; see `engine.project.journal.Journal`."""
        self._journaling = False
        self._place = _place_of(folder)
        self.read_only = lock is None
        """Whether the song lies where nothing may be written: it can be heard and exported, but not saved."""
        self._lock = lock
        self._encoder = Encoder()
        self._writing = threading.Lock()
        self._autosaved = False
        self._saved_at = 0
        self._open = True

    @classmethod
    def open(cls, folder: Path, *, steal: bool = False) -> Self:
        """Opens the song in `folder` and locks it; `steal` takes a lock that was left behind (see `ProjectLock`).

        Raises:
            ProjectFileError: there is no song, it is open elsewhere, or its file cannot be used.
        """
        if not folder.is_dir():
            raise ProjectFileError(f"There is no folder “{folder}”: it was moved, renamed or deleted.")
        if not is_project(folder):
            load(folder)  # says what is wrong
        check_rooms(folder)
        try:
            lock = ProjectLock(folder, steal=steal)
        except ReadOnlyError as error:
            return cls._open_read_only(folder, str(error))
        try:
            remove_parts(folder)
            dropped = Dropped()
            project = read_project_file(folder / PROJECT_FILE, dropped)
            opened = cls(folder, lock, project, find_recovery(folder, project))
            opened.notice = " ".join(filter(None, (dropped.sentence, unknown_sentence(project))))
            return opened
        except ProjectFileError:
            lock.release()
            raise

    @property
    def is_there(self) -> bool:
        """Whether the song's folder is where it was: the same folder, or one with the same song in it."""
        place = _place_of(self.folder)
        if place is None or place == self._place:
            return place is not None
        return _song_id(self.folder / PROJECT_FILE) == self.project.id

    def check_there(self) -> None:
        """Refuses to write where the song's folder is not any more; it is never made again.

        Raises:
            FolderMovedError: it was moved, renamed, deleted or replaced, or its disk is not connected.
        """
        if not self.is_there:
            raise FolderMovedError(self.folder)

    @classmethod
    def _open_read_only(cls, folder: Path, sentence: str) -> Self:
        """A song that can be shown, heard and exported, as it was saved last; `sentence` says why no more."""
        dropped = Dropped()
        project = read_project_file(folder / PROJECT_FILE, dropped)
        opened = cls(folder, None, project, None)
        opened.notice = " ".join(filter(None, (sentence, dropped.sentence, unknown_sentence(project))))
        return opened

    def save(self, project: Project) -> None:
        """Makes `project` the saved state: on disk, whole, when this returns.

        Raises:
            ProjectFileError: the disk is full or failing, or the project has an impossible value. The state saved
                before is untouched.
        """
        with self._writing:
            self.check_there()
            self._check_open()
            if self.read_only:
                raise ProjectFileError(
                    f"The song “{self.folder.name}” lies where nothing may be written: copy its folder to another "
                    "place, and open the copy to change it."
                )
            started = monotonic_ns()
            self._leave_recovery()
            revision = _write_project(self.folder, self._encoder, project, self.journal)
            self.project, self._saved_at = project, started
            self._remove_autosave()
            if self._journaling:
                self.journal.begin(project, revision)

    def autosave(self, project: Project, *, submitted: int | None = None) -> None:
        """Keeps `project` for the case of a crash, without making it the saved state.

        `submitted` is the `time.monotonic_ns` at which it was the song's state: if it was saved since, nothing is done.

        Raises:
            ProjectFileError: see `save`.
        """
        with self._writing:
            self.check_there()
            self._check_open()
            if self.read_only or (submitted is not None and submitted < self._saved_at):
                return
            self._leave_recovery()
            self._keep(project)

    def start_journal(self) -> None:
        """Has the journal go on from the saved state, unless a recovery is undecided: deciding starts it."""
        with self._writing:
            self._journaling = True
            if self.recovery is None and not self.read_only:
                self.journal.begin(self.project, revision_of(self.folder / PROJECT_FILE))

    def missing(self, project: Project) -> list[Source]:
        """The sources of `project` whose files are not there."""
        return find_missing(self.folder, project)

    def recover(self, context: "Context | None" = None) -> Project:
        """Takes what was found after a crash: the song to go on with, to be shown as not saved yet.

        Clips that were still growing are sealed with what had been generated.

        Raises:
            ProjectFileError: a file cannot be written; nothing is lost, and it can be tried again.
            AudioFileError: likewise.
            Cancelled: the user cancelled; likewise.
        """
        if self.recovery is None:
            return self.project
        project = recover(self.folder, self.recovery, self.project, context)
        with self._writing:
            self._keep(project)
            self.recovery = None
        return project

    def discard_recovery(self, context: "Context | None" = None) -> Project:
        """Goes on with the saved state; what was found after a crash moves into the backups.

        Returns the saved song, in which clips that were growing are sealed with what had been generated.

        Raises:
            ProjectFileError: a file cannot be written.
            AudioFileError: likewise.
            Cancelled: the user cancelled.
        """
        if self.recovery is None:
            return self.project
        project = discard(self.folder, self.recovery, self.project, context)
        with self._writing:
            self._keep(project)
            self.recovery = None
        return project

    def close(self, *, keep_autosave: bool = False) -> None:
        """Gives the folder back. What was only autosaved goes, except a recovery that nobody has decided on.

        With `keep_autosave` it stays as after a crash, to be offered when the song is opened again.
        """
        with self._writing:
            if not self._open:
                return
            self._open = False
            present = self.is_there
            self.journal.close(keep=keep_autosave or self.recovery is not None or not present)
            if self.recovery is None and not keep_autosave and present and not self.read_only:
                if self._autosaved:
                    self._remove_autosave()
                remove_sealed(self.folder, self.project)
            if self._lock:
                self._lock.release()

    def _keep(self, project: Project) -> None:
        """Makes the autosave hold `project`; there is none while that is the saved state."""
        path = self.folder / AUTOSAVE_FILE
        revision = revision_of(self.folder / PROJECT_FILE)
        if project is self.project:
            self.journal.mark(project, revision)
            self._remove_autosave()
        else:
            revision = max(revision, revision_of(path)) + 1
            data = self._encoder.encode(project, revision=revision)
            self.journal.mark(project, revision)
            write_whole(path, data)
            self._autosaved = True
        if self._journaling:
            self.journal.begin(project, revision)

    def _leave_recovery(self) -> None:
        """Moves an autosave that nobody decided on out of the way of a newer one."""
        if self.recovery is not None:
            for name in (AUTOSAVE_FILE, JOURNAL_FILE):
                if is_regular(self.folder / name):
                    set_aside(self.folder, self.folder / name, Path(name).stem)
            self.recovery = None

    def _remove_autosave(self) -> None:
        with suppress(OSError):  # one that stays is older than the project file, and is not offered
            (self.folder / AUTOSAVE_FILE).unlink(missing_ok=True)
        self._autosaved = False

    def _check_open(self) -> None:
        if not self._open:
            raise ProjectFileError(f"The song “{self.folder.name}” is closed already.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
