"""The engine thread with the real system, tiny: reserve, order, new prompts, stopping, failing; and the pace."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.generate.adaptive_steps import AdaptiveSteps
from engine.generate.interface import Chunk, Request, Settings
from engine.generate.live_stream import LiveReport, LiveState, StreamScheduler
from engine.generate.melody import Melody
from engine.jobs import Context

WALTZ, TECHNO = Settings(prompt="a waltz"), Settings(prompt="techno")
PATIENCE = 60.0


@pytest.fixture(scope="module")
def melody() -> Melody:
    return Melody.untrained("tiny", "cpu", threads=1)


class Listener:
    """Collects what a worker says; `until` waits for a condition."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []
        self.reports: list[LiveReport] = []
        self._news = threading.Condition()

    def deliver(self, chunk: Chunk) -> None:
        with self._news:
            self.chunks.append(chunk)
            self._news.notify_all()

    def report(self, report: LiveReport) -> None:
        with self._news:
            self.reports.append(report)
            self._news.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        with self._news:
            assert self._news.wait_for(condition, PATIENCE), [r.state for r in self.reports]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def run(melody: Melody, listener: Listener) -> Iterator[Callable[..., StreamScheduler]]:
    workers = []

    def start(request: Request, **options: float) -> StreamScheduler:
        worker = StreamScheduler(melody, request, listener.deliver, listener.report, **options)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()


def test_it_fills_the_reserve_and_hands_out_what_is_due(
    run: Callable[..., StreamScheduler], listener: Listener
) -> None:
    worker = run(Request(settings=WALTZ, seed=3), reserve_seconds=1.6, horizon_seconds=0.4)
    listener.until(lambda: any(r.state is LiveState.AHEAD for r in listener.reports))
    assert worker.reserve >= 1.6
    assert all(chunk.start / chunk.rate <= 0.4 for chunk in listener.chunks)
    due = len(listener.chunks)
    worker.set_playhead(1.0)
    listener.until(lambda: len(listener.chunks) > due)
    last = listener.reports[-1]
    assert last.speed > 0
    assert 0 < last.chunk_p50 <= last.chunk_p95
    assert last.steps <= last.wanted_steps == 3


def test_its_chunks_are_the_stream(run: Callable[..., StreamScheduler], melody: Melody, listener: Listener) -> None:
    run(
        Request(settings=replace(WALTZ, steps=2), seed=3),
        horizon_seconds=np.inf,
        reserve_seconds=np.inf,
        until_seconds=1.5,
    )
    listener.until(lambda: listener.reports[-1].state is LiveState.ENDED if listener.reports else False)
    made = np.concatenate([chunk.samples for chunk in listener.chunks])
    request = Request(settings=replace(WALTZ, steps=2), seed=3, seconds=1.5)
    assert len(made) == 36000
    if all(chunk.steps == 2 for chunk in listener.chunks):
        streamed = np.concatenate([chunk.samples for chunk in melody.stream(request, Context())])
        assert np.array_equal(made, streamed)


def test_a_new_prompt_takes_over_where_nothing_is_due(run: Callable[..., StreamScheduler], listener: Listener) -> None:
    worker = run(Request(settings=WALTZ, seed=1), reserve_seconds=2.0, horizon_seconds=0.3)
    listener.until(lambda: any(r.state is LiveState.AHEAD for r in listener.reports))
    before = len(listener.reports)
    worker.set_settings(TECHNO)
    worker.set_playhead(1.0)
    listener.until(lambda: any(r.state is LiveState.AHEAD for r in listener.reports[before:]))
    worker.set_playhead(2.5)  # on a slow machine, what begins a little after 1 s is kept as it was
    listener.until(lambda: any(chunk.settings.prompt == "techno" for chunk in listener.chunks))
    ends = np.cumsum([len(chunk.samples) for chunk in listener.chunks])
    assert [chunk.start for chunk in listener.chunks[1:]] == ends[:-1].tolist()
    prompts = [chunk.settings.prompt for chunk in listener.chunks]
    assert prompts == sorted(prompts, key=["a waltz", "techno"].index)
    assert prompts[0] == "a waltz"


def test_stopping_ends_the_thread(run: Callable[..., StreamScheduler], listener: Listener) -> None:
    worker = run(Request(settings=replace(WALTZ, steps=50)))
    listener.until(lambda: bool(listener.reports))
    worker.stop()
    assert "engine" not in [thread.name for thread in threading.enumerate()]
    worker.stop()


def test_a_failure_is_reported_as_a_sentence(
    run: Callable[..., StreamScheduler], melody: Melody, listener: Listener
) -> None:
    def hook(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        raise torch.OutOfMemoryError("no memory")

    handle = melody.sampler.dpd.register_forward_pre_hook(hook)
    run(Request(settings=WALTZ))
    listener.until(lambda: any(r.state is LiveState.FAILED for r in listener.reports))
    handle.remove()
    assert "not enough memory" in listener.reports[-1].error


def test_a_playhead_that_gets_ahead_is_said(run: Callable[..., StreamScheduler], listener: Listener) -> None:
    worker = run(Request(settings=WALTZ), reserve_seconds=0.8)
    worker.set_playhead(1000.0)
    listener.until(lambda: any(r.state is LiveState.BEHIND for r in listener.reports))
    assert worker.reserve == 0


def test_steps_fall_when_the_machine_falls_behind_and_rise_again() -> None:
    pace = AdaptiveSteps(10)
    for _ in range(3):
        pace.note(1.0, 2.0, 8.0, 8.0)
    assert (pace.steps, pace.speed) == (10, 2.0)
    seen = []
    for reserve in (3.0, 2.0, 1.0):
        pace.note(4.0, 2.0, reserve, 8.0)
        seen.append(pace.steps)
    assert seen == sorted(seen, reverse=True)
    assert seen[0] <= 5
    for _ in range(20):
        pace.note(0.2, 2.0, 1.0, 8.0)  # fast again, but first the reserve has to fill
    assert pace.steps == seen[-1]
    for _ in range(20):
        pace.note(0.2, 2.0, 8.0, 8.0)
    assert pace.steps == 10
    for _ in range(20):
        pace.note(100.0, 2.0, 0.0, 8.0)
    assert pace.steps == 2
    pace.want(1)
    pace.note(100.0, 2.0, 0.0, 8.0)
    assert pace.steps == 1
    pace.want(6)
    assert pace.steps == 6
    assert pace.chunk_seconds(0.95) >= pace.chunk_seconds(0.5) > 0


def test_nothing_is_known_before_the_first_chunk() -> None:
    pace = AdaptiveSteps(4)
    assert (pace.speed, pace.chunk_seconds(0.95), pace.steps) == (0.0, 0.0, 4)
