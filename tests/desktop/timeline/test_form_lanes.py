"""Sections and chords over the ruler."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.jobs import JobCentre
from desktop.theme import Theme
from desktop.timeline.form_lanes import LANE_PX, FormLanes, chord_names, part_name
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from engine.inference.song_form import SongChord
from engine.music.chords import parse_chord
from engine.project import edits
from engine.timing.duration import Duration
from tests.engine.inference.test_song_form import BAR, clip_of, record, song_of

PATIENCE = 60_000


@pytest.fixture
def document(jobs: JobCentre) -> Iterator[Document]:
    """A document whose notes are silent: no SoundFont is loaded for them."""
    document = Document(jobs, lambda *_: [np.zeros((2, 64), np.float32)])
    yield document
    document.close()


@pytest.fixture
def song(document: Document, tmp_path: Path) -> Document:
    """Am F C/E from bar 1 to 4: a verse and a chorus of two bars each; another track is selected."""
    project = edits.add_track(song_of(clip_of(record())), "Empty", track_id="empty")
    document.new(tmp_path / "Song", project)
    document.select((), track="empty")
    return document


@pytest.fixture
def view(song: Document, theme: Theme, qtbot: QtBot) -> Iterator[TimelineView]:
    bridge = PlayerBridge(song)
    widget = TimelineView(song, theme, PeakStore(song), bridge)
    qtbot.addWidget(widget)
    widget.resize(1000, 300)
    widget.show()
    widget.fit()
    yield widget
    bridge.close()


def middle(lanes: FormLanes, row: int, beat: float) -> QPoint:
    clock = lanes._document.project.clock
    return QPoint(round(lanes._viewport.x(clock.frame_at(Fraction(beat)))), row * LANE_PX + LANE_PX // 2)


def names(lanes: FormLanes) -> list[str]:
    return [part_name(each) for each in (*lanes.form.sections, *lanes.form.chords)]


def test_the_songs_form_is_shown_where_its_clips_lie(view: TimelineView, song: Document) -> None:
    lanes = view.form_lanes
    assert view.shows_form
    assert names(lanes) == ["Verse", "Chorus", "Am", "F", "C/E"]
    part = lanes.at(QPointF(middle(lanes, 1, 6.0)))
    assert isinstance(part, SongChord)
    assert (part_name(part), part.start, part.end) == ("F", 4, 8)
    song.apply("Move", lambda p: edits.move_clips(p, ["clip"], Duration.of_beats(Fraction(4))))
    assert [each.start for each in lanes.form.chords] == [4, 8, 12]
    song.undo()
    assert [each.start for each in lanes.form.chords] == [0, 4, 8]


def test_a_click_selects_the_time_and_enter_repeats_it(view: TimelineView, song: Document) -> None:
    lanes = view.form_lanes
    QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(lanes, 0, 10))
    assert (song.selection.region, song.selection.track) == ((2 * BAR, 4 * BAR), "empty")
    QTest.keyClick(lanes, Qt.Key.Key_Return)
    loop, clock = song.project.loop, song.project.clock
    assert (loop.on, clock.frames(loop.start), clock.frames(loop.end)) == (True, 2 * BAR, 4 * BAR)
    assert song.history.undo_name == "Loop Chorus"


def test_keys_go_along_the_lanes(view: TimelineView, song: Document) -> None:
    lanes = view.form_lanes
    QTest.keyClick(lanes, Qt.Key.Key_Right)
    assert song.selection.region == (0, 2 * BAR)
    QTest.keyClick(lanes, Qt.Key.Key_Right)
    assert song.selection.region == (2 * BAR, 4 * BAR)
    QTest.keyClick(lanes, Qt.Key.Key_Down)
    assert song.selection.region == (2 * BAR, 4 * BAR), "C/E"
    QTest.keyClick(lanes, Qt.Key.Key_Left)
    assert song.selection.region == (BAR, 2 * BAR)
    assert "F · " in lanes.accessibleDescription()
    QTest.keyClick(lanes, Qt.Key.Key_Return)
    assert song.project.clock.frames(song.project.loop.start) == BAR


def test_the_menu_has_what_the_mouse_does(view: TimelineView, song: Document) -> None:
    lanes = view.form_lanes
    menu = lanes.menu_of(lanes.form.chords[1])
    entries = {each.text().split("\t")[0]: each for each in menu.actions() if each.text()}
    assert list(entries) == [
        "Change Chord…", "Split at the Playhead", "Repeat Chord after It", "Delete Chord", "Fit Parts to This Chord",
        "Fit All Parts to the Chords", "Select Its Time", "Loop Playback", "Move Playhead Here",
    ]  # fmt: skip
    entries["Select Its Time"].trigger()
    assert song.selection.region == (BAR, 2 * BAR)


def test_a_song_without_them_shows_none_unless_asked(view: TimelineView, song: Document, qtbot: QtBot) -> None:
    shown: list[bool] = []
    view.form_shown.connect(shown.append)
    song.apply("Remove", lambda p: edits.remove_clips(p, ["clip"]))
    qtbot.waitUntil(lambda: not view.shows_form, timeout=PATIENCE)
    view.set_shows_form(True)
    assert view.shows_form
    view.set_shows_form(None)
    assert not view.shows_form
    song.undo()
    qtbot.waitUntil(lambda: view.shows_form, timeout=PATIENCE)
    view.set_shows_form(False)
    assert not view.shows_form
    assert shown == [False, True, False, True, False]


def test_sections_of_one_name_have_one_colour_and_names_their_signs(view: TimelineView) -> None:
    image = view.form_lanes.grab().toImage()
    lanes, ratio = view.form_lanes, image.devicePixelRatio()

    def colour(beat: float) -> int:
        x = lanes._viewport.x(lanes._document.project.clock.frame_at(Fraction(beat))) - 4
        return image.pixel(round(x * ratio), round(3 * ratio))

    assert colour(8) != colour(16)
    sharp = SongChord(Fraction(0), Fraction(4), parse_chord("E/G#"), "E/G#")
    flat = SongChord(Fraction(0), Fraction(4), parse_chord("Bbm7b5"), "Bbm7b5")
    assert (part_name(sharp), part_name(flat)) == ("E/G♯", "B♭m7b5")


def test_a_name_that_does_not_fit_is_shortened_to_its_triad() -> None:
    def names_of(symbol: str) -> tuple[str, ...]:
        return chord_names(SongChord(Fraction(0), Fraction(4), parse_chord(symbol), symbol))

    assert names_of("Fmaj7/A") == ("Fmaj7/A", "Fmaj7", "F")
    assert names_of("Bbm7b5") == ("B♭m7b5", "B♭m")
    assert names_of("Gsus4") == ("Gsus4", "G")
    assert names_of("C#m") == ("C♯m",)


def test_a_song_of_an_earlier_version_shows_its_chords_too(
    document: Document, theme: Theme, tmp_path: Path, qtbot: QtBot
) -> None:
    from engine.compose.wish import Wish

    values = record(None)
    values["composition"]["wish"] = Wish(genre="pop", bars=4, tempo=120.0, seed=3, roles=("bass",)).to_dict()
    bridge = PlayerBridge(document)
    widget = TimelineView(document, theme, PeakStore(document), bridge)
    qtbot.addWidget(widget)
    document.new(tmp_path / "Old", song_of(clip_of(values)))
    qtbot.waitUntil(lambda: bool(widget.form_lanes.form.chords), timeout=PATIENCE)
    assert widget.shows_form
    assert widget.form_lanes.form.chords[0].start == 0
    bridge.close()
