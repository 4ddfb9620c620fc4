"""`continuo separate` on a file that is made here, read back by soundfile."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main

RATE = 22050


def test_two_files_that_add_up_to_the_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(2)
    sound = (0.3 * rng.standard_normal((RATE, 2))).astype(np.float32)
    soundfile.write(tmp_path / "mix.wav", sound, RATE, "FLOAT")
    out = tmp_path / "parts" / "here"
    assert main(["separate", str(tmp_path / "mix.wav"), "--out", str(out), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)
    assert files == {name: str(out / f"{name}.wav") for name in ("drums", "harmonic")}
    drums, harmonic = (soundfile.read(files[name], dtype="float64") for name in ("drums", "harmonic"))
    assert drums[1] == harmonic[1] == RATE
    assert np.abs(drums[0] + harmonic[0] - sound).max() < 1e-6


def test_files_that_are_there_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "harmonic.wav", np.zeros((RATE, 1)), RATE, "FLOAT")
    before = (tmp_path / "harmonic.wav").read_bytes()
    command = ["separate", str(tmp_path / "harmonic.wav"), "--out", str(tmp_path)]
    assert main(command) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (tmp_path / "harmonic.wav").read_bytes() == before
    assert main([*command, "--overwrite"]) == 0


def test_what_is_no_sound_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.wav").write_bytes(b"no sound")
    assert main(["separate", str(tmp_path / "x.wav"), "--out", str(tmp_path / "o")]) == 1
    error = capsys.readouterr().err
    assert "x.wav" in error
    assert "Traceback" not in error
    assert not (tmp_path / "o").exists()
