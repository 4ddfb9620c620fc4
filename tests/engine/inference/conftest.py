"""The real generator process with tiny random weights, one for each file of tests."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio
from engine.generate.interface import Request, Settings
from engine.inference.api import LiveNews, Made, Model, Order, Place
from engine.inference.client import InferenceProcess
from engine.jobs import Context
from engine.project.pool import read_samples, sample_file
from engine.project.sample_file import SampleFile

TINY = Model("melody-tiny", "cpu", untrained=True)
PATIENCE = 300.0


class Listener:
    """Collects the news of a live take; `until` waits for a condition on the latest."""

    def __init__(self) -> None:
        self.news: list[LiveNews] = []
        self._changed = threading.Condition()

    def __call__(self, news: LiveNews) -> None:
        with self._changed:
            self.news.append(news)
            self._changed.notify_all()

    def until(self, condition: Callable[[LiveNews], bool]) -> LiveNews:
        with self._changed:
            reached = self._changed.wait_for(lambda: bool(self.news) and condition(self.news[-1]), PATIENCE)
            assert reached, self.news[-1:]
            return self.news[-1]

    def until_any(self, condition: Callable[[LiveNews], bool]) -> LiveNews:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(condition, self.news)), PATIENCE), self.news[-1:]
            return next(filter(condition, self.news))


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for room in ("audio", "growing", "cache"):
        (tmp_path / room).mkdir()
    return Place(tmp_path, 44100)


@pytest.fixture
def order(place: Place) -> Callable[..., Order]:
    def ordered(title: str = "A waltz", model: Model = TINY, prompt: str = "a waltz", **request: object) -> Order:
        return Order(title, model, Request(settings=Settings(prompt=prompt), **request), place)  # type: ignore[arg-type]

    return ordered


@pytest.fixture(scope="module", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTINUO_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="module")
def inference() -> Iterator[InferenceProcess]:
    with InferenceProcess() as process:
        process.capabilities(TINY, Context())
        yield process


@pytest.fixture(scope="module")
def odd_inference() -> Iterator[InferenceProcess]:
    """A process whose models are those of `odd_models`."""
    with InferenceProcess(factory="tests.engine.inference.odd_models") as process:
        process.capabilities(Model("tiny", "cpu"), Context())
        yield process


def sound_of(made: Made, place: Place) -> Audio:
    """What is in a take's file, as the player would map it."""
    file: SampleFile = sample_file(place.folder, made.source, place.rate)
    return Audio(read_samples(file, 0, file.frames), place.rate)


def chord(seconds: float, rate: int, channels: int) -> Audio:
    """Something to continue."""
    t = np.arange(round(seconds * rate)) / rate
    wave = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6)) / 6
    return Audio(np.repeat(wave[:, None], channels, axis=1).astype(np.float32), rate)
