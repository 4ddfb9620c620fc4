"""Meters of the master: what is heard, measured a moment later on a thread of its own."""

import math
import threading

import numpy as np

from engine.loudness import LoudnessMeter
from engine.playback.meters import Ballistics, Correlation, measure
from engine.playback.spectrum import WINDOW, Spectrum
from engine.playback.transport import Transport

_PERIOD = 0.02  # seconds
_SPECTRUM_SECONDS = 0.05
_REST = 4.0  # seconds of silence after a stop that are still measured, until all windows are empty


class MasterMeter:
    """Measures the song as the device takes it from the ring, without metronome and audition."""

    def __init__(self, transport: Transport) -> None:
        self._asked: set[str] = set()
        self._wanted = (False, "")
        self._stop = threading.Event()
        self._reset(transport)
        self._thread = threading.Thread(target=self._run, name="meters", daemon=True)
        self._thread.start()

    def set_transport(self, transport: Transport) -> None:
        """Measures another song from now on. Any thread, like the methods below."""
        self._next_transport = transport

    def reset_loudness(self) -> None:
        """Restarts integrated loudness and true peak."""
        self._asked.add("loudness")

    def reset_clips(self) -> None:
        """Puts the clip light out."""
        self._asked.add("clips")

    def watch(self, on: bool, channel: str) -> None:
        """Measures spectra or not: the master's, and that of the channel which the transport watches."""
        self._wanted = (on, channel)

    def shown(self) -> dict[str, object]:
        """The state's fields of the master."""
        return self._shown

    def close(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join()

    def _reset(self, transport: Transport) -> None:
        self._transport = self._next_transport = transport
        self._ring = transport.ring
        self._at = self._ring.read
        self._rested = math.inf
        self._loudness = LoudnessMeter(transport.rate)
        self._levels = Ballistics(1, transport.rate)
        self._correlation = Correlation(transport.rate)
        self._spectra = (Spectrum(transport.rate), Spectrum(transport.rate))
        self._watched = ""
        self._since = 0  # frames since the last spectrum
        self._show()

    def _run(self) -> None:
        while not self._stop.wait(_PERIOD):
            if self._next_transport is not self._transport:
                self._reset(self._next_transport)
            if "loudness" in self._asked:
                self._asked.discard("loudness")
                self._loudness.reset()
            if "clips" in self._asked:
                self._asked.discard("clips")
                self._levels.clipped[:] = False
            self._measure()
            self._show()

    def _measure(self) -> None:
        transport, ring = self._transport, self._transport.ring
        if ring is not self._ring:
            self._ring, self._at = ring, 0
        reached = ring.read
        frames = reached - self._at
        if frames <= 0:
            return
        frames = min(frames, transport.rate // 2)  # older sound may have been overwritten
        sound = ring.get(ring.tap, reached - frames, frames)
        self._at = reached
        self._levels.push(np.array([measure(sound)], np.float32), frames)
        self._correlation.push(sound)
        self._since += frames
        if self._wanted[0] and self._since >= _SPECTRUM_SECONDS * transport.rate:
            self._measure_spectra(reached)
        self._rested = 0.0 if transport.playing else self._rested + frames / transport.rate
        if self._rested < _REST:
            self._loudness.push(sound)

    def _measure_spectra(self, reached: int) -> None:
        ring, rate, channel = self._ring, self._transport.rate, self._wanted[1]
        if channel != self._watched:
            self._watched, self._spectra = channel, (self._spectra[0], Spectrum(rate))
        first = max(reached - WINDOW, 0)
        for spectrum, memory in zip(self._spectra, (ring.tap, ring.channel)[: 1 + bool(channel)], strict=False):
            sound = ring.get(memory, first, reached - first)
            if len(sound) < WINDOW:
                sound = np.concatenate((np.zeros((WINDOW - len(sound), 2), np.float32), sound))
            spectrum.push(sound, self._since / rate)
        self._since = 0

    def _show(self) -> None:
        levels, loudness = self._levels, self._loudness
        self._shown: dict[str, object] = {
            "peak": levels.peak[0].copy(),
            "rms": levels.rms[0],
            "clipped": bool(levels.clipped[0]),
            "correlation": self._correlation.value,
            "lufs_m": loudness.momentary,
            "lufs_s": loudness.short_term,
            "lufs_i": loudness.integrated,
            "spectrum": self._spectra[0].levels,
            "channel_spectrum": self._spectra[1].levels,
            "true_peak_db": loudness.running_true_peak_db,
        }
