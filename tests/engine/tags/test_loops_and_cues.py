"""Cues, loops, covers and tags of exported files, read by a parser of the tests' own and by ffmpeg; and read back."""

import io
import json
import struct
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.encoding import FileType
from engine.errors import ExportError
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.file_tags import SongFacts
from engine.project import edits, files
from engine.project.file_facts import MOST_MARKERS, place_sounds, with_tempo
from engine.project.importing import import_audio
from engine.project.model import Project, new_project
from engine.tags.reading import AudioTags, read_tags
from engine.tags.vorbis import ogg_checksum
from engine.tags.wave_chunks import Cue, LoopFacts
from engine.timing.position import SONG_START, Position
from tests.engine.playback.test_bounce import Song
from tests.engine.playback.test_file_types import decoded, tags
from tests.riff_chunks import read_chunks

RATE = 48000


@pytest.fixture
def song(tmp_path: Path) -> Song:
    """Two bars of 4/4 at 96 BPM, to the frame: 8 beats of 30,000 frames."""
    song = Song(tmp_path)
    rng = np.random.default_rng(7)
    song.add((0.1 * rng.standard_normal((8 * 30000, 2))).astype(np.float32), "Loop")
    project = edits.set_tempo(song.project, Fraction(96))
    project = edits.add_marker(project, Position.at_beat(Fraction(2)), "Drop – ♫")
    song.project = edits.add_marker(project, Position.at_frame(30001), "Here")
    files.save(song.folder, song.project)
    return song


def chunk(path: Path, name: bytes, kind: bytes = b"") -> bytes:
    return next(content for each, _, content in read_chunks(path) if each == name and content.startswith(kind))


def labelled(path: Path) -> list[tuple[int, str]]:
    """The cue points of a WAV file and their labels, by their numbers."""
    points = chunk(path, b"cue ")
    count = struct.unpack_from("<I", points)[0]
    assert len(points) == 4 + 24 * count
    frames = {}
    for index in range(count):
        number, position, where, start, block, frame = struct.unpack_from("<II4sIII", points, 4 + 24 * index)
        assert (where, start, block, position) == (b"data", 0, 0, frame)
        frames[number] = frame
    labels, at, names = chunk(path, b"LIST", b"adtl"), 4, {}
    while at < len(labels):
        kind, size = struct.unpack_from("<4sI", labels, at)
        assert kind == b"labl"
        text = labels[at + 8 : at + 8 + size]
        assert text.endswith(b"\0")
        names[struct.unpack_from("<I", text)[0]] = text[4:-1].decode()
        at += 8 + size + size % 2
    return [(frames[number], names[number]) for number in sorted(frames)]


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (32, 16), (200, 30, 90)).save(content, kind)
    return content.getvalue()


def test_markers_and_sections_are_cue_points(song: Song) -> None:
    facts = SongFacts(sections=((Position.at_beat(Fraction(4)), "verse"), (Position.at_beat(Fraction(99)), "never")))
    bounce(song.project, song.folder, BounceRequest(mix=song.out / "a.wav", facts=facts))
    assert labelled(song.out / "a.wav") == [(30001, "Here"), (60000, "Drop – ♫"), (120000, "verse")]
    later = BounceRequest(mix=song.out / "b.wav", start=Position.at_frame(30002), rate=24000, facts=facts)
    bounce(song.project, song.folder, later)
    assert labelled(song.out / "b.wav") == [(14999, "Drop – ♫"), (44999, "verse")]


def test_a_loop_says_its_beats_tempo_key_and_ends(song: Song) -> None:
    facts = SongFacts(key="A minor", loop=True)
    bounce(song.project, song.folder, BounceRequest(mix=song.out / "a.wav", stems=song.out, facts=facts))
    for path in (song.out / "a.wav", song.out / "01 Loop.wav"):
        flags, root, _, _, beats, lower, upper, tempo = struct.unpack("<IHHfIHHf", chunk(path, b"acid"))
        assert (flags & 1, flags & 2, flags & 4) == (0, 2, 4)  # no one-shot, a root, stretches
        assert (root % 12, beats, upper, lower, tempo) == (9, 8, 4, 4, 96.0)
        sampler = chunk(path, b"smpl")
        assert struct.unpack_from("<9I", sampler)[2:4] == (20833, 69)
        assert struct.unpack_from("<9I", sampler)[7] == 1
        assert struct.unpack_from("<6I", sampler, 36)[1:4] == (0, 0, 8 * 30000 - 1)
    assert len(decoded(song.out / "a.wav")) == 8 * 30000
    uneven = replace(facts, key="")
    bounce(
        song.project, song.folder, BounceRequest(mix=song.out / "b.wav", end=Position.at_frame(100000), facts=uneven)
    )
    assert b"acid" not in [name for name, _, _ in read_chunks(song.out / "b.wav")]


