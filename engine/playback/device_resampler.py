"""Plays a song on a device that runs at another rate."""

import threading

import numpy as np

from engine.playback.device import Pull
from engine.playback.ring import Ring
from engine.resampling import Resampler

_AHEAD_SECONDS = 0.03


class RateFeed:
    """Stands between a ring at the song's rate and a device at its own: resamples a little ahead on its own thread."""

    def __init__(self, pull: Pull, song_rate: int, device_rate: int, block: int, base: int = 0) -> None:
        """`pull` takes from the song's ring, first its frame `base`; `block` is the device's, in frames."""
        self._pull = pull
        self._resampler = Resampler(song_rate, device_rate, 2)
        self._ratio = song_rate / device_rate
        self._ahead = 2 * block + round(_AHEAD_SECONDS * device_rate)
        self._period = block / device_rate
        self.ring = Ring(8 * self._ahead)
        self._taken = 0  # frames of the song that went in
        self.base = base
        self._feed()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="resample", daemon=True)
        self._thread.start()

    @property
    def ahead(self) -> int:
        """Frames of the song that were taken from its ring and are not yet taken by the device."""
        return max(self._taken - round(self.ring.read * self._ratio), 0)

    @property
    def position(self) -> float:
        """The frame of the song's ring that the device takes next."""
        return self.base + self.ring.read * self._ratio

    def pull(self, out: np.ndarray) -> None:
        """What the device calls."""
        self.ring.pull(out)

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._period / 2):
            self._feed()

    def _feed(self) -> None:
        block = np.empty((256, 2), np.float32)
        while self.ring.write - self.ring.read < self._ahead:
            self._pull(block)
            self._taken += len(block)
            resampled = self._resampler.push(block)
            self.ring.put(self.ring.write, resampled, resampled)
            self.ring.write += len(resampled)
