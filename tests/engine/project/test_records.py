"""Records of takes: every field of every record replaced by every wrong value is left out or is what it should be."""

import json
import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.project.codec import Dropped, Encoder, decode, is_plain, read_record
from engine.project.files import ProjectFolder, create
from engine.project.growing import read_sidecar
from engine.project.model import Project, Source, Track, audio_clip, audio_take, new_project
from tests.places import place_at

SETTINGS: dict[str, Any] = {
    "prompt": "piano", "blend": [["rain", 0.5]], "negative": "drums", "audio_prompt": "ab12", "audio_weight": 1.0,
    "words": "", "candidates": 1, "steps": 8, "guidance": 3.5, "schedule": "linear", "temperature": 1.0, "top_k": 50,
    "top_p": 0.9, "steering": 0.5, "network": "eager",
}  # fmt: skip
CHUNK: dict[str, Any] = {"start": 0, "index": 0, "noise_key": [7, 0], "threads": 2, "batch": [0, 1], **SETTINGS}
_RECORD: dict[str, Any] = {
    "kind": "live", "program": "0.1.0", "model": "melody-starter", "model_name": "Starter", "weights": "abc",
    "licence": "apache-2.0", "asked_model": {"name": "melody-starter", "device": None, "untrained": False},
    "device": "cpu", "threads": 2, "title": "x", "task": "generate", "seed": 7, "rate": 48000, "frames": 1000,
    "request": {
        "task": "generate", "seconds": 8.0, "frames": 1000, "seed": 7, "takes": 2, "source": None, "source_frames": 0,
        "start": 0, "stop": 0, "strength": 0.5, "settings": SETTINGS,
    },
    "chunks": [CHUNK, {**CHUNK, "start": 500, "index": 1, "blend": [["snow", 1]], "guidance": 2}],
    "fit": {
        "tempo": 120.0, "measured_tempo": 119.0, "shift_frames": -3, "rate": 48000, "beat": 0.5, "confidence": 0.9,
        "key": [9, True, 0.8], "chroma": [0.1] * 12, "stretched": {"source": "s", "shift": 0, "tempo": 120.0},
    },
    "part": {
        "start": 0, "frames": 10, "of": "s", "window": 4.0, "rest": {"seed": 3, "chunks": [CHUNK]},
        "clip": {"offset": 0, "length": 100, "loop_length": 0, "loop_phase": 0, "reverse": False, "shift": 0},
        "made": {"task": "inpaint", "start": 0, "stop": 10, "frames": 10, "closing": False},
    },
    "sounds": {"ab12": "s"}, "loudness": -18.2, "true_peak": -1.5, "prompt_read_as": "grand piano",
    "held_tempo": 120.0, "held_key": "A minor", "strength": None, **SETTINGS, "unknown": {"kept": [1, "x", None]},
}  # fmt: skip

RECORD: dict[str, Any] = json.loads(json.dumps(_RECORD))  # no two parts of it are one object

