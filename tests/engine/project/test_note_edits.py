"""Edits of notes: nothing is lost, values stay in their ranges, and what should be idempotent is."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EditError
from engine.music.chords import Chord
from engine.project import edits, note_edits
from engine.project.model import Clip, NoteContent, NoteEvent, Project, Take, new_project
from engine.project.note_edits import Raster
from tests.places import place_at

BEATS = st.integers(0, 480).map(lambda ticks: Fraction(ticks, 24))
LENGTHS = st.integers(1, 120).map(lambda ticks: Fraction(ticks, 24))
NOTE = st.builds(
    NoteEvent, BEATS, LENGTHS, st.integers(0, 127), st.integers(1, 127), st.floats(-0.5, 0.5, allow_subnormal=False)
)
STEPS = st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 6), Fraction(1, 3), Fraction(3, 2)])
A_MINOR = frozenset({9, 11, 0, 2, 4, 5, 7})
CHORDS = (Chord(0.0, 4.0, 9, "m7", 9), Chord(4.0, 4.0, 2, "min", 2), Chord(8.0, 20.0, 7, "7", 7))


@st.composite
def chosen_notes(draw: st.DrawFn) -> tuple[note_edits.Notes, note_edits.Chosen]:
    notes = tuple(draw(st.lists(NOTE, max_size=12)))
    chosen = draw(st.sets(st.integers(0, len(notes) - 1))) if notes else set()
    return notes, frozenset(chosen)


def in_range(notes: note_edits.Notes) -> bool:
    return all(
        0 <= n.start <= 1 << 24
        and Fraction(1, 1 << 20) <= n.length <= 1 << 24
        and 0 <= n.pitch <= 127
        and 1 <= n.velocity <= 127
        and -16 <= n.offset <= 16
        for n in notes
    )


EDITS: dict[str, Callable[[note_edits.Notes, note_edits.Chosen], note_edits.Notes]] = {
    "move": lambda n, c: note_edits.move(n, c, Fraction(-7, 3), 30),
    "transpose": lambda n, c: note_edits.transpose(n, c, -50),
    "resize_end": lambda n, c: note_edits.resize_end(n, c, Fraction(-2), Fraction(1, 4)),
    "resize_start": lambda n, c: note_edits.resize_start(n, c, Fraction(-3), Fraction(1, 4)),
    "set_velocity": lambda n, c: note_edits.set_velocity(n, c, 300),
    "add_velocity": lambda n, c: note_edits.add_velocity(n, c, -60),
    "quantise": lambda n, c: note_edits.quantise(n, c, Raster.steady(Fraction(1, 4), 0.6), 0.5, ends=True),
    "humanise": lambda n, c: note_edits.humanise(n, c, 3, 0.2, 40.0),
    "legato": note_edits.legato,
    "fit_to_scale": lambda n, c: note_edits.fit_to_scale(n, c, A_MINOR),
    "fit_to_chords": lambda n, c: note_edits.fit_to_chords(n, c, CHORDS),
}
"""Edits that keep the number of notes."""


@pytest.mark.parametrize("name", EDITS)
@settings(max_examples=30, deadline=None)
@given(case=chosen_notes())
def test_no_note_is_lost_and_what_is_not_chosen_stays(
    name: str, case: tuple[note_edits.Notes, note_edits.Chosen]
) -> None:
    notes, chosen = case
    after = EDITS[name](notes, chosen)
    assert len(after) == len(notes)
    assert in_range(after)
    assert all(after[index] is notes[index] for index in range(len(notes)) if index not in chosen)
    assert EDITS[name](notes, frozenset()) is notes


@pytest.mark.parametrize("name", ["set_velocity", "legato", "fit_to_scale", "fit_to_chords"])
@settings(max_examples=30, deadline=None)
@given(case=chosen_notes())
def test_the_second_time_changes_nothing(name: str, case: tuple[note_edits.Notes, note_edits.Chosen]) -> None:
    notes, chosen = case
    once = EDITS[name](notes, chosen)
    assert EDITS[name](once, chosen) is once


def test_a_note_whose_end_would_meet_its_start_lasts_to_the_place_after_it() -> None:
    notes = (NoteEvent(Fraction(5, 2), Fraction(1, 2), 60), NoteEvent(Fraction(5, 2), Fraction(1, 4), 62))
    first, second = note_edits.quantise(notes, frozenset({0, 1}), Raster.steady(Fraction(1)), ends=True)
    assert (first.start, first.length) == (3, 1)
    assert (second.start, second.length) == (3, Fraction(1, 4))


@settings(max_examples=60, deadline=None)
@given(case=chosen_notes(), step=STEPS, swing=st.sampled_from([0.0, 0.5, 1.0]), ends=st.booleans())
def test_quantise_puts_all_on_the_grid_once_and_for_all(
    case: tuple[note_edits.Notes, note_edits.Chosen], step: Fraction, swing: float, ends: bool
) -> None:
    notes, chosen = case
    raster = Raster.steady(step, swing)
    once = note_edits.quantise(notes, chosen, raster, ends=ends)
    for index in chosen:
        in_bar = once[index].start % 4
        assert in_bar % step == 0
        late = float(step) / 3 * swing if in_bar / step % 2 else 0.0
        assert once[index].offset == pytest.approx(late)
        played = float(notes[index].start) + notes[index].offset
        if played >= 0:
            assert abs(float(once[index].start) + late - played) <= step / 2 * (1 + Fraction(1, 3)) + Fraction(1, 10**9)
        if not ends:
            assert once[index].length == notes[index].length
    assert note_edits.quantise(once, chosen, raster, ends=ends) is once


@settings(max_examples=50, deadline=None)
@given(case=chosen_notes(), step=STEPS)
def test_half_the_strength_leaves_half_the_distance(
    case: tuple[note_edits.Notes, note_edits.Chosen], step: Fraction
) -> None:
    notes, chosen = case
    raster = Raster.steady(step)
    half = note_edits.quantise(notes, chosen, raster, 0.5)
    whole = note_edits.quantise(notes, chosen, raster)
    for index in chosen:
        before = float(notes[index].start) + notes[index].offset
        target = float(whole[index].start)
        assert float(half[index].start) + half[index].offset == pytest.approx((before + target) / 2)


def test_quantise_by_hand() -> None:
    notes = (
        NoteEvent(Fraction(1, 10), Fraction(1, 2), 60),
        NoteEvent(Fraction(13, 10), Fraction(1, 2), 60, offset=0.1),  # played at 1.4: nearest to 1.5
        NoteEvent(Fraction(39, 10), Fraction(1, 2), 60),  # nearest to the next bar
    )
    every = frozenset(range(3))
    straight = note_edits.quantise(notes, every, Raster.steady(Fraction(1, 2)))
    assert [(n.start, n.offset) for n in straight] == [(0, 0.0), (Fraction(3, 2), 0.0), (4, 0.0)]
    triplets = note_edits.quantise(notes, every, Raster.steady(Fraction(1, 3)))
    assert [n.start for n in triplets] == [0, Fraction(4, 3), 4]
    swung = note_edits.quantise(notes, every, Raster.steady(Fraction(1, 2), 1.0))
    assert [n.start for n in swung] == [0, Fraction(3, 2), 4]
    assert [n.offset for n in swung] == pytest.approx([0.0, 1 / 6, 0.0])  # 1.5 is played at 1 2/3
    ends = note_edits.quantise(notes, every, Raster.steady(Fraction(1)), starts=False, ends=True)
    assert [n.end for n in ends] == [1, 2, Fraction(22, 5)]  # the last would be shorter than a step


def test_the_grid_begins_anew_at_each_bar_and_with_each_signature() -> None:
    seven = Raster((note_edits.Stretch(Fraction(0), Fraction(7, 2), Fraction(1)),))
    assert seven.nearest(Fraction(34, 10))[0] == Fraction(7, 2)
    assert seven.nearest(Fraction(44, 10))[0] == Fraction(9, 2)
    late = Raster((note_edits.Stretch(Fraction(-3, 4), Fraction(4), Fraction(1)),))
    assert late.nearest(Fraction(1, 10))[0] == Fraction(1, 4)
    assert late.nearest(Fraction(6, 5))[0] == Fraction(5, 4)


@settings(max_examples=30, deadline=None)
@given(case=chosen_notes(), beats=st.integers(-60, 60).map(lambda n: Fraction(n, 3)), semitones=st.integers(-40, 40))
def test_a_group_that_moves_keeps_its_shape_and_comes_back(
    case: tuple[note_edits.Notes, note_edits.Chosen], beats: Fraction, semitones: int
) -> None:
    notes, chosen = case
    after = note_edits.move(notes, chosen, beats, semitones)
    shifts = {(after[i].start - notes[i].start, after[i].pitch - notes[i].pitch) for i in chosen}
    assert len(shifts) <= 1
    if shifts:
        back, down = shifts.pop()
        assert abs(back) <= abs(beats)
        assert abs(down) <= abs(semitones)
        assert note_edits.move(after, chosen, -back, -down) == notes


@settings(max_examples=30, deadline=None)
@given(case=chosen_notes(), beat=BEATS)
def test_a_split_keeps_every_beat_that_sounded(
    case: tuple[note_edits.Notes, note_edits.Chosen], beat: Fraction
) -> None:
    notes, chosen = case
    after, parts = note_edits.split(notes, chosen, beat)
    assert sum(n.length for n in after) == sum(n.length for n in notes)
    assert chosen <= parts
    assert all(not after[i].start < beat < after[i].end for i in parts)
    assert note_edits.split(after, parts, beat) == (after, parts)


@settings(max_examples=30, deadline=None)
@given(case=chosen_notes())
def test_adding_copying_and_removing(case: tuple[note_edits.Notes, note_edits.Chosen]) -> None:
    notes, chosen = case
    copied, new = note_edits.copy(notes, chosen, Fraction(5), 2)
    assert copied[: len(notes)] == notes
    assert len(new) == len(chosen)
    assert note_edits.remove(copied, new) == notes
    assert sorted(note_edits.remove(notes, chosen), key=repr) == sorted(
        (n for i, n in enumerate(notes) if i not in chosen), key=repr
    )


def test_duplicate_repeats_after_whole_steps() -> None:
    notes = (NoteEvent(Fraction(1, 2), Fraction(1, 4), 60), NoteEvent(Fraction(3, 2), Fraction(2, 3), 64))
    after, new = note_edits.duplicate(notes, frozenset({0, 1}), Fraction(1, 2))
    # from 1/2 to 13/6 they last 5/3: four half beats
    assert [n.start for n in after] == [Fraction(1, 2), Fraction(3, 2), Fraction(5, 2), Fraction(7, 2)]
    assert new == {2, 3}


def test_legato_holds_each_until_the_next() -> None:
    notes = tuple(NoteEvent(Fraction(s), Fraction(1, 4), p) for s, p in ((0, 60), (0, 64), (2, 62), (5, 65)))
    assert [n.length for n in note_edits.legato(notes, frozenset(range(4)))] == [2, 2, 3, Fraction(1, 4)]
    assert [n.length for n in note_edits.legato(notes, frozenset({0, 3}))] == [5] + [Fraction(1, 4)] * 3


def test_stretching_by_hand() -> None:
    notes = (NoteEvent(Fraction(1), Fraction(1, 2), 60), NoteEvent(Fraction(2), Fraction(2), 62))
    both = frozenset({0, 1})
    assert [n.length for n in note_edits.resize_end(notes, both, Fraction(-1), Fraction(1, 4))] == [Fraction(1, 4), 1]
    early = note_edits.resize_start(notes, both, Fraction(-3, 2))
    assert [(n.start, n.end) for n in early] == [(0, Fraction(3, 2)), (Fraction(1, 2), 4)]
    late = note_edits.resize_start(notes, both, Fraction(1), Fraction(1, 4))
    assert [(n.start, n.end) for n in late] == [(Fraction(5, 4), Fraction(3, 2)), (3, 4)]


def test_humanise_is_the_same_for_the_same_seed_and_keeps_the_grid() -> None:
    notes = tuple(NoteEvent(Fraction(i, 4), Fraction(1, 4), 60) for i in range(400))
    every = frozenset(range(400))
    one, again, other = (note_edits.humanise(notes, every, seed, 0.02, 6.0) for seed in (1, 1, 2))
    assert one == again != other
    assert [n.start for n in one] == [n.start for n in notes]
    assert max(abs(n.offset) for n in one) <= 0.06 + 1e-9
    spread = (sum(n.offset**2 for n in one) / 400) ** 0.5
    assert 0.015 < spread < 0.025


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(BEATS, st.integers(30, 100)), max_size=14, unique_by=lambda pair: pair[0]))
def test_a_melody_fitted_to_chords_has_their_tones_and_its_contour(line: list[tuple[Fraction, int]]) -> None:
    line = sorted(line)
    notes = tuple(NoteEvent(start, Fraction(1, 4), pitch, 90, 0.01) for start, pitch in line)
    after = note_edits.fit_to_chords(notes, frozenset(range(len(notes))), CHORDS)
    tones = ({9, 0, 4, 7}, {2, 5, 9}, {7, 11, 2, 5})
    for note in after:
        assert note.pitch % 12 in tones[min(int(note.start // 4), 2)]
    assert [(n.start, n.length, n.velocity, n.offset) for n in after] == [
        (n.start, n.length, n.velocity, n.offset) for n in notes
    ]
    for (old, new), (old_next, new_next) in zip(
        zip(notes, after, strict=True), list(zip(notes, after, strict=True))[1:], strict=False
    ):
        assert (old_next.pitch - old.pitch) * (new_next.pitch - new.pitch) >= 0


@settings(max_examples=50, deadline=None)
@given(case=chosen_notes())
def test_any_notes_fitted_to_chords_have_their_tones_and_no_other_pitch_changes(
    case: tuple[note_edits.Notes, note_edits.Chosen],
) -> None:
    notes, chosen = case
    for before, after in zip(notes, note_edits.fit_to_chords(notes, chosen, CHORDS), strict=True):
        chord = next((each for each in CHORDS if each.start <= before.start < each.end), None)
        if after is not before:
            assert chord is not None
            assert after == replace(before, pitch=after.pitch)
    for index in chosen:
        after = note_edits.fit_to_chords(notes, chosen, CHORDS)[index]
        chord = next((each for each in CHORDS if each.start <= after.start < each.end), None)
        assert chord is None or after.pitch % 12 in chord.pitch_classes


def test_a_chord_fitted_to_another_keeps_its_voices_apart() -> None:
    notes = tuple(NoteEvent(Fraction(4), Fraction(1), pitch) for pitch in (61, 62, 63))
    after = note_edits.fit_to_chords(notes, frozenset(range(3)), CHORDS)  # D minor
    assert [n.pitch for n in after] == [62, 65, 69]
    far = (NoteEvent(Fraction(40), Fraction(1), 61),)
    assert note_edits.fit_to_chords(far, frozenset({0}), CHORDS) is far


def test_scale_by_hand() -> None:
    classes = note_edits.scale_classes(9, "minor")
    assert classes == A_MINOR
    notes = tuple(NoteEvent(Fraction(0), Fraction(1), pitch) for pitch in (61, 66, 127, 60))
    # of two equally near ones the lower: C sharp to C, F sharp to F
    assert [n.pitch for n in note_edits.fit_to_scale(notes, frozenset(range(4)), classes)] == [60, 65, 127, 60]


def song() -> Project:
    p = edits.add_track(new_project("Song"), "Piano", track_id="k")
    takes = tuple(Take(name, NoteContent((NoteEvent(Fraction(0), Fraction(1), 60),))) for name in ("a", "b"))
    return edits.add_clip(p, "k", Clip("c", place_at(Fraction(0)), 48000, takes, take=1))


def test_a_clip_gets_its_notes_in_the_chosen_take_alone() -> None:
    p = song()
    new = (NoteEvent(Fraction(1), Fraction(1), 72),)
    after = edits.set_notes(p, {"c": new})
    found = after.find_clip("c")
    assert found
    first, second = (take.content for take in found[1].takes)
    assert isinstance(first, NoteContent)
    assert isinstance(second, NoteContent)
    assert [n.pitch for n in first.notes] == [60]
    assert second.notes is new
    assert edits.set_notes(after, {"c": new}) is after
    with pytest.raises(EditError):
        edits.set_notes(p, {"x": new})
