"""A note that is touched is heard: on its track's instrument, once, and never over the playing song."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.bridge import PlayerBridge
from desktop.notes.audition import NoteAudition
from engine.project.model import Clip, NoteContent, Project
from engine.project.sample_file import SampleFile
from tests.desktop.notes.conftest import NONE, Player

FILE = SampleFile("note.f32", "<f4", 0, 2, 100)


class Bridge:
    """A player that says what it was told."""

    def __init__(self) -> None:
        self.started, self.playing = True, False
        self.heard: list[tuple[SampleFile, float, str]] = []

    def audition(self, file: SampleFile, gain_db: float, track_id: str) -> None:
        self.heard.append((file, gain_db, track_id))


def test_a_note_is_rendered_alone_and_heard_on_its_track(player: Player) -> None:
    bridge = Bridge()
    asked: list[tuple[Clip, Project, Callable[[SampleFile], None]]] = []
    audition = NoteAudition(
        player.session, cast(PlayerBridge, bridge), lambda clip, project, done: asked.append((clip, project, done))
    )
    audition.hear(64, 100)
    audition.hear(67, 100)
    assert [len(project.tracks) for _, project, _ in asked] == [1, 1]
    assert asked[0][1].tracks[0].instrument == player.document.project.tracks[0].instrument
    content = asked[1][0].content
    assert isinstance(content, NoteContent)
    assert [(n.pitch, n.velocity, n.start) for n in content.notes] == [(67, 105, Fraction(0))]
    asked[0][2](FILE)
    assert bridge.heard == [], "another note was asked for meanwhile"
    asked[1][2](FILE)
    assert bridge.heard == [(FILE, 0.0, "m")]
    for silent in ({"playing": True}, {"started": False}):
        for name, value in silent.items():
            setattr(bridge, name, value)
        audition.hear(60, 90)
    assert len(asked) == 2
    player.session.change(audible=False)
    bridge.playing, bridge.started = False, True
    audition.hear(60, 90)
    assert len(asked) == 2
    player.session.settings = replace(player.session.settings, audible=True)


def test_clicks_drags_and_keys_touch_notes(player: Player) -> None:
    touched: list[tuple[int, int]] = []
    player.editor.pointer.touched.connect(lambda *note: touched.append(note))
    player.editor.names.pressed.connect(lambda *note: touched.append(note))
    player.click(player.at(2.5, 67))
    assert touched == [(67, 60)]
    player.drag(player.at(1.5, 64), player.at(1.5, 66))
    assert touched[1:] == [(64, 96), (65, 96), (66, 96)]
    touched.clear()
    place = player.at(0, 62)
    place.setX(20)
    QTest.mouseClick(player.editor.names, Qt.MouseButton.LeftButton, NONE, place)
    assert touched == [(62, 96)]
