"""A part of a clip made anew with the generator's own process and a tiny model of random weights, and compared."""

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from engine.audio import AudioReader
from engine.jobs import Context
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from engine.project.model import Clip, Project
from engine.studio.sound import clip_sound
from tests.desktop.generation.conftest import PATIENCE

START, STOP = 30_000, 54_000


class Stage:
    """A song with one imported clip of two seconds."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self.desk, self.qtbot = desk, qtbot
        flows = desk.generating.flows
        self.anew, self.review, self.document = flows.anew, flows.review, desk.document
        self.errors: list[str] = []
        self.document.failed.connect(self.errors.append)
        desk.generating.generation.failed.connect(lambda sentence, job: self.errors.append(sentence))

    @property
    def clip(self) -> Clip:
        return next(clip for _, clip in self.document.project.clips())

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(lambda: bool(self.errors) or condition(), timeout=PATIENCE)
        assert not self.errors

    def regenerate(self) -> None:
        start = self.document.project.start_of(self.clip)
        self.document.select([self.clip.id], region=(start + START, start + STOP))
        self.desk.actions["regenerate"].trigger()
        self.until(lambda: self.review.running)

    def sound(self, project: Project | None = None) -> np.ndarray:
        folder = self.document.folder
        assert folder is not None
        project = project or self.document.project
        clip = next(clip for _, clip in project.clips())
        return clip_sound(project, folder, clip).samples

    def bounced(self, name: str) -> np.ndarray:
        folder = self.document.folder
        assert folder is not None
        mix = folder.parent / f"{name}.wav"
        bounce(self.document.project, folder, BounceRequest(mix=mix, format=SampleFormat.FLOAT), Context())
        with AudioReader(mix) as reader:
            return np.concatenate(list(reader.blocks()))


@pytest.fixture
def stage(making: Desk, qtbot: QtBot) -> Stage:
    return Stage(making, qtbot)


def test_only_the_selected_part_changes(stage: Stage) -> None:
    document, review = stage.document, stage.review
    before, heard, mixed = document.project, stage.sound(), stage.bounced("before")
    stage.regenerate()
    assert (review.count, review.shown) == (2, 1)
    takes = []
    for number in (1, 2):
        review.show(number)
        new, mix = stage.sound(), stage.bounced(f"take {number}")
        assert new.shape == heard.shape
        np.testing.assert_array_equal(new[:START], heard[:START])
        np.testing.assert_array_equal(new[STOP:], heard[STOP:])
        assert not np.array_equal(new[START:STOP], heard[START:STOP])
        np.testing.assert_array_equal(mix[:START], mixed[:START])
        np.testing.assert_array_equal(mix[STOP:], mixed[STOP:])
        jumps = np.abs(np.diff(new, axis=0))
        usual = np.abs(np.diff(new[START + 2000 : STOP - 2000], axis=0)).max() + np.abs(np.diff(heard, axis=0)).max()
        assert max(jumps[START - 2 : START + 2].max(), jumps[STOP - 2 : STOP + 2].max()) <= usual
        takes.append(new)
    assert not np.array_equal(takes[0], takes[1])
    stage.desk.actions["compare"].trigger()
    assert (review.shown, np.array_equal(stage.sound(), heard)) == (0, True)
    stage.desk.actions["compare"].trigger()
    assert review.shown == 2
    stage.desk.actions["accept"].trigger()
    assert not review.running
    np.testing.assert_array_equal(stage.sound(), takes[1])
    assert document.history.undo_name == "Regenerate part"
    document.undo()
    assert document.project is before
    document.redo()
    np.testing.assert_array_equal(stage.sound(), takes[1])
    assert len(document.project.sources) == 2, "what was not kept leaves the song"


def test_giving_up_leaves_no_trace_but_edits_made_meanwhile_stay(stage: Stage) -> None:
    document, review = stage.document, stage.review
    before, steps = document.project, document.history.entries
    stage.regenerate()
    stage.desk.actions["discard"].trigger()
    assert document.project is before
    assert document.history.entries == steps
    stage.regenerate()
    document.apply("Clip gain", lambda p: edits.set_clip(p, [stage.clip.id], gain_db=-6.0))
    assert review.running
    review.give_up()
    assert stage.clip.gain_db == -6.0
    assert stage.clip.takes == next(clip for _, clip in before.clips()).takes
    assert document.project.sources == before.sources
    document.undo()
    assert document.project is before
