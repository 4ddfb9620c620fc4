"""Stretching a sound to the grid, its pitch kept: Signalsmith Stretch, through python-stretch."""

from dataclasses import replace

import numpy as np

from engine.analysis.fit import Fit
from engine.audio import Audio, fit_length
from engine.errors import EngineError

_FADE = 0.01  # s
_MARGIN = 0.25  # s of silence around the sound, in which the stretcher starts and ends


def to_grid(audio: Audio, fit: Fit, frames: int, *, grid: float = 0.0) -> Audio:
    """`audio` at the song's tempo, its beats on the song's, with at least `frames` frames.

    Material that is left after that stays, so that a clip can be made longer. Where there is too little, silence
    follows after a short fade.

    Args:
        audio: the sound.
        fit: what was heard in it, with the grid at its start.
        frames: how many are needed.
        grid: s from the start of the result to any beat of the song.

    Raises:
        EngineError: no beat was found in it, or it is too far from the song's tempo.
    """
    if not fit.can_stretch:
        raise EngineError(
            "This sound has no beat that could be stretched to the grid: generate it again, or move it by hand."
        )
    slow = replace(fit, beat=fit.beat * fit.ratio, shift_frames=round(fit.shift_frames * fit.ratio))
    late = slow.in_song(fit.tempo, grid, audio.rate).shift_frames
    made = stretched(np.asarray(audio.samples, np.float32), audio.rate, fit.ratio)
    made = np.pad(made, ((-late, 0), (0, 0))) if late < 0 else made[late:]
    if len(made) < frames:
        fade = min(round(_FADE * audio.rate), len(made))
        made = made.copy()
        made[len(made) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        made = fit_length(made, frames)
    return Audio(made, audio.rate)


def stretched(samples: np.ndarray, rate: int, ratio: float) -> np.ndarray:
    """`samples` (frames, channels) float32 lasting `ratio` times as long, at the same pitch."""
    frames = round(len(samples) * ratio)
    if frames == len(samples) or not len(samples):
        return samples
    from python_stretch import Signalsmith

    machine = Signalsmith.Stretch(0)  # a fixed seed, so that the same sound is stretched alike
    machine.preset(samples.shape[1], float(rate))
    machine.timeFactor = 1 / ratio
    margin = round(_MARGIN * rate)
    padded = np.pad(samples, ((margin, margin), (0, 0)))
    out = np.ascontiguousarray(np.asarray(machine.process(np.ascontiguousarray(padded.T)), np.float32).T)
    start = round(margin * ratio)
    return fit_length(out[start : start + frames], frames)
