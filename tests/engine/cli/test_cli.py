"""The shell as its users call it: what is printed, what is written, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.audio import Audio, read_audio, write_audio
from engine.cli import COMMANDS, main
from engine.project import files
from engine.project.lock import ProjectLock
from engine.timing.clock import Clock
from tests.places import place_at


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "drums.wav"
    samples = (np.random.default_rng(1).standard_normal((48000, 2)) * 3000).astype(np.int16)
    write_audio(path, Audio(samples, 48000), "PCM_16")
    return path


@pytest.fixture
def song(tmp_path: Path) -> Path:
    folder = tmp_path / "My song"
    assert main(["new", str(folder), "--tempo", "120", "--time-signature", "4/4", "--rate", "48000"]) == 0
    return folder


Output = pytest.CaptureFixture[str]


def printed(capsys: Output, *arguments: object) -> str:
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == 0
    got = capsys.readouterr()
    assert got.err == ""
    return got.out


def refused(capsys: Output, status: int, *arguments: object) -> str:
    capsys.readouterr()
    assert main([str(argument) for argument in arguments]) == status
    got = capsys.readouterr()
    assert got.out == ""
    assert got.err.count("\n") == 1
    assert "Traceback" not in got.err
    return got.err


def test_the_whole_way(song: Path, sound: Path, tmp_path: Path, capsys: Output) -> None:
    clip = printed(capsys, "import", song, sound, "--track", "Drums", "--at", "bar:2.3").strip()
    shown = json.loads(printed(capsys, "show", song, "--json"))
    assert (shown["name"], shown["rate"], shown["tempo"], shown["time_signature"]) == ("My song", 48000, 120.0, "4/4")
    track = shown["tracks"][0]
    assert track["name"] == "Drums"
    assert track["clips"][0]["id"] == clip
    assert track["clips"][0]["start"] == 6 * 24000
    assert track["clips"][0]["position"] == "bar:2.3"
    assert track["clips"][0]["length"] == 48000

    printed(capsys, "set", song, "--track", "Drums", "--gain-db", "-6.0206", "--pan", "-1", "--mute")
    track = json.loads(printed(capsys, "show", song, "--json"))["tracks"][0]
    assert (track["gain_db"], track["pan"], track["mute"], track["solo"]) == (-6.0206, -1.0, True, False)
    assert "No track can be heard" in refused(capsys, 1, "bounce", song, "--mix", tmp_path / "m.wav")
    printed(capsys, "set", song, "--track", track["id"], "--no-mute", "--pan", "0", "--gain-db", "0", "--solo")

    report = json.loads(
        printed(
            capsys, "bounce", song, "--mix", tmp_path / "m.wav", "--stems", tmp_path / "stems", "--format", "16",
            "--from", "bar:2.3", "--to", "bar:3", "--no-dither", "--json",
        )
    )  # fmt: skip
    assert report["frames"] == 48000
    assert [Path(file["path"]).name for file in report["files"]] == ["m.wav", "01 Drums.wav"]
    assert np.array_equal(read_audio(tmp_path / "m.wav").samples, read_audio(sound).samples)

    assert "would be overwritten: give --overwrite" in refused(capsys, 1, "bounce", song, "--mix", tmp_path / "m.wav")
    text = printed(
        capsys, "bounce", song, "--mix", tmp_path / "m.wav", "--overwrite", "--lufs", "-20", "--true-peak", "-1",
        "--rate", "44100",
    )  # fmt: skip
    assert "−20.0 LUFS is reached" in text


def test_a_bounce_of_audio_that_has_changed_says_so(song: Path, sound: Path, tmp_path: Path, capsys: Output) -> None:
    printed(capsys, "import", song, sound, "--track", "Drums", "--at", "0f")
    printed(capsys, "import", song, sound, "--track", "Late", "--at", "1000000f")
    (file,) = (song / "audio").iterdir()
    printed(capsys, "bounce", song, "--mix", tmp_path / "whole.wav", "--to", "20000f")
    data = bytearray(file.read_bytes())
    data[-9] ^= 0x04
    file.write_bytes(data)
    for number, options in enumerate(([], ["--json"])):
        assert main(["bounce", str(song), "--mix", str(tmp_path / f"{number}.wav"), *options]) == 0
        got = capsys.readouterr()
        assert got.err.startswith("continuo: The audio file “drums” has changed on the disk")
        assert "clips: “drums”" in got.err
        assert got.err.count("\n") == 1
        assert ("changed on the disk" in got.out) == bool(options)
        assert (tmp_path / f"{number}.wav").is_file()


def test_import_of_several_files(song: Path, sound: Path, tmp_path: Path, capsys: Output) -> None:
    other = tmp_path / "bass.wav"
    other.write_bytes(sound.read_bytes() + b"\0\0")
    assert len(printed(capsys, "import", song, sound, other, "--track", "Both", "--at", "1s").split()) == 2
    listed = json.loads(printed(capsys, "import", song, sound, other, "--at", "100f", "--json"))
    assert [item["track"]["name"] for item in listed] == ["drums", "bass"]
    tracks = json.loads(printed(capsys, "show", song, "--json"))["tracks"]
    assert [[clip["start"] for clip in track["clips"]] for track in tracks] == [[48000, 96000], [100], [100]]
    assert "Both" in printed(capsys, "show", song)


def test_an_import_never_lands_on_clips(song: Path, sound: Path, capsys: Output) -> None:
    printed(capsys, "import", song, sound, "--track", "Drums")
    assert main(["import", str(song), str(sound), "--track", "Drums", "--json"]) == 0
    shown = capsys.readouterr()
    (clip,) = json.loads(shown.out)
    assert clip["track"]["name"] == sound.stem
    assert f"the new track “{sound.stem}”" in shown.err
    assert shown.err.count("\n") == 1


def test_an_import_tells_of_a_header_that_lied(song: Path, sound: Path, capsys: Output) -> None:
    data = sound.read_bytes()
    sound.write_bytes(data[: len(data) * 6 // 10])
    assert main(["import", str(song), str(sound)]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.split()) == 1
    assert shown.err.count("\n") == 1
    assert "cut off" in shown.err


if os.name == "posix":

    def test_a_file_whose_name_is_not_utf8_comes_in(song: Path, sound: Path) -> None:
        name = os.fsencode(sound.parent) + b"/caf\xe9\xff.wav"
        Path(os.fsdecode(name)).write_bytes(sound.read_bytes())
        command = [sys.executable, "-m", "engine.cli", "import", os.fsencode(song), name, "--json"]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        (clip,) = json.loads(done.stdout.decode("utf-8"))
        assert clip["track"]["name"] == "caf\ufffd\ufffd"
        assert (
            json.loads((song / "project.json").read_bytes().decode("utf-8"))["sources"][0]["name"] == "caf\ufffd\ufffd"
        )
        Path(os.fsdecode(name)).write_bytes(b"no sound")
        failed = subprocess.run(command, capture_output=True, check=False)
        assert failed.returncode == 1
        assert "caf\ufffd\ufffd.wav” is not an audio file" in failed.stderr.decode("utf-8")


def test_a_failed_import_changes_nothing(song: Path, sound: Path, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "no.wav").write_text("no sound")
    assert "not an audio file" in refused(capsys, 1, "import", song, sound, tmp_path / "no.wav")
    assert json.loads(printed(capsys, "show", song, "--json"))["tracks"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["new"],
        ["import", "x"],
        ["set", "x"],
        ["set", "x", "--track", "y"],
        ["set", "x", "--track", "y", "--pan", "2"],
        ["set", "x", "--track", "y", "--gain-db", "nan"],
        ["set", "x", "--track", "y", "--gain-db", "13"],
        ["bounce", "x"],
        ["bounce", "x", "--mix", "m.wav", "--format", "12"],
        ["bounce", "x", "--mix", "m.wav", "--lufs", "inf"],
        ["show", "x", "y"],
        ["doctor", "x"],
    ],
)
def test_wrong_usage(arguments: list[str], capsys: Output) -> None:
    refused(capsys, 2, *arguments)


def test_errors_are_one_line(song: Path, sound: Path, tmp_path: Path, capsys: Output) -> None:
    refused(capsys, 1, "show", tmp_path / "nowhere")
    refused(capsys, 1, "new", song)
    refused(capsys, 1, "new", tmp_path / "x", "--tempo", "1000")
    refused(capsys, 1, "new", tmp_path / "x", "--time-signature", "4/3")
    refused(capsys, 1, "new", tmp_path / "x", "--rate", "1")
    refused(capsys, 1, "import", song, sound, "--at", "bar:1.9")
    refused(capsys, 1, "import", song, tmp_path / "missing.wav")
    refused(capsys, 1, "set", song, "--track", "Nobody", "--mute")
    refused(capsys, 1, "bounce", song, "--mix", tmp_path / "m.wav")
    refused(capsys, 1, "bounce", song, "--mix", tmp_path / "m.wav", "--from", "later")
    refused(capsys, 1, "open", tmp_path / "nowhere")
    (song / "project.json").write_text("{]")
    refused(capsys, 1, "show", song)
    assert not (tmp_path / "x").exists()


def test_a_range_without_sound_names_its_flags(song: Path, sound: Path, tmp_path: Path, capsys: Output) -> None:
    printed(capsys, "import", song, sound)
    mix = ("bounce", song, "--mix", tmp_path / "m.wav")
    assert "--to after 24000f" in refused(capsys, 1, *mix, "--from", "bar:1.2", "--to", "bar:1")
    assert "ends at 48000f: give a --from" in refused(capsys, 1, *mix, "--from", "bar:9")
    assert not (tmp_path / "m.wav").exists()


def test_a_song_that_is_open_is_not_changed(song: Path, sound: Path, capsys: Output) -> None:
    lock = ProjectLock(song)
    try:
        refused(capsys, 1, "import", song, sound)
        printed(capsys, "show", song)
    finally:
        lock.release()


def test_unsaved_changes_of_a_crash_are_kept(song: Path, sound: Path, capsys: Output) -> None:
    folder = files.ProjectFolder.open(song)
    folder.autosave(files.load(song).__class__(id=folder.project.id, name="changed", rate=48000))
    folder._lock.release()  # as if the process had ended here
    assert "unsaved changes" in refused(capsys, 1, "import", song, sound)
    assert (song / "autosave.json").is_file()


def test_help_and_version(capsys: Output) -> None:
    assert printed(capsys, "--version").startswith("continuo 0.")
    text = printed(capsys, "--help")
    for name in COMMANDS:
        assert f"    {name} " in text
        assert "usage:" in printed(capsys, name, "--help")


def test_no_command_opens_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path | None, bool, bool]] = []
    window = ModuleType("desktop.app")
    window.run = lambda song, demo=False, new=False: opened.append((song, demo, new)) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "desktop.app", window)
    assert main([]) == 0
    assert main(["open"]) == 0
    assert main(["open", "--demo"]) == 0
    assert main(["open", "--new"]) == 0
    assert opened == [(None, False, False), (None, False, False), (None, True, False), (None, False, True)]


@pytest.mark.parametrize("text", ["bar:1", "bar:3.2", "bar:2.1+1/3", "12345f"])
def test_positions_are_written_as_they_are_read(text: str, song: Path) -> None:
    project = files.load(song)
    clock = Clock.steady(48000, project.tempo, project.signature)
    assert clock.text(place_at(clock.parse(text))) == text


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_bounce_that_is_told_to_end_does_so_cleanly(name: str, song: Path, tmp_path: Path, capsys: Output) -> None:
    long = tmp_path / "long.wav"
    write_audio(long, Audio(np.zeros((48000 * 600, 2), np.int16), 48000), "PCM_16")
    printed(capsys, "import", song, long, "--track", "Long")
    out = tmp_path / "out"
    out.mkdir()
    if sys.platform == "win32":
        return  # a test cannot send these to one process there
    call = [sys.executable, "-m", "engine.cli", "bounce", str(song), "--mix", str(out / "m.wav"), "--rate", "44100"]
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)  # tests that run under nohup ignore it, and so would the child
    try:
        process = subprocess.Popen(
            call, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "error"}
        )
    finally:
        signal.signal(number, before)
    deadline = time.monotonic() + 60
    while not list(out.iterdir()) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "continuo: cancelled; nothing half-made is left behind.\n"
    assert list(out.iterdir()) == []


def test_a_reader_that_stops_reading_is_no_error(song: Path) -> None:
    call = [sys.executable, "-m", "engine.cli", "show", str(song), "--json"]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert errors == b""


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_streams_that_are_closed_are_no_error(stream: str, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, stream, None)
    assert main(["show", str(song)]) == 0
    assert main(["show", str(song / "nothing")]) == 1


def test_clipping_is_told_with_what_helps_and_nothing_is_written(song: Path, tmp_path: Path, capsys: Output) -> None:
    hot, out = tmp_path / "hot.wav", tmp_path / "mix.wav"
    write_audio(hot, Audio(np.full((9000, 2), 1.5, np.float32), 48000))
    printed(capsys, "set", song, "--track", "master", "--remove-insert", 1)
    printed(capsys, "import", song, hot, "--track", "Drums")
    sentence = refused(capsys, 1, "bounce", song, "--mix", out)
    assert "“mix.wav” would be clipped: 18,000 samples lie beyond full scale, by up to 3.6 dB" in sentence
    for way in ("--true-peak -1", "--format 32f", "--clip"):
        assert way in sentence
        assert not out.exists()
        printed(capsys, "bounce", song, "--mix", out, *way.split())
        out.unlink()
