"""Edits of the tempo map, and how a song stores it."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from engine.errors import EditError, ProjectFileError
from engine.project import edits
from engine.project.codec import Encoder, decode, from_json
from engine.project.model import Clip, Project, Source, Track, audio_clip, audio_take, new_project
from engine.timing.signature import Signature
from engine.timing.tempo_map import SignatureChange, TempoPoint
from tests.places import place_at

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
