"""How well beats, sections and notes are heard in held-out pieces that the composer plays, and how fast.

Run it with `python -m tests.benchmarks.hearing [PIECES]`. It prints the figures and writes `results/hearing.json`.
Sections: F-measure of boundaries within half a second, the start of the piece left out. Bars: F-measure within 70 ms.
Notes: F-measure of onset and pitch within 50 ms on the stems of each role, 15 s from the 20th on. Notes that are held
into that stretch count on neither side, and organs with a 16′ stop count where they sound, an octave lower.
"""

import json
import sys
from collections.abc import Sequence
from statistics import mean
from time import process_time

import numpy as np

from engine.analysis.beat_tracking import track_beats
from engine.analysis.hear import hear
from engine.analysis.notes import find_notes
from engine.audio import Audio
from engine.compose.arrange import compose
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD
from tests.benchmarks.generator import RESULTS

RATE = 22050
FIRST, SECONDS = 20, 15
PIECES = 10
LEAST_NOTES = 4
LOW_ORGANS = ("rock organ", "percussive organ")
CUT = 0.05  # s from the start, in which a note is heard that began before


def agreement(heard: Sequence[float], true: Sequence[float], tolerance: float) -> float:
    """F-measure of moments, each of which is used once."""
    left, hits = list(true), 0
    for moment in heard:
        near = [each for each in left if abs(each - moment) <= tolerance]
        if near:
            left.remove(min(near, key=lambda each: abs(each - moment)))
            hits += 1
    return 2 * hits / max(1, len(heard) + len(true))


def main() -> None:
    """Composes, plays, listens and prints."""
    pieces = int(sys.argv[1]) if len(sys.argv) > 1 else PIECES
    figures: dict[str, list[float]] = {}
    for number in range(1, pieces + 1):
        score = compose(HELD_OUT_PERIOD * number + 1)  # of the split for tests
        stems = render_stems(score, rate=RATE).stems
        mix = np.sum([stem.mean(axis=0) for stem in stems.values()], axis=0)
        quarter = score.quarter_seconds
        beats = round(score.bar / score.beat)
        began = process_time()
        hearing = hear(Audio(mix[:, None], RATE), beats)
        minutes = len(mix) / RATE / 60
        figures.setdefault("processor seconds a minute", []).append((process_time() - began) / minutes)
        sections = agreement(
            [section.start for section in hearing.sections[1:]],
            [section.start * quarter for section in score.sections[1:]],
            0.5,
        )
        figures.setdefault("sections", []).append(sections)
        track = hearing.track or track_beats(mix, beats)
        bars = [float(bar) for bar in score.bars() if bar < score.seconds]
        downbeats = [float(bar) for bar in track.downbeats if bar < score.seconds] if track else []
        figures.setdefault("bars", []).append(agreement(downbeats, bars, 0.07))
        for part in score.parts:
            sound = stems[part.name].mean(axis=0)[FIRST * RATE : (FIRST + SECONDS) * RATE]
            lower = 12 * (part.instrument in LOW_ORGANS)
            onsets = [(note.onset * quarter - FIRST, note.pitch - lower) for note in part.notes]
            true = [(onset, pitch) for onset, pitch in onsets if 0 <= onset < SECONDS - 0.2]
            if part.drums or len(true) < LEAST_NOTES:
                continue
            held = {
                note.pitch - lower
                for note in part.notes
                if note.onset * quarter < FIRST < (note.onset + note.length) * quarter
            }
            notes = find_notes(Audio(sound[:, None], RATE))
            notes = tuple(note for note in notes if note.start > CUT or note.pitch not in held)
            # a pitch is a place far away from the next, so that moments of different pitches never agree
            value = agreement([note.start + 1000 * note.pitch for note in notes], [t + 1000 * p for t, p in true], 0.05)
            figures.setdefault(f"notes, {part.role}", []).append(value)
        print(f"{score.seed} {score.genre}: sections {sections:.2f}", flush=True)
    result = {name: round(mean(values), 3) for name, values in sorted(figures.items())}
    print(json.dumps(result, indent=1))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "hearing.json").write_text(json.dumps({"pieces": pieces, **result}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
