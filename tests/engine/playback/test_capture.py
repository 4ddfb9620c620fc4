"""Recording through the player's process, on a device whose output comes back at its input."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.playback.device import DeviceSettings
from engine.playback.heard_frames import HeardFrames, Stretch
from engine.playback.input_ring import InputRing
from engine.playback.input_settings import (
    InputSettings,
    InputTrack,
    LatencyReport,
    RecordedTrack,
    RecordingReport,
    RecordOrder,
    Run,
)
from engine.playback.latency_probe import find_sweep, sweep
from engine.playback.plan import LoopFrames, Placement, Plan, TrackPlan
from engine.playback.player import Player
from engine.playback.recorded_notes import Span
from engine.playback.state import PlayerState
from engine.playback.transport import Segment
from engine.project.growing import list_growing
from engine.project.recorded import was_generated, was_recorded
from tests.engine.playback.test_device import sound_server

RATE = 48000
LOOPBACK = Path(__file__).with_name("loopback")
TRACKS = (InputTrack("t", (0,)),)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the player's process find the device of `loopback/sounddevice.py`, with these settings."""

    def use(**settings: object) -> None:
        monkeypatch.setenv("LOOPBACK", json.dumps(settings))
        paths = [str(LOOPBACK), os.environ.get("PYTHONPATH", "")]
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))

    return use


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(21).uniform(-0.3, 0.3, 20 * RATE).astype(np.float32)


def song(write_file, noise: np.ndarray, **fields: object) -> Plan:
    file = write_file(noise)
    return Plan(RATE, (TrackPlan("t", placements=(Placement(0, len(noise), file),)),), length=len(noise), **fields)  # type: ignore[arg-type]


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came")


def reached(player: Player, holds: Callable[[PlayerState], bool]) -> None:
    until(lambda: holds(player.state))


def measured(player: Player) -> LatencyReport:
    reports: list[LatencyReport] = []
    player.measure_latency()
    until(lambda: reports.extend(player.latencies()) or reports)
    return reports[0]


def ended(player: Player) -> RecordingReport:
    reports: list[RecordingReport] = []
    until(lambda: reports.extend(player.recordings()) or (reports and reports[-1].over))
    return reports[-1]


def order(folder: Path, span: Span, channels: tuple[int, ...] = (0,)) -> RecordOrder:
    return RecordOrder("order", str(folder), span, (RecordedTrack("take", channels, "Voice"),), "2026-01-02T03:04:05")


def recorded(folder: Path, channels: int = 1) -> np.ndarray:
    return np.fromfile(folder / "growing/take.f32", "<f4").reshape(-1, channels)


def test_sound_lies_on_the_frame_on_which_it_was_heard(write_file, loopback, noise: np.ndarray, tmp_path: Path) -> None:
    loopback(delay=3000)
    with Player(DeviceSettings()) as player:
        player.set_plan(song(write_file, noise))
        player.set_input(InputSettings(), TRACKS)
        found = measured(player)
        assert (found.frames, found.rate, found.error) == (3000, RATE, "")
        player.set_input(InputSettings(correction=found.correction), TRACKS)
        player.start_recording(order(tmp_path, Span(4800, 30000), (0, 1)))
        player.play(4000)
        report = ended(player)
        assert report.error == ""
        assert report.overruns == 0
        assert player.state.playing  # the recording ends where its span does, and playing goes on
    sound = recorded(tmp_path, 2)
    assert len(sound) == report.frames
    assert report.runs == (Run(0, 4800),)  # frames of an underrun, in which the song stood still, are left out
    assert np.array_equal(sound[:, 0], noise[4800:30000])
    assert np.array_equal(sound[:, 1], -noise[4800:30000])
    (info,) = list_growing(tmp_path)
    assert info.name == "Voice"
    assert info.provenance == {
        "task": "record", "device": "Loop (Test)", "inputs": [1, 2], "date": "2026-01-02T03:04:05",
    }  # fmt: skip
    assert was_recorded(info.provenance)
    assert not was_generated(info.provenance)


