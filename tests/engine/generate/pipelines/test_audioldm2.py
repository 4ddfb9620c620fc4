"""AudioLDM 2 on given sound, in speech, best of several, and what is composed of the pipeline's parts."""

import importlib.util
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate.interface import Request, Settings, Task, joined
from engine.generate.pipelines import audioldm2_editing, truncation_notices
from engine.generate.pipelines.factory import open_folder
from engine.generate.pipelines.mel import Mel
from engine.jobs import Context
from engine.models.loa import vectors

Opened = Callable[..., Any]
Folder = Callable[..., Path]
TWO = Settings(prompt="a dog", steps=2)


@pytest.fixture(scope="module")
def model(opened: Opened) -> Any:
    return opened("audioldm2", audiomae=True)


def made(model: Any, sound: Audio, task: Task, **changes: Any) -> Audio:
    request = Request(task, changes.pop("settings", TWO), source=sound, **changes)
    (take,) = model.generate(request, Context()).takes
    assert take.rate == sound.rate
    assert take.samples.shape[1] == sound.samples.shape[1]
    assert np.isfinite(take.samples).all()
    assert take.samples.std() > 1e-4
    return take


@pytest.mark.parametrize("schedule", ["ddim", "dpm-solver++"])
def test_a_part_is_made_anew_and_the_rest_keeps_every_sample(model: Any, sound: Audio, schedule: str) -> None:
    settings = Settings(prompt="a dog", steps=2, schedule=schedule)
    request = Request(Task.INPAINT, settings, source=sound, start=15000, stop=30001)
    take = made(model, sound, Task.INPAINT, settings=settings, start=15000, stop=30001)
    assert len(take.samples) == 15001
    whole = joined(request, take).samples
    assert np.array_equal(whole[:15000], sound.samples[:15000])
    assert np.array_equal(whole[30001:], sound.samples[30001:])
    steps = np.abs(np.diff(whole[:, 0]))
    assert steps[14999] < 4 * np.quantile(steps, 0.999)  # no click where the new part begins
    assert steps[30000] < 4 * np.quantile(steps, 0.999)


def test_sound_goes_on_after_its_end_and_before_its_start(model: Any, sound: Audio) -> None:
    after = made(model, sound, Task.CONTINUE, seconds=0.5)
    before = made(model, sound, Task.EXTEND_LEFT, frames=4410)
    assert len(after.samples) == round(0.5 * sound.rate)
    assert len(before.samples) == 4410


def test_a_variation_is_nearer_to_its_source_the_less_is_asked_for(model: Any, sound: Audio) -> None:
    latents = {}

    def kept(scheduler: Any, latents_in: torch.Tensor) -> None:
        latents[len(latents)] = (scheduler.timesteps[0].item(), len(scheduler.timesteps), latents_in)

    real = model.denoised

    def denoised(job: Any, scheduler: Any, length: float, callback: Any, start: Any = None) -> Any:
        scheduler.set_timesteps(model.steps(job.settings))
        kept(scheduler, start)
        return real(job, scheduler, length, callback, start)

    model.denoised = denoised
    try:
        for strength in (0.25, 1.0):
            settings = Settings(prompt="a dog", steps=4)
            take = made(model, sound, Task.VARIATION, settings=settings, strength=strength)
            assert take.samples.shape == sound.samples.shape
    finally:
        del model.denoised
    (near, few, little), (far, all_, much) = latents[0], latents[1]
    assert (few, all_) == (1, 4)
    assert near < far
    own = model.mel.encode(np.pad(model.sounds._mono(job_of(sound)), (0, in_context_window(sound))))
    assert (little - own).std() < (much - own).std()


def job_of(sound: Audio) -> Any:
    return type("Job", (), {"request": Request(Task.VARIATION, source=sound)})()


def in_context_window(sound: Audio) -> int:
    return round(audioldm2_editing.WINDOW * 16000) - math.ceil(len(sound.samples) * 16000 / sound.rate)


