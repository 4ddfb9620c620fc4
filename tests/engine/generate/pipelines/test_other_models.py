"""What only some models can: holes, covers, references, continuation from codes; cancel and memory for all."""

import gc
import math
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from engine.audio import Audio, resample
from engine.errors import Cancelled, ModelError
from engine.generate.interface import Request, Settings, Task, joined
from engine.generate.pipelines.cancel_hook import THREAD
from engine.generate.pipelines.factory import open_folder
from engine.generate.pipelines.musicgen_melody import melody
from engine.jobs import Context

Opened = Callable[..., Any]
Folder = Callable[..., Path]
TWO = Settings(prompt="a dog", steps=2)
ALL = [
    "audioldm2", "musicldm", "stable_audio", "stable_audio_3", "ace_step", "longcat", "musicgen", "musicgen_melody",
]  # fmt: skip


@pytest.mark.parametrize("name", ["stable_audio_3", "ace_step"])
def test_a_hole_is_filled_and_the_rest_keeps_every_sample(opened: Opened, sound: Audio, name: str) -> None:
    request = Request(Task.INPAINT, TWO, source=sound, start=15000, stop=30001)
    model = opened(name)
    (take,) = model.generate(request, Context()).takes
    assert take.samples.shape == (15001, 2)
    whole = joined(request, take).samples
    assert np.array_equal(whole[:15000], sound.samples[:15000])
    assert np.array_equal(whole[30001:], sound.samples[30001:])
    (again,) = model.generate(request, Context()).takes
    assert np.array_equal(take.samples, again.samples)


@pytest.mark.parametrize("name", ["stable_audio", "stable_audio_3", "ace_step"])
def test_a_variation_has_the_sources_length_and_depends_on_it(opened: Opened, sound: Audio, name: str) -> None:
    short = Audio(sound.samples[:40000], sound.rate)
    quiet = Audio(0.1 * short.samples[::-1], sound.rate)

    def varied(source: Audio, strength: float) -> np.ndarray:
        request = Request(Task.VARIATION, TWO, source=source, strength=strength)
        return opened(name).generate(request, Context()).takes[0].samples

    assert varied(short, 0.3).shape == (40000, 2)
    assert not np.array_equal(varied(short, 0.3), varied(quiet, 0.3))
    assert not np.array_equal(varied(short, 0.3), varied(short, 0.9))


def test_a_schedule_is_put_back_after_a_variation(opened: Opened, sound: Audio) -> None:
    model = opened("stable_audio")
    before = model._pipe.scheduler
    short = Audio(sound.samples[:20000], sound.rate)
    model.generate(Request(Task.VARIATION, TWO, source=short, strength=0.1), Context())
    assert model._pipe.scheduler is before


def test_ace_step_hears_a_reference_and_sings_words(opened: Opened, sound: Audio) -> None:
    def made(**changes: Any) -> np.ndarray:
        settings = Settings(**{"prompt": "a dog", "steps": 1, **changes})
        return opened("ace_step").generate(Request(settings=settings, seconds=0.4), Context()).takes[0].samples

    plain = made()
    assert not np.array_equal(plain, made(words="la la la"))
    assert not np.array_equal(plain, made(audio_prompt=sound))


def test_a_checkpoint_that_needs_no_guidance_shows_none(opened: Opened) -> None:
    turbo = opened("ace_step", turbo=True)
    assert "guidance" not in {parameter.name for parameter in turbo.capabilities.parameters}
    assert turbo.steps(Settings()) == 8
    result = turbo.generate(Request(settings=Settings(prompt="x" * 300, steps=1), seconds=0.4), Context())
    assert result.notices[0].startswith("The prompt is longer than the 256 tokens that the model reads: “xxx")


@pytest.mark.parametrize("channels", [1, 2])
def test_musicgen_continues_from_codes(opened: Opened, sound: Audio, channels: int) -> None:
    model = opened("musicgen", **({"channels": 2} if channels == 2 else {}))
    assert model.capabilities.channels == channels
    (take,) = model.generate(Request(Task.CONTINUE, TWO, source=sound, frames=4410), Context()).takes
    assert take.samples.shape == (4410, 2)
    other = Audio(sound.samples[::-1].copy(), sound.rate)
    (again,) = model.generate(Request(Task.CONTINUE, TWO, source=other, frames=4410), Context()).takes
    assert not np.array_equal(take.samples, again.samples)


