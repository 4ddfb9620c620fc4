"""The tempo map against arithmetic of its own: fractions where the tempo steps, quadrature where it ramps."""

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.playback.metronome import Metronome
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.snap import Grid, snap
from engine.timing.tempo_map import MAX_CHANGES, SignatureChange, TempoMap, TempoPoint, steady
from tests.places import place_at

few = settings(max_examples=80, deadline=None)
SIGNATURES = [Signature(), Signature(3, 4), Signature(7, 8), Signature(5, 16), Signature(2, 2)]


def forty_changes(seed: int = 7) -> TempoMap:
    """A map with 40 tempo changes, half of them ramps, and 40 time signatures."""
    dice = random.Random(seed)
    beats = sorted(dice.sample(range(1, 1200), 40))
    tempos = [TempoPoint(Fraction(0), Fraction(120))]
    for number, beat in enumerate(beats):
        at = Fraction(beat, dice.choice((1, 2, 3))) if number % 5 == 4 else Fraction(beat)
        if at > tempos[-1].beat:
            tempos.append(TempoPoint(at, Fraction(dice.randrange(40_000, 240_000), 1000), ramp=number % 2 == 0))
    bars = sorted(dice.sample(range(2, 400), 40))
    changes = [SignatureChange(bar, dice.choice(SIGNATURES)) for bar in bars]
    return TempoMap(tuple(tempos), (SignatureChange(1, Signature()), *changes))


NODES, WEIGHTS = np.polynomial.legendre.leggauss(60)


def exact_seconds(tempo_map: TempoMap, beats: Sequence[Fraction]) -> list[float | Fraction]:
    """Where rising beats lie: exactly if no ramp comes before, else by Gauss–Legendre quadrature of 60 / tempo."""
    ends = [*(point.beat for point in tempo_map.tempos[1:]), None]
    ramps = [*(after if after.ramp else None for after in tempo_map.tempos[1:]), None]
    elapsed: float | Fraction = Fraction(0)
    seconds, remaining = [], list(beats)
    for before, end, ramp in zip(tempo_map.tempos, ends, ramps, strict=True):
        while remaining and (end is None or remaining[0] < end):
            seconds.append(elapsed + _stretch(before, ramp, remaining.pop(0) - before.beat))
        if end is not None:
            elapsed = elapsed + _stretch(before, ramp, end - before.beat)
    return seconds


def _stretch(before: TempoPoint, ramp: TempoPoint | None, length: Fraction) -> float | Fraction:
    """The seconds of so many beats after a change of tempo."""
    if ramp is None or ramp.bpm == before.bpm:
        return length * 60 / before.bpm
    slope = float((ramp.bpm - before.bpm) / (ramp.beat - before.beat))
    x = float(length) * (NODES + 1) / 2
    return float((60 / (float(before.bpm) + slope * x) * WEIGHTS).sum() * float(length) / 2)


points = st.lists(
    st.tuples(st.fractions(Fraction(1, 8), 400, max_denominator=24), st.fractions(20, 400, max_denominator=1000),
              st.booleans()),
    max_size=12, unique_by=lambda point: point[0],
)  # fmt: skip
maps = st.builds(
    lambda first, changes: TempoMap(
        (TempoPoint(Fraction(0), first), *(TempoPoint(*change) for change in sorted(changes, key=lambda each: each[0])))
    ),
    st.fractions(20, 400, max_denominator=1000),
    points,
)


def test_every_beat_of_a_song_with_forty_changes_lies_where_the_integral_says() -> None:
    tempo_map = forty_changes()
    clocks = {rate: Clock(rate, tempo_map) for rate in (44_100, 48_000, 96_000)}
    assert sum(point.ramp for point in tempo_map.tempos) > 15
    beats = [Fraction(number, 3) for number in range(4000)]
    for beat, seconds in zip(beats, exact_seconds(tempo_map, beats), strict=True):
        for rate, clock in clocks.items():
            exact, frame = seconds * rate, clock.frame_at(beat)
            if isinstance(exact, Fraction):
                assert frame == math.floor(exact + Fraction(1, 2))
            else:
                assert abs(frame - exact) < 0.5 + 1e-4


