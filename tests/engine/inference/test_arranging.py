"""Composed pieces in a song: tracks, takes and records."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.compose.arrange import composed
from engine.compose.piece import Performance, Rendering, Variant
from engine.compose.variants import variant_score
from engine.compose.wish import Wish
from engine.errors import EditError
from engine.inference.arranging import (
    Arrangement,
    arranged,
    new_take,
    with_arrangement,
    with_further_takes,
    with_take,
)
from engine.inference.compositions import (
    arrangement_played,
    arrangements_of,
    choose_arrangement,
    clips_of,
    composition_of,
    key_of_song,
    piece_asked_for,
    role_of,
    rolls_of,
)
from engine.inference.placing import instrument_of_part
from engine.inference.song_form import song_form
from engine.project import edits
from engine.project.files import create, load
from engine.project.model import NoteContent, NoteEvent, Project, new_project
from engine.timing.position import Position

RATE = 48000
WISH = Wish(genre="pop", seed=3, bars=2, roles=("drums", "bass", "lead"), tempo=100.0)


def performance(wish: Wish, seconds: float = 6.0) -> Performance:
    """A piece whose stems are steady values, one for each part."""
    score = composed(wish)
    stems = {
        part.name: np.full((2, round(seconds * RATE)), 0.01 * (number + wish.seed), np.float32)
        for number, part in enumerate(score.parts)
    }
    return Performance(wish, replace(score, gain_db=-3.0), {}, Rendering(RATE, 0, sum(stems.values()), stems))


@pytest.fixture
def song(tmp_path: Path) -> tuple[Project, Path]:
    folder = tmp_path / "song"
    project = new_project("Song", rate=RATE)
    create(folder, project)
    return project, folder


def lay(song: tuple[Project, Path], takes: int = 1, **values: object) -> Arrangement:
    project, folder = song
    pieces = [performance(replace(WISH, seed=WISH.seed + number)) for number in range(takes)]
    given = {"prompt": "pop", "bars": 2, "follow": True, **values}
    return arranged(project, folder, pieces, Position.at_beat(Fraction(0)), **given)  # type: ignore[arg-type]


def test_a_piece_becomes_tracks_with_roles_at_the_pieces_tempo(song: tuple[Project, Path]) -> None:
    placed = with_arrangement(song[0], lay(song), loop=True)
    assert [track.name for track in placed.tracks] == ["Drums", "Bass", "Melody"]
    assert [role_of(track) for track in placed.tracks] == ["drums", "bass", "lead"]
    assert len({track.colour for track in placed.tracks}) == 3
    assert placed.tempo == 100
    two_bars = 8 * 60 * RATE // 100
    assert {clip.length for _, clip in placed.clips()} == {two_bars}
    assert (placed.loop.on, placed.clock.frames(placed.loop.end)) == (True, two_bars)
    assert all(clip.name.endswith(" · pop") for _, clip in placed.clips())
    assert all(0 < clip.fade_out.length <= RATE // 50 for _, clip in placed.clips())


def test_a_song_with_music_keeps_its_tempo_and_its_tracks(song: tuple[Project, Path]) -> None:
    project, folder = song
    project = edits.add_track(project, "Drums")
    arrangement = lay((project, folder), follow=False)
    placed = with_arrangement(project, arrangement)
    assert [track.name for track in placed.tracks] == ["Drums", "Drums 2", "Bass", "Melody"]
    assert placed.tempo == 120
    assert not placed.loop.on
    with pytest.raises(EditError, match="already"):
        with_arrangement(placed, arrangement)


def test_takes_lie_under_the_clips_of_all_parts_and_are_chosen_together(song: tuple[Project, Path]) -> None:
    placed = with_arrangement(song[0], lay(song, takes=2))
    assert [len(clip.takes) for _, clip in placed.clips()] == [2, 2, 2]
    first = composition_of(next(placed.clips())[1].chosen)
    assert first is not None
    chosen = choose_arrangement(placed, first.id, 1)
    assert [clip.take for _, clip in chosen.clips()] == [1, 1, 1]
    records = [composition_of(clip.chosen) for _, clip in chosen.clips()]
    assert [Wish.from_dict(dict(each.wish)).seed for each in records if each] == [4, 4, 4]
    assert len(list(clips_of(chosen, first.id))) == 3


def test_further_takes_of_a_piece_play_together_beside_a_part_made_again(song: tuple[Project, Path]) -> None:
    project, folder = song
    placed = with_arrangement(project, lay(song, asked="the same"))
    piece = piece_asked_for(placed, "the same", RATE, ())
    assert piece is not None, "a frame inside it"
    assert piece_asked_for(placed, "another", RATE, ()) is None
    assert piece_asked_for(placed, "the same", RATE, (), exact=True) is None
    far = placed.clock.frames(placed.clock.bar_start(9))
    assert piece_asked_for(placed, "the same", far, ()) is None
    ids = [clip.id for _, clip in placed.clips()]
    assert piece_asked_for(placed, "the same", far, ids) == piece, "selected whole"
    assert piece_asked_for(placed, "the same", far, ids[:1]) is None
    lead = placed.tracks[2].clips[0]
    again = edits.add_take(placed, lead.id, replace(lead.chosen, id="again", name="Again 1"), choose=True)
    other = performance(replace(WISH, seed=9))
    arrangement = arranged(
        again, folder, [other], lead.position, prompt="pop", bars=2, follow=False, composition_id=piece.id,
        asked="the same",
    )  # fmt: skip
    grown = with_further_takes(again, arrangement)
    assert [(clip.take, len(clip.takes)) for _, clip in grown.clips()] == [(1, 2), (1, 2), (2, 3)]
    assert arrangements_of(grown, piece.id) == [3, 9]
    assert arrangement_played(grown, piece.id) == 1
    first = choose_arrangement(grown, piece.id, 0)
    assert [clip.take for _, clip in first.clips()] == [0, 0, 0], "the part as it was composed with the others"
    assert arrangement_played(first, piece.id) == 0
    mixed = edits.choose_take(first, lead.id, 2)
    assert arrangement_played(mixed, piece.id) is None
    cut = edits.remove_clips(again, [lead.id])
    assert piece_asked_for(cut, "the same", RATE, ()) is None
    with pytest.raises(EditError, match="changed meanwhile"):
        with_further_takes(cut, arrangement)


def test_the_record_survives_saving_and_makes_the_part_again(song: tuple[Project, Path]) -> None:
    project, folder = song
    placed = with_arrangement(project, lay(song))
    from engine.project.files import ProjectFolder

    with ProjectFolder.open(folder) as opened:
        opened.save(placed)
    read = load(folder)
    for before, after in zip(placed.clips(), read.clips(), strict=True):
        one, other = composition_of(before[1].chosen), composition_of(after[1].chosen)
        assert one == other
        assert other is not None
        variant = Variant(other.label, other.roll, other.variation, other.share, other.instrument)
        again = variant_score(Wish.from_dict(dict(other.wish)), variant, other.rolls)
        assert again.parts[0].instrument == other.played_by
        assert (other.gain_db, other.prompt) == (-3.0, "pop")
    assert key_of_song(read) == composed(WISH).key


def test_a_part_made_again_is_a_further_take_that_plays(song: tuple[Project, Path]) -> None:
    project, folder = song
    placed = with_arrangement(project, lay(song))
    clip = placed.tracks[2].clips[0]
    composition = composition_of(clip.chosen)
    assert composition is not None
    variant = Variant("lead", roll=1)
    score = variant_score(WISH, variant, {})
    sound = Rendering(RATE, 0, np.full((2, 6 * RATE), 0.5, np.float32), {"lead": np.full((2, 6 * RATE), 0.5, "f4")})
    piece = Performance(WISH, score, {"lead": 1}, sound)
    take, sources = new_take(placed, folder, piece, variant, clip, composition)
    grown = with_take(placed, clip.id, take, sources)
    after = grown.tracks[2].clips[0]
    assert (len(after.takes), after.take, after.length, after.chosen.name) == (2, 1, clip.length, "Again 1")
    assert grown.tracks[:2] == placed.tracks[:2]
    made = composition_of(after.chosen)
    assert made is not None
    assert (made.id, made.roll) == (composition.id, 1)
    assert rolls_of(grown, made) == {"drums": 0, "bass": 0, "lead": 1}


@pytest.mark.parametrize("other", [False, True])
def test_a_part_of_an_earlier_version_is_made_again_in_its_own_colour(song: tuple[Project, Path], other: bool) -> None:
    project, folder = song
    placed = with_arrangement(project, lay(song))
    clip = placed.tracks[2].clips[0]
    score = variant_score(WISH, Variant("lead", roll=1), {})
    part = score.parts[0]
    before = replace(instrument_of_part(part, score), tilt_db=part.tilt_db + 5.0, gain_db=-4.0)
    before = replace(before, name="another") if other else before
    old = NoteContent((NoteEvent(Fraction(0), Fraction(1), 60, 90),), loop_length=0, instrument=before)
    record = {**(clip.chosen.provenance or {}), "weights": "1"}
    clip = replace(clip, takes=(replace(clip.chosen, content=old, provenance=record),), take=0)
    composition = composition_of(clip.chosen)
    assert composition is not None
    sound = Rendering(RATE, 0, np.zeros((2, RATE), np.float32), {"lead": np.zeros((2, RATE), np.float32)})
    piece = Performance(WISH, replace(score, gain_db=-3.0), {"lead": 1}, sound)
    content = new_take(placed, folder, piece, Variant("lead", roll=1), clip, composition)[0].content
    assert isinstance(content, NoteContent)
    moved = replace(instrument_of_part(part, score), tilt_db=before.tilt_db, gain_db=-3.0)
    assert content.instrument == (moved if other else before)


@pytest.mark.parametrize("damage", ["composition", "kind"])
def test_a_damaged_record_is_no_composition(song: tuple[Project, Path], damage: str) -> None:
    placed = with_arrangement(song[0], lay(song))
    take = placed.tracks[0].clips[0].chosen
    record = {**(take.provenance or {}), damage: "?"}
    assert composition_of(replace(take, provenance=record)) is None


def test_sections_and_chords_are_the_songs(song: tuple[Project, Path]) -> None:
    project, folder = song
    wish = replace(WISH, bars=None, sections=replace(WISH).sections)
    from engine.compose.wish import parse_sections

    wish = replace(wish, sections=parse_sections("intro 1, chorus 1"))
    arrangement = arranged(
        project, folder, [performance(wish)], Position.at_beat(Fraction(4)), prompt="", bars=2, follow=True
    )
    placed = with_arrangement(project, arrangement)
    form = song_form(placed)
    assert [(each.name, each.start, each.end) for each in form.sections] == [("intro", 4, 8), ("chorus", 8, 12)]
    chords = composed(wish).chords
    assert form.chords[0].chord == chords[0]
    assert (form.chords[0].start, form.chords[-1].end) == (4, 12)
    assert placed.markers == ()
