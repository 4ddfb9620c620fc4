"""A song's folder that a stranger made: pipes, devices and links in place of its files. Nothing waits, nothing outside
is read or touched, and the song that is there opens."""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.audio import Audio
from engine.errors import EngineError, ProjectFileError
from engine.project.backups import list_backups, restore, set_aside
from engine.project.files import ProjectFolder, create, load, read_project_file, save
from engine.project.growing import GrowingWriter, list_growing
from engine.project.model import Project, Source, new_project
from engine.project.peaks import load_peaks, open_peaks
from engine.project.pool import prepare, read_samples, sample_file
from engine.project.storing import store_sound

SECONDS = 10.0


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A song with a stored sound, a backup and a growing sound."""
    folder = tmp_path / "song"
    create(folder, new_project("v0"))
    sound = store_sound(folder, Audio(np.full((1000, 1), 0.25, np.float32), 48000), "s")
    writer = GrowingWriter(folder, "g", 48000, 1, name="growing")
    writer.append(np.full(100, 0.5, np.float32))
    writer.close()
    save(folder, replace(load(folder), name="v1", sources={sound.id: sound, "g": writer.source}))
    (folder / "cache").mkdir(exist_ok=True)
    return folder


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """What no song may read or change."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("secret", "secret.json", "secret.f32"):
        (folder / name).write_bytes(b"\x01\x02\x03\x04" * 1000)
    return folder


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.iterdir())}


def in_time(work: Callable[[], Any]) -> Any:
    """What `work` returns or raises; fails where it waits for a pipe or reads without end."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(work())
        except EngineError as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert outcome, "it waits"
    return outcome[0]


KINDS: dict[str, Callable[[Path, Path], None]] = {
    "a pipe": lambda path, outside: os.mkfifo(path),
    "a link to a device": lambda path, outside: path.symlink_to("/dev/zero"),
    "a link outside": lambda path, outside: path.symlink_to(outside / "secret"),
    "a link to nothing": lambda path, outside: path.symlink_to(outside / "new"),
    "a folder": lambda path, outside: path.mkdir(),
}

PLACES = [
    "project.json",
    "autosave.json",
    "journal.txt",
    ".lock",
    ".lock-owner.json",
    "growing/g.json",
    "growing/g.f32",
    "growing/other.json",
    "backups/project-20260101-000000-r1.json",
    "backups/discarded-autosave-20260101-000000.json",
    "audio/{id}.wav",
    "cache/{id}.finite",
    "cache/{id}-48000.f32",
    "cache/{id}-44100.f32",
]


def use(folder: Path) -> None:
    """All that is done with a song, as far as it goes."""
    with ProjectFolder.open(folder) as home:
        home.missing(home.project)
        for source in home.project.sources.values():
            for rate in (48000, 44100):
                try:
                    read_samples(prepare(folder, source, rate), 0, 10)
                    open_peaks(folder, source, rate)
                except EngineError:
                    continue
        project = home.recover()
        home.autosave(replace(project, name="autosaved"))
        home.save(replace(project, name="saved"))
        store_sound(folder, Audio(np.full((1000, 1), 0.25, np.float32), 48000), "s")


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_anything_in_place_of_a_file(song: Path, outside: Path, place: str, kind: Callable[[Path, Path], None]) -> None:
    source_id = next(key for key in load(song).sources if key != "g")
    path = song / place.format(id=source_id)
    path.unlink(missing_ok=True)
    kind(path, outside)
    before = state(outside)
    outcome = in_time(lambda: use(song))
    if place in ("project.json", ".lock"):
        assert isinstance(outcome, ProjectFileError)
        assert str(outcome).endswith(".")
    elif place != "backups/project-20260101-000000-r1.json" or outcome is not None:
        assert outcome is None or isinstance(outcome, EngineError), outcome
        assert not isinstance(outcome, EngineError) or "growing" in place or "audio" in place or path.is_dir(), outcome
    assert state(outside) == before


def test_a_pipe_among_the_backups_is_refused(song: Path, outside: Path) -> None:
    pipe = song / "backups" / "project-20260101-000000-r0.json"
    os.mkfifo(pipe)
    assert pipe in list_backups(song)
    assert "pipe" in str(in_time(lambda: read_project_file(pipe)))
    assert "pipe" in str(in_time(lambda: restore(song, pipe)))
    assert load(song).name == "v1"


def test_a_growing_sound_is_not_taken_from_outside(song: Path, outside: Path) -> None:
    """A link to a file elsewhere would be sealed into the pool."""
    (song / "growing/g.f32").unlink()
    (song / "growing/g.f32").symlink_to(outside / "secret.f32")
    assert list_growing(song) == []
    with ProjectFolder.open(song) as home:
        assert home.recovery is None
    sealed = [path for path in (song / "audio").iterdir() if b"\x01\x02\x03\x04" in path.read_bytes()]
    assert sealed == []


def test_what_is_too_large_is_not_read(song: Path) -> None:
    for name in ("project.json", "autosave.json", "growing/g.json", ".lock-owner.json"):
        whole = (song / name).read_bytes() if (song / name).exists() else None
        with (song / name).open("wb") as file:
            file.truncate(1 << 40)  # a hole: a terabyte that takes no room
        outcome = in_time(lambda: ProjectFolder.open(song))
        if isinstance(outcome, ProjectFolder):
            outcome.close()
            (song / name).unlink(missing_ok=True)
        else:
            assert "more than" in str(outcome)
        if whole is not None:
            (song / name).write_bytes(whole)


def test_a_foreign_cache_without_numbers_is_drawn_as_silence(song: Path) -> None:
    source = next(source for key, source in load(song).sources.items() if key != "g")
    open_peaks(song, source, 48000)
    (peaks,) = (song / "cache/peaks").iterdir()
    peaks.write_bytes(np.full(peaks.stat().st_size // 4, np.nan, np.float32).tobytes())
    assert load_peaks(song, source, 48000) is None
    assert np.isfinite(open_peaks(song, source, 48000).levels[0]).all()
    (song / "cache" / f"{source.id}-44100.f32").write_bytes(np.full(919, np.inf, np.float32).tobytes())
    file = sample_file(song, source, 44100)
    assert np.array_equal(read_samples(file, 0, 919), np.zeros((919, 1), np.float32))
    assert np.isfinite(open_peaks(song, source, 44100).levels[0]).all()


BIG: dict[str, Callable[[], bytes]] = {
    "objects": lambda: b'{"format": "continuo-project", "version": 1, "tracks": [' + b"{}," * 20_000_000 + b"{}]}",
    "bare objects": lambda: b"{}" * 30_000_000,
    "lists": lambda: b"[" * 60_000_000,
    "numbers": lambda: b"[" + b"0," * 30_000_000 + b"0]",
    "digits": lambda: b'{"format": "continuo-project", "version": ' + b"9" * 60_000_000 + b"}",
    "one emoji": lambda: ('"🎸' + "x" * 60_000_000 + '"').encode(),
}


@pytest.mark.parametrize("make", BIG.values(), ids=BIG)
def test_sixty_megabytes_of_nothing_are_refused_before_they_are_read(
    tmp_path: Path, make: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused by size and density: the parser, which would take seconds and gigabytes, makes hardly anything of it."""
    made = 0

    def counted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal made
        made += 1
        return dict(pairs)

    monkeypatch.setattr("engine.project.codec.bounded_json._unique", counted)
    (tmp_path / "project.json").write_bytes(make())
    with pytest.raises(ProjectFileError):
        load(tmp_path)
    assert made == 0