@pytest.mark.parametrize("kind", list(FileType))
def test_every_type_says_title_tempo_key_and_cover(song: Song, kind: FileType) -> None:
    (song.folder / "cover.png").write_bytes(picture("PNG"))
    plain = BounceRequest(mix=song.out / f"plain{kind.suffix}")
    bounce(song.project, song.folder, replace(plain, facts=SongFacts(cover=None)))
    path = song.out / f"a{kind.suffix}"
    bounce(song.project, song.folder, BounceRequest(mix=path, facts=SongFacts(key="C# minor")))
    read = read_tags(path)
    assert (read.texts["title"], read.tempo, read.key) == (song.project.name, 96.0, "C# minor")
    assert "picture" in read.texts["cover"] or "image/png" in read.texts["cover"]
    assert np.array_equal(decoded(path), decoded(plain.mix or path))
    texts = tags(path)
    assert texts["title"] == song.project.name
    if kind is not FileType.WAV:  # of which this ffmpeg reads INFO alone
        assert texts.get("bpm", texts.get("tbpm")) == "96"
        assert texts.get("initialkey", texts.get("tkey")) in ("C# minor", "C#m")
        command = ["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy", "-f", "image2pipe", "-"]
        assert subprocess.run(command, capture_output=True, check=True).stdout == picture("PNG")


@pytest.mark.parametrize("kind", [FileType.FLAC, FileType.OPUS])
def test_a_large_cover_keeps_the_sound(song: Song, kind: FileType, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (256, 256, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    facts = SongFacts(cover=tmp_path / "noise.png")
    bounce(song.project, song.folder, BounceRequest(mix=song.out / f"a{kind.suffix}", facts=facts))
    bounce(song.project, song.folder, BounceRequest(mix=song.out / f"b{kind.suffix}"))
    assert np.array_equal(decoded(song.out / f"a{kind.suffix}"), decoded(song.out / f"b{kind.suffix}"))
    command = ["ffmpeg", "-v", "warning", "-i", song.out / f"a{kind.suffix}", "-f", "null", "-"]
    assert subprocess.run(command, capture_output=True, check=True).stderr == b""


def test_the_checksum_of_ogg() -> None:
    def slow(content: bytes) -> int:  # RFC 3533, bit by bit
        value = 0
        for byte in content:
            value ^= byte << 24
            for _ in range(8):
                value = (value << 1 ^ 0x04C11DB7 if value >> 31 else value << 1) & 0xFFFFFFFF
        return value

    for content in (b"", b"\0", b"OggS", bytes(range(256))):
        assert ogg_checksum(content) == slow(content)


def test_a_cover_that_is_none_is_a_sentence(song: Song, capsys: pytest.CaptureFixture[str]) -> None:
    (song.out.parent / "x.png").write_bytes(b"no picture")
    facts = SongFacts(cover=song.out.parent / "x.png")
    with pytest.raises(ExportError, match="is no JPEG or PNG picture"):
        bounce(song.project, song.folder, BounceRequest(mix=song.out / "a.wav", facts=facts))
    words = ["bounce", str(song.folder), "--mix", str(song.out / "a.wav"), "--cover", str(song.out / "missing.png")]
    assert main(words) == 1
    assert "missing.png" in capsys.readouterr().err


# coming back


def imported(song: Song, path: Path, project: Project, position: Position = SONG_START):  # type: ignore[no-untyped-def]
    source = import_audio(song.folder, path, project.rate)
    return place_sounds(project, [source], {source.id: read_tags(path)}, position)


def test_a_loop_brings_tempo_key_and_markers(song: Song) -> None:
    bounce(song.project, song.folder, BounceRequest(mix=song.out / "a.wav", facts=SongFacts("E minor", loop=True)))
    read = read_tags(song.out / "a.wav")
    assert (read.loop, read.key) == (LoopFacts(96.0, 8, (4, 4), 4, 240000), "E minor")
    placed = imported(song, song.out / "a.wav", new_project("New", rate=24000))
    assert placed.project.tempo == 96
    assert placed.tempo is None
    assert placed.notices == ("“a” says 96 BPM and E minor; the song took its tempo.",)
    frames = [(placed.project.clock.frames(each.position), each.name) for each in placed.project.markers]
    assert frames == [(15000, "Here"), (30000, "Drop – ♫")]  # at half the rate; 30001 / 2 is rounded to even

    again = imported(song, song.out / "a.wav", placed.project)  # at the same place: the markers are there already
    assert again.project.markers == placed.project.markers
    other = edits.set_tempo(placed.project, Fraction(120))
    offered = imported(song, song.out / "a.wav", other, Position.at_beat(Fraction(4)))
    assert (offered.project.tempo, offered.tempo) == (120, 96)
    assert offered.notices == ("“a” says 96 BPM and E minor; the song has 120 BPM.",)
    taken = with_tempo(offered.project, Fraction(96), Position.at_beat(Fraction(4)))
    assert taken.clock.tempo_at(Position.at_beat(Fraction(5))) == 96
    assert taken.clock.tempo_at(Position.at_beat(Fraction(3))) == 120


def test_other_programs_chunks_are_read(tmp_path: Path) -> None:
    """A file as samplers write it: two cues, one without a name, a one-shot, and chunks behind the samples."""

    def part(name: bytes, content: bytes) -> bytes:
        return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)

    fmt = part(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16))
    cue = part(b"cue ", struct.pack("<I", 2) + struct.pack("<II4sIII", 5, 9, b"data", 0, 0, 9)
               + struct.pack("<II4sIII", 6, 3, b"data", 0, 0, 3))  # fmt: skip
    labl = part(b"LIST", b"adtl" + part(b"labl", struct.pack("<I", 5) + b"Hi\0"))
    shot = part(b"acid", struct.pack("<IHHfIHHf", 1, 60, 0x8000, 0.0, 4, 4, 4, 120.0))
    body = b"WAVE" + fmt + part(b"data", bytes(200)) + cue + labl + shot
    (tmp_path / "a.wav").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    read = read_tags(tmp_path / "a.wav")
    assert read.cues == (Cue(3, ""), Cue(9, "Hi"))
    assert read.loop is None


