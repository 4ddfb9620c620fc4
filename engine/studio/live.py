"""A live take as the window holds it. What was written outlives the process, and is sealed here."""

import threading
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from engine.errors import AudioFileError, Cancelled, EngineError
from engine.generate.api import Settings
from engine.generate.worker import LiveReport, LiveState
from engine.jobs import Context
from engine.project.growing import GrowingFile, read_sidecar, remove_growing, seal_file
from engine.project.layout import GROWING
from engine.project.model import Source
from engine.studio.api import LiveNews, Made, Place
from engine.studio.connection import FINAL, Connection
from engine.studio.growth import Growth

_POLL_SECONDS = 0.03
_PATIENCE_SECONDS = 8.0
_PLAYHEADS_A_SECOND = 20


class LiveTake:
    """See `engine.studio.api.Live`."""

    def __init__(
        self,
        connection: Connection,
        number: int,
        place: Place,
        listener: Callable[[LiveNews], None],
        released: Callable[[], None],
    ) -> None:
        """`released` is called when nothing more will come of it."""
        self._connection, self._number, self._place = connection, number, place
        self._listener, self._released = listener, released
        self._news: LiveNews | None = None
        self._begun, self._over = threading.Event(), threading.Event()
        self._sealing = threading.Lock()
        self._sealed = False
        self._made: Made | None = None
        self._unwanted = False
        self._sent_playhead = 0
        self.error = ""
        """Why it came to nothing, or ended before it was asked to."""
        self.progress = (0.0, "")
        """How far its start has come."""

    @property
    def news(self) -> LiveNews:
        """The latest."""
        assert self._news is not None
        return self._news

    def begun(self, seconds: float) -> bool:
        """Waits so long for the growing file; whether it is there.

        Raises:
            EngineError: it will not be.
        """
        if not self._begun.wait(seconds):
            return False
        if self._news is None:
            raise EngineError(self.error) if self.error else Cancelled()
        return True

    def set_settings(self, settings: Settings) -> None:
        """A new prompt, guidance, blend or number of steps for all that is not due yet."""
        self._connection.send("settings", self._number, settings)

    def set_playhead(self, frame: int) -> None:
        """Which frame of the growing file is being heard (0 while it is not reached yet)."""
        if abs(frame - self._sent_playhead) >= self._place.rate // _PLAYHEADS_A_SECOND:
            self._sent_playhead = frame
            self._connection.send("playhead", self._number, frame)

    def stop(self, context: Context | None = None) -> Made | None:
        """Ends the take and seals what was written into the pool; None when nothing was. May be called again.

        Raises:
            EngineError: it could not be sealed; what was written stays in the growing file.
        """
        context = context or Context()
        with self._sealing:
            if not self._sealed:
                self._end(context)
                self._made = self._seal(context)
                self._sealed = True
            return self._made

    def give_up(self) -> None:
        """Removes what is written as soon as nothing more is."""
        self._unwanted = True
        if self._over.is_set():
            self._remove()

    def handle(self, kind: str, contents: Any) -> None:
        """Hears of it; on the connection's thread."""
        if kind == "progress":
            self.progress = contents
        elif kind == "growing":
            self._news = LiveNews(contents, 0, LiveReport(LiveState.STARTING))
            self._begun.set()
        elif kind == "news":
            self._grow(contents)
        elif kind in FINAL:
            self._ended(contents if kind in ("failed", "died") else "")

    def _grow(self, growth: Growth) -> None:
        news = self.news
        source, chunks = replace(news.source, frames=growth.frames), (*news.chunks, *growth.chunks)
        self._news = LiveNews(source, growth.reserved, growth.report, chunks)
        self.error = growth.report.error or self.error
        self._listener(self._news)

    def _ended(self, error: str) -> None:
        self.error = self.error or error
        if self._news is not None and (error or self._news.report.state not in (LiveState.ENDED, LiveState.FAILED)):
            state = LiveState.FAILED if self.error else LiveState.ENDED
            frames = _info(self._place, self._news.source).frames(self._place.folder)
            report = replace(self._news.report, state=state, error=self.error)
            self._news = replace(self._news, source=replace(self._news.source, frames=frames), report=report)
        else:
            error = ""
        self._over.set()
        self._begun.set()
        self._released()
        if self._unwanted:
            self._remove()
        elif error and self._news is not None:
            self._listener(self._news)

    def _end(self, context: Context) -> None:
        """Waits until nothing more is written."""
        self._connection.send("stop", self._number)
        deadline = monotonic() + _PATIENCE_SECONDS
        while not self._over.wait(_POLL_SECONDS):
            context.check()
            if monotonic() > deadline:
                self._connection.kill()

    def _seal(self, context: Context) -> Made | None:
        folder, source = self._place.folder, self.news.source
        info = _info(self._place, source)
        frames = info.frames(folder)
        if not frames:
            remove_growing(folder, info)
            return None
        try:
            record = read_sidecar(folder / GROWING / f"{info.id}.json").provenance or {}
        except (OSError, UnicodeDecodeError) as error:
            raise AudioFileError(
                f"How “{info.name}” was made cannot be read from the project's folder ({error}): check the disk."
            ) from error
        chunks = [chunk for chunk in record.get("chunks", ()) if chunk["start"] < frames]
        provenance = {**record, "chunks": chunks, "frames": frames}
        return Made(seal_file(folder, replace(info, provenance=provenance), context), provenance)

    def _remove(self) -> None:
        if self._news is not None:
            remove_growing(self._place.folder, _info(self._place, self._news.source))


def _info(place: Place, source: Source) -> GrowingFile:
    return GrowingFile(source.id, place.rate, source.channels, source.name)
