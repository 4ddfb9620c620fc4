"""Takes, sources, markers, and what the song has once."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.errors import EditError
from engine.project import edits
from engine.project.model import (
    MAX_GAIN_DB,
    AudioContent,
    Clip,
    LoopRegion,
    Project,
    Source,
    Take,
    audio_clip,
    audio_take,
    new_project,
)
from engine.timing.signature import Signature
from tests.places import place_at

SEALED = Source("s", "audio/s.wav", "s", 48000, 2, 96_000)
GROWING = Source("g", "growing/g.f32", "g", 48000, 2, 0, growing=True)


def song(*clips: Clip) -> Project:
    p = edits.add_track(new_project("Song"), track_id="t")
    for source in (SEALED, GROWING):
        p = edits.add_source(p, source)
    for number, clip in enumerate(clips):
        if number:
            p = edits.add_track(p, track_id=f"t{number}")
        p = edits.add_clip(p, p.tracks[-1].id, clip)
    return p


def clip(name: str = "c", source: str = "s", length: int = 1000, position: int = 0) -> Clip:
    return audio_clip(name, place_at(position), length, (audio_take("first", source),))


def the(p: Project, name: str = "c") -> Clip:
    found = p.find_clip(name)
    assert found
    return found[1]


def test_takes_come_and_go() -> None:
    p = song(clip())
    p = edits.add_take(p, "c", audio_take("second", "s"))
    assert the(p).chosen.id == "first"
    p = edits.add_take(p, "c", audio_take("third", "g"), choose=True)
    assert the(p).chosen.id == "third"
    assert the(edits.choose_take(p, "c", 1)).chosen.id == "second"
    assert edits.choose_take(p, "c", 2) is p
    assert the(edits.remove_take(p, "c", 0)).chosen.id == "third"
    assert the(edits.remove_take(p, "c", 2)).chosen.id == "second"
    middle = edits.choose_take(p, "c", 1)
    assert the(edits.remove_take(middle, "c", 1)).chosen.id == "third"


def test_a_take_is_replaced_by_what_was_made_of_it() -> None:
    p = edits.add_take(song(clip()), "c", audio_take("second", "s"), choose=True)
    lined = edits.replace_take(p, "c", audio_take("first", "g", shift=12))
    assert the(lined).takes == (audio_take("first", "g", shift=12), audio_take("second", "s"))
    assert the(lined).chosen.id == "second"
    assert edits.replace_take(p, "c", audio_take("second", "s")) is p
    with pytest.raises(EditError, match="not there"):
        edits.replace_take(p, "c", audio_take("third", "s"))
    with pytest.raises(EditError, match="import its file"):
        edits.replace_take(p, "c", audio_take("first", "unknown"))


def test_takes_that_cannot_be() -> None:
    p = song(clip())
    with pytest.raises(EditError, match="delete the clip"):
        edits.remove_take(p, "c", 0)
    for index in (-1, 1):
        with pytest.raises(EditError, match="it has 1"):
            edits.choose_take(p, "c", index)
    with pytest.raises(EditError, match="has this take"):
        edits.add_take(p, "c", audio_take("first", "s"))
    with pytest.raises(EditError, match="import its file"):
        edits.add_take(p, "c", audio_take("x", "unknown"))


def test_flattening_keeps_the_chosen_take_with_its_shift_gain_and_provenance() -> None:
    p = edits.add_take(
        song(clip()), "c", audio_take("x", "s", shift=40, gain_db=-3.0, provenance={"seed": 1}), choose=True
    )
    flat = the(edits.flatten_takes(edits.set_clip(p, ["c"], gain_db=-1.0), "c"))
    alone = Take("x", AudioContent("s", offset=40), provenance={"seed": 1})
    assert (flat.takes, flat.gain_db) == ((alone,), -4.0)
    loud = edits.flatten_takes(edits.set_clip(p, ["c"], gain_db=MAX_GAIN_DB), "c")
    assert the(loud).gain_db + the(loud).chosen.gain_db == MAX_GAIN_DB - 3
    louder = song(replace(clip(), takes=(audio_take("x", "s", gain_db=5.0),), gain_db=10.0))
    kept = the(edits.flatten_takes(louder, "c"))
    assert (kept.gain_db, kept.chosen.gain_db) == (MAX_GAIN_DB, 3.0), "what the clip cannot hold stays in the take"
    flat_song = edits.flatten_takes(p, "c")
    assert edits.flatten_takes(flat_song, "c") is flat_song


def test_clips_at_the_end_of_a_growing_source_follow_it() -> None:
    p = song(clip("follows", "g", 1), clip("waits", "g", 5000), clip("sealed"))
    p = edits.grow_source(p, "g", 4000)
    assert p.sources["g"].frames == 4000
    assert [the(p, name).length for name in ("follows", "waits", "sealed")] == [4000, 5000, 1000]
    p = edits.trim_end(p, "follows", place_at(3000))
    p = edits.grow_source(p, "g", 6000)
    assert [the(p, name).length for name in ("follows", "waits", "sealed")] == [3000, 6000, 1000]
    assert edits.grow_source(p, "g", 6000) is p


def test_a_growing_clip_reaches_ahead_of_what_is_ready() -> None:
    p = song(clip("c", "g", 1))
    p = edits.grow_source(p, "g", 4000, ahead=1000)
    assert the(p).length == 5000
    p = edits.grow_source(p, "g", 4500, ahead=100)
    assert the(p).length == 5000, "what was promised once is not taken back"
    p = edits.grow_source(p, "g", 4500, ahead=1000)
    assert the(edits.stop_source(p, "g")).length == 4500
    assert the(p).length == 5500
    assert p.sources["g"].frames == 4500
    assert edits.grow_source(p, "g", 4400, ahead=1000) is p


def test_the_right_half_of_a_growing_clip_goes_on_growing() -> None:
    p = edits.grow_source(song(clip("c", "g", 1)), "g", 4000)
    p = edits.grow_source(edits.split(p, ["c"], place_at(1000)), "g", 9000)
    assert [c.length for c in p.tracks[0].clips] == [1000, 8000]


def test_sealing_puts_the_file_in_the_place_of_what_grew() -> None:
    p = song(clip("follows", "g", 1), clip("waits", "g", 9000), clip("cut", "g", 1))
    p = edits.grow_source(p, "g", 4000)
    p = edits.trim_end(p, "cut", place_at(100))
    p = edits.add_take(p, "cut", audio_take("other", "s"), choose=True)
    sealed = Source("new", "audio/new.wav", "g", 48000, 2, 4096)
    p = edits.seal_source(p, "g", sealed)
    assert set(p.sources) == {"s", "new"}
    assert [the(p, name).length for name in ("follows", "waits", "cut")] == [4096, 4096, 100]
    assert {take.source for _, c in p.clips() for take in c.takes} == {"s", "new"}
    with pytest.raises(EditError, match="not being generated"):
        edits.seal_source(p, "new", sealed)
    with pytest.raises(EditError, match="not being generated"):
        edits.grow_source(p, "s", 5)


def test_sources_are_added_once_and_relinked() -> None:
    p = song(clip())
    assert edits.add_source(p, SEALED) is p
    assert edits.add_source(p, replace(SEALED, name="another name")) is p
    with pytest.raises(EditError, match="under this id"):
        edits.add_source(p, replace(GROWING, frames=7))
    q = edits.relink_source(p, "s", replace(SEALED, id="found", file="audio/found.wav"))
    assert "s" not in q.sources
    assert the(q).chosen.source == "found"
    q = edits.relink_source(p, "s", replace(SEALED, file="audio/elsewhere.wav"))
    assert q.tracks is p.tracks
    with pytest.raises(EditError, match="import the file"):
        edits.relink_source(p, "unknown", SEALED)


def test_markers_keep_their_order() -> None:
    p = song()
    for position in (Fraction(4), 500, Fraction(4, 3)):
        p = edits.add_marker(p, place_at(position))
    assert [(m.name, m.position) for m in p.markers] == [
        ("Marker 2", place_at(500)),
        ("Marker 3", place_at(Fraction(4, 3))),
        ("Marker 1", place_at(Fraction(4))),
    ]
    first = p.markers[0].id
    p = edits.move_marker(p, first, place_at(Fraction(9)))
    p = edits.rename_marker(p, first, " Verse ")
    assert p.markers[-1].name == "Verse"
    assert edits.rename_marker(p, first, "Verse") is p
    assert edits.move_marker(p, first, place_at(-9)).markers[0].position == place_at(0)
    p = edits.remove_marker(p, first)
    assert len(p.markers) == 2
    for edit in (lambda: edits.remove_marker(p, first), lambda: edits.move_marker(p, first, place_at(0))):
        with pytest.raises(EditError, match="no longer"):
            edit()


def test_tempo_and_signature() -> None:
    p = song(clip())
    q = edits.set_tempo(p, Fraction(1201, 10))
    assert q.tracks[0] is p.tracks[0]
    assert edits.set_tempo(q, Fraction(1201, 10)) is q
    for wrong in (0, 19, 401, -120):
        with pytest.raises(EditError, match="20 to 400"):
            edits.set_tempo(p, Fraction(wrong))
    assert edits.set_signature(p, Signature(6, 8)).signature == Signature(6, 8)
    assert edits.set_signature(p, Signature()) is p


def test_the_loop_region_stays_a_stretch() -> None:
    p = edits.set_loop_region(song(), start=place_at(Fraction(4)), end=place_at(Fraction(8)), on=True)
    assert p.loop == LoopRegion(place_at(Fraction(4)), place_at(Fraction(8)), True)
    assert edits.set_loop_region(p, on=True) is p
    q = edits.set_loop_region(p, end=place_at(24_000 * 6))
    assert (q.loop.start, q.loop.end) == (place_at(Fraction(4)), place_at(Fraction(6))), (
        "both ends follow the tempo, or none"
    )
    assert not q.loop.end.in_frames
    for start, end in (
        (Fraction(8), None),
        (Fraction(9), Fraction(8)),
        (None, -5),
        (Fraction(8), Fraction(800001, 100000)),
    ):
        with pytest.raises(EditError, match="must end after it starts"):
            edits.set_loop_region(p, start=place_at(start), end=place_at(end))


def test_master_and_name() -> None:
    p = song()
    assert edits.set_master_gain(p, 99).master_gain_db == MAX_GAIN_DB
    assert edits.set_master_gain(p, 0) is p
    assert edits.rename(p, " New\tname ").name == "New name"
    for unseen in ("", "\u202e", "\u200b \ufeff"):
        with pytest.raises(EditError, match="A song needs a name"):
            edits.rename(p, unseen)
