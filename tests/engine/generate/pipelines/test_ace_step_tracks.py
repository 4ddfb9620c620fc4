"""ACE-Step beside other tracks: which of the pipeline's tasks is asked for, with what, and that it is heard."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate.interface import Request, Settings
from engine.generate.pipelines.ace_step import tracks_named
from engine.jobs import Context

Opened = Callable[..., Any]


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("slap bass, dry, over soft drums", ["bass", "drums"]),
        ("Backing vocals and a Rhodes", ["backing_vocals", "keyboard"]),
        ("a string quartet", ["strings"]),
        ("rain on a roof", []),
    ],
)
def test_instruments_are_named_as_the_model_names_them(prompt: str, named: list[str]) -> None:
    assert tracks_named(prompt) == named


def test_a_part_is_lego_and_the_whole_is_complete(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened("ace_step")
    assert model.capabilities.listens
    pipe, calls = model._pipe, []
    call = type(pipe).__call__

    def noted(self: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(options)
        return call(self, *arguments, **options)

    monkeypatch.setattr(type(pipe), "__call__", noted)
    noise = 0.3 * np.random.default_rng(0).standard_normal((30000, 2)).astype(np.float32)
    heard, sounds = Audio(noise, 44100), []
    for context, alone in ((None, False), (heard, True), (heard, False)):
        request = Request(settings=Settings(prompt="slap bass", steps=2), seconds=0.4, context=context, alone=alone)
        (take,) = model.generate(request, Context()).takes
        sounds.append(take.samples)
        assert np.isfinite(take.samples).all()
    plain, lego, complete = calls
    assert "src_audio" not in plain
    assert (lego["task_type"], lego["track_name"]) == ("lego", "bass")
    assert (complete["task_type"], complete["complete_track_classes"]) == ("complete", ["bass"])
    rate, hop = model.facts.rate, round(model.facts.rate / pipe.latents_per_second)
    channels, frames = lego["src_audio"].shape
    assert channels == model.facts.channels
    assert frames % hop == 0
    assert frames >= round(0.4 * rate)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not np.array_equal(sounds[one], sounds[other])


def test_a_turbo_checkpoint_does_not_listen(opened: Opened) -> None:
    model = opened("ace_step", turbo=True)
    assert not model.capabilities.listens
    with pytest.raises(ModelError, match="does not listen to other tracks"):
        model.generate(Request(settings=Settings(prompt="bass"), seconds=0.4, alone=True), Context())