@given(maps, st.integers(0, 10**8), st.sampled_from([8000, 44_100, 48_000, 384_000]))
@few
def test_frames_come_back_from_beats(tempo_map: TempoMap, frame: int, rate: int) -> None:
    clock = Clock(rate, tempo_map)
    assert clock.frame_at(clock.beat_at(frame)) == frame


@given(maps, st.fractions(0, 500, max_denominator=96), st.fractions(0, 5, max_denominator=96))
@few
def test_beats_come_back_from_frames_and_never_run_backwards(
    tempo_map: TempoMap, beat: Fraction, more: Fraction
) -> None:
    clock = Clock(48_000, tempo_map)
    frame = clock.frame_at(beat)
    assert clock.frame_at(beat + more) >= frame
    half_a_frame = Fraction(400, 60 * 48_000) * Fraction(51, 100)  # beats, at the fastest
    assert abs(clock.beat_at(frame) - beat) <= half_a_frame


@given(st.fractions(20, 400, max_denominator=1000), st.fractions(-100, 10**5, max_denominator=1000))
@few
def test_a_map_whose_changes_change_nothing_is_the_steady_one(tempo: Fraction, beat: Fraction) -> None:
    same = TempoMap(
        (TempoPoint(Fraction(0), tempo), TempoPoint(Fraction(40), tempo), TempoPoint(Fraction(80), tempo, True))
    )
    one, other = Clock(48_000, steady(tempo)), Clock(48_000, same)
    assert one.frame_at(beat) == other.frame_at(beat) == math.floor(beat * 60 * 48_000 / tempo + Fraction(1, 2))


def test_a_step_and_a_ramp_by_hand() -> None:
    """Four beats at 120, four at 60, then a ramp from 60 to 120 over eight beats: 2 s, 4 s and 8 · ln 2 = 5.545 s."""
    tempo_map = TempoMap((
        TempoPoint(Fraction(0), Fraction(120)), TempoPoint(Fraction(4), Fraction(60)),
        TempoPoint(Fraction(8), Fraction(60)), TempoPoint(Fraction(16), Fraction(120), ramp=True),
    ))  # fmt: skip
    clock = Clock(48_000, tempo_map)
    assert [clock.frame_at(Fraction(beat)) for beat in (4, 6, 8)] == [96_000, 192_000, 288_000]
    assert clock.frame_at(Fraction(16)) == 288_000 + round(8 * math.log(2) * 48_000)
    assert clock.frame_at(Fraction(18)) == clock.frame_at(Fraction(16)) + 48_000
    assert clock.tempo_at(place_at(Fraction(12))) == 90
    assert clock.tempo_at(place_at(Fraction(17))) == 120
    assert Duration.of_beats(4).frames(place_at(Fraction(4)), clock) == 192_000
    assert Duration.of_beats(4).frames(place_at(Fraction(0)), clock) == 96_000
    assert Duration.of_beats(2).start(place_at(Fraction(5)), clock) == place_at(Fraction(3))


def test_bars_are_counted_by_the_signature_that_holds() -> None:
    """Two bars of 4/4, three of 3/4, then 7/8: they start at beats 0, 4, 8, 11, 14, 17, 20.5."""
    changes = (
        SignatureChange(1, Signature()),
        SignatureChange(3, Signature(3, 4)),
        SignatureChange(6, Signature(7, 8)),
    )
    clock = Clock(48_000, TempoMap(signatures=changes))
    starts = [Fraction(0), Fraction(4), Fraction(8), Fraction(11), Fraction(14), Fraction(17), Fraction(41, 2)]
    assert [clock.beats(clock.bar_start(bar)) for bar in range(1, 8)] == starts
    assert clock.bar_and_beat(place_at(Fraction(12))) == (4, 2, 0)
    assert clock.bar_and_beat(place_at(Fraction(73, 4))) == (6, 3, Fraction(1, 2))
    assert clock.text(place_at(Fraction(35, 2))) == "bar:6.2"
    assert clock.parse("bar:6.7") == place_at(17 + Fraction(6, 2))
    with pytest.raises(EngineError, match="7/8 song"):
        clock.parse("bar:6.8")
    assert clock.after_bars(place_at(Fraction(7)), 1) == place_at(Fraction(11)), "a bar of 3/4 has no fourth beat"
    assert clock.after_bars(place_at(Fraction(18)), -3) == place_at(Fraction(9))
    assert snap(clock, clock.frame_at(Fraction(10)) + 10, Grid.BAR) == place_at(Fraction(11))
    assert snap(clock, clock.frame_at(Fraction(81, 4)) + 10, Grid.HALF) == place_at(Fraction(41, 2))


