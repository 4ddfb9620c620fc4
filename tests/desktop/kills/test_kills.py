"""`kill -9` of the real window in the middle of edits, imports and live takes: what is older than a second comes back.

After each kill the song opens, what it holds is a state that it was in less than a second before, all of its audio is
whole, and no process is left. `make soak` runs CONTINUO_KILLS of each kind, the suite a sample.
"""

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from engine.project import edits
from engine.project.checking import find_damaged
from engine.project.files import ProjectFolder, create
from engine.project.importing import import_audio
from engine.project.model import audio_clip, audio_take, new_project
from engine.project.sources import find_missing
from tests.desktop.kills.killed_window import all_frames, checksum
from tests.places import place_at

ROOT = Path(__file__).parents[3]
RATE = 48000
LOST = 1.0  # seconds: what is older may not be lost
PATIENCE = 5.0  # seconds in which every process must be gone
RUNS = {"edits": 2.5, "imports": 2.0, "live": 3.0}
"""Seconds that a window of that kind works at most before it is killed."""


@dataclass
class Outcome:
    """What the kills of one kind came to; ages in seconds."""

    kills: int = 0
    states: int = 0
    recoveries: int = 0
    oldest_lost: float = 0.0
    longest_left: float = 0.0


def make_song(place: Path) -> Path:
    """A song with one clip, and sounds beside it in two formats."""
    (place / "sounds").mkdir()
    dice = np.random.default_rng(1)
    for number in range(24):
        suffix, frames = (".wav", ".flac")[number % 2], int(dice.integers(20_000, 90_000))
        sound = dice.uniform(-0.5, 0.5, (frames, 2))
        soundfile.write(place / f"sounds/sound {number}{suffix}", sound, (RATE, 44100)[number % 3 == 0])
    folder = place / "song"
    project = edits.add_track(new_project("Song"), "Drums", track_id="drums")
    create(folder, project)
    source = import_audio(folder, place / "sounds/sound 1.flac", RATE)
    clip = audio_clip("first", place_at(0), source.frames, (audio_take("take", source.id),), name="sound 1")
    with ProjectFolder.open(folder) as home:
        home.save(edits.add_clip(edits.add_source(project, source), "drums", clip))
    return folder


def killed(kind: str, folder: Path, dice: random.Random, outcome: Outcome) -> tuple[float, list[list[str]]]:
    """Kills a window at a random moment of its work; when that was, and what it had said of its states."""
    environment = {**os.environ, "CONTINUO_CONFIG": str(folder.parent / "c"), "CONTINUO_DATA": str(folder.parent / "d")}
    command = [sys.executable, "-m", "tests.desktop.kills.killed_window", kind, str(folder), str(dice.randrange(10**9))]
    log = folder.parent / "said.txt"
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, env=environment, cwd=ROOT) as window:
        deadline = time.monotonic() + 300
        while b"ready\n" not in log.read_bytes():
            assert window.poll() is None, f"the window ended by itself: {window.returncode}"
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        time.sleep(dice.uniform(0.0, RUNS[kind]))
        children = psutil.Process(window.pid).children(recursive=True)
        at = time.monotonic()
        window.kill()
    _, left = psutil.wait_procs(children, PATIENCE)
    outcome.longest_left = max(outcome.longest_left, time.monotonic() - at)
    running = [child for child in left if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    names = [" ".join(child.cmdline()) for child in running]
    for child in running:
        child.kill()
    assert not names, "processes are left"
    lines = [line.split() for line in log.read_text().split("\n")[:-1]]
    assert not [line for line in lines if line[0] == "failed"]
    return at, [line for line in lines if line != ["ready"]]


def check_song(
    kind: str, folder: Path, at: float, states: list[list[str]], dice: random.Random, outcome: Outcome
) -> None:
    """Opens what a kill at the time `at` has left and compares it with what the song had been in turn."""
    sums = [int(state[1]) for state in states]
    with ProjectFolder.open(folder) as home:
        assert home.notice == ""
        reached = home.recovery.autosave if home.recovery and home.recovery.autosave else home.project
        assert checksum(reached) in sums, "the song was never like that"
        index = len(sums) - 1 - sums[::-1].index(checksum(reached))
        ages = [at - float(state[0]) for state in states]
        lost = max(ages[index + 1 :], default=0.0)
        outcome.oldest_lost = max(outcome.oldest_lost, lost)
        assert lost < LOST, f"{len(sums) - 1 - index} changes are lost, the oldest {lost:.2f} s before the kill"
        outcome.states += len(sums)
        outcome.recoveries += home.recovery is not None
        if dice.random() < 0.4 and not any(s.growing for s in reached.sources.values()):
            return  # it is left to the next window
        project = home.recover()
        assert find_missing(folder, project) == []
        assert find_damaged(folder, project) == []
        assert not any(source.growing for source in project.sources.values())
        if kind == "live":
            certain = [int(state[3]) for state, age in zip(states, ages, strict=True) if age > LOST]
            assert all_frames(project) >= max(certain, default=0), "sound of a live take is lost"
        home.save(project)


def check_kills(kind: str, folder: Path, kills: int, seed: int) -> None:
    dice, outcome = random.Random(seed), Outcome()
    for outcome.kills in range(1, kills + 1):
        at, states = killed(kind, folder, dice, outcome)
        check_song(kind, folder, at, states, dice, outcome)
        if outcome.kills % 10 == 0 or outcome.kills == kills:
            print(f"\n{kind}: {outcome}", flush=True)
    if kills >= 10:
        assert outcome.recoveries
        assert outcome.states > 3 * kills


@pytest.mark.parametrize("kind", ["edits", "imports"])
@pytest.mark.timeout(600)
def test_a_killed_window_loses_nothing(kind: str, tmp_path: Path) -> None:
    check_kills(kind, make_song(tmp_path), 1, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(36000)
@pytest.mark.parametrize("kind", RUNS)
def test_many_killed_windows_lose_nothing(kind: str, tmp_path: Path) -> None:
    check_kills(kind, make_song(tmp_path), int(os.environ.get("CONTINUO_KILLS", "100")), seed=2)
