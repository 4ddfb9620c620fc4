"""The composer's verbs on selected notes, by keys: a job, and one undo step."""

from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from desktop.notes.editor import NoteEditor
from desktop.notes.writing import QUEUE
from tests.desktop.notes.conftest import CONTROL, DRUMS, MELODY, SHIFT, Player
from tests.desktop.notes.test_piano_roll import PLAIN

KEY = Qt.Key


@pytest.fixture(scope="module", autouse=True)
def queue(editor: NoteEditor) -> None:
    """The queue's thread runs before the first test, which need not wait for it, and as long as the editor."""
    editor.session.document.jobs.submit("Begin", lambda _: None, queue=QUEUE, passing=True)


@pytest.mark.parametrize(
    ("key", "step"), [(KEY.Key_R, "Notes again"), (KEY.Key_V, "Vary notes"), (KEY.Key_G, "Continue notes")]
)
def test_keys_ask_the_composer_and_one_undo_takes_it_back(qtbot: QtBot, player: Player, key: KEY, step: str) -> None:
    player.session.choose(frozenset({0, 1, 2, 3}))
    player.key(key, SHIFT)
    qtbot.waitUntil(lambda: player.steps == [step], timeout=60_000)
    assert player.notes != PLAIN
    assert {player.session.real_notes[index] for index in player.session.chosen} <= set(player.session.real_notes)
    player.document.undo()
    assert player.notes == PLAIN


def test_a_fill_is_written_into_the_bar_of_the_cursor(qtbot: QtBot, player: Player) -> None:
    player.show("drums")
    player.stage.set_cursor(Fraction(5), 38)
    player.key(KEY.Key_F, SHIFT)
    qtbot.waitUntil(lambda: player.steps == ["Fill the bar"], timeout=60_000)
    assert player.session.real_notes[:3] == DRUMS
    assert all(4 <= start < 8 for start, _, _ in player.notes[3:])
    assert len(player.notes) > 3


def test_selected_notes_become_a_theme(player: Player) -> None:
    chosen = QSignalSpy(player.editor.writing.theme_chosen)
    player.session.choose(frozenset({1, 2}))
    player.key(KEY.Key_T, SHIFT)
    assert [(n.start, n.pitch) for n in chosen.at(0)[0]] == [(1.0, MELODY[1].pitch), (2.0, MELODY[2].pitch)]


def test_the_notes_of_several_open_clips_are_varied_in_one_step(qtbot: QtBot, player: Player) -> None:
    player.document.select(["melody", "chords"])
    player.key(KEY.Key_A, CONTROL)

    def notes() -> list[object]:
        places = [player.document.project.find_clip(clip_id) for clip_id in ("melody", "chords")]
        return [place[1].content.notes for place in places if place is not None]  # type: ignore[attr-defined]

    before = notes()
    player.key(KEY.Key_R, SHIFT)
    qtbot.waitUntil(lambda: player.steps == ["Notes again"], timeout=60_000)
    assert all(new != old for new, old in zip(notes(), before, strict=True))
    assert player.session.chosen_beside().keys() == {"chords"}
    player.document.undo()
    assert notes() == before
