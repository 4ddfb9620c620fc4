import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from engine.errors import ProjectFileError
from engine.project.codec import Encoder, decode, from_json, to_json
from engine.project.model import (
    FORMAT_VERSION,
    LoopRegion,
    Project,
    Source,
    Take,
    Track,
    audio_clip,
    audio_take,
    new_project,
)
from tests.places import place_at


def changed(project: Project, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    data = json.loads(Encoder().encode(project))
    change(data)
    return data


def test_every_field_comes_back(rich_project: Project) -> None:
    assert decode(Encoder().encode(rich_project)) == rich_project
    assert from_json(to_json(rich_project)) == rich_project


def test_the_example_leaves_no_field_at_its_default(rich_project: Project) -> None:
    """So that a field added to the model but not to the file is noticed above."""
    seen: dict[tuple[type, str], bool] = {}

    def look(value: Any) -> None:
        if is_dataclass(value):
            for field in fields(value):
                item = getattr(value, field.name)
                key = (type(value), field.name)
                seen[key] = seen.get(key, False) or item != field.default
                look(item)
        elif isinstance(value, tuple):
            for item in value:
                look(item)
        elif isinstance(value, dict):
            look(tuple(value.values()))

    look(rich_project)
    assert not [key for key, differs in seen.items() if not differs]


def test_readable(rich_project: Project) -> None:
    text = Encoder().encode(rich_project, revision=7).decode()
    lines = text.splitlines()
    assert lines[:4] == ["{", '  "format": "continuo-project",', f'  "version": {FORMAT_VERSION},', '  "revision": 7,']
    assert '  "tempo": "241/2",' in lines
    assert '  "signature": "7/8",' in lines
    assert '          "position": {"beats": "33/2"},' in lines
    assert '"position": {"frames": 12345}' in text
    assert "Lead 🎸" in text
    assert text.endswith("}\n")
    assert max(map(len, lines)) < 200


def test_same_song_same_text_whatever_was_written_before(rich_project: Project) -> None:
    encoder = Encoder()
    first = encoder.encode(rich_project)
    other = replace(rich_project, tracks=(replace(rich_project.tracks[0], name="x"), *rich_project.tracks[1:]))
    assert encoder.encode(other) == Encoder().encode(other) != first
    assert encoder.encode(rich_project) == first


def test_beats_and_frames_stay_apart() -> None:
    """16 frames are not 16 beats."""
    project = replace(new_project("x"), loop=LoopRegion(place_at(0), place_at(16), on=False))
    loop = decode(Encoder().encode(project)).loop
    assert (loop.start.frame, loop.end.frame) == (0, 16)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d.pop("format"), "not a Continuo project"),
        (lambda d: d.update(version=FORMAT_VERSION + 1), "newer Continuo"),
        (lambda d: d.update(version="1"), "version is not a whole number"),
        (lambda d: d.update(version=True), "version is not a whole number"),
        (lambda d: d.update(version=0), "was never released"),
        (lambda d: d.update(surprise=1), "unknown entry 'surprise'"),
        (lambda d: d.pop("name"), "“name” is missing in the song"),
        (lambda d: d.update(name=3), "“name” in the song is not a text"),
        (lambda d: d.update(name="\ud800"), "is not a text"),
        (lambda d: d.update(rate=48000.0), "whole number from 8000"),
        (lambda d: d.update(rate=7999), "whole number from 8000"),
        (lambda d: d.update(tempo="401"), "fraction from 20 to 400"),
        (lambda d: d.update(tempo="120/0"), "fraction from 20 to 400"),
        (lambda d: d.update(tempo=120), "fraction from 20 to 400"),
        (lambda d: d.update(signature="4/5"), "time signature"),
        (lambda d: d["loop"].update(end={"beats": "1/4"}), "ends before it starts"),
        (lambda d: d["tracks"][0].update(gain_db=12.1), "number from -96 to 12"),
        (lambda d: d["tracks"][0].update(gain_db=True), "number from -96 to 12"),
        (lambda d: d["tracks"][0].update(pan=-1.01), "number from -1 to 1"),
        (lambda d: d["tracks"][0].update(mute=1), "neither true nor false"),
        (lambda d: d["tracks"][0].update(colour=10), "“colour” in track 1 is not a whole number from 0 to 9"),
        (lambda d: d["tracks"][1].update(id="k1"), "“track” have the identifier “k1”"),
        (lambda d: d["tracks"][1].update(id="../x"), "not an identifier"),
        (lambda d: d["tracks"][0]["clips"][0].update(length=0), "whole number from 1"),
        (lambda d: d["tracks"][0]["clips"][0].update(takes=[]), "chooses a take"),
        (lambda d: d["tracks"][0]["clips"][0].update(position={"frames": -1}), "whole number from 0"),
        (lambda d: d["tracks"][0]["clips"][0].update(position={"beats": "1", "frames": 3}), "unknown entry 'frames'"),
        (lambda d: d["tracks"][0]["clips"][0].update(position=3), "is not an object"),
        (lambda d: d["tracks"][0]["clips"][1].update(id="c2"), "“clip” have the identifier “c2”"),
        (lambda d: d["tracks"][0]["clips"][1].update(take=2), "chooses a take"),
        (
            lambda d: d["tracks"][0]["clips"][1]["takes"][0]["content"].update(loop_phase=5000),
            "starts outside its loop",
        ),
        (
            lambda d: d["tracks"][0]["clips"][1]["fade_out"].update(length=43621),
            "track 1 is shorter than its fades",
        ),
        (
            lambda d: d["tracks"][0]["clips"][1]["fade_in"].update(shape="steep"),
            "not one of linear, equal_power",
        ),
        (lambda d: d["tracks"][0]["clips"][1]["fade_in"].update(whole=499), "a part of a shorter fade"),
        (lambda d: d["tracks"][0]["clips"][1]["fade_in"].update(correlation=1.5), "not a number from 0 to 1"),
        (lambda d: d["tracks"][0]["clips"][1]["takes"][0]["content"].update(source="zz"), "does not list"),
        (
            lambda d: d["tracks"][0]["clips"][0]["takes"][0].update(content=[]),
            "“content” of take 1 of clip 1 of track 1",
        ),
        (
            lambda d: d["tracks"][0]["clips"][0]["takes"][0]["content"].update(kind="smell"),
            "is not one of audio",
        ),
        (lambda d: d["sources"][0].update(id="b2"), "same identifier"),
        (lambda d: d["sources"][0].update(frames=0), "source 1 has no frames"),
        (lambda d: d["sources"][0].update(file="cache/a1.wav"), "not in the folder “audio”"),
        (lambda d: d["sources"][2].update(rate=48000), "grows at 48,000 Hz"),
    ],
)
def test_refused_with_a_sentence(
    rich_project: Project, change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    with pytest.raises(ProjectFileError) as caught:
        from_json(changed(rich_project, change))
    assert complaint in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        "audio/../../secret.wav",
        "../x.wav",
        "audio/..",
        "audio\\x.wav",
        "C:/x.wav",
        "c:x.wav",
        "//server/share/x.wav",
        "audio//x.wav",
        "audio/./x.wav",
        "audio/x.wav/",
        "audio/x\x00.wav",
        "audio/x.wav:stream",
        "audio/NUL",
        "audio/con.wav",
        "audio/x. ",
        "~/x.wav",
        "",
        ".",
        "audio/" + "x" * 500,
    ],
)
def test_no_path_leaves_the_folder(rich_project: Project, file: str) -> None:
    with pytest.raises(ProjectFileError):
        from_json(changed(rich_project, lambda data: data["sources"][0].update(file=file)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\xff\xfe{}",
        b"null",
        b"[]",
        b'{"format": "continuo-project"',
        b'{"format": "continuo-project", "version": 1, "version": 1}',
        b'{"format": "continuo-project", "version": 1, "name": NaN}',
        b'{"format": "continuo-project", "version": 1, "name": -Infinity}',
        b'{"format": "continuo-project", "version": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_project_is_refused(data: bytes) -> None:
    with pytest.raises(ProjectFileError):
        decode(data)


def test_a_number_too_large_for_a_float_is_refused(rich_project: Project) -> None:
    text = Encoder().encode(rich_project).decode().replace('"gain_db": -6.0', '"gain_db": 1e999')
    with pytest.raises(ProjectFileError, match="gain_db"):
        decode(text.encode())


def test_byte_order_mark_is_accepted(rich_project: Project) -> None:
    assert decode(b"\xef\xbb\xbf" + Encoder().encode(rich_project)) == rich_project


def test_clips_and_markers_come_in_order(rich_project: Project) -> None:
    def shuffle(data: dict[str, Any]) -> None:
        data["tracks"][0]["clips"].reverse()
        data["tracks"][0]["automation"].reverse()
        data["tracks"][0]["lanes"][0]["curve"]["points"].reverse()
        data["markers"].reverse()

    assert from_json(changed(rich_project, shuffle)) == rich_project


@pytest.mark.parametrize(
    ("start", "end", "on"),
    [
        (Fraction(1, 3), 0, False),
        (Fraction(1), 24_000, False),
        (Fraction(1), 24_001, True),
        (24_000, Fraction(2), True),
    ],
)
def test_a_loop_that_ends_before_it_starts_at_the_songs_tempo_is_off(
    start: Fraction | int, end: Fraction | int, on: bool
) -> None:
    """At 120 BPM a beat lasts 24 000 frames of 48 kHz."""
    loop = LoopRegion(place_at(start), place_at(end), on=True)
    project = decode(Encoder().encode(replace(new_project("Song", rate=48000), loop=loop)))
    assert project.loop == replace(loop, on=on)


def test_a_damaged_file_of_an_old_version_is_refused_with_a_sentence(rich_project: Project) -> None:
    old = changed(rich_project, lambda data: data.update(version=1))
    with pytest.raises(ProjectFileError, match="not a whole file of version 1"):
        from_json(old)


@pytest.mark.parametrize(
    "provenance", [{"x": float("nan")}, {"x": object()}, {1: 2}, {"x": {"y": "\udc00"}}, {"x": 1 << 80}]
)
def test_what_cannot_be_written_of_a_record_keeps_no_song_from_being_saved(provenance: dict[Any, Any]) -> None:
    project = _with_take(audio_take("t", "s", provenance={"seed": 3, **provenance}))
    (track,) = decode(Encoder().encode(project)).tracks
    record = track.clips[0].takes[0].provenance
    assert record in ({"seed": 3}, {"seed": 3, "x": {}})


def test_a_record_in_a_record_in_a_record_is_saved() -> None:
    """As regenerating a part of a clip does again and again: each record holds that of the rest."""
    record: dict[str, Any] = {"seed": 0}
    for seed in range(1, 60):
        record = {"seed": seed, "part": {"start": 0, "frames": 10, "rest": record}}
    project = _with_take(audio_take("t", "s", provenance=record))
    (track,) = decode(Encoder().encode(project)).tracks
    kept: Any = track.clips[0].takes[0].provenance
    for seed in range(59, 50, -1):
        assert kept["seed"] == seed
        kept = kept["part"]["rest"]


def test_what_could_not_be_read_again_is_not_written(rich_project: Project) -> None:
    track = replace(rich_project.tracks[0], gain_db=float("nan"))
    for wrong in (
        replace(rich_project, tracks=(track,)),
        replace(rich_project, master_gain_db=float("inf")),
        replace(rich_project, tempo=Fraction(500)),
        replace(rich_project, sources={}),
        _with_take(audio_take("t", "nowhere")),
    ):
        with pytest.raises(ProjectFileError, match="cannot be saved"):
            Encoder().encode(wrong)


def test_names_that_are_no_text_are_mended(rich_project: Project) -> None:
    """A file name that is not UTF-8 comes with lone surrogates."""
    project = replace(rich_project, name="caf\udce9", tracks=())
    assert decode(Encoder().encode(project)).name == "caf?"


def test_tuples_in_provenance_become_lists() -> None:
    project = _with_take(audio_take("t", "s", provenance={"x": (1, {"y": (2,)})}))
    (track,) = decode(Encoder().encode(project)).tracks
    assert track.clips[0].takes[0].provenance == {"x": [1, {"y": [2]}]}


def _with_take(take: Take) -> Project:
    sources = {"s": Source("s", "audio/s.wav", "s", 48000, 1, 10)}
    return replace(
        new_project("x"), sources=sources, tracks=(Track("k", "k", clips=(audio_clip("c", place_at(0), 10, (take,)),)),)
    )
