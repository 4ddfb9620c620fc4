"""Reference audio: chosen from a file, the song or the browser's library, and read in the background."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from engine.audio import Audio, AudioReader, mix_to_stereo, resample
from engine.errors import AudioFileError, shown
from engine.jobs import Context
from engine.mono import fit_channels
from engine.project.model import Clip

LONGEST_SECONDS = 60.0
"""So much of a sound is listened to."""
LEAST_OVERLAP = 0.1  # seconds of a clip that a selected time has to hold


@dataclass(frozen=True)
class LibraryFile:
    """A sound that was found in the browser's library."""

    path: Path
    title: str


@dataclass(frozen=True)
class PromptSound:
    """A chosen sound; `sound` is None while it is read. files: of which it is made; none where it is of the song."""

    name: str
    sound: Audio | None = None
    files: tuple[LibraryFile, ...] = ()


class PromptSounds(QObject):
    """The chosen sounds by the names of their parameters. UI thread only; reading is done in jobs."""

    changed = Signal()
    nearest_requested = Signal(str)
    """The sounds of the library that fit the prompt best are asked for; carries the parameter."""

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

    def take_files(self, parameter: str, files: Sequence[LibraryFile]) -> None:
        """Chooses the starts of sounds of the library, one after the other; none takes the sound away."""
        if not files:
            self.clear(parameter)
            return
        chosen = tuple(files)
        self._read(
            parameter,
            ", ".join(file.title for file in chosen),
            lambda context: read_starts([file.path for file in chosen], context),
            chosen,
        )

    def leave_out(self, parameter: str, file: LibraryFile) -> None:
        """Takes one of the library's sounds away."""
        if chosen := self._chosen.get(parameter):
            self.take_files(parameter, [each for each in chosen.files if each != file])

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

    def _read(
        self, parameter: str, name: str, read: Callable[[Context], Audio], files: tuple[LibraryFile, ...] = ()
    ) -> None:
        waiting = self._chosen[parameter] = PromptSound(name, files=files)

        def done(sound: Audio) -> None:
            if self._chosen.get(parameter) is waiting:
                self._chosen[parameter] = PromptSound(name, sound, files)
                self.changed.emit()

        def failed(sentence: str) -> None:
            if self._chosen.get(parameter) is waiting:
                self.clear(parameter)
            if sentence:
                self._document.failed.emit(sentence)

        self._document.jobs.submit(f"Read “{name}”", read, done, failed)
        self.changed.emit()


def read_starts(paths: Sequence[Path], context: Context) -> Audio:
    """The starts of audio files one after the other, a minute in all, at the rate of the first; any thread.

    Raises:
        AudioFileError: one cannot be read.
        Cancelled: the user cancelled.
    """
    starts = [read_start(path, context, LONGEST_SECONDS / len(paths)) for path in paths]
    rate, channels = starts[0].rate, max(start.samples.shape[1] for start in starts)
    parts = [resample(fit_channels(start.samples, channels), start.rate, rate) for start in starts]
    return Audio(np.ascontiguousarray(np.concatenate(parts), np.float32), rate)


def read_start(path: Path, context: Context, seconds: float = LONGEST_SECONDS) -> Audio:
    """The first `seconds` of an audio file, with one or two channels; any thread.

    Raises:
        AudioFileError: it cannot be read.
        Cancelled: the user cancelled.
    """
    with AudioReader(path, context) as reader:
        left, blocks = round(seconds * reader.info.rate), []
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
