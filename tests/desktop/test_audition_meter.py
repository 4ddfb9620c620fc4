"""The meter of a sound that is played alone, against a sine whose level is known."""

from pathlib import Path

import numpy as np
import pytest

from desktop.audition_meter import AuditionMeter
from engine.playback.state import PlayerState, TrackMeter
from engine.project.sample_file import SampleFile

RATE = 8000


def test_it_shows_the_level_at_the_place_that_is_heard_and_ends_with_the_sound(tmp_path: Path) -> None:
    quiet = np.zeros(RATE)
    loud = 0.5 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)
    samples = np.stack((np.concatenate((quiet, loud)), np.zeros(2 * RATE)), axis=1).astype("<f4")
    path = tmp_path / "x.f32"
    path.write_bytes(samples.tobytes())
    now = [10.0]
    meter = AuditionMeter(SampleFile(str(path), "<f4", 0, 2, 2 * RATE), RATE, -6.0206, "drums", lambda: now[0])
    other = TrackMeter(0.1, 0.1, 0.1, 0.1, True)
    state = PlayerState(meters={"bass": other})
    assert meter.position == 0
    assert meter.shown(state).master_peak == (0.0, 0.0)
    now[0] = 11.25
    shown = meter.shown(state)
    assert meter.position == 10_000
    assert shown.meters["bass"] is other
    assert shown.meters["drums"][:2] == pytest.approx((0.25, 0.0), abs=0.002)
    assert shown.master_rms == pytest.approx((0.25 / np.sqrt(2), 0.0), abs=0.005)
    now[0] = 12.01
    assert meter.position is None
    assert 0 < meter.shown(state).master_peak[0] < 0.25, "it falls, it does not drop"
