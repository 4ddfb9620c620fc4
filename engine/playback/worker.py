"""The player's process: reads commands from its standard input, plays, and reports.

Threads: the main one reads commands; "render" carries them out, keeps the ring full and publishes the state; "meters"
measures what is heard; "prefetch" reads ahead from the disk; the device has its own, which only takes from the ring.
The process ends when its input does, so it never outlives the window.
"""

import gc
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any

import numpy as np

from engine.errors import DeviceError
from engine.ipc import Parent
from engine.memory import give_back
from engine.playback import commands
from engine.playback.audio_input import AudioInput
from engine.playback.device import (
    NO_SOUND,
    DeviceSettings,
    Output,
    Streams,
    device_is_there,
    open_output,
    open_streams,
)
from engine.playback.device_resampler import RateFeed
from engine.playback.file_limits import allow_handles
from engine.playback.gains import gain_of
from engine.playback.graph import warm_up
from engine.playback.input_settings import LatencyReport, RecordingReport
from engine.playback.live_input import LiveInput
from engine.playback.master import MasterMeter
from engine.playback.meters import Ballistics
from engine.playback.midi_events import MidiReport
from engine.playback.plan import LoopFrames, Plan
from engine.playback.prefetch import Prefetch
from engine.playback.state import PlayerMessage, StateBlock
from engine.playback.transport import Transport
from engine.playback.updates import PlanUpdate, updated

PUBLISH_SECONDS = 0.01
_GUARD_SECONDS = 0.015  # beside two blocks of the device
_PATIENCE = 0.3  # seconds that a changed song waits at most until the change before it is in the ring
_SWITCH_SECONDS = 0.0005  # how long one thread may keep the others from running Python
_NICE = -11
_OPEN_FILES = 4096

Message = PlayerMessage | MidiReport | RecordingReport | LatencyReport


