"""How often tempo, metre and bars are heard right in held-out pieces, of which every genre has as many.

Run it with `python -m tests.benchmarks.metre [COMMON OTHERS SPLIT]`: so many pieces of each genre in 4/4, and in each
other metre that it writes in; a third of them are slower or quicker than their genre. It prints the shares of pieces
with the right tempo (within 2 %) and the right metre, and the F-measure of bars within 70 ms: for all, by metre, and
for pieces that sound as if they had been recorded.
"""

import sys
from collections import defaultdict
from dataclasses import replace
from random import Random

import numpy as np

from engine.analysis.beat_tracking import BeatTrack, track_beats
from engine.analysis.sound import RATE
from engine.compose.score import Score
from engine.train.corpus.colours import coloured, drawn
from engine.train.metre import beginning, pieces, sounds
from tests.benchmarks.hearing import agreement


def figures_of(track: BeatTrack | None, score: Score, first: float, seconds: float) -> tuple[float, float, float]:
    """Whether tempo and metre are right, and how well bars agree."""
    if track is None:
        return 0.0, 0.0, 0.0
    bars = [float(bar) - first for bar in score.bars() if 0 <= bar - first < seconds]
    downbeats = [float(bar) for bar in track.downbeats]
    return (
        float(abs(np.log2(track.tempo / score.tempo)) < 0.03),
        float(track.signature == str(score.signature)),
        agreement(downbeats, bars, 0.07),
    )


def main() -> None:
    """Composes, plays, listens and prints."""
    common, others = (int(text) for text in sys.argv[1:3]) if len(sys.argv) > 2 else (3, 5)
    split = sys.argv[3] if len(sys.argv) > 3 else "test"
    figures: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for score in pieces(split, common, others):
        first = beginning(score)
        heard = sounds(score)
        colours = replace(drawn(Random(score.seed)), cents=0.0, drift=0.0)
        mix = heard["mix"]
        heard["mix, recorded"] = coloured(np.stack([mix, mix]), colours, len(mix), RATE).mean(axis=0)
        for kind in ("mix", "rest", "mix, recorded"):
            if kind in heard:
                values = figures_of(track_beats(heard[kind]), score, first, len(mix) / RATE)
                figures[f"{kind}, all"].append(values)
                figures[f"{kind}, {score.signature}"].append(values)
    for name, rows in sorted(figures.items()):
        tempo, metre, bars = np.mean(rows, axis=0)
        print(f"{name:24s} tempo {tempo:.3f}, metre {metre:.3f}, bars {bars:.3f} of {len(rows)}")


if __name__ == "__main__":
    main()
