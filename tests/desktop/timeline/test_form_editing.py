"""Chords and sections by hand, with the mouse and the keys: each gesture is one step."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.form_lanes import LANE_PX, FormLanes, part_name
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from engine.project import edits
from engine.project.model import NoteContent
from engine.project.turns import notes_of
from tests.desktop.timeline.test_form_lanes import document
from tests.engine.inference.test_song_form import clip_of, record, song_of

__all__ = ["document"]

PATIENCE = 60_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


@pytest.fixture
def song(document: Document, tmp_path: Path) -> Document:
    """Am F C/E from bar 1 to 4, one for each of verse and chorus of two bars; a note on every beat."""
    project = song_of(clip_of(record()))
    notes = clip_of(record()).content
    assert isinstance(notes, NoteContent)
    beats = tuple(
        type(notes.notes[0])(Fraction(beat), Fraction(1), 60 + beat) for beat in range(16)
    )  # each beat has its pitch
    document.new(tmp_path / "Song", edits.set_notes(project, {"clip": beats}))
    return document


@pytest.fixture
def lanes(song: Document, theme: Theme, qtbot: QtBot) -> Iterator[FormLanes]:
    bridge = PlayerBridge(song)
    widget = TimelineView(song, theme, PeakStore(song), bridge)
    qtbot.addWidget(widget)
    widget.resize(1300, 300)
    widget.show()
    widget.viewport.fit(0, 24 * 24_000)
    yield widget.form_lanes
    bridge.close()


def place(lanes: FormLanes, row: int, beat: float) -> QPoint:
    clock = lanes._document.project.clock
    return QPoint(round(lanes._viewport.x(clock.frame_at(Fraction(beat)))), row * LANE_PX + LANE_PX // 2)


def drag(lanes: FormLanes, row: int, beat: float, to: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Presses at a beat, moves by way of a place between, and lets go."""
    start, end = place(lanes, row, beat), place(lanes, row, to)
    QTest.mousePress(lanes, LEFT, modifiers, start)
    for point in ((start + end) / 2, end):
        move(lanes, point, modifiers)
    QTest.mouseRelease(lanes, LEFT, modifiers, end)


