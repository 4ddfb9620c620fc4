"""Timbre transfer beside its goals: `python -m tests.benchmarks.timbre_transfer` prints a line a figure.

Lines are the leads and basses of composed pieces (`--split test`: seeds that leave 1 when divided by 50, on which
nothing was tuned; validation: 0), one tone at a time, each played by its own instrument and then transferred to every
instrument of another family whose range holds it. Families are heard by two ears that never heard a transferred sound:
a linear one, fitted here to the same instruments as the SoundFont plays lines of other pieces, and the library's words.
"""

import argparse
import time
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import numpy as np

from engine.analysis.library.model import bundled
from engine.analysis.library.portrait import portrait_of_sound
from engine.analysis.pitch_line import FRAME_RATE, PitchLine, pitch_line
from engine.analysis.sound import mono
from engine.analysis.timbre import timbre_of
from engine.analysis.timbre_transfer import Timbre, timbres, transferred
from engine.audio import Audio
from engine.compose.arrange import compose
from engine.compose.instruments import INSTRUMENTS
from engine.compose.render import stem
from engine.compose.score import Part, Score
from engine.compose.soundfont import Voice, find_soundfont, open_soundfont
from engine.errors import EngineError
from engine.music.notes import Note

RATE, SECONDS = 44100, 10.0
CENTS = 25.0
SPLITS = {"validation": 0, "test": 1}


def lines(seeds: list[int]) -> list[tuple[Score, Part]]:
    """The leads and basses of pieces, one tone at a time, dry; those that play at least eight notes in `SECONDS`."""
    found = []
    for seed in seeds:
        score = compose(seed)
        for part in score.parts:
            if part.role in ("lead", "bass"):
                notes = _single(part.notes, SECONDS / score.quarter_seconds)
                if len(notes) >= 8:
                    found.append((score, replace(part, notes=tuple(notes), room=0.0, echo=0.0, chorus=0.0)))
    return found


def _single(notes: tuple[Note, ...], length: float) -> list[Note]:
    by_start = {note.start: note for note in sorted(notes, key=lambda note: note.pitch) if note.start < length}
    ordered = [by_start[start] for start in sorted(by_start)]
    cut = [a._replace(length=min(a.length, b.start - a.start)) for a, b in pairwise(ordered)]
    return [note for note in (*cut, *ordered[-1:]) if note.length > 0.05]


def on_soundfont(score: Score, part: Part, name: str) -> Audio:
    """The line as the SoundFont plays it on an instrument."""
    unit = score.quarter_seconds * RATE
    events = [(round(n.start * unit), round(n.end * unit), n.pitch, n.velocity) for n in part.notes]
    font = open_soundfont(find_soundfont())
    sound = font.play([Voice(events)], INSTRUMENTS[name].program, False, RATE)[:, : round(SECONDS * RATE)]
    return Audio(np.ascontiguousarray(sound.T), RATE)


def autocorrelation(audio: Audio, moments: np.ndarray) -> np.ndarray:
    """Hz at moments (s) of a sound by the highest peak of its normalised autocorrelation; 0 where it is below 0.5."""
    sound, size = np.asarray(audio.samples, np.float64).mean(axis=1), 2646
    padded = np.pad(sound, (size // 2, size))
    result = np.zeros(len(moments))
    least, most = RATE // 2200, RATE // 38
    for row, moment in enumerate(moments):
        frame = padded[round(moment * RATE) :][:size]
        frame = (frame - frame.mean()) * np.hanning(len(frame))
        window = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.hanning(len(frame)), 8192))))
        values = np.fft.irfft(np.square(np.abs(np.fft.rfft(frame, 8192))))
        if values[0] < 1e-9:
            continue
        normal = values[: most + 2] / np.maximum(window[: most + 2], 1e-3 * window[0]) * window[0] / values[0]
        peaks = np.flatnonzero((normal[1:-1] > normal[:-2]) & (normal[1:-1] >= normal[2:])) + 1
        peaks = peaks[peaks >= least]
        if not len(peaks) or normal[peaks].max() < 0.5:
            continue
        lag = peaks[normal[peaks] > 0.95 * normal[peaks].max()][0]
        before, here, after = normal[lag - 1 : lag + 2]
        result[row] = RATE / (lag + 0.5 * (before - after) / (before - 2 * here + after))
    return result


def within(line: PitchLine, hertz: np.ndarray, voiced: np.ndarray) -> float:
    """Share of a line's voiced frames in which `hertz` are within `CENTS` of it."""
    cents = 1200 * np.abs(np.log2(np.maximum(hertz, 1e-3) / np.maximum(line.hertz, 1e-3)))
    return float(((cents < CENTS) & voiced)[line.voiced].mean())


def features(audio: Audio) -> np.ndarray:
    """What an ear hears of a sound: how loud its bands are beside each other while it sounds, and how that varies."""
    timbre = timbre_of(mono(audio))
    levels = timbre.levels[timbre.levels.max(axis=1) > -30]
    levels = np.maximum(levels - levels.max(axis=1, keepdims=True), -60)
    line = pitch_line(audio)
    pitch = 12 * np.log2(line.hertz[line.voiced])
    spread = np.quantile(levels, (0.25, 0.5, 0.75), axis=0).ravel()
    middle = np.quantile(pitch, (0.25, 0.5, 0.75)) if len(pitch) else np.zeros(3)
    return np.concatenate([spread, levels.std(axis=0), middle])[None]


