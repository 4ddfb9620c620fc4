import math

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.docks.loudness_history import KEPT, LOWEST, LoudnessHistory, LoudnessRecorder
from desktop.docks.loudness_panel import LoudnessPanel
from engine.playback.state import PlayerState


@pytest.fixture
def panel(song: Desk) -> LoudnessPanel:
    song.actions["loudness"].trigger()
    assert song.bottom.current == "Loudness"
    return song.inspecting.metering().loudness


@pytest.fixture
def recorder(song: Desk) -> LoudnessRecorder:
    return song.inspecting.loudness


def play(recorder: LoudnessRecorder, seconds: float, level: float, start: float = 0.0) -> None:
    for tick in range(round(seconds * 30) + 1):
        state = PlayerState(playing=True, lufs_m=level, lufs_s=level + 1, lufs_i=level + 2)
        recorder.take_state(state, start + tick / 30)


def test_what_is_measured_while_it_plays_is_written_down_ten_times_a_second(
    song: Desk, recorder: LoudnessRecorder
) -> None:
    play(recorder, 5.0, -20.0)
    assert song.inspecting.metering.built is None, "nobody has looked at it so far"
    panel = song.inspecting.metering().loudness
    assert panel.history.count == pytest.approx(51, abs=1)
    assert panel.reading(2.0) == "0:02 · short −19.0 · momentary −20.0 · integrated −18.0 LUFS"
    assert panel.reading(900) == ""


def test_pauses_take_no_room_and_silence_is_written_as_minus_infinity(
    recorder: LoudnessRecorder, panel: LoudnessPanel
) -> None:
    play(recorder, 1.0, -20.0)
    count = panel.history.count
    recorder.take_state(PlayerState(playing=False), 2.0)
    recorder.take_state(PlayerState(playing=False), 60.0)
    play(recorder, 1.0, -math.inf, start=61.0)
    assert panel.history.count == pytest.approx(2 * count, abs=2)
    assert "momentary −∞" in panel.reading(panel.history.end)


def test_an_hour_is_kept_and_times_go_on() -> None:
    history = LoudnessHistory.empty()
    for _ in range(KEPT + 10):
        history.add(-14.0, -14.0, -14.0)
    assert history.count <= KEPT
    assert history.end == pytest.approx((KEPT + 9) * 0.1, rel=1e-5)
    assert history.at(5.0) is None, "the oldest half has gone"
    row = history.at(history.end)
    assert row is not None
    assert row[1] == pytest.approx(-14.0)
    history.add(math.nan, -math.inf, -200.0)
    assert history.rows[-1, 1:].tolist() == [LOWEST] * 3


def test_curves_are_drawn_and_a_reset_clears_them(
    song: Desk, recorder: LoudnessRecorder, panel: LoudnessPanel, qtbot: QtBot
) -> None:
    play(recorder, 3.0, -20.0)
    qtbot.waitUntil(lambda: panel._plots is not None, timeout=20_000)
    assert panel._plots is not None
    drawn = [curve.getData()[1].max() for curve in panel._plots._curves]
    assert drawn == pytest.approx([-20.0, -19.0, -18.0])
    song.actions["reset_meters"].trigger()
    assert panel.history.count == 0


def test_the_target_is_remembered(recorder: LoudnessRecorder, panel: LoudnessPanel, qtbot: QtBot) -> None:
    play(recorder, 1.0, -20.0)
    qtbot.waitUntil(lambda: panel._plots is not None, timeout=20_000)
    assert panel.target == -14.0
    assert panel._plots is not None
    panel._plots.target.setValue(-16.02)
    panel._plots.target.sigPositionChangeFinished.emit(panel._plots.target)
    assert panel.target == -16.0
