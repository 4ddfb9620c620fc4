"""The audio editor in the window: opened from the timeline, worked by mouse and keys, each step undone by one."""

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.audio import Audio
from engine.project import edits
from engine.project.model import AudioContent, Clip, audio_clip, audio_take
from engine.project.storing import store_sound
from tests.engine.cli.test_warp_commands import RATE, clicks
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

NONE, SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Editor:
    """The editor with a warped clip of clicks at 120 BPM, four beats from beat 4 on."""

    def __init__(self, desk: "Desk") -> None:
        self.desk, self.view = desk, desk.editors().audio
        document = desk.document
        assert document.folder
        source = store_sound(document.folder, Audio(np.repeat(clicks(120, 4), 2, axis=1), RATE), "Clicks")
        clip = audio_clip("c", place_at(Fraction(4)), 2 * RATE, (audio_take("t", source.id),), name="Clicks")
        document.apply("Add", lambda p: edits.add_clip(edits.add_source(p, source), "drums", clip))
        document.apply("Warp", lambda p: edits.warp_clip(p, "c", Fraction(120)))

    @property
    def clip(self) -> Clip:
        place = self.desk.document.project.find_clip("c")
        assert place
        return place[1]

    @property
    def markers(self) -> list[tuple[int, Fraction]]:
        content = self.clip.content
        assert isinstance(content, AudioContent)
        return [(marker.frame, marker.beat) for marker in content.markers]

    def place(self, beat: float, y: float) -> QPoint:
        """A place on the canvas, in beats of the song."""
        return QPointF(self.view.viewport.x(beat * RATE / 2), y).toPoint()

    def drag(self, start: QPoint, end: QPoint) -> None:
        canvas = self.view.canvas
        canvas.pointer.press(QPointF(start), Qt.MouseButton.LeftButton, NONE)
        for share in (0.5, 1.0):
            canvas.pointer.move(QPointF(start + (end - start) * share), Qt.MouseButton.LeftButton, NONE)
        canvas.pointer.release(QPointF(end), Qt.MouseButton.LeftButton, NONE)

    def double_click(self, place: QPoint) -> None:
        QTest.mouseDClick(self.view.canvas, Qt.MouseButton.LeftButton, NONE, place)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view.canvas, key, modifiers)


@pytest.fixture
def editor(song: "Desk") -> Editor:
    """Opened by a double-click on the clip's body."""
    editor = Editor(song)
    song.window.activateWindow()
    song.timeline.fit()
    canvas = song.timeline.canvas
    row = canvas.rows.of("drums")
    assert row
    body = canvas.places.body_rect(row, editor.clip).center().toPoint()
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, NONE, body)
    return editor


def test_it_opens_with_the_keyboard_and_says_what_it_holds(editor: Editor, qtbot: QtBot) -> None:
    desk, canvas = editor.desk, editor.view.canvas
    assert desk.bottom.current == "Editor"
    assert desk.editors().currentWidget() is editor.view
    assert QApplication.focusWidget() is canvas
    assert canvas.accessibleName() == "Audio of the clip"
    assert canvas.accessibleDescription() == "Clicks: 2 warp markers, 0 gain points"
    qtbot.waitUntil(lambda: len(editor.view.session.attacks) > 0, timeout=60000)
    qtbot.waitUntil(lambda: canvas.spectrogram.image is not None, timeout=60000)
    zoom = editor.view.viewport.frames_per_px
    desk.actions["zoom_in"].trigger()
    assert editor.view.viewport.frames_per_px < zoom
    assert not canvas.grab().isNull()


def test_markers_lie_on_attacks_and_are_dragged_along_the_grid(editor: Editor, qtbot: QtBot) -> None:
    beat = RATE // 2
    qtbot.waitUntil(lambda: len(editor.view.session.attacks) > 0, timeout=60000)
    near = editor.place(6, 8) + QPoint(4, 0)  # of the attack of the third beat
    editor.double_click(near)
    [_, (frame, place), _] = editor.markers
    assert abs(frame - 2 * beat) <= RATE / 1000
    assert abs(place - 2) <= Fraction(1, 400)
    editor.drag(editor.place(6, 8), editor.place(6.5, 8) + QPoint(2, 0))
    assert editor.markers[1] == (frame, Fraction(5, 2))
    editor.key(Qt.Key.Key_Left, ALT)  # a sixteenth back
    assert editor.markers[1][1] == Fraction(9, 4)
    assert editor.clip.length == 4 * beat
    editor.desk.document.undo()
    editor.desk.document.undo()
    assert abs(editor.markers[1][1] - 2) <= Fraction(1, 400)
    editor.key(Qt.Key.Key_Delete)
    assert len(editor.markers) == 2


def test_the_envelope_is_drawn_and_moved(editor: Editor) -> None:
    stage = editor.view.stage
    editor.double_click(editor.place(5, stage.level_y(0.0)))
    [point] = editor.clip.envelope
    assert abs(point.frame - RATE // 2) <= editor.view.viewport.frames_per_px
    assert abs(point.gain_db) <= 0.5
    start = stage.point_place(point).toPoint()
    editor.drag(start, QPoint(start.x(), round(stage.level_y(-12.0))))
    assert abs(editor.clip.envelope[0].gain_db + 12) <= 0.6
    level = editor.clip.envelope[0].gain_db
    editor.key(Qt.Key.Key_Up)
    assert editor.clip.envelope[0].gain_db == pytest.approx(level + 1)
    editor.drag(editor.place(7, stage.level_y(level + 1)), editor.place(7, stage.level_y(0.0)))
    assert len(editor.clip.envelope) == 2
    editor.key(Qt.Key.Key_Delete)
    assert len(editor.clip.envelope) == 1
    editor.view.side.clear.click()
    assert editor.clip.envelope == ()
    editor.desk.document.undo()
    assert len(editor.clip.envelope) == 1


def test_beats_are_heard_and_pitch_is_set_beside_it(editor: Editor, qtbot: QtBot) -> None:
    editor.desk.document.apply("Own speed", lambda p: edits.unwarp_clips(p, ["c"]))
    assert not editor.clip.content.follows_tempo
    editor.view.side.hear.click()
    qtbot.waitUntil(lambda: editor.clip.content.follows_tempo, timeout=60000)
    assert [beat for _, beat in editor.markers] == [0, 4]
    editor.view.side.warp.transpose.edited.emit(-3.0, "1")
    assert getattr(editor.clip.content, "transpose", 0) == -3
