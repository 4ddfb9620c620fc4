"""Devices, sends, groups and lanes as edits: what they change, what they refuse, and what follows a removed track."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.devices.interface import DeviceSpec
from engine.devices.registry import register, unregister
from engine.errors import EditError, ProjectFileError
from engine.parameters import ParameterSpec, choice
from engine.project import edits
from engine.project.codec import decode
from engine.project.codec.writer import Encoder
from engine.project.curves import CurveValues
from engine.project.model import (
    MASTER,
    ChannelKind,
    CurvePoint,
    CurveShape,
    Project,
    Source,
    Target,
    audio_clip,
    audio_take,
    new_project,
)
from engine.project.routing import Hearing, channel_order, unknown_sentence
from tests.places import length_of, place_at

TOY = DeviceSpec(
    "toy_gain",
    "Toy gain",
    "utility",
    (ParameterSpec("drive_db", "Drive", "dB", -24.0, 24.0, 0.0), choice("mode", "Mode", ("soft", "hard"))),
    lambda rate, frames: pytest.fail("no edit creates a processor"),
    sidechain=True,
)
GAIN = Target("gain_db")


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    register(TOY)
    yield
    unregister("toy_gain")


@pytest.fixture
def song() -> Project:
    """Tracks a, b; a return r; groups g and h."""
    p = new_project("Song", rate=48000)
    kinds = {"a": ChannelKind.AUDIO, "b": ChannelKind.AUDIO, "r": ChannelKind.RETURN}
    kinds |= {"g": ChannelKind.GROUP, "h": ChannelKind.GROUP}
    for name, kind in kinds.items():
        p = edits.add_track(p, name.upper(), track_id=name, kind=kind)
    return p


def point(place: int | Fraction, value: float, shape: CurveShape = CurveShape.LINEAR) -> CurvePoint:
    return CurvePoint(place_at(place), value, shape)


@pytest.mark.parametrize("channel", ["a", MASTER])
def test_devices_come_move_and_go(song: Project, channel: str) -> None:
    p = edits.add_device(song, channel, "toy_gain", {"drive_db": 99.0, "mode": 1.0}, device_id="x")
    p = edits.add_device(p, channel, "toy_gain", index=0, device_id="y")

    def devices(p: Project) -> list[tuple[str, dict[str, float]]]:
        there = p.master_devices if channel == MASTER else p.tracks[0].devices
        return [(device.id, dict(device.values)) for device in there]

    assert devices(p) == [("y", {}), ("x", {"drive_db": 24.0, "mode": 1.0})]
    assert devices(edits.move_device(p, channel, "x", 0)) == [("x", {"drive_db": 24.0, "mode": 1.0}), ("y", {})]
    p = edits.set_device_value(p, channel, "y", "drive_db", -3.0)
    assert devices(p)[0] == ("y", {"drive_db": -3.0})
    assert edits.set_device_value(p, channel, "y", "drive_db", -3.0) is p
    assert devices(edits.set_device_values(p, channel, "x", {"mode": 0.4}))[1] == ("x", {"mode": 0.0})
    assert devices(edits.remove_device(p, channel, "y")) == [("x", {"drive_db": 24.0, "mode": 1.0})]


def test_a_device_moves_to_another_channel_with_its_automation(song: Project) -> None:
    p = edits.add_device(song, "a", "toy_gain", device_id="x")
    target = Target("drive_db", device="x")
    p = edits.set_lane(p, "a", target, [point(0, 1.0)])
    p = edits.move_device(p, "a", "x", 0, to=MASTER)
    assert (p.tracks[0].devices, p.tracks[0].lanes) == ((), ())
    assert edits.lane_of(p, MASTER, target) is not None
    assert edits.remove_device(p, MASTER, "x").master_lanes == ()


def test_side_chains_and_circles(song: Project) -> None:
    p = edits.add_device(song, "a", "toy_gain", device_id="x")
    p = edits.set_device(p, "a", "x", sidechain="b")
    assert channel_order(p.tracks)[:2] == ["b", "r"] or channel_order(p.tracks).index("b") < channel_order(
        p.tracks
    ).index("a")
    q = edits.add_device(p, "b", "toy_gain", device_id="y")
    with pytest.raises(EditError, match="runs in a circle"):
        edits.set_device(q, "b", "y", sidechain="a")
    with pytest.raises(EditError, match="runs in a circle"):
        edits.set_send(edits.set_send(song, "r", "r", 0.0), "a", "r", 0.0)
    p = edits.set_group(song, ["g"], "h")
    with pytest.raises(EditError, match="runs in a circle"):
        edits.set_group(p, ["h"], "g")
    with pytest.raises(EditError, match="“R” is no group"):
        edits.set_group(song, ["a"], "r")
    with pytest.raises(EditError, match="“G” is no return"):
        edits.set_send(song, "a", "g", 0.0)


def test_what_names_a_removed_track_goes(song: Project) -> None:
    p = edits.set_group(song, ["a", "b"], "g")
    p = edits.set_group(p, ["g"], "h")
    p = edits.set_send(p, "a", "r", -12.0)
    p = edits.set_lane(p, "a", Target("send_db", send="r"), [point(0, -6.0)])
    p = edits.add_device(p, "a", "toy_gain", device_id="x")
    p = edits.set_device(p, "a", "x", sidechain="b")
    p = edits.remove_tracks(p, ["g", "r", "b"])
    a, h = p.tracks
    assert (a.group, a.sends, a.lanes, a.devices[0].sidechain) == ("h", (), (), "")
    assert decode(Encoder().encode(p)) == p
    assert edits.remove_tracks(p, ["h"]).tracks[0].group == ""
    assert h.id == "h"


def test_a_copy_of_a_track_has_devices_of_its_own(song: Project) -> None:
    p = edits.add_device(song, "a", "toy_gain", device_id="x")
    p = edits.set_lane(p, "a", Target("drive_db", device="x"), [point(0, 1.0)])
    p = edits.duplicate_track(p, "a")
    (device,), (lane,) = p.tracks[1].devices, p.tracks[1].lanes
    assert device.id != "x"
    assert lane.target == Target("drive_db", device=device.id)
    assert decode(Encoder().encode(p)) == p


def test_groups_and_returns_hold_no_clips(song: Project) -> None:
    p = edits.add_source(song, Source("s", "audio/s.wav", "S", 48000, 2, 48000))
    clip = audio_clip("c", place_at(0), 48000, (audio_take("t", "s"),))
    with pytest.raises(EditError, match="“R” is a return and holds no clips"):
        edits.add_clip(p, "r", clip)
    p = edits.add_clip(p, "b", clip)
    with pytest.raises(EditError, match="“R” is a return"):
        edits.move_clips(p, ["c"], length_of(0), tracks=1)


def test_points_of_a_lane(song: Project) -> None:
    p = edits.set_lane(song, "a", GAIN, [point(Fraction(4), 50.0), point(-5, -6.0), point(24_000, 0.0)])
    lane = edits.lane_of(p, "a", GAIN)
    assert lane is not None
    assert lane.curve.points == (point(0, -6.0), point(24_000, 0.0), point(Fraction(4), 12.0))
    assert edits.set_lane(p, "a", GAIN, lane.curve.points) is p
    p = edits.add_point(p, "a", GAIN, point(24_000, -3.0, CurveShape.HOLD))
    p = edits.move_points(p, "a", GAIN, [0], lambda each: replace(each, position=place_at(48_000)))
    lane = edits.lane_of(p, "a", GAIN)
    assert lane is not None
    assert lane.curve.points == (
        point(24_000, -3.0, CurveShape.HOLD),
        point(48_000, -6.0),
        point(Fraction(4), 12.0),
    )
    p = edits.remove_points(p, "a", GAIN, [0, 1, 2])
    assert p.tracks[0].lanes == ()
    for target in (Target("nothing"), Target("drive_db", device="x"), Target("pan", send="r")):
        with pytest.raises(EditError, match="has no parameter"):
            edits.set_lane(song, "a", target, [point(0, 0.0)])
    with pytest.raises(EditError, match="has no parameter “pan”"):
        edits.set_lane(song, MASTER, Target("pan"), [point(0, 0.0)])


def test_automation_moves_with_clips_on_request(song: Project) -> None:
    p = edits.add_source(song, Source("s", "audio/s.wav", "S", 48000, 2, 48000))
    clip = audio_clip("c", place_at(Fraction(2)), 24_000, (audio_take("t", "s"),))  # frames 48,000 to 72,000
    p = edits.add_clip(p, "a", clip)
    p = edits.set_lane(p, "a", GAIN, [point(0, -40.0), point(60_000, 0.0), point(120_000, -40.0)])
    alone = edits.move_clips(p, ["c"], length_of(Fraction(4)))
    assert alone.tracks[0].lanes is p.tracks[0].lanes

    def levels(p: Project, *frames: int) -> list[float]:
        lane = edits.lane_of(p, "a", GAIN)
        assert lane is not None
        values = CurveValues([(p.clock.frames(each.position), each.value, each.shape) for each in lane.curve.points])
        return [float(values.at(frame, 1)[0]) for frame in frames]

    before = levels(p, 48_000, 54_000, 60_000, 71_999)
    moved = edits.move_clips(p, ["c"], length_of(Fraction(4)), automation=True)
    after = levels(moved, *(frame + 96_000 for frame in (48_000, 54_000, 60_000, 71_999)))
    np.testing.assert_allclose(after, before, atol=1e-9)
    assert decode(Encoder().encode(moved)) == moved


def test_lanes_keep_their_bars_and_move_with_inserted_time(song: Project) -> None:
    p = edits.set_lane(song, "a", GAIN, [point(Fraction(0), -6.0), point(Fraction(8), 0.0)])
    p = edits.set_lane(p, MASTER, GAIN, [point(Fraction(8), -1.0)])
    p = edits.ripple_insert(p, place_at(Fraction(4)), length_of(Fraction(4)))
    assert [each.position for each in p.tracks[0].lanes[0].curve.points] == [
        place_at(Fraction(0)),
        place_at(Fraction(12)),
    ]
    assert p.master_lanes[0].curve.points[0].position == place_at(Fraction(12))
    p = edits.set_tempo(p, Fraction(60), in_time=True)
    assert p.master_lanes[0].curve.points[0].position == place_at(Fraction(6))


def test_who_is_heard(song: Project) -> None:
    p = edits.set_send(edits.set_group(song, ["a"], "g"), "b", "r", 0.0)

    def heard(p: Project) -> str:
        return "".join(track.id for track in p.tracks if Hearing(p).audible(track))

    assert heard(p) == "abrgh"
    assert heard(edits.set_track(p, "g", mute=True)) == "brh"
    assert heard(edits.set_track(p, "a", solo=True)) == "arg"
    assert heard(edits.set_track(p, "g", solo=True)) == "arg"
    soloed = edits.set_track(p, "r", solo=True)
    assert heard(soloed) == "r"
    assert Hearing(soloed).sends(soloed.tracks[1], "r")
    assert not Hearing(edits.set_track(p, "a", solo=True)).sends(p.tracks[1], "r")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"group": "g"', '"group": "nowhere"', "is in a group that the song does not have"),
        ('"to": "r"', '"to": "g"', "sends to a return that the song does not have"),
        ('"sidechain": "b"', '"sidechain": "a"', "runs in a circle"),
        ('"device": "x"', '"device": "z"', "automation of a device that it does not have"),
        ('"drive_db": 2.5', '"drive_db": "loud"', "“drive_db”|“values”"),
        ('"drive_db": 2.5', '"drive db": 2.5', "not an identifier"),
    ],
)
def test_files_that_contradict_themselves_are_refused(song: Project, old: str, new: str, sentence: str) -> None:
    p = edits.set_send(edits.set_group(song, ["a"], "g"), "a", "r", -3.0)
    p = edits.add_device(p, "a", "toy_gain", {"drive_db": 2.5}, device_id="x")
    p = edits.set_device(p, "a", "x", sidechain="b")
    p = edits.set_lane(p, "a", Target("drive_db", device="x"), [point(0, 1.0)])
    text = Encoder().encode(p).decode()
    assert old in text
    with pytest.raises(ProjectFileError, match=sentence):
        decode(text.replace(old, new).encode())


def test_an_unknown_device_is_kept_and_said(song: Project) -> None:
    p = edits.add_device(song, "a", "toy_gain", {"drive_db": 2.5}, device_id="x")
    assert unknown_sentence(p) == ""
    text = Encoder().encode(p).decode().replace("toy_gain", "granulator")
    later = decode(text.encode())
    assert later.tracks[0].devices[0].values == {"drive_db": 2.5}
    assert Encoder().encode(later).decode() == text
    assert unknown_sentence(later) == (
        "The device “granulator” is unknown to this version of Continuo: kept in the song, but bypassed."
    )


def test_the_shapes_of_curves() -> None:
    x = np.arange(100) / 100
    expected = {
        CurveShape.LINEAR: x,
        CurveShape.HOLD: 0 * x,
        CurveShape.SLOW: x**2,
        CurveShape.FAST: 1 - (1 - x) ** 2,
        CurveShape.S_CURVE: 3 * x**2 - 2 * x**3,
    }
    for shape in CurveShape:
        values = CurveValues([(10, 2.0, shape), (110, 4.0, CurveShape.LINEAR)])
        np.testing.assert_allclose(values.at(10, 100), 2.0 + 2.0 * expected[shape], atol=1e-12)
        assert values.at(0, 10).tolist() == [2.0] * 10
        assert values.at(110, 5).tolist() == [4.0] * 5
        np.testing.assert_array_equal(values.at(40, 7), values.at(10, 100)[30:37])
        assert (values.constant(110, 50), values.constant(0, 10), values.constant(5, 10)) == (4.0, 2.0, None)
    jump = CurveValues([(0, 1.0, CurveShape.LINEAR), (5, 1.0, CurveShape.LINEAR), (5, 3.0, CurveShape.SLOW)])
    assert jump.at(4, 3).tolist() == [1.0, 3.0, 3.0]
    steps = CurveValues([(0, 1.0, CurveShape.LINEAR), (4, 2.0, CurveShape.LINEAR)], steps=True)
    assert steps.at(0, 6).tolist() == [1.0, 1.0, 1.0, 1.0, 2.0, 2.0]
