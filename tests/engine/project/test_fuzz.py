"""Mutated project files: each is a valid song or refused with a sentence; nothing else, and no path outside."""

import json
import math
import random
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import psutil
import pytest

from engine.errors import ProjectFileError
from engine.project.codec import Encoder
from engine.project.files import ProjectFolder, load, save
from engine.project.model import MAX_GAIN_DB, MIN_GAIN_DB, TRACK_HUES, FadeShape, Project
from engine.timing.position import Position
from tests.places import number_of, place_at
from tests.seeds import FIRST

NASTY: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**63),
    10**40,
    10**400,
    0.5,
    -0.0,
    1e308,
    -1e308,
    math.nan,
    math.inf,
    -math.inf,
    "",
    "x",
    "0",
    "-1",
    "1/0",
    "1/3",
    "9" * 5000,
    "1/" + "9" * 60,
    "nan",
    "\x00",
    "\ud800",
    "\u202e\u2028",
    "é" * 30_000,
    "../../etc/passwd",
    "/etc/passwd",
    "audio/../../x.wav",
    "..\\..\\x.wav",
    "C:\\x.wav",
    "\\\\server\\share",
    "audio/\x00.wav",
    "audio/nul",
    "%2e%2e/x",
    "file:///etc/passwd",
    [],
    {},
    [[]],
    {"": None},
    {"frames": -1},
    {"frames": 2**70},
    {"beats": "-1"},
    {"beats": "1" * 59},
    {"beats": "1/7", "frames": 1},
]


def places(value: Any, found: list[tuple[Any, Any]] | None = None) -> list[tuple[Any, Any]]:
    """Every (container, key) inside `value`."""
    found = [] if found is None else found
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            found.append((value, key))
            places(value[key], found)
    return found


def deep(value: Any, depth: int) -> str:
    return "[" * depth + json.dumps(value) + "]" * depth


def flip_bytes(text: bytes, dice: random.Random) -> bytes:
    data = bytearray(text)
    for _ in range(dice.choice((1, 1, 2, 5, 50))):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def truncate(text: bytes, dice: random.Random) -> bytes:
    return text[: dice.randrange(len(text))]


def cut_out(text: bytes, dice: random.Random) -> bytes:
    first = dice.randrange(len(text))
    return text[:first] + text[first + dice.randrange(200) :]


def repeat(text: bytes, dice: random.Random) -> bytes:
    first = dice.randrange(len(text))
    part = text[first : first + dice.randrange(300)]
    return text[:first] + part * dice.choice((2, 3, 100)) + text[first:]


def replace_value(text: bytes, dice: random.Random) -> bytes:
    data = json.loads(text)
    for _ in range(dice.choice((1, 1, 3))):
        container, key = dice.choice(places(data))
        container[key] = dice.choice(NASTY)
    return json.dumps(data).encode("utf-8", "surrogatepass")


def move_value(text: bytes, dice: random.Random) -> bytes:
    """Puts one part of the song in the place of another, such as a clip for a track."""
    data = json.loads(text)
    spots = places(data)
    (here, key), (there, other) = dice.choice(spots), dice.choice(spots)
    here[key] = json.loads(json.dumps(there[other]))
    return json.dumps(data).encode()


def delete_value(text: bytes, dice: random.Random) -> bytes:
    data = json.loads(text)
    for _ in range(dice.choice((1, 1, 2))):
        container, key = dice.choice(places(data))
        del container[key]
    return json.dumps(data).encode()


def duplicate_value(text: bytes, dice: random.Random) -> bytes:
    data = json.loads(text)
    lists = [(c, k) for c, k in places(data) if isinstance(c, list)]
    container, key = dice.choice(lists)
    container.insert(dice.randrange(len(container) + 1), container[key])
    return json.dumps(data).encode()


def add_key(text: bytes, dice: random.Random) -> bytes:
    data = json.loads(text)
    container = dice.choice([c for c, _ in places(data) if isinstance(c, dict)])
    container[dice.choice(("__proto__", "x", "", "frames", "source", "id", "gain_db", "growing"))] = dice.choice(NASTY)
    return json.dumps(data).encode("utf-8", "surrogatepass")


