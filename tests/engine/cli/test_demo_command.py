"""The main job without a window, with a tiny model and random weights in a folder."""

import json
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import pytest
import torch

from engine.audio import read_audio
from engine.cli import main
from engine.generate import registry
from engine.inference import composing, showcase
from engine.inference.song_form import song_form
from engine.models import checkpoint, system
from engine.project.files import load
from engine.project.sources import find_missing
from tests.measures import dbtp, lufs

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """One bar a clip and one live; one thread; no models of the user's."""
    monkeypatch.setattr(composing, "CLIP_BARS", 1)
    monkeypatch.setattr(composing, "LIVE_BARS", 1)
    monkeypatch.setattr("engine.generate.device.threads", lambda: 1)
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    torch.manual_seed(0)
    config = system.PRESETS["tiny"]
    checkpoint.save(folder, system.build(config), config, model_id="tiny", name="Tiny", preset="tiny")
    return folder


def test_clips_from_words_one_continued_live_arranged_and_bounced(model: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out"
    asked = ["demo", "--generate", "--model", str(model), "--device", "cpu", "--out", str(out)]
    assert main([*asked, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    song = Path(said["song"])
    project = load(song)
    assert find_missing(song, project) == []
    assert [track.name for track in project.tracks] == ["Theme", "Beat", "Pad"]
    assert float(project.tempo) == 96
    theme, live = project.tracks[0].clips
    assert project.start_of(live) == project.start_of(theme) + theme.length == 120_000
    assert [len(theme.takes), len(live.takes)] == [2, 1]
    record = live.chosen.provenance
    assert record is not None
    assert (record["kind"], record["frames"], record["weights"]) == ("live", 120_000, said["weights"])
    assert record["chunks"][0]["start"] == 0
    assert theme.chosen.provenance is not None
    mix = read_audio(next(out.glob("*.wav")))
    loudness, peak = lufs(mix.samples), dbtp(mix.samples)
    assert loudness == pytest.approx(-18.0, abs=1.5) or peak == pytest.approx(-1.0, abs=0.5)
    assert peak <= -0.5
    assert "96 BPM, A minor" in theme.chosen.provenance["prompt"]
    assert [piece["track"] for piece in said["pieces"]] == ["Theme", "Beat", "Pad", "Live"]
    assert all(piece["speed"] > 0 for piece in said["pieces"])
    assert said["pieces"][3]["first_sound"] > 0

    mix = read_audio(out / "First Light.wav").samples
    stems = [read_audio(path).samples for path in sorted((out / "First Light stems").glob("*.wav"))]
    assert len(stems) == 3
    assert np.abs(np.sum(stems, axis=0) - mix).max() < 1e-5
    assert 0.01 < np.abs(mix).max() < 1

    assert main(asked) == 0  # the first song is the user's; the second gets a name of its own
    printed = capsys.readouterr().out
    assert (out / "First Light 2").is_dir()
    assert "16 bars live" in printed
    assert "BPM" in printed
    assert str(out / "First Light 2.wav") in printed
    same = load(out / "First Light 2")
    takes = [[take.source for clip in track.clips for take in clip.takes] for track in same.tracks]
    assert takes == [[take.source for clip in track.clips for take in clip.takes] for track in project.tracks]


def test_four_parts_composed_with_sections_one_continued_live(
    model: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "SECTIONS", "intro 1, verse 1")
    monkeypatch.setattr(showcase, "LIVE_BARS", 1)
    out = tmp_path / "out"
    asked = ["demo", "--compose", "--model", str(model), "--device", "cpu", "--out", str(out), "--json"]
    assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    song = Path(said["song"])
    project = load(song)
    assert find_missing(song, project) == []
    assert [track.name for track in project.tracks] == ["Drums", "Bass", "Chords", "Melody", "Melody, live"]
    assert (said["key"], said["tempo"], float(project.tempo)) == ("A minor", 84.0, 84.0)
    two_bars = round(8 * 60 / 84 * 48000)
    assert [marker.name for marker in project.markers] == ["Live"]
    assert [section.name for section in song_form(project).sections] == ["intro", "verse"]
    (live,) = project.tracks[4].clips
    assert project.start_of(live) == two_bars
    record = live.chosen.provenance
    assert record is not None
    assert (record["kind"], record["chunks"][0]["start"]) == ("live", 0)
    mix = read_audio(out / "Quiet Harbour.wav").samples
    stems = [read_audio(path).samples for path in sorted((out / "Quiet Harbour stems").glob("*.wav"))]
    assert len(stems) == 5
    assert np.abs(np.sum(stems, axis=0) - mix).max() < 1e-5
    assert 0.01 < np.abs(mix).max() < 1
    assert sum(len(track) > 1 for track in mido.MidiFile(said["midi"]).tracks) >= 4
    assert list(out.glob("*.txt")) or list(out.glob("*.json")), "the report"


def test_a_song_is_composed_where_no_model_can_continue_it(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "DEFAULT", "melody-paper")  # whose weights are not brought along
    monkeypatch.setattr(showcase, "SECTIONS", "verse 1")
    out = tmp_path / "out"
    assert main(["demo", "--compose", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "not installed" in printed
    assert (out / "Quiet Harbour.wav").is_file()
    assert (out / "Quiet Harbour.mid").is_file()
