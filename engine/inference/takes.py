"""Takes made at once: from an assignment to sound at the project's rate, and again from their records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.audio import Audio, fit_length, resample
from engine.errors import ModelError
from engine.generate.interface import Capabilities, Generator, Request, Result, Task
from engine.inference import provenance as records
from engine.inference.api import Assignment
from engine.inference.messages import GeneratedTake, TakesGenerated
from engine.jobs import Context
from engine.loudness import SILENCE, LoudnessMeter


def make(
    generator: Generator,
    capabilities: Capabilities,
    assignment: Assignment,
    threads: int,
    context: Context,
    number: int = 0,
) -> TakesGenerated:
    """Carries out an assignment; each take is the new part alone, at the project's rate. `number`: of its order."""
    result = generator.generate(_for_model(assignment, capabilities), context)
    generated = []
    for index, take in enumerate(result.takes):
        context.check()
        sound = at_project_rate(take, assignment)
        name = assignment.title if len(result.takes) == 1 else f"{assignment.title} {index + 1}"
        record = _record(assignment, capabilities, result, index, threads, len(sound.samples))
        generated.append(GeneratedTake(name, sound.samples, {**record, **levels(sound)}))
    return TakesGenerated(number, tuple(generated), (*capabilities.notices, *result.notices), result.seconds_spent)


def replay(
    generator: Generator,
    capabilities: Capabilities,
    provenance: Mapping[str, Any],
    source: Audio | None,
    prompts: Mapping[str, Audio],
    rate: int,
    context: Context,
) -> GeneratedTake:
    """The take of a record, together with those that were in its batch, as these decide its last bits."""
    request = records.request_of(provenance, source, prompts)
    with records.reading():
        index, size = provenance["chunks"][0]["batch"]
        request = replace(request, seed=provenance["seed"] - index, takes=size)
        assignment = Assignment(provenance["title"], records.model_of(provenance), request, rate)
    result = generator.generate(_for_model(assignment, capabilities), context)
    sound = at_project_rate(result.takes[index], assignment)
    return GeneratedTake(assignment.title, sound.samples, {**provenance, "device": capabilities.device})


def _for_model(assignment: Assignment, capabilities: Capabilities) -> Request:
    """The request with its length in frames at the rate at which the model answers."""
    request, rate = assignment.request, assignment.rate
    frames = _frames(request, rate)
    if request.source is None and rate != capabilities.rate:
        whole = frames * capabilities.rate
        loop = request.task is Task.LOOP
        return replace(request, frames=max(round(whole / rate), 1) if loop else -(-whole // rate))
    if request.source is not None and request.source.rate != rate:
        raise ModelError(
            f"The sound has {request.source.rate:,} Hz where the project has {rate:,} Hz: convert it first."
        )
    return replace(request, frames=frames)


def _frames(request: Request, rate: int) -> int:
    return request.frames if request.frames is not None else max(1, round(request.seconds * rate))


def at_project_rate(take: Audio, assignment: Assignment) -> Audio:
    """A take at the project's rate, exactly as long as was asked for; a loop stays one."""
    rate, request = assignment.rate, assignment.request
    if take.rate == rate:
        return take
    frames = _frames(request, rate)
    if request.task is Task.LOOP:
        laps = np.tile(take.samples, (3, 1))  # three times round, so that the middle one has its neighbours
        return Audio(resample(laps, len(take.samples), frames)[frames : 2 * frames], rate)
    return Audio(fit_length(resample(take.samples, take.rate, rate), frames), rate)


def levels(sound: Audio) -> dict[str, float | None]:
    """How loud a sound is, as records say it: integrated loudness in LUFS and true peak in dBTP; None for silence."""
    samples = sound.samples if sound.samples.ndim == 2 else sound.samples[:, None]
    meter = LoudnessMeter(sound.rate, min(samples.shape[1], 2))
    meter.push(samples[:, :2])
    measured = {"loudness": meter.integrated, "true_peak": meter.true_peak_db}
    return {name: round(value, 2) if value > SILENCE else None for name, value in measured.items()}


def _record(
    assignment: Assignment, capabilities: Capabilities, result: Result, index: int, threads: int, frames: int
) -> dict[str, Any]:
    request = assignment.request
    place, size, device, network = _batch(result, index, capabilities.device)
    request = replace(request, settings=replace(request.settings, network=network))
    seed = request.seed + index
    chunk = records.chunk_record(
        request.settings, capabilities, start=0, index=0, seed=seed, threads=threads, batch=(place, size)
    )
    record = records.order_record("take", replace(assignment, request=request), capabilities, threads)
    details = {name: value for name, value in result.record(index).items() if name not in {*record, "batches"}}
    return {
        **details,
        **record,
        "device": device,
        "seed": seed,
        "frames": frames,
        "chunks": [chunk],
    }


def _batch(result: Result, index: int, device: str) -> tuple[int, int, str, str | None]:
    """Which place of a batch of which size, on which device, and which way of running the network made a take."""
    batches: Sequence[Mapping[str, Any]] = result.provenance.get("batches", ())
    for batch in batches:
        if index < batch["takes"]:
            return index, batch["takes"], batch["device"], batch.get("network")
        index -= batch["takes"]
    return 0, 1, device, None
