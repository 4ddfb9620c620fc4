"""Mutated MIDI streams: what is a whole message plays and is told, all else is dropped, and the player plays on."""

from fractions import Fraction
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from engine.playback.live_input import LiveInput
from engine.playback.live_synth import events_of
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiSettings
from engine.playback.recorded_notes import Span, content_of
from engine.project.model import new_project
from tests.engine.playback.midi_streams import LAST_NOTE, channel_messages, mutated, transport_messages
from tests.engine.playback.socket_midi import Keyboard
from tests.engine.playback.test_midi_in_player import Ear, ear, folder, square
from tests.seeds import FIRST

__all__ = ["ear", "folder", "square"]

RATE, BLOCK = 48000, 512
ENDS = [(0x80 | channel, pitch, 0) for channel in range(16) for pitch in range(128)]
"""The end of every note."""


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 40))
def test_every_stream_leaves_a_synth_that_falls_silent_and_plays(seed: int, square: Path) -> None:
    live = LiveInput(lambda _: None)
    live.set_tracks([LiveTrack("keys", str(square))])
    out = np.zeros((BLOCK, 2), np.float32)
    for piece in mutated(seed):
        live.receive("cable", perf_counter(), piece)
    live.pulled(out, RATE, 0.0)
    assert np.isfinite(out).all()
    for end in (*ENDS, *((0xB0 | channel, 64, 0) for channel in range(16))):
        live.receive("cable", perf_counter(), end)
    for _ in range(20):
        live.pulled(out, RATE, 0.0)
    out[:] = 0.0
    live.pulled(out, RATE, 0.0)
    assert np.abs(out).max() < 1e-4
    live.receive("cable", perf_counter(), LAST_NOTE[0])
    for _ in range(2):
        live.pulled(out, RATE, 0.0)
    assert np.abs(out).max() > 0.1
    live.close()


@pytest.mark.parametrize("data", [(), (0x90,), (0x90, 60), (0x90, 60, 200), (0x90, 60, 1, 1), (0xC0, 1, 1), (60, 1, 1)])
def test_what_is_no_whole_message_is_dropped(data: tuple[int, ...]) -> None:
    assert events_of("cable", 0.0, data) is None


def test_programs_and_pressure_are_no_controllers() -> None:
    events = [
        MidiEvent(0.0, "cable", status, first, 100, frame=float(RATE))
        for status, first in ((0xC0, 1), (0xA0, 64), (0xD0, 11))
    ]
    clock = new_project("Song", rate=RATE).clock
    content = content_of(events, Span(0, 10 * RATE), Fraction(0), clock)
    assert (content.modulation, content.sustain, content.expression) == ((), (), ())


def _wait_for(ear: Ear, count: int) -> None:
    ear.until(lambda: len(ear.events) >= count)


def test_the_player_takes_mutated_streams_and_plays_on(folder: Path, ear: Ear, square: Path) -> None:
    player, keyboard = ear.player, Keyboard(folder, "Cable")
    keyboard.plug()
    player.set_live((LiveTrack("keys", str(square)),))
    player.set_midi(MidiSettings())
    ear.until(lambda: ear.ports() == ("Cable",))
    expected: list[tuple[int, int, int]] = []
    wishes: list[str] = []
    for seed in range(FIRST, FIRST + 12):
        pieces = mutated(seed)
        expected += channel_messages(pieces)
        wishes += transport_messages(pieces)
        for piece in pieces:
            keyboard.send(*piece)
        _wait_for(ear, len(expected))
        assert [(event.status, event.first, event.second) for event in ear.events] == expected
    ear.until(lambda: sum(len(report.transport) for report in ear.reports) >= len(wishes))
    assert [wish for report in ear.reports for wish in report.transport] == wishes
    keyboard.send(*LAST_NOTE[0])
    ear.until(lambda: player.state.meters["keys"].peak_left > 0.1)
    keyboard.close()
