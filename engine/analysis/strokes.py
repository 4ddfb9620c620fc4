"""Drum strokes of a sound: where `stroke_network` hears each kind of stroke begin, alone or under music."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import mono
from engine.analysis.stroke_network import FRAME_RATE, KINDS, likelihoods
from engine.analysis.tones import SILENT
from engine.audio import Audio

Values = NDArray[np.float32]

THRESHOLDS = {
    "kick": 0.4, "snare": 0.5, "side stick": 0.3, "clap": 0.35, "closed hat": 0.45, "open hat": 0.45,
    "low tom": 0.3, "high tom": 0.3, "crash": 0.4, "ride": 0.35, "shaker": 0.6, "hand drum": 0.4,
}  # fmt: skip
"""The likelihood from which a stroke of each kind begins; found on pieces of the validation split."""
_ALIKE = (
    ("snare", "side stick", "clap"),
    ("closed hat", "open hat", "shaker"),
    ("low tom", "high tom", "hand drum"),
    ("ride", "crash"),
)  # of kinds that sound alike one at a time is heard
_APART = 0.04  # s between two strokes of the same kind at least
_LEAST = 3  # strokes of a sound that has drums
_OFTEN = 0.7  # strokes a second, kicks left out, of a sound that has drums under music
_MUSIC = 0.75  # likelihood on average from which anything but drums sounds


@dataclass(frozen=True, slots=True)
class HeardStroke:
    """A drum stroke. start: s. pitch: of General MIDI's drums. strength: how loud it is against the others, 0 to 1."""

    start: float
    pitch: int
    strength: float


@dataclass(frozen=True, slots=True)
class Drumming:
    """The strokes of a sound, by start and pitch; none where it has no drums. alone: whether nothing else sounds."""

    strokes: tuple[HeardStroke, ...]
    alone: bool


def find_strokes(audio: Audio) -> Drumming:
    """The strokes of a sound; times are seconds from its start. Needs about a hundredth of the sound's length."""
    if not len(audio.samples) or float(np.abs(audio.samples).max()) < SILENT:
        return Drumming((), alone=False)
    return drumming_of(likelihoods(mono(audio)))


def drumming_of(answers: Values) -> Drumming:
    """The strokes that the network's answers (T, `OUTPUTS`) amount to."""
    strokes = sorted(
        (
            HeardStroke(frame / FRAME_RATE, KINDS[name][0], float(answers[round(frame), len(KINDS) + kind]))
            for kind, name in enumerate(KINDS)
            for frame in peaks_of(answers[:, kind], THRESHOLDS[name])
            if not _outdone(answers, round(frame), name)
        ),
        key=lambda stroke: (stroke.start, stroke.pitch),
    )
    alone = float(np.mean(answers[:, -1])) < _MUSIC
    # low notes of other instruments are taken for kicks now and then, so kicks alone are no drums under music
    beyond_kicks = sum(stroke.pitch != KINDS["kick"][0] for stroke in strokes)
    if len(strokes) < _LEAST or (not alone and beyond_kicks < _OFTEN * len(answers) / FRAME_RATE):
        return Drumming((), alone=False)
    return Drumming(tuple(strokes), alone)


def _outdone(answers: Values, frame: int, name: str) -> bool:
    """Whether a stroke is likelier one of another kind that sounds like it."""
    reach = round(_APART * FRAME_RATE)
    near = answers[max(0, frame - reach) : frame + reach + 1]
    kinds = list(KINDS)
    sure = {other: float(near[:, kinds.index(other)].max()) / THRESHOLDS[other] for other in KINDS}
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
