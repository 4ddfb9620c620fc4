from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.playback.mixer import Mixer
from engine.playback.plan import LoopFrames, Placement, Plan, TrackPlan
from engine.playback.transport import Transport

RATE = 48000
BUFFER, GUARD = 7200, 1500


def plan_of(*placements: Placement, **fields: object) -> Plan:
    return Plan(RATE, (TrackPlan("t", placements=placements),), **fields)


@pytest.fixture
def counting(write_file) -> Plan:
    """A song of 10 s whose sample at frame f is f / 2²⁰."""
    ramp = np.arange(10 * RATE, dtype=np.float32) / 2**20
    return plan_of(Placement(0, len(ramp), write_file(ramp)))


@pytest.fixture
def sine(write_file) -> Plan:
    """A song of 10 s: 200 Hz, whose samples differ by 0.0132 at most."""
    wave = 0.5 * np.sin(2 * np.pi * 200 / RATE * np.arange(10 * RATE))
    return plan_of(Placement(0, len(wave), write_file(wave.astype(np.float32))))


class Listener:
    """Pulls like a device and keeps what it heard, and where the transport says the song was."""

    def __init__(self, plan: Plan, *, block: int = 256, buffer: int = BUFFER, guard: int = GUARD) -> None:
        self.transport = Transport(plan, buffer=buffer, guard=guard)
        self.block = block
        self.heard = np.empty((0, 2), np.float32)
        self.song: list[int] = []

    def listen(self, frames: int, *, fill: bool = True) -> np.ndarray:
        """What is heard next."""
        start = len(self.heard)
        parts = [self.heard]
        for first in range(0, frames, self.block):
            while fill and self.transport.fill():
                pass
            out = np.empty((min(self.block, frames - first), 2), np.float32)
            read = self.transport.ring.read
            self.transport.ring.pull(out)
            self.song += [self.transport.at(read + frame).at(read + frame) for frame in range(len(out))]
            parts.append(out)
        self.heard = np.concatenate(parts)
        return self.heard[start:]

    def steps(self) -> float:
        """The largest step between samples heard."""
        return float(np.abs(np.diff(self.heard[:, 0])).max())


@pytest.fixture
def listen_to() -> Iterator[Callable[..., Listener]]:
    listeners = []

    def make(*args: object, **fields: object) -> Listener:
        listeners.append(Listener(*args, **fields))
        return listeners[-1]

    yield make
    for listener in listeners:
        listener.transport.close()


@pytest.mark.parametrize("block", [64, 441, 1024])
def test_hears_what_the_mixer_renders(listen_to, busy_plan: Plan, block: int) -> None:
    listener = listen_to(busy_plan, block=block)
    listener.transport.play(0)
    heard = listener.listen(10200 + GUARD)
    with Mixer(busy_plan) as mixer:
        whole = mixer.render(0, 10200)
    first = int(np.flatnonzero(heard.any(axis=1))[0]) - int(np.flatnonzero(whole.any(axis=1))[0])
    assert first <= GUARD
    assert np.array_equal(heard[first : first + 10200], whole[: len(heard) - first])


def test_loop_region_loses_and_repeats_no_sample(listen_to, counting: Plan) -> None:
    loop = LoopFrames(10007, 15011, True)
    listener = listen_to(replace(counting, loop=loop), block=441)
    listener.transport.play(8000)
    heard = listener.listen(40000)[:, 0]
    frames = np.rint(heard * 2**20).astype(int)
    start = int(np.flatnonzero(heard)[0])
    playing = frames[start + 500 :]  # after the fade-in of a start amid a sound
    steps = np.diff(playing)
    assert set(steps) == {1, loop.start - loop.end + 1}
    assert (np.flatnonzero(steps != 1)[1:] - np.flatnonzero(steps != 1)[:-1] == loop.end - loop.start).all()
    assert listener.song[start + 500 :] == playing.tolist()


def test_a_loop_can_be_set_and_left_while_playing(listen_to, counting: Plan) -> None:
    listener = listen_to(counting)
    listener.transport.play(0)
    listener.listen(5000)
    listener.transport.set_loop(LoopFrames(6000, 9000, True))
    listener.listen(20000)
    assert 6000 <= listener.song[-1] < 9000
    listener.transport.set_loop(LoopFrames(6000, 9000, False))
    listener.listen(20000)
    assert listener.song[-1] > 20000


