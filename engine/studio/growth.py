"""A live take on the generator's side: chunks go into a growing file as they fall due, as one stream at its rate."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.audio import Audio, Resampler, fit_length
from engine.errors import EngineError
from engine.generate.api import Capabilities, Chunk, Generator, Request, Settings
from engine.generate.worker import LiveReport, LiveState, LiveWorker
from engine.jobs import Context
from engine.project.growing import GrowingWriter
from engine.project.model import Source
from engine.project.storing import store_sound
from engine.studio import prompt_sounds
from engine.studio import provenance as records
from engine.studio.api import Made, Order, Place

_STOP_SECONDS = 60.0  # for a step of the slowest model; who cannot wait ends the process
_BEHIND_SECONDS = 0.1  # a playhead that is so near the end of what there is waits for more


@dataclass(frozen=True, slots=True)
class Growth:
    """What is new of a live take: frames written by now, frames made beyond, and the records of the new chunks."""

    frames: int
    reserved: int
    report: LiveReport
    chunks: tuple[Mapping[str, Any], ...]


class OneStream:
    """Chunks at one rate as a single stream at another: no border is heard, and no frame is lost."""

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        self._rates, self._channels = (rate_in, rate_out), channels
        self._stream = Resampler(rate_in, rate_out, channels) if rate_in != rate_out else None
        self._in = self._out = 0

    def push(self, samples: np.ndarray) -> np.ndarray:
        """What is final after `samples` (frames, channels)."""
        self._in += len(samples)
        made = self._stream.push(samples) if self._stream else samples
        self._out += len(made)
        return made

    def finish(self) -> np.ndarray:
        """The rest; in all there are ⌈frames · rate_out / rate_in⌉."""
        empty = np.zeros((0, self._channels), np.float32)
        if not self._stream or not self._in:
            return empty
        left = -(-self._in * self._rates[1] // self._rates[0]) - self._out
        return fit_length(self._stream.push(empty, last=True), max(left, 0))


class Growing:
    """One live take. `run` is the work of the thread that runs orders; any thread may call the other methods."""

    def __init__(
        self,
        generator: Generator,
        capabilities: Capabilities,
        order: Order,
        growing_id: str,
        threads: int,
        say: Callable[[Source | Growth], None],
    ) -> None:
        """Creates the growing file; `say` is told its source, then what is new.

        Raises:
            EngineError: the file cannot be made.
        """
        self._capabilities, self._order, self._threads, self._say = capabilities, order, threads, say
        source = order.request.source
        channels = source.samples.shape[1] if source is not None else capabilities.channels
        rate = order.place.rate
        self._record = records.order_record("live", order, capabilities, threads)
        self._writer = GrowingWriter(order.place.folder, growing_id, rate, channels, self._record, order.title)
        self._stream = OneStream(source.rate if source is not None else capabilities.rate, rate, channels)
        self._new: list[Mapping[str, Any]] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._dropped = False
        self._whole = True  # all that went through the stream is written
        self._playhead = 0
        self._report = LiveReport(LiveState.STARTING)
        self._worker = LiveWorker(generator, order.request, self._deliver, self._take_report)

    def run(self) -> None:
        """Grows until `stop`, `drop` or a failure."""
        self._say(self._writer.source)
        self._worker.start()
        self._over.wait()
        self._worker.stop(_STOP_SECONDS)
        try:
            if self._whole:
                self._writer.append(self._stream.finish())
        except EngineError as error:
            self._report = replace(self._report, state=LiveState.FAILED, error=self._report.error or str(error))
        self._writer.close()
        if self._dropped:
            self._writer.discard()
        self._tell()

    def stop(self) -> None:
        """Ends it; what was written stays."""
        self._over.set()

    def drop(self) -> None:
        """Ends it and removes what was written."""
        self._dropped = True
        self._over.set()

    def set_settings(self, settings: Settings) -> None:
        """New settings for what is not due yet."""
        self._worker.set_settings(settings)

    def set_playhead(self, frame: int) -> None:
        """Which frame of the growing file is heard."""
        behind, self._playhead = self._waiting, frame
        self._worker.set_playhead(frame / self._order.place.rate)
        if self._waiting != behind:
            self._tell()

    @property
    def _waiting(self) -> bool:
        """Whether the playhead stands at the end of what was written."""
        near = self._playhead + round(_BEHIND_SECONDS * self._order.place.rate)
        return 0 < self._writer.frames <= near and self._playhead > 0

    def _deliver(self, chunk: Chunk) -> None:
        rate = self._order.place.rate
        record = records.live_chunk_record(
            chunk, self._capabilities, seed=self._order.request.seed, rate=rate, threads=self._threads
        )
        kept = prompt_sounds.kept(self._order.place.folder, self._record, chunk.settings)
        self._record = {**kept, "chunks": [*self._record["chunks"], record]}
        self._writer.describe(self._record)  # first, so that every frame in the file has its record
        samples = self._stream.push(chunk.samples)
        self._whole = False
        self._writer.append(samples)
        self._whole = True
        with self._lock:
            self._new.append(record)
        self._tell()

    def _take_report(self, report: LiveReport) -> None:
        self._report = replace(report, notices=(*self._capabilities.notices, *report.notices))
        self._tell()
        if report.state in (LiveState.FAILED, LiveState.ENDED):
            self._over.set()

    def _tell(self) -> None:
        with self._lock:
            report, frames = self._report, self._writer.frames
            if report.state is LiveState.MAKING and self._waiting:
                report = replace(report, state=LiveState.BEHIND)
            reserved = max(round(report.made * self._order.place.rate) - frames, 0)
            new, self._new = tuple(self._new), []
            self._say(Growth(frames, reserved, report, new))


def again(
    generator: Generator,
    provenance: Mapping[str, Any],
    request: Request,
    prompts: Mapping[str, Audio],
    place: Place,
    context: Context,
) -> Made:
    """A live take made again from its record, chunk by chunk as it was handed out."""
    session = generator.open(request, context)
    pieces: list[np.ndarray] = []
    stream: OneStream | None = None
    with records.reading():
        title = provenance["title"]
        chunks = [records.settings_of(record, prompts) for record in provenance["chunks"]]
    for done, settings in enumerate(chunks):
        context.progress(done / len(chunks), "Making the chunks again")
        chunk = session.advance(settings, _PartContext(context))
        stream = stream or OneStream(chunk.rate, place.rate, chunk.samples.shape[1])
        pieces.append(stream.push(chunk.samples))
    if stream is None:
        raise EngineError("This take has no chunks: there is nothing to make again.")
    samples = np.concatenate([*pieces, stream.finish()])[: provenance.get("frames")]
    return Made(store_sound(place.folder, Audio(samples, place.rate), title), dict(provenance))


class _PartContext(Context):
    """Hears the cancel of a whole, and keeps the progress of its parts to itself."""

    def __init__(self, whole: Context) -> None:
        super().__init__()
        self._whole = whole

    def check(self) -> None:
        self._whole.check()
