"""Fits the network of `engine.analysis.metre`: which tempo is felt, and how many beats a bar has.

`python -m engine.train.metre OUT.npz` composes pieces of every genre in each metre that it writes in, a third of them
slower or quicker than their genre; plays 45 s of each; and listens to the mix, to the mix without drums and to a single
part, whole and in shorter stretches. It prints how often tempo and metre are right on pieces of the validation split
and writes the weights. It takes half an hour of one processor core.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from engine.analysis.metre import METRES, TEMPOS, Weights, log_odds, tempo_features
from engine.analysis.pulse import onsets_of
from engine.analysis.sound import RATE
from engine.compose.arrange import composed
from engine.compose.genres import GENRES
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD, Score
from engine.compose.wish import Wish

Values = NDArray[np.float32]

SECONDS = 45.0
_FIRST = 20_001  # the first pieces' number
_HIDDEN, _STEPS, _BATCH = 32, 1200, 24
_DROPPED, _DECAY = ((0.4, 0.2), (0.5, 0.4)), 0.1
"""Shares of hidden units and of inputs that are left out, of each of the networks that become one."""
_NEAR = 0.018  # a share of a tempo
_WEIGHTS = {"mix": 1.0, "rest": 0.6, "part": 0.35}
_SHORTEST, _SHORT = 6.0, (12.0, 30.0)  # s of a sound, and of stretches
_SLOWER, _QUICKER = (0.62, 0.95), (1.05, 1.25)  # of the tempos of a genre


@dataclass(frozen=True)
class Example:
    """A sound's features (C, F), its felt tempo, the number of its metre, and what it is: mix, rest or part."""

    features: Values
    tempo: float
    metre: int
    kind: str


def seeds(split: str) -> Iterator[int]:
    """Seeds of pieces of a split, one after another."""
    for number in count(_FIRST):
        yield HELD_OUT_PERIOD * number + {"validation": 0, "test": 1}.get(split, 2 + number % (HELD_OUT_PERIOD - 2))


def pieces(split: str, common: int, others: int) -> list[Score]:
    """So many pieces of each genre in 4/4, and so many in each other metre that it writes in."""
    chosen: list[Score] = []
    numbers = seeds(split)
    for name, genre in GENRES.items():
        needed = {item.split(":")[0]: others for item in genre.metres.split()} | {"4/4": common}
        while any(needed.values()):
            seed = next(numbers)
            score = composed(Wish(genre=name, seed=seed))
            metre = str(score.signature)
            if not needed[metre]:
                continue
            needed[metre] -= 1
            if needed[metre] % 3 == 0:
                score = composed(Wish(genre=name, seed=seed, tempo=_unusual(Random(seed), score, genre.tempo)))
            chosen.append(score)
    return chosen


def _unusual(rng: Random, score: Score, usual: tuple[float, float]) -> float:
    """A tempo outside those of a genre."""
    low, high = (0.65 * each if score.beat == 1.5 else each for each in usual)
    tempo = rng.choice((low * rng.uniform(*_SLOWER), high * rng.uniform(*_QUICKER)))
    return float(round(min(max(tempo, 50.0), 120.0 if score.beat == 1.5 else 205.0)))


def sounds(score: Score) -> dict[str, Values]:
    """45 s of a piece, (N,) each: the mix, what is left without its drums, and a part alone."""
    rng, first = Random(score.seed + 1), beginning(score)
    frames = round(min(SECONDS, score.seconds - first + 1) * RATE)
    stems = render_stems(score, rate=RATE, first=round(first * RATE), frames=frames).stems
    parts = {part.name: stems[part.name].mean(axis=0) for part in score.parts}
    sounds = {"mix": np.sum(list(parts.values()), axis=0)}
    rest = [parts[part.name] for part in score.parts if not part.drums]
    if 0 < len(rest) < len(score.parts):
        sounds["rest"] = np.sum(rest, axis=0)
    if loud := [name for name, sound in parts.items() if float(np.square(sound).mean()) > 1e-5]:
        sounds["part"] = parts[rng.choice(loud)]
    return {kind: sound.astype(np.float32) for kind, sound in sounds.items()}


def beginning(score: Score) -> float:
    """Where in a piece its 45 s begin, s."""
    rng = Random(score.seed)
    return 0.0 if rng.random() < 0.5 else rng.uniform(0, max(0.0, score.seconds - SECONDS))


def metre_of(score: Score) -> int:
    """The number of a piece's metre in `METRES`."""
    return METRES.index((round(score.bar / score.beat), score.beat == 1.5))


