"""The composer behind the door of all generators."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.analysis.chords import find_chords, key_of_chords
from engine.analysis.grid import find_grid
from engine.audio import Audio
from engine.errors import ModelError
from engine.generate import registry
from engine.generate.composer.generator import Composer
from engine.generate.composer.session import ComposerSession, played
from engine.generate.interface import Generator, Request, Settings, Task, joined
from engine.jobs import Context
from engine.loudness import integrated_loudness, true_peak

RATE = 48000


@pytest.fixture(scope="module")
def composer() -> Generator:
    return registry.open_model("composer")


def _request(prompt: str = "pop, 120 BPM, A minor", **changes: object) -> Request:
    return replace(Request(settings=Settings(prompt=prompt), seconds=4.0), **changes)


def test_it_is_listed_and_says_what_it_can(composer: Generator) -> None:
    info = next(info for info in registry.installed() if info.id == "composer")
    assert (info.licence, info.commercial, info.problem) == ("Apache-2.0", True, "")
    assert composer.capabilities.tasks == frozenset(Task)
    assert (composer.capabilities.rate, composer.capabilities.channels) == (RATE, 2)


def test_the_same_request_gives_the_same_sound_at_its_level(composer: Generator) -> None:
    request = _request(takes=2, seed=5)
    first = composer.generate(request, Context())
    again = composer.generate(request, Context())
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(first.takes, again.takes, strict=True))
    assert not np.array_equal(first.takes[0].samples, first.takes[1].samples)
    assert np.array_equal(composer.generate(_request(seed=6), Context()).takes[0].samples, first.takes[1].samples)
    for take in first.takes:
        assert take.samples.shape == (4 * RATE, 2)
        assert integrated_loudness(take.samples, RATE) == pytest.approx(-18, abs=2)
        assert true_peak(take.samples, RATE) <= -0.99


def test_what_was_not_understood_is_said_and_what_cannot_be_refused(composer: Generator) -> None:
    assert "“zorblax”" in " ".join(composer.generate(_request("pop zorblax"), Context()).notices)
    with pytest.raises(ModelError, match="bars were asked for at once"):
        composer.generate(_request(seconds=3600.0), Context())


def test_a_loop_closes(composer: Generator) -> None:
    loop = composer.generate(_request(task=Task.LOOP, seconds=8.0), Context()).takes[0].samples
    assert len(loop) == 8 * RATE
    inner = np.abs(np.diff(loop, axis=0)).max()
    assert np.abs(loop[0] - loop[-1]).max() <= inner


@pytest.mark.parametrize("task", [Task.CONTINUE, Task.EXTEND_LEFT, Task.INPAINT, Task.VARIATION])
def test_it_works_on_a_sound(composer: Generator, task: Task) -> None:
    source = composer.generate(_request("folk, 100 BPM, D major", seconds=9.6), Context()).takes[0]
    request = _request("folk", task=task, source=source, start=2 * RATE, stop=5 * RATE, seconds=2.0)
    take = composer.generate(request, Context()).takes[0]
    frames = {Task.INPAINT: 3 * RATE, Task.VARIATION: len(source.samples)}.get(task, 2 * RATE)
    assert take.samples.shape == (frames, 2)
    assert float(np.sqrt((take.samples**2).mean())) > 0.01


def test_it_hears_tempo_key_and_chords() -> None:
    """Of clicks and chords whose tempo, key and chords are known by how they are made."""
    tempo, beat = 100.0, round(0.6 * RATE)
    roots = (57, 53, 60, 55)  # A minor, F, C, G
    time = np.arange(4 * beat) / RATE
    bars = []
    for root, third in zip(roots, (3, 4, 4, 4), strict=True):
        tones = [440 * 2 ** ((root + step - 69) / 12) for step in (0, third, 7)]
        sound = 0.1 * sum(np.sin(2 * np.pi * f * time) + 0.3 * np.sin(4 * np.pi * f * time) for f in tones)
        for start in range(0, 4 * beat, beat):
            sound[start : start + 400] += np.random.default_rng(1).uniform(-0.5, 0.5, 400)
        bars.append(sound)
    audio = Audio(np.tile(np.concatenate(bars), 2)[:, None].astype(np.float32), RATE)
    grid = find_grid(audio)
    assert grid is not None
    assert grid.tempo == pytest.approx(tempo, abs=0.1)
    chords = find_chords(audio, grid)
    key = key_of_chords(chords)
    assert key is not None
    assert key.name in ("A minor", "C major")
    assert [chord.symbol for chord in chords] == ["Am", "F", "C", "G"] * 2


def test_a_live_take_is_its_notes() -> None:
    """What is streamed, over eras and a new wish, is bit by bit what its sealed notes render."""
    session = Composer().begin(_request("lo-fi drums, bass and strings, 240 BPM"), Context())
    settings = Settings(prompt="lo-fi drums, bass and strings, 240 BPM")
    chunks = [session.advance(settings, Context()).samples for _ in range(35)]  # an era has 32 bars
    settings = replace(settings, prompt="fast techno, 200 BPM")
    chunks += [session.advance(settings, Context()).samples for _ in range(3)]
    stream = np.concatenate(chunks)
    assert len(session.takes) == 2
    assert np.array_equal(played(session.takes, RATE, len(stream)).T, stream)


def test_a_new_wish_is_heard_from_the_next_bar() -> None:
    def streamed(prompt: str) -> tuple[np.ndarray, ComposerSession]:
        session = Composer().begin(_request("house with drums and bass, 120 BPM"), Context())
        chunks = [session.advance(Settings(prompt="house with drums and bass, 120 BPM"), Context()) for _ in range(2)]
        chunks += [session.advance(Settings(prompt=prompt), Context()) for _ in range(3)]
        return np.concatenate([chunk.samples for chunk in chunks]), session

    same, _ = streamed("house with drums and bass, 120 BPM")
    other, session = streamed("metal, 150 BPM")
    bar = int(Fraction(4 * 60, 120) * RATE)
    count = min(len(same), len(other))
    differs = np.flatnonzero(np.abs(same[:count] - other[:count]).max(axis=1) > 1e-6)
    assert 2 * bar - RATE // 10 <= differs[0] <= 2 * bar + RATE // 10
    assert session.takes[1].origin == 2 * bar
    assert session.takes[1].score.genre == "metal"


def test_a_new_wish_is_heard_from_the_next_beat_if_asked() -> None:
    """The first five beats stay as they are; what was streamed is what the notes render, though a bar was cut."""
    prompt = "house with drums and bass, 120 BPM"
    settings = Settings(prompt=prompt, own={"turn": "beat"})

    def streamed(new: str) -> tuple[np.ndarray, ComposerSession]:
        session = Composer().begin(replace(_request(prompt), settings=settings), Context())
        chunks = [session.advance(settings, Context()) for _ in range(5)]
        chunks += [session.advance(replace(settings, prompt=new), Context()) for _ in range(6)]
        return np.concatenate([chunk.samples for chunk in chunks]), session

    same, _ = streamed(prompt)
    other, session = streamed("metal, 150 BPM")
    beat = RATE // 2
    count = min(len(same), len(other))
    differs = np.flatnonzero(np.abs(same[:count] - other[:count]).max(axis=1) > 1e-6)
    assert 5 * beat - RATE // 10 <= differs[0] <= 5 * beat + RATE // 10
    assert session.takes[1].origin == 5 * beat
    assert np.array_equal(played(session.takes, RATE, len(other)).T, other)


def test_a_stream_goes_back_to_a_mark() -> None:
    session = Composer().begin(_request(), Context())
    settings = _request().settings
    session.advance(settings, Context())
    mark = session.mark()
    first = session.advance(settings, Context()).samples
    session.advance(replace(settings, prompt="techno"), Context())
    session.rewind(mark)
    assert np.array_equal(session.advance(settings, Context()).samples, first)


def test_a_stream_is_cut_to_its_length(composer: Generator) -> None:
    chunks = list(composer.stream(_request(seconds=5.0), Context()))
    assert sum(len(chunk.samples) for chunk in chunks) == 5 * RATE
    assert chunks[-1].last


def test_it_goes_on_from_a_sound_as_a_stream(composer: Generator) -> None:
    source = composer.generate(_request("folk, 100 BPM, D major", seconds=4.8), Context()).takes[0]
    low = Audio(source.samples[::2].copy(), RATE // 2)
    request = _request("", task=Task.CONTINUE, source=low)
    session = composer.open(request, Context())
    chunks = [session.advance(request.settings, Context()) for _ in range(2)]  # the first may wait for its level
    assert {chunk.rate for chunk in chunks} == {RATE // 2}
    assert sum(len(chunk.samples) for chunk in chunks)


def test_it_accompanies_a_sound(composer: Generator) -> None:
    source = composer.generate(
        _request("rock drums, bass and guitar, 112 BPM, E minor", seconds=12.0), Context()
    ).takes[0]
    request = _request("bass and strings", task=Task.ACCOMPANY, source=source)
    take = composer.generate(request, Context()).takes[0]
    assert take.samples.shape == source.samples.shape
    assert float(np.sqrt((take.samples**2).mean())) > 0.01
    assert joined(request, take) is take
    silent = replace(request, source=Audio(np.zeros((5 * RATE, 2), np.float32), RATE))
    with pytest.raises(ModelError, match="silent"):
        composer.generate(silent, Context())
