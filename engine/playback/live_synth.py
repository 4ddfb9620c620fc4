"""Plays what comes from keyboards at once, on the device's thread, over what the song plays.

An event sounds one block of the device after it came, on the very frame: the delay is always the same, so that rhythm
is kept whatever the size of the block. A note that is held when its track or its port goes, ends.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.music.general_midi import BEND_RANGE
from engine.playback.midi_events import (
    CHANNEL_PRESSURE,
    CONTROL,
    EXPRESSION,
    MODULATION,
    NOTES_OFF,
    PROGRAM,
    SOUNDS_OFF,
    SUSTAIN,
    WHEEL,
    LiveTrack,
    MidiEvent,
)

_VOICES = 96
_LOUD = np.float32(np.sqrt(2))  # a note in the middle is as loud on each side as it would be in mono
_CONTROLS = (MODULATION, EXPRESSION, SUSTAIN)


class LiveInstrument:
    """An instrument of one track. All methods but the first run on the device's thread."""

    def __init__(self, track: LiveTrack) -> None:
        """Loads its SoundFont.

        Raises:
            ModelError: it cannot be read.
        """
        from tinysoundfont import _tinysoundfont as tsf

        self.track = track
        self._mode = tsf.OutputMode.StereoInterleaved
        try:
            self._font: Any = tsf.SoundFont(str(Path(track.file)))
        except RuntimeError as error:
            raise ModelError(f"The instrument that is played live cannot be loaded: {error}.") from error
        self._font.set_max_voices(_VOICES)
        self._rate = 0
        self._held: dict[tuple[str, int, int], int] = {}  # (port, channel, pitch): how often it was struck
        self._gains = np.array([track.left, track.right], np.float32) * _LOUD
        self.peak = np.zeros(2, np.float32)
        """Of what was played since the player last looked."""
        self.rest: int | None = None
        """Once its track has gone: the frames for which its notes may still die away."""

    def set_gains(self, track: LiveTrack) -> None:
        """Follows the fader and the pan of its track."""
        self.track = track
        self._gains = np.array([track.left, track.right], np.float32) * _LOUD

    @property
    def held(self) -> int:
        """How many keys are down."""
        return sum(self._held.values())

    def render(self, events: Sequence[tuple[int, MidiEvent]], out: np.ndarray, scratch: np.ndarray, rate: int) -> None:
        """Adds the next frames to `out` (frames, 2); `events` with their frames in it, in order."""
        if rate != self._rate:
            self._font.set_output(self._mode, rate, 0.0)
            self._rate = rate
            for channel in range(16):
                self._font.channel_set_bank(channel, 0)
                self._font.channel_set_preset_number(channel, 0, False)
                self._font.channel_set_pitch_range(channel, BEND_RANGE)
        sound = scratch[: len(out)]
        view = sound.reshape(-1).data.cast("B")
        at = 0
        for frame, event in events:
            if frame > at:
                self._font.render(view[8 * at : 8 * frame], False)
                at = frame
            self._take(event)
        if at < len(out):
            self._font.render(view[8 * at :], False)
        np.multiply(sound, self._gains, out=sound)
        np.maximum(self.peak, np.abs(sound).max(axis=0), out=self.peak)
        out += sound

    def _take(self, event: MidiEvent) -> None:
        font, channel = self._font, event.status & 0x0F
        kind, key = event.status & 0xF0, (event.port, event.channel, event.first)
        if event.starts:
            if self._held.pop(key, 0):  # the same key twice without an end: no note may be left behind
                font.channel_note_off(channel, event.first)
            self._held[key] = 1
            font.channel_note_on(channel, event.first, event.second / 127)
        elif event.ends:
            if self._held.pop(key, 0):
                font.channel_note_off(channel, event.first)
        elif kind == WHEEL:
            font.channel_set_pitch_wheel(channel, event.first | event.second << 7)
        elif kind == CONTROL and event.first in _CONTROLS:
            font.channel_midi_control(channel, event.first, event.second)
        elif kind == CONTROL and event.first in (SOUNDS_OFF, NOTES_OFF):
            self.release(event.port)

    def release(self, port: str | None = None) -> None:
        """Ends the notes that are held, those of `port` or all, and lifts the pedal."""
        font = self._font
        for key in [key for key in self._held if port in (None, key[0])]:
            del self._held[key]
            font.channel_note_off(key[1] - 1, key[2])
        for channel in range(16):
            font.channel_midi_control(channel, SUSTAIN, 0)
            font.channel_set_pitch_wheel(channel, 8192)


