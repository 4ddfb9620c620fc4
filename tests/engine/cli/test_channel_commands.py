"""`continuo devices`, `automate`, and what `set` says of channels."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.devices.registry import register, unregister
from engine.project import edits
from engine.project.files import create, load
from engine.project.model import CurvePoint, CurveShape, Target, new_project
from engine.timing.tempo_map import TempoPoint
from tests.engine.playback.toy_devices import TOYS
from tests.places import place_at

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def toys() -> Iterator[None]:
    for spec in TOYS:
        register(spec)
    yield
    for spec in TOYS:
        unregister(spec.id)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    p = edits.add_track(edits.add_track(new_project("Song"), "Drums", track_id="d"), "Bass", track_id="b")
    create(tmp_path / "song", p)
    return tmp_path / "song"


def set_(song: Path, *arguments: str) -> int:
    return main(["set", str(song), *arguments])


def shown(song: Path, capsys: Output) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["show", str(song), "--json"]) == 0
    content: dict[str, Any] = json.loads(capsys.readouterr().out)
    return content


def test_devices_are_listed(capsys: Output) -> None:
    assert main(["devices", "--json"]) == 0
    devices = {device["id"]: device for device in json.loads(capsys.readouterr().out)}
    gain, mode = devices["toy_gain"]["parameters"]
    assert (devices["toy_gain"]["label"], devices["toy_gain"]["kind"]) == ("Toy gain", "utility")
    assert gain == {"id": "gain", "label": "Gain", "minimum": 0.0, "maximum": 4.0, "unit": "", "default": 1.0}
    assert mode["choices"] == ["keep", "invert"]
    assert main(["devices"]) == 0
    assert "Gain: 0 to 4 (default 1)" in capsys.readouterr().out


def test_devices_are_inserted_and_removed(song: Path, capsys: Output) -> None:
    assert set_(song, "--track", "Drums", "--insert", "toy_gain gain=0.5 mode=invert") == 0
    assert set_(song, "--track", "Drums", "--insert", "toy_duck sidechain=Bass", "--position", "1") == 0
    assert set_(song, "--track", "master", "--insert", "toy_late", "--gain-db", "-2") == 0
    content = shown(song, capsys)
    drums = content["tracks"][0]["devices"]
    assert [(device["kind"], device["values"], device["sidechain"]) for device in drums] == [
        ("toy_duck", {}, "b"),
        ("toy_gain", {"gain": 0.5, "mode": 1.0}, ""),
    ]
    assert [device["kind"] for device in content["master"]["devices"]] == ["toy_late"]
    assert content["master_gain_db"] == -2.0
    assert main(["show", str(song)]) == 0
    text = capsys.readouterr().out
    assert "toy_duck, toy_gain" in text
    assert "Master: toy_late" in text
    assert set_(song, "--track", "Drums", "--remove-insert", "1") == 0
    assert [device.kind for device in load(song).tracks[0].devices] == ["toy_gain"]


def test_returns_and_groups_are_added_by_name(song: Path, capsys: Output) -> None:
    assert set_(song, "--track", "Drums", "--send", "Big Reverb=-12", "--group", "Band") == 0
    assert capsys.readouterr().out == (
        "Added the return “Big Reverb”. It is empty: insert a device on it.\nAdded the group “Band”.\n"
    )
    assert set_(song, "--track", "Bass", "--send", "Big Reverb=-6 pre", "--group", "Band") == 0
    assert capsys.readouterr().out == ""
    tracks = {track["name"]: track for track in shown(song, capsys)["tracks"]}
    assert (tracks["Big Reverb"]["kind"], tracks["Band"]["kind"]) == ("return", "group")
    reverb = tracks["Big Reverb"]["id"]
    assert tracks["Drums"]["sends"] == [{"to": reverb, "gain_db": -12.0, "pre_fader": False}]
    assert tracks["Bass"]["sends"] == [{"to": reverb, "gain_db": -6.0, "pre_fader": True}]
    assert tracks["Drums"]["group"] == tracks["Band"]["id"]
    assert set_(song, "--track", "Drums", "--send", "Big Reverb=off", "--group", "") == 0
    drums = load(song).tracks[0]
    assert (drums.sends, drums.group) == ((), "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--track", "Drums", "--insert", "nothing"), "There is no device “nothing”"),
        (("--track", "Drums", "--insert", "toy_gain loud=1"), "Toy gain has no parameter “loud”: choose one of gain"),
        (("--track", "Drums", "--insert", "toy_gain gain=9"), "“9” is no value of “gain”: give a number from 0 to 4."),
        (("--track", "Drums", "--insert", "toy_gain gain"), "“gain” is no value"),
        (("--track", "Drums", "--insert", "toy_gain", "--position", "3"), "There is no position 3"),
        (("--track", "Drums", "--remove-insert", "1"), "The channel has no device “1”"),
        (("--track", "Drums", "--send", "Reverb"), "“Reverb” is no send"),
        (("--track", "Drums", "--send", "Reverb=loud"), "“loud” is no level"),
        (("--track", "Drums", "--send", "Bass=-6"), "“Bass” is no return"),
        (("--track", "Drums", "--group", "Bass"), "“Bass” is no group"),
        (("--track", "master", "--group", "Band"), "The master has no pan, mute, solo, send or group"),
        (("--track", "Nobody", "--gain-db", "1"), "The song has no track “Nobody”"),
        (("--tempo", "bar:1=92 bar:x=100"), "“bar:x=100” is no tempo"),
    ],
)
def test_what_cannot_be_is_a_sentence(song: Path, arguments: tuple[str, ...], sentence: str, capsys: Output) -> None:
    before = (song / "project.json").read_bytes()
    assert set_(song, *arguments) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert (song / "project.json").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [("--insert", "toy_gain"), ("--track", "Drums"), ("--track", "Drums", "--gain-db", "1", "--position", "1")],
)
def test_wrong_usage(song: Path, arguments: tuple[str, ...]) -> None:
    assert set_(song, *arguments) == 2


def automate(song: Path, parameter: str, points: str, *more: str, track: str = "Drums") -> int:
    command = ["automate", str(song), "--track", track, "--parameter", parameter, "--points", points]
    return main([*command, *more])


def test_parameters_are_automated(song: Path, capsys: Output) -> None:
    assert set_(song, "--track", "Drums", "--insert", "toy_gain", "--send", "Reverb=-12") == 0
    assert automate(song, "gain_db", "bar:1=-12 bar:5=0") == 0
    assert automate(song, "pan", "0f=-1 hold 2s=1") == 0
    assert automate(song, "mode", "bar:2=invert") == 0
    assert automate(song, "gain", "bar:1=2", "--device", "1") == 0
    assert automate(song, "send_db", "bar:1=-20", "--send", "Reverb") == 0
    assert automate(song, "gain_db", "bar:3=-3", track="master") == 0
    p = load(song)
    lane = edits.lane_of(p, "d", Target("gain_db"))
    assert lane is not None
    assert lane.curve.points == (CurvePoint(place_at(Fraction(0)), -12.0), CurvePoint(place_at(Fraction(16)), 0.0))
    lane = edits.lane_of(p, "d", Target("pan"))
    assert lane is not None
    assert [(point.value, point.shape) for point in lane.curve.points] == [
        (-1.0, CurveShape.HOLD),
        (1.0, CurveShape.LINEAR),
    ]
    assert [lane.target.parameter for lane in p.tracks[0].lanes] == ["gain_db", "pan", "mode", "gain", "send_db"]
    assert p.master_lanes[0].curve.points == (CurvePoint(place_at(Fraction(8)), -3.0),)
    content = shown(song, capsys)
    point = content["tracks"][0]["lanes"][0]["points"][1]
    assert (point["start"], point["value"], point["shape"]) == (8 * 48000, 0.0, "linear")
    assert automate(song, "gain_db", "") == 0
    assert edits.lane_of(load(song), "d", Target("gain_db")) is None


@pytest.mark.parametrize(
    ("parameter", "points", "sentence"),
    [
        ("gain_db", "bar:1=99", "“99” is no value of “gain_db”: give a number from -96 to 12 dB."),
        ("gain_db", "bar:1", "“bar:1” is no point"),
        ("gain_db", "somewhere=1", "somewhere"),
        ("wet", "bar:1=1", "The channel has no parameter “wet”: choose gain_db, pan"),
    ],
)
def test_wrong_automation_is_a_sentence(song: Path, parameter: str, points: str, sentence: str, capsys: Output) -> None:
    assert automate(song, parameter, points) == 1
    assert sentence in capsys.readouterr().err


def test_a_list_of_tempos_is_the_whole_tempo_map(song: Path) -> None:
    assert set_(song, "--tempo", "140", "--at", "9") == 0
    assert set_(song, "--tempo", "bar:1=92 bar:17=100 ramp bar:33=80") == 0
    p = load(song)
    assert p.tempo == 92
    assert p.tempo_changes == (
        TempoPoint(Fraction(64), Fraction(100), ramp=True),
        TempoPoint(Fraction(128), Fraction(80)),
    )
