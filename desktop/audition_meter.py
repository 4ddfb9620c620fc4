"""How far a sound that is played alone has got, and how loud it is there, as the window shows it."""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np

from engine.playback.gains import gain_of
from engine.playback.state import PlayerState, TrackMeter
from engine.project.pool import read_samples
from engine.project.sample_file import SampleFile

WINDOW_SECONDS = 0.03
FALL_DB = 20 / 1.5
"""How many decibels a second the peaks fall."""


class AuditionMeter:
    """Follows one sound from the moment it is asked for. UI thread only."""

    def __init__(
        self, file: SampleFile, rate: int, gain_db: float, track_id: str, now: Callable[[], float] = monotonic
    ) -> None:
        self._file, self._rate, self._track_id, self._now = file, rate, track_id, now
        self._gain = gain_of(gain_db)
        self._began = self._last = now()
        self._peak = np.zeros(2)

    @property
    def position(self) -> int | None:
        """The frame of the file that is heard; None when it is over."""
        frame = int((self._now() - self._began) * self._rate)
        return frame if frame < self._file.frames else None

    def shown(self, state: PlayerState) -> PlayerState:
        """`state` with this sound on the meters of its track and of the master."""
        peak, rms = self._levels()
        now = self._now()
        self._peak = np.maximum(peak, self._peak * 10 ** (-FALL_DB * (now - self._last) / 20))
        self._last = now
        left, right = (float(each) for each in self._peak)
        quiet_left, quiet_right = (float(each) for each in rms)
        meters = dict(state.meters)
        if self._track_id:
            meters[self._track_id] = TrackMeter(left, right, quiet_left, quiet_right, False)
        return replace(state, meters=meters, master_peak=(left, right), master_rms=(quiet_left, quiet_right))

    def _levels(self) -> tuple[np.ndarray, np.ndarray]:
        at = self.position
        count = round(WINDOW_SECONDS * self._rate)
        if at is None:
            return np.zeros(2), np.zeros(2)
        samples = read_samples(self._file, at, max(min(count, self._file.frames - at), 1)) * self._gain
        stereo = samples if samples.shape[1] > 1 else np.repeat(samples, 2, axis=1)
        return np.abs(stereo).max(axis=0), np.sqrt(np.mean(np.square(stereo, dtype=np.float64), axis=0))
