"""Curves: drawn lines in order, values where they were drawn, the rest as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.project.model import ControlPoint, NoteContent
from engine.project.note_edits import curves

BEATS = st.integers(0, 640).map(lambda n: n / 40)
SHARES = st.integers(0, 100).map(lambda n: n / 100)
CURVES = st.dictionaries(BEATS, SHARES, max_size=20).map(
    lambda values: tuple(ControlPoint(beat, values[beat]) for beat in sorted(values))
)


@given(CURVES, st.tuples(BEATS, SHARES), st.tuples(BEATS, SHARES), st.sampled_from([1 / 32, 0.25, 3.0]))
def test_a_line_lies_where_it_was_drawn(
    points: tuple[ControlPoint, ...], start: tuple[float, float], end: tuple[float, float], step: float
) -> None:
    drawn = curves.draw(points, start, end, step, ControlPoint)
    assert NoteContent((), modulation=drawn).fault() == ""
    low, high = sorted((start[0], end[0]))
    assert [p for p in drawn if not low <= p.beat <= high] == [p for p in points if not low <= p.beat <= high]
    inside = [p for p in drawn if low <= p.beat <= high]
    assert inside[-1].beat == high
    if low < high:
        slope = (end[1] - start[1]) / (end[0] - start[0])
        for point in inside:
            assert point.value == pytest.approx(start[1] + slope * (point.beat - start[0]), abs=1e-6)
        assert inside[0].beat == low
    again = curves.draw(drawn, start, end, step, ControlPoint)
    assert [(p.beat, p.value) for p in again] == [(p.beat, p.value) for p in drawn]


@given(CURVES, BEATS, BEATS)
def test_erasing_takes_what_lies_between(points: tuple[ControlPoint, ...], first: float, last: float) -> None:
    first, last = sorted((first, last))
    erased = curves.erase(points, first, last)
    assert erased == tuple(p for p in points if not first <= p.beat <= last)
    assert curves.erase(erased, first, last) is erased


def test_values_hold_or_run_straight() -> None:
    pairs = ((1.0, 0.2), (3.0, 0.6))
    assert curves.value_at(pairs, 0.5, 0.9) == 0.9
    assert curves.value_at(pairs, 2.0, 0.9) == 0.2
    assert curves.value_at(pairs, 2.0, 0.9, straight=True) == pytest.approx(0.4)
    assert curves.value_at(pairs, 8.0, 0.9, straight=True) == 0.6
