"""The waveforms of the open song: loaded in the background, kept in memory, asked for by the painting."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from desktop.timeline.peak_atlas import PeakAtlas
from desktop.timeline.waveform import Budget, Sound
from desktop.timeline.waveform_files import find_sound, grow_sound, open_sound
from engine.jobs import Context, Job
from engine.project.model import Project, Source
from engine.project.peaks import FIRST_BIN

QUEUE = "peaks"
SHEET_BYTES = 48 << 20
"""Memory for looking up the peaks of all sources together, at each zoom; where it is too little, one by one."""
MAX_LEVEL = 11
BYTES_PER_BIN = 24


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
        self._sheets: dict[int, PeakAtlas] = {}
        self._sheet_from = float(FIRST_BIN)  # frames a column
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
        self._forget_sheets()
        self._missing.discard(source_id)
        self.changed.emit(source_id)

    def keep_picture(self, growing_id: str, sealed_id: str) -> None:
        """Shows of a finished source what was shown while it grew, until its own picture is there."""
        if sound := self._sounds.get(growing_id):
            self.set_sound(sealed_id, sound)

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

    def columns(
        self, sources: Sequence[str], which: np.ndarray, first: np.ndarray, last: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Peaks between pairs of frames of several sources: float32 (2, 3, k), and which columns are stereo."""
        span = float((last - first).max(initial=0))
        if len(sources) > 1 and span >= self._sheet_from:
            level = min(int(np.log2(span / FIRST_BIN)), MAX_LEVEL)
            return self._sheet(level).columns(sources, which, first, last)
        values = np.zeros((2, 3, len(which)), np.float32)
        stereo = np.zeros(len(which), bool)
        for index, source_id in enumerate(sources):
            sound = self._sounds.get(source_id)
            if sound is None:
                continue
            self.budget.short = False
            where: np.ndarray | slice = np.flatnonzero(which == index) if len(sources) > 1 else slice(None)
            values[:, :, where] = sound.columns(first[where], last[where], self.budget)
            stereo[where] = sound.channels > 1
            if self.budget.short:
                self.unfinished.add(source_id)
        return values, stereo

    def samples(self, source_id: str, frames: np.ndarray) -> np.ndarray | None:
        """The samples at `frames`: float32 (channels, k), zero outside the sound; None if unknown."""
        sound = self._sounds.get(source_id)
        return sound.values(frames) if sound else None

    # inside

    def _forget_sheets(self) -> None:
        self._sheets.clear()
        frames = sum(sound.peaks.frames for sound in self._sounds.values())
        self._sheet_from = max(float(FIRST_BIN), frames * BYTES_PER_BIN / SHEET_BYTES * 2)

    def _sheet(self, level: int) -> PeakAtlas:
        sheet = self._sheets.get(level)
        if sheet is None:
            if len(self._sheets) > 3:
                self._sheets.clear()
            sheet = self._sheets[level] = PeakAtlas(self._sounds, level)
        return sheet

    def _reset(self) -> None:
        for job in self._jobs.values():
            self._document.jobs.cancel(job)
        self._jobs.clear()
        self._sounds.clear()
        self._sheets.clear()
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
                self._forget_sheets()
                self.changed.emit(key)
            elif folder and (sound is None or before is None or before.file != source.file):
                self._load(folder, source, project.rate)

    def _load(self, folder: Path, source: Source, rate: int) -> None:
        if source.id in self._jobs:
            self._document.jobs.cancel(self._jobs[source.id])
        if (file := find_sound(folder, source, rate)) is not None:
            self.set_sound(source.id, file)
            return

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
            f"Waveform of {source.name}", operation, done, failed, queue=QUEUE, passing=True
        )