def examples(score: Score, shorter: bool = True) -> Iterator[Example]:
    """What is learnt from a piece."""
    rng = Random(score.seed)
    for kind, sound in sounds(score).items():
        stretches = [sound] if kind != "part" or not shorter else []
        if shorter and kind != "rest":
            length = min(len(sound), round(rng.uniform(*_SHORT) * RATE))
            first = rng.randint(0, len(sound) - length)
            stretches.append(sound[first : first + length])
        for each in stretches:
            if len(each) >= _SHORTEST * RATE and float(np.square(each).mean()) > 1e-6:
                seen = tempo_features(each, onsets_of(each)).astype(np.float32)
                yield Example(seen, score.tempo, metre_of(score), kind)


def fitted(learnt: list[Example]) -> Weights:
    """The network: the likeliest tempo and metre of each example shall be its own. It is the mean of several."""
    features = np.stack([each.features for each in learnt])
    flat = features.reshape(-1, features.shape[2])
    mean, scale = flat.mean(axis=0), flat.std(axis=0) + 1e-3
    seen = torch.from_numpy((features - mean) / scale)
    right = torch.zeros(len(learnt), len(TEMPOS), len(METRES), dtype=torch.bool)
    for number, each in enumerate(learnt):
        right[number, :, each.metre] = torch.from_numpy(np.abs(np.log(TEMPOS / each.tempo)) < _NEAR)
    weight = torch.tensor([_WEIGHTS[each.kind] for each in learnt])
    networks = [_trained(seen, right, weight, *dropped) for dropped in _DROPPED]
    return averaged(networks, mean, scale)


def averaged(networks: list[Weights], mean: NDArray[np.float64], scale: NDArray[np.float64]) -> Weights:
    """One network that says the mean of what several say of features; `mean` and `scale` are the features'."""
    return {
        "hidden.weight": np.concatenate([each["hidden.weight"] for each in networks]),
        "hidden.bias": np.concatenate([each["hidden.bias"] for each in networks]),
        "out.weight": np.concatenate([each["out.weight"] for each in networks], axis=1) / len(networks),
        "out.bias": np.mean([each["out.bias"] for each in networks], axis=0),
        "mean": mean.astype(np.float64),
        "scale": scale.astype(np.float64),
    }


def _trained(seen: Tensor, right: Tensor, weight: Tensor, dropped: float, seen_dropped: float) -> Weights:
    """One network of features (N, C, F) that are right with tempos and metres (N, C, M)."""
    torch.manual_seed(0)
    network = nn.ModuleDict({"hidden": nn.Linear(seen.shape[2], _HIDDEN), "out": nn.Linear(_HIDDEN, len(METRES))})
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=_STEPS + 1)
    for _ in range(_STEPS):
        batch = torch.randint(len(seen), (_BATCH,))
        hidden = torch.tanh(network["hidden"](functional.dropout(seen[batch], seen_dropped)))
        odds = network["out"](functional.dropout(hidden, dropped)).flatten(1)
        chances = odds - odds.logsumexp(1, keepdim=True)
        log_right = torch.where(right[batch].flatten(1), chances, -1e9).logsumexp(1)
        loss = -(weight[batch] * log_right).sum() / weight[batch].sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    return {name: value.detach().numpy().astype(np.float64) for name, value in network.state_dict().items()}


def shares(weights: Weights, heard: list[Example]) -> tuple[float, float]:
    """The shares of examples of which the tempo, and the metre, are right."""
    tempos, metres = [], []
    for each in heard:
        place, metre = divmod(int(log_odds(each.features.astype(np.float64), weights).argmax()), len(METRES))
        tempos.append(abs(np.log2(TEMPOS[place] / each.tempo)) < 0.03)
        metres.append(metre == each.metre)
    return float(np.mean(tempos)), float(np.mean(metres))


def main() -> None:
    """Composes, plays, listens, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--common", type=int, default=6, help="pieces of each genre in 4/4")
    parser.add_argument("--others", type=int, default=10, help="pieces of each genre in each other metre")
    arguments = parser.parse_args()
    learnt = [each for score in pieces("train", arguments.common, arguments.others) for each in examples(score)]
    print(f"{len(learnt)} sounds", flush=True)
    weights = fitted(learnt)
    with arguments.out.open("wb") as file:
        np.savez(file, allow_pickle=False, **{name: value.astype(np.float32) for name, value in weights.items()})
    held_out = pieces("validation", arguments.common // 2, arguments.others // 2)
    heard = [each for score in held_out for each in examples(score, shorter=False)]
    for kind in _WEIGHTS:
        tempo, metre = shares(weights, [each for each in heard if each.kind == kind])
        print(f"{kind:5s} tempo {tempo:.3f}, metre {metre:.3f}")


if __name__ == "__main__":
    main()
