"""Songs with takes whose beat is known."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from engine.audio import Audio
from engine.project import edits
from engine.project.model import Clip, Take, audio_clip, audio_take
from engine.project.storing import store_sound
from tests.desktop.shared_inference import inference_start
from tests.places import place_at

__all__ = ["inference_start"]

PATIENCE = 120_000
RATE = 48000


@dataclass
class Stage:
    """The window with a song at 120 BPM, and what tests do with it."""

    desk: Desk
    qtbot: QtBot

    @property
    def clip(self) -> Clip:
        found = self.desk.document.project.find_clip("c")
        assert found
        return found[1]

    @property
    def take(self) -> Take:
        return self.clip.chosen

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def add(self, sound: Audio, beat: int = 0, length: int = 6 * RATE, **record: Any) -> None:
        """Puts a generated take on the first track, or an imported one without a record, and selects its clip."""
        document = self.desk.document
        assert document.folder
        source = store_sound(document.folder, sound, "Clicks")
        take = audio_take("t", source.id, "Clicks", provenance=record or None)
        clip = audio_clip("c", place_at(Fraction(beat)), length, (take,), name="Clicks")
        document.apply("Generate", lambda p: edits.add_clip(edits.add_source(p, source), "drums", clip))
        document.select(["c"])
        self.desk.right.open("Clip")


@pytest.fixture
def stage(song: Desk, qtbot: QtBot) -> Stage:
    return Stage(song, qtbot)


def clicks(tempo: float, late: float, seconds: float = 6.5) -> Audio:
    """Clicks at a tempo, the first `late` seconds after the start."""
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    span = np.arange(2400)
    click = (np.exp(-span / 400) * np.sin(2 * np.pi * 1000 * span / RATE)).astype(np.float32)[:, None]
    for start in np.arange(late, seconds - 0.06, 60 / tempo):
        sound[round(start * RATE) : round(start * RATE) + 2400] += click
    return Audio(sound, RATE)


@pytest.fixture
def made() -> Callable[[float, float], Audio]:
    return clicks
