"""Generated sound into files: what was the user's keeps every bit, what is new takes the file's own sample format."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.atomic_file import replacing
from engine.audio import Audio, open_reader, open_writer
from engine.errors import AudioFileError
from engine.generate.interface import Request, Task
from engine.loudness import decibels
from engine.plain_text import counted, one_line
from engine.tags.marking import Making, mark_generated
from engine.tags.xmp import SourceType

_ALGORITHMS = ("composer",)
"""Ids of the models that were not trained."""

CONTAINERS = {".wav": "WAV", ".flac": "FLAC", ".aif": "AIFF", ".aiff": "AIFF"}
_EXACT = {
    "WAV": {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"},
    "AIFF": {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"},
    "FLAC": {"PCM_S8", "PCM_16", "PCM_24"},
}


@dataclass(frozen=True)
class Original:
    """A sound file of the user's: as floats for the model, and bit by bit as it is."""

    audio: Audio
    exact: np.ndarray
    subtype: str


def read_original(path: Path) -> Original:
    """Reads `path`. Raises `AudioFileError` when it cannot be read."""
    with open_reader(path) as reader:
        exact = reader.read_exact()
        info = reader.info
    scale = {"int16": 2.0**15, "int32": 2.0**31}.get(exact.dtype.name, 1.0)
    return Original(Audio((exact / scale).astype(np.float32), info.rate), exact, info.subtype)


def encoded(samples: np.ndarray, subtype: str) -> np.ndarray:
    """Float samples in the type that `AudioWriter` writes into `subtype` bit by bit."""
    bits = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}.get(subtype)
    if bits is None:
        return samples.astype(np.float64 if subtype == "DOUBLE" else np.float32)
    top = 2.0 ** (bits - 1)
    rounded = np.clip(np.rint(samples.astype(np.float64) * top), -top, top - 1).astype(np.int64)
    return (rounded << (16 - bits)).astype(np.int16) if bits <= 16 else (rounded << (32 - bits)).astype(np.int32)


def check_out(path: Path, *, overwrite: bool) -> str:
    """The container that a path's ending names; raises `AudioFileError` if it cannot be written there."""
    container = CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise AudioFileError(f"“{path}” would be no file that can be written: end its name in {', '.join(CONTAINERS)}.")
    if path.exists() and not overwrite:
        raise AudioFileError(f"“{path}” exists: give another name, or --overwrite.")
    if not path.absolute().parent.is_dir():
        raise AudioFileError(f"The folder of “{path}” does not exist: make it first.")
    return container


def write(
    path: Path,
    pieces: Sequence[np.ndarray],
    rate: int,
    subtype: str,
    provenance: Mapping[str, Any] | None = None,
    *,
    overwrite: bool = False,
    credentials: bool = True,
    joined: bool = False,
) -> list[str]:
    """Writes `pieces` (each as `encoded` gives them) one after another; `path` appears only when it is whole.

    With `provenance` it is marked as generated, wholly or, `joined` to a sound of the user's, in parts; with
    `credentials` it is signed where that can be done. Returns what the user should know.
    """
    container = check_out(path, overwrite=overwrite)
    problem = ""
    try:
        with replacing(path) as part:
            _write_pieces(part, path, pieces, rate, subtype, container)
            if provenance:
                making = making_of(path.stem, provenance, joined=joined)
                problem = mark_generated(part, path, making, credentials=credentials)
    except OSError as error:
        raise AudioFileError(f"“{path}” cannot be written ({error.strerror or error}): give another place.") from error
    return [problem] if problem else []


def making_of(title: str, provenance: Mapping[str, Any], *, joined: bool) -> Making:
    """What a file says of how it was made; `joined`: parts of its sound were not generated."""
    trained = provenance.get("model") not in _ALGORITHMS
    if joined:
        source_type = SourceType.WITH_TRAINED if trained else SourceType.WITH_ALGORITHM
    else:
        source_type = SourceType.TRAINED if trained else SourceType.ALGORITHM
    record = json.dumps(dict(provenance), ensure_ascii=True)
    model = str(provenance.get("model_name") or provenance.get("model") or "")
    models = {model: str(provenance.get("weights") or "")} if model else {}
    return Making(source_type, title, {one_line(title): record}, models, comment=record)


def _write_pieces(
    part: Path,
    path: Path,
    pieces: Sequence[np.ndarray],
    rate: int,
    subtype: str,
    container: str,
) -> None:
    try:
        with open_writer(part, rate, pieces[0].shape[1], subtype, container) as writer:
            for piece in pieces:
                writer.write(piece)
    except AudioFileError as error:  # it names the file that the user asked for, not the one beside it
        raise AudioFileError(str(error).replace(str(part), str(path))) from error


def write_joined(
    path: Path,
    original: Original,
    request: Request,
    take: Audio,
    provenance: Mapping[str, Any],
    *,
    overwrite: bool = False,
    credentials: bool = True,
) -> list[str]:
    """Writes the source with a take put in its place; returns what the user should know.

    Raises:
        AudioFileError: it cannot be written, or the file could not hold the source's peaks.
    """
    container = check_out(path, overwrite=overwrite)
    subtype, notices, exact = original.subtype, [], original.exact
    if subtype not in _EXACT[container]:
        better = "FLOAT" if container != "FLAC" else "PCM_24"
        if better != "FLOAT" and (peak := float(np.abs(original.audio.samples).max(initial=0.0))) > 1.0:
            raise AudioFileError(
                f"The sound has peaks {decibels(peak):.1f} dB beyond full scale, which {path.suffix} would clip: "
                "end the name of the file in .wav, which keeps them."
            )
        notices.append(f"{path.suffix} cannot hold {subtype} samples unchanged: the file has {better} instead.")
        subtype, exact = better, encoded(original.audio.samples, better)
    new = encoded(take.samples, subtype)
    if subtype not in ("FLOAT", "DOUBLE") and (over := int(np.count_nonzero(np.abs(take.samples) > 1.0))):
        notices.append(
            f"{counted(over, 'sample')} of what was made beyond full scale {'was' if over == 1 else 'were'} clipped."
        )
    if request.task is Task.CONTINUE:
        pieces = [exact, new]
    elif request.task is Task.EXTEND_LEFT:
        pieces = [new, exact]
    else:
        pieces = [exact[: request.start], new, exact[request.stop :]]
    pieces = [piece for piece in pieces if len(piece)]
    more = write(
        path, pieces, take.rate, subtype, provenance, overwrite=overwrite, credentials=credentials, joined=True
    )
    return [*notices, *more]
