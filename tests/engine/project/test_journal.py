"""The journal of edits: whatever is edited and however the program dies, what is older than a second comes back."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.codec import Encoder, decode
from engine.project.files import ProjectFolder, create, load
from engine.project.journal import LIMIT, Journal, difference, replay
from engine.project.model import Project, Source, audio_clip, audio_take, new_project
from engine.timing.signature import Signature
from tests.places import place_at


def edit(project: Project, dice: random.Random, number: int) -> Project:
    """One of the edits that there are, on a random part of the song."""
    tracks = [track.id for track in project.tracks]
    clips = [clip.id for _, clip in project.clips()]
    name, frame = f"n{number}", dice.randrange(10**7)
    source = Source(f"s{number}", f"audio/s{number}.wav", name, 48000, 1, 5000 + number)
    clip = audio_clip(
        f"c{number}",
        place_at(frame),
        4000,
        (audio_take(f"t{number}", source.id, name, provenance={"seed": number}),),
        name=name,
    )
    track, chosen = dice.choice(tracks or [""]), dice.choice(clips or [""])
    choices: list[Callable[[], Project]] = [
        lambda: edits.add_clip(edits.add_source(project, source), track, clip),
        lambda: edits.add_clip(edits.add_source(project, source), track, clip),
        lambda: edits.add_track(project, name, track_id=f"k{number}"),
        lambda: edits.remove_tracks(project, [track]) if len(tracks) > 2 else project,
        lambda: edits.move_track(project, track, dice.randrange(len(tracks))),
        lambda: edits.set_track(project, track, gain_db=float(dice.randrange(-20, 6)), mute=dice.random() < 0.5),
        lambda: edits.remove_clips(project, [chosen]),
        lambda: edits.set_clip(project, [chosen], gain_db=float(dice.randrange(-20, 6)), name=name),
        lambda: edits.split(project, [chosen], place_at(frame)),
        lambda: edits.set_tempo(project, Fraction(dice.randrange(20, 400))),
        lambda: edits.set_signature(project, Signature(dice.randrange(1, 12), 8)),
        lambda: edits.add_marker(project, place_at(frame), name),
        lambda: edits.rename(project, f"Lied ½ {number}"),
        lambda: edits.set_master_gain(project, float(dice.randrange(-20, 6))),
        lambda: edits.set_loop_region(project, start=place_at(frame), end=place_at(frame + 1000), on=True),
        lambda: replace(project, sources={key: value for key, value in project.sources.items() if key != "unused"}),
    ]  # fmt: skip
    try:
        return dice.choice(choices)()
    except EditError:
        return project


@pytest.fixture
def song(tmp_path: Path) -> Path:
    project = edits.add_track(edits.add_track(new_project("v0"), "a", track_id="ka"), "b", track_id="kb")
    create(tmp_path / "song", replace(project, sources={"unused": Source("unused", "audio/u.wav", "u", 48000, 1, 10)}))
    return tmp_path / "song"


def die(home: ProjectFolder) -> None:
    """What a kill leaves: nothing is tidied, the lock is the system's to give back."""
    home._lock.release()
    home.journal._close()


@pytest.mark.parametrize("seed", range(8))
def test_any_edits_come_back(song: Path, seed: int) -> None:
    """Saves and autosaves in between; after each kill the song is what it was."""
    dice = random.Random(seed)
    home = ProjectFolder.open(song)
    home.start_journal()
    project = home.project
    for number in range(1, 120):
        project = edit(project, dice, number)
        if dice.random() < 0.8:
            home.journal.append(project)
        chance = dice.random()
        if chance < 0.05:
            home.save(project)
        elif chance < 0.12:
            home.autosave(project)
        elif chance < 0.2:
            home.journal.append(project)
            die(home)
            saved = home.project
            home = ProjectFolder.open(song)
            home.start_journal()
            expected = decode(Encoder().encode(project))
            if expected == saved:
                assert home.recovery is None
                project = home.project
            else:
                assert home.recovery
                assert home.recovery.autosave == expected
                project = home.recover()
    home.close()
    assert not (song / "journal.txt").exists()
    assert ProjectFolder.open(song).close() is None