def test_a_large_song_is_not_taken_for_a_bomb(tmp_path: Path) -> None:
    """64 tracks of 500 clips, each with two fades and a record: about the densest that there is."""
    record = {"seed": 1, "prompt": "piano", "blend": [["rain", 0.5]], "chunks": [{"start": 0, "noise_key": [1, 0]}]}
    clip = {
        "id": "c",
        "position": {"beats": "1"},
        "length": 10,
        "takes": [{"id": "t", "source": "s", "provenance": record}],
        "fade_in": {"length": 1},
        "fade_out": {"length": 1},
    }
    tracks = [
        {"id": f"k{t}", "name": "", "clips": [{**clip, "id": f"c{t}-{c}"} for c in range(500)]} for t in range(64)
    ]
    source = {"id": "s", "file": "audio/s.wav", "name": "", "rate": 48000, "channels": 1, "frames": 10}
    song = {"format": "continuo-project", "version": 1, "id": "p", "name": "x", "tracks": tracks, "sources": [source]}
    (tmp_path / "project.json").write_text(json.dumps(song, separators=(",", ":")))
    project: Project = load(tmp_path)
    assert sum(1 for _ in project.clips()) == 32_000
    assert isinstance(project.sources["s"], Source)


def test_backups_that_become_a_link_while_the_song_is_open_are_left_alone(
    song: Path, outside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither is a backup put there, nor is one thinned out there."""
    home = ProjectFolder.open(song)
    strangers = [f"project-20200101-0000{number:02}-r{number}.json" for number in range(40)]
    for name in strangers:
        (outside / name).write_text("{}")
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    (song / "backups").rename(song / "mine") if (song / "backups").exists() else None
    (song / "backups").symlink_to(outside)
    for name in ("two", "three"):
        home.save(replace(home.project, name=name))
    assert load(song).name == "three"
    assert "leads out" in caplog.text
    caplog.clear()
    assert list_backups(song) == []
    with pytest.raises(ProjectFileError, match="leads out"):
        set_aside(song, song / "project.json", "project")
    home.close()
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before
