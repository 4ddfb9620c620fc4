"""Levels of what generators make: every task at once and as a stream, with systems that are loud, quiet or broken.

What is measured is measured by `tests.measures`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from engine import peak_limiter
from engine.audio import Audio
from engine.generate.interface import Capabilities, Chunk, Request, Result, Settings, Task, joined
from engine.generate.levelled import Levelled
from engine.jobs import Context
from tests.measures import db, dbtp, lufs

RATE = 48000
Wave = Callable[[int, int], np.ndarray]
"""Raw sound (frames, 1) of so many frames from a place on."""


@cache
def _music(frames: int, seed: int, start: int) -> np.ndarray:
    place = start + np.arange(frames)
    rng = np.random.default_rng(seed)
    loud, pitch = 10 ** rng.normal(-0.9, 0.15, 4000), rng.uniform(80, 900, 4000)
    beat = place // (RATE // 4)
    decay = np.exp(-(place % (RATE // 4)) / 4000)
    noise = np.random.default_rng(seed + 1).standard_normal(start + frames)[start:]
    wave = loud[beat] * (decay * np.sin(2 * np.pi * pitch[beat] * place / RATE) + 0.05 * noise)
    return wave[:, None].astype(np.float32)


def music(frames: int, seed: int = 0, start: int = 0) -> np.ndarray:
    """Notes with attacks over noise, which change from beat to beat: (frames, 1)."""
    return _music(frames, seed, start).copy()


@dataclass
class FakeSession:
    wave: Wave
    rate: int
    channels: int
    size: int
    index: int = 0
    notices: tuple[str, ...] = ()

    @property
    def next_seconds(self) -> float:
        return self.size / self.rate

    def mark(self) -> object:
        return self.index

    def rewind(self, mark: object) -> None:
        assert isinstance(mark, int)
        self.index = mark

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        samples = np.repeat(self.wave(self.index * self.size, self.size), self.channels, axis=1)
        self.index += 1
        return Chunk(self.index - 1, 0, samples, self.rate, settings, 1, 0.1, {}, last)


class Fake(Levelled):
    """A system that makes what `wave` says, and remembers the sound that it was given."""

    def __init__(self, wave: Wave, channels: int = 1, chunk: float = 2.0) -> None:
        self.wave, self.channels, self.chunk = wave, channels, chunk
        self.given: Audio | None = None

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            "fake", "Fake", "1", RATE, self.channels, 8.0, self.chunk, frozenset(Task), (), "MIT", "CPU"
        )

    def make(self, request: Request, context: Context) -> Result:
        self.given = request.source
        frames = request.frames or round(request.seconds * RATE)
        if request.source is not None and request.task is Task.VARIATION:
            frames = len(request.source.samples)
        if request.task is Task.INPAINT:
            frames = request.stop - request.start
        take = Audio(np.repeat(self.wave(0, frames), self.channels, axis=1), RATE)
        return Result((take,) * request.takes)

    def begin(self, request: Request, context: Context) -> FakeSession:
        self.given = request.source
        return FakeSession(self.wave, RATE, self.channels, round(self.chunk * RATE))


def at(gain: float, seed: int = 7) -> Wave:
    return lambda start, frames: np.float32(gain) * music(frames, seed, start)


def clicks(start: int, frames: int) -> np.ndarray:
    """Strokes with little between them: a crest of 30 dB."""
    place = start + np.arange(frames)
    stroke = np.exp(-(place % RATE) / 100) * np.sin(place * 0.9)
    return (1.9 * stroke + 1e-3 * music(frames, 2, start)[:, 0])[:, None].astype(np.float32)


def made(fake: Fake, request: Request) -> np.ndarray:
    return fake.generate(request, Context()).takes[0].samples


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [0.1, 0.5, 8.0])
@pytest.mark.parametrize("gain", [0.02, 0.3, 8.0])
@pytest.mark.parametrize("task", [Task.GENERATE, Task.LOOP])
def test_a_lone_take_arrives_at_minus_18_lufs(task: Task, gain: float, seconds: float, channels: int) -> None:
    samples = made(Fake(at(gain), channels), Request(task, seconds=seconds))
    assert samples.shape == (round(seconds * RATE), channels)
    assert lufs(samples) == pytest.approx(-18.0, abs=0.2)
    assert dbtp(samples) <= -1.0


def test_strokes_stay_under_the_ceiling_and_silence_stays_silent() -> None:
    assert dbtp(made(Fake(clicks), Request(seconds=4.0))) <= -1.0
    assert not made(Fake(lambda start, frames: np.zeros((frames, 1), np.float32)), Request(seconds=4.0)).any()


def test_takes_made_together_are_what_each_is_alone() -> None:
    together = Fake(at(1.0)).generate(Request(seconds=2.0, takes=3), Context())
    alone = made(Fake(at(1.0)), Request(seconds=2.0))
    assert all(np.array_equal(take.samples, alone) for take in together.takes)
    assert len(together.provenance["levels"]) == 3
    gain = together.record(1)["level"]["gain_db"][0]
    assert lufs(music(2 * RATE, 7)) + gain == pytest.approx(-18.0, abs=0.3)


SIGNS = {"in phase": (1.0, 1.0), "inverted": (1.0, -1.0), "left alone": (1.0, 0.0), "uneven": (1.0, -0.4)}


@pytest.mark.parametrize("signs", SIGNS.values(), ids=SIGNS)
@pytest.mark.parametrize("level", [0.0, -20.0, -40.0])
@pytest.mark.parametrize("raw", [0.02, 9.0])
def test_what_goes_on_is_as_loud_as_what_it_goes_on_from(signs: tuple[float, ...], level: float, raw: float) -> None:
    source = 10 ** (level / 20) * music(4 * RATE, 1) * np.array([signs])
    source = source.astype(np.float32)
    fake = Fake(at(raw))
    for task in (Task.CONTINUE, Task.EXTEND_LEFT):
        request = Request(task, seconds=5.0, source=Audio(source, RATE))
        new = made(fake, request)
        first, old = (new[:RATE], source[-RATE:]) if task is Task.CONTINUE else (new[-RATE:], source[:RATE])
        assert -5 <= db(first) - db(old) <= 2
        assert abs(lufs(new[RATE:-RATE] * 100) - lufs(source * 100)) <= 2  # a hundred times, for the standard's gate
        assert dbtp(new) <= -1.0
        assert fake.given is not None
        assert fake.given.samples.shape[1] == 1
        assert lufs(fake.given.samples) == pytest.approx(-22.0, abs=1.5), "the model is given the level that it knows"


def test_a_stream_is_the_same_whatever_pieces_it_comes_in() -> None:
    source = Audio(0.1 * music(6 * RATE, 1), RATE)
    request = Request(Task.CONTINUE, seconds=8.3, source=source)

    def drifting(start: int, frames: int) -> np.ndarray:
        place = start + np.arange(frames)[:, None]
        return (music(frames, 3, start) * 10 ** (1.2 * np.sin(place / RATE))).astype(np.float32)

    wholes = []
    for chunk in (2.0, 2.4, 3.7):
        chunks = list(Fake(drifting, chunk=chunk).stream(request, Context()))
        assert [each.start for each in chunks] == np.cumsum([0] + [len(each.samples) for each in chunks[:-1]]).tolist()
        wholes.append(np.concatenate([each.samples for each in chunks]))
        assert len(wholes[-1]) == round(8.3 * RATE)
        assert dbtp(wholes[-1]) <= -1.0
    for whole in wholes[1:]:
        assert np.array_equal(whole, wholes[0])


def test_a_stream_goes_back_to_a_mark() -> None:
    session = Fake(at(3.0)).open(Request(), Context())
    session.advance(Settings(), Context())
    mark = session.mark()
    one = [session.advance(Settings(), Context()) for _ in range(3)]
    session.rewind(mark)
    other = [session.advance(Settings(), Context()) for _ in range(3)]
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a.samples, b.samples)
        assert (a.start, a.gains_db) == (b.start, b.gains_db)


def test_a_stream_from_nothing_settles_at_the_level_of_a_lone_take() -> None:
    for channels in (1, 2):
        fake = Fake(at(0.02), channels)
        whole = np.concatenate([each.samples for each in fake.stream(Request(seconds=12.0), Context())])
        assert lufs(whole) == pytest.approx(-18.0, abs=1.0)


@pytest.mark.parametrize("drift", [-6.0, 0.0, 6.0])
def test_the_level_of_a_chain_does_not_wander(drift: float) -> None:
    """A system that gets 6 dB louder, or quieter, with every link."""
    whole = made(Fake(at(1.0)), Request(seconds=8.0))
    first = lufs(whole)
    for link in range(8):
        rising = 10 ** (drift * (link + 1) / 20)
        request = Request(Task.CONTINUE, seconds=8.0, source=Audio(whole, RATE))
        new = made(Fake(at(rising, 20 + link)), request)
        assert abs(lufs(new) - first) <= 3
        whole = np.concatenate((whole, new))


def test_a_level_that_creeps_within_a_stream_is_held() -> None:
    def creeping(start: int, frames: int) -> np.ndarray:
        place = start + np.arange(frames)[:, None]
        return (music(frames, 3, start) * 10 ** (place / RATE / 40)).astype(np.float32)  # half a decibel a second

    source = music(8 * RATE, 1)
    whole = made(Fake(creeping), Request(Task.CONTINUE, seconds=32.0, source=Audio(source, RATE)))
    for second in range(4, 32, 4):
        assert abs(lufs(whole[second * RATE : (second + 4) * RATE]) - lufs(source)) <= 3


@pytest.mark.parametrize("decay", [0.3, 0.5])
def test_any_four_seconds_of_a_stream_are_as_loud_as_its_source(decay: float) -> None:
    """Chords that die away, from a system that falls by 5 dB and rises again every few seconds."""

    def chords(start: int, frames: int) -> np.ndarray:
        place = (start + np.arange(frames)) / RATE
        level = np.exp(-(place % 0.8) / decay) * np.where((place // 3.5) % 2, 10 ** (-5 / 20), 1.0)
        return (0.2 * level * np.sin(2 * np.pi * 440 * place))[:, None].astype(np.float32)

    source = music(4 * RATE, 1)
    chunks = Fake(chords).stream(Request(Task.CONTINUE, seconds=18.0, source=Audio(source, RATE)), Context())
    whole = np.concatenate([each.samples for each in chunks])
    for start in range(0, 14 * RATE + 1, RATE):
        assert abs(lufs(whole[start : start + 4 * RATE]) - lufs(source)) <= 3


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0, 8.0])
@pytest.mark.parametrize("raw", [0.05, 2.8])
def test_a_part_made_anew_is_as_loud_as_both_sides(raw: float, seconds: float, channels: int) -> None:
    source = np.repeat(music(20 * RATE, 1), channels, axis=1)
    source[10 * RATE :] *= np.float32(0.5)  # 6 dB quieter on the right
    start = 10 * RATE - round(0.5 * seconds * RATE)
    stop = start + round(seconds * RATE)
    request = Request(Task.INPAINT, source=Audio(source, RATE), start=start, stop=stop)
    new = made(Fake(at(raw)), request)
    near = min(RATE, (stop - start) // 2)
    assert abs(lufs(new[:near]) - lufs(source[start - near : start])) <= 1
    assert abs(lufs(new[-near:]) - lufs(source[stop : stop + near])) <= 1
    assert dbtp(new) <= -1.0
    whole = joined(request, Audio(new, RATE)).samples
    assert np.array_equal(whole[:start], source[:start])
    assert np.array_equal(whole[stop:], source[stop:])
    jumps = np.abs(np.diff(whole[:, 0]))
    usual = np.sort(jumps)[-len(jumps) // 1000]
    assert max(jumps[start - 1], jumps[stop - 1]) <= 2 * usual


def test_a_part_at_an_end_of_a_sound_or_in_silence_has_a_level_too() -> None:
    source = 0.2 * music(6 * RATE, 1)
    for start, stop in ((0, 2 * RATE), (4 * RATE, 6 * RATE)):
        new = made(Fake(at(4.0)), Request(Task.INPAINT, source=Audio(source, RATE), start=start, stop=stop))
        assert abs(lufs(new) - lufs(source)) <= 2
    silent = Request(Task.INPAINT, source=Audio(0 * source, RATE), start=RATE, stop=3 * RATE)
    assert lufs(made(Fake(at(4.0)), silent)) == pytest.approx(-18.0, abs=1.0)


def test_a_variation_is_as_loud_as_its_sound() -> None:
    source = 0.05 * music(5 * RATE, 1)
    new = made(Fake(at(4.0)), Request(Task.VARIATION, source=Audio(source, RATE)))
    assert lufs(new) == pytest.approx(lufs(source), abs=0.5)


def test_values_that_are_no_numbers_become_silence_and_are_told() -> None:
    def broken(start: int, frames: int) -> np.ndarray:
        wave = music(frames, 4, start)
        wave[1000:1010], wave[2000] = np.nan, np.inf
        return wave

    result = Fake(broken).generate(Request(seconds=3.0), Context())
    assert np.isfinite(result.takes[0].samples).all()
    assert lufs(result.takes[0].samples) == pytest.approx(-18.0, abs=0.3)
    assert any("no numbers" in notice for notice in result.notices)
    session = Fake(broken).open(Request(), Context())
    assert np.isfinite(session.advance(Settings(), Context()).samples).all()
    assert any("no numbers" in notice for notice in session.notices)


@pytest.mark.parametrize("task", [Task.GENERATE, Task.LOOP, Task.CONTINUE, Task.INPAINT])
def test_an_offset_is_taken_away(task: Task) -> None:
    def offset(start: int, frames: int) -> np.ndarray:
        return music(frames, 4, start) + np.float32(0.3)

    source = Audio(music(6 * RATE, 1), RATE)
    new = made(Fake(offset), Request(task, seconds=6.0, source=source, start=RATE, stop=4 * RATE))
    assert abs(float(new.mean())) < 0.02 * np.sqrt(np.mean(np.square(new)))


def test_a_loop_is_limited_as_a_circle() -> None:
    def peak_at_the_end(start: int, frames: int) -> np.ndarray:
        wave = 0.3 * music(frames, 4, start)
        wave[-40:] += np.float32(6.0) * np.hanning(40)[:, None].astype(np.float32)
        return wave

    new = made(Fake(peak_at_the_end), Request(Task.LOOP, frames=2 * RATE))
    assert dbtp(np.tile(new, (3, 1))) <= -1.0
    start, far = new[:100], 0.3 * music(2 * RATE, 4)[:100]
    ratio = start / far
    assert ratio[5] < 0.97 * ratio[99], "the gain comes back up after the border, as it went down before it"


def test_the_limiter_leaves_alone_what_is_under_the_ceiling() -> None:
    wave = 0.3 * music(RATE, 5)
    assert np.array_equal(peak_limiter.limited(wave, RATE), wave)


@pytest.mark.parametrize("rate", [8000, 22050, 24000, 44100, 96000, 192000])
def test_true_peaks_stay_under_the_ceiling_at_any_rate(rate: int) -> None:
    rng = np.random.default_rng(0)
    t = np.arange(rate)[:, None]
    # a quarter of the rate, 45° off: its samples are 3 dB under its peaks
    wave = 1.4 * np.sin(np.pi / 2 * t + np.pi / 4) + 0.1 * rng.standard_normal((rate, 2))
    limited = peak_limiter.limited(wave.astype(np.float32), rate)
    assert limited.shape == wave.shape
    assert -2.5 <= dbtp(limited) <= -1.0


def test_what_a_system_makes_never_stays_quieter_for_its_peaks_alone() -> None:
    samples = made(Fake(clicks), Request(seconds=4.0))
    assert np.abs(samples).max() > 0.8
    request = replace(Request(seconds=4.0), takes=2)
    assert len(Fake(clicks).generate(request, Context()).takes) == 2
