"""What comes over MIDI, in the player: it sounds at once, is placed in the song, and is told to the window."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from time import perf_counter

import numpy as np

from engine.playback.heard_clock import HeardClock
from engine.playback.live_synth import LiveSynth, events_of
from engine.playback.midi_clock import CONTINUE, START, STOP, Heard, MidiClock
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiReport, MidiSettings
from engine.playback.midi_ports import MidiPorts
from engine.playback.state import PlayerMessage
from engine.playback.transport import Transport
from engine.timing.clock import Clock
from engine.timing.tempo_map import TempoMap

_WISHES = {START: "start", CONTINUE: "continue", STOP: "stop"}


class LiveInput:
    """`pulled` runs on the device's thread, `receive` on the driver's, all else on the one that renders."""

    def __init__(self, say: Callable[[PlayerMessage | MidiReport], None]) -> None:
        self._say = say
        self._settings = MidiSettings()
        self._synth = LiveSynth()
        self._heard = HeardClock()
        self._ports = MidiPorts(self.receive, self._came, self._went, self._tell)
        self._clock = MidiClock(self._ports.send)
        self._events: deque[MidiEvent] = deque(maxlen=100_000)
        self._wishes: deque[str] = deque(maxlen=100)
        self._sounding: dict[tuple[str, int, int], None] = {}  # (port, status of its end, pitch): keys that are down
        self._told_ports: tuple[str, ...] = ()
        self._map: tuple[int, TempoMap, Clock] | None = None

    def set_settings(self, settings: MidiSettings) -> None:
        """Uses these ports."""
        self._settings = settings
        self._ports.set_settings(settings)
        if settings.clock_outputs:
            self._clock.start()

    def set_tracks(self, tracks: Sequence[LiveTrack]) -> None:
        """Lets these tracks be played."""
        for text in self._synth.set_tracks(tracks):
            self._tell(text)

    def receive(self, port: str, time: float, data: Sequence[int]) -> None:
        """Takes a message from a port, as its bytes."""
        if data and data[0] in _WISHES:
            self._wishes.append(_WISHES[data[0]])
            return
        event = events_of(port, time, data)
        if event is not None and self._settings.channel in (0, event.channel):
            self.take(event)

    def take(self, event: MidiEvent) -> None:
        """Takes an event; any thread."""
        self._synth.push(event)
        self._events.append(event)

    def pulled(self, out: np.ndarray, rate: int, ring: float) -> None:
        """Adds what is played live to a block that the device takes; `ring` is the ring's frame that follows it."""
        self._heard.mark(perf_counter(), len(out), rate, ring)
        self._synth.add(out, rate)

    def peaks(self) -> dict[str, np.ndarray]:
        """By track, how loud it was played since this was asked last: (2,)."""
        return self._synth.peaks()

    def report(self, transport: Transport, latency: float, frame: float) -> None:
        """Tells the window what came, and the clock's thread what is heard (`frame`: the ring's frame)."""
        self._show(transport, frame)
        events, wishes = [], []
        with suppress(IndexError):
            while True:
                events.append(self._placed(self._events.popleft(), transport, latency))
        with suppress(IndexError):
            while True:
                wishes.append(self._wishes.popleft())
        ports = self._ports.inputs
        if events or wishes or ports != self._told_ports:
            self._told_ports = ports
            self._say(MidiReport(tuple(events), tuple(wishes), ports))

    def close(self) -> None:
        """Closes the ports."""
        self._clock.close()
        self._ports.close()

    # inside

    def _placed(self, event: MidiEvent, transport: Transport, latency: float) -> MidiEvent:
        ring = self._heard.ring_at(event.time, latency, transport.rate)
        frame = max(int(ring), 0)
        segment = transport.at(frame)
        key = event.port, event.status & 0x0F, event.first
        if event.starts:
            self._sounding[key] = None
        elif event.ends:
            self._sounding.pop(key, None)
        place = segment.at(frame) + (ring - frame if segment.moving else 0.0)
        return replace(event, frame=place, moves=segment.moving)

    def _show(self, transport: Transport, heard: float) -> None:
        if not self._settings.clock_outputs:
            return
        plan = transport.mixer.plan
        if self._map is None or self._map[:2] != (plan.rate, plan.tempo_map):
            self._map = plan.rate, plan.tempo_map, Clock(plan.rate, plan.tempo_map)
        frame = max(int(heard), 0)
        segment = transport.at(frame)
        place = segment.at(frame) + (heard - frame if segment.moving else 0.0)
        self._clock.show(Heard(perf_counter(), place, segment.moving, self._map[2]))

    def _came(self, port: str) -> None:
        self._say(PlayerMessage("midi", f"The MIDI device “{port}” is back and can be played."))

    def _went(self, port: str) -> None:
        """Ends what is held on a port that was unplugged or is not used any more."""
        self._synth.release(port)
        now = perf_counter()
        for held in [key for key in list(self._sounding) if key[0] == port]:
            self._events.append(MidiEvent(now, port, 0x80 | held[1], held[2], 0))
        if self._settings.inputs is None or port in self._settings.inputs:
            self._tell(f"The MIDI device “{port}” is gone: its notes have ended. Connect it again to go on.")

    def _tell(self, text: str) -> None:
        self._say(PlayerMessage("midi", text))
