"""`continuo repair` on a file that is made here, read back by soundfile."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main

RATE = 16000


def _tone() -> np.ndarray:
    time = np.arange(5 * RATE) / RATE
    since = time % 0.61
    soft = np.minimum(1, since / 0.005) * np.minimum(1, (0.61 - since) / 0.05)
    return (0.3 * np.sin(2 * np.pi * 441 * time) * np.exp(-since / 0.2) * soft).astype(np.float32)


def test_named_faults_go_and_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    time = np.arange(5 * RATE) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 60 * time) + 0.03 * np.sin(2 * np.pi * 120 * time)
    sound = (_tone() + hum + 0.02).astype(np.float32)
    soundfile.write(tmp_path / "in.wav", sound, RATE, "FLOAT")
    command = ["repair", str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav"), "--dc", "--clicks", "--json"]
    assert main(command) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["repaired"]["dc"] == "+2 % of full scale"
    assert set(record["repaired"]) == {"dc", "clicks"}
    out, rate = soundfile.read(tmp_path / "out.wav", dtype="float32")
    assert rate == RATE
    assert np.abs(out - (sound - 0.02)).max() < 1e-3
    assert main(["repair", str(tmp_path / "in.wav"), "--out", str(tmp_path / "all.wav")]) == 0
    assert "60 Hz and 1 harmonic" in capsys.readouterr().out
    out, _ = soundfile.read(tmp_path / "all.wav", dtype="float32")
    assert np.std(out - _tone()) < 0.1 * np.std(hum)


def test_a_sound_without_faults_is_written_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "in.wav", _tone(), RATE, "FLOAT")
    assert main(["repair", str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav")]) == 0
    assert capsys.readouterr().out.count("none found") == 5
    assert np.array_equal(soundfile.read(tmp_path / "out.wav", dtype="float32")[0], _tone())


def test_another_type_of_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "in.wav", _tone(), RATE, "FLOAT")
    assert main(["repair", str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.mp3")]) == 1
    assert "ends in .wav" in capsys.readouterr().err
    assert not (tmp_path / "out.mp3").exists()


def test_a_file_that_is_there_is_kept_and_one_on_a_full_disk_is_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file itself among them: repairing in place must not lose it."""
    path = tmp_path / "in.wav"
    soundfile.write(path, _tone(), RATE, "FLOAT")
    before = path.read_bytes()
    assert main(["repair", str(path), "--out", str(path)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    with monkeypatch.context() as patch:

        def full(*_: object, **__: object) -> None:
            raise soundfile.LibsndfileError(2)

        patch.setattr(soundfile.SoundFile, "write", full)
        patch.setattr("engine.disk.free_bytes", lambda _: 100)
        assert main(["repair", str(path), "--out", str(path), "--overwrite"]) == 1
    error = capsys.readouterr().err
    assert "in.wav” cannot be written (the disk is full)" in error
    assert ".part" not in error
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["in.wav"]
    assert main(["repair", str(path), "--out", str(path), "--overwrite"]) == 0
    assert np.array_equal(soundfile.read(path, dtype="float32")[0], _tone())
