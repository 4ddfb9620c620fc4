"""In sounddevice's place, for tests on machines without one: a device whose output comes back at its input.

`LOOPBACK` holds JSON: `delay`, the frames from output to input; `rate`, the only one that it runs at; `separate`,
whether output and input are two devices; `silent`, whether nothing comes back; `lost_after`, the seconds after which it
is gone.
The latencies that it reports are not the true ones, as those of real devices.
"""

import json
import os
import threading
import time
from types import SimpleNamespace

import numpy as np

REPORTED = (0.011, 0.023)  # seconds, of the input and the output
_settings = {"delay": 3000, "rate": 48000, "separate": False, "silent": False, "lost_after": 0}
_settings |= json.loads(os.environ.get("LOOPBACK", "{}"))
_wire: list[np.ndarray] = []  # what was played, mono
_wire_start = [0.0]  # when its first frame was


class PortAudioError(Exception):
    """As sounddevice's."""


def _device(name: str, inputs: int, outputs: int) -> dict[str, object]:
    return {
        "name": name, "hostapi": 0, "max_input_channels": inputs, "max_output_channels": outputs,
        "default_samplerate": float(_settings["rate"]),
    }  # fmt: skip


if _settings["separate"]:
    _devices = [_device("Loudspeaker", 0, 2), _device("Microphone", 1, 0)]
    default = SimpleNamespace(device=(1, 0))
else:
    _devices = [_device("Loop", 2, 2)]
    default = SimpleNamespace(device=(0, 0))


def query_devices() -> list[dict[str, object]]:
    return _devices


def query_hostapis() -> list[dict[str, object]]:
    return [{"name": "Test", "default_output_device": default.device[1], "default_input_device": default.device[0]}]


def check_output_settings(*, samplerate: int, **_: object) -> None:
    if samplerate != _settings["rate"]:
        raise PortAudioError("Invalid sample rate")


check_input_settings = check_output_settings


def _initialize() -> None:
    """As sounddevice's."""


def _terminate() -> None:
    """As sounddevice's."""


class _Clock:
    """Calls `tick` for each block of the device's time, late where the machine is busy, but never early."""

    def __init__(self, *, samplerate: int, blocksize: int, callback: object, finished_callback: object, **_: object):
        self.rate, self.block, self.callback, self.finished = samplerate, blocksize or 256, callback, finished_callback
        self.frames = 0
        self._stop = threading.Event()

    def start(self) -> None:
        self.started = time.perf_counter()
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        last = _settings["lost_after"]
        while not self._stop.wait(max(self._due() - time.perf_counter(), 0.0)):
            if last and self.frames > last * self.rate:
                break
            self.tick(SimpleNamespace(output_underflow=False, input_overflow=False))
        self.finished()

    def _due(self) -> float:
        return self.started + (self.frames + self.block) / self.rate

    def tick(self, status: object) -> None:
        raise NotImplementedError


class OutputStream(_Clock):
    latency = REPORTED[1]

    def start(self) -> None:
        _wire.clear()
        super().start()
        _wire_start[0] = self.started

    def tick(self, status: object) -> None:
        out = np.zeros((self.block, 2), np.float32)
        self.callback(out, self.block, None, status)
        _wire.append(out[:, 0].copy())
        self.frames += self.block


class InputStream(_Clock):
    latency = REPORTED[0]

    def tick(self, status: object) -> None:
        shift = round((self.started - _wire_start[0]) * self.rate) - _settings["delay"]
        self.callback(_heard(self.frames + shift, self.block)[:, None], self.block, None, status)
        self.frames += self.block


class Stream(_Clock):
    latency = REPORTED

    def start(self) -> None:
        _wire.clear()
        super().start()

    def tick(self, status: object) -> None:
        heard = _heard(self.frames - _settings["delay"], self.block)
        out = np.zeros((self.block, 2), np.float32)
        self.callback(np.stack([heard, -heard], axis=1), out, self.block, None, status)
        _wire.append(out[:, 0].copy())
        self.frames += self.block


def _heard(first: int, frames: int) -> np.ndarray:
    """`frames` of what was played, from its frame `first` on; silence where nothing was."""
    heard = np.zeros(frames, np.float32)
    if _settings["silent"] or not _wire:
        return heard
    block = len(_wire[0])
    for at in range(max(first // block, 0), min((first + frames - 1) // block + 1, len(_wire))):
        start = at * block - first
        low, high = max(start, 0), min(start + block, frames)
        heard[low:high] = _wire[at][low - start : high - start]
    return heard
