"""The Guide tab: drawn with mouse and keys, one step of undo each, and asked for with the clip."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import mido
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from desktop.guides.lanes import GuideLanes
from desktop.guides.panel import GuidePanel
from desktop.widgets.inplace import InPlaceEditor
from engine.music.guide import ChordSpan, Guide, GuidePart, MelodyNote, SwellPoint
from engine.project import edits
from engine.project.codec import from_json, to_json
from engine.project.model import Clip, Project, audio_clip, audio_take
from engine.timing.position import Position
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(song: "Desk", wav: Path, qtbot: QtBot) -> "Desk":
    """A song with one clip of four seconds at 120 BPM, which is selected, and the Guide tab open."""
    document = song.document
    document.import_files([wav], "drums", place_at(Fraction(0)))
    qtbot.waitUntil(lambda: any(track.clips for track in document.project.tracks), timeout=60_000)

    def lay(p: Project) -> Project:
        source = next(iter(p.sources))
        return edits.add_clip(
            p, "bass", audio_clip("made", place_at(Fraction(8)), 4 * p.rate, (audio_take("one", source),), name="Line")
        )

    document.apply("lay", lay)
    document.select(["made"])
    song.actions["guide"].trigger()
    song.guide().resize(900, 300)
    qtbot.waitUntil(lambda: song.guide().state.clip is not None, timeout=60_000)
    return song


@pytest.fixture
def panel(opened: "Desk") -> GuidePanel:
    return opened.guide()


def clip(opened: "Desk") -> Clip:
    found = opened.document.project.find_clip("made")
    assert found is not None
    return found[1]


def point(lanes: GuideLanes, seconds: float, y: float) -> QPoint:
    return QPointF(lanes.x_of(seconds), y).toPoint()


def middle(lanes: GuideLanes, part: GuidePart) -> float:
    return lanes.areas()[part].center().y()


def test_a_note_is_drawn_by_one_drag_and_taken_back_by_one_undo(
    opened: "Desk", panel: GuidePanel, qtbot: QtBot
) -> None:
    lanes, document = panel.lanes, opened.document
    tempo = document.project.clock.tempo_at(place_at(Fraction(8)))
    sixteenth = float(15 / tempo)
    y = lanes.y_of(64)
    qtbot.mousePress(lanes, LEFT, pos=point(lanes, 4 * sixteenth + 0.01, y))
    qtbot.mouseMove(lanes, point(lanes, 8 * sixteenth, y))
    qtbot.mouseRelease(lanes, LEFT, pos=point(lanes, 8 * sixteenth, y))
    (note,) = panel.state.guide.melody
    assert note.pitch == 64
    assert note.start == pytest.approx(4 * sixteenth, abs=1e-3)
    assert note.length == pytest.approx(4 * sixteenth, abs=1e-3)
    assert clip(opened).chosen.guide == panel.state.guide.to_values()
    assert from_json(to_json(document.project)) == document.project  # it is saved with the song
    document.undo()
    assert not panel.state.guide
    document.redo()
    assert panel.state.guide.melody == (note,)
    qtbot.mouseClick(lanes, LEFT, Qt.KeyboardModifier.AltModifier, point(lanes, note.start + 0.05, lanes.y_of(64)))
    assert not panel.state.guide.melody


def test_every_lane_is_reached_by_keys_alone(opened: "Desk", panel: GuidePanel, qtbot: QtBot) -> None:
    lanes = panel.lanes

    def press(*keys: Qt.Key) -> None:
        for key in keys:
            qtbot.keyClick(lanes, key)

    press(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert panel.state.guide.melody[0].pitch == 68  # from the middle, two up
    press(Qt.Key.Key_PageDown, Qt.Key.Key_Return)
    editor = lanes.findChild(InPlaceEditor)
    assert editor is not None
    assert editor.accessibleName() == "Chord"
    editor.setText("Am7")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert panel.state.guide.chords[0].symbol == "Am7"
    press(Qt.Key.Key_PageDown, Qt.Key.Key_Return)
    assert len(panel.state.guide.accents) == 1
    press(Qt.Key.Key_PageDown, Qt.Key.Key_Return, Qt.Key.Key_Down)
    assert panel.state.guide.swell[0].gain_db == -1.0
    press(Qt.Key.Key_Delete)
    assert not panel.state.guide.swell
    assert lanes.lane is GuidePart.SWELL


def test_a_chord_that_is_none_is_said_and_nothing_changes(opened: "Desk", panel: GuidePanel, qtbot: QtBot) -> None:
    sentences: list[str] = []
    opened.document.failed.connect(sentences.append)
    lanes = panel.lanes
    qtbot.mouseDClick(lanes, LEFT, pos=point(lanes, 0.5, middle(lanes, GuidePart.CHORDS)))
    editor = lanes.findChild(InPlaceEditor)
    assert editor is not None
    editor.setText("Hello")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert len(sentences) == 1
    assert "no chord that is known" in sentences[0]
    assert not panel.state.guide


def test_new_music_has_a_guide_of_its_own_which_clear_removes(opened: "Desk", panel: GuidePanel) -> None:
    opened.document.select([])
    assert panel.subject.text() == "New music"
    wanted = Guide(swell=(SwellPoint(0.0, -12.0), SwellPoint(2.0, 0.0)), chords=(ChordSpan(0, 1, "C"),))
    panel.state.write(wanted, "Draw Swell")
    assert opened.generating.generation.panel.shown_guide == wanted
    panel.clear(GuidePart.SWELL)
    assert panel.state.guide == Guide(chords=wanted.chords)
    entries = {action.text(): action.isEnabled() for action in panel.clear_menu().actions() if action.text()}
    assert entries["Chords"]
    assert not entries["Melody"]
    opened.document.select(["made"])
    assert not panel.state.guide


def test_a_midi_file_becomes_the_melody_at_the_songs_tempo(
    opened: "Desk", panel: GuidePanel, qtbot: QtBot, tmp_path: Path
) -> None:
    file = mido.MidiFile(ticks_per_beat=480)
    file.tracks.append(
        mido.MidiTrack([
            mido.Message("note_on", note=72, velocity=90, time=480), mido.Message("note_off", note=72, time=480),
        ])
    )  # fmt: skip
    file.save(tmp_path / "line.mid")
    panel.read_file(tmp_path / "line.mid", GuidePart.MELODY)
    qtbot.waitUntil(lambda: bool(panel.state.guide.melody), timeout=60_000)
    quarter = float(60 / opened.document.project.clock.tempo_at(place_at(Fraction(8))))
    (note,) = panel.state.guide.melody
    assert (note.pitch, note.start, note.length) == (72, pytest.approx(quarter), pytest.approx(quarter))


def test_a_clip_that_is_cut_keeps_its_guide_in_place(opened: "Desk", panel: GuidePanel) -> None:
    document, rate = opened.document, opened.document.project.rate
    panel.state.write(Guide(melody=(MelodyNote(0.5, 0.5, 60), MelodyNote(2.0, 1.0, 64))), "Draw Melody")
    start = document.project.clock.frames(clip(opened).position)
    document.apply("trim", lambda p: edits.trim_start(p, "made", Position.at_frame(start + rate)))
    assert panel.state.guide.melody == (MelodyNote(1.0, 1.0, 64),)
    panel.state.write(Guide(melody=(MelodyNote(1.0, 1.0, 65),)), "Draw Melody")
    kept = clip(opened).chosen.guide
    assert kept == {"melody": [[0.5, 0.5, 60], [2.0, 1.0, 65]]}  # what was cut away is there still


def test_dots_say_how_much_of_the_melody_is_heard(opened: "Desk", panel: GuidePanel) -> None:
    from desktop.guides.panel import _Heard

    panel.state.write(Guide(melody=(MelodyNote(0.0, 2.0, 60),)), "Draw Melody")
    panel._heard = _Heard("one", (MelodyNote(0.0, 1.0, 72),))
    panel._refresh()
    assert panel.follows.text() == "50% of the melody is heard in the take"
    assert panel.lanes.grab().toImage().width() > 0
