"""Sound files and plans for the player's tests."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.playback.plan import Placement, Plan, TrackPlan
from engine.project.model import Fade, FadeShape
from engine.project.sample_file import SampleFile

WriteFile = Callable[..., SampleFile]


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """Writes samples (frames,) or (frames, 2), int16 or float32, as a raw file with a few odd bytes before them."""
    count = 0

    def write(samples: np.ndarray, *, growing: bool = False) -> SampleFile:
        nonlocal count
        count += 1
        path = tmp_path / f"sound{count}.raw"
        header = b"" if growing else b"head6!"
        path.write_bytes(header + np.ascontiguousarray(samples).tobytes())
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        dtype = {"int16": "<i2", "float32": "<f4"}[samples.dtype.name]
        return SampleFile(str(path), dtype, len(header), channels, len(samples), growing)

    return write


@pytest.fixture
def busy_plan(write_file: WriteFile) -> Plan:
    """Everything at once: both types, mono and stereo, overlaps, fades, loops, reverse, pans, automation, gaps."""
    rng = np.random.default_rng(7)
    mono = write_file((rng.standard_normal(6000) * 6000).astype(np.int16))
    stereo = write_file((rng.standard_normal((7000, 2)) * 6000).astype(np.int16))
    floats = write_file(rng.standard_normal((5000, 2)).astype(np.float32))
    tracks = (
        TrackPlan(
            "a",
            placements=(
                Placement(101, 5000, mono, gain=0.7, fade_in=Fade(1201, FadeShape.EQUAL_POWER)),
                Placement(3000, 4500, stereo, first=-300, fade_out=Fade(4321, FadeShape.S_CURVE)),
                Placement(3000, 100, mono, first=5950),
            ),
            left=0.9,
            right=1.1,
        ),
        TrackPlan(
            "b",
            placements=(
                Placement(0, 5000, floats, loop_length=333, loop_phase=40, first=11),
                Placement(6001, 2500, floats, reverse=True, first=4000, gain=1.3),
            ),
            gain=0.5,
            automation=((500, 0.0), (2500, -12.0), (2500, -3.0), (9000, -120.0)),
        ),
        TrackPlan(
            "c",
            placements=(
                Placement(17, 9000, stereo, loop_length=5001, first=1999, reverse=True),
                Placement(10007, 1, mono, first=9),
            ),
            left=float(np.sqrt(2)),
            right=0.0,
        ),
        TrackPlan("d", placements=(Placement(0, 4000, mono),), audible=False),
        TrackPlan("e"),
    )
    return Plan(44100, tracks, master_gain=0.83, length=10008)