class Ear:
    """Families by ridge regression on `features`, with a Gaussian kernel, of lines that the SoundFont plays."""

    def __init__(self, material: list[tuple[Score, Part]]) -> None:
        rows, families = [], []
        for score, part in material:
            for name, timbre in timbres().items():
                if (moved := into_range(part, name)) is not None:
                    rows.append(features(on_soundfont(score, moved, name)))
                    families.append(timbre.family)
        values = np.concatenate(rows)
        self.families = sorted(set(families))
        self._centre, self._scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-3)
        truth = np.array([[2.0 * (family == each) - 1 for each in self.families] for family in families])
        self._known = self._scaled(values)
        kernel = self._kernel(self._known)
        self._weights = np.linalg.solve(kernel + 0.05 * np.eye(len(kernel)), truth)

    def _scaled(self, values: np.ndarray) -> np.ndarray:
        return np.clip((values - self._centre) / self._scale, -4, 4)

    def _kernel(self, scaled: np.ndarray) -> np.ndarray:
        squares = np.square(scaled[:, None] - self._known[None]).mean(axis=2)
        return np.exp(-squares)

    def family(self, audio: Audio) -> str:
        """The family that is heard."""
        return self.families[int((self._kernel(self._scaled(features(audio))) @ self._weights).argmax())]


def words_family(audio: Audio) -> str:
    """The family for which the library's evidence is strongest, of those that can be played."""
    model, evidence = bundled(), portrait_of_sound(audio).evidence
    known = {timbre.family for timbre in timbres().values()}
    kinds = zip(model.terms, model.kinds, strict=True)
    rows = [row for row, (word, kind) in enumerate(kinds) if kind == "family" and word in known]
    return str(model.terms[max(rows, key=lambda row: evidence[row])])


def fits(part: Part, name: str) -> bool:
    """Whether an instrument's range holds a line."""
    pitches = [note.pitch for note in part.notes]
    return INSTRUMENTS[name].low <= min(pitches) and max(pitches) <= INSTRUMENTS[name].high


def into_range(part: Part, name: str) -> Part | None:
    """The line, moved by octaves into an instrument's range; None where the range is too small."""
    for octave in (0, 12, -12, 24, -24, 36, -36):
        moved = replace(part, notes=tuple(note._replace(pitch=note.pitch + octave) for note in part.notes))
        if fits(moved, name):
            return moved
    return None


def raised(found: list[tuple[Score, Part]]) -> list[tuple[Score, Part]]:
    """The lines, and basses an octave and two higher, where more instruments reach them."""
    higher = [
        (score, replace(part, notes=tuple(note._replace(pitch=note.pitch + octave) for note in part.notes)))
        for score, part in found
        if part.role == "bass"
        for octave in (12, 24)
    ]
    return [*found, *higher]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=SPLITS, default="validation")
    parser.add_argument("--pieces", type=int, default=6)
    parser.add_argument("--ear-pieces", type=int, default=12)
    parser.add_argument("--each", type=int, default=1, help="line on every so many-th instrument only")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    ear = Ear(lines([5 + 7 * piece for piece in range(arguments.ear_pieces)]))
    figures: dict[str, list[float]] = defaultdict(list)
    by_name: dict[str, list[float]] = defaultdict(list)
    for score, part in raised(lines([SPLITS[arguments.split] + 50 * piece for piece in range(arguments.pieces)])):
        source = Audio(np.ascontiguousarray(stem(part, score, rate=RATE, frames=round(SECONDS * RATE)).T), RATE)
        line = pitch_line(source)
        figures["single"].append(line.single)
        moments = np.arange(len(line.hertz)) / FRAME_RATE
        if arguments.verbose:
            print(part.role, part.instrument, f"single {line.single:.2f}", flush=True)
        names = [
            name for number, name in enumerate(timbres()) if (number + len(figures["single"])) % arguments.each == 0
        ]
        for name in names:
            timbre = timbres()[name]
            if timbre.family == INSTRUMENTS[part.instrument].family or not fits(part, name):
                continue
            began = time.process_time()
            try:
                sound = transferred(source, timbre)
            except EngineError as error:
                print(part.instrument, error)
                break
            speed = SECONDS / (time.process_time() - began)
            _measure(figures, ear, (score, part), name, timbre, line, sound, moments)
            figures["speed"].append(speed)
            by_name[name].append(figures["heard"][-1])
            if arguments.verbose:
                print("   ", name, *(f"{key} {values[-1]:.3f}" for key, values in figures.items()), flush=True)
    goals = {"tracker": 0.9, "autocorrelation": 0.9, "loudness": 0.9, "heard": 0.8, "words": 0.8, "speed": 20.0}
    for key, values in figures.items():
        goal = f" (goal {goals[key]:g})" if key in goals else ""
        print(f"{key:22} mean {np.mean(values):.3f}  lowest {np.min(values):.3f}  of {len(values)}{goal}")
    print("heard, by instrument:", {name: round(float(np.mean(each)), 2) for name, each in by_name.items()})


def _measure(
    figures: dict[str, list[float]], ear: Ear, played: tuple[Score, Part], name: str, timbre: Timbre,
    line: PitchLine, sound: Audio, moments: np.ndarray,
) -> None:  # fmt: skip
    out = pitch_line(sound)
    hertz = autocorrelation(sound, moments)
    figures["tracker"].append(within(line, out.hertz, out.voiced))
    figures["autocorrelation"].append(within(line, hertz, hertz > 0))
    loud = line.loudness > line.loudness.max() - 45
    figures["loudness"].append(float(np.corrcoef(line.loudness[loud], out.loudness[loud])[0, 1]))
    figures["heard"].append(float(ear.family(sound) == timbre.family))
    figures["words"].append(float(words_family(sound) == timbre.family))
    true = on_soundfont(*played, name)
    figures["heard, SoundFont"].append(float(ear.family(true) == timbre.family))
    figures["words, SoundFont"].append(float(words_family(true) == timbre.family))


if __name__ == "__main__":
    main()
