"""Every model does all that it declares: each task, and each parameter changes what is heard."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.audio import Audio
from engine.generate.interface import Request, Result, Settings, Task, joined
from engine.jobs import Context

Opened = Callable[..., Any]
MODELS = [
    ("audioldm2", {"audiomae": True}), ("audioldm2", {"speech": True}), ("musicldm", {}), ("stable_audio", {}),
    ("stable_audio_3", {}), ("stable_audio_3", {"distilled": False}), ("ace_step", {}), ("ace_step", {"turbo": True}),
    ("longcat", {}), ("musicgen", {}), ("musicgen_melody", {}),
]  # fmt: skip
PLAIN = Settings(prompt="a dog barks", words="hello", steps=2)
CHANGED: dict[str, Any] = {
    "prompt": "rain on a tin roof",
    "negative": "noise",
    "words": "goodbye then",
    "steps": 3,
    "guidance": 18.0,
    "schedule": "dpm-solver++",
    "temperature": 0.05,
    "top_k": 1,
    "top_p": 0.01,
}


@pytest.fixture(scope="module")
def short(sound: Audio) -> Audio:
    return Audio(sound.samples[:11025], sound.rate)


def made(model: Any, settings: Settings, task: Task = Task.GENERATE, source: Audio | None = None) -> Result:
    request = Request(task, settings, seconds=0.4, seed=3, source=source, start=3000, stop=8000)
    result: Result = model.generate(request, Context())
    (take,) = result.takes
    assert np.isfinite(take.samples).all()
    assert take.samples.std() > 1e-6
    if source is not None:
        whole = joined(request, take).samples
        kept = slice(0, 3000) if task is Task.INPAINT else slice(0, 0)
        assert np.array_equal(whole[kept], source.samples[kept])
        frames = {Task.INPAINT: 5000, Task.VARIATION: len(source.samples)}.get(task, round(0.4 * source.rate))
        assert take.samples.shape == (frames, source.samples.shape[1])
    return result


@pytest.mark.parametrize(("name", "kind"), MODELS)
def test_every_task_that_is_declared_is_done(opened: Opened, short: Audio, name: str, kind: dict[str, bool]) -> None:
    model = opened(name, **kind)
    tasks = model.capabilities.tasks
    assert Task.GENERATE in tasks
    for task in sorted(tasks):
        made(model, PLAIN, task, None if task is Task.GENERATE else short)


@pytest.mark.parametrize(("name", "kind"), MODELS)
def test_every_parameter_that_is_declared_is_heard(
    opened: Opened, short: Audio, name: str, kind: dict[str, bool]
) -> None:
    model = opened(name, **kind)
    plain = made(model, PLAIN).takes[0].samples
    assert np.array_equal(plain, made(model, PLAIN).takes[0].samples)
    for parameter in model.capabilities.parameters:
        if parameter.name == "candidates":
            scores = made(model, replace(PLAIN, candidates=2)).provenance["scores"]
            assert len(scores[0]) == 2
            continue
        value = short if parameter.kind == "audio" else CHANGED[parameter.name]
        changed = made(model, replace(PLAIN, **{parameter.name: value})).takes[0].samples
        assert not np.array_equal(plain, changed), f"{parameter.name} changes nothing"
