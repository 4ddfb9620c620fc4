import time
from pathlib import Path

import numpy as np

from engine.playback.plan import Placement, Plan, TrackPlan
from engine.playback.prefetch import AHEAD_SECONDS, Prefetch
from engine.playback.transport import Transport


def test_reads_ahead_while_it_plays_and_no_further(write_file) -> None:
    rate = 48000
    files = [write_file(np.zeros(100, np.float32)) for _ in range(4)]
    Path(files[2].path).unlink()
    Path(files[3].path).unlink()
    later = round((AHEAD_SECONDS + 60) * rate)
    placements = (
        Placement(0, 100, files[0], reverse=True),
        Placement(0, 1000, files[1], loop_length=100),
        Placement(rate, 100, files[2]),
        Placement(later, 100, files[3]),
    )
    transport = Transport(Plan(rate, (TrackPlan("t", placements=placements),)), buffer=4000, guard=1000)
    prefetch = Prefetch(lambda: transport)
    transport.play(0)
    deadline = time.monotonic() + 20
    while not prefetch.reader.failed and time.monotonic() < deadline:
        time.sleep(0.01)
    assert prefetch.reader.failed == {files[2].path}
    prefetch.close()
    transport.close()
