"""Several clips of notes that are open at once."""

from fractions import Fraction

import pytest
from PySide6.QtCore import Qt

from engine.project import edits
from engine.project.model import NoteEvent
from engine.timing.position import Position
from engine.timing.snap import Grid
from tests.desktop.notes.conftest import Player

LATE = (NoteEvent(Fraction(1, 5), Fraction(1), 62, 90), NoteEvent(Fraction(11, 5), Fraction(1), 64, 90))


@pytest.fixture
def both(player: Player) -> Player:
    """The melody and the chords, which now begin half a beat later and beside the grid, are open."""
    document = player.document
    document.apply("Late", lambda p: edits.set_notes(p, {"chords": LATE, "melody": LATE}))
    document.apply("Move", lambda p: edits.place_clip(p, "chords", Position.at_beat(Fraction(9, 2))))
    document.apply("Begin", lambda p: p)
    document.select(["melody", "chords", "drums"])
    return player


def starts(player: Player, clip_id: str) -> list[Fraction]:
    """The song's beats at which the notes of a clip begin."""
    place = player.document.project.find_clip(clip_id)
    assert place is not None
    first = player.document.project.clock.beats(place[1].position)
    return [first + note.start for note in place[1].content.notes]  # type: ignore[attr-defined]


def test_without_selected_notes_all_open_clips_are_quantised_in_one_step(both: Player) -> None:
    both.session.change(grid=Grid.QUARTER)
    drums = starts(both, "drums")
    both.session.choose(frozenset())
    both.key(Qt.Key.Key_Q)
    assert starts(both, "melody") == [4, 6]
    assert starts(both, "chords") == [5, 7], "to the song's beats, not to those of its own start"
    assert starts(both, "drums") == drums, "drums are of another kind"
    both.document.undo()
    assert starts(both, "melody") == [Fraction(21, 5), Fraction(31, 5)]
    assert starts(both, "chords") == [Fraction(47, 10), Fraction(67, 10)]


def test_selected_notes_are_changed_alone(both: Player) -> None:
    both.session.change(grid=Grid.QUARTER)
    both.session.choose(frozenset({0}))
    both.key(Qt.Key.Key_Q)
    assert starts(both, "melody") == [4, Fraction(31, 5)]
    assert starts(both, "chords") == [Fraction(47, 10), Fraction(67, 10)]


def test_page_keys_go_through_the_open_clips(both: Player) -> None:
    assert both.editor.toolbar.title.text() == "melody  + 2"
    edited = []
    for _ in range(3):
        both.key(Qt.Key.Key_PageDown)
        assert both.session.clip is not None
        edited.append(both.session.clip.id)
    assert edited == ["chords", "drums", "melody"]
    both.key(Qt.Key.Key_PageUp)
    assert both.session.clip.id == "drums"
    both.document.select(["melody"])
    assert both.editor.toolbar.title.text() == "melody"
