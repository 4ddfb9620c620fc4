"""Marks in files that the shell writes: composed, generated, and joined to the user's own sound."""

import json
from pathlib import Path

import c2pa
import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.generate import audio_output
from engine.tags.content_credentials import read_credentials
from engine.tags.marking import Making, mark_generated
from engine.tags.reading import read_tags
from engine.tags.xmp import SourceType
from tests.riff_chunks import read_chunks

RECORD = {
    "model": "melody-starter",
    "model_name": "MeLoDy starter",
    "weights": "abc",
    "seed": 3,
    "prompt": "rain & <x>",
}
SOUND = (0.3 * np.random.default_rng(1).standard_normal((2001, 1)) * 2**23).astype(np.int32) << 8


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that are made here."""
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".aiff"])
@pytest.mark.parametrize("joined", [False, True])
def test_a_generated_file_is_marked_and_keeps_every_sample(tmp_path: Path, suffix: str, joined: bool) -> None:
    path = tmp_path / f"x{suffix}"
    assert audio_output.write(path, [SOUND], 48000, "PCM_24", RECORD, joined=joined) == []
    samples, rate = soundfile.read(path, dtype="int32", always_2d=True)
    assert rate == 48000
    assert np.array_equal(samples, SOUND)
    tags = read_tags(path)
    assert tags.source_type is (SourceType.WITH_TRAINED if joined else SourceType.TRAINED)
    assert json.loads(tags.provenance["x"]) == RECORD
    signed = read_credentials(path)
    if suffix == ".aiff":
        assert signed is None
        return
    assert signed is not None
    assert (signed.state, signed.problems) == ("Valid", ("signingCredential.untrusted",))
    assert signed.actions[0]["digitalSourceType"] == tags.source_type.uri
    assert signed.actions[0]["softwareAgent"]["name"] == "MeLoDy starter"


def test_without_credentials_only_the_marks_are_written(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    audio_output.write(path, [SOUND], 48000, "PCM_24", {**RECORD, "model": "composer"}, credentials=False)
    assert read_tags(path).source_type is SourceType.ALGORITHM
    with pytest.raises(c2pa.C2paError), path.open("rb") as file:
        c2pa.Reader("audio/wav", file)
    names = [name for name, _, _ in read_chunks(path)]
    assert names[-4:] == [b"LIST", b"iXML", b"_PMX", b"id3 "]
    size = int.from_bytes(path.read_bytes()[4:8], "little")
    assert size == path.stat().st_size - 8


def test_a_certificate_that_cannot_be_used_loses_no_sound(tmp_path: Path) -> None:
    (tmp_path / "data" / "c2pa").mkdir(parents=True)
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / "data" / "c2pa" / name).write_text("nonsense")
    (notice,) = audio_output.write(tmp_path / "x.wav", [SOUND], 48000, "PCM_24", RECORD)
    assert "“x.wav” cannot be signed" in notice
    assert read_tags(tmp_path / "x.wav").source_type is SourceType.TRAINED


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"RF64" + bytes(40))
    with pytest.raises(Exception, match="is no WAV file of less than 4 GB"):
        mark_generated(tmp_path / "x.wav", tmp_path / "x.wav", Making(SourceType.TRAINED, "x"))


def test_a_composed_piece_says_so_in_every_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compose", "funk", "--bars", "1", "--roles", "bass", "--tempo", "240", "--key", "A minor"]
    for out, more in (("signed", []), ("plain", ["--no-credentials"])):
        assert main([*words, "--out", str(tmp_path / out), *more]) == 0
    capsys.readouterr()
    signed, plain = ([*(tmp_path / out).glob("**/*.wav")] for out in ("signed", "plain"))
    assert len(signed) == 2
    for path in signed:
        assert main(["origin", str(path), "--json"]) == 0
        content = json.loads(capsys.readouterr().out)
        assert content["digital_source_type"].endswith("/algorithmicMedia")
        assert (content["tempo"], content["key"]) == (240.0, "A minor")
        assert content["credentials"]["state"] == "Valid"
        assert [each["model"] for each in content["clips"].values()] == ["composer"]
    assert not any(read_credentials(path) for path in plain)
    for one, other in zip(sorted(signed), sorted(plain), strict=True):
        assert np.array_equal(soundfile.read(one, dtype="int32")[0], soundfile.read(other, dtype="int32")[0])
