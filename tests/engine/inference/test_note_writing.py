"""What the composer makes of selected notes: in their place, in their range, to the chords, and as one edit."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from engine.errors import EditError, EngineError
from engine.inference.note_writing import (
    NoteSelection,
    Written,
    theme_of,
    with_written,
    written_again,
    written_fill,
    written_on,
    written_variation,
)
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip, Instrument, NoteContent, NoteEvent, Project, Take, Track, new_project
from engine.timing.position import Position

BEAT = 24000  # frames at 120 BPM
SCALE = {0, 2, 4, 5, 7, 9, 11}  # C major
TUNE = tuple(
    NoteEvent(Fraction(start), Fraction(1), pitch, 90)
    for start, pitch in enumerate((72, 76, 79, 76, 77, 76, 74, 72, 76, 79, 84, 79, 77, 74, 71, 72))
)
LINE = tuple(
    NoteEvent(Fraction(2 * n), Fraction(1), pitch, 90) for n, pitch in enumerate((36, 36, 33, 33, 29, 29, 31, 31))
)
GROOVE = tuple(
    NoteEvent(Fraction(start, 2), Fraction(1, 4), pitch, 90)
    for start in range(16)
    for pitch in ((36, 42) if start % 4 == 0 else (38, 42) if start % 4 == 2 else (42,))
)
CHORDS = tuple(
    NoteEvent(Fraction(4 * bar), Fraction(4), pitch, 80)
    for bar, pitches in enumerate(((60, 64, 67), (57, 60, 64), (53, 57, 60), (55, 59, 62)))
    for pitch in pitches
)


def part(name: str, role: str, notes: tuple[NoteEvent, ...], beats: int = 16, first_beat: int = 4) -> Track:
    clip = Clip(name, Position.at_beat(Fraction(first_beat)), beats * BEAT, (Take(f"take {name}", NoteContent(notes)),))
    return Track(name, name, 0, clips=(clip,), role=role, instrument=Instrument(drums=role == "drums"))


@pytest.fixture(scope="module")
def song() -> Project:
    """C, Am, F and G with a tune, a bass and drums, from bar 2 on."""
    tracks = (
        part("tune", "lead", TUNE),
        part("bass", "bass", LINE),
        part("chords", "chords", CHORDS),
        part("drums", "drums", GROOVE, 8),
    )
    return replace(new_project("Song", rate=48000), tracks=tracks)


def selected(song: Project, clip_id: str, *indices: int) -> NoteSelection:
    return NoteSelection(song, Path(), clip_id, frozenset(indices))


def new_notes(written: Written) -> list[NoteEvent]:
    return [written.notes[index] for index in sorted(written.chosen)]


def content(p: Project, clip_id: str) -> NoteContent:
    place = p.find_clip(clip_id)
    assert place is not None
    assert isinstance(place[1].content, NoteContent)
    return place[1].content


def test_again_writes_other_notes_where_the_selected_ones_were(song: Project) -> None:
    some = tuple(range(4, 8))
    written = written_again(selected(song, "tune", *some), 1, Context())
    new = new_notes(written)
    assert [n for n in written.notes if n in TUNE] == [n for i, n in enumerate(TUNE) if i not in some], (
        "the others stay"
    )
    assert {(n.start, n.pitch) for n in new} != {(n.start, n.pitch) for n in TUNE[4:8]}
    assert all(n.start >= 4 and n.end <= 8 for n in new), "in the beats of the selection"
    assert abs(median(n.pitch for n in new) - median(n.pitch for n in TUNE[4:8])) <= 6, "in its octave"
    assert {n.pitch % 12 for n in new} <= SCALE, "in the key of the chords"
    assert 2 <= len(new) <= 8, "about as many"
    assert written_again(selected(song, "tune", *some), 1, Context()) == written, "the same seed, the same notes"


def test_a_bass_written_again_has_the_roots_of_the_chords(song: Project) -> None:
    new = new_notes(written_again(selected(song, "bass"), 3, Context()))
    for bar, root in enumerate((0, 9, 5, 7)):
        first = min((n for n in new if 4 * bar <= n.start < 4 * bar + 4), key=lambda n: n.start)
        assert first.pitch % 12 == root
    assert max(n.pitch for n in new) < 60


def test_a_variation_keeps_the_first_bars_of_every_four(song: Project) -> None:
    written = written_variation(selected(song, "tune"), 0.5, 2, Context())
    assert [n for n in sorted(written.notes, key=lambda n: n.start) if n.start < 8] == list(TUNE[:8])
    assert {(n.start, n.pitch) for n in written.notes if n.start >= 8} != {(n.start, n.pitch) for n in TUNE[8:]}


def test_a_melody_goes_on_as_a_sequence_and_its_clip_grows(song: Project) -> None:
    written = written_on(selected(song, "tune"), 5, Context())
    assert written.notes[:16] == TUNE
    new = new_notes(written)
    assert all(16 <= n.start < 32 for n in new)
    sequence = [n for n in new if n.start < 28]
    assert [n.start - 16 for n in sequence] == [n.start for n in TUNE[:12]], "its rhythm"
    assert [b.pitch > a.pitch for a, b in pairwise(sequence)] == [b.pitch > a.pitch for a, b in pairwise(TUNE[:12])]
    assert [n.pitch for n in sequence] != [n.pitch for n in TUNE[:12]]
    assert {n.pitch % 12 for n in sequence} <= SCALE
    after = with_written(song, written)
    clip = after.find_clip("tune")
    assert clip is not None
    assert after.end_of(clip[1]) == (4 + 32) * BEAT


def test_what_goes_on_ends_where_the_next_clip_begins(song: Project) -> None:
    other = Clip("next", Position.at_beat(Fraction(24)), 4 * BEAT, (Take("take next", NoteContent(())),))
    song = edits.add_clip(song, "tune", other)
    after = with_written(song, written_on(selected(song, "tune"), 5, Context()))
    clip, following = after.find_clip("tune"), after.find_clip("next")
    assert clip is not None
    assert following is not None
    assert after.end_of(clip[1]) == after.start_of(following[1]) == 24 * BEAT


def test_drums_go_on_with_their_groove_into_a_fill(song: Project) -> None:
    written = written_on(selected(song, "drums"), 1, Context())
    later = {(n.start - 8, n.pitch) for n in new_notes(written)}
    first_bar = {(n.start, n.pitch) for n in GROOVE if n.start < 4}
    assert {each for each in later if each[0] < 4} == first_bar
    assert {each for each in later if each[0] >= 4} != {(n.start, n.pitch) for n in GROOVE if n.start >= 4}
    assert {n.velocity for n in new_notes(written)} > {90}, "strokes of a fill are struck unevenly"


def test_a_fill_changes_the_end_of_its_bar_alone(song: Project) -> None:
    fills = {written_fill(selected(song, "drums"), Fraction(5), seed).notes for seed in range(12)}
    assert len(fills) > 3, "there are several"
    for notes in fills:
        assert [n for n in notes if not 4 <= n.start < 8] == [n for n in GROOVE if n.start < 4]
        strokes = [n for n in notes if n not in GROOVE]
        assert strokes
        begin = min(n.start for n in strokes if n.pitch != 36)
        kept = [n for n in GROOVE if 4 <= n.start < begin and n.pitch != 36]
        assert set(kept) <= set(notes), "the groove leads into it"


def test_a_theme_is_the_highest_voice_from_a_bar_line_on(song: Project) -> None:
    theme = theme_of(selected(song, "tune", 5, 6, 7))
    assert [(n.start, n.length, n.pitch) for n in theme] == [(1.0, 1.0, 76), (2.0, 1.0, 74), (3.0, 1.0, 72)]
    assert [n.pitch for n in theme_of(selected(song, "chords"))] == [67, 64, 60, 62]


def test_what_cannot_be_written_is_a_sentence(song: Project) -> None:
    empty = replace(song, tracks=(part("none", "lead", ()),))
    with pytest.raises(EngineError, match="no notes here yet"):
        written_again(selected(empty, "none"), 1, Context())
    looped = edits.set_loop(song, "tune", 16 * BEAT)
    with pytest.raises(EngineError, match="repeats its notes"):
        written_on(selected(looped, "tune"), 1, Context())
    written = written_again(selected(song, "tune"), 1, Context())
    changed = edits.set_notes(song, {"tune": TUNE[1:]})
    with pytest.raises(EditError, match="changed while the composer wrote"):
        with_written(changed, written)
    assert content(with_written(song, written), "tune").notes == written.notes
