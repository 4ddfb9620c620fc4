import numpy as np
import pytest

from engine.playback.gains import AutomationCurve, apply_fade, gain_of
from engine.project.model import Fade, FadeShape


def test_decibels() -> None:
    assert gain_of(0.0) == 1.0
    assert gain_of(-96.0) == gain_of(-200.0) == 0.0
    assert gain_of(-20.0) == pytest.approx(0.1)
    assert gain_of(12.0) == pytest.approx(3.981, rel=1e-3)


@pytest.mark.parametrize("shape", list(FadeShape))
@pytest.mark.parametrize("length", [1, 2, 4095, 4096, 4097, 100_000])
@pytest.mark.parametrize("falling", [False, True])
def test_any_part_of_a_fade_is_that_part_of_the_whole(shape: FadeShape, length: int, falling: bool) -> None:
    whole = np.ones(2 * length, np.float32)
    apply_fade(whole, 0, Fade(length, shape), falling=falling)
    assert whole[0] == (1.0 if falling else 0.0)
    rng = np.random.default_rng(length)
    for first in rng.integers(0, length, 20):
        part = np.ones(2 * int(min(rng.integers(1, 5000), length - first)), np.float32)
        apply_fade(part, int(first), Fade(length, shape), falling=falling)
        assert part.tobytes() == whole[2 * first : 2 * first + len(part)].tobytes()


def test_automation_before_the_song_and_far_into_it() -> None:
    curve = AutomationCurve([(10, -6.0), (20, -200.0), (30, 6.0)])
    for start, db in ((-10000, -6.0), (30, 6.0), (2**40, 6.0)):
        sound = np.ones(200, np.float32)
        curve.apply(sound, start)
        assert np.allclose(20 * np.log10(sound), db, atol=1e-4)
    sound = np.ones(2, np.float32)
    curve.apply(sound, 20)
    assert sound.tolist() == [0.0, 0.0]
