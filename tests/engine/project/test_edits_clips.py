from dataclasses import replace
from fractions import Fraction

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.model import (
    MAX_GAIN_DB,
    AudioContent,
    Clip,
    Fade,
    FadeShape,
    Project,
    Source,
    Take,
    audio_clip,
    audio_take,
    new_project,
)
from engine.timing.position import Position
from tests.places import length_of, place_at, places_at

BEAT = 24_000  # frames, at 48 kHz and 120 BPM


def clip(clip_id: str, position: Position = 0, length: int = BEAT, **values: object) -> Clip:
    return audio_clip(clip_id, place_at(position), length, (audio_take("a", "s"),), **values)  # type: ignore[arg-type]


def song(*rows: tuple[Clip, ...], tempo: Fraction = Fraction(120)) -> Project:
    p = edits.add_source(new_project("Song", tempo=tempo), Source("s", "audio/s.wav", "s", 48000, 2, 960_000))
    for row, clips in enumerate(rows):
        p = edits.add_track(p, track_id=f"t{row}")
        for one in clips:
            p = edits.add_clip(p, f"t{row}", one, layered=True)
    return p


def only(p: Project, name: str) -> Clip:
    found = p.find_clip(name)
    assert found
    return found[1]


def order(p: Project, row: int = 0) -> list[str]:
    return [c.id for c in p.tracks[row].clips]


def test_clips_are_kept_in_the_order_of_their_starts() -> None:
    p = song((clip("late", Fraction(4)), clip("first", 10), clip("tie", 4 * BEAT), clip("second", Fraction(1, 3))))
    assert order(p) == ["first", "second", "late", "tie"]
    p = edits.place_clip(p, "first", place_at(6 * BEAT))
    assert order(p) == ["second", "late", "tie", "first"]


def test_an_added_clip_is_brought_into_shape_or_refused() -> None:
    p = song(())
    q = edits.add_clip(
        p,
        "t0",
        clip("c", -50, 100, gain_db=40.0, fade_in=Fade(80), fade_out=Fade(80), name=" a\nb ", loop_phase=7),
    )
    new = only(q, "c")
    assert (new.position, new.gain_db, new.name, new.loop_phase) == (place_at(0), MAX_GAIN_DB, "a b", 0)
    assert (new.fade_in.length, new.fade_out.length) == (80, 20)
    for wrong in (clip("x", 0, 0), replace(clip("x"), takes=()), replace(clip("x"), take=1)):
        with pytest.raises(EditError, match="at least one frame"):
            edits.add_clip(p, "t0", wrong)
    with pytest.raises(EditError, match="import its file"):
        edits.add_clip(p, "t0", replace(clip("x"), takes=(audio_take("a", "unknown"),)))
    with pytest.raises(EditError, match="already"):
        edits.add_clip(q, "t0", clip("c"))


def test_moves_in_beats_are_exact_on_triplets() -> None:
    p = song((clip("a", Fraction(1, 3)), clip("b", 8000)))
    q = p
    for _ in range(3):
        q = edits.move_clips(q, ["a", "b"], length_of(Fraction(1, 3)))
    assert only(q, "a").position == place_at(Fraction(4, 3))
    assert only(q, "b").position == place_at(Fraction(4, 3)), "8000 frames are a third of a beat"
    assert edits.move_clips(q, ["a", "b"], length_of(Fraction(-1))).tracks[0].clips[0].position == place_at(
        Fraction(1, 3)
    )


def test_a_move_in_frames_leaves_frames() -> None:
    p = edits.move_clips(song((clip("a", Fraction(1, 3)), clip("b", Fraction(2)))), ["a"], length_of(5))
    assert only(p, "a").position == place_at(8005)
    assert not only(p, "b").position.in_frames


