"""How much cleaner drums and harmonic sound are than the mix that they are separated from.

`python -m tests.benchmarks.separation [--pieces 26]` separates mixes of held-out pieces of the composer, whose stems
are known. With `--drums FOLDER --music FOLDER` it also separates recordings: single recorded drum strokes from the one
folder (names tell kick, snare and hat), played in the pieces' own drum patterns, mixed at equal loudness with recorded
music from the other that has no drums. It prints medians and writes `results/separation.json`.

SI-SDR is the scale-invariant signal-to-distortion ratio in dB (Le Roux and others, “SDR – half-baked or well done?”,
ICASSP 2019); its improvement is that over the mix taken as the estimate. `null` is how far the sum of the two
estimates is from the mix, at most.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from numpy.typing import NDArray

from engine.analysis.separation import separate
from engine.audio import Audio, read_audio, resample
from engine.compose.arrange import compose
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD, Score
from engine.mono import mono
from tests.benchmarks.generator import RESULTS

RATE, SECONDS = 44100, 30
KINDS = {"kick": (35, 36), "snare": (38, 40), "hat": (42, 44, 46)}
LEAST = 1e-4  # RMS below which a stem is not heard

Values = NDArray[np.float64]


def si_sdr(estimate: Values, true: Values) -> float:
    """dB; both (frames,)."""
    estimate, true = estimate - estimate.mean(), true - true.mean()
    scaled = true * (estimate @ true) / max(float(true @ true), 1e-20)
    return float(10 * np.log10((scaled @ scaled + 1e-20) / (np.square(estimate - scaled).sum() + 1e-20)))


def composed(pieces: int) -> Iterator[tuple[str, Values, Values]]:
    """Genre, drums and the rest of held-out pieces, each (frames,), where both are heard."""
    for number in range(1, pieces + 1):
        score = compose(HELD_OUT_PERIOD * number + 1)
        first = int(20 * RATE)
        stems = render_stems(score, rate=RATE).stems
        drums, rest = np.zeros(SECONDS * RATE), np.zeros(SECONDS * RATE)
        for part in score.parts:
            sound = stems[part.name].mean(axis=0)[first : first + SECONDS * RATE]
            (drums if part.drums else rest)[: len(sound)] += sound
        if min(rms(drums), rms(rest)) > LEAST:
            yield score.genre, drums, rest


def rms(sound: Values) -> float:
    """Root of the mean square."""
    return float(np.sqrt(np.mean(np.square(sound))))


def recorded(strokes: Path, music: Path) -> Iterator[tuple[str, Values, Values]]:
    """File, drums and music of recordings, each (frames,): a pattern of a held-out piece on recorded strokes."""
    samples = {kind: _files(strokes, kind) for kind in KINDS}
    files = [path for path in sorted(music.rglob("*")) if path.suffix.lower() in (".ogg", ".wav", ".flac", ".mp3")]
    for number, path in enumerate(files):
        rest = loaded(path)[: SECONDS * RATE].astype(np.float64)
        if len(rest) < SECONDS * RATE or rms(rest) < LEAST:
            continue
        score = _drummed(number)
        drums = np.zeros(len(rest))
        chosen = {kind: loaded(paths[number % len(paths)]) for kind, paths in samples.items()}
        for part in (part for part in score.parts if part.drums):
            for note in part.notes:
                kind = next((kind for kind, pitches in KINDS.items() if note.pitch in pitches), None)
                at = round(note.onset * score.quarter_seconds * RATE)
                if kind is None or at >= len(drums):
                    continue
                stroke = chosen[kind][: len(drums) - at] * (note.velocity / 127) ** 2
                drums[at : at + len(stroke)] += stroke
        if rms(drums) > LEAST:
            yield path.name, drums * rms(rest) / rms(drums), rest


def _drummed(number: int) -> Score:
    """A held-out piece that has drums in its first bars."""
    seed = HELD_OUT_PERIOD * (number + 1) + 1
    while True:
        score = compose(seed)
        if any(len([note for note in part.notes if note.onset < 48]) > 40 for part in score.parts if part.drums):
            return score
        seed += HELD_OUT_PERIOD * 100


def _files(folder: Path, kind: str) -> list[Path]:
    names = {"kick": ("kick", "bass"), "snare": ("snare",), "hat": ("hat", "hh")}[kind]
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in (".wav", ".flac") and any(name in path.name.lower() for name in names)
    ]
    if not found:
        raise SystemExit(f"{folder} has no file whose name says {kind}.")
    return found


def loaded(path: Path) -> NDArray[np.float32]:
    """A file (frames,) at `RATE`."""
    audio = read_audio(path)
    return mono(resample(audio.samples, audio.rate, RATE))[:, 0]


def measured(pieces: Iterator[tuple[str, Values, Values]]) -> dict[str, float]:
    """Medians over pieces."""
    figures: dict[str, list[float]] = {}
    for name, drums, rest in pieces:
        mix = drums + rest
        began = process_time()
        parts = separate(Audio(mix.astype(np.float32)[:, None], RATE))
        figures.setdefault("processor seconds a minute", []).append((process_time() - began) * 60 / SECONDS)
        estimates = {"drums": (parts.drums, drums), "harmonic": (parts.harmonic, rest)}
        for kind, (estimate, true) in estimates.items():
            value = si_sdr(estimate.samples[:, 0].astype(np.float64), true)
            figures.setdefault(f"{kind}, SI-SDR", []).append(value)
            figures.setdefault(f"{kind}, improvement", []).append(value - si_sdr(mix, true))
        error = parts.drums.samples[:, 0].astype(np.float64) + parts.harmonic.samples[:, 0] - mix.astype(np.float32)
        figures.setdefault("null, dBFS", []).append(20 * np.log10(np.abs(error).max() + 1e-12))
        print(name, {key: round(values[-1], 2) for key, values in figures.items()}, flush=True)
    return {"pieces": len(figures.get("null, dBFS", ()))} | {
        key: round(float(max(values) if key == "null, dBFS" else median(values)), 2) for key, values in figures.items()
    }


def main() -> None:
    """Separates, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=int, default=26, help="of the composer's; 0: recordings alone")
    parser.add_argument("--drums", type=Path)
    parser.add_argument("--music", type=Path)
    arguments = parser.parse_args()
    path = RESULTS / "separation.json"
    result = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if arguments.pieces:
        result["corpus"] = measured(composed(arguments.pieces))
    if arguments.drums and arguments.music:
        result["recordings"] = measured(recorded(arguments.drums, arguments.music))
    print(json.dumps(result, indent=1))
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
