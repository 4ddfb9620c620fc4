"""Colours of recordings, by measures of our own: pitch, decay, response, noise, distortion, band, places of strokes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.train.corpus import colours
from engine.train.corpus.colours import LONGER, Colours, coloured, moved, places
from engine.train.corpus.crops import CropRequest
from engine.train.layers.excerpts import layered_crop

RATE, FRAMES = 48000, 2 * 48000
LONG = int(FRAMES * LONGER) + 1
TIME = np.arange(LONG) / RATE


def _six(wave: NDArray[np.floating]) -> NDArray[np.float32]:
    """A mix of which a third are drums, and half of the rest the target; left and right alike."""
    return np.stack([wave, wave, wave / 3, wave / 3, wave / 3, wave / 3]).astype(np.float32)


def _noise(level: float = 0.1) -> NDArray[np.float64]:
    return level * np.random.default_rng(0).standard_normal(LONG)


def _highest(wave: NDArray[np.floating]) -> float:
    """Frequency of the highest peak, by parabolic interpolation."""
    level = np.log(np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) + 1e-12)
    at = int(level.argmax())
    before, peak, after = level[at - 1 : at + 2]
    return float((at + 0.5 * (before - after) / (before - 2 * peak + after)) * RATE / len(wave))


def test_nothing_is_done_where_nothing_is_asked_for() -> None:
    sound = _six(_noise())
    np.testing.assert_array_equal(coloured(sound, Colours(), FRAMES, RATE), sound[:, :FRAMES])


@pytest.mark.parametrize("cents", [-40.0, 25.0, 40.0])
def test_detuning_moves_the_pitch_by_so_many_cents(cents: float) -> None:
    made = coloured(_six(0.5 * np.sin(2 * np.pi * 440 * TIME)), Colours(cents=cents), FRAMES, RATE)
    assert 1200 * np.log2(_highest(made[0]) / 440) == pytest.approx(cents, abs=0.5)
    np.testing.assert_allclose(made[2], made[0] / 3, atol=1e-5)


def test_clicks_lie_where_the_speed_puts_them() -> None:
    clicks = [12000, 36000, 60000, 84000]
    wave = np.zeros(LONG)
    for at in clicks:
        wave[at - 8 : at + 9] = 0.5 * np.hanning(17)
    settings = Colours(cents=30, drift=0.015, drift_seconds=0.5, seed=4)
    read = places(settings, FRAMES, RATE)
    speed = np.diff(read)
    assert speed.max() - speed.min() > 0.004  # it does drift
    assert abs(speed / 2 ** (30 / 1200) - 1).max() <= 0.015 + 1e-9
    made = coloured(_six(wave), settings, FRAMES, RATE)[0]
    for at in moved(np.array(clicks, float), read):
        near = made[int(at) - 40 : int(at) + 41]
        assert int(at) - 40 + int(near.argmax()) == pytest.approx(at, abs=1)


def test_a_room_decays_by_60_db_in_its_time() -> None:
    wave = np.zeros(LONG)
    wave[100] = 0.9
    made = coloured(_six(wave), Colours(room_seconds=0.6, room_share=0.1, seed=1), FRAMES, RATE)
    tail = made[0, 1200:].astype(float) ** 2
    left = 10 * np.log10(np.cumsum(tail[::-1])[::-1] + 1e-20)  # Schroeder's integral
    first, last = (int(np.argmax(left < left[0] - drop)) for drop in (5, 25))
    assert 3 * (last - first) / RATE == pytest.approx(0.6, rel=0.1)
    assert float(tail.sum() / made[0, 100] ** 2) == pytest.approx(0.1, rel=0.25)
    assert abs(float(np.corrcoef(made[0, 1200:20000], made[1, 1200:20000])[0, 1])) < 0.1  # as wide as a room
    np.testing.assert_allclose(made[2], made[0] / 3, atol=1e-6)


def test_tone_follows_its_curve() -> None:
    wave = np.zeros(LONG)
    wave[20000] = 0.5
    made = coloured(_six(wave), Colours(tilt_db=-6, bell=(2000.0, 4.0)), FRAMES, RATE)[0]
    response = 20 * np.log10(np.abs(np.fft.rfft(made)) / 0.5 + 1e-9)
    hertz = np.fft.rfftfreq(len(made), 1 / RATE)
    # half of the tilt at each end of it: +3 dB is 10 / 3 octaves below 1 kHz, the bell is 0 there
    for at, wanted in ((100.0, 3.01), (1000.0, 4 * np.exp(-2)), (2000.0, 4 - 6 * np.log10(2) / 2), (10000.0, -3.0)):
        got = float(response[np.abs(hertz - at).argmin()])
        assert got == pytest.approx(wanted, abs=0.6), at


def test_noise_is_as_loud_as_asked_for_and_in_the_mix_alone() -> None:
    sound = _six(0.3 * np.sin(2 * np.pi * 440 * TIME))
    made = coloured(sound, Colours(noise_db=-30), FRAMES, RATE)
    added = made - sound[:, :FRAMES]
    level = 10 * np.log10(np.square(added[:2]).mean() / np.square(sound[:2, :FRAMES]).mean())
    assert level == pytest.approx(-30, abs=0.2)
    np.testing.assert_array_equal(made[2:], sound[2:, :FRAMES])


def test_saturation_bends_the_mix_and_divides_among_its_parts() -> None:
    sound = _six(0.8 * np.sin(2 * np.pi * 440 * TIME))
    made = coloured(sound, Colours(drive=2.0), FRAMES, RATE)
    bend = 2.0 / float(np.abs(sound[0, :FRAMES]).max())
    np.testing.assert_allclose(made[0], np.tanh(bend * sound[0, :FRAMES]) / bend, atol=1e-4)
    np.testing.assert_allclose(made[2], made[0] / 3, atol=1e-5)


def test_a_lossy_code_ends_at_its_limit_and_leaves_little_noise_below() -> None:
    sound = _six(_noise() + 0.3 * np.sin(2 * np.pi * 440 * TIME))
    made = coloured(sound, Colours(kept_hz=12000.0, coarse_db=24.0), FRAMES, RATE)
    hertz = np.fft.rfftfreq(FRAMES, 1 / RATE)
    before, after = (np.square(np.abs(np.fft.rfft(each[0, :FRAMES]))) for each in (sound, made))
    above, below = hertz > 12500, hertz < 11500
    assert 10 * np.log10(after[above].sum() / before[above].sum()) < -30
    assert 10 * np.log10(after[below].sum() / before[below].sum()) == pytest.approx(0, abs=0.7)
    wrong = np.abs(np.fft.rfft(made[0] - sound[0, :FRAMES])) ** 2
    ratio = 10 * np.log10(before[below].sum() / wrong[below].sum())
    assert 8 < ratio < 40  # it is coarse, and still the sound
    np.testing.assert_allclose(made[2], made[0] / 3, atol=1e-4)


def test_blocks_of_a_code_add_up_to_the_sound() -> None:
    sound = _six(_noise())[:2]
    np.testing.assert_allclose(colours._inverse_mdct(colours._mdct(sound), LONG), sound, atol=1e-6)


def _risen(drums: np.ndarray, places: list[int]) -> float:
    """How many times louder the 20 ms after a place are than those before it; the median of the places."""
    inside = [place for place in places if 2400 < place < FRAMES - 2400]
    power = np.square(drums.astype(float))
    return float(np.median([power[at : at + 960].mean() / power[at - 960 : at].mean() for at in inside]))


def test_recorded_excerpts_say_where_their_strokes_are() -> None:
    request = CropRequest(3, RATE, FRAMES, 6, own=True)
    numbers = [n for n in range(8) if len(layered_crop(request, n).truth["strokes"]) >= 4][:3]
    assert len(numbers) == 3
    for number in numbers:
        clean, made = layered_crop(request, number), layered_crop(request, number, colours=1.0)
        assert not clean.truth["coloured"]
        assert made.truth["coloured"]
        assert made.audio.shape == clean.audio.shape
        assert float(np.abs(made.audio).max()) <= 1.0
        assert not np.array_equal(clean.audio, made.audio)
        places = [row[0] for row in made.truth["strokes"]]
        assert _risen(made.audio[2], places) > 1.3
        assert _risen(made.audio[2], [place + 960 for place in places]) < 1
    again = layered_crop(request, numbers[0], colours=1.0)
    np.testing.assert_array_equal(again.audio, layered_crop(request, numbers[0], colours=1.0).audio)
