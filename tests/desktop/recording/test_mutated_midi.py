"""Mutated MIDI streams into the whole window, which records, steps in and learns: nothing raises, the song stays whole.

`make soak` sends 500 of them.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.recording.midi_learn import MASTER, Target
from engine.playback.midi_events import MidiEvent
from engine.project import edits
from engine.project.files import load
from engine.project.model import NoteContent
from tests.desktop.recording.test_recording_in_window import WAIT, devices, playing
from tests.engine.playback.midi_streams import LAST_NOTE, channel_messages, mutated
from tests.engine.playback.socket_midi import Keyboard
from tests.seeds import FIRST

__all__ = ["devices", "playing"]


def _record_streams(desk: Desk, folder: Path, qtbot: QtBot, seeds: Iterable[int]) -> None:
    keyboard, events = Keyboard(folder, "Cable"), list[MidiEvent]()
    keyboard.plug()
    ports: list[tuple[str, ...]] = []
    desk.bridge.midi_received.connect(lambda report: (events.extend(report.events), ports.append(report.ports)))
    desk.recording.arming.arm("bass")
    qtbot.waitUntil(lambda: desk.recording.arming.playable, timeout=WAIT)
    qtbot.waitUntil(lambda: ("Cable",) in ports, timeout=WAIT)
    recorder, learn = desk.recording.recorder, desk.recording.learn
    recorder.set_count_in(False)
    player = desk.bridge.player.pid
    for seed in seeds:
        pieces = mutated(seed)
        if not recorder.recording:  # a stream may have stopped it
            recorder.toggle()
        learn.set_learning(True)
        desk.document.apply("Master gain", lambda p, seed=seed: edits.set_master_gain(p, -(seed % 7) - 1.0))
        events.clear()
        for piece in pieces:
            keyboard.send(*piece)
        expected = channel_messages(pieces)
        qtbot.waitUntil(lambda expected=expected: len(events) >= len(expected), timeout=WAIT)
        assert [(event.status, event.first, event.second) for event in events] == expected
        assert desk.bridge.player.pid == player
    keyboard.send(0xFC)
    qtbot.waitUntil(lambda: not recorder.recording and not desk.bridge.playing, timeout=WAIT)
    learn.set_learning(False)
    assert Target(MASTER, "gain") in learn.targets.values()
    recorder.toggle()
    events.clear()
    for message in LAST_NOTE:
        keyboard.send(*message)
    qtbot.waitUntil(lambda: len(events) == len(LAST_NOTE), timeout=WAIT)
    recorder.toggle()
    track = desk.document.project.track("bass")
    assert track is not None
    assert any(
        (note.pitch, note.velocity) == LAST_NOTE[0][1:]
        for clip in track.clips
        if isinstance(clip.content, NoteContent)
        for note in clip.content.notes
    )
    desk.bridge.stop()
    assert desk.document.save()
    assert desk.document.folder is not None
    assert load(desk.document.folder) == desk.document.project
    keyboard.close()


def test_a_window_that_records_takes_mutated_streams(playing: Desk, devices: Path, qtbot: QtBot) -> None:
    _record_streams(playing, devices, qtbot, range(FIRST, FIRST + 5))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_window_that_records_takes_500_mutated_streams(playing: Desk, devices: Path, qtbot: QtBot) -> None:
    _record_streams(playing, devices, qtbot, range(FIRST, FIRST + 500))
