import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.playback.device import NO_SOUND, DeviceSettings
from engine.playback.plan import LoopFrames, Placement, Plan, TrackPlan
from engine.playback.player import Player
from engine.playback.state import PlayerMessage, PlayerState

RATE = 48000
SILENT = DeviceSettings(NO_SOUND)


def until(player: Player, holds: Callable[[PlayerState], bool], seconds: float = 30.0) -> PlayerState:
    """The first state for which `holds`; fails after a time in which even a busy machine should get there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = player.state
        if holds(state):
            return state
        time.sleep(0.005)
    raise AssertionError(f"never came: {player.state}, {player.messages()}")


def said(player: Player, kind: str, seconds: float = 30.0) -> PlayerMessage:
    """The first message of `kind`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := [message for message in player.messages() if message.kind == kind]:
            return found[0]
        time.sleep(0.01)
    raise AssertionError(f"no message {kind}")


@pytest.fixture
def player() -> Iterator[Player]:
    with Player(SILENT) as player:
        yield player


@pytest.fixture
def song(write_file) -> Plan:
    """60 s of a 997 Hz sine at −6 dBFS on a track, and a silent track."""
    sine = (0.5 * np.sin(2 * np.pi * 997 / RATE * np.arange(60 * RATE))).astype(np.float32)
    track = TrackPlan("sine", placements=(Placement(0, len(sine), write_file(sine)),))
    return Plan(RATE, (track, TrackPlan("empty")), length=len(sine))


def test_plays_seeks_stops_and_meters(player: Player, song: Plan) -> None:
    assert player.state == PlayerState()
    player.set_plan(song)
    player.play(RATE)
    state = until(player, lambda s: s.position > 2 * RATE and s.lufs_i > -100)
    assert state.playing
    assert state.device_rate == RATE
    assert state.meters["sine"].peak_left == pytest.approx(0.5, abs=0.01)
    assert state.meters["sine"].rms_right == pytest.approx(0.5 / math.sqrt(2), rel=0.1)
    assert state.meters["empty"].peak_left == 0.0
    assert state.master_peak[0] == pytest.approx(0.5, abs=0.01)
    # a full-scale sine of 997 Hz on one channel reads −3.01 LUFS; on both, at half the amplitude, −6.02
    assert state.lufs_m == pytest.approx(-6.02, abs=0.1)
    assert state.true_peak_db == pytest.approx(-6.02, abs=0.1)
    assert not state.clipped
    player.seek(50 * RATE)
    until(player, lambda s: s.position > 50 * RATE)
    player.stop()
    stopped = until(player, lambda s: not s.playing)
    rest = until(player, lambda s: s.meters["sine"].peak_left < 0.2 and s.master_peak[0] < 0.2)
    assert 50 * RATE < stopped.position <= rest.position < 60 * RATE
    assert rest.position == player.state.position
    player.seek(5)
    until(player, lambda s: s.position == 5)
    player.play()
    until(player, lambda s: s.playing and 0 < s.position < 10 * RATE)
    assert player.messages() == []


def test_loops_and_follows_plan_changes(player: Player, song: Plan) -> None:
    player.set_plan(replace(song, loop=LoopFrames(RATE, RATE + 24000, True)))
    player.play(RATE)
    until(player, lambda s: s.position > RATE)
    seen = []
    for _ in range(300):
        time.sleep(0.005)
        seen.append(player.state.position)
    assert max(seen) < RATE + 24001
    assert any(a > b for a, b in pairwise(seen))
    player.set_loop(0, 1, False)
    until(player, lambda s: s.position > RATE + 30000)
    quiet = replace(song, tracks=(replace(song.tracks[0], gain=0.1), song.tracks[1], TrackPlan("new")))
    player.set_plan(quiet)
    state = until(player, lambda s: 0.04 < s.meters["sine"].peak_left < 0.06)
    assert set(state.meters) == {"sine", "empty", "new"}
    player.set_plan(replace(quiet, tracks=quiet.tracks[1:]))
    until(player, lambda s: set(s.meters) == {"empty", "new"} and s.master_peak[0] < 0.03)


def test_clip_lights_stay_until_they_are_reset(player: Player, write_file) -> None:
    burst = write_file(np.full(4800, 1.5, np.float32))
    track = TrackPlan("hot", placements=(Placement(0, 4800, burst),))
    player.set_plan(Plan(RATE, (track,)))
    player.play(0)
    state = until(player, lambda s: s.position > RATE)
    assert state.clipped
    assert state.meters["hot"].clipped
    player.reset_clips()
    until(player, lambda s: not s.clipped and not s.meters["hot"].clipped)
    player.reset_loudness()
    until(player, lambda s: s.true_peak_db < -60)


