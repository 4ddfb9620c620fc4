"""The one model that is in the generator's memory. Belongs to the thread that runs orders."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import psutil

from engine.errors import ModelError
from engine.generate.interface import Generator
from engine.generate.registry import name_of
from engine.inference.api import Loaded, Model
from engine.jobs import Context

Opener = Callable[[str, str | None, bool], Generator]
"""Loads the model of a name, a device and whether its weights are random."""


class LoadedModel:
    """Holds one loaded model; another one takes its place."""

    def __init__(self, opener: Opener, changed: Callable[[], None]) -> None:
        self._open, self._changed = opener, changed
        self._generator: Generator | None = None
        self.loaded: Loaded | None = None

    def generator(self, model: Model, context: Context) -> Generator:
        """The model, loaded.

        Raises:
            ModelError: it cannot be loaded.
        """
        if self._generator is not None and self.loaded is not None and self.loaded.model == model:
            return self._generator
        self.unload()
        context.progress(0.0, f"Loading {name_of(model.name)}")
        from engine.generate import device, melody  # noqa: F401 - the program is not the model's memory

        before = _resident()
        try:
            generator, notices = self._opened(model, device.choose)
        except ModelError:
            device.free_memory()
            raise
        capabilities = generator.capabilities
        capabilities = replace(capabilities, notices=(*notices, *capabilities.notices))
        self._generator = generator
        self.loaded = Loaded(model, capabilities, max(_resident() - before, 0) / 2**20)
        self._changed()
        return generator

    def _opened(self, model: Model, choose: Callable[[str | None], object]) -> tuple[Generator, tuple[str, ...]]:
        """The model on its device, or where that is missing or too small, on the CPU, and what to say about it."""
        try:
            choose(model.device)
        except ModelError as error:
            return self._open(model.name, "cpu", model.untrained), (f"{error} The CPU is used instead.",)
        try:
            return self._open(model.name, model.device, model.untrained), ()
        except ModelError as error:
            if model.device in (None, "cpu"):
                raise
            with suppress(ModelError):
                return self._open(model.name, "cpu", model.untrained), (f"{error} The CPU is used instead.",)
            raise

    def noted(self, speed: float) -> None:
        """Keeps the measured speed of the loaded model."""
        if self.loaded is not None:
            self.loaded = replace(self.loaded, speed=speed)

    def unload(self) -> None:
        """Frees the model and its memory."""
        if self._generator is None:
            return
        from engine.generate import device

        self._generator = self.loaded = None
        device.free_memory()
        self._changed()


def _resident() -> int:
    return int(psutil.Process().memory_info().rss)
