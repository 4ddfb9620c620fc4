"""A wish becomes sound: composed, played, and brought to its level by one gain that is kept with the score."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.compose.arrange import again, composed
from engine.compose.piece import RATE, GivenSound, Performance, Rendering, Variant
from engine.compose.render import render_stems
from engine.compose.score import Score
from engine.compose.variants import variant_score
from engine.compose.wish import Wish
from engine.loudness import integrated_loudness, true_peak

LOUDNESS = -18.0
"""LUFS of a mix."""
PEAK = -1.1
"""dBTP that a mix stays under: a tenth below the promised -1, for what 24 bits round."""
_BAND = -1.0
"""Decibels by which the parts that accompany a sound are louder than it, together."""


def performed(
    wish: Wish,
    *,
    rate: int = RATE,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
) -> Performance:
    """Composes and plays a wish.

    Raises:
        EngineError: the wish cannot be met.
        ModelError: there is no SoundFont.
    """
    score = composed(wish)
    sound = render_stems(score, rate=rate, soundfont=soundfont, check=check)
    gain = level(sound.mix, rate)
    factor = np.float32(10 ** (gain / 20))
    stems = {name: each * factor for name, each in sound.stems.items()}
    return Performance(wish, replace(score, gain_db=gain), {}, Rendering(rate, 0, _summed(stems), stems))


def performed_again(
    wish: Wish,
    score: Score,
    label: str,
    rolls: Mapping[str, int],
    *,
    rate: int = RATE,
    soundfont: str | Path | None = None,
    given: GivenSound | None = None,
    check: Callable[[], None] | None = None,
) -> Performance:
    """Makes one part of a piece again and plays the whole; every other stem is the same, sample by sample.

    `given` is the sound that the piece was composed to, as loud as its stem.

    Raises:
        EngineError: there is no such part.
        ModelError: there is no SoundFont.
    """
    rolled = {**rolls, label: rolls.get(label, 0) + 1}
    changed = again(score, wish, label, rolled)
    factor = np.float32(10 ** (score.gain_db / 20))
    unity = replace(changed, gain_db=0.0)
    stems = {name: each * factor for name, each in _beside(unity, given, rate, soundfont, check).items()}
    if given is not None:
        stems = {given.name: given.samples, **stems}
    excess = true_peak(_summed(stems).T, rate) - PEAK
    if excess > 0:  # only the new part gives way
        part = next(each for each in unity.parts if each.name == label)
        quieter = replace(part, level_db=round(part.level_db - 2 * excess - 0.1, 2))
        unity = replace(unity, parts=tuple(quieter if each.name == label else each for each in unity.parts))
        alone = replace(unity, parts=(quieter,))
        stems[label] = _beside(alone, given, rate, soundfont, check)[label] * factor
    sound = Rendering(rate, 0, _summed(stems), stems)
    return Performance(wish, replace(unity, gain_db=score.gain_db), rolled, sound, given)


def accompanied(
    wish: Wish,
    given: GivenSound,
    *,
    rate: int = RATE,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
) -> Performance:
    """Composes and plays parts to a sound; all stems begin and end where it does, its own included.

    The parts together are nearly as loud as the sound; one gain brings all stems to the loudness of a mix.

    Raises:
        EngineError: the wish cannot be met.
        ModelError: there is no SoundFont.
    """
    score = composed(wish)
    stems = _beside(score, given, rate, soundfont, check)
    own = integrated_loudness(given.samples.T, rate)
    band = integrated_loudness(_summed(stems).T, rate)
    balance = own + _BAND - band if math.isfinite(own) and math.isfinite(band) else 0.0
    balanced = {name: each * np.float32(10 ** (balance / 20)) for name, each in stems.items()}
    gain = level(_summed({given.name: given.samples, **balanced}), rate)
    total = round(balance + gain, 3)  # as the score keeps it, so that parts made again are as loud
    stems = {name: each * np.float32(10 ** (total / 20)) for name, each in stems.items()}
    stems = {given.name: given.samples * np.float32(10 ** (gain / 20)), **stems}
    sound = Rendering(rate, 0, _summed(stems), stems)
    given = replace(given, samples=stems[given.name])
    return Performance(wish, replace(score, gain_db=total), {}, sound, given)


def performed_part(
    wish: Wish,
    variant: Variant,
    rolls: Mapping[str, int],
    gain_db: float,
    *,
    rate: int = RATE,
    soundfont: str | Path | None = None,
    check: Callable[[], None] | None = None,
) -> Performance:
    """Plays one part of a piece alone, in one of its variants, as loud as in the piece.

    Args:
        wish: what the piece was composed from.
        variant: the part.
        rolls: how often the other parts have been made again.
        gain_db: the gain of the piece's stems.
        rate: Hz of the sound.
        soundfont: as `render_stems` takes it.
        check: raises where the user cancelled.

    Raises:
        EngineError: there is no such part, or it has nothing to play.
        ModelError: there is no SoundFont.
    """
    score = replace(variant_score(wish, variant, rolls), gain_db=0.0)
    sound = render_stems(score, rate=rate, soundfont=soundfont, check=check)
    stems = {name: each * np.float32(10 ** (gain_db / 20)) for name, each in sound.stems.items()}
    excess = true_peak(_summed(stems).T, rate) - PEAK
    if excess > 0:
        gain_db = round(gain_db - excess - 0.01, 3)
        stems = {name: each * np.float32(10 ** (gain_db / 20)) for name, each in sound.stems.items()}
    played = {**rolls, variant.label: variant.roll}
    return Performance(wish, replace(score, gain_db=gain_db), played, Rendering(rate, 0, _summed(stems), stems))


def _beside(
    score: Score,
    given: GivenSound | None,
    rate: int,
    soundfont: str | Path | None,
    check: Callable[[], None] | None,
) -> dict[str, np.ndarray]:
    """The stems of a score: whole, or where the given sound is."""
    if given is None:
        return render_stems(score, rate=rate, soundfont=soundfont, check=check).stems
    frames, late = given.samples.shape[1], max(given.origin, 0)
    sound = render_stems(
        score, rate=rate, first=max(-given.origin, 0), frames=frames - late, soundfont=soundfont, check=check
    )
    return {name: np.pad(each, ((0, 0), (late, 0))) for name, each in sound.stems.items()}


def level(mix: np.ndarray, rate: int) -> float:
    """The gain in decibels that brings a mix (2, frames) to its loudness, or as near as its peaks let it."""
    loudness, peak = integrated_loudness(mix.T, rate), true_peak(mix.T, rate)
    if not math.isfinite(loudness):
        return 0.0
    return round(min(LOUDNESS - loudness, PEAK - peak), 3)


def _summed(stems: Mapping[str, np.ndarray]) -> np.ndarray:
    mix = np.zeros_like(next(iter(stems.values())))
    for each in stems.values():
        mix += each
    return mix
