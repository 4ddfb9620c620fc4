"""Editing while the song plays: 20 edits a second on 64 tracks × 200 clips, through document and bridge.

The edits lie where the song is heard: faders, pans, mutes, the master, and clips that are moved, trimmed, made louder
or split within the seconds around the playhead; a few lie far from it. Every track sounds all the time. Beside the
player runs, on each core, the control of `test_torture`: a process of the player's priority that only sleeps 10 ms at
a time and notes when it woke late. An underrun is explained as it is there. `python -m tests.benchmarks.test_edits`
plays two minutes with the edits and a while without them, and writes `results/edits.json`.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.audio import Audio, write_audio
from engine.ids import new_id
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.files import create, save
from engine.project.importing import import_audio
from engine.project.model import Project, Track, audio_clip, audio_take, new_project
from tests.benchmarks.test_torture import controls, explained
from tests.places import length_of, place_at

RATE, TRACKS, CLIPS, SOURCES = 48000, 64, 200, 8
EDITS = 20  # a second
BUFFER_MS = 150


@dataclass(frozen=True)
class Report:
    edits: int
    seconds: float
    underruns: int
    unexplained: int
    control_gaps: int
    longest_gap_ms: float
    least_buffered_ms: float
    cpu_share: float  # of one core, used by the player
    rss_first_mib: float
    rss_last_mib: float

    def __str__(self) -> str:
        return (
            f"{self.edits:5} edits in {self.seconds:5.1f} s: {self.underruns} underruns, {self.unexplained} "
            f"unexplained; control woke late {self.control_gaps} times, by {self.longest_gap_ms:.0f} ms at most; least "
            f"buffered when looked at {self.least_buffered_ms:.0f} ms; the player used {100 * self.cpu_share:.0f} % of "
            f"a core, {self.rss_first_mib:.1f} MiB at first and {self.rss_last_mib:.1f} MiB at last"
        )


def build(folder: Path) -> Project:
    """A song in `folder` whose every track sounds from start to end."""
    project = new_project("Edits", rate=RATE, tempo=Fraction(120))
    create(folder, project)
    sources = []
    for number in range(SOURCES):
        noise = np.random.default_rng(number).integers(-300, 300, (5 * RATE, 2)).astype(np.int16)
        path = folder.parent / f"source {number}.wav"
        write_audio(path, Audio(noise, RATE), "PCM_16")
        sources.append(import_audio(folder, path, RATE))
        project = edits.add_source(project, sources[-1])
    tracks = []
    for row in range(TRACKS):
        clips = []
        for index in range(CLIPS):
            take = audio_take(new_id(), sources[(row + index) % SOURCES].id, "Take 1")
            clips.append(
                audio_clip(
                    new_id(), place_at(Fraction(2 * index)), RATE, (take,), offset=RATE, gain_db=-0.5 * (index % 4)
                )
            )
        tracks.append(Track(new_id(), f"Track {row + 1}", row % 10, clips=tuple(clips)))
    project = Project(project.id, project.name, RATE, project.tempo, tracks=tuple(tracks), sources=project.sources)
    save(folder, project)
    return project


def edit_near(rng: np.random.Generator, frame: int) -> Callable[[Project], Project]:
    """One edit of what sounds around `frame`."""
    kind = int(rng.integers(10))

    def change(project: Project) -> Project:
        track = project.tracks[int(rng.integers(len(project.tracks)))]
        clock = project.clock
        away = 60 * RATE if kind == 9 else int(rng.integers(-RATE, 2 * RATE))
        clip = min(track.clips, key=lambda each: abs(clock.frames(each.position) - frame - away))
        middle = clock.frames(clip.position) + clip.length // 2
        match kind:
            case 0 | 1 | 2:
                return edits.set_track(project, track.id, gain_db=float(rng.uniform(-12, 3)))
            case 3:
                return edits.set_track(project, track.id, pan=float(rng.uniform(-1, 1)))
            case 4:
                return edits.set_track(project, track.id, mute=not track.mute)
            case 5:
                return edits.set_master_gain(project, float(rng.uniform(-6, 0)))
            case 6:
                return edits.set_clip(project, [clip.id], gain_db=float(rng.uniform(-12, 3)))
            case 7 if clip.length > RATE // 4:
                return edits.split(project, [clip.id], place_at(middle))
            case 8:
                return edits.trim_end(project, clip.id, place_at(middle))
            case _:
                return edits.move_clips(project, [clip.id], length_of(int(rng.integers(-2000, 2000))))

    return change


@contextmanager
def playing(folder: Path) -> Iterator["Stage"]:
    """The big song, played through the window's bridge."""
    from desktop.bridge import PlayerBridge
    from desktop.document import Document
    from desktop.jobs import JobCentre
    from tests.benchmarks.timeline import application

    app = application()
    build(folder)
    jobs = JobCentre()
    document = Document(jobs)
    document.open(folder)
    bridge = PlayerBridge(document)
    bridge.start(DeviceSettings(NO_SOUND, buffer_ms=BUFFER_MS))
    try:
        yield Stage(app, document, bridge)
    finally:
        bridge.close()
        jobs.close()
        document.close()


