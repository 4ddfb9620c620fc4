import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest

from engine.playback import commands
from engine.playback.device import NO_SOUND, DeviceSettings, NullOutput, device_is_there, list_devices, open_output
from engine.playback.device_resampler import RateFeed
from engine.playback.plan import Placement, Plan, TrackPlan
from engine.playback.player import Player
from engine.playback.ring import Ring
from engine.playback.state import PlayerState, StateBlock
from engine.playback.worker import Worker


@contextmanager
def sound_server(rate: int = 48000) -> Iterator[subprocess.Popen[bytes]]:
    """jackd with a device that only keeps time: real PortAudio without hardware. At `rate`, and at no other."""
    command = [
        "jackd",
        "-n",
        os.environ["JACK_DEFAULT_SERVER"],
        "--no-realtime",
        "-d",
        "dummy",
        "-r",
        str(rate),
        "-p",
        "1024",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 40
        while len(list_devices()) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        yield server
        server.terminate()


def wait(player: Player, holds: object, said: list[str]) -> PlayerState:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        said += [message.text for message in player.messages()]
        state = player.state
        if holds(state):  # type: ignore[operator]
            return state
        time.sleep(0.01)
    raise AssertionError(f"never came: {player.state}, {said}")


def song(write_file, rate: int) -> Plan:
    file = write_file(np.full(60 * rate, 0.1, np.float32))
    return Plan(rate, (TrackPlan("t", placements=(Placement(0, file.frames, file),)),))


def test_no_sound_is_always_there() -> None:
    assert list_devices()[-1].label == NO_SOUND


def test_a_machine_without_devices_plays_silently_and_says_so(write_file) -> None:
    if len(list_devices()) > 1:
        return  # this machine has one
    said: list[str] = []
    with Player() as player:
        player.set_plan(song(write_file, 44100))
        player.play(0)
        wait(player, lambda s: s.position > 1000, said)
    assert said == ["No sound device was found, so nothing is heard: connect one and choose it in Audio settings."]


def test_a_real_device_its_rate_and_its_loss(write_file, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"continuo-{os.getpid()}")  # not one that others use
    if not shutil.which("jackd"):
        said: list[str] = []
        with Player(DeviceSettings(NO_SOUND)) as player:
            player.set_plan(song(write_file, 44100))
            player.play(0)
            assert wait(player, lambda s: s.position > 1000, said).device_rate == 44100
        return
    with sound_server() as server, Player() as player:
        said = []
        player.set_plan(song(write_file, 44100))
        player.play(0)
        state = wait(player, lambda s: s.position > 10000, said)
        assert state.device_rate == 48000
        assert len(said) == 1
        assert "does not run at the song's 44,100 Hz: it plays at 48,000 Hz" in said[0]
        server.terminate()
        lost = wait(player, lambda s: s.lost and len(said) > 1, said)
        assert not lost.playing
        assert "is gone, so playback stopped" in said[-1]
        player.set_plan(song(write_file, 48000))
        player.seek(30000)  # nothing of this makes it look for a device
        time.sleep(0.5)
        assert player.state.lost
        assert player.pid is None
        assert len(said) == 2
        with sound_server():
            player.play()
            state = wait(player, lambda s: s.position > 40000, said)
            assert state.playing
            assert not state.lost
            assert len(said) == 2


@pytest.mark.parametrize(("plays", "named"), [(True, False), (False, True)])
def test_a_device_that_went_and_came_back_plays_with_one_press(
    write_file, monkeypatch: pytest.MonkeyPatch, plays: bool, named: bool
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"continuo-{os.getpid()}")
    if not shutil.which("jackd"):
        assert not device_is_there() or len(list_devices()) > 1
        return
    said: list[str] = []
    with ExitStack() as stack:
        with sound_server() as server:
            label = next(device.label for device in list_devices() if device.name != NO_SOUND)
            player = stack.enter_context(Player(DeviceSettings(label if named else None)))
            player.set_plan(song(write_file, 48000))
            if plays:
                player.play(0)
            wait(player, lambda s: s.device_rate == 48000 and s.playing == plays, said)
            assert player.state.device == label
            server.kill()
            wait(player, lambda s: s.lost and bool(said), said)
            assert ("so playback stopped" in said[-1]) == plays
        player.play(4800)  # before the server is back
        if named:
            assert not wait(player, lambda s: s.lost and len(said) > 1 and player.pid is not None, said).playing
        else:
            wait(player, lambda s: s.silent and s.playing and s.position > 5000, said)  # as without any device
            player.stop()
            wait(player, lambda s: not s.playing, said)
        said.clear()
        with sound_server(44100):
            if plays:
                player.find_device()  # what the button in the settings does
                wait(player, lambda s: s.device == label and not s.lost and not s.silent, said)
            player.play(9600)
            state = wait(player, lambda s: s.position > 14400 and s.device == label, said)
            assert (state.playing, state.lost, state.silent, state.device_rate) == (True, False, False, 44100)
            assert all("does not run at" in text for text in said)


def test_underruns_are_counted_only_while_something_sounds(write_file) -> None:
    state = StateBlock()
    worker = Worker(state, lambda _: None)
    worker._output = output = NullOutput(48000, 480, lambda out: out.fill(0))
    output.underflows = 3  # type: ignore[attr-defined]
    assert worker._count_underruns() == 0  # the device tells of some while the song stands
    worker._transport.ring.pull(np.empty((480, 2), np.float32))
    assert worker._count_underruns() == 0
    worker._transport.play(0)
    output.underflows = 4  # type: ignore[attr-defined]
    assert worker._count_underruns() == 1
    worker.command(commands.Quit())
    worker.run()
    state.close()


def test_the_clock_takes_as_much_as_is_due() -> None:
    taken = 0

    def pull(out: np.ndarray) -> None:
        nonlocal taken
        taken += len(out)

    output = NullOutput(48000, 480, pull)
    begun = time.perf_counter()
    time.sleep(0.3)
    output.close()
    due = (time.perf_counter() - begun) * 48000
    assert due - 24000 < taken <= due + 480


def test_resampling_keeps_pitch_and_length() -> None:
    ring = Ring(100000)
    sine = np.sin(2 * np.pi * 1000 / 44100 * np.arange(90000)).astype(np.float32)
    stereo = np.stack([sine, -sine], axis=1)
    ring.put(0, stereo, stereo)
    ring.write = 90000
    feed = RateFeed(ring.pull, 44100, 48000, 256)
    heard = []
    for _ in range(300):
        while feed.ring.write - feed.ring.read < 256:
            time.sleep(0.001)
        out = np.empty((256, 2), np.float32)
        feed.pull(out)
        heard.append(out)
    feed.close()
    sound = np.concatenate(heard)[1000:60000]
    wanted = np.sin(2 * np.pi * 1000 / 48000 * np.arange(1000, 60000))
    assert np.abs(sound[:, 0] - wanted).max() < 1e-4
    assert np.abs(sound.sum(axis=1)).max() < 1e-4
    assert feed.ring.underruns == 0
    assert feed.ahead > 0


def test_no_sound_runs_at_any_rate() -> None:
    output = open_output(DeviceSettings(NO_SOUND, rate=32000), 44100, lambda out: out.fill(0))
    output.close()
    assert (output.name, output.rate) == (NO_SOUND, 32000)
