"""What the commands have in common: arguments of one kind, a job's progress on the terminal, output as JSON."""

import argparse
import json
import math
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from engine.errors import EngineError
from engine.jobs import Context
from engine.plain_text import escaped, one_line

_INTERVAL = 0.2  # seconds between two lines of progress


def add_overwrite(parser: argparse.ArgumentParser) -> None:
    """Adds `--overwrite`, for `check_new`."""
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")


def check_new(arguments: argparse.Namespace, *paths: Path | None) -> None:
    """Raises `EngineError` where a file to be written is there already and was not asked to be replaced."""
    for path in paths:
        if path is not None and path.exists() and not arguments.overwrite:
            raise EngineError(f"“{path}” exists: give another name, or --overwrite.")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the option --json."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def finite(text: str) -> float:
    """A number for argparse: neither NaN nor infinite."""
    value = float(text.replace("−", "-"))
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def between(low: float, high: float, text: str) -> float:
    """A number from `low` to `high` for argparse."""
    try:
        value = finite(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from {low:g} to {high:g}")
    return value


def print_json(content: Any) -> None:
    """Prints `content` as readable JSON."""
    print(escaped(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)))


@contextmanager
def job() -> Iterator[Context]:
    """A job that shows its progress on the terminal and that Ctrl+C cancels; a second Ctrl+C ends the program.

    So does the wish of another program, or of the system, that this one may end (SIGTERM, SIGHUP).
    """
    shows = sys.stderr is not None and sys.stderr.isatty()
    last = -1.0
    width = 0

    def report(share: float, text: str) -> None:
        nonlocal last, width
        if shows and (monotonic() - last > _INTERVAL or share >= 1):
            last = monotonic()
            line = f"{share:4.0%} {one_line(text)}"[:79]
            sys.stderr.write(f"\r{line:<{width}}")
            sys.stderr.flush()
            width = len(line)

    context = Context(report)

    def cancel(number: int, frame: FrameType | None) -> None:
        if context.cancelled:
            raise KeyboardInterrupt
        context.cancel()

    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in signals}
    for number in signals:
        if before[number] is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, cancel)
    try:
        yield context
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if width:
            sys.stderr.write("\r" + " " * width + "\r")
            sys.stderr.flush()