def duplicate_key(text: bytes, dice: random.Random) -> bytes:
    lines = text.splitlines(keepends=True)
    at = dice.randrange(1, len(lines) - 1)
    return b"".join([*lines[:at], lines[at], *lines[at:]])


def nest(text: bytes, dice: random.Random) -> bytes:
    data = json.loads(text)
    container, key = dice.choice(places(data))
    container[key] = "@"
    return json.dumps(data).replace('"@"', deep("x", dice.choice((2, 30, 500, 20_000)))).encode()


def shift_number(text: bytes, dice: random.Random) -> bytes:
    data = json.loads(text)
    numbers = [(c, k) for c, k in places(data) if type(c[k]) in (int, float)]
    container, key = dice.choice(numbers)
    container[key] = dice.choice((-container[key], container[key] + 1, container[key] * 1000, -1, 0, 1, 0.5, 2**40 + 1))
    return json.dumps(data).encode()


def other_encoding(text: bytes, dice: random.Random) -> bytes:
    return text.decode().encode(dice.choice(("utf-16", "utf-32", "utf-8-sig", "cp1252", "utf-7")), "replace")


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [
    flip_bytes,
    truncate,
    cut_out,
    repeat,
    replace_value,
    replace_value,
    replace_value,
    move_value,
    delete_value,
    duplicate_value,
    add_key,
    duplicate_key,
    nest,
    shift_number,
    shift_number,
    other_encoding,
]


def check_valid(project: Project, folder: Path) -> None:
    """What everything else may rely on, written down a second time."""
    assert 8000 <= project.rate <= 384000
    assert 20 <= project.tempo <= 400
    assert MIN_GAIN_DB <= project.master_gain_db <= MAX_GAIN_DB
    check_text(project.name)
    for key, source in project.sources.items():
        assert key == source.id
        assert source.frames >= (0 if source.growing else 1)
        assert source.channels >= 1
        assert source.rate >= 1000
        assert (folder / source.file).resolve().is_relative_to((folder / "audio").resolve()) or source.growing
        assert (folder / source.file).resolve().is_relative_to(folder.resolve())
        assert "/" not in key
        assert ".." not in key
    clips = [clip for _, clip in project.clips()]
    for ids in ([t.id for t in project.tracks], [c.id for c in clips], [m.id for m in project.markers]):
        assert len(set(ids)) == len(ids)
    for track in project.tracks:
        assert MIN_GAIN_DB <= track.gain_db <= MAX_GAIN_DB
        assert -1 <= track.pan <= 1
        assert 0 <= track.colour < TRACK_HUES
        assert track.height > 0
        check_order(project, [clip.position for clip in track.clips])
        check_order(project, [point.position for point in track.automation])
        assert all(MIN_GAIN_DB <= point.gain_db <= MAX_GAIN_DB for point in track.automation)
    for clip in clips:
        assert clip.length >= 1
        assert 0 <= clip.take < len(clip.takes)
        assert MIN_GAIN_DB <= clip.gain_db <= MAX_GAIN_DB
        assert min(clip.fade_in.length, clip.fade_out.length) >= 0
        assert clip.fade_in.length + clip.fade_out.length <= clip.length
        assert isinstance(clip.fade_in.shape, FadeShape)
        assert 0 <= clip.loop_phase < max(clip.loop_length, 1)
        assert clip.colour is None or 0 <= clip.colour < TRACK_HUES
        assert type(clip.reverse) is type(clip.mute) is bool
        for take in clip.takes:
            assert not take.source or take.source in project.sources
            assert math.isfinite(take.gain_db)
            assert take.provenance is None or isinstance(take.provenance, Mapping)
    check_order(project, [marker.position for marker in project.markers])
    check_order(project, [project.loop.start, project.loop.end] if project.loop.on else [])


def check_text(text: str) -> None:
    text.encode("utf-8")


def check_order(project: Project, positions: list[Position]) -> None:
    numbers = [number_of(position) for position in positions]
    assert all(type(number) in (int, Fraction) and number >= 0 for number in numbers)
    frames = [project.clock.frames(place_at(position)) for position in positions]
    assert frames == sorted(frames)


