"""What a strip answered is not worked out again, and no sample shows it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.compose.render import BarCache, play_alone
from engine.compose.score import Part, Score
from engine.compose.strip import Strip
from engine.compose.strip_cache import StripCache
from engine.music.notes import Note
from engine.timing.signature import Signature

RATE = 48000
BEATS = 40
BARS = BarCache(1 << 28)


def _part(changed: int | None = None, **values: Any) -> Part:
    """A note on each beat; the note `changed` is a semitone higher."""
    notes = tuple(Note(float(beat), 0.5, 50 + 5 * beat % 24 + (beat == changed), 90) for beat in range(BEATS))
    fields: dict[str, Any] = {"echo": 0.3, "chorus": 0.4, "room": 0.2, "drive": 0.2, "tilt_db": 3.0, **values}
    return Part("notes", "lead", "square lead", "", None, "square", notes, **fields)


def _played(part: Part, strips: StripCache | None) -> np.ndarray:
    score = Score(
        0, "", "", 120.0, Signature(), 0, "major", 0.0, 0.5, (), (), (part,), float(BEATS), reverb_seconds=1.0
    )
    return np.concatenate(list(play_alone(part, score, RATE, bars=BARS, strips=strips)), axis=1)


@pytest.fixture
def advanced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first frame of each stretch that goes through a strip."""
    frames: list[int] = []
    advance = Strip.advance

    def counting(strip: Strip, dry: np.ndarray, first: int) -> np.ndarray:
        frames.append(first)
        return advance(strip, dry, first)

    monkeypatch.setattr(Strip, "advance", counting)
    return frames


def test_one_changed_note_goes_through_the_strip_alone(advanced: list[int]) -> None:
    strips = StripCache(1 << 30)
    _played(_part(), strips)
    whole = advanced.copy()
    advanced.clear()
    changed = _played(_part(20), strips)
    assert advanced
    assert len(advanced) < len(whole) / 2
    stretch = whole[1] - whole[0]
    assert 10 * RATE - stretch < min(advanced) <= 10 * RATE  # at 120 BPM beat 20 sounds after ten seconds
    advanced.clear()
    assert np.array_equal(changed.view(np.int32), _played(_part(20), None).view(np.int32))
    assert advanced == whole


def test_what_is_played_again_is_the_same_to_the_bit_after_many_changes() -> None:
    strips = StripCache(1 << 30)
    for changed in (None, 3, 39, None):
        cached, plain = _played(_part(changed), strips), _played(_part(changed), None)
        assert np.array_equal(cached.view(np.int32), plain.view(np.int32))


@pytest.mark.parametrize("values", [{"echo": 0.0}, {"room": 0.5}, {"level_db": -6.0}, {"expression": ((0.0, 0.5),)}])
def test_another_strip_takes_nothing_over(values: dict[str, Any]) -> None:
    strips = StripCache(1 << 30)
    _played(_part(), strips)
    cached, plain = _played(_part(**values), strips), _played(_part(**values), None)
    assert np.array_equal(cached.view(np.int32), plain.view(np.int32))


def test_what_was_not_played_for_longest_is_forgotten(advanced: list[int]) -> None:
    strips = StripCache(1)
    other = replace(_part(), level_db=-3.0)
    _played(_part(), strips)
    whole = advanced.copy()
    _played(other, strips)
    advanced.clear()
    _played(other, strips)
    assert advanced == []
    _played(_part(), strips)
    assert advanced == whole
