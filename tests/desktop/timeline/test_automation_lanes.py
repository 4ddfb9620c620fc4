"""Lanes of automation under the tracks, by mouse and by keys."""

from fractions import Fraction

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.automation.kept_view import KeptView
from desktop.automation.overrides import Overrides
from desktop.automation.recorder import AutomationRecorder, Mode
from desktop.timeline.rows import AUTOMATION_PX
from engine.project import edits
from engine.project.files import create
from engine.project.model import MASTER, CurvePoint, CurveShape, Target, new_project
from engine.project.routing import without_lanes
from engine.project.view_state import ViewState, read_view, write_view
from engine.timing.position import Position
from engine.timing.snap import Grid

VOLUME, PAN = Target("gain_db"), Target("pan")
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


def pan_point(beat, value, shape=CurveShape.LINEAR):
    return CurvePoint(Position.at_beat(Fraction(beat)), value, shape)


class LaneHand:
    """Mouse and keys on the pan lane of “Drums”: 40 px a beat, travel linear in the pan."""

    def __init__(self, view):
        self.view, self.document = view, view.canvas.document
        view.automation.reveal("Drums", PAN)
        self.lane = view.automation.lanes[0]

    @property
    def points(self):
        lane = edits.lane_of(self.document.project, "Drums", PAN)
        clock = self.document.project.clock
        return [(float(clock.beats(p.position)), round(p.value, 3)) for p in lane.curve.points] if lane else []

    def at(self, beat, value):
        return QPoint(round(40 * beat), round(self.lane.model.y(value)))

    def click(self, place, modifiers=NONE):
        QTest.mouseClick(self.lane, Qt.MouseButton.LeftButton, modifiers, place)

    def drag(self, start, end, modifiers=NONE, *, release=True):
        QTest.mousePress(self.lane, Qt.MouseButton.LeftButton, modifiers, start)
        for share in (0.5, 1.0):
            point = QPointF(start + (end - start) * share)
            event = QMouseEvent(
                QMouseEvent.Type.MouseMove,
                point,
                self.lane.mapToGlobal(point),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                modifiers,
            )
            QApplication.sendEvent(self.lane, event)
        if release:
            QTest.mouseRelease(self.lane, Qt.MouseButton.LeftButton, modifiers, end)

    def key(self, key, modifiers=NONE):
        QTest.keyClick(self.lane, key, modifiers)


@pytest.fixture
def pan(view):
    return LaneHand(view)


@pytest.fixture
def three(pan):
    """Points at the beats 2, 6 and 10."""
    points = [pan_point(2, -0.5), pan_point(6, 0.5), pan_point(10, 0.0)]
    pan.document.apply("Points", lambda p: edits.set_lane(p, "Drums", PAN, points))
    return pan


def test_the_button_on_the_header_shows_what_is_automated(view, qtbot):
    document = view.canvas.document
    header = view.headers.header("Drums")
    height = view.canvas.rows.height
    header.automation.click()
    assert view.automation.shown("Drums") == (VOLUME,)
    assert view.canvas.rows.height == height + 56
    assert view.automation.lanes[0].accessibleName() == "Volume automation of Drums"
    header.automation.click()
    assert view.canvas.rows.height == height
    document.apply("Pan", lambda p: edits.set_lane(p, "Drums", PAN, [pan_point(0, 1.0)]))
    view.automation.toggle("Drums")
    assert view.automation.shown("Drums") == (PAN,)
    assert header.automation.isChecked()
    assert view.canvas.rows.of("Bass").top == view.canvas.rows.of("Drums").bottom


def test_lanes_lie_where_their_rows_say_and_go_with_the_view(view):
    view.automation.set_unfolded("Drums", True)
    view.automation.add("Drums")
    row = view.canvas.rows.of("Drums")
    tops = sorted(lane.y() for lane in view.automation.lanes if lane.isVisible())
    assert tops == [row.clips_bottom, row.clips_bottom + 56]
    assert sorted(head.y() for head in view.automation.heads if head.isVisible()) == tops
    view.resize(1000, 200)
    view.viewport.scroll_to(top=30)
    assert view.viewport.top == 30
    tops = sorted(lane.y() for lane in view.automation.lanes if lane.isVisible())
    assert tops == [row.clips_bottom - 30, row.clips_bottom + 26]


def test_a_click_adds_a_point_on_the_grid_and_a_double_click_removes_it(pan):
    pan.click(pan.at(4.06, 0.5))
    assert [beat for beat, _ in pan.points] == [4.0]
    assert pan.points[0][1] == pytest.approx(0.5, abs=0.05)
    QTest.mouseDClick(pan.lane, Qt.MouseButton.LeftButton, NONE, pan.at(4, 0.5))
    assert len(pan.points) == 1  # the same double-click added it
    pan.click(pan.at(4, pan.points[0][1]))
    QTest.mouseDClick(pan.lane, Qt.MouseButton.LeftButton, NONE, pan.at(4, pan.points[0][1]))
    assert pan.points == []


