"""Sounds of the browser are heard in time with the song, stretched to its tempo."""

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from engine.jobs import Context, Job
from engine.project.sample_file import SampleFile
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.analysis.library.database import Entry

QUEUE = "library audition"


class SoundAudition(QObject):
    """Lets one sound at a time be heard; the same once more, while it sounds, ends it. UI thread only."""

    heard_changed = Signal(str)
    """The path of the sound that was begun; empty where one was ended."""

    def __init__(self, document: Document, bridge: PlayerBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._path = ""
        self._job: Job | None = None

    @property
    def sounding_path(self) -> str:
        """The path of the sound that is heard, or will be; empty where none is."""
        waiting = self._job is not None and not self._job.over
        return self._path if waiting or self._bridge.audition_frame is not None else ""

    def toggle(self, entry: "Entry") -> None:
        """Lets a sound be heard from its beginning, or ends it."""
        if self.sounding_path == entry.file.path:
            self.end()
            return
        document, portrait = self._document, entry.portrait
        if document.folder is None or portrait is None:
            document.failed.emit("Open a song first: sounds are heard in its time.")
            return
        self.end()
        project, folder = document.project, document.folder
        tempo = float(project.clock.tempo_at(Position.at_frame(self._bridge.position)))
        self._path = path = entry.file.path
        facts = f"{path}\n{entry.file.modified}\n{entry.file.size}\n{portrait.tempo}\n{tempo}\n{project.rate}"
        recipe = blake2b(facts.encode(), digest_size=16).hexdigest()
        sound_tempo, rate, title = portrait.tempo, project.rate, entry.file.title

        def operation(context: Context) -> SampleFile:
            return _prepared(folder, recipe, entry, sound_tempo, tempo, rate, context)

        def done(file: SampleFile) -> None:
            if self._path == path and document.folder == folder:
                self._bridge.audition(file, in_time=True)
                self.heard_changed.emit(path)

        self._job = document.jobs.submit(
            f"Listen to {title}", operation, done, document.job_failed, queue=QUEUE, passing=True
        )

    def end(self) -> None:
        """Ends what is heard."""
        if self._job is not None:
            self._document.jobs.cancel(self._job)
        if self._path:
            self._path = ""
            self._bridge.audition(None)
            self.heard_changed.emit("")


def _prepared(
    folder: Path, recipe: str, entry: "Entry", sound_tempo: float, tempo: float, rate: int, context: Context
) -> SampleFile:
    """The sound at the song's tempo, in the song's cache."""
    from engine.inference.library import sound_in_time
    from engine.project.derived import find_derived, write_derived

    if file := find_derived(folder, recipe):
        return file
    audio = sound_in_time(Path(entry.file.path), sound_tempo, tempo, rate, context)
    return write_derived(folder, recipe, entry.file.title, [audio.samples])
