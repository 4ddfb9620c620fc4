"""Convert to Notes: a clip of tones becomes a track of the notes that they are."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine.audio import Audio
from engine.music.guide import GuidePart
from tests.drum_beats import KICK, beat

pytestmark = pytest.mark.timeout(600)  # a process of its own listens, however busy the machine is
RATE = 48000


def _tones(pitches: tuple[int, ...]) -> Audio:
    """Half a second of silence, then half a second of each tone, decaying."""
    time = np.arange(RATE // 2) / RATE
    decay = 0.4 * np.exp(-4 * time) * np.minimum(1, time / 0.004)
    parts = [np.zeros(RATE // 2)]
    for pitch in pitches:
        wave = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time
        parts.append(decay * (np.sin(wave) + np.sin(2 * wave) / 2))
    return Audio(np.concatenate([*parts, np.zeros(RATE)]).astype(np.float32)[:, None], RATE)


def test_a_clip_becomes_notes_on_a_track_of_their_own(stage: Any) -> None:
    document = stage.desk.document
    stage.add(_tones((60, 64, 67)), beat=2, length=3 * RATE)
    before = document.project
    stage.desk.actions["convert_to_notes"].trigger()
    stage.until(lambda: document.history.undo_name == "Convert to Notes")
    track = document.project.tracks[-1]
    assert len(document.project.tracks) == len(before.tracks) + 1
    (clip,) = track.clips
    assert clip.name == "Clicks"
    assert document.project.start_of(clip) == before.start_of(stage.clip)
    assert track.instrument is not None
    notes = clip.content.notes
    assert [note.pitch for note in notes] == [60, 64, 67]
    # 120 BPM: a tone begins on every beat from the second on
    assert [float(note.start) for note in notes] == pytest.approx([1.0, 2.0, 3.0], abs=0.1)
    assert all((note.start * 960).denominator == 1 for note in notes)
    document.undo()
    assert document.project.tracks == before.tracks


def test_silence_and_notes_are_a_sentence(stage: Any) -> None:
    document = stage.desk.document
    sentences: list[str] = []
    document.failed.connect(sentences.append)
    stage.add(Audio(np.zeros((RATE, 1), np.float32), RATE), length=RATE)
    stage.desk.actions["convert_to_notes"].trigger()
    stage.until(lambda: bool(sentences))
    assert sentences == ["No notes are heard in “Clicks”."]
    assert document.history.undo_name == "Generate"
    assert Fraction(document.project.tempo) == 120


def test_drums_become_a_clip_on_a_track_of_drums(stage: Any) -> None:
    document = stage.desk.document
    sound, _ = beat("909", RATE)
    stage.add(Audio(sound[:, None], RATE), length=4 * RATE)
    before = document.project
    stage.desk.actions["convert_to_notes"].trigger()
    stage.until(lambda: document.history.undo_name == "Convert to Notes")
    track = document.project.tracks[-1]
    assert len(document.project.tracks) == len(before.tracks) + 1
    assert track.role == "drums"
    assert track.instrument is not None
    assert track.instrument.drums
    notes = track.clips[0].content.notes
    kicks = [float(note.start) for note in notes if note.pitch == KICK]
    assert kicks == pytest.approx([0.2 + number for number in range(7)], abs=0.1)  # 120 BPM


def test_a_guide_takes_its_melody_from_what_is_heard_and_says_how_much_is_heard(stage: Any) -> None:
    document, guide = stage.desk.document, stage.desk.guide()
    stage.add(_tones((60, 64, 67)), beat=2, length=3 * RATE)
    document.select([stage.clip.id])
    stage.desk.actions["guide"].trigger()
    stage.until(lambda: guide.state.clip is not None)
    guide.take_from_clip(GuidePart.MELODY)
    stage.until(lambda: bool(guide.state.guide.melody))
    assert [note.pitch for note in guide.state.guide.melody] == [60, 64, 67]
    assert [note.start for note in guide.state.guide.melody] == pytest.approx([0.5, 1.0, 1.5], abs=0.06)
    guide.listen()
    stage.until(lambda: "heard" in guide.follows.text())
    assert int(guide.follows.text().partition("%")[0]) > 80
