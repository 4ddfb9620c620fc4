"""Speed of the starter preset on this machine, beside transformers' MusicGen-small. Figures only."""

import pytest

from engine.generate import bench
from engine.generate.melody import Melody


@pytest.mark.benchmark
@pytest.mark.timeout(600)
def test_starter_streams() -> None:
    melody = Melody.untrained("starter", "cpu")
    row = bench.measure(melody)
    whole, decoder = bench.musicgen_small()
    print(f"\n{row}\nMusicGen-small: {whole:.3f}× real time, its decoder alone {decoder:.3f}×")
    assert row.peak_memory_mb < 2000