def test_a_device_at_another_rate_and_two_devices_lie_within_a_millisecond(
    write_file, loopback, noise: np.ndarray, tmp_path: Path
) -> None:
    low = np.convolve(noise, np.hanning(32) / 16, "same").astype(np.float32)  # resampling keeps what is below 10 kHz
    for name, settings in (("other", {"rate": 44100}), ("two", {"separate": True})):
        folder = tmp_path / name
        folder.mkdir()
        loopback(**settings)
        with Player(DeviceSettings()) as player:
            player.set_plan(song(write_file, low))
            player.set_input(InputSettings(), TRACKS)
            found = measured(player)
            assert found.error == ""
            player.set_input(InputSettings(correction=found.correction), TRACKS)
            player.start_recording(order(folder, Span(4800, 28800)))
            player.play(0)
            report = ended(player)
        assert report.error == ""
        sound, run = recorded(folder)[:, 0], report.runs[0]
        part = sound[2000:6000]
        lags = range(-200, 201)
        errors = [np.abs(part - low[run.song + 2000 + lag : run.song + 6000 + lag]).sum() for lag in lags]
        assert abs(lags[int(np.argmin(errors))]) <= (1 if name == "other" else 96)


def test_rounds_of_a_loop_follow_each_other_without_a_frame_between(
    write_file, loopback, noise: np.ndarray, tmp_path: Path
) -> None:
    loopback(delay=1632)  # what it reports
    with Player(DeviceSettings()) as player:
        player.set_plan(song(write_file, noise, loop=LoopFrames(9600, 24000, True)))
        player.set_input(InputSettings(), TRACKS)
        player.start_recording(order(tmp_path, Span(9600, 24000, rounds=True)))
        player.play(9600)
        reports: list[RecordingReport] = []
        until(lambda: reports.extend(player.recordings()) or (reports and reports[-1].frames > 36000))
        player.stop_recording()
        until(lambda: reports.extend(player.recordings()) or reports[-1].over)
    report = reports[-1]
    songs = [run.song for run in report.runs if run.song == 9600]
    assert len(songs) >= 3
    sound = recorded(tmp_path)[:, 0]
    first, second, third = [run.file for run in report.runs if run.song == 9600][:3]
    assert np.array_equal(sound[second + 1000 : second + 5000], noise[10600:14600])
    assert (second - first, third - second) == (14400, 14400)


