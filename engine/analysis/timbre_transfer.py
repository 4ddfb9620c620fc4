"""Timbre transfer: a single line, played on another instrument with its own pitch curve and loudness.

A player of harmonics and filtered noise, as in DDSP (Engel and others, ICLR 2020, “DDSP: differentiable digital signal
processing”), whose spectra are not a network's but tables: how strong each harmonic and each band of noise of an
instrument is, by pitch, strength and time since the note began. `engine.train.timbre_tables` measures them on notes
of the bundled SoundFont. Plain numpy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.pitch_line import FRAME_RATE, PitchLine, pitch_line
from engine.audio import Audio
from engine.errors import EngineError
from engine.paths import resources

Values = NDArray[np.float64]

HARMONICS, BANDS = 80, 20
"""Of a spectrum in the tables."""
STRENGTHS = (40, 76, 118)
"""MIDI velocities that the tables know."""
AGES = (0.01, 0.06, 0.2, 0.7)
"""Seconds since a note began that the tables know."""
FLOOR_DB = -90.0
"""Of what the tables hold, below the power of the whole sound."""
EDGES = np.concatenate([[0.0], np.geomspace(100.0, 18000.0, BANDS)])
"""Hz between the bands of noise."""

_STEPS = 100  # frames a second of the player
_AT_ONCE = 64  # of them that are played at a time
_STRONG_DB, _SOFT_DB = -2.0, -26.0  # below a line's loud notes: where it is played most strongly, and most softly
_RISE_DB, _RISE_S = 6.0, 0.04  # by how much, and in what time, a line gets louder where a note begins
_LEAP = 0.8  # semitones by which its pitch leaps within that time where one does
_BRIDGED_S = 0.08  # of a gap in the pitch that is played through
_HIGHEST = 0.45  # of the sampling rate, above which no harmonic is played
_MOST_SINGLE = 0.5  # share of a line's frames in which one tone must be heard
_FILES = "timbres.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Timbre:
    """An instrument's spectra, in dB of the whole sound's power, float32.

    pitches: P MIDI pitches, rising. harmonics: (P, `STRENGTHS`, `AGES`, `HARMONICS`). noise: (P, `STRENGTHS`, `AGES`,
    `BANDS`). sway: dB by which harmonics rise and fall by themselves, as where several players play together.
    """

    family: str
    pitches: NDArray[np.float32]
    harmonics: NDArray[np.float32]
    noise: NDArray[np.float32]
    sway: float


@cache
def timbres() -> dict[str, Timbre]:
    """The instruments that a line can be played on, by name."""
    path = resources() / "listening" / _FILES
    try:
        with np.load(path, allow_pickle=False) as file:
            tables = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError) as error:
        raise EngineError(f"The program's instruments {path} cannot be read: install Continuo again.") from error
    return {
        str(name): Timbre(
            str(family),
            tables[f"{row}.pitches"].astype(np.float32),
            tables[f"{row}.harmonics"].astype(np.float32),
            tables[f"{row}.noise"].astype(np.float32),
            float(sway),
        )
        for row, (name, family, sway) in enumerate(
            zip(tables["names"], tables["families"], tables["sways"], strict=True)
        )
    }


def find_timbre(name: str) -> Timbre:
    """The instrument of that name.

    Raises:
        EngineError: there is none; the sentence lists those that there are.
    """
    known = timbres()
    if (key := name.strip().lower()) not in known:
        raise EngineError(f"There is no instrument “{name}” to play a line on: choose {', '.join(known)}.")
    return known[key]


def checked_line(audio: Audio) -> PitchLine:
    """The pitch curve of a sound that is a single line.

    Raises:
        EngineError: it is silent, has no pitch, or several tones sound at once.
    """
    line = pitch_line(audio)
    if line.silent:
        raise EngineError("The sound is silent: there is no line to play on another instrument.")
    if line.single < _MOST_SINGLE:
        raise EngineError(
            "The sound is not a single line: several tones sound at once, or none has a clear pitch. "
            "Choose a sound with one tone at a time, or convert it to notes."
        )
    return line


def transferred(audio: Audio, timbre: Timbre, check: Callable[[float], None] = lambda share: None) -> Audio:
    """A single line played on another instrument, of its length, rate and channels; all channels alike.

    Args:
        audio: the line, samples (frames, channels).
        timbre: the instrument.
        check: is called with the share done, and may raise to stop.

    Raises:
        EngineError: the sound is no single line (see `checked_line`).
    """
    check(0.0)
    line = checked_line(audio)
    check(0.3)
    sound = played(line, timbre, audio.rate, len(audio.samples), lambda share: check(0.3 + 0.7 * share))
    return Audio(np.repeat(sound[:, None], audio.samples.shape[1], axis=1), audio.rate)


def played(
    line: PitchLine, timbre: Timbre, rate: int, frames: int, check: Callable[[float], None] = lambda share: None
) -> NDArray[np.float32]:
    """A pitch curve played on an instrument: (frames,) at `rate` Hz. The same line sounds the same each time."""
    hop = round(rate / _STEPS)
    count = -(-frames // hop) + 1
    at = np.arange(count) * (hop / rate) * FRAME_RATE
    known = np.arange(len(line.hertz))
    cents = np.interp(at, known, np.log2(np.maximum(line.hertz, 1e-3)))
    leap = np.abs(np.diff(np.log2(np.maximum(line.hertz, 1e-3)), append=cents[-1])) > _LEAP / 12
    near = np.clip(np.rint(at).astype(int), 0, len(known) - 1)
    jumps = leap[np.clip(at.astype(int), 0, len(known) - 1)]
    hertz = np.exp2(np.where(jumps, np.log2(np.maximum(line.hertz[near], 1e-3)), cents))
    loudness = np.interp(at, known, line.loudness)
    tonal = _tonal(line)
    harmonics, noise = _spectra(timbre, hertz, _strength(line, loudness), np.interp(at, known, _ages(line)))
    harmonics[hertz[:, None] * np.arange(1, HARMONICS + 1) > _HIGHEST * rate] = 0.0
    random = np.random.default_rng(0)
    harmonics *= _sway(random, harmonics.shape, timbre.sway)
    power = 0.5 * np.square(harmonics).sum(axis=1) + np.square(noise).sum(axis=1)
    gain = 10 ** (loudness / 20) / np.sqrt(np.maximum(power, 1e-9))
    gain[loudness < -100.0] = 0.0
    voice = np.interp(at, known, tonal)
    harmonics *= (gain * voice)[:, None]
    noise *= (gain * np.sqrt(np.maximum(1 - np.square(voice), 0) * 3 + 1))[:, None]
    sound = _noise(random, noise, rate, hop)
    phase = random.uniform(0, 1)
    for first in range(0, count - 1, _AT_ONCE):
        check(first / count)
        last = min(first + _AT_ONCE, count - 1)
        part, phase = _tones(hertz[first : last + 1], harmonics[first : last + 1], rate, hop, phase)
        sound[first * hop : last * hop] += part
    check(1.0)
    return sound[:frames].astype(np.float32)


def _tones(hertz: Values, levels: Values, rate: int, hop: int, phase: float) -> tuple[Values, float]:
    """The harmonics of F + 1 frames, (F × hop,), from `phase` (turns) on; and the phase at their end.

    Sines of multiples follow from the two before: sin (k + 1) x = 2 cos x sin k x − sin (k − 1) x.
    """
    count = len(hertz) - 1
    ramp = np.arange(hop) / hop
    turns = phase + np.cumsum((hertz[:-1, None] + np.diff(hertz)[:, None] * ramp).ravel() / rate)
    phase = float(turns[-1] % 1)
    angle = (2 * np.pi * (turns % 1)).reshape(count, hop)
    double, before, now = 2 * np.cos(angle), np.zeros_like(angle), np.sin(angle)
    sound = np.zeros_like(angle)
    changes = np.diff(levels, axis=0)
    audible = np.flatnonzero(levels.max(axis=0) > 1e-6)
    for harmonic in range(int(audible[-1]) + 1 if len(audible) else 0):
        sound += now * (levels[:-1, harmonic, None] + changes[:, harmonic, None] * ramp)
        before, now = now, double * now - before
    return sound.ravel(), phase


def _noise(random: np.random.Generator, levels: Values, rate: int, hop: int) -> Values:
    """Noise whose bands have the levels (F, `BANDS`) of their RMS: (F × hop,)."""
    size = 1 << (2 * hop - 1).bit_length()
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    band = np.clip(np.searchsorted(EDGES, frequencies, side="right") - 1, 0, BANDS - 1)
    inside = (frequencies < EDGES[-1]) & (frequencies > 0)
    bins = np.maximum(np.bincount(band[inside], minlength=BANDS), 1)
    window = np.sqrt(np.hanning(2 * hop + 1)[:-1])  # two of them overlap, their powers add up to 1
    sound = np.zeros((len(levels) + 1) * hop)
    for first in range(0, len(levels), _AT_ONCE):
        shape = levels[first : first + _AT_ONCE, band] / np.sqrt(bins[band]) * inside
        values = random.standard_normal((len(shape), len(frequencies), 2)) @ np.array([1, 1j])
        pieces = np.fft.irfft(values * shape, size)[:, : 2 * hop] * window * (size / 2)
        last = first + len(shape)
        sound[first * hop : last * hop] += pieces[:, :hop].ravel()
        sound[(first + 1) * hop : (last + 1) * hop] += pieces[:, hop:].ravel()
    return sound[hop // 2 : hop // 2 + len(levels) * hop]


def _spectra(timbre: Timbre, hertz: Values, strength: Values, ages: Values) -> tuple[Values, Values]:
    """Amplitudes of the harmonics (F, `HARMONICS`) and RMS of the noise (F, `BANDS`), of a sound of power 1."""
    pitch = 69 + 12 * np.log2(np.maximum(hertz, 1e-3) / 440)
    places = (
        np.interp(pitch, timbre.pitches, np.arange(len(timbre.pitches))),
        np.interp(strength, STRENGTHS, np.arange(len(STRENGTHS))),
        np.interp(np.log(np.maximum(ages, 1e-3)), np.log(AGES), np.arange(len(AGES))),
    )
    table = np.concatenate([timbre.harmonics, timbre.noise], axis=3)
    levels = np.zeros((len(hertz), HARMONICS + BANDS))
    lows = [np.minimum(place.astype(int), size - 2) for place, size in zip(places, table.shape[:3], strict=True)]
    for corner in range(8):
        steps = [corner >> axis & 1 for axis in range(3)]
        weight = np.ones(len(hertz))
        for place, low, step in zip(places, lows, steps, strict=True):
            weight = weight * (place - low if step else 1 - (place - low))
        levels += weight[:, None] * table[lows[0] + steps[0], lows[1] + steps[1], lows[2] + steps[2]]
    linear = 10 ** (levels / 20)
    return np.sqrt(2) * linear[:, :HARMONICS], linear[:, HARMONICS:]


def _strength(line: PitchLine, loudness: Values) -> Values:
    """How strongly each frame is played, as a MIDI velocity."""
    loud = float(np.percentile(line.loudness[line.voiced], 95)) if line.voiced.any() else 0.0
    return np.interp(loudness - loud, (_SOFT_DB, _STRONG_DB), (STRENGTHS[0], STRENGTHS[-1]))


def _tonal(line: PitchLine) -> Values:
    """1 where a pitch is played, 0 where noise is, (T,): short gaps in the pitch are played through."""
    tonal = line.voiced.copy()
    known = np.flatnonzero(tonal)
    for before, after in pairwise(known.tolist()):
        if 1 < after - before <= _BRIDGED_S * FRAME_RATE:
            tonal[before:after] = True
    return tonal.astype(np.float64)


def _ages(line: PitchLine) -> Values:
    """Seconds since the note of each frame began, (T,)."""
    reach = round(_RISE_S * FRAME_RATE)
    before = np.pad(line.loudness, (reach, 0), mode="edge")[: len(line.loudness)]
    rise = line.loudness - before
    pitch = 12 * np.log2(np.maximum(line.hertz, 1e-3))
    leaps = np.abs(pitch - np.pad(pitch, (reach, 0), mode="edge")[: len(pitch)]) > _LEAP
    begins = (rise > _RISE_DB) | (leaps & line.voiced)
    starts = np.flatnonzero(begins & ~np.pad(begins, (1, 0))[:-1])
    frames = np.arange(len(pitch))
    if not len(starts):
        return frames / FRAME_RATE
    places = np.searchsorted(starts, frames, side="right") - 1
    origin = np.where(places >= 0, starts[np.maximum(places, 0)], 0)
    return np.maximum(frames - origin, 0) / FRAME_RATE


def _sway(random: np.random.Generator, shape: tuple[int, int], depth: float) -> Values:
    """Factors (F, harmonics) by which harmonics rise and fall, slowly and each by itself, by `depth` dB (RMS)."""
    spacing = 12  # frames between turning points
    points = random.standard_normal((shape[0] // spacing + 3, shape[1])) * depth
    at = np.arange(shape[0]) / spacing
    low = at.astype(int)
    part = (at - low)[:, None]
    smooth = part * part * (3 - 2 * part)
    return np.asarray(10 ** ((points[low] * (1 - smooth) + points[low + 1] * smooth) / 20))
