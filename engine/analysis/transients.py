"""Keeps the attacks of a stretched sound: they are played at their own speed, from where they come to lie.

A phase vocoder spreads an attack over its block of 0.12 s. So each strong attack of the original is laid over the
stretched sound at its new place, and what the vocoder lets be heard ahead of it is turned down to what the original has
there (compare Röbel, "A new approach to transient processing in the phase vocoder", DAFx 2003).
"""

from collections.abc import Callable

import numpy as np

Place = Callable[[np.ndarray], np.ndarray]
"""From frames of the original to frames of the stretched sound."""

_HOP = 0.001  # s between two measurements of energy
_RISE = 8.0  # energy after an attack over that before it, from which it is one: 9 dB
_QUIET = 1e-3  # share of the loudest energy under which nothing is an attack: −30 dB
_PART = 1000  # measurements at once, so that a long sound takes little memory
_APART = 0.03  # s between two attacks at least
_BEFORE = 0.002  # s of the original that are kept before an attack
_AFTER = 0.06  # s after it, the fade among them
_EDGE = 0.006  # s of a transposed attack that stay as they were
_EDGE_FADE = 0.006  # s in which the transposed sound takes over
_FADE = 0.02  # s in which the stretched sound takes over
_AHEAD = 0.08  # s before an attack in which the stretched sound is turned down to the original


def attacks_of(samples: np.ndarray, rate: int) -> np.ndarray:
    """The frames at which strong attacks of `samples` (frames, channels) begin: int64, in order."""
    hop = max(round(_HOP * rate), 1)
    count = len(samples) // hop
    if count < 20:
        return np.zeros(0, np.int64)
    sums = np.concatenate(([0.0], np.cumsum(_energy(samples, hop, count))))
    at = np.arange(12, count - 5)
    after = (sums[at + 5] - sums[at]) / 5
    before = (sums[at - 1] - sums[at - 12]) / 11
    floor = _QUIET * after.max(initial=0.0)
    ratio = np.where(after > floor, after / (before + 0.01 * floor + 1e-12), 0.0)
    onsets: list[int] = []
    apart = round(_APART / _HOP)
    for index in np.argsort(-ratio, kind="stable"):
        if ratio[index] < _RISE or len(onsets) > count // apart:
            break
        if all(abs(index - other) >= apart for other in onsets):
            onsets.append(int(index))
    return np.sort([_edge(samples, (int(at[index]) - 1) * hop, hop) for index in onsets]).astype(np.int64)


def _energy(samples: np.ndarray, hop: int, count: int) -> np.ndarray:
    """The mean energy of `count` stretches of `hop` frames: float64. What rises fast counts; a part at a time."""
    energy = np.empty(count)
    for first in range(0, count, _PART):
        last = min(first + _PART, count)
        part = samples[first * hop : last * hop]
        steep = np.diff(part, axis=0, prepend=samples[max(first * hop - 1, 0)][None])
        squares = np.square(np.concatenate((part, 4 * steep), axis=1, dtype=np.float64)).sum(axis=1)
        energy[first:last] = squares.reshape(last - first, hop).mean(axis=1)
    return energy


def with_attacks(
    original: np.ndarray, stretched: np.ndarray, rate: int, attacks: np.ndarray, place: Place
) -> np.ndarray:
    """`stretched` (frames, channels) with the `attacks` of `original` at their own speed, and nothing ahead of them."""
    out = np.array(stretched, np.float32)
    targets = np.round(place(np.asarray(attacks, np.float64))).astype(np.int64)
    for number, (attack, target) in enumerate(zip(attacks.tolist(), targets.tolist(), strict=True)):
        following = targets[number + 1] if number + 1 < len(targets) else len(out)
        _turned_down(original, out, rate, attack, target, int(targets[number - 1]) if number else -len(out))
        _laid_over(original, out, rate, attack, target, int(following))
    return out


def with_edges(
    original: np.ndarray, sped: np.ndarray, rate: int, attacks: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """`sped` (frames, channels), a faster or slower `original`, with the first moment of each attack as it was.

    So an attack rises as fast as in the original, whatever the speed. attacks: frames of the original. places: the same
    in `sped`.
    """
    out = np.array(sped, np.float32)
    before, kept, fade = (round(seconds * rate) for seconds in (_BEFORE, _EDGE, _EDGE_FADE))
    for attack, place in zip(attacks.tolist(), places.tolist(), strict=True):
        lead = min(before, attack, place)
        count = min(lead + kept + fade, len(original) - attack + lead, len(out) - place + lead)
        rise = [0, lead] if lead else [0]
        weight = np.interp(np.arange(count), [*rise, lead + kept, lead + kept + fade], [0, 1, 1, 0][-2 - len(rise) :])
        span = out[place - lead : place - lead + count]
        span += weight[:, None].astype(np.float32) * (original[attack - lead : attack - lead + count] - span)
    return out


def _laid_over(original: np.ndarray, out: np.ndarray, rate: int, attack: int, target: int, following: int) -> None:
    """Lays the attack over `out` in place, up to the `following` one at most."""
    lead = min(round(_BEFORE * rate), attack, target)
    most = min(len(original) - attack, len(out) - target, max(following - target - lead, 0), round(_AFTER * rate))
    if most < 8 or lead < 0:
        return
    fade = max(min(round(_FADE * rate), most // 2), 1)
    weight = np.ones(lead + most, np.float32)
    weight[:lead] = np.linspace(0, 1, lead, endpoint=False) if lead else 1
    weight[-fade:] = np.square(np.cos(np.linspace(0, np.pi / 2, fade)))
    span = out[target - lead : target + most]
    span += weight[:, None] * (original[attack - lead : attack + most] - span)


def _turned_down(original: np.ndarray, out: np.ndarray, rate: int, attack: int, target: int, earlier: int) -> None:
    """Turns `out` down in place, ahead of an attack, to the energy that the original has there."""
    reach = min(round(_AHEAD * rate), attack, target, max(target - earlier - round(_AFTER * rate), 0))
    hop = max(round(_HOP * rate) * 4, 1)
    steps = reach // hop
    if steps < 2:
        return
    reach = steps * hop
    there = (
        np.square(original[attack - reach : attack].astype(np.float64)).mean(axis=1).reshape(steps, hop).mean(axis=1)
    )
    here = np.square(out[target - reach : target].astype(np.float64)).mean(axis=1).reshape(steps, hop).mean(axis=1)
    gain = np.sqrt(np.minimum(there / np.maximum(here, 1e-12), 1.0))
    centres = (np.arange(steps) + 0.5) * hop
    curve = np.interp(np.arange(reach), np.concatenate(([0.0], centres)), np.concatenate(([1.0], gain)))
    out[target - reach : target] *= curve[:, None].astype(np.float32)


def _edge(samples: np.ndarray, frame: int, hop: int) -> int:
    """The frame near `frame` at which the sound rises past a tenth of what it reaches within 5 ms."""
    first = max(frame - hop, 0)
    span = np.abs(samples[first : frame + 7 * hop]).max(axis=1, initial=0.0)
    past = np.flatnonzero(span >= 0.1 * span.max(initial=0.0))
    return first + (int(past[0]) if len(past) else 0)
