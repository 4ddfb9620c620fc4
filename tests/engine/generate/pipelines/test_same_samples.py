"""Every model through the program's door gives the samples that its pipeline gives when called directly."""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
import transformers

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate.interface import Request, Settings, Task
from engine.jobs import Context

Opened = Callable[..., Any]
Folder = Callable[..., Path]
SECONDS, STEPS, SEED = 0.8, 2, 11
PROMPT = "a dog barks"


def pipeline(folder: Path, **parts: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipe = diffusers.DiffusionPipeline.from_pretrained(folder, use_safetensors=True, **parts)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def called(name: str, folder: Path, **kind: object) -> np.ndarray:
    """What the pipeline itself makes, (frames, channels)."""
    noise = torch.Generator().manual_seed(SEED)
    common: dict[str, Any] = {"num_inference_steps": STEPS, "generator": noise}
    if name == "audioldm2":
        language = transformers.GPT2LMHeadModel.from_pretrained(folder / "language_model")
        pipe = pipeline(folder, language_model=language)
        if kind.get("speech"):
            common |= {"transcription": "hello", "max_new_tokens": 80 - 64 - 5}
        made = pipe(PROMPT, audio_length_in_s=SECONDS, negative_prompt="noise", guidance_scale=3.5, **common).audios
        return made.T
    if name == "musicldm":
        pipe = pipeline(folder)
        read = pipe.tokenizer(
            [PROMPT, "noise"], padding="max_length", max_length=pipe.tokenizer.model_max_length, return_tensors="pt"
        )
        with torch.no_grad():
            vectors = [
                pipe.text_encoder.get_text_features(
                    read.input_ids[i : i + 1], attention_mask=read.attention_mask[i : i + 1]
                ).pooler_output
                for i in range(2)
            ]
        made = pipe(
            prompt_embeds=vectors[0], negative_prompt_embeds=vectors[1], audio_length_in_s=SECONDS, guidance_scale=2.0,
            **common,
        ).audios  # fmt: skip
        return made.T
    if name.startswith("musicgen"):
        classes = {
            "musicgen": (transformers.MusicgenForConditionalGeneration, transformers.AutoProcessor),
            "musicgen_melody": (transformers.MusicgenMelodyForConditionalGeneration, transformers.AutoTokenizer),
        }
        network, reader = classes[name]
        model = network.from_pretrained(folder).eval()
        inputs = reader.from_pretrained(folder)(text=[PROMPT], return_tensors="pt", padding=True)
        torch.manual_seed(SEED)
        with torch.no_grad():
            frames = round(SECONDS * 25)
            return model.generate(**inputs, guidance_scale=3.0, max_new_tokens=frames + 3)[0].numpy().T
    pipe = pipeline(folder)
    negative = {"negative_prompt": "noise"}
    calls = {
        "stable_audio": lambda: pipe(PROMPT, audio_end_in_s=SECONDS, guidance_scale=7.0, **negative, **common),
        "stable_audio_3": lambda: pipe(PROMPT, duration=SECONDS, **common),
        "ace_step": lambda: pipe(PROMPT, lyrics="la la", audio_duration=SECONDS, guidance_scale=7.0, **common),
        "longcat": lambda: pipe(PROMPT, audio_duration_s=SECONDS, guidance_scale=4.0, **negative, **common),
    }
    return np.asarray(calls[name]().audios[0].T)


MODELS = [
    ("audioldm2", {}), ("audioldm2", {"released": True}), ("audioldm2", {"speech": True}), ("musicldm", {}),
    ("stable_audio", {}), ("stable_audio_3", {}), ("ace_step", {}), ("longcat", {}), ("musicgen", {}),
    ("musicgen_melody", {}),
]  # fmt: skip
WORDS = {"audioldm2": "hello", "ace_step": "la la"}


def request(name: str, **changes: Any) -> Request:
    settings = Settings(prompt=PROMPT, negative="noise", words=WORDS.get(name, ""), steps=STEPS)
    return Request(settings=settings, **{"seconds": SECONDS, "seed": SEED, **changes})


@pytest.mark.parametrize(("name", "kind"), MODELS)
def test_the_samples_are_the_pipelines_own(opened: Opened, folder: Folder, name: str, kind: dict[str, bool]) -> None:
    loaded = opened(name, **kind)
    state = torch.random.get_rng_state()
    (take,) = loaded.make(request(name), Context()).takes  # before its level is set
    assert torch.equal(state, torch.random.get_rng_state())
    model = loaded.capabilities
    assert take.rate == model.rate
    assert take.samples.shape == (round(SECONDS * model.rate), model.channels)
    theirs = called(name, folder(name, **kind), **kind)
    assert np.array_equal(take.samples, theirs[: len(take.samples)])
    assert take.samples.std() > 1e-5


@pytest.mark.parametrize(("name", "kind"), MODELS)
def test_each_take_has_its_seed_and_its_origin(opened: Opened, name: str, kind: dict[str, bool]) -> None:
    told: list[float] = []
    model = opened(name, **kind)
    context = Context(lambda share, text: told.append(share))
    result = model.generate(request(name, takes=2, seed=SEED - 1), context)
    (one,) = model.generate(request(name), Context()).takes
    assert np.array_equal(result.takes[1].samples, one.samples)
    assert not np.array_equal(result.takes[0].samples, one.samples)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) >= 2 * STEPS
    kept = json.loads(json.dumps(dict(result.provenance)))
    assert (kept["prompt"], kept["seed"], kept["weights"]) == (PROMPT, SEED - 1, model.version)
    assert kept["licence"] == model.capabilities.licence


