"""Clips and takes as files of their own: dragged out of the window, and written by menu."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mido
import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.export.clip_files import URI_LIST, Kind, usual_kind
from engine.project import edits
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Take
from engine.timing.position import Position
from tests.desktop.timeline.conftest import Hand

if TYPE_CHECKING:
    from desktop.app import Desk

PATIENCE = 60_000
SYNTH = Instrument("sub bass", None, "sub", level_db=-6.0)


@pytest.fixture
def notes(song: "Desk", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Desk":
    """The song with a clip of notes of two takes at beat 4 of a new track, for our own synthesis."""
    monkeypatch.setenv("CONTINUO_CACHE", str(tmp_path / "cache"))

    def edit(p: Any) -> Any:
        p = edits.add_track(p, "Synth", track_id="synth")
        p = edits.set_track(p, "synth", instrument=SYNTH, gain_db=-20.0)
        takes = tuple(
            Take(name, NoteContent((NoteEvent(Fraction(1), Fraction(1, 2), pitch, 100),)), name)
            for name, pitch in (("first", 36), ("second", 48))
        )
        frames = p.clock.frames(Position.at_beat(Fraction(4)))
        return edits.add_clip(p, "synth", Clip("notes", Position.at_beat(Fraction(4)), frames, takes, name="Low: one"))

    song.document.apply("Notes", edit)
    return song


def notes_in(path: Path) -> list[tuple[int, int]]:
    """(tick, pitch) of the notes that a MIDI file begins, and its ticks a beat are those of its tempo."""
    file, found = mido.MidiFile(path), []
    for track in file.tracks:
        at = 0
        for message in track:
            at += message.time
            if message.type == "note_on" and message.velocity:
                found.append((at * 960 // file.ticks_per_beat, message.note))
    return found


def carried(desk: "Desk", ids: list[str], kind: Kind, take: int | None = None) -> Path:
    """The file that a drop of these clips gets."""
    data = desk.clip_files.dragged(ids, kind, take)
    assert data.formats() == [URI_LIST]
    assert data.hasUrls()
    (url,) = data.urls()
    return Path(url.toLocalFile())


def test_notes_are_dragged_as_midi_that_begins_with_the_clip(notes: "Desk") -> None:
    assert usual_kind(notes.document.project, ["notes"]) is Kind.MIDI
    path = carried(notes, ["notes"], Kind.MIDI)
    assert path.name == "Low_ one.mid"
    assert notes_in(path) == [(960, 36)]
    assert notes_in(carried(notes, ["notes"], Kind.MIDI, take=1)) == [(960, 48)]


def test_the_same_clip_is_dragged_as_wav_at_full_level_with_its_place(notes: "Desk") -> None:
    path = carried(notes, ["notes"], Kind.WAV)
    sound, rate = soundfile.read(path, always_2d=True)
    project = notes.document.project
    found = project.find_clip("notes")
    assert found
    assert (rate, len(sound), soundfile.info(path).subtype) == (project.rate, found[1].length, "PCM_24")
    beat = project.clock.frames(Position.at_beat(Fraction(1)))
    assert np.abs(sound[: beat - 200]).max() < 1e-4
    loud = np.abs(sound[beat : 2 * beat]).max()
    assert loud > 0.02, "the fader of −20 dB does not count"
    # the time reference of the broadcast extension: 8 bytes, 338 bytes into the chunk
    data = path.read_bytes()
    at = data.index(b"bext") + 8 + 338
    assert int.from_bytes(data[at : at + 8], "little") == project.start_of(found[1])


def audio_clip(desk: "Desk", tmp_path: Path, qtbot: QtBot) -> tuple[Clip, np.ndarray]:
    """A second of a stereo tone as a clip of audio, from second 3 on; also its samples."""
    rate = desk.document.project.rate
    time = np.arange(rate) / rate
    sound = np.stack((0.5 * np.sin(2 * np.pi * 220 * time), 0.25 * np.sin(2 * np.pi * 330 * time)), axis=1)
    soundfile.write(tmp_path / "tone.wav", sound, rate, subtype="FLOAT")
    desk.document.import_files([tmp_path / "tone.wav"], None, Position.at_frame(3 * rate))

    def found() -> list[Clip]:
        return [clip for _, clip in desk.document.project.clips() if clip.id != "notes"]

    qtbot.waitUntil(lambda: len(found()) == 1 and not desk.document.coming, timeout=PATIENCE)
    return found()[0], sound


def test_audio_clips_are_dragged_as_wav_that_equals_what_they_play(notes: "Desk", tmp_path: Path, qtbot: QtBot) -> None:
    clip, sound = audio_clip(notes, tmp_path, qtbot)
    project = notes.document.project
    assert usual_kind(project, [clip.id]) is Kind.WAV
    assert usual_kind(project, [clip.id, "notes"]) is Kind.WAV
    dragged, _ = soundfile.read(carried(notes, [clip.id], Kind.WAV), always_2d=True)
    assert dragged.shape == sound.shape
    assert np.abs(dragged - sound).max() < 2.0**-21, "but for the dither of 24 bits"


def test_what_has_no_notes_is_no_midi_and_a_drop_of_it_gets_nothing(
    notes: "Desk", tmp_path: Path, qtbot: QtBot
) -> None:
    clip, _ = audio_clip(notes, tmp_path, qtbot)
    data = notes.clip_files.dragged([clip.id], Kind.MIDI)
    assert data.urls() == []
    qtbot.waitUntil(lambda: "There are no notes here" in notes.message_bar.text, timeout=PATIENCE)


def test_the_menu_writes_a_clip_and_a_take(
    notes: "Desk", tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes.document.select(["notes"])
    for action, name in (("export_clip_midi", "clip.mid"), ("export_clip_wav", "clip.wav")):
        notes.actions[action].trigger()
        dialog = notes.window.findChild(QFileDialog)
        assert dialog
        dialog.fileSelected.emit(str(tmp_path / name))
        dialog.close()
        dialog.deleteLater()
        qtbot.waitUntil(lambda path=tmp_path / name: path.is_file(), timeout=PATIENCE)
        qtbot.waitUntil(lambda: notes.window.findChild(QFileDialog) is None, timeout=PATIENCE)
    assert notes_in(tmp_path / "clip.mid") == [(960, 36)]
    notes.clip_files.write(["notes"], Kind.MIDI, tmp_path / "take.mid", 1)
    qtbot.waitUntil((tmp_path / "take.mid").is_file, timeout=PATIENCE)
    assert notes_in(tmp_path / "take.mid") == [(960, 48)]


def test_a_clip_that_leaves_the_window_is_dragged_out_and_stays_where_it_was(
    notes: "Desk", monkeypatch: pytest.MonkeyPatch
) -> None:
    drags: list[tuple[frozenset[str], Kind, int | None]] = []
    monkeypatch.setattr(notes.clip_files, "drag", lambda ids, kind, take: drags.append((ids, kind, take)))
    notes.timeline.fit()
    hand = Hand(notes.timeline)
    before, viewport = notes.document.project, notes.timeline.viewport
    start, left = hand.at("notes", 20, 8), viewport.left
    away = QPoint(start.x(), notes.window.height() + 200)
    scrolling = notes.timeline.canvas.gesture_changed.connect(lambda: viewport.scroll_to(left + 96000))
    hand.drag(start, away - start, release=False)
    notes.timeline.canvas.gesture_changed.disconnect(scrolling)
    assert drags == [(frozenset({"notes"}), Kind.MIDI, None)]
    assert viewport.left == left
    assert notes.timeline.canvas.pointer.gesture is None
    QTest.mouseRelease(notes.timeline.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, away)
    assert notes.document.project is before
    hand.drag(start, away - start, Qt.KeyboardModifier.AltModifier, release=False)
    assert drags[1:] == [(frozenset({"notes"}), Kind.WAV, None)]
    QTest.mouseRelease(notes.timeline.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, away)


def test_a_take_is_dragged_from_its_lane(notes: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    drags: list[tuple[frozenset[str], Kind, int | None]] = []
    monkeypatch.setattr(notes.clip_files, "drag", lambda ids, kind, take: drags.append((ids, kind, take)))
    notes.timeline.fit()
    hand, canvas = Hand(notes.timeline), notes.timeline.canvas
    row = canvas.rows.of("synth")
    found = notes.document.project.find_clip("notes")
    assert row
    assert found
    y = row.top + row.height + 20 - canvas.viewport.top
    start = QPoint(round(canvas.places.clip_rect(row, found[1]).center().x()), y)
    away = QPoint(start.x(), notes.window.height() + 200)
    hand.drag(start, away - start, release=False)
    assert drags
    assert drags[0][:2] == (frozenset({"notes"}), Kind.MIDI)
    assert drags[0][2] in (0, 1)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, away)
    assert notes.document.project.find_clip("notes") == found, "no other take was chosen"


def test_old_files_are_forgotten(notes: "Desk", tmp_path: Path) -> None:
    import os

    old = tmp_path / "cache" / "dragged" / "old"
    old.mkdir(parents=True)
    os.utime(old, (1, 1))
    carried(notes, ["notes"], Kind.MIDI)
    assert not old.exists()
