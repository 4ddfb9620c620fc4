"""Sounds that what is made shall be like: chosen from a file or from the song, and read in the background."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from engine.audio import Audio, AudioReader, mix_to_stereo
from engine.errors import AudioFileError, shown
from engine.jobs import Context
from engine.project.model import Clip

LONGEST_SECONDS = 60.0
"""So much of a sound is listened to."""
LEAST_OVERLAP = 0.1  # seconds of a clip that a selected time has to hold


@dataclass(frozen=True)
class PromptSound:
    """A chosen sound; `sound` is None while it is read."""

    name: str
    sound: Audio | None = None


class PromptSounds(QObject):
    """The chosen sounds by the names of their parameters. UI thread only; reading is done in jobs."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._chosen: dict[str, PromptSound] = {}

    def chosen(self, parameter: str) -> PromptSound | None:
        """What was chosen for a parameter."""
        return self._chosen.get(parameter)

    @property
    def sounds(self) -> dict[str, Audio]:
        """What has been read."""
        return {name: each.sound for name, each in self._chosen.items() if each.sound is not None}

    @property
    def reading(self) -> bool:
        """Whether a chosen sound is not there yet."""
        return any(each.sound is None for each in self._chosen.values())

    def clear(self, parameter: str) -> None:
        """Takes the sound away."""
        if self._chosen.pop(parameter, None):
            self.changed.emit()

    def take_file(self, parameter: str, path: Path) -> None:
        """Chooses the start of an audio file."""
        self._read(parameter, path.name, lambda context: read_start(path, context))

    def take_selection(self, parameter: str) -> None:
        """Chooses the selected time of a clip, else the first selected clip."""
        document, folder = self._document, self._document.folder
        project, chosen = document.project, document.selection.clips
        part = selected_part(document)
        clip = next((clip for _, clip in project.clips() if clip.id in chosen), None)
        if part is None and clip is not None:
            part = clip, 0, clip.length
        if part is None or folder is None:
            document.failed.emit("Select a clip first, or a part of one, for the music to sound like.")
            return
        clip, start, stop = part
        stop = min(stop, start + round(LONGEST_SECONDS * project.rate))
        whole = stop - start == clip.length
        name = clip.name if whole else f"{clip.name}, {(stop - start) / project.rate:.1f} s"

        def read(context: Context) -> Audio:
            from engine.inference.clip_audio import clip_sound

            document.sounds.render_missing(project, folder, context, [clip.id])
            return clip_sound(project, folder, clip, start, stop, context)

        self._read(parameter, name, read)

    def _read(self, parameter: str, name: str, read: Callable[[Context], Audio]) -> None:
        waiting = self._chosen[parameter] = PromptSound(name)

        def done(sound: Audio) -> None:
            if self._chosen.get(parameter) is waiting:
                self._chosen[parameter] = PromptSound(name, sound)
                self.changed.emit()

        def failed(sentence: str) -> None:
            if self._chosen.get(parameter) is waiting:
                self.clear(parameter)
            if sentence:
                self._document.failed.emit(sentence)

        self._document.jobs.submit(f"Read “{name}”", read, done, failed)
        self.changed.emit()


def read_start(path: Path, context: Context) -> Audio:
    """The first minute of an audio file, with one or two channels; any thread.

    Raises:
        AudioFileError: it cannot be read.
        Cancelled: the user cancelled.
    """
    with AudioReader(path, context) as reader:
        left, blocks = round(LONGEST_SECONDS * reader.info.rate), []
        for block in reader.blocks():
            context.check()
            blocks.append(mix_to_stereo(block[:left], reader.info.speakers))
            left -= len(block)
            if left <= 0:
                break
        if not blocks:
            raise AudioFileError(f"“{shown(path)}” holds no sound that can be decoded.")
        return Audio(np.ascontiguousarray(np.concatenate(blocks), np.float32), reader.info.rate)


def selected_part(document: Document) -> tuple[Clip, int, int] | None:
    """The clip that holds most of the selected time, and which of its frames are selected."""
    project, selection = document.project, document.selection
    if selection.region is None:
        return None
    first, last = selection.region
    parts = []
    for track, clip in project.clips():
        if clip.id in selection.clips or (not selection.clips and track.id == selection.track):
            start = project.start_of(clip)
            a, b = max(first - start, 0), min(last - start, clip.length)
            if b - a >= LEAST_OVERLAP * project.rate:
                parts.append((clip, a, b))
    return max(parts, key=lambda each: each[2] - each[1], default=None)
