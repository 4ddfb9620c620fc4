"""Swiping over take lanes, and a number key with time selected: the takes that are heard, in one step of undo."""

from PySide6.QtCore import QPoint, Qt

from engine.project import edits
from engine.project.model import audio_take
from tests.desktop.timeline.conftest import BEAT


def parts(hand):
    return [(part.first, part.last, part.take) for part in hand.clip("a").take_parts]


def test_a_swipe_over_a_take_lane_chooses_it_there(hand):
    source = next(iter(hand.project.sources))
    hand.canvas.document.apply("t", lambda p: edits.add_take(p, "a", audio_take("second", source, "Take 2")))
    hand.key(Qt.Key.Key_Escape)
    row = hand.canvas.rows.of("Drums")
    y = round(hand.canvas.places.lane_rect(row, hand.clip("a"), 1).center().y())
    hand.drag(QPoint(hand.x(5), y), QPoint(hand.x(6) - hand.x(5), 0))
    assert parts(hand) == [(0, BEAT, 0), (BEAT, 2 * BEAT, 1), (2 * BEAT, 4 * BEAT, 0)]
    hand.canvas.document.select(["a"], region=(7 * BEAT, 8 * BEAT))
    hand.key(Qt.Key.Key_2)
    assert parts(hand)[2:] == [(2 * BEAT, 3 * BEAT, 0), (3 * BEAT, 4 * BEAT, 1)]
    hand.canvas.grab()
    hand.canvas.document.undo()
    hand.canvas.document.undo()
    assert parts(hand) == [(0, 4 * BEAT, 0)]
