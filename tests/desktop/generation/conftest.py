"""The whole window with the real generator process, which all tests share, and a tiny model of random weights."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.theme import Theme
from engine.inference.api import Changed, Inference
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project.model import Clip
from tests.desktop.shared_inference import TINY, inference_start
from tests.places import place_at

__all__ = ["TINY", "inference_start"]

PATIENCE = 120_000
"""Milliseconds to wait for what a busy machine may take long for: a process that reads torch in, a few chunks."""


@pytest.fixture
def making(
    qapp: QApplication,
    theme: Theme,
    own_folders: Path,
    inference_start: Callable[[Changed], Inference],
    qtbot: QtBot,
    wav: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """A song of two tracks with an imported clip of two seconds on the first."""
    from engine import paths
    from engine.project import edits
    from engine.project.model import new_project

    monkeypatch.setattr(paths, "songs_dir", lambda: own_folders / "songs")
    project = edits.add_track(edits.add_track(new_project("Song"), "Drums", track_id="drums"), "Bass", track_id="bass")
    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=inference_start) as desk:
        desk.window.resize(1280, 800)
        desk.window.show()
        (own_folders / "songs").mkdir()
        desk.document.new(own_folders / "songs" / "Song", project)
        desk.document.import_files([wav], "drums", place_at(0))
        qtbot.waitUntil(lambda: bool(clips_of(desk)), timeout=PATIENCE)
        desk.generating.generation.models.set_model(TINY)
        desk.generating.generation.panel.change(prompt="a slow waltz", fit=False, takes=2)
        yield desk


class LiveStage:
    """The song and its live take."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot
        self.generation, self.live = desk.generating.generation, desk.generating.clip_actions.live
        self.errors: list[str] = []
        self.live.failed.connect(self.errors.append)

    @property
    def clips(self) -> list[Clip]:
        return clips_of(self.desk)

    @property
    def growing(self) -> Clip:
        sources = self.desk.document.project.sources
        return next(clip for clip in self.clips if sources[clip.chosen.source].growing)

    @property
    def frames(self) -> int:
        return sum(source.frames for source in self.desk.document.project.sources.values() if source.growing)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def start(self) -> None:
        self.desk.document.select([self.clips[0].id])
        self.desk.actions["continue_live"].trigger()
        self.until(lambda: self.frames > 0)

    def stop(self) -> None:
        over: list[bool] = []
        self.live.stop(lambda: over.append(True))
        self.until(lambda: bool(over))


@pytest.fixture
def stage(making: Desk, qtbot: QtBot) -> LiveStage:
    making.start_audio()
    return LiveStage(making, qtbot)


def clips_of(desk: Desk) -> list[Clip]:
    """The song's clips."""
    return [clip for _, clip in desk.document.project.clips()]
