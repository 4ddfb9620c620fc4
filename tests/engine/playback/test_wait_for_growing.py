"""A bounce that waits for sound that is still being made."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from engine.audio import read_audio
from engine.errors import Cancelled, ExportError
from engine.jobs import Context
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.report import BounceReport
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from engine.project.growing import GrowingWriter
from engine.project.model import Project, audio_clip, audio_take, new_project
from tests.places import place_at
from tests.sealing import sealed

RATE = 8000
WAVE = np.random.default_rng(1).uniform(-0.4, 0.4, (6000, 2)).astype(np.float32)


class Export:
    """A song whose one clip plays frames 0 to 3000 of what grows, and its export."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for room in ("audio", "cache"):
            (folder / room).mkdir()
        self.writer = GrowingWriter(folder, "g", RATE, 2, name="Rain")
        self.writer.append(WAVE[:1000])
        clip = audio_clip("c", place_at(Fraction(0)), 3000, (audio_take("t", "g"),), name="Rain")
        project = edits.add_track(new_project("Song", rate=RATE), "Live", track_id="live")
        self.project: Project = edits.add_clip(edits.add_source(project, self.writer.source), "live", clip)
        self.context = Context(lambda share, text: self.waits.set() if text.startswith("Waits for ") else None)
        self.waits = Event()
        self.out = folder / "out" / "mix.wav"
        self.out.parent.mkdir()

    def request(self, **values: object) -> BounceRequest:
        return BounceRequest(self.out, format=SampleFormat.FLOAT, wait=True, **values)  # type: ignore[arg-type]

    def run(self, **values: object) -> BounceReport:
        return bounce(self.project, self.folder, self.request(**values), self.context)

    @property
    def heard(self) -> np.ndarray:
        return read_audio(self.out).samples


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Export]:
    export = Export(tmp_path)
    yield export
    export.writer.close()


@pytest.fixture
def waiting(export: Export) -> Iterator[Callable[[], "Future[BounceReport]"]]:
    """Begins an export, and returns when it waits."""
    with ThreadPoolExecutor(1) as pool:

        def begin() -> "Future[BounceReport]":
            future = pool.submit(export.run)
            assert export.waits.wait(30)
            return future

        yield begin
        export.context.cancel()


def test_it_goes_on_when_enough_is_there(export: Export, waiting: Callable[[], "Future[BounceReport]"]) -> None:
    future = waiting()
    export.writer.append(WAVE[1000:2999])
    assert not future.done()
    export.writer.append(WAVE[2999:5000])
    assert future.result(30).frames == 3000
    assert np.array_equal(export.heard, WAVE[:3000])


def test_what_ends_before_ends_the_song_there(export: Export, waiting: Callable[[], "Future[BounceReport]"]) -> None:
    future = waiting()
    export.writer.append(WAVE[1000:2000])
    sealed(export.writer)
    assert future.result(30).frames == 2000
    assert np.array_equal(export.heard, WAVE[:2000])


def test_what_comes_to_nothing_is_a_sentence(export: Export, waiting: Callable[[], "Future[BounceReport]"]) -> None:
    future = waiting()
    export.writer.discard()
    with pytest.raises(ExportError, match="Nothing was made of “Rain”"):
        future.result(30)
    assert not export.out.exists()


def test_a_cancel_ends_the_waiting(export: Export, waiting: Callable[[], "Future[BounceReport]"]) -> None:
    future = waiting()
    export.context.cancel()
    with pytest.raises(Cancelled):
        future.result(30)
    assert list(export.out.parent.iterdir()) == []


def test_what_is_not_heard_or_there_already_is_not_waited_for(export: Export) -> None:
    export.run(end=place_at(1000))
    assert np.array_equal(export.heard, WAVE[:1000])
    other = audio_clip("d", place_at(4000), 500, (audio_take("u", "g"),), name="Start of it")
    export.project = edits.add_clip(export.project, "live", other)
    export.out.unlink()
    export.run(start=place_at(4000), end=place_at(4500))
    assert np.array_equal(export.heard, WAVE[:500])
    assert not export.waits.is_set()
