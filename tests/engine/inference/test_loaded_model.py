"""The model in memory: what is said while it is brought there."""

import pytest

from engine.errors import ModelError
from engine.generate.interface import Generator
from engine.inference.api import Model
from engine.inference.loaded_model import LoadedModel
from engine.jobs import Context


def test_a_model_is_loaded_under_the_name_that_people_know() -> None:
    told: list[str] = []

    def opener(name: str, device: str | None, untrained: bool) -> Generator:
        raise ModelError(f"{name} is damaged.")

    shelf = LoadedModel(opener, lambda: None)
    with pytest.raises(ModelError, match="melody-starter is damaged"):
        shelf.generator(Model("melody-starter", "cpu"), Context(lambda share, text: told.append(text)))
    assert told == ["Loading Continuo starter"]
    assert shelf.loaded is None
