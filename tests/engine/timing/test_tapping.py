"""Taps become a tempo: by hand-computed distances, and beside numpy's own line through them."""

from fractions import Fraction

import numpy as np
import pytest

from engine.timing.tapping import TapTempo


def tapped(times: "list[float] | np.ndarray") -> list[Fraction | None]:
    taps = TapTempo()
    return [taps.tap(float(time)) for time in times]


@pytest.mark.parametrize("bpm", [40, 92, 120, 174.5])
def test_even_taps_give_their_tempo_from_the_fourth_on(bpm: float) -> None:
    tempos = tapped([7 + n * 60 / bpm for n in range(6)])
    assert tempos[:3] == [None] * 3
    assert [float(tempo) for tempo in tempos[3:] if tempo] == [bpm] * 3


def test_uneven_taps_give_the_line_through_them() -> None:
    times = np.arange(12) * 0.5 + np.random.default_rng(1).normal(0, 0.015, 12)
    tempo = tapped(times)[-1]
    slope = np.polyfit(np.arange(12), times, 1)[0]
    assert tempo == Fraction(round(600 / slope), 10)


def test_only_the_last_sixteen_count() -> None:
    slow = [n * 0.6 for n in range(8)]
    fast = [slow[-1] + (n + 1) * 0.5 for n in range(16)]
    assert tapped(slow + fast)[-1] == 120


def test_a_pause_or_a_stray_tap_begins_anew() -> None:
    taps = TapTempo()
    for time in (0.0, 0.5, 1.0, 1.5):
        taps.tap(time)
    assert taps.tap(9.0) is None
    assert taps.count == 1
    for time in (9.5, 10.0):
        assert taps.tap(time) is None
    assert taps.tap(10.1) is None  # 0.1 s where 0.5 s were usual
    assert taps.count == 1


def test_the_tempo_stays_within_a_song_s() -> None:
    assert tapped([n * 0.1 for n in range(5)])[-1] == 400
