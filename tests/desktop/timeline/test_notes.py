"""Notes in the body of a clip: at their beats and pitches, and nothing of a waveform."""

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from desktop.document import Document
from desktop.timeline.palette import Condition, Part
from desktop.timeline.row_painter import TITLE_PX
from engine.project import edits
from engine.project.model import Clip, NoteContent, NoteEvent, Take
from tests.desktop.timeline.conftest import BEAT, Hand
from tests.places import place_at

NOTES = (
    NoteEvent(Fraction(0), Fraction(1), 60, 127),
    NoteEvent(Fraction(1), Fraction(1), 72, 127),
    NoteEvent(Fraction(3), Fraction(1), 60, 127),
)


@pytest.fixture
def clip_id(opened: Document) -> str:
    """A clip of four beats at beat 4 of the third track."""
    clip = Clip("n", place_at(Fraction(4)), 4 * BEAT, (Take("t", NoteContent(NOTES)),), name="Notes")
    opened.apply("Add notes", lambda p: edits.add_clip(p, "Keys", clip))
    return "n"


def bright(hand: Hand, clip_id: str) -> np.ndarray:
    """Which pixels of the clip's body differ from its plain colour, (height, width)."""
    found = hand.project.find_clip(clip_id)
    assert found
    row = hand.canvas.rows.of(found[0].id)
    assert row
    rect = hand.canvas.places.clip_rect(row, found[1]).toRect()
    body = QRect(
        rect.left() + 4, rect.top() + round(TITLE_PX) + 3, rect.width() - 8, rect.height() - round(TITLE_PX) - 4
    )
    image = hand.canvas.grab(body).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    hue = found[0].colour
    plain = hand.canvas.cache.palette.colour(hue, Condition.SOUNDING, Part.BODY).rgb() & 0xFFFFFF
    return np.asarray((pixels[:, : image.width()] & 0xFFFFFF) != plain)


def test_notes_are_drawn_at_their_beats_and_pitches(hand: Hand, clip_id: str) -> None:
    drawn = bright(hand, clip_id)
    height, width = drawn.shape
    beats = [drawn[:, round((beat + 0.5) * width / 4)] for beat in range(4)]
    low, high, nothing, again = [np.flatnonzero(column) for column in beats]
    assert low.size
    assert low.min() > height * 0.75, "the lower note lies low"
    assert high.size
    assert high.max() < height * 0.25, "an octave higher, it lies high"
    assert not nothing.size, "between the notes there is not even the line of a waveform"
    np.testing.assert_array_equal(again, low)


def test_a_loop_shows_its_notes_again(hand: Hand, clip_id: str) -> None:
    hand.view.canvas.document.apply("Repeat", lambda p: edits.loop_to(p, clip_id, place_at(Fraction(12))))
    drawn = bright(hand, clip_id)
    width = drawn.shape[1]
    once, again = (drawn[:, round((beat + 0.5) * width / 8)] for beat in (1, 5))
    assert once.any()
    np.testing.assert_array_equal(once, again)


def test_the_notes_of_every_take_are_drawn_in_its_lane(hand: Hand, opened: Document, clip_id: str) -> None:
    other = Take("u", NoteContent((NoteEvent(Fraction(2), Fraction(1), 60, 127),)), "Other")
    opened.apply("Add take", lambda p: edits.add_take(p, clip_id, other))
    hand.view.viewport.scroll_to(top=hand.view.viewport.max_top)
    row = hand.canvas.rows.of("Keys")
    found = hand.project.find_clip(clip_id)
    assert row
    assert found
    assert row.lanes == 2
    rect = hand.canvas.places.clip_rect(row, found[1])
    palette = hand.canvas.cache.palette
    image = hand.canvas.grab().toImage()
    ratio = image.devicePixelRatio()

    def drawn(lane: int, beat: float) -> bool:
        """Whether anything but the body's colour is in the lower half of a lane at a beat."""
        hue = found[0].colour
        condition = Condition.SOUNDING if lane == 0 else Condition.UNCHOSEN
        plain = palette.colour(hue, condition, Part.BODY).rgb() & 0xFFFFFF
        x = round((rect.left() + beat / 4 * rect.width()) * ratio)
        top = rect.top() + row.height - 1 + lane * row.lane_height
        rows = range(round((top + row.lane_height / 2) * ratio), round((top + row.lane_height - 3) * ratio))
        return any((image.pixel(x, y) & 0xFFFFFF) != plain for y in rows)

    assert [drawn(0, beat + 0.5) for beat in range(4)] == [True, False, False, True], "the chosen one's low notes"
    assert [drawn(1, beat + 0.5) for beat in range(4)] == [False, False, True, False], "the other's"
