"""Beats are placed by all onsets of a sound: a tempo heard nearly becomes exact, and whole where that is as good."""

import numpy as np
import pytest

from engine.analysis.beat_placement import settled_tempo
from engine.analysis.pulse import ONSET_RATE


def _onsets(tempo: float, seconds: float, spread: float = 0.004) -> np.ndarray:
    """Onsets (T,) on beats and on their halves, which players miss by `spread` s."""
    rng = np.random.default_rng(3)
    series = np.zeros(int(seconds * ONSET_RATE), np.float32)
    places = np.arange(0, seconds - 0.1, 30 / tempo)
    for number, place in enumerate(places + rng.normal(0, spread, len(places))):
        series[max(0, int(place * ONSET_RATE))] += 1.0 if number % 2 == 0 else 0.4
    return series


@pytest.mark.parametrize("seconds", [16.0, 90.0])
def test_the_tempo_settles_where_beats_drift_by_little(seconds: float) -> None:
    for tempo, heard in ((127.0, 127.08), (98.0, 97.95), (134.9, 134.85)):
        settled = settled_tempo(_onsets(tempo, seconds), heard)
        assert abs(settled / tempo - 1) * seconds <= 0.012
    assert settled_tempo(_onsets(127.0, seconds), 127.05) == 127.0


def test_what_has_no_onsets_keeps_its_tempo() -> None:
    assert settled_tempo(np.zeros(1000, np.float32), 101.3) == 101.3
    assert settled_tempo(np.zeros(0, np.float32), 101.3) == 101.3
