"""Clips become one: their sum by numpy, where it lies, what it is refused for, and where its sound comes from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import EditError
from engine.jobs import Context
from engine.playback.consolidation import consolidated, origin, render, together
from engine.project import edits
from engine.project.files import create
from engine.project.importing import import_audio
from engine.project.model import Clip, Project, audio_take, new_project
from engine.project.pool import read_samples, sample_file
from engine.timing.position import Position
from tests.places import place_at

Song = tuple[Path, Project, np.ndarray]


@pytest.fixture
def song(tmp_path: Path) -> Song:
    """Two clips of one noise that overlap, the second at −6 dB, on a track whose fader is down; and the noise."""
    noise = (np.random.default_rng(3).standard_normal(9600) * 3000).astype(np.int16)
    soundfile.write(tmp_path / "noise.wav", noise, 48000, subtype="PCM_16")
    folder = tmp_path / "Song"
    project = edits.add_track(new_project("Song"), "Drums", track_id="drums")
    create(folder, project)
    source = import_audio(folder, tmp_path / "noise.wav", 48000)
    project = edits.set_track(edits.add_source(project, source), "drums", gain_db=-12.0, pan=0.5)
    for name, start, gain in (("a", 1000, 0.0), ("b", 5000, -6.0)):
        take = audio_take(f"take {name}", source.id)
        clip = Clip(name, place_at(start), 9000, (take,), name=f"Hit {name}", gain_db=gain)
        project = edits.add_clip(project, "drums", clip, layered=True)
    return folder, project, noise.astype(np.float64) / 32768


def sound_of(folder: Path, p: Project, clip: Clip) -> np.ndarray:
    file = sample_file(folder, p.sources[clip.chosen.source], p.rate)
    return read_samples(file, 0, file.frames)


def test_the_new_clip_sounds_as_the_clips_did_together(song: Song) -> None:
    folder, project, noise = song
    group = together(project, project, {"a", "b"})[0]
    assert (group.start, group.end) == (1000, 14_000)
    source = render(project, folder, group, Context())
    p, clip_id = consolidated(project, group, source, Position.at_frame(group.start))
    (clip,) = p.tracks[0].clips
    assert (clip.id, p.start_of(clip), clip.length, clip.name) == (clip_id, 1000, 13_000, "Hit a")
    expected = np.zeros(13_000)
    expected[:9000] += noise[:9000]
    expected[4000:] += noise[:9000] * 10 ** (-6 / 20)
    samples = sound_of(folder, p, clip)
    assert samples.shape == (13_000, 2)
    assert np.abs(samples - expected[:, None]).max() < 1e-6
    assert p.tracks[0].gain_db == -12.0
    assert clip.chosen.provenance is None


def test_of_selected_time_the_parts_inside_and_its_silence_are_taken(song: Song) -> None:
    folder, project, noise = song
    cut = edits.split(project, ["a"], place_at(2000))
    left, right = sorted((c for c in cut.tracks[0].clips if c.id != "b"), key=cut.start_of)
    group = together(project, cut, {left.id}, (500, 2000))[0]
    p, clip_id = consolidated(project, group, render(cut, folder, group, Context()), Position.at_frame(500))
    place = p.find_clip(clip_id)
    assert place
    samples = sound_of(folder, p, place[1])[:, 0]
    assert not samples[:500].any()
    assert np.abs(samples[500:] - noise[:1000]).max() < 1e-6
    assert {c.id for c in p.tracks[0].clips} == {clip_id, right.id, "b"}


def test_what_changed_meanwhile_is_not_overwritten(song: Song) -> None:
    folder, project, _ = song
    group = together(project, project, {"a", "b"})[0]
    source = render(project, folder, group, Context())
    for changed in (
        edits.set_clip(project, ["a"], gain_db=-1.0),
        edits.set_tempo(project, 93),
        edits.remove_tracks(project, ["drums"]),
    ):
        with pytest.raises(EditError, match="was changed while"):
            consolidated(changed, group, source, Position.at_frame(1000))


def test_muted_clips_are_silent_and_nothing_but_them_is_refused(song: Song) -> None:
    folder, project, noise = song
    muted = edits.set_clip(project, ["b"], mute=True)
    group = together(muted, muted, {"a", "b"})[0]
    p, _ = consolidated(muted, group, render(muted, folder, group, Context()), Position.at_frame(1000))
    samples = sound_of(folder, p, p.tracks[0].clips[0])[:, 1]
    assert np.abs(samples[:9000] - noise[:9000]).max() < 1e-6
    assert not samples[9000:].any()
    with pytest.raises(EditError, match="are muted"):
        together(muted, muted, {"b"})


def test_generated_sound_stays_marked_under_the_strictest_licence(song: Song) -> None:
    _, project, _ = song
    records = [
        {"task": "generate", "model": "melody", "licence": "Apache-2.0", "prompt": "drums", "request": {}},
        {"task": "generate", "model": "other", "licence": "CC-BY-NC-4.0", "prompt": "bass", "request": {}},
        {"task": "record", "device": "Mic"},
    ]
    clips = [
        replace(clip, takes=(replace(clip.chosen, provenance=record),))
        for clip, record in zip((*project.tracks[0].clips, project.tracks[0].clips[0]), records, strict=True)
    ]
    record = origin(clips)
    assert record
    assert (record["task"], record["model"], record["licence"]) == ("consolidate", "other", "CC-BY-NC-4.0")
    assert record["consolidated"] == records[:2]
    assert "request" not in record, "it cannot be recreated as one take"
    assert origin(clips[2:]) is None
