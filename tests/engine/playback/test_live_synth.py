"""What is played live: frames at which it begins, held notes, gains."""

import random
from pathlib import Path

import numpy as np
import pytest

from engine.compose.soundfont_file import KeyZone, Sample, program_of_samples, write_program
from engine.playback.live_synth import LiveSynth, events_of
from engine.playback.midi_events import LiveTrack, MidiEvent

RATE, BLOCK = 48000, 512


@pytest.fixture(scope="module")
def sine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instrument whose every note is a square wave of 480 Hz, at once as loud as it stays."""
    wave = np.where(np.arange(48000) % 100 < 50, 16000, -16000).astype(np.int16)
    path = tmp_path_factory.mktemp("fonts") / "sine.sf2"
    sample = Sample(wave, RATE, pitch=60, loop=(0, 48000))
    write_program(path, program_of_samples("sine", [KeyZone(sample, fixed=True)], release_seconds=0.01))
    return path


class Device:
    """Takes blocks one after another, at moments that are exact."""

    def __init__(self, synth_of: type[LiveSynth], rate: int = RATE, block: int = BLOCK) -> None:
        self.now, self.rate, self.block = 100.0, rate, block
        self.synth = synth_of(lambda: self.now)
        self.frames = 0

    def take(self, blocks: int) -> np.ndarray:
        """Sound of so many blocks; the first is taken a block's time from now."""
        out = np.zeros((blocks * self.block, 2), np.float32)
        for number in range(blocks):
            self.now += self.block / self.rate
            self.synth.add(out[number * self.block : (number + 1) * self.block], self.rate)
        return out


def note(device: Device, pitch: int, velocity: int, after: float = 0.0, port: str = "keys") -> None:
    device.synth.push(MidiEvent(device.now + after, port, 0x90, pitch, velocity))


def first_sound(sound: np.ndarray) -> int:
    return int(np.flatnonzero(np.abs(sound[:, 0]) > 1e-4)[0])


@pytest.mark.parametrize("after", [0.0, 0.0013, 0.005, 0.0105])
def test_a_note_sounds_one_block_after_it_came_on_its_frame(sine: Path, after: float) -> None:
    device = Device(LiveSynth)
    assert device.synth.set_tracks([LiveTrack("a", str(sine))]) == []
    device.take(3)
    note(device, 60, 100, after)
    sound = device.take(4)
    # the block that is taken at the end of this one begins BLOCK frames from now
    begins = first_sound(sound) + BLOCK
    assert begins == pytest.approx(after * RATE + BLOCK, abs=2)
    assert begins / RATE - after <= 0.015


def test_the_delay_does_not_depend_on_when_in_a_block_a_note_comes(sine: Path) -> None:
    chance = random.Random(3)
    device = Device(LiveSynth)
    device.synth.set_tracks([LiveTrack("a", str(sine))])
    delays = []
    for _ in range(20):
        device.take(60)  # silence
        after = chance.random() * BLOCK / RATE
        note(device, 60, 100, after)
        delays.append(first_sound(device.take(3)) + BLOCK - after * RATE)
        note(device, 60, 0)
    assert max(delays) - min(delays) <= 2
    assert max(delays) <= 0.015 * RATE


def test_gains_of_the_fader_and_the_pan(sine: Path) -> None:
    def levels(left: float, right: float) -> np.ndarray:
        device = Device(LiveSynth)
        device.synth.set_tracks([LiveTrack("a", str(sine), left, right)])
        note(device, 60, 127)
        return np.abs(device.take(10)[-BLOCK:]).max(axis=0)

    whole = levels(1.0, 1.0)
    assert whole[0] == pytest.approx(whole[1], rel=1e-4)
    assert levels(0.5, 0.0) == pytest.approx([whole[0] * 0.5, 0.0], rel=1e-4)


def test_the_fader_moves_while_a_note_sounds(sine: Path) -> None:
    device = Device(LiveSynth)
    device.synth.set_tracks([LiveTrack("a", str(sine))])
    note(device, 60, 127)
    before = np.abs(device.take(10)[-BLOCK:]).max()
    device.synth.set_tracks([LiveTrack("a", str(sine), 0.25, 0.25)])
    assert np.abs(device.take(4)[-BLOCK:]).max() == pytest.approx(before / 4, rel=1e-3)


def test_an_unplugged_port_and_a_track_that_goes_leave_no_note(sine: Path) -> None:
    device = Device(LiveSynth)
    device.synth.set_tracks([LiveTrack("a", str(sine))])
    note(device, 60, 100)
    note(device, 64, 100, port="other")
    device.synth.push(MidiEvent(device.now, "keys", 0xB0, 64, 127))  # with the pedal down
    assert np.abs(device.take(10)[-BLOCK:]).max() > 0.1
    device.synth.release("keys")
    device.take(1)
    both = np.abs(device.take(30)[-BLOCK:]).max()
    assert both > 0.1  # the other keyboard's note is still held
    device.synth.release("other")
    assert np.abs(device.take(30)[-BLOCK:]).max() == 0.0
    note(device, 60, 100)
    device.take(3)
    device.synth.set_tracks([])
    device.take(2)
    assert np.abs(device.take(60)[-BLOCK:]).max() == 0.0


def test_a_key_that_is_struck_twice_without_an_end_sounds_once(sine: Path) -> None:
    device = Device(LiveSynth)
    device.synth.set_tracks([LiveTrack("a", str(sine))])
    note(device, 60, 100)
    once = np.abs(device.take(20)[-BLOCK:]).max()
    note(device, 60, 100)
    assert np.abs(device.take(20)[-BLOCK:]).max() == pytest.approx(once, rel=0.02)
    note(device, 60, 0)
    assert np.abs(device.take(30)[-BLOCK:]).max() == 0.0


def test_a_stream_of_many_notes_ends_in_silence(sine: Path) -> None:
    """50 events a second, with keys struck twice and ends that never had a beginning."""
    chance = random.Random(7)
    device = Device(LiveSynth)
    device.synth.set_tracks([LiveTrack("a", str(sine))])
    down: set[int] = set()
    for _ in range(600):
        pitch = chance.randrange(36, 60)
        if pitch in down:
            note(device, pitch, 0)
            down.discard(pitch)
        else:
            note(device, pitch, chance.randrange(1, 128))
            down.add(pitch)
        if chance.random() < 0.1:
            note(device, chance.randrange(60, 90), 0)
        device.take(2)
    (instrument,) = device.synth._instruments
    assert instrument.held == len(down)
    for pitch in down:
        note(device, pitch, 0)
    device.take(2)
    assert instrument.held == 0
    assert np.abs(device.take(60)[-BLOCK:]).max() == 0.0


@pytest.mark.parametrize("data", [(), (0xF8,), (0xF0, 1, 2, 0xF7), (0x45, 1), (0x90, 1, 2, 3)])
def test_what_is_no_message_of_a_channel_is_left_out(data: tuple[int, ...]) -> None:
    assert events_of("keys", 0.0, data) is None


def test_an_instrument_that_cannot_be_loaded_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.sf2").write_bytes(b"RIFFxxxxsfbk")
    (sentence,) = LiveSynth().set_tracks([LiveTrack("a", str(tmp_path / "bad.sf2"))])
    assert "cannot be loaded" in sentence
