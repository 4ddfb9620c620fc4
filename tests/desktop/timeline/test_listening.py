"""Listening to takes: what is heard, and what ends it."""

from dataclasses import replace

from PySide6.QtCore import Qt

from desktop.timeline import audition
from desktop.timeline.audition import Listening


class Ear:
    """Stands where the player would be and notes what it is given."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def audition(self, file: object) -> None:
        self.heard.append(file)


def test_a_take_is_heard_ended_and_heard_anew(hand, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(audition, "monotonic", lambda: now[0])
    ear = Ear()
    listening = Listening(hand.canvas.document, ear)
    assert "take 1" in listening.wish("a", 0)
    assert listening.wish("a", 0) == ""
    assert ear.heard[1] is None
    assert listening.wish("a", 0)
    # it has played to its end: the same wish is a new one
    now[0] = 10.0
    assert listening.wish("a", 0)
    assert [each is None for each in ear.heard] == [False, True, False, False]
    assert listening.wish("", -1) == ""
    assert ear.heard[-1] is None


def test_nothing_to_hear_is_said(hand):
    document = hand.canvas.document
    clip = hand.clip("a")
    project = document.project
    track = replace(project.tracks[0], clips=(replace(clip, offset=10**9),))
    document.apply("far", lambda p: replace(p, tracks=(track, *p.tracks[1:])))
    assert "no sound" in Listening(document, Ear()).wish("a", 0)


def test_escape_ends_listening(hand, qtbot):
    with qtbot.waitSignal(hand.canvas.audition_requested) as wish:
        hand.key(Qt.Key.Key_Escape)
    assert wish.args == ["", -1]
