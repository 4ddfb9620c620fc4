"""Edits while the song plays: only what they touch is rendered, and what is heard is the song as it is now."""

import threading
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from engine.playback import commands
from engine.playback import stems as stems_module
from engine.playback.mixer import Mixer, Stem
from engine.playback.plan import LoopFrames, Placement, Plan, TrackPlan
from engine.playback.state import StateBlock
from engine.playback.transport import Transport
from engine.playback.updates import difference
from engine.playback.worker import Worker

RATE = 48000
BUFFER, GUARD, BLOCK = 7200, 1500, 441
SETTLED = BUFFER + GUARD + 400  # frames after which nothing of an earlier plan is heard any more


@pytest.fixture
def song(write_file) -> Plan:
    """Six tracks of noise in clips of a tenth of a second, some of which overlap."""
    rng = np.random.default_rng(3)
    files = [write_file((rng.standard_normal((RATE, 2)) * 3000).astype(np.int16)) for _ in range(2)]
    files.append(write_file(rng.standard_normal(RATE).astype(np.float32)))
    tracks = []
    for row in range(6):
        placements = tuple(
            Placement(index * 4800 + 7 * row, 4800 + 600 * (row % 2), files[row % 3], first=11 * index, gain=0.7)
            for index in range(60)
        )
        tracks.append(TrackPlan(str(row), placements=placements, left=0.5 + row / 10, right=1.0))
    return Plan(RATE, tuple(tracks), length=60 * 4800)


class Ears:
    """Pulls like a device, and knows which frame of the song each frame was."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def hear(self, frames: int) -> tuple[int, np.ndarray]:
        """The song's frame that is heard first, and what is heard from there on."""
        transport, parts = self.transport, []
        first = None
        for at in range(0, frames, BLOCK):
            while transport.fill():
                pass
            out = np.empty((min(BLOCK, frames - at), 2), np.float32)
            read = transport.ring.read
            first = transport.at(read).at(read) if first is None else first
            assert transport.ring.pull(out) == len(out)
            parts.append(out)
        assert first is not None
        return first, np.concatenate(parts)


