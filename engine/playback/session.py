"""The player as the rest of the program sees it: a handle on a process of its own.

The process is started by its command line, so it never runs anybody's main module, and it imports neither Qt nor torch.
Commands go down a pipe, written by a thread so that no caller waits; the state comes back through shared memory.
"""

import queue
import subprocess
import threading
from collections import deque
from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from typing import Any

from engine.playback.device import DeviceSettings
from engine.playback.plan import Plan
from engine.playback.process import command_line, environment, read_frame, write_frame
from engine.playback.state import PlayerMessage, PlayerState, StateBlock
from engine.playback.updates import difference
from engine.project.pool import SampleFile

_QUIT_SECONDS = 3.0
_REMEMBERED_PLANS = 64
_NEED_DEVICE = ("play", "audition", "device")

_Command = tuple[str, tuple[Any, ...]]


class Player:
    """Plays a plan. Its methods are called by one thread; none of them waits for the player's process.

    Should the process die, `messages` says so, and the next command starts it again where it was. If it loses its
    device, playback stops and nothing is tried until `play`, `audition` or `set_device` is called.
    """

    def __init__(self, settings: DeviceSettings | None = None) -> None:
        self._settings = settings or DeviceSettings()
        self._messages: deque[PlayerMessage] = deque(maxlen=100)
        self._process: _Process | None = None
        self._plan: Plan | None = None
        self._kept: dict[str, tuple[Any, ...]] = {}  # commands that a new process has to be told again
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
        self._process = _Process(self._messages)
        self._process.send("device", self._settings)
        if self._plan:
            self._process.send_plan(self._plan)
        for name, arguments in self._kept.items():
            self._process.send(name, *arguments)
        if ended_at:
            self._process.send("seek", int(ended_at))

    def close(self) -> None:
        """Ends the process; nothing of it is left behind."""
        if self._process:
            self._process.close()
            self._process = None

    def set_plan(self, plan: Plan) -> None:
        """Plays `plan` from now on; what is the same object as in the plan before is not sent again."""
        self._plan = plan
        self._kept.pop("loop", None)  # the plan brings its own
        if not self._running("plan"):
            return
        assert self._process is not None
        self._process.send_plan(plan)

    def play(self, from_frame: int | None = None) -> None:
        """Plays from song frame `from_frame`, or from where it stands."""
        self._send("play", from_frame)

    def stop(self) -> None:
        """Stops, and stays where it is."""
        self._send("stop")

    def seek(self, frame: int) -> None:
        """Goes to song frame `frame`, whether it plays or not."""
        self._send("seek", frame)
        if self.pid is None:
            self._last = replace(self.state, position=frame)

    def set_loop(self, start: int, end: int, on: bool) -> None:
        """Repeats the song frames `start` to `end` while `on`, until a plan with another loop region comes."""
        self._keep("loop", start, end, on)

    def set_metronome(self, on: bool, gain_db: float = 0.0) -> None:
        """Switches the clicks."""
        self._keep("metronome", on, gain_db)

    def set_hold(self, on: bool) -> None:
        """Whether playback waits for growing files (it does at first); otherwise what they lack is silent, counted."""
        self._keep("hold", on)

    def set_device(self, settings: DeviceSettings) -> None:
        """Plays on another device, or with another rate, block or buffer. Playback goes on."""
        self._settings = settings
        self._send("device", settings)

    def find_device(self) -> None:
        """Opens the device of the settings again if it is gone, or was not found when it was looked for last."""
        state = self.state
        if state.lost or state.silent:
            self._send("device", self._settings)

    def audition(self, file: SampleFile | None, gain_db: float = 0.0) -> None:
        """Plays a file at the song's rate over whatever plays; None ends that."""
        self._send("audition", file, gain_db)

    def reset_clips(self) -> None:
        """Puts all clip lights out."""
        self._send("reset_clips")

    def reset_loudness(self) -> None:
        """Starts integrated loudness and true peak anew."""
        self._send("reset_loudness")

    @property
    def settings(self) -> DeviceSettings:
        """The device that was asked for."""
        return self._settings

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process and self._process.alive else None

    @property
    def state(self) -> PlayerState:
        """How things are now: cheap enough to be asked 60 times a second."""
        if self._process and self._process.alive:
            self._last = self._process.state() or self._last
        elif self._process and not self._process.looked_at:
            self._process.looked_at = True
            last = self._process.state() or self._last
            self._last = PlayerState(position=last.position, underruns=last.underruns, lost=self._process.lost)
        return self._last

    def messages(self) -> list[PlayerMessage]:
        """What the player had to say since last asked."""
        said = []
        with suppress(IndexError):
            while True:
                said.append(self._messages.popleft())
        return said

    def _keep(self, name: str, *arguments: object) -> None:
        self._kept[name] = arguments
        self._send(name, *arguments)

    def _send(self, name: str, *arguments: object) -> None:
        if self._running(name):
            assert self._process is not None
            self._process.send(name, *arguments)

    def _running(self, name: str) -> bool:
        """Whether there is a process to be told.

        One that ended is started again first, and told what it has to know: one that died by any command, one that
        lost its device only by those that need a device.
        """
        if self._process is None:
            return False
        if self._process.alive and not self._process.lost:  # one that lost its device is about to end
            return True
        if self._process.lost and name not in _NEED_DEVICE:
            return False
        self.start()
        return name not in ("plan", "device", *self._kept)


class _Process:
    """The player's process with the two threads that serve its pipes."""

    def __init__(self, messages: deque[PlayerMessage]) -> None:
        self._messages = messages
        self._serial = 0
        self._sent: Plan | None = None
        self._tracks: dict[int, tuple[str, ...]] = {}
        self._block = StateBlock()
        self._process = subprocess.Popen(
            command_line("engine.playback.worker", self._block.name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
        )
        self.pid = self._process.pid
        self.alive = True
        self.lost = False  # it ended because its device is gone
        self.looked_at = False  # its last state was read
        self._closing = False
        self._queue: queue.SimpleQueue[_Command | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._write, name="player commands", daemon=True),
            threading.Thread(target=self._read, name="player messages", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, name: str, *arguments: object) -> None:
        self._queue.put((name, arguments))

    def send_plan(self, plan: Plan) -> None:
        self._serial += 1
        self._tracks[self._serial] = tuple(track.id for track in plan.tracks)
        self._tracks.pop(self._serial - _REMEMBERED_PLANS, None)
        self.send("plan", difference(self._sent, plan, self._serial))
        self._sent = plan

    def state(self) -> PlayerState | None:
        return self._block.read(perf_counter(), self._tracks)

    def close(self) -> None:
        self._closing = True
        self._queue.put(("quit", ()))
        self._queue.put(None)
        try:
            self._process.wait(_QUIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join()
        if self._process.stdout:
            self._process.stdout.close()
        self.alive = False
        self._block.close()

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError), pipe:  # closing it ends the process
            while command := self._queue.get():
                write_frame(pipe, command)

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with suppress(EOFError):
            while True:
                message = read_frame(pipe)
                self.lost = self.lost or message.kind == "lost"
                self._messages.append(message)
        self.alive = False
        if not (self._closing or self.lost):
            text = "The player stopped unexpectedly. The song is safe; press play to start the player again."
            self._messages.append(PlayerMessage("died", text))
