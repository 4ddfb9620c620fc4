"""Sound devices: what there is, outputs that pull blocks, inputs that give them. The only place that knows sounddevice.

Besides the machine's devices there is "No sound": a thread that takes blocks at the pace of the clock, for machines
that have no device.
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence
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

_MOST_INPUTS = 64  # channels of an input that are opened, at most

Pull = Callable[[np.ndarray], object]
"""Fills float32 (frames, 2)."""
Take = Callable[[np.ndarray, bool], object]
"""Takes in float32 (frames, channels), and whether the device lost sound before them."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that can play or record. `is_default` is said of the system's output, `is_default_input` of its input.

    outputs, inputs: its channels.
    """

    name: str
    hostapi: str
    outputs: int
    default_rate: int
    is_default: bool = False
    inputs: int = 0
    is_default_input: bool = False

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


class Input(Protocol):
    """An open input. `latency` is in seconds.

    duplex: whether it is one stream with the output, both counted by the same clock and called together.
    """

    name: str
    rate: int
    channels: int
    latency: float
    duplex: bool

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""

    def close(self) -> None:
        """Stops it."""


@dataclass(frozen=True, slots=True)
class Streams:
    """What was opened. `error` is a sentence on why there is no input."""

    output: Output
    input: Input | None = None
    error: str = ""


def list_devices() -> list[Device]:
    """The devices that can play, as they are now, and "No sound", which is always there and comes last.

    Any thread; takes about half a second. Asks in a process of its own, because drivers may hang or abort.
    """
    devices = [device for device in all_devices() if device.outputs]
    return [*devices, Device(NO_SOUND, "", 2, 48000, is_default=not devices)]


def all_devices() -> list[Device]:
    """The devices that can play or record, as they are now. See `list_devices`."""
    devices: list[Device] = []
    with (
        suppress(OSError),  # TimeoutError is one, too
        ipc.Conversation(
            "engine.playback.device", ListDevices(), name="devices", sends=_QUESTIONS, receives=_ANSWERS
        ) as scan,
    ):
        for answer in scan.messages(Context(), _SCAN_SECONDS):
            devices.extend(answer.devices)
    return devices


def open_output(settings: DeviceSettings, rate: int, pull: Pull) -> Output:
    """Opens the device of `settings` at its rate, or at `rate` (the project's), or where it refuses that, at its own.

    `pull` is called on the device's thread. With no device chosen and none there, the output is silent.

    Raises:
        DeviceError: there is no such device, or it cannot be opened.
    """
    stream_rate = settings.rate or rate
    chosen = None if settings.device == NO_SOUND else _output_of(settings, _scan())
    return (
        PortAudioOutput(*chosen, stream_rate, settings.block, pull)
        if chosen
        else NullOutput(stream_rate, settings.block, pull)
    )


def open_streams(settings: DeviceSettings, rate: int, pull: Pull, source: str | None, take: Take) -> Streams:
    """Opens the output as `open_output` does, and beside it the input `source` (a label or name; None: the default).

    Where both are one device, it is one stream, which calls `take` and then `pull` with blocks of the same frames. Else
    the input has a stream and a clock of its own.

    Raises:
        DeviceError: the output cannot be opened.
    """
    stream_rate = settings.rate or rate
    devices = _scan()
    output = None if settings.device == NO_SOUND else _output_of(settings, devices)
    error = ""
    try:
        chosen = _input_of(source, devices)
    except DeviceError as failure:
        chosen, error = None, str(failure)
    if output and chosen and output[1] == chosen[1]:
        with suppress(DeviceError):  # some devices do either, but not both in one stream
            both = PortAudioOutput(*output, stream_rate, settings.block, pull, take)
            return Streams(both, DuplexInput(both))
    opened: Output
    if output:
        opened = PortAudioOutput(*output, stream_rate, settings.block, pull)
    else:
        opened = NullOutput(stream_rate, settings.block, pull)
    try:
        return Streams(opened, PortAudioInput(*chosen, opened.rate, take) if chosen else None, error)
    except DeviceError as failure:
        return Streams(opened, None, str(failure))


def device_is_there() -> bool:
    """Whether there is a device that plays now. For a process that has none open: it starts PortAudio anew."""
    return any(device.outputs for device, _ in _scan())


def _output_of(settings: DeviceSettings, devices: Sequence[tuple[Device, int]]) -> tuple[Device, int] | None:
    """The output of the settings with its number; None where none is chosen and none is there."""
    devices = [pair for pair in devices if pair[0].outputs]
    if settings.device is None:
        return next((pair for pair in devices if pair[0].is_default), devices[0] if devices else None)
    names = [pair for pair in devices if settings.device in (pair[0].label, pair[0].name)]
    if not names:
        raise DeviceError(
            f"The audio device “{settings.device}” is not there: connect it, or choose another in Audio settings."
        )
    return names[0]


def _input_of(source: str | None, devices: Sequence[tuple[Device, int]]) -> tuple[Device, int]:
    """The input of that name with its number.

    Raises:
        DeviceError: it is not there.
    """
    devices = [pair for pair in devices if pair[0].inputs]
    if source is None:
        if not devices:
            raise DeviceError("No audio input was found: connect a microphone or an interface, then record again.")
        return next((pair for pair in devices if pair[0].is_default_input), devices[0])
    names = [pair for pair in devices if source in (pair[0].label, pair[0].name)]
    if not names:
        raise DeviceError(f"The audio input “{source}” is not there: connect it, or choose another in Audio settings.")
    return names[0]


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
    """A device of the machine that plays, and with `take` records in the same stream."""

    def __init__(self, device: Device, index: int, rate: int, block: int, pull: Pull, take: Take | None = None) -> None:
        """See `open_output` and `open_streams`."""
        import sounddevice

        self.name, self.block = device.label, block
        self.underflows = 0  # blocks that the device itself reports as late
        self.pulled = perf_counter()
        self._pull, self._take = pull, take
        self._finished = False
        self.channels = min(device.inputs, _MOST_INPUTS)
        channels = min(device.outputs, 2)
        self._stereo = np.zeros((max(block, 1), 2), np.float32) if channels == 1 else None
        fields: dict[str, Any] = {"device": index, "channels": channels, "dtype": "float32"}
        try:
            rate = _possible_rate(sounddevice.check_output_settings, rate, device, fields)
            common: dict[str, Any] = {
                "samplerate": rate,
                "blocksize": block,
                "latency": "high",
                "finished_callback": self._finish,
            }
            if take is None:
                self._stream = sounddevice.OutputStream(callback=self._callback, **common, **fields)
            else:
                fields["channels"] = (self.channels, channels)
                self._stream = sounddevice.Stream(callback=self._both, **common, **fields)
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise _refused("device", device, error) from error
        self.rate = rate
        latency = self._stream.latency
        self.input_latency, self.latency = (0.0, float(latency)) if take is None else map(float, latency)

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""
        return self._finished or perf_counter() - self.pulled > _LOST_AFTER

    def close(self) -> None:
        """Stops it."""
        _close(self._stream)
        self._finished = True

    def _both(self, data: np.ndarray, out: np.ndarray, frames: int, time: object, status: Any) -> None:
        if self._take is not None:
            self._take(data, bool(status.input_overflow))
        self._callback(out, frames, time, status)

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


class DuplexInput:
    """The input's side of a device that plays and records in one stream."""

    duplex = True

    def __init__(self, stream: PortAudioOutput) -> None:
        self.name, self.rate, self.channels = stream.name, stream.rate, stream.channels
        self.latency = stream.input_latency
        self._stream = stream

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""
        return self._stream.lost

    def close(self) -> None:
        """Nothing: it ends with the output."""


class PortAudioInput:
    """A device of the machine that records, by its own clock."""

    duplex = False

    def __init__(self, device: Device, index: int, rate: int, take: Take) -> None:
        """Opens it at `rate`, or where it refuses that, at its own."""
        import sounddevice

        self.name, self.channels = device.label, min(device.inputs, _MOST_INPUTS)
        self._take, self._taken, self._finished = take, perf_counter(), False
        fields: dict[str, Any] = {"device": index, "channels": self.channels, "dtype": "float32"}
        try:
            self.rate = _possible_rate(sounddevice.check_input_settings, rate, device, fields)
            self._stream = sounddevice.InputStream(
                samplerate=self.rate,
                blocksize=0,
                latency="high",
                callback=self._callback,
                finished_callback=self._finish,
                **fields,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise _refused("input", device, error) from error
        self.latency = float(self._stream.latency)

    @property
    def lost(self) -> bool:
        """Whether it stopped by itself."""
        return self._finished or perf_counter() - self._taken > _LOST_AFTER

    def close(self) -> None:
        """Stops it."""
        _close(self._stream)

    def _callback(self, data: np.ndarray, _frames: int, _time: object, status: Any) -> None:
        self._take(data, bool(status.input_overflow))
        self._taken = perf_counter()

    def _finish(self) -> None:
        self._finished = True


def _possible_rate(check: Callable[..., object], rate: int, device: Device, fields: dict[str, Any]) -> int:
    """`rate`, or the device's own where it refuses that."""
    import sounddevice

    try:
        check(samplerate=rate, **fields)
    except sounddevice.PortAudioError:
        return device.default_rate
    return rate


def _refused(kind: str, device: Device, error: Exception) -> DeviceError:
    return DeviceError(
        f"The audio {kind} “{device.name}” could not be opened ({error.args[0]}): close other programs that "
        "use it, or choose another device, rate or block size in Audio settings."
    )


def _close(stream: Any) -> None:
    """Closes a stream. Where the driver hangs over a device that is gone, it is left to itself."""

    def close() -> None:
        import sounddevice

        with suppress(sounddevice.PortAudioError):
            stream.close()

    closing = threading.Thread(target=close, name="close device", daemon=True)
    closing.start()
    closing.join(2.0)


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
        source, default = sounddevice.default.device
    except sounddevice.PortAudioError:
        return []
    if default < 0:
        default = next((api["default_output_device"] for api in hostapis if api["default_output_device"] >= 0), -1)
    if source < 0:
        source = next((api["default_input_device"] for api in hostapis if api["default_input_device"] >= 0), -1)
    return [
        (
            Device(
                device["name"],
                hostapis[device["hostapi"]]["name"],
                device["max_output_channels"],
                round(device["default_samplerate"]),
                index == default,
                device["max_input_channels"],
                index == source,
            ),
            index,
        )
        for index, device in enumerate(devices)
        if device["max_output_channels"] > 0 or device["max_input_channels"] > 0
    ]


def main() -> None:
    """Runs the process that `list_devices` asks."""
    parent = ipc.Parent(sends=_ANSWERS, receives=_QUESTIONS)
    for _ in parent.messages():
        parent.send(DeviceList(tuple(device for device, _ in _scan())))
        os._exit(0)  # without PortAudio's own end, which may abort


if __name__ == "__main__":
    main()
