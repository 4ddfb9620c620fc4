"""Bars that are counted in before a recording: clicks where beats lie, silence of the song, and then the song."""

from contextlib import closing
from dataclasses import replace

import numpy as np

from engine.playback.plan import LoopFrames, Placement, Plan, TrackPlan
from engine.playback.transport import Transport

RATE = 48000
BEAT = 24000  # at 120 BPM


def played(transport: Transport, frames: int) -> np.ndarray:
    """What the device is given, from the beginning."""
    out = np.zeros((frames, 2), np.float32)
    for first in range(0, frames, 500):
        while transport.fill():
            pass
        transport.ring.pull(out[first : first + 500])
    return out


def onsets(sound: np.ndarray) -> list[int]:
    """Frames at which sound follows a tenth of a second of silence."""
    loud = np.flatnonzero(np.abs(sound[:, 0]) > 1e-4)
    gaps = np.flatnonzero(np.diff(loud) > RATE // 10) + 1
    return [int(loud[0]), *(int(loud[gap]) for gap in gaps)] if len(loud) else []


def test_a_bar_is_counted_and_then_the_song_begins(write_file) -> None:
    file = write_file(np.full(4 * RATE, 0.25, np.float32))
    plan = Plan(RATE, (TrackPlan("a", placements=(Placement(0, 4 * RATE, file),)),), length=4 * RATE)
    with closing(Transport(plan, buffer=4000, guard=1000)) as transport:
        transport.play(BEAT, 1)
        sound = played(transport, 6 * BEAT)
        assert transport.song > BEAT
    begins = int(np.flatnonzero(sound[:, 0] == np.float32(0.25))[0])
    clicks = [begins - onset for onset in onsets(sound[:begins])]
    # the song begins on beat 2 of a bar of four: the bar before it is counted 2, 3, 4, 1
    for click, beats in zip(clicks, (4, 3, 2, 1), strict=True):
        assert abs(click - beats * BEAT) < 60  # a click rises within a millisecond
    first, second, third, accent = (
        np.abs(sound[begins - n * BEAT : begins - n * BEAT + 2000]).max() for n in (4, 3, 2, 1)
    )
    assert accent > first * 1.2
    assert max(abs(first - second), abs(second - third)) < 0.01
    assert (sound[begins + 2000 :] == np.float32(0.25)).all()  # without the metronome no more clicks


def test_a_loop_comes_round_to_what_was_silent_while_counting(write_file) -> None:
    file = write_file(np.full(4 * RATE, 0.25, np.float32))
    plan = Plan(RATE, (TrackPlan("a", placements=(Placement(0, 4 * RATE, file),)),), length=4 * RATE)
    with closing(Transport(replace(plan, loop=LoopFrames(0, 2 * RATE, True)), buffer=4000, guard=1000)) as transport:
        transport.play(RATE, 1)
        sound = played(transport, 2 * RATE + RATE + 2 * RATE)
    assert (np.abs(sound[-2 * RATE :, 0] - 0.25) < 1e-6).all()


def test_stop_and_seek_end_the_counting() -> None:
    transport = Transport(Plan(RATE, length=RATE), buffer=4000, guard=1000)
    transport.play(0, 2)
    assert transport.song < 0
    transport.seek(0)
    assert onsets(played(transport, RATE)[6000:]) == []
