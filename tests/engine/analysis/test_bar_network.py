"""Where bars begin: drums alone, which have no harmony, and loops that are cut at bar lines."""

import numpy as np
import pytest

from engine.analysis import grid as grids
from engine.analysis.bar_network import PLACES, bar_features, bar_odds, bar_series, bar_start
from engine.analysis.grid import grid_of_sound
from engine.analysis.metre import Metre
from engine.analysis.pulse import onsets_of
from engine.analysis.sound import RATE
from engine.compose.drums import hit
from tests.drum_beats import HAT, KICK, SNARE

GROOVE = [(0.0, KICK), (1.0, SNARE), (1.5, KICK), (2.0, KICK), (2.5, KICK), (3.0, SNARE)]


def groove(tempo: float, bars: int, before: float = 0.0, after: float = 0.0) -> np.ndarray:
    """Bars of kick, snare and hats, with so many s of silence before and after: (N,) at `RATE`."""
    beat = 60 / tempo
    sound = np.zeros(round((4 * bars * beat + before + after) * RATE), np.float32)
    hats = [(number / 2, HAT) for number in range(8)]
    for bar in range(bars):
        for place, pitch in GROOVE + hats:
            first = round(((4 * bar + place) * beat + before) * RATE)
            stroke = hit("909", pitch, RATE)[: len(sound) - first]
            sound[first : first + len(stroke)] += (0.25 if pitch == HAT else 0.7) * stroke
    return sound


@pytest.mark.parametrize("tempo", [93.3, 127.4])
def test_a_loop_of_whole_bars_begins_with_one_and_has_exactly_its_tempo(tempo: float) -> None:
    grid = grid_of_sound(groove(tempo, 8), beats=4)
    assert grid is not None
    assert grid.start == 0.0
    assert grid.tempo == pytest.approx(tempo, rel=2e-5)


def test_of_a_tempo_its_half_and_its_double_that_counts_at_which_bars_are_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    felt = Metre(140.0, 4, False, 1.0, ((70.0, 5.0), (140.0, 6.0)))
    heard = {70.0: 2.0, 140.0: 2.0}

    def series(sound: object, onsets: object, beat: float, beats: int) -> float:
        return heard[round(60 / beat, 3)]

    monkeypatch.setattr(grids, "bar_series", series)
    monkeypatch.setattr(grids, "bar_features", lambda value, beat, beats: value)
    monkeypatch.setattr(grids, "bar_odds", lambda value: np.array([value, 0.0]))
    sound = np.zeros(8 * RATE, np.float32)
    onsets = onsets_of(sound)
    assert grids._of_octaves(sound, onsets, felt, 4) == 140.0
    heard[70.0] = 3.0
    assert grids._of_octaves(sound, onsets, felt, 4) == 70.0
    assert grids._of_octaves(sound, onsets, Metre(90.0, 4, False, 1.0), 4) == 90.0


def test_beats_of_drums_alone_are_found() -> None:
    sound = groove(110.0, 8, before=0.31, after=0.9)
    grid = grid_of_sound(sound, beats=4)
    assert grid is not None
    assert abs((grid.start - 0.31 + grid.beat / 2) % grid.beat - grid.beat / 2) < 0.01


def test_the_beat_of_a_turned_loop_is_found() -> None:
    sound = np.roll(groove(120.0, 8), round(0.5 * RATE * 0.5))
    start = bar_start(sound, onsets_of(sound), 0.5, 4, loop=False)
    assert abs((start - 0.25 + 0.25) % 0.5 - 0.25) < 0.02


@pytest.mark.parametrize("beats", [2, 3, 4])
def test_every_place_of_a_bar_is_looked_at(beats: int) -> None:
    sound = groove(120.0, 4)
    series = bar_series(sound, onsets_of(sound), 0.5, beats)
    features = bar_features(series, 0.5, beats)
    assert features.shape == (PLACES * beats, 165)
    assert np.isfinite(bar_odds(features)).all()
    silent = bar_features([np.zeros_like(each) for each in series], 0.5, beats)
    assert np.isfinite(bar_odds(silent)).all()
