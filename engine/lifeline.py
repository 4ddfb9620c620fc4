"""No process of this program outlives the one that started it, however that one ended.

Whoever starts a process puts `parent_note()` into its environment; the process calls `end_with_parent` first. A pipe
that ends says so, too, but a process in the middle of its work, or in a driver that hangs, does not read.
"""

import os
import sys
import threading
import time
from contextlib import suppress

_NAME = "CONTINUO_PARENT"
_EVERY = 0.5  # seconds between two looks


def parent_note() -> dict[str, str]:
    """What of the environment tells a process which one started it."""
    return {_NAME: str(os.getpid())}


def end_with_parent() -> None:
    """Has this process end at once, within a second, when the one that started it is gone; any thread."""
    noted = os.environ.pop(_NAME, "")
    parent = int(noted) if noted.isdecimal() else os.getppid()
    threading.Thread(target=_watch, args=(parent,), name="parent watch", daemon=True).start()


def _watch(parent: int) -> None:
    if sys.platform == "win32":
        import psutil

        with suppress(psutil.NoSuchProcess):
            psutil.Process(parent).wait()
    else:
        while os.getppid() == parent:
            time.sleep(_EVERY)
    os._exit(1)
