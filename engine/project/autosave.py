"""Autosave: a thread that keeps the song for the case of a crash, never more than a minute behind."""

import logging
import threading
from collections.abc import Callable
from time import monotonic, monotonic_ns

from engine.errors import ProjectFileError
from engine.project.files import ProjectFolder
from engine.project.model import Project

log = logging.getLogger(__name__)

MAX_DELAY = 60.0
"""Seconds that an edit waits at most."""


class Autosaver:
    """Autosaves what is submitted, on a thread of its own.

    `submit` costs nothing and may be called from any thread, after every edit. The last state submitted is written
    `delay` seconds after the first that was not written yet. A failure is reported once through `failed` (on the
    autosave thread, with a sentence) and tried again; without `failed` it goes to the log.
    """

    def __init__(
        self, home: ProjectFolder, failed: Callable[[str], None] | None = None, *, delay: float = 20.0
    ) -> None:
        if not 0 <= delay <= MAX_DELAY:
            raise ValueError(f"a delay of {delay} s is not between 0 and {MAX_DELAY}")
        self._home = home
        self._failed = failed or log.warning
        self._delay = delay
        self._changed = threading.Condition()
        self._pending: tuple[Project, int] | None = None  # what to write, and when it was submitted
        self._due = 0.0
        self._writing = False
        self._closed = False
        self.error = ""
        """Why the last autosave failed; empty if it did not."""
        self._thread = threading.Thread(target=self._run, name="autosave", daemon=True)
        self._thread.start()

    def submit(self, project: Project) -> None:
        """Has `project` written soon; it takes the place of what waits."""
        with self._changed:
            if self._pending is None:  # else the thread already waits for its time
                self._due = monotonic() + self._delay
                self._changed.notify_all()
            self._pending = project, monotonic_ns()

    def submit_now(self, project: Project) -> None:
        """Has `project` written at once."""
        with self._changed:
            self._pending = project, monotonic_ns()
            self._due = 0.0
            self._changed.notify_all()

    def flush(self, timeout: float = 30.0) -> bool:
        """Writes what waits now; says whether nothing waits any more. Not for the UI thread."""
        with self._changed:
            self._due = 0.0
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._pending is None and not self._writing, timeout)

    def close(self, timeout: float = 30.0) -> None:
        """Ends the thread; what waits is not written any more."""
        with self._changed:
            self._closed = True
            self._pending = None
            self._changed.notify_all()
        self._thread.join(timeout)

    def _run(self) -> None:
        while taken := self._next():
            try:
                self._home.autosave(taken[0], submitted=taken[1])
                error = ""
            except ProjectFileError as caught:
                error = str(caught)
            with self._changed:
                self._writing = False
                if error and self._pending is None and not self._closed:
                    self._pending, self._due = taken, monotonic() + self._delay
                self._changed.notify_all()
            if error and not self.error:
                self._failed(error)
            self.error = error

    def _next(self) -> tuple[Project, int] | None:
        with self._changed:
            while not self._closed:
                if self._pending is None:
                    self._changed.wait()
                elif (left := self._due - monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    taken, self._pending, self._writing = self._pending, None, True
                    return taken
        return None
