"""The drum grid: rows named by the kit, steps by click and keys, accents."""

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.desktop.notes.conftest import ALT, SHIFT, Player

PLAIN = [(0.0, 0.25, 36), (1.0, 0.25, 38), (2.0, 0.25, 36)]


@pytest.fixture
def drums(player: Player) -> Player:
    player.show("drums")
    return player


def test_rows_are_the_pieces_of_the_kit(drums: Player) -> None:
    rows = drums.session.rows
    assert drums.session.is_drums
    assert rows.drums
    assert [rows.name(pitch) for pitch in (36, 38, 42, 46, 49)] == ["Kick", "Snare", "Closed hat", "Open hat", "Crash"]
    assert rows.pitches[-1] == 36, "the kick lies lowest"
    drums.session.change(fold=True)
    assert drums.session.rows.pitches == (38, 36)
    assert drums.canvas.accessibleName() == "Drum grid of drums"


def test_a_click_puts_a_hit_and_takes_it_away(drums: Player) -> None:
    drums.click(drums.at(0.6, 42))
    assert drums.notes == [*PLAIN, (0.5, 0.25, 42)]
    drums.click(drums.at(0.6, 42))
    assert drums.notes == PLAIN
    assert drums.steps == ["Add note", "Erase note"]


def test_a_drag_puts_a_hit_into_every_step(drums: Player) -> None:
    start, end = drums.at(4.1, 42), drums.at(4.85, 42)
    drums.drag(start, start + QPoint(20, 0), release=False)
    for x in range(start.x() + 40, end.x() + 1, 20):
        drums.move(QPoint(x, start.y()))
    from PySide6.QtTest import QTest

    QTest.mouseRelease(drums.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert drums.notes[3:] == [(4.0, 0.25, 42), (4.25, 0.25, 42), (4.5, 0.25, 42), (4.75, 0.25, 42)]
    assert drums.steps == ["Add 4 notes"]


def test_alt_puts_an_accented_hit(drums: Player) -> None:
    drums.click(drums.at(3.1, 38), ALT)
    assert drums.velocities == [96, 96, 96, 120]


def test_shift_selects_with_a_box(drums: Player) -> None:
    drums.drag(drums.at(-0.2, 39), drums.at(2.5, 35), SHIFT)
    assert drums.session.chosen == {0, 1, 2}
    assert drums.notes == PLAIN


def test_steps_by_keys(drums: Player) -> None:
    drums.key(Qt.Key.Key_Home)
    drums.stage.set_cursor(drums.stage.cursor[0], 36)
    for _ in range(2):
        drums.key(Qt.Key.Key_Right)
    for _ in range(2):
        drums.key(Qt.Key.Key_Up)
    assert drums.session.rows.name(drums.stage.cursor[1]) == "Snare"
    drums.key(Qt.Key.Key_Return)
    assert drums.notes == [*PLAIN, (0.5, 0.25, 38)]


def test_hits_move_by_pieces(drums: Player) -> None:
    drums.session.choose(frozenset({0, 2}))
    drums.key(Qt.Key.Key_Up)
    assert [pitch for _, _, pitch in drums.notes] == [37, 38, 37]


def test_a_flam_is_put_before_chosen_drums_and_taken_away(player: Player) -> None:
    player.show("drums")
    player.session.choose(frozenset({0, 2}))
    player.key(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    notes = player.session.real_notes
    early = [note for note in notes if note.offset < 0]
    assert [(float(note.start), note.pitch, note.offset, note.velocity) for note in early] == [
        (0.0, 36, -0.06, 53),
        (2.0, 36, -0.06, 53),
    ]
    assert player.session.chosen == frozenset({0, 2})
    player.key(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert player.session.real_notes == notes[:3]
    assert player.steps == ["Flam", "Remove flam"]


def test_a_quick_mouse_paints_and_erases_every_step_on_its_way(player: Player) -> None:
    player.show("drums")
    player.drag(player.at(0.1, 42), player.at(3.9, 42))
    assert [start for start, _, pitch in player.notes if pitch == 42] == [step / 4 for step in range(16)]
    assert player.steps == ["Add 16 notes"]
    player.drag(player.at(0.1, 42), player.at(3.9, 42))
    assert player.steps == ["Add 16 notes", "Erase 16 notes"]
