"""The note editor in the program's window: opened from the timeline, and master of its keys."""

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.project.model import Clip, NoteContent, NoteEvent, Take
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

NOTES = (NoteEvent(Fraction(0), Fraction(1), 60), NoteEvent(Fraction(1), Fraction(1), 64))


@pytest.fixture
def noted(song: "Desk", monkeypatch: pytest.MonkeyPatch) -> "Desk":
    """A song with a clip of two notes, whose sound nobody makes."""
    from engine.project import edits

    monkeypatch.setattr(type(song.document.sounds), "prepare_contents", lambda _: None)
    clip = Clip("n", place_at(Fraction(0)), 4 * 24000, (Take("t", NoteContent(NOTES)),), name="Riff")
    song.document.apply("Add notes", lambda p: edits.add_clip(p, "bass", clip))
    song.window.activateWindow()
    song.timeline.fit()
    return song


def test_double_click_and_enter_open_the_notes(noted: "Desk") -> None:
    desk, canvas = noted, noted.timeline.canvas
    found = desk.document.project.find_clip("n")
    assert found
    row = canvas.rows.of("bass")
    assert row
    place = canvas.places.clip_rect(row, found[1]).topLeft().toPoint()
    place.setX(place.x() + 40)
    place.setY(place.y() + 8)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert desk.bottom.current == "Editor"
    assert desk.editors().notes.session.clip is not None
    assert QApplication.focusWidget() is desk.editors().notes.canvas
    desk.bottom.open("Mixer")
    canvas.setFocus()
    canvas.set_focus_clip("n")
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert desk.bottom.current == "Editor"
    assert QApplication.focusWidget() is desk.editors().notes.canvas
    assert desk.editors().notes.height() > 250, "there is room for the notes"


def test_keys_in_the_notes_leave_the_clips_alone(noted: "Desk") -> None:
    desk = noted
    desk.document.select(["n"], track="bass")
    desk.actions["notes"].trigger()
    notes = desk.editors().notes
    QTest.keyClick(notes.canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(notes.session.chosen) == 2
    QTest.keyClick(notes.canvas, Qt.Key.Key_Delete)
    assert desk.document.project.find_clip("n") is not None
    assert notes.session.real_notes == ()
    QTest.keyClick(notes.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert notes.session.real_notes == NOTES
    zoom = desk.timeline.viewport.frames_per_px
    near = notes.stage.viewport.frames_per_px
    QTest.keyClick(notes.canvas, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert desk.timeline.viewport.frames_per_px == zoom
    assert notes.stage.viewport.frames_per_px > near
    QTest.keyClick(notes.canvas, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is desk.timeline.canvas
