"""The library's database: the user's folders, and a portrait of each file. One file of SQLite.

Each thread and process opens its own `Library`. What is in it can be made again, but for the list of folders.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from engine.analysis.library.model import LibraryModel, bundled
from engine.analysis.library.portrait import PEAKS, VERSION, Portrait
from engine.errors import EngineError, shown
from engine.paths import data_dir

_SCHEMA = 1
_PATIENCE = 20.0  # s that a reader waits for a writer
_TABLES = (
    "CREATE TABLE IF NOT EXISTS folders (path TEXT PRIMARY KEY, problem TEXT NOT NULL DEFAULT '')",
    """CREATE TABLE IF NOT EXISTS sounds (
        path TEXT PRIMARY KEY, title TEXT NOT NULL, song TEXT NOT NULL, modified INTEGER NOT NULL,
        size INTEGER NOT NULL, version INTEGER NOT NULL, problem TEXT NOT NULL, seconds REAL, loudness REAL,
        tempo REAL, key TEXT, words TEXT, numbers BLOB, peaks BLOB
    )""",
)


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file that belongs to the library.

    title: what it is called. song: the folder of the song whose take it is; empty for other files. modified: ns.
    size: bytes.
    """

    path: str
    title: str
    song: str
    modified: int
    size: int


@dataclass(frozen=True, slots=True)
class LibraryFolder:
    """A folder of the user. problem: a sentence, where it could not be read; else empty."""

    path: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a file. problem: a sentence, where it cannot be read; then there is no portrait."""

    file: SoundFile
    portrait: Portrait | None
    problem: str = ""


def library_path() -> Path:
    """Where the user's library is kept."""
    return data_dir() / "library.sqlite3"


