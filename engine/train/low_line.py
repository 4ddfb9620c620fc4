"""Fits what `engine.analysis.low_line` decides by: where a low note begins, and which pitch it has.

`python -m engine.train.low_line OUT.npz --pieces 90` plays the basses of pieces of the training split and fits a
network of one hidden layer to the moments at which their notes begin, and a conditional logistic regression to their
pitches. It takes five minutes of one processor core.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from engine.analysis.basic_pitch import activations
from engine.analysis.low_line import LowLine, Weights, candidates, chosen, is_low_line, moment_features, moments
from engine.analysis.notes import notes_heard
from engine.analysis.pitch_line import pitch_line
from engine.analysis.pulse import onsets_of
from engine.analysis.sound import RATE
from engine.audio import Audio
from engine.compose.arrange import compose
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD

FIRST, SECONDS = 20.0, 15.0
_HIDDEN, _STEPS = 16, 1500
_NEAR = 0.045  # s between a moment and the note that begins there


@dataclass(frozen=True)
class Bass:
    """A bass alone: what is heard of it, and its true notes' starts (s) and pitches."""

    heard: LowLine
    true: tuple[tuple[float, int], ...]


def bass(number: int) -> Bass | None:
    """The bass of a piece of the training split; None where it has none, or one that is not heard as a low line."""
    score = compose(HELD_OUT_PERIOD * number + 2 + number % (HELD_OUT_PERIOD - 2))
    part = next((part for part in score.parts if part.role == "bass"), None)
    if part is None:
        return None
    alone = replace(score, parts=(part,))
    stems = render_stems(alone, rate=RATE, first=round(FIRST * RATE), frames=round(SECONDS * RATE)).stems
    sound = stems[part.name].mean(axis=0).astype(np.float32)
    onsets = [(note.onset * score.quarter_seconds - FIRST, note.pitch) for note in part.notes]
    true = tuple((onset, pitch) for onset, pitch in onsets if 0 <= onset < SECONDS - 0.2)
    if len(true) < 4 or np.abs(sound).max() < 1e-3:
        return None
    line = heard_line(sound)
    return Bass(line, true) if is_low_line(line.notes) else None


def heard_line(sound: NDArray[np.float32]) -> LowLine:
    """What is known of a mono sound (N,) at `RATE` before its notes are."""
    activity, onsets = activations(sound), onsets_of(sound)
    notes = notes_heard(activity, onsets, len(sound))
    return LowLine(notes, activity, onsets, pitch_line(Audio(sound[:, None], RATE)))


def fitted_moments(basses: list[Bass]) -> Weights:
    """The network that tells the moments at which notes begin from the others."""
    rows, goals = [], []
    for each in basses:
        places = moments(each.heard)
        goal = np.zeros(len(places))
        for start, _ in each.true:
            near = [place for place in np.argsort(np.abs(places - start))[:3] if not goal[place]]
            if near and abs(places[near[0]] - start) <= _NEAR:
                goal[near[0]] = 1
        rows.append(moment_features(places, each.heard))
        goals.append(goal)
    features = np.concatenate(rows)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    torch.manual_seed(0)
    network = nn.ModuleDict({"hidden": nn.Linear(features.shape[1], _HIDDEN), "out": nn.Linear(_HIDDEN, 1)})
    seen = torch.tensor((features - mean) / scale, dtype=torch.float32)
    goal_ = torch.tensor(np.concatenate(goals), dtype=torch.float32)
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-2, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, _STEPS)
    for _ in range(_STEPS):
        odds = network["out"](torch.tanh(network["hidden"](seen)))[:, 0]
        loss = functional.binary_cross_entropy_with_logits(odds, goal_)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    weights = {name: value.detach().numpy().astype(np.float64) for name, value in network.state_dict().items()}
    return {**weights, "mean": mean, "scale": scale}


def fitted_pitches(basses: list[Bass], weights: Weights) -> NDArray[np.float64]:
    """How much each kind of evidence says of a pitch, where notes are cut as the weights cut them."""
    examples: list[tuple[NDArray[np.float64], int]] = []
    for each in basses:
        starts = chosen(moments(each.heard), each.heard, weights)
        for start, after in zip(starts, [*starts[1:], SECONDS + 1], strict=True):
            near = min(each.true, key=lambda note: abs(note[0] - start))
            pitches = candidates(start, after, each.heard)
            names = [pitch for pitch, _ in pitches]
            if abs(near[0] - start) <= _NEAR and near[1] in names and len(names) > 1:
                examples.append((np.array([evidence for _, evidence in pitches]), names.index(near[1])))
    most = max(len(rows) for rows, _ in examples)
    table = torch.zeros(len(examples), most, examples[0][0].shape[1], dtype=torch.float64)
    there = torch.zeros(len(examples), most, dtype=torch.bool)
    for number, (rows, _) in enumerate(examples):
        table[number, : len(rows)], there[number, : len(rows)] = torch.from_numpy(rows), True
    goal = torch.tensor([place for _, place in examples])
    says = torch.zeros(table.shape[2], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([says], lr=0.05)
    for _ in range(600):
        odds = (table @ says).masked_fill(~there, -1e9)
        loss = functional.cross_entropy(odds, goal) + 1e-3 * says.square().sum()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    return says.detach().numpy()


def main() -> None:
    """Plays, listens, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=90)
    arguments = parser.parse_args()
    basses = [each for number in range(1, arguments.pieces + 1) if (each := bass(number))]
    weights = fitted_moments(basses)
    weights["pitch"] = fitted_pitches(basses, weights)
    with arguments.out.open("wb") as file:
        np.savez(file, allow_pickle=False, **{name: value.astype(np.float32) for name, value in weights.items()})
    print(f"{len(basses)} basses, pitch {np.round(weights['pitch'], 2).tolist()}")


if __name__ == "__main__":
    main()
