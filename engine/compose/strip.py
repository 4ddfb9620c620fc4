"""The channel strip of one part, block by block: the same samples whether a piece is played at once or as it grows.

Everything in it belongs to the instrument alone: no other part decides a sample of it. Blocks lie on one grid from
the piece's first frame, and every stage keeps what it needs of the past, so that what is computed never depends on
where one stopped in between.
"""

import copy
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from engine.compose import effects
from engine.compose.score import Part
from engine.scipy_loader import load_scipy

BLOCK = 16384
"""Frames of a block."""
AT_ONCE = 4
"""Blocks that are played at once where they are there, which gives the same samples sooner."""
_OFFSET_CUTOFF = 18.0  # Hz
_PIVOT = 900.0  # Hz, of the tilt
_ECHOES, _FEEDBACK = 5, 0.55


class Strip:
    """Turns a part's dry sound into its stem. One thread at a time; blocks come in order."""

    def __init__(self, part: Part, *, quarter_seconds: float, room_seconds: float, gain_db: float, rate: int) -> None:
        self._part, self._rate = part, rate
        self._quarter = quarter_seconds * rate  # frames
        self._trim = np.float32(10 ** (part.trim_db / 20))
        self._level = np.float32(10 ** (part.level_db / 20))
        self._gain = np.float32(10 ** (gain_db / 20))
        self._offset = _Filter(*_high_pass(rate))
        self._tilt = _Filter(*_low_pass(rate))
        self._chorus = _Delay(round(0.016 * rate) + 2)
        self._echo_frames = max(1, round(0.75 * quarter_seconds * rate))
        self._echo = _Delay(_ECHOES * self._echo_frames) if part.echo else None
        self._room = _Room(room_seconds, rate) if part.room > 0.01 else None

    @property
    def memory(self) -> int:
        """Frames for which what has gone in goes on sounding."""
        echoes = _ECHOES * self._echo_frames if self._echo is not None else 0
        return echoes + (self._room.frames if self._room is not None else 0) + BLOCK

    def copied(self) -> "Strip":
        """One that goes its own way from here."""
        other = copy.copy(self)
        other._offset, other._tilt = copy.copy(self._offset), copy.copy(self._tilt)
        other._chorus = copy.copy(self._chorus)
        other._echo = copy.copy(self._echo)
        other._room = self._room.copied() if self._room is not None else None
        return other

    @property
    def delayed_bytes(self) -> int:
        """Of the sound that it keeps for its echoes and its chorus."""
        return self._chorus.nbytes + (self._echo.nbytes if self._echo is not None else 0)

    def holds_as(self, other: "Strip") -> bool:
        """Whether it holds, bit by bit, of the past what another strip of the same part holds."""
        if self is other:
            return True
        return all(a is b or same_bits(a, b) for a, b in zip(self._held(), other._held(), strict=True))

    def _held(self) -> Iterator[np.ndarray]:
        yield from (self._offset.state, self._tilt.state)
        yield from (delay.past for delay in (self._chorus, self._echo) if delay is not None)
        if self._room is not None:
            yield from self._room.held()

    def advance(self, dry: np.ndarray, first: int) -> np.ndarray:
        """The next blocks of the stem, from as many of dry sound (2, n · BLOCK), frame `first` of the piece and on."""
        part = self._part
        sound: np.ndarray = self._offset.advance(dry) * self._trim
        sound = effects.saturate(sound, part.drive)
        sound = self._tilted(sound)
        if part.chorus:
            starts = range(0, sound.shape[1], BLOCK)  # one by one, as places are rounded
            blocks = [self._chorused(sound[:, start : start + BLOCK], first + start) for start in starts]
            sound = np.concatenate(blocks, axis=1)
        if self._echo is not None:
            sound = sound + np.float32(part.echo) * self._repeats(self._echo, sound)
        if part.expression:
            sound = sound * self._expressed(first, sound.shape[1])
        sound = effects.rounded(sound * self._level, CEILINGS.get(part.role, 1.0))
        if self._room is not None:
            sound = sound + self._room.advance((0.5 * (sound[0] + sound[1])) * np.float32(part.room))
        return sound * self._gain

    def _tilted(self, sound: np.ndarray) -> np.ndarray:
        if abs(self._part.tilt_db) < 0.25:
            return sound
        up = np.float32(10 ** (self._part.tilt_db / 40))
        return up * sound + (1 / up - up) * self._tilt.advance(sound)

    def _chorused(self, sound: np.ndarray, first: int) -> np.ndarray:
        """Adds a copy whose delay swings around 12 ms, on either side at another moment."""
        count = np.arange(sound.shape[1])
        angle = 2 * np.pi * 0.8 / self._rate * (first + count)
        history = self._chorus.push(sound)
        here = history.shape[1] - sound.shape[1] + count
        wet = np.empty_like(sound)
        for past, out, phase in zip(history, wet, (0.0, np.pi / 2), strict=True):
            places = here - self._rate * (0.012 + 0.003 * np.sin(angle + phase))  # above 0: the history is longer
            whole = places.astype(np.int64)
            share = (places - whole).astype(np.float32)
            out[:] = past.take(whole) * (1 - share) + past.take(whole + 1) * share
        return sound + np.float32(0.6 * self._part.chorus) * wet

    def _repeats(self, echo: "_Delay", sound: np.ndarray) -> np.ndarray:
        history = echo.push(sound)
        frames, count = self._echo_frames, sound.shape[1]
        out = np.zeros_like(sound)
        gain = 1.0
        for number in range(1, _ECHOES + 1):
            gain *= _FEEDBACK
            start = history.shape[1] - count - number * frames
            tap = history[:, start : start + count]
            out += np.float32(gain) * (tap[::-1] if number % 2 else tap)  # from side to side
        return out

    def _expressed(self, first: int, frames: int) -> np.ndarray:
        times = np.array([time for time, _ in self._part.expression]) * self._quarter
        gains = np.array([gain for _, gain in self._part.expression])
        return np.interp(first + np.arange(frames), times, gains).astype(np.float32)

    def follow(self, part: Part) -> None:
        """Takes the curves of a part that has grown; what they say of the past must be as it was."""
        self._part = part


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays of float32 or complex64 are equal bit by bit."""
    return np.array_equal(a.view(np.int32), b.view(np.int32))


CEILINGS = {"drums": 0.5, "percussion": 0.3, "bass": 0.4}
"""Role: what its peaks are rounded off to, before the gain of the piece."""


class _Filter:
    """A filter of the first order with its state, float32 (2, frames)."""

    def __init__(self, numerator: np.ndarray, denominator: np.ndarray) -> None:
        self._b, self._a = numerator, denominator
        self.state = np.zeros((2, 1), np.float32)

    def advance(self, sound: np.ndarray) -> np.ndarray:
        load_scipy()
        from scipy.signal import lfilter

        out, self.state = lfilter(self._b, self._a, sound, axis=1, zi=self.state)
        return out.astype(np.float32, copy=False)


@lru_cache(maxsize=8)
def _high_pass(rate: int) -> tuple[np.ndarray, np.ndarray]:
    pole = np.exp(-2 * np.pi * _OFFSET_CUTOFF / rate)
    return np.array([1, -1], np.float32), np.array([1, -pole], np.float32)


@lru_cache(maxsize=8)
def _low_pass(rate: int) -> tuple[np.ndarray, np.ndarray]:
    pole = np.exp(-2 * np.pi * _PIVOT / rate)
    return np.array([1 - pole, 0], np.float32), np.array([1, -pole], np.float32)


class _Delay:
    """What was heard before, (2, frames)."""

    def __init__(self, frames: int) -> None:
        self.past = np.zeros((2, frames), np.float32)

    @property
    def nbytes(self) -> int:
        """Of what it keeps."""
        return self.past.nbytes

    def push(self, sound: np.ndarray) -> np.ndarray:
        """The past and this block after it."""
        whole = np.concatenate((self.past, sound), axis=1)
        self.past = whole[:, whole.shape[1] - self.past.shape[1] :]
        return whole


class _Room:
    """Convolution with a room's response, in blocks (uniformly partitioned overlap-save)."""

    def __init__(self, seconds: float, rate: int) -> None:
        self._spectra = _responses(max(2, round(10 * seconds)), rate)  # (parts, 2, BLOCK + 1)
        quiet = np.zeros(BLOCK + 1, np.complex64)
        self._past = [quiet] * self._spectra.shape[0]  # spectra of what was sent, the newest first
        self._last = np.zeros(BLOCK, np.float32)

    @property
    def frames(self) -> int:
        """Of the response."""
        return len(self._past) * BLOCK

    def copied(self) -> "_Room":
        other = copy.copy(self)
        other._past = self._past.copy()
        return other

    def held(self) -> Iterator[np.ndarray]:
        """What it holds of the past; nobody writes into it."""
        yield self._last
        yield from self._past

    def advance(self, send: np.ndarray) -> np.ndarray:
        """What the room answers to the next blocks (n · BLOCK,), as (2, n · BLOCK).

        Transforms of several blocks in one call take less than half the time of single ones.
        """
        load_scipy()
        from scipy.fft import irfft, rfft

        rows = np.concatenate((self._last, send)).reshape(-1, BLOCK)
        self._last = rows[-1].copy()
        sent = rfft(np.concatenate((rows[:-1], rows[1:]), axis=1), axis=1)  # (n, BLOCK + 1)
        spectra = np.zeros((len(sent), 2, BLOCK + 1), np.complex64)
        product = np.empty((2, BLOCK + 1), np.complex64)
        for spectrum, block in zip(spectra, sent, strict=True):
            self._past = [block, *self._past[:-1]]
            for past, response in zip(self._past, self._spectra, strict=True):
                spectrum += np.multiply(past, response, out=product)
        answers = irfft(spectra.reshape(-1, BLOCK + 1), 2 * BLOCK, axis=1)[:, BLOCK:].astype(np.float32, copy=False)
        return answers.reshape(-1, 2, BLOCK).transpose(1, 0, 2).reshape(2, -1)


@lru_cache(maxsize=16)
def _responses(tenths: int, rate: int) -> np.ndarray:
    """Spectra (parts, 2, BLOCK + 1) of a room whose sound falls by 60 dB in `tenths` / 10 s."""
    load_scipy()
    from scipy.fft import rfft

    response = effects.room_response(tenths, rate, 2)
    count = -(-response.shape[1] // BLOCK)
    padded = np.zeros((2, count * BLOCK), np.float32)
    padded[:, : response.shape[1]] = response
    return rfft(padded.reshape(2, count, BLOCK), 2 * BLOCK, axis=2).transpose(1, 0, 2).astype(np.complex64)
