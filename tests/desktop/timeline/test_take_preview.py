"""Listening to takes: what is heard, and what ends it."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt

from desktop.timeline import take_preview
from desktop.timeline.take_preview import TakePreview
from engine.project import edits
from engine.project.model import Project


class Ear:
    """Stands where the player would be and notes what it is given."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.gains: list[float] = []
        self.previews: list[Callable[[Project], Project] | None] = []
        self.playing, self.position = False, 0
        self.audition_frame: int | None = None

    def audition(self, file: object, gain_db: float = 0.0, track_id: str = "") -> None:
        self.heard.append(file)
        self.gains.append(gain_db)

    def preview(self, edit: Callable[[Project], Project] | None) -> None:
        self.previews.append(edit)


def test_a_take_is_heard_ended_and_heard_anew(hand, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(take_preview, "monotonic", lambda: now[0])
    ear = Ear()
    listening = TakePreview(hand.canvas.document, ear)
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
    track = replace(project.tracks[0], clips=(clip.playing(replace(clip.stretch, offset=10**9)),))
    document.apply("far", lambda p: replace(p, tracks=(track, *p.tracks[1:])))
    assert "no sound" in TakePreview(document, Ear()).wish("a", 0)


def test_escape_ends_listening(hand, qtbot):
    with qtbot.waitSignal(hand.canvas.audition_requested) as wish:
        hand.key(Qt.Key.Key_Escape)
    assert wish.args == ["", -1]


def test_a_take_alone_is_as_loud_as_the_clip_would_play_it(hand):
    document = hand.canvas.document
    document.apply("quieter", lambda p: edits.set_clip(p, ["a"], gain_db=-4.0))
    ear = Ear()
    TakePreview(document, ear).wish("a", 0)
    assert ear.gains == [-4.0 + hand.clip("a").takes[0].gain_db]


def test_while_the_song_plays_a_take_is_heard_in_its_place(hand):
    document, clip_id = hand.canvas.document, "a"
    second = replace(hand.clip("a").chosen, id="second")
    document.apply("take", lambda p: edits.add_take(p, "a", second))
    ear = Ear()
    ear.playing, ear.position = True, document.project.start_of(hand.clip(clip_id)) + 10
    listening = TakePreview(document, ear)
    before = document.project
    assert "in the song" in listening.wish(clip_id, 1)
    assert listening.heard == (clip_id, 1)
    found = ear.previews[-1](before).find_clip(clip_id)
    assert found[1].take == 1
    assert document.project is before
    # another edit leaves it, choosing a take ends it
    document.apply("name", lambda p: edits.set_clip(p, [clip_id], name="other"))
    listening.song_changed()
    assert listening.heard
    document.apply("choose", lambda p: edits.choose_take(p, clip_id, 1))
    listening.song_changed()
    assert listening.heard is None
    assert ear.previews[-1] is None
    listening.wish(clip_id, 0)
    listening.playing_changed(False)
    assert listening.heard is None


def test_the_button_on_a_lane_lets_it_be_heard(hand, qtbot):
    second = replace(hand.clip("a").chosen, id="second")
    hand.canvas.document.apply("take", lambda p: edits.add_take(p, "a", second))
    row = hand.canvas.rows.of("Drums")
    button = hand.canvas.places.listen_rect(row, hand.clip("a"), 1)
    with qtbot.waitSignal(hand.canvas.audition_requested) as wish:
        hand.click(button.center().toPoint())
    assert wish.args == ["a", 1]
    assert hand.clip("a").take == 0
    assert hand.canvas.overlay.heard == ("a", 1)
    hand.view.viewport.set_zoom(4000.0, 0)
    assert hand.canvas.places.listen_rect(row, hand.clip("a"), 1).isEmpty()


def test_a_take_that_is_played_alone_shows_where_it_is(hand, monkeypatch):
    ear = Ear()
    monkeypatch.setattr(take_preview, "monotonic", lambda: 0.0)
    listening = TakePreview(hand.canvas.document, ear)
    assert listening.frame is None
    listening.wish("a", 0)
    ear.audition_frame = 1234
    start = hand.project.start_of(hand.clip("a"))
    assert listening.frame == start + 1234
    overlay = hand.canvas.overlay
    overlay.heard, overlay.heard_frame = ("a", 0), None
    before = hand.canvas.grab().toImage()
    overlay.heard_frame = start + 4000
    assert hand.canvas.grab().toImage() != before
    listening.end()
    assert listening.frame is None


def test_what_was_said_of_listening_goes_when_it_is_over(view, hand, monkeypatch):
    now, said = [0.0], []
    monkeypatch.setattr(take_preview, "monotonic", lambda: now[0])
    view.hint_changed.connect(said.append)
    hand.canvas.audition_requested.emit("a", 0)
    assert "take 1" in said[-1]
    now[0] = 10.0
    view._show_heard()
    assert said[-1] == ""
