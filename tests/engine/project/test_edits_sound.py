"""What is heard before an edit is heard after it, to the sample.

The renderer here is written from the words of `Clip`, for integer samples, without fades, gains or a mixer.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.errors import EditError
from engine.project import edits
from engine.project.model import Clip, Project, Source, Track, audio_clip, audio_take
from tests.places import length_of, number_of, place_at

RATE, TEMPO = 60, Fraction(97)  # 37.1 frames a beat: few samples, and beats that fall between frames
FRAMES = {"a": 90, "b": 140}
SPAN = 700
few = settings(max_examples=60, deadline=None)


def sample(source: str, frame: int) -> int:
    """Every frame of every source has a value of its own; outside there is silence."""
    return 1_000 * (1 + list(FRAMES).index(source)) + frame + 1 if 0 <= frame < FRAMES[source] else 0


def heard_of(clip: Clip) -> list[int]:
    sounds = []
    for t in range(clip.length):
        if clip.loop_length:
            u = (clip.loop_phase + t) % clip.loop_length
            frame = clip.offset + (clip.loop_length - 1 - u if clip.reverse else u)
        else:
            frame = clip.offset + (clip.length - 1 - t if clip.reverse else t)
        take = clip.takes[clip.take]
        sounds.append(sample(take.source, frame + take.shift))
    return sounds


def start_of(p: Project, clip: Clip) -> int:
    number = number_of(clip.position)
    return number if isinstance(number, int) else int(number * 60 * RATE / p.tempo + Fraction(1, 2))


def heard(p: Project, row: int = 0) -> np.ndarray:
    sound = np.zeros(SPAN * 3, dtype=np.int64)
    for clip in p.tracks[row].clips:
        start = start_of(p, clip)
        assert start >= 0
        sound[start : start + clip.length] += heard_of(clip)
    return sound


def well_formed(p: Project) -> None:
    ids = [clip.id for _, clip in p.clips()]
    assert len(ids) == len(set(ids))
    for track in p.tracks:
        starts = [start_of(p, clip) for clip in track.clips]
        assert starts == sorted(starts)
        for clip in track.clips:
            assert number_of(clip.position) >= 0
            assert clip.length >= 1
            assert clip.fade_in.length >= 0
            assert clip.fade_out.length >= 0
            assert clip.fade_in.length + clip.fade_out.length <= clip.length
            assert 0 <= clip.loop_phase < max(clip.loop_length, 1)


def project(*rows: tuple[Clip, ...]) -> Project:
    sources = {name: Source(name, f"audio/{name}.wav", name, RATE, 1, frames) for name, frames in FRAMES.items()}
    empty = Project("p", "Song", RATE, TEMPO, sources=sources)
    tracks = tuple(
        Track(f"t{i}", f"Track {i + 1}", clips=tuple(sorted(row, key=lambda clip: start_of(empty, clip))))
        for i, row in enumerate(rows)
    )
    return replace(empty, tracks=tracks)


positions = st.one_of(
    st.integers(0, 300),
    st.builds(Fraction, st.integers(0, 96), st.sampled_from([1, 3, 12, 24])).filter(lambda b: b < 8),
)


@st.composite
def clip_values(draw: st.DrawFn, name: str = "c") -> Clip:
    source = draw(st.sampled_from(list(FRAMES)))
    shift = draw(st.integers(0, 5))
    length = draw(st.integers(2, 60))
    loop = draw(st.one_of(st.just(0), st.integers(1, 70)))
    if loop:
        length = draw(st.integers(2, 200))
    stretch = loop or length
    return audio_clip(
        name,
        place_at(draw(positions)),
        length,
        (audio_take("x", "b"), audio_take(f"take-{name}", source, shift=shift)),
        take=1,
        offset=draw(st.integers(0, FRAMES[source] - stretch - shift)),
        loop_length=loop,
        loop_phase=draw(st.integers(0, loop - 1)) if loop else 0,
        reverse=draw(st.booleans()),
    )


clips_of_a_track = st.integers(1, 4).flatmap(lambda n: st.tuples(*(clip_values(f"c{i}") for i in range(n))))


@given(clip_values(), st.data())
@few
def test_a_split_is_not_heard_and_join_takes_it_back(clip: Clip, data: st.DataObject) -> None:
    p = project((clip,))
    start = start_of(p, clip)
    at = data.draw(st.integers(start + 1, start + clip.length - 1))
    cut = edits.split(p, ["c"], place_at(at if data.draw(st.booleans()) else p.clock.beats(place_at(at))))
    well_formed(cut)
    left, right = cut.tracks[0].clips
    assert left.id == "c"
    assert start_of(cut, right) == at
    assert right.position.in_frames == clip.position.in_frames
    assert np.array_equal(heard(cut), heard(p))
    assert edits.join(cut, [left.id, right.id]) == p


@given(clip_values(), st.lists(st.integers(1, 199), min_size=2, max_size=6, unique=True))
@few
def test_many_splits_and_one_join(clip: Clip, cuts: list[int]) -> None:
    p = cut = project((clip,))
    cuts = [at for at in cuts if at < clip.length]
    assume(cuts)
    for at in cuts:
        cut = edits.split(cut, [c.id for c in cut.tracks[0].clips], place_at(start_of(p, clip) + at))
    assert len(cut.tracks[0].clips) == len(cuts) + 1
    assert np.array_equal(heard(cut), heard(p))
    assert edits.join(cut, [c.id for c in cut.tracks[0].clips]) == p


@given(clip_values(), st.integers(-50, 600), st.booleans())
@few
def test_trims_move_an_edge_and_nothing_else(clip: Clip, to: int, start: bool) -> None:
    p = project((clip,))
    trim = edits.trim_start if start else edits.trim_end
    q = trim(p, "c", place_at(to))
    well_formed(q)
    new = q.tracks[0].clips[0]
    first, last = start_of(p, clip), start_of(p, clip) + clip.length
    new_first, new_last = start_of(q, new), start_of(q, new) + new.length
    assert (new_last == last) if start else (new_first == first)
    both = slice(max(first, new_first), min(last, new_last))
    assert np.array_equal(heard(q)[both], heard(p)[both])
    assert heard(q)[new_first:new_last].all(), "it never plays what is not there"
    if start and not clip.loop_length and first <= to < last:
        assert new_first == to
    if not start and not clip.loop_length and first < to <= last:
        assert new_last == to
    back = trim(q, "c", clip.position if start else place_at(last))
    assert np.array_equal(heard(back), heard(p)), "what was trimmed away can be drawn out again"


@given(clip_values(), st.integers(-80, 80))
@few
def test_slip_moves_the_sound_under_the_clip(clip: Clip, frames: int) -> None:
    p = project((clip,))
    q = edits.slip(p, "c", frames)
    well_formed(q)
    before, after = heard_of(clip), heard_of(q.tracks[0].clips[0])
    assert all(after)
    if clip.loop_length:
        whole = (
            [(before * (clip.loop_length + 1))[i] for i in range(clip.loop_length)]
            if len(before) >= (clip.loop_length)
            else None
        )
        if whole:
            assert after == [whole[(t - frames) % clip.loop_length] for t in range(clip.length)]
        return
    moved = (after[0] - before[0]) * (1 if clip.reverse else -1)
    assert abs(moved) <= abs(frames)
    assert moved * frames >= 0
    inside = range(max(moved, 0), clip.length + min(moved, 0))
    assert [after[t] for t in inside] == [before[t - moved] for t in inside]
    if moved != frames:
        edge = {
            1 + 1000 * (1 + list(FRAMES).index(clip.chosen.source)),
            FRAMES[clip.chosen.source] + 1000 * (1 + list(FRAMES).index(clip.chosen.source)),
        }
        assert edge & {after[0], after[-1]}, "it stopped where the sound ends"


@given(clip_values())
@few
def test_reverse_plays_backwards_and_twice_is_nothing(clip: Clip) -> None:
    p = project((clip,))
    q = edits.reverse(p, ["c"])
    well_formed(q)
    assert heard_of(q.tracks[0].clips[0]) == heard_of(clip)[::-1]
    assert edits.reverse(q, ["c"]) == p


@given(clip_values(), st.integers(1, 300))
@few
def test_loop_to_repeats_what_the_clip_played(clip: Clip, length: int) -> None:
    p = project((clip,))
    q = edits.loop_to(p, "c", place_at(start_of(p, clip) + length))
    well_formed(q)
    before, after = heard_of(clip), heard_of(q.tracks[0].clips[0])
    assert len(after) == length
    common = min(length, clip.length)
    assert after[:common] == before[:common]
    if not clip.loop_length:
        assert after == [before[t % clip.length] for t in range(length)]


@given(clip_values(), st.integers(1, 80))
@few
def test_a_loop_is_the_first_that_was_heard_and_can_be_taken_back(clip: Clip, loop: int) -> None:
    length = min(clip.length, 60, FRAMES[clip.chosen.source] - clip.offset - clip.chosen.shift)
    clip = clip.playing(replace(clip.stretch, loop_length=0, loop_phase=0), length)
    p = project((clip,))
    q = edits.set_loop(p, "c", loop)
    well_formed(q)
    new = q.tracks[0].clips[0]
    before, after = heard_of(clip), heard_of(new)
    assert all(after)
    if loop <= clip.length:
        assert after == [before[t % loop] for t in range(clip.length)]
    back = edits.set_loop(q, "c", 0)
    assert heard_of(back.tracks[0].clips[0]) == before


@given(clip_values())
@few
def test_without_its_loop_a_clip_plays_on_from_where_it_starts(clip: Clip) -> None:
    p = project((clip,))
    q = edits.set_loop(p, "c", 0)
    well_formed(q)
    before, after = heard_of(clip), heard_of(q.tracks[0].clips[0])
    assert all(after)
    assert len(after) <= len(before)
    round_once = min(clip.loop_length - clip.loop_phase, len(before)) if clip.loop_length else len(before)
    assert after[:round_once] == before[:round_once]
    step = -1 if clip.reverse else 1
    assert all(b - a == step for a, b in pairwise(after))


@given(clips_of_a_track, st.integers(-400, 300))
@few
def test_moving_everything_moves_the_sound(clips: tuple[Clip, ...], delta: int) -> None:
    p = project(clips)
    q = edits.move_clips(p, [c.id for c in clips], length_of(delta))
    well_formed(q)
    first = min(start_of(p, c) for c in clips)
    moved = max(delta, -first)
    assert np.array_equal(heard(q), np.roll(heard(p), moved))


@given(clips_of_a_track, st.builds(Fraction, st.integers(-30, 30), st.sampled_from([1, 3, 8])))
@few
def test_a_move_in_beats_is_exact_and_comes_back(clips: tuple[Clip, ...], delta: Fraction) -> None:
    p = project(clips)
    ids = [c.id for c in clips]
    q = edits.move_clips(p, ids, length_of(delta))
    well_formed(q)
    beats = {c.id: p.clock.beats(c.position) for c in clips}
    least = max(delta, -min(beats.values()))
    for _, clip in q.clips():
        assert q.clock.beats(clip.position) == beats[clip.id] + least
    back = edits.move_clips(q, ids, length_of(-least))
    ends = {start_of(p, clip) + clip.length - 1 for clip in clips}
    differing = set(np.flatnonzero(heard(back) != heard(p)).tolist())
    assert differing <= ends, "what would overlap by the rounding of a frame ends a frame sooner"


@given(clips_of_a_track, st.data())
@few
def test_duplicates_sound_once_more_right_after(clips: tuple[Clip, ...], data: st.DataObject) -> None:
    p = project(clips)
    chosen = data.draw(st.sets(st.sampled_from([c.id for c in clips]), min_size=1))
    q = edits.duplicate(p, chosen)
    well_formed(q)
    alone = heard(edits.remove_clips(p, {c.id for c in clips} - chosen))
    spans = [(start_of(p, c), start_of(p, c) + c.length) for c in clips if c.id in chosen]
    shift = max(end for _, end in spans) - min(start for start, _ in spans)
    covered = np.zeros(SPAN * 3, bool)
    for first, last in spans:
        covered[first + shift : last + shift] = True
    assert np.array_equal(heard(q), np.where(covered, np.roll(alone, shift), heard(p)))


@given(clips_of_a_track, st.data())
@few
def test_ripple_delete_closes_the_time_that_nothing_covers(clips: tuple[Clip, ...], data: st.DataObject) -> None:
    p = project(clips)
    gone = data.draw(st.sets(st.sampled_from([c.id for c in clips]), min_size=1))
    q = edits.remove_clips(p, gone, ripple=True)
    well_formed(q)
    covered = [np.zeros(SPAN * 3, dtype=bool) for _ in range(2)]
    for clip in clips:
        covered[clip.id in gone][start_of(p, clip) : start_of(p, clip) + clip.length] = True
    gap = covered[True] & ~covered[False]
    assert np.array_equal(heard(q)[: SPAN * 3 - gap.sum()], heard(edits.remove_clips(p, gone))[~gap])


@given(clips_of_a_track, positions, st.integers(1, 200), st.booleans())
@few
def test_inserted_time_is_silent_and_the_rest_moves(
    clips: tuple[Clip, ...], position: int | Fraction, length: int, in_beats: bool
) -> None:
    p = project(clips)
    q = edits.ripple_insert(p, place_at(position), length_of(length))
    well_formed(q)
    at = p.clock.frames(place_at(position))
    assert np.array_equal(heard(q)[:at], heard(p)[:at])
    assert not heard(q)[at : at + length].any()
    assert np.array_equal(heard(q)[at + length :], heard(p)[at:-length])


def handles(clip: Clip) -> tuple[bool, bool]:
    """Whether the clip could play more before its start and after its end."""
    if clip.loop_length:
        return True, True
    first = clip.offset + clip.chosen.shift
    more = first > 0, first + clip.length < FRAMES[clip.chosen.source]
    return more[::-1] if clip.reverse else more


@given(clip_values(), clip_values("d"), st.integers(1, 60), st.integers(0, 30))
@few
def test_a_crossfade_overlaps_by_its_length_without_moving_sound(
    left: Clip, right: Clip, length: int, over: int
) -> None:
    left = replace(left, position=place_at(100))
    right = replace(right, position=place_at(100 + left.length - min(over, left.length - 1, right.length - 1)))
    p = project((left, right))
    over = 100 + left.length - start_of(p, right)
    if not over and not handles(left)[1] and not handles(right)[0]:
        with pytest.raises(EditError, match="no sound to overlap"):
            edits.crossfade(p, "c", "d", length=length)
        return
    q = edits.crossfade(p, "c", "d", length=length)
    well_formed(q)
    a, b = q.tracks[0].clip("c"), q.tracks[0].clip("d")
    assert a is not None
    assert b is not None
    overlap = start_of(q, a) + a.length - start_of(q, b)
    assert overlap == a.fade_out.length == b.fade_in.length
    assert 1 <= overlap <= length
    assert start_of(q, a) == 100
    assert start_of(q, b) + b.length == start_of(p, right) + right.length
    assert all(heard_of(a))
    assert all(heard_of(b))
    for old, new in ((left, a), (right, b)):
        mine, was = project((new,)), project((old,))
        common = slice(
            max(start_of(q, new), start_of(p, old)),
            min(start_of(q, new) + new.length, start_of(p, old) + old.length),
        )
        assert np.array_equal(heard(mine)[common], heard(was)[common])


@given(clips_of_a_track, st.integers(0, 300), st.booleans())
@few
def test_paste_sounds_like_the_original(clips: tuple[Clip, ...], at: int, in_beats: bool) -> None:
    p = project(clips, ())
    q = edits.paste(p, [(3, c) for c in clips], "t1", place_at(p.clock.beats(place_at(at)) if in_beats else at))
    well_formed(q)
    first = min(start_of(p, c) for c in clips)
    assert np.array_equal(heard(q, 0), heard(p, 0))
    if in_beats:  # distances are kept in beats, so only the first lies on a given frame
        assert start_of(q, q.tracks[1].clips[0]) == at
    else:
        assert np.array_equal(heard(q, 1), np.roll(heard(p, 0), at - first))


@given(clip_values())
@few
def test_flattening_is_not_heard(clip: Clip) -> None:
    p = project((clip,))
    q = edits.flatten_takes(p, "c")
    assert len(q.tracks[0].clips[0].takes) == 1
    assert np.array_equal(heard(q), heard(p))


@pytest.mark.parametrize("reverse", [False, True])
def test_the_reference_itself(reverse: bool) -> None:
    """Two frames of a loop of three, begun at its last frame."""
    clip = audio_clip(
        "c", place_at(0), 4, (audio_take("x", "a"),), offset=10, loop_length=3, loop_phase=2, reverse=reverse
    )
    frames = [10, 12, 11, 10] if reverse else [12, 10, 11, 12]
    assert heard_of(clip) == [sample("a", frame) for frame in frames]
