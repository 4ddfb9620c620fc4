"""Trains the network of `engine.analysis.stroke_network` on drums that the composer plays, alone and under its music.

`python -m engine.train.strokes OUT` plays stretches of pieces, trains from nothing, chooses the likelihood from which
each kind of stroke begins on pieces of the validation split, prints how well they are heard there, and writes all of it
(float16). It takes half an hour of one processor core.

Powers of bands add up where sounds do not hang together, so drums of any piece are mixed with its own music or with
that of any other, at any level, and both are equalised, as they are drawn, without rendering anything again.
"""

import argparse
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from engine.analysis.sound import RATE
from engine.analysis.stroke_network import (
    BANDS,
    DILATIONS,
    FRAME_RATE,
    HOP,
    KINDS,
    OUTPUTS,
    TAPS,
    WIDTH,
    band_powers,
    features,
    heard_in,
)
from engine.analysis.strokes import drumming_of
from engine.atomic_file import replacing
from engine.compose.arrange import compose
from engine.compose.render import render_stems
from engine.train.corpus.colours import LONGER, coloured, drawn
from engine.train.corpus.crops import piece_seed

Values = NDArray[np.float32]

SECONDS = 16.0
_LENGTHS = (300, 600, 1200)  # frames of a batch's stretches
_RARE = 3.0  # how much a stroke weighs against a moment without one
_COLOURED = 0.4  # share of stretches that sound as if they had been recorded
_ALONE, _WITHOUT, _OWN = 0.25, 0.06, 0.45
"""Shares of examples with drums only, with music only, and with drums under the music of their own piece."""
_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
_FURTHER = 100_000  # number of the first stretch of drums without their music
_KEPT = 200  # steps after which the state of training is kept
_JUDGED = ("kick", "snare", "hat", "all")
_TOLERANCE = 0.05  # s by which a stroke may be heard early or late


@dataclass(frozen=True)
class Stretch:
    """A stretch of a piece: powers of its drums and of the rest (T, B), strokes' velocities, 0 to 1 (T, kinds)."""

    drums: Values
    rest: Values
    strokes: Values


