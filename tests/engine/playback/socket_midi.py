"""A MIDI system of the tests' own, as a backend of mido: a device is a file in a folder, its cable a socket beside it.

`MIDO_BACKEND` names this module and `SOCKET_MIDI` the folder. Writing `NAME.in` or `NAME.out` plugs a device in, and
removing it takes it away.
"""

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


def get_devices(**_: object) -> list[dict[str, Any]]:
    folder = Path(os.environ["SOCKET_MIDI"])
    names = sorted({path.stem for path in folder.iterdir() if path.suffix in (".in", ".out")})
    return [
        {
            "name": name,
            "is_input": (folder / f"{name}.in").exists(),
            "is_output": (folder / f"{name}.out").exists(),
        }
        for name in names
    ]


class Input:
    def __init__(self, name: str, callback: Callable[[Any], None], **_: object) -> None:
        self._path = Path(os.environ["SOCKET_MIDI"]) / f"{name}.cable"
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._path))
        self._callback = callback
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from mido import Message

        while data := self._socket.recv(64):
            if 0xE0 <= data[0] < 0xF0 and len(data) != 3:  # mido takes wheels of any length
                continue
            try:
                message = Message.from_bytes(list(data))
            except (ValueError, IndexError):  # what is no message is dropped, as by the backends of mido
                continue
            self._callback(message)

    def close(self) -> None:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"", str(self._path))
        self._thread.join(1.0)
        self._socket.close()
        self._path.unlink(missing_ok=True)


class Output:
    def __init__(self, name: str, **_: object) -> None:
        self._path = Path(os.environ["SOCKET_MIDI"]) / f"{name}.heard"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def send(self, message: Any) -> None:
        with suppress(OSError):
            self._socket.sendto(bytes(message.bytes()), str(self._path))

    def close(self) -> None:
        self._socket.close()


class Keyboard:
    """A device that a test plugs in and plays."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self.name = folder, name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def plug(self) -> None:
        (self._folder / f"{self.name}.in").touch()

    def unplug(self) -> None:
        (self._folder / f"{self.name}.in").unlink()

    def send(self, *data: int) -> None:
        self._socket.sendto(bytes(data), str(self._folder / f"{self.name}.cable"))

    def close(self) -> None:
        self._socket.close()


class Follower:
    """A device that hears the clock."""

    def __init__(self, folder: Path, name: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / f"{name}.heard"))
        self._socket.settimeout(30)
        (folder / f"{name}.out").touch()

    def next(self) -> bytes:
        return self._socket.recv(64)

    def close(self) -> None:
        self._socket.close()
