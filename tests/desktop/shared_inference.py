"""One generator process for the windows of all tests of a session, with tiny models of random weights."""

from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from engine.inference.api import Changed, Inference, Model, Status
from engine.inference.client import InferenceProcess
from engine.jobs import Context

FACTORY = "tests.engine.inference.odd_models"
TINY = Model("melody-tiny", "cpu", untrained=True)


class SharedInference:
    """A generator that each window starts and closes as its own; the process goes on."""

    names = ("inference commands", "inference news", FACTORY)
    """Its threads and its process: a cancel may end them on a busy machine, and a later test start them anew."""

    def __init__(self) -> None:
        self._listener: Changed | None = None
        self.process = InferenceProcess(self._hear, factory=FACTORY)
        self.process.capabilities(TINY, Context())

    def _hear(self, status: Status) -> None:
        listener = self._listener  # another thread may take it away
        if listener:
            listener(status)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.process, name)

    def close(self, timeout: float = 3.0) -> None:
        self._listener = None

    def start(self, changed: Changed) -> "SharedInference":
        self._listener = changed
        return self


@pytest.fixture(scope="session")
def shared_inference() -> Iterator[SharedInference]:
    inference = SharedInference()
    yield inference
    inference.process.close()
    children = psutil.Process().children()
    _, alive = psutil.wait_procs([each for each in children if FACTORY in " ".join(each.cmdline())], timeout=5)
    assert not alive, "the shared generator ends with the session"


@pytest.fixture
def inference_start(shared_inference: SharedInference) -> Callable[[Changed], Inference]:
    """What a window starts its generator with."""
    return shared_inference.start
