"""Clips and takes as files of their own, MIDI or WAV: named by the user, or made for a drag into another program."""

import shutil
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_new_file
from desktop.document import Document
from desktop.settings import Settings
from engine import paths
from engine.errors import shown
from engine.ids import new_id
from engine.inference.song_facts import facts_of
from engine.jobs import Context
from engine.playback.filenames import safe_name
from engine.project.excerpt import excerpt, from_start
from engine.project.model import Project
from engine.timing.position import Position

_FOLDER = "export/clip_folder"
_ROOM = "dragged"
_KEPT_SECONDS = 24 * 3600
"""How long a file stays that was dragged out: the other program may read it late."""
_WAIT_SECONDS = 60.0
"""That a drop waits for its file at the most."""
URI_LIST = "text/uri-list"


class Kind(StrEnum):
    """What a file of clips holds."""

    MIDI = "mid"
    WAV = "wav"


def write_clips(project: Project, folder: Path, ids: Collection[str], kind: Kind, path: Path, context: Context,
                take: int | None = None) -> None:  # fmt: skip
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
    from engine.playback.bounce import BounceRequest, bounce
    from engine.playback.clipping import WouldClipError
    from engine.playback.wavfile import SampleFormat

    first = min(alone.start_of(clip) for _, clip in alone.clips())
    start, end = Position.at_frame(first), Position.at_frame(alone.length)
    facts = replace(facts_of(project, loop=True), sections=())
    request = BounceRequest(mix=path, start=start, end=end, overwrite=True, refuse_early=True, facts=facts)
    try:
        bounce(alone, folder, request, context)
    except WouldClipError:
        bounce(alone, folder, replace(request, format=SampleFormat.FLOAT), context)


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
        name = f"{self._name(ids)}.{kind.value}"
        ask_new_file(self._window, title, start / name, kind.name, f".{kind.value}", chosen)

    def write(
        self, ids: Collection[str], kind: Kind, path: Path, take: int | None = None, over: threading.Event | None = None
    ) -> None:
        """Writes the clips, as the song is now, to `path`; `over` is set when that is done, well or badly."""
        document, project, folder = self._document, self._document.project, self._document.folder
        over = over or threading.Event()
        if folder is None:
            over.set()
            return

        def operation(context: Context) -> None:
            try:
                if kind is Kind.WAV:
                    document.sounds.render_missing(excerpt(project, ids, take=take), folder, context)
                write_clips(project, folder, frozenset(ids), kind, path, context, take)
            finally:
                over.set()

        def ended(sentence: str) -> None:
            over.set()
            if sentence:
                document.failed.emit(sentence)

        document.jobs.submit(f"Export {shown(path.name)}", operation, None, ended, queue="export")

    def dragged(self, ids: Collection[str], kind: Kind, take: int | None = None) -> "FileToCome":
        """What a drag of clips carries: a file that is being written by now."""
        room = paths.cache_dir() / _ROOM
        _forget_old(room)
        path = room / new_id() / f"{self._name(ids)}.{kind.value}"
        data = FileToCome(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            data.over.set()
            self._document.failed.emit(f"The clip cannot be dragged out: {path.parent} ({error.strerror}).")
            return data
        self.write(ids, kind, path, take, data.over)
        return data

    def drag(self, ids: Collection[str], kind: Kind, take: int | None = None) -> None:
        """Drags clips as a file, until the button is let go."""
        drag = QDrag(self._window)
        drag.setMimeData(self.dragged(ids, kind, take))
        drag.exec(Qt.DropAction.CopyAction)

    def _name(self, ids: Collection[str]) -> str:
        names = [clip.name for _, clip in self._document.project.clips() if clip.id in ids]
        return safe_name(names[0] if len(names) == 1 else self._document.project.name)[:80].strip() or "Clip"


class FileToCome(QMimeData):
    """A file that is still being written when a drag begins; whoever asks for it waits."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.over = threading.Event()

    def formats(self) -> list[str]:
        """A list of files."""
        return [URI_LIST]

    def hasFormat(self, mime_type: str) -> bool:
        """Whether it is a list of files that is asked for."""
        return mime_type == URI_LIST

    def retrieveData(self, mime_type: str, kind: object) -> object:
        """The file, once it is there; nothing where it could not be written."""
        if mime_type != URI_LIST:
            return None
        self.over.wait(_WAIT_SECONDS)
        return [QUrl.fromLocalFile(str(self.path))] if self.path.is_file() else []


def _forget_old(room: Path) -> None:
    """Removes what was dragged out long ago."""
    with suppress(OSError):
        for folder in room.iterdir():
            if time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
