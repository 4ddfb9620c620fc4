"""Listening to a take without choosing it."""

from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np

from desktop.bridge import PlayerBridge
from desktop.document import Document
from engine.errors import EngineError
from engine.project.model import Clip, Project
from engine.project.pool import SampleFile, sample_file


def take_file(folder: Path, project: Project, clip: Clip, index: int) -> SampleFile | None:
    """The stretch of a take's sound that `clip` would play, forwards and once; None if it has none there.

    Raises:
        AudioFileError: the take's audio is missing or not ready yet.
    """
    take = clip.takes[index]
    source = project.sources.get(take.source)
    if source is None:
        return None
    file = sample_file(folder, source, project.rate)
    first = max(clip.offset + take.shift, 0)
    frames = min(clip.loop_length or clip.length, file.frames - first)
    if frames <= 0:
        return None
    width = np.dtype(file.dtype).itemsize * file.channels
    return replace(file, offset=file.offset + first * width, frames=frames, growing=False)


class Listening:
    """Lets one take at a time be heard; the same take once more, while it sounds, ends it. UI thread only."""

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        self._document = document
        self._bridge = bridge
        self._heard: tuple[str, int] | None = None
        self._until = 0.0

    def wish(self, clip_id: str, index: int) -> str:
        """Lets take `index` of a clip be heard, or ends that (a negative index does); returns what is heard now."""
        document, project = self._document, self._document.project
        sounding = self._heard is not None and monotonic() < self._until
        again = sounding and self._heard == (clip_id, index)
        found = project.find_clip(clip_id) if clip_id and index >= 0 else None
        self._heard = None
        if found is None or document.folder is None or again:
            if sounding:
                self._bridge.audition(None)
            return ""
        try:
            file = take_file(document.folder, project, found[1], index)
        except EngineError as error:
            document.failed.emit(str(error))
            return ""
        self._bridge.audition(file)
        if file is None:
            return "This take has no sound here"
        self._heard, self._until = (clip_id, index), monotonic() + file.frames / project.rate
        name = found[1].takes[index].name or found[1].name
        return f"Listening to take {index + 1}, {name} · Alt+click again or Esc: stop"
