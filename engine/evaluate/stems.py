"""Whether a part that is made for given tracks fits them: basses for the drums and chords of held-out pieces.

Judged by plain spectra, which know nothing of the model: whether the strongest pitch class is one of the chord's,
whether onsets lie on the grid of sixteenths, and coherence with the other tracks, on a scale on which the true bass has
1 and the basses of other pieces have 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from engine.audio import Audio, resample
from engine.compose.arrange import compose
from engine.compose.captions import instrument_words
from engine.compose.render import render
from engine.compose.score import HELD_OUT_PERIOD, Part, Score
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.workshop import Workshop, mean, within
from engine.generate.interface import Request, Settings
from engine.jobs import Context
from engine.mono import fit_channels
from engine.music.chords import parse_chord

Wave = NDArray[np.float32]

RATE = 48000
_LOOK = 0.04  # s
_LOW, _HIGH = 36.0, 400.0  # Hz, between which a bass has its fundamentals and first partials
_PARTIALS = 3
_SOUNDS = 20.0  # dB under its loudest moments, at which a bass is silent
_ON_GRID = 0.02  # s
_BLOCK = 0.5  # s, over which harmony is compared
_FIRST = 10  # held-out pieces for others to tune on


@dataclass(frozen=True)
class Fitting:
    """A bass (T,) and the other tracks (T, 2) at 48 kHz, their chords as (start, end, pitch classes), and the grid.

    grid: seconds of a sixteenth, and of the first one. prompt: the bass alone, in words of captions.
    """

    bass: Wave
    context: Wave
    chords: tuple[tuple[float, float, tuple[int, ...]], ...]
    grid: tuple[float, float]
    prompt: str


def fittings(count: int, seconds: float, *, own: bool = False, context: Context) -> list[Fitting]:
    """Stretches of held-out pieces in which a bass plays beside drums and other parts, each from a bar's start on.

    Raises:
        ModelError: there is no SoundFont and `own` is off.
    """
    found: list[Fitting] = []
    seed = 1 + HELD_OUT_PERIOD * _FIRST
    while len(found) < count:
        context.progress(len(found) / count, f"Rendering held-out basses, {len(found) + 1} of {count}")
        score = compose(seed, own=own)
        seed += HELD_OUT_PERIOD
        bass = next((part for part in score.parts if part.role == "bass"), None)
        drums = any(part.drums for part in score.parts)
        if bass is None or not drums or len(score.parts) < 3 or score.swing > 0.2:  # swung sixteenths have no one grid
            continue
        start = _start(score, bass, seconds)
        if start is not None:
            found.append(_fitting(score, bass, start, seconds))
    return found


def _start(score: Score, bass: Part, seconds: float) -> float | None:
    """The beginning of the section, in quarter notes, from which the bass plays most; None where it hardly plays."""
    length = seconds / score.quarter_seconds
    counts = {
        section.start: sum(section.start <= note.onset < section.start + length for note in bass.notes)
        for section in score.sections
        if section.start + length <= score.length
    }
    best = max(counts, key=lambda start: counts[start], default=None)
    return best if best is not None and counts[best] >= length / 4 else None


def _fitting(score: Score, bass: Part, start: float, seconds: float) -> Fitting:
    first, frames = score.frame(start, RATE), round(seconds * RATE)
    sound = render(score, rate=RATE, first=first, frames=frames)
    stem, mix = (np.resize(each, (2, frames)) for each in (sound.stems[bass.name], sound.mix))
    quarter, begins = score.quarter_seconds, first / RATE
    chords = tuple(
        (each.start * quarter - begins, (each.start + each.length) * quarter - begins, classes)
        for each in score.chords
        for classes in [tuple(tone % 12 for tone in parse_chord(each.symbol).pitch_classes)]
    )
    words = Random(f"stems {score.seed}").choice(instrument_words(bass))
    rest = np.ascontiguousarray((mix - stem).T)
    return Fitting(stem.mean(0), rest, chords, (quarter / 4, start * quarter - begins), f"{words} alone")


def _classes(wave: Wave) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How much each pitch class, C first, sounds in the bass around each 40 ms (n, 12), and where it sounds."""
    low = scipy.signal.resample_poly(np.asarray(wave, np.float64), 1, 16)  # 3 kHz
    rate, window, hop = RATE // 16, 512, round(_LOOK * RATE / 16)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(low, window // 2), window)[hop // 2 :: hop]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(window), 8192, axis=1))
    bins = np.arange(spectrum.shape[1])
    strength = np.zeros((len(frames), 12))
    pitches = np.arange(24, 68)
    salience = np.zeros((len(frames), len(pitches)))
    for place, pitch in enumerate(pitches):
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        if _LOW <= hertz <= _HIGH:
            for partial in range(1, _PARTIALS + 1):
                near = np.abs(bins * rate / 8192 - partial * hertz) < partial * hertz * 0.03
                salience[:, place] += spectrum[:, near].max(1) / partial
    for place, pitch in enumerate(pitches):
        strength[:, pitch % 12] = np.maximum(strength[:, pitch % 12], salience[:, place])
    power = (frames**2).mean(1)
    return strength, power > np.quantile(power, 0.95) * 10 ** (-_SOUNDS / 10)