def test_a_click_on_the_line_leaves_the_curve_as_it_is(three):
    three.click(three.at(4, 0.0))
    assert three.points == [(2, -0.5), (4, 0.0), (6, 0.5), (10, 0.0)]


def test_a_drag_moves_a_point_on_the_grid_in_one_step(three):
    three.drag(three.at(6, 0.5), three.at(7.06, -1.0))
    assert three.points == [(2, -0.5), (7, pytest.approx(-1.0, abs=0.05)), (10, 0.0)]
    three.document.undo()
    assert three.points == [(2, -0.5), (6, 0.5), (10, 0.0)]
    three.drag(three.at(6, 0.5), three.at(7.1, 0.5), CONTROL)
    assert three.points[1] == (pytest.approx(7.1, abs=1e-3), 0.5)


def test_shift_moves_only_the_value_and_finely(three):
    lane = three.lane
    lane.model.chosen = frozenset()
    start = three.at(6, 0.5)
    QTest.mousePress(lane, Qt.MouseButton.LeftButton, NONE, start)
    lane._gesture = lane._gesture_at(QPointF(start), NONE, 1)
    lane._gesture.drag(QPointF(start) + QPointF(80, 21), SHIFT)
    QTest.mouseRelease(lane, Qt.MouseButton.LeftButton, SHIFT, start)
    assert three.points[1] == (6.0, pytest.approx(0.5 - 0.1 * 21 / 42 * 2, abs=1e-3))


def test_escape_forgets_a_drag(three):
    three.drag(three.at(6, 0.5), three.at(8, -1.0), release=False)
    three.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(three.lane, Qt.MouseButton.LeftButton, NONE, three.at(8, -1.0))
    assert three.points == [(2, -0.5), (6, 0.5), (10, 0.0)]


def test_a_stretch_moves_with_both_ends_and_bends_with_alt(three):
    three.drag(three.at(4, 0.0), three.at(4, 0.0) + QPoint(0, -10))
    rise = 10 / 42 * 2
    assert three.points == [(2, round(-0.5 + rise, 3)), (6, round(0.5 + rise, 3)), (10, 0.0)]
    three.document.undo()
    three.drag(three.at(4, 0.0), three.at(4, 0.0) + QPoint(0, -12), ALT)
    assert edits.lane_of(three.document.project, "Drums", PAN).curve.points[0].shape is CurveShape.FAST
    assert three.points == [(2, -0.5), (6, 0.5), (10, 0.0)]


def test_a_box_selects_and_delete_removes(three):
    three.drag(three.at(1, 1.0), three.at(7, -1.0))
    assert three.lane.model.chosen == {0, 1}
    three.key(Qt.Key.Key_Delete)
    assert three.points == [(10, 0.0)]
    three.document.undo()
    assert len(three.points) == 3


def test_points_are_copied_to_the_playhead(three, view):
    three.drag(three.at(1, 1.0), three.at(7, -1.0))
    three.key(Qt.Key.Key_C, CONTROL)
    view._bridge.seek(12 * 4000)
    three.key(Qt.Key.Key_V, CONTROL)
    assert three.points == [(2, -0.5), (6, 0.5), (10, 0.0), (12, -0.5), (16, 0.5)]
    three.key(Qt.Key.Key_X, CONTROL)
    assert three.points == [(2, -0.5), (6, 0.5), (10, 0.0)]


def test_the_pencil_draws_a_step_in_each_cell(pan, view):
    view.set_grid(Grid.QUARTER)
    pan.key(Qt.Key.Key_P)
    assert view.automation.heads[0].pencil.isChecked()
    y = pan.at(0, 1.0).y()
    pan.drag(QPoint(10, y), QPoint(70, y))
    assert pan.points == [(0, 1.0), (1, 1.0), (2, 0.0)]
    pan.key(Qt.Key.Key_P)
    assert not view.automation.tools.pencil


def test_keys_go_from_point_to_point_and_change_them_in_one_step(three):
    three.lane.setFocus()
    three.key(Qt.Key.Key_Right)
    assert three.lane.model.chosen == {0}
    assert three.lane.accessibleDescription() == "L 50 at bar:1.3, straight"
    three.key(Qt.Key.Key_Up)
    three.key(Qt.Key.Key_Up)
    assert three.points[0] == (2, -0.3)
    three.key(Qt.Key.Key_Right, CONTROL)
    assert three.points[0] == (2.25, -0.3)
    three.document.undo()
    assert three.points[0] == (2, -0.5)


