"""A performance as a folder: mix, stems, MIDI, and the score from which parts can be made again."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from engine import __version__
from engine.atomic_file import replacing_folder
from engine.audio import open_writer, read_audio
from engine.compose.midi import write_midi
from engine.compose.performance import GivenSound, Performance
from engine.compose.score import Part, Score, Section
from engine.compose.wish import Wish
from engine.errors import AudioFileError, EngineError
from engine.music.chords import Chord
from engine.music.notes import Note
from engine.tags.marking import Making, mark_generated
from engine.tags.xmp import SourceType
from engine.timing.signature import Signature

SCORE, MIX, STEMS, MIDI = "score.json", "mix.wav", "stems", "song.mid"
FORMAT = 1
_LIMIT = 64 << 20  # bytes of a score
_FULL = 2.0**23  # of 24 bits


def stem_name(number: int, part: str) -> str:
    """The file name of a part's stem; `number` counts from 1."""
    return f"{number:02d} {part}.wav"


def write_performance(
    folder: Path, performance: Performance, check: Callable[[], None] | None = None, *, credentials: bool = True
) -> list[str]:
    """Writes the folder, whole or not at all. Stems have 24 bits and add up to the mix exactly.

    All but a sound that was given are marked as generated; with `credentials` they are signed where that can be done.
    Returns what the user should know.

    Raises:
        EngineError: it cannot be written, or something else has its name.
    """
    if folder.exists() and not _ours(folder):
        raise EngineError(f"“{folder}” exists and is no composed piece: choose another folder.")
    try:
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        problems: set[str] = set()
        with replacing_folder(folder.absolute()) as part:
            (part / STEMS).mkdir()
            rate = performance.sound.rate
            total: np.ndarray | None = None
            for number, (name, stem) in enumerate(performance.sound.stems.items(), 1):
                if check:
                    check()
                samples = np.rint(stem.T.astype(np.float64) * _FULL).astype(np.int64)
                total = samples if total is None else total + samples
                file = part / STEMS / stem_name(number, name)
                _write(file, samples, rate)
                if performance.given is None or name != performance.given.name:
                    problems.add(mark_generated(file, file, _making(performance, name), credentials=credentials))
            if total is not None:
                _write(part / MIX, total, rate)
                problems.add(mark_generated(part / MIX, part / MIX, _making(performance, MIX), credentials=credentials))
            write_midi(performance.score, part / MIDI)
            text = json.dumps(performance_values(performance), indent=1, ensure_ascii=False, allow_nan=False)
            (part / SCORE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise EngineError(f"“{folder}” cannot be written: {error.strerror or error}.") from error
    return sorted(problems - {""})


def _making(performance: Performance, name: str) -> Making:
    """How the mix, or the stem of that name, was made."""
    score = performance.score
    mixed = name == MIX and performance.given is not None
    record = {
        "model": "composer", "model_name": "Composer", "weights": __version__, "seed": performance.wish.seed,
        "prompt": f"{score.genre}, {score.mood}",
    }  # fmt: skip
    what = "mix" if name == MIX else name
    return Making(
        SourceType.WITH_ALGORITHM if mixed else SourceType.ALGORITHM,
        f"{score.genre}: {what}",
        {what: json.dumps(record)},
        {"Composer": __version__},
        tempo=score.quarters_a_minute,
        key=score.key,
    )


def read_score(path: Path) -> tuple[Wish, Score, dict[str, int]]:
    """What a `score.json` holds: the wish, the score, and how often each part was made again.

    Raises:
        EngineError: it is missing or damaged, or of a newer version.
    """
    try:
        if path.stat().st_size > _LIMIT:
            raise ValueError("it is too large")
        values = json.loads(path.read_text("utf-8"))
        if values["format"] > FORMAT:
            raise EngineError(f"“{path}” was written by a newer version of Continuo: update the program.")
        rolls = {str(name): int(count) for name, count in values["rolls"].items()}
        return Wish.from_dict(values["wish"]), score_from(values["score"]), rolls
    except OSError as error:
        raise EngineError(f"“{path}” cannot be read: {error.strerror or error}.") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise EngineError(f"“{path}” is no score that was written by `continuo compose`, or is damaged.") from error


def read_given(path: Path) -> GivenSound | None:
    """The sound that the piece of a `score.json` was composed to, from its stem; None where there is none.

    Raises:
        EngineError: the stem is missing or damaged.
    """
    try:
        values = json.loads(path.read_text("utf-8")).get("given")
        if values is None:
            return None
        name, origin = str(values["name"]), int(values["origin"])
    except OSError as error:
        raise EngineError(f"“{path}” cannot be read: {error.strerror or error}.") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise EngineError(f"“{path}” is no score that was written by `continuo accompany`, or is damaged.") from error
    audio = read_audio(path.parent / STEMS / stem_name(1, name))
    return GivenSound(name, np.ascontiguousarray(audio.samples.T), origin)


def _ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / SCORE).is_file() or not any(folder.iterdir()))


def _write(path: Path, samples: np.ndarray, rate: int) -> None:
    """Writes integers of 24 bits (frames, channels), bit by bit."""
    try:
        with open_writer(path, rate, samples.shape[1], "PCM_24") as writer:
            writer.write((np.clip(samples, -_FULL, _FULL - 1).astype(np.int64) << 8).astype(np.int32))
    except AudioFileError as error:  # its folder does not have its own name yet
        raise AudioFileError(str(error).replace(str(path), path.name)) from error


def performance_values(performance: Performance) -> dict[str, Any]:
    """The piece without its sound, as JSON values."""
    return {
        "format": FORMAT,
        "rolls": dict(performance.rolls),
        "wish": performance.wish.to_dict(),
        "score": score_values(performance.score),
        **(
            {"given": {"name": performance.given.name, "origin": performance.given.origin}} if performance.given else {}
        ),
    }


def score_values(score: Score) -> dict[str, Any]:
    """A score as JSON values."""
    return asdict(score)


def score_from(values: dict[str, Any]) -> Score:
    """The score that `score_values` wrote.

    Raises:
        LookupError, TypeError, ValueError: it is damaged.
    """
    return Score(
        **{
            **values,
            "signature": Signature(**values["signature"]),
            "chords": tuple(Chord(**each) for each in values["chords"]),
            "sections": tuple(Section(**each) for each in values["sections"]),
            "parts": tuple(_part(each) for each in values["parts"]),
        }
    )


def _part(values: dict[str, Any]) -> Part:
    curves = {name: tuple((float(a), float(b)) for a, b in values[name]) for name in ("bends", "expression", "pedal")}
    return Part(**{**values, **curves, "notes": tuple(Note(*each) for each in values["notes"])})
