"""The log file, and what happens to errors that nobody expected."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter

from engine import paths

log = logging.getLogger(__name__)

LIMIT = 1_000_000  # bytes


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


def _end_painters(trace: TracebackType | None) -> None:
    """Ends what was painting when an error came up: Qt ends the program over a painter that outlives its paint event.

    The traceback keeps the painter alive, and this is called before the paint event is over.
    """
    while trace:
        for value in trace.tb_frame.f_locals.values():
            if isinstance(value, QPainter) and value.isActive():
                value.end()
        trace = trace.tb_next


class _Relay(QObject):
    failed = Signal(str)


@contextmanager
def reporting_errors(report: Callable[[str], None]) -> Iterator[None]:
    """Turns exceptions that reach the top, on any thread, into a log entry and a sentence for `report`.

    `report` is called on the UI thread. The song is untouched: edits are values that either came about or did not.
    """
    relay = _Relay()
    relay.failed.connect(report, Qt.ConnectionType.QueuedConnection)

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _end_painters(trace)
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