def test_what_a_model_declares_is_what_it_can(opened: Opened) -> None:
    able = {f"{name}{'+' if kind else ''}": opened(name, **kind).capabilities for name, kind in MODELS}
    tasks = {name: {task.value for task in can.tasks} for name, can in able.items()}
    assert tasks["stable_audio"] == {"generate", "variation"}
    assert tasks["stable_audio_3"] == tasks["ace_step"] == {"generate", "inpaint", "variation"}
    assert tasks["musicgen"] == {"generate", "continue"}
    assert tasks["longcat"] == tasks["musicldm"] == tasks["musicgen_melody"] == {"generate"}
    named = {name: {parameter.name for parameter in can.parameters} for name, can in able.items()}
    assert {"words", "audio_prompt"} <= named["ace_step"]
    assert "negative" not in named["ace_step"] | named["musicgen"] | named["stable_audio_3"]
    assert {"negative", "candidates", "schedule"} <= named["audioldm2"] & named["musicldm"]
    assert able["audioldm2"].licence == "CC-BY-NC-SA-4.0 (non-commercial)"
    assert able["stable_audio"].max_seconds == pytest.approx(2.048)


def test_a_distilled_model_has_no_guidance_and_its_base_has(opened: Opened, folder: Folder, pipelines: Any) -> None:
    base = opened("stable_audio_3", distilled=False)
    assert {"negative", "guidance"} <= {parameter.name for parameter in base.capabilities.parameters}
    assert base.steps(Settings()) == 100


@pytest.mark.parametrize(
    ("name", "task", "sentence"),
    [
        ("stable_audio", Task.INPAINT, "Stable Audio cannot inpaint, only generate, variation"),
        ("stable_audio_3", Task.CONTINUE, "It cannot continue a sound"),
        ("ace_step", Task.CONTINUE, "It cannot continue a sound"),
        ("musicgen", Task.INPAINT, "It cannot make a part of a sound anew"),
        ("longcat", Task.LOOP, "cannot loop, only generate"),
        ("audioldm2", Task.CONTINUE, "needs an AudioMAE: put one into"),
    ],
)
def test_what_a_model_cannot_do_is_said(opened: Opened, sound: Audio, name: str, task: Task, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        opened(name).generate(request(name, task=task, source=sound, stop=900), Context())


def test_a_stream_needs_a_model_that_continues(opened: Opened) -> None:
    with pytest.raises(ModelError, match="one piece at a time"):
        opened("stable_audio").open(request("stable_audio"), Context())


def test_more_than_a_model_can_make_is_refused(opened: Opened) -> None:
    with pytest.raises(ModelError, match=r"at most 2\.048 s, and 3\.00 s were asked for"):
        opened("stable_audio").generate(request("stable_audio", seconds=3.0), Context())


def test_settings_that_a_model_lacks_are_said(opened: Opened) -> None:
    settings = Settings(prompt="x", negative="y", words="z", blend=(("w", 1.0),), steps=1)
    said = opened("musicgen").generate(Request(settings=settings, seconds=0.2), Context()).notices
    assert len(said) == 3
    assert said[0] == "MusicGen takes no negative prompt, so that was left out."
    with pytest.raises(ModelError, match="cannot tell which of several"):
        opened("longcat").generate(Request(settings=Settings(candidates=2), seconds=0.2), Context())
    with pytest.raises(ModelError, match="no schedule “euler”: choose ddim"):
        opened("audioldm2").generate(Request(settings=Settings(schedule="euler"), seconds=0.2), Context())
