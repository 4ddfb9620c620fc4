import threading
import time

import numpy as np

from engine.playback.ring import Ring


def frames(first: int, count: int) -> np.ndarray:
    return np.repeat(np.arange(first, first + count, dtype=np.float32)[:, None], 2, axis=1)


def test_pulls_what_was_put_across_the_wrap() -> None:
    ring = Ring(10)
    out = np.empty((4, 2), np.float32)
    for first in range(0, 100, 4):
        ring.put(first, frames(first, 4), -frames(first, 4))
        ring.write = first + 4
        assert ring.pull(out) == 4
        assert np.array_equal(out, frames(first, 4))
        assert np.array_equal(ring.get(ring.tap, first, 4), -frames(first, 4))
    assert ring.underruns == 0


def test_what_is_lacking_is_silent_and_counted_and_comes_later() -> None:
    ring = Ring(10)
    ring.put(0, frames(1, 3), frames(1, 3))
    ring.write = 3
    out = np.full((5, 2), np.nan, np.float32)
    assert ring.pull(out) == 3
    assert out[:, 0].tolist() == [1, 2, 3, 0, 0]
    assert (ring.underruns, ring.lacking, ring.read) == (1, 2, 3)


def test_one_thread_writes_while_another_reads() -> None:
    ring, total = Ring(1000), 60_000
    heard = []

    def read() -> None:
        out = np.empty((64, 2), np.float32)
        while ring.read < total:
            if count := ring.pull(out):
                heard.append(out[:count, 0].copy())
            else:
                time.sleep(0.0001)

    reader = threading.Thread(target=read)
    reader.start()
    while ring.write < total:
        count = min(100, 1000 - (ring.write - ring.read), total - ring.write)
        if not count:
            time.sleep(0.0001)
        ring.put(ring.write, frames(ring.write, count), frames(0, count))
        ring.write += count
    reader.join()
    assert np.array_equal(np.concatenate(heard), np.arange(total))


def test_too_little_counts_only_while_something_sounds() -> None:
    ring = Ring(64)
    out = np.ones((16, 2), np.float32)
    ring.idle = True
    assert ring.pull(out) == 0
    assert (ring.underruns, ring.lacking) == (0, 0)
    assert not out.any()
    ring.idle = False
    assert ring.pull(out) == 0
    assert (ring.underruns, ring.lacking) == (1, 16)
