"""Holding to the tempo and the key that a prompt states: what is drawn, through every task, with the real starter."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.errors import ModelError
from engine.generate import registry
from engine.generate.interface import Request, Settings, Task
from engine.generate.melody import Melody
from engine.generate.sampler import WindowState
from engine.jobs import Context
from engine.models.token_guidance import CHROMA, LOWEST, Steering
from engine.music.keys import MAJOR, MINOR
from tests.engine.generate.test_melody import sound

ASKED = Settings(prompt="techno, 128 BPM, F# minor")


@pytest.fixture(scope="module")
def starter() -> Melody:
    return Melody.load(registry.find("melody-starter"), "cpu")


def drawn(melody: Melody, settings: Settings, context: WindowState | None = None, count: int = 0) -> torch.Tensor:
    sampler = melody.sampler
    params, history = melody.params(settings), context or sampler.empty(1)
    count = count or melody.config.lm.length
    return sampler.sample_tokens(history.tokens, 0, count, [11], params, lambda *_: None, sampler.beat(history, params))


def test_steering_is_what_the_prompt_says(steerable: Melody) -> None:
    assert steerable.params(ASKED).steering == Steering(128.0, (6, True), 1.0)
    assert steerable.params(replace(ASKED, steering=0.4)).steering == Steering(128.0, (6, True), 0.4)
    assert steerable.params(replace(ASKED, steering=0.0)).steering is None
    assert steerable.params(Settings(prompt="techno")).steering is None
    blended = Settings(prompt="rain", blend=(("E major", -1.0), ("90 BPM", 0.5), ("100 BPM, C major", 1.0)))
    assert steerable.params(blended).steering == Steering(90.0, (0, False), 1.0)
    assert Melody.untrained("tiny", "cpu", threads=1).params(ASKED).steering is None


def test_only_models_whose_tokens_tell_something_offer_it(steerable: Melody) -> None:
    assert next(p for p in steerable.capabilities.parameters if p.name == "steering").default == 1.0
    plain = Melody.untrained("tiny", "cpu", threads=1).capabilities.parameters
    assert "steering" not in {parameter.name for parameter in plain}


def test_a_hold_that_cannot_be_is_refused(steerable: Melody) -> None:
    for steering in (-1.0, 11.0, float("nan")):
        with pytest.raises(ModelError, match="0 to 10"):
            steerable.generate(Request(settings=replace(ASKED, steering=steering)), Context())


def test_provenance_says_how_strongly(steerable: Melody) -> None:
    assert steerable.provenance(Request(settings=ASKED))["steering"] == 1.0
    assert steerable.provenance(Request(settings=Settings(prompt="techno")))["steering"] == 0.0


@pytest.mark.parametrize("task", [task for task in Task if task is not Task.ACCOMPANY])
def test_every_task_that_draws_tokens_is_steered(steerable: Melody, task: Task) -> None:
    request = Request(task, ASKED, 1.5, seed=4, source=sound(), start=20000, stop=50000)
    steered = steerable.generate(request, Context()).takes[0].samples
    free = steerable.generate(replace(request, settings=replace(ASKED, steering=0.0)), Context()).takes[0].samples
    assert np.isfinite(steered).all()
    assert np.array_equal(steered, free) == (task is Task.VARIATION)  # which keeps the tokens that there are
    assert np.array_equal(steerable.generate(request, Context()).takes[0].samples, steered)


def test_beats_go_on_from_chunk_to_chunk_and_through_a_change_of_tempo(steerable: Melody) -> None:
    sampler, params = steerable.sampler, steerable.params(ASKED)
    history, beat = sampler.empty(1), 0.0
    for tempo in (128, 128, 90, 150):
        params = steerable.params(replace(ASKED, prompt=f"techno, {tempo} BPM"))
        assert sampler.beat(history, params) == pytest.approx(beat)
        history, _ = sampler.append(history, steerable.config.chunk_tokens, [1], params)
        beat = (beat + steerable.config.chunk_tokens / 25 * tempo / 60) % 16
        assert history.beat == pytest.approx(beat)
    history, _ = sampler.append(history, steerable.config.chunk_tokens, [1], steerable.params(Settings(prompt="rain")))
    assert history.beat is None  # nobody counts: it is looked for when somebody asks again
    assert 0 <= (sampler.beat(history, params) or 0.0) < 1


def test_a_beat_before_the_source_leads_to_the_sources_own(steerable: Melody) -> None:
    sampler, params = steerable.sampler, steerable.params(ASKED)
    assert sampler.beat_later(0.3, -47, params) == pytest.approx((0.3 - 47 / 25 * 128 / 60) % 16)
    assert sampler.beat_later(None, 10, params) is None


def test_the_starter_keeps_to_keys_and_beats(starter: Melody) -> None:
    token_descriptors, centres = starter.sampler.token_descriptors, starter.sampler.ssl.centres
    assert token_descriptors is not None
    likeness: dict[float | None, list[float]] = {None: [], 0.0: []}
    on_beat: dict[float | None, list[float]] = {None: [], 0.0: []}
    for (tonic, minor), said in (((9, True), "A minor"), ((3, False), "Eb major"), ((6, True), "F# minor")):
        for tempo in (96, 140):
            profile = np.roll(MINOR if minor else MAJOR, tonic - LOWEST)
            lean = token_descriptors.logit_bias(Steering(float(tempo)), 0.0, starter.config.lm.length)
            for steering in likeness:
                asked = Settings(prompt=f"pop, piano and drums, {tempo} BPM, {said}", steering=steering)
                tokens = drawn(starter, asked)[0]
                assert len(tokens.unique()) > 8  # it is not one token that fits, over and over
                chroma = centres[tokens, CHROMA].mean(0).numpy()
                likeness[steering].append(float(np.corrcoef(chroma, profile)[0, 1]))
                on_beat[steering].append(float(lean[torch.arange(len(tokens)), tokens].mean()))
    assert np.mean(likeness[None]) > max(np.mean(likeness[0.0]) + 0.1, 0.75)
    assert np.mean(on_beat[None]) > np.mean(on_beat[0.0]) + 0.1
