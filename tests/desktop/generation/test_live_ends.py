"""The end of a live take that nobody wished for: the generator dies, or the program ends in the middle."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QPushButton

from desktop.dialogs.frame import Question
from desktop.generation.centre import start_studio
from engine.playback.bounce import BounceRequest, bounce
from engine.project.files import ProjectFolder, load
from engine.studio.api import Changed, Studio
from engine.studio.client import StudioProcess
from tests.desktop.conftest import Screen
from tests.desktop.generation.conftest import LiveStage

pytestmark = pytest.mark.timeout(900)  # a process of its own loads torch, however busy the machine is


@pytest.fixture
def studio_start() -> Callable[[Changed], Studio]:
    """A process of the test's own."""
    return start_studio


def test_a_killed_engine_is_told_and_the_song_plays_on(stage: LiveStage) -> None:
    desk = stage.desk
    stage.start()
    stage.until(lambda: desk.bridge.playing)
    studio = stage.generation.studio
    assert isinstance(studio, StudioProcess)
    assert studio.pid is not None
    psutil.Process(studio.pid).kill()
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
    desk.document.import_files([wav], "bass", 0)
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


def test_closing_the_window_ends_the_take_first(stage: LiveStage, screen: Screen) -> None:
    desk = stage.desk
    stage.start()
    folder = desk.document.folder
    assert folder is not None
    desk.window.close()
    stage.until(lambda: screen.shows(Question))
    assert not any(source.growing for source in desk.document.project.sources.values()), "it is kept before it is saved"
    screen.press(next(each for each in screen.find(Question).findChildren(QPushButton) if each.text() == "Save"))
    stage.until(desk.window.isHidden)
    assert len(list(load(folder).clips())) == 2
