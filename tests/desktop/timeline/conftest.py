"""A song with real audio, and the timeline showing it."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.view import TimelineView
from engine.project import edits
from engine.project.importing import import_audio
from engine.project.model import Clip, Project, Source, audio_clip, audio_take, new_project
from tests.places import place_at

RATE = 8000
BEAT = RATE // 2  # frames at 120 BPM


@pytest.fixture
def source_file(tmp_path: Path) -> Path:
    """Eight seconds of stereo, with an impulse at each second."""
    time = np.arange(RATE * 8) / RATE
    sound = np.stack((0.5 * np.sin(2 * np.pi * 110 * time), 0.25 * np.sin(2 * np.pi * 55 * time)), axis=1)
    sound[::RATE] = 0.99
    path = tmp_path / "tone.wav"
    soundfile.write(path, sound, RATE, subtype="PCM_16")
    return path


def clip_of(source: Source, name: str, beat: int, beats: int, **values: object) -> Clip:
    return audio_clip(
        name,
        place_at(Fraction(beat)),
        beats * BEAT,
        (audio_take(f"take of {name}", source.id, "Take 1"),),
        name=name,
        **values,
    )  # type: ignore[arg-type]


def song(source: Source) -> Project:
    """Two tracks with clips of four beats, and an empty one."""
    project = edits.add_source(new_project("Song", rate=RATE), source)
    for name in ("Drums", "Bass", "Keys"):
        project = edits.add_track(project, name, track_id=name)
    project = edits.add_clip(project, "Drums", clip_of(source, "a", 4, 4, offset=BEAT * 2))
    project = edits.add_clip(project, "Drums", clip_of(source, "b", 12, 4))
    project = edits.add_clip(project, "Bass", clip_of(source, "c", 4, 8))
    return edits.add_marker(project, place_at(Fraction(16)), "Verse")


class Hand:
    """Mouse and keys on a timeline, in beats and pixels."""

    def __init__(self, view: TimelineView) -> None:
        self.view = view
        self.canvas = view.canvas

    @property
    def project(self) -> Project:
        return self.canvas.document.project

    def clip(self, clip_id: str) -> Clip:
        found = self.project.find_clip(clip_id)
        assert found
        return found[1]

    def x(self, beat: float) -> int:
        return round(self.view.viewport.x(beat * BEAT))

    def at(self, clip_id: str, dx: float, dy: float) -> QPoint:
        """A place in a clip: from its left (or, negative, right) edge and from its top."""
        found = self.project.find_clip(clip_id)
        assert found
        row = self.canvas.rows.of(found[0].id)
        assert row
        rect = self.canvas.places.clip_rect(row, found[1])
        left = rect.left() if dx >= 0 else rect.right()
        return QPoint(round(left + dx), round(rect.top() + dy))

    def drag(
        self,
        start: QPoint,
        by: QPoint,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        release: bool = True,
        press_with: Qt.KeyboardModifier | None = None,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        canvas = self.canvas
        QTest.mouseMove(canvas, start)
        QTest.mousePress(canvas, button, modifiers if press_with is None else press_with, start)
        for share in (0.4, 1.0):
            self.move(start + by * share, modifiers, button)
        if release:
            QTest.mouseRelease(canvas, button, modifiers, start + by)

    def move(
        self,
        place: QPoint,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        # QTest.mouseMove has no modifiers and no buttons
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(place), self.canvas.mapToGlobal(QPointF(place)), button, button, modifiers
        )
        QApplication.sendEvent(self.canvas, event)

    def click(self, place: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.canvas, Qt.MouseButton.LeftButton, modifiers, place)

    def double_click(self, place: QPoint) -> None:
        QTest.mouseMove(self.canvas, place)
        QTest.mouseDClick(self.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def beats(self, count: float) -> int:
        """Pixels of so many beats."""
        return round(count * BEAT / self.view.viewport.frames_per_px)


@pytest.fixture
def opened(document: Document, source_file: Path, tmp_path: Path) -> Document:
    """The document with the song open."""
    folder = tmp_path / "Song"
    document.new(folder, new_project("Song", rate=RATE))
    source = import_audio(folder, source_file, RATE)
    document.apply("Build", lambda _: song(source))
    return document


@pytest.fixture
def view(opened: Document, theme: Theme, qtbot: QtBot) -> Iterator[TimelineView]:
    """The timeline, 1000 × 400, with 100 frames a pixel (40 px a beat) and all waveforms read."""
    bridge = PlayerBridge(opened)
    peaks = PeakStore(opened)
    widget = TimelineView(opened, theme, peaks, bridge)
    widget.resize(1000, 400)
    with qtbot.waitExposed(widget):
        widget.show()
    qtbot.waitUntil(lambda: all(map(peaks.is_ready, opened.project.sources)))
    widget.viewport.set_zoom(100.0, 0)
    widget.canvas.setFocus()
    yield widget
    widget.close()
    bridge.close()
    widget.deleteLater()


@pytest.fixture
def hand(view: TimelineView) -> Hand:
    return Hand(view)
