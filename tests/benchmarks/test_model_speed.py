"""Speed of the starter preset on this machine, beside transformers' MusicGen-small. Figures only."""

import pytest

from engine.generate import bench
from engine.generate.bench_musicgen import beside_musicgen
from engine.generate.melody import Melody


@pytest.mark.benchmark
@pytest.mark.timeout(600)
def test_starter_streams() -> None:
    melody = Melody.untrained("starter", "cpu")
    row = bench.measure(melody)
    print(f"\n{row}\n{beside_musicgen(melody)}")
    assert row.peak_memory_mb < 2000
