"""The player as the rest of the program sees it: a handle on a process of its own.

The process is started by its command line, so it never runs anybody's main module, and it imports neither Qt nor torch.
Commands go down a pipe, written by a thread so that no caller waits; the state comes back through shared memory.
"""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeVar

from engine import ipc
from engine.playback import commands
from engine.playback.device import DeviceSettings
from engine.playback.input_settings import InputSettings, InputTrack, LatencyReport, RecordingReport, RecordOrder
from engine.playback.midi_events import LiveTrack, MidiEvent, MidiReport, MidiSettings
from engine.playback.plan import Plan
from engine.playback.state import PlayerMessage, PlayerState, StateBlock
from engine.playback.updates import difference
from engine.project.sample_file import SampleFile

M = TypeVar("M", PlayerMessage, MidiReport, RecordingReport, LatencyReport)

_QUIT_SECONDS = 3.0
_REMEMBERED_PLANS = 64
_NEED_DEVICE = (
    *(commands.Play, commands.Audition, commands.SetDevice),
    *(commands.StartRecording, commands.MeasureLatency),
)
_DIED = "The song is safe; press play to start the player again."


class Player:
    """Plays a plan. Its methods are called by one thread; none of them waits for the player's process.

    Should the process die, `messages` says so, and the next command starts it again where it was. If it loses its
    device, playback stops and nothing is tried until `play`, `audition` or `set_device` is called.
    """

    def __init__(self, settings: DeviceSettings | None = None) -> None:
        self._settings = settings or DeviceSettings()
        self._messages: deque[PlayerMessage] = deque(maxlen=100)
        self._midi: deque[MidiReport] = deque(maxlen=10_000)
        self._recordings: deque[RecordingReport] = deque(maxlen=1000)
        self._latencies: deque[LatencyReport] = deque(maxlen=10)
        self._process: _Process | None = None
        self._plan: Plan | None = None
        self._lasting: dict[type, object] = {}  # commands that a new process has to be told again, by their class
        self._last = PlayerState()

    def __enter__(self) -> "Player":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Starts the process. Until it is ready (about half a second) commands wait."""
        if self._process and self._process.alive and not self._process.lost:
            return
        ended_at = self.state.position if self._process else 0.0
        self.close()
        self._last = replace(self._last, commands=0)
        queues: dict[type, deque[Any]] = {
            PlayerMessage: self._messages,
            MidiReport: self._midi,
            RecordingReport: self._recordings,
            LatencyReport: self._latencies,
        }
        self._process = _Process(queues)
        self._process.send(commands.SetDevice(self._settings))
        if self._plan:
            self._process.send_plan(self._plan)
        for command in self._lasting.values():
            self._process.send(command)
        if ended_at:
            self._process.send(commands.Seek(int(ended_at)))

    def close(self) -> None:
        """Ends the process; nothing of it is left behind."""
        if self._process:
            self._process.close()
            self._process = None

    def set_plan(self, plan: Plan) -> None:
        """Plays `plan` from now on; what is the same object as in the plan before is not sent again."""
        self._plan = plan
        self._lasting.pop(commands.SetLoop, None)  # the plan brings its own
        if not self._running(commands.SetPlan):
            return
        assert self._process is not None
        self._process.send_plan(plan)

    def play(self, from_frame: int | None = None, count_in: int = 0) -> None:
        """Plays from song frame `from_frame`, or from where it stands, after `count_in` bars of clicks."""
        self._send(commands.Play(from_frame, count_in))

    def stop(self) -> None:
        """Stops, and stays where it is."""
        self._send(commands.Stop())

    def seek(self, frame: int) -> None:
        """Goes to song frame `frame`, whether it plays or not."""
        self._send(commands.Seek(frame))
        if self.pid is None:
            self._last = replace(self.state, position=frame)

    def set_loop(self, start: int, end: int, on: bool) -> None:
        """Repeats the song frames `start` to `end` while `on`, until a plan with another loop region comes."""
        self._set(commands.SetLoop(start, end, on))

    def set_metronome(self, on: bool, gain_db: float = 0.0) -> None:
        """Switches the clicks."""
        self._set(commands.SetMetronome(on, gain_db))

    def set_device(self, settings: DeviceSettings) -> None:
        """Plays on another device, or with another rate, block or buffer. Playback goes on."""
        self._settings = settings
        self._send(commands.SetDevice(settings))

    def find_device(self) -> None:
        """Opens the device of the settings again if it is gone, or was not found when it was looked for last."""
        state = self.state
        if state.lost or state.silent:
            self._send(commands.SetDevice(self._settings))

    def audition(self, file: SampleFile | None, gain_db: float = 0.0, bar: int = 0, origin: int = 0) -> None:
        """Plays a file at the song's rate over whatever plays; None ends that. See `Transport.audition`."""
        self._send(commands.Audition(file, gain_db, bar, origin))

    def set_midi(self, settings: MidiSettings) -> None:
        """Uses these MIDI ports, now and whenever they are plugged in."""
        self._set(commands.SetMidi(settings))

    def set_live(self, tracks: tuple[LiveTrack, ...]) -> None:
        """Lets these tracks be played by what comes over MIDI."""
        self._set(commands.SetLive(tracks))

    def play_midi(self, events: tuple[MidiEvent, ...]) -> None:
        """Takes events as if they had come from a port."""
        self._send(commands.PlayMidi(events))

    def midi(self) -> list[MidiReport]:
        """What came over MIDI since the last call."""
        return _drained(self._midi)

    def set_input(self, settings: InputSettings, tracks: tuple[InputTrack, ...]) -> None:
        """Lets these tracks listen to an input, which is open while there are any."""
        self._set(commands.SetInput(settings, tracks))

    def start_recording(self, order: RecordOrder) -> None:
        """Records with the tracks of `order` from now on; `recordings` says how it goes, and whether it could begin."""
        self._send(commands.StartRecording(order))

    def stop_recording(self) -> None:
        """Ends the recording with what is heard now; the last report follows when all of it has come in."""
        self._send(commands.StopRecording())

    def recordings(self) -> list[RecordingReport]:
        """How recordings went since the last call."""
        return _drained(self._recordings)

    def measure_latency(self) -> None:
        """Plays a sound and looks for it in the input; `latencies` says what was found."""
        self._send(commands.MeasureLatency())

    def latencies(self) -> list[LatencyReport]:
        """What measurements found since the last call."""
        return _drained(self._latencies)

    def reset_clips(self) -> None:
        """Puts all clip lights out."""
        self._send(commands.ResetClips())

    def reset_loudness(self) -> None:
        """Restarts integrated loudness and true peak."""
        self._send(commands.ResetLoudness())

    def watch(self, on: bool, track: str = "") -> None:
        """Measures the spectrum of the master and of a track, or no longer."""
        self._set(commands.Watch(track, on))

    def restart_device(self, device_id: str) -> None:
        """Starts a plug-in anew that stopped."""
        self._send(commands.RestartDevice(device_id))

    @property
    def settings(self) -> DeviceSettings:
        """The device that was asked for."""
        return self._settings

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process and self._process.alive else None

    def behind(self, state: PlayerState) -> bool:
        """Whether in `state` the process had yet to carry out what it was told last, as while it opens a device."""
        process = self._process
        return process is not None and process.alive and state.commands < process.sent

    @property
    def state(self) -> PlayerState:
        """The latest state; cheap enough to be read 60 times a second."""
        if self._process and self._process.alive:
            self._last = self._process.state() or self._last
        elif self._process and not self._process.looked_at:
            self._process.looked_at = True
            last = self._process.state() or self._last
            self._last = PlayerState(position=last.position, underruns=last.underruns, lost=self._process.lost)
        return self._last

    def messages(self) -> list[PlayerMessage]:
        """The messages since the last call."""
        return _drained(self._messages)

    def _set(self, command: object) -> None:
        self._lasting[type(command)] = command
        self._send(command)

    def _send(self, command: object) -> None:
        if self._running(type(command)):
            assert self._process is not None
            self._process.send(command)

    def _running(self, command: type) -> bool:
        """Whether there is a process to be sent a command of this class.

        One that ended is started again first, and told what it has to know: one that died by any command, one that
        lost its device only by those that need a device.
        """
        if self._process is None:
            return False
        if self._process.alive and not self._process.lost:  # one that lost its device is about to end
            return True
        if self._process.lost and command not in _NEED_DEVICE:
            return False
        self.start()
        return command not in (commands.SetPlan, commands.SetDevice, *self._lasting)