def move(lanes: FormLanes, point: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    at = QPointF(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(lanes.mapToGlobal(point)), Qt.MouseButton.NoButton, LEFT, modifiers
    )
    QApplication.sendEvent(lanes, event)


def type_into(lanes: FormLanes, text: str) -> None:
    field = lanes.findChildren(QLineEdit)[-1]
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def chords(lanes: FormLanes) -> list[tuple[float, float, str]]:
    return [(float(each.start), float(each.end), part_name(each)) for each in lanes.form.chords]


def sections(lanes: FormLanes) -> list[tuple[float, float, str]]:
    return [(float(each.start), float(each.end), part_name(each)) for each in lanes.form.sections]


def order(song: Document) -> list[int]:
    """The beats of the piece in the order in which they are heard now."""
    notes = sorted(
        (note.start, note.pitch) for _, clip in song.project.clips() for note in notes_of(song.project, clip)
    )
    return [pitch - 60 for _, pitch in notes]


AM, F, C = (0, 4, "Am"), (4, 8, "F"), (8, 16, "C/E")
VERSE, CHORUS = (0, 8, "Verse"), (8, 16, "Chorus")


def test_a_double_click_types_a_chord_and_a_wrong_one_is_said(lanes: FormLanes, song: Document) -> None:
    QTest.mouseDClick(lanes, LEFT, NONE, place(lanes, 1, 6))
    assert lanes.findChildren(QLineEdit)[-1].accessibleName() == "Chord"
    type_into(lanes, "dm7/f")
    assert chords(lanes) == [AM, (4, 8, "Dm7/F"), C]
    assert song.history.undo_name == "Change chord"
    song.undo()
    assert chords(lanes) == [AM, F, C]
    sentences: list[str] = []
    song.failed.connect(sentences.append)
    QTest.mouseDClick(lanes, LEFT, NONE, place(lanes, 1, 6))
    type_into(lanes, "H")
    assert "is no chord that is known" in sentences[0]
    assert chords(lanes) == [AM, F, C]


def test_an_empty_place_gets_a_new_one(lanes: FormLanes, song: Document) -> None:
    QTest.mouseDClick(lanes, LEFT, NONE, place(lanes, 1, 18))
    type_into(lanes, "G")
    assert chords(lanes)[-1] == (16, 20, "G")
    drag(lanes, 0, 16.5, 23.9)
    type_into(lanes, "bridge")
    assert sections(lanes) == [VERSE, CHORUS, (16, 24, "Bridge")]
    assert song.history.undo_name == "Write section"
    song.undo()
    song.undo()
    assert (len(chords(lanes)), len(sections(lanes))) == (3, 2)


def test_edges_and_chords_are_dragged(lanes: FormLanes, song: Document) -> None:
    drag(lanes, 1, 4, 6.1)
    assert chords(lanes) == [(0, 6, "Am"), (6, 8, "F"), C]
    assert song.history.undo_name == "Move edge of chord"
    song.undo()
    drag(lanes, 1, 6, 20.2)
    assert chords(lanes) == [AM, C, (18, 22, "F")]
    assert song.history.undo_name == "Move chord"
    song.undo()
    drag(lanes, 1, 6, 18, CONTROL)
    assert chords(lanes) == [AM, F, C, (16, 20, "F")]
    song.undo()
    drag(lanes, 0, 8, 12)
    assert sections(lanes) == [(0, 12, "Verse"), (12, 16, "Chorus")]
    song.undo()
    assert order(song) == list(range(16))


def test_a_section_is_dragged_with_all_that_lies_under_it(lanes: FormLanes, song: Document) -> None:
    drag(lanes, 0, 12, 0.2)
    assert order(song) == [*range(8, 16), *range(8)]
    assert sections(lanes) == [(0, 8, "Chorus"), (8, 16, "Verse")]
    assert chords(lanes) == [(0, 8, "C/E"), (8, 12, "Am"), (12, 16, "F")]
    assert song.history.undo_name == "Move section"
    song.undo()
    assert order(song) == list(range(16))
    drag(lanes, 0, 4, 16, CONTROL)
    assert order(song) == [*range(16), *range(8)]
    assert sections(lanes) == [VERSE, CHORUS, (16, 24, "Verse")]


def test_a_drag_shows_what_it_does_and_escape_ends_it(lanes: FormLanes, song: Document) -> None:
    before = lanes.grab().toImage()
    QTest.mousePress(lanes, LEFT, NONE, place(lanes, 1, 6))
    selected = lanes.grab().toImage()
    move(lanes, place(lanes, 1, 20), NONE)
    assert lanes.grab().toImage() not in (before, selected)
    QTest.keyClick(lanes, Qt.Key.Key_Escape)
    QTest.mouseRelease(lanes, LEFT, NONE, place(lanes, 1, 20))
    assert chords(lanes) == [AM, F, C]
    assert not song.history.can_undo


def test_the_keys_do_what_the_mouse_does(lanes: FormLanes, song: Document) -> None:
    lanes.setFocus()
    QTest.keyClick(lanes, Qt.Key.Key_Right)
    QTest.keyClick(lanes, Qt.Key.Key_D, CONTROL)
    assert order(song) == [*range(8), *range(16)]
    song.undo()
    lanes.select(lanes.form.sections[1])
    QTest.keyClick(lanes, Qt.Key.Key_Left, ALT)
    assert order(song) == [*range(8, 16), *range(8)]
    QTest.keyClick(lanes, Qt.Key.Key_Right, ALT)
    assert order(song) == list(range(16)), "it stayed selected"
    QTest.keyClick(lanes, Qt.Key.Key_Delete, CONTROL)
    assert order(song) == list(range(8))
    for _ in range(3):
        song.undo()
    lanes.select(lanes.form.chords[1])
    QTest.keyClick(lanes, Qt.Key.Key_Right, ALT)
    assert chords(lanes)[1:] == [(5, 9, "F"), (9, 16, "C/E")]
    QTest.keyClick(lanes, Qt.Key.Key_Right, SHIFT)
    assert chords(lanes)[1:] == [(5, 10, "F"), (10, 16, "C/E")]
    QTest.keyClick(lanes, Qt.Key.Key_S)
    assert [each[2] for each in chords(lanes)] == ["Am", "F", "F", "C/E"]
    QTest.keyClick(lanes, Qt.Key.Key_F2)
    type_into(lanes, "Fmaj7")
    assert [each[2] for each in chords(lanes)] == ["Am", "Fmaj7", "F", "C/E"]
    QTest.keyClick(lanes, Qt.Key.Key_Delete)
    assert [each[2] for each in chords(lanes)] == ["Am", "F", "C/E"]
    assert "F2 types" in lanes.accessibleDescription()


def test_a_section_is_renamed_and_split(lanes: FormLanes, song: Document) -> None:
    lanes.setFocus()
    QTest.keyClick(lanes, Qt.Key.Key_Right)
    QTest.keyClick(lanes, Qt.Key.Key_F2)
    assert lanes.findChildren(QLineEdit)[-1].accessibleName() == "Name of the section"
    type_into(lanes, "Opening")
    assert sections(lanes)[0] == (0, 8, "Opening")
    QTest.keyClick(lanes, Qt.Key.Key_S)
    assert sections(lanes)[:2] == [(0, 4, "Opening"), (4, 8, "Opening")]
    QTest.keyClick(lanes, Qt.Key.Key_Delete)
    assert sections(lanes) == [(4, 8, "Opening"), CHORUS]
    assert order(song) == list(range(16)), "what lies under it stays"


def test_parts_follow_the_chords_on_request(lanes: FormLanes, song: Document) -> None:
    entries = {each.text().split("\t")[0]: each for each in lanes.menu_of(lanes.form.chords[1]).actions()}
    entries["Fit Parts to This Chord"].trigger()
    pitches = [60 + each for each in order(song)]
    assert {pitch % 12 for pitch in pitches[4:8]} <= {5, 9, 0}, "F A C"
    assert pitches[:4] + pitches[8:] == [60, 61, 62, 63, *range(68, 76)], "the others stay"
    assert song.history.undo_name == "Fit to chords"
    empty = lanes.menu_at(QPointF(place(lanes, 1, 20)))
    assert [each.text() for each in empty.actions()] == ["New Chord Here…", "Fit All Parts to the Chords"]
