"""A generator whose process is killed, and the window that goes on."""

from collections.abc import Callable

import psutil
import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.generation.model_choice import start_inference
from engine.inference.api import Changed, Inference, Model
from engine.inference.client import InferenceProcess
from engine.jobs import JobState

pytestmark = pytest.mark.timeout(900)  # a process of its own loads torch, however busy the machine is

PATIENCE = 120_000


@pytest.fixture
def inference_start() -> Callable[[Changed], Inference]:
    """A generator of the window's own, since the one that the tests share must not be killed."""
    return start_inference


def test_a_killed_generator_is_an_error_and_the_song_plays_on(song: Desk, qtbot: QtBot) -> None:
    song.start_audio()
    generation = song.generating.generation
    generation.models.set_model(Model("melody-tiny", "cpu", untrained=True))
    generation.panel.change(prompt="a waltz", bars=64, takes=1)
    song.bridge.play()
    job = generation.generate()
    assert job is not None
    qtbot.waitUntil(lambda: job.state is JobState.RUNNING and job.share > 0, timeout=PATIENCE)
    inference = generation.models.inference
    assert isinstance(inference, InferenceProcess)
    psutil.Process(inference.pid).kill()
    qtbot.waitUntil(song.generating.panel.footer.trouble.isVisible, timeout=PATIENCE)
    assert job.state is JobState.FAILED
    assert job.error.endswith(".")
    assert song.generating.panel.footer.sentence.text() == job.error
    assert (song.document.coming, song.document.history.can_undo) == ((), False)
    heard = song.bridge.position
    qtbot.waitUntil(lambda: song.bridge.position > heard, timeout=PATIENCE)