def test_a_group_stops_at_the_start_and_at_the_outer_tracks() -> None:
    p = song((), (clip("a", 1000),), (clip("b", 5000),), ())
    q = edits.move_clips(p, ["a", "b"], length_of(-3000), tracks=-7)
    assert [order(q, row) for row in range(4)] == [["a"], ["b"], [], []]
    assert (only(q, "a").position, only(q, "b").position) == (place_at(0), place_at(4000))
    q = edits.move_clips(p, ["a", "b"], length_of(Fraction(-9)), tracks=9)
    assert [order(q, row) for row in range(4)] == [[], [], ["a"], ["b"]]
    assert q.start_of(only(q, "a")) == 0
    assert q.start_of(only(q, "b")) == 4000
    assert edits.move_clips(p, ["a"], length_of(0)) is p


def test_a_move_between_tracks_alone_keeps_positions_as_they_are() -> None:
    p = song((clip("a", Fraction(1, 3)), clip("b", 7)), ())
    q = edits.move_clips(p, ["a", "b"], length_of(0), tracks=1)
    assert order(q, 0) == []
    assert (only(q, "a").position, only(q, "b").position) == (place_at(Fraction(1, 3)), place_at(7))


def test_untouched_tracks_and_clips_keep_their_identity() -> None:
    p = song((clip("a"), clip("b", 5 * BEAT)), (clip("c", 5 * BEAT),), (clip("d"),))
    q = edits.move_clips(p, ["a"], length_of(100), tracks=1)
    assert q.tracks[2] is p.tracks[2]
    assert only(q, "b") is only(p, "b")
    assert only(q, "c") is only(p, "c")
    q = edits.set_clip(p, ["b"], gain_db=-3)
    assert q.tracks[1] is p.tracks[1]
    assert only(q, "a") is only(p, "a")
    assert edits.set_clip(q, ["b"], gain_db=-3) is q


def test_place_on_another_track() -> None:
    p = song((clip("a"),), (clip("b", 5),))
    q = edits.place_clip(p, "a", place_at(Fraction(2, 3)), track_id="t1")
    assert (order(q, 0), order(q, 1)) == ([], ["b", "a"])
    assert only(q, "a").position == place_at(Fraction(2, 3))
    assert edits.place_clip(p, "a", place_at(-7)) is p


def test_the_tempo_moves_what_is_in_beats_only() -> None:
    place = 13 * BEAT // 4  # it touches the other clip at neither tempo
    p = song((clip("beats", Fraction(4)), clip("frames", place, BEAT // 2)))
    p = edits.add_marker(p, place_at(Fraction(8)), "in beats")
    p = edits.add_marker(p, place_at(10 * BEAT), "in frames")
    assert order(p) == ["frames", "beats"]
    q = edits.set_tempo(p, Fraction(240))
    assert (q.start_of(only(q, "beats")), q.start_of(only(q, "frames"))) == (2 * BEAT, place)
    assert order(q) == ["beats", "frames"]
    assert edits.set_tempo(q, Fraction(120)).tracks[0].clips == p.tracks[0].clips
    r = edits.set_tempo(p, Fraction(60))
    assert [m.name for m in r.markers] == ["in frames", "in beats"]


def test_halves_and_trims_of_a_clip_in_beats_follow_the_tempo_together() -> None:
    p = edits.split(song((clip("a", Fraction(1), 4 * BEAT),)), ["a"], place_at(3 * BEAT + 1))
    left, right = edits.set_tempo(p, Fraction(60)).tracks[0].clips
    assert left.position == place_at(Fraction(1))
    assert right.position == place_at(3 + Fraction(1, BEAT))
    p = edits.trim_start(song((clip("a", Fraction(1), 4 * BEAT),)), "a", place_at(2 * BEAT))
    assert not only(p, "a").position.in_frames
    p = edits.trim_start(song((clip("a", 100, 4 * BEAT),)), "a", place_at(Fraction(2)))
    assert not only(p, "a").position.in_frames


def test_split_shares_the_fades() -> None:
    fades = {"fade_in": Fade(600, FadeShape.S_CURVE), "fade_out": Fade(300, FadeShape.EQUAL_POWER)}
    p = edits.split(song((clip("a", 0, 1000, **fades),)), ["a"], place_at(400))
    left, right = p.tracks[0].clips
    assert (left.fade_in, left.fade_out.length) == (Fade(400, FadeShape.S_CURVE, 0, 600), 0)
    assert right.fade_in == Fade(200, FadeShape.S_CURVE, 400, 600)
    assert right.fade_out == Fade(300, FadeShape.EQUAL_POWER)
    left, right = edits.split(song((clip("a", 0, 1000, **fades),)), ["a"], place_at(900)).tracks[0].clips
    assert (left.fade_in.length, right.fade_out.length) == (600, 100)


def test_split_cuts_every_selected_clip_that_it_meets() -> None:
    p = song((clip("a", 0, 1000), clip("b", 500, 1000)), (clip("c", 700, 100),), (clip("d", 0, 1000),))
    q = edits.split(p, ["a", "b", "c"], place_at(700))
    assert [len(t.clips) for t in q.tracks] == [4, 1, 1]
    assert q.tracks[1] is p.tracks[1]
    for at in (0, 1500, 9999):
        with pytest.raises(EditError, match="put the playhead inside"):
            edits.split(p, ["a", "b"], place_at(at))


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"position": 101, "offset": 100}, "do not touch"),
        ({"offset": 99}, "does not run on"),
        ({"offset": 100, "gain_db": -1.0}, "does not run on"),
        ({"offset": 100, "mute": True}, "does not run on"),
        ({"offset": 100, "reverse": True}, "does not run on"),
        ({"offset": 100, "fade_in": Fade(5)}, "fades where these clips meet"),
        ({"offset": 100, "loop_length": 50}, "does not run on"),
    ],
)
def test_join_says_why_it_cannot(second: dict[str, object], reason: str) -> None:
    other = clip("b", **{"position": 100, "length": 100, **second})  # type: ignore[arg-type]
    p = song((clip("a", 0, 100), other))
    with pytest.raises(EditError, match=reason) as error:
        edits.join(p, ["a", "b"])
    assert "bounce" in str(error.value)
    with pytest.raises(EditError, match="select two or more"):
        edits.join(p, ["a"])


