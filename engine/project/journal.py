"""The journal of edits: what changed since the last save or autosave, so that a kill loses nothing older than a second.

`journal.txt` has one record a line: a checksum and a JSON object. The first names the revision of the file that it goes
on from. The others hold what an edit changed, as whole values of clips, tracks and fields of the song, or mark that the
state reached is being written as a file of a certain revision. A line that is torn or damaged ends the journal.
"""

import json
import logging
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import IO, Any

from engine.atomic_file import replace_file, sync_file
from engine.errors import ProjectFileError
from engine.project.codec import JOURNAL_MIGRATIONS, from_json, parse_json, plain_field, plain_object, to_json
from engine.project.layout import JOURNAL_FILE, part_path
from engine.project.model import FORMAT_VERSION, Project, Track
from engine.safe_files import read_inside

log = logging.getLogger(__name__)

LIMIT = 8 << 20
"""Bytes after which a whole autosave takes the journal's place."""

_LONGEST = 64 << 20  # bytes of a journal that is read
_FIELDS = (
    "name",
    "rate",
    "tempo",
    "signature",
    "markers",
    "loop",
    "master_gain_db",
    "tempo_changes",
    "signature_changes",
    "master_devices",
    "master_lanes",
    "chords",
    "sections",
)
_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class JournalFile:
    """The journal of an open song. Any thread may call the methods; a failing disk only costs the journal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self._last: Project | None = None
        self._after_mark = False
        self.size = 0
        """Bytes written so far."""

    def begin(self, project: Project, revision: int) -> None:
        """Starts anew from `project`, which a file of that `revision` holds; what was journaled since is carried over.

        Nothing is lost at any moment: the new journal takes the place of the old one in one step.
        """
        with self._lock:
            later = self._last if self._after_mark else None
            self._close()
            part = part_path(self._folder)
            try:
                self._file = part.open("xb", buffering=0)
                self._last, self.size = project, 0
                self._write({"base": revision, "version": FORMAT_VERSION})
                if later is not None:
                    self._append(later)
                self._file.close()
                replace_file(part, self._folder / JOURNAL_FILE)
                self._file = (self._folder / JOURNAL_FILE).open("ab", buffering=0)
            except OSError as error:
                self._fail(error)
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    def append(self, project: Project) -> bool:
        """Writes what differs from the state before, and waits until it is on the disk; whether it could be written."""
        with self._lock:
            try:
                if self._file is None or not self._append(project):
                    return self._file is not None
                sync_file(self._file.fileno())
            except OSError as error:
                self._fail(error)
            return self._file is not None

    def mark(self, project: Project, revision: int) -> None:
        """Notes that `project` is about to be written as the file of that `revision`."""
        with self._lock:
            if self._file is None:
                return
            try:
                self._append(project)
                self._write({"mark": revision})
                self._after_mark = False
            except OSError as error:
                self._fail(error)

    def close(self, *, keep: bool) -> None:
        """Ends it; with `keep`, what it holds is offered when the song is opened again."""
        with self._lock:
            is_open = self._file is not None
            self._close()
            if is_open and not keep:
                with suppress(OSError):
                    (self._folder / JOURNAL_FILE).unlink(missing_ok=True)

    def _append(self, project: Project) -> bool:
        """Writes what differs; whether there was anything."""
        assert self._last is not None
        changes = difference(self._last, project)
        self._last = project
        if changes:
            self._write(changes)
            self._after_mark = True
        return bool(changes)

    def _write(self, record: Mapping[str, Any]) -> None:
        assert self._file is not None
        try:
            data = _ENCODE(record).encode("utf-8", "replace")
        except (TypeError, ValueError) as error:  # a value that no file can hold; the save says so
            raise OSError(str(error)) from error
        line = b"%08x %b\n" % (zlib.crc32(data), data)
        self._file.write(line)
        self.size += len(line)

    def _fail(self, error: OSError) -> None:
        """Goes on without: the song can be played, edited and autosaved all the same."""
        log.info("no journal of edits in “%s”: %s", self._folder, error)
        self._close()

    def _close(self) -> None:
        if self._file:
            with suppress(OSError):
                self._file.close()
        self._file = self._last = None
        self._after_mark = False


class Journal:
    """Journals what is submitted, on a thread of its own, half a second later at most.

    `submit` costs nothing and may be called from any thread, after every edit. `full` is called on the journal's thread
    with the state that a whole autosave shall hold, when the journal has got long.
    """

    def __init__(self, file: JournalFile, full: Callable[[Project], object], *, delay: float = 0.4) -> None:
        self._file, self._full, self._delay = file, full, delay
        self._changed = threading.Condition()
        self._pending: Project | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, project: Project) -> None:
        """Has `project` journaled soon; it takes the place of what waits."""
        with self._changed:
            if self._pending is None:  # else the thread already waits for its time
                self._changed.notify_all()
            self._pending = project

    def close(self) -> None:
        """Ends the thread; what waits is written first."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(10.0)

    def _run(self) -> None:
        last = monotonic() - self._delay
        while True:
            with self._changed:
                while self._pending is None and not self._closed:
                    self._changed.wait()
                while not self._closed and (left := last + self._delay - monotonic()) > 0:
                    self._changed.wait(left)
                project, self._pending = self._pending, None
                closed = self._closed
            if project is not None:
                self._file.append(project)
                last = monotonic()
                if self._file.size > LIMIT and not closed:
                    self._full(project)
            if closed:
                return


