"""How a module of this program is run in a process of its own, and how values go down a pipe to it.

It is started by its command line, so it never runs anybody's main module.
"""

import os
import pickle
import struct
import sys
from pathlib import Path
from typing import IO, Any

import engine
from engine.lifeline import parent_note

_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)  # what is multiplied here is small, and threads that wait for it spinning would take the cores from the sound


_FRAME = struct.Struct("<Q")


def command_line(module: str, *arguments: str) -> list[str]:
    """What to run for `module`."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment(*, one_thread: bool = True) -> dict[str, str]:
    """The environment in which it finds this program; with `one_thread`, numpy multiplies on one."""
    root = str(Path(engine.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = _ONE_THREAD if one_thread else {}
    return {**os.environ, **threads, **parent_note(), "PYTHONPATH": os.pathsep.join(paths)}


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
