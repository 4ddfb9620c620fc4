"""The mixer at work: 32 tracks with an equaliser (all bands on) and a compressor each, two reverbs, a limiter.

Prints the share of one processor core that rendering in the player's blocks takes, and the speed of a bounce.
`python -m tests.benchmarks.channels [SECONDS]`; nothing is asserted.
"""

import platform
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from engine.playback.graph import Graph
from engine.playback.offline_render import RenderRange, RenderTarget, stream
from engine.playback.plan import Placement, Plan, compile_plan
from engine.project import edits
from engine.project.model import MASTER, ChannelKind, Project, new_project
from engine.project.sample_file import SampleFile
from tests.benchmarks.effects import EQ

RATE, TRACKS, QUANTUM = 48000, 32, 2048  # the player renders songs with devices in such blocks


def song() -> Project:
    """The channels, without clips."""
    p = new_project("Benchmark", rate=RATE)
    for number in range(TRACKS):
        p = edits.add_track(p, f"Track {number + 1}", track_id=f"t{number}")
        p = edits.set_track(p, f"t{number}", gain_db=-20.0, pan=(number % 5 - 2) / 4)
        p = edits.add_device(p, f"t{number}", "eq", EQ, device_id=f"e{number}")
        p = edits.add_device(p, f"t{number}", "compressor", {"threshold_db": -30.0}, device_id=f"c{number}")
    for name in ("r1", "r2"):
        p = edits.add_track(p, name, track_id=name, kind=ChannelKind.RETURN)
        p = edits.add_device(p, name, "reverb")
        for number in range(TRACKS):
            p = edits.set_send(p, f"t{number}", name, -18.0)
    return edits.add_device(p, MASTER, "limiter", {"ceiling_db": -1.0})


def plan_of(project: Project, folder: Path, seconds: float) -> Plan:
    """The song with noise on every track."""
    from dataclasses import replace

    frames = round(seconds * RATE)
    plan = compile_plan(project, folder)
    tracks = []
    for number, track in enumerate(plan.tracks):
        if number < TRACKS:
            path = folder / f"{number}.f32"
            noise = np.random.default_rng(number).standard_normal((frames, 2)) * 0.2
            path.write_bytes(noise.astype("<f4").tobytes())
            placement = Placement(0, frames, SampleFile(str(path), "<f4", 0, 2, frames))
            track = replace(track, placements=(placement,))
        tracks.append(track)
    return replace(plan, tracks=tuple(tracks), length=frames)


def main(seconds: float) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(song(), Path(folder), seconds)
        began = perf_counter()
        graph = Graph(plan, max_block=QUANTUM)
        print(f"{platform.processor() or platform.machine()}: graph built in {perf_counter() - began:.2f} s")
        graph.render(0, QUANTUM)
        for marks in (False, True):
            graph.reset()
            used, blocks = process_time(), round(seconds * RATE) // QUANTUM
            for block in range(blocks):
                if marks:
                    graph.mark()
                graph.render(block * QUANTUM, QUANTUM)
            share = (process_time() - used) / (blocks * QUANTUM / RATE)
            print(f"player's blocks{', states noted' * marks}: {share:.1%} of one core")
        graph.close()
        target = RenderTarget(None, RenderRange(0, plan.length, RATE, RATE), measure=True)
        began = perf_counter()
        stream(plan, RenderRange(0, plan.length, RATE, RATE), [target], lambda _: None)
        print(f"bounce: {seconds / (perf_counter() - began):.1f} times as fast as it plays")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0)
