"""Drum strokes of a sound: where `stroke_network` hears each kind of stroke begin, alone or under music."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import mono
from engine.analysis.stroke_network import FRAME_RATE, HOP, KINDS, likelihoods, thresholds
from engine.analysis.tones import SILENT
from engine.audio import Audio

Values = NDArray[np.float32]

_ALIKE = (
    ("snare", "side stick", "clap"),
    ("closed hat", "open hat", "shaker"),
    ("low tom", "high tom", "hand drum"),
    ("ride", "crash"),
)  # of kinds that sound alike one at a time is heard
_APART = 0.04  # s between two strokes of the same kind at least
_LOUD = 0.1  # of a sound's loud moments, from which it sounds


@dataclass(frozen=True, slots=True)
class HeardStroke:
    """A drum stroke.

    start: s. pitch: of General MIDI's drums. strength: how loud it is against the others, 0 to 1. likelihood: 0 to 1.
    """

    start: float
    pitch: int
    strength: float
    likelihood: float = 1.0


@dataclass(frozen=True, slots=True)
class Drumming:
    """What a sound would be as drums, which it need not be: `engine.analysis.transcription` decides.

    strokes: by start and pitch. music: how likely anything but drums sounds, 0 to 1. seconds: that it sounds for.
    """

    strokes: tuple[HeardStroke, ...]
    music: float
    seconds: float


def find_strokes(audio: Audio) -> Drumming:
    """The strokes of a sound; times are seconds from its start. Needs about a hundredth of the sound's length."""
    if not len(audio.samples) or float(np.abs(audio.samples).max()) < SILENT:
        return Drumming((), 0.0, 0.0)
    sound = mono(audio)
    return drumming_of(likelihoods(sound), _sounding(sound))


def drumming_of(answers: Values, sounding: NDArray[np.bool_], least: Values | None = None) -> Drumming:
    """What the network's answers (T, `OUTPUTS`) amount to.

    sounding: the frames (T,) in which anything sounds. least: the likelihood from which a stroke of each kind begins.
    """
    least = thresholds() if least is None else least
    strokes = sorted(
        (
            HeardStroke(
                frame / FRAME_RATE,
                KINDS[name][0],
                float(answers[round(frame), len(KINDS) + kind]),
                float(answers[round(frame), kind]),
            )
            for kind, name in enumerate(KINDS)
            for frame in peaks_of(answers[:, kind], float(least[kind]))
            if not _outdone(answers, round(frame), name, least)
        ),
        key=lambda stroke: (stroke.start, stroke.pitch),
    )
    music = float(answers[sounding, -1].mean()) if sounding.any() else 0.0
    return Drumming(tuple(strokes), music, float(sounding.sum()) / FRAME_RATE)


def _sounding(sound: Values) -> NDArray[np.bool_]:
    """The frames (T,) of a mono sound (N,) in which it is not silent against its loud moments."""
    count = len(sound) // HOP + 1
    level = np.sqrt(np.mean(np.square(np.pad(sound, (0, count * HOP - len(sound))).reshape(count, HOP)), axis=1))
    sounding: NDArray[np.bool_] = level > _LOUD * np.percentile(level, 98)
    return sounding


def _outdone(answers: Values, frame: int, name: str, least: Values) -> bool:
    """Whether a stroke is likelier one of another kind that sounds like it."""
    reach = round(_APART * FRAME_RATE)
    near = answers[max(0, frame - reach) : frame + reach + 1]
    kinds = list(KINDS)
    sure = {other: float(near[:, kind].max() / least[kind]) for kind, other in enumerate(kinds)}
    return any(sure[other] > sure[name] for group in _ALIKE if name in group for other in group)


def peaks_of(likelihood: Values, threshold: float) -> list[float]:
    """The frames, in fractions, at which a likelihood (T,) has peaks above a threshold, each `_APART` of the next."""
    padded = np.pad(likelihood, 1, constant_values=-1.0)
    middle = padded[1:-1]
    places = np.flatnonzero((middle >= threshold) & (middle > padded[:-2]) & (middle >= padded[2:]))
    taken: list[int] = []
    for place in sorted(places.tolist(), key=lambda each: -likelihood[each]):
        if all(abs(place - other) >= _APART * FRAME_RATE for other in taken):
            taken.append(place)
    frames = []
    for place in sorted(taken):
        around = np.clip(np.arange(place - 1, place + 2), 0, len(likelihood) - 1)
        shares = likelihood[around] / likelihood[around].sum()
        frames.append(float(shares @ np.arange(place - 1, place + 2)) if 0 < place < len(likelihood) - 1 else place)
    return frames
