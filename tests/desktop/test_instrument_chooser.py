"""The list of instruments of a track."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.instrument_chooser import BUNDLED, InstrumentChooser, play_soundfont
from desktop.theme import Theme
from engine.project import edits
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Take, Track, new_project
from engine.timing.position import SONG_START

BASS = Instrument("finger bass", 33, "bass", level_db=-3.5, gain_db=-9.0, pan=0.25)


@pytest.fixture
def song(document: Document, tmp_path: Path) -> Document:
    """A bass whose take brings its own instrument."""
    project = edits.add_track(new_project("Song"), "Bass", track_id="bass")
    project = edits.set_track(project, "bass", role="bass", instrument=BASS)
    content = NoteContent((NoteEvent(Fraction(0), Fraction(1), 40),), instrument=BASS)
    project = edits.add_clip(project, "bass", Clip("clip", SONG_START, 48000, (Take("take", content),)))
    document.new(tmp_path / "Song", project)
    return document


@pytest.fixture
def chooser(song: Document, theme: Theme, qtbot: QtBot) -> Iterator[InstrumentChooser]:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    panel = InstrumentChooser(song, theme, track(song), window)
    panel.open_at(window.mapToGlobal(window.rect().topLeft()))
    yield panel
    window.close()


def track(document: Document) -> Track:
    found = document.project.track("bass")
    assert found
    return found


def instrument(document: Document) -> Instrument:
    found = track(document).instrument
    assert found
    return found


def test_it_opens_on_what_plays_and_changes_nothing(chooser: InstrumentChooser, song: Document) -> None:
    item = chooser.list.currentItem()
    assert item is not None
    assert item.text() == "Finger bass"
    assert not song.history.can_undo
    assert chooser.soundfont.text() == BUNDLED


def test_typing_searches_and_the_arrows_choose_as_one_step(chooser: InstrumentChooser, song: Document) -> None:
    QTest.keyClicks(chooser.search, "strings trem")
    assert chooser.shown_titles == ["Tremolo strings"]
    chooser.search.clear()
    QTest.keyClicks(chooser.search, "sax")
    assert chooser.shown_titles == ["Soprano sax", "Alto sax", "Tenor sax", "Baritone sax"]
    QTest.keyClick(chooser.search, Qt.Key.Key_Down)
    assert instrument(song).program == 64
    QTest.keyClick(chooser.search, Qt.Key.Key_Down)
    assert (instrument(song).program, instrument(song).name) == (65, "alto sax")
    assert (instrument(song).level_db, instrument(song).pan) == (-3.5, 0.25), "its place in the mix stays"
    content = track(song).clips[0].content
    assert isinstance(content, NoteContent)
    assert content.instrument is None, "the take gives up its own"
    QTest.keyClick(chooser.search, Qt.Key.Key_Return)
    assert song.history.undo_name == "Instrument Alto sax"
    song.undo()
    assert instrument(song) == BASS
    assert not song.history.can_undo


def test_escape_takes_the_choice_back(chooser: InstrumentChooser, song: Document) -> None:
    before = song.project
    QTest.keyClicks(chooser.search, "jazz kit")
    QTest.keyClick(chooser.search, Qt.Key.Key_Down)
    assert instrument(song).drums
    QTest.keyClick(chooser, Qt.Key.Key_Escape)
    assert song.project is before
    assert not song.history.can_undo


def test_own_synthesis_and_a_soundfont_of_the_users(chooser: InstrumentChooser, song: Document) -> None:
    QTest.keyClicks(chooser.search, "reese")
    QTest.keyClick(chooser.search, Qt.Key.Key_Down)
    assert (instrument(song).program, instrument(song).patch) == (None, "reese")
    assert chooser.soundfont.text() == "Own synthesis"
    play_soundfont(song, "bass", "/sounds/mine.sf2")
    assert (instrument(song).soundfont, instrument(song).program) == ("/sounds/mine.sf2", 0)
    chooser.search.clear()
    QTest.keyClicks(chooser.search, "violin")
    QTest.keyClick(chooser.search, Qt.Key.Key_Down)
    assert (instrument(song).soundfont, instrument(song).program) == ("/sounds/mine.sf2", 40)
    assert chooser.soundfont.text() == "mine.sf2"
    chooser.bundled.click()
    assert instrument(song).soundfont == ""


def test_every_control_has_a_name(chooser: InstrumentChooser) -> None:
    for control in (chooser, chooser.search, chooser.list, chooser.other, chooser.bundled):
        assert control.accessibleName()