def test_position_is_what_is_heard_through_seeks_and_stops(listen_to, counting: Plan) -> None:
    listener = listen_to(counting)
    transport = listener.transport
    transport.play(1000)
    listener.listen(3000)
    transport.seek(200000)
    listener.listen(5000)
    transport.stop()
    listener.listen(5000)
    rest = listener.song[-1]
    assert listener.song[-2000:] == [rest] * 2000
    transport.play()
    heard = np.rint(listener.listen(5000)[:, 0] * 2**20).astype(int)
    assert heard[-1] == listener.song[-1] == rest + len(np.flatnonzero(heard))
    frames = np.rint(listener.heard[:, 0] * 2**20).astype(int)
    exact = np.flatnonzero(frames == np.array(listener.song))
    assert len(exact) > 9000  # all but the fades and the rests


def test_no_clicks(listen_to, sine: Plan) -> None:
    listener = listen_to(sine)
    transport = listener.transport
    quiet = replace(sine, tracks=(replace(sine.tracks[0], gain=0.1, left=0.2),))
    silent = replace(sine, tracks=(replace(sine.tracks[0], audible=False),))
    moved = replace(
        sine, tracks=(replace(sine.tracks[0], placements=(replace(sine.tracks[0].placements[0], start=77),)),)
    )
    listener.listen(1000)
    transport.play(12345)
    listener.listen(2000)
    for plan in (quiet, sine, silent, sine, moved, sine):
        transport.set_plan(plan)
        listener.listen(2000)
    for frame in (99999, 3, 200060):
        transport.seek(frame)
        listener.listen(2000)
    transport.stop()
    listener.listen(3000)
    transport.play()
    listener.listen(2000)
    transport.set_plan(quiet)
    transport.set_plan(sine)  # faster than they can be heard
    transport.set_plan(silent)
    listener.listen(5000)
    assert listener.steps() < 0.0132 + 2 * 0.5 / (0.008 * RATE)
    assert not listener.heard[-1000:].any()
    assert listener.transport.ring.underruns == 0


def test_a_change_is_heard_soon_however_long_the_buffer(listen_to, sine: Plan) -> None:
    listener = listen_to(sine, buffer=48000)
    listener.transport.play(0)
    listener.listen(10000)
    listener.transport.set_plan(replace(sine, tracks=(replace(sine.tracks[0], gain=0.0),)))
    assert listener.transport.ring.write - listener.transport.ring.read > 40000  # nothing was dropped
    heard = listener.listen(20000)
    assert np.flatnonzero(heard[:, 0])[-1] < GUARD + 0.008 * RATE + 1


def test_starting_where_a_sound_starts_keeps_its_attack(listen_to, write_file) -> None:
    plan = plan_of(Placement(5000, 3000, write_file(np.ones(3000, np.float32))))
    listener = listen_to(plan)
    listener.transport.play(5000)
    assert set(np.unique(listener.listen(3000)[:, 0])) == {0.0, 1.0}
    listener.transport.seek(5001)
    assert len(np.unique(listener.listen(3000)[:, 0])) > 100


def test_underruns_are_counted_and_lose_nothing(listen_to, counting: Plan) -> None:
    listener = listen_to(counting)
    listener.transport.play(0)
    listener.listen(4000)
    listener.listen(20000, fill=False)
    ring = listener.transport.ring
    assert ring.underruns > 0
    assert ring.lacking > 5000
    listener.listen(4000)
    heard = np.rint(listener.heard[:, 0] * 2**20).astype(int)
    heard = heard[heard > 0]
    assert (np.diff(heard) == 1).all()


def test_a_device_that_overtakes_a_change_hears_the_song_go_on(listen_to, counting: Plan) -> None:
    listener = listen_to(counting, buffer=24000)
    listener.transport.play(0)
    listener.listen(30000)
    listener.transport.set_plan(replace(counting, master_gain=1.0, length=1))
    listener.listen(10000, fill=False)  # goes past what was rendered anew, into the old
    listener.listen(30000)
    heard = np.rint(listener.heard[:, 0] * 2**20).astype(int)
    heard = heard[heard > 0]
    assert (np.diff(heard) == 1).all()
    assert listener.song[-1] == heard[-1]


