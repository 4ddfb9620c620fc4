"""The player under torture: 32 stereo tracks, while the main process holds its interpreter in bursts of 100 ms, scrolls
and repaints a timeline of 100 × 100 clips, and every core is kept busy.

The sound is pulled by the clock. Beside it runs, on each core, a control process of the player's priority that only
sleeps 10 ms at a time and notes when it woke late: what stalls it stalls that core, as a virtual machine does whose
host is busy. An underrun is explained if, over the two buffers before it was seen, a control lost at least half a
buffer. `python -m tests.benchmarks.test_torture` finds the buffer that fails
first, with `--effects` for a song whose tracks have effects; the five minutes are a soak test.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.playback.device import NO_SOUND, DeviceSettings
from engine.playback.plan import Placement, Plan, TrackPlan, compile_plan
from engine.playback.player import Player
from engine.project.sample_file import SampleFile

RATE, TRACKS, SECONDS_OF_SOUND = 48000, 32, 4
BURST = 0.1  # seconds

_SPIN = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(100000):
        pass
"""
_CONTROL = """
import json, os, sys, threading, time
import psutil
from engine.playback.worker import raise_priority
if hasattr(psutil.Process, "cpu_affinity"):
    psutil.Process().cpu_affinity([int(sys.argv[1])])
raise_priority()
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
late = []
while not over.is_set():
    before = time.perf_counter()
    time.sleep(0.01)
    after = time.perf_counter()
    if after - before > 0.015:
        late.append((before + 0.01, after))
print(json.dumps(late))
"""


@dataclass(frozen=True)
class Report:
    buffer_ms: int
    seconds: float
    underruns: int
    unexplained: int
    missing_ms: float  # sound that should have been heard meanwhile
    control_gaps: int
    longest_gap_ms: float
    least_buffered_ms: float
    cpu_share: float  # of one core, used by the player
    frames: int  # of the timeline, painted meanwhile

    def __str__(self) -> str:
        return (
            f"buffer {self.buffer_ms:4} ms, {self.seconds:5.1f} s: {self.underruns} underruns, {self.unexplained} "
            f"unexplained; heard {self.missing_ms:.0f} ms too little; control woke late {self.control_gaps} times, by "
            f"{self.longest_gap_ms:.0f} ms at most; least buffered when looked at {self.least_buffered_ms:.0f} ms; "
            f"the player used {100 * self.cpu_share:.0f} % of a core; the timeline was painted {self.frames} times"
        )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[SampleFile]:
    return make_files(tmp_path_factory.mktemp("torture"))


def make_files(folder: Path) -> list[SampleFile]:
    made = []
    for number in range(TRACKS):
        noise = np.random.default_rng(number).integers(-900, 900, (SECONDS_OF_SOUND * RATE, 2)).astype(np.int16)
        path = folder / f"{number}.raw"
        path.write_bytes(noise.tobytes())
        made.append(SampleFile(str(path), "<i2", 0, 2, len(noise)))
    return made


def song(files: list[SampleFile], seconds: float) -> Plan:
    length = round((seconds + 60) * RATE)
    tracks = tuple(
        TrackPlan(
            str(number),
            placements=(Placement(0, length, file, gain=0.5 + number / 64, loop_length=file.frames),),
            left=0.6 + number / 64,
            right=1.4 - number / 64,
        )
        for number, file in enumerate(files)
    )
    return Plan(RATE, tracks, length=length)


