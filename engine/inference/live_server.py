"""A live take on the generator's side: chunks are sent as they fall due, as one stream at the project's rate."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.audio import Audio, fit_length
from engine.errors import EngineError
from engine.generate.interface import Capabilities, Chunk, Generator, Request, Settings
from engine.generate.live_stream import LiveReport, LiveState, StreamScheduler
from engine.inference import provenance as records
from engine.inference.messages import ContinueLive, GeneratedTake, LiveProgress, LiveSound, LiveStarted
from engine.jobs import Context
from engine.resampling import Resampler

_STOP_SECONDS = 60.0  # for a step of the slowest model; who cannot wait ends the process
_BEHIND_SECONDS = 0.1  # a playhead that is so near the end of what there is waits for more


class StreamResampler:
    """Chunks at one rate as a single stream at another: no border is heard, and no frame is lost."""

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        self._rates, self._channels = (rate_in, rate_out), channels
        self._stream = Resampler(rate_in, rate_out, channels) if rate_in != rate_out else None
        self._in = self._out = 0

    def push(self, samples: np.ndarray) -> np.ndarray:
        """What is final after `samples` (frames, channels)."""
        self._in += len(samples)
        resampled = self._stream.push(samples) if self._stream else samples
        self._out += len(resampled)
        return resampled

    def finish(self) -> np.ndarray:
        """The rest; in all there are ⌈frames · rate_out / rate_in⌉."""
        empty = np.zeros((0, self._channels), np.float32)
        if not self._stream or not self._in:
            return empty
        left = -(-self._in * self._rates[1] // self._rates[0]) - self._out
        return fit_length(self._stream.push(empty, last=True), max(left, 0))


class LiveRecording:
    """One live take. `run` is the work of the thread that runs orders; any thread may call the other methods."""

    def __init__(
        self,
        generator: Generator,
        capabilities: Capabilities,
        order: ContinueLive,
        threads: int,
        send: Callable[[LiveStarted | LiveSound | LiveProgress], None],
    ) -> None:
        """Starts nothing yet; `send` is told that it begins, then its sound and how it goes."""
        assignment = order.assignment
        self._capabilities, self._number, self._threads, self._send = capabilities, order.number, threads, send
        self._rate, self._seed = assignment.rate, assignment.request.seed
        source = assignment.request.source
        self._channels = source.samples.shape[1] if source is not None else capabilities.channels
        self._record = records.order_record("live", assignment, capabilities, threads)
        source_rate = source.rate if source is not None else capabilities.rate
        self._stream = StreamResampler(source_rate, self._rate, self._channels)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._frames = 0  # sent
        self._playhead = 0
        self._report = LiveReport(LiveState.STARTING)
        self._scheduler = StreamScheduler(generator, assignment.request, self._deliver, self._take_report)

    def run(self) -> None:
        """Grows until `stop` or a failure."""
        self._send(LiveStarted(self._number, self._channels, self._record))
        self._scheduler.start()
        self._over.wait()
        self._scheduler.stop(_STOP_SECONDS)
        self._send_sound(self._stream.finish(), None)
        self._tell()

    def stop(self) -> None:
        """Ends it."""
        self._over.set()

    def set_settings(self, settings: Settings) -> None:
        """New settings for what is not due yet."""
        self._scheduler.set_settings(settings)

    def set_playhead(self, frame: int) -> None:
        """Which frame of the growing file is heard."""
        behind, self._playhead = self._waiting, frame
        self._scheduler.set_playhead(frame / self._rate)
        if self._waiting != behind:
            self._tell()

    @property
    def _waiting(self) -> bool:
        """Whether the playhead stands at the end of what was sent."""
        near = self._playhead + round(_BEHIND_SECONDS * self._rate)
        return 0 < self._frames <= near and self._playhead > 0

    def _deliver(self, chunk: Chunk) -> None:
        record = records.live_chunk_record(
            chunk, self._capabilities, seed=self._seed, rate=self._rate, threads=self._threads
        )
        self._send_sound(self._stream.push(chunk.samples), record)
        self._tell()

    def _send_sound(self, samples: np.ndarray, record: Mapping[str, Any] | None) -> None:
        self._send(LiveSound(self._number, samples, record))
        self._frames += len(samples)

    def _take_report(self, report: LiveReport) -> None:
        self._report = replace(report, notices=(*self._capabilities.notices, *report.notices))
        self._tell()
        if report.state in (LiveState.FAILED, LiveState.ENDED):
            self._over.set()

    def _tell(self) -> None:
        with self._lock:
            report = self._report
            if report.state is LiveState.MAKING and self._waiting:
                report = replace(report, state=LiveState.BEHIND)
            reserved = max(round(report.made * self._rate) - self._frames, 0)
            self._send(LiveProgress(self._number, reserved, report))


def replay(
    generator: Generator,
    provenance: Mapping[str, Any],
    request: Request,
    prompts: Mapping[str, Audio],
    rate: int,
    context: Context,
) -> GeneratedTake:
    """A live take made again from its record, chunk by chunk as it was handed out."""
    session = generator.open(request, context)
    pieces: list[np.ndarray] = []
    stream: StreamResampler | None = None
    with records.reading():
        title = provenance["title"]
        chunks = [records.settings_of(record, prompts) for record in provenance["chunks"]]
    for done, settings in enumerate(chunks):
        context.progress(done / len(chunks), "Making the chunks again")
        chunk = session.advance(settings, _PartContext(context))
        stream = stream or StreamResampler(chunk.rate, rate, chunk.samples.shape[1])
        pieces.append(stream.push(chunk.samples))
    if stream is None:
        raise EngineError("This take has no chunks: there is nothing to make again.")
    samples = np.concatenate([*pieces, stream.finish()])[: provenance.get("frames")]
    return GeneratedTake(title, samples, dict(provenance))


class _PartContext(Context):
    """Hears the cancel of a whole, and keeps the progress of its parts to itself."""

    def __init__(self, whole: Context) -> None:
        super().__init__()
        self._whole = whole

    def check(self) -> None:
        self._whole.check()
