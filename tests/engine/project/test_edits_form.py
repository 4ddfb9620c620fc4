"""Chords and sections by hand, and passages with all that lies in them."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EditError, ProjectFileError
from engine.project import edits
from engine.project.codec import Encoder, decode
from engine.project.model import Clip, NamedSpan, NoteContent, NoteEvent, Project, Take, new_project
from engine.project.turns import notes_of
from engine.timing.duration import Duration
from engine.timing.position import Position
from engine.timing.signature import Signature

BEAT = 24_000  # frames, at 48 kHz and 120 BPM


def spans(*each: tuple[int, int, str]) -> tuple[NamedSpan, ...]:
    return tuple(NamedSpan(Fraction(start), Fraction(end), text) for start, end, text in each)


def at(beat: int) -> Fraction:
    return Fraction(beat)


def song(*clips: tuple[int, int]) -> Project:
    """One track with clips of notes (first beat, beats); each beat of the song has a pitch of its own."""
    project = edits.add_track(new_project("Song"), "Keys", track_id="keys")
    for number, (start, beats) in enumerate(clips):
        notes = tuple(NoteEvent(Fraction(beat), Fraction(1), 30 + start + beat) for beat in range(beats))
        take = Take(f"take{number}", NoteContent(notes))
        clip = Clip(f"clip{number}", Position.at_beat(at(start)), beats * BEAT, (take,))
        project = edits.add_clip(project, "keys", clip)
    return project


def heard(project: Project) -> list[tuple[int, int]]:
    """(beat, pitch) of every note."""
    return sorted((int(note.start), note.pitch) for _, clip in project.clips() for note in notes_of(project, clip))


def test_what_is_written_lies_over_what_was_there() -> None:
    project = edits.write_span(new_project("Song"), "chords", at(0), at(8), "Am7")
    project = edits.write_span(project, "chords", at(2), at(4), "F/A")
    assert project.chords == spans((0, 2, "Am7"), (2, 4, "F/A"), (4, 8, "Am7"))
    assert edits.write_span(project, "chords", at(2), at(4), "F/A") is project
    assert edits.write_span(project, "chords", at(0), at(8), "").chords == spans((0, 8, ""))
    project = edits.write_span(project, "sections", at(0), at(8), "  Verse\n1 ")
    assert project.sections == spans((0, 8, "Verse 1"))


@pytest.mark.parametrize(
    ("lane", "start", "end", "text", "words"),
    [
        ("chords", 0, 4, "H7", "no chord that is known"),
        ("chords", -4, 4, "Am", "choose a place after its start"),
        ("sections", 4, 4, "Verse", "too short"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(lane: str, start: int, end: int, text: str, words: str) -> None:
    with pytest.raises(EditError, match=words):
        edits.write_span(new_project("Song"), lane, at(start), at(end), text)  # type: ignore[arg-type]


def test_a_chord_is_moved_split_and_its_edges_dragged() -> None:
    project = replace(new_project("Song"), chords=spans((0, 4, "Am"), (4, 8, "F")))
    am, f = project.chords
    assert edits.move_span(project, "chords", am, at(10)).chords == spans((0, 4, ""), (4, 8, "F"), (10, 14, "Am"))
    assert edits.split_span(project, "chords", f, at(6)).chords == spans((0, 4, "Am"), (4, 6, "F"), (6, 8, "F"))
    assert edits.move_edge(project, "chords", am, f, at(6)).chords == spans((0, 6, "Am"), (6, 8, "F"))
    assert edits.move_edge(project, "chords", am, f, at(20)).chords[0].end == Fraction(31, 4), "a sixteenth is left"
    assert edits.move_edge(project, "chords", f, None, at(6)).chords == spans((0, 4, "Am"), (4, 6, "F"), (6, 8, ""))
    with pytest.raises(EditError, match="nothing to split"):
        edits.split_span(project, "chords", f, at(8))


def test_inserted_time_moves_them_along() -> None:
    project = replace(new_project("Song"), chords=spans((0, 4, "Am"), (4, 8, "F")), sections=spans((0, 8, "verse")))
    project = edits.ripple_insert(project, Position.at_beat(at(4)), Duration.of_beats(at(2)))
    assert project.chords == spans((0, 4, "Am"), (6, 10, "F"))
    assert project.sections == spans((0, 4, "verse"), (6, 10, "verse"))


def test_a_file_and_the_journal_hold_them() -> None:
    project = replace(new_project("Song"), chords=spans((0, 4, "Am")), sections=spans((0, 8, "verse"), (8, 9, "")))
    assert decode(Encoder().encode(project)) == project
    assert b"chords" not in Encoder().encode(new_project("Song")), "a song without them is written as before"
    overlapping = Encoder().encode(project).replace(b'"start": "8"', b'"start": "7"')
    with pytest.raises(ProjectFileError, match="has sections that overlap"):
        decode(overlapping)


def test_a_passage_is_duplicated_with_all_that_lies_in_it() -> None:
    project = song((0, 6), (8, 4))
    project = edits.add_marker(project, Position.at_beat(at(5)), "Here")
    project = replace(project, chords=spans((4, 8, "F"), (8, 12, "C")))
    double = edits.duplicate_passage(project, at(4), at(8))
    there = [(beat, 30 + beat) for beat in range(6)]
    assert heard(double) == [*there, (8, 34), (9, 35), *((beat + 4, 30 + beat) for beat in range(8, 12))]
    assert double.chords == spans((4, 8, "F"), (8, 12, "F"), (12, 16, "C"))
    assert [marker.position.beat for marker in double.markers] == [5, 9]
    assert len({marker.id for marker in double.markers}) == 2
    first, copy, last = double.tracks[0].clips
    assert first is project.tracks[0].clips[0], "what does not move stays as it is"
    assert (copy.length, last.id) == (2 * BEAT, "clip1")


def test_a_passage_is_moved_and_taken_out() -> None:
    project = song((0, 4), (4, 4), (8, 4))
    moved = edits.move_passage(project, at(0), at(4), at(8))
    assert [pitch - 30 for _, pitch in heard(moved)] == [4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11]
    assert {clip.id for _, clip in moved.clips()} == {"clip0", "clip1", "clip2"}
    back = edits.move_passage(moved, at(4), at(8), at(0))
    assert heard(back) == heard(project)
    assert edits.move_passage(project, at(4), at(8), at(6)) is project
    shorter = edits.remove_passage(project, at(4), at(8))
    assert [pitch - 30 for _, pitch in heard(shorter)] == [0, 1, 2, 3, 8, 9, 10, 11]


def test_changes_of_tempo_and_signature_go_along() -> None:
    project = edits.add_tempo_point(song((0, 4)), at(8), Fraction(90))
    project = edits.add_tempo_point(project, at(16), Fraction(140))
    moved = edits.move_passage(project, at(8), at(16), at(0))
    assert (moved.tempo, [(p.beat, p.bpm) for p in moved.tempo_changes]) == (90, [(8, 120), (16, 140)])
    double = edits.duplicate_passage(project, at(4), at(8))
    assert [(p.beat, p.bpm) for p in double.tempo_changes] == [(12, 90), (20, 140)]
    ramp = edits.set_ramp(project, at(16), True)
    with pytest.raises(EditError, match="on its way"):
        edits.move_passage(ramp, at(12), at(16), at(0))
    waltz = edits.add_signature_change(song((0, 12)), 3, Signature(3, 4))
    moved = edits.move_passage(waltz, at(8), at(11), at(0))
    assert (moved.signature, moved.signature_changes[0].bar, moved.signature_changes[0].signature) == (
        Signature(3, 4), 2, Signature(4, 4),
    )  # fmt: skip
    assert [(change.bar, str(change.signature)) for change in moved.signature_changes] == [(2, "4/4"), (4, "3/4")]
    with pytest.raises(EditError, match="move whole bars"):
        edits.move_passage(waltz, at(9), at(11), at(0))


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.sets(st.integers(1, 23), max_size=6),
    first=st.integers(0, 22),
    beats=st.integers(1, 12),
    to=st.integers(0, 30),
)
def test_passages_are_permutations_of_beats(cuts: set[int], first: int, beats: int, to: int) -> None:
    edges = [0, *sorted(cuts), 24]
    project = song(*((start, end - start) for start, end in pairwise(edges)))
    order, last = list(range(60)), first + beats
    rest = order[:first] + order[last:]
    place = to if to < first else max(to - beats, first)
    wanted = rest[:place] + order[first:last] + rest[place:]
    moved = edits.move_passage(project, at(first), at(last), at(to))
    assert heard(moved) == [(beat, 30 + old) for beat, old in enumerate(wanted) if old < 24]
    double = edits.duplicate_passage(project, at(first), at(last))
    twice = order[:last] + order[first:]
    elsewhere = edits.duplicate_passage(project, at(first), at(last), at(to))
    wanted = order[:to] + order[first:last] + order[to:]
    assert heard(elsewhere) == [(beat, 30 + old) for beat, old in enumerate(wanted) if old < 24]
    assert heard(double) == [(beat, 30 + old) for beat, old in enumerate(twice) if old < 24]
    gone = edits.remove_passage(project, at(first), at(last))
    assert heard(gone) == [(beat, 30 + old) for beat, old in enumerate(rest) if old < 24]
    ids = [clip.id for _, clip in double.clips()]
    assert len(set(ids)) == len(ids)
