"""Has a sound listened to in a process of its own for the warp markers of its beats."""

from pathlib import Path

import numpy as np

from engine.analysis.questions import HearBeats, HeardBeats
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context
from engine.playback.loop_hearing import heard_tempo
from engine.project.clip_time import markers_of_beats
from engine.project.model import Source, WarpMarker
from engine.project.pool import prepare, read_samples
from engine.project.warping import even_markers

LONGEST = 600  # s that are listened to, from the sound's start


def heard_markers(
    folder: Path, source: Source, rate: int, expected: float, context: Context | None = None
) -> tuple[WarpMarker, ...]:
    """The warp markers of the beats that are heard in a source of the song in `folder`; any thread.

    Args:
        folder: the song's.
        source: which sound.
        rate: the song's, Hz.
        expected: the tempo near which its tempo is told, out of its halves and doubles.
        context: of the job.

    Raises:
        EngineError: it has no beats, or could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for beats")
    file = prepare(folder, source, rate, context)
    if loop := heard_tempo(folder, source, rate, expected):
        return even_markers(file.frames, rate, loop)
    sound = np.asarray(read_samples(file, 0, min(file.frames, LONGEST * rate)), np.float32)
    answers = answers_to(HearBeats(rate, sound.mean(axis=1, dtype=np.float32)), context, doing="Listening for beats")
    beats = next((answer for answer in answers if isinstance(answer, HeardBeats)), None)
    if beats is None:
        raise EngineError("The beats could not be listened to: the log has the details.")
    if not beats.tempo:
        raise EngineError("No steady beat is heard in this sound: set its tempo, or its warp markers by hand.")
    return markers_of_beats(beats.moments, beats.tempo, file.frames, rate, steady=beats.steady)


def attacks_in(folder: Path, source: Source, rate: int) -> np.ndarray:
    """The frames at which strong attacks of a source begin, int64, in order; any thread.

    Raises:
        AudioFileError: the sound cannot be read.
    """
    from engine.analysis.transients import attacks_of

    file = prepare(folder, source, rate)
    count = min(file.frames, LONGEST * rate)
    return attacks_of(Audio(np.asarray(read_samples(file, 0, count), np.float32), rate).samples, rate)
