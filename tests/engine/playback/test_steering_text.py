"""Names that steer what is shown around them: in tags, the report, stem names, `show` and the shell's messages."""

import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.cli import main
from engine.ids import new_id
from engine.plain_text import escaped, plain_lines
from engine.playback.filenames import safe_name
from engine.playback.wavfile import SampleFormat
from engine.project import edits, files
from tests.engine.playback.test_bounce import Song, noise
from tests.riff_chunks import read_chunks

STEERING = "\x1b[31m\x07\x85\x9b\u202e\u2066\u200b\u200f\ufeff\u2028\u2029\u2060\u00ad"
HOSTILE = f"Dr{STEERING}ums"


def steers(text: str, *, lines: bool = True) -> list[str]:
    allowed = "\n" if lines else ""
    return [hex(ord(c)) for c in text if c not in allowed and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


@pytest.fixture
def song(tmp_path: Path) -> Song:
    song = Song(tmp_path)
    clip = song.add(noise(2000, 1), "T")
    song.project = replace(song.project, name=f"So{STEERING}ng")
    record = {"prompt": f"rain{STEERING}", "seed": 1, "model_name": f"Ti{STEERING}ny", "licence": "MIT"}
    take = replace(clip.takes[0], id=new_id(), provenance=record)
    p = edits.add_take(song.project, clip.id, take, choose=True)
    track = p.tracks[0]
    clips = tuple(replace(each, name=HOSTILE) for each in track.clips)
    song.project = replace(p, tracks=(replace(track, name=HOSTILE, clips=clips),))
    return song


def test_tags_stems_and_report_hold_letters_only(song: Song) -> None:
    song.bounce(stems=song.out, report=True, format=SampleFormat.PCM_24)
    names = [path.name for path in song.out.iterdir()]
    assert len(names) == 3
    assert not any(steers(name, lines=False) for name in names)
    for path in song.out.glob("*.wav"):
        chunks = {name: content for name, _, content in read_chunks(path)}
        xml = chunks[b"iXML"].decode("utf-8")
        assert steers(xml) == []
        user = xml.partition("<USER>")[2].partition("</USER>")[0].replace("&quot;", '"')
        assert (
            json.loads(user.partition(": ")[2].partition(": ")[2])["prompt"] == f"rain{STEERING}"
        )  # escaped, not lost
        info = chunks[b"LIST"][4:]
        while len(info) > 8:
            size = int.from_bytes(info[4:8], "little")
            assert steers(info[8 : 8 + size].rstrip(b"\0").decode("utf-8")) == []
            info = info[8 + size + size % 2 :]
        assert all(32 <= byte < 127 or byte == 0 for byte in chunks[b"bext"][:320])
    text = next(song.out.glob("*.txt")).read_text("utf-8")
    assert steers(text) == []
    assert "ums" in text


def test_the_shell_prints_letters_only(song: Song, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files.save(song.folder, song.project)
    folder = str(song.folder)
    assert main(["show", folder]) == 0
    shown = capsys.readouterr().out
    assert steers(shown) == []
    assert shown.count("\n") == 3
    assert main(["show", folder, "--json"]) == 0
    printed = capsys.readouterr().out
    assert steers(printed) == []
    assert json.loads(printed)["tracks"][0]["name"] == HOSTILE
    mix = str(tmp_path / "mix.wav")
    for extra in ([], ["--json", "--overwrite"]):
        assert main(["bounce", folder, "--mix", mix, *extra]) == 0
        assert steers(capsys.readouterr().out) == []
    (song.folder / next(iter(song.project.sources.values())).file).unlink()
    p = song.project
    source = next(iter(p.sources.values()))
    files.save(song.folder, replace(p, sources={source.id: replace(source, name=HOSTILE)}))
    assert main(["bounce", folder, "--mix", mix, "--overwrite"]) == 1
    error = capsys.readouterr().err
    assert steers(error) == []
    assert error.count("\n") == 1


def test_what_stays() -> None:
    text = "Ünïcödé ♪ 日本 العربية\n  two  spaces"
    assert plain_lines(text) == text
    assert safe_name("日本 ♪") == "日本 ♪"
    value = {"a": f"x{STEERING}\U000e0041y", "b": [1, "ü\n"]}
    assert json.loads(escaped(json.dumps(value, ensure_ascii=False))) == value
    assert steers(escaped(json.dumps(value, ensure_ascii=False))) == []
    assert np.all([safe_name(f"a{c}b") == "ab" for c in "\u202e\u200b\ufeff\u2066\u0085"])
