"""`continuo chords` and `continuo accompany`: what is heard and written, beside what was composed."""

import json
import re
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile as sf

from engine.cli import main

SYMBOLS = ("Am", "F", "C", "G")


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight bars of pop over four chords at 104 BPM."""
    folder = tmp_path_factory.mktemp("composed") / "piece"
    arguments = ["compose", "pop", "--bars", "8", "--tempo", "104", "--key", "A minor", "--chords", " ".join(SYMBOLS)]
    assert main([*arguments, "--roles", "drums,bass,chords", "--seed", "3", "--out", str(folder)]) == 0
    return folder


def _agreement(chords: list[dict], start: float, end: float) -> float:
    """The share of [start, end) in which the symbol, without sevenths, is that of a bar at 104 BPM."""
    bar = 4 * 60 / 104
    right = []
    for moment in np.arange(start, end, 0.01):
        symbol = next((each["symbol"] for each in chords if each["start"] <= moment < each["end"]), "")
        plain = re.sub(r"(maj7|7|sus4)$", "", symbol)
        right.append(plain == SYMBOLS[int(moment / bar) % 4])
    return float(np.mean(right))


def test_chords_of_sound_and_of_midi(piece: Path, capsys: pytest.CaptureFixture[str]) -> None:
    end = 32 * 60 / 104
    capsys.readouterr()
    for name in ("mix.wav", "song.mid"):
        assert main(["chords", str(piece / name), "--json"]) == 0
        chords = json.loads(capsys.readouterr().out)
        assert set(chords[0]) == {"start", "end", "symbol", "confidence"}
        assert all(0 <= each["confidence"] <= 1 for each in chords)
        assert all(one["end"] <= other["start"] + 1e-6 for one, other in pairwise(chords))
        assert _agreement(chords, 0, end) >= 0.9, name
    assert main(["chords", str(piece / "song.mid")]) == 0
    assert re.match(r"\s+0\.00\s+2\.31\s+Am\s+\d+%\n", capsys.readouterr().out)


def _stems(folder: Path) -> dict[str, np.ndarray]:
    return {p.name: sf.read(p, dtype="int32")[0].astype(np.int64) for p in sorted((folder / "stems").iterdir())}


def test_a_sound_is_accompanied_from_its_first_frame_to_its_last(piece: Path, tmp_path: Path) -> None:
    stems = _stems(piece)
    shift = 11_000  # frames cut off, so that the first bar line lies within the file
    given = (stems["01 drums.wav"] + stems["03 chords.wav"])[shift:]
    source = tmp_path / "given.wav"
    sf.write(source, (given >> 8) / 2.0**23, 48000, subtype="PCM_24")
    out = tmp_path / "along"
    assert main(["accompany", str(source), "--roles", "bass,pad", "--seed", "1", "--out", str(out)]) == 0
    result = _stems(out)
    assert list(result) == ["01 given.wav", "02 bass.wav", "03 pad.wav"]
    mix = sf.read(out / "mix.wav", dtype="int32")[0].astype(np.int64)
    assert np.array_equal(sum(result.values()), mix)
    assert all(len(stem) == len(given) for stem in result.values())
    one, other = result["01 given.wav"].ravel().astype(float), given.ravel().astype(float)
    assert np.dot(one, other) / np.sqrt(np.dot(one, one) * np.dot(other, other)) > 0.999999  # but for one gain
    values = json.loads((out / "score.json").read_text("utf-8"))
    score, origin = values["score"], values["given"]["origin"] / 48000
    assert score["tempo"] == pytest.approx(104, rel=1e-3)
    beat = 60 / score["tempo"]
    truth = np.arange(1, 32) * 60 / 104 - shift / 48000
    away = (truth - origin + beat / 2) % beat - beat / 2
    assert np.abs(away).max() <= 0.010
    chords = [
        {"start": c["start"] * beat + origin + shift / 48000, "end": (c["start"] + c["length"]) * beat + origin
         + shift / 48000, "symbol": {"min": "m"}.get(c["quality"], "").join((_name(c["root"]), ""))}
        for c in score["chords"]
    ]  # fmt: skip
    assert _agreement(chords, shift / 48000, 32 * 60 / 104) >= 0.9
    again = tmp_path / "again"
    assert main(["compose", "--again", "bass", "--of", str(out / "score.json"), "--out", str(again)]) == 0
    after = _stems(again)
    assert [name for name in result if not np.array_equal(result[name], after[name])] == ["02 bass.wav"]


def _name(root: int) -> str:
    return ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")[root]


def test_notes_are_accompanied_and_kept(piece: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "along"
    arguments = [
        "accompany",
        str(piece / "song.mid"),
        "--roles",
        "pad,lead",
        "--bars",
        "6",
        "--out",
        str(out),
        "--json",
    ]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["bars"], told["time_signature"]) == (6, "4/4")
    assert told["tempo"] == pytest.approx(104, abs=0.01)
    assert [re.sub(r"(maj7|7)$", "", symbol) for symbol in told["chords"]] == [*SYMBOLS, *SYMBOLS[:2]]
    assert {part["role"] for part in told["parts"][-2:]} == {"pad", "lead"}
    stems = _stems(out)
    assert len(stems) == len(told["parts"])
    mix = sf.read(out / "mix.wav", dtype="int32")[0].astype(np.int64)
    assert np.array_equal(sum(stems.values()), mix)


def test_what_cannot_be_accompanied_is_one_sentence(
    piece: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rate = 22050
    silent, tone, short = tmp_path / "silent.wav", tmp_path / "tone.wav", tmp_path / "short.wav"
    sf.write(silent, np.zeros((3 * rate, 1)), rate)
    sf.write(tone, 0.3 * np.sin(np.arange(10 * rate) * 0.06), rate)
    sf.write(short, np.full(100, 0.1), rate)
    empty, broken = tmp_path / "empty.mid", tmp_path / "broken.mid"
    mido.MidiFile().save(empty)
    broken.write_bytes(b"MThd and no more")
    out = ["--out", str(tmp_path / "out")]
    source = str(piece / "song.mid")
    for arguments, words in (
        (["accompany", str(silent), *out], "This sound is silent"),
        (["accompany", str(tone), *out], "No steady beat is heard"),
        (["accompany", str(short), *out], "No steady beat is heard"),
        (["accompany", str(empty), *out], "has no notes"),
        (["accompany", str(broken), *out], "a damaged MIDI file (it ends too early)"),
        (["accompany", str(tmp_path / "none.wav"), *out], "none.wav"),
        (["accompany", source, "--bars", "0", *out], "0 bars cannot be accompanied"),
        (["accompany", source, "--roles", "kazoo", *out], "“kazoo” is no role"),
        (["accompany", source, "--key", "H", *out], "“H” is no key"),
        (["accompany", source, "--time-signature", "5/4", *out], "5/4"),
        (["chords", str(silent)], "no chords to be heard"),
        (["chords", str(short)], "shorter than half a second"),
        (["chords", str(empty)], "no notes"),
        (["chords", str(broken)], "a damaged MIDI file (it ends too early)"),
    ):
        assert main(arguments) == 1
        error = capsys.readouterr().err
        assert re.fullmatch(r"continuo: [^\n]+\.\n", error), error
        assert words in error
        assert "unexpectedly" not in error
        assert not (tmp_path / "out").exists()


def test_a_piece_is_composed_around_a_kept_sound(
    piece: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file's samples stay in the mix up to one gain; its tempo and chords are the piece's."""
    stems = _stems(piece)
    given = stems["01 drums.wav"] + stems["03 chords.wav"]
    source, out = tmp_path / "given.wav", tmp_path / "around"
    sf.write(source, (given / 2**31).astype(np.float64), 48000, subtype="PCM_24")
    capsys.readouterr()
    assert main(["compose", "pop", "--keep", str(source), "--seed", "4", "--out", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["tempo"] == pytest.approx(104, abs=0.2)
    assert {part["role"] for part in printed["parts"]} == {"drums", "bass", "chords"}
    around = _stems(out)
    kept = around["01 given.wav"][: len(given)].astype(np.float64)
    gain = (kept * given).sum() / (given.astype(np.float64) ** 2).sum()
    assert np.abs(kept - gain * given).max() <= 2**31 * 2e-7, "rounded to 24 bits"
    mix = sf.read(out / "mix.wav", dtype="int32")[0].astype(np.int64)
    assert np.array_equal(mix, np.sum(list(around.values()), axis=0))
    again = tmp_path / "again"
    assert main(["compose", "--again", "bass", "--of", str(out / "score.json"), "--out", str(again)]) == 0
    changed = _stems(again)
    assert [name for name in around if not np.array_equal(around[name], changed[name])] == ["03 bass.wav"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--chords", "Am F"], "--chords does not go with an audio file that is kept"),
        (["--keep", "other.flac"], "Only one audio file can be kept"),
        (["--into", "song"], "cannot be put into a song"),
    ],
)
def test_what_does_not_go_with_a_kept_sound_is_a_sentence(
    more: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compose", "--keep", str(tmp_path / "a.wav"), *more, "--out", str(tmp_path / "out")]) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
