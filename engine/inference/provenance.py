"""How a take was made, as plain JSON values that say everything needed to make it again.

A record has the whole request with the model's defaults filled in, and `chunks`: for each its first frame at the
project's rate and what decided its sound. Sounds (a source, an audio prompt) are named by their hash.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np

from engine import __version__
from engine.audio import Audio
from engine.errors import ModelError
from engine.generate import levels
from engine.generate.interface import Capabilities, Chunk, Request, Settings, Task
from engine.generate.parameters import is_shared
from engine.generate.provenance import model_record, request_record
from engine.inference.api import Assignment, Model
from engine.music.guide import Guide, guide_of

_HASH_DIGITS = 16
_BEFORE = {"steering": 0.0}  # what older records, which do not name it, were made with
_PLAIN = tuple(field.name for field in fields(Settings) if field.name not in ("blend", "audio_prompt", "own"))


def sound_hash(sound: Audio) -> str:
    """The name of a sound in a record: equal samples at the same rate have the same."""
    samples = np.ascontiguousarray(sound.samples, dtype="<f4")
    digest = hashlib.sha256(f"{sound.rate} {samples.shape[1:]}".encode())
    digest.update(samples.data.cast("B"))
    return digest.hexdigest()[:_HASH_DIGITS]


def settings_record(settings: Settings, capabilities: Capabilities) -> dict[str, Any]:
    """Settings with the model's defaults in place of None; `own` where the model has settings of its own."""
    defaults = {parameter.name: parameter.default for parameter in capabilities.parameters}
    own = {
        parameter.name: settings.own.get(parameter.name, parameter.default)
        for parameter in capabilities.parameters
        if not is_shared(parameter.name)
    }
    plain = {name: getattr(settings, name) for name in _PLAIN}
    prompt = settings.audio_prompt
    return {
        **{name: defaults.get(name) if value is None else value for name, value in plain.items()},
        "blend": [list(pair) for pair in settings.blend],
        "audio_prompt": sound_hash(prompt) if prompt is not None else None,
        **({"own": own} if own else {}),
    }


def settings_of(record: Mapping[str, Any], prompts: Mapping[str, Audio]) -> Settings:
    """The settings of a record; `prompts` has the audio prompts by their hashes.

    Raises:
        ModelError: an audio prompt is not among them.
    """
    name = record["audio_prompt"]
    if name is not None and name not in prompts:
        raise ModelError("This take was made with an audio prompt that is not there any more: it cannot be made again.")
    return Settings(
        blend=tuple((text, weight) for text, weight in record["blend"]),
        audio_prompt=prompts[name] if name is not None else None,
        own=dict(record.get("own", {})),
        **{**_BEFORE, **{key: record[key] for key in _PLAIN if key in record}},
    )


def order_record(kind: str, assignment: Assignment, capabilities: Capabilities, threads: int) -> dict[str, Any]:
    """What all chunks of a take have in common. kind: “take” or “live”."""
    request, model = assignment.request, assignment.model
    source = request.source
    return {
        "kind": kind,
        "program": __version__,
        "levels": levels.VERSION,
        **model_record(capabilities),
        **request_record(request),
        "asked_model": {"name": model.name, "device": model.device, "untrained": model.untrained},
        "threads": threads,
        "title": assignment.title,
        "rate": assignment.rate,
        "request": {
            "task": request.task.value,
            "seconds": request.seconds,
            "frames": request.frames,
            "seed": request.seed,
            "takes": request.takes,
            "source": sound_hash(source) if source is not None else None,
            "source_frames": len(source.samples) if source is not None else 0,
            "start": request.start,
            "stop": request.stop,
            "strength": request.strength,
            "settings": settings_record(request.settings, capabilities),
            **_listening(request),
            **({"guide": request.guide.to_values()} if request.guide else {}),
        },
        "chunks": [],
    }


