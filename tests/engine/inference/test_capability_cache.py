"""What models can do, as it is remembered for the next start."""

from dataclasses import replace

from engine import paths
from engine.generate.interface import Capabilities, Parameter, Task
from engine.inference.api import Model
from engine.inference.capability_cache import keep_capabilities, read_capabilities

MODEL = Model("starter", "cpu")
FOUND = Capabilities(
    "starter",
    "Starter",
    "abc",
    24000,
    1,
    10.0,
    1.0,
    frozenset(Task),
    (
        Parameter("steps", "Steps", "int", 8, 1, 100),
        Parameter("schedule", "Schedule", "choice", "linear", choices=("linear", "cosine")),
    ),
    "Apache-2.0",
    "CPU",
    ("The CPU is used instead.",),
)


def test_it_is_there_the_next_time_without_what_was_said_once() -> None:
    keep_capabilities(MODEL, FOUND)
    keep_capabilities(Model("other"), replace(FOUND, id="other"))
    known = read_capabilities()
    assert known[MODEL] == replace(FOUND, notices=())
    assert known[Model("other")].id == "other"
    keep_capabilities(MODEL, replace(FOUND, version="def"))
    assert read_capabilities()[MODEL].version == "def"


def test_random_weights_another_version_and_damage_are_forgotten() -> None:
    file = paths.data_dir() / "capabilities.json"
    file.unlink(missing_ok=True)
    keep_capabilities(replace(MODEL, untrained=True), FOUND)
    assert not file.exists()
    keep_capabilities(MODEL, FOUND)
    text = file.read_text(encoding="utf-8")
    for damaged in (text.replace('"program": "', '"program": "9'), text[:-9], "[]", text.replace('"rate"', '"pace"')):
        file.write_text(damaged, encoding="utf-8")
        assert read_capabilities() == {}