def test_a_new_rate_of_the_song(player: Player, song: Plan) -> None:
    player.set_plan(song)
    player.play(0)
    until(player, lambda s: s.position > 1000)
    player.set_plan(replace(song, rate=44100))
    until(player, lambda s: s.device_rate == 44100 and not s.playing)
    player.play(44100)
    until(player, lambda s: s.position > 50000)


def test_a_device_at_another_rate_is_resampled_for(player: Player, song: Plan) -> None:
    player.set_plan(song)
    player.play(0)
    until(player, lambda s: s.position > 10000)
    player.set_device(DeviceSettings(NO_SOUND, rate=44100, block=441, buffer_ms=80))
    state = until(player, lambda s: s.device_rate == 44100)
    assert state.playing
    start = until(player, lambda s: s.buffered_ms > 0).position
    until(player, lambda s: s.position > start + RATE)
    until(player, lambda s: abs(s.lufs_m + 6.02) < 0.2)


def test_waits_for_growing_files_and_says_so(player: Player, write_file) -> None:
    file = write_file(np.full(RATE, 0.5, np.float32), growing=True)
    player.set_plan(Plan(RATE, (TrackPlan("g", placements=(Placement(0, 2 * RATE, file),)),)))
    player.play(RATE // 2)
    state = until(player, lambda s: s.holding)
    assert RATE - 2000 < state.position < RATE
    assert "goes on by itself" in said(player, "hold").text
    with Path(file.path).open("ab") as growing:
        growing.write(np.full(RATE, 0.5, np.float32).tobytes())
    until(player, lambda s: not s.holding and s.position > RATE)


def test_a_lost_file_is_silent_and_named(player: Player, song: Plan) -> None:
    Path(song.tracks[0].placements[0].file.path).unlink()
    player.set_plan(song)
    player.play(0)
    assert "is silent" in said(player, "file").text


def test_an_unknown_device_says_so_and_another_can_be_chosen(player: Player, song: Plan) -> None:
    player.set_plan(song)
    player.set_device(DeviceSettings("Nowhere"))
    assert said(player, "device").text == (
        "The audio device “Nowhere” is not there: connect it, or choose another in Audio settings."
    )
    until(player, lambda s: s.lost and not s.playing)
    player.play(0)
    assert said(player, "device")
    player.set_device(SILENT)
    player.play(0)
    until(player, lambda s: s.playing and s.position > 0 and not s.lost)


def test_a_player_that_dies_is_reported_and_started_again(player: Player, song: Plan) -> None:
    player.set_plan(song)
    player.set_metronome(True, -6.0)
    player.play(20 * RATE)
    until(player, lambda s: s.position > 20 * RATE + 5000)
    assert player.pid is not None
    psutil.Process(player.pid).kill()
    assert "stopped unexpectedly" in said(player, "died").text
    assert not player.state.playing
    player.play()
    state = until(player, lambda s: s.playing and s.position > 20 * RATE)
    assert state.position < 40 * RATE


def test_the_player_ends_with_the_program(tmp_path: Path) -> None:
    script = tmp_path / "program.py"  # without a guard around its main part
    script.write_text(
        "import os, sys, time\n"
        "from engine.playback.device import DeviceSettings\n"
        "from engine.playback.plan import Plan\n"
        "from engine.playback.player import Player\n"
        "player = Player(DeviceSettings('No sound'))\n"
        "player.set_plan(Plan(48000))\n"
        "player.start()\n"
        "while not player.state.device_rate: time.sleep(0.01)\n"
        "print(player.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    program = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert program.stdout is not None
    worker = psutil.Process(int(program.stdout.readline()))
    os.kill(program.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    program.wait()
    program.stdout.close()
    worker.wait(20)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "from engine.playback.device import DeviceSettings\n"
        "from engine.playback.plan import Plan\n"
        "from engine.playback.player import Player\n"
        "player = Player(DeviceSettings('No sound'))\n"
        "player.set_plan(Plan(48000))\n"
        "player.start()\n"
        "while not player.state.device_rate: pass\n"
        "player.close()\n"
        "player.start()\n"  # closed at once, before it is ready
        "player.close()\n"
        "player.close()\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", str(script)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")  # nor does the resource tracker complain


def test_the_process_imports_neither_qt_nor_torch(player: Player) -> None:
    if not Path("/proc/self/maps").is_file():  # only Linux shows what a process has mapped
        code = "import sys, engine.playback.worker; print([m for m in sys.modules if m in ('torch', 'PySide6')])"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "[]"
        return
    player.set_plan(Plan(RATE))
    until(player, lambda s: s.device_rate > 0)
    maps = Path(f"/proc/{player.pid}/maps").read_text()
    assert "numpy" in maps
    assert "torch" not in maps
    assert "PySide6" not in maps
