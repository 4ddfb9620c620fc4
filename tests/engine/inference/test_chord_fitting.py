"""Notes of clips follow the chords that lie over them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.errors import EditError
from engine.inference.chord_fitting import fit_to_song
from engine.inference.song_form import song_form
from engine.project import edits
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Project, Take, new_project
from engine.timing.position import Position

BEAT = 24_000


@pytest.fixture
def project() -> Project:
    """C E G E in quarter notes over two bars, as keys and as drums, under A minor and G."""
    project = new_project("Song")
    for name, role in (("Keys", "chords"), ("Kit", "drums")):
        project = edits.add_track(project, name, track_id=name)
        kit = Instrument("kit", drums=True) if role == "drums" else None
        project = edits.set_track(project, name, role=role, **({"instrument": kit} if kit else {}))  # type: ignore[arg-type]
        pitches = (60, 64, 67, 64) * 2
        notes = tuple(NoteEvent(Fraction(n), Fraction(1), pitch) for n, pitch in enumerate(pitches))
        clip = Clip(name.lower(), Position.at_beat(Fraction(4)), 8 * BEAT, (Take("t" + name, NoteContent(notes)),))
        project = edits.add_clip(project, name, clip)
    project = edits.write_span(project, "chords", Fraction(4), Fraction(8), "Am")
    return edits.write_span(project, "chords", Fraction(8), Fraction(12), "G")


def pitches(project: Project, clip_id: str) -> list[int]:
    place = project.find_clip(clip_id)
    assert place
    content = place[1].content
    assert isinstance(content, NoteContent)
    return [note.pitch for note in content.notes]


def test_notes_go_to_tones_of_the_chords_and_drums_stay(project: Project) -> None:
    fitted = fit_to_song(project)
    assert pitches(fitted, "kit") == pitches(project, "kit")
    first, second = pitches(fitted, "keys")[:4], pitches(fitted, "keys")[4:]
    assert {pitch % 12 for pitch in first} <= {9, 0, 4}, "A C E"
    assert {pitch % 12 for pitch in second} <= {7, 11, 2}, "G B D"
    for four in (first, second):
        assert four[0] <= four[1] <= four[2] >= four[3], "the contour of C E G E"
    place = fitted.find_clip("keys")
    assert place
    assert isinstance(place[1].content, NoteContent)
    assert [(note.start, note.length) for note in place[1].content.notes] == [(n, 1) for n in range(8)]
    assert fit_to_song(fitted) is fitted, "twice is once"


def test_only_what_is_asked_for_changes(project: Project) -> None:
    fitted = fit_to_song(project, first=Fraction(8), last=Fraction(12))
    assert pitches(fitted, "keys")[:4] == [60, 64, 67, 64]
    assert pitches(fitted, "keys")[4:] != [60, 64, 67, 64]
    with pytest.raises(EditError, match="no notes with a pitch"):
        fit_to_song(project, clips=["kit"])
    with pytest.raises(EditError, match="has no chords"):
        fit_to_song(replace(project, chords=()))


def test_what_is_written_by_hand_lies_over_what_clips_say(project: Project) -> None:
    form = song_form(project)
    assert [(each.start, each.end, each.symbol, each.by_hand) for each in form.chords] == [
        (4, 8, "Am", True), (8, 12, "G", True),
    ]  # fmt: skip
    hidden = edits.write_span(project, "chords", Fraction(6), Fraction(10), "")
    assert [(each.start, each.end) for each in song_form(hidden).chords] == [(4, 6), (10, 12)]
