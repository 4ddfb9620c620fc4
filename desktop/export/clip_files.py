"""Clips and takes as files of their own, MIDI or WAV: named by the user, or made for a drag into another program."""

import shutil
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, SignalInstance
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_new_file
from desktop.document import Document
from desktop.settings import Settings
from engine import paths
from engine.errors import shown
from engine.ids import new_id
from engine.jobs import Context, Part
from engine.playback.filenames import safe_name
from engine.project.excerpt import excerpt, from_start, parts_between, untouched_source
from engine.project.model import Project
from engine.project.sources import source_path
from engine.timing.position import Position

_FOLDER = "export/clip_folder"
_ROOM = "dragged"
_KEPT_SECONDS = 24 * 3600
"""How long a file stays that was dragged out: the other program may read it late."""
_WAIT_SECONDS = 60.0
"""That a drop waits for its file at the most."""
URI_LIST = "text/uri-list"
CREDENTIALS = "export/credentials"
"""The setting whether generated sound is signed in what is exported or dragged out."""


class Kind(StrEnum):
    """What a file of clips holds."""

    MIDI = "mid"
    WAV = "wav"


def write_clips(project: Project, folder: Path, ids: Collection[str], kind: Kind, path: Path, context: Context,
                take: int | None = None, *, credentials: bool = True) -> None:  # fmt: skip
    """Writes clips of the song in `folder` to `path`, as they sound by themselves; a job's thread.

    MIDI begins with the first of them; WAV says in its time reference where in the song it lay, and how it goes round
    where it has a whole number of beats. It has 24 bits, or 32 bits of floating point where those would be clipped.

    Raises:
        EngineError: it cannot be written, or there are no notes.
        Cancelled: the user cancelled.
    """
    alone = excerpt(project, ids, take=take)
    if kind is Kind.MIDI:
        from engine.midi.writing import write_midi

        write_midi(from_start(alone), path)
        return
    from engine.inference.song_facts import facts_of
    from engine.playback.bounce import BounceRequest, bounce
    from engine.playback.clipping import WouldClipError
    from engine.playback.wavfile import SampleFormat

    first = min(alone.start_of(clip) for _, clip in alone.clips())
    start, end = Position.at_frame(first), Position.at_frame(alone.length)
    facts = replace(facts_of(project, loop=True), sections=())
    request = BounceRequest(
        mix=path, start=start, end=end, overwrite=True, refuse_early=True, facts=facts, credentials=credentials
    )
    try:
        bounce(alone, folder, request, context)
    except WouldClipError:
        bounce(alone, folder, replace(request, format=SampleFormat.FLOAT), context)


def write_track(
    project: Project, folder: Path, track_id: str, path: Path, context: Context, *, credentials: bool = True
) -> None:
    """Writes a track's stem to `path`, the only file of its folder: from the song's start to the end of its sound.

    Raises and writes as `write_clips` does.
    """
    from engine.inference.song_facts import facts_of
    from engine.playback.bounce import BounceRequest, bounce
    from engine.playback.clipping import WouldClipError
    from engine.playback.wavfile import SampleFormat

    request = BounceRequest(
        stems=path.parent, tracks=(track_id,), pattern="{track}", overwrite=True, refuse_early=True,
        facts=facts_of(project), credentials=credentials,
    )  # fmt: skip
    try:
        report = bounce(project, folder, request, context)
    except WouldClipError:
        report = bounce(project, folder, replace(request, format=SampleFormat.FLOAT), context)
    report.files[0].path.replace(path)


def usual_kind(project: Project, ids: Collection[str], take: int | None = None) -> Kind:
    """What clips, or a take of theirs, are dragged as: notes as MIDI, all else as WAV."""
    clips = [clip for _, clip in project.clips() if clip.id in ids]
    takes = [clip.takes[take] if take is not None and take < len(clip.takes) else clip.chosen for clip in clips]
    return Kind.MIDI if takes and not any(each.source for each in takes) else Kind.WAV


