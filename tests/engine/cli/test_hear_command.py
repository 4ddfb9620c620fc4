"""`continuo hear` on a file that is made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, read_audio, write_audio
from engine.cli import main

RATE = 22050


def test_what_is_heard_is_printed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTINUO_CACHE", str(tmp_path / "cache"))
    sound = np.zeros(12 * RATE, np.float32)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 400) * np.exp(-np.arange(400) / 80)
    for beat in range(24):  # 120 BPM
        sound[beat * RATE // 2 : beat * RATE // 2 + 400] += noise
    write_audio(tmp_path / "beats.wav", Audio(sound[:, None], RATE), "PCM_24")
    assert main(["hear", str(tmp_path / "beats.wav"), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {"tempo", "beats", "downbeats", "key", "chords", "sections", "words"} <= set(record)
    assert record["tempo"] == pytest.approx(120, rel=1e-3)
    assert len(list((tmp_path / "cache" / "hearing").iterdir())) == 1
    assert main(["hear", str(tmp_path / "beats.wav")]) == 0
    assert "120 BPM" in capsys.readouterr().out


def test_wrong_input_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_audio(tmp_path / "silence.wav", Audio(np.zeros((RATE, 1), np.float32), RATE), "PCM_16")
    assert main(["hear", str(tmp_path / "silence.wav")]) == 1
    assert "nothing to be heard in it" in capsys.readouterr().err
    assert main(["hear", str(tmp_path / "none.wav")]) == 1
    assert "none.wav" in capsys.readouterr().err
    assert main(["hear", "--beats-per-bar", "1", "x"]) == 2


@pytest.mark.parametrize(
    "command",
    [
        ["hear"], ["chords"], ["notes", "--out", "o.mid"], ["repair", "--out", "o.wav"], ["separate", "--out", "parts"],
        ["transfer", "--instrument", "flute", "--out", "o.wav"], ["accompany", "--roles", "bass", "--out", "parts"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_samples_that_are_no_numbers_are_silence(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sound = np.full((2 * RATE, 1), np.nan, np.float32)
    sound[::7] = np.inf
    write_audio(Path("nan.wav"), Audio(sound, RATE), "FLOAT")
    status = main([command[0], "nan.wav", *command[1:]])
    said = capsys.readouterr()
    assert "unexpectedly" not in said.err
    assert status == 0 or said.err.startswith("continuo: ")
    for written in tmp_path.rglob("*.wav"):
        if written.name != "nan.wav":
            assert np.isfinite(read_audio(written).samples).all()
