"""`kill -9` at random moments during saves and autosaves: every reopening shows the old or the new song, whole."""

import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from engine.audio import read_audio
from engine.project.backups import list_backups
from engine.project.files import ProjectFolder, create, read_project_file
from engine.project.model import Project, new_project
from tests.places import place_at

# Saves and autosaves songs that carry their number in many places, and says so after each. Even numbers are saved by
# the main thread, odd ones autosaved by the autosave thread while the next save is on its way.
WRITER = """
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from engine.project.autosave import Autosaver
from engine.project.files import ProjectFolder
from engine.project.model import Marker, Project, Source, Track, audio_clip, audio_take
from engine.timing.position import Position

def version(p, n):
    name = f"v{n}"
    source = Source(f"s{n}", f"audio/s{n}.wav", name, 48000, 2, 1000 + n)
    take = audio_take("t", source.id, name, provenance={"version": n, "text": name * (n % 50)})
    clips = tuple(audio_clip(f"c{i}", Position.at_beat(i), 100 + n, (take,), name=name) for i in range(20))
    tracks = tuple(Track(f"k{k}", name, clips=tuple(replace(c, id=f"{k}-{c.id}") for c in clips)) for k in range(6))
    markers = (Marker("m", Position.at_frame(n), name),)
    return replace(p, name=name, tracks=tracks, sources={source.id: source}, markers=markers)

home = ProjectFolder.open(Path(sys.argv[1]))
saver = Autosaver(home, delay=0.0)
project = home.recover()
n = int(project.name[1:])
print("ready", n, flush=True)
while True:
    n += 1
    if n % 2:
        saver.submit(version(project, n))
        if n % 4 == 1:
            saver.flush()
            print("autosaved", n, flush=True)
    else:
        home.save(version(project, n))
        print("saved", n, flush=True)
"""


def number_of(project: Project) -> int:
    """The one number that the song carries everywhere."""
    number = int(project.name[1:])
    if number:
        name = f"v{number}"
        (source,) = project.sources.values()
        assert (source.name, source.frames) == (name, 1000 + number)
        assert [(marker.name, marker.position) for marker in project.markers] == [(name, place_at(number))]
        assert len(project.tracks) == 6
        for track in project.tracks:
            assert track.name == name
            assert len(track.clips) == 20
            for clip in track.clips:
                assert (clip.name, clip.length, clip.chosen.source) == (name, 100 + number, source.id)
                assert clip.chosen.provenance == {"version": number, "text": name * (number % 50)}
    return number


def kill_at_random(folder: Path, dice: random.Random) -> tuple[int, int]:
    """Starts the writer, kills it at a random moment; the last numbers that it said were (saved, autosaved)."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        first = writer.stdout.readline()
        assert first.startswith("ready"), first
        lines = [writer.stdout.readline()] if dice.random() < 0.5 else []  # on a busy machine, too, saves are reached
        time.sleep(dice.uniform(0.0, 0.06))
        writer.kill()
        said = [line.split() for line in [*lines, *writer.stdout.read().splitlines()] if line.count(" ") == 1]
    last = {word: int(number) for word, number in said}
    return last.get("saved", 0), last.get("autosaved", 0)


def check_kills(folder: Path, kills: int, seed: int) -> None:
    create(folder, new_project("v0"))
    dice = random.Random(seed)
    recoveries = unfinished = known = 0
    for _ in range(kills):
        saved, autosaved = kill_at_random(folder, dice)
        unfinished += any(folder.glob(".part-*"))
        home = ProjectFolder.open(folder)  # the lock is no obstacle, and the song is whole
        number = number_of(home.project)
        assert number in (saved, saved + 2) if saved else number >= known
        newest = number
        if home.recovery:
            assert home.recovery.autosave, home.recovery.damaged
            newest = number_of(home.recovery.autosave)
            assert newest > number
            recoveries += 1
        assert newest >= max(saved, autosaved, known)
        assert not list(folder.rglob(".part-*"))
        for path in list_backups(folder):
            number_of(read_project_file(path))
        if dice.random() < 0.3:
            home.save(home.recover())
            number = newest
        elif dice.random() < 0.3:
            home.discard_recovery()
        known = number
        home.close()
    assert known, "no kill came after a save"
    print(f"\n{kills} kills, {unfinished} of them in the middle of a file: version {known} reached, ", end="")
    print(f"{recoveries} recoveries offered, no song lost")


def test_kill_at_random_moments(tmp_path: Path) -> None:
    check_kills(tmp_path / "song", 12, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_kill_at_300_random_moments(tmp_path: Path) -> None:
    check_kills(tmp_path / "song", 300, seed=2)


GROWER = """
import sys
from dataclasses import replace
from pathlib import Path
import numpy as np
from engine.project.edits import add_clip, add_source, add_track
from engine.project.files import ProjectFolder
from engine.project.growing import GrowingWriter
from engine.project.model import audio_clip, audio_take
from engine.timing.position import SONG_START

home = ProjectFolder.open(Path(sys.argv[1]))
writer = GrowingWriter(home.folder, "g", 48000, 2)
p = add_source(add_track(home.project, track_id="k"), writer.source)
home.autosave(add_clip(p, "k", audio_clip("c", SONG_START, 1, (audio_take("t", "g"),))))
print("ready", flush=True)
while True:
    ramp = np.arange(writer.frames, writer.frames + 333, dtype=np.float32)
    writer.append(np.stack([ramp, -ramp], axis=1))
"""


def test_growing_clip_survives_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "song"
    create(folder, new_project("x"))
    with subprocess.Popen([sys.executable, "-c", GROWER, str(folder)], stdout=subprocess.PIPE, text=True) as grower:
        assert grower.stdout
        assert grower.stdout.readline() == "ready\n"
        time.sleep(0.02)
        grower.kill()
    with ProjectFolder.open(folder) as home:
        project = home.recover()
        home.save(project)
    (source,) = project.sources.values()
    assert not source.growing
    ramp = np.arange(source.frames, dtype=np.float32)
    assert_array_equal(read_audio(folder / source.file).samples, np.stack([ramp, -ramp], axis=1))
    assert not list((folder / "growing").iterdir())
