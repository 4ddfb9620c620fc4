"""How long the note editor takes for a frame with 20 000 notes in view, and for an edit from the model to the screen.

Run it with `python -m tests.benchmarks.piano_roll`. It prints the figures and writes `results/piano_roll.json`. Frames
are timed as in `tests.benchmarks.timeline`; the timeline shows the same notes meanwhile, as it does in the window.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.icons import Icons
from desktop.jobs import JobCentre
from desktop.notes.editor import NoteEditor
from desktop.settings import Settings
from desktop.style import stylesheet
from desktop.theme import load_theme
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Project, Take, Track, new_project
from tests.benchmarks.timeline import RATE, RESULTS, Clockwork, application
from tests.places import place_at

NOTES, BEATS = 20_000, 256
LOWEST, PITCHES = 36, 48
SIZE = 1440, 860
"""Of the editor; 48 rows of 15 px are in view."""


def build() -> Project:
    """A track with a clip of 20 000 notes over 64 bars and four octaves."""
    notes = tuple(
        NoteEvent(
            Fraction(BEATS * number, NOTES),
            Fraction(1 + number % 7, 16),
            LOWEST + (number * 29) % PITCHES,
            20 + number % 107,
            0.01 * (number % 5),
        )
        for number in range(NOTES)
    )
    length = RATE // 2 * BEATS
    clip = Clip("clip", place_at(Fraction(0)), length, (Take("take", NoteContent(notes)),), name="Notes")
    track = Track("track", "Piano", 0, clips=(clip,), instrument=Instrument())
    return replace(new_project("Notes", rate=RATE), tracks=(track,))


@dataclass(frozen=True)
class Scene:
    """The song in the note editor and in a timeline; it has no folder, so that nothing makes its sound."""

    app: QApplication
    document: Document
    bridge: PlayerBridge
    view: TimelineView


@contextmanager
def opened(app: QApplication) -> Iterator[Scene]:
    """Shows the song on a timeline."""
    jobs = JobCentre()
    document = Document(jobs)
    document.apply("Build", lambda _: build())
    bridge = PlayerBridge(document)
    view = TimelineView(document, load_theme(), PeakStore(document), bridge)
    view.resize(1440, 300)
    view.setStyleSheet(stylesheet(load_theme()))
    view.show()
    view.fit()
    app.processEvents()
    yield Scene(app, document, bridge, view)
    view.close()
    view.deleteLater()
    bridge.close()
    document.close()
    jobs.close()


def measure(scene: Scene) -> dict[str, dict[str, float]]:
    """The figures, by name."""
    theme, settings = load_theme(), Settings()
    editor = NoteEditor(scene.document, scene.bridge, settings, theme, Icons(theme))
    editor.resize(*SIZE)
    editor.setStyleSheet(stylesheet(load_theme()))
    editor.show()
    editor.open("clip")
    scene.app.processEvents()
    editor.stage.touch()
    editor.fit()
    canvas, session, viewport = editor.canvas, editor.session, editor.stage.viewport
    clockwork = Clockwork()
    figures = {"machine": {"spin_ms": round(clockwork.usual * 1000, 3)}}
    frame = scene.app.processEvents

    def turn(delta: int, modifiers: Qt.KeyboardModifier) -> None:
        place = QPointF(700, 300)
        event = QWheelEvent(
            place, canvas.mapToGlobal(place), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        scene.app.sendEvent(canvas, event)
        frame()

    frame()
    seen = editor.stage.within(canvas.rect().toRectF())
    figures["in_view"] = {"notes": len(seen)}
    none, control, shift = (
        Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    down = [lambda: turn(-120, none)] * 20 + [lambda: turn(120, none)] * 20
    figures["scroll_down_all"] = clockwork.time(down * 2)
    editor.fit()
    frame()
    zooms = [lambda: turn(120, control)] * 20 + [lambda: turn(-120, control)] * 20
    figures["zoom"] = clockwork.time(zooms * 2)
    viewport.zoom(0.8)
    across = [lambda: turn(-120, shift)] * 40 + [lambda: turn(120, shift)] * 40
    figures["scroll_across"] = clockwork.time(across)
    editor.fit()
    frame()

    def edit(step: int, *others: QWidget) -> None:
        notes = session.real_notes
        changed = replace(notes[9000], pitch=LOWEST + step % PITCHES)
        session.apply("Move note", (*notes[:9000], changed, *notes[9001:]), frozenset({9000}))
        for widget in (canvas, *others):
            widget.repaint()

    figures["edit_to_editor"] = clockwork.time([partial(edit, step) for step in range(100)])
    figures["edit_to_screen"] = clockwork.time(
        [partial(edit, step + 7, editor.lane, scene.view.canvas) for step in range(60)]
    )
    figures["drag"] = _drag(scene, editor, clockwork)
    editor.close()
    editor.deleteLater()
    return figures


def _drag(scene: Scene, editor: NoteEditor, clockwork: Clockwork) -> dict[str, float]:
    """Moving one note by the mouse, frame by frame."""
    canvas, left = editor.canvas, Qt.MouseButton.LeftButton
    grip = editor.stage.note_rect(9000).center()

    def send(kind: QEvent.Type, place: QPointF) -> None:
        event = QMouseEvent(kind, place, canvas.mapToGlobal(place), left, left, Qt.KeyboardModifier.NoModifier)
        scene.app.sendEvent(canvas, event)
        canvas.repaint()

    editor.session.choose(frozenset({9000}))
    send(QEvent.Type.MouseButtonPress, grip)
    moves = [lambda step=step: send(QEvent.Type.MouseMove, grip + QPointF(10 + step, step % 40)) for step in range(100)]
    figures = clockwork.time(moves)
    send(QEvent.Type.MouseButtonRelease, grip)
    return figures


def main() -> None:
    """Measures, prints and writes."""
    app = application()
    with tempfile.TemporaryDirectory() as temporary, opened(app) as scene:
        os.environ["CONTINUO_CONFIG"] = temporary
        figures = measure(scene)
    for name, values in figures.items():
        print(f"{name:24}", "  ".join(f"{key} {value}" for key, value in values.items()))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "piano_roll.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