class LiveSynth:
    """The instruments that are played live. `add` runs on the device's thread; all else may be called by any."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        self._now = now
        self._instruments: tuple[LiveInstrument, ...] = ()
        self._going: deque[LiveInstrument] = deque()  # those whose notes die away
        self._events: deque[MidiEvent] = deque()
        self._later: list[MidiEvent] = []
        self._scratch = np.zeros((4096, 2), np.float32)

    def set_tracks(self, tracks: Sequence[LiveTrack]) -> list[str]:
        """Lets these tracks be played; returns the ids of those whose instrument cannot be loaded, with the reason.

        An instrument that stays is not loaded again, and its notes sound on.
        """
        before = {instrument.track.track_id: instrument for instrument in self._instruments}
        now, failures = [], []
        for track in tracks:
            instrument = before.get(track.track_id)
            if instrument is not None and instrument.track.file == track.file:
                instrument.set_gains(track)
                now.append(before.pop(track.track_id))
                continue
            try:
                now.append(LiveInstrument(track))
            except ModelError as error:
                failures.append(str(error))
        self._instruments = tuple(now)
        self._going.extend(before.values())
        return failures

    @property
    def playable(self) -> bool:
        """Whether there is an instrument."""
        return bool(self._instruments)

    def push(self, event: MidiEvent) -> None:
        """Lets an event sound."""
        self._events.append(event)

    def release(self, port: str) -> None:
        """Ends what is held on a port that is gone."""
        self._events.append(MidiEvent(self._now(), port, CONTROL, NOTES_OFF, 0))

    def peaks(self) -> dict[str, np.ndarray]:
        """By track, how loud it was since this was asked last: (2,)."""
        levels = {}
        for instrument in self._instruments:
            levels[instrument.track.track_id] = instrument.peak.copy()
            instrument.peak[:] = 0.0
        return levels

    def add(self, out: np.ndarray, rate: int) -> None:
        """Adds what is played to a block of the device, `out` (frames, 2)."""
        instruments = self._instruments
        with suppress(IndexError):
            while True:
                self._later.append(self._events.popleft())
        if not instruments and not self._going:
            self._later.clear()
            return
        frames, now = len(out), self._now()
        if len(self._scratch) < frames:
            self._scratch = np.zeros((frames, 2), np.float32)
        due: list[tuple[int, MidiEvent]] = []
        for event in self._later:  # they came during the block before, and sound as much later in this one
            due.append((min(max(frames - round((now - event.time) * rate), 0), frames - 1), event))
        self._later.clear()
        reached = 0
        for index, (frame, event) in enumerate(due):  # never before one that came earlier
            reached = max(reached, frame)
            due[index] = reached, event
        for instrument in instruments:
            instrument.render(due, out, self._scratch, rate)
        self._fade(out, rate)

    def _fade(self, out: np.ndarray, rate: int) -> None:
        """Lets the notes of instruments that went die away, half a second at most."""
        for instrument in list(self._going):
            if instrument.rest is None:
                instrument.release()
                instrument.rest = rate // 2
            instrument.render((), out, self._scratch, rate)
            instrument.rest -= len(out)
            if instrument.rest <= 0:
                self._going.remove(instrument)


def events_of(port: str, time: float, data: Sequence[int]) -> MidiEvent | None:
    """The event of a message's bytes; None where it is none of a channel, or not whole."""
    if not data or not 0x80 <= data[0] < 0xF0 or not all(0 <= byte < 0x80 for byte in data[1:]):
        return None
    if len(data) != (2 if data[0] & 0xF0 in (PROGRAM, CHANNEL_PRESSURE) else 3):
        return None
    first, second = (*data[1:], 0)[:2]
    return MidiEvent(time, port, data[0], first, second)
