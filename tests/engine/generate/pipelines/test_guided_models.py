"""What MusicGen Melody and ACE-Step make of a guide's notes, by tiny networks with random weights."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate import catalog
from engine.generate.interface import Request, Settings, Task
from engine.generate.pipelines.ace_step import sketched
from engine.generate.pipelines.musicgen_melody import melody, written
from engine.jobs import Context
from engine.music.guide import ChordSpan, Guide, GuidePart, MelodyNote

Opened = Callable[..., Any]
Folder = Callable[..., Any]
NOTES = (MelodyNote(0.0, 1.0, 69), MelodyNote(1.0, 0.5, 64))


def test_a_written_melody_is_what_would_be_heard_of_tones() -> None:
    rate = 32000
    classes = written(NOTES, 2 * rate, rate)
    assert classes.shape == (1, 1 + 2 * rate // 4096, 12)
    heard = melody(torch.from_numpy(sketched(Guide(NOTES), 2 * rate, rate)), rate)
    for look in (2, 4, 9):  # 0.26, 0.51 and 1.15 s: amid the notes
        assert torch.equal(classes[0, look], heard[0, look].float())
    assert not classes[0, 13:].any()  # from 1.66 s on nothing is said


def test_musicgen_melody_is_given_the_guides_notes(opened: Opened, folder: Folder) -> None:
    model = opened("musicgen_melody")
    assert model.capabilities.guides == catalog.SPECS["musicgen-melody"].guides
    settings = Settings(prompt="a dog", guidance=3.0, top_k=20)
    request = Request(settings=settings, seconds=0.4, seed=5, guide=Guide((MelodyNote(0.0, 0.4, 61),)))
    (take,) = model.make(request, Context()).takes  # before its level is set
    network = transformers.MusicgenMelodyForConditionalGeneration.from_pretrained(folder("musicgen_melody")).eval()
    words = transformers.AutoTokenizer.from_pretrained(folder("musicgen_melody"))(["a dog"], return_tensors="pt")
    features = torch.nn.functional.one_hot(torch.tensor([[1]]), 12).float()  # C# in the one look of 0.4 s
    torch.manual_seed(5)
    with torch.no_grad():
        wave = network.generate(**words, input_features=features, guidance_scale=3.0, top_k=20, max_new_tokens=10 + 3)
    assert np.array_equal(take.samples, wave[0].numpy().T)


def test_ace_step_covers_the_guides_tones(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened("ace_step")
    assert model.capabilities.guides == catalog.SPECS["ace-step"].guides
    pipe, calls = model._pipe, []
    call = type(pipe).__call__

    def noted(self: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(options)
        return call(self, *arguments, **options)

    monkeypatch.setattr(type(pipe), "__call__", noted)
    guide = Guide((MelodyNote(0.0, 0.4, 69),), (ChordSpan(0.0, 0.4, "Am"),))
    request = Request(settings=Settings(prompt="a flute", steps=2), seconds=0.4, guide=guide)
    (take,) = model.generate(request, Context()).takes
    assert np.isfinite(take.samples).all()
    (asked,) = calls
    assert (asked["task_type"], asked["audio_cover_strength"]) == ("cover", 0.6)
    tones = asked["src_audio"].numpy().mean(axis=0)
    power = np.abs(np.fft.rfft(tones * np.hanning(len(tones)), 1 << 16))
    hertz = np.fft.rfftfreq(1 << 16, 1 / model.facts.rate)
    assert hertz[power.argmax()] == pytest.approx(440, rel=0.02)
    sound = Audio(np.zeros((4000, 2), np.float32), model.facts.rate)
    with pytest.raises(ModelError, match="either other tracks or a guide"):
        model.generate(Request(settings=Settings(prompt="a flute"), seconds=0.4, guide=guide, context=sound), Context())
    with pytest.raises(ModelError, match="in new music only"):
        model.generate(Request(Task.VARIATION, Settings(prompt="a flute"), source=sound, guide=guide), Context())


def test_models_that_hear_no_notes_say_so(opened: Opened) -> None:
    for name in ("musicgen", "stable_audio"):
        assert opened(name).capabilities.guides == frozenset({GuidePart.SWELL})
        with pytest.raises(ModelError, match="does not follow a melody"):
            opened(name).generate(Request(seconds=0.4, guide=Guide(NOTES)), Context())
