"""Records of takes: they hold all of a request, and give it back."""

import json

import numpy as np
import pytest

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate.interface import Capabilities, Parameter, Request, Settings, Task
from engine.inference.api import Assignment, Model, Place
from engine.inference.provenance import check_weights, model_of, order_record, request_of, sound_hash
from engine.project.codec import is_plain
from tests.engine.inference.conftest import chord

DEFAULTS = {"steps": 5, "guidance": 2.5, "temperature": 1.0, "top_k": 100, "top_p": 0.95}
MODEL = Model("melody-tiny", "cpu", untrained=True)
CAPABILITIES = Capabilities(
    id="tiny",
    name="Tiny",
    version="abc",
    rate=24000,
    channels=1,
    window_seconds=2.0,
    chunk_seconds=0.5,
    tasks=frozenset(Task),
    parameters=tuple(Parameter(name, name, "float", value) for name, value in DEFAULTS.items()),
    licence="Apache-2.0",
    device="CPU",
)


def record_of(request: Request, place: Place) -> dict[str, object]:
    record = order_record("take", Assignment("A take", MODEL, request, place.rate), CAPABILITIES, 2)
    assert is_plain(record)
    return json.loads(json.dumps(record))


def test_a_request_comes_back_whole(place: Place) -> None:
    source, prompt = chord(0.5, 44100, 2), chord(0.3, 24000, 1)
    settings = Settings("rain", (("wind", 0.25),), "drums", prompt, 0.7, "la la", 2, 9, 3.3, "cosine", 0.8, 50, 0.9)
    request = Request(Task.INPAINT, settings, 3.0, 1234, (1 << 63) + 5, 3, source, 10, 4000, 0.4)
    record = record_of(request, place)
    assert request_of(record, source, {sound_hash(prompt): prompt}) == request
    assert model_of(record) == MODEL


def test_the_models_defaults_are_written_down(place: Place) -> None:
    again = request_of(record_of(Request(), place), None, {}).settings
    assert again == Settings(**DEFAULTS)  # type: ignore[arg-type]


def test_a_hash_names_samples_and_rate() -> None:
    sound = chord(0.1, 44100, 2)
    assert sound_hash(sound) == sound_hash(Audio(sound.samples.copy(), 44100))
    assert sound_hash(sound) == sound_hash(Audio(np.asfortranarray(sound.samples), 44100))
    others = [
        Audio(sound.samples, 48000),
        Audio(sound.samples.reshape(-1, 1), 44100),
        Audio(np.nextafter(sound.samples, np.float32(9)), 44100),
    ]
    assert len({sound_hash(sound), *map(sound_hash, others)}) == 4


@pytest.mark.parametrize("damage", [{}, {"request": 5}, {"request": {"task": "sing", "source": None}}])
def test_a_damaged_record_is_a_sentence(damage: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="damaged or from another program"):
        request_of(damage, None, {})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"weights": "older"}, "version older"), ({"model": "gone"}, "cannot be made again"), ({"levels": 0}, "levels")],
)
def test_a_take_whose_model_or_version_is_gone_says_so(place: Place, change: dict[str, object], sentence: str) -> None:
    record = record_of(Request(), place)
    check_weights(record, CAPABILITIES)
    with pytest.raises(ModelError, match=sentence) as caught:
        check_weights({**record, **change}, CAPABILITIES)
    assert str(caught.value).endswith(".")
    before = {name: value for name, value in record.items() if name != "levels"}
    with pytest.raises(ModelError, match="before this version of the program"):
        check_weights(before, CAPABILITIES)