class Stage:
    """What an edit and the player need."""

    def __init__(self, app: object, document: object, bridge: object) -> None:
        self.app, self.document, self.bridge = app, document, bridge

    def run(self, seconds: float, per_second: float) -> Report:
        """Plays for `seconds` with edits at a steady pace."""
        app, document, bridge = self.app, self.document, self.bridge
        rng = np.random.default_rng(1)
        seen: list[tuple[float, float, int]] = []
        count = 0
        with controls() as lateness:
            bridge.seek(0)
            bridge.play()
            until(app, lambda: bridge.state.playing and bridge.state.position > RATE)
            process = psutil.Process(bridge.player.pid)
            first = bridge.state
            underruns, least = first.underruns, first.buffered_ms
            used, rss_first = sum(process.cpu_times()[:2]), 0.0
            begun = looked = time.perf_counter()
            while looked - begun < seconds:
                if per_second and looked - begun >= count / per_second:
                    document.apply("Edit", edit_near(rng, bridge.position))
                    count += 1
                app.processEvents()
                time.sleep(0.002)
                state, now = bridge.state, time.perf_counter()
                if state.underruns > underruns:
                    seen.append((looked, now, state.underruns - underruns))
                    underruns = state.underruns
                least = min(least, state.buffered_ms)
                if not rss_first and now - begun > seconds / 4:
                    rss_first = process.memory_info().rss / 2**20
                looked = now
            used = sum(process.cpu_times()[:2]) - used
            rss_last = process.memory_info().rss / 2**20
            bridge.stop()
            gaps = [[(a, b) for a, b in late if b > begun and a < looked] for late in lateness()]
        return Report(
            edits=count,
            seconds=looked - begun,
            underruns=underruns - first.underruns,
            unexplained=sum(number for start, end, number in seen if not explained(start, end, gaps, BUFFER_MS)),
            control_gaps=sum(len(late) for late in gaps),
            longest_gap_ms=1000 * max((b - a for late in gaps for a, b in late), default=0.0),
            least_buffered_ms=least,
            cpu_share=used / (looked - begun),
            rss_first_mib=rss_first,
            rss_last_mib=rss_last,
        )


def until(app: object, holds: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the player never played"
        app.processEvents()
        time.sleep(0.005)


def test_edits_while_it_plays_cause_no_underruns(tmp_path: Path) -> None:
    with playing(tmp_path / "Song") as stage:
        report = stage.run(5, EDITS)
    assert report.edits >= 50
    assert report.unexplained == 0, report


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_edits_for_two_minutes_cause_no_underruns_and_take_no_memory(tmp_path: Path) -> None:
    with playing(tmp_path / "Song") as stage:
        report = stage.run(120, EDITS)
    print(f"\n{report}")
    assert report.unexplained == 0, report
    assert report.rss_last_mib < report.rss_first_mib + 8, report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="with edits")
    parser.add_argument("--without", type=float, default=20.0, help="seconds without any")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, playing(Path(folder) / "Song") as stage:
        for seconds, per_second in ((options.seconds, EDITS), (options.without, 0)):
            report = stage.run(seconds, per_second)
            print(report, flush=True)
            rows.append(asdict(report))
    content = {"tracks": TRACKS, "clips": CLIPS, "cores": os.cpu_count(), "buffer_ms": BUFFER_MS, "rows": rows}
    results = Path(__file__).parent / "results" / "edits.json"
    results.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