def test_musicgen_makes_longer_pieces_window_by_window(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened("musicgen")
    asked: list[tuple[int, int]] = []

    def once(job: Any, known: np.ndarray, count: int, progress: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        asked.append((len(known) // 160, count))
        return known, np.full((160 * count, 1), 0.1, np.float32)

    monkeypatch.setattr(model, "_once", once)
    result = model.generate(Request(settings=TWO, seconds=45.0), Context())
    assert len(result.takes[0].samples) == 45 * 4000
    assert asked == [(0, 750), (500, 250), (500, 125)]  # 25 codes a second: 30 s, then 10 s after the last 20


def test_musicgen_streams(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened("musicgen")
    monkeypatch.setattr(model, "facts", type(model.facts)(**{**vars(model.facts), "chunk_seconds": 0.2}))
    chunks = list(model.stream(Request(settings=TWO, seconds=0.5), Context()))
    lengths = [len(chunk.samples) for chunk in chunks]
    assert sum(lengths) == 2000
    assert 600 < lengths[0] <= 800, "some of it is held back until its level is settled"
    assert [chunk.start for chunk in chunks] == [0, lengths[0], lengths[0] + lengths[1]]
    assert chunks[-1].last


@pytest.mark.parametrize("pitch", [0, 4, 9])
def test_a_melody_is_heard_as_its_pitch_classes(pitch: int) -> None:
    hertz = 440 * 2 ** ((pitch - 9) / 12)
    tone = torch.sin(2 * math.pi * hertz * torch.arange(32000) / 32000)
    heard = melody(tone, 32000)
    assert heard.shape == (1, 8, 12)
    assert heard.sum(-1).tolist() == [[1] * 8]
    assert heard.argmax(-1).tolist() == [[pitch] * 8]
    assert melody(tone[:1000], 32000).shape == (1, 5, 12)


def test_a_melody_decides_what_is_played_as_in_the_model_itself(opened: Opened, folder: Folder, sound: Audio) -> None:
    model = opened("musicgen_melody")
    settings = Settings(prompt="a dog", audio_prompt=sound, guidance=3.0, top_k=20)
    (take,) = model.make(Request(settings=settings, seconds=0.4, seed=5), Context()).takes  # before its level is set
    kept = transformers.MusicgenMelodyForConditionalGeneration.from_pretrained(folder("musicgen_melody")).eval()
    read = transformers.AutoTokenizer.from_pretrained(folder("musicgen_melody"))(["a dog"], return_tensors="pt")
    mono = resample(sound.samples.mean(1, keepdims=True), sound.rate, 4000)[:, 0]
    torch.manual_seed(5)
    with torch.no_grad():
        heard = melody(torch.from_numpy(mono), 4000).float()
        made = kept.generate(**read, input_features=heard, guidance_scale=3.0, top_k=20, max_new_tokens=10 + 3)
    assert np.array_equal(take.samples, made[0].numpy().T)
    long = Audio(np.zeros((31 * 1000, 1), np.float32), 1000)
    assert model.text_notices(Settings(audio_prompt=long)) == [
        "The melody is longer than the 30 s that the model hears: the rest was left out."
    ]


@pytest.mark.parametrize("name", ALL)
def test_a_cancel_takes_effect_between_two_layers(opened: Opened, name: str) -> None:
    """Once the cancel was seen, only blocks around the last one still end; the next request works."""
    model = opened(name)
    context, passes = Context(), []

    def passed(block: Any, inputs: Any, output: Any) -> None:
        passes.append(block)
        if len(passes) == 5:
            context.cancel()
            [looking] = [thread for thread in threading.enumerate() if thread.name == THREAD]
            looking.join(60)

    blocks = [
        block
        for network in model.networks()
        for part in network.modules()
        if isinstance(part, torch.nn.ModuleList)
        for block in part
    ]
    assert len(blocks) > 5
    handles = [block.register_forward_hook(passed) for block in blocks]
    try:
        with pytest.raises(Cancelled):
            model.generate(Request(settings=TWO, seconds=0.4), context)
    finally:
        for handle in handles:
            handle.remove()
    assert all(passes[4] in set(block.modules()) for block in passes[5:])
    assert len(model.generate(Request(settings=TWO, seconds=0.2), Context()).takes) == 1


@pytest.mark.parametrize("name", ALL)
def test_a_cancel_takes_effect_within_a_step(opened: Opened, name: str) -> None:
    told: list[float] = []

    def cancel(share: float, text: str) -> None:
        told.append(share)
        context.cancel()

    context = Context(cancel)
    with pytest.raises(Cancelled):
        opened(name).generate(Request(settings=Settings(prompt="a dog", steps=4), seconds=0.4), context)
    assert len(told) == 1
    assert told[0] < 0.5


def test_a_cancel_before_the_start_makes_nothing(opened: Opened) -> None:
    context = Context()
    context.cancel()
    with pytest.raises(Cancelled):
        opened("longcat").generate(Request(settings=TWO, seconds=0.2), context)


@pytest.mark.parametrize("name", ALL)
def test_nothing_of_an_unloaded_model_stays(folder: Folder, name: str) -> None:
    model = open_folder(folder(name), "cpu")
    model.generate(Request(settings=Settings(prompt="x", steps=1), seconds=0.2), Context())
    weights = [weakref.ref(parameter) for network in model.networks() for parameter in network.parameters()]
    assert len(weights) > 20
    threads = threading.active_count()
    del model
    gc.collect()
    assert [weight for weight in weights if weight() is not None] == []
    assert threading.active_count() <= threads


def test_memory_that_runs_out_is_a_sentence(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*arguments: Any, **more: Any) -> None:
        raise torch.OutOfMemoryError("not enough memory")

    model = opened("longcat")
    monkeypatch.setattr(model, "_pipe", type("Pipe", (), {"__call__": short, "tokenizer": model._pipe.tokenizer})())
    monkeypatch.setattr(type(model), "_generate", lambda self, job: short())
    with pytest.raises(ModelError, match=r"Memory ran out on CPU.*ask for less at once"):
        model.generate(Request(settings=TWO, seconds=0.2), Context())
