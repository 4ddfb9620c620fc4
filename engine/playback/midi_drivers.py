"""What reaches the MIDI ports of a system: python-rtmidi itself, or another backend of mido's.

`MIDO_BACKEND` names another one, as mido documents; JACK's on Linux is `mido.backends.rtmidi/UNIX_JACK`. mido brings
parsers of messages and files that take 3 MB, so it is imported only for a backend that is not python-rtmidi's.
On Linux a text of the kernel says whether anything is plugged in, so that nothing at all is imported before.
"""

import os
import re
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

_SEQUENCER = Path("/dev/snd/seq")  # of ALSA; without it its library writes complaints that help nobody
_CLIENTS = Path("/proc/asound/seq/clients")
_CLIENT = re.compile(r'^Client +\d+ : "(.*)" \[', re.MULTILINE)
IGNORED = (
    "RtMidiIn Client",
    "RtMidiOut Client",
    "RtMidi Input Client",
    "RtMidi Output Client",
    "Midi Through",
)
"""How the names of ports begin that are our own, or the system's loop."""
_RTMIDI = "mido.backends.rtmidi"

TakeMessage = Callable[[Sequence[int]], None]
"""Takes the bytes of one message, on a thread of the driver."""


class OpenPort(Protocol):
    """A port that is open. Its methods raise OSError, RuntimeError or ValueError where the device is gone."""

    def close(self) -> None:
        """Closes it; a driver may hang over a device that is gone."""


class OpenOutput(OpenPort, Protocol):
    """A port that takes messages."""

    def send(self, data: Sequence[int]) -> None:
        """Sends the bytes of a message; any thread."""


class MidiDriver(Protocol):
    """Lists and opens ports by the system's names. Its methods raise OSError, RuntimeError or ValueError."""

    def names(self) -> tuple[list[str], list[str]]:
        """The names of the inputs and of the outputs that there are now."""

    def open_input(self, name: str, take: TakeMessage) -> OpenPort:
        """Opens an input, whose messages go to `take`."""

    def open_output(self, name: str) -> OpenOutput:
        """Opens an output."""


class RtMidiDriver:
    """The ports of python-rtmidi; `api` is the name of one of its interfaces, empty for the system's usual one.

    Raises:
        ImportError: python-rtmidi is not installed.
        ValueError: it knows no such interface.
    """

    def __init__(self, api: str = "") -> None:
        import rtmidi

        self._rtmidi: Any = rtmidi
        number = getattr(rtmidi, f"API_{api or 'UNSPECIFIED'}", None)
        if number is None:
            raise ValueError(f"unknown API {api}")
        self._api: int = number

    def names(self) -> tuple[list[str], list[str]]:
        """The names of the inputs and of the outputs that there are now."""
        return self._names(self._rtmidi.MidiIn), self._names(self._rtmidi.MidiOut)

    def open_input(self, name: str, take: TakeMessage) -> "_RtMidiPort":
        """Opens an input. Clock ticks, sensing and system exclusive messages are left out by the driver."""
        ends = self._open(self._rtmidi.MidiIn, name)
        ends.ignore_types(sysex=True, timing=True, active_sense=True)
        ends.set_callback(lambda message, _: take(message[0]))
        return _RtMidiPort(ends)

    def open_output(self, name: str) -> "_RtMidiPort":
        """Opens an output."""
        return _RtMidiPort(self._open(self._rtmidi.MidiOut, name))

    def _names(self, kind: Any) -> list[str]:
        ends = kind(rtapi=self._api)
        try:
            return list(ends.get_ports())
        finally:
            ends.delete()

    def _open(self, kind: Any, name: str) -> Any:
        ends = kind(rtapi=self._api)
        with ExitStack() as failed:
            failed.callback(ends.delete)
            ends.open_port(ends.get_ports().index(name))
            failed.pop_all()
        return ends


class _RtMidiPort:
    """A port of python-rtmidi."""

    def __init__(self, ends: Any) -> None:
        self._ends = ends
        self._lock = threading.Lock()  # the clock and the player send

    def send(self, data: Sequence[int]) -> None:
        with self._lock:
            self._ends.send_message(list(data))

    def close(self) -> None:
        if hasattr(self._ends, "cancel_callback"):  # none may come to an end that is freed
            self._ends.cancel_callback()
        self._ends.close_port()
        self._ends.delete()


class MidoDriver:
    """The ports of a backend of mido's.

    Raises:
        ImportError: mido or the backend is not installed.
    """

    def __init__(self, name: str) -> None:
        from mido.backends.backend import Backend

        self._backend: Any = Backend(name, load=True)

    def names(self) -> tuple[list[str], list[str]]:
        """The names of the inputs and of the outputs that there are now."""
        return self._backend.get_input_names(), self._backend.get_output_names()

    def open_input(self, name: str, take: TakeMessage) -> OpenPort:
        """Opens an input, whose messages go to `take`."""
        port: OpenPort = self._backend.open_input(name, callback=lambda message: take(message.bytes()))
        return port

    def open_output(self, name: str) -> OpenOutput:
        """Opens an output."""
        return _MidoOutput(self._backend.open_output(name))


class _MidoOutput:
    """An output of a backend of mido's."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def send(self, data: Sequence[int]) -> None:
        from mido import Message

        self._port.send(Message.from_bytes(list(data)))

    def close(self) -> None:
        self._port.close()


def find_driver() -> tuple[MidiDriver | None, str]:
    """What opens ports; or None, and a sentence that says why there are none."""
    named = os.environ.get("MIDO_BACKEND", "")
    if not named and sys.platform == "linux" and not _SEQUENCER.exists():
        return None, "This machine has no MIDI sequencer: load its driver with `modprobe snd-seq`."
    module, _, api = named.partition("/")
    try:
        driver = RtMidiDriver(api) if module in ("", _RTMIDI) else MidoDriver(named)
        driver.names()
    except (ImportError, AttributeError):
        return None, "MIDI devices need python-rtmidi: install it with `pip install python-rtmidi`."
    except (OSError, RuntimeError, ValueError) as error:
        return None, f"The MIDI system of this machine cannot be reached ({error})."
    return driver, ""


def nothing_plugged_in() -> bool:
    """Whether the system itself says that no MIDI device is there, before any driver is imported.

    False where it does not say: on other systems than Linux, with a backend that was named, or without its text.
    """
    if os.environ.get("MIDO_BACKEND") or sys.platform != "linux" or not _SEQUENCER.exists():
        return False
    if not _CLIENTS.exists():
        with suppress(OSError):  # whoever opens it first makes the kernel load its sequencer
            os.close(os.open(_SEQUENCER, os.O_RDWR | os.O_NONBLOCK))
    try:
        names = _CLIENT.findall(_CLIENTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return False
    return bool(names) and all(name == "System" or name.startswith(IGNORED) for name in names)
