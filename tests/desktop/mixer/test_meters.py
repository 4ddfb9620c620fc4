"""Gain reduction on strips and panels, and the correlation of the master."""

import pytest

from desktop.automation.follow import Followed
from desktop.automation.overrides import Overrides
from desktop.bridge import PlayerBridge
from desktop.devices.panel import DevicePanel
from desktop.mixer.mixer_view import MixerView
from desktop.widgets.reduction import reduction_share
from engine.playback.state import PlayerState
from engine.project import edits
from engine.project.model import MASTER, ChannelKind, CurvePoint, Target
from tests.places import place_at


@pytest.fixture
def mixer(qtbot, document, theme):
    document.apply("Add", lambda p: edits.add_track(p, "Drums", track_id="drums"))
    document.apply("Add", lambda p: edits.add_device(p, "drums", "compressor", device_id="comp"))
    document.apply("Add", lambda p: edits.add_device(p, "drums", "eq", device_id="eq"))
    document.apply("Add", lambda p: edits.add_device(p, MASTER, "limiter", device_id="limiter"))
    bridge = PlayerBridge(document)
    view = MixerView(document, bridge, theme)
    qtbot.addWidget(view)
    view.resize(600, 320)
    with qtbot.waitExposed(view):
        view.show()
    yield view, bridge
    bridge.close()


def test_strips_show_how_far_each_device_turns_the_sound_down(mixer):
    view, bridge = mixer
    comp, eq = view.strip("drums").inserts.rows
    (limiter,) = view.master.inserts.rows
    bare = comp.grab().toImage(), limiter.grab().toImage()
    bridge.meters_changed.emit(PlayerState(playing=True, reductions={"comp": 6.04, "limiter": 0.9}, correlation=-0.42))
    assert (comp.reduction_db, eq.reduction_db, limiter.reduction_db) == (6.04, 0.0, 0.9)
    assert comp.accessibleDescription() == "on, −6.0 dB"
    assert eq.accessibleDescription() == "on"
    assert view.master.correlation.accessibleDescription() == "−0.4"
    lit = [x for x in range(comp.width()) if comp.grab().toImage().pixelColor(x, 15) != bare[0].pixelColor(x, 15)]
    assert len(lit) == pytest.approx((comp.width() - 6) * reduction_share(6.04), abs=2)
    bridge.meters_changed.emit(PlayerState())
    assert (comp.grab().toImage(), limiter.grab().toImage()) == bare
    assert view.master.correlation.value == 0.0


def test_panels_of_dynamics_show_their_reduction(qtbot, mixer, document, theme):
    panel = DevicePanel(document, theme)
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    panel.open("drums", "comp")
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_state(PlayerState(reductions={"comp": 3.21, "limiter": 9.0}))
    assert panel.reduction.accessibleName() == "Compressor gain reduction"
    assert panel.reduction.accessibleDescription() == "−3.2 dB"
    panel.open("drums", "eq")
    assert panel.reduction is None
    panel.show_state(PlayerState(reductions={"comp": 3.21}))
    panel.open(MASTER, "limiter")
    panel.show_state(PlayerState(reductions={"limiter": 0.04}))
    assert panel.reduction.accessibleDescription() == "0.0 dB"


def test_the_scale_gives_the_first_decibels_most_room():
    assert [reduction_share(each) for each in (0, 6, 24, 99)] == [0.0, 0.5, 1.0, 1.0]


def test_sends_go_with_their_lanes_and_say_so(mixer, document):
    view, bridge = mixer
    document.apply("Return", lambda p: edits.add_track(p, "Hall", track_id="hall", kind=ChannelKind.RETURN))
    document.apply("Send", lambda p: edits.set_send(p, "drums", "hall", -12.0))
    followed = Followed(document, bridge, Overrides(document, bridge))
    view.show_followed(followed)
    field = view.strip("drums").inserts.send_fields["hall"]
    assert (field.automated, field.value) == (False, -12.0)
    points = [CurvePoint(place_at(0), -20.0), CurvePoint(place_at(48000), -20.0)]
    document.apply("Lane", lambda p: edits.set_lane(p, "drums", Target("send_db", send="hall"), points))
    view.show_followed(followed)
    field = view.strip("drums").inserts.send_fields["hall"]
    assert (field.automated, field.value) == (True, -20.0)
