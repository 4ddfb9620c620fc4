"""`continuo find` in a folder that is made here."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.cli import main

RATE = 22050


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Clicks at two tempos, and a file that is damaged."""
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    place = tmp_path / "sounds"
    place.mkdir()
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 400) * np.exp(-np.arange(400) / 80)
    for name, tempo in (("slow", 90), ("quick", 140)):
        sound = np.zeros(6 * RATE, np.float32)
        for start in np.arange(0, 5.9, 60 / tempo):
            first = round(start * RATE)
            sound[first : first + 400] += noise[: len(sound) - first]
        write_audio(place / f"{name} clicks.wav", Audio(sound[:, None], RATE), "PCM_16")
    (place / "broken.wav").write_bytes(b"RIFF----WAVE")
    return place


def test_sounds_are_found_by_words_tempo_and_likeness(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def found(*arguments: str) -> dict[str, list[dict[str, object]]]:
        assert main(["find", str(folder), *arguments, "--json"]) == 0
        record: dict[str, list[dict[str, object]]] = json.loads(capsys.readouterr().out)
        return record

    record = found("clicks, 140 BPM")
    assert [result["title"] for result in record["results"]] == ["quick clicks.wav", "slow clicks.wav"]
    assert record["results"][0]["tempo"] == pytest.approx(140, rel=5e-3)
    assert set(record["results"][0]) == {
        "file", "title", "score", "seconds", "tempo", "key", "loudness", "words",
    }  # fmt: skip
    assert len(record["problems"]) == 1
    assert "broken.wav" in str(record["problems"][0])
    assert [result["title"] for result in found("--tempo", "80-100")["results"]] == ["slow clicks.wav"]
    assert [result["title"] for result in found("--tempo", "70")["results"]] == ["quick clicks.wav"]
    like = found("--like", str(folder / "slow clicks.wav"))["results"]
    assert [result["title"] for result in like] == ["quick clicks.wav"]
    assert main(["find", str(folder), "quick", "--count", "1"]) == 0
    assert "140.0 BPM" in capsys.readouterr().out


def test_wrong_questions_are_sentences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, sentence in (
        ([str(folder / "none"), "x"], "does not exist"),
        ([str(folder), "x", "--like", "y"], "ask one of them"),
        ([str(folder), "--key", "H"], "is no key"),
        ([str(folder), "--like", str(folder / "none.wav")], "none.wav"),
    ):
        assert main(["find", *arguments]) == 1
        assert sentence in capsys.readouterr().err
    assert main(["find", str(folder), "--tempo", "0"]) == 2
    assert main(["find", str(folder), "--count", "x"]) == 2