def stretch(step: int, split: str = "train", seconds: float = SECONDS, music: bool = True) -> Stretch:
    """The stretch of a step, always the same. Without its music, which sounds in none then, it is made far quicker."""
    piece = piece_seed(0, step, split)
    rng = Random(f"strokes {piece}")
    score = compose(piece)
    if not music:
        score = replace(score, parts=tuple(part for part in score.parts if part.drums))
    frames = round(seconds * RATE)
    first = round(rng.random() * max(0.0, score.seconds - seconds) * RATE)
    stems = render_stems(score, rate=RATE, first=first, frames=round(LONGER * frames)).stems
    beaten = [part for part in score.parts if part.drums]
    silence = np.zeros((2, round(LONGER * frames)), np.float32)
    drums = sum((stems[part.name] for part in beaten), silence)
    rest = sum((stems[part.name] for part in score.parts if not part.drums), silence)
    if rng.random() < _COLOURED:
        colours = replace(drawn(rng), cents=0.0, drift=0.0, noise_db=None)
        drums, rest = np.split(coloured(np.concatenate((drums + rest, drums, rest)), colours, frames, RATE)[2:], 2)
    strokes = np.zeros((frames // HOP + 1, len(KINDS)), np.float32)
    for part in beaten:
        onsets = score.onset_frames(part, RATE) - first
        for note, onset in zip(part.notes, onsets, strict=True):
            for kind, pitches in enumerate(KINDS.values()):
                frame = round(onset / HOP)
                if note.pitch in pitches and 0 <= frame < len(strokes):
                    strokes[frame, kind] = max(strokes[frame, kind], note.velocity / 127)
    drum_powers, rest_powers = (band_powers(sound[:, :frames].mean(axis=0)) for sound in (drums, rest))
    return Stretch(drum_powers, rest_powers, strokes)


def stored_stretch(folder: Path, step: int, split: str = "train", music: bool = True) -> Stretch:
    """The stretch of a step, kept in a folder, where it is made the first time."""
    path = folder / f"{split if music else 'drums'}-{step:05d}.npz"
    if not path.exists():
        write_stretch(path, stretch(step, split, music=music))
    with np.load(path, allow_pickle=False) as file:
        drums, rest, strokes = (file[name] for name in ("drums", "rest", "strokes"))
        return Stretch(drums, rest if len(rest) else np.zeros_like(drums), strokes)


def write_stretch(path: Path, made: Stretch) -> None:
    """Writes a stretch; where no music sounds, it takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rest = made.rest if made.rest.any() else made.rest[:0]
    with replacing(path, durable=False) as part, part.open("wb") as file:
        np.savez(file, drums=made.drums, rest=rest, strokes=made.strokes)


class StrokeNetwork(nn.Module):
    """The network in torch: features (N, T, B) → log-odds (N, T, `OUTPUTS`)."""

    def __init__(self) -> None:
        super().__init__()
        widths = (BANDS, *(WIDTH,) * len(DILATIONS))
        self.layers = nn.ModuleList(
            nn.Conv1d(widths[number], WIDTH, TAPS, dilation=dilation, padding=TAPS // 2 * dilation)
            for number, dilation in enumerate(DILATIONS)
        )
        self.kit = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, OUTPUTS)

    def forward(self, seen: Tensor) -> Tensor:
        """The log-odds of all answers."""
        hidden = seen.transpose(1, 2)  # (N, B, T)
        for number, layer in enumerate(self.layers):
            answer = functional.relu(layer(hidden))  # (N, C, T)
            beside = hidden if number else self.kit(answer.mean(dim=2))[:, :, None]
            hidden = answer + beside
        odds: Tensor = self.out(hidden.transpose(1, 2))  # (N, T, outputs)
        return odds

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Takes weights as `weights` gives them."""
        names = {name: name if name.split(".")[0] in ("kit", "out") else f"layers.{name}" for name in weights}
        self.load_state_dict({names[name]: torch.from_numpy(np.asarray(v, np.float32)) for name, v in weights.items()})

    def weights(self) -> dict[str, np.ndarray]:
        """As `stroke_network.likelihoods` takes them."""
        names = {name.removeprefix("layers."): value for name, value in self.state_dict().items()}
        return {name: value.detach().numpy().astype(np.float32) for name, value in names.items()}


def example(stretches: list[Stretch], frames: int, rng: Random) -> tuple[Values, Values, float]:
    """Features (T, B), velocities of strokes (T, kinds), and whether anything but drums sounds, of a mixture."""
    one, other = rng.choice(stretches), rng.choice(stretches)
    while not other.rest.any():
        other = rng.choice(stretches)
    first, second = (rng.randint(0, max(0, len(each.strokes) - frames)) for each in (one, other))
    drums, rest = one.drums[first : first + frames], other.rest[second : second + frames]
    strokes = one.strokes[first : first + frames]
    level = 10 ** rng.uniform(-0.6, 1.2)  # of the drums' power over the rest's
    kind = rng.random()
    beaten = drums
    if kind < _OWN and one.rest.any():
        rest = one.rest[first : first + frames]
    elif kind < _OWN:  # as loud as the drums of the other's piece
        beaten = other.drums[second : second + frames]
    if kind < _OWN and beaten.any():
        balance = float(np.percentile(beaten.sum(axis=1), 95) / max(np.percentile(rest.sum(axis=1), 95), 1e-12))
        level = balance * 10 ** rng.uniform(-0.4, 0.4)
    elif kind > 1 - _ALONE:
        rest = np.zeros_like(rest)
    elif kind > 1 - _ALONE - _WITHOUT:
        drums, strokes = np.zeros_like(drums), np.zeros_like(strokes)
    loud = [max(float(np.percentile(each.sum(axis=1), 95)), 1e-12) for each in (drums, rest)]
    powers = drums * (_equaliser(rng) * level / loud[0]) + rest * (_equaliser(rng) / loud[1])
    powers = powers + powers.sum(axis=1).max() * 10 ** rng.uniform(-9, -6) * np.ones(BANDS, np.float32) / BANDS
    return features(powers.astype(np.float32)), strokes, float(rest.any())


def _equaliser(rng: Random) -> Values:
    """Gains of powers, smooth over the frequencies: (B,)."""
    octaves = np.concatenate([np.linspace(-5, 0.7, BANDS // 2), np.linspace(-1.7, 3.5, BANDS - BANDS // 2)])
    decibels = rng.uniform(-1.5, 1.5) * octaves + rng.uniform(-6, 6) * np.cos(0.6 * octaves + rng.uniform(0, 6.3))
    return (10 ** (decibels / 10)).astype(np.float32)


def loss_of(odds: Tensor, strokes: Tensor, music: Tensor) -> Tensor:
    """The loss of answers (N, T, outputs) where velocities (N, T, kinds) and music (N,) are true."""
    kinds = len(KINDS)
    begins = (strokes > 0).float()
    near = functional.max_pool1d(begins.transpose(1, 2), 3, 1, 1).transpose(1, 2)
    goal = torch.maximum(begins, 0.4 * near)
    weight = 1 + _RARE * near
    loss = (weight * functional.binary_cross_entropy_with_logits(odds[..., :kinds], goal, reduction="none")).mean()
    force = (torch.sigmoid(odds[..., kinds : 2 * kinds]) - strokes).square()
    loss = loss + 0.5 * (force * begins).sum() / begins.sum().clamp(min=1) * begins.mean() * 10
    presence = functional.binary_cross_entropy_with_logits(odds[..., -1], music[:, None].expand(odds.shape[:2]))
    return loss + 0.02 * presence


def trained(
    stretches: list[Stretch],
    steps: int,
    batch: int = 6,
    seed: int = 0,
    network: StrokeNetwork | None = None,
    keep: Path | None = None,
) -> StrokeNetwork:
    """A network, or `network`, that has seen `steps` batches; its weights are averaged over the last of them.

    keep: a file in which its state is kept every `_KEPT` steps, and from which training goes on where it was stopped.
    """
    torch.manual_seed(seed)
    network = network or StrokeNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps + 1, pct_start=0.1)
    average = deepcopy(network)
    share = 1 / max(2, min(200, steps // 5))
    first = _resumed(keep, network, average, optimizer, schedule) if keep and keep.exists() else 0
    for step in range(first, steps):
        rng = Random(f"strokes {seed} {step}")
        frames = rng.choice(_LENGTHS)
        size = max(1, batch * _LENGTHS[-1] // (2 * frames))
        seen, strokes, music = zip(*(example(stretches, frames, rng) for _ in range(size)), strict=True)
        odds = network(torch.from_numpy(np.stack(seen)))
        loss = loss_of(odds, torch.from_numpy(np.stack(strokes)), torch.tensor(music))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for old, new in zip(average.parameters(), network.parameters(), strict=True):
                old.lerp_(new, share if step else 1.0)
        if step % 20 == 0:
            print(f"step {step}: loss {loss.item():.4f}", flush=True)
        if keep and (step + 1) % _KEPT == 0:
            parts = (network, average, optimizer, schedule)
            with replacing(keep, durable=False) as part:
                torch.save([step + 1, *(each.state_dict() for each in parts)], part)
    return average


def _resumed(keep: Path, *parts: Any) -> int:
    """Puts the states that a file holds into the network, its average, the optimizer and the schedule: steps done."""
    done, *states = torch.load(keep, weights_only=True)
    for part, state in zip(parts, states, strict=True):
        part.load_state_dict(state)
    return int(done)


def matches(heard: Sequence[float], true: Sequence[float], tolerance: float = _TOLERANCE) -> tuple[int, int, int]:
    """How many moments (s) agree, each used once; how many were heard for nothing, and how many were missed."""
    left, hits = list(true), 0
    for moment in heard:
        near = [each for each in left if abs(each - moment) <= tolerance]
        if near:
            left.remove(min(near, key=lambda each: abs(each - moment)))
            hits += 1
    return hits, len(heard) - hits, len(left)


def f_measures(answers: list[Values], stretches: list[Stretch], thresholds: Values) -> dict[str, float]:
    """How well each kind of stroke is heard, both hats together and all kinds together, summed over stretches.

    answers: the network's, (T, outputs) of each stretch.
    """
    counts = {name: np.zeros(3) for name in KINDS}
    for each, stretch_ in zip(answers, stretches, strict=True):
        strokes = drumming_of(each, np.ones(len(each), bool), thresholds).strokes
        for kind, (name, pitches) in enumerate(KINDS.items()):
            true = np.flatnonzero(stretch_.strokes[:, kind]) / FRAME_RATE
            counts[name] += matches([s.start for s in strokes if s.pitch == pitches[0]], true.tolist())
    counts["hat"] = counts["closed hat"] + counts["open hat"]
    counts["all"] = np.sum([counts[name] for name in KINDS], axis=0)
    return {name: float(2 * hits / max(1, 2 * hits + more + less)) for name, (hits, more, less) in counts.items()}


def best_thresholds(answers: list[Values], stretches: list[Stretch]) -> Values:
    """The likelihoods (kinds,) from which strokes begin with which `_JUDGED` are heard best, one kind after another.

    Of kinds that sound alike the surest is taken, so that a threshold changes how others are heard, too.
    """
    best, quality = np.full(len(KINDS), 0.45, np.float32), -1.0
    for kind in range(len(KINDS)):
        for least in _THRESHOLDS:
            tried = np.where(np.arange(len(KINDS)) == kind, least, best).astype(np.float32)
            figures = f_measures(answers, stretches, tried)
            if (reached := sum(figures[name] for name in _JUDGED)) > quality:
                best, quality = tried, reached
    return best


def mixed(played: Stretch) -> Values:
    """What the network sees of a stretch as it is played: features (T, B)."""
    return features((played.drums + played.rest).astype(np.float32))


def write(path: Path, network: StrokeNetwork, thresholds: Values) -> None:
    """Writes the weights and thresholds in float16 as `stroke_network` reads them."""
    tensors = {**network.weights(), "thresholds": thresholds}
    save_file({name: value.astype(np.float16) for name, value in tensors.items()}, path)


def main() -> None:
    """Plays, trains, chooses thresholds and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--keep", type=Path, default=Path("out/strokes"), help="folder of stretches, and of the state")
    parser.add_argument("--stretches", type=int, default=900)
    parser.add_argument("--drums", type=int, default=1500, help="further stretches, of drums without their music")
    parser.add_argument("--first", type=int, default=0, help="number of the first stretch")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--validation", type=int, default=60, help="stretches on which thresholds are chosen")
    parser.add_argument("--start", type=Path, help="weights to go on from")
    arguments = parser.parse_args()
    network = StrokeNetwork()
    if arguments.start:
        network.load({name: value for name, value in load_file(arguments.start).items() if name != "thresholds"})
    stretches = [stored_stretch(arguments.keep, arguments.first + number) for number in range(arguments.stretches)]
    others = range(_FURTHER + arguments.first, _FURTHER + arguments.first + arguments.drums)
    more = (stored_stretch(arguments.keep, number, music=False) for number in others)
    stretches += [each for each in more if each.drums.any()]
    print(f"{len(stretches)} stretches of {SECONDS:g} s at {FRAME_RATE:.1f} frames a second", flush=True)
    state = arguments.keep / f"state-{arguments.first}-{len(stretches)}-{arguments.steps}.pt"
    network = trained(stretches, arguments.steps, network=network, keep=state)
    held_out = [stored_stretch(arguments.keep, step, "validation") for step in range(arguments.validation)]
    answers = [heard_in(mixed(each), network.weights()) for each in held_out]
    thresholds = best_thresholds(answers, held_out)
    write(arguments.out, network, thresholds)
    print(f"thresholds {dict(zip(KINDS, thresholds.round(2).tolist(), strict=True))}")
    for name, value in f_measures(answers, held_out, thresholds).items():
        print(f"{name:12s} F {value:.3f}")


if __name__ == "__main__":
    main()
