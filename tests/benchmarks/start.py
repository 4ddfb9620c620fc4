"""How long programs take from their start to the first paint of their window, on a display of Xvfb: in pairs.

`python -m tests.benchmarks.start [NAME=COMMAND …] [--rounds 7]`. Without a command it measures the program of this
tree. Each command is started in turn with folders of its own that are empty; what it draws is watched from outside,
through the X server: “mapped” is when its window is there, “painted” when its middle has another colour than an empty
window. The processor time is that of the process itself until the paint, with its threads. It prints medians.
"""

import argparse
import ctypes
import ctypes.util
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # s
POLL = 0.004  # s between two looks
SMALLEST = 600  # px: what is narrower is no main window
_VIEWABLE = 2
_ALL_PLANES = ctypes.c_ulong(0xFFFFFFFF)
_Z_PIXMAP = 2


class _Attributes(ctypes.Structure):
    """XWindowAttributes of Xlib, as far as it is read here; the rest is room."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("x", "y", "width", "height", "border", "depth")),
        ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong),
        *((name, ctypes.c_int) for name in ("kind", "bit_gravity", "win_gravity", "backing_store")),
        ("planes", ctypes.c_ulong),
        ("pixel", ctypes.c_ulong),
        ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


class Display:
    """What is to be seen on an X display."""

    def __init__(self, name: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        for function in ("XOpenDisplay", "XGetImage"):
            getattr(self._x, function).restype = ctypes.c_void_p
        for function in ("XDefaultRootWindow", "XGetPixel"):
            getattr(self._x, function).restype = ctypes.c_ulong
        handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._ignore = handler(lambda display, event: 0)  # a window may go while it is looked at
        self._x.XSetErrorHandler(self._ignore)
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(name.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def close(self) -> None:
        """Leaves the display."""
        self._x.XCloseDisplay(self._display)

    def main_window(self) -> int | None:
        """The first window on the screen that is as wide as a main window."""
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        self._x.XQueryTree(self._display, self._root, *(ctypes.byref(each) for each in (root, parent, children, count)))
        found = None
        for window in children[: count.value]:
            attributes = _Attributes()
            if (
                self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(window), ctypes.byref(attributes))
                and attributes.map_state == _VIEWABLE
                and attributes.width >= SMALLEST
            ):
                found = int(window)
        if children:
            self._x.XFree(children)
        return found

    def colours(self, window: int) -> set[int]:
        """The colours along a line down the middle of a window."""
        attributes = _Attributes()
        if not self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(window), ctypes.byref(attributes)):
            return set()
        image = self._x.XGetImage(
            self._display,
            ctypes.c_ulong(window),
            attributes.width // 2,
            0,
            1,
            attributes.height,
            _ALL_PLANES,
            _Z_PIXMAP,
        )
        if not image:
            return set()
        pointer = ctypes.c_void_p(image)
        colours = {self._x.XGetPixel(pointer, 0, row) for row in range(0, attributes.height, 3)}
        self._x.XDestroyImage(pointer)
        return colours


@contextmanager
def screen() -> Iterator[str]:
    """A display of Xvfb; its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        yield f":{os.read(reading, 16).decode().strip()}"
    finally:
        os.close(reading)
        server.terminate()
        server.wait()


def processor_seconds(process: int) -> float:
    """What all threads of a process have used so far."""
    spent = 0
    for thread in Path(f"/proc/{process}/task").iterdir():
        spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


def start(command: Sequence[str], display_name: str, folder: Path, tree: Path = ROOT) -> dict[str, float]:
    """Starts a program, of Python in the folder `tree`, waits for its first paint, and ends it."""
    own = {f"CONTINUO_{name}": str(folder / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
    own |= {"HOME": str(folder), "DISPLAY": display_name, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(tree)}
    environment = {**os.environ, **own}
    display = Display(display_name)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    figures: dict[str, float] = {}
    try:
        while time.monotonic() - began < PATIENCE and process.poll() is None:
            if (window := display.main_window()) is not None:
                figures.setdefault("mapped_s", time.monotonic() - began)
                if len(display.colours(window)) > 2:
                    figures["painted_s"] = time.monotonic() - began
                    figures["processor_s"] = processor_seconds(process.pid)
                    return figures
            time.sleep(POLL)
        raise SystemExit(f"“{shlex.join(command)}” showed no window.")
    finally:
        display.close()
        process.terminate()
        process.wait()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="*", metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    words = options.commands or [f"source={shlex.quote(sys.executable)} -m engine.cli"]
    commands = {name: shlex.split(line) for name, _, line in (word.partition("=") for word in words)}
    values: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    with screen() as display:
        for turn in range(options.rounds + 1):
            for name, command in list(commands.items())[:: 1 if turn % 2 == 0 else -1]:
                with tempfile.TemporaryDirectory() as folder:
                    figures = start(command, display, Path(folder))
                if turn:  # the first reads the files from the disk
                    values[name].append(figures)
    for name, rounds in values.items():
        medians = {figure: statistics.median(each[figure] for each in rounds) for figure in rounds[0]}
        shown = ", ".join(f"{figure} {median:.3f}" for figure, median in medians.items())
        print(f"{name}: {shown} (quickest paint {min(each['painted_s'] for each in rounds):.3f})")


if __name__ == "__main__":
    main()