def chord_agreement(bass: Wave, chords: Sequence[tuple[float, float, tuple[int, ...]]]) -> float:
    """The share of the time in which a bass sounds where its strongest pitch class is one of the chord's."""
    strength, sounds = _classes(bass)
    strongest = strength.argmax(1)
    right = total = 0
    for start, end, classes in chords:
        looks = slice(max(round(start / _LOOK), 0), max(round(end / _LOOK), 0))
        inside = sounds[looks]
        total += int(inside.sum())
        right += int((np.isin(strongest[looks], classes) & inside).sum())
    return right / total if total else float("nan")


def _rises(wave: Wave) -> NDArray[np.float64]:
    """What the logarithm of the spectrum gains in each 5 ms: (n,)."""
    hop, window = RATE // 200, 2048
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(np.asarray(wave, np.float64), window // 2), window)[::hop]
    level = np.log1p(300 * np.abs(np.fft.rfft(frames * np.hanning(window), axis=1))[:, : window // 8] / window)
    rises: NDArray[np.float64] = np.maximum(level[2:] - level[:-2], 0).mean(1)
    return np.pad(rises, 1)[: len(wave) // hop]


def onsets(wave: Wave) -> NDArray[np.float64]:
    """When something begins, in seconds: the steep rises that lie 60 ms apart."""
    rises = _rises(wave)
    peaks, _ = scipy.signal.find_peaks(rises, height=max(0.4 * float(np.quantile(rises, 0.99)), 1e-9), distance=12)
    return peaks / 200.0


def on_grid(bass: Wave, grid: tuple[float, float]) -> float:
    """The share of onsets within 20 ms of a sixteenth, after the delay of up to 30 ms that the attack has for all."""
    step, first = grid
    times = onsets(bass)
    if not len(times):
        return float("nan")
    delays = np.arange(-4, 13)[:, None] / 400
    away = (times - delays - first + step / 2) % step - step / 2
    return float((np.abs(away) <= _ON_GRID).mean(1).max())


@dataclass(frozen=True)
class _Bass:
    """Of a bass: its strongest pitch class one-hot (n, 12), where it sounds (n,), and what begins (m,)."""

    classes: NDArray[np.float64]
    sounds: NDArray[np.bool_]
    rises: NDArray[np.float64]


def _bass(wave: Wave) -> _Bass:
    strength, sounds = _classes(wave)
    return _Bass(np.eye(12)[strength.argmax(1)], sounds, _spread(_rises(wave)))


def _others(context: Wave) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of other tracks (T, 2): loudness of pitch classes (n, 12), and what begins (m,)."""
    wave = context.mean(1)
    return _harmony(wave), _spread(_rises(wave))


def _spread(rises: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel = np.hanning(17)[1:-1]
    return np.convolve(rises, kernel, "same")


def _agreement(bass: _Bass, others: tuple[NDArray[np.float64], NDArray[np.float64]]) -> float:
    """How well a bass and other tracks go together, −1 to 1: half harmony, half rhythm. No scale of its own.

    Harmony: correlation of the pitch classes of each half second. Rhythm: correlation of what begins, within 40 ms.
    """
    theirs, beginnings = others
    count, size = min(len(bass.classes), len(theirs)), round(_BLOCK / _LOOK)
    values = []
    for first in range(0, count - size + 1, size):
        inside = slice(first, first + size)
        if bass.sounds[inside].any():
            values.append(_alike(bass.classes[inside][bass.sounds[inside]].mean(0), theirs[inside].mean(0)))
    length = min(len(bass.rises), len(beginnings))
    harmony = mean(values) if values else 0.0
    return (harmony + _alike(bass.rises[:length], beginnings[:length])) / 2


def _harmony(wave: Wave) -> NDArray[np.float64]:
    """Loudness of each pitch class from 220 to 2000 Hz around each 40 ms, C first: (n, 12)."""
    low = scipy.signal.resample_poly(np.asarray(wave, np.float64), 1, 8)  # 6 kHz
    rate, window, hop = RATE // 8, 1024, round(_LOOK * RATE / 8)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(low, window // 2), window)[hop // 2 :: hop]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(window), 8192, axis=1)))
    hertz = np.fft.rfftfreq(8192, 1 / rate)
    pitch = 69 + 12 * np.log2(np.maximum(hertz, 1.0) / 440)
    inside = (hertz >= 220) & (hertz <= 2000) & (np.abs(pitch - np.round(pitch)) < 0.3)
    classes = np.round(pitch).astype(int) % 12
    return np.sqrt(np.stack([power[:, inside & (classes == tone)].sum(1) for tone in range(12)], 1))


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 1e-12 and other.std() > 1e-12 else 0.0


def coherence(basses: Sequence[Wave], truths: Sequence[Fitting]) -> float:
    """How well basses fit their contexts: 0 as the true basses of other pieces do, 1 as the true ones do.

    The others are the true basses, each beside the contexts of all other pieces.
    """
    contexts, true = [_others(each.context) for each in truths], [_bass(each.bass) for each in truths]
    bass_parts = [_bass(bass) for bass in basses]
    pairs = [[_agreement(bass, others) for others in contexts] for bass in true]
    count = len(truths)
    best = mean([pairs[number][number] for number in range(count)])
    shuffled = mean([pairs[row][column] for row in range(count) for column in range(count) if row != column])
    ours = mean([_agreement(bass, others) for bass, others in zip(bass_parts, contexts, strict=True)])
    return (ours - shuffled) / (best - shuffled)


def figures(shop: Workshop) -> list[Figure]:
    """Basses made for the other tracks of held-out pieces, beside the true ones and those of other pieces."""
    sizes = shop.sizes
    if not sizes.stems or not shop.melody.capabilities.listens:
        return []
    truths = fittings(sizes.stems, sizes.stem_seconds, own=shop.own, context=within(shop.context, 0.0, 0.3))
    basses = []
    for number, each in enumerate(truths):
        shop.context.progress(0.3 + 0.5 * number / len(truths), f"Making bass {number + 1} of {len(truths)}")
        basses.append(_made(shop, each, shop.seed + number))
    others = [truths[(number + 1) % len(truths)].bass for number in range(len(truths))]

    def judged(key: str, words: str, goal: float | None, values: Sequence[list[float]]) -> Figure:
        ours, true, shuffled = (mean(each) for each in values)
        beside = {"true basses": true, "those of other pieces": shuffled}
        return Figure(key, words, ours, "%", Goal(least=goal) if goal else None, beside)

    crowds = (basses, [each.bass for each in truths], others)
    chords = [[chord_agreement(b, t.chords) for b, t in zip(crowd, truths, strict=True)] for crowd in crowds]
    grids = [[on_grid(b, t.grid) for b, t in zip(crowd, truths, strict=True)] for crowd in crowds]
    scale = {"true basses": 1.0, "those of other pieces": 0.0}
    value = coherence(basses, truths)
    return [
        judged("chord_agreement", f"{len(truths)} basses for given tracks: notes of the chord", 0.8, chords),
        judged("on_grid", "onsets within 20 ms of a sixteenth", None, grids),
        Figure("coherence", "coherence with the other tracks", value, "", Goal(least=0.7), scale),
    ]


def _made(shop: Workshop, each: Fitting, seed: int) -> Wave:
    """A bass (T,) at 48 kHz for the other tracks."""
    rate, channels = shop.melody.capabilities.rate, shop.melody.capabilities.channels
    seconds = len(each.bass) / RATE

    def make() -> Wave:
        beside = Audio(fit_channels(resample(each.context, RATE, rate), channels), rate)
        request = Request(settings=Settings(prompt=each.prompt), seconds=seconds, seed=seed, context=beside, alone=True)
        silent = Context(lambda share, sentence: shop.context.check())
        wave: Wave = shop.melody.generate(request, silent).takes[0].samples.mean(axis=1)
        return wave

    wave = resample(shop.kept(f"bass {each.prompt} {seed} {seconds}", make)[:, None], rate, RATE)[: len(each.bass), 0]
    return np.pad(wave, (0, len(each.bass) - len(wave)))
