"""Chunks as one stream at the project's rate: no border, no frame too many or too few."""

import numpy as np
import pytest

from engine.audio import resample
from engine.inference.live_server import StreamResampler


@pytest.mark.parametrize("rate", [24000, 44100, 48000, 22050])
@pytest.mark.parametrize("size", [1, 480, 9600, 7919])
def test_pieces_are_the_whole(rate: int, size: int) -> None:
    frames = 7919 * 3 if size > 1 else 300
    wave = np.random.default_rng(1).uniform(-1, 1, (frames, 2)).astype(np.float32)
    stream = StreamResampler(24000, rate, 2)
    pieces = [stream.push(wave[first : first + size]) for first in range(0, frames, size)]
    made = np.concatenate([*pieces, stream.finish()])
    assert np.array_equal(made, resample(wave, 24000, rate))
    assert len(made) == -(-frames * rate // 24000)


def test_nothing_in_is_nothing_out() -> None:
    assert StreamResampler(24000, 48000, 1).finish().shape == (0, 1)
