"""The end of a live take that nobody wished for: the generator dies, or the program ends in the middle."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from desktop.dialogs.frame import Question
from desktop.generation.model_choice import start_inference
from desktop.widgets.plain import Label
from engine.inference.api import Changed, Inference
from engine.inference.client import InferenceProcess
from engine.playback.bounce import BounceRequest, bounce
from engine.project.files import ProjectFolder, load
from engine.project.growing import seal_file
from engine.project.model import Source
from tests.desktop.conftest import Screen
from tests.desktop.generation.conftest import PATIENCE, LiveStage
from tests.places import place_at

pytestmark = pytest.mark.timeout(900)  # a process of its own loads torch, however busy the machine is


@pytest.fixture
def inference_start() -> Callable[[Changed], Inference]:
    """A process of the test's own."""
    return start_inference


def test_a_killed_engine_is_told_and_the_song_plays_on(stage: LiveStage) -> None:
    desk = stage.desk
    stage.start()
    stage.until(lambda: desk.bridge.playing)
    inference = stage.generation.models.inference
    assert isinstance(inference, InferenceProcess)
    assert inference.pid is not None
    psutil.Process(inference.pid).kill()
    stage.until(lambda: stage.live.look is None)
    assert len(stage.errors) == 1
    assert stage.errors[0].endswith("What was made of the live take stays in the song.")
    assert desk.bridge.playing
    assert stage.clips[1].length == desk.document.project.sources[stage.clips[1].chosen.source].frames


def test_an_end_in_the_middle_is_recovered(stage: LiveStage, wav: Path, tmp_path: Path) -> None:
    desk = stage.desk
    stage.start()
    folder, made = desk.document.folder, stage.frames
    assert folder is not None
    # everything at once: an order waits for the take's end, an export for more of the take, a file comes in
    order = stage.generation.generate()
    project, request = desk.document.project, BounceRequest(mix=tmp_path / "mix.wav", wait=True)
    export = desk.jobs.submit("Export", lambda context: bounce(project, folder, request, context), queue="export")
    desk.document.import_files([wav], "bass", place_at(0))
    assert order is not None
    desk.end()
    desk.jobs.close()
    desk.generating.close()
    desk.document.close(keep_unsaved=True)
    assert order.over
    assert export.over
    assert not list(tmp_path.glob(".*")), "nothing half-written is left"
    with ProjectFolder.open(folder) as home:
        assert home.recovery is not None
        project = home.recover()
    live = [project.sources[clip.chosen.source] for _, clip in project.clips()][1]
    assert not live.growing
    assert live.frames >= made


def test_closing_the_window_asks_first_and_keeps_the_take_before_it_saves(stage: LiveStage, screen: Screen) -> None:
    desk = stage.desk
    stage.start()
    folder = desk.document.folder
    assert folder is not None
    desk.window.close()
    assert "it ends, and what there is of it is kept" in " ".join(
        each.text() for each in asked(screen).findChildren(Label)
    )
    screen.press(asked(screen).buttons["Cancel"])
    assert stage.live.running, "everything is asked before anything is done"
    assert stage.growing
    desk.window.close()
    screen.press(asked(screen).buttons["Save"])
    stage.until(desk.window.isHidden)
    assert not any(source.growing for source in desk.document.project.sources.values())
    assert len(list(load(folder).clips())) == 2
    assert desk.document.saved


def test_a_disk_that_takes_its_time_does_not_keep_the_window_open(
    stage: LiveStage, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The take is not in the song yet when the window has waited long enough: what was written is recovered."""
    desk, going_on = stage.desk, threading.Event()
    stage.start()
    folder, clip = desk.document.folder, stage.growing.id
    assert folder is not None

    def slow(*arguments: Any) -> Source:
        assert going_on.wait(PATIENCE / 1000)
        return seal_file(*arguments)

    monkeypatch.setattr("engine.inference.live_client.seal_file", slow)
    desk.window.close()
    screen.press(asked(screen).buttons["Save"])
    stage.until(desk.window.isHidden)
    assert stage.live.look is not None, "it is still being kept"
    going_on.set()
    desk.jobs.close()
    desk.generating.close()
    desk.document.close()
    with ProjectFolder.open(folder) as home:
        project = home.recover() if home.recovery else load(folder)
    found = project.find_clip(clip)
    assert found is not None
    assert not project.sources[found[1].chosen.source].growing


def asked(screen: Screen) -> Question:
    """The question that the window asks."""
    return screen.find(Question)
