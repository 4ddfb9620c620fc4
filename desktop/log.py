"""The log file, and what happens to errors that nobody expected."""

import logging
import math
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from engine import paths

log = logging.getLogger(__name__)

LIMIT = 1_000_000  # bytes
REPEATED_S = 60.0
"""An error from the same line is reported and logged once in so many seconds."""


def log_file() -> Path:
    """Where the log is kept."""
    return paths.data_dir() / "continuo.log"


@contextmanager
def logging_to_file() -> Iterator[None]:
    """Writes the program's log to `log_file` while it lasts."""
    handler = RotatingFileHandler(log_file(), maxBytes=LIMIT, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


class _Relay(QObject):
    failed = Signal(str)


@contextmanager
def reporting_errors(report: Callable[[str], None]) -> Iterator[None]:
    """Turns exceptions that reach the top, on any thread, into a log entry and a sentence for `report`.

    That holds for what a paint or another handler of Qt's raises, too: the window goes on without that picture. What
    paints does so inside `with painting(…) as painter`, since a painter left open would end the process. The locals of
    what failed are let go before Qt goes on: the interpreter keeps the last error, and with it would keep a painter.
    `report` is called on the UI thread. The song is untouched: edits are values that either came about or did not.
    """
    relay = _Relay()
    relay.failed.connect(report, Qt.ConnectionType.QueuedConnection)
    last: dict[tuple[str, int], float] = {}

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        try:
            told(kind, error, trace)
        finally:
            _release(error)

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        place, now = _place_of(trace), monotonic()
        if now - last.get(place, -math.inf) < REPEATED_S:
            return  # a picture that cannot be drawn fails again with every frame
        last[place] = now
        log.error("unexpected error", exc_info=(kind, error, trace))
        relay.failed.emit(
            f"Something went wrong inside Continuo ({kind.__name__}). Your song is as it was; "
            "save it now, and please send us the log."
        )

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    before, before_thread = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = hook, thread_hook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, before_thread


def _place_of(trace: TracebackType | None) -> tuple[str, int]:
    """The file and the line in which an error arose."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ("", 0)


def _release(error: BaseException) -> None:
    """Lets go of the locals of every function that ended by `error`, or by an error that led to it."""
    errors, seen = [error], set()
    while errors:
        each = errors.pop()
        if id(each) not in seen:
            seen.add(id(each))
            traceback.clear_frames(each.__traceback__)
            errors += [other for other in (each.__cause__, each.__context__) if other is not None]
