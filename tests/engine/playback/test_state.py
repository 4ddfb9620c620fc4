import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from engine.playback.state import StateBlock

NOW = 100.0


@pytest.fixture
def block() -> Iterator[StateBlock]:
    block = StateBlock()
    yield block
    block.close()


def write(block: StateBlock, tracks: int = 0, **header: object) -> None:
    level = np.full((tracks, 2), header.get("position", 0.0), np.float32)
    block.write({"plan": 1, "time": NOW, **header}, level, level, np.zeros(tracks, np.bool_))


def test_nothing_is_read_before_something_is_written(block: StateBlock) -> None:
    assert block.read(NOW, {}) is None


def test_another_handle_reads_what_was_written(block: StateBlock) -> None:
    other = StateBlock(block.name)
    write(other, 3, position=7.0, underruns=5, device_rate=44100)
    state = block.read(NOW, {1: ("a", "b")})
    assert state is not None
    assert (state.position, state.underruns, state.device_rate) == (7.0, 5, 44100)
    assert {name: meter.peak_left for name, meter in state.meters.items()} == {"a": 7.0, "b": 7.0}
    other.close()


def test_gain_reductions_are_read_by_device(block: StateBlock) -> None:
    nothing = np.zeros((0, 2), np.float32)
    reductions = {"limiter": 2.5, "ö" * 20: 12.0}
    block.write({"time": NOW, "correlation": -0.5}, nothing, nothing, np.zeros(0, np.bool_), reductions)
    state = block.read(NOW, {})
    assert state is not None
    assert (state.reductions, state.correlation) == (reductions, -0.5)
    many = {f"device {n}": float(n) for n in range(400)}
    block.write({"time": NOW}, nothing, nothing, np.zeros(0, np.bool_), many)
    state = block.read(NOW, {})
    assert state is not None
    assert state.reductions == dict(list(many.items())[:256])


def test_position_runs_on_between_reports_and_through_the_loop(block: StateBlock) -> None:
    write(block, position=1000.0, rate=48000.0, moving=True)
    state = block.read(NOW + 0.01, {})
    assert state is not None
    assert state.position == pytest.approx(1480)
    write(block, position=1000.0, rate=48000.0, moving=True, loops=True, loop_start=500, loop_end=1200)
    state = block.read(NOW + 0.01, {})
    assert state is not None
    assert state.position == pytest.approx(780)
    late = block.read(NOW + 60, {})
    assert late is not None
    assert late.position < 1200


def test_a_reader_never_sees_half_a_state(block: StateBlock) -> None:
    over = threading.Event()

    def keep_writing() -> None:
        position = 0.0
        while not over.is_set():
            position += 1.0
            write(block, 50, position=position, underruns=int(position))

    writer = threading.Thread(target=keep_writing)
    writer.start()
    ids = {1: tuple(str(number) for number in range(50))}
    deadline, seen = time.monotonic() + 1.0, 0
    while time.monotonic() < deadline:
        if state := block.read(NOW, ids):
            assert {meter.peak_left for meter in state.meters.values()} == {state.position}
            assert state.underruns == state.position
            seen += 1
    over.set()
    writer.join()
    assert seen > 0
