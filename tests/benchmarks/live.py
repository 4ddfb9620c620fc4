"""A live take of five minutes beside a song: 8 tracks play, the timeline repaints, and a model continues a clip.

Run it with `python -m tests.benchmarks.live`. It prints the figures and writes `results/live.json`. The window's parts,
the player and the generator are the real ones; the sound is pulled by the clock. Beside them, on each core, runs a
control process of the player's priority that notes when it woke late: an underrun is explained if a control lost at
least half a buffer over the two buffers before it was seen (see `test_torture`). “share” is what the measurement of the
model found of the machine, before and after, and “corrected” the model's speed if it had had all of it.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from time import perf_counter, sleep, thread_time
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PySide6.QtWidgets import QApplication

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.generation.live import LiveTakes
from desktop.idle_memory import give_back_when_idle
from desktop.jobs import JobCentre
from desktop.settings import Settings
from desktop.style import stylesheet
from desktop.theme import load_theme
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from engine.audio import Audio
from engine.generate.live_stream import LiveState
from engine.ids import new_id
from engine.inference.api import Changed, LiveNews, Model
from engine.inference.client import InferenceProcess
from engine.jobs import Context
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.files import ProjectFolder, create
from engine.project.model import Project, Track, audio_clip, audio_take, new_project
from engine.project.storing import store_sound
from tests.benchmarks.generator import measure
from tests.benchmarks.test_torture import controls
from tests.benchmarks.timeline import Clockwork, application, spin
from tests.places import place_at

TRACKS, RATE, BUFFER_MS = 8, 48000, 150
NEW_PROMPT = "slow strings over a deep drum"
FRAME_SECONDS = 0.016
SETTLED_SECONDS = 20.0  # after which memory and reserve are watched


class Watched(InferenceProcess):
    """Keeps the news of its live take."""

    def __init__(self, changed: Changed) -> None:
        super().__init__(changed)
        self.latest: LiveNews | None = None

    def live(self, order: Any, listener: Any, context: Context) -> Any:
        def both(news: LiveNews) -> None:
            self.latest = news
            listener(news)

        return super().live(order, both, context)


@dataclass
class Figures:
    """What is noted on the way; memory in MB by process."""

    frames: list[float] = field(default_factory=list)  # ms
    corrected: list[float] = field(default_factory=list)  # ms, without the machine's stalls
    reserves: list[float] = field(default_factory=list)  # s
    steps: list[int] = field(default_factory=list)
    seen: list[tuple[float, float, int]] = field(default_factory=list)  # underruns between two looks
    change: int | None = None  # the frame of the take that was heard when the prompt was changed
    held: float = 0.0  # s in which playback waited
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)


def song(folder: Path, seconds: float) -> Project:
    """8 tracks with a clip each for the whole time, and one with the clip that is continued."""
    project = new_project("Live", rate=RATE)
    tracks = []
    for number in range(TRACKS + 1):
        noise = np.random.default_rng(number).normal(0, 0.05, (20 * RATE, 2)).astype(np.float32)
        beat = np.exp(-(np.arange(len(noise)) % (RATE // 2)) / (RATE / 9))[:, None].astype(np.float32)
        source = store_sound(folder, Audio(noise * beat, RATE), f"Source {number + 1}")
        project = edits.add_source(project, source)
        whole = number < TRACKS
        length = round((seconds + 120) * RATE) if whole else 8 * RATE
        take = audio_take(new_id(), source.id)
        clip = audio_clip(
            new_id(),
            place_at(Fraction(0)),
            length,
            (take,),
            name=source.name,
            loop_length=source.frames if whole else 0,
        )
        tracks.append(Track(new_id(), f"Track {number + 1}", number, clips=(clip,)))
    return Project(project.id, project.name, RATE, project.tempo, tracks=tuple(tracks), sources=project.sources)


@dataclass(frozen=True)
class Scene:
    """The parts of a window that take part."""

    app: QApplication
    document: Document
    bridge: PlayerBridge
    live: LiveTakes
    inference: Watched


@contextmanager
def scene(folder: Path, model: Model, seconds: float) -> Iterator[Scene]:
    app = application()
    create(folder, new_project("Live", rate=RATE))
    with ProjectFolder.open(folder) as home:
        home.save(song(folder, seconds))
    jobs = JobCentre()
    document = Document(jobs)
    document.open(folder)
    give_back_when_idle(document, jobs)
    bridge = PlayerBridge(document)
    view = TimelineView(document, load_theme(), PeakStore(document), bridge)
    view.resize(1440, 900)
    view.setStyleSheet(stylesheet(load_theme()))
    view.show()
    view.viewport.set_zoom(400.0, 0)
    bridge.start(DeviceSettings(NO_SOUND, buffer_ms=BUFFER_MS))
    inference = Watched(lambda status: None)
    generation = Generation(document, bridge, Settings(), lambda changed: inference)
    generation.models.set_model(model)
    live = LiveTakes(document, bridge, generation)
    try:
        yield Scene(app, document, bridge, live, inference)
    finally:
        view.canvas.close()
        view.close()
        view.deleteLater()
        bridge.close()
        jobs.close()
        inference.close()
        document.close()


def run(folder: Path, model: Model, seconds: float) -> dict[str, Any]:
    """Measures the model, plays and makes for so long, and measures again."""
    with scene(folder, model, seconds) as parts:
        before = parts.inference.measure(model, Context())
        with controls() as lateness:
            figures, begun, ended = _play(parts, seconds)
            late = [[(a, b) for a, b in gaps if b > begun and a < ended] for gaps in lateness()]
        news, made = parts.inference.latest, _stop(parts)
        after = parts.inference.measure(model, Context())
    assert news is not None
    return {
        "model": before["model"],
        "device": before["device"],
        "seconds": round(ended - begun, 1),
        "tracks": TRACKS,
        "buffer_ms": BUFFER_MS,
        "underruns": sum(count for _, _, count in figures.seen),
        "unexplained": _unexplained(figures.seen, late),
        "longest_stall_ms": round(1000 * max((b - a for gaps in late for a, b in gaps), default=0.0), 1),
        "held_s": round(figures.held, 2),
        "sound_made_s": round(news.report.made, 1),
        "sound_kept_s": round(made / RATE, 1),
        "speed": round(news.report.speed, 2),
        "steps": sorted(set(figures.steps)),
        "wanted_steps": news.report.wanted_steps,
        "reserve_least_s": round(min(figures.reserves), 2),
        "reserve_p5_s": round(float(np.percentile(figures.reserves, 5)), 2),
        "chunks_until_new_prompt": _chunks_until_heard(figures, news, round(before["chunk_s"] * RATE)),
        "frame_p50_ms": round(float(np.percentile(figures.frames, 50)), 2),
        "frame_p95_ms": round(float(np.percentile(figures.frames, 95)), 2),
        "frame_corrected_p95_ms": round(float(np.percentile(figures.corrected, 95)), 2),
        "memory_growth_mb": {name: round(last - first, 1) for name, (first, last) in figures.memory.items()},
        "memory_mb": {name: round(last, 1) for name, (_, last) in figures.memory.items()},
        "share": [round(row["machine_share"], 2) for row in (before, after)],
        "corrected": [round(row["realtime_corrected"], 2) for row in (before, after)],
    }


def _play(parts: Scene, seconds: float) -> tuple[Figures, float, float]:
    """Lets it run from the first sound of the take on; what was noted, and when it began and ended."""
    app, bridge, figures = parts.app, parts.bridge, Figures()
    parts.live.start(parts.document.project.tracks[-1].clips[0].id)
    while not (bridge.playing and parts.inference.latest and parts.inference.latest.source.frames):
        app.processEvents()
        sleep(0.005)
    usual = Clockwork().usual
    state = bridge.state
    assert state is not None
    begun = looked = perf_counter()
    underruns, settled, spun = state.underruns, False, spin()
    while looked - begun < seconds:
        start, used = perf_counter(), thread_time()
        app.processEvents()
        took, used = perf_counter() - start, thread_time() - used
        before, spun = spun, spin()
        figures.frames.append(1000 * took)
        figures.corrected.append(1000 * used / max(1.0, (before + spun) / 2 / usual))
        state, news, now = bridge.state, parts.inference.latest, perf_counter()
        assert state is not None
        if state.underruns > underruns:
            figures.seen.append((looked, now, state.underruns - underruns))
            underruns = state.underruns
        figures.held += now - looked if state.holding else 0.0
        if figures.change is None and now - begun > seconds / 2:
            figures.change = _change_prompt(parts)
        if now - begun > min(SETTLED_SECONDS, seconds / 4):
            if not settled:
                settled, first = True, _memory(parts)
            assert news.report.state is not LiveState.FAILED, news.report.error
            figures.reserves.append(news.report.reserve)
            figures.steps.append(news.report.steps)
        looked = now
        sleep(max(FRAME_SECONDS - (perf_counter() - start), 0.0))
    last = _memory(parts)
    figures.memory = {name: (first[name], last[name]) for name in first}
    return figures, begun, looked


def _change_prompt(parts: Scene) -> int:
    """Changes it; the frame of the take that is heard."""
    settings = parts.live.settings
    assert settings is not None
    parts.live.apply(replace(settings, prompt=NEW_PROMPT))
    clip = parts.document.project.find_clip(parts.live.clip or "")
    assert clip is not None
    return max(parts.bridge.position - parts.document.project.start_of(clip[1]), 0)


def _chunks_until_heard(figures: Figures, news: LiveNews, chunk: int) -> float | None:
    """How many chunks after what was heard then the new prompt sounds."""
    starts = [entry["start"] for entry in news.chunks if entry["prompt"] == NEW_PROMPT]
    return round((starts[0] - figures.change) / chunk, 2) if starts and figures.change is not None else None


def _memory(parts: Scene) -> dict[str, float]:
    pids = {"window": os.getpid(), "player": parts.bridge.player.pid, "generator": parts.inference.pid}
    return {name: psutil.Process(pid).memory_info().rss / 2**20 for name, pid in pids.items()}


def _stop(parts: Scene) -> int:
    """Ends the take; the frames that are kept."""
    over: list[bool] = []
    parts.live.stop(lambda: over.append(True))
    while not over:
        parts.app.processEvents()
        sleep(0.005)
    parts.bridge.stop()
    clips = (clip for _, clip in parts.document.project.clips() if clip.chosen.provenance)
    return sum(parts.document.project.sources[clip.chosen.source].frames for clip in clips)


def _unexplained(seen: list[tuple[float, float, int]], late: list[list[tuple[float, float]]]) -> int:
    found = 0
    for start, end, count in seen:
        since = start - 2 * BUFFER_MS / 1000
        lost = max(sum(max(min(b, end) - max(a, since), 0.0) for a, b in gaps) for gaps in late)
        found += count if lost < BUFFER_MS / 2000 else 0
    return found


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    measure(parser, "live", lambda folder, model, options: run(folder / "Song", model, options.seconds))


if __name__ == "__main__":
    main()
