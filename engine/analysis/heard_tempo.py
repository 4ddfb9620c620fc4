"""The tempo that people would tap to a sound of which nothing is known, also where no drums play, and its metre."""

from dataclasses import replace

import numpy as np

from engine.analysis.metre import LEAST, Metre, felt_metre
from engine.analysis.pulse import ONSET_RATE, Onsets, Series, any_tempo
from engine.analysis.sound import RATE

_STROKE, _BANDS = 0.06, 16  # s of a stroke that are compared, in so many bands
_FEWEST, _MOST_OF_IT, _UNEVEN, _ALIKE = 6, 0.7, 0.06, 0.96
"""Strokes of a plain pulse; how much of a sound they fill; by how much distances differ at most; how alike they are."""
_SLOWEST, _QUICKEST = 40.0, 200.0  # beats a minute of a plain pulse
_USUAL = 4  # beats of a bar where nothing tells how many there are


def felt_tempo(sound: Series, onsets: Onsets) -> float | None:
    """The tempo in beats a minute, within about 1 %; None where nothing repeats.

    Args:
        sound: mono (T,) at `engine.analysis.sound.RATE`.
        onsets: of the sound.
    """
    metre = felt_pulse(sound, onsets)
    return metre.tempo if metre else None


def felt_pulse(
    sound: Series, onsets: Onsets, *, beats: int | None = None, tempo: float | None = None, lean: float = 0.0
) -> Metre | None:
    """The tempo and the metre; None where nothing repeats.

    Args:
        sound: mono (T,) at `engine.analysis.sound.RATE`.
        onsets: of the sound.
        beats: of a bar, where they are known.
        tempo: beats a minute, where they are known.
        lean: how much likelier a tempo counts than its half, in logarithms.
    """
    repeating = any_tempo(onsets)
    if repeating is None and tempo is None:
        return None
    if len(onsets.whole) >= LEAST * ONSET_RATE:
        if tempo is None and (plain := plain_pulse(sound, onsets)):
            return Metre(plain, beats or _USUAL, False, 1.0)
        if metre := felt_metre(sound, onsets, beats=beats, tempo=tempo, lean=lean):
            return replace(metre, tempo=tempo or metre.tempo)
    return Metre(float(tempo or repeating or 0.0), beats or _USUAL, False, 0.0)


def plain_pulse(sound: Series, onsets: Onsets) -> float | None:
    """The tempo of strokes that are all alike and equally far apart, such as clicks; None of any other sound.

    Nothing in them says which beat is which: the strokes are the beats, or as many to a beat as leave a usual tempo.
    """
    whole = onsets.whole
    reach = round(_STROKE * ONSET_RATE)
    loud = np.flatnonzero(whole > 0.5 * whole.max())
    highest = [place for place in loud if whole[place] >= whole[max(0, place - reach) : place + reach + 1].max()]
    places = np.array(highest)
    places = places[np.diff(places, prepend=-reach - 1) > reach]
    if len(places) < _FEWEST or (places[-1] - places[0]) < _MOST_OF_IT * len(whole):
        return None
    distances = np.diff(places)
    if np.ptp(distances) > _UNEVEN * np.median(distances):
        return None
    length = round(_STROKE * RATE)
    padded = np.pad(sound, (0, length))
    starts = np.round(places / ONSET_RATE * RATE).astype(int)
    strokes = np.array([padded[start : start + length] for start in starts])
    powers = np.square(np.abs(np.fft.rfft(strokes, axis=1)))
    edges = np.geomspace(2, powers.shape[1], _BANDS + 1).astype(int)
    bands = np.sqrt(np.add.reduceat(powers[:, : edges[-1]], edges[:-1], axis=1))
    bands /= np.maximum(np.linalg.norm(bands, axis=1, keepdims=True), 1e-12)
    if (bands[1:] * bands[:-1]).sum(axis=1).min() < _ALIKE:
        return None
    tempo = 60 * ONSET_RATE * (len(places) - 1) / float(places[-1] - places[0])
    while tempo > _QUICKEST:
        tempo /= 2
    return tempo if tempo >= _SLOWEST else None
