"""Sound is recorded in the whole window, with a player on a device whose output comes back at its input."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import tests.engine.playback
from desktop.app import Desk
from desktop.chosen_devices import device_settings
from desktop.dialogs.audio_settings import AudioSettingsDialog
from desktop.recording.inputs import Kind, Monitoring, TrackInputs
from desktop.recording.recorder import PUNCHED_OUT
from engine.audio import read_audio
from engine.playback.input_settings import InputTrack, RecordingReport
from engine.playback.latencies import correction_for
from engine.project import edits
from engine.project.model import Clip, Project
from engine.project.recorded import was_recorded
from engine.timing.position import Position

WAIT = 60_000
RATE = 48000
LOOPBACK = Path(tests.engine.playback.__path__[0]) / "loopback"


@pytest.fixture
def playing(song: Desk, own_folders: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Desk:
    """The window over a song of two tracks, the first of them armed for sound; its player has just been started."""
    paths = [str(LOOPBACK), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    monkeypatch.setenv("LOOPBACK", json.dumps({"delay": 1632}))
    monkeypatch.setenv("CONTINUO_CACHE", str(own_folders / "cache"))
    song.recording.inputs.choose("drums", kind=Kind.AUDIO)
    song.recording.arming.arm("drums")
    song.recording.recorder.set_count_in(False)
    song.bridge.start()
    song.recording.start()
    return song


def clips(project: Project) -> list[Clip]:
    return [clip for _, clip in project.clips()]


def growing(desk: Desk) -> bool:
    return any(source.growing for source in desk.document.project.sources.values())


def test_a_clip_grows_while_it_is_recorded_and_one_undo_removes_it(playing: Desk, qtbot: QtBot) -> None:
    desk, document = playing, playing.document
    reports: list[RecordingReport] = []
    desk.bridge.recording_reported.connect(reports.append)
    desk.actions["record"].trigger()
    assert desk.recording.recorder.recording
    qtbot.waitUntil(lambda: growing(desk) and clips(document.project)[0].length > RATE // 2, timeout=WAIT)
    first = clips(document.project)[0].length
    qtbot.waitUntil(lambda: clips(document.project)[0].length > first, timeout=WAIT)
    assert document.history.undo_name == "Record"
    desk.actions["record"].trigger()
    assert not desk.actions["record"].isChecked()
    qtbot.waitUntil(lambda: bool(document.project.sources) and not growing(desk), timeout=WAIT)
    desk.bridge.stop()
    (clip,) = clips(document.project)
    assert document.project.start_of(clip) == reports[-1].runs[0].song
    assert clip.length == reports[-1].frames
    assert clip.chosen.provenance is not None
    assert was_recorded(clip.chosen.provenance)
    assert clip.chosen.provenance["device"] == "Loop (Test)"
    assert document.selection.clips == {clip.id}
    assert desk.inspecting.origin().title.text() == "Recorded from"
    assert desk.inspecting.origin().model.text() == "Loop (Test)"
    document.undo()
    assert clips(document.project) == []
    assert document.history.undo_name is None
    document.redo()
    assert clips(document.project) == [clip]


def test_what_plays_is_recorded_where_it_is_heard_in_the_punched_region(
    playing: Desk, qtbot: QtBot, wav: Path, own_folders: Path
) -> None:
    desk, document = playing, playing.document
    document.import_files([wav], "bass", Position.at_frame(0))
    qtbot.waitUntil(lambda: len(clips(document.project)) == 1 and not document.coming, timeout=WAIT)
    region = (Position.at_frame(24000), Position.at_frame(48000))
    document.apply("Loop", lambda p: edits.set_loop_region(p, start=region[0], end=region[1], on=False))
    desk.recording.recorder.set_punch(True)
    desk.bridge.seek(60000)
    said: list[str] = []
    desk.recording.recorder.failed.connect(said.append)
    desk.actions["record"].trigger()
    assert said == [PUNCHED_OUT]
    desk.bridge.seek(12000)
    playing_at_end: list[bool] = []
    desk.recording.recorder.changed.connect(lambda on: None if on else playing_at_end.append(desk.bridge.playing))
    desk.actions["record"].trigger()
    qtbot.waitUntil(lambda: playing_at_end == [True], timeout=WAIT)
    qtbot.waitUntil(lambda: len(clips(document.project)) == 2 and not growing(desk), timeout=WAIT)
    desk.bridge.stop()
    track = document.project.track("drums")
    assert track is not None
    (clip,) = track.clips
    assert (document.project.start_of(clip), clip.length) == (24000, 24000)
    folder = document.folder
    assert folder is not None
    sound = read_audio(folder / document.project.sources[clip.chosen.source].file).samples[:, 0]
    tone = read_audio(wav).samples[24000:48000, 0]
    assert np.abs(sound - tone).max() < 1e-4


def test_recording_waits_for_a_player_that_is_not_ready(
    playing: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.bridge.PATIENCE", 0.0)
    desk = playing
    assert desk.bridge.state is not None
    assert desk.bridge.player.behind(desk.bridge.state)
    ended: list[bool] = []
    desk.recording.recorder.changed.connect(lambda on: None if on else ended.append(on))
    desk.actions["record"].trigger()
    qtbot.waitUntil(lambda: growing(desk), timeout=WAIT)
    assert ended == []
    desk.actions["record"].trigger()
    assert ended == [False]
    desk.actions["record"].trigger()  # the last of it has not come in
    assert not desk.recording.recorder.recording
    qtbot.waitUntil(lambda: not growing(desk), timeout=WAIT)
    desk.bridge.stop()
    assert len(clips(desk.document.project)) == 1


def test_rounds_of_the_loop_become_takes(playing: Desk, qtbot: QtBot) -> None:
    desk, document = playing, playing.document
    region = (Position.at_frame(0), Position.at_frame(24000))
    document.apply("Loop", lambda p: edits.set_loop_region(p, start=region[0], end=region[1], on=True))
    desk.actions["record"].trigger()
    qtbot.waitUntil(lambda: any(len(clip.takes) >= 3 for clip in clips(document.project)), timeout=WAIT)
    desk.bridge.stop()
    qtbot.waitUntil(lambda: not growing(desk), timeout=WAIT)
    (clip,) = clips(document.project)
    assert (document.project.start_of(clip), clip.length) == (0, 24000)
    assert [take.name for take in clip.takes][:2] == ["Take 1", "Take 2"]
    assert clip.takes[1].shift - clip.takes[0].shift == 24000


def test_a_device_that_is_missing_is_a_sentence(playing: Desk, qtbot: QtBot) -> None:
    playing.settings.put("audio/input", "Nowhere")
    said: list[str] = []
    playing.recording.sound.failed.connect(said.append)
    playing.actions["record"].trigger()
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert said == ["The audio input “Nowhere” is not there: connect it, or choose another in Audio settings."]
    assert not playing.recording.recorder.recording
    assert clips(playing.document.project) == []
    playing.bridge.stop()


def test_a_player_that_dies_leaves_what_it_wrote(playing: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setattr("desktop.recording.audio_recording.PATIENCE_MS", 10)
    desk, document = playing, playing.document
    desk.actions["record"].trigger()
    qtbot.waitUntil(lambda: growing(desk), timeout=WAIT)
    length = clips(document.project)[0].length
    assert desk.bridge.player.pid is not None
    psutil.Process(desk.bridge.player.pid).kill()
    qtbot.waitUntil(lambda: not growing(desk), timeout=WAIT)
    (clip,) = clips(document.project)
    assert clip.length >= length


def test_a_track_records_what_it_holds_unless_it_is_told(song: Desk) -> None:
    inputs, project = song.recording.inputs, song.document.project
    drums = project.tracks[0]
    assert not inputs.records_sound(drums)  # an empty one records notes
    inputs.choose("drums", kind=Kind.AUDIO, channels=(2, 3), monitoring=Monitoring.ON)
    assert inputs.records_sound(drums)
    assert inputs.of("drums").label == "In 3–4"
    again = TrackInputs(song.settings)
    assert again.of("drums") == inputs.of("drums")
    song.settings.put("record/inputs", '[["drums", "audio", [99], "on"], 3')
    assert TrackInputs(song.settings).of("drums").kind is Kind.AUTO


def test_the_header_offers_the_input_of_an_armed_track(song: Desk) -> None:
    header = song.timeline.headers.header("drums")
    assert header is not None
    assert header.input.isHidden()
    header.arm.click()
    assert not header.input.isHidden()
    assert header.input.text() == "Notes"
    menu = song.recording.input_menu.menu("drums")
    assert menu is not None
    entries = {action.text(): action for action in menu.actions()}
    assert entries["Automatic: by What the Track Holds"].isChecked()
    entries["Inputs 1–2, Stereo"].trigger()
    assert header.input.text() == "In 1–2"
    assert song.recording.arming.sound_tracks == ("drums",)
    assert song.recording.input_menu.menu("nothing") is None
    header.arm.click()
    assert header.input.isHidden()


def test_the_input_is_heard_as_the_track_says(song: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[InputTrack, ...]] = []
    monkeypatch.setattr(song.bridge, "set_input", lambda _, tracks: sent.append(tracks))
    song.recording.inputs.choose("drums", kind=Kind.AUDIO, channels=(1,))
    song.recording.arming.arm("drums")
    song.recording.inputs.choose("drums", monitoring=Monitoring.ON)
    song.document.apply("Mute", lambda p: edits.set_track(p, "drums", mute=True))
    song.recording.arming.arm("drums", False)
    assert [[(track.monitored, track.channels, track.left) for track in tracks] for tracks in sent] == [
        [(False, (1,), 1.0)],
        [(True, (1,), 1.0)],
        [(True, (1,), 0.0)],
        [],
    ]


def test_the_latency_is_measured_and_kept(playing: Desk, qtbot: QtBot) -> None:
    playing.actions["audio_settings"].trigger()
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, AudioSettingsDialog))
    assert dialog.latency.text() == "Not measured: recordings are moved back by what the devices report."
    dialog.measure.click()
    assert not dialog.measure.isEnabled()
    qtbot.waitUntil(dialog.measure.isEnabled, timeout=WAIT)
    assert dialog.latency.text().startswith("From output to input: 1,632 frames, 34.0 ms.")
    assert correction_for(device_settings(playing.settings), None) == pytest.approx(0.0, abs=1e-9)
    assert (Path(os.environ["CONTINUO_CONFIG"]) / "latencies.json").is_file()
    dialog.close()
