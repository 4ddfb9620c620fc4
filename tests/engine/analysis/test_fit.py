import json
from collections.abc import Callable

import pytest

from engine.analysis.fit import Fit, fit, spare_frames
from engine.analysis.key import Key
from engine.audio import Audio

Clicks = Callable[..., Audio]


def heard(**values: object) -> Fit:
    given = {
        "tempo": 120.0, "measured_tempo": 118.9, "shift_frames": 576, "rate": 48000, "beat": 60 / 118.9,
        "confidence": 0.8, "key": Key(9, True, 0.9), "chroma": (0.25,) * 4 + (0.0,) * 8,
    }  # fmt: skip
    return Fit(**{**given, **values})  # type: ignore[arg-type]


def test_a_fit_reads_as_the_user_expects() -> None:
    assert heard().text == "118.9 → 120.0 BPM, +12 ms"
    assert heard(shift_frames=-1440).text == "118.9 → 120.0 BPM, −30 ms"
    assert heard(confidence=0.05).text == "No clear beat"
    assert heard(measured_tempo=None).text == "No clear beat"
    assert heard().key_text == "A minor"
    assert heard(key=Key(9, True, 0.1)).key_text == "No clear key"
    assert heard(key=None).key_text == "No clear key"


def test_clicks_fit_the_song(clicks: Clicks) -> None:
    found = fit(clicks(118.9, 0.012), 120.0)
    assert found.text == "118.9 → 120.0 BPM, +12 ms"
    assert found.on_tempo
    assert found.can_stretch
    assert found.ratio == pytest.approx(118.9 / 120, rel=1e-3)


def test_the_grid_may_start_within_the_sound(clicks: Clicks) -> None:
    sound = clicks(120, 0.3)
    assert abs(fit(sound, 120.0, grid=0.3).shift_frames) < 48
    later = fit(sound, 120.0).in_song(120.0, 0.25, 44100)
    assert later.shift_frames == pytest.approx(0.05 * 44100, abs=44)
    assert later.text == "120.0 → 120.0 BPM, +50 ms"


def test_a_fit_can_be_kept(clicks: Clicks) -> None:
    found = heard()
    again = Fit.from_json(json.loads(json.dumps(found.to_json())))
    assert again is not None
    assert again.text == found.text
    assert again.key == found.key
    assert Fit.from_json({}) is None
    assert Fit.from_json({**found.to_json(), "key": [1]}) is None


def test_far_from_the_tempo_is_not_stretched() -> None:
    assert not heard(measured_tempo=80.0).can_stretch
    assert not heard(measured_tempo=100.0).on_tempo
    assert heard(measured_tempo=100.0).can_stretch


def test_spare_frames_cover_shift_and_stretch() -> None:
    spare = spare_frames(120, 48000, 16 * 48000)
    assert spare == round(16 * 48000 * 0.03 + 24000)
