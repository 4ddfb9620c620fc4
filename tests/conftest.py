"""What every test gets: long runs only when asked for, and a failure for whatever a test leaves behind."""

import ctypes
import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

LONGEST = ("tests/desktop/generation/", "tests/engine/train/", "tests/engine/inference/", "tests/engine/generate/")
GRACE = 20.0  # seconds for what is ending by itself, a busy disk included

if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):
    # several test processes share the cores: each computes on its part of them, as do the processes that it starts
    os.environ.setdefault("OMP_NUM_THREADS", str(max((os.cpu_count() or 1) // int(workers), 1)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="also run the long runs, whole")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = {"benchmark"} if config.getoption("--soak") else {"benchmark", "soak"}
    dropped = [item for item in items if left_out & {mark.name for mark in item.iter_markers()}]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]
    # a file goes to one process as a whole: the longest come first, so that no process is left with one at the end
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="module", autouse=True)
def older_objects_frozen() -> None:
    """Takes all that lives when a file's tests begin, imported modules above all, out of every search for garbage.

    A search after each window took 0.4 s with them. What earlier files freed goes back to the system: models that are
    loaded in this process let the C library keep it, and four processes with 4 GB each are too many.
    """
    gc.collect()
    gc.freeze()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_stray_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that expects a warning or an error in the log asks for `caplog` and looks at it."""
    handler = _Warnings()
    loggers = [logging.getLogger(name) for name in ("engine", "desktop")]
    for logger in loggers:
        logger.addHandler(handler)
    yield
    for logger in loggers:
        logger.removeHandler(handler)
    if "caplog" not in request.fixturenames:
        assert not handler.records, f"stray logs: {handler.records}"


@pytest.fixture(autouse=True)
def no_leftovers(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test ends the threads and processes that it starts.

    What several tests share says in `names` how its threads and processes are called, and ends them itself: on a busy
    machine they may be ended by a cancel, and start anew in a later test.
    """
    asked = [name for name in ("shared_inference", "shared_composer") if name in request.fixturenames]
    shared = [name for fixture in asked for name in request.getfixturevalue(fixture).names]
    threads = set(threading.enumerate())
    children = set(_children())
    yield
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline:
        left = [
            each
            for each in _left_threads(threads) + _left_processes(children)
            if not any(name in each for name in shared)
        ]
        if not left:
            return
        time.sleep(0.02)
    raise AssertionError(f"left behind: {left}")


def _left_threads(before: set[threading.Thread]) -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread not in before and thread.is_alive()]


def _left_processes(before: set[int]) -> list[str]:
    left = []
    for pid in _children():
        if pid in before:
            continue
        try:
            child = psutil.Process(pid)
            line = " ".join(child.cmdline())
            if child.status() != psutil.STATUS_ZOMBIE:
                left.append(line)
        except psutil.Error:
            continue
    return left


def _children() -> list[int]:
    """This process's children: asked of the system itself where it says so, since psutil reads every process's file."""
    files = list(Path("/proc/self/task").glob("*/children"))
    if not files:
        return [child.pid for child in psutil.Process().children()]
    pids = []
    for file in files:
        with suppress(OSError):  # a thread that has ended meanwhile
            pids += [int(pid) for pid in file.read_text(encoding="ascii").split()]
    return pids
