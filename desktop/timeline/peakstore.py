"""The waveforms of the open song: loaded in the background, kept in memory, asked for by the painting."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from desktop.timeline.sound import Budget, Sound
from desktop.timeline.soundfiles import grow_sound, open_sound
from engine.jobs import Context, Job
from engine.project.model import Project, Source

QUEUE = "peaks"


class PeakStore(QObject):
    """Peaks and samples by source. UI thread only; the reading happens in the document's job queue `peaks`."""

    changed = Signal(str)
    """The id of a source whose picture is new."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._sounds: dict[str, Sound] = {}
        self._sources: dict[str, Source] = {}
        self._missing: set[str] = set()
        self._jobs: dict[str, Job] = {}
        self.budget = Budget()
        self.unfinished: set[str] = set()
        """Sources drawn coarser than they could be, because a frame's time was up."""
        document.opened.connect(self._reset)
        document.changed.connect(self._on_changed)
        document.sources_changed.connect(self._retry_missing)
        self._look_at(document.project)

    def set_sound(self, source_id: str, sound: Sound) -> None:
        """Takes the picture of a source."""
        self._sounds[source_id] = sound
        self._missing.discard(source_id)
        self.changed.emit(source_id)

    def set_missing(self, source_id: str) -> None:
        """Takes note that a source's file is not there."""
        self._missing.add(source_id)
        self.changed.emit(source_id)

    def is_missing(self, source_id: str) -> bool:
        """Whether the source's file is known not to be there."""
        return source_id in self._missing

    def is_ready(self, source_id: str) -> bool:
        """Whether the source's waveform can be drawn."""
        return source_id in self._sounds

    def begin_frame(self) -> None:
        """Renews the time for finer peaks."""
        self.budget.renew()
        self.unfinished.clear()

    # what the painting asks (see `strips.PeakSource`)

    def channels(self, source_id: str) -> int:
        """1 or 2; 1 when unknown."""
        sound = self._sounds.get(source_id)
        return sound.channels if sound else 1

    def columns(self, source_id: str, first: np.ndarray, last: np.ndarray) -> np.ndarray | None:
        """Lowest and highest sample and RMS between pairs of frames: float32 (channels, 3, k); None if unknown."""
        sound = self._sounds.get(source_id)
        if sound is None:
            return None
        self.budget.short = False
        found = sound.columns(first, last, self.budget)
        if self.budget.short:
            self.unfinished.add(source_id)
        return found

    def samples(self, source_id: str, frames: np.ndarray) -> np.ndarray | None:
        """The samples at `frames`: float32 (channels, k), zero outside the sound; None if unknown."""
        sound = self._sounds.get(source_id)
        return sound.values(frames) if sound else None

    # inside

    def _reset(self) -> None:
        for job in self._jobs.values():
            self._document.jobs.cancel(job)
        self._jobs.clear()
        self._sounds.clear()
        self._sources.clear()
        self._missing.clear()

    def _on_changed(self, old: Project, new: Project) -> None:
        if old.sources is not new.sources or old.id != new.id:
            self._look_at(new)

    def _retry_missing(self) -> None:
        """Audio that was missing may have been found."""
        for source_id in list(self._missing):
            self._missing.discard(source_id)
            self._sources.pop(source_id, None)
            self.changed.emit(source_id)
        self._look_at(self._document.project)

    def _look_at(self, project: Project) -> None:
        folder = self._document.folder
        for key, source in project.sources.items():
            before = self._sources.get(key)
            if before is source:
                continue
            self._sources[key] = source
            sound = self._sounds.get(key)
            if sound and source.growing and before is not None and before.growing and folder:
                grow_sound(sound, folder, source, project.rate)
                self.changed.emit(key)
            elif folder and (sound is None or before is None or before.file != source.file):
                self._load(folder, source, project.rate)

    def _load(self, folder: Path, source: Source, rate: int) -> None:
        if source.id in self._jobs:
            self._document.jobs.cancel(self._jobs[source.id])

        def operation(context: Context) -> Sound:
            return open_sound(folder, source, rate, context)

        def done(sound: Sound) -> None:
            self._jobs.pop(source.id, None)
            if self._sources.get(source.id) is source:
                self.set_sound(source.id, sound)

        def failed(sentence: str) -> None:
            self._jobs.pop(source.id, None)
            # an empty sentence is a cancel
            if sentence and self._sources.get(source.id) is source:
                self.set_missing(source.id)

        self._jobs[source.id] = self._document.jobs.submit(
            f"Waveform of {source.name}", operation, done, failed, queue=QUEUE
        )
