from dataclasses import replace
from fractions import Fraction

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.edits.structure import MAX_NAME
from engine.project.model import (
    MAX_GAIN_DB,
    MIN_GAIN_DB,
    TRACK_HUES,
    AutomationPoint,
    Project,
    Source,
    audio_clip,
    audio_take,
    new_project,
)
from tests.places import place_at


def song(tracks: int = 3) -> Project:
    p = edits.add_source(new_project("Song"), Source("s", "audio/s.wav", "s.wav", 48000, 2, 480_000))
    for i in range(tracks):
        p = edits.add_track(p, track_id=f"t{i}")
        p = edits.add_clip(p, f"t{i}", audio_clip(f"c{i}", place_at(0), 48_000, (audio_take("a", "s"),)))
    return p


def test_tracks_get_names_of_their_own_and_go_where_asked() -> None:
    p = song(2)
    assert [t.name for t in p.tracks] == ["Track 1", "Track 2"]
    p = edits.remove_tracks(p, ["t0"])
    p = edits.add_track(p, index=0)
    p = edits.add_track(p)
    assert [t.name for t in p.tracks] == ["Track 3", "Track 2", "Track 4"]
    assert edits.add_track(p, "  Bass \n line\t", index=99).tracks[-1].name == "Bass line"


def test_neighbours_differ_in_colour_wherever_a_track_is_added() -> None:
    p = new_project("Song")
    for index in (0, 0, 1, 1, 2, 5, 0, 3, 3, 3, 4, 4, 1, 1, 1, 7):
        before = {t.id: t.colour for t in p.tracks}
        p = edits.add_track(p, index=index)
        at = next(i for i, t in enumerate(p.tracks) if t.id not in before)
        around = {p.tracks[i].colour for i in (at - 1, at + 1) if 0 <= i < len(p.tracks)}
        assert p.tracks[at].colour not in around
        assert 0 <= p.tracks[at].colour < TRACK_HUES


def test_an_id_can_be_had_once() -> None:
    with pytest.raises(EditError, match="has this track already"):
        edits.add_track(song(1), track_id="t0")


def test_remove_and_move_tracks() -> None:
    p = song(4)
    assert [t.id for t in edits.remove_tracks(p, ["t1", "t3"]).tracks] == ["t0", "t2"]
    assert [t.id for t in edits.move_track(p, "t3", 1).tracks] == ["t0", "t3", "t1", "t2"]
    assert [t.id for t in edits.move_track(p, "t0", 99).tracks] == ["t1", "t2", "t3", "t0"]
    assert edits.move_track(p, "t0", -5) is p
    assert edits.remove_tracks(p, []) is p
    assert all(a is b for a, b in zip(edits.move_track(p, "t3", 0).tracks[1:], p.tracks, strict=False))


def test_a_duplicate_track_lies_below_with_clips_of_its_own() -> None:
    p = edits.set_track(song(2), "t0", name="Drums", gain_db=-3, pan=0.5, mute=True)
    p = edits.duplicate_track(p, "t0")
    first, copy, _ = p.tracks
    assert (copy.name, copy.gain_db, copy.pan, copy.mute) == ("Drums 2", -3, 0.5, True)
    assert copy.id != first.id
    assert [replace(c, id="") for c in copy.clips] == [replace(c, id="") for c in first.clips]
    assert copy.clips[0].id != first.clips[0].id
    assert edits.duplicate_track(p, copy.id).tracks[2].name == "Drums 3"


def test_values_are_brought_into_range() -> None:
    p = song(1)
    track = edits.set_track(p, "t0", gain_db=99, pan=-7, height=1).tracks[0]
    assert (track.gain_db, track.pan) == (MAX_GAIN_DB, -1.0)
    assert track.height > 1
    assert edits.set_track(p, "t0", gain_db=float("-inf")).tracks[0].gain_db == MIN_GAIN_DB
    assert len(edits.set_track(p, "t0", name="x" * 999).tracks[0].name) == MAX_NAME
    assert edits.set_track(p, "t0", name="a\x00b\ud800c\u2028d").tracks[0].name == "a b c d"
    assert edits.set_track(p, "t0", name="👩‍🎤 Sängerin").tracks[0].name == "👩‍🎤 Sängerin"
    for wrong in ({"gain_db": float("nan")}, {"pan": float("nan")}, {"name": " \n"}, {"colour": TRACK_HUES}):
        with pytest.raises(EditError):
            edits.set_track(p, "t0", **wrong)  # type: ignore[arg-type]


def test_what_does_not_change_keeps_its_identity() -> None:
    p = song(3)
    q = edits.set_track(p, "t1", mute=True, solo=True)
    assert q.tracks[1].mute
    assert q.tracks[1].solo
    assert q.tracks[0] is p.tracks[0]
    assert q.tracks[2] is p.tracks[2]
    assert q.tracks[1].clips is p.tracks[1].clips
    assert q.sources is p.sources
    assert edits.set_track(q, "t1", mute=True) is q


def test_automation_is_put_in_order_and_into_range() -> None:
    p = song(1)
    points = [
        AutomationPoint(place_at(Fraction(4)), 50.0),
        AutomationPoint(place_at(-5), -6.0),
        AutomationPoint(place_at(24_000), 0.0),
    ]
    q = edits.set_automation(p, "t0", points)
    assert q.tracks[0].automation == (
        AutomationPoint(place_at(0), -6.0),
        AutomationPoint(place_at(24_000), 0.0),
        AutomationPoint(place_at(Fraction(4)), MAX_GAIN_DB),
    )
    assert edits.set_automation(q, "t0", q.tracks[0].automation) is q
    assert edits.set_automation(q, "t0", ()).tracks[0].automation == ()


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: edits.remove_tracks(p, ["t0", "gone"]),
        lambda p: edits.move_track(p, "gone", 0),
        lambda p: edits.duplicate_track(p, "gone"),
        lambda p: edits.set_track(p, "gone", mute=True),
        lambda p: edits.set_automation(p, "gone", ()),
    ],
)
def test_an_unknown_track_is_said_so(edit) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(EditError, match=r"no longer in the song: .*\.$"):
        edit(song())


def test_a_track_is_named_with_its_only_clip_where_the_user_has_not_named_it() -> None:
    p = edits.name_heard(song(1), "c0", "warm piano")
    assert (p.tracks[0].name, p.tracks[0].clips[0].name) == ("warm piano", "warm piano")
    called_after_its_file = edits.set_track(song(1), "t0", name="s.wav")
    assert edits.name_heard(called_after_its_file, "c0", "warm piano").tracks[0].name == "warm piano"
    for mine in (
        edits.set_track(song(1), "t0", name="Verse"),
        edits.add_clip(song(1), "t0", audio_clip("c", place_at(96_000), 48_000, (audio_take("b", "s"),))),
    ):
        named = edits.name_heard(mine, "c0", "warm piano")
        assert (named.tracks[0].name, named.tracks[0].clips[0].name) == (mine.tracks[0].name, "warm piano")