def test_waits_for_a_growing_file_and_goes_on_where_it_stopped(listen_to, write_file) -> None:
    ramp = (np.arange(3 * RATE, dtype=np.float32) + 1) / 2**20
    file = write_file(ramp[:RATE], growing=True)
    listener = listen_to(plan_of(Placement(0, 3 * RATE, file)))
    listener.transport.play(0)
    listener.listen(2 * RATE)
    transport = listener.transport
    assert transport.at(transport.ring.read).holding
    assert not listener.heard[-1000:].any()
    held = listener.song[-1]
    assert RATE - 1500 < held < RATE
    with Path(file.path).open("ab") as growing:
        growing.write(ramp[RATE : RATE + 1000].tobytes())
    listener.listen(RATE // 2)
    assert transport.at(transport.ring.read).holding  # too little to go on
    with Path(file.path).open("ab") as growing:
        growing.write(ramp[RATE + 1000 :].tobytes())
    listener.listen(RATE)
    assert not transport.at(transport.ring.read).holding
    heard = np.rint(listener.heard[:, 0] * 2**20).astype(int)
    assert set(range(1, held)) <= set(heard)
    assert set(range(held + 500, held + 20000)) <= set(heard)


def test_metronome_clicks_on_the_beats_and_stays_out_of_the_tap(listen_to, write_file) -> None:
    listener = listen_to(plan_of())
    listener.transport.set_metronome(True)
    listener.transport.play(0)
    heard = listener.listen(5 * RATE)[:, 0]
    start = listener.song.index(1) - 1
    loud = np.flatnonzero(np.abs(heard) > 1e-4) - start
    first = [int(frame) for frame in loud if not ((loud >= frame - 2000) & (loud < frame)).any()]
    assert all(abs(frame - beat * RATE // 2) < 10 for beat, frame in enumerate(first))
    assert len(first) == 10
    peaks = [np.abs(heard[start + frame : start + frame + 2000]).max() for frame in first]
    assert [peak > 0.35 for peak in peaks[:8]] == [True, False, False, False] * 2
    ring = listener.transport.ring
    assert not ring.get(ring.tap, ring.read - RATE // 2, RATE // 2).any()


def test_audition_plays_over_the_song_or_alone(listen_to, write_file) -> None:
    sound = write_file(np.full(5000, 0.25, np.float32))
    listener = listen_to(plan_of())
    listener.transport.audition(sound)
    heard = listener.listen(10000)[:, 0]
    assert 4600 <= (heard == 0.25).sum() <= 5000
    listener.transport.audition(sound)
    listener.listen(3000)
    listener.transport.audition(None)
    assert not listener.listen(5000)[-2000:].any()


def test_an_audition_in_time_begins_as_far_into_its_bar_as_the_song_is(listen_to, write_file) -> None:
    bar, beats = 8000, np.zeros(30000, np.float32)
    beats[::8000] = 0.5  # the first frame of each bar
    ticks = np.zeros(60000, np.float32)
    ticks[::8000] = 0.25
    listener = listen_to(plan_of(Placement(0, 60000, write_file(ticks))))
    listener.transport.play(0)
    listener.listen(11000)
    listener.transport.audition(write_file(beats), 1.0, bar, 0)
    heard = listener.listen(20000)[:, 0]
    assert (heard > 0.7).sum() == 2  # both at the same frames, at the two bars that begin
    assert not ((heard > 0.45) & (heard < 0.55)).any()


def test_meters_of_each_track(listen_to, write_file) -> None:
    loud, soft = write_file(np.full((RATE, 2), [1.5, 0.5], np.float32)), write_file(np.full(RATE, 0.1, np.float32))
    tracks = (
        TrackPlan("loud", placements=(Placement(0, RATE, loud),)),
        TrackPlan("soft", placements=(Placement(0, RATE, soft),), gain=0.5),
        TrackPlan("empty"),
    )
    listener = listen_to(Plan(RATE, tracks, master_gain=0.5))
    listener.transport.play(0)
    listener.listen(10000)
    values = listener.transport.measured[5].values
    assert values == pytest.approx(np.array([[1.5, 0.5, 2.25, 0.25], [0.05, 0.05, 0.0025, 0.0025], [0] * 4]), rel=1e-5)


def test_a_new_buffer_goes_on_from_what_was_heard(listen_to, counting: Plan) -> None:
    listener = listen_to(counting)
    listener.transport.play(0)
    listener.listen(9000)
    before = listener.song[-1]
    listener.transport.set_buffer(2000, 900)
    listener.listen(100)
    assert listener.song[-100] == before + 1
