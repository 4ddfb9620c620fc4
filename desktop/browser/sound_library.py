"""The library of sounds as the window knows it: folders, what is listened to in the background, and searches."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from engine.jobs import Context, Job

if TYPE_CHECKING:
    from engine.analysis.library.database import LibraryFolder
    from engine.analysis.library.portrait import Portrait
    from engine.analysis.library.search import Catalogue, Match, TempoRange

INDEXING, SEARCHING = "library", "library search"
"""The queues of the jobs."""
SHOWN = 200
"""Sounds that a search shows at most."""


class SoundLibrary(QObject):
    """UI thread only. Nothing is read before the first `update` or search."""

    folders_changed = Signal()
    indexing_changed = Signal(bool)
    """Whether files are being listened to."""
    found = Signal(list)
    """The `Match`es of the last search."""
    like_changed = Signal(str)
    """What the sounds are to be like; empty where words are searched."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.folders: tuple[LibraryFolder, ...] = ()
        self.text = self.key = self.like = ""
        self.tempo: TempoRange | None = None
        self._portrait: Portrait | None = None
        self._like_path = ""
        self._lock = Lock()
        self._catalogue: Catalogue | None = None  # guarded by the lock
        self._indexing: Job | None = None
        self._searching: Job | None = None
        self._again = False

    # folders

    def add_folder(self, path: Path) -> None:
        """Adds a folder, and listens to what is in it."""
        self._change(f"Add the folder {path.name}", lambda library: library.add_folder(path.resolve()))

    def remove_folder(self, path: str) -> None:
        """Takes a folder off the list; its files stay where they are."""
        self._change(f"Remove the folder {Path(path).name}", lambda library: library.remove_folder(path))

    def update(self) -> None:
        """Listens to what is new in the folders and in the open song's takes, after what is being listened to."""
        if self._indexing is not None and not self._indexing.over:
            self._again = True
            return
        document = self._document
        folder, project = document.folder, document.project

        def operation(context: Context) -> "tuple[LibraryFolder, ...]":
            from engine.inference.library import takes_of, update

            update(takes_of(folder, project) if folder else (), context, self._forget_catalogue)
            return _folders()

        self._indexing = document.jobs.submit(
            "Listen to the library", operation, self._updated, self._failed, queue=INDEXING, again=self.update,
            passing=True,
        )  # fmt: skip
        self.indexing_changed.emit(True)

    # searches

    def search(self, text: str, key: str, tempo: "TempoRange | None") -> None:
        """Searches for words; every sound fits an empty text. What was to be liked is kept where no text is given."""
        if text.strip() and self.like:
            self.forget_like()
        self.text, self.key, self.tempo = text, key, tempo
        self.search_again()

    def search_again(self) -> None:
        """Searches as before, in what is known now."""
        jobs = self._document.jobs
        if self._searching is not None:
            jobs.cancel(self._searching)
        text, key, tempo, portrait, path = self.text, self.key, self.tempo, self._portrait, self._like_path

        def operation(context: Context) -> "list[Match]":
            catalogue = self._current()
            context.check()
            if portrait is not None:
                return catalogue.by_likeness(portrait, key, tempo, SHOWN, but=path)
            return catalogue.by_words(text, key, tempo, SHOWN)

        self._searching = jobs.submit(
            "Search the library", operation, self.found.emit, self._failed, queue=SEARCHING, passing=True
        )

    def search_like(self, title: str, describe: "Callable[[Context], Portrait]", path: str = "") -> None:
        """Searches for sounds that are like one; the file at `path` is left out.

        Args:
            title: of the sound.
            describe: says on a job's thread what it is like.
            path: of the sound's own file.
        """

        def described(portrait: "Portrait") -> None:
            self._portrait, self._like_path, self.like, self.text = portrait, path, title, ""
            self.like_changed.emit(title)
            self.search_again()

        self._document.jobs.submit(
            f"Listen to “{title}”", describe, described, self._failed, queue=SEARCHING, passing=True
        )

    def find_nearest(self, words: str, count: int, found: "Callable[[list[Match]], None]") -> None:
        """Looks for the sounds that fit words best, and gives them to `found`; what is searched for stays."""
        self._document.jobs.submit(
            "Search the library",
            lambda _: self._current().by_words(words, count=count),
            found,
            self._failed,
            queue=SEARCHING,
            passing=True,
        )

    def forget_like(self) -> None:
        """Goes back to words."""
        self._portrait, self._like_path, self.like = None, "", ""
        self.like_changed.emit("")

    # inside

    def _change(self, title: str, edit: Callable[..., None]) -> None:
        def operation(_: Context) -> "tuple[LibraryFolder, ...]":
            from engine.analysis.library.database import Library, library_path

            with Library(library_path()) as library:
                edit(library)
                return library.folders()

        def done(folders: "tuple[LibraryFolder, ...]") -> None:
            self._forget_catalogue()
            self._show_folders(folders)
            self.update()
            self.search_again()

        self._document.jobs.submit(title, operation, done, self._failed, queue=SEARCHING, passing=True)

    def _updated(self, folders: "tuple[LibraryFolder, ...]") -> None:
        self._forget_catalogue()
        self._show_folders(folders)
        self.indexing_changed.emit(False)
        self.search_again()
        if self._again:
            self._again = False
            self.update()

    def _show_folders(self, folders: "tuple[LibraryFolder, ...]") -> None:
        if folders != self.folders:
            self.folders = folders
            self.folders_changed.emit()

    def _failed(self, sentence: str) -> None:
        if self._indexing is not None and self._indexing.over:
            self.indexing_changed.emit(False)
        if sentence:
            self._document.failed.emit(sentence)

    def _forget_catalogue(self) -> None:
        """Any thread."""
        with self._lock:
            self._catalogue = None

    def _current(self) -> "Catalogue":
        """The sounds of the folders and of songs; a job's thread."""
        with self._lock:
            catalogue = self._catalogue
        if catalogue is not None:
            return catalogue
        from engine.analysis.library.database import Library, is_below, library_path
        from engine.analysis.library.search import Catalogue

        with Library(library_path()) as library:
            folders = [folder.path for folder in library.folders()]
            entries = [each for each in library.entries() if each.file.song or is_below(each.file.path, folders)]
        catalogue = Catalogue.of(entries)
        with self._lock:
            self._catalogue = catalogue
        return catalogue


def _folders() -> "tuple[LibraryFolder, ...]":
    from engine.analysis.library.database import Library, library_path

    with Library(library_path()) as library:
        return library.folders()
