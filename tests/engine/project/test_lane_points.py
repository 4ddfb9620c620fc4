"""Points of automation moved, bent, drawn, copied and thinned, against values worked out by hand or by numpy."""

from fractions import Fraction

import numpy as np
import pytest

from engine.parameters import ParameterSpec
from engine.project import lane_points
from engine.project.curves import CurveValues, frame_points
from engine.project.lane_points import CopiedPoint
from engine.project.model import Curve, CurvePoint, CurveShape
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import Position

RATE = 1000
CLOCK = Clock.steady(RATE, Fraction(120))  # a beat has 500 frames
SPEC = ParameterSpec("mix", "Mix", "%", 0.0, 100.0, 50.0)
SWITCH = ParameterSpec("on", "On", "", 0.0, 1.0, 0.0, "choice", ("off", "on"))


def point(beat, value, shape=CurveShape.LINEAR):
    return CurvePoint(Position.at_beat(Fraction(beat)), value, shape)


def listed(points):
    return [(float(CLOCK.beats(each.position)), each.value) for each in points]


FOUR = (point(0, 10.0), point(1, 20.0), point(2, 30.0), point(4, 40.0))


def test_points_move_together_and_stop_at_the_start_and_at_the_range():
    points, chosen = lane_points.moved(FOUR, frozenset({1, 2}), Duration.of_beats(Fraction(1, 2)), 0.75, SPEC, CLOCK)
    assert listed(points) == [(0, 10), (1.5, 95), (2.5, 100), (4, 40)]
    assert chosen == {1, 2}
    points, _ = lane_points.moved(FOUR, frozenset({1, 2}), Duration.of_beats(-3), 0.0, SPEC, CLOCK)
    assert listed(points) == [(0, 20), (1, 30), (4, 40)]  # the first point gives way


def test_a_point_that_passes_another_comes_behind_it():
    points, chosen = lane_points.moved(FOUR, frozenset({0}), Duration.of_beats(Fraction(3, 2)), 0.0, SPEC, CLOCK)
    assert listed(points) == [(1, 20), (1.5, 10), (2, 30), (4, 40)]
    assert chosen == {1}


@pytest.mark.parametrize(
    ("values", "up", "shape"),
    [
        ((0.0, 100.0), 1, CurveShape.FAST),
        ((0.0, 100.0), -1, CurveShape.SLOW),
        ((100.0, 0.0), 1, CurveShape.SLOW),
        ((100.0, 0.0), -1, CurveShape.FAST),
        ((100.0, 0.0), 0, CurveShape.LINEAR),
    ],
)
def test_a_stretch_bends_to_where_it_is_pulled(values, up, shape):
    points = lane_points.bent((point(0, values[0]), point(2, values[1])), 0, up)
    assert points[0].shape is shape
    middle = lane_points.value_at(points, CLOCK, 500, 0.0)
    assert (middle > 50) - (middle < 50) == up


def test_a_drawn_step_leaves_what_follows_as_it_was():
    line = (point(0, 0.0), point(4, 100.0))
    points = lane_points.step_drawn(line, Position.at_beat(1), Position.at_beat(2), 80.0, CLOCK, 50.0)
    values = CurveValues(frame_points(Curve(points), CLOCK)).at(0, 2001)
    assert np.allclose(values[500:1000], 80.0)
    assert np.allclose(values[1000:], np.arange(1000, 2001) / 2000 * 100)
    assert listed(lane_points.step_drawn((), Position.at_beat(1), Position.at_beat(2), 80.0, CLOCK, 50.0)) == [
        (1, 80),
        (2, 50),
    ]


def test_a_drawn_line_takes_the_place_of_what_lay_there():
    points = lane_points.line_drawn(FOUR, ((1500, 5.0), (400, 50.0)), CLOCK)
    assert listed(points) == [(0, 10), (0.8, 50), (3, 5), (4, 40)]


def test_copied_points_come_in_at_their_distance_with_the_travel_of_another_parameter():
    clipboard = lane_points.copied(FOUR, frozenset({1, 3}), SPEC, CLOCK)
    assert clipboard == (
        CopiedPoint(Fraction(0), 0.2, CurveShape.LINEAR),
        CopiedPoint(Fraction(3), 0.4, CurveShape.LINEAR),
    )
    other = ParameterSpec("gain", "Gain", "dB", -20.0, 0.0, 0.0)
    points, chosen = lane_points.pasted((point(1, -1.0), point(9, -2.0)), clipboard, Position.at_beat(0), other, CLOCK)
    assert listed(points) == [(0, -16), (3, -12), (9, -2)]
    assert chosen == {0, 1}


def test_thinned_samples_miss_none_by_more_than_the_tolerance():
    frames = np.arange(0, 4000, 20)
    travels = 0.5 + 0.4 * np.sin(frames / 400) + 0.002 * np.cos(frames * 7.0)
    samples = list(zip(frames.tolist(), travels.tolist(), strict=True))
    picked = lane_points.thinned(samples, 0.01)
    away = np.interp(frames, [each[0] for each in picked], [each[1] for each in picked]) - travels
    assert np.abs(away).max() <= 0.01 + 1e-12
    assert len(picked) < len(samples) / 4
    assert lane_points.thinned([(0, 0.0), (10, 0.5), (20, 1.0)], 1e-6) == [(0, 0.0), (20, 1.0)]
    assert lane_points.thinned([(5, 0.1), (5, 0.2)], 0.01) == [(5, 0.2)]


def test_what_is_recorded_replaces_only_its_stretch():
    line = (point(0, 0.0), point(4, 100.0))
    samples = [(500, 90.0), (750, 10.0)]
    points = lane_points.recorded(line, samples, 1000, SPEC, CLOCK, 0.005)
    values = CurveValues(frame_points(Curve(points), CLOCK)).at(0, 2001)
    straight = np.arange(2001) / 2000 * 100
    assert np.allclose(values[:500], straight[:500], atol=0.06)
    assert np.allclose(values[500:751], np.linspace(90, 10, 251))
    assert np.allclose(values[750:1001], 10.0)
    assert np.allclose(values[1001:], straight[1001:], atol=0.06)


def test_recorded_switches_step():
    points = lane_points.recorded((), [(0, 0.0), (100, 0.0), (200, 1.0), (300, 1.0)], 400, SWITCH, CLOCK, 0.005)
    assert [(CLOCK.frames(each.position), each.value, each.shape) for each in points] == [
        (0, 0.0, CurveShape.HOLD),
        (200, 1.0, CurveShape.HOLD),
    ]
