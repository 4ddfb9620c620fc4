"""How long the timeline takes for a frame, and for an edit from the model to the screen, with 100 × 100 clips.

Run it with `python -m tests.benchmarks.timeline`. It prints the figures and writes `results/timeline.json`. "raw" is
wall time. "corrected" takes the machine's own stalls out: it counts the thread's processor time, so that waiting for a
core does not count, divided by how much slower than usual a spin of fixed work ran right before and after the frame, so
that a throttled or shared core does not count either.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import perf_counter, thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import soundfile
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.jobs import JobCentre
from desktop.style import stylesheet
from desktop.theme import load_theme
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from engine.ids import new_id
from engine.memory import keep_freed
from engine.project import edits
from engine.project.files import ProjectFolder, create
from engine.project.importing import import_audio
from engine.project.model import Fade, Project, Track, audio_clip, audio_take, new_project
from tests.places import length_of, place_at

TRACKS, CLIPS, SOURCES = 100, 100, 16
RATE = 48000
SIZE = 1440, 900
RESULTS = Path(__file__).parent / "results"
SPIN_LOOPS = 12_000


def spin() -> float:
    """Processor seconds that a fixed piece of work takes this thread now (about 0.2 ms on a free core)."""
    began = thread_time()
    total = 0
    for step in range(SPIN_LOOPS):
        total += step
    return thread_time() - began


class Clockwork:
    """Times pieces of work and takes out what the machine's stalls added."""

    def __init__(self) -> None:
        self.usual = float(np.percentile([spin() for _ in range(400)], 10))

    def time(self, works: Sequence[Callable[[], object]]) -> dict[str, float]:
        """Milliseconds: p50, p95 and the longest, as measured and corrected."""
        raw, corrected = [], []
        before = spin()
        for work in works:
            began, began_cpu = perf_counter(), thread_time()
            work()
            took, took_cpu = perf_counter() - began, thread_time() - began_cpu
            after = spin()
            slower = max(1.0, (before + after) / 2 / self.usual)
            raw.append(took * 1000)
            corrected.append(took_cpu * 1000 / slower)
            before = after
        figures = {}
        for name, values in (("raw", raw), ("corrected", corrected)):
            figures[f"{name}_p50_ms"] = round(float(np.percentile(values, 50)), 2)
            figures[f"{name}_p95_ms"] = round(float(np.percentile(values, 95)), 2)
            figures[f"{name}_max_ms"] = round(max(values), 2)
        return figures