class ClipFiles(QObject):
    """Writes clips into files in the background, and drags them out of the window. UI thread only."""

    def __init__(self, document: Document, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._settings, self._window = document, settings, window

    def connect_to(self, clips_dragged: SignalInstance, track_dragged: SignalInstance) -> None:
        """Answers drags out of the window: (ids of clips, take or None, modifiers), and (track id)."""
        clips_dragged.connect(self._drag_out)
        track_dragged.connect(self.drag_track)

    def handlers(self) -> dict[str, Any]:
        """The handlers by the ids of their actions."""
        return {
            "export_clip_midi": lambda: self.ask(self._document.selection.clips, Kind.MIDI),
            "export_clip_wav": lambda: self.ask(self._document.selection.clips, Kind.WAV),
        }

    def ask(self, ids: Collection[str], kind: Kind, take: int | None = None) -> None:
        """Asks for a file and writes the clips into it."""
        folder = Path(self._settings.text(_FOLDER, self._settings.text("export/folder", str(Path.home() / "Music"))))
        start = folder if folder.is_dir() else Path.home()

        def chosen(path: Path) -> None:
            self._settings.put(_FOLDER, shown(path.parent))
            self.write(ids, kind, path, take)

        title = "Export Clip as MIDI" if kind is Kind.MIDI else "Export Clip as WAV"
        name = f"{self._name(self._document.project, ids)}.{kind.value}"
        ask_new_file(self._window, title, start / name, kind.name, f".{kind.value}", chosen)

    def write(self, ids: Collection[str], kind: Kind, path: Path, take: int | None = None) -> None:
        """Writes the clips, as the song is now, to `path`."""
        self._write([self._clips_file(self._document.project, ids, kind, path, take)], threading.Event())

    def dragged(self, ids: Collection[str], kind: Kind | None, take: int | None = None) -> "FilesToCome":
        """What a drag of clips carries: a file for each of them, which are being written by now.

        Where time is selected, of selected clips the parts in it. Without a `kind` notes are MIDI, all else is WAV.
        """
        data = self.to_come(ids, kind, take)
        data.begin()
        return data

    def to_come(self, ids: Collection[str], kind: Kind | None, take: int | None = None) -> "FilesToCome":
        """The same, but nothing is written until somebody asks for the files; what is written is the song as it is."""
        document, selection = self._document, self._document.selection
        project, parts = document.project, list(ids)
        if take is None and selection.region and selection.clips.issuperset(ids):
            project, parts = parts_between(project, ids, *selection.region)
        files, names = [], set[str]()
        room = self._new_room()
        for clip in (clip for _, clip in project.clips() if clip.id in parts):
            each_kind = kind or usual_kind(project, [clip.id], take)
            source = untouched_source(project, clip, take) if each_kind is Kind.WAV else ""
            suffix = Path(project.sources[source].file).suffix if source else f".{each_kind.value}"
            path = room / f"{_free_name(self._name(project, [clip.id]), names)}{suffix}"
            if source and document.folder:
                files.append(_copied_file(source_path(document.folder, project.sources[source]), path))
            else:
                files.append(self._clips_file(project, [clip.id], each_kind, path, take))
        return FilesToCome(files, self._write)

    def dragged_track(self, track_id: str) -> "FilesToCome":
        """What a drag of a track carries: its stem, as it sounds through its strip, from the start of the song on."""
        document, project, folder = self._document, self._document.project, self._document.folder
        track = project.track(track_id)
        path = self._new_room() / f"{safe_name(track.name if track else '')[:80].strip() or 'Track'}.wav"
        unmuted = replace(project, tracks=tuple(
            replace(each, mute=False) if each.id == track_id else each for each in project.tracks))  # fmt: skip
        sign = self._settings.flag(CREDENTIALS, True)

        def write(context: Context) -> None:
            assert folder is not None
            document.sounds.render_missing(unmuted, folder, context)
            write_track(unmuted, folder, track_id, path, context, credentials=sign)

        data = FilesToCome([NewFile(path, write)], self._write)
        data.begin()
        return data

    def drag(self, ids: Collection[str], kind: Kind | None, take: int | None = None) -> None:
        """Drags clips as files, until the button is let go."""
        self._drag(self.dragged(ids, kind, take))

    def drag_track(self, track_id: str) -> None:
        """Drags a track as a file, until the button is let go."""
        self._drag(self.dragged_track(track_id))

    def _drag_out(self, ids: frozenset[str], take: int | None, modifiers: Qt.KeyboardModifier) -> None:
        """Drags clips, a file for each, or a take: notes as MIDI, or as WAV with Alt."""
        kind = usual_kind(self._document.project, ids, take) if len(ids) == 1 else None
        self.drag(ids, Kind.WAV if modifiers & Qt.KeyboardModifier.AltModifier else kind, take)

    def _drag(self, data: "FilesToCome") -> None:
        drag = QDrag(self._window)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)

    def _clips_file(
        self, project: Project, ids: Collection[str], kind: Kind, path: Path, take: int | None
    ) -> "NewFile":
        """The file of clips of a song as it is now."""
        document, folder, chosen = self._document, self._document.folder, frozenset(ids)
        sign = self._settings.flag(CREDENTIALS, True)

        def write(context: Context) -> None:
            assert folder is not None
            if kind is Kind.WAV:
                document.sounds.render_missing(excerpt(project, chosen, take=take), folder, context)
            write_clips(project, folder, chosen, kind, path, context, take, credentials=sign)

        return NewFile(path, write)

    def _write(self, files: Sequence["NewFile"], over: threading.Event) -> None:
        """Writes files in the background; `over` is set when that is done, well or badly."""
        document = self._document
        if document.folder is None or not files:
            over.set()
            return

        def operation(context: Context) -> None:
            try:
                for number, file in enumerate(files):
                    file.path.parent.mkdir(parents=True, exist_ok=True)
                    file.write(Part(context, number / len(files), (number + 1) / len(files)))
            finally:
                over.set()

        def ended(sentence: str) -> None:
            over.set()
            if sentence:
                document.failed.emit(sentence)

        what = shown(files[0].path.name) if len(files) == 1 else f"{len(files)} files"
        document.jobs.submit(f"Export {what}", operation, None, ended, queue="export")

    def _new_room(self) -> Path:
        """A folder of its own for what is dragged out; not made yet."""
        room = paths.cache_dir() / _ROOM
        _forget_old(room)
        return room / new_id()

    def _name(self, project: Project, ids: Collection[str]) -> str:
        names = [clip.name for _, clip in project.clips() if clip.id in ids]
        return safe_name(names[0] if len(names) == 1 else project.name)[:80].strip() or "Clip"