def test_join_takes_what_sounds_the_same_for_the_same() -> None:
    shifted = replace(
        clip("b", 100, 100, offset=90, gain_db=-2.0), takes=(Take("z", AudioContent("s", 90, 10), gain_db=2.0),)
    )
    p = song((clip("a", 0, 100, fade_in=Fade(10)), replace(shifted, fade_out=Fade(7))))
    (joined,) = edits.join(p, ["b", "a"]).tracks[0].clips
    assert joined == clip("a", 0, 200, fade_in=Fade(10), fade_out=Fade(7))


def test_trim_takes_fades_along_and_the_trimmed_side_gives_way() -> None:
    p = song((clip("a", 0, 1000, fade_in=Fade(400), fade_out=Fade(400)),))
    new = only(edits.trim_end(p, "a", place_at(700)), "a")
    assert (new.length, new.fade_in.length, new.fade_out.length) == (700, 400, 300)
    new = only(edits.trim_start(p, "a", place_at(700)), "a")
    assert (new.length, new.fade_in.length, new.fade_out.length) == (300, 0, 300)
    assert only(edits.trim_end(p, "a", place_at(-5)), "a").length == 1
    assert only(edits.trim_start(p, "a", place_at(Fraction(99))), "a").length == 1


def test_a_clip_waiting_for_its_sound_can_be_drawn_out() -> None:
    p = edits.add_source(song(()), Source("g", "growing/g.f32", "g", 48000, 2, 10, growing=True))
    p = edits.add_clip(p, "t0", audio_clip("a", place_at(500), 10, (audio_take("a", "g"),)))
    assert only(edits.trim_end(p, "a", place_at(90_000)), "a").length == 89_500
    assert edits.trim_start(p, "a", place_at(100)) is p, "there is nothing before its first frame"


def test_duplicates_stay_on_the_grid_where_the_frames_allow() -> None:
    p = song((clip("a", Fraction(1, 3), 2 * BEAT),), tempo=Fraction(120))
    q = edits.duplicate(edits.duplicate(p, ["a"]), ["a"])
    assert [c.position for c in q.tracks[0].clips] == places_at([Fraction(1, 3), Fraction(7, 3)]), (
        "the second is over the first"
    )
    p = song((clip("a", 0, 1234),), (clip("b", 600, 1000),))
    q = edits.duplicate(p, ["a", "b"])
    assert [c.position for c in q.tracks[0].clips] == places_at([0, 1600])
    assert [c.position for c in q.tracks[1].clips] == places_at([600, 2200])


