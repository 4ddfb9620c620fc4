"""Fits the network of `engine.analysis.bar_network`: at which of its places a bar begins.

`python -m engine.train.bars OUT.npz` composes pieces of eight bars in every genre; plays them; and listens to the mix,
to the mix without drums, to the drums alone and to two of the other parts, whole and from a place within a bar on. It
prints how often beat and bar are right in pieces of the validation split and writes the weights.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engine.analysis.bar_network import COLUMNS, PLACES, Weights, bar_features, bar_odds, bar_series
from engine.analysis.pulse import EARLY, ONSET_RATE, onsets_of
from engine.analysis.sound import RATE
from engine.compose.arrange import composed
from engine.compose.genres import GENRES
from engine.compose.render import render_stems
from engine.compose.score import Score
from engine.compose.wish import Wish
from engine.timing.signature import parse_signature
from engine.train.metre import averaged, seeds

_BARS = 8
_HIDDEN, _STEPS, _BATCH = 32, 800, 24
_DROPPED, _DECAY = ((0.4, 0.2), (0.5, 0.4)), 0.1
"""Shares of hidden units and of inputs that are left out, of each of the networks that become one."""
_SERIES, _LACKING = ((4, 5, 6), (7, 8), (2,), (1,), (3,)), 0.05
"""Series that are left out together: of the harmony, the spectrum, the middle, low and high; from how many examples."""
_RIGHT = 0.03  # s from the true place, within which another is right, too
_NEAR = 0.04  # s within which a beat or a bar counts as found
_WEIGHTS = {"rest": 1.0, "mix": 0.8, "drums": 0.7, "two": 0.5}
_LEAST = 3.5  # bars of a stretch


@dataclass(frozen=True)
class Example:
    """A sound's features (C, F), where in s its first bar begins, s between beats, beats in a bar, and what it is."""

    features: NDArray[np.float32]
    start: float
    beat: float
    beats: int
    kind: str


def sounds(score: Score) -> dict[str, NDArray[np.float32]]:
    """A piece, (N,) each: the mix, what is left without its drums, its drums, and two of the other parts."""
    stems = {name: stem.mean(axis=0) for name, stem in render_stems(score, rate=RATE).stems.items()}
    pitched = [part.name for part in score.parts if not part.drums]
    groups = {
        "rest": pitched,
        "mix": list(stems) if len(pitched) < len(stems) else [],
        "drums": [part.name for part in score.parts if part.role == "drums"],
        "two": Random(score.seed).sample(pitched, 2) if len(pitched) > 2 else [],
    }
    mixed = {kind: np.sum([stems[name] for name in names], axis=0) for kind, names in groups.items() if names}
    return {kind: sound.astype(np.float32) for kind, sound in mixed.items() if float(np.square(sound).mean()) > 1e-7}


def examples(score: Score, shorter: bool = True) -> Iterator[Example]:
    """What is learnt from a piece."""
    rng = Random(score.seed)
    beat, beats = score.beat * score.quarter_seconds, max(1, round(score.bar / score.beat))
    for kind, sound in sounds(score).items():
        series = bar_series(sound, onsets_of(sound), beat, beats)
        length = len(series[0])
        first = round(rng.uniform(0, beat * beats) * ONSET_RATE)
        last = min(length, first + round(rng.uniform(_LEAST * beat * beats * ONSET_RATE, length)))
        for begin, end in ((0, length), (first, last)) if shorter else ((0, length),):
            seen = bar_features([each[begin:end] for each in series], beat, beats).astype(np.float32)
            yield Example(seen, (-begin / ONSET_RATE - EARLY) % (beat * beats), beat, beats, kind)


def fitted(learnt: list[Example]) -> Weights:
    """The network: the likeliest place of each example shall be its own. It is the mean of several."""
    flat = np.concatenate([each.features for each in learnt])
    mean, scale = flat.mean(axis=0), flat.std(axis=0) + 1e-3
    count = max(len(each.features) for each in learnt)
    seen = torch.zeros(len(learnt), count, flat.shape[1])
    right, there = (torch.zeros(len(learnt), count, dtype=torch.bool) for _ in range(2))
    for number, each in enumerate(learnt):
        places = len(each.features)
        seen[number, :places] = torch.from_numpy((each.features - mean) / scale)
        there[number, :places] = True
        near = _away(np.arange(places), each, each.beat * each.beats) <= max(_RIGHT, each.beat / PLACES)
        right[number, :places] = torch.from_numpy(near)
    weight = torch.tensor([_WEIGHTS[each.kind] for each in learnt])
    nothing = torch.from_numpy((-mean / scale).astype(np.float32))
    networks = [_trained(seen, right, there, weight, nothing, *dropped) for dropped in _DROPPED]
    return averaged(networks, mean, scale)


