"""Live takes through the generator process: growing, new prompts, stopping, making them again, and being too slow."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Cancelled, EngineError
from engine.generate.interface import Settings, Task
from engine.generate.live_stream import LiveState
from engine.inference.api import LiveNews, Model, Order, Place
from engine.inference.client import InferenceProcess
from engine.inference.messages import COMMANDS, ContinueLive, Generate, Replay
from engine.jobs import Context
from engine.project.codec import is_plain
from engine.project.growing import list_growing
from engine.project.pool import read_samples, sample_file
from tests.engine.inference.conftest import Listener, chord, sound_of

pytestmark = pytest.mark.timeout(600)  # a process of its own loads torch, however busy the machine is

Ordered = Callable[..., Order]
CHUNK = 17640  # frames of the tiny model's chunks at 44.1 kHz


def grown(news: LiveNews, place: Place) -> np.ndarray:
    """What is in the growing file."""
    file = sample_file(place.folder, news.source, place.rate)
    return read_samples(file, 0, file.frames)


def full(news: LiveNews) -> bool:
    return news.report.state is LiveState.AHEAD


def test_it_grows_takes_a_new_prompt_stops_and_is_made_again(
    inference: InferenceProcess, order: Ordered, place: Place, listener: Listener
) -> None:
    live = inference.live(order("Live", seed=3), listener, Context())
    before = listener.until(full)
    assert live.news.source.growing
    assert before.report.reserve >= 1.6
    assert before.reserved > 0
    heard = grown(before, place)
    assert len(heard) == before.source.frames > 0

    playhead = before.source.frames // 2
    live.set_playhead(playhead)
    now = listener.until(lambda news: full(news) and news.source.frames > before.source.frames)
    live.set_settings(Settings(prompt="techno", blend=(("rain", 0.5),), guidance=1.5))
    later = listener.until(lambda news: full(news) and news.report.made > 0 and news is not now)
    live.set_playhead(later.source.frames)
    listener.until_any(lambda news: news.chunks[-1:] != () and news.chunks[-1]["prompt"] == "techno")
    made = live.stop()

    assert made is not None
    chunks = made.provenance["chunks"]
    changed = next(chunk["start"] for chunk in chunks if chunk["prompt"] == "techno")
    slowest = max(news.report.chunk_p95 for news in listener.news)  # what is due sooner cannot be made anew
    assert changed <= playhead + CHUNK + max(CHUNK, round(slowest * place.rate))
    assert [chunk["index"] for chunk in chunks] == list(range(len(chunks)))
    assert sorted(chunk["start"] for chunk in chunks) == [chunk["start"] for chunk in chunks]
    assert chunks[-1]["blend"] == [["rain", 0.5]]
    assert is_plain(made.provenance)
    sound = sound_of(made, place).samples
    assert len(sound) == made.source.frames == made.provenance["frames"]
    assert np.array_equal(sound[: len(heard)], heard)
    assert live.stop() is made
    assert listener.news[-1].report.state is LiveState.ENDED
    assert list_growing(place.folder)[0].sealed == made.source.id

    (place.folder / made.source.file).unlink()
    again = inference.replay(made.provenance, None, place, Context())
    assert again.source.id == made.source.id
    assert np.array_equal(sound_of(again, place).samples, sound)


def test_it_continues_a_sound_at_the_projects_rate(
    inference: InferenceProcess, order: Ordered, place: Place, listener: Listener
) -> None:
    source = chord(2.0, 44100, 2)
    live = inference.live(order(task=Task.CONTINUE, source=source), listener, Context())
    listener.until(lambda news: full(news) and news.source.frames > 0)
    made = live.stop()
    assert made is not None
    assert made.source.channels == 2
    assert inference.replay(made.provenance, source, place, Context()).source.id == made.source.id
    with pytest.raises(EngineError, match="not the same any more"):
        inference.replay(made.provenance, None, place, Context())


def test_other_orders_wait_until_it_is_stopped(inference: InferenceProcess, order: Ordered, listener: Listener) -> None:
    live = inference.live(order("The live one"), listener, Context())
    listener.until(full)
    told: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        context = Context()
        dropped = pool.submit(inference.run, order("dropped", seconds=0.5), context)
        waiting = pool.submit(inference.run, order(seconds=0.5), Context(lambda _, text: told.append(text)))
        while not told:
            assert inference.status().busy == "The live one"
        context.cancel()
        with pytest.raises(Cancelled):
            dropped.result()
        assert not waiting.done()
        live.stop()
        assert waiting.result().takes
    assert told[0].startswith("Waits for “")


def test_nothing_written_leaves_nothing(
    inference: InferenceProcess, order: Ordered, place: Place, listener: Listener
) -> None:
    bad = order(prompt="x", task=Task.LOOP)
    live = inference.live(bad, listener, Context())
    failed = listener.until(lambda news: news.report.state is LiveState.FAILED)
    assert "A stream cannot loop" in failed.report.error
    assert live.stop() is None
    assert not list((place.folder / "growing").iterdir())


def test_a_model_that_cannot_be_loaded_starts_nothing(
    inference: InferenceProcess, order: Ordered, place: Place, listener: Listener
) -> None:
    with pytest.raises(EngineError, match="There is no model"):
        inference.live(order(model=Model("nothing", "cpu")), listener, Context())
    assert not list((place.folder / "growing").iterdir())


def test_steps_go_down_where_the_model_is_too_slow(
    odd_inference: InferenceProcess, order: Ordered, place: Place, listener: Listener
) -> None:
    live = odd_inference.live(order(model=Model("slow", "cpu")), listener, Context())
    news = listener.until(lambda news: 0 < news.report.steps < news.report.wanted_steps)
    live.set_playhead(1)
    listener.until(lambda news: any(chunk["steps"] == 2 for chunk in news.chunks))
    assert news.report.speed < 1.2
    made = live.stop()
    assert made is not None
    steps = [chunk["steps"] for chunk in made.provenance["chunks"]]
    assert steps[0] == 3
    assert min(steps) == 2
    assert odd_inference.replay(made.provenance, None, place, Context()).source.id == made.source.id


def test_a_playhead_at_the_end_of_what_there_is_is_told(
    odd_inference: InferenceProcess, order: Ordered, listener: Listener
) -> None:
    live = odd_inference.live(order(model=Model("too slow", "cpu")), listener, Context())
    news = listener.until(lambda news: news.source.frames > 0)
    live.set_playhead(news.source.frames)
    behind = listener.until_any(lambda news: news.report.state is LiveState.BEHIND)
    more = listener.until(lambda news: news.source.frames > behind.source.frames)
    assert more.source.frames > news.source.frames
    assert live.stop() is not None


@pytest.fixture
def full_disk() -> Iterator[Callable[[], None]]:
    """A limit on the size of files stands for the full disk; calling it makes room again."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))

    def make_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    yield make_room
    make_room()


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on file sizes stands for the full disk")
def test_on_a_full_disk_what_was_written_is_kept(
    odd_inference: InferenceProcess, order: Ordered, place: Place, listener: Listener, full_disk: Callable[[], None]
) -> None:
    live = odd_inference.live(order(model=Model("tiny", "cpu")), listener, Context())
    while not any(news.report.state is LiveState.FAILED for news in listener.news):
        live.set_playhead(live.news.source.frames)
        listener.until(lambda news, known=live.news: news is not known)  # type: ignore[misc]
    assert "could not be written" in listener.news[-1].report.error
    full_disk()
    written = listener.news[-1].source.frames
    made = live.stop()
    assert made is not None
    assert made.source.frames == written > 0
    assert all(chunk["start"] < written for chunk in made.provenance["chunks"])
    again = odd_inference.replay(made.provenance, None, replace(place, folder=_second(place.folder)), Context())
    assert again.source.id == made.source.id


def test_where_nothing_can_be_written_nothing_is_started(
    inference: InferenceProcess, order: Ordered, place: Place, listener: Listener
) -> None:
    (place.folder / "growing").rmdir()
    (place.folder / "growing").write_text("in the way")
    with pytest.raises(EngineError, match="could not be written"):
        inference.live(order(), listener, Context())
    assert inference.run(order(seconds=0.5), Context()).takes  # the next order has its turn


def test_the_generators_process_never_learns_where_the_song_is(order: Ordered, place: Place) -> None:
    asked = order(task=Task.CONTINUE, source=chord(0.1, 44100, 1)).assignment
    for message in (
        Generate(1, asked),
        ContinueLive(2, asked),
        Replay(3, {"title": "x"}, asked.request.source, {}, 48000),
    ):
        assert str(place.folder).encode() not in b"".join(bytes(part) for part in COMMANDS.encoded(message))


def _second(folder: Path) -> Path:
    other = folder / "other"
    for room in ("audio", "cache"):
        (other / room).mkdir(parents=True)
    return other