def build(folder: Path) -> Project:
    """A song of 100 tracks with 100 clips each, from 16 sources of 20 seconds, some looped, faded or reversed."""
    rng = np.random.default_rng(5)
    project = new_project("Benchmark", rate=RATE, tempo=Fraction(120))
    sources = []
    for number in range(SOURCES):
        frames = RATE * 20
        envelope = np.exp(-((np.arange(frames) % (RATE // 2)) / (RATE / (4 + number))))
        sound = rng.normal(size=(frames, 1 + number % 2)) * 0.3 * envelope[:, None]
        path = folder.parent / f"source {number}.wav"
        soundfile.write(path, np.clip(sound, -1, 1), RATE, subtype="PCM_16")
        source = import_audio(folder, path, RATE)
        sources.append(source)
        project = edits.add_source(project, source)
    tracks = []
    for row in range(TRACKS):
        clips = []
        for index in range(CLIPS):
            source = sources[(row * 7 + index) % SOURCES]
            length = RATE * 2 * (1 + index % 4)
            clips.append(
                audio_clip(
                    new_id(),
                    place_at(Fraction(index * 18 + row % 5)),
                    length,
                    (audio_take(new_id(), source.id, "Take 1"),),
                    name=f"{source.name} {index}",
                    fade_in=Fade(RATE // 10 if index % 3 == 0 else 0),
                    loop_length=RATE if index % 10 == 4 else 0,
                    reverse=index % 11 == 5,
                    gain_db=-3.0 if index % 4 == 1 else 0.0,
                )
            )
        tracks.append(Track(new_id(), f"Track {row + 1}", row % 10, clips=tuple(clips)))
    return Project(project.id, project.name, RATE, project.tempo, tracks=tuple(tracks), sources=project.sources)


def application() -> QApplication:
    """The application in the program's own look. Its style sheet belongs to a window: each widget would follow two."""
    keep_freed()
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = load_theme()
    app.setStyle("Fusion")
    theme.load_fonts()
    app.setFont(theme.font())
    app.setPalette(theme.palette())
    return app


@dataclass(frozen=True)
class Stage:
    """The big song in a real timeline."""

    app: QApplication
    document: Document
    bridge: PlayerBridge
    view: TimelineView

    def turn_wheel(self, dx: int, dy: int, modifiers: Qt.KeyboardModifier, x: float) -> None:
        """Turns the wheel over the canvas and repaints what that changes."""
        place = QPointF(x, 300)
        event = QWheelEvent(
            place, self.view.canvas.mapToGlobal(place), QPoint(), QPoint(dx, dy), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        self.app.sendEvent(self.view.canvas, event)
        self.app.processEvents()


@contextmanager
def stage(app: QApplication, folder: Path, built: Callable[[Path], Project] = build) -> Iterator[Stage]:
    """Shows the big song that `built` makes in `folder`, at the size of a usual window."""
    create(folder, new_project("Benchmark", rate=RATE))
    project = built(folder)
    with ProjectFolder.open(folder) as home:
        home.save(project)
    jobs = JobCentre()
    document = Document(jobs)
    document.open(folder)
    bridge = PlayerBridge(document)
    view = TimelineView(document, load_theme(), PeakStore(document), bridge)
    view.setStyleSheet(stylesheet(load_theme()))
    view.resize(*SIZE)
    view.show()
    while jobs.running:
        app.processEvents()
    view.fit()
    app.processEvents()
    view.grab()
    yield Stage(app, document, bridge, view)
    view.canvas.close()
    view.close()
    view.deleteLater()
    bridge.close()
    jobs.close()
    document.close()


def main() -> None:
    """Measures, prints and writes."""
    app = application()
    with tempfile.TemporaryDirectory() as temporary:
        figures = _measure(app, Path(temporary) / "Song")
    for name, values in figures.items():
        print(f"{name:24}", "  ".join(f"{key} {value}" for key, value in values.items()))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "timeline.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _measure(app: QApplication, folder: Path) -> dict[str, dict[str, float]]:
    with stage(app, folder) as scene:
        return _figures(scene)


def _figures(scene: Stage) -> dict[str, dict[str, float]]:
    document, bridge, view, turned = scene.document, scene.bridge, scene.view, scene.turn_wheel
    viewport, frame = view.viewport, scene.app.processEvents
    none, control, shift = (
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.ShiftModifier,
    )
    clockwork = Clockwork()
    figures: dict[str, dict[str, float]] = {"machine": {"spin_ms": round(clockwork.usual * 1000, 3)}}

    # zoom from the whole song to single samples and back, at a place that wanders
    zooms = [lambda step=step: turned(0, 120, control, 200 + step * 7 % 900) for step in range(90)]
    zooms += [lambda step=step: turned(0, -120, control, 200 + step * 7 % 900) for step in range(90)]
    figures["zoom"] = clockwork.time(zooms)
    for name, frames_per_px in (("fit", None), ("bars", 2400.0), ("beats", 300.0), ("fine", 40.0)):
        if frames_per_px is None:
            view.fit()
        else:
            viewport.set_zoom(frames_per_px, RATE * 60)
        viewport.scroll_to(top=0)
        frame()
        if frames_per_px:
            across = [lambda: turned(0, -120, shift, 500)] * 80 + [lambda: turned(0, 120, shift, 500)] * 40
            figures[f"scroll_across_{name}"] = clockwork.time(across)
        down = [lambda: turned(0, -120, none, 500)] * 60 + [lambda: turned(0, 120, none, 500)] * 60
        figures[f"scroll_down_{name}"] = clockwork.time(down)

    # one edit, from the model to the screen: the second clip of a row in view moves by a sixteenth
    viewport.scroll_to(top=0)
    viewport.set_zoom(2400.0, 0)
    frame()
    clip_id = document.project.tracks[2].clips[1].id

    def edit(step: int) -> None:
        delta = Fraction(1 if step % 2 == 0 else -1, 4)
        document.apply("Move clip", lambda p: edits.move_clips(p, [clip_id], length_of(delta)))
        frame()

    figures["edit_to_screen"] = clockwork.time([lambda step=step: edit(step) for step in range(100)])
    # the playhead moving over a still picture
    bridge.seek(0)
    figures["playhead"] = clockwork.time(
        [lambda step=step: (bridge.seek(step * 4000), frame()) for step in range(1, 200)]
    )
    return figures


if __name__ == "__main__":
    main()
