"""Asking `engine.generate.hub`: it runs in a process of its own, so that a cancel never waits for the network."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import engine
from engine.errors import ModelError
from engine.jobs import Context
from engine.lifeline import parent_note

SILENCE = 90.0  # seconds without a word after which the other process is given up
_POLL = 0.1  # seconds
_LONGEST = 64 << 20  # letters of a line


def ask(
    what: str, context: Context, came: Callable[[int], None] = lambda count: None, **values: Any
) -> Mapping[str, Any]:
    """The hub's answer.

    Args:
        what: “look”, “fetch”, “undo” or “drop”.
        context: cancels it, within 0.2 s; what was fetched by then is kept for the next time.
        came: called with how many bytes are there.
        values: what else the request says.

    Raises:
        ModelError: with the reason.
        Cancelled: the context was cancelled.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "engine.generate.hub"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        text=True,
        encoding="utf-8",
    )
    assert process.stdin
    assert process.stdout
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process.stdout, lines), name="hub", daemon=True)
    reader.start()
    try:
        process.stdin.write(json.dumps({"what": what, **values}) + "\n")
        process.stdin.close()
        last = time.monotonic()
        while True:
            context.check()
            try:
                line = lines.get(timeout=_POLL)
            except queue.Empty:
                if time.monotonic() - last > SILENCE:
                    raise ModelError("The hub does not answer any more: start again; what came is kept.") from None
                continue
            last = time.monotonic()
            if not line:
                raise ModelError("What speaks with the hub ended unexpectedly: start again; what came is kept.")
            told = json.loads(line)
            if "error" in told:
                raise ModelError(told["error"])
            if "answer" in told:
                return dict(told["answer"])
            came(told["bytes"])
    except BrokenPipeError as error:
        raise ModelError("What speaks with the hub could not be started: install the program again.") from error
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def _read(pipe: IO[str], lines: "queue.SimpleQueue[str]") -> None:
    while line := pipe.readline(_LONGEST):
        lines.put(line)
    lines.put("")


def _environment() -> dict[str, str]:
    """Finds this program, and leaves the library's own progress bars and notices out."""
    root = str(Path(engine.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, **parent_note(), "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
