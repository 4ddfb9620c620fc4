"""`continuo transfer`: a line on another instrument, the list of them, and sentences."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main

RATE = 22050


@pytest.fixture
def file(tmp_path: Path) -> Path:
    time = np.arange(RATE) / RATE
    soundfile.write(tmp_path / "line.wav", 0.2 * np.sin(2 * np.pi * 330 * time), RATE)
    return tmp_path / "line.wav"


def test_a_line_is_played_and_no_file_replaced(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = file.with_name("flute.wav")
    command = ["transfer", str(file), "--instrument", "flute", "--out", str(out)]
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(out), "instrument": "flute"}
    sound, rate = soundfile.read(out)
    assert (len(sound), rate) == (RATE, RATE)
    assert np.abs(sound).max() > 0.1
    assert main(command) == 1
    assert "flute.wav" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0


def test_the_instruments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transfer", "--list", "--json"]) == 0
    assert {"instrument": "violin", "family": "strings"} in json.loads(capsys.readouterr().out)
    assert main(["transfer", "--list"]) == 0
    assert "french horn        brass" in capsys.readouterr().out


def test_mistakes_are_sentences(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(file.with_name("out.wav"))
    soundfile.write(file.with_name("silent.wav"), np.zeros(RATE), RATE)
    for words, sentence in (
        ([str(file), "--out", out], "--instrument"),
        ([str(file), "--instrument", "kazoo", "--out", out], "no instrument “kazoo”"),
        ([str(file), "--instrument", "flute", "--out", "out.mp3"], "ends in .wav"),
        ([str(file.with_name("silent.wav")), "--instrument", "flute", "--out", out], "is silent"),
    ):
        assert main(["transfer", *words]) == 1
        assert sentence in capsys.readouterr().err
    assert not Path(out).exists()
