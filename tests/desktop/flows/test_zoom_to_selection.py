"""Zoom to Selection: what is selected fills the view, and the second press goes back."""

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from engine.project import edits
from engine.project.model import Clip, NoteContent, Take
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk


@pytest.fixture
def long_song(song: "Desk") -> "Desk":
    """The song with an empty clip of twenty bars."""
    clip = Clip("c", place_at(Fraction(0)), 1_920_000, (Take("t", NoteContent(())),), name="c")
    song.document.apply("Clip", lambda p: edits.add_clip(p, "bass", clip))
    song.timeline.fit()
    return song


def test_selected_time_fills_the_view_and_a_second_press_goes_back(long_song: "Desk") -> None:
    viewport = long_song.timeline.viewport
    before = viewport.frames_per_px, viewport.left
    long_song.document.select([], region=(96_000, 144_000))
    long_song.actions["zoom_selection"].trigger()
    assert viewport.x(96_000) >= 0
    assert viewport.x(144_000) <= viewport.width
    assert viewport.x(144_000) - viewport.x(96_000) > 0.8 * viewport.width
    long_song.actions["zoom_selection"].trigger()
    assert (viewport.frames_per_px, viewport.left) == before


def test_after_scrolling_it_zooms_again(long_song: "Desk") -> None:
    viewport = long_song.timeline.viewport
    long_song.document.select([], region=(96_000, 144_000))
    long_song.actions["zoom_selection"].trigger()
    there = viewport.frames_per_px, viewport.left
    viewport.scroll_by(-50, 0)
    long_song.actions["zoom_selection"].trigger()
    assert (viewport.frames_per_px, viewport.left) == there


def test_with_nothing_selected_it_says_what_to_do(long_song: "Desk") -> None:
    before = long_song.timeline.viewport.frames_per_px
    long_song.document.select([])
    long_song.actions["zoom_selection"].trigger()
    assert long_song.timeline.viewport.frames_per_px == before
    assert long_song.status.hint.startswith("Select clips or time first")