def test_ripple_delete_touches_only_the_tracks_it_deletes_from() -> None:
    p = song((clip("a"), clip("b", BEAT), clip("c", Fraction(2))), (clip("d", 3 * BEAT),))
    q = edits.remove_clips(p, ["a"], ripple=True)
    assert [c.position for c in q.tracks[0].clips] == places_at([0, Fraction(1)])
    assert q.tracks[1] is p.tracks[1]
    q = edits.remove_clips(p, ["a", "d"])
    assert (order(q, 0), order(q, 1)) == (["b", "c"], [])


def test_inserted_time_moves_markers_loop_and_automation_too() -> None:
    p = edits.add_marker(
        edits.add_marker(song((clip("a", 0, 4 * BEAT),)), place_at(Fraction(1)), "stays"), place_at(Fraction(2)), "goes"
    )
    p = edits.set_loop_region(p, start=place_at(Fraction(0)), end=place_at(Fraction(2)))
    q = edits.ripple_insert(p, place_at(Fraction(2)), length_of(Fraction(4)))
    assert [m.position for m in q.markers] == places_at([Fraction(1), Fraction(6)])
    assert (q.loop.start, q.loop.end) == (place_at(Fraction(0)), place_at(Fraction(2)))
    assert [c.position for c in q.tracks[0].clips] == places_at([0, 2 * BEAT + 4 * BEAT])
    for length in (0, Fraction(0), -4):
        with pytest.raises(EditError, match="longer than nothing"):
            edits.ripple_insert(p, place_at(0), length_of(length))


def test_fades_never_overlap() -> None:
    p = song((clip("a", 0, 1000),))
    p = edits.set_fade_out(p, "a", 300, FadeShape.S_CURVE)
    p = edits.set_fade_in(p, "a", 5000)
    a = only(p, "a")
    assert (a.fade_in, a.fade_out) == (Fade(700), Fade(300, FadeShape.S_CURVE))
    p = edits.set_fade_out(edits.set_fade_in(p, "a", 0), "a", 9999)
    assert only(p, "a").fade_out == Fade(1000, FadeShape.S_CURVE)
    assert edits.set_fade_out(p, "a", 1000) is p
    with pytest.raises(EditError, match="negative"):
        edits.set_fade_in(p, "a", -1)


def test_crossfade_over_the_present_overlap() -> None:
    p = song((clip("a", 0, 1000, fade_in=Fade(900)), clip("b", 800, 1000, fade_out=Fade(1000), offset=5)))
    q = edits.crossfade(p, "b", "a")
    a, b = only(q, "a"), only(q, "b")
    assert (a.fade_in.length, a.fade_out) == (800, Fade(200, FadeShape.EQUAL_POWER))
    assert (b.fade_in, b.fade_out.length) == (Fade(200, FadeShape.EQUAL_POWER), 800)
    assert (a.length, b.position, b.length) == (1000, place_at(800), 1000)


def test_crossfade_of_a_length_at_a_cut() -> None:
    p = edits.split(song((clip("a", Fraction(1), 4 * BEAT),)), ["a"], place_at(Fraction(3)))
    left, right = p.tracks[0].clips
    q = edits.crossfade(p, left.id, right.id, length=2000, shape=FadeShape.LINEAR)
    a, b = q.tracks[0].clips
    assert (a.length, a.fade_out) == (2 * BEAT + 1000, Fade(2000))
    assert (q.start_of(b), b.offset, b.length, b.fade_in) == (
        3 * BEAT - 1000,
        2 * BEAT - 1000,
        2 * BEAT + 1000,
        Fade(2000),
    )


