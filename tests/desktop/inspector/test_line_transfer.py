"""Play on Another Instrument in the window: a list, a new take in one undo step, and sentences."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.instrument_choice import InstrumentChoice
from engine.audio import Audio
from engine.project.pool import prepare, read_samples

pytestmark = pytest.mark.timeout(600)  # a process of its own plays, however busy the machine is
RATE = 48000


def _sound(*pitches: int) -> Audio:
    time = np.arange(RATE) / RATE
    tones = [np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * k * time) / k for p in pitches for k in range(1, 6)]
    return Audio((0.1 * np.sum(tones, axis=0)).astype(np.float32)[:, None], RATE)


def _choose(stage: Any, instrument: str) -> None:
    stage.desk.actions["play_on"].trigger()
    (dialog,) = [window for window in QApplication.topLevelWidgets() if isinstance(window, InstrumentChoice)]
    dialog.choose(instrument)
    dialog.play_button.click()


def test_a_line_becomes_a_take(stage: Any) -> None:
    document = stage.desk.document
    stage.add(_sound(64), beat=1, length=RATE)
    before = document.project
    _choose(stage, "flute")
    stage.until(lambda: document.history.undo_name == "Play on Another Instrument")
    original, played = stage.clip.takes
    assert stage.clip.take == 1
    assert original == before.find_clip(stage.clip.id)[1].chosen
    assert played.name.endswith(" flute")
    samples = read_samples(prepare(document.folder, document.project.sources[played.source], RATE), 0, RATE)
    assert samples.shape == (RATE, 1)
    assert 0.05 < np.abs(samples).max() < 1
    assert np.abs(samples - _sound(64).samples).max() > 0.01
    document.undo()
    assert document.project.tracks == before.tracks


def test_a_chord_is_a_sentence(stage: Any) -> None:
    document = stage.desk.document
    sentences: list[str] = []
    document.failed.connect(sentences.append)
    stage.add(_sound(57, 60, 64), length=RATE)
    before = document.project
    _choose(stage, "violin")
    stage.until(lambda: bool(sentences))
    assert "not a single line" in sentences[0]
    assert document.project is before