def test_what_was_recorded_survives_a_kill_to_the_last_second(
    write_file, loopback, noise: np.ndarray, tmp_path: Path
) -> None:
    loopback(delay=1632)
    with Player(DeviceSettings()) as player:
        player.set_plan(song(write_file, noise))
        player.set_input(InputSettings(), TRACKS)
        player.start_recording(order(tmp_path, Span(0, 1 << 40)))
        player.play(0)
        reached(player, lambda state: state.position > 1.5 * RATE)
        heard = player.state.position
        assert player.pid is not None
        os.kill(player.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        until(lambda: player.pid is None)
        sound = recorded(tmp_path)[:, 0]
    assert len(sound) > heard - RATE
    assert list_growing(tmp_path)[0].frames(tmp_path) == len(sound)


def test_nothing_comes_back(write_file, loopback, noise: np.ndarray) -> None:
    loopback(silent=True)
    with Player(DeviceSettings()) as player:
        player.set_plan(song(write_file, noise))
        assert measured(player).error.startswith("Nothing of the test sound came back: connect the output")


def test_a_device_that_goes_leaves_what_it_recorded(write_file, loopback, noise: np.ndarray, tmp_path: Path) -> None:
    loopback(lost_after=1.5)
    with Player(DeviceSettings()) as player:
        player.set_plan(song(write_file, noise))
        player.set_input(InputSettings(), TRACKS)
        player.start_recording(order(tmp_path, Span(0, 1 << 40)))
        player.play(0)
        report = ended(player)
    assert report.frames > 0
    assert len(recorded(tmp_path)) == report.frames
    assert report.error.endswith("What was recorded is kept.")


def test_a_missing_input_is_a_sentence(write_file, loopback, noise: np.ndarray, tmp_path: Path) -> None:
    loopback()
    with Player(DeviceSettings()) as player:
        player.set_plan(song(write_file, noise))
        player.set_input(InputSettings("Nowhere"), TRACKS)
        player.start_recording(order(tmp_path, Span(0, 1 << 40)))
        report = ended(player)
        assert report.error == (
            "The audio input “Nowhere” is not there: connect it, or choose another in Audio settings."
        )
        player.set_input(InputSettings(), TRACKS)
        player.start_recording(order(tmp_path, Span(0, 1 << 40), (0, 5)))
        assert "has no input 6" in ended(player).error
    assert list_growing(tmp_path) == []


def test_real_portaudio_where_there_is_a_sound_server(
    write_file, noise: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (shutil.which("jackd") and shutil.which("jack_connect")):
        assert find_sweep(sweep(RATE), RATE) == 0  # the other tests measure on a device of our own
        return
    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"capture-{os.getpid()}")

    def looped() -> bool:
        connect = ["jack_connect", "PortAudio:out_0", "PortAudio:in_0"]
        return subprocess.run(connect, capture_output=True, check=False).returncode == 0

    with sound_server(), Player(DeviceSettings(block=1024)) as player:
        player.set_plan(song(write_file, noise))
        player.set_input(InputSettings(), TRACKS)
        until(looped)
        found = measured(player)
        assert found.error == ""
        player.set_input(InputSettings(correction=found.correction), TRACKS)
        if found.correction:
            until(looped)
        player.start_recording(order(tmp_path, Span(4800, 28800)))
        player.play(0)
        report = ended(player)
    assert report.error == ""
    run = report.runs[0]
    end = report.runs[1].file if len(report.runs) > 1 else report.frames
    sound = recorded(tmp_path)[run.file : end, 0]
    assert np.array_equal(sound, noise[run.song : run.song + len(sound)])


def test_frames_that_were_not_played_have_no_place_in_the_song() -> None:
    heard = HeardFrames(RATE, RATE)
    heard.add(100, 0, 100)
    heard.add(100, 100, 40)  # an underrun: 60 frames of silence
    heard.add(100, 140, 100)
    heard.show((Segment(0, 0, False), Segment(50, 1000, True), Segment(180, 1000, True)), 240)
    assert heard.at(-30, 500) == Stretch(30)
    assert heard.at(0, 500) == Stretch(50, 0, None)
    assert heard.at(50, 500) == Stretch(50, 50, 1000)
    assert heard.at(100, 500) == Stretch(40, 100, 1050)
    assert heard.at(140, 500) == Stretch(60)
    assert heard.at(200, 500) == Stretch(40, 140, 1090)
    assert heard.at(240, 20) == Stretch(20, 180, 1000)  # the loop's next round
    assert heard.at(300, 500) is None


def test_an_input_that_is_read_too_late_has_silence_in_place_of_what_is_lost() -> None:
    ring = InputRing(100, 1)
    numbers = np.arange(1, 151, dtype=np.float32)[:, None]
    for first in range(0, 150, 30):
        ring.push(numbers[first : first + 30])
    sound = ring.pull(1000)[:, 0]
    assert sound[:50].max() == 0.0
    assert np.array_equal(sound[50:], numbers[50:, 0])
    assert ring.overruns == 1


def test_a_sweep_is_found_in_noise_and_with_its_polarity_turned() -> None:
    rng = np.random.default_rng(3)
    room = rng.normal(0, 0.02, RATE)
    assert find_sweep(room, RATE) is None
    room[7321 : 7321 + len(sweep(RATE))] -= 0.3 * sweep(RATE)
    assert find_sweep(room, RATE) == 7321