def test_crossfade_reaches_where_there_is_sound() -> None:
    """The left clip plays its source to the end, so the right one comes in earlier."""
    p = song((clip("a", 0, 1000, offset=959_000), clip("b", 1000, 1000, offset=5000)))
    q = edits.crossfade(p, "a", "b", length=300)
    assert (only(q, "a").length, only(q, "b").position, only(q, "b").fade_in.length) == (1000, place_at(700), 300)
    p = song((clip("a", 0, 1000, offset=959_000), clip("b", 1000, 1000)))
    with pytest.raises(EditError, match="no sound to overlap"):
        edits.crossfade(p, "a", "b", length=300)


def test_crossfade_says_why_it_cannot() -> None:
    p = song((clip("a", 0, 1000), clip("b", 1001, 100), clip("c", 200, 50)), (clip("d", 900, 500),))
    for pair, reason in (
        (("a", "b"), "do not touch"),
        (("a", "c"), "inside"),
        (("a", "d"), "same track"),
        (("a", "a"), "two clips"),
    ):
        with pytest.raises(EditError, match=reason):
            edits.crossfade(p, *pair)
    with pytest.raises(EditError, match="at least one frame"):
        edits.crossfade(p, "a", "b", length=0)


def test_set_clip_changes_all_that_are_selected() -> None:
    p = song((clip("a"), clip("b", 5)), (clip("c"),))
    q = edits.set_clip(p, ["a", "c"], name=" Riff ", colour=3, gain_db=-60, mute=True)
    for name in ("a", "c"):
        c = only(q, name)
        assert (c.name, c.colour, c.gain_db, c.mute) == ("Riff", 3, -60, True)
    assert only(q, "b") is only(p, "b")
    assert only(edits.set_clip(q, ["a"], colour=None), "a").colour is None
    assert only(edits.set_clip(q, ["a"], mute=False), "a").colour == 3
    with pytest.raises(EditError, match="no colour 10"):
        edits.set_clip(p, ["a"], colour=10)


def test_paste_keeps_rows_and_adds_the_tracks_that_are_missing() -> None:
    p = song((clip("a", Fraction(1, 3)),), (clip("b", Fraction(1)),))
    copied = [(1, only(p, "a")), (3, only(p, "b"))]
    q = edits.paste(p, copied, "t1", place_at(Fraction(8)))
    assert [len(t.clips) for t in q.tracks] == [1, 2, 0, 1]
    assert q.tracks[1].clips[1].position == place_at(Fraction(8))
    assert q.tracks[3].clips[0].position == place_at(8 + Fraction(2, 3))
    assert len({c.id for _, c in q.clips()}) == 4
    assert edits.paste(p, [], "t0", place_at(0)) is p
    with pytest.raises(EditError, match="import its files"):
        edits.paste(new_project("Other") if not p.tracks else replace(p, sources={}), copied, "t0", place_at(0))


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: edits.remove_clips(p, ["gone"]),
        lambda p: edits.move_clips(p, ["a", "gone"], length_of(5)),
        lambda p: edits.place_clip(p, "gone", place_at(5)),
        lambda p: edits.trim_start(p, "gone", place_at(5)),
        lambda p: edits.trim_end(p, "gone", place_at(5)),
        lambda p: edits.slip(p, "gone", 5),
        lambda p: edits.split(p, ["gone"], place_at(5)),
        lambda p: edits.join(p, ["a", "gone"]),
        lambda p: edits.duplicate(p, ["gone"]),
        lambda p: edits.set_clip(p, ["gone"], mute=True),
        lambda p: edits.set_fade_in(p, "gone", 5),
        lambda p: edits.set_fade_out(p, "gone", 5),
        lambda p: edits.crossfade(p, "a", "gone"),
        lambda p: edits.reverse(p, ["gone"]),
        lambda p: edits.set_loop(p, "gone", 5),
        lambda p: edits.loop_to(p, "gone", place_at(5)),
        lambda p: edits.choose_take(p, "gone", 0),
        lambda p: edits.flatten_takes(p, "gone"),
    ],
)
def test_an_unknown_clip_is_said_so(edit) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EditError, match=r"no longer in the song: .*\.$"):
        edit(song((clip("a"),)))
