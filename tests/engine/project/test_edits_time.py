"""Edits of the tempo map, and how a song stores it."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EditError, ProjectFileError
from engine.project import edits
from engine.project.codec import Encoder, decode, from_json
from engine.project.model import Clip, Project, Source, Track, audio_clip, audio_take, new_project
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.places import length_of, place_at

RATE = 48_000
THREE, FOUR = Signature(3, 4), Fraction(4)


def song() -> Project:
    clips = (clip("a", Fraction(0)), clip("b", Fraction(8)), clip("c", 500_000))
    source = Source("s", "audio/s.wav", "s", RATE, 1, 10**6)
    return replace(new_project("Song"), tracks=(Track("t", "T", clips=clips),), sources={"s": source})


def clip(name: str, position: int | Fraction) -> Clip:
    return audio_clip(name, place_at(position), 24_000, (audio_take(f"take-{name}", "s"),))


def starts(p: Project) -> list[int]:
    return [p.start_of(clip) for clip in p.tracks[0].clips]


def test_clips_in_beats_follow_a_tempo_change_and_those_in_frames_stay() -> None:
    p = edits.add_tempo_point(song(), Fraction(4), Fraction(60))
    assert starts(p) == [0, 96_000 + 4 * 48_000, 500_000]
    p = edits.move_tempo_point(p, Fraction(4), Fraction(6))
    assert starts(p) == [0, 144_000 + 2 * 48_000, 500_000]
    p = edits.set_tempo(p, Fraction(240), beat=Fraction(7))
    assert p.tempo_changes == (TempoPoint(Fraction(6), Fraction(240)),)
    assert starts(p) == [0, 144_000 + 24_000, 500_000]
    p = edits.set_tempo(p, Fraction(60), beat=Fraction(5))
    assert (p.tempo, starts(p)) == (60, [0, 6 * 48_000 + 24_000, 500_000])
    p = edits.remove_tempo_point(p, Fraction(6))
    assert (p.tempo_changes, starts(p)) == ((), [0, 8 * 48_000, 500_000])


def test_a_ramp_is_set_and_taken_away() -> None:
    p = edits.add_tempo_point(song(), Fraction(8), Fraction(60), ramp=True)
    assert starts(p)[1] == round(8 * math.log(2) * 48_000), "8 beats from 120 to 60 BPM last 8 ln 2 seconds"
    p = edits.set_ramp(p, Fraction(8), False)
    assert starts(p)[1] == 8 * 24_000
    assert edits.set_ramp(p, Fraction(8), False) is p


def test_changes_of_tempo_and_time_signature_move_on_with_inserted_time() -> None:
    p = edits.add_tempo_point(song(), Fraction(8), Fraction(60))
    p = edits.add_signature_change(p, 3, THREE)
    q = edits.ripple_insert(p, place_at(Fraction(4)), length_of(Fraction(4)))
    assert q.tempo_changes == (TempoPoint(Fraction(12), Fraction(60)),)
    assert q.signature_changes == (SignatureChange(4, THREE),)
    assert starts(q) == [0, 12 * 24_000, 500_000 + 4 * 24_000], "the new beats last as long as those before them"
    at_it = edits.ripple_insert(p, place_at(Fraction(8)), length_of(Fraction(4)))
    assert at_it.tempo_changes == q.tempo_changes, "what begins at the place moves with the clip that begins there"
    assert starts(at_it) == starts(q)
    after = edits.ripple_insert(p, place_at(Fraction(11)), length_of(Fraction(3)))
    assert (after.tempo_changes, after.signature_changes) == (p.tempo_changes, p.signature_changes)
    assert starts(after) == [0, 8 * 24_000, 500_000 + 3 * 48_000]


def test_inserted_frames_move_beats_and_frames_alike_whatever_the_tempo() -> None:
    p = edits.add_tempo_point(song(), Fraction(8), Fraction(60))
    q = edits.ripple_insert(p, place_at(100_000), length_of(60_000))
    assert starts(q) == [0, 8 * 24_000 + 60_000, 560_000]
    assert q.tempo_changes == (TempoPoint(Fraction(8) + Fraction(60_000, 24_000), Fraction(60)),)


def test_a_ramp_rests_in_inserted_time_and_goes_on_after_it() -> None:
    p = edits.add_tempo_point(song(), Fraction(8), Fraction(60), ramp=True)
    q = edits.ripple_insert(p, place_at(Fraction(4)), length_of(Fraction(2)))
    assert q.tempo_changes == (
        TempoPoint(Fraction(4), Fraction(90), ramp=True),
        TempoPoint(Fraction(6), Fraction(90)),
        TempoPoint(Fraction(10), Fraction(60), ramp=True),
    )
    two_beats = 2 * 32_000  # at 90 BPM, half the way from 120 to 60
    assert [b - a for a, b in zip(starts(p), starts(q), strict=True)] == [0, two_beats, two_beats]
    assert decode(Encoder().encode(q)) == q, "a file holds it"
    begins = edits.ripple_insert(p, place_at(0), length_of(Fraction(2)))
    assert begins.tempo_changes == (
        TempoPoint(Fraction(2), Fraction(120)),
        TempoPoint(Fraction(10), Fraction(60), True),
    )
    ends = edits.ripple_insert(p, place_at(Fraction(8)), length_of(Fraction(2)))
    assert ends.tempo_changes == p.tempo_changes, "a ramp that leads to the place stays before it"


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(20, 400), st.booleans()), max_size=5),
    st.integers(0, 60),
    st.integers(1, 12),
)
def test_all_that_comes_after_inserted_time_is_as_far_apart_as_before(
    changes: list[tuple[int, int, bool]], beat: int, length: int
) -> None:
    p = song()
    for place, tempo, ramp in changes:
        p = edits.add_tempo_point(p, Fraction(place), Fraction(tempo), ramp=ramp)
    q = edits.ripple_insert(p, place_at(Fraction(beat)), length_of(Fraction(length)))
    shift = q.clock.frame_at(Fraction(beat + length)) - p.clock.frame_at(Fraction(beat))
    for later in range(beat, 80):
        before, now = p.clock.frame_at(Fraction(later)), q.clock.frame_at(Fraction(later + length))
        assert abs(now - before - shift) <= 1
    for earlier in range(beat):
        assert q.clock.frame_at(Fraction(earlier)) == p.clock.frame_at(Fraction(earlier))


def test_a_change_of_tempo_in_time_moves_nothing() -> None:
    p = edits.add_tempo_point(song(), Fraction(4), Fraction(60))
    q = edits.set_tempo(p, Fraction(90), in_time=True, beat=Fraction(4))
    assert starts(q) == starts(p)
    assert q.clock.tempo_at(place_at(Fraction(5))) == 90


def test_what_comes_to_overlap_ends_sooner() -> None:
    p = replace(song(), tracks=(Track("t", "T", clips=(clip("a", Fraction(8)), clip("b", Fraction(9)))),))
    q = edits.add_tempo_point(p, Fraction(4), Fraction(240))
    assert [clip.length for clip in q.tracks[0].clips] == [12_000, 24_000]


def test_signatures_move_nothing() -> None:
    p = edits.add_signature_change(song(), 3, Signature(3, 4))
    assert starts(p) == starts(song())
    assert p.clock.beats(p.clock.bar_start(4)) == 11
    p = edits.move_signature_change(p, 3, 5)
    assert p.signature_changes == (SignatureChange(5, Signature(3, 4)),)
    p = edits.set_signature(p, Signature(6, 8), bar=9)
    assert p.signature_changes == (SignatureChange(5, Signature(6, 8)),)
    p = edits.set_signature(p, Signature(2, 4), bar=4)
    assert (p.signature, p.clock.beats(p.clock.bar_start(5))) == (Signature(2, 4), 8)
    assert edits.remove_signature_change(p, 5).signature_changes == ()


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (lambda p: edits.add_tempo_point(p, Fraction(-1), Fraction(90)), "after its start"),
        (lambda p: edits.add_tempo_point(p, Fraction(4), Fraction(19)), "20 to 400"),
        (lambda p: edits.move_tempo_point(p, Fraction(3), Fraction(5)), "no longer in the song"),
        (lambda p: edits.remove_tempo_point(p, Fraction(3)), "no longer in the song"),
        (lambda p: edits.set_ramp(p, Fraction(3), True), "no longer in the song"),
        (lambda p: edits.add_signature_change(p, 0, Signature()), "count from 1"),
        (lambda p: edits.move_signature_change(p, 2, 5), "no longer in the song"),
        (lambda p: edits.remove_signature_change(p, 2), "no longer in the song"),
        (lambda p: edits.move_signature_change(edits.add_signature_change(p, 4, THREE), 4, 1), "after the first"),
        (lambda p: edits.move_tempo_point(edits.add_tempo_point(p, FOUR, Fraction(90)), FOUR, Fraction()), "its start"),
    ],
)  # fmt: skip
def test_what_is_refused(edit: Callable[[Project], Project], match: str) -> None:
    with pytest.raises(EditError, match=match):
        edit(song())


def test_a_steady_song_is_stored_as_before() -> None:
    keys = list(json.loads(Encoder().encode(song())))
    assert keys == ["format", "version", "revision", "id", "name", "rate", "tempo", "signature", "tracks", "sources",
                    "markers", "loop", "master_gain_db"]  # fmt: skip


def test_changes_are_stored_and_come_back() -> None:
    p = edits.add_tempo_point(song(), Fraction(33, 2), Fraction(361, 4), ramp=True)
    p = edits.add_signature_change(p, 5, Signature(7, 8))
    data = json.loads(Encoder().encode(p))
    assert data["tempo_changes"] == [{"beat": "33/2", "bpm": "361/4", "ramp": True}]
    assert data["signature_changes"] == [{"bar": 5, "signature": "7/8"}]
    assert decode(Encoder().encode(p)) == p


@pytest.mark.parametrize(
    ("tempos", "signatures", "match"),
    [
        ([{"beat": "4", "bpm": "401"}], [], "not a fraction from 20 to 400"),
        ([{"beat": "-4", "bpm": "90"}], [], "“beat” in tempo point 1"),
        ([{"beat": "0", "bpm": "90"}], [], "one after another"),
        ([{"beat": "8", "bpm": "90"}, {"beat": "4", "bpm": "90"}], [], "one after another"),
        ([{"beat": "4", "bpm": "90", "curve": 1}], [], "unknown entry"),
        ([{"beat": "4", "bpm": "90", "ramp": "inf"}], [], "neither true nor false"),
        ([{"beat": str(n), "bpm": "90"} for n in range(1, 10_002)], [], "more than 10000"),
        ([], [{"bar": 1, "signature": "3/4"}], "one after another"),
        ([], [{"bar": 0, "signature": "3/4"}], "whole number from 1"),
        ([], [{"bar": 2, "signature": "3/5"}], "time signature"),
        ({}, [], "not a list"),
    ],
)
def test_what_no_song_has_is_refused(tempos: Any, signatures: Any, match: str) -> None:
    data = json.loads(Encoder().encode(song())) | {"tempo_changes": tempos, "signature_changes": signatures}
    with pytest.raises(ProjectFileError, match=match):
        from_json(data)