def test_long_holes_and_continuations_are_made_window_by_window(model: Any) -> None:
    noise = np.random.default_rng(1).standard_normal((16 * 16000, 1)).astype(np.float32) / 10
    windows: list[int] = []
    real = model.sounds._between

    def between(job: Any, left: Any, count: int, right: Any, progress: Any) -> np.ndarray:
        windows.append(count)
        assert len(left) + count + len(right) <= audioldm2_editing.WINDOW * 16000
        return np.full(count, 0.1, np.float32)

    model.sounds._between = between
    try:
        source = Audio(noise, 16000)
        for task, values in (
            (Task.INPAINT, {"start": 16000, "stop": 15 * 16000}),
            (Task.CONTINUE, {"seconds": 14.0}),
            (Task.EXTEND_LEFT, {"seconds": 14.0}),
        ):
            windows.clear()
            take = model.generate(Request(task, TWO, source=source, **values), Context()).takes[0]
            assert len(take.samples) == sum(windows) == 14 * 16000
            assert len(windows) > 1
    finally:
        del model.sounds._between
    assert callable(real)


def test_the_language_model_goes_on_from_the_given_sounds_vectors(model: Any) -> None:
    """Eight vectors for 10.24 s: what is given is kept, what follows depends on it, the end is put in place."""
    pipe, length, width = model._pipe, model.vectors, model.loa.config.hidden
    assert (length, model.pooling) == (vectors(8), 8)
    read = torch.randn(1, 5, width, generator=torch.Generator().manual_seed(0))
    mask = torch.ones(1, 5, dtype=torch.long)
    known = torch.randn(1, length, width, generator=torch.Generator().manual_seed(1))

    def written(before: int, after: int, scale: float = 1.0) -> torch.Tensor:
        with torch.no_grad(), model.given((scale * known[:, :before], known[:, after:])):
            return pipe.generate_language_model(read, max_new_tokens=length, attention_mask=mask)

    whole = written(3, 7)
    assert whole.shape == (1, length, width)
    assert torch.equal(whole[:, :3], known[:, :3])
    assert torch.equal(whole[:, 7:], known[:, 7:])
    assert not torch.allclose(whole[:, 3:7], written(3, 7, scale=-1.0)[:, 3:7])
    assert torch.equal(written(length, length), known)
    with torch.no_grad():
        plain = pipe.generate_language_model(read, max_new_tokens=length, attention_mask=mask)
        alone = torch.cat((read, known[:, :3]), dim=1)
        follows = pipe.generate_language_model(alone, max_new_tokens=4, attention_mask=torch.ones(1, 8).long())
    assert torch.allclose(whole[:, 3:7], follows, atol=1e-5)
    assert plain.shape == whole.shape


def test_what_is_kept_gives_its_vectors_on_both_sides(model: Any) -> None:
    rate = model.mel.rate
    wave = np.random.default_rng(2).standard_normal(round(audioldm2_editing.WINDOW * rate)).astype(np.float32)
    before, after = model.sounds._context(wave, 3 * rate, 6 * rate, len(wave))  # 1.28 s each
    assert (before.shape[1], after.shape[1]) == (2, 3)
    heard = model.sounds._heard(wave)
    assert torch.equal(heard[:, :2], before)
    assert torch.equal(heard[:, 5:], after)
    _, after = model.sounds._context(wave, 3 * rate, 6 * rate, 8 * rate)
    assert after.shape[1] == 0


def test_a_stream_continues_and_can_go_back(model: Any, sound: Audio) -> None:
    facts = model.facts
    model.facts = type(facts)(**{**vars(facts), "chunk_seconds": 0.5})
    try:
        session = model.open(Request(settings=TWO, source=sound), Context())
        first = session.advance(TWO, Context())
        mark = session.mark()
        second = session.advance(TWO, Context())
        session.rewind(mark)
        again = session.advance(TWO, Context(), last=True)
    finally:
        model.facts = facts
    assert (first.rate, first.start, second.start) == (sound.rate, 0, len(first.samples))
    assert np.array_equal(second.samples, again.samples[: len(second.samples)])
    assert again.last
    assert again.start + len(again.samples) == round(1.0 * sound.rate), "nothing is held back at the end"
    assert round(0.35 * sound.rate) < len(first.samples) <= round(0.5 * sound.rate)