def _listening(request: Request) -> dict[str, Any]:
    """What a request says of other tracks; nothing where it says nothing, as in records of older versions."""
    if request.context is None and not request.alone:
        return {}
    return {"context": sound_hash(request.context) if request.context is not None else None, "alone": request.alone}


def chunk_record(
    settings: Settings,
    capabilities: Capabilities,
    *,
    start: int,
    index: int,
    seed: int,
    threads: int,
    batch: tuple[int, int] = (0, 1),
) -> dict[str, Any]:
    """What decided one chunk, which begins at frame `start` at the project's rate.

    The noise of the chunk follows from the seed and its index; `batch` is the take's place in its batch, and the
    batch's size.
    """
    return {
        "start": start,
        "index": index,
        "noise_key": [seed, index],
        "threads": threads,
        "batch": list(batch),
        **settings_record(settings, capabilities),
    }


def live_chunk_record(
    chunk: Chunk, capabilities: Capabilities, *, seed: int, rate: int, threads: int
) -> dict[str, Any]:
    """`chunk_record` of a stream's chunk in a project at `rate`."""
    record = chunk_record(
        chunk.settings,
        capabilities,
        start=-(-chunk.start * rate // chunk.rate),
        index=chunk.index,
        seed=seed,
        threads=threads,
    )
    return {**record, "gain_db": [round(gain, 2) for gain in chunk.gains_db]}


def model_of(provenance: Mapping[str, Any]) -> Model:
    """The model that was asked for.

    Raises:
        ModelError: it is no record of this program's.
    """
    with reading():
        stated = provenance["asked_model"]
        return Model(stated["name"], stated["device"], stated["untrained"])


def request_of(provenance: Mapping[str, Any], source: Audio | None, prompts: Mapping[str, Audio]) -> Request:
    """The request of a record; `prompts` has the sounds that it names beside the source, by their hashes.

    Raises:
        ModelError: the source or one of these sounds is another one, or it is no record of this program's.
    """
    with reading():
        record = provenance["request"]
        expected_hash = record["source"]
        if expected_hash is None:
            source = None
        elif source is None or sound_hash(source) != expected_hash:
            raise ModelError(
                "The sound that this take was made from is not the same any more, so it cannot be made again: "
                "undo the changes to its clip, or generate a new take."
            )
        return Request(
            Task(record["task"]),
            settings_of(record["settings"], prompts),
            record["seconds"],
            record["frames"],
            record["seed"],
            record["takes"],
            source,
            record["start"],
            record["stop"],
            record["strength"],
            _context_of(record, prompts),
            bool(record.get("alone", False)),
            guide_of(record["guide"]) if "guide" in record else Guide(),
        )


def _context_of(record: Mapping[str, Any], sounds: Mapping[str, Audio]) -> Audio | None:
    name = record.get("context")
    if name is not None and name not in sounds:
        raise ModelError("The tracks that this take listened to are not kept any more: it cannot be made again.")
    return sounds[name] if name is not None else None


def check_weights(provenance: Mapping[str, Any], capabilities: Capabilities) -> None:
    """Refuses a record made with another model, another version of it, or another way of setting levels.

    Raises:
        ModelError: what made the take is not there any more.
    """
    origin = f"This take was made by {provenance.get('model_name')}, version {provenance.get('weights')}"
    if provenance.get("weights") != capabilities.version or provenance.get("model") != capabilities.id:
        raise ModelError(
            f"{origin}; what is installed has other weights or plays them in another way (version "
            f"{capabilities.version}), so it cannot be made again: install that version, or generate a new take."
        )
    if provenance.get("levels") != levels.VERSION:
        raise ModelError(
            f"{origin}, before this version of the program, which sets levels in another way: it cannot be made again. "
            "Generate a new take."
        )


@contextmanager
def reading() -> Iterator[None]:
    """Turns what a damaged record raises into a sentence."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(
            "The record of how this take was made is damaged or from another program: it cannot be made again."
        ) from error
