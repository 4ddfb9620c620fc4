"""Sentences for a full disk: their figures add up, and they name what the user knows."""

import os
import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.disk import RESERVE, shortage
from engine.errors import AudioFileError, ExportError
from engine.playback.bounce import BounceRequest, bounce
from engine.project import files
from engine.project.importing import import_audio
from engine.project.model import new_project

Usage = namedtuple("Usage", "total used free")
FIGURES = re.compile(
    r"([\d.]+) ([MG]B) are needed(?: \(([\d.]+) \2, and ([\d.]+) \2 that stay free\))? and ([\d.]+) \2 are free"
)


def free(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(10**12, 10**12 - count, count))


def figures(sentence: str) -> tuple[float, float, float, float]:
    match = FIGURES.search(sentence)
    assert match, sentence
    total, own, kept, there = (float(match[group] or 0) for group in (1, 3, 4, 5))
    return total, own, kept, there


@pytest.mark.parametrize("needed", [1, 999_999, 15_400_000, 25_123_456, 3_000_000_000, 10**12])
@pytest.mark.parametrize("lacking", [1, 10_000, 2_000_000])
def test_what_is_needed_is_its_parts_and_more_than_is_free(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, needed: int, lacking: int
) -> None:
    free(monkeypatch, max(needed + RESERVE - lacking, 0))
    total, own, kept, there = figures(shortage(tmp_path, needed))
    assert total == pytest.approx(own + kept, abs=1e-6)
    assert total > there
    assert own >= needed / (10**9 if total != own + kept or needed + RESERVE >= 10**9 else 10**6) - 1e-9
    free(monkeypatch, needed + RESERVE)
    assert shortage(tmp_path, needed) == ""


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "my loop.wav"
    write_audio(path, Audio(np.full((500_000, 2), 0.1, np.float32), 44100), "PCM_24")
    return path


def test_an_import_without_room_is_not_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sound: Path) -> None:
    """3 MB of the file, and 4.4 MB of it decoded and resampled."""
    folder = tmp_path / "Song"
    files.create(folder, new_project("Song"))
    before = sorted(folder.rglob("*"))
    free(monkeypatch, 20_000_000)
    with pytest.raises(AudioFileError, match=r"“my loop\.wav”") as refusal:
        import_audio(folder, sound, 48000)
    total, own, kept, there = figures(str(refusal.value))
    assert own == pytest.approx((sound.stat().st_size + 500_000 * 48000 / 44100 * 8) / 1e6, abs=0.1)
    assert (kept, there) == (16.8, 20.0)
    assert total > there
    assert ".part-" not in str(refusal.value)
    assert sorted(folder.rglob("*")) == before


def test_an_export_without_room_is_not_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sound: Path) -> None:
    from tests.engine.playback.test_bounce import Song

    song = Song(tmp_path)
    song.add(np.full((2_000_000, 2), 0.1, np.float32), "Pad")
    free(monkeypatch, 25_200_000)
    with pytest.raises(ExportError, match=r"too full for “mix\.wav” and 1 more: ") as refusal:
        bounce(song.project, song.folder, BounceRequest(song.out / "mix.wav", song.out / "stems"))
    total, own, kept, there = figures(str(refusal.value))
    assert own == pytest.approx(24.0, abs=0.11)
    assert total == pytest.approx(own + kept)
    assert total > there == 25.2


FILLS_UP = """
import resource, sys
from pathlib import Path
from engine.errors import EngineError
from engine.project import files
from engine.project.files import ProjectFolder
from engine.project.growing import GrowingWriter
from engine.project.importing import import_audio
from dataclasses import replace
import numpy as np
folder, sound = map(Path, sys.argv[1:])
home = ProjectFolder.open(folder)
writer = GrowingWriter(folder, "g", 48000, 2, name="Rain")
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
def tell(operation):
    try:
        operation()
    except EngineError as error:
        print(error)
tell(lambda: import_audio(folder, sound, 48000))
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
tell(lambda: writer.append(np.zeros((48000, 2), np.float32)))
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 60_000))
tell(lambda: home.save(replace(home.project, name="x" * 10_000)))
print(writer.frames, home.project.name)
"""


def test_a_disk_that_fills_up_is_told_by_the_users_names(tmp_path: Path, sound: Path) -> None:
    """Import, live take and save run into a limit on the size of files, which the system reports as a full disk."""
    folder = tmp_path / "Song"
    files.create(folder, new_project("Song"))
    if sys.platform == "win32":
        return  # no limit on the size of files there
    call = [sys.executable, "-c", FILLS_UP, str(folder), str(sound)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("“my loop.wav” could not be written into the project (the disk is full): ")
    assert lines[1].startswith("“Rain” could not be written into “")
    assert "(the disk is full): check that the disk has room; what was made until then is kept" in lines[1]
    assert re.match(r"“.*project\.json” could not be written \(the disk is full\)\. What was saved before", lines[2])
    assert not any(word in done.stdout for word in (".part-", "File too large", "growing/"))
    assert lines[3] == "0 Song"