WRONG: list[Any] = [
    None, True, False, 0, -1, 2**70, -(2**70), 10**90, 0.5, -0.0, 1e308, -1e308, "", "x", "1", "é" * 30_000,
    "<img src=file:///x>", "\u202e\x00", [], {}, [[]], [None], [{}], [[["x"]]], [["x", "y"]], [["x"]], [[1, 2]],
    {"": None},
    {"start": "x"}, {"x": {"x": {"x": {}}}}, ["x"] * 5000, [0] * 12, [["x", 1e300]], {"name": []},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


def replaced(path: tuple[Any, ...], wrong: Any) -> dict[str, Any]:
    record = deepcopy(RECORD)
    place: Any = record
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = deepcopy(wrong)
    return record


def song(*records: Any) -> Project:
    """A song with a clip for each record, none of which is checked."""
    sources = {"s": Source("s", "audio/s.wav", "s", 48000, 1, 1000)}
    clips = tuple(
        audio_clip(f"c{n}", place_at(n * 2000), 1000, (audio_take(f"t{n}", "s", provenance=record),))
        for n, record in enumerate(records)
    )
    return replace(new_project("x"), sources=sources, tracks=(Track("k", "k", clips=clips),))


def written(*records: Any) -> bytes:
    """The project file of `song`, with the records as they are."""
    data = json.loads(Encoder().encode(song(*({} for _ in records))))
    for clip, record in zip(data["tracks"][0]["clips"], records, strict=True):
        clip["takes"][0]["provenance"] = record
    return json.dumps(data).encode()


def check_usable(record: dict[str, Any]) -> None:
    """What everything that shows, exports or replays a record relies on, written down a second time."""
    assert is_plain(record)
    texts = ("kind", "program", "model", "model_name", "device", "title", "task", "prompt", "negative", "words")
    assert all(type(record[name]) is str and len(record[name]) <= 20_000 for name in texts if name in record)
    for entry in [record, *record.get("chunks", []), record.get("request", {}).get("settings", {})]:
        assert type(entry) is dict
        assert all(type(text) is str and math.isfinite(weight) for text, weight in entry.get("blend", []))
        for name in ("guidance", "temperature", "steering", "held_tempo"):
            if entry.get(name) is not None:
                f"{entry[name]:g}"
        assert type(entry.get("steps")) in (int, type(None))
    for chunk in record.get("chunks", []):
        assert type(chunk.get("start", 0)) is int
        assert 0 <= chunk.get("start", 0) <= 2**40
        first, second = chunk.get("noise_key", [0, 0])
        assert type(first) is type(second) is int
    if (fit := record.get("fit")) is not None:
        assert fit.get("tempo", 1) > 0
        assert fit.get("measured_tempo") is None or fit["measured_tempo"] > 0
        assert fit.get("rate", 1) >= 1
        assert fit.get("chroma") is None or len(fit["chroma"]) == 12
        if fit.get("stretched"):
            assert type(fit["stretched"]["source"]) is str
            assert type(fit["stretched"]["shift"]) is int
    if (request := record.get("request")) is not None:
        assert type(request["settings"]) is dict
        assert type(request["source_frames"]) is int
    assert all(type(item) is str and "/" not in item for item in record.get("sounds", {}).values())
    if (part := record.get("part")) is not None:
        check_usable(part.get("rest", {}))
    for name in ("loudness", "true_peak"):
        assert record.get(name) is None or math.isfinite(record[name])


def test_a_whole_record_stays_as_it_is() -> None:
    assert read_record(RECORD) == (RECORD, ())


def test_every_field_replaced_by_every_wrong_value() -> None:
    dropped = kept = 0
    for path in places(RECORD):
        for wrong in WRONG:
            record, names = read_record(replaced(path, wrong))
            check_usable(record)
            assert set(names) <= {path[0]}, "what is right stays"
            assert set(record) == set(RECORD) - set(names)
            dropped += bool(names)
            kept += not names
    assert dropped > 3 * kept > 0


def test_every_field_missing() -> None:
    for path in places(RECORD):
        record = deepcopy(RECORD)
        place: Any = record
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
        check_usable(read_record(record)[0])


def test_the_song_opens_without_what_is_wrong_and_says_so(tmp_path: Path) -> None:
    create(tmp_path / "song", new_project("x"))
    records = [replaced(("chunks", 1, "blend"), 7), replaced(("fit", "tempo"), 0), RECORD, "no record", None]
    (tmp_path / "song/project.json").write_bytes(written(*records))
    with ProjectFolder.open(tmp_path / "song") as home:
        takes = [clip.chosen.provenance for _, clip in home.project.clips()]
        assert home.notice == (
            "3 takes’ records of how they were made are damaged: “chunks”, “fit”, “provenance” could not be read and "
            "was left out. The sound is not affected."
        )
    assert [take and sorted(set(RECORD) - set(take)) for take in takes] == [["chunks"], ["fit"], [], None, None]


def test_a_nest_of_records_does_not_end_the_program() -> None:
    record: dict[str, Any] = {"seed": 1}
    for _ in range(300):
        record = {"part": {"rest": record}}
    dropped = Dropped()
    (track,) = decode(written(record), dropped).tracks
    assert track.clips[0].chosen.provenance == {}
    assert dropped.names == {"part"}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda value: repr(value)[:20])
def test_the_record_of_a_growing_sound(tmp_path: Path, wrong: Any) -> None:
    path = tmp_path / "g.json"
    sidecar = {"id": "g", "rate": 48000, "channels": 1, "name": "x", "sealed": ""}
    path.write_text(json.dumps({**sidecar, "provenance": replaced(("chunks", 0, "start"), wrong)}))
    record = read_sidecar(path).provenance
    assert record is not None
    check_usable(dict(record))
    path.write_text(json.dumps({**sidecar, "provenance": wrong}))
    check_usable(dict(read_sidecar(path).provenance or {}))
