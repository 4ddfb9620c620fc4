"""How well beats, chords, sections, notes and drums are heard in held-out pieces that the composer plays, and how fast.

Run it with `python -m tests.benchmarks.hearing [PIECES]`. It prints the figures and writes `results/hearing.json`.
Sections: F-measure of boundaries within half a second, the start of the piece left out, and the share of time under the
right name, and under a letter that is the same exactly where the name is. Bars: F-measure within 70 ms, nothing told
but the sound. Triads: the share of the time in which the heard triad is the one that was composed.
Drums: F-measure of strokes within 50 ms in the mix, summed over all pieces, the same stretch as for notes.
Notes: F-measure of onset and pitch within 50 ms on the stems of each role, 15 s from the 20th on. Notes that are held
into that stretch count on neither side, and organs with a 16′ stop count where they sound, an octave lower.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from statistics import mean
from time import process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the process that listens for the program

import numpy as np

from engine.analysis.hear import Hearing, hear
from engine.analysis.notes import find_notes
from engine.analysis.strokes import find_strokes
from engine.audio import Audio
from engine.compose.arrange import compose
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD, Score
from engine.music.chords import CHORDS
from engine.train.strokes import matches
from tests.benchmarks.generator import RESULTS

RATE = 22050
FIRST, SECONDS = 20, 15
PIECES = 10
LEAST_NOTES = 4
LOW_ORGANS = ("rock organ", "percussive organ")
CUT = 0.05  # s from the start, in which a note is heard that began before
DRUMS = {"kick": (35, 36), "snare": (38, 40), "hat": (42, 44, 46)}


def agreement(heard: Sequence[float], true: Sequence[float], tolerance: float) -> float:
    """F-measure of moments, each of which is used once."""
    hits, _, _ = matches(heard, true, tolerance)
    return 2 * hits / max(1, len(heard) + len(true))


def triads(hearing: Hearing, score: Score) -> float:
    """The share of the time in which the heard triad is the one that was composed."""
    right = total = 0.0
    for chord in score.chords:
        true = {(chord.root + tone) % 12 for tone in CHORDS[chord.quality][:3]}  # a power chord has no third
        start, end = chord.start * score.quarter_seconds, chord.end * score.quarter_seconds
        total += end - start
        for heard in hearing.chords:
            triad = {(heard.chord.root + tone) % 12 for tone in CHORDS[heard.chord.quality][:3]}
            if heard.chord.root == chord.root and true <= triad:
                right += max(0.0, min(end, heard.end) - max(start, heard.start))
    return right / max(total, 1e-9)


def names(hearing: Hearing, score: Score) -> tuple[float, float]:
    """The share of the time under the right name; and that under a letter that returns as the true name does."""
    times = np.arange(0.25, score.seconds, 0.5)
    true = [next(s.name for s in score.sections if time < s.end * score.quarter_seconds + 1e-6) for time in times]
    heard = [next((s for s in hearing.sections if time < s.end), hearing.sections[-1]) for time in times]
    named = float(np.mean([one == other.name for one, other in zip(true, heard, strict=True)]))
    pairs = Counter((one, other.letter) for one, other in zip(true, heard, strict=True))
    of_true, of_letter = Counter(true), Counter(each.letter for each in heard)
    together = sum(count**2 for count in pairs.values())
    return named, 2 * together / (sum(c**2 for c in of_true.values()) + sum(c**2 for c in of_letter.values()))


def drums(mix: np.ndarray, score: Score, counts: dict[str, Counter[str]]) -> None:
    """Adds to the counts of strokes that agree, of those heard and of those played, of each kind."""
    sound = mix[FIRST * RATE : (FIRST + SECONDS) * RATE]
    strokes = find_strokes(Audio(sound[:, None], RATE)).strokes
    for name, pitches in DRUMS.items():
        played = {
            round(note.onset * score.quarter_seconds - FIRST, 2)
            for part in score.parts
            if part.drums
            for note in part.notes
            if note.pitch in pitches
        }
        true = sorted(time for time in played if 0 <= time < len(sound) / RATE - 0.1)
        heard = [s.start for s in strokes if s.pitch in pitches and s.start < len(sound) / RATE - 0.1]
        hits = agreement(heard, true, 0.05) * (len(heard) + len(true)) / 2
        if any(part.drums for part in score.parts):
            counts.setdefault(name, Counter()).update(hits=round(hits), heard=len(heard), true=len(true))


def main() -> None:
    """Composes, plays, listens and prints."""
    pieces = int(sys.argv[1]) if len(sys.argv) > 1 else PIECES
    figures: dict[str, list[float]] = {}
    strokes: dict[str, Counter[str]] = {}
    for number in range(1, pieces + 1):
        score = compose(HELD_OUT_PERIOD * number + 1)  # of the split for tests
        stems = render_stems(score, rate=RATE).stems
        mix = np.sum([stem.mean(axis=0) for stem in stems.values()], axis=0)
        began = process_time()
        hearing = hear(Audio(mix[:, None], RATE))
        spent = (process_time() - began) / (len(mix) / RATE / 60)
        sections = agreement(
            [section.start for section in hearing.sections[1:]],
            [section.start * score.quarter_seconds for section in score.sections[1:]],
            0.5,
        )
        track = hearing.track
        bars = [float(bar) for bar in score.bars() if bar < score.seconds]
        downbeats = [float(bar) for bar in track.downbeats if bar < score.seconds] if track else []
        named, lettered = names(hearing, score)
        for name, value in {
            "processor seconds a minute": spent,
            "tempo": float(track is not None and abs(np.log2(track.tempo / score.tempo)) < 0.03),
            "metre": float(track is not None and track.signature == str(score.signature)),
            "bars": agreement(downbeats, bars, 0.07),
            "triads": triads(hearing, score),
            "sections": sections,
            "sections, names": named,
            "sections, letters": lettered,
        }.items():
            figures.setdefault(name, []).append(value)
        drums(mix, score, strokes)
        notes(score, stems, figures)
        print(f"{score.seed} {score.genre}: " + ", ".join(f"{k} {v[-1]:.2f}" for k, v in figures.items()), flush=True)
    result = {name: round(mean(values), 3) for name, values in sorted(figures.items())}
    for name, counted in strokes.items():
        result[f"drums, {name}"] = round(2 * counted["hits"] / max(1, counted["heard"] + counted["true"]), 3)
    print(json.dumps(result, indent=1))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "hearing.json").write_text(json.dumps({"pieces": pieces, **result}, indent=1) + "\n", "utf-8")


def notes(score: Score, stems: dict[str, np.ndarray], figures: dict[str, list[float]]) -> None:
    """Adds how well the notes of each role are heard in its stem."""
    quarter = score.quarter_seconds
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
        heard = [n for n in find_notes(Audio(sound[:, None], RATE)) if n.start > CUT or n.pitch not in held]
        # a pitch is a place far away from the next, so that moments of different pitches never agree
        value = agreement([note.start + 1000 * note.pitch for note in heard], [t + 1000 * p for t, p in true], 0.05)
        figures.setdefault(f"notes, {part.role}", []).append(value)


if __name__ == "__main__":
    main()
