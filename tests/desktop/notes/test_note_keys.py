"""The notes by the keyboard alone."""

from fractions import Fraction

from PySide6.QtCore import Qt

from engine.timing.snap import Grid
from tests.desktop.notes.conftest import ALT, BEAT, CONTROL, FIRST_BEAT, MELODY, SHIFT, Player
from tests.desktop.notes.test_piano_roll import PLAIN

KEY = Qt.Key


def test_the_cursor_draws_and_removes(player: Player) -> None:
    player.stage.set_cursor(Fraction(4), 60)
    for _ in range(2):
        player.key(KEY.Key_Right)
    player.key(KEY.Key_Up)
    player.key(KEY.Key_Up, SHIFT)
    player.key(KEY.Key_Return)
    assert player.notes == [*PLAIN, (4.5, 0.25, 73)]
    assert player.session.chosen == frozenset(), "arrows go on moving the cursor"
    player.key(KEY.Key_Return)
    assert player.notes == PLAIN
    player.key(KEY.Key_Left)
    assert player.stage.cursor == (Fraction(17, 4), 73)


def test_arrows_move_the_selected_notes_and_one_undo_takes_a_row_of_them_back(player: Player) -> None:
    player.session.choose(frozenset({0, 1}))
    for _ in range(3):
        player.key(KEY.Key_Right)
    assert player.notes[:2] == [(0.75, 1.0, 60), (1.75, 1.0, 64)]
    assert player.steps == ["Move notes"]
    player.key(KEY.Key_Up)
    player.key(KEY.Key_Up, SHIFT)
    assert player.notes[:2] == [(0.75, 1.0, 73), (1.75, 1.0, 77)]
    player.document.undo()
    player.document.undo()
    assert player.notes == PLAIN
    player.key(KEY.Key_Right, SHIFT)
    assert player.session.real_notes[0].start == Fraction(1, 48)


def test_nothing_moves_before_the_content_or_beyond_the_pitches(player: Player) -> None:
    player.session.choose(frozenset({0}))
    player.key(KEY.Key_Left)
    assert player.notes == PLAIN
    for _ in range(9):
        player.key(KEY.Key_Down, SHIFT)
    assert player.notes[0][2] == 0


def test_alt_makes_longer_and_louder(player: Player) -> None:
    player.session.choose(frozenset({3}))
    player.key(KEY.Key_Right, ALT)
    assert player.notes[3] == (3.0, 0.75, 72)
    for _ in range(5):
        player.key(KEY.Key_Left, ALT)
    assert player.notes[3] == (3.0, 0.25, 72)
    player.key(KEY.Key_Down, ALT)
    assert player.velocities[3] == 112
    player.key(KEY.Key_Up, ALT | SHIFT)
    assert player.velocities[3] == 113


def test_stepping_from_note_to_note(player: Player) -> None:
    player.stage.set_cursor(Fraction(0), 60)
    player.key(KEY.Key_Right, CONTROL)
    assert player.session.chosen == {0}
    player.key(KEY.Key_Right, CONTROL)
    player.key(KEY.Key_Right, CONTROL | SHIFT)
    assert player.session.chosen == {1, 2}
    player.key(KEY.Key_Left, CONTROL)
    assert player.session.chosen == {0}
    player.key(KEY.Key_Escape)
    assert player.session.chosen == frozenset()


def test_all_none_delete_duplicate_copy_and_paste(player: Player) -> None:
    player.key(KEY.Key_A, CONTROL)
    assert len(player.session.chosen) == 4
    player.key(KEY.Key_D, CONTROL)
    assert player.notes[4:] == [(start + 3.5, length, pitch) for start, length, pitch in PLAIN]
    assert player.session.chosen == {4, 5, 6, 7}
    player.key(KEY.Key_Delete)
    assert player.notes == PLAIN
    player.session.choose(frozenset({1, 2}))
    player.key(KEY.Key_X, CONTROL)
    assert player.notes == [PLAIN[0], PLAIN[3]]
    player.editor._bridge.seek((FIRST_BEAT + 5) * BEAT)
    player.key(KEY.Key_V, CONTROL)
    assert player.notes[2:] == [(5.0, 1.0, 64), (6.0, 1.0, 67)]
    player.key(KEY.Key_A, CONTROL | SHIFT)
    assert player.session.chosen == frozenset()
    assert player.steps == ["Duplicate notes", "Delete 4 notes", "Delete 2 notes", "Paste notes"]


def test_quantise_with_strength_swing_and_triplets(player: Player) -> None:
    player.session.choose(frozenset({1}))
    for _ in range(5):
        player.key(KEY.Key_Right, SHIFT)  # 5/48 late
    player.session.change(strength=0.5)
    player.key(KEY.Key_Q)
    moved = player.session.real_notes[1]
    assert moved.start == 1, "the grid is exact"
    assert abs(moved.offset - 5 / 96) < 1e-9, "half of the distance is left as feel"
    player.key(KEY.Key_H, SHIFT)
    assert player.session.real_notes[1].offset == 0.0
    player.session.change(strength=1.0, swing=1.0, grid=Grid.EIGHTH)
    player.session.choose(frozenset({3}))
    player.key(KEY.Key_Right)
    player.key(KEY.Key_Q)
    swung = player.session.real_notes[3]
    assert (swung.start, round(swung.offset, 6)) == (Fraction(7, 2), round(1 / 6, 6))


def test_legato_split_humanise_and_accent(player: Player) -> None:
    player.session.choose(frozenset({0, 3}))
    player.key(KEY.Key_T)
    assert player.notes[0] == (0.0, 3.0, 60)
    player.session.choose(frozenset({0}))
    player.editor._bridge.seek(round((FIRST_BEAT + 1.5) * BEAT))
    player.key(KEY.Key_S)
    assert player.notes[0] == (0.0, 1.5, 60)
    assert player.notes[4] == (1.5, 1.5, 60)
    player.key(KEY.Key_A)
    assert [player.velocities[i] for i in (0, 4)] == [120, 120]
    player.key(KEY.Key_A)
    assert [player.velocities[i] for i in (0, 4)] == [96, 96]
    player.key(KEY.Key_H)
    assert any(n.offset for n in player.session.real_notes)
    assert [float(n.start) for n in player.session.real_notes] == [0.0, 1.0, 2.0, 3.0, 1.5]


def test_without_a_grid_quantise_says_what_to_do(player: Player) -> None:
    said: list[str] = []
    player.document.failed.connect(said.append)
    player.session.change(grid=Grid.OFF)
    player.key(KEY.Key_Q)
    player.document.failed.disconnect(said.append)
    assert "grid" in said[0]
    assert player.session.real_notes is MELODY


def test_switches(player: Player) -> None:
    for key, name in ((KEY.Key_P, "pencil"), (KEY.Key_F, "fold"), (KEY.Key_G, "ghosts")):
        player.key(key)
        assert getattr(player.session.settings, name)
        assert getattr(player.editor.toolbar, name).isChecked()


def test_the_canvas_tells_assistive_tools_what_is_chosen(player: Player) -> None:
    assert player.canvas.accessibleName() == "Piano roll of melody"
    player.session.choose(frozenset({3}))
    assert player.canvas.accessibleDescription() == "C5 at 2.4, 1/2 beat, velocity 120"
    player.key(KEY.Key_A, CONTROL)
    assert player.canvas.accessibleDescription() == "4 notes of 4 selected"
