from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.chosen_devices import device_settings
from desktop.dialogs.audio_settings import AudioSettingsDialog
from engine.playback.device import NO_SOUND
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any


def test_space_plays_and_the_meters_move(song: "Desk", screen: Screen, qtbot: QtBot, wav: Path) -> None:
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    song.start_audio()
    song.timeline.setFocus()
    qtbot.keyClick(song.window, Qt.Key.Key_Space)
    assert song.bridge.playing
    strip = song.mixer.strip("drums")
    qtbot.waitUntil(lambda: strip.meter.held_db > -30, timeout=20000)
    qtbot.waitUntil(lambda: song.bridge.position > 4800, timeout=20000)
    assert song.top_bar.position.text != "1.1.1  0:00.000"
    qtbot.keyClick(song.window, Qt.Key.Key_Space)
    assert not song.bridge.playing
    qtbot.waitUntil(lambda: strip.meter.peak_db < -90, timeout=20000)
    qtbot.keyClick(song.window, Qt.Key.Key_Home)
    assert song.top_bar.position.text == "1.1.1  0:00.000"
    qtbot.keyClick(song.window, Qt.Key.Key_End)
    assert song.top_bar.position.text == "2.1.1  0:02.000"
    qtbot.keyClick(song.window, Qt.Key.Key_L)
    assert song.document.project.loop.on
    qtbot.keyClick(song.window, Qt.Key.Key_K)
    assert song.bridge.metronome
    dialog_opens(song, screen, qtbot)


def dialog_opens(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    song.actions["audio_settings"].trigger()
    dialog = screen.find(AudioSettingsDialog)
    qtbot.waitUntil(lambda: dialog.device.count() >= 2, timeout=20000)
    qtbot.waitUntil(lambda: not song.jobs.running, timeout=20000)
    dialog.device.setCurrentIndex(dialog.device.findData(NO_SOUND))
    dialog.device.activated.emit(dialog.device.currentIndex())
    dialog.buffer.setFocus()
    qtbot.keyClick(dialog.buffer, Qt.Key.Key_Down)
    kept = device_settings(song.settings)
    assert (kept.device, kept.buffer_ms) == (NO_SOUND, 250)
    screen.press(dialog.tone)
    assert dialog.tone.text() == "Stop Test Tone"
    qtbot.waitUntil(lambda: "48,000 Hz" in dialog.state.text(), timeout=20000)
    dialog.close()


def test_the_mixer_edits_the_song(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    strip = song.mixer.strip("drums")
    qtbot.mouseDClick(strip.fader, Qt.MouseButton.LeftButton)
    strip.fader.setFocus()
    qtbot.keyClick(strip.fader, Qt.Key.Key_Down)
    qtbot.keyClick(strip.fader, Qt.Key.Key_Down)
    qtbot.keyClick(strip.pan, Qt.Key.Key_Up)
    screen.press(strip.mute)
    screen.press(strip.solo)
    track = song.document.project.tracks[0]
    assert (track.gain_db, round(track.pan, 3), track.mute, track.solo) == (-1.0, 0.05, True, True)
    assert strip.gain.text == "−1.0 dB"
    song.document.undo()
    assert not strip.solo.isChecked()
    qtbot.keyClick(song.mixer.master.fader, Qt.Key.Key_Up)
    assert song.document.project.master_gain_db == 0.5
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert song.document.selection.track == "drums"


def test_strips_come_and_go_with_their_tracks(song: "Desk") -> None:
    first = song.mixer.strip("drums")
    song.actions["add_track"].trigger()
    QApplication.processEvents()
    assert song.mixer.strip(song.document.project.tracks[2].id).isVisible()
    assert song.mixer.strip("drums") is first
    song.document.undo()
    assert song.mixer.findChildren(type(first)).count(first) == 1


def test_tempo_signature_and_position_by_typing(song: "Desk", qtbot: QtBot) -> None:
    bar = song.top_bar

    def type_into(field: Any, text: str) -> None:
        field.begin_typing()
        editor = next(each for each in field.findChildren(QLineEdit) if each.isVisible())
        editor.selectAll()
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)

    type_into(bar._tempo, "98.5")
    type_into(bar._signature, "7/8")
    assert (float(song.document.project.tempo), str(song.document.project.signature)) == (98.5, "7/8")
    assert song.document.history.undo_name == "Change signature"
    type_into(bar.position, "3.2")
    assert bar.position.text.startswith("3.2.1")
    assert song.bridge.position == song.document.project.clock.frames(
        place_at(song.document.project.clock.parse("bar:3.2"))
    )
    type_into(bar.position, "99.9")
    assert "place" in song.message_bar.text