class Counter:
    """Notes which tracks a mixer renders."""

    def __init__(self, mixer: Mixer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rendered: set[str] = set()
        self._render = mixer.render_tracks
        monkeypatch.setattr(mixer, "render_tracks", self._note)

    def _note(self, ids: Iterable[str], start: int, frames: int) -> list[Stem]:
        self.rendered |= set(ids)
        return self._render(ids, start, frames)


def edited(plan: Plan, row: int, **fields: object) -> Plan:
    tracks = list(plan.tracks)
    tracks[row] = replace(tracks[row], **fields)  # type: ignore[arg-type]
    return replace(plan, tracks=tuple(tracks))


def whole(plan: Plan, start: int, frames: int) -> np.ndarray:
    with Mixer(plan) as mixer:
        return mixer.render(start, frames)


def test_after_any_edits_the_samples_are_those_of_a_bounce(song: Plan) -> None:
    rng = np.random.default_rng(11)
    transport = Transport(song, buffer=BUFFER, guard=GUARD)
    ears, plan = Ears(transport), song
    transport.play(100)
    ears.hear(SETTLED)
    for _ in range(40):
        row = int(rng.integers(len(plan.tracks)))
        track = plan.tracks[row]
        match int(rng.integers(7)):
            case 0:
                plan = edited(plan, row, gain=float(rng.uniform(0.1, 1.2)))
            case 1:
                plan = edited(plan, row, audible=not track.audible)
            case 2:
                plan = replace(plan, master_gain=float(rng.uniform(0.5, 1.0)))
            case 3:
                gone = int(rng.integers(len(track.placements)))
                plan = edited(plan, row, placements=track.placements[:gone] + track.placements[gone + 1 :])
            case 4:
                shift = int(rng.integers(-3000, 3000))
                moved = [replace(each, start=max(each.start + shift, 0)) for each in track.placements]
                plan = edited(plan, row, placements=tuple(moved))
            case 5:
                plan = replace(plan, tracks=(*plan.tracks[1:], plan.tracks[0]))
            case _:
                plan = edited(plan, row, automation=((0, 0.0), (100000, float(rng.uniform(-20, 0)))))
        transport.set_plan(plan)
        ears.hear(int(rng.integers(1, 900)))
        if rng.integers(3) == 0:
            ears.hear(SETTLED)
            first, heard = ears.hear(2000)
            assert heard.tobytes() == whole(plan, first, 2000).tobytes()
    transport.close()


def test_an_edit_renders_the_track_that_it_touches_alone(song: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Transport(song, buffer=BUFFER, guard=GUARD)
    ears = Ears(transport)
    transport.play(0)
    ears.hear(SETTLED)
    while transport.fill():
        pass
    counter = Counter(transport.mixer, monkeypatch)
    transport.set_plan(edited(song, 2, gain=0.3))
    while not transport.full:  # as far as sound of the old song lies in the ring
        if transport.head >= transport.ring.write - transport.quantum:
            break
        transport.fill()
    assert counter.rendered == {"2"}
    transport.close()


def test_an_edit_of_what_does_not_sound_now_leaves_every_sample(song: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Transport(song, buffer=BUFFER, guard=GUARD)
    ears = Ears(transport)
    transport.play(0)
    ears.hear(SETTLED)
    while transport.fill():
        pass
    counter, head = Counter(transport.mixer, monkeypatch), transport.head
    track = song.tracks[1]
    later = tuple(each if each.start < RATE else replace(each, gain=0.1) for each in track.placements)
    plan = edited(song, 1, placements=later)
    transport.set_plan(plan)
    transport.set_plan(edited(plan, 3, name="Another name"))
    assert (counter.rendered, transport.head) == (set(), head)
    first, heard = ears.hear(2 * RATE)
    assert heard.tobytes() == whole(plan, first, 2 * RATE).tobytes()
    transport.close()


def test_edits_in_a_loop_region_are_heard_in_every_turn(song: Plan) -> None:
    loop = LoopFrames(9600, 9600 + 3000, True)
    transport = Transport(replace(song, loop=loop), buffer=BUFFER, guard=GUARD)
    ears = Ears(transport)
    transport.play(9600)
    ears.hear(SETTLED)
    plan = replace(edited(song, 4, gain=0.2), loop=loop)
    transport.set_plan(plan)
    ears.hear(SETTLED)
    first, heard = ears.hear(9000)
    turn = whole(plan, loop.start, 3000)
    assert heard.tobytes() == np.roll(np.tile(turn, (3, 1)), -(first - loop.start), axis=0).tobytes()
    transport.close()


def test_what_is_edited_between_stop_and_play_is_heard(song: Plan) -> None:
    transport = Transport(song, buffer=BUFFER, guard=GUARD)
    ears = Ears(transport)
    transport.play(0)
    ears.hear(SETTLED)
    transport.stop()
    plan = edited(song, 0, gain=0.1)
    transport.set_plan(plan)
    transport.play()  # before the device has taken anything
    ears.hear(SETTLED)
    first, heard = ears.hear(2000)
    assert heard.tobytes() == whole(plan, first, 2000).tobytes()
    transport.close()


def test_without_room_for_stems_it_sounds_the_same(song: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems_module, "MAX_BYTES", 100_000)
    transport = Transport(song, buffer=4 * BUFFER, guard=GUARD)
    ears, plan = Ears(transport), song
    transport.play(0)
    for row in range(6):
        plan = edited(plan, row, gain=0.1 + row / 10)
        transport.set_plan(plan)
        ears.hear(1000)
    ears.hear(5 * BUFFER)
    first, heard = ears.hear(2000)
    assert heard.tobytes() == whole(plan, first, 2000).tobytes()
    transport.close()


def test_plans_that_come_faster_than_they_are_heard_become_one(song: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived: list[Plan] = []
    set_plan = Transport.set_plan
    monkeypatch.setattr(Transport, "set_plan", lambda self, plan: (arrived.append(plan), set_plan(self, plan)))
    state = StateBlock()
    worker = Worker(state, lambda _: None)
    plan, before = song, None
    for serial in range(1, 51):
        plan = edited(plan, serial % 6, gain=serial / 50)
        worker.command(commands.SetPlan(difference(before, plan, serial)))
        before = plan
    worker.command(commands.Stop())  # finds the song as it was sent last
    worker.command(commands.Quit())
    thread = threading.Thread(target=worker.run)
    thread.start()
    thread.join()
    state.close()
    assert [each.tracks for each in arrived] == [plan.tracks]
