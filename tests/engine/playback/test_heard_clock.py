import random

import numpy as np
import pytest

from engine.playback.heard_clock import HeardClock, StreamClock, line_under

RATE, BLOCK = 48000, 512


def test_the_frame_heard_is_exact_though_callbacks_come_late() -> None:
    """A device that takes block n at 10 + n · 512/48000 s hears frame f, `latency` later, at 10 + f/48000 s."""
    chance, clock = random.Random(1), HeardClock()
    for number in range(500):
        due = 10.0 + number * BLOCK / RATE
        late = 0.0 if number % 20 == 0 else chance.random() * 0.004
        clock.mark(due + late, BLOCK, RATE, (number + 1) * BLOCK)
        if number > 100:
            time = due + chance.random() * 0.01
            assert clock.ring_at(time, 0.02, RATE) == pytest.approx((time - 10.0 - 0.02) * RATE, abs=1)


def test_a_device_at_another_rate() -> None:
    """The device runs at 44.1 kHz; the song's ring, at 48 kHz, has given as much time, and 480 frames wait."""
    clock = HeardClock()
    for number in range(100):
        clock.mark(5.0 + number * 441 / 44100, 441, 44100, (number + 1) * 480 + 7)
    assert clock.ring_at(5.5, 0.01, 48000) == pytest.approx((0.5 - 0.01) * 48000 + 7, abs=0.01)


def test_a_clock_that_was_interrupted_starts_anew() -> None:
    clock = HeardClock()
    for number in range(100):
        clock.mark(number * 0.01, 480, RATE, (number + 1) * 480)
    for number in range(100, 200):
        clock.mark(3.0 + number * 0.01, 480, RATE, (number + 1) * 480)  # the machine slept for 3 s
    assert clock.ring_at(3.0 + 1.995, 0.0, RATE) == pytest.approx(1.995 * RATE, abs=1)


def test_nothing_was_taken_yet() -> None:
    assert HeardClock().ring_at(1.0, 0.0, RATE) == 0.0


@pytest.mark.parametrize("ppm", [0, 20, -100])
def test_the_clock_of_a_device_is_told_from_callbacks_that_come_late(ppm: int) -> None:
    random = np.random.default_rng(1)
    for blocks, frames in ((200, 1.0), (2000, 0.1)):
        clock = StreamClock()
        late = (
            3e-5 + random.exponential(6e-5, blocks) + (random.random(blocks) < 0.05) * random.exponential(1e-3, blocks)
        )
        for block in range(blocks):
            due = 7.0 + block * 256 / RATE * (1 + 1e-6 * ppm)
            clock.mark(due + late[block], block * 256, RATE)
        expected = 7.0 + 3e-5 + 1e-6 * ppm * (blocks - 1) * 256 / RATE
        assert clock.settled is not None
        assert abs(clock.settled - expected) * RATE < frames


def test_the_line_under_points() -> None:
    assert line_under([(0.0, 1.0), (1.0, 5.0), (2.0, 2.0), (4.0, 3.0)], 6.0) == pytest.approx(4.0)
