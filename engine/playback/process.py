"""How a module of this program is run in a process of its own: by its command line, not by the main module."""

import os
import sys
from pathlib import Path

import engine


def command_line(module: str, *arguments: str) -> list[str]:
    """What to run for `module`."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment in which it finds this program."""
    root = str(Path(engine.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
