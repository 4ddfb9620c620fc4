"""Changes of tempo and time signature on the ruler: added, typed, dragged and removed, each in one undo step."""

from fractions import Fraction

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop.timeline.grid import labels, line_columns
from desktop.timeline.name_editor import NameEditor
from desktop.timeline.tempo_flags import flags
from engine.project import edits
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.places import place_at


def typed(ruler, text: str) -> None:
    editor = ruler.findChildren(NameEditor)[-1]
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def test_a_tempo_change_is_added_and_typed_in_one_step(hand):
    document, menus = hand.canvas.document, hand.view.menus
    before = document.project
    menus.tempo_requested.emit(place_at(Fraction(8)))
    typed(hand.view.ruler, "60")
    assert hand.project.tempo_changes == (TempoPoint(Fraction(8), Fraction(60)),)
    document.undo()
    assert document.project is before
    document.redo()
    (flag,) = flags(hand.project)
    assert (flag.text, flag.bar) == ("60", 3)
    menu = menus.for_change(flag)
    next(action for action in menu.actions() if action.text() == "Ramp to This Tempo").trigger()
    assert hand.project.tempo_changes[0].ramp
    (flag,) = flags(hand.project)
    next(action for action in menus.for_change(flag).actions() if action.text() == "Remove Tempo Change").trigger()
    assert hand.project.tempo_changes == ()


def test_what_is_no_tempo_is_said_and_changes_nothing(hand, qtbot):
    document = hand.canvas.document
    document.apply("Change", lambda p: edits.add_tempo_point(p, Fraction(8), Fraction(90)))
    (flag,) = flags(hand.project)
    hand.view.ruler.edit_change(flag)
    with qtbot.waitSignal(document.failed) as told:
        typed(hand.view.ruler, "900")
    assert "20 to 400" in told.args[0]
    assert hand.project.tempo_changes == (TempoPoint(Fraction(8), Fraction(90)),)


def test_a_time_signature_is_added_and_typed(hand):
    hand.view.menus.signature_requested.emit(place_at(Fraction(9)))
    typed(hand.view.ruler, "3/4")
    assert hand.project.signature_changes == (SignatureChange(3, Signature(3, 4)),)
    (flag,) = flags(hand.project)
    hand.view.ruler.edit_change(flag)
    typed(hand.view.ruler, "7/8")
    assert hand.project.signature_changes == (SignatureChange(3, Signature(7, 8)),)


def test_flags_are_dragged_and_clicked(hand):
    document, ruler = hand.canvas.document, hand.view.ruler
    document.apply("Change", lambda p: edits.add_tempo_point(p, Fraction(8), Fraction(120)))
    before = document.project
    (flag,) = flags(before)
    start = ruler.tempo_flags.rect(flag).center().toPoint()
    QTest.mouseClick(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    assert hand.view._bridge.position == before.clock.frame_at(Fraction(8))
    end = QPoint(start.x() + round(hand.x(10) - hand.x(8)), start.y())
    QTest.mousePress(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(ruler, start + QPoint(8, 0))
    QTest.mouseMove(ruler, end)
    QTest.mouseRelease(ruler, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert hand.project.tempo_changes == (TempoPoint(Fraction(10), Fraction(120)),)
    document.undo()
    assert document.project is before


def test_changes_are_found_moved_typed_and_removed_by_keys(hand):
    document, ruler = hand.canvas.document, hand.view.ruler
    document.apply("Change", lambda p: edits.add_tempo_point(p, Fraction(8), Fraction(60)))
    document.apply("Change", lambda p: edits.add_signature_change(p, 5, Signature(3, 4)))
    control, alt, plain = (
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.AltModifier,
        Qt.KeyboardModifier.NoModifier,
    )
    bridge = hand.view._bridge
    bridge.seek(0)
    QTest.keyClick(ruler, Qt.Key.Key_Right, alt)
    assert bridge.position == hand.project.clock.frame_at(Fraction(8))
    QTest.keyClick(ruler, Qt.Key.Key_Left, control)
    assert hand.project.tempo_changes == (TempoPoint(Fraction(7), Fraction(60)),)
    assert bridge.position == hand.project.clock.frame_at(Fraction(7)), "the playhead goes along"
    QTest.keyClick(ruler, Qt.Key.Key_Return, plain)
    typed(ruler, "75")
    assert hand.project.tempo_changes == (TempoPoint(Fraction(7), Fraction(75)),)
    QTest.keyClick(ruler, Qt.Key.Key_Right, alt)
    QTest.keyClick(ruler, Qt.Key.Key_Right, control)
    assert hand.project.signature_changes == (SignatureChange(6, Signature(3, 4)),)
    QTest.keyClick(ruler, Qt.Key.Key_Delete, plain)
    assert hand.project.signature_changes == ()
    QTest.keyClick(ruler, Qt.Key.Key_Delete, plain)
    assert len(hand.project.tempo_changes) == 1, "there is none at the playhead any more"
    QTest.keyClick(ruler, Qt.Key.Key_Left, alt)
    QTest.keyClick(ruler, Qt.Key.Key_Delete, plain)
    assert hand.project.tempo_changes == ()


def test_ruler_lines_and_numbers_lie_where_the_metronome_clicks(hand):
    document = hand.canvas.document

    def changed(p):
        p = edits.add_tempo_point(p, Fraction(8), Fraction(60))
        p = edits.add_tempo_point(p, Fraction(16), Fraction(180), ramp=True)
        p = edits.add_signature_change(p, 4, Signature(3, 4))
        return edits.add_signature_change(p, 7, Signature(7, 8))

    document.apply("Change", changed)
    clock = document.project.clock
    end = clock.frames(clock.bar_start(12))
    numbers = [(round(frame), text) for frame, text, bar in labels(clock, 40.0, 0, end - 1) if bar and frame < end - 1]
    assert numbers == [(frame, str(bar)) for frame, bar, beat in clock.counted_beats(0, end) if beat == 1]
    thin, strong = line_columns(clock, 40.0, 0, end // 20, 20.0)
    for frame, _, beat in clock.counted_beats(0, end - 20):
        lines = strong if beat == 1 else np.concatenate((thin, strong))
        assert np.abs(lines - frame / 20).min() < 0.53, "a column holds 20 frames; clicks are on whole frames"
    assert not hand.view.ruler.grab().isNull()
    assert not hand.canvas.grab().isNull()
