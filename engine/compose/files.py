"""A performance as a folder: mix, stems, MIDI, and the score from which parts can be made again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine import __version__
from engine.atomic_file import replacing_folder
from engine.audio import open_writer, read_audio
from engine.compose.checked_values import checked_score, checked_wish, named
from engine.compose.midi import write_midi
from engine.compose.piece import RATE, GivenSound, Performance
from engine.compose.score import Score, score_values
from engine.compose.wish import Wish
from engine.errors import AudioFileError, EngineError, shown
from engine.tags.marking import Making, mark_generated
from engine.tags.xmp import SourceType

SCORE, MIX, STEMS, MIDI = "score.json", "mix.wav", "stems", "song.mid"
FORMAT = 1
_LIMIT = 64 << 20  # bytes of a score
_FULL = 2.0**23  # of 24 bits
_MOST_ROLLS, _MOST_FRAMES = 1_000_000, 1 << 31


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
        EngineError: it is missing or damaged, or of a newer version; the sentence says where.
    """
    values = _values(path)
    try:
        version, rolls = values.get("format"), values.get("rolls")
        if isinstance(version, int) and version > FORMAT:
            raise EngineError(f"“{path}” was written by a newer version of Continuo: update the program.")
        if version != FORMAT or not isinstance(rolls, dict):
            raise ValueError("its format or its rolls are missing")
        for name, count in rolls.items():
            if type(count) is not int or not 0 <= count <= _MOST_ROLLS:
                raise ValueError(f"the roll of “{shown(name)}” is no number that counts")
        wish = checked_wish(values.get("wish"))
        score = checked_score(values.get("score"))
    except (ValueError, EngineError) as error:
        if isinstance(error, EngineError) and "newer" in str(error):
            raise
        raise _damaged(path, str(error)) from error
    return wish, score, dict(rolls)


def read_given(path: Path) -> GivenSound | None:
    """The sound that the piece of a `score.json` was composed to, from its stem; None where there is none.

    Raises:
        EngineError: the file or the stem is missing or damaged.
    """
    values = _values(path).get("given")
    if values is None:
        return None
    name, origin = (values.get("name"), values.get("origin")) if isinstance(values, dict) else (None, None)
    if not isinstance(name, str) or not named(name) or type(origin) is not int or abs(origin) > _MOST_FRAMES:
        raise _damaged(path, "what it says of the given sound is no name and no place")
    stem = path.parent / STEMS / stem_name(1, name)
    audio = read_audio(stem)
    if audio.rate != RATE or audio.samples.shape[1] != 2:
        raise EngineError(f"“{stem}” is not the stem that was written: it has another rate or number of channels.")
    return GivenSound(name, np.ascontiguousarray(audio.samples.T), origin)


def _values(path: Path) -> dict[str, Any]:
    """The JSON object that a file holds."""
    try:
        if path.is_dir():
            raise EngineError(f"“{path}” is a folder: name the score.json in it.")
        if path.stat().st_size > _LIMIT:
            raise _damaged(path, "it is too large")
        values = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise EngineError(f"“{path}” cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is no JSON") from error
    if not isinstance(values, dict):
        raise _damaged(path, "it holds no object")
    return values


def _damaged(path: Path, why: str) -> EngineError:
    return EngineError(
        f"“{path}” is no score that was written by `continuo compose`, or is damaged ({why.rstrip('.')}): "
        "compose the piece anew."
    )


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
