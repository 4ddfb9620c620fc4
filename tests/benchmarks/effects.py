"""What effects cost: each alone, and 32 × (EQ + compressor) + 2 reverbs + limiter, in blocks of 150 ms at 48 kHz.

`python -m tests.benchmarks.effects [--pedalboard]`: with it, the same chain by pedalboard (a measuring tool, GPL, never
a dependency; the folder of its package on PYTHONPATH) runs in turns with ours.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from engine.devices.interface import TEMPO
from engine.devices.registry import all_devices, find_device

RATE, SECONDS, TURNS = 48000, 0.15, 20
FRAMES = round(RATE * SECONDS)
EQ = {"band1_on": 1.0, "band8_on": 1.0, **{f"band{n}_gain_db": 3.0 for n in range(2, 8)}}


def sound() -> np.ndarray:
    return (np.random.default_rng(0).standard_normal((FRAMES, 2)) * 0.2).astype(np.float32)


def device(name: str, **chosen: float) -> Callable[[], object]:
    """Processes one block by an effect of ours."""
    spec = find_device(name)
    assert spec is not None
    effect, block = spec.create(RATE, FRAMES), sound()
    values = {**spec.values(chosen), TEMPO: 120.0}
    return lambda: effect.process(block, values)


def share(work: Callable[[], object]) -> float:
    """Per cent of a core that a block of work takes: the median of its turns, in processor time."""
    times = []
    for _ in range(TURNS):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return 100 * float(np.median(times)) / SECONDS


def ours() -> Callable[[], object]:
    """32 × (EQ with all its bands + compressor) + 2 reverbs + limiter."""
    parts = [part for _ in range(32) for part in (device("eq", **EQ), device("compressor"))]
    parts += [device("reverb"), device("reverb"), device("limiter")]
    return lambda: [part() for part in parts]


def pedalboards() -> Callable[[], object]:
    """The same by pedalboard: ten filters, a compressor; reverbs; a limiter."""
    import pedalboard as p

    block = np.ascontiguousarray(sound().T)
    boards = []
    for _ in range(32):
        bells = [p.PeakFilter(cutoff_frequency_hz=f, gain_db=3.0) for f in (250, 700, 1800, 4500)]
        shelves = [p.LowShelfFilter(100, gain_db=3.0), p.HighShelfFilter(9000, gain_db=3.0)]
        cuts = [p.HighpassFilter(30), p.HighpassFilter(30), p.LowpassFilter(18000), p.LowpassFilter(18000)]
        boards.append(p.Pedalboard([*bells, *shelves, *cuts, p.Compressor(-18, 3, 10, 120)]))
    boards += [p.Pedalboard([p.Reverb()]), p.Pedalboard([p.Reverb()]), p.Pedalboard([p.Limiter()])]
    return lambda: [board(block, RATE, reset=False) for board in boards]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pedalboard", action="store_true")
    with_theirs = parser.parse_args().pedalboard
    for spec in all_devices():
        print(f"{spec.label:12} {share(device(spec.id, **(EQ if spec.id == 'eq' else {}))):6.2f} % of a core")
    chains = {"the chain": ours(), **({"pedalboard": pedalboards()} if with_theirs else {})}
    for turn in range(3):
        print(f"turn {turn + 1}: " + ", ".join(f"{name} {share(work):.1f} %" for name, work in chains.items()))


if __name__ == "__main__":
    main()
