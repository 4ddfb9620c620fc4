"""Drives a plan through resamplers and meters into files, chunk by chunk, on all cores.

Chunks of time are rendered side by side, each by a mixer of its own; what follows (rate, gain, dither, writing) runs in
the order of time for each file, and for different files side by side.
"""

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from engine.loudness import LoudnessMeter
from engine.playback.file_limits import allow_handles
from engine.playback.graph import Block, Graph
from engine.playback.mixer import PIECE, Mixer
from engine.playback.plan import Plan
from engine.playback.quantise import Quantiser
from engine.playback.samples import MAX_OPEN_FILES
from engine.playback.wavfile import WavWriter
from engine.resampling import Resampler

EDGE = 8192
"""Frames of the song that a resampler hears before and after what is asked for, so that a part equals the whole."""

MAX_WORKERS = 8
"""Chunks rendered at the same time at most; more would wait for memory."""

GRAPH_BLOCK = 8192
"""Frames that a song with devices is rendered in at once: what lies in between stays in the processor's cache."""

OTHER_HANDLES = 64
"""Files that the rest of the program may have open."""


@dataclass(frozen=True, slots=True)
class RenderRange:
    """Frames `start` to `end` (exclusive) of a song at `rate`, to be written at `out_rate`.

    The grid of the written frames is that of the whole song: frame k lies at k / `out_rate` seconds. Written are those
    that lie inside, so that neighbouring stretches join without a gap.
    """

    start: int
    end: int
    rate: int  # Hz
    out_rate: int  # Hz

    @property
    def resampled(self) -> bool:
        """Whether the rate changes."""
        return self.rate != self.out_rate

    @property
    def out_start(self) -> int:
        """The first frame to write."""
        return -(-self.start * self.out_rate // self.rate)

    @property
    def out_frames(self) -> int:
        """How many frames to write."""
        return -(-self.end * self.out_rate // self.rate) - self.out_start

    @property
    def first(self) -> int:
        """The frame at which rendering starts: one that lies exactly on a frame to write, if the rate changes."""
        if not self.resampled:
            return self.start
        period = Fraction(self.rate, self.out_rate).numerator
        return max(self.start - EDGE, 0) // period * period

    @property
    def last(self) -> int:
        """The frame at which rendering ends."""
        return self.end + EDGE * self.resampled

    @property
    def skipped(self) -> int:
        """How many frames of a resampler's output come before the first to write."""
        return self.out_start - self.first * self.out_rate // self.rate


class RenderTarget:
    """One file (or, without `writer`, one measurement) on its way. One thread at a time.

    Args:
        track_id: whose sound it is; None is the mix.
        render_range: what part of the song.
        writer: gets the sound.
        measure: whether to have a `meter`, which hears what the file holds.
        dither: see `Quantiser`.
        key: see `Quantiser`.
        gain_db: applied to everything.
    """

    def __init__(
        self,
        track_id: str | None,
        render_range: RenderRange,
        *,
        writer: WavWriter | None = None,
        measure: bool = False,
        dither: bool = False,
        key: str = "",
        gain_db: float = 0.0,
    ) -> None:
        self.track_id = track_id
        self.writer = writer
        self._meter = LoudnessMeter(render_range.out_rate) if measure else None
        self._quantiser = Quantiser(writer, dither=dither, key=key) if writer else None
        self._resampler = _resampler(render_range) if render_range.resampled else None
        self._gain = np.float32(10 ** (gain_db / 20))
        self.peak = 0.0
        """The largest magnitude so far, for a channel that writes nothing; full scale is 1."""
        self._skip = render_range.skipped
        self._left = render_range.out_frames

    @property
    def meter(self) -> LoudnessMeter:
        """The meter of a channel that measures."""
        if self._meter is None:
            raise ValueError("this channel does not measure")
        return self._meter

    @property
    def quantiser(self) -> Quantiser:
        """The quantiser of a channel that writes."""
        if self._quantiser is None:
            raise ValueError("this channel does not write")
        return self._quantiser

    def push(self, block: NDArray[np.float32], *, last: bool) -> None:
        """Takes the next block of the song, (frames, 2), which is not kept."""
        if self._resampler:
            block = self._resampler.push(block, last=last)
            skipped = min(self._skip, len(block))
            self._skip -= skipped
            block = block[skipped:]
        block = block[: self._left]
        if last and len(block) < self._left:
            block = np.concatenate((block, np.zeros((self._left - len(block), 2), np.float32)))
        self._left -= len(block)
        if self._gain != 1.0:
            block = block * self._gain
        if self._quantiser:
            block = self._quantiser.push(block, read_back=self._meter is not None)
        elif len(block):
            self.peak = max(self.peak, float(block.max()), -float(block.min()))
        if self._meter:
            self._meter.push(block)

    def finish(self) -> None:
        """Completes the file."""
        if self.writer:
            self.writer.finish()

    def close(self) -> None:
        """Closes the file, whole or not."""
        if self.writer:
            self.writer.close()


def _resampler(render_range: RenderRange) -> Resampler:
    return Resampler(render_range.rate, render_range.out_rate, 2)


@dataclass(frozen=True, slots=True)
class _Buffers:
    """Room for a chunk of every channel."""

    mix: NDArray[np.float32]
    stems: dict[str, NDArray[np.float32]]

    def of(self, track_id: str | None, frames: int) -> NDArray[np.float32]:
        return (self.mix if track_id is None else self.stems[track_id])[:frames]


def _workers(plan: Plan, channels: int) -> int:
    """How many chunks to render side by side: one for each core, as far as that many files may be open."""
    workers = min(os.cpu_count() or 1, MAX_WORKERS)
    files = len({placement.file.path for track in plan.tracks for placement in track.placements})
    each = min(files, MAX_OPEN_FILES)
    allowed = allow_handles(workers * each + channels + OTHER_HANDLES)
    return max(min(workers, (allowed - channels - OTHER_HANDLES) // max(each, 1)), 1)


def stream(
    plan: Plan, render_range: RenderRange, channels: Sequence[RenderTarget], progress: Callable[[float], None]
) -> None:
    """Sends `render_range` of `plan` through `channels`. `progress` gets shares of the work; what it raises ends it.

    Raises:
        AudioFileError: a file of the song cannot be read.
        OSError: a file cannot be written.
    """
    if plan.has_graph:
        _stream_graph(plan, render_range, channels, progress)
        return
    workers = _workers(plan, len(channels))
    ids = [channel.track_id for channel in channels if channel.track_id is not None]
    chunk = PIECE if len(ids) <= 8 else PIECE // 2
    starts = range(render_range.first, render_range.last, chunk)
    ahead = workers + 2
    with ExitStack() as stack:
        mixers: SimpleQueue[Mixer] = SimpleQueue()
        for _ in range(workers):
            mixers.put(stack.enter_context(Mixer(plan)))
        free = [
            _Buffers(np.empty((chunk, 2), np.float32), {track_id: np.empty((chunk, 2), np.float32) for track_id in ids})
            for _ in range(min(ahead, len(starts)))
        ]
        pool = stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="bounce"))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        groups = [group for group in (channels[n::workers] for n in range(workers)) if group]

        def render(start: int, buffers: _Buffers) -> tuple[int, _Buffers]:
            frames = min(chunk, render_range.last - start)
            mixer = mixers.get()
            try:
                stems = {track_id: stem[:frames] for track_id, stem in buffers.stems.items()}
                mixer.render(start, frames, out=buffers.mix[:frames], stems=stems)
            finally:
                mixers.put(mixer)
            return frames, buffers

        def take(group: Sequence[RenderTarget], frames: int, buffers: _Buffers, last: bool) -> None:
            for channel in group:
                channel.push(buffers.of(channel.track_id, frames), last=last)

        waiting: deque[Future[tuple[int, _Buffers]]] = deque()
        todo = iter(starts)
        for done in range(len(starts)):
            while free and (start := next(todo, None)) is not None:
                waiting.append(pool.submit(render, start, free.pop()))
            frames, buffers = waiting.popleft().result()
            last = done == len(starts) - 1
            tasks = [pool.submit(take, group, frames, buffers, last) for group in groups]
            for task in tasks:
                task.result()
            free.append(buffers)
            progress((done + 1) / len(starts))


def _stream_graph(
    plan: Plan, render_range: RenderRange, channels: Sequence[RenderTarget], progress: Callable[[float], None]
) -> None:
    """`stream` for a song whose channels hold devices: in order, from where what still sounds at its start began."""
    workers = _workers(plan, len(channels))
    ids = [channel.track_id for channel in channels if channel.track_id is not None]
    graph = Graph(plan, max_block=GRAPH_BLOCK, workers=workers, stems=ids)
    with ExitStack() as stack:
        stack.callback(graph.close)
        pool = stack.enter_context(ThreadPoolExecutor(workers, thread_name_prefix="bounce"))
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        first, last = render_range.first, render_range.last
        at = first - graph.preroll(first)
        whole = last - at
        pending: list[Future[None]] = []

        def take(channel: RenderTarget, block: Block, end: bool) -> None:
            channel.push(block.mix if channel.track_id is None else block.stems[channel.track_id], last=end)

        while at < last:
            frames = min(GRAPH_BLOCK, (first if at < first else last) - at)
            block = graph.render(at, frames)
            for task in pending:
                task.result()
            if at >= first:
                pending = [pool.submit(take, channel, block, at + frames == last) for channel in channels]
            at += frames
            progress(1.0 - (last - at) / whole)
        for task in pending:
            task.result()
