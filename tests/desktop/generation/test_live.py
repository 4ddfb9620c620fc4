"""Continue live with the generator's own process and a tiny model of random weights."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.generation.centre import Generation
from desktop.generation.live import LiveTakes
from engine.project.model import Clip
from engine.studio.api import Model

PATIENCE = 60_000


class Stage:
    """A song with one imported clip, and the parts that continue it."""

    def __init__(self, desk: Desk, qtbot: QtBot, generation: Generation, live: LiveTakes) -> None:
        self.desk, self.qtbot, self.generation, self.live = desk, qtbot, generation, live
        self.errors: list[str] = []
        live.failed.connect(self.errors.append)

    @property
    def clips(self) -> list[Clip]:
        return [clip for _, clip in self.desk.document.project.clips()]

    @property
    def growing(self) -> Clip:
        sources = self.desk.document.project.sources
        return next(clip for clip in self.clips if sources[clip.chosen.source].growing)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE)

    def start(self) -> None:
        self.desk.document.select([self.clips[0].id])
        self.live.toggle()
        self.until(lambda: self.frames > 0)

    @property
    def frames(self) -> int:
        return sum(source.frames for source in self.desk.document.project.sources.values() if source.growing)

    def stop(self) -> None:
        over: list[bool] = []
        self.live.stop(lambda: over.append(True))
        self.until(lambda: bool(over))


@pytest.fixture
def stage(song: Desk, qtbot: QtBot, wav: Path) -> Stage:
    song.document.import_files([wav], "drums", 0)
    qtbot.waitUntil(lambda: any(True for _ in song.document.project.clips()), timeout=PATIENCE)
    song.start_audio()
    generation = song.generating.generation
    generation.set_model(Model("melody-tiny", "cpu", untrained=True))
    generation.change(prompt="a slow waltz", fit=False)
    return Stage(song, qtbot, generation, song.generating.flows.live)


def test_an_imported_clip_goes_on(stage: Stage) -> None:
    desk = stage.desk
    stage.start()
    imported, live = stage.clips
    project = desk.document.project
    assert project.start_of(live) == project.end_of(imported)
    assert project.find_clip(live.id) is not None
    stage.until(lambda: desk.bridge.playing)
    assert desk.document.history.undo_name == "Continue live"
    steps = len(desk.document.history.entries)
    before = stage.frames
    stage.until(lambda: stage.frames > before)
    assert len(desk.document.history.entries) == steps, "growing is no step"
    assert stage.growing.length > stage.frames, "playback waits in what is still to come"
    stage.stop()
    kept = stage.clips[1]
    source = desk.document.project.sources[kept.chosen.source]
    assert (source.growing, kept.length) == (False, source.frames)
    assert kept.chosen.provenance is not None
    assert kept.chosen.provenance["chunks"]
    desk.document.undo()
    assert [clip.id for clip in stage.clips] == [imported.id]
    desk.document.redo()
    assert stage.clips[1] == kept
    assert not stage.errors