def test_a_journal_torn_anywhere_leads_to_a_state_that_there_was(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.start_journal()
    states = [home.project]
    for number in range(12):
        states.append(edits.add_marker(states[-1], place_at(number * 100), f"m{number}"))
        home.journal.append(states[-1])
    die(home)
    whole = (song / "journal.txt").read_bytes()
    reached = set()
    for end in range(0, len(whole) + 1, 7):
        (song / "journal.txt").write_bytes(whole[:end])
        state = replay(song, states[0], 1) or states[0]
        reached.add(states.index(state))
    (song / "journal.txt").write_bytes(whole)
    assert replay(song, states[0], 1) == states[-1]
    assert len(reached) >= 12
    for place in range(0, len(whole), 41):
        damaged = bytearray(whole)
        damaged[place] ^= 0x20
        (song / "journal.txt").write_bytes(damaged)
        assert (replay(song, states[0], 1) or states[0]) in states


def test_a_save_that_was_cut_off_loses_no_edit(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the mark and the file, and between the file and the new journal."""
    home = ProjectFolder.open(song)
    home.start_journal()
    first = edits.rename(home.project, "first")
    second = edits.set_master_gain(first, -3.0)
    third = edits.rename(second, "third")
    home.journal.append(first)
    home.journal.mark(second, 2)  # the file of revision 2 was never written
    home.journal.append(third)
    die(home)
    recovery = ProjectFolder.open(song).recovery
    assert recovery
    assert recovery.autosave == third


def test_what_was_saved_is_not_taken_back_by_an_older_journal(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = ProjectFolder.open(song)
    home.start_journal()
    home.journal.append(edits.rename(home.project, "older"))
    monkeypatch.setattr(home.journal, "begin", lambda *_: None)  # killed before the journal begins anew
    newer = edits.rename(home.project, "newer")
    home.save(newer)
    die(home)
    with ProjectFolder.open(song) as again:
        assert again.recovery is None
        assert again.project.name == "newer"


def test_a_journal_of_another_state_is_left_alone(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.start_journal()
    home.journal.append(edits.rename(home.project, "x"))
    die(home)
    data = json.loads((song / "project.json").read_text())
    (song / "project.json").write_text(json.dumps({**data, "revision": 77}))
    with ProjectFolder.open(song) as again:
        assert again.recovery is None


def test_a_folder_that_may_not_be_written_is_quietly_without(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = ProjectFolder.open(song)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("engine.project.journal.replace_file", refuse)
    home.start_journal()
    assert not home.journal.append(edits.rename(home.project, "x"))
    monkeypatch.undo()
    home.save(edits.rename(home.project, "saved"))
    assert home.journal.append(edits.rename(home.project, "journaled again"))
    home.close()
    assert sorted(path.name for path in song.iterdir() if path.name.startswith(".part")) == []


def test_a_long_journal_becomes_an_autosave(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.start_journal()
    full: list[Project] = []
    journal = Journal(home.journal, full.append, delay=0.0)
    project = home.project
    record = {"text": "x" * 15_000, "more": ["y" * 15_000] * 40}
    for number in range(40):
        clip = audio_clip(f"c{number}", place_at(0), 10, (audio_take("t", "unused", provenance=record),))
        project = edits.add_clip(project, "ka", clip)
        journal.submit(project)
        time.sleep(0.01)
        if full:
            break
    journal.close()
    assert full
    assert home.journal.size > LIMIT
    home.autosave(full[-1])
    assert home.journal.size < 100
    home.close()


def test_only_what_changed_is_written() -> None:
    """A song of 64 × 200 clips: an edit of one clip is some hundred bytes."""
    project = new_project("x")
    source = Source("s", "audio/s.wav", "s", 48000, 1, 5000)
    project = edits.add_source(project, source)
    for track in range(64):
        project = edits.add_track(project, f"t{track}", track_id=f"k{track}")
    clips = tuple(audio_clip(f"{n}", place_at(n * 5000), 4000, (audio_take(f"t{n}", "s"),)) for n in range(200))
    tracks = tuple(
        replace(track, clips=tuple(replace(clip, id=f"{track.id}-{clip.id}") for clip in clips))
        for track in project.tracks
    )
    project = replace(project, tracks=tracks)
    changed = edits.set_clip(project, ["k3-7"], gain_db=-3.0)
    assert list(difference(project, changed)["tracks"]) == ["k3"]
    assert len(json.dumps(difference(project, changed))) < 500
    assert difference(project, project) == {}


EDITOR = """
import sys, time
from pathlib import Path
from engine.project import edits
from engine.project.autosave import Autosaver
from engine.project.files import ProjectFolder
from engine.project.journal import Journal
from engine.timing.position import Position

home = ProjectFolder.open(Path(sys.argv[1]))
saver = Autosaver(home, delay=0.3)
project = home.recover()
home.start_journal()
journal = Journal(home.journal, saver.submit_now)
n = int(project.name[1:])
print("ready", n, time.time(), flush=True)
while True:
    n += 1
    project = edits.add_marker(edits.rename(project, f"v{n}"), Position.at_frame(n), str(n))
    journal.submit(project)
    saver.submit(project)
    print("edited", n, time.time(), flush=True)
    if n % 37 == 0:
        home.save(project)
    time.sleep(0.01)
"""


def check_edits_survive(folder: Path, kills: int, seed: int) -> None:
    create(folder, new_project("v0"))
    dice = random.Random(seed)
    worst = 0.0
    for _ in range(kills):
        with subprocess.Popen([sys.executable, "-c", EDITOR, str(folder)], stdout=subprocess.PIPE, text=True) as editor:
            assert editor.stdout
            lines = [editor.stdout.readline()]
            while lines[-1] and time.time() < float(lines[0].split()[2]) + dice.uniform(0.0, 2.0):
                lines.append(editor.stdout.readline())
            editor.kill()
            killed = time.time()
            lines += editor.stdout.read().splitlines()
        times = {int(each[1]): float(each[2]) for line in lines if len(each := line.split()) == 3 and "." in each[2]}
        with ProjectFolder.open(folder) as home:
            project = home.recover()
            number = int(project.name[1:])
            assert [marker.name for marker in project.markers] == [str(n) for n in range(1, number + 1)]
            lost = [at for n, at in times.items() if n > number]
            worst = max([worst, *(killed - at for at in lost)])
            home.save(project)
        assert load(folder) == project
    print(f"\n{kills} kills, version {number} reached; the oldest edit that was lost was {worst:.2f} s old")
    assert number > 10
    assert worst < 1.0


def test_kills_during_edits(tmp_path: Path) -> None:
    check_edits_survive(tmp_path / "song", 4, seed=3)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_300_kills_during_edits(tmp_path: Path) -> None:
    check_edits_survive(tmp_path / "song", int(os.environ.get("CONTINUO_KILLS", "300")), seed=4)
