"""The note editor in a window of its own, with a melody, chords and drums."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.icons import Icons
from desktop.jobs import JobCentre
from desktop.notes.editor import NoteEditor
from desktop.settings import Settings
from desktop.theme import Theme
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Project, Take, Track, new_project
from engine.timing.snap import Grid
from tests.places import place_at

RATE = 8000
BEAT = RATE // 2  # frames at 120 BPM
FIRST_BEAT = 4
"""The song's beat at which the clips begin."""
NONE, CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT = Qt.MouseButton.LeftButton


def note(start: float, length: float, pitch: int, velocity: int = 96, offset: float = 0.0) -> NoteEvent:
    """A note whose times are sixteenths."""
    return NoteEvent(
        Fraction(start).limit_denominator(16), Fraction(length).limit_denominator(16), pitch, velocity, offset
    )


MELODY = (note(0, 1, 60), note(1, 1, 64), note(2, 1, 67, 60), note(3, 0.5, 72, 120))
CHORDS = (note(0, 4, 57), note(0, 4, 62), note(4, 4, 55))
DRUMS = (note(0, 0.25, 36), note(1, 0.25, 38), note(2, 0.25, 36))


def clip_of(name: str, notes: tuple[NoteEvent, ...]) -> Clip:
    return Clip(name, place_at(Fraction(FIRST_BEAT)), 8 * BEAT, (Take(f"take {name}", NoteContent(notes)),), name=name)


def song() -> Project:
    """Three tracks with a clip of eight beats each."""
    tracks = (
        Track("m", "Melody", 0, clips=(clip_of("melody", MELODY),), role="lead", instrument=Instrument()),
        Track("c", "Chords", 1, clips=(clip_of("chords", CHORDS),), role="chords", instrument=Instrument()),
        Track("d", "Drums", 2, clips=(clip_of("drums", DRUMS),), role="drums", instrument=Instrument(drums=True)),
    )
    return replace(new_project("Song", rate=RATE), tracks=tracks)


class Player:
    """Mouse and keys on the notes, in beats of the clip and pitches."""

    def __init__(self, editor: NoteEditor) -> None:
        self.editor, self.canvas = editor, editor.canvas
        self.session, self.stage = editor.session, editor.stage
        self.document = editor.session.document

    @property
    def notes(self) -> list[tuple[float, float, int]]:
        """(start, length, pitch) of the clip's notes, in order."""
        return [(float(n.start), float(n.length), n.pitch) for n in self.session.real_notes]

    @property
    def velocities(self) -> list[int]:
        return [n.velocity for n in self.session.real_notes]

    @property
    def steps(self) -> list[str]:
        """The names of what undo would take back, the first one first."""
        names = [name for name, _ in self.document.history.entries]
        return names[len(names) - names[::-1].index("Begin") :]

    def show(self, clip_id: str) -> None:
        """Edits a clip at 80 px a beat, with its rows in view."""
        self.document.select([clip_id])
        self.editor.open(clip_id)
        self.stage.touch()
        self.stage.viewport.set_zoom(BEAT / 80, FIRST_BEAT * BEAT - BEAT / 2)
        self.stage.show_pitches()

    def at(self, beat: float, pitch: int) -> QPoint:
        x = self.stage.viewport.x((FIRST_BEAT + beat) * BEAT)
        return QPoint(round(x), round(self.stage.y(pitch) + self.stage.row_height / 2))

    def click(self, place: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseClick(self.canvas, LEFT, modifiers, place)

    def double_click(self, place: QPoint) -> None:
        QTest.mouseDClick(self.canvas, LEFT, NONE, place)
        QTest.mouseRelease(self.canvas, LEFT, NONE, place)

    def drag(
        self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NONE, *, release: bool = True,
        press_with: Qt.KeyboardModifier | None = None,
    ) -> None:  # fmt: skip
        QTest.mousePress(self.canvas, LEFT, modifiers if press_with is None else press_with, start)
        for share in (0.5, 1.0):
            self.move(start + (end - start) * share, modifiers)
        if release:
            QTest.mouseRelease(self.canvas, LEFT, modifiers, end)

    def move(self, place: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        # QTest.mouseMove has no modifiers and no buttons
        at = QPointF(place)
        event = QMouseEvent(QEvent.Type.MouseMove, at, self.canvas.mapToGlobal(at), LEFT, LEFT, modifiers)
        QApplication.sendEvent(self.canvas, event)

    def wheel(self, turns: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        at = QPointF(300, 60)
        event = QWheelEvent(
            at, self.canvas.mapToGlobal(at), QPoint(), QPoint(0, 120 * turns), Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.canvas, event)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.canvas, key, modifiers)


@pytest.fixture(scope="module")
def editor(qapp: QApplication, theme: Theme, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NoteEditor]:
    """The editor, 1000 × 520, over a song without a folder, so that nothing makes its sound."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTINUO_CONFIG", str(tmp_path_factory.mktemp("config")))
        jobs = JobCentre()
        document = Document(jobs)
        bridge = PlayerBridge(document)
        editor = NoteEditor(document, bridge, Settings(), theme, Icons(theme))
        editor.resize(1000, 520)
        editor.show()
        qapp.processEvents()
        yield editor
        editor.close()
        bridge.close()
        editor.deleteLater()
        document.close()
        jobs.close()


@pytest.fixture
def player(editor: NoteEditor) -> Player:
    """The editor with the melody open, and its usual settings; the steps of earlier tests are forgotten."""
    document = editor.session.document
    document.select(())
    document.apply("Begin", lambda _: song())
    editor.session.change(
        grid=Grid.SIXTEENTH, swing=0.0, strength=1.0, lock=False, fold=False, ghosts=False, pencil=False,
        drum_pencil=True,
    )  # fmt: skip
    editor.session.choose_scale(None)
    editor.stage.velocity = 100
    player = Player(editor)
    player.show("melody")
    return player
