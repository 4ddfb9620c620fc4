"""A live take as the window holds it: it writes the growing file as sound arrives, and seals it into the pool.

Whatever ends the generator's process, what arrived is in the file.
"""

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

from engine.audio import Audio
from engine.errors import Cancelled, EngineError
from engine.generate.interface import Settings
from engine.generate.live_stream import LiveReport, LiveState
from engine.ids import new_id
from engine.inference import messages, prompt_sounds
from engine.inference.api import LiveNews, Made, Order
from engine.inference.connection import Connection
from engine.inference.provenance import sound_hash
from engine.jobs import Context
from engine.project.growing import GrowingWriter, remove_growing, seal_file

_POLL_SECONDS = 0.03
_PATIENCE_SECONDS = 8.0
_PLAYHEADS_A_SECOND = 20


class LiveTake:
    """See `engine.inference.api.Live`. A thread of its own writes what arrives, so that the connection never waits."""

    def __init__(
        self,
        connection: Connection,
        number: int,
        order: Order,
        listener: Callable[[LiveNews], None],
        released: Callable[[], None],
    ) -> None:
        """`released` is called when nothing more will come of it."""
        self._connection, self._number, self._order, self._place = connection, number, order, order.place
        self._listener, self._released = listener, released
        self._prompts = [order.request.settings.audio_prompt]  # that may have been heard by the model
        self._writer: GrowingWriter | None = None
        self._news: LiveNews | None = None
        self._begun, self._over = threading.Event(), threading.Event()
        self._sealing = threading.Lock()
        self._sealed = False
        self._made: Made | None = None
        self._unwanted = False
        self._sent_playhead = 0
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.error = ""
        """Why it came to nothing, or ended before it was asked to."""
        self.progress = (0.0, "")
        """How far its start has come."""
        threading.Thread(target=self._record, name="live recording", daemon=True).start()

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
        self._prompts.append(settings.audio_prompt)
        self._connection.send(messages.SetSettings(self._number, settings))

    def set_playhead(self, frame: int) -> None:
        """Which frame of the growing file is being heard (0 while it is not reached yet)."""
        if abs(frame - self._sent_playhead) >= self._place.rate // _PLAYHEADS_A_SECOND:
            self._sent_playhead = frame
            self._connection.send(messages.SetPlayhead(self._number, frame))

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

    def handle(self, message: Any) -> None:
        """Hears of it; on the connection's thread."""
        self._inbox.put(message)

    def _record(self) -> None:
        """Takes what `handle` heard, up to the end of the order."""
        handlers: dict[type, Callable[[Any], None]] = {
            messages.Progress: self._progressed,
            messages.LiveStarted: self._start,
            messages.LiveSound: self._append,
            messages.LiveProgress: self._tell,
        }
        while not isinstance(message := self._inbox.get(), messages.FINAL):
            handlers[type(message)](message)
        self._ended(message.reason if isinstance(message, messages.Failed) else "")

    def _progressed(self, message: messages.Progress) -> None:
        self.progress = (message.share, message.text)

    def _start(self, message: messages.LiveStarted) -> None:
        place, title = self._place, self._order.title
        try:
            self._writer = GrowingWriter(
                place.folder, new_id(), place.rate, message.channels, message.provenance, title
            )
        except EngineError as error:
            self._fail(error)
            return
        self._news = LiveNews(self._writer.source, 0, LiveReport(LiveState.STARTING))
        self._begun.set()

    def _append(self, message: messages.LiveSound) -> None:
        """Writes sound; the record of its chunk first, so that every frame in the file has its record."""
        writer = self._writer
        if writer is None or self.error:
            return  # what comes after sound that could not be written is of no use
        try:
            if message.chunk is not None:
                writer.describe(self._with_chunk(writer.info.provenance or {}, message.chunk))
            writer.append(message.samples)
        except EngineError as error:
            self._fail(error)
            return
        if message.chunk is not None:
            self._news = replace(self.news, chunks=(*self.news.chunks, message.chunk))

    def _with_chunk(self, record: Mapping[str, Any], chunk: Mapping[str, Any]) -> dict[str, Any]:
        """The record of the take with one more chunk, whose audio prompt is put into the pool if it is new."""
        prompt: Audio | None = None
        if chunk["audio_prompt"] not in (None, *record.get("sounds", {})):
            sounds = [sound for sound in self._prompts if sound is not None]
            prompt = next((sound for sound in sounds if sound_hash(sound) == chunk["audio_prompt"]), None)
        record = prompt_sounds.with_prompt(self._place.folder, record, prompt)
        return {**record, "chunks": [*record["chunks"], chunk]}

    def _fail(self, error: EngineError) -> None:
        """Ends the take: what it makes cannot be written any more."""
        self.error = self.error or str(error)
        self._connection.send(messages.StopLive(self._number))

    def _tell(self, message: messages.LiveProgress) -> None:
        if self._writer is None:
            return
        report = message.report
        self.error = self.error or report.error
        if self.error:
            report = replace(report, state=LiveState.FAILED, error=self.error)
        self._news = LiveNews(self._writer.source, message.reserved, report, self.news.chunks)
        self._listener(self._news)

    def _ended(self, error: str) -> None:
        self.error = self.error or error
        if self._writer is not None:
            self._writer.close()
        changed = False
        if self._news is not None and (error or self._news.report.state not in (LiveState.ENDED, LiveState.FAILED)):
            state = LiveState.FAILED if self.error else LiveState.ENDED
            report = replace(self._news.report, state=state, error=self.error)
            assert self._writer is not None
            self._news = replace(self._news, source=self._writer.source, report=report)
            changed = bool(error)
        self._over.set()
        self._begun.set()
        self._released()
        if self._unwanted:
            self._remove()
        elif changed:
            self._listener(self.news)

    def _end(self, context: Context) -> None:
        """Waits until nothing more is written."""
        self._connection.send(messages.StopLive(self._number))
        deadline = monotonic() + _PATIENCE_SECONDS
        while not self._over.wait(_POLL_SECONDS):
            context.check()
            if monotonic() > deadline:
                self._connection.kill()

    def _seal(self, context: Context) -> Made | None:
        assert self._writer is not None
        folder, info = self._place.folder, self._writer.info
        frames = info.frames(folder)
        if not frames:
            remove_growing(folder, info)
            return None
        record = info.provenance or {}
        chunks = [chunk for chunk in record.get("chunks", ()) if chunk["start"] < frames]
        provenance = {**record, "chunks": chunks, "frames": frames}
        return Made(seal_file(folder, replace(info, provenance=provenance), context), provenance)

    def _remove(self) -> None:
        if self._writer is not None:
            remove_growing(self._place.folder, self._writer.info)
