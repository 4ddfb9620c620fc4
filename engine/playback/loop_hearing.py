"""The tempo of a loop that comes into a song, heard in its prepared sound."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.project.model import Source
from engine.project.pool import prepare, read_samples
from engine.timing.sound_tempo import nearest_octave

_LISTENED = 120  # s of a sound that are listened to for its beats


def heard_tempo(folder: Path, source: Source, rate: int, expected: float) -> Fraction | None:
    """The tempo of a source of the song in `folder` if it is a loop; None where it is none, or not clear. Any thread.

    Args:
        folder: the song's.
        source: which sound.
        rate: the song's, Hz.
        expected: the tempo near which that of the loop is told, out of its halves and doubles.

    Raises:
        AudioFileError: the sound cannot be read.
    """
    from engine.analysis.loops import LONGEST, SHORTEST, loop_tempo
    from engine.audio import Audio

    if not SHORTEST <= source.frames / source.rate <= LONGEST:
        return None
    file = prepare(folder, source, rate)
    samples = np.asarray(read_samples(file, 0, file.frames), np.float32)
    return loop_tempo(Audio(samples, rate), expected)


def heard_beats(folder: Path, source: Source, rate: int, expected: float) -> Fraction | None:
    """The steady tempo of the beats in a source; None where they are not steady, or none are heard. Any thread.

    Args and Raises: see `heard_tempo`.
    """
    from engine.analysis.beat_tracking import track_beats
    from engine.analysis.sound import mono
    from engine.audio import Audio

    file = prepare(folder, source, rate)
    samples = np.asarray(read_samples(file, 0, min(file.frames, _LISTENED * rate)), np.float32)
    track = track_beats(mono(Audio(samples, rate)))
    if track is None or not track.steady:
        return None
    nearest = nearest_octave(track.tempo, expected)
    return Fraction(round(1000 * nearest), 1000)
