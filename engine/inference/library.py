"""The library of sounds for the window: kept up to date by the listening process, and what a clip or file is like."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.analysis.library.database import Library, library_path
from engine.analysis.library.indexing import LibraryTake
from engine.analysis.library.portrait import PEAKS, Portrait
from engine.analysis.questions import Describe, Described, Indexed, IndexLibrary
from engine.audio import Audio, fit_length, open_reader, resample
from engine.errors import EngineError, ProjectFileError
from engine.inference.listener import answers_to
from engine.jobs import Context
from engine.project.model import Project
from engine.project.sources import source_path

_PATIENCE = 600.0  # s for one file
_LONGEST = 30.0  # s of a sound that are heard
_FARTHEST = 1.5  # by which factor a sound is stretched at most


def takes_of(folder: Path, project: Project) -> tuple[LibraryTake, ...]:
    """The audio that clips of a song play, each file once, called as its take or clip is."""
    titles: dict[str, str] = {}
    for _, clip in project.clips():
        for take in clip.takes:
            if take.source:
                titles.setdefault(take.source, take.name or clip.name)
    takes = []
    for source_id, title in titles.items():
        source = project.sources.get(source_id)
        if source is None or source.growing:
            continue
        try:
            path = source_path(folder, source)
        except ProjectFileError:
            continue  # a song that points outside its folder: nothing of it is read
        takes.append(LibraryTake(str(path), title or source.name, str(folder)))
    return tuple(takes)


def update(takes: tuple[LibraryTake, ...], context: Context, heard: Callable[[], None] = lambda: None) -> None:
    """Listens to what is new in the user's folders and in takes, in a process of its own; any thread.

    Args:
        takes: all takes of a song.
        context: of the job.
        heard: is called after each file.

    Raises:
        EngineError: the library cannot be opened, or listening ended before it was done.
        Cancelled: the user cancelled; what was heard so far is kept.
    """
    with Library(library_path()) as library:
        folders = tuple(folder.path for folder in library.folders())
    question = IndexLibrary(str(library_path()), folders, tuple((take.path, take.title, take.song) for take in takes))

    def report(answer: object) -> None:
        if isinstance(answer, Indexed) and answer.total:
            context.progress(answer.done / answer.total, f"{answer.done} of {answer.total} sounds")
            heard()

    answers = answers_to(question, context, doing="Listening to the library", patience=_PATIENCE, report=report)
    if not (answers and isinstance(answers[-1], Indexed) and not answers[-1].total):
        raise EngineError("Listening to the library ended early: what was heard is kept, and the log has the details.")


def described(audio: Audio, context: Context) -> Portrait:
    """What a sound is like, heard in a process of its own; any thread.

    Raises:
        EngineError: it could not be listened to.
        Cancelled: the user cancelled.
    """
    samples = np.ascontiguousarray(audio.samples, np.float32)
    for answer in answers_to(Describe(audio.rate, samples), context, doing="Listening to the clip"):
        if isinstance(answer, Described):
            return Portrait(
                answer.seconds, -np.inf, answer.tempo, answer.key, answer.words, answer.evidence, answer.keys,
                answer.embedding, answer.pitches, np.zeros((PEAKS, 2), np.int8),
            )  # fmt: skip
    raise EngineError("This clip could not be listened to: the log has the details.")


def sound_in_time(path: Path, heard: float, tempo: float, rate: int, context: Context) -> Audio:
    """The beginning of a file in stereo at `rate`, stretched from the tempo that was heard in it to the song's.

    A tempo, its half and its double count as the same. A sound without a tempo, or with one too far away, stays as it
    is.

    Raises:
        AudioFileError: the file cannot be read.
        Cancelled: the user cancelled.
    """
    with open_reader(path) as reader:
        wanted = round(_LONGEST * reader.info.rate)
        blocks, count = [np.zeros((0, reader.info.channels), np.float32)], 0
        for block in reader.blocks():
            context.check()
            blocks.append(block[: wanted - count])
            count += len(blocks[-1])
            if count >= wanted:
                break
        samples, own_rate = np.concatenate(blocks), reader.info.rate
    stereo = samples[:, :2] if samples.shape[1] > 1 else np.repeat(samples, 2, axis=1)
    stereo = resample(np.ascontiguousarray(np.nan_to_num(stereo)), own_rate, rate)
    ratio = stretch_ratio(heard, tempo)
    if ratio != 1.0 and len(stereo):
        from engine.analysis.stretch import stretched

        stereo = stretched(stereo, rate, ratio)
    return Audio(stereo if len(stereo) else fit_length(stereo, 1), rate)


def stretch_ratio(heard: float, wanted: float) -> float:
    """How many times as long a sound lasts at the wanted tempo, an octave being none; 1 where it cannot be stretched.

    Both in beats a minute; 0 where no tempo was heard.
    """
    if heard <= 0 or wanted <= 0:
        return 1.0
    ratio = min((heard / wanted * factor for factor in (0.5, 1.0, 2.0)), key=lambda each: abs(np.log(each)))
    return float(ratio) if 1 / _FARTHEST <= ratio <= _FARTHEST else 1.0