def difference(old: Project, new: Project) -> dict[str, Any]:
    """What has to be set in `old` to make it `new`; looks only at what is not the same object."""
    changes: dict[str, Any] = {}
    song = {
        name: plain_field(new, name)
        for name in _FIELDS
        if getattr(old, name) is not getattr(new, name) and getattr(old, name) != getattr(new, name)
    }
    if song:
        changes["song"] = song
    if old.sources is not new.sources:
        put = [plain_object(each) for key, each in new.sources.items() if old.sources.get(key) != each]
        removed = [key for key in old.sources if key not in new.sources]
        changes |= ({"sources": put} if put else {}) | ({"sources_gone": removed} if removed else {})
    if old.tracks is not new.tracks:
        before = {track.id: track for track in old.tracks}
        tracks = {
            track.id: _track(before.get(track.id), track) for track in new.tracks if before.get(track.id) is not track
        }
        if tracks:
            changes["tracks"] = tracks
        if [track.id for track in old.tracks] != [track.id for track in new.tracks]:
            changes["order"] = [track.id for track in new.tracks]
    return changes


def _track(old: Track | None, new: Track) -> dict[str, Any]:
    own = {key: value for key, value in plain_object(new).items() if key != "clips"} if old is None else {}
    if old is not None:
        previous, now = (plain_object(replace(track, clips=())) for track in (old, new))
        own = now if previous != now else {}
    before = {clip.id: clip for clip in old.clips} if old else {}
    put = [plain_object(clip) for clip in new.clips if before.get(clip.id) is not clip]
    changes: dict[str, Any] = ({"own": own} if own else {}) | ({"clips": put} if put else {})
    order = [clip.id for clip in new.clips]
    return changes | ({"order": order} if order != list(before) else {})


def replay(folder: Path, project: Project, revision: int) -> Project | None:
    """The state that the journal in `folder` leads to from `project`, which the file of that `revision` holds.

    None where there is no journal, it goes on from another state, or holds nothing that can be used.
    """
    steps: list[dict[str, Any]] | None = None
    version: object = 1  # of a journal that does not say it
    for record in _records(folder):
        version = record.get("version", 1) if "base" in record else version
        if revision in (record.get("base"), record.get("mark")):
            steps = []
        elif steps is not None and "mark" not in record:
            steps.append(record)
    if not steps:
        return None
    data = to_json(project)
    try:
        for step in steps:
            _apply(data, _migrated(step, version))
        return from_json(data)
    except (ProjectFileError, KeyError, TypeError, ValueError, AttributeError):
        log.info("the journal in “%s” is damaged", folder)
        return None


def _migrated(step: dict[str, Any], version: object) -> dict[str, Any]:
    """A record of a journal of that version, as a journal of this program has it."""
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        raise ValueError("the journal is another program's")
    for old in range(version, FORMAT_VERSION):
        step = JOURNAL_MIGRATIONS[old](step)
    return step


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of the journal up to the first that is not whole."""
    try:
        lines = read_inside(folder, JOURNAL_FILE, _LONGEST).split(b"\n")
    except OSError:
        return
    for line in lines[:-1]:
        checksum, _, data = line.partition(b" ")
        if checksum != b"%08x" % zlib.crc32(data):
            return
        try:
            record = parse_json(data.decode("utf-8"))
        except (ProjectFileError, UnicodeDecodeError):
            return
        if not isinstance(record, dict):
            return
        yield record


def _apply(data: dict[str, Any], step: Mapping[str, Any]) -> None:
    """Makes the changes of one record to a song's JSON object."""
    data.update({name: value for name, value in step.get("song", {}).items() if name in _FIELDS})
    removed = set(step.get("sources_gone", ()))
    sources = {each["id"]: each for each in data["sources"] if each["id"] not in removed}
    data["sources"] = list((sources | {each["id"]: each for each in step.get("sources", ())}).values())
    tracks = {track["id"]: track for track in data["tracks"]}
    for track_id, changes in step.get("tracks", {}).items():
        old = tracks.get(track_id, {})
        track = dict(changes.get("own", {})) or {key: value for key, value in old.items() if key != "clips"}
        clips = {clip["id"]: clip for clip in old.get("clips", ())}
        clips |= {clip["id"]: clip for clip in changes.get("clips", ())}
        track["clips"] = [clips[clip_id] for clip_id in changes.get("order", clips)]
        tracks[track_id] = track
    data["tracks"] = [tracks[track_id] for track_id in step.get("order", tracks)]
