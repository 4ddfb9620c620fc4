"""Loops come warped into a song, and the shell sets warp and pitch of a clip."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.audio import Audio, read_audio, write_audio
from engine.cli import main
from engine.tags.wave_chunks import LoopFacts, loop_chunks

RATE = 48000
Output = pytest.CaptureFixture[str]


def clicks(bpm: float, beats: int) -> np.ndarray:
    """Short bursts on eighths, the beats louder, float32 (frames, 1)."""
    sound = np.zeros(round(beats * 60 / bpm * RATE))
    time = np.arange(2400) / RATE
    for number in range(2 * beats):
        frame = round(number * 30 / bpm * RATE)
        burst = np.sin(2 * np.pi * 1200 * time) * np.exp(-120 * time) * (0.4 if number % 2 else 0.8)
        sound[frame : frame + 2400] += burst[: len(sound) - frame]
    return sound[:, None].astype(np.float32)


def loop_file(path: Path, bpm: float, beats: int, *, chunks: bool = False) -> Path:
    sound = clicks(bpm, beats)
    write_audio(path, Audio(sound, RATE), "PCM_16")
    if chunks:
        facts = LoopFacts(float(bpm), beats, frames=len(sound))
        body = path.read_bytes() + b"".join(
            name + len(content).to_bytes(4, "little") + content for name, content in loop_chunks(facts, RATE)
        )
        path.write_bytes(body[:4] + (len(body) - 8).to_bytes(4, "little") + body[8:])
    return path


@pytest.fixture
def song(tmp_path: Path) -> Path:
    assert main(["new", str(tmp_path / "song"), "--tempo", "100", "--rate", str(RATE)]) == 0
    return tmp_path / "song"


def clips(song: Path, capsys: Output) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["show", str(song), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    return [clip for track in shown["tracks"] for clip in track["clips"]]


@pytest.mark.parametrize("chunks", [True, False])
def test_a_loop_comes_warped_and_keeps_its_grid(song: Path, tmp_path: Path, capsys: Output, chunks: bool) -> None:
    first = loop_file(tmp_path / "first.wav", 100, 8)
    loop = loop_file(tmp_path / "loop.wav", 92, 8, chunks=chunks)
    assert main(["import", str(song), str(first), "--track", "Drums"]) == 0
    assert main(["import", str(song), str(loop), "--track", "Drums", "--at", "bar:3"]) == 0
    assert "“loop” has 92 BPM and follows the song's 100." in capsys.readouterr().err
    same, warped = clips(song, capsys)
    assert (same["warp"], warped["warp"]) == (True, True)
    assert (same["length"], warped["length"]) == (8 * 60 * RATE // 100, 8 * 60 * RATE // 100)
    assert warped["start"] == same["length"]
    assert warped["markers"][1]["beat"] == pytest.approx(8, abs=1e-4)
    assert main(["set", str(song), "--tempo", "110"]) == 0
    assert capsys.readouterr().err == ""
    assert [clip["length"] for clip in clips(song, capsys)] == pytest.approx([8 * 60 * RATE / 110] * 2, abs=1)
    assert main(["bounce", str(song), "--mix", str(tmp_path / "mix.wav"), "--format", "32f"]) == 0
    mix = np.abs(read_audio(tmp_path / "mix.wav").samples).max(axis=1)
    for eighth in range(1, 32):
        place = round(eighth * 30 / 110 * RATE)
        quiet, attack = mix[place - 1200 : place - 240].max(), mix[place - 240 : place + 240].max()
        assert attack > 10 * quiet


def test_loops_keep_their_speed_on_request_and_what_is_no_loop_does_so(
    song: Path, tmp_path: Path, capsys: Output
) -> None:
    loop = loop_file(tmp_path / "loop.wav", 92, 8, chunks=True)
    noise = np.random.default_rng(1).normal(0, 0.1, (4 * RATE, 1)).astype(np.float32)
    write_audio(tmp_path / "noise.wav", Audio(noise, RATE))
    write_audio(tmp_path / "cut.wav", Audio(clicks(92, 8)[: round(4.4 * RATE)], RATE))
    assert main(["import", str(song), "--no-warp", str(loop)]) == 0
    assert main(["import", str(song), str(tmp_path / "noise.wav"), str(tmp_path / "cut.wav")]) == 0
    assert [clip.get("warp", False) for clip in clips(song, capsys)] == [False, False, False]


def test_warp_and_pitch_are_set_by_name(song: Path, tmp_path: Path, capsys: Output) -> None:
    loop = loop_file(tmp_path / "loop.wav", 92, 8)
    assert main(["import", str(song), "--no-warp", str(loop), "--track", "Drums"]) == 0
    own = clips(song, capsys)[0]["length"]
    words = ["set", str(song), "--clip", "loop", "--warp", "on", "--transpose", "-3", "--fine-tune", "25"]
    assert main(words) == 0
    [clip] = clips(song, capsys)
    assert (clip["warp"], clip["transpose"], clip["fine_tune"]) == (True, -3, 25.0)
    assert clip["length"] == 8 * 60 * RATE // 100
    assert main(["set", str(song), "--clip", clip["id"], "--warp", "off", "--track", "Drums"]) == 0
    assert [(each["warp"], each["length"]) for each in clips(song, capsys)] == [(False, own)]
    assert main(["set", str(song), "--clip", "loop", "--warp", "on", "--sound-tempo", "46"]) == 0
    assert clips(song, capsys)[0]["length"] == 4 * 60 * RATE // 100


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--clip", "nothing", "--warp", "on"], 1, "has no clip “nothing”"),
        (["--clip", "loop"], 2, "name what to set of the clip"),
        (["--warp", "on"], 2, "belong to a clip"),
        (["--clip", "loop", "--transpose", "2.5"], 2, "whole number of semitones"),
        (["--clip", "loop", "--transpose", "30"], 2, "-24 to 24"),
        (["--clip", "loop", "--sound-tempo", "90"], 2, "goes with --warp on"),
    ],
)
def test_wrong_words(song: Path, words: list[str], status: int, sentence: str, capsys: Output) -> None:
    try:
        code = main(["set", str(song), *words])
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == status
    assert sentence in capsys.readouterr().err