def test_insert_adds_at_the_playhead_and_enter_types(three, view, qtbot):
    view._bridge.seek(4 * 4000)
    three.key(Qt.Key.Key_Insert)
    assert (4.0, 0.0) in three.points
    three.key(Qt.Key.Key_Return)
    editor = view.window().focusWidget()
    assert editor.accessibleName() == "Value of Pan automation of Drums"
    editor.setText("R 25")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert (4.0, 0.25) in three.points


def test_the_menu_sets_shapes_parameters_and_deletes(three, view):
    def press(menu, *path):
        for title in path[:-1]:
            menu = next(each.menu() for each in menu.actions() if each.text().split("\t")[0] == title)
        next(each for each in menu.actions() if each.text().split("\t")[0] == path[-1]).trigger()

    press(three.lane.menu(QPointF(three.at(6, 0.5))), "Shape", "Step")
    assert edits.lane_of(three.document.project, "Drums", PAN).curve.points[1].shape is CurveShape.HOLD
    press(three.lane.menu(QPointF(5, 5)), "Delete Automation")
    assert edits.lane_of(three.document.project, "Drums", PAN) is None
    press(three.lane.menu(QPointF(5, 5)), "Parameter", "Volume")
    assert view.automation.shown("Drums") == (VOLUME,)
    assert three.lane.accessibleName() == "Volume automation of Drums"
    press(three.lane.menu(QPointF(5, 5)), "Hide This Lane")
    assert view.automation.shown("Drums") == ()


def test_lanes_of_devices_go_with_their_device(view):
    document = view.canvas.document
    document.apply("Add", lambda p: edits.add_device(p, "Bass", "compressor", device_id="c"))
    threshold = Target("threshold_db", "c")
    view.automation.reveal("Bass", threshold)
    assert view.automation.lanes[0].accessibleName() == "Compressor Threshold automation of Bass"
    document.apply("Remove", lambda p: edits.remove_device(p, "Bass", "c"))
    assert view.automation.shown("Bass") == (VOLUME,)


def test_a_parameter_moved_by_hand_rests_until_it_goes_back(three, view):
    document, overrides = three.document, view.automation._overrides
    document.apply("Move", lambda p: edits.set_track(p, "Drums", pan=-1.0))
    assert overrides.overridden("Drums", PAN)
    head = view.automation.heads[0]
    assert not head.back.isHidden()
    assert head.reading.text() == "L 100"
    head.back.click()
    assert not overrides.overridden("Drums", PAN)
    assert head.back.isHidden()
    assert head.reading.text() == "L 50"
    document.apply("Move", lambda p: edits.set_track(p, "Drums", gain_db=-3.0))
    assert not overrides.resting


def test_resting_lanes_are_left_out_of_what_is_played(three):
    project = three.document.project
    played = without_lanes(project, [("Drums", PAN)])
    assert played.track("Drums").lanes == ()
    assert played.track("Bass") is project.track("Bass")
    assert without_lanes(project, []) is project


def test_automation_moves_with_clips_on_request(three, view, hand):
    hand.drag(hand.at("a", 20, 8), QPoint(hand.beats(1), 0))  # the clip lay from beat 4 to 8
    assert three.points == [(2, -0.5), (6, 0.5), (10, 0.0)]
    three.document.undo()
    view.canvas.stage.automation_follows = True
    hand.drag(hand.at("a", 20, 8), QPoint(hand.beats(1), 0))
    assert (7, 0.5) in three.points
    assert (6, 0.5) not in three.points
    assert (2, -0.5) in three.points
    three.document.undo()
    three.document.select(["a"])
    hand.key(Qt.Key.Key_Right)
    assert (6.25, 0.5) in three.points


def test_the_curve_is_painted_once_and_looks_the_same_wherever_the_view_came_from(three, view):
    tiles = view.automation.tools.picture.tiles
    first = three.lane.grab().toImage()
    painted = tiles.painted
    three.lane.repaint(100, 0, 4, 56)  # as under a playhead
    QTest.mouseMove(three.lane, three.at(15, -0.9))
    assert tiles.painted == painted
    bare = first.pixelColor(*three.at(4.4, 0.6).toTuple())
    assert first.pixelColor(*three.at(4.4, 0.1).toTuple()) != bare  # on the line from −0.5 at 2 to 0.5 at 6
    assert first.pixelColor(*three.at(4.4, 0.4).toTuple()) == bare  # above it
    view.viewport.scroll_by(700, 0)
    view.viewport.scroll_to(0)
    view.viewport.scroll_by(33, 0)
    shift = view.viewport.left_device
    assert 0 < shift <= 33
    scrolled = three.lane.grab().toImage()
    tiles._lanes.clear()
    assert three.lane.grab().toImage() == scrolled
    assert scrolled.copy(0, 0, 300, 56) == first.copy(shift, 0, 300, 56)
    three.document.apply("Points", lambda p: edits.set_lane(p, "Drums", PAN, [pan_point(4, 0.3)]))
    painted = tiles.painted
    view.viewport.scroll_to(0)
    assert three.lane.grab().toImage().pixelColor(*three.at(4.4, 0.3).toTuple()) != bare
    assert tiles.painted == painted + 1


