"""Moves of faders while the song plays become points; faders go with their lanes."""

from fractions import Fraction

import numpy as np
import pytest

from desktop.automation.follow import Followed
from desktop.automation.overrides import Overrides
from desktop.automation.recorder import AutomationRecorder, Mode
from desktop.bridge import PlayerBridge
from desktop.widgets.value_field import ValueField
from desktop.widgets.values import gain_spec
from engine.project import edits
from engine.project.curves import CurveValues, frame_points
from engine.project.model import CurvePoint, Target, new_project
from engine.timing.position import Position

RATE = 1000
GAIN = Target("gain_db")


class Transport(PlayerBridge):
    """A bridge whose playback the test moves."""

    def run(self, *frames: int) -> None:
        """Plays on to each of these frames."""
        self._set_playing(True)
        for frame in frames:
            self._move_to(frame)

    def halt(self) -> None:
        """Stops."""
        self._set_playing(False)


class Desk:
    def __init__(self, document):
        self.document = document
        self.bridge = Transport(document)
        self.overrides = Overrides(document, self.bridge)
        self.recorder = AutomationRecorder(document, self.bridge, self.overrides)
        self.followed = Followed(document, self.bridge, self.overrides)

    def move(self, frame: int, gain: float) -> None:
        self.bridge.run(frame)
        self.document.apply("Track gain", lambda p: edits.set_track(p, "a", gain_db=gain), merge=f"gain {frame}")

    def values(self, first: int, count: int) -> np.ndarray:
        lane = edits.lane_of(self.document.project, "a", GAIN)
        assert lane
        return CurveValues(frame_points(lane.curve, self.document.project.clock)).at(first, count)

    @property
    def lanes(self):
        return self.document.project.track("a").lanes


@pytest.fixture
def desk(document, tmp_path):
    project = edits.add_track(new_project("Song", rate=RATE * 8), "A", track_id="a")
    document.new(tmp_path / "Song", project)
    return Desk(document)


def lane(desk, *points):
    places = [CurvePoint(Position.at_frame(frame), value) for frame, value in points]
    desk.document.apply("Lane", lambda p: edits.set_lane(p, "a", GAIN, places))


def test_a_track_that_reads_records_nothing(desk):
    desk.move(100, -6.0)
    desk.bridge.halt()
    assert desk.lanes == ()


def test_latch_writes_from_the_first_move_to_the_end_in_one_step(desk):
    before = desk.document.project
    desk.recorder.set_mode("a", Mode.LATCH)
    desk.bridge.run(0)
    for frame, gain in ((1000, -6.0), (2000, -12.0), (3000, -12.0 - 1e-9)):
        desk.move(frame, gain)
    desk.bridge.run(4000)
    desk.bridge.halt()
    assert desk.values(1000, 1)[0] == pytest.approx(-6.0)
    assert np.allclose(desk.values(2000, 2001), -12.0, atol=1e-6)
    assert desk.document.history.undo_name == "Record automation"
    desk.document.undo()
    assert desk.document.project is before


def test_touch_follows_the_lane_again_when_it_is_let_go(desk):
    lane(desk, (0, 0.0), (40_000, -40.0))
    desk.recorder.set_mode("a", Mode.TOUCH)
    desk.bridge.run(8000)
    desk.move(10_000, -3.0)
    assert desk.overrides.overridden("a", GAIN)
    desk.move(12_000, -4.0)
    desk.bridge.run(12_100, 12_000 + 4 * RATE)
    assert not desk.overrides.overridden("a", GAIN)
    desk.bridge.run(30_000)
    desk.bridge.halt()
    straight = -np.arange(0, 40_000) / 1000
    values = desk.values(0, 40_000)
    assert np.allclose(values[:9_990], straight[:9_990], atol=0.02)
    assert values[10_000] == pytest.approx(-3.0)
    assert values[12_000] == pytest.approx(-4.0)
    assert np.allclose(values[12_010:], straight[12_010:], atol=0.02)


def test_write_writes_over_the_lanes_from_the_start(desk):
    lane(desk, (0, 0.0), (10_000, -40.0))
    desk.recorder.set_mode("a", Mode.WRITE)
    desk.bridge._move_to(2000)
    desk.bridge.run(3000)
    assert desk.overrides.overridden("a", GAIN)
    desk.bridge.run(8000)
    desk.bridge.halt()
    assert np.allclose(desk.values(2000, 6001), 0.0)
    assert desk.values(9000, 1)[0] == pytest.approx(-36.0, abs=0.05)
    assert not desk.overrides.resting


def test_a_loop_writes_the_last_round(desk):
    desk.recorder.set_mode("a", Mode.LATCH)
    desk.bridge.run(1000)
    desk.move(2000, -6.0)
    desk.bridge.run(4000, 1000)
    desk.move(3000, -9.0)
    desk.bridge.run(3500)
    desk.bridge.halt()
    assert desk.values(1500, 1)[0] == pytest.approx(-6.0, abs=1.6)
    assert desk.values(3200, 1)[0] == pytest.approx(-9.0)
    assert desk.values(3900, 1)[0] == pytest.approx(-6.0)


def test_another_edit_meanwhile_stays_a_step_of_its_own(desk):
    desk.recorder.set_mode("a", Mode.LATCH)
    desk.move(1000, -6.0)
    desk.document.apply("Rename", lambda p: edits.set_track(p, "a", name="B"))
    desk.bridge.run(2000)
    desk.bridge.halt()
    desk.document.undo()
    assert desk.document.history.undo_name == "Rename"
    assert desk.document.project.track("a").name == "B"


def test_controls_go_with_their_lane_and_show_it(desk, theme, qtbot):
    field = ValueField(gain_spec("A gain"), theme)
    qtbot.addWidget(field)

    def show():
        if track := desk.document.project.track("a"):
            desk.followed.show(field, "a", GAIN, track.gain_db)

    desk.followed.moved.connect(show)
    desk.document.changed.connect(lambda *_: desk.followed.refresh())
    show()
    assert not field.automated
    lane(desk, (0, 0.0), (10_000, -10.0))
    desk.bridge.run(5000)
    assert field.automated
    assert field.value == pytest.approx(-5.0)
    assert field.accessibleDescription() == "−5.0 dB (automated)"
    desk.document.apply("Move", lambda p: edits.set_track(p, "a", gain_db=-20.0))
    desk.bridge.run(6000)
    assert field.value == -20.0
    assert "rests" in field.accessibleDescription()
    desk.overrides.back()
    assert field.value == pytest.approx(-6.0)
    desk.bridge.halt()


def test_the_history_makes_one_step_of_all_since_a_value(desk):
    since = desk.document.project
    for name in ("B", "C"):
        desk.document.apply(f"Rename {name}", lambda p, name=name: edits.set_track(p, "a", name=name))
    desk.document.gather("All", lambda p: edits.set_track(p, "a", pan=Fraction(1, 2)), since)
    assert [name for name, _ in desk.document.history.entries] == ["Open", "All"]
    assert desk.document.project.track("a").name == "C"
    desk.document.undo()
    assert desk.document.project is since
