"""Speed of the starter preset on this machine, beside transformers' MusicGen-small. Figures only."""

import pytest


@pytest.mark.benchmark
@pytest.mark.timeout(600)
def test_starter_streams() -> None:
    from engine.generate import bench  # torch and transformers take seconds, also where the tests are only collected
    from engine.generate.bench_musicgen import beside_musicgen
    from engine.generate.melody import Melody

    melody = Melody.untrained("starter", "cpu")
    row = bench.measure(melody)
    print(f"\n{row}\n{beside_musicgen(melody)}")
    assert row.peak_memory_mb < 2000