def test_the_best_of_several_is_kept(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(settings=Settings(prompt="a dog", steps=1, candidates=3), seconds=0.4, seed=3)
    result = model.generate(request, Context())
    (marks,) = result.provenance["scores"]
    assert len(marks) == 3
    assert all(-1 <= mark <= 1 for mark in marks)
    monkeypatch.setattr(model, "score", lambda prompt, takes: [0.0] * (len(takes) - 1) + [1.0])
    last = model.generate(request, Context()).takes[0]
    monkeypatch.setattr(model, "score", lambda prompt, takes: [1.0] + [0.0] * (len(takes) - 1))
    first = model.generate(request, Context()).takes[0]
    plain = model.generate(Request(settings=Settings(prompt="a dog", steps=1), seconds=0.4, seed=3), Context())
    assert np.array_equal(first.samples, plain.takes[0].samples)
    assert not np.array_equal(first.samples, last.samples)


def test_the_fast_schedule_takes_twenty_steps(model: Any) -> None:
    assert model.steps(Settings()) == 200
    fast = Settings(schedule="dpm-solver++")
    assert model.steps(fast) == 20
    assert type(model.scheduler(fast)).__name__ == "DPMSolverMultistepScheduler"
    assert model.scheduler(fast).config.algorithm_type == "dpmsolver++"
    assert model.guidance(Settings()) == 3.5


def test_speech_needs_words_and_reads_them(opened: Opened) -> None:
    voice = opened("audioldm2", speech=True)
    assert {task.value for task in voice.capabilities.tasks} == {"generate"}
    with pytest.raises(ModelError, match="write what it shall say"):
        voice.generate(Request(settings=TWO, seconds=0.4), Context())

    def said(words: str) -> Any:
        settings = Settings(prompt="a girl", words=words, steps=1)
        return voice.generate(Request(settings=settings, seconds=0.4), Context())

    assert not np.array_equal(said("hello").takes[0].samples, said("world").takes[0].samples)
    assert any("text to speak" in notice for notice in said("ab " * 40).notices)


def test_phonemes_without_their_package_are_a_sentence(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = opened("audioldm2", speech=True)
    tokenizer = voice._pipe.tokenizer_2
    truncation_notices.check_phonemes(tokenizer)
    monkeypatch.setattr(tokenizer, "phonemize", True)
    if importlib.util.find_spec("phonemizer") is not None:
        monkeypatch.setattr(type(tokenizer), "__call__", silent)
    with pytest.raises(ModelError, match="install eSpeak NG and the Python package “phonemizer”"):
        voice.generate(Request(settings=Settings(prompt="a girl", words="hello", steps=1), seconds=0.4), Context())


def silent(*given: object, **more: object) -> None:
    raise RuntimeError("espeak not installed on your system")


def test_texts_that_leave_the_language_model_no_room_are_refused(folder: Folder, tmp_path: Path) -> None:
    place = shutil.copytree(folder("audioldm2", speech=True), tmp_path / "model")
    config = place / "tokenizer_2" / "tokenizer_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "model_max_length": 76}))
    with pytest.raises(ModelError, match="leave its language model no room"):
        open_folder(place, "cpu")


def test_what_of_a_prompt_is_cut_is_said(model: Any) -> None:
    prompt = "a" * 30 + "b" * 40
    said = model.text_notices(Settings(prompt=prompt))
    assert said == [
        f"The prompt is longer than the 40 tokens that CLAP reads: “{'b' * 32}” was left out.",
        f"The prompt is longer than the 60 tokens that FLAN-T5 reads: “{'b' * 12}” was left out.",
    ]
    assert model.text_notices(Settings(prompt="a" * 20)) == []


def test_sound_decoded_by_pieces_is_the_whole(model: Any) -> None:
    latents = torch.randn(1, 4, 40, 8, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        whole = model.mel.decode(latents, 50000, Context(), 400)
        pieces = model.mel.decode(latents, 50000, Context(), 77)
    assert np.abs(whole).max() > 1e-4
    assert np.allclose(whole, pieces, atol=1e-5 * np.abs(whole).max())


def test_the_mel_is_the_vocoders(model: Any) -> None:
    mel: Mel = model.mel
    assert (mel.rate, mel.hop, mel.bins, mel.frames_a_latent) == (16000, 160, 64, 8)
    tone = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000).astype(np.float32)
    image = mel.spectrogram(tone)
    assert image.shape == (1, 1, 100, 64)
    loudest = image[0, 0].mean(0).argmax().item()
    top = 15 + 27 * math.log(8) / math.log(6.4)  # 8 kHz on Slaney's scale, on which 1 kHz is 15
    assert loudest == round(15 / (top / 65)) - 1
    assert mel.spectrogram(np.zeros(3200, np.float32)).max() == pytest.approx(math.log(1e-5))
