"""A change of tempo says what became of the sound, and offers the other way."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from engine.project import edits
from engine.project.model import audio_clip, audio_take
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk


@pytest.fixture
def two_clips(song: "Desk", wav: Path, qtbot: QtBot) -> "Desk":
    """Two clips of four beats at 120 BPM, one after the other."""
    document = song.document
    document.import_files([wav], "drums", place_at(Fraction(0)))
    qtbot.waitUntil(lambda: any(track.clips for track in document.project.tracks), timeout=20000)
    source = next(iter(document.project.sources))

    def edit(p):  # type: ignore[no-untyped-def]
        p = edits.remove_clips(p, [clip.id for _, clip in p.clips()])
        for name, beat in (("a", 0), ("b", 4)):
            p = edits.add_clip(
                p, "drums", audio_clip(name, place_at(Fraction(beat)), 2 * p.rate, (audio_take(f"t{name}", source),))
            )
        return p

    document.apply("lay", edit)
    return song


def spans(desk: "Desk") -> dict[str, tuple[int, int]]:
    p = desk.document.project
    return {clip.id: (p.start_of(clip), p.end_of(clip)) for _, clip in p.clips()}


def test_the_notice_counts_clips_and_its_button_keeps_them_in_time(two_clips: "Desk") -> None:
    desk, rate = two_clips, two_clips.document.project.rate
    before = desk.document.project
    change, bar = desk.top_bar.tempo_change, desk.message_bar
    assert change.set(Fraction(160), "one")
    assert "2 clips" in bar.text
    assert "1 clip ends where the next begins" in bar.text
    assert spans(desk) == {"a": (0, round(1.5 * rate)), "b": (round(1.5 * rate), round(3.5 * rate))}
    bar._button.click()
    assert spans(desk) == {"a": (0, 2 * rate), "b": (2 * rate, 4 * rate)}
    assert bar.isVisible()
    bar._button.click()
    assert spans(desk)["b"][0] == round(1.5 * rate)
    for _ in range(3):
        desk.document.undo()
    assert desk.document.project is before
    assert not bar.isVisible(), "what it offered no longer holds"


def test_back_at_the_old_tempo_nothing_is_lost(two_clips: "Desk") -> None:
    desk = two_clips
    before = spans(desk)
    for step, tempo in enumerate((150, 200, 131, 120)):
        assert desk.top_bar.tempo_change.set(Fraction(tempo), f"typed {step}")
    assert spans(desk) == before
    assert not desk.message_bar.isVisible()


def test_an_empty_song_is_not_told_about_clips(song: "Desk") -> None:
    song.top_bar.tempo_change.set(Fraction(90), "x")
    assert not song.message_bar.isVisible()
