"""How values go down a pipe to the generator's process."""

import pickle
import struct
from typing import IO, Any

_FRAME = struct.Struct("<Q")


def write_frame(pipe: IO[bytes], value: object) -> None:
    """Sends `value` down `pipe`.

    Raises:
        OSError: nobody reads it any more.
    """
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_FRAME.pack(len(data)) + data)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> Any:
    """The next value from `pipe`, which only a process of our own writes to.

    Raises:
        EOFError: there are no more.
    """
    head = pipe.read(_FRAME.size)
    if len(head) < _FRAME.size:
        raise EOFError
    size = _FRAME.unpack(head)[0]
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)