def _drained(queue: deque[M]) -> list[M]:
    received: list[M] = []
    with suppress(IndexError):
        while True:
            received.append(queue.popleft())
    return received


class _Process:
    """The player's process, and what it was sent."""

    def __init__(self, queues: Mapping[type, deque[Any]]) -> None:
        """`queues` take in what comes, by its class."""
        self._queues = queues
        self.sent = 0  # commands
        self._serial = 0
        self._sent: Plan | None = None
        self._tracks: dict[int, tuple[str, ...]] = {}
        self._block = StateBlock()
        self.lost = False  # it ended because its device is gone
        self.looked_at = False  # its last state was read
        self._process = ipc.Process(
            "engine.playback.worker",
            self._block.name,
            name="player",
            sends=commands.COMMANDS,
            receives=commands.MESSAGES,
            on_message=self._take,
            on_end=self._ended,
            inherited=self._block.inherited,
        )
        self.pid = self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.alive

    def send(self, command: object) -> None:
        self.sent += 1
        self._process.send(command)

    def send_plan(self, plan: Plan) -> None:
        self._serial += 1
        self._tracks[self._serial] = tuple(track.id for track in plan.tracks)
        self._tracks.pop(self._serial - _REMEMBERED_PLANS, None)
        self.send(commands.SetPlan(difference(self._sent, plan, self._serial)))
        self._sent = plan

    def state(self) -> PlayerState | None:
        return self._block.read(perf_counter(), self._tracks)

    def close(self) -> None:
        self._process.close(_QUIT_SECONDS, commands.Quit())
        self._block.close()

    def _take(self, message: object) -> None:
        if isinstance(message, PlayerMessage):
            self.lost = self.lost or message.kind == "lost"
        self._queues[type(message)].append(message)

    def _ended(self) -> None:
        if not (self._process.unwanted or self.lost):
            text = ipc.died("The player", _DIED, self._process.exit_status)
            self._queues[PlayerMessage].append(PlayerMessage("died", text))
