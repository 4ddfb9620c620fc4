"""Listening to a take without choosing it."""

from dataclasses import replace
from pathlib import Path
from time import monotonic

import numpy as np

from desktop.bridge import PlayerBridge
from desktop.document import Document
from engine.errors import EngineError
from engine.playback.contents import find_content, player_of
from engine.project import edits
from engine.project.model import Clip, Project
from engine.project.pool import sample_file
from engine.project.sample_file import SampleFile


def take_file(folder: Path, project: Project, clip: Clip, index: int) -> SampleFile | None:
    """The stretch of a take's sound that `clip` would play, forwards and once; None if it has none there.

    Raises:
        AudioFileError: the take's audio is missing or not ready yet.
    """
    take = clip.takes[index]

    def find(source_id: str) -> SampleFile | None:
        source = project.sources.get(source_id)
        return sample_file(folder, source, project.rate) if source else None

    file = find_content(take.content, clip, project, folder, find)
    if file is None:
        return None
    part = player_of(take.content).part(take.content, project.start_of(clip), clip.length, project.clock)
    first = max(part.first, 0)
    frames = min(part.loop_length or clip.length, file.frames - first)
    if frames <= 0:
        return None
    width = np.dtype(file.dtype).itemsize * file.channels
    return replace(file, offset=file.offset + first * width, frames=frames, growing=False)


class TakePreview:
    """Lets one take at a time be heard; the same take once more, while it sounds, ends it. UI thread only.

    While the song plays inside the clip, the take is heard in the place of the chosen one until playing ends or a take
    is chosen; else it is played alone, as loud as the clip would play it.
    """

    def __init__(self, document: Document, bridge: PlayerBridge) -> None:
        self._document = document
        self._bridge = bridge
        self._heard: tuple[str, int] | None = None
        self._chosen = 0  # the take that the clip plays while another is heard in its place
        self._in_place = False
        self._until = 0.0

    @property
    def heard(self) -> tuple[str, int] | None:
        """The clip and the take that is heard now."""
        return self._heard if self._in_place or monotonic() < self._until else None

    @property
    def frame(self) -> int | None:
        """The song's frame at which the clip would play what is heard now of a take that is played alone."""
        at = self._bridge.audition_frame if self.heard and not self._in_place else None
        pair = self._document.project.find_clip(self._heard[0]) if at is not None and self._heard else None
        return self._document.project.start_of(pair[1]) + at if pair and at is not None else None

    def wish(self, clip_id: str, index: int) -> str:
        """Lets take `index` of a clip be heard, or ends that (a negative index does); returns what is heard now."""
        document, project = self._document, self._document.project
        again = self.heard == (clip_id, index)
        pair = project.find_clip(clip_id) if clip_id and index >= 0 else None
        if pair is None or document.folder is None or again:
            self.end()
            return ""
        clip = pair[1]
        if self._bridge.playing and project.start_of(clip) <= self._bridge.position < project.end_of(clip):
            return self._hear_in_place(clip, index)
        try:
            file = take_file(document.folder, project, clip, index)
        except EngineError as error:
            self.end()
            document.failed.emit(str(error))
            return ""
        if self._in_place or file is None:
            self.end()
        if file is None:
            return "This take has no sound here"
        self._bridge.audition(file, clip.gain_db + clip.takes[index].gain_db, pair[0].id)
        self._heard, self._until = (clip_id, index), monotonic() + file.frames / project.rate
        return f"Listening to take {index + 1}, {_name(clip, index)} · the same again or Esc: stop"

    def end(self) -> None:
        """Lets the song be heard as it is."""
        if self._in_place:
            self._bridge.preview(None)
        elif self.heard:
            self._bridge.audition(None)
        self._heard, self._in_place, self._until = None, False, 0.0

    def song_changed(self) -> None:
        """Ends what is heard in the place of a take if another was chosen meanwhile."""
        if self._in_place and self._heard:
            pair = self._document.project.find_clip(self._heard[0])
            if pair is None or pair[1].take != self._chosen:
                self.end()

    def playing_changed(self, playing: bool) -> None:
        """Ends what is heard in the place of a take when the song stops."""
        if self._in_place and not playing:
            self.end()

    def _hear_in_place(self, clip: Clip, index: int) -> str:
        if not self._in_place:
            self.end()
        self._heard, self._in_place, self._chosen = (clip.id, index), True, clip.take
        self._bridge.preview(lambda project: edits.choose_take(project, clip.id, index))
        return f"Take {index + 1}, {_name(clip, index)}, in the song · its number: choose · the same again or Esc: back"


def _name(clip: Clip, index: int) -> str:
    return clip.takes[index].name or clip.name
