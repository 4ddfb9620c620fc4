"""Hear Chords and Sections: the lanes over the ruler say what a clip of audio plays."""

from typing import Any

import numpy as np
import pytest

from engine.audio import Audio

pytestmark = pytest.mark.timeout(600)  # a process of its own listens, however busy the machine is
RATE = 48000
CHORDS = {"Am": (57, 60, 64), "F": (53, 57, 60), "C": (48, 52, 55), "G": (55, 59, 62)}


def _played() -> Audio:
    """Each chord for a bar at 120 BPM, struck on every beat, twice over."""
    time = np.arange(RATE // 2) / RATE
    decay = 0.1 * np.exp(-3 * time) * np.minimum(1, time / 0.004)
    beats = []
    for pitches in (*CHORDS.values(), *CHORDS.values()):
        tones = [2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time for pitch in pitches]
        beats += [decay * sum(np.sin(k * tone) / k for tone in tones for k in (1, 2, 3))] * 4
    return Audio(np.concatenate(beats).astype(np.float32)[:, None], RATE)


def test_chords_are_heard_written_and_taken_back(stage: Any) -> None:
    document = stage.desk.document
    stage.add(_played(), beat=4, length=16 * RATE)
    stage.desk.actions["hear_form"].trigger()
    stage.until(lambda: document.history.undo_name == "Hear chords and sections")
    heard = [(float(span.start), span.text) for span in document.project.chords]
    assert heard == [(4.0 + 4 * number, name) for number, name in enumerate([*CHORDS, *CHORDS])]
    assert stage.desk.timeline.shows_form
    document.undo()
    assert not document.project.chords


def test_silence_is_a_sentence(stage: Any) -> None:
    sentences: list[str] = []
    stage.desk.document.failed.connect(sentences.append)
    stage.add(Audio(np.zeros((RATE, 1), np.float32), RATE), length=RATE)
    stage.desk.actions["hear_form"].trigger()
    stage.until(lambda: bool(sentences))
    assert sentences == ["No chords and no sections are heard in “Clicks”."]
