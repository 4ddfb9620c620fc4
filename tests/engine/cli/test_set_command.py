"""`continuo set`: the song's tempo, time signature and name, by the rules of the window."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main
from engine.project import edits
from engine.project.files import ProjectFolder, create, load
from engine.project.model import LoopRegion, Source, audio_clip, audio_take, new_project
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.places import place_at

Output = pytest.CaptureFixture[str]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A song at 120 BPM with a clip at beat 8, one at frame 48000, and a marker at beat 4."""
    project = edits.add_track(new_project("First"), "Drums", track_id="drums")
    project = edits.add_source(project, Source("s", "audio/s.wav", "s", 48000, 1, 1000))
    for clip_id, position in (("beats", Fraction(8)), ("frames", 48000)):
        project = edits.add_clip(
            project, "drums", audio_clip(clip_id, place_at(position), 100, (audio_take(f"{clip_id}-t", "s"),))
        )
    create(tmp_path / "song", edits.add_marker(project, place_at(Fraction(4)), "Verse"))
    return tmp_path / "song"


def set_(song: Path, *arguments: str) -> int:
    return main(["set", str(song), *arguments])


def shown(song: Path, capsys: Output) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["show", str(song), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_tempo_is_set_and_shown(song: Path, capsys: Output) -> None:
    assert set_(song, "--tempo", "96") == 0
    found = shown(song, capsys)
    assert found["tempo"] == 96.0
    starts = {clip["id"]: clip["start"] for clip in found["tracks"][0]["clips"]}
    assert starts == {"beats": 8 * 60 * 48000 // 96, "frames": 48000}
    assert found["markers"][0]["start"] == 4 * 60 * 48000 // 96
    assert main(["show", str(song)]) == 0
    assert "96 BPM" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "tempo"), [("20", 20), ("400", 400), ("92.5", Fraction(185, 2)), (" 61.3337 ", Fraction(61334, 1000))]
)
def test_tempos_are_kept_to_a_thousandth(song: Path, text: str, tempo: Fraction) -> None:
    assert set_(song, "--tempo", text) == 0
    assert load(song).tempo == tempo


@pytest.mark.parametrize(
    "text", ["19.999", "400.001", "0", "-90", "nan", "inf", "", "fast", "1e2", "9" * 400, "120 BPM", "1/0"]
)
def test_an_impossible_tempo_is_refused_with_a_sentence(song: Path, text: str, capsys: Output) -> None:
    before = (song / "project.json").read_bytes()
    assert set_(song, f"--tempo={text}") == 1
    told = capsys.readouterr().err
    assert "give a number from 20 to 400 BPM." in told
    assert told.count("\n") == 1
    assert (song / "project.json").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "signature"), [("3/4", Signature(3, 4)), ("12/8", Signature(12, 8)), ("32/32", Signature(32, 32))]
)
def test_the_time_signature_is_set_and_shown(song: Path, text: str, signature: Signature, capsys: Output) -> None:
    before = load(song)
    assert set_(song, "--time-signature", text) == 0
    after = load(song)
    assert after.signature == signature
    assert after.tracks == before.tracks
    assert shown(song, capsys)["time_signature"] == text


@pytest.mark.parametrize("text", ["4/3", "0/4", "33/4", "4", "4/64", "four", "", "-3/4", "4/4/4"])
def test_an_impossible_time_signature_is_refused_with_a_sentence(song: Path, text: str, capsys: Output) -> None:
    assert set_(song, f"--time-signature={text}") == 1
    assert "/4" in capsys.readouterr().err
    assert load(song).signature == Signature(4, 4)


def test_the_name_is_set_and_the_folder_stays(song: Path, capsys: Output) -> None:
    assert set_(song, "--name", "  Zweites\nLied ") == 0
    assert shown(song, capsys)["name"] == "Zweites Lied"
    assert song.is_dir()
    assert set_(song, "--name", "  ") == 1
    assert "needs a name" in capsys.readouterr().err
    assert load(song).name == "Zweites Lied"


def test_all_at_once_are_one_save(song: Path) -> None:
    arguments = ("--tempo", "100", "--time-signature", "6/8", "--name", "All", "--track", "Drums", "--gain-db", "-3")
    assert set_(song, *arguments) == 0
    project = load(song)
    assert (project.tempo, project.signature, project.name) == (100, Signature(6, 8), "All")
    assert project.tracks[0].gain_db == -3
    assert len(list((song / "backups").iterdir())) == 1
    assert set_(song, *arguments) == 0
    assert len(list((song / "backups").iterdir())) == 1, "nothing changed, so nothing is written"


def test_nothing_is_set_when_a_part_is_wrong(song: Path) -> None:
    before = (song / "project.json").read_bytes()
    assert set_(song, "--tempo", "100", "--track", "Nobody", "--mute") == 1
    assert set_(song, "--tempo", "100", "--time-signature", "4/5") == 1
    assert (song / "project.json").read_bytes() == before


@pytest.mark.parametrize(
    "arguments", [[], ["--mute"], ["--track", "Drums"], ["--tempo", "90", "--track", "Drums"], ["--tempo"]]
)
def test_wrong_usage(song: Path, arguments: list[str], capsys: Output) -> None:
    assert set_(song, *arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_loop_that_the_tempo_leaves_without_length_is_off(song: Path) -> None:
    with ProjectFolder.open(song) as folder:
        project = edits.set_tempo(folder.project, Fraction(20))
        folder.save(
            edits.set_loop_region(project, start=place_at(Fraction(0)), end=place_at(Fraction(1, 50_000)), on=True)
        )
    assert set_(song, "--tempo", "400") == 0
    assert load(song).loop == LoopRegion(place_at(Fraction(0)), place_at(Fraction(1, 50_000)), on=False)


def test_a_song_that_is_open_is_refused(song: Path, capsys: Output) -> None:
    with ProjectFolder.open(song):
        assert set_(song, "--tempo", "90") == 1
        assert "already open" in capsys.readouterr().err


def test_tempo_and_signature_change_from_a_bar_on(song: Path, capsys: Output) -> None:
    assert set_(song, "--tempo", "90", "--time-signature", "3/4", "--at", "5") == 0
    assert set_(song, "--tempo", "120", "--at", "bar:9", "--ramp") == 0
    project = load(song)
    assert project.tempo_changes == (
        TempoPoint(Fraction(16), Fraction(90)),
        TempoPoint(Fraction(28), Fraction(120), ramp=True),
    )
    assert project.signature_changes == (SignatureChange(5, Signature(3, 4)),)
    capsys.readouterr()
    assert main(["show", str(song), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(each["position"], each["tempo"], each["ramp"]) for each in found["tempo_map"]["tempos"]] == [
        ("bar:1", float(project.tempo), False), ("bar:5", 90.0, False), ("bar:9", 120.0, True),
    ]  # fmt: skip
    assert [each["time_signature"] for each in found["tempo_map"]["time_signatures"]] == ["4/4", "3/4"]
    assert main(["show", str(song)]) == 0
    assert "90 BPM at bar:5, to 120 BPM at bar:9" in capsys.readouterr().out
    for wrong in (["--at", "5"], ["--tempo", "90", "--ramp"]):
        assert set_(song, *wrong) == 2
    assert set_(song, "--tempo", "90", "--at", "0") == 1
