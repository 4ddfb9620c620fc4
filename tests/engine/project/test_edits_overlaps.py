"""No edit makes clips overlap that did not; what is placed on top is heard, and what it does not cover stays.

The right values are counted frame by frame with numpy from the positions of the clips.
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EditError
from engine.project import edits
from engine.project.model import Clip, Fade, Project, Source, Track, audio_clip, audio_take
from tests.places import length_of, number_of, place_at

RATE, SPAN = 100, 6000
few = settings(max_examples=80, deadline=None)


def start_of(p: Project, clip: Clip) -> int:
    number = number_of(clip.position)
    return number if isinstance(number, int) else int(number * 60 * RATE / p.tempo + Fraction(1, 2))


def layers(p: Project, row: int = 0) -> np.ndarray:
    """How many clips of a track lie at each frame."""
    count = np.zeros(SPAN, np.int64)
    for clip in p.tracks[row].clips:
        count[start_of(p, clip) : start_of(p, clip) + clip.length] += 1
    return count


def heard_source(p: Project, row: int = 0) -> np.ndarray:
    """At each frame the frame of the source that is played there, plus one; for clips that play straight on."""
    frames = np.zeros(SPAN, np.int64)
    for clip in p.tracks[row].clips:
        at = start_of(p, clip)
        frames[at : at + clip.length] = clip.offset + np.arange(clip.length) + 1
    return frames


def clip(name: str, position: int | Fraction, length: int, **values: object) -> Clip:
    take = audio_take(f"take {name}", "s")
    return audio_clip(name, place_at(position), length, (take,), **{"name": name, **values})  # type: ignore[arg-type]


def song(*rows: tuple[Clip, ...], tempo: int = 120) -> Project:
    source, growing = (
        Source("s", "audio/s.wav", "s", RATE, 1, SPAN),
        Source("g", "growing/g.f32", "g", RATE, 1, 0, growing=True),
    )
    tracks = tuple(Track(f"t{row}", f"Track {row}", clips=clips) for row, clips in enumerate(rows))
    return Project("p", "Song", RATE, Fraction(tempo), tracks=tracks, sources={"s": source, "g": growing})


def spans(p: Project, row: int = 0) -> list[tuple[str, int, int]]:
    return [(c.name, start_of(p, c), start_of(p, c) + c.length) for c in p.tracks[row].clips]


@st.composite
def songs(draw: st.DrawFn) -> Project:
    """Two tracks of clips, in beats or in frames, that do not overlap; some touch."""
    tempo = draw(st.sampled_from([60, 97, 120, 133]))
    rows = []
    for row in range(2):
        at, clips = 0, []
        for number in range(draw(st.integers(1, 5))):
            at += draw(st.sampled_from([0, 0, 1, 40, 133]))
            length = draw(st.integers(1, 150))
            place: int | Fraction = at
            if draw(st.booleans()):
                place = Fraction(at * tempo, 60 * RATE)
            loop = draw(st.sampled_from([0, 0, 7, 60]))
            clips.append(
                clip(
                    f"{row}-{number}", place, length, offset=draw(st.integers(200, 400)), loop_length=loop,
                    reverse=draw(st.booleans()), fade_in=Fade(length // 4), fade_out=Fade(length // 3),
                )
            )  # fmt: skip
            at += length
        rows.append(tuple(clips))
    return song(*rows, tempo=tempo)


def some(data: st.DataObject, p: Project) -> list[str]:
    """Ids of some clips; drawn by their places, since the ids of new clips are others each time."""
    ids = [c.id for _, c in p.clips()]
    return [ids[place] for place in sorted(data.draw(st.sets(st.integers(0, len(ids) - 1), min_size=1)))]


def place(data: st.DataObject) -> int | Fraction:
    return data.draw(
        st.one_of(st.integers(-50, 900), st.builds(Fraction, st.integers(-8, 60), st.sampled_from([1, 3, 7])))
    )


def edit(data: st.DataObject, p: Project) -> Project:
    ids, one = some(data, p), some(data, p)[0]
    kind = data.draw(st.integers(0, 12))
    if kind == 0:
        return edits.move_clips(p, ids, length_of(place(data)), tracks=data.draw(st.integers(-1, 1)))
    if kind == 1:
        return edits.place_clip(p, one, place_at(place(data)), track_id=data.draw(st.sampled_from(["t0", "t1"])))
    if kind == 2:
        return edits.duplicate(p, ids)
    if kind == 3:
        rows = [(row, c) for row, track in enumerate(p.tracks) for c in track.clips if c.id in ids]
        return edits.paste(p, rows, "t0", place_at(place(data)))
    if kind in (4, 5, 6):
        return (edits.trim_start, edits.trim_end, edits.loop_to)[kind - 4](p, one, place_at(place(data)))
    if kind == 7:
        return edits.set_tempo(
            p, Fraction(data.draw(st.sampled_from([55, 96, 121, 240]))), in_time=data.draw(st.booleans())
        )
    if kind == 8:
        return edits.ripple_insert(p, place_at(place(data)), length_of(max(place(data), 1)))
    if kind == 9:
        return edits.remove_clips(p, ids, ripple=True)
    if kind == 10:
        new = clip(f"new {len(list(p.clips()))}", place(data), data.draw(st.integers(1, 300)))
        return edits.add_clip(p, "t1", new)
    if kind == 11:
        found = p.find_clip(one)
        assert found
        return edits.split(p, [one], place_at(start_of(p, found[1]) + data.draw(st.integers(1, 100))))
    return edits.set_loop(p, one, data.draw(st.integers(0, 200)))


@given(songs(), st.data())
@settings(max_examples=150, deadline=None)
def test_no_edit_makes_an_overlap(p: Project, data: st.DataObject) -> None:
    for _ in range(4):
        if not list(p.clips()):
            return
        try:
            p = edit(data, p)
        except EditError:
            continue
        for row, track in enumerate(p.tracks):
            assert layers(p, row).max(initial=0) <= 1
            assert all(c.length >= 1 and c.fade_in.length + c.fade_out.length <= c.length for c in track.clips)
            assert len({c.id for c in track.clips}) == len(track.clips)


@given(songs(), st.data())
@few
def test_a_clip_moved_over_others_is_heard_and_they_stay_beside_it(p: Project, data: st.DataObject) -> None:
    def straight(c: Clip) -> Clip:
        return c.playing(replace(c.stretch, loop_length=0, loop_phase=0, reverse=False))

    p = replace(p, tracks=tuple(replace(t, clips=tuple(straight(c) for c in t.clips)) for t in p.tracks))
    one = some(data, p)[0]
    found = p.find_clip(one)
    assert found
    delta = data.draw(st.integers(-start_of(p, found[1]), 400))
    if delta == 0:
        return
    q = edits.move_clips(p, [one], length_of(delta))
    row = p.tracks.index(found[0])
    rest = heard_source(edits.remove_clips(p, [one]), row)
    first = start_of(p, found[1]) + delta
    right = rest.copy()
    right[first : first + found[1].length] = found[1].offset + np.arange(found[1].length) + 1
    assert np.array_equal(heard_source(q, row), right)


def test_a_clip_within_another_splits_it_and_one_that_covers_it_removes_it() -> None:
    p = song((clip("long", 0, 1000),), (clip("short", 300, 200), clip("tiny", 900, 10)))
    q = edits.move_clips(p, ["short"], length_of(0), tracks=-1)
    assert spans(q) == [("long", 0, 300), ("short", 300, 500), ("long", 500, 1000)]
    assert [c.offset for c in q.tracks[0].clips] == [0, 0, 500]
    q = edits.move_clips(p, ["long"], length_of(0), tracks=1)
    assert spans(q, 1) == [("long", 0, 1000)]


def test_an_end_that_is_dragged_over_the_next_clip_trims_it() -> None:
    p = song((clip("a", 0, 100), clip("b", 150, 100, fade_in=Fade(30)), clip("c", 250, 50)))
    q = edits.trim_end(p, "a", place_at(180))
    assert spans(q) == [("a", 0, 180), ("b", 180, 250), ("c", 250, 300)]
    assert q.tracks[0].clips[1].offset == 30
    assert q.tracks[0].clips[1].fade_in.length == 0
    assert spans(edits.trim_end(p, "a", place_at(260))) == [("a", 0, 260), ("c", 260, 300)]
    assert spans(edits.loop_to(p, "a", place_at(400))) == [("a", 0, 400)]
    moved = song((clip("a", 0, 100), clip("b", 150, 100, offset=90)))
    assert spans(edits.trim_start(moved, "b", place_at(80))) == [("a", 0, 80), ("b", 80, 250)]


def test_a_crossfade_is_an_overlap_on_purpose_and_its_edges_take_it_along() -> None:
    p = edits.crossfade(song((clip("a", 0, 200), clip("b", 200, 200, offset=100))), "a", "b", length=40)
    assert spans(p) == [("a", 0, 220), ("b", 180, 400)]
    longer = edits.trim_end(p, "a", place_at(250))
    left, right = longer.tracks[0].clips
    assert (spans(longer), left.fade_out.length, right.fade_in.length) == ([("a", 0, 250), ("b", 180, 400)], 70, 70)
    shorter = edits.trim_start(p, "b", place_at(210))
    left, right = shorter.tracks[0].clips
    assert (spans(shorter), left.fade_out.length, right.fade_in.length) == ([("a", 0, 220), ("b", 210, 400)], 10, 10)
    assert spans(edits.move_clips(p, ["a", "b"], length_of(50))) == [("a", 50, 270), ("b", 230, 450)]
    assert spans(edits.move_clips(p, ["b"], length_of(5))) == [("a", 0, 185), ("b", 185, 405)]


def test_copies_of_clips_that_overlap_overlap_as_much() -> None:
    p = song((clip("a", 0, 100), clip("b", 60, 100)))
    assert spans(edits.duplicate(p, ["a", "b"]))[2:] == [("a", 160, 260), ("b", 220, 320)]


def test_overlaps_of_older_songs_stay_until_they_are_trimmed() -> None:
    p = song((clip("under", 0, 300), clip("inner", 100, 50), clip("later", 250, 100)), (clip("other", 0, 10),))
    for kept in (
        edits.set_clip(p, ["under"], gain_db=-3.0),
        edits.move_clips(p, ["other"], length_of(20)),
        edits.set_tempo(p, Fraction(90)),
        edits.move_clips(p, ["under", "inner", "later"], length_of(7)),
    ):
        assert layers(kept).sum() == layers(p).sum() == 450
        assert layers(kept).max() == 2
    assert sorted(edits.overlapping(p, ["under", "inner", "later", "other"])) == ["inner", "later", "under"]
    every = [c.id for c in p.tracks[0].clips]
    assert spans(edits.trim_overlaps(p, every)) == [
        ("under", 0, 100), ("inner", 100, 150), ("under", 150, 250), ("later", 250, 350)
    ]  # fmt: skip
    assert spans(edits.trim_overlaps(p, ["under"])) == [("under", 0, 300), ("later", 300, 350)]
    crossed = edits.crossfade(song((clip("a", 0, 200), clip("b", 150, 200)), ()), "a", "b")
    assert edits.overlapping(crossed, ["a", "b"]) == []
    assert edits.trim_overlaps(crossed, ["a", "b"]) is crossed


def test_a_higher_tempo_ends_clips_where_the_next_begins_and_in_time_nothing_moves() -> None:
    p = song((clip("a", Fraction(0), 200), clip("b", Fraction(4), 200), clip("c", 420, 100)))
    faster = edits.set_tempo(p, Fraction(150))
    assert spans(faster) == [("a", 0, 160), ("b", 160, 360), ("c", 420, 520)]
    in_time = edits.set_tempo(p, Fraction(150), in_time=True)
    assert spans(in_time) == spans(p)
    assert in_time.tracks[0].clips[1].position == place_at(Fraction(5))
    assert edits.set_tempo(in_time, Fraction(120), in_time=True) == p


def test_what_grows_stops_at_the_next_clip() -> None:
    live = replace(clip("live", 0, 50), takes=(audio_take("x", "g"),))
    p = song((live, clip("next", 300, 100)))
    p = edits.grow_source(p, "g", 200, ahead=50)
    assert (spans(p)[0], edits.is_blocked(p, "g")) == (("live", 0, 250), False)
    p = edits.grow_source(p, "g", 290, ahead=50)
    assert (spans(p)[0], edits.is_blocked(p, "g")) == (("live", 0, 300), True)
    sealed = Source("done", "audio/d.wav", "g", RATE, 1, 360)
    assert spans(edits.seal_source(p, "g", sealed))[0] == ("live", 0, 300)
    free = edits.grow_source(edits.remove_clips(song((live, clip("next", 300, 100))), ["next"]), "g", 500)
    assert (spans(free), edits.is_blocked(free, "g")) == ([("live", 0, 500)], False)


@pytest.mark.parametrize("ready", [0, 10, 45])
def test_a_growing_clip_under_which_another_is_put_stops_there(ready: int) -> None:
    live = replace(clip("live", 0, 50), takes=(audio_take("x", "g"),))
    p = edits.grow_source(song((live,), (clip("over", 30, 100),)), "g", ready, ahead=20)
    p = edits.move_clips(p, ["over"], length_of(0), tracks=-1)
    p = edits.grow_source(p, "g", 400)
    assert layers(p).max() == 1
    assert spans(p)[:2] == [("live", 0, 30), ("over", 30, 130)]


@pytest.mark.parametrize("change", ["faster", "in time", "ripple", "passage"])
def test_a_track_given_back_lies_where_it_would_lie_had_it_never_been_frozen(change: str) -> None:
    """Clips in beats beside each other; the other track has the same clips and was never frozen."""
    rows = [
        tuple(clip(f"{row}{number}", Fraction(2 * number), 100) for number in range(4)) for row in ("kept", "plain")
    ]
    p = song(*rows)
    frozen = edits.bounce_in_place(p, "t0", Source("b", "audio/b.wav", "b", RATE, 1, 400), place_at(0), freeze=True)
    changed = {
        "faster": lambda: edits.set_tempo(frozen, Fraction(240)),
        "in time": lambda: edits.set_tempo(frozen, Fraction(240), in_time=True),
        "ripple": lambda: edits.ripple_insert(frozen, place_at(Fraction(3)), length_of(Fraction(2))),
        "passage": lambda: edits.duplicate_passage(frozen, Fraction(1), Fraction(4)),
    }[change]()
    given_back = edits.unfreeze_track(changed, "t0")
    assert [each[1:] for each in spans(given_back)] == [each[1:] for each in spans(given_back, 1)]
    assert spans(given_back) != spans(p) or change == "in time"
    assert layers(given_back).max() == 1