def _trained(
    seen: Tensor, right: Tensor, there: Tensor, weight: Tensor, nothing: Tensor, dropped: float, blind: float
) -> Weights:
    """One network of features (N, C, F) that are right at places (N, C), of those that are there.

    nothing: the features (F,) where nothing begins or changes; some examples lack a few series now and then.
    """
    torch.manual_seed(0)
    network = nn.ModuleDict({"hidden": nn.Linear(seen.shape[2], _HIDDEN), "out": nn.Linear(_HIDDEN, 1)})
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=_STEPS + 1)
    for _ in range(_STEPS):
        batch = torch.randint(len(seen), (_BATCH,))
        shown = functional.dropout(seen[batch], blind)
        for group in _SERIES:
            columns = [column for number in group for column in range(number * COLUMNS, (number + 1) * COLUMNS)]
            lacking = torch.rand(_BATCH) < _LACKING
            shown[:, :, columns] = torch.where(lacking[:, None, None], nothing[columns], shown[:, :, columns])
        hidden = torch.tanh(network["hidden"](shown))
        odds = network["out"](functional.dropout(hidden, dropped))[..., 0].masked_fill(~there[batch], -1e9)
        chances = odds - odds.logsumexp(1, keepdim=True)
        log_right = chances.masked_fill(~right[batch], -1e9).logsumexp(1)
        loss = -(weight[batch] * log_right).sum() / weight[batch].sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    return {name: value.detach().numpy().astype(np.float64) for name, value in network.state_dict().items()}


def _away(place: NDArray[np.int_], example: Example, span: float) -> NDArray[np.float64]:
    """S from places to the nearest true one, of those that are `span` s apart."""
    moments = (place + 0.5) / PLACES * example.beat
    away: NDArray[np.float64] = np.abs((moments - example.start + span / 2) % span - span / 2)
    return away


def shares(weights: Weights, heard: list[Example]) -> tuple[float, float]:
    """The shares of examples of which the beat, and the bar, are right."""
    found = [np.array([bar_odds(each.features.astype(np.float64), weights).argmax()]) for each in heard]
    beats, bars = (
        [float(_away(place, each, each.beat * count)[0]) < _NEAR for place, each, count in
         ((place, each, each.beats if whole else 1) for place, each in zip(found, heard, strict=True))]
        for whole in (False, True)
    )  # fmt: skip
    return float(np.mean(beats)), float(np.mean(bars))


def pieces(split: str, count: int) -> Iterator[Score]:
    """So many pieces of each genre, and half as many more in each other metre that it writes in."""
    numbers = seeds(split)
    for name, genre in GENRES.items():
        for seed in islice(numbers, count):
            yield composed(Wish(genre=name, bars=_BARS, seed=seed))
        for metre in (item.split(":")[0] for item in genre.metres.split()):
            for seed in islice(numbers, (count + 1) // 2 if metre != "4/4" else 0):
                yield composed(Wish(genre=name, bars=_BARS, seed=seed, signature=parse_signature(metre)))


def main() -> None:
    """Composes, plays, listens, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=8, help="of each genre")
    arguments = parser.parse_args()
    learnt = [each for score in pieces("train", arguments.pieces) for each in examples(score)]
    print(f"{len(learnt)} sounds", flush=True)
    weights = fitted(learnt)
    with arguments.out.open("wb") as file:
        np.savez(file, allow_pickle=False, **{name: value.astype(np.float32) for name, value in weights.items()})
    heard = [each for score in pieces("validation", 1) for each in examples(score, shorter=False)]
    for kind in _WEIGHTS:
        beat, bar = shares(weights, [each for each in heard if each.kind == kind])
        print(f"{kind:5s} beat {beat:.3f}, bar {bar:.3f}")


if __name__ == "__main__":
    main()
