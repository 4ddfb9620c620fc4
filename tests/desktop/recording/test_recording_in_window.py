"""Arm, play, record, step in and learn, in the whole window, with the player on the device that only keeps time."""

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.dialogs.midi_settings import MidiSettingsDialog
from desktop.recording.midi_learn import Target
from desktop.recording.recorder import NOTHING_ARMED
from engine.playback.midi_events import MidiEvent, MidiReport, MidiSettings
from engine.project import edits
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Take
from engine.timing.position import Position
from tests.engine.playback.socket_midi import Keyboard

WAIT = 60_000
RATE = 48000


@pytest.fixture
def devices(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="midi", dir="/tmp") as name:
        monkeypatch.setenv("MIDO_BACKEND", "tests.engine.playback.socket_midi")
        monkeypatch.setenv("SOCKET_MIDI", name)
        yield Path(name)


@pytest.fixture
def playing(song: Desk, devices: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The window over a song of two tracks, with its player."""
    monkeypatch.setenv("CONTINUO_CACHE", str(own_folders / "cache"))
    song.start_audio()
    return song


def event(status: int, first: int, second: int) -> MidiEvent:
    return MidiEvent(perf_counter(), "test", status, first, second)


def report(desk: Desk, *events: tuple[int, int, int]) -> None:
    """What a device sends while the song stands still, as the player would tell it."""
    desk.bridge.midi_received.emit(MidiReport(tuple(event(*each) for each in events)))


def notes_on(desk: Desk, track_id: str) -> list[tuple[NoteEvent, ...]]:
    track = desk.document.project.track(track_id)
    assert track is not None
    return [clip.content.notes for clip in track.clips if isinstance(clip.content, NoteContent)]


def ends_seen(desk: Desk, track_id: str) -> list[int]:
    """The frames at which the clips of a track end, as the timeline shows them."""
    project = desk.timeline.canvas.project
    track = project.track(track_id)
    assert track is not None
    return [project.end_of(clip) for clip in track.clips]


def test_a_keyboard_is_recorded_after_a_bar_of_clicks(playing: Desk, devices: Path, qtbot: QtBot) -> None:
    desk, keyboard = playing, Keyboard(devices, "Keys")
    keyboard.plug()
    header = desk.timeline.headers.header("bass")
    assert header is not None
    header.arm.click()
    assert desk.recording.arming.tracks == ("bass",)
    assert header.arm.isChecked()
    qtbot.waitUntil(lambda: desk.recording.arming.playable, timeout=WAIT)
    reports: list[MidiReport] = []
    desk.bridge.midi_received.connect(reports.append)
    qtbot.waitUntil(lambda: any(each.ports == ("Keys",) for each in reports), timeout=WAIT)
    desk.actions["record"].trigger()
    assert desk.recording.recorder.recording
    assert desk.actions["record"].isChecked()
    qtbot.waitUntil(lambda: desk.bridge.state is not None and desk.bridge.state.position < -1000, timeout=WAIT)
    qtbot.waitUntil(lambda: desk.bridge.position > RATE // 4, timeout=WAIT)
    keyboard.send(0x90, 40, 90)
    qtbot.waitUntil(lambda: any(each.events for each in reports), timeout=WAIT)
    played = next(each.events[0] for each in reports if each.events)
    here = desk.bridge.position
    qtbot.waitUntil(lambda: desk.bridge.position > here + RATE // 4, timeout=WAIT)
    drawn: list[int] = []  # where the clip that is seen ends
    desk.recording.recorder.shown.connect(lambda _: drawn.extend(ends_seen(desk, "bass")))
    qtbot.waitUntil(lambda: len(drawn) > 1 and drawn[-1] > drawn[0], timeout=WAIT)
    assert notes_on(desk, "bass") == [], "it is seen, and not yet in the song"
    desk.actions["record"].trigger()  # with the key still down
    assert desk.timeline.canvas.project is desk.document.project
    assert not desk.actions["record"].isChecked()
    assert desk.bridge.playing
    desk.bridge.stop()
    ((note,),) = notes_on(desk, "bass")
    (clip,) = desk.document.project.track("bass").clips  # type: ignore[union-attr]
    start = float(desk.document.project.clock.simple_beat_at(clip.content.origin(desk.document.project.start_of(clip))))  # type: ignore[attr-defined]
    assert (float(note.start) + start) / 2 == pytest.approx(played.frame / RATE, abs=0.001)
    assert (note.pitch, note.velocity) == (40, 90)
    assert float(note.length) >= 0.5
    assert desk.document.selection.clips == {clip.id}
    assert desk.document.history.undo_name == "Record"
    desk.document.undo()
    assert notes_on(desk, "bass") == []
    keyboard.close()


def test_recording_without_an_armed_track_arms_the_selected_one(playing: Desk, qtbot: QtBot) -> None:
    said: list[str] = []
    playing.recording.recorder.failed.connect(said.append)
    playing.document.select((), track=None)
    playing.document.selection = type(playing.document.selection)()
    playing.actions["record"].trigger()
    assert said == [NOTHING_ARMED]
    assert not playing.actions["record"].isChecked()
    playing.document.select((), track="drums")
    playing.actions["record"].trigger()
    assert playing.recording.arming.tracks == ("drums",)
    playing.bridge.stop()
    assert not playing.recording.recorder.recording
    assert notes_on(playing, "drums") == []  # nothing was played


def test_arming_is_for_one_track_or_several(song: Desk) -> None:
    arming = song.recording.arming
    arming.arm("drums")
    arming.arm("bass")
    assert arming.tracks == ("bass",)
    arming.arm("drums", beside_others=True)
    assert arming.tracks == ("bass", "drums")
    arming.arm("bass", False)
    assert arming.tracks == ("drums",)
    song.document.apply("Remove", lambda p: edits.remove_tracks(p, ["drums"]))
    assert arming.tracks == ()


def test_the_computers_keys_play_and_an_editor_keeps_its_own(song: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, sent = song, []
    monkeypatch.setattr(desk.bridge, "play_midi", lambda *events: sent.extend(events))
    desk.actions["computer_piano"].trigger()
    desk.timeline.canvas.setFocus()
    clips = desk.document.project
    QTest.keyPress(desk.timeline.canvas, Qt.Key.Key_S)  # not the command that splits
    QTest.keyPress(desk.timeline.canvas, Qt.Key.Key_K)
    QTest.keyRelease(desk.timeline.canvas, Qt.Key.Key_S)
    assert [(each.starts, each.first) for each in sent] == [(True, 62), (True, 72), (False, 62)]
    assert desk.document.project is clips
    assert not desk.bridge.metronome
    QTest.keyClick(desk.timeline.canvas, Qt.Key.Key_X)
    QTest.keyClick(desk.timeline.canvas, Qt.Key.Key_A)
    assert sent[3].first == 72
    QTest.keyClick(desk.timeline.canvas, Qt.Key.Key_V)
    QTest.keyClick(desk.timeline.canvas, Qt.Key.Key_D)
    assert (sent[5].first, sent[5].second) == (76, 116)
    count = len(sent)
    field = QLineEdit(desk.window)
    field.show()
    field.setFocus()
    QApplication.processEvents()
    QTest.keyClick(field, Qt.Key.Key_A)
    assert field.text().lower() == "a"
    assert len(sent) == count
    desk.timeline.canvas.setFocus()
    QTest.keyPress(desk.timeline.canvas, Qt.Key.Key_G)
    desk.actions["computer_piano"].trigger()
    assert sent[-1].ends
    assert not desk.recording.piano.on
    field.deleteLater()


def clip_of(name: str, *notes: NoteEvent) -> Clip:
    return Clip(name, Position.at_beat(0), 4 * RATE, (Take(f"take {name}", NoteContent(notes)),), name=name)


def test_step_input_puts_chords_one_after_another(song: Desk) -> None:
    desk = song
    desk.document.apply("Clip", lambda p: edits.add_clip(p, "bass", clip_of("steps")))
    desk.document.select(["steps"])
    desk.editors().notes.open("steps")
    desk.editors().notes.stage.set_cursor(Fraction(0), 60)
    desk.actions["step_input"].trigger()
    report(desk, (0x90, 60, 100), (0x90, 64, 90), (0x80, 60, 0))
    report(desk, (0x80, 64, 0), (0x90, 67, 80), (0x90, 67, 0))
    (notes,) = notes_on(desk, "bass")
    quarter = Fraction(1, 4)
    assert [(n.start, n.length, n.pitch, n.velocity) for n in notes] == [
        (0, quarter, 60, 100),
        (0, quarter, 64, 90),
        (quarter, quarter, 67, 80),
    ]
    assert desk.editors().notes.stage.cursor[0] == 2 * quarter
    desk.document.undo()  # a step is one chord
    assert len(notes_on(desk, "bass")[0]) == 2
    desk.document.undo()
    assert notes_on(desk, "bass") == [()]
    desk.actions["step_input"].trigger()
    report(desk, (0x90, 60, 100))
    assert notes_on(desk, "bass") == [()]


def test_a_controller_learns_a_fader(song: Desk) -> None:
    desk, learn = song, song.recording.learn
    report(desk, (0xB2, 20, 64))
    assert learn.targets == {}
    desk.actions["midi_learn"].trigger()
    desk.document.apply("Track gain", lambda p: edits.set_track(p, "bass", gain_db=-3.0))
    report(desk, (0xB2, 20, 127), (0xB2, 1, 5))
    assert learn.targets == {("test", 3, 20): Target("bass", "gain")}
    assert not desk.actions["midi_learn"].isChecked()
    track = desk.document.project.track("bass")
    assert track is not None
    assert track.gain_db == pytest.approx(12.0)
    before = len(desk.document.history.entries)
    report(desk, (0xB2, 20, 0))
    report(desk, (0xB2, 20, 104))
    track = desk.document.project.track("bass")
    assert track is not None
    assert abs(track.gain_db) < 0.2  # the fader's 0 dB lies at 82 % of its way
    assert len(desk.document.history.entries) <= before + 1
    desk.actions["midi_learn"].trigger()
    desk.document.apply("Pan", lambda p: edits.set_track(p, "drums", pan=0.5))
    report(desk, (0xB0, 21, 64))
    drums = desk.document.project.track("drums")
    assert drums is not None
    assert drums.pan == 0.0
    desk.recording.learn.forget()
    assert learn.targets == {}


def test_settings_list_devices_and_take_effect_at_once(
    song: Desk, devices: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, sent = song, []
    monkeypatch.setattr(desk.bridge, "set_midi", sent.append)
    (devices / "Keys.in").touch()
    (devices / "Drum machine.out").touch()
    desk.actions["midi_settings"].trigger()
    (dialog,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, MidiSettingsDialog)]
    qtbot.waitUntil(lambda: list(dialog.inputs) == ["Keys"], timeout=WAIT)
    assert list(dialog.clocks) == ["Drum machine"]
    dialog.all_inputs.setChecked(False)
    dialog.inputs["Keys"].setChecked(False)
    assert sent[-1] == MidiSettings(inputs=())
    dialog.clocks["Drum machine"].setChecked(True)
    dialog.channel.setCurrentIndex(3)
    dialog.channel.activated.emit(3)
    assert sent[-1] == MidiSettings(inputs=(), channel=3, clock_outputs=("Drum machine",))
    dialog.close()
    desk.actions["midi_settings"].trigger()
    again = [
        each for each in QApplication.topLevelWidgets() if isinstance(each, MidiSettingsDialog) if each.isVisible()
    ]
    assert again[0].channel.currentData() == 3
    assert not again[0].all_inputs.isChecked()
    again[0].close()


def test_a_clip_becomes_an_instrument_on_an_armed_track(
    song: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "engine.inference.sampler.instrument_of_clip", lambda *_: Instrument("steps", soundfont="s.sf2")
    )
    song.document.apply("Clip", lambda p: edits.add_clip(p, "bass", clip_of("steps")))
    song.document.select(["steps"])
    song.actions["sampler"].trigger()
    qtbot.waitUntil(lambda: len(song.document.project.tracks) == 3, timeout=WAIT)
    track = song.document.project.tracks[-1]
    assert (track.name, track.instrument) == ("steps", Instrument("steps", soundfont="s.sf2"))
    assert song.recording.arming.tracks == (track.id,)
    song.document.undo()
    assert song.recording.arming.tracks == ()
