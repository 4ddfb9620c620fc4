"""The test tone of the audio settings: first left, then right, then both."""

import numpy as np

from desktop.bridge import PlayerBridge
from engine import paths
from engine.project.sample_file import SampleFile

LEVEL = 10 ** (-18 / 20)
PITCHES = (440.0, 554.37, 659.26)  # Hz: left, right, both
SECONDS = 0.8  # each
FADE = 0.02


class TestTone:
    """Plays the tone over whatever plays."""

    def __init__(self, bridge: PlayerBridge, rate: int) -> None:
        self._bridge = bridge
        self._rate = rate

    def play(self, on: bool) -> None:
        """Starts or stops the tone."""
        self._bridge.audition(make_tone(self._rate) if on else None)


def make_tone(rate: int) -> SampleFile:
    """The tone at `rate` as a file that the player maps."""
    sound = tone(rate)
    path = paths.data_dir() / f"test-tone-{rate}.f32"
    if not path.is_file() or path.stat().st_size != sound.nbytes:
        path.write_bytes(sound.tobytes())
    return SampleFile(str(path), "<f4", 0, 2, len(sound), False)


def tone(rate: int) -> np.ndarray:
    """The tone, float32 (frames, 2)."""
    frames = round(SECONDS * rate)
    time = np.arange(frames) / rate
    edge = np.clip(np.minimum(time, time[::-1]) / FADE, 0, 1)
    parts = []
    for pitch, left, right in zip(PITCHES, (1, 0, 1), (0, 1, 1), strict=True):
        wave = LEVEL * edge * np.sin(2 * np.pi * pitch * time)
        parts.append(np.stack((wave * left, wave * right), axis=1))
    return np.concatenate(parts).astype("<f4")