def test_the_masters_lanes_lie_under_the_tracks_and_are_changed_like_theirs(view, qtbot):
    document, master = view.canvas.document, view.master_lanes
    limiter = Target("ceiling_db", "limiter")
    document.apply("Add limiter", lambda p: edits.add_device(p, MASTER, "limiter", device_id="limiter"))
    master.toggle()
    (lane,), (head,) = master.lanes.rows, master.heads.rows
    assert (lane.accessibleName(), head.accessibleName()) == ("Volume automation of Master", "Volume of Master")
    assert lane.hasFocus() or not view.window().isActiveWindow()
    QTest.mouseClick(lane, Qt.MouseButton.LeftButton, NONE, QPoint(80, round(lane.model.y(-6.0))))
    (points,) = (each.curve.points for each in document.project.master_lanes)
    assert [float(document.project.clock.beats(point.position)) for point in points] == [2.0]
    assert points[0].value == pytest.approx(-6.0, abs=0.5)
    document.apply("Automate", lambda p: edits.set_lane(p, MASTER, limiter, [CurvePoint(Position.at_beat(1), -2.0)]))
    assert master.shown == (VOLUME, limiter)
    assert [widget.isHidden() for widget in master.lanes.rows] == [False, False]
    assert master.lanes.height() == 1 + 2 * AUTOMATION_PX
    document.apply("Remove limiter", lambda p: edits.remove_device(p, MASTER, "limiter"))
    assert master.shown == (VOLUME,)
    qtbot.keyClick(lane, Qt.Key.Key_A)
    assert (master.shown, master.lanes.isHidden()) == ((), True)


def test_what_is_unfolded_and_the_modes_are_kept_with_the_song(view, tmp_path):
    document = view.canvas.document
    recorder = AutomationRecorder(document, view.automation._bridge, Overrides(document, view.automation._bridge))
    kept = KeptView(document, recorder)
    kept.connect_to(view.automation, view.master_lanes)
    view.automation.reveal("Drums", PAN)
    view.master_lanes.toggle()
    recorder.set_mode("Drums", Mode.TOUCH)
    kept.write()
    view_state = ViewState({"Drums": (PAN,), MASTER: (VOLUME,)}, {"Drums": "touch"})
    assert read_view(document.folder) == view_state
    recorder.set_mode("Drums", Mode.LATCH)
    before = document.folder
    document.new(tmp_path / "another", new_project("Another"))
    assert (view.automation.shown("Drums"), view.master_lanes.shown, recorder.mode("Drums")) == ((), (), Mode.READ)
    assert read_view(before).modes == {"Drums": "latch"}
    create(tmp_path / "third", edits.add_track(new_project("Third"), "Drums", track_id="Drums"))
    write_view(tmp_path / "third", ViewState({**view_state.lanes, "gone": (PAN,)}, {"Drums": "touch", MASTER: "odd"}))
    document.open(tmp_path / "third")
    assert (view.automation.shown("Drums"), view.master_lanes.shown) == ((PAN,), (VOLUME,))
    assert (recorder.mode("Drums"), recorder.mode(MASTER)) == (Mode.TOUCH, Mode.READ)
    assert read_view(tmp_path / "another") == ViewState()


def test_a_zoom_stretches_what_it_has_no_time_for_and_paints_it_in_the_next_frames(view, qtbot, monkeypatch):
    document = view.canvas.document
    document.apply("Lane", lambda p: edits.set_lane(p, "Drums", PAN, [pan_point(0, -1.0), pan_point(8, 1.0)]))
    view.automation.reveal("Drums", PAN)
    lane = view.automation.lanes[view.automation._places.index(("Drums", 0))]
    lane.grab()
    painted = lane._tools.picture.tiles.painted
    monkeypatch.setattr("desktop.automation.tiles.BUDGET", -1.0)
    view.viewport.zoom(1.5)
    stretched = lane.grab().toImage()
    assert lane._tools.picture.tiles.painted == painted
    x, y = round(view.viewport.x(4 * 24_000)), round(lane.model.y(0.0))
    hue = lane._tools.picture._theme.hue(document.project.track("Drums").colour)
    near = [stretched.pixelColor(x, y + step) for step in (-1, 0, 1)]
    assert min(abs(colour.hue() - hue.hue()) + abs(colour.lightness() - hue.lightness()) for colour in near) < 60
    monkeypatch.setattr("desktop.automation.tiles.BUDGET", 1.0)
    qtbot.waitUntil(lambda: lane._tools.picture.tiles.painted > painted)
    assert not lane._again.isActive()
