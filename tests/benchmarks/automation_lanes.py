"""How long a hundred lanes of automation take for a frame, all of them in view.

Run it with `python -m tests.benchmarks.automation_lanes`. It prints the times of a frame in milliseconds of processor
time: all lanes painted anew, as while one zooms; scrolled; and what a moving playhead repaints. At 60 frames a second
there are 16.7 ms.
"""

import os
from collections.abc import Callable
from fractions import Fraction
from time import thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.automation.picture import Look
from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.jobs import JobCentre
from desktop.theme import load_theme
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.rows import AUTOMATION_PX
from desktop.timeline.view import TimelineView
from desktop.widgets.painting import painting
from engine.project import edits
from engine.project.model import CurvePoint, Project, Target, new_project
from engine.timing.position import Position

LANES, POINTS, FRAMES, WIDTH = 100, 200, 10, 1440


def song() -> Project:
    """A hundred tracks, each with a lane of `POINTS` points, one a beat."""
    project, generator = new_project("Lanes", rate=48000), np.random.default_rng(1)
    for track in range(LANES):
        project = edits.add_track(project, f"Track {track}", track_id=f"t{track}")
        values = generator.uniform(-1, 1, POINTS)
        points = [CurvePoint(Position.at_beat(Fraction(beat)), float(value)) for beat, value in enumerate(values)]
        project = edits.set_lane(project, f"t{track}", Target("pan"), points)
        project = edits.set_track(project, f"t{track}", height=24)
    return project


def main() -> None:
    """Prints the figures."""
    app = QApplication.instance() or QApplication([])
    theme, jobs = load_theme(), JobCentre()
    document = Document(jobs)
    document.adopt("Song", song())
    bridge = PlayerBridge(document)
    view = TimelineView(document, theme, PeakStore(document), bridge)
    row = document.project.tracks[0].height + AUTOMATION_PX
    view.resize(WIDTH, LANES * row + 80)
    view.show()
    for track in document.project.tracks:
        view.automation.set_unfolded(track.id, True)
    view.canvas.viewport.set_content(POINTS * 24000, 0)  # beats at 120 BPM, all of them in view
    view.canvas.viewport.fit(0, POINTS * 24000)
    app.processEvents()
    lanes = [lane for lane in view.automation.lanes if lane.isVisible()]
    picture = QImage(view.canvas.size(), QImage.Format.Format_RGB32)
    print(f"{len(lanes)} lanes of {POINTS} points in view, {view.canvas.width()} px wide")

    whole = QRectF(0, 0, view.canvas.width(), AUTOMATION_PX)

    def measure(name: str, area: QRectF, prepare: Callable[[], object] = lambda: None) -> None:
        times = []
        for _ in range(FRAMES):
            prepare()
            began = thread_time()
            with painting(picture) as painter:
                for lane, track in zip(lanes, document.project.tracks, strict=True):
                    view.automation.tools.picture.paint(painter, lane.model, track, area, Look())
            times.append(1000 * (thread_time() - began))
        low, middle, worst = (float(each) for each in np.percentile(times, (0, 50, 95)))
        print(f"{name}: {middle:.1f} ms a frame (best {low:.1f}, 95 % {worst:.1f})")

    measure("all lanes anew, as at every step of a zoom", whole, lambda: view.canvas.viewport.zoom(1.01))
    measure("scrolled by 20 px", whole, lambda: view.canvas.viewport.scroll_by(20, 0))
    measure("all lanes as they are", whole)
    measure("under the playhead", QRectF(WIDTH // 2, 0, 4, AUTOMATION_PX))
    view.close()
    bridge.close()
    document.close()
    jobs.close()


if __name__ == "__main__":
    main()