class Worker:
    """All methods but `command` and `say` run on the render thread."""

    def __init__(self, state: StateBlock, say: Callable[[Message], None]) -> None:
        self._state = state
        self._say = say
        self._commands: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._settings = DeviceSettings()
        self._output: Output | None = None
        self._feed: RateFeed | None = None
        self._lost = False
        self._holding = False
        self._obeyed = 0  # commands
        self._metronome = (False, 1.0)
        self._watched = ""
        self._serial = 0
        self._waiting: tuple[Plan, int, float] | None = None  # a changed song, its serial number, and since when
        self._underruns = 0  # of rings that are gone, and those that the device told of
        self._underflows = 0  # what the device has told so far
        self._failed: set[str] = set()
        self._transport = Transport(Plan(48000), buffer=7200, guard=1500)
        self._tracks = Ballistics(0, 48000)
        self._reductions: Mapping[str, float] = {}
        self._published = 0.0
        self._master = MasterMeter(self._transport)
        self._prefetch = Prefetch(lambda: self._transport)
        self._live = LiveInput(say)
        self._input = AudioInput(say)

    def command(self, command: object) -> None:
        """Queues one of `commands.COMMANDS`. Any thread may call it but the one that renders."""
        if isinstance(command, commands.SetPlan):
            header = command.update.header
            warm_up(command.update.tracks, header.master_devices, header.rate)
        elif isinstance(command, commands.MeasureLatency) or (
            isinstance(command, commands.SetInput) and command.tracks
        ):
            from engine.playback import capture  # noqa: F401 - loaded here, so that what plays need not wait for it
        self._commands.put(command)
        self._wake.set()

    def run(self) -> None:
        """Plays until `commands.Quit`."""
        handlers: dict[type, Callable[[Any], None]] = {
            commands.Play: self._play,
            commands.Stop: lambda _: self._transport.stop(),
            commands.Seek: lambda command: self._transport.seek(command.frame),
            commands.SetLoop: self._set_loop,
            commands.SetMetronome: self._set_metronome,
            commands.SetDevice: self._set_device,
            commands.Audition: self._audition,
            commands.ResetClips: self._reset_clips,
            commands.ResetLoudness: lambda _: self._master.reset_loudness(),
            commands.Watch: self._watch,
            commands.RestartDevice: lambda command: self._transport.restart_device(command.device),
            commands.SetMidi: lambda command: self._live.set_settings(command.settings),
            commands.SetLive: self._set_live,
            commands.PlayMidi: self._play_midi,
            commands.SetInput: self._set_input,
            commands.StartRecording: self._start_recording,
            commands.StopRecording: lambda _: self._input.stop(self._heard()),
            commands.MeasureLatency: self._measure_latency,
        }
        while True:
            self._wake.clear()
            if not self._obey(handlers):
                self._close()
                return
            if self._waiting and (self._transport.full or perf_counter() - self._waiting[2] > _PATIENCE):
                self._set_plan()
            filled = self._transport.fill()
            if perf_counter() - self._published >= PUBLISH_SECONDS:
                self._check_device()
                self._publish()
            if not filled and not self._waiting:
                self._wake.wait(min(PUBLISH_SECONDS, self._settings.buffer_ms / 4000))

    def _obey(self, handlers: dict[type, Callable[[Any], None]]) -> bool:
        """Carries out what was sent; returns False for `commands.Quit`.

        Changes of the song that come faster than they can be heard become one, so that rendering them never empties
        the ring; any other command finds the song as it was last sent.
        """
        with suppress(queue.Empty):
            while True:
                command = self._commands.get_nowait()
                self._obeyed += 1
                if isinstance(command, commands.SetPlan):
                    self._collect(command.update)
                    continue
                if isinstance(command, commands.Quit):
                    return False
                if self._waiting:
                    self._set_plan()
                handlers[type(command)](command)
        return True

    def _collect(self, update: PlanUpdate) -> None:
        plan, _, since = self._waiting or (self._transport.mixer.plan, 0, perf_counter())
        self._waiting = (updated({track.id: track for track in plan.tracks}, update), update.serial, since)

    def _set_plan(self) -> None:
        """Switches to the plan that waits."""
        assert self._waiting is not None
        plan, serial, _ = self._waiting
        self._waiting = None
        transport = self._transport
        before = [track.id for track in transport.mixer.plan.tracks]
        after = [track.id for track in plan.tracks]
        first, self._serial = not self._serial, serial
        if before != after or plan.rate != transport.rate:
            places = {track_id: place for place, track_id in enumerate(before)}
            tracks = Ballistics(len(after), plan.rate)
            tracks.carry(self._tracks, [(places[id_], here) for here, id_ in enumerate(after) if id_ in places])
            self._tracks = tracks
        if plan.rate == transport.rate:
            transport.set_plan(plan)
            if first:
                self._open_output()
        else:
            self._close_output()
            transport.close()
            self._transport = Transport(plan, buffer=7200, guard=1500)
            self._transport.set_metronome(*self._metronome)
            self._transport.watched = self._watched
            self._master.set_transport(self._transport)
            self._open_output()
        self._failed.clear()
        gc.freeze()  # a song is large, and nothing in it needs collecting
        if first:
            give_back()  # what reading the song and starting took

    def _play(self, command: commands.Play) -> None:
        self._find_output()
        if not self._lost:
            self._transport.play(command.frame, command.count_in)

    def _watch(self, command: commands.Watch) -> None:
        self._watched = command.track if command.on else ""
        self._transport.watched = self._watched
        self._master.watch(command.on, self._watched)

    def _set_live(self, command: commands.SetLive) -> None:
        if command.tracks:
            self._find_output()
        self._live.set_tracks(command.tracks)

    def _play_midi(self, command: commands.PlayMidi) -> None:
        for event in command.events:
            self._live.take(event)

    def _set_input(self, command: commands.SetInput) -> None:
        if self._input.set(command.settings, command.tracks) and self._serial:  # else the first plan opens it
            self._open_output()

    def _start_recording(self, command: commands.StartRecording) -> None:
        self._find_output()
        if self._input.wanted and self._input.capture is None and not self._lost:
            self._open_output()  # the input may be there by now
        self._input.start(command.order)

    def _measure_latency(self, _: commands.MeasureLatency) -> None:
        if self._input.expect_measurement():
            self._open_output()
        self._input.measure()

    def _set_loop(self, command: commands.SetLoop) -> None:
        self._transport.set_loop(LoopFrames(command.start, command.end, command.on))

    def _audition(self, command: commands.Audition) -> None:
        self._find_output()
        self._transport.audition(command.file, gain_of(command.gain_db), command.bar, command.origin)

    def _set_metronome(self, command: commands.SetMetronome) -> None:
        self._metronome = (command.on, gain_of(command.gain_db))
        self._transport.set_metronome(*self._metronome)

    def _reset_clips(self, command: commands.ResetClips) -> None:
        self._tracks.clipped[:] = False
        self._master.reset_clips()

    def _set_device(self, command: commands.SetDevice) -> None:
        self._settings = command.settings
        if self._serial:  # else the first plan will tell the rate
            self._open_output()

    @property
    def _silent(self) -> bool:
        """Whether a device was requested and none was found, so that nothing is heard."""
        return self._output is not None and self._output.name == NO_SOUND and self._settings.device is None

    def _find_output(self) -> None:
        """Opens the device if opening it has failed so far, or none was there and one is now."""
        if self._lost or self._output is None or (self._silent and device_is_there()):
            self._open_output()

    def _open_output(self) -> None:
        """Opens the device of the settings; where that fails, says so and is as if it were lost."""
        self._close_output()
        settings, transport = self._settings, self._transport
        rate = transport.rate
        self._lost = False
        block = round(settings.block * rate / (settings.rate or rate))
        buffer = max(round(settings.buffer_ms * rate / 1000), block)
        guard = 2 * block + round(_GUARD_SECONDS * rate)
        self._underruns += transport.ring.underruns
        transport.set_buffer(buffer, guard)
        while transport.fill():
            pass
        streams: Streams | None = None
        try:
            if self._input.wanted:
                streams = open_streams(settings, rate, self._pull, self._input.settings.device, self._input.take)
                self._output = streams.output
            else:
                self._output = open_output(settings, rate, self._pull)
        except DeviceError as error:
            self._lost = True
            transport.stop()
            self._say(PlayerMessage("device", str(error)))
            return
        output = self._output
        if self._silent:
            text = "No sound device was found, so nothing is heard: connect one and choose it in Audio settings."
            self._say(PlayerMessage("device", text))
        if output.rate != rate:
            base = transport.ring.read
            self._feed = RateFeed(transport.ring.pull, rate, output.rate, output.block, base)
            if settings.rate is None:
                text = (
                    f"“{output.name}” does not run at the song's {rate:,} Hz: it plays at {output.rate:,} Hz, and the "
                    "sound is resampled for it."
                )
                self._say(PlayerMessage("rate", text))
        if streams is not None:
            self._input.opened(streams, transport)

    def _pull(self, out: np.ndarray) -> None:
        """The device's callback, on the device's thread: pulls from the ring and adds what is played live."""
        feed, ring, capture = self._feed, self._transport.ring, self._input.capture
        position, pulled = 0.0, 0
        if feed:
            position, before = feed.position, feed.ring.read
            feed.pull(out)
            pulled = feed.ring.read - before
        elif self._output and self._output.rate == self._transport.rate:
            position = ring.read
            pulled = ring.pull(out)
        else:
            out.fill(0.0)  # the device runs already, and what resamples for it is being made
        if output := self._output:
            self._live.pulled(out, output.rate, ring.read - (feed.ahead if feed else 0))
        if capture:
            capture.mix(out)
            capture.played(len(out), position, pulled)

    def _close_output(self) -> None:
        self._input.close()
        if self._output:
            self._output.close()
        if self._feed:
            self._feed.close()
            self._underruns += self._feed.ring.underruns
        self._output = self._feed = None
        self._underflows = 0

    def _count_underruns(self) -> int:
        """Number of underruns. Those that a device reports while nothing plays do not count."""
        ring = self._transport.ring
        underflows: int = getattr(self._output, "underflows", 0)
        if not ring.idle:
            self._underruns += underflows - self._underflows
        self._underflows = underflows
        if self._feed:
            self._feed.ring.idle = ring.idle
            return self._underruns + ring.underruns + self._feed.ring.underruns
        return self._underruns + ring.underruns

    def _check_device(self) -> None:
        for device, text in self._transport.device_notices():
            self._say(PlayerMessage("plugin", text, device))
        self._input.check(self._output)
        if self._input.capture and not self._input.wanted and not self._transport.playing:
            self._open_output()  # nobody listens any more
        if self._output is None or not self._output.lost:
            return
        name, played = self._output.name, self._transport.playing
        self._transport.stop()
        self._lost = True
        self._publish()
        gone = "is gone, so playback stopped" if played else "is gone"
        text = f"The audio device “{name}” {gone}: connect it and play, or choose another."
        self._input.close(f"{text} What was recorded is kept.")
        self._say(PlayerMessage("lost", text))
        os._exit(0)  # drivers hang or abort over a device that is gone; the next process finds what there is

    def _heard(self) -> float:
        """The ring's frame that is heard now: what the device took, less what it still keeps."""
        transport, output = self._transport, self._output
        read_frame = transport.ring.read
        if output is None:
            return read_frame
        pulled = output.pulled
        since = min(perf_counter() - pulled, 2 * output.block / output.rate) - output.latency
        behind = self._feed.ahead if self._feed else 0
        return min(read_frame - behind + (since - output.block / output.rate) * transport.rate, read_frame)

    def _publish(self) -> None:
        transport, master = self._transport, self._master
        position = self._heard()
        frame = max(int(position), 0)
        segment = transport.at(frame)
        played = self._live.peaks()
        if capture := self._input.capture:
            capture.show(transport.segments, transport.ring.read)
            played = {**played, **capture.peaks()}
        self._live.report(transport, self._output.latency if self._output else 0.0, position)
        while transport.measured and transport.measured[0].start <= frame:
            item = transport.measured.popleft()
            if len(item.values) == len(self._tracks.peak):
                self._tracks.push(item.values, item.end - item.start)
            self._reductions = item.reductions
        if not transport.playing and not transport.measured:
            self._reductions = {}
            self._tracks.push(np.zeros((len(self._tracks.peak), 4), np.float32), transport.quantum // 2)
        if segment.holding != self._holding:
            self._holding = segment.holding
            if self._holding:
                text = "Playback waits for sound that is still being made, and goes on by itself."
                self._say(PlayerMessage("hold", text))
        for path in transport.failed - self._failed:
            self._failed.add(path)
            text = f"The sound file “{path}” cannot be read and is silent: locate its audio again, or reopen the song."
            self._say(PlayerMessage("file", text))
        for place, track in enumerate(transport.mixer.plan.tracks):
            if (peak := played.get(track.id)) is not None:
                self._tracks.peak[place] = np.maximum(self._tracks.peak[place], peak)
        self._published = perf_counter()
        header = {
            "commands": self._obeyed,
            "plan": self._serial,
            "time": self._published,
            "position": segment.at(frame) + (position - frame if segment.moving else 0.0),
            "rate": transport.rate,
            "loop_start": transport.loop.start,
            "loop_end": transport.loop.end,
            "loops": transport.loop.on,
            "playing": transport.playing,
            "moving": segment.moving and transport.playing,
            "holding": segment.holding,
            "lost": self._lost,
            "silent": self._silent,
            "device": self._output.name.encode() if self._output else b"",
            "underruns": self._count_underruns(),
            "buffered_ms": (transport.ring.write - transport.ring.read) * 1000 / transport.rate,
            "device_rate": self._output.rate if self._output else 0,
            **master.shown(),
        }
        self._state.write(header, self._tracks.peak, self._tracks.rms, self._tracks.clipped, self._reductions)

    def _close(self) -> None:
        self._live.close()
        self._close_output()
        self._master.close()
        self._prefetch.close()
        self._transport.close()


def raise_priority() -> None:
    """Asks to be run before others where the system allows it.

    On Linux in real time, at the least priority of that, as systems made for music let the user; Windows always gives
    its high class; elsewhere, and where that is refused, it is niceness, if the user may.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
            return
    if sys.platform == "win32":
        import psutil  # the other systems' players come without it

        with suppress(OSError, psutil.AccessDenied):
            psutil.Process().nice(psutil.HIGH_PRIORITY_CLASS)
    else:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _NICE)


def main() -> None:
    """Runs the process; the argument is the name of the state's shared memory."""
    parent = Parent(sends=commands.MESSAGES, receives=commands.COMMANDS)
    raise_priority()
    allow_handles(_OPEN_FILES)
    sys.setswitchinterval(_SWITCH_SECONDS)
    state = StateBlock(sys.argv[1])
    worker = Worker(state, parent.send)
    render = threading.Thread(target=worker.run, name="render")
    render.start()
    with suppress(KeyboardInterrupt):
        for command in parent.messages():
            worker.command(command)
            if not render.is_alive():
                break
    worker.command(commands.Quit())
    render.join()
    state.close()
    os._exit(0)  # the device is closed; PortAudio's own end aborts where a sound server has gone


if __name__ == "__main__":
    main()