def test_the_metronome_clicks_on_every_counted_beat() -> None:
    tempo_map = forty_changes(3)
    clock = Clock(8000, tempo_map)
    end = clock.frames(clock.bar_start(60))
    expected = []
    for bar in range(1, 60):
        signature = next(each.signature for each in reversed(tempo_map.signatures) if each.bar <= bar)
        start = clock.beats(clock.bar_start(bar))
        expected += [(clock.frame_at(start + beat * signature.beat), beat == 0) for beat in range(signature.numerator)]
    assert [(frame, beat == 1) for frame, _, beat in clock.counted_beats(0, end)] == expected
    metronome, whole = Metronome(clock), np.zeros((end, 2), np.float32)
    metronome.add(whole, 0, 1.0)
    parts = np.zeros_like(whole)
    for first in range(0, end, 441):
        metronome.add(parts[first : first + 441], first, 1.0)
    np.testing.assert_array_equal(parts, whole)
    quiet = [
        frame
        for frame, _ in expected
        if bisect_right(expected, (frame - 330, True)) == bisect_right(expected, (frame - 1, True))
    ]
    for frame in quiet:
        assert not whole[max(frame - 5, 0) : frame + 1].any()
        assert whole[frame + 1 : frame + 10].any()


def test_what_no_tempo_map_is_is_said_so() -> None:
    start = TempoPoint(Fraction(0), Fraction(120))
    for tempos, signatures, match in (
        ((), (SignatureChange(1, Signature()),), "does not begin"),
        ((TempoPoint(Fraction(1), Fraction(120)),), (SignatureChange(1, Signature()),), "does not begin"),
        ((start,), (SignatureChange(2, Signature()),), "does not begin"),
        ((start, TempoPoint(Fraction(0), Fraction(90))), (SignatureChange(1, Signature()),), "one after another"),
        ((start, TempoPoint(Fraction(4), Fraction(401))), (SignatureChange(1, Signature()),), "20 to 400"),
        ((start,), (SignatureChange(1, Signature()), SignatureChange(1, Signature(3, 4))), "one after another"),
        ((start, *(TempoPoint(Fraction(n + 1), Fraction(90)) for n in range(MAX_CHANGES + 1))),
         (SignatureChange(1, Signature()),), "more than 10000"),
    ):  # fmt: skip
        with pytest.raises(EngineError, match=match):
            TempoMap(tempos, signatures)


def test_sums_of_many_odd_tempos_stay_small_and_right() -> None:
    """2000 tempos in thousandths, which share no factors: their exact sum would have thousands of digits."""
    dice = random.Random(1)
    tempos = [TempoPoint(Fraction(n), Fraction(dice.randrange(20_000, 400_000), 1000)) for n in range(2000)]
    clock = Clock(48_000, TempoMap(tuple(tempos)))
    assert max(stretch.seconds.denominator.bit_length() for stretch in clock.tempo_map.stretches) <= 4096
    exact = sum((60 * 48_000 / point.bpm for point in tempos), Fraction(0))
    assert clock.frame_at(Fraction(2000)) == math.floor(exact + Fraction(1, 2))


def test_lengths_of_different_kinds_are_not_added() -> None:
    assert Duration.of_beats(1) + Duration.of_beats(Fraction(1, 2)) == Duration.of_beats(Fraction(3, 2))
    assert Duration.of_frames(1) + Duration.of_frames(2) == Duration.of_frames(3)
    with pytest.raises(TypeError, match="cannot be added"):
        Duration.of_beats(1) + Duration.of_frames(1)
    assert Position.at_frame(0) != Position.at_beat(0)
