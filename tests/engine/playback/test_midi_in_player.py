"""MIDI through the player's own process: devices that come and go, places in the song, clock for other machines."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.compose.soundfont_file import KeyZone, Sample, program_of_samples, write_program
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiReport, MidiSettings
from engine.playback.plan import LoopFrames, Plan, TrackPlan
from engine.playback.player import Player
from tests.engine.playback.socket_midi import Follower, Keyboard

RATE = 48000
SONG = Plan(RATE, (TrackPlan("keys"),), length=60 * RATE)


class Ear:
    """Collects what the player tells."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.events: list[MidiEvent] = []
        self.reports: list[MidiReport] = []
        self.said: list[str] = []

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline, (self.reports, self.said, self.player.state)
            time.sleep(0.005)
            for report in self.player.midi():
                self.reports.append(report)
                self.events += report.events
            self.said += [message.text for message in self.player.messages()]

    def ports(self) -> tuple[str, ...]:
        return self.reports[-1].ports if self.reports else ()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="midi", dir="/tmp") as name:  # sockets have short names only
        monkeypatch.setenv("MIDO_BACKEND", "tests.engine.playback.socket_midi")
        monkeypatch.setenv("SOCKET_MIDI", name)
        yield Path(name)


@pytest.fixture
def ear(folder: Path) -> Iterator[Ear]:
    with Player(DeviceSettings(NO_SOUND)) as player:
        player.set_plan(SONG)
        yield Ear(player)


@pytest.fixture
def square(tmp_path: Path) -> Path:
    wave = np.where(np.arange(24000) % 100 < 50, 16000, -16000).astype(np.int16)
    path = tmp_path / "square.sf2"
    write_program(path, program_of_samples("square", [KeyZone(Sample(wave, RATE, loop=(0, 24000)))], 0.01))
    return path


def test_a_keyboard_is_heard_recorded_unplugged_and_taken_up_again(folder: Path, ear: Ear, square: Path) -> None:
    player, keyboard = ear.player, Keyboard(folder, "Keys 25")
    keyboard.plug()
    player.set_live((LiveTrack("keys", str(square)),))
    player.set_midi(MidiSettings())
    ear.until(lambda: ear.ports() == ("Keys 25",))
    keyboard.send(0x91, 60, 100)
    ear.until(lambda: len(ear.events) == 1)
    event = ear.events[0]
    assert (event.port, event.channel, event.first, event.second) == ("Keys 25", 2, 60, 100)
    assert event.starts
    assert not event.moves
    ear.until(lambda: player.state.meters["keys"].peak_left > 0.1)  # while the song stands still
    keyboard.unplug()
    ear.until(lambda: len(ear.events) == 2)
    assert ear.events[1].ends
    assert ear.events[1].first == 60
    ear.until(lambda: player.state.meters["keys"].peak_left < 0.01)
    ear.until(lambda: any("“Keys 25” is gone" in text for text in ear.said))
    keyboard.plug()
    ear.until(lambda: any("“Keys 25” is back" in text for text in ear.said) and ear.ports() == ("Keys 25",))
    keyboard.send(0x90, 64, 90)
    keyboard.send(0x90, 64, 0)
    ear.until(lambda: len(ear.events) == 4)
    keyboard.close()


def test_settings_choose_ports_and_the_channel(folder: Path, ear: Ear) -> None:
    one, two = Keyboard(folder, "One"), Keyboard(folder, "Two")
    one.plug()
    two.plug()
    ear.player.set_midi(MidiSettings(inputs=("Two",), channel=3))
    ear.until(lambda: ear.ports() == ("Two",))
    two.send(0x90, 50, 80)
    two.send(0xF8)
    two.send(0x92, 51, 80)
    ear.until(lambda: bool(ear.events))
    assert [event.first for event in ear.events] == [51]
    ear.player.set_midi(MidiSettings(inputs=("One",)))
    ear.until(lambda: ear.ports() == ("One",))
    one.send(0x90, 52, 80)
    ear.until(lambda: any(event.first == 52 for event in ear.events))
    one.close()
    two.close()


