"""`continuo compose`: the files that it writes, read back by others."""

import json
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile as sf
from scipy.signal import resample_poly

from engine.analysis.key import find_key
from engine.audio import Audio
from engine.cli import main
from engine.loudness import integrated_loudness
from engine.project.files import ProjectFolder
from tests.riff_chunks import read_chunks


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four bars of pop in A minor at 96 BPM."""
    folder = tmp_path_factory.mktemp("composed") / "piece"
    arguments = ["compose", "pop", "--bars", "4", "--tempo", "96", "--key", "A minor", "--chords", "Am F C G"]
    assert main([*arguments, "--roles", "drums,bass,chords,melody", "--seed", "3", "--out", str(folder)]) == 0
    return folder


def _stems(folder: Path) -> dict[str, np.ndarray]:
    return {
        path.name: sf.read(path, dtype="int32")[0].astype(np.int64) for path in sorted((folder / "stems").iterdir())
    }


def test_the_stems_add_up_to_the_mix(piece: Path) -> None:
    stems = _stems(piece)
    assert list(stems) == ["01 drums.wav", "02 bass.wav", "03 chords.wav", "04 lead.wav"]
    mix = sf.read(piece / "mix.wav", dtype="int32")[0].astype(np.int64)
    for path in (piece / "mix.wav", *(piece / "stems").iterdir()):
        info = sf.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (48000, 2, "PCM_24")
        assert info.frames == len(mix)
    assert np.array_equal(sum(stems.values()), mix)
    assert all(np.abs(stem).max() > 1 << 20 for stem in stems.values())
    assert len(mix) == round(16 * 60 / 96 * 48000) + 2 * 48000


def test_the_mix_is_as_loud_as_it_shall_be(piece: Path) -> None:
    samples, rate = sf.read(piece / "mix.wav")
    assert integrated_loudness(samples, rate) == pytest.approx(-18.0, abs=2.0)
    assert np.abs(resample_poly(samples, 4, 1, axis=0)).max() <= 10 ** (-1.0 / 20)
    if ffmpeg := shutil.which("ffmpeg"):
        command = [ffmpeg, "-nostats", "-i", str(piece / "mix.wav"), "-af", "ebur128=peak=true", "-f", "null", "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        summary = text[text.rindex("Summary:") :]
        loudness, peak = (float(re.search(rf"{name}:\s+(-?[\d.]+)", summary)[1]) for name in ("I", "Peak"))
        assert loudness == pytest.approx(-18.0, abs=2.0)
        assert peak <= -1.0


def test_the_midi_file_says_what_is_played(piece: Path) -> None:
    file = mido.MidiFile(piece / "song.mid")
    score = json.loads((piece / "score.json").read_text("utf-8"))["score"]
    tempo = next(message for message in file.tracks[0] if message.type == "set_tempo")
    assert mido.tempo2bpm(tempo.tempo) == pytest.approx(96, abs=0.01)
    texts = [message.text for message in file.tracks[0] if message.type == "text"]
    assert texts == ["Am", "F", "C", "G"]
    for part, track in zip(score["parts"], file.tracks[1:], strict=True):
        at, starts = 0, []
        for message in track:
            at += message.time
            if message.type == "note_on" and message.velocity:
                starts.append((at, message.note, message.velocity))
        wanted = [(round((note[0] + note[4]) * file.ticks_per_beat), note[2], note[3]) for note in part["notes"]]
        assert sorted(starts) == sorted(wanted)


def test_independent_ears_hear_the_key(piece: Path) -> None:
    samples, rate = sf.read(piece / "mix.wav", dtype="float32")
    key = find_key(Audio(samples, rate))
    assert key is not None
    assert (key.tonic, key.minor) in ((9, True), (0, False), (5, False))  # A minor, C major or F major


def test_one_part_again_leaves_the_other_stems_bit_by_bit(piece: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    assert main(["compose", "--again", "lead", "--of", str(piece / "score.json"), "--out", str(out)]) == 0
    before, after = _stems(piece), _stems(out)
    assert list(before) == list(after)
    assert [name for name in before if not np.array_equal(before[name], after[name])] == ["04 lead.wav"]
    third = tmp_path / "third"
    assert main(["compose", "--again", "lead", "--of", str(out / "score.json"), "--out", str(third)]) == 0
    assert not np.array_equal(_stems(third)["04 lead.wav"], after["04 lead.wav"])


def test_parts_come_into_a_song_as_one_edit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = tmp_path / "Song"
    assert main(["new", str(song), "--tempo", "110"]) == 0
    arguments = ["compose", "house with piano", "--bars", "2", "--roles", "drums,bass,chords"]
    assert main([*arguments, "--into", str(song), "--at", "bar:3"]) == 0
    assert "110 BPM" in capsys.readouterr().out
    with ProjectFolder.open(song) as folder:
        project = folder.project
    assert [track.name for track in project.tracks] == ["Drums", "Bass", "Chords"]
    clips = [clip for track in project.tracks for clip in track.clips]
    assert {project.start_of(clip) for clip in clips} == {round(8 * 60 / 110 * 48000)}


def test_an_export_of_composed_tracks_says_that_they_were_generated(
    tmp_path: Path, piece: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    song, out = tmp_path / "Song", tmp_path / "out"
    assert main(["new", str(song), "--tempo", "96"]) == 0
    arguments = ["compose", "folk", "--bars", "1", "--keep", str(piece / "song.mid"), "--roles", "pad"]
    assert main([*arguments, "--into", str(song)]) == 0
    with ProjectFolder.open(song) as folder:
        *given, pad = [track.clips[0].chosen.provenance for track in folder.project.tracks]
    assert given == [None] * 4
    assert pad is not None
    assert (pad["model"], pad["prompt"], pad["composition"]["role"]) == ("composer", "folk", "pad")
    assert main(["bounce", str(song), "--mix", str(out / "mix.wav"), "--stems", str(out / "stems")]) == 0
    origins = {}
    for path in (out / "mix.wav", *sorted((out / "stems").glob("*.wav"))):
        capsys.readouterr()
        assert main(["origin", str(path), "--json"]) == 0
        origins[path.stem] = json.loads(capsys.readouterr().out)
    uri = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    marks = [each["digital_source_type"] for each in origins.values()]
    assert marks == [f"{uri}compositeSynthetic", *[None] * 4, f"{uri}algorithmicMedia"]
    assert [each["prompt"] for each in origins["mix"]["clips"].values()] == ["folk"]
    stem = next(path for path in (out / "stems").glob("*.wav") if "pad" in path.stem.lower())
    assert origins[stem.stem]["credentials"]["state"] == "Valid"
    chunks = [(name, content) for name, _, content in read_chunks(stem)]
    assert b"composer" in next(content for name, content in chunks if name == b"iXML")
    info = next(content for name, content in chunks if name == b"LIST" and content.startswith(b"INFO"))
    assert "“folk”, Composer (Apache-2.0)".encode() in info


def test_given_parts_are_kept_and_a_theme_is_read(tmp_path: Path, piece: Path) -> None:
    out = tmp_path / "kept"
    kept = ["--keep", str(piece / "song.mid"), "--roles", "pad", "--out", str(out)]
    assert main(["compose", "pop", *kept]) == 0
    values = json.loads((out / "score.json").read_text("utf-8"))
    assert values["score"]["tempo"] == pytest.approx(96, abs=0.01)
    assert [part["role"] for part in values["wish"]["keep"]] == [part["role"] for part in values["score"]["parts"]][:-1]
    assert values["score"]["parts"][-1]["role"] == "pad"
    theme = mido.MidiFile(ticks_per_beat=480)
    theme.tracks.append(track := mido.MidiTrack())
    for pitch in (60, 64, 67, 65):
        track += [
            mido.Message("note_on", note=pitch, velocity=90, time=0),
            mido.Message("note_off", note=pitch, time=480),
        ]
    theme.save(tmp_path / "theme.mid")
    arguments = ["compose", "folk", "--bars", "4", "--theme", str(tmp_path / "theme.mid"), "--out", str(tmp_path / "t")]
    assert main(arguments) == 0
    score = json.loads((tmp_path / "t" / "score.json").read_text("utf-8"))
    assert [note[2] for note in score["wish"]["theme"]] == [60, 64, 67, 65]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--chords", "Am H"], ["--key", "H minor"], ["--roles", "kazoo"], ["--bars", "0"], ["--sections", "foo 3"],
        ["--time-signature", "5/4"], ["--keep", "none.mid"], ["--theme", "none.mid"],
        ["--again", "lead", "--of", "none.json"],
    ],
    ids=lambda each: each[0],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compose", "pop", *arguments, "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert re.fullmatch(r"continuo: [^\n]+\.\n", error)
    assert "unexpectedly" not in error
    assert not (tmp_path / "out").exists()


def test_files_of_nobody_are_not_replaced_and_damaged_ones_are_said(
    tmp_path: Path, piece: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("x")
    assert main(["compose", "pop", "--bars", "1", "--out", str(tmp_path / "mine")]) == 1
    assert "is no composed piece" in capsys.readouterr().err
    empty = tmp_path / "empty.mid"
    mido.MidiFile().save(empty)
    assert main(["compose", "pop", "--theme", str(empty), "--out", str(tmp_path / "x")]) == 1
    assert "The theme has no notes" in capsys.readouterr().err
    score = (piece / "score.json").read_bytes()
    rng = np.random.default_rng(1)
    for number in range(12):
        damaged = bytearray(score)
        for place in rng.integers(0, len(score), 6):
            damaged[int(place)] = int(rng.integers(32, 127))
        path = tmp_path / f"{number}.json"
        path.write_bytes(bytes(damaged[: int(rng.integers(10, len(score) // 2))]))
        assert main(["compose", "--again", "lead", "--of", str(path), "--out", str(tmp_path / "y")]) == 1
        assert "is no score" in capsys.readouterr().err


def test_mutated_midi_files_are_read_or_said(piece: Path, tmp_path: Path) -> None:
    from engine.compose.midi_file import read_midi
    from engine.errors import EngineError

    data = (piece / "song.mid").read_bytes()
    rng = np.random.default_rng(7)
    read = 0
    for _ in range(200):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), 4):
            damaged[int(place)] = int(rng.integers(0, 256))
        path = tmp_path / "mutated.mid"
        path.write_bytes(bytes(damaged))
        with suppress(EngineError):
            file = read_midi(path)
            read += 1
            assert all(note.length > 0 for track in file.tracks for note in track.notes)
    assert read > 20
