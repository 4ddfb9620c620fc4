"""MIDI files in the window: brought in by menu and by drop, written by menu."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import pytest
from PySide6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

from engine.project import edits
from engine.timing.position import SONG_START
from tests.desktop.conftest import Screen
from tests.desktop.flows.test_songs import drop

if TYPE_CHECKING:
    from desktop.app import Desk


@pytest.fixture
def midi(tmp_path: Path) -> Path:
    """A bass and drums at 90 BPM in 3/4."""
    file = mido.MidiFile(ticks_per_beat=480)
    for channel, pitch in ((0, 40), (9, 36)):
        track = mido.MidiTrack()
        if not channel:
            track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(96)))
            track.append(mido.MetaMessage("time_signature", numerator=3, denominator=4))
        track.append(mido.Message("program_change", channel=channel, program=0 if channel else 33))
        for _ in range(3):
            track.append(mido.Message("note_on", channel=channel, note=pitch, velocity=99))
            track.append(mido.Message("note_off", channel=channel, note=pitch, time=480))
        file.tracks.append(track)
    file.save(tmp_path / "two.mid")
    return tmp_path / "two.mid"


def test_a_midi_file_comes_in_by_menu_as_one_step_and_goes_out(
    song: "Desk", screen: Screen, qtbot: QtBot, midi: Path
) -> None:
    before = len(song.document.project.tracks)
    screen.menu(song.window, "File", "Import…")
    dialog = screen.find(QFileDialog)
    dialog.filesSelected.emit([str(midi)])
    dialog.close()
    qtbot.waitUntil(lambda: len(song.document.project.tracks) == before + 2, timeout=20000)
    assert [(track.role, track.name) for track in song.document.project.tracks[before:]] == [
        ("bass", "Bass"),
        ("drums", "Drums"),
    ]
    assert song.actions["undo"].text() == f"Undo Import {midi.name}"
    assert len(song.document.selection.clips) == 2
    screen.menu(song.window, "File", "Export MIDI…")
    dialog = screen.find(QFileDialog)
    out = midi.with_name("out.mid")
    dialog.fileSelected.emit(str(out))
    dialog.close()
    qtbot.waitUntil(out.is_file, timeout=20000)
    notes = [[m.note for m in track if m.type == "note_on"] for track in mido.MidiFile(out).tracks]
    assert notes == [[], [40] * 3, [36] * 3]
    song.document.undo()
    assert len(song.document.project.tracks) == before


def test_a_midi_file_dropped_on_the_start_page_starts_a_song_at_its_tempo(
    desk: "Desk", qtbot: QtBot, midi: Path
) -> None:
    drop(desk.window, midi)
    qtbot.waitUntil(lambda: len(desk.document.project.tracks) == 2, timeout=20000)
    p = desk.document.project
    assert (float(p.tempo), str(p.signature), p.name) == (96.0, "3/4", midi.stem)
    qtbot.waitUntil(lambda: not desk.document.jobs.running_in("render"), timeout=60000)


def test_a_song_without_notes_says_so(song: "Desk", screen: Screen, qtbot: QtBot, tmp_path: Path) -> None:
    song.actions["export_midi"].trigger()
    dialog = screen.find(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "none.mid"))
    dialog.close()
    qtbot.waitUntil(lambda: "no notes" in song.message_bar.text, timeout=20000)
    assert not (tmp_path / "none.mid").exists()


def test_the_tempo_of_a_file_is_offered_to_a_song_that_has_its_own(song: "Desk", qtbot: QtBot, midi: Path) -> None:
    song.document.import_files([midi], None, SONG_START)
    qtbot.waitUntil(lambda: len(list(song.document.project.clips())) == 2, timeout=20000)
    song.document.apply("Tempo", lambda p: edits.set_tempo(p, Fraction(140)))
    song.message_bar.hide()
    song.document.import_files([midi], None, SONG_START)
    qtbot.waitUntil(lambda: "The file is at 96 BPM" in song.message_bar.text, timeout=20000)
    assert song.document.project.tempo == 140
    button = song.message_bar.findChild(QAbstractButton, "help")
    assert button
    assert button.text() == "Use Its Tempo"
    button.click()
    assert song.document.project.tempo == 96
    song.document.undo()
    assert song.document.project.tempo == 140