def test_a_device_starts_and_stops_the_song(folder: Path, ear: Ear) -> None:
    keyboard = Keyboard(folder, "Desk")
    keyboard.plug()
    ear.player.set_midi(MidiSettings())
    ear.until(lambda: ear.ports() == ("Desk",))
    for status in (0xFA, 0xFC, 0xFB):
        keyboard.send(status)
    ear.until(lambda: sum(len(report.transport) for report in ear.reports) == 3)
    assert [wish for report in ear.reports for wish in report.transport] == ["start", "stop", "continue"]
    keyboard.close()


def test_events_lie_where_the_song_was_heard_when_they_came(ear: Ear) -> None:
    """Through a loop, and before its start while bars are counted in."""
    player = ear.player
    player.set_midi(MidiSettings())
    player.set_plan(replace(SONG, loop=LoopFrames(0, RATE, True)))
    player.play(0, 1)
    ear.until(lambda: -2 * RATE < player.state.position < -RATE)  # a bar at 120 BPM lasts 2 s
    now = time.perf_counter()
    player.play_midi((MidiEvent(now, "window", 0x90, 60, 90),))
    ear.until(lambda: len(ear.events) == 1)
    assert -2 * RATE <= ear.events[0].frame < 0
    ear.until(lambda: player.state.position > RATE / 4)
    now = time.perf_counter()
    stamps = [now - 0.5 + 0.025 * number for number in range(20)]
    player.play_midi(tuple(MidiEvent(stamp, "window", 0x90, 60, 90) for stamp in stamps))
    ear.until(lambda: len(ear.events) == 21)
    first = ear.events[1]
    for event, stamp in zip(ear.events[1:], stamps, strict=True):
        assert event.moves
        ahead = (event.frame - first.frame - (stamp - stamps[0]) * RATE) % RATE
        assert min(ahead, RATE - ahead) < 0.001 * RATE  # round the loop of one second


def test_another_machine_is_sent_the_clock(folder: Path, ear: Ear) -> None:
    follower, player = Follower(folder, "Drum machine"), ear.player
    player.set_midi(MidiSettings(clock_outputs=("Drum machine",)))
    ear.until(lambda: player.state.device != "")
    player.play(0)
    seen = [follower.next() for _ in range(2)]
    while b"\xfa" not in seen and b"\xfb" not in seen:
        seen.append(follower.next())
    ticks = [follower.next() for _ in range(24)]
    assert ticks == [b"\xf8"] * 24
    player.stop()
    while follower.next() != b"\xfc":
        pass
    player.play(4 * RATE)  # beat 8 at 120 BPM: sixteenth 32
    place = follower.next()
    assert place[0] == 0xF2
    assert 32 <= place[1] + 128 * place[2] <= 40
    assert follower.next() == b"\xfb"
    follower.close()


def test_of_a_thousand_events_none_is_lost_doubled_or_left_hanging(folder: Path, ear: Ear) -> None:
    keyboard, chance = Keyboard(folder, "Keys"), random.Random(6)
    keyboard.plug()
    ear.player.set_midi(MidiSettings())
    ear.until(lambda: ear.ports() == ("Keys",))
    sent: list[tuple[int, int]] = []
    down: list[int] = []
    for number in range(1000):
        if down and (len(down) > 6 or chance.random() < 0.5):
            sent.append((down.pop(chance.randrange(len(down))), 0))
        else:
            down.append(next(p for p in iter(lambda: chance.randrange(30, 90), -1) if p not in down))
            sent.append((down[-1], 1 + number % 127))
        keyboard.send(0x90, *sent[-1])
    assert down
    ear.until(lambda: len(ear.events) == 1000)
    assert [(event.first, event.second) for event in ear.events] == sent
    keyboard.unplug()
    ear.until(lambda: len(ear.events) == 1000 + len(down))
    assert sorted(event.first for event in ear.events[1000:]) == sorted(down)
    assert all(event.ends for event in ear.events[1000:])
    keyboard.close()
