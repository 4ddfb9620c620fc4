"""NaN and infinities in a file or a gain: nothing but numbers leaves the mixer, and no other sample suffers."""

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.errors import AudioFileError
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.gains import gain_of, pan_gains
from engine.playback.meters import Ballistics, measure
from engine.playback.mixer import Mixer, add_up
from engine.playback.plan import Placement, Plan, TrackPlan
from engine.playback.samples import SampleReader
from engine.playback.wavfile import SampleFormat
from engine.project import edits, files
from engine.project.importing import import_audio
from engine.project.model import Fade, audio_clip, audio_take, new_project
from engine.project.pool import cache_path
from engine.project.sample_file import SampleFile
from tests.places import place_at

RATE, FRAMES = 48000, 40000
BAD = [np.nan, np.inf, -np.inf, 3.4e38, -3.4e38]


@pytest.fixture
def bad(write_file) -> tuple[Plan, np.ndarray]:
    """Two tracks, the first of overlapping clips; some samples of one clip are bad. And what should be heard."""
    rng = np.random.default_rng(1)
    first, second, third = rng.standard_normal((3, FRAMES, 2)).astype(np.float32)
    dirty = first.copy()
    places = rng.integers(0, FRAMES, 50)
    for number, place in enumerate(places):
        dirty[place, number % 2] = BAD[number % 3]
        first[place, number % 2] = 0.0
    plan = Plan(
        RATE,
        (
            TrackPlan(
                "a", placements=(Placement(0, FRAMES, write_file(dirty)), Placement(0, FRAMES, write_file(second)))
            ),
            TrackPlan("b", placements=(Placement(0, FRAMES, write_file(third)),)),
        ),
    )
    return plan, (first + second) + third


@pytest.mark.parametrize("block", [FRAMES, 1024, 333])
def test_a_sample_that_is_no_number_is_0_and_silences_no_other(bad: tuple[Plan, np.ndarray], block: int) -> None:
    plan, wanted = bad
    with Mixer(plan) as mixer:
        parts = [mixer.render(at, min(block, FRAMES - at)) for at in range(0, FRAMES, block)]
        stems = {track.id: np.empty((FRAMES, 2), np.float32) for track in plan.tracks}
        mixer.render_stems(0, FRAMES, stems)
        kept = np.empty((1024, 2), np.float32)
        add_up(mixer.render_tracks([track.id for track in plan.tracks], 500, 1024), kept)
    assert np.array_equal(np.concatenate(parts), wanted)
    assert np.array_equal(kept, wanted[500 : 500 + 1024])
    assert all(np.isfinite(stem).all() for stem in stems.values())


@pytest.mark.parametrize("value", BAD)
def test_no_sum_and_no_gain_leads_beyond_what_a_float_holds(write_file, value: float) -> None:
    file = write_file(np.full((5000, 2), value, np.float32))
    placement = Placement(0, 5000, file, gain=4.0, fade_in=Fade(3000), fade_out=Fade(1000))
    tracks = tuple(TrackPlan(str(n), placements=(placement, replace(placement, gain=0.9)), gain=2.0) for n in range(3))
    with Mixer(Plan(RATE, tracks)) as mixer:
        whole = mixer.render(0, 5000)
        pieces = np.concatenate([mixer.render(at, 100) for at in range(0, 5000, 100)])
    assert np.isfinite(whole).all()
    assert whole.tobytes() == pieces.tobytes()


@pytest.mark.parametrize("db", [math.nan, math.inf, -math.inf])
def test_gains_that_are_no_numbers_are_silence(write_file, db: float) -> None:
    assert gain_of(db) == 0.0
    file = write_file(np.ones((300, 2), np.float32))
    track = TrackPlan("t", placements=(Placement(0, 300, file),), automation=((0, db), (200, db)))
    with Mixer(Plan(RATE, (track,))) as mixer:
        assert not mixer.render(0, 300).any()
    assert all(math.isfinite(side) for side in pan_gains(db))


def test_meters_recover_from_what_is_no_number() -> None:
    levels = Ballistics(1, RATE)
    levels.push(np.full((1, 4), np.nan, np.float32), 1024)
    assert (levels.peak == 0).all()
    levels.push(np.array([measure(np.full((1024, 2), 0.5, np.float32))], np.float32), RATE)
    assert levels.peak[0].tolist() == [0.5, 0.5]
    assert levels.rms[0] == pytest.approx(0.5, rel=0.05)


def test_a_pipe_or_a_folder_in_place_of_a_file_is_an_error_at_once(tmp_path: Path) -> None:
    places = [tmp_path / "folder.f32", tmp_path / "pipe.f32"]
    places[0].mkdir()
    getattr(os, "mkfifo", Path.mkdir)(places[1])
    for place in places:
        file = SampleFile(str(place), "<f4", 0, 2, 1000)
        with pytest.raises(AudioFileError, match="no regular file"):
            SampleReader().read(file, 0, 10)
        reader = SampleReader(strict=False)
        assert not reader.read(file, 0, 10).any()
        assert reader.failed == {file.path}


def test_a_foreign_resampling_cache_brings_no_bad_sample_into_an_export(tmp_path: Path) -> None:
    """NaN in it sounds as 0; one of another length or kind is made anew."""
    folder, out = tmp_path / "song", tmp_path / "mix.wav"
    project = new_project("Song", rate=RATE)
    files.create(folder, project)
    sound = np.random.default_rng(5).uniform(-0.5, 0.5, (44100, 2)).astype(np.float32)
    write_audio(tmp_path / "sound.wav", Audio(sound, 44100), "FLOAT")
    source = import_audio(folder, tmp_path / "sound.wav", RATE)
    project = edits.add_track(edits.add_source(project, source), "Track")
    clip = audio_clip("clip", place_at(0), source.frames_at(RATE), (audio_take("take", source.id),))
    project = edits.add_clip(project, project.tracks[0].id, clip)

    def mix() -> np.ndarray:
        bounce(project, folder, BounceRequest(mix=out, format=SampleFormat.FLOAT, overwrite=True))
        return np.frombuffer(out.read_bytes()[-8 * RATE :], "<f4").reshape(-1, 2)

    clean, cache = mix().copy(), cache_path(folder, source, RATE)
    samples = np.fromfile(cache, "<f4").reshape(-1, 2)
    samples[1000:1010, 0], samples[40000, 1] = np.nan, np.inf
    samples.tofile(cache)
    clean_but_for = clean.copy()
    clean_but_for[1000:1010, 0], clean_but_for[40000, 1] = 0.0, 0.0
    assert np.array_equal(mix(), clean_but_for)
    cache.write_bytes(cache.read_bytes()[:-8])
    assert np.array_equal(mix(), clean)
    cache.unlink()
    getattr(os, "mkfifo", Path.mkdir)(cache)
    assert np.array_equal(mix(), clean)
