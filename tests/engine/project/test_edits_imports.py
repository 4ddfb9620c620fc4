"""Sounds that come in together: where they are placed, and that they stay joined."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.project import edits
from engine.project.model import Project, Source, audio_clip, audio_take, new_project
from engine.timing.position import Position
from tests.places import place_at

SOUNDS = [Source(name, f"audio/{name}.wav", name, 44100, 2, 44_100 + 7 * n) for n, name in enumerate("abc")]


def song() -> Project:
    return edits.add_track(new_project("Song"), "Drums", track_id="drums")


def spans(p: Project, track: int = 0) -> list[tuple[int, int]]:
    return [(p.start_of(clip), p.end_of(clip)) for clip in p.tracks[track].clips]


@pytest.mark.parametrize("position", [0, 12_345, Fraction(0), Fraction(4), Fraction(13, 3)])
@pytest.mark.parametrize("tempos", [(90,), (60, 240, 60), (119, 121, 63)])
def test_sounds_that_came_together_stay_joined_at_any_tempo(position: Position, tempos: tuple[int, ...]) -> None:
    p, ids = edits.add_sounds(song(), SOUNDS, place_at(position), track_id="drums")
    assert [clip.id for clip in p.tracks[0].clips] == ids
    for tempo in tempos:
        p = edits.set_tempo(p, Fraction(tempo))
        starts, ends = zip(*spans(p), strict=True)
        assert starts[1:] == ends[:-1]
        assert [clip.length for clip in p.tracks[0].clips] == [source.frames_at(48000) for source in SOUNDS]
        assert starts[0] == (position if isinstance(position, int) else round(position * 60 * 48000 / tempo))


def test_one_by_one_they_stay_joined_too() -> None:
    p, _ = edits.add_sounds(song(), SOUNDS[:1], place_at(Fraction(8)), track_id="drums")
    p, _ = edits.add_sounds(p, SOUNDS[1:2], place_at(p.length), track_id="drums")
    p = edits.set_tempo(p, Fraction(77))
    (_, end), (start, _) = spans(p)
    assert start == end == round(8 * 60 * 48000 / 77) + 48_000


def test_what_is_apart_stays_where_it_is() -> None:
    p, _ = edits.add_sounds(song(), SOUNDS[:1], place_at(Fraction(8)), track_id="drums")
    p, _ = edits.add_sounds(p, SOUNDS[1:2], place_at(p.length + 1), track_id="drums")
    before = spans(p)[1]
    assert spans(edits.set_tempo(p, Fraction(130)))[1] == before


@pytest.mark.parametrize(("start", "taken"), [(0, True), (52_000, False), (50_000, True), (200_000, False)])
def test_a_place_that_is_taken_is_left_alone(start: int, taken: bool) -> None:
    p = edits.add_source(song(), SOUNDS[0])
    old = audio_clip("old", place_at(49_000), 3000, (audio_take("t", "a"),))
    p = edits.add_track(edits.add_clip(p, "drums", old), "Bass")
    q, _ = edits.add_sounds(p, SOUNDS[:2], place_at(start), track_id="drums")
    assert q.find_clip("old") == (q.tracks[0], old)
    names = [track.name for track in q.tracks]
    assert names == (["Drums", "a", "Bass"] if taken else ["Drums", "Bass"])
    assert [first for first, _ in spans(q, int(taken)) if first != 49_000] == [start, start + 48_000]


def test_without_a_track_each_gets_its_own() -> None:
    sounds = [*SOUNDS, replace(SOUNDS[0], id="d", name=" \n")]
    p, ids = edits.add_sounds(song(), sounds, place_at(Fraction(1)))
    assert [track.name for track in p.tracks] == ["Drums", "a", "b", "c", "Sound"]
    assert [track.clips[0].id for track in p.tracks[1:]] == ids
    assert {p.start_of(track.clips[0]) for track in p.tracks[1:]} == {24_000}