@dataclass(frozen=True)
class NewFile:
    """A file that is to be written, and what writes it, on a job's thread."""

    path: Path
    write: Callable[[Context], None]


class FilesToCome(QMimeData):
    """Files that are still being written when a drag begins, or not begun yet; whoever asks for them waits."""

    def __init__(self, files: Sequence[NewFile], write: Callable[[Sequence[NewFile], threading.Event], None]) -> None:
        super().__init__()
        self._files, self._writer = tuple(files), write
        self._begun = False
        self.over = threading.Event()

    def begin(self) -> None:
        """Has the files written, once."""
        if not self._begun:
            self._begun = True
            self._writer(self._files, self.over)

    def formats(self) -> list[str]:
        """A list of files."""
        return [URI_LIST]

    def hasFormat(self, mime_type: str) -> bool:
        """Whether it is a list of files that is asked for."""
        return mime_type == URI_LIST

    def retrieveData(self, mime_type: str, kind: object) -> object:
        """The files, once they are there; none where they could not be written."""
        if mime_type != URI_LIST:
            return None
        self.begin()
        self.over.wait(_WAIT_SECONDS)
        return [QUrl.fromLocalFile(str(file.path)) for file in self._files if file.path.is_file()]


def _copied_file(source: Path, path: Path) -> NewFile:
    """A file that is a copy of another. No link: a program that changes its file would change the song's sound."""

    def write(context: Context) -> None:
        shutil.copyfile(source, path)

    return NewFile(path, write)


def _free_name(name: str, taken: set[str]) -> str:
    """`name`, or with a number where it is taken; it is taken then."""
    number, free = 2, name
    while free.casefold() in taken:
        free, number = f"{name} {number}", number + 1
    taken.add(free.casefold())
    return free


def _forget_old(room: Path) -> None:
    """Removes what was dragged out long ago."""
    with suppress(OSError):
        for folder in room.iterdir():
            if time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
