"""Clips of audio follow the tempo and are transposed from the inspector."""

from fractions import Fraction

import numpy as np

from desktop.inspector.warp_fields import WarpFields
from engine.audio import Audio
from engine.project import edits
from engine.project.model import AudioContent
from tests.desktop.inspector.conftest import RATE, Stage


def content(stage: Stage) -> AudioContent:
    held = stage.clip.content
    assert isinstance(held, AudioContent)
    return held


def test_a_clip_follows_the_tempo_and_is_transposed(stage: Stage) -> None:
    stage.add(Audio(np.zeros((2 * RATE, 2), np.float32), RATE), length=2 * RATE)
    [fields] = [each for each in stage.desk.inspecting.clip_panel()._contents.values() if isinstance(each, WarpFields)]
    fields.warp.click()
    assert content(stage).warp
    assert stage.clip.length == 2 * RATE
    stage.desk.document.apply("Change the tempo", lambda p: edits.set_tempo(p, Fraction(100)))
    assert stage.clip.length == round(4 * 0.6 * RATE)  # four beats
    fields.transpose.edited.emit(-3.0, "1")
    fields.fine_tune.edited.emit(25.0, "2")
    assert (content(stage).transpose, content(stage).fine_tune) == (-3, 25.0)
    fields.warp.click()
    assert not content(stage).warp
    assert stage.clip.length == 2 * RATE
    stage.desk.actions["undo"].trigger()
    assert content(stage).warp