def test_no_more_markers_than_a_song_bears(song: Song) -> None:
    bounce(song.project, song.folder, BounceRequest(mix=song.out / "a.wav"))
    source = import_audio(song.folder, song.out / "a.wav", RATE)
    cues = tuple(Cue(frame, "") for frame in range(MOST_MARKERS + 7))
    placed = place_sounds(new_project("New"), [source], {source.id: AudioTags(cues=cues)}, SONG_START)
    assert len(placed.project.markers) == MOST_MARKERS
    assert placed.notices == ("7 cue points of the files did not become markers: they are too many.",)


def test_damaged_tags_never_raise(song: Song) -> None:
    rng = np.random.default_rng(5)
    for kind in FileType:
        path = song.out / f"a{kind.suffix}"
        bounce(song.project, song.folder, BounceRequest(mix=path, facts=SongFacts("A minor", loop=True)))
        whole = path.read_bytes()
        for _ in range(20):
            damaged = bytearray(whole[: int(rng.integers(1, len(whole)))] if rng.random() < 0.3 else whole)
            for place in rng.integers(0, min(len(damaged), 3000), 8):
                damaged[place] = rng.integers(0, 256)
            path.write_bytes(damaged)
            assert isinstance(read_tags(path), AudioTags)


def test_the_shell_says_and_takes(song: Song, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.jpg").write_bytes(picture("JPEG"))
    words = ["--mix", str(song.out / "a.wav"), "--loop", "--cover", str(tmp_path / "c.jpg")]
    assert main(["bounce", str(song.folder), *words]) == 0
    assert chunk(song.out / "a.wav", b"acid")
    assert picture("JPEG") in chunk(song.out / "a.wav", b"id3 ")
    assert main(["new", str(tmp_path / "New")]) == 0
    capsys.readouterr()
    assert main(["import", str(tmp_path / "New"), str(song.out / "a.wav")]) == 0
    assert "says 96 BPM; the song took its tempo" in capsys.readouterr().err
    assert main(["show", str(tmp_path / "New"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tempo"] == 96
