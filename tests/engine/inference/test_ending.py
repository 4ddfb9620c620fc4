"""How things end: cancelled, killed, failing, unloaded, closed; always with a sentence and without leftovers."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from engine.errors import Cancelled, EngineError
from engine.generate.live_stream import LiveState
from engine.inference.api import Model, Order, Place, Status
from engine.inference.client import InferenceProcess
from engine.jobs import Context
from engine.project.growing import list_growing
from tests.engine.inference.conftest import PATIENCE, Listener
from tests.engine.inference.odd_models import BALLAST

pytestmark = pytest.mark.timeout(600)  # a process of its own loads torch, however busy the machine is

Ordered = Callable[..., Order]
FACTORY = "tests.engine.inference.odd_models"


class Watch:
    """Collects statuses; `until` waits for a condition on the latest."""

    def __init__(self) -> None:
        self.seen: list[Status] = []
        self._changed = threading.Condition()

    def __call__(self, status: Status) -> None:
        with self._changed:
            self.seen.append(status)
            self._changed.notify_all()

    def until(self, condition: Callable[[Status], bool]) -> Status:
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.seen) and condition(self.seen[-1]), PATIENCE), self.seen
            return self.seen[-1]


def test_a_cancelled_order_leaves_the_process_to_the_next(odd_inference: InferenceProcess, order: Ordered) -> None:
    pid, tiny = odd_inference.pid, Model("tiny", "cpu")
    cancelled = Context(lambda share, text: cancelled.cancel() if text == "Denoising" else None)
    with pytest.raises(Cancelled):
        odd_inference.run(order(model=tiny, seconds=600.0), cancelled)
    assert odd_inference.run(order(model=tiny, seconds=0.5), Context()).takes
    assert odd_inference.pid == pid


def test_a_process_that_does_not_hear_is_ended_and_started_again(order: Ordered) -> None:
    watch = Watch()
    with InferenceProcess(watch, factory=FACTORY) as inference, ThreadPoolExecutor(1) as pool:
        inference.capabilities(Model("hanging", "cpu"), Context())
        hangs = threading.Event()
        pid, context = inference.pid, Context(lambda share, text: hangs.set() if text == "hangs" else None)
        assert pid is not None
        future = pool.submit(inference.run, order("Hanging", Model("hanging", "cpu")), context)
        assert hangs.wait(120)
        context.cancel()
        with pytest.raises(Cancelled):
            future.result()
        assert inference.capabilities(Model("tiny", "cpu"), Context()).id == "tiny-untrained"
        assert inference.pid != pid
        assert not psutil.pid_exists(pid)


def test_a_killed_process_is_a_sentence_and_what_grew_is_kept(order: Ordered, place: Place, listener: Listener) -> None:
    watch = Watch()
    with InferenceProcess(watch, factory=FACTORY) as inference, ThreadPoolExecutor(2) as pool:
        live = inference.live(order("Live", Model("tiny", "cpu")), listener, Context())
        listener.until(lambda news: news.source.frames > 0)
        waiting = pool.submit(inference.run, order("Hanging", Model("hanging", "cpu")), Context())
        assert inference.pid is not None
        psutil.Process(inference.pid).kill()
        last = listener.until(lambda news: news.report.state is LiveState.FAILED)
        assert "stopped unexpectedly" in last.report.error
        made = live.stop()
        assert made is not None
        assert made.source.frames == last.source.frames > 0
        assert list_growing(place.folder)[0].sealed == made.source.id
        watch.until(lambda status: status.running and status.busy == "Hanging")
        psutil.Process(inference.pid).kill()
        with pytest.raises(EngineError, match=r"stopped unexpectedly.*The song is safe"):
            waiting.result()
        assert watch.until(lambda status: not status.running).loaded is None


def test_a_failure_of_a_model_is_a_sentence(
    odd_inference: InferenceProcess, order: Ordered, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(EngineError, match=r"failed unexpectedly.*wrong shape"):
        odd_inference.run(order(model=Model("failing", "cpu")), Context())
    assert "Traceback" in caplog.text
    with pytest.raises(EngineError, match="not enough memory"):
        odd_inference.run(order(model=Model("hungry", "cpu")), Context())


def test_one_model_is_loaded_and_its_memory_comes_back(odd_inference: InferenceProcess) -> None:
    def resident() -> int:
        return int(psutil.Process(odd_inference.pid).memory_info().rss)

    odd_inference.capabilities(Model("tiny", "cpu"), Context())
    small = resident()
    odd_inference.capabilities(Model("large", "cpu"), Context())
    loaded = odd_inference.status().loaded
    assert loaded is not None
    assert loaded.memory_mb > BALLAST / 2**20 / 2
    assert resident() - small > BALLAST / 2
    odd_inference.capabilities(Model("tiny", "cpu"), Context())
    assert resident() - small < BALLAST / 2
    odd_inference.capabilities(Model("large", "cpu"), Context())
    odd_inference.unload()
    odd_inference.capabilities(Model("tiny", "cpu"), Context())  # its turn comes when the other one is unloaded
    assert resident() - small < BALLAST / 2


def test_a_cancelled_order_gives_its_memory_back(odd_inference: InferenceProcess, order: Ordered) -> None:
    def resident() -> int:
        return int(psutil.Process(odd_inference.pid).memory_info().rss)

    held: list[int] = []

    def told(share: float, text: str) -> None:
        if text == "holds":
            held.append(resident())
            cancelled.cancel()

    holding, cancelled = Model("holding", "cpu"), Context(told)
    odd_inference.capabilities(holding, Context())
    before = resident()
    with pytest.raises(Cancelled):
        odd_inference.run(order(model=holding), cancelled)
    odd_inference.capabilities(holding, Context())  # its turn comes when the other one is over
    assert held[0] - before > BALLAST / 2
    assert resident() - before < BALLAST / 2


def test_closing_in_the_middle_ends_everything(order: Ordered, place: Place, listener: Listener) -> None:
    inference = InferenceProcess()
    live = inference.live(order("Live"), listener, Context())
    listener.until(lambda news: news.source.frames > 0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(inference.run, order(seconds=1.0), Context())
        pid = inference.pid
        assert pid is not None
        inference.close()
        with pytest.raises(Cancelled):
            waiting.result()
    assert not psutil.pid_exists(pid)
    assert inference.pid is None
    growing = list_growing(place.folder)[0]
    assert growing.frames(place.folder) > 0
    assert growing.provenance is not None
    assert growing.provenance["chunks"]
    with pytest.raises(Cancelled):
        inference.run(order(), Context())
    assert live.stop() is not None


def test_closing_before_anything_was_asked_for() -> None:
    inference = InferenceProcess()
    inference.unload()
    inference.close()
    assert not inference.status().running


def test_a_prepared_process_is_there_for_the_first_order(order: Ordered) -> None:
    with InferenceProcess() as inference:
        inference.prepare()
        pid = inference.pid
        assert pid is not None
        assert inference.status().loaded is None
        assert inference.run(order(seconds=0.5), Context()).takes
        assert inference.pid == pid
    inference.prepare()
    assert inference.pid is None, "nothing is started after the end"
