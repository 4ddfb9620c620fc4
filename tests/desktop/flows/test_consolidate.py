"""Consolidate in the window: one new clip a track, in one undo step."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from engine.project import edits
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk


@pytest.fixture
def two_clips(song: "Desk", wav: Path, qtbot: QtBot) -> "Desk":
    """The song with a clip of two seconds on the first track, split at its middle; both parts are selected."""
    document = song.document
    document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(document.project.tracks[0].clips), timeout=20_000)
    document.apply("Split", lambda p: edits.split(p, [p.tracks[0].clips[0].id], place_at(48_000)))
    document.select([clip.id for _, clip in document.project.clips()])
    return song


def test_the_selected_clips_become_one_in_one_step(two_clips: "Desk", qtbot: QtBot) -> None:
    document = two_clips.document
    before = document.project
    two_clips.actions["consolidate"].trigger()
    qtbot.waitUntil(lambda: len(document.project.tracks[0].clips) == 1, timeout=20_000)
    (clip,) = document.project.tracks[0].clips
    assert (document.project.start_of(clip), clip.length, clip.name) == (0, 96_000, before.tracks[0].clips[0].name)
    assert clip.chosen.source not in before.sources
    assert document.selection.clips == {clip.id}
    assert document.history.undo_name == "Consolidate"
    document.undo()
    assert document.project is before


def test_of_selected_time_the_rest_stays(two_clips: "Desk", qtbot: QtBot) -> None:
    document = two_clips.document
    document.select(document.selection.clips, region=(24_000, 72_000))
    two_clips.actions["consolidate"].trigger()
    qtbot.waitUntil(lambda: document.history.undo_name == "Consolidate", timeout=20_000)
    project = document.project
    spans = [(project.start_of(clip), project.end_of(clip)) for clip in project.tracks[0].clips]
    assert spans == [(0, 24_000), (24_000, 72_000), (72_000, 96_000)]


def test_muted_clips_are_refused_with_a_sentence(two_clips: "Desk") -> None:
    document = two_clips.document
    document.apply("Mute", lambda p: edits.set_clip(p, document.selection.clips, mute=True))
    two_clips.actions["consolidate"].trigger()
    assert "are muted" in two_clips.message_bar.text
    assert len(document.project.tracks[0].clips) == 2


def test_a_track_is_frozen_and_given_back_and_bounced_in_place(two_clips: "Desk", qtbot: QtBot) -> None:
    document = two_clips.document
    document.apply("Add", lambda p: edits.add_device(p, "drums", "utility", {"gain_db": -6.0}, device_id="u"))
    before = document.project
    document.select([], track="drums")
    two_clips.actions["freeze_track"].trigger()
    qtbot.waitUntil(lambda: document.project.tracks[0].frozen is not None, timeout=20_000)
    (clip,) = document.project.tracks[0].clips
    assert (document.project.start_of(clip), clip.length) == (0, 96_000)
    assert document.history.undo_name == "Freeze track"
    two_clips.actions["freeze_track"].trigger()
    assert document.project.tracks == before.tracks
    document.undo()
    document.undo()
    assert document.project is before
    two_clips.actions["bounce_in_place"].trigger()
    qtbot.waitUntil(lambda: len(document.project.tracks[0].clips) == 1, timeout=20_000)
    assert (document.project.tracks[0].devices, document.project.tracks[0].frozen) == ((), None)
    document.undo()
    assert document.project is before
