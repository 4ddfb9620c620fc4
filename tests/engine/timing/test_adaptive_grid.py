"""The adaptive grid: which notes it is at which zoom, counted by hand at 120 BPM and 48 kHz (24000 frames a beat)."""

from fractions import Fraction

import pytest

from engine.project.model import new_project
from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.snap import Grid, at_zoom, snap


@pytest.fixture
def clock() -> Clock:
    return new_project("Song", rate=48000, tempo=Fraction(120)).clock


@pytest.mark.parametrize(
    ("frames_per_px", "grid"),
    [
        (100, Grid.THIRTY_SECOND),  # a 1/32 is 3000 frames: 30 px
        (250, Grid.THIRTY_SECOND),  # 12 px
        (251, Grid.SIXTEENTH),
        (1000, Grid.EIGHTH),
        (2000, Grid.QUARTER),
        (4000, Grid.HALF),
        (8000, Grid.BAR),
        (1_000_000, Grid.BAR),
    ],
)
def test_the_grid_follows_the_zoom(clock: Clock, frames_per_px: float, grid: Grid) -> None:
    assert at_zoom(Grid.ADAPTIVE, clock, 0, frames_per_px) is grid
    assert at_zoom(Grid.EIGHTH_TRIPLET, clock, 0, frames_per_px) is Grid.EIGHTH_TRIPLET


def test_what_it_snaps_to(clock: Clock) -> None:
    near = 24000 + 3200  # a beat and a bit more than a 1/32
    for frames_per_px, beat in ((100, Fraction(9, 8)), (1000, Fraction(1)), (4000, Fraction(2))):
        grid = at_zoom(Grid.ADAPTIVE, clock, near, frames_per_px)
        assert snap(clock, near, grid) == Position.at_beat(beat)
