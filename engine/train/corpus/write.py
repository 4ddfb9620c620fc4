"""Writes pieces of the corpus as files, for inspection or for other programs: `continuo corpus`."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np

from engine.atomic_file import replacing_folder
from engine.audio import Audio, write_audio
from engine.compose.arrange import compose
from engine.compose.midi import write_midi
from engine.compose.piece import Rendering
from engine.compose.render import render
from engine.compose.score import Score, split
from engine.compose.soundfont import find_soundfont, open_soundfont
from engine.errors import EngineError
from engine.jobs import Context
from engine.train.corpus.crops import Truth, truth

_FORBIDDEN = " &/"


def write(
    folder: Path,
    seed: int = 0,
    minutes: float = 5.0,
    *,
    rate: int = 48000,
    channels: int = 2,
    stems: bool = True,
    own: bool = False,
    soundfont: str | None = None,
    context: Context | None = None,
) -> list[Path]:
    """Writes pieces with the seeds `seed`, `seed` + 1, … until there are `minutes` of music.

    Each piece gets a folder `<seed>-<genre>` with `mix.wav`, `stems/<part>.wav`, `truth.json` and `score.mid`; sound is
    24 bit, and the stems add up to the mix. A piece that is there already is made again;
    nothing unfinished is left behind.

    Returns:
        The folders of the pieces.

    Raises:
        ModelError: there is no SoundFont and `own` is off, or the named one cannot be read.
        EngineError: the folder cannot be written, or holds something else under a piece's name.
        Cancelled: `context` was cancelled; the finished pieces stay.
    """
    context = context or Context()
    if soundfont:
        open_soundfont(find_soundfont(soundfont))
    wanted, done = 60.0 * minutes, 0.0
    written: list[Path] = []
    while done < wanted:
        score = compose(seed + len(written), own=own)
        name = f"{score.seed:06d}-{''.join('-' if c in _FORBIDDEN else c for c in score.genre)}"
        context.progress(done / wanted, f"{score.genre}, {score.mood}, {score.key}, {score.tempo:g} BPM")
        rendering = render(score, rate=rate, channels=channels, stems=stems, soundfont=soundfont, check=context.check)
        piece = folder / name
        try:
            if piece.exists() and not (piece / "truth.json").is_file():
                raise EngineError(f"“{piece}” exists and is no piece of the corpus: choose another folder.")
            folder.mkdir(parents=True, exist_ok=True)
            with replacing_folder(piece) as part:
                if stems:
                    (part / "stems").mkdir()
                for path, sound in _sounds(part, rendering):
                    context.check()
                    write_audio(path, Audio(np.ascontiguousarray(sound.T), rate), "PCM_24")
                (part / "truth.json").write_text(json.dumps(_facts(score, rendering), indent=1), "utf-8")
                write_midi(score, part / "score.mid")
        except OSError as error:
            raise EngineError(f"“{piece}” cannot be written: {error.strerror or error}.") from error
        written.append(piece)
        done += score.seconds
    context.progress(1.0, f"{len(written)} pieces in {folder}")
    return written


def _sounds(piece: Path, rendering: Rendering) -> Iterator[tuple[Path, np.ndarray]]:
    yield piece / "mix.wav", rendering.mix
    for name, stem in rendering.stems.items():
        yield piece / "stems" / f"{name.replace(' ', '-')}.wav", stem


def _facts(score: Score, rendering: Rendering) -> Truth:
    frames = rendering.mix.shape[1]
    facts = truth(score, 0, frames, rendering.rate, Random(score.seed), count=8)
    quarter = score.quarter_seconds
    return facts | {
        "rate": rendering.rate,
        "frames": frames,
        "split": split(score.seed),
        "sections": [
            {"name": s.name, "start": s.start * quarter, "end": s.end * quarter, "density": s.density}
            for s in score.sections
        ],
        "parts": [
            {"name": p.name, "role": p.role, "family": p.family, "instrument": p.instrument, "program": p.program,
             "patch": p.patch}
            for p in score.parts
        ],
    }  # fmt: skip
