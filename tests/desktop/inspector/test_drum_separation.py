"""Separate Drums in the window: two tracks that add up to the clip, in one undo step."""

from typing import Any

import numpy as np
import pytest

from engine.audio import Audio
from engine.project import edits
from engine.project.pool import prepare, read_samples
from tests.places import place_at

pytestmark = pytest.mark.timeout(600)  # a process of its own listens, however busy the machine is
RATE = 48000


def _mix() -> np.ndarray:
    time = np.arange(2 * RATE) / RATE
    noise = np.random.default_rng(3).standard_normal(len(time)) * np.exp(-(time % 0.5) / 0.01)
    return (0.2 * np.sin(2 * np.pi * 330 * time) + 0.2 * noise).astype(np.float32)[:, None]


def test_a_clip_becomes_two_tracks_that_add_up_to_it(stage: Any) -> None:
    document = stage.desk.document
    stage.add(Audio(_mix(), RATE), beat=2, length=2 * RATE)
    before = document.project
    stage.desk.actions["separate"].trigger()
    stage.until(lambda: document.history.undo_name == "Separate Drums")
    project = document.project
    track, _ = project.find_clip(stage.clip.id)
    at = project.tracks.index(track)
    drums, harmonic = project.tracks[at + 1 : at + 3]
    assert [each.name for each in (drums, harmonic)] == [f"{track.name} drums", f"{track.name} harmonic"]
    assert project.find_clip(stage.clip.id)[1].mute
    parts = []
    for each in (drums, harmonic):
        (clip,) = each.clips
        assert not clip.mute
        assert project.start_of(clip) == before.start_of(stage.clip)
        assert clip.length == stage.clip.length
        source = project.sources[clip.chosen.source]
        parts.append(read_samples(prepare(document.folder, source, RATE), 0, 2 * RATE))
        assert (clip.chosen.provenance or {}).get("separated") == (
            None if stage.clip.chosen.provenance is None else each.name.rpartition(" ")[2]
        )
    assert np.abs(parts[0] + parts[1] - _mix()).max() < 1e-5
    document.undo()
    assert document.project.tracks == before.tracks


def test_notes_are_a_sentence(stage: Any) -> None:
    document = stage.desk.document
    sentences: list[str] = []
    document.failed.connect(sentences.append)
    stage.add(Audio(_mix(), RATE), length=RATE)
    stage.desk.actions["convert_to_notes"].trigger()
    stage.until(lambda: document.history.undo_name == "Convert to Notes")
    (notes,) = document.project.tracks[-1].clips
    document.select([notes.id])
    stage.desk.actions["separate"].trigger()
    assert sentences == ["This clip holds notes: choose a clip of audio."]


def test_a_clip_that_is_moved_and_cut_meanwhile_keeps_its_parts_whole(stage: Any) -> None:
    document = stage.desk.document
    stage.add(Audio(_mix(), RATE), beat=2, length=2 * RATE)
    stage.desk.actions["separate"].trigger()
    document.apply("Trim", lambda p: edits.trim_end(p, stage.clip.id, place_at(p.start_of(stage.clip) + RATE)))
    document.apply("Move", lambda p: edits.place_clip(p, stage.clip.id, place_at(3 * RATE)))
    stage.until(lambda: document.history.undo_name == "Separate Drums")
    project = document.project
    track, now = project.find_clip(stage.clip.id)
    assert now.length == RATE
    at = project.tracks.index(track)
    for each in project.tracks[at + 1 : at + 3]:
        (part,) = each.clips
        assert part.length == 2 * RATE
        assert project.start_of(part) == 3 * RATE
