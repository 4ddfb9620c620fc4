"""Takes through the generator process: each task, exact lengths, files in the pool, and the same again."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import EngineError
from engine.generate.interface import Settings, Task
from engine.inference.api import Model, Order, Place
from engine.inference.client import InferenceProcess
from engine.inference.provenance import sound_hash
from engine.jobs import Context
from engine.project.codec import is_plain
from engine.project.importing import hash_file
from tests.engine.inference.conftest import TINY, chord, sound_of

pytestmark = pytest.mark.timeout(600)  # a process of its own loads torch, however busy the machine is

Ordered = Callable[..., Order]


def test_takes_lie_in_the_pool_with_how_they_were_made(
    inference: InferenceProcess, order: Ordered, place: Place
) -> None:
    told: list[tuple[float, str]] = []
    made = inference.run(order(frames=50_001, seed=4, takes=2), Context(lambda *news: told.append(news)))
    first, second = made.takes
    for take in made.takes:
        assert (take.source.rate, take.source.frames, take.source.subtype) == (44100, 50_001, "FLOAT")
        assert hash_file(place.folder / take.source.file) == take.source.id
        assert is_plain(take.provenance)
        assert take.provenance["weights"] == "untrained"
    assert (first.source.name, second.source.name) == ("A waltz 1", "A waltz 2")
    assert not np.array_equal(sound_of(first, place).samples, sound_of(second, place).samples)
    chunk = second.provenance["chunks"][0]
    assert (chunk["start"], chunk["prompt"], chunk["batch"], chunk["noise_key"]) == (0, "a waltz", [1, 2], [5, 0])
    assert second.provenance["seed"] == 5
    assert any(text == "Denoising" for _, text in told)
    assert not list((place.folder / "growing").iterdir())


def test_a_take_is_made_again_bit_by_bit(inference: InferenceProcess, order: Ordered, place: Place) -> None:
    takes = inference.run(order(seconds=1.0, seed=11, takes=3), Context()).takes
    for take in takes:
        (place.folder / take.source.file).unlink()
        again = inference.replay(take.provenance, None, place, Context())
        assert again.source.id == take.source.id
        assert (place.folder / take.source.file).is_file()


@pytest.mark.parametrize("channels", [1, 2])
def test_what_continues_a_sound_is_made_again_from_the_same_sound_only(
    inference: InferenceProcess, order: Ordered, place: Place, channels: int
) -> None:
    source = chord(1.5, 44100, channels)
    request = {"task": Task.CONTINUE, "source": source, "seconds": 0.8, "seed": 2}
    take = inference.run(order(**request), Context()).takes[0]
    assert (take.source.frames, take.source.channels) == (35280, channels)
    assert take.provenance["request"]["source"] == sound_hash(source)
    assert inference.replay(take.provenance, source, place, Context()).source.id == take.source.id
    with pytest.raises(EngineError, match="not the same any more"):
        inference.replay(take.provenance, chord(1.4, 44100, channels), place, Context())


def test_a_hole_is_filled_exactly(inference: InferenceProcess, order: Ordered, place: Place) -> None:
    source = chord(2.0, 44100, 2)
    request = {"task": Task.INPAINT, "source": source, "start": 30_000, "stop": 52_345}
    take = inference.run(order(**request), Context()).takes[0]
    assert (take.source.frames, take.source.channels) == (22_345, 2)
    assert inference.replay(take.provenance, source, place, Context()).source.id == take.source.id


def test_a_loop_has_its_length_and_no_jump_at_the_seam(
    inference: InferenceProcess, order: Ordered, place: Place
) -> None:
    take = inference.run(order(task=Task.LOOP, frames=30_001, seed=3), Context()).takes[0]
    wave = sound_of(take, place).samples[:, 0].astype(np.float64)
    assert len(wave) == 30_001
    bends = np.abs(np.diff(np.concatenate((wave, wave[:64])), 2))
    assert bends[-66:].max() <= bends[:-66].max()


def test_an_audio_prompt_is_named_by_its_hash(inference: InferenceProcess, order: Ordered, place: Place) -> None:
    sound = chord(1.0, 44100, 1)
    asked = order(seconds=0.5)
    asked = replace(asked, request=replace(asked.request, settings=Settings(audio_prompt=sound)))
    take = inference.run(asked, Context()).takes[0]
    name = take.provenance["chunks"][0]["audio_prompt"]
    assert name == sound_hash(sound)
    assert inference.replay(take.provenance, None, place, Context()).source.id == take.source.id, "it is in the pool"
    (place.folder / "audio" / f"{take.provenance['sounds'][name]}.wav").unlink()
    assert inference.replay(take.provenance, None, place, Context(), {name: sound}).source.id == take.source.id
    with pytest.raises(EngineError, match="audio prompt that is not there"):
        inference.replay(take.provenance, None, place, Context())


def test_what_cannot_be_is_a_sentence(inference: InferenceProcess, order: Ordered, place: Place) -> None:
    with pytest.raises(EngineError, match="There is no model “nothing”"):
        inference.run(order(model=Model("nothing", "cpu")), Context())
    with pytest.raises(EngineError, match="There is no sound to continue"):
        inference.run(order(task=Task.CONTINUE), Context())
    take = inference.run(order(seconds=0.5), Context()).takes[0]
    with pytest.raises(EngineError, match="other weights"):
        inference.replay({**take.provenance, "weights": "another"}, None, place, Context())
    with pytest.raises(EngineError, match="48,000 Hz"):
        inference.replay(take.provenance, None, replace(place, rate=48000), Context())
    with pytest.raises(EngineError, match="damaged"):
        inference.replay({"title": "x", "prompt": "y"}, None, place, Context())


def test_a_missing_device_is_replaced_with_a_notice(inference: InferenceProcess, order: Ordered) -> None:
    made = inference.run(order(model=replace(TINY, device="nowhere"), seconds=0.5), Context())
    assert "no device “nowhere”" in made.notices[0]
    assert "CPU is used" in made.notices[0]
    assert made.takes


def test_a_folder_that_cannot_be_written_is_a_sentence(
    inference: InferenceProcess, order: Ordered, place: Place
) -> None:
    audio = place.folder / "audio"
    audio.rmdir()
    audio.write_text("in the way")
    with pytest.raises(EngineError, match="could not be written"):
        inference.run(order(seconds=0.5), Context())


def test_measuring_is_remembered_and_shown(inference: InferenceProcess) -> None:
    row = inference.measure(TINY, Context())
    status = inference.status()
    assert row["realtime"] > 0
    assert status.measured["tiny-untrained"] == row
    assert status.loaded is not None
    assert status.loaded.speed == row["realtime"]
    assert InferenceProcess().status().measured["tiny-untrained"] == row
    inference.unload()
    inference.capabilities(TINY, Context())
    loaded = inference.status().loaded
    assert loaded is not None
    assert loaded.speed == row["realtime"]
