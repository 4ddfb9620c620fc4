"""How a module of this program is run in a process of its own: by its command line, not by the main module."""

import os
import sys
from pathlib import Path

import engine

_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)  # what is multiplied here is small, and threads that wait for it spinning would take the cores from the sound


def command_line(module: str, *arguments: str) -> list[str]:
    """What to run for `module`."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment in which it finds this program."""
    root = str(Path(engine.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **_ONE_THREAD, "PYTHONPATH": os.pathsep.join(paths)}
