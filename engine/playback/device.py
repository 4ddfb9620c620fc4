"""Sound devices: what there is, and an output that pulls blocks from it. The only place that knows sounddevice.

Besides the machine's devices there is "No sound": a thread that takes blocks at the pace of the clock, for machines
that have no device.
"""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Protocol

import numpy as np

from engine import ipc
from engine.errors import DeviceError
from engine.jobs import Context

NO_SOUND = "No sound"
"""Name of the device that only keeps time."""

_SCAN_SECONDS = 20.0
_LOST_AFTER = 3.0  # seconds without a pull
_CATCH_UP = 2.0  # seconds that the clock may be behind before it starts anew (the machine slept)

Pull = Callable[[np.ndarray], object]
"""Fills float32 (frames, 2)."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that can play."""

    name: str
    hostapi: str
    outputs: int
    default_rate: int
    is_default: bool = False

    @property
    def label(self) -> str:
        """Its name, with the system it is reached through."""
        return f"{self.name} ({self.hostapi})" if self.hostapi else self.name


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """How to play. `device` is a device's label or name, None the system's default; `rate` None is the project's."""

    device: str | None = None
    rate: int | None = None
    block: int = 512  # frames that the device takes at once
    buffer_ms: int = 150  # sound rendered ahead


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Asks this module, run as a process, which devices there are."""


@dataclass(frozen=True, slots=True)
class DeviceList:
    """What it answers."""

    devices: tuple[Device, ...]


_QUESTIONS, _ANSWERS = ipc.Protocol(ListDevices), ipc.Protocol(DeviceList)


class Output(Protocol):
    """An open device. `pulled` is when it last took a block (perf_counter); `latency` is in seconds."""

    name: str
    rate: int
    block: int
    latency: float
    pulled: float

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""

    def close(self) -> None:
        """Stops it."""


def list_devices() -> list[Device]:
    """The devices that can play, as they are now, and "No sound", which is always there and comes last.

    Any thread; takes about half a second. Asks in a process of its own, because drivers may hang or abort.
    """
    devices: list[Device] = []
    with (
        suppress(OSError),  # TimeoutError is one, too
        ipc.Conversation(
            "engine.playback.device", ListDevices(), name="devices", sends=_QUESTIONS, receives=_ANSWERS
        ) as scan,
    ):
        for answer in scan.messages(Context(), _SCAN_SECONDS):
            devices.extend(answer.devices)
    return [*devices, Device(NO_SOUND, "", 2, 48000, is_default=not devices)]


def open_output(settings: DeviceSettings, rate: int, pull: Pull) -> Output:
    """Opens the device of `settings` at its rate, or at `rate` (the project's), or where it refuses that, at its own.

    `pull` is called on the device's thread. With no device chosen and none there, the output is silent.

    Raises:
        DeviceError: there is no such device, or it cannot be opened.
    """
    wanted = settings.rate or rate
    if settings.device == NO_SOUND:
        return NullOutput(wanted, settings.block, pull)
    devices = _scan()
    if settings.device is None:
        chosen = next((pair for pair in devices if pair[0].is_default), devices[0] if devices else None)
        if chosen is None:
            return NullOutput(wanted, settings.block, pull)
    else:
        names = [pair for pair in devices if settings.device in (pair[0].label, pair[0].name)]
        if not names:
            raise DeviceError(
                f"The audio device “{settings.device}” is not there: connect it, or choose another in Audio settings."
            )
        chosen = names[0]
    return PortAudioOutput(*chosen, wanted, settings.block, pull)


def device_is_there() -> bool:
    """Whether there is a device now. For a process that has none open: it starts PortAudio anew."""
    return bool(_scan())


class NullOutput:
    """Takes a block each time the clock says that one has been played, and throws it away."""

    def __init__(self, rate: int, block: int, pull: Pull) -> None:
        self.name, self.rate, self.block, self.latency = NO_SOUND, rate, block, 0.0
        self.pulled = perf_counter()
        self.lost = False
        self._pull = pull
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="no sound", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops the clock."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        out = np.empty((self.block, 2), np.float32)
        period = self.block / self.rate
        due = perf_counter() + period
        while not self._stop.wait(max(due - perf_counter(), 0.0)):
            now = perf_counter()
            if now - due > _CATCH_UP:
                due = now
            while due <= now:
                self._pull(out)
                self.pulled = perf_counter()
                due += period


class PortAudioOutput:
    """A device of the machine."""

    def __init__(self, device: Device, index: int, rate: int, block: int, pull: Pull) -> None:
        """See `open_output`."""
        import sounddevice

        self.name, self.block = device.label, block
        self.underflows = 0  # blocks that the device itself reports as late
        self.pulled = perf_counter()
        self._pull = pull
        self._finished = False
        channels = min(device.outputs, 2)
        self._stereo = np.zeros((max(block, 1), 2), np.float32) if channels == 1 else None
        fields: dict[str, Any] = {"device": index, "channels": channels, "dtype": "float32"}
        try:
            try:
                sounddevice.check_output_settings(samplerate=rate, **fields)
            except sounddevice.PortAudioError:
                rate = device.default_rate
            self._stream = sounddevice.OutputStream(
                samplerate=rate,
                blocksize=block,
                latency="high",
                callback=self._callback,
                finished_callback=self._finish,
                **fields,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                f"The audio device “{device.name}” could not be opened ({error.args[0]}): close other programs that "
                "use it, or choose another device, rate or block size in Audio settings."
            ) from error
        self.rate = rate
        self.latency = float(self._stream.latency)

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""
        return self._finished or perf_counter() - self.pulled > _LOST_AFTER

    def close(self) -> None:
        """Stops it. Where the driver hangs over a device that is gone, it is left to itself."""
        closing = threading.Thread(target=self._close, name="close device", daemon=True)
        closing.start()
        closing.join(2.0)

    def _close(self) -> None:
        import sounddevice

        try:
            self._stream.close()
        except sounddevice.PortAudioError:
            self._finished = True

    def _callback(self, out: np.ndarray, frames: int, _time: object, status: Any) -> None:
        if self._stereo is None:
            self._pull(out)
        else:
            pair = self._stereo[:frames]
            self._pull(pair)
            np.add(pair[:, :1], pair[:, 1:], out=out)
            np.multiply(out, np.float32(0.5), out=out)
        self.pulled = perf_counter()
        if status.output_underflow:
            self.underflows += 1

    def _finish(self) -> None:
        self._finished = True


def _scan() -> list[tuple[Device, int]]:
    """The machine's devices with their numbers; empty where the library for sound is missing."""
    again = "sounddevice" in sys.modules
    try:
        import sounddevice
    except OSError:  # PortAudio is not installed
        return []
    try:
        if again:  # PortAudio looks for devices only when it starts
            sounddevice._terminate()
            sounddevice._initialize()
        hostapis = sounddevice.query_hostapis()
        devices = sounddevice.query_devices()
        default = sounddevice.default.device[1]
    except sounddevice.PortAudioError:
        return []
    if default < 0:
        default = next((api["default_output_device"] for api in hostapis if api["default_output_device"] >= 0), -1)
    return [
        (
            Device(
                device["name"],
                hostapis[device["hostapi"]]["name"],
                device["max_output_channels"],
                round(device["default_samplerate"]),
                index == default,
            ),
            index,
        )
        for index, device in enumerate(devices)
        if device["max_output_channels"] > 0
    ]


def main() -> None:
    """Runs the process that `list_devices` asks."""
    parent = ipc.Parent(sends=_ANSWERS, receives=_QUESTIONS)
    for _ in parent.messages():
        parent.send(DeviceList(tuple(device for device, _ in _scan())))
        os._exit(0)  # without PortAudio's own end, which may abort


if __name__ == "__main__":
    main()