def loaded(folder: Path) -> tuple[str, Project | None]:
    try:
        return "", load(folder)
    except ProjectFileError as error:
        return str(error), None


def check_mutations(folder: Path, project: Project, first: int, count: int) -> None:
    folder.mkdir(parents=True)
    original = Encoder().encode(project)
    outside = sorted(path.name for path in folder.parent.iterdir())
    refused = 0
    for seed in range(first, first + count):
        dice = random.Random(seed)
        mutation = dice.choice(MUTATIONS)
        (folder / "project.json").write_bytes(mutation(original, dice))
        sentence, found = loaded(folder)
        if found is None:
            assert sentence.endswith("."), (seed, mutation.__name__, sentence)
            assert len(sentence) < 700, (seed, mutation.__name__)
            refused += 1
            continue
        check_valid(found, folder)
        with ProjectFolder.open(folder) as home:
            assert set(home.missing(found)) == set(found.sources.values())
        save(folder, found)
        assert load(folder) == found
    assert sorted(path.name for path in folder.parent.iterdir()) == outside
    assert 0 < refused < count
    print(f"\n{count} mutations: {refused} refused with a sentence, the others valid songs")


def test_mutated_project_files(tmp_path: Path, rich_project: Project) -> None:
    check_mutations(tmp_path / "song", rich_project, 0, 120)


@pytest.mark.soak
def test_500_mutated_project_files(tmp_path: Path, rich_project: Project) -> None:
    check_mutations(tmp_path / "song", rich_project, FIRST + 1000, 500)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_10000_mutated_songs(tmp_path: Path, rich_project: Project) -> None:
    """Each is read or refused in less than two seconds of the processor, and all in less than 512 MB."""
    folder = tmp_path / "song"
    folder.mkdir()
    original = Encoder().encode(rich_project)
    longest, refused, opened = 0.0, 0, 0
    for seed in range(FIRST + 10_000, FIRST + 20_000):
        dice = random.Random(seed)
        (folder / "project.json").write_bytes(dice.choice(MUTATIONS)(original, dice))
        began = time.process_time()
        sentence, found = loaded(folder)
        longest = max(longest, time.process_time() - began)
        if found is None:
            assert sentence.endswith("."), (seed, sentence)
            assert len(sentence) < 700, seed
            refused += 1
        else:
            check_valid(found, folder)
            opened += 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["song"]
    assert sorted(path.name for path in folder.iterdir()) == ["project.json"]
    memory = psutil.Process().memory_info().rss / 1e6
    print(
        f"\n10000 mutated songs: {refused} refused, {opened} read; the longest took {longest:.2f} s of the processor, ",
        end="",
    )
    print(f"{memory:.0f} MB at the end")
    assert longest < 2.0
    assert memory < 512


def test_mutated_autosaves(tmp_path: Path, rich_project: Project) -> None:
    """A damaged autosave never keeps the song from being opened."""
    folder = tmp_path / "song"
    folder.mkdir()
    save(folder, rich_project)
    newer = Encoder().encode(rich_project, revision=5)
    for seed in range(40):
        dice = random.Random(seed)
        (folder / "autosave.json").write_bytes(dice.choice(MUTATIONS)(newer, dice))
        with ProjectFolder.open(folder) as home:
            assert home.project == rich_project
            if home.recovery and home.recovery.autosave:
                check_valid(home.recovery.autosave, folder)


def test_mutated_sidecars(tmp_path: Path, rich_project: Project) -> None:
    folder = tmp_path / "song"
    (folder / "growing").mkdir(parents=True)
    save(folder, rich_project)
    (folder / "growing/g3.f32").write_bytes(bytes(8 * 100))
    whole = json.dumps(
        {"id": "g3", "rate": 44100, "channels": 2, "name": "x", "provenance": {"a": [1]}, "sealed": ""}, indent=1
    ).encode()
    for seed in range(40):
        dice = random.Random(seed)
        (folder / "growing/g3.json").write_bytes(dice.choice(MUTATIONS)(whole, dice))
        with ProjectFolder.open(folder) as home:
            assert home.project == rich_project
