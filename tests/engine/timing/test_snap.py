from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.project import edits
from engine.project.model import Project, new_project
from engine.timing.position import Position
from engine.timing.signature import COMMON_TIME, Signature
from engine.timing.snap import Grid, snap
from tests.places import place_at

few = settings(max_examples=80, deadline=None)
BEAT = 24_000  # frames, at 48 kHz and 120 BPM


def song(tempo: Fraction = Fraction(120), signature: Signature = COMMON_TIME) -> Project:
    return new_project("Song", tempo=tempo, signature=signature)


def snapped(p: Project, frame: int, grid: Grid, *, extra: tuple[Position, ...] = ()) -> Position:
    """As the timeline snaps: markers attract, too."""
    return snap(p.clock, frame, grid, extra=(*(marker.position for marker in p.markers), *extra))


@pytest.mark.parametrize(
    ("grid", "step"),
    [
        (Grid.BAR, Fraction(4)),
        (Grid.HALF, Fraction(2)),
        (Grid.QUARTER, Fraction(1)),
        (Grid.EIGHTH, Fraction(1, 2)),
        (Grid.SIXTEENTH, Fraction(1, 4)),
        (Grid.THIRTY_SECOND, Fraction(1, 8)),
        (Grid.HALF_TRIPLET, Fraction(4, 3)),
        (Grid.QUARTER_TRIPLET, Fraction(2, 3)),
        (Grid.EIGHTH_TRIPLET, Fraction(1, 3)),
        (Grid.SIXTEENTH_TRIPLET, Fraction(1, 6)),
        (Grid.THIRTY_SECOND_TRIPLET, Fraction(1, 12)),
    ],
)
def test_steps(grid: Grid, step: Fraction) -> None:
    assert grid.step(Signature()) == step
    assert snap(song().clock, round(5 * step * BEAT) + 100, grid) == place_at(
        5 * step if grid is not Grid.HALF_TRIPLET else 4 + 2 * step
    )


def test_all_grids_are_named_here() -> None:
    assert Grid.OFF.step(Signature()) is None
    assert Grid.BAR.step(Signature(7, 8)) == Fraction(7, 2)
    assert [g for g in Grid if g.triplet] == [g for g in Grid if g.value.endswith("T")]


@given(
    st.integers(0, 10_000_000),
    st.sampled_from([g for g in Grid if g is not Grid.OFF]),
    st.fractions(20, 400, max_denominator=1000),
    st.sampled_from([Signature(), Signature(3, 4), Signature(7, 8), Signature(5, 16), Signature(1, 32)]),
)
@few
def test_the_nearest_place_of_the_bars_grid(frame: int, grid: Grid, tempo: Fraction, signature: Signature) -> None:
    p = song(tempo, signature)
    place = snapped(p, frame, grid).beat
    assert place is not None
    step = grid.step(signature)
    assert step
    inside = place % signature.bar
    assert (inside / step).denominator == 1, "on the grid that begins anew at every bar"
    exact = frame * tempo / (60 * p.rate)
    bar = exact // signature.bar * signature.bar
    count = int(signature.bar / step) + 2
    places = [bar + i * step for i in range(count) if i * step < signature.bar] + [bar + signature.bar]
    assert abs(place - exact) == min(abs(other - exact) for other in places)


def test_off_and_before_the_start() -> None:
    p = edits.add_marker(song(), place_at(1000))
    assert snapped(p, 999, Grid.OFF, extra=(place_at(998),)) == place_at(999)
    assert snapped(p, -5, Grid.OFF) == place_at(0)
    assert snapped(p, -900, Grid.BAR) == place_at(Fraction(0))


def test_markers_and_edges_attract_where_they_are_nearer() -> None:
    p = edits.add_marker(edits.add_marker(song(), place_at(30_001)), place_at(Fraction(10, 3)))
    assert snapped(p, 29_000, Grid.BAR) == place_at(30_001)
    assert snapped(p, 10_000, Grid.BAR) == place_at(Fraction(0))
    assert snapped(p, 80_500, Grid.QUARTER) == place_at(Fraction(10, 3))
    assert snapped(
        p, 10_000, Grid.BAR, extra=(place_at(9_000), place_at(11_500), place_at(Fraction(7, 5)))
    ) == place_at(9_000)
    edge = place_at(4 * BEAT)
    assert snapped(p, 4 * BEAT, Grid.BAR, extra=(edge,)) == edge, "an edge wins at the same distance"


def test_a_snapped_move_lands_on_the_grid_exactly() -> None:
    """How a view uses it: the distance from where the clip is, in beats, to where it snaps to."""
    p = replace(song(Fraction(131)), rate=44_100)
    target = snapped(p, 100_003, Grid.SIXTEENTH_TRIPLET).beat
    assert target is not None
    assert (target * 6).denominator == 1
