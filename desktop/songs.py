"""Opening, saving and closing songs, with every question on the way."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_files, ask_folder
from desktop.dialogs.frame import Question, shown_again
from desktop.dialogs.missing import MissingAudioDialog
from desktop.dialogs.new_song import NewSongDialog, free_name
from desktop.document import Document
from desktop.settings import Settings
from desktop.theme import Theme
from engine import paths
from engine.audio import suffixes
from engine.dawproject import SUFFIX as DAWPROJECT_SUFFIX
from engine.errors import EngineError, shown
from engine.inference.compositions import title_of_song
from engine.jobs import Context
from engine.midi import SUFFIXES as MIDI_SUFFIXES
from engine.project import edits
from engine.project.layout import AUDIO, PROJECT_FILE, FolderMovedError
from engine.project.model import Project
from engine.project.starting import begin_song

if TYPE_CHECKING:
    from engine.project.files import ProjectFolder

_UNTITLED = re.compile(r"Untitled( \d+)?")
LONG_FILE = 400_000  # bytes of the project file; about a thousand clips
QUEUE = "songs"

DEMO_TITLE = "Make the demo song"


@dataclass(frozen=True)
class _Leaving:
    """What the user wants to do instead of the open song, and what has been decided for it so far."""

    go_on: Callable[[], object]
    stay: Callable[[], object] = lambda: None  # called in its place when the user wants to keep the song open
    closing: bool = False  # the window, not only the song
    stops_exports: bool = False
    stops_coming: bool = False
    saves: bool | None = None
    asked: bool = False


class LiveRecording(Protocol):
    """What is being made live in the song."""

    @property
    def running(self) -> bool:
        """Whether something is being made."""

    def settle(self, go_on: Callable[[], object]) -> None:
        """Ends it, keeps it, and then calls `go_on`."""


class Songs(QObject):
    """The flows around a song. UI thread only; long work is done in jobs."""

    message = Signal(str, str, object)
    """A sentence, the text of a button that helps (or ""), and what the button does."""
    notice = Signal(str, str, object)
    """Likewise, when nothing went wrong."""
    opening = Signal(str)
    """The name of the song that is being read in the background; "" when that is over."""
    recent_changed = Signal()

    def __init__(
        self, document: Document, settings: Settings, theme: Theme, window: QWidget, live: LiveRecording
    ) -> None:
        super().__init__(window)
        self._live = live
        self._settlers: list[Callable[[Callable[[], object]], object]] = []
        self._document = document
        self._settings = settings
        self._theme = theme
        self._window = window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {
            "new": self.new,
            "new_options": self.ask_new,
            "new_template": self.ask_template,
            "open": self.ask_open,
            "open_demo": self.open_demo,
            "save": self.save,
            "import": self.ask_import,
            "missing": self.show_missing,
            "close_song": self.close,
        }

    # open

    def new(self) -> None:
        """Opens a new song without a question; one that was begun and left empty is gone on with."""
        place = paths.songs_dir()

        def begin() -> None:
            for folder in _left_empty(place, self._document.folder):
                opened = _read(folder)
                if not isinstance(opened, EngineError):  # such as one that is open elsewhere
                    self._take(folder, opened)
                    return
            name = free_name(place)
            try:
                place.mkdir(parents=True, exist_ok=True)
                self._create(place / name, begin_song(name))
            except EngineError as error:
                self._say(str(error))
            except OSError as error:
                self._say(f"The folder {place} cannot be made ({error.strerror}).")

        self._then(begin)

    def ask_new(self) -> None:
        """Shows the dialog for a new song."""
        if not shown_again(NewSongDialog):
            NewSongDialog(
                lambda folder, project: self._then(partial(self._create, folder, project)), self._theme, self._window
            ).show()

    def ask_template(self) -> None:
        """Asks for the template, or another song, that a new song is to begin as."""
        from engine.project.templates import templates_dir

        place = templates_dir()
        start = place if place.is_dir() else paths.songs_dir()
        ask_folder(self._window, "New from Template", start, self.begin_from)

    def begin_from(self, template: Path) -> None:
        """Makes a new song that begins as the song in `template`, in the background, and opens it."""
        folder = paths.songs_dir() / free_name(paths.songs_dir())

        def operation(context: Context) -> Path:
            from engine.project.templates import begin_from_template

            begin_from_template(template, folder, context)
            return folder

        self._document.jobs.submit(f"Begin “{folder.name}”", operation, self.open, self._say, queue=QUEUE)

    def ask_open(self) -> None:
        """Asks for a song's folder."""
        start = self._document.folder.parent if self._document.folder else paths.songs_dir()
        ask_folder(self._window, "Open Song", start, self.open)

    def open(self, folder: Path) -> None:
        """Opens the song in `folder`, after asking about unsaved changes."""
        if folder.name == PROJECT_FILE:
            folder = folder.parent
        if self._document.folder is not None and folder.resolve() == self._document.folder.resolve():
            return
        self._then(partial(self._open, folder))

    def open_demo(self) -> None:
        """Makes the demo song once, in the background, and opens it."""
        folder = paths.songs_dir() / "Demo"
        if (folder / PROJECT_FILE).is_file():
            self.open(folder)
            return

        def operation(context: Context) -> Path:
            from engine.demo.arrangement import build_demo

            folder.parent.mkdir(parents=True, exist_ok=True)
            build_demo(folder, context)
            return folder

        if not any(job.title == DEMO_TITLE for job in self._document.jobs.running):
            self._document.jobs.submit(DEMO_TITLE, operation, self.open, self._say)

    def _create(self, folder: Path, project: Project) -> None:
        self._document.new(folder, project)
        self._settings.add_recent(folder)

    def _open(self, folder: Path) -> None:
        """Opens a song at once, or a long one when it has been read in the background."""
        if not _is_long(folder):
            self._take(folder, _read(folder))
            return

        def operation(context: Context) -> "ProjectFolder | EngineError":
            opened = _read(folder)
            if context.cancelled and not isinstance(opened, EngineError):
                opened.close()
            return opened

        self.opening.emit(folder.name)
        self._document.jobs.submit(
            f"Open “{folder.name}”", operation, partial(self._take, folder), queue=QUEUE, passing=True
        )

    def _take(self, folder: Path, opened: "ProjectFolder | EngineError") -> None:
        if isinstance(opened, EngineError):
            self.opening.emit("")
            self._say_why(folder, opened)
            return
        self._document.take(opened)
        self.opening.emit("")
        self._settings.add_recent(folder)
        home = self._document.home
        if home and home.notice:
            self.notice.emit(home.notice, "", None)
        if home and home.recovery:
            self._offer_recovery(home.recovery.sentence)
        else:
            self._look_for_missing()
            self._document.sounds.prepare()
            self._check_files()

    def _check_files(self) -> None:
        self._document.sounds.check(lambda sentence: self.message.emit(sentence, "Locate…", self.show_missing))

    def _say_why(self, folder: Path, error: EngineError) -> None:
        """Tells why a song cannot be opened; offers a backup where the project file is damaged or gone."""
        from engine.project.backups import list_backups, time_of
        from engine.project.codec import DamagedProjectError
        from engine.project.files import is_project, read_project_file

        backups = list_backups(folder)
        if not backups or (is_project(folder) and not isinstance(error, DamagedProjectError)):
            show = partial(self._show_folder, folder) if folder.is_dir() else None
            self.message.emit(str(error), "Show Folder" if show else "", show)
            return
        for backup in reversed(backups):
            try:
                read_project_file(backup)
            except EngineError:
                continue
            time = time_of(backup)
            when = f" is from {time.astimezone():%Y-%m-%d at %H:%M}" if time else " is there"
            what = f"its project file is damaged ({error.what})" if isinstance(error, DamagedProjectError) else (
                f"its “{PROJECT_FILE}” is not there any more"
            )  # fmt: skip
            Question(
                f"Open a backup of “{folder.name}”?",
                f"The song cannot be opened: {what}. A backup{when}. The audio is not affected; the "
                "damaged file, if there is one, is kept in the song’s “backups” folder.",
                ("Open the Backup", "Show the Backups", "Cancel"),
                partial(self._decide_backup, folder, backup),
                self._theme,
                self._window,
            ).show()
            return
        self.message.emit(
            f"{error} None of its backups can be read either.",
            "Show Backups",
            partial(self._show_folder, backups[0].parent),
        )

    def _decide_backup(self, folder: Path, backup: Path, answer: str) -> None:
        from engine.project.backups import restore

        if answer == "Show the Backups":
            self._show_folder(backup.parent)
        elif answer == "Open the Backup":
            try:
                restore(folder, backup)
            except EngineError as error:
                self._say(str(error))
                return
            self._open(folder)

    def _show_folder(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.notice.emit(f"No file manager could be opened. The folder is “{folder}”.", "", None)

    def tell_missing(self, folder: Path) -> None:
        """Says that a recent song is not where it was."""
        self.message.emit(
            f"“{folder.name}” is not in “{folder.parent}” any more: it was moved, renamed or deleted, or its disk is "
            "not connected.",
            "Remove from List",
            partial(self.forget, folder),
        )

    def tell_moved(self) -> None:
        """Says that the open song's folder is not where it was, with a way to go on."""
        folder = self._document.folder
        if folder is not None:
            self.message.emit(str(FolderMovedError(folder)), "Locate or Save As…", self._ask_where)

    def _ask_where(self) -> None:
        folder = self._document.folder
        start = next((each for each in folder.parents if each.is_dir()), Path.home()) if folder else Path.home()
        title = "Where the Song Is Now, or an Empty Folder to Save It In"
        ask_folder(self._window, title, start, self.move_to)

    def move_to(self, folder: Path) -> None:
        """Goes on with the open song in `folder`, and says what keeps it from that."""
        try:
            self._document.move_to(folder)
        except EngineError as error:
            self.message.emit(str(error), "Locate or Save As…", self._ask_where)
            return
        self._settings.add_recent(folder)
        self._look_for_missing()

    def forget(self, folder: Path) -> None:
        """Takes a song off the list of recent ones."""
        self._settings.forget_recent(folder)
        self.recent_changed.emit()

    def _offer_recovery(self, sentence: str) -> None:
        text = f"{sentence} Continuo did not close this song properly the last time."
        choices = ("Recover", "Use the Saved Song", "Close the Song")
        Question("Recover this song?", text, choices, self._decide_recovery, self._theme, self._window).show()

    def _decide_recovery(self, answer: str) -> None:
        home = self._document.home
        if home is None:
            return
        if answer == "Close the Song":  # undecided: it is offered again
            self._document.close()
            return
        folder = home.folder
        operation = home.recover if answer == "Recover" else home.discard_recovery

        def done(project: Project) -> None:
            if self._document.folder != folder:
                return
            if project is not self._document.project:
                self._document.adopt("Recover" if answer == "Recover" else "Open", project)
            self._look_for_missing()
            self._document.sounds.prepare()
            self._check_files()

        self._document.jobs.submit("Recover the song", operation, done, self._say)

    def _look_for_missing(self) -> None:
        missing = self._document.sounds.missing()
        if missing:
            count = f"{len(missing)} audio files are" if len(missing) > 1 else f"“{missing[0].name}” is"
            self.message.emit(f"{count} missing: their clips are silent until found.", "Locate…", self.show_missing)

    def show_missing(self) -> None:
        """Shows the list of missing audio, or says that there is none."""
        if not self._document.sounds.to_locate():
            self.notice.emit("No audio of this song is missing.", "", None)
            return
        if not shown_again(MissingAudioDialog):
            MissingAudioDialog(self._document, self._theme, self._window).show()

    # save

    def save(self) -> None:
        """Saves the song; one that named itself is offered the words that it was composed from as its name."""
        if not self._document.save() or not _UNTITLED.fullmatch(self._document.project.name):
            return
        if name := title_of_song(self._document.project):
            sentence = f"Saved as “{self._document.project.name}”."
            self.notice.emit(sentence, f"Call It “{name}”", partial(self._rename, self._document.folder, name))

    def _rename(self, folder: Path | None, name: str) -> None:
        if self._document.folder == folder:
            self._document.apply("Rename song", lambda p: edits.rename(p, name))
            self._document.save()

    # close

    def close(self) -> None:
        """Closes the song, after asking about unsaved changes."""
        self._then(self._document.close)

    def _then(
        self, go_on: Callable[[], object], stay: Callable[[], object] = lambda: None, *, closing: bool = False
    ) -> None:
        """Calls `go_on` at once, or when the user has decided what to do about work and changes; on Cancel `stay`.

        Everything is asked before anything is done: whoever cancels the last question finds the song, and all that is
        being made in it, as they were.
        """
        self._proceed(_Leaving(go_on, stay, closing))

    def _proceed(self, leaving: "_Leaving") -> None:
        """Asks the next question, or acts when all are answered."""
        exports = self._document.jobs.running_in("export") if leaving.closing else []
        coming = self._document.coming
        unsaved = self._document.folder is not None and (not self._document.saved or self._live.running)
        if exports and not leaving.stops_exports:
            text = "The files are not finished. If you stop now, nothing is left of them, and files they replace stay."
            agreed = replace(leaving, stops_exports=True)
            self._ask_to_stop("Stop the export?", text, "Stop the Export", agreed)
        elif coming and not leaving.stops_coming:
            generated = sum(each.generated for each in coming)
            files = "A file is" if len(coming) == 1 else f"{len(coming)} files are"
            results = "A result is" if generated == 1 else f"{generated} results are"
            title, text, button = "Stop importing?", f"{files} still on the way into this song.", "Stop Importing"
            if generated:
                title, text, button = "Stop generating?", f"{results} still being made.", "Stop Generating"
            self._ask_to_stop(title, text, button, replace(leaving, stops_coming=True))
        elif unsaved and leaving.saves is None:
            self._ask_to_save(leaving)
        else:
            self._leave(leaving)

    def _ask_to_save(self, leaving: "_Leaving") -> None:
        def answer(button: str) -> None:
            if button == "Cancel":
                leaving.stay()
            else:
                self._proceed(replace(leaving, saves=button == "Save", asked=True))

        live = (
            " A live take is being made: it ends, and what there is of it is kept with the song." * self._live.running
        )
        Question(
            f"Save changes to “{self._document.project.name}”?",
            f"What you changed since the last save is lost otherwise.{live}",
            ("Save", "Don’t Save", "Cancel"),
            answer,
            self._theme,
            self._window,
        ).show()

    def _ask_to_stop(self, title: str, text: str, button: str, agreed: "_Leaving") -> None:
        def answer(chosen: str) -> None:
            if chosen == button:
                self._proceed(replace(agreed, asked=True))
            else:
                agreed.stay()

        Question(title, text, (button, "Keep Working"), answer, self._theme, self._window, dangerous=True).show()

    def _leave(self, leaving: "_Leaving") -> None:
        """Does what was decided: saves, stops what is on its way, keeps the live take, and goes on."""
        document = self._document
        if leaving.saves and not document.save():
            leaving.stay()
            return
        if leaving.stops_exports:
            for job in document.jobs.running_in("export"):
                document.jobs.cancel(job)
        if leaving.stops_coming:
            document.sounds.cancel()

        def go_on() -> None:
            if leaving.saves and not document.saved and not document.save():  # the live take has been kept meanwhile
                leaving.stay()
                return
            if not leaving.asked:
                leaving.go_on()
                return
            try:
                leaving.go_on()
            except EngineError as error:
                self._say(str(error))

        settlers = [self._live.settle, *self._settlers]

        def settle_next() -> None:
            if settlers:
                settlers.pop()(settle_next)
            else:
                go_on()

        settle_next()

    def settle_before_leaving(self, settle: Callable[[Callable[[], object]], object]) -> None:
        """Has `settle` end what it does, and then call what it is given, before the song is left."""
        self._settlers.append(settle)

    def before_closing(self, go_on: Callable[[], object], stay: Callable[[], object] = lambda: None) -> None:
        """Calls `go_on` when the window may close: nothing is exported, imported or unsaved any more.

        `stay` is called in its place when the user does not want to close it.
        """
        self._then(go_on, stay, closing=True)

    # audio

    def ask_import(self) -> None:
        """Asks for audio, MIDI and DAWproject files and imports them."""
        patterns = " ".join(f"*{suffix}" for suffix in (*suffixes(), *MIDI_SUFFIXES, DAWPROJECT_SUFFIX))
        start = self._settings.text("import/folder", str(Path.home()))
        ask_files(
            self._window, "Import", start, [f"Audio, MIDI and DAWproject ({patterns})", "All files (*)"], self._import
        )

    def _import(self, chosen: list[Path]) -> None:
        self._settings.put("import/folder", shown(chosen[0].parent))
        self.import_requested.emit(chosen)

    import_requested = Signal(object)
    """A list of `Path` to bring in at the playhead."""

    def dropped(self, files: list[Path]) -> None:
        """Files dropped outside the timeline: a song's folder opens; audio goes into the song, or into a new one."""
        songs = [file for file in files if (file / PROJECT_FILE).is_file() or file.name == PROJECT_FILE]
        audio = [file for file in files if file.is_file() and file.name != PROJECT_FILE]
        if songs:
            self.open(songs[0])
        elif not audio:
            self.message.emit("There is no audio or MIDI file and no song in what you dropped.", "", None)
        elif self._document.folder is not None:
            self.import_requested.emit(audio)
        else:
            self._start_with(audio)

    def _start_with(self, audio: list[Path]) -> None:
        place = paths.songs_dir()
        name = free_name(place, shown(audio[0].stem))
        try:
            place.mkdir(parents=True, exist_ok=True)
            self._create(place / name, begin_song(name))
        except EngineError as error:
            self.message.emit(str(error), "", None)
            return
        except OSError as error:
            self.message.emit(f"The folder {place} cannot be made ({error.strerror}).", "", None)
            return
        self.import_requested.emit(audio)

    def _say(self, sentence: str) -> None:
        if sentence:
            self.message.emit(sentence, "", None)


def _read(folder: Path) -> "ProjectFolder | EngineError":
    """The opened song, or why it cannot be opened; any thread."""
    from engine.project.files import ProjectFolder

    try:
        return ProjectFolder.open(folder)
    except EngineError as error:
        return error


def _left_empty(place: Path, opened: Path | None) -> Iterator[Path]:
    """The songs in `place` that got their names by themselves, and to which nobody has done anything."""
    from engine.project.files import load

    for folder in sorted(place.glob("Untitled*")):
        if folder == opened or not _UNTITLED.fullmatch(folder.name) or any((folder / AUDIO).glob("*")):
            continue
        with suppress(EngineError, OSError):
            project = load(folder)
            if replace(begin_song(folder.name), id=project.id) == project:
                yield folder


def _is_long(folder: Path) -> bool:
    """Whether reading the song takes so long that one wants to be told."""
    try:
        return (folder / PROJECT_FILE).stat().st_size > LONG_FILE
    except OSError:
        return False