class Library:
    """The database, opened by one thread; close it or use it with `with`.

    Raises, where nothing else is said: `EngineError`, it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        """Opens it, made new where there is none or where it is damaged (the damaged one stays beside it).

        Raises:
            EngineError: it cannot be written.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connection = self._opened_in_turn()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                path.replace(path.with_suffix(".damaged"))
                self._connection = self._opened_in_turn()
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def _opened_in_turn(self) -> sqlite3.Connection:
        """Opens it; SQLite does not wait by itself while another connection begins a new database."""
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._opened()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > patience:
                    raise
                time.sleep(0.02)

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if _schema(connection) != _SCHEMA:
                with _Transaction(connection):
                    if _schema(connection) != _SCHEMA:  # nobody else made it meanwhile
                        connection.execute("DROP TABLE IF EXISTS sounds")
                        for table in _TABLES:
                            connection.execute(table)
                        connection.execute(f"PRAGMA user_version = {_SCHEMA}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _unusable(self, error: Exception) -> EngineError:
        return EngineError(f"The library “{self._path}” cannot be used ({error}): see that it may be written.")

    def _rows(self, question: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows that answer a question."""
        try:
            yield from self._connection.execute(question, tuple(values))
        except (sqlite3.Error, UnicodeError) as error:
            raise self._unusable(error) from error

    def _write(self, change: str, rows: Iterable[Sequence[object]]) -> None:
        """Carries out a change for each row of values, all of them or none.

        Raises:
            EngineError: it cannot be written.
        """
        try:
            with _Transaction(self._connection):
                self._connection.executemany(change, list(rows))
        except (sqlite3.Error, UnicodeError) as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Closes it."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def stamp(self) -> int:
        """Another number after each change that another connection made."""
        return int(next(self._rows("PRAGMA data_version"))[0])

    def folders(self) -> tuple[LibraryFolder, ...]:
        """The user's folders, in alphabetical order."""
        rows = self._rows("SELECT path, problem FROM folders ORDER BY path")
        return tuple(LibraryFolder(path, problem) for path, problem in rows)

    def add_folder(self, path: Path) -> None:
        """Adds a folder, once.

        Raises:
            EngineError: its name is no text, or it cannot be written.
        """
        if shown(path) != str(path):
            raise EngineError(f"The name of the folder “{shown(path)}” cannot be written as text: rename it.")
        self._write("INSERT OR IGNORE INTO folders (path) VALUES (?)", [(str(path),)])

    def remove_folder(self, path: str) -> None:
        """Takes a folder off the list, and what is below it, but for what is below another one."""
        self._write("DELETE FROM folders WHERE path = ?", [(path,)])
        others = [folder.path for folder in self.folders()]
        paths = [row[0] for row in self._rows("SELECT path FROM sounds WHERE song = ''")]
        self.forget(one for one in paths if is_below(one, [path]) and not is_below(one, others))

    def set_problem(self, folder: str, problem: str) -> None:
        """Notes why a folder could not be read; an empty sentence where it could."""
        self._write("UPDATE folders SET problem = ? WHERE path = ?", [(problem, folder)])

    def stamps(self) -> dict[str, tuple[int, int, int, str, str]]:
        """Each path's modification time, size, version of its portrait, title and song."""
        rows = self._rows("SELECT path, modified, size, version, title, song FROM sounds")
        return {path: (modified, size, version, title, song) for path, modified, size, version, title, song in rows}

    def put(self, entries: Iterable[Entry]) -> None:
        """Keeps entries in place of what was known of the same paths, all of them or none."""
        places = ", ".join("?" * 14)
        self._write(f"INSERT OR REPLACE INTO sounds VALUES ({places})", (_row(entry) for entry in entries))

    def rename(self, files: Iterable[SoundFile]) -> None:
        """Gives files that are known another title and song."""
        rows = ((file.title, file.song, file.path) for file in files)
        self._write("UPDATE sounds SET title = ?, song = ? WHERE path = ?", rows)

    def forget(self, paths: Iterable[str]) -> None:
        """Removes files."""
        self._write("DELETE FROM sounds WHERE path = ?", ((path,) for path in paths))

    def entries(self, model: LibraryModel | None = None) -> Iterator[Entry]:
        """Everything that is known, by path; what an older version of the program heard has no portrait."""
        model = model or bundled()
        for row in self._rows("SELECT * FROM sounds ORDER BY path"):
            yield _entry(row, model)

    def entry(self, path: str) -> Entry | None:
        """What is known of a file; None where nothing is."""
        row = next(self._rows("SELECT * FROM sounds WHERE path = ?", (path,)), None)
        return _entry(row, bundled()) if row else None


class _Transaction:
    """What is written inside it is kept whole or not at all."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._connection.execute("COMMIT")
        else:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")


def _schema(connection: sqlite3.Connection) -> int:
    """The version of its tables; 0 in a new database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_below(path: str, folders: Sequence[str]) -> bool:
    """Whether a path lies below one of the folders, or is one of them."""
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _row(entry: Entry) -> tuple[object, ...]:
    file, portrait = entry.file, entry.portrait
    head = (file.path, file.title, file.song, file.modified, file.size, VERSION, entry.problem)
    if portrait is None:
        return (*head, None, None, None, None, None, None, None)
    numbers = np.concatenate([portrait.evidence, portrait.keys, portrait.embedding, portrait.pitches])
    loudness = portrait.loudness if np.isfinite(portrait.loudness) else None
    words = json.dumps(portrait.words, ensure_ascii=False)
    return (
        *head, portrait.seconds, loudness, portrait.tempo, portrait.key, words,
        numbers.astype("<f2").tobytes(), portrait.peaks.tobytes(),
    )  # fmt: skip


def _entry(row: Sequence[object], model: LibraryModel) -> Entry:
    path, title, song, modified, size, version, problem, seconds, loudness, tempo, key, words, numbers, peaks = row
    file = SoundFile(str(path), str(title), str(song), int(str(modified)), int(str(size)))
    sizes = (len(model.terms), 24, len(model.between), 24)
    whole = isinstance(numbers, bytes) and isinstance(peaks, bytes) and version == VERSION
    if not whole or len(numbers) != 2 * sum(sizes) or len(peaks) != 2 * PEAKS:  # type: ignore[arg-type]
        return Entry(file, None, str(problem))
    values = np.frombuffer(numbers, "<f2").astype(np.float64)  # type: ignore[call-overload]
    evidence, keys, embedding, pitches = np.split(values, np.cumsum(sizes)[:-1])
    level = float(loudness) if isinstance(loudness, float) else -np.inf
    picture = np.frombuffer(peaks, np.int8).reshape(PEAKS, 2)  # type: ignore[call-overload]
    portrait = Portrait(
        float(str(seconds)), level, float(str(tempo)), str(key), tuple(json.loads(str(words))), evidence, keys,
        embedding, pitches, picture,
    )  # fmt: skip
    return Entry(file, portrait, str(problem))
