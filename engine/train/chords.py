"""Fits the network that hears chords in sounds (`engine.analysis.chord_network`).

`python -m engine.train.chords OUT.npz --pieces 54` plays a minute of each of so many pieces of the training split and
fits a network of one hidden layer to the chords they were composed over. It takes ten minutes of one processor core.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from engine.analysis.chord_network import QUALITIES, ROWS, Weights, beat_chromas, gathered
from engine.analysis.sound import RATE
from engine.compose.arrange import compose
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD, Score
from engine.music.chords import CHORDS

Values = NDArray[np.float64]

SECONDS = 60.0
STEPS = 1200
_HIDDEN, _BATCH = 48, 256
_STRETCHES = (8, 24, 64)  # beats of the stretches that are looked at as wholes beside each piece


@dataclass(frozen=True)
class Played:
    """The beats of a piece: what is known of each (N, 6, 12), which begin a bar, the chords each may be (N, 9, 12)."""

    beats: Values
    bars: frozenset[int]
    goals: NDArray[np.bool_]

    def stretches(self) -> Iterator["Played"]:
        """The piece and parts of it."""
        yield self
        for length in _STRETCHES:
            for first in range(0, len(self.beats) - length, length):
                inside = slice(first, first + length)
                bars = frozenset(bar - first for bar in self.bars if first <= bar < first + length)
                yield Played(self.beats[inside], bars, self.goals[inside])


def played(number: int) -> Played:
    """A minute of a piece of the training split, from a place that depends on its number."""
    score = compose(HELD_OUT_PERIOD * number + 2 + number % (HELD_OUT_PERIOD - 2))
    beat = score.beat * score.quarter_seconds
    first = round((17.0 * number % max(1.0, score.seconds - SECONDS)) / beat) * beat
    stems = render_stems(score, rate=RATE, first=round(first * RATE), frames=round(SECONDS * RATE)).stems
    sound = np.sum([stem.mean(axis=0) for stem in stems.values()], axis=0).astype(np.float32)
    return of_sound(score, first, sound)


def of_sound(score: Score, first: float, sound: NDArray[np.float32]) -> Played:
    """What is known of a mono sound (N,) of a score, which begins at the beat at `first` (s) of it."""
    beat = score.beat * score.quarter_seconds
    edges = np.arange(0.0, len(sound) / RATE + 1e-6, beat)
    places = np.round(np.array(score.bars()) / beat - first / beat).astype(int)
    bars = frozenset(int(place) for place in places if 0 <= place < len(edges) - 1)
    beats, loud = beat_chromas(sound, edges)
    goals = np.stack([goal(score, (first + edge + beat / 2) / score.quarter_seconds) for edge in edges[:-1]])
    return Played(beats, bars, goals & loud[:, None, None])


def goal(score: Score, place: float) -> NDArray[np.bool_]:
    """The chords (9, 12) that count as right at a place in quarter notes; none where nothing with a pitch sounds."""
    result = np.zeros((len(QUALITIES), 12), bool)
    chord = next((each for each in score.chords if each.start <= place < each.end), None)
    if chord is None or not _sounds(score, place):
        return result
    tones = CHORDS[chord.quality]
    alike = [q for q in QUALITIES if len(tones) > 2 and CHORDS[q][:3] == tones[:3]]
    seventh = [q for q in alike if len(tones) > 3 and CHORDS[q][3:4] == tones[3:4]]
    plain = [q for q in alike if len(CHORDS[q]) == 3]
    for quality in ("maj", "min") if len(tones) == 2 else seventh or plain or alike:
        result[QUALITIES.index(quality), chord.root] = True
    return result


def _sounds(score: Score, place: float) -> bool:
    """Whether a note with a pitch sounds within half a quarter note of a place."""
    return any(
        note.start - 0.5 < place < note.start + note.length + 0.5
        for part in score.parts
        if not part.drums
        for note in part.notes
    )


def fitted(pieces: Sequence[Played], steps: int = STEPS) -> Weights:
    """The network that tells the chords of the pieces' beats, after so many steps."""
    known, goals = [], []
    for piece in pieces:
        for stretch in piece.stretches():
            labelled = stretch.goals.any(axis=(1, 2))
            known.append(gathered(stretch.beats, set(stretch.bars))[labelled].astype(np.float32))
            goals.append(stretch.goals[labelled])
    seen, goal_ = torch.from_numpy(np.concatenate(known)), torch.from_numpy(np.concatenate(goals))
    torch.manual_seed(0)
    network = nn.ModuleDict({"hidden": nn.Linear(12 * ROWS, _HIDDEN), "out": nn.Linear(_HIDDEN, len(QUALITIES))})
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        some = torch.randint(len(seen), (min(_BATCH, len(seen)),))
        rolled = torch.stack([torch.roll(seen[some], -root, 2) for root in range(12)], dim=1).flatten(2)
        hidden = functional.dropout(torch.relu(network["hidden"](rolled)), 0.1)
        odds = network["out"](hidden).transpose(1, 2)  # (B, qualities, roots)
        right = odds.masked_fill(~goal_[some], -torch.inf).logsumexp((1, 2))
        loss = (odds.logsumexp((1, 2)) - right).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    return {name: value.detach().numpy().astype(np.float64) for name, value in network.state_dict().items()}


def main() -> None:
    """Plays, listens, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pieces", type=int, default=120)
    arguments = parser.parse_args()
    pieces = [played(number) for number in range(1, arguments.pieces + 1)]
    weights = fitted(pieces)
    with arguments.out.open("wb") as file:
        np.savez(file, allow_pickle=False, **{name: value.astype(np.float32) for name, value in weights.items()})
    print(f"{sum(len(piece.beats) for piece in pieces)} beats of {len(pieces)} pieces")


if __name__ == "__main__":
    main()
