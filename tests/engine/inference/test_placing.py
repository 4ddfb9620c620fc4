"""A composed piece in a song: bounced, its tracks of notes give the mix again."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.compose.arrange import composed
from engine.compose.piece import Performance
from engine.compose.render import render_stems
from engine.compose.wish import Wish
from engine.inference.placing import place_performance, place_score
from engine.playback.contents import prepare_clip, unprepared_clips
from engine.playback.mixer import Mixer
from engine.playback.plan import compile_plan
from engine.project import edits
from engine.project.codec import Encoder, decode
from engine.project.files import create
from engine.project.model import NoteContent, Project, new_project
from engine.timing.position import Position
from tests.engine.inference.pieces import small_score

RATE = 48000
SONG_START = Position.at_beat(0)


@pytest.fixture(scope="module")
def performance() -> Performance:
    score = replace(small_score(), gain_db=-3.0)
    return Performance(Wish(), score, {}, render_stems(score, rate=RATE))


def mixed(p: Project, folder: Path, frames: int) -> np.ndarray:
    with Mixer(compile_plan(p, folder)) as mixer:
        return np.array(mixer.render(0, frames))


def test_every_part_gets_a_track_of_its_own_and_the_song_before_stays() -> None:
    p = edits.add_track(new_project("Song", rate=RATE), "Voice")
    placed, ids = place_score(p, small_score(), Position.at_beat(Fraction(8)))
    assert [(track.name, track.role) for track in placed.tracks] == [("Voice", ""), ("Bass", "bass"), ("Lead", "lead")]
    assert [[clip.id for clip in track.clips] for track in placed.tracks[1:]] == [[each] for each in ids]
    assert {placed.start_of(clip) for _, clip in placed.clips()} == {4 * RATE}
    contents = [clip.content for _, clip in placed.clips()]
    pitches = [[note.pitch for note in each.notes] for each in contents if isinstance(each, NoteContent)]
    assert pitches == [[36, 43], [72]]
    assert decode(Encoder().encode(placed)) == placed
    assert [track.name for track in p.tracks] == ["Voice"]


def test_bounced_it_gives_the_mix_again(performance: Performance, tmp_path: Path) -> None:
    create(tmp_path / "song", new_project("Song", rate=RATE))
    p, _ = place_score(new_project("Song", rate=RATE), performance.score, SONG_START)
    for clip in unprepared_clips(p, tmp_path / "song"):
        prepare_clip(clip, p, tmp_path / "song")
    mix = performance.sound.mix.T
    assert np.abs(mix).max() > 0.01
    np.testing.assert_allclose(mixed(p, tmp_path / "song", len(mix)), mix, atol=1e-6)


def test_what_was_played_is_not_rendered_again_and_is_what_would_be(performance: Performance, tmp_path: Path) -> None:
    create(tmp_path / "song", new_project("Song", rate=RATE))
    create(tmp_path / "other", new_project("Song", rate=RATE))
    p, _ = place_performance(new_project("Song", rate=RATE), tmp_path / "song", performance, SONG_START)
    assert not unprepared_clips(p, tmp_path / "song")
    for clip in unprepared_clips(p, tmp_path / "other"):
        prepare_clip(clip, p, tmp_path / "other")
    frames = performance.sound.mix.shape[1]
    played, rendered = (mixed(p, tmp_path / name, frames) for name in ("song", "other"))
    np.testing.assert_allclose(played, rendered, rtol=0, atol=1e-30)  # numbers below all sound round as they like


def test_a_song_at_another_tempo_renders_its_own(performance: Performance, tmp_path: Path) -> None:
    p = new_project("Song", rate=RATE, tempo=Fraction(90))
    create(tmp_path / "song", p)
    placed, ids = place_performance(p, tmp_path / "song", performance, SONG_START)
    assert [clip.id for clip in unprepared_clips(placed, tmp_path / "song")] == ids
    assert {clip.length for _, clip in placed.clips()} == {4 * 32_000 + 2 * RATE}


def test_another_instrument_for_the_track_takes_the_place_of_that_of_its_takes(performance: Performance) -> None:
    p, _ = place_score(new_project("Song", rate=RATE), performance.score, SONG_START)
    track = p.tracks[0]
    assert track.instrument is not None
    other = replace(track.instrument, name="organ", patch="organ")
    changed = edits.set_instrument(p, track.id, other).tracks[0]
    assert changed.instrument == other
    assert [getattr(clip.content, "instrument", 0) for clip in changed.clips] == [None]


def test_parts_of_a_soundfont_are_bounced_to_the_mix_again(tmp_path: Path) -> None:
    """Rendered anew from the song's notes, every part alone and in another order, what is left is below −120 dBFS."""
    score = composed(Wish(genre="rock", bars=2, seed=3, roles=("drums", "bass", "chords", "lead"), tempo=140.0))
    assert sum(part.program is not None for part in score.parts) >= 3
    mix = render_stems(score, rate=RATE).mix.T
    p = new_project("Song", rate=RATE, tempo=Fraction(140))
    create(tmp_path / "song", p)
    p, _ = place_score(p, score, SONG_START)
    for clip in reversed(unprepared_clips(p, tmp_path / "song")):
        prepare_clip(clip, p, tmp_path / "song")
    assert np.abs(mix).max() > 0.05
    assert np.abs(mixed(p, tmp_path / "song", len(mix)) - mix).max() < 1e-6
