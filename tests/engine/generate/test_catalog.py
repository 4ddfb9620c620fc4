"""The catalog of model families, the parameters that they declare, and what records say of a result."""

import subprocess
import sys
from typing import Any

import pytest

from engine.errors import ModelError
from engine.generate import catalog, parameters
from engine.generate.interface import Capabilities, Parameter, Request, Settings, Task
from engine.generate.provenance import result_record

WIDTH = Parameter("width", "Width", "int", 2, 1, 4)
SHAPE = Parameter("shape", "Shape", "choice", "sine", choices=("sine", "saw"))
LEVEL = Parameter("level", "Level", "float", 0.5, 0.0)
DECLARED = (parameters.prompt(), WIDTH, SHAPE, LEVEL)


def test_every_name_leads_to_one_family() -> None:
    models = [model.id for spec in catalog.SPECS.values() for model in spec.models]
    classes = [name for spec in catalog.SPECS.values() for name in spec.classes]
    assert len(set(models)) == len(models)
    assert len(set(classes)) == len(classes)
    assert models[:3] == ["melody-starter", "melody-paper", "composer"]
    assert catalog.DEFAULT in models
    for spec in catalog.SPECS.values():
        assert (spec.open is None) != (spec.adapter is None), "a family opens its models in one way"
        assert catalog.family_by_system(spec.system) is spec
        assert all(catalog.family_of(model.id) is spec for model in spec.models)
        assert all(catalog.family_by_class(name) is spec for name in spec.classes)
    assert catalog.family_by_system("musicgen") is None, "it is listed by its class"
    known = catalog.known_in("CVSSP/audioldm2-music")
    assert known is not None
    assert (known.id, known.commercial) == ("audioldm2-music", False)


def test_the_catalog_is_read_without_networks() -> None:
    code = "import sys; from engine.generate import catalog, registry; print('torch' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"depth": 1}, "Toy has no setting “depth”: leave it out."),
        ({"width": 5}, "“width” of Toy was 5: give 1 to 4."),
        ({"width": 1.5}, "“width” of Toy is a whole number, not “1.5”."),
        ({"width": True}, "“width” of Toy is a whole number, not “True”."),
        ({"level": -0.5}, "“level” of Toy was -0.5: give at least 0."),
        ({"level": "loud"}, "“level” of Toy is a number, not “loud”."),
        ({"shape": "square"}, "“shape” of Toy has no “square”: choose sine, saw."),
    ],
)
def test_what_a_model_does_not_declare_is_refused(own: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ModelError) as refusal:
        parameters.checked_own(Settings(own=own), DECLARED, "Toy")
    assert str(refusal.value) == sentence


def test_values_go_to_shared_fields_or_to_the_model_s_own() -> None:
    settings = parameters.settings_from({"prompt": "rain", "steps": 8, "width": 3, "level": 1})
    assert (settings.prompt, settings.steps, settings.own) == ("rain", 8, {"width": 3, "level": 1})
    assert parameters.checked_own(settings, DECLARED, "Toy") is settings


def test_a_record_says_nothing_twice() -> None:
    toy = Capabilities("toy", "Toy", "7", 48000, 1, 1.0, 1.0, frozenset(Task), DECLARED, "CC0-1.0", "CPU")
    request = Request(Task.VARIATION, Settings(prompt="rain"), seed=3, takes=2, strength=0.25)
    assert result_record(toy, request, {"width": 3}) == {
        "model": "toy", "model_name": "Toy", "weights": "7", "licence": "CC0-1.0", "device": "CPU",
        "task": "variation", "prompt": "rain", "seed": 3, "takes": 2, "strength": 0.25, "width": 3,
    }  # fmt: skip
    with pytest.raises(ValueError, match="said twice in a record: seed"):
        result_record(toy, request, {"seed": 4})
