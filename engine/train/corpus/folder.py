"""Crops of a user's own recordings, with the interface of `crops`.

A recording may have captions beside it: `name.txt` with one caption a line, or `name.json` with any of the facts that
`crops.Truth` lists, of which `caption` (a text) or `captions` (a list) and `tags` are the most useful.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from engine.audio import SUFFIXES, fit_length, mix_to_stereo, open_reader, read_info, resample
from engine.errors import AudioFileError, ModelError
from engine.train.corpus.crops import Crop, CropRequest, Truth

_MANY = 20
"""From so many files on, whole files are held out: a twentieth for validation and a twentieth for testing, chosen by
name. In smaller folders, and where no file's name falls to training or validation, the tenth tenth of each file is for
validation and the ninth for testing."""
_UNKNOWN: Truth = {
    "piece": None, "start": 0.0, "genre": None, "mood": None, "tempo": None, "key": None, "tonic": None, "mode": None,
    "signature": None, "energy": None, "section": None, "density": None, "caption": "", "captions": [], "tags": [],
    "families": [], "instruments": [], "activity": {}, "beats": [], "bars": [], "chords": [], "onsets": {},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file that can be trained on."""

    path: Path
    rate: int
    frames: int
    first: int  # frames that belong to the wanted split
    last: int
    facts: dict[str, Any]


def recordings(folder: Path, split: str = "train") -> tuple[Recording, ...]:
    """The readable audio files below `folder` with what belongs to `split`, sorted by path.

    Raises:
        ModelError: the folder is missing or has no audio, or a sidecar cannot be read.
    """
    if not folder.is_dir():
        raise ModelError(f"The folder {folder} does not exist; name a folder of audio files to train on.")
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    readable = []
    for path in paths:
        try:
            info = read_info(path)
        except AudioFileError:
            continue  # one damaged file among thousands does not end a training run
        if info.frames:
            readable.append((path, info))
    if not readable:
        raise ModelError(f"The folder {folder} holds no audio file that can be read ({', '.join(SUFFIXES)}).")
    result = []
    splits = {_held_out(path.relative_to(folder)) for path, _ in readable}
    whole = len(readable) >= _MANY and {"train", "validation"} <= splits
    for path, info in readable:
        first, last = 0, info.frames
        if whole:
            if _held_out(path.relative_to(folder)) != split:
                continue
        else:
            tenth = info.frames // 10
            spans = {"train": (0, 8 * tenth), "test": (8 * tenth, 9 * tenth), "validation": (9 * tenth, info.frames)}
            first, last = spans[split]
        result.append(Recording(path, info.rate, info.frames, first, last, _sidecar(path)))
    if not result:
        raise ModelError(f"The folder {folder} has no files for the split {split}; add more recordings.")
    return tuple(result)


def folder_crop(files: Sequence[Recording], request: CropRequest, step: int) -> Crop:
    """The crop of a step.

    Raises:
        AudioFileError: the file cannot be read.
    """
    rng = Random(f"folder {request.seed} {step} {request.split}")
    recording = rng.choices(files, [r.last - r.first for r in files])[0]
    needed = -(-request.frames * recording.rate // request.rate)
    first = recording.first + rng.randint(0, max(0, recording.last - recording.first - needed))
    with open_reader(recording.path) as reader:
        reader.seek(first)
        samples = reader.read(min(needed, recording.last - first))
        speakers = reader.info.speakers
    samples = np.nan_to_num(samples, posinf=0.0, neginf=0.0)
    if samples.shape[1] > 2 or (samples.shape[1] == 2 and request.channels == 1):
        samples = mix_to_stereo(samples, speakers) if samples.shape[1] > 2 else samples
        samples = samples.mean(axis=1, keepdims=True) if request.channels == 1 else samples
    if samples.shape[1] < request.channels:
        samples = np.repeat(samples, request.channels, axis=1)
    samples = fit_length(resample(np.ascontiguousarray(samples), recording.rate, request.rate), request.frames)
    facts = _UNKNOWN | {"start": first / recording.rate} | recording.facts
    texts = list(facts["captions"])
    facts["caption"] = rng.choice(texts) if texts else facts["caption"]
    return Crop(np.ascontiguousarray(samples.T, dtype=np.float32), facts)


def _held_out(path: Path) -> str:
    number = int.from_bytes(blake2b(path.as_posix().encode(), digest_size=4).digest(), "big") % 20
    return {0: "validation", 1: "test"}.get(number, "train")


def _sidecar(path: Path) -> dict[str, Any]:
    """The facts beside a recording; empty if there are none."""
    text, table = path.with_suffix(".txt"), path.with_suffix(".json")
    try:
        if table.is_file():
            facts = json.loads(table.read_text("utf-8"))
            if not isinstance(facts, dict):
                raise ModelError(f"The file {table} must hold a JSON object with `caption` or `captions`.")
            extra = {key: value for key, value in facts.items() if key in _UNKNOWN}
            caption = extra.get("caption")
            if isinstance(caption, str) and caption and not extra.get("captions"):
                extra["captions"] = [caption]
            return extra
        if text.is_file():
            lines = [line.strip() for line in text.read_text("utf-8").splitlines() if line.strip()]
            return {"captions": lines, "caption": lines[0] if lines else ""}
    except (OSError, ValueError) as error:
        raise ModelError(f"The description beside {path} cannot be read: {error}.") from error
    return {}