@contextmanager
def busy_cores() -> Iterator[None]:
    spinners = [subprocess.Popen([sys.executable, "-c", _SPIN]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()


@contextmanager
def controls() -> Iterator[Callable[[], list[list[tuple[float, float]]]]]:
    """Runs a control on each core; what is given ends them and returns when each of them should have woken and did."""
    running = [
        subprocess.Popen([sys.executable, "-c", _CONTROL, str(core)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for core in range(os.cpu_count() or 1)
    ]
    with ExitStack() as stack:
        for control in running:
            stack.enter_context(control)
        yield lambda: [json.loads(control.communicate()[0]) for control in running]


def explained(start: float, end: float, gaps: list[list[tuple[float, float]]], buffer_ms: int) -> bool:
    """Whether, over the two buffers before an underrun seen from `start` to `end`, a control lost half a buffer."""
    since = start - 2 * buffer_ms / 1000
    return max(sum(max(min(b, end) - max(a, since), 0.0) for a, b in late) for late in gaps) >= buffer_ms / 2000


def hold_the_interpreter(count: int) -> float:
    """Works in C without letting another thread of this process run; returns the seconds it took."""
    begun = time.perf_counter()
    sum(range(count))
    return time.perf_counter() - begun


@pytest.fixture(scope="module")
def repaint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], None]]:
    with scrolling(tmp_path_factory.mktemp("timeline")) as turn:
        yield turn


@contextmanager
def scrolling(folder: Path) -> Iterator[Callable[[], None]]:
    """A real timeline of 100 × 100 clips; each call scrolls it a notch and repaints it."""
    from PySide6.QtCore import Qt

    from tests.benchmarks.timeline import application, stage

    with stage(application(), folder / "Song") as scene:
        scene.view.viewport.set_zoom(600.0, 0)
        turns = itertools.cycle([-120] * 200 + [120] * 200)
        yield lambda: scene.turn_wheel(0, next(turns), Qt.KeyboardModifier.ShiftModifier, 500)


def mixed_song(files: list[SampleFile], seconds: float) -> Plan:
    """The same with an equaliser and a compressor on every track, two reverbs and a limiter (`channels`)."""
    from tests.benchmarks import channels

    plain = song(files, seconds)
    with tempfile.TemporaryDirectory() as folder:
        plan = compile_plan(channels.song(), Path(folder))
    tracks = tuple(
        replace(track, placements=plain.tracks[number].placements) if number < TRACKS else track
        for number, track in enumerate(plan.tracks)
    )
    return replace(plan, tracks=tracks, length=plain.length)


def torture(
    files: list[SampleFile], repaint: Callable[[], None], *, seconds: float, buffer_ms: int, effects: bool = False
) -> Report:
    frames = 0
    plan = mixed_song(files, seconds) if effects else song(files, seconds)
    count = 200_000
    seen: list[tuple[float, float, int]] = []  # underruns that came between two looks
    with controls() as lateness, Player(DeviceSettings(NO_SOUND, buffer_ms=buffer_ms)) as player:
        player.set_plan(plan)
        player.play(0)
        while player.state.position < RATE:
            time.sleep(0.01)
        assert player.pid is not None
        process = psutil.Process(player.pid)
        with busy_cores():
            time.sleep(0.5)
            first, used = player.state, sum(process.cpu_times()[:2])
            begun = looked = time.perf_counter()
            underruns, least = first.underruns, first.buffered_ms
            while looked - begun < seconds:
                took = hold_the_interpreter(count)
                count = max(round(count * min(max(BURST / took, 0.5), 2.0)), 10_000)
                repaint()
                frames += 1
                state, now = player.state, time.perf_counter()
                if state.underruns > underruns:
                    seen.append((looked, now, state.underruns - underruns))
                    underruns = state.underruns
                least = min(least, state.buffered_ms)
                looked = now
            used = sum(process.cpu_times()[:2]) - used
            last = player.state
        gaps = [[(a, b) for a, b in late if b > begun and a < looked] for late in lateness()]  # one list a core
    unexplained = sum(number for start, end, number in seen if not explained(start, end, gaps, buffer_ms))
    missing = (looked - begun) - (last.position - first.position) / RATE
    return Report(
        buffer_ms=buffer_ms,
        seconds=looked - begun,
        underruns=last.underruns - first.underruns,
        unexplained=unexplained,
        missing_ms=1000 * missing,
        control_gaps=sum(len(late) for late in gaps),
        longest_gap_ms=1000 * max((b - a for late in gaps for a, b in late), default=0.0),
        least_buffered_ms=least,
        cpu_share=used / (looked - begun),
        frames=frames,
    )


def test_keeps_playing_under_torture(files: list[SampleFile], repaint: Callable[[], None]) -> None:
    report = torture(files, repaint, seconds=6, buffer_ms=150)
    assert report.unexplained == 0, report


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_keeps_playing_under_torture_for_five_minutes(files: list[SampleFile], repaint: Callable[[], None]) -> None:
    report = torture(files, repaint, seconds=300, buffer_ms=150)
    print(f"\n{report}")
    assert report.unexplained == 0, report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="for each buffer")
    parser.add_argument("--buffers", type=int, nargs="+", default=[150, 100, 80, 60, 40, 30, 20, 15, 10])
    parser.add_argument("--effects", action="store_true", help="with an equaliser and a compressor on every track …")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, scrolling(Path(folder)) as repaint:
        files = make_files(Path(folder))
        for buffer_ms in options.buffers:
            report = torture(files, repaint, seconds=options.seconds, buffer_ms=buffer_ms, effects=options.effects)
            print(report, flush=True)
            rows.append(asdict(report))
    failed = [row["buffer_ms"] for row in rows if row["unexplained"]]
    content = {"tracks": TRACKS, "cores": os.cpu_count(), "first_buffer_ms_that_fails": max(failed, default=None)}
    if options.effects:
        return
    results = Path(__file__).parent / "results" / "torture.json"
    results.write_text(json.dumps({**content, "rows": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
