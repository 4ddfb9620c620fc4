"""Recording from an audio input in the player's process: lined up with what was heard, written as it comes.

The input's callback only pushes into a ring. A thread of its own takes from there, says which frame of the song was
heard with each frame that came in (`HeardFrames`, less the way through both converters), and appends what lies in the
span of the recording to its files. So the disk may be late by seconds without a loss, and what is written survives
the process.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from engine.errors import EngineError
from engine.playback.device import Input
from engine.playback.heard_clock import StreamClock
from engine.playback.heard_frames import HeardFrames, Stretch
from engine.playback.input_ring import InputRing
from engine.playback.input_settings import InputTrack, LatencyReport, RecordingReport, RecordOrder, Run
from engine.playback.latency_probe import LISTEN_SECONDS, SWEEP_SECONDS, find_sweep, sweep
from engine.playback.transport import Segment
from engine.project.growing import GrowingWriter
from engine.project.recorded import recorded_from
from engine.resampling import Resampler

RING_SECONDS = 10
_STEP_SECONDS = 0.03
_REPORT_SECONDS = 0.1
_STOP_SECONDS = 2.0  # after which a recording that was told to stop ends, whatever is still on its way
_PENDING_SECONDS = 4  # of sound that waits to be placed, at most
_BEFORE_SWEEP = 0.2  # seconds of input before it was played that are searched, as clocks of two devices are not exact
_TOLERANCE = 2  # frames by which the place of resampled sound is rounded
NOTHING_CAME_BACK = (
    "Nothing of the test sound came back: connect the output with the input by a cable, or hold the microphone to the "
    "loudspeaker, raise the input’s level, then measure again."
)

Say = Callable[[RecordingReport | LatencyReport], None]


@dataclass
class _Recording:
    """One order, while it is carried out."""

    order: RecordOrder
    writers: list[GrowingWriter]
    runs: list[Run] = field(default_factory=list)
    frames: int = 0
    stop_ring: float | None = None  # the ring's frame up to which it is kept
    deadline: float = 0.0
    reported: float = 0.0


@dataclass
class _Probe:
    """A measurement: the sweep is played from frame `begin` of the output, and looked for from frame `first` on."""

    signal: np.ndarray
    played: int = 0
    begin: int = 0
    first: int = -1
    blocks: list[np.ndarray] = field(default_factory=list)


class Capture:
    """For one open input. `take` runs on the input's thread, `mix` and `played` on the output's.

    `show`, `start`, `stop`, `measure` and `close` belong to the thread that renders; the rest has a thread of its own.
    """

    def __init__(
        self, source: Input, output_rate: int, output_latency: float, song_rate: int, correction: float, say: Say
    ) -> None:
        """Begins to take in what `source` gives; nothing is kept before `start`."""
        self._source, self._say = source, say
        self._output_rate, self._song_rate = output_rate, song_rate
        self._latency, self._correction = source.latency + output_latency, correction
        self._ring = InputRing(RING_SECONDS * source.rate, source.channels)
        self._heard = HeardFrames(output_rate, song_rate)
        self._began = not source.duplex  # of one stream, both sides are counted from the same block on
        self._clocks = StreamClock(), StreamClock()  # of the input and the output
        self._aligned: tuple[float, float] | None = None  # their starts, when they were lined up
        self._resampler = Resampler(source.rate, song_rate, source.channels) if source.rate != song_rate else None
        self._pending: list[np.ndarray] = []
        self._placed = 0  # frames at the song's rate whose place is settled
        self._overflows = 0  # that the device told of
        self._tracks: tuple[InputTrack, ...] = ()
        self._peaks: dict[str, np.ndarray] = {}
        self._monitor_at = 0
        self._recording: _Recording | None = None
        self._probe: _Probe | None = None
        self._orders: queue.SimpleQueue[RecordOrder | float] = queue.SimpleQueue()
        self._end = threading.Event()
        self._reason = ""
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    # the devices' threads

    def take(self, block: np.ndarray, overflowed: bool) -> None:
        """Takes in a block of the input (frames, channels); of one stream before `played`."""
        self._began = True
        self._ring.push(block)
        self._overflows += overflowed
        if not self._source.duplex:
            self._clocks[0].mark(perf_counter(), self._ring.write, self._source.rate)

    def played(self, frames: int, ring: float, pulled: int) -> None:
        """The output takes a block; see `HeardFrames.add`."""
        if not self._began:
            return
        if not self._source.duplex:
            self._clocks[1].mark(perf_counter(), self._heard.frames, self._output_rate)
        self._heard.add(frames, ring, pulled)

    def mix(self, out: np.ndarray) -> None:
        """Adds what is monitored, and the sound of a measurement, to the block that the output takes next."""
        frames = len(out)
        monitored = [track for track in self._tracks if track.monitored]
        if monitored and self._source.rate == self._output_rate and self._ring.write >= 4 * frames:
            block = self._ring.copy(self._monitored_from(frames), frames)
            for track in monitored:
                out[:, 0] += block[:, track.channels[0]] * np.float32(track.left)
                out[:, 1] += block[:, track.channels[-1]] * np.float32(track.right)
        probe = self._probe
        if probe is not None and self._began and probe.played < len(probe.signal):
            if not probe.played:
                probe.begin = self._heard.frames
                probe.first = max(self._ring.write - round(_BEFORE_SWEEP * self._source.rate), 0)
            count = min(frames, len(probe.signal) - probe.played)
            out[:count] += probe.signal[probe.played : probe.played + count, None]
            probe.played += count

    def _monitored_from(self, frames: int) -> int:
        """The input's frame to be heard next: the latest where both sides are one stream, else two blocks later."""
        if self._source.duplex:
            return self._ring.write - frames
        at = self._monitor_at
        if not self._ring.write - 4 * frames <= at <= self._ring.write - frames:
            at = self._ring.write - 2 * frames
        self._monitor_at = at + frames
        return at

    # the thread that renders

    @property
    def recording(self) -> bool:
        """Whether a recording goes on."""
        return self._recording is not None

    @property
    def source(self) -> Input:
        """The input."""
        return self._source

    def set_tracks(self, tracks: Sequence[InputTrack]) -> None:
        """Lets these tracks listen; channels that the device does not have are its last one."""
        last = self._source.channels - 1
        self._tracks = tuple(
            InputTrack(
                track.track_id, tuple(min(channel, last) for channel in track.channels), track.monitored, track.left,
                track.right,
            )
            for track in tracks
        )  # fmt: skip

    def peaks(self) -> dict[str, np.ndarray]:
        """By track, how loud its input was since this was asked last: (2,)."""
        peaks, self._peaks = self._peaks, {}
        return peaks

    def show(self, segments: Sequence[Segment], until: int) -> None:
        """See `HeardFrames.show`."""
        self._heard.show(segments, until)

    def start(self, order: RecordOrder) -> None:
        """Records; the recording before has ended."""
        self._orders.put(order)

    def stop(self, ring: float) -> None:
        """Keeps what was played up to the ring's frame `ring`, and ends when the last of it has come in."""
        self._orders.put(ring)

    def measure(self) -> None:
        """Measures the way from the output to the input; a `LatencyReport` comes."""
        signal = sweep(self._output_rate)
        self._probe = _Probe(signal)

    def close(self, reason: str = "") -> None:
        """Ends it, and a recording with that reason, a sentence; what came in until now is kept."""
        self._reason = reason
        self._end.set()
        self._thread.join(_STOP_SECONDS)

    # the thread that writes

    def _run(self) -> None:
        while not self._end.wait(_STEP_SECONDS):
            self._step()
        self._step()
        if self._recording is not None:
            self._finish(self._reason)

    def _step(self) -> None:
        self._obey()
        while len(block := self._ring.pull(self._source.rate)):
            self._meter(block)
            self._search(block)
            self._pending.append(self._resampler.push(block) if self._resampler else block)
        try:
            self._place()
        except EngineError as error:
            self._finish(str(error))
        recording = self._recording
        if recording is None:
            return
        now = perf_counter()
        if recording.stop_ring is not None and now > recording.deadline:
            self._finish("")
        elif recording.frames and now - recording.reported > _REPORT_SECONDS:
            recording.reported = now
            self._say(self._report(recording))

    def _obey(self) -> None:
        while not self._orders.empty():
            order = self._orders.get()
            if not isinstance(order, RecordOrder):
                if self._recording is not None:
                    self._recording.stop_ring, self._recording.deadline = order, perf_counter() + _STOP_SECONDS
            elif self._recording is None:
                self._begin(order)

    def _begin(self, order: RecordOrder) -> None:
        writers: list[GrowingWriter] = []
        last = self._source.channels - 1
        try:
            for track in order.tracks:
                if max(track.channels) > last:
                    raise EngineError(
                        f"“{self._source.name}” has no input {max(track.channels) + 1}: choose another input for "
                        f"“{track.name}”."
                    )
                record = recorded_from(self._source.name, track.channels, order.date)
                channels = len(track.channels)
                writers.append(
                    GrowingWriter(Path(order.folder), track.growing_id, self._song_rate, channels, record, track.name)
                )
        except EngineError as error:
            for writer in writers:
                writer.discard()
            self._say(RecordingReport(order.key, device=self._source.name, over=True, error=str(error)))
            return
        self._ring.overruns = self._overflows = 0
        self._recording = _Recording(order, writers)

    def _place(self) -> None:
        """Settles where the frames that came in belong, as far as it is known, and records them."""
        while self._pending:
            samples = self._pending[0]
            device = self._device_frame(self._placed)
            stretch = None if device is None else self._heard.at(device, len(samples))
            if stretch is None:
                if sum(map(len, self._pending)) < _PENDING_SECONDS * self._song_rate:
                    return
                stretch = Stretch(len(samples))  # the output stands still
            self._placed += stretch.frames
            if stretch.frames < len(samples):
                self._pending[0] = samples[stretch.frames :]
            else:
                del self._pending[0]
            self._record(samples[: stretch.frames], stretch)
        if (device := self._device_frame(self._placed)) is not None:
            self._heard.forget_before(device - self._output_rate)

    def _device_frame(self, frame: int) -> float | None:
        """The output's frame that was heard when the input's frame, counted at the song's rate, came in."""
        place = frame if self._output_rate == self._song_rate else frame * self._output_rate / self._song_rate
        if self._source.duplex:
            return place - round((self._latency + self._correction) * self._output_rate)
        if self._aligned is None or (self._recording is None and self._probe is None):  # the longer, the more exact
            starts = self._clocks[0].settled, self._clocks[1].settled
            if starts[0] is None or starts[1] is None:
                return None
            self._aligned = starts[0], starts[1]
        between = self._aligned[0] - self._aligned[1]
        return place + (between - self._latency - self._correction) * self._output_rate

    def _record(self, samples: np.ndarray, stretch: Stretch) -> None:
        recording = self._recording
        if recording is None or stretch.ring is None:
            return
        span, frames, over = recording.order.span, len(samples), False
        if recording.stop_ring is not None and stretch.ring + frames >= recording.stop_ring:
            frames, over = max(round(recording.stop_ring) - stretch.ring, 0), True
        if stretch.song is not None:
            first, last = max(span.first - stretch.song, 0), min(span.last - stretch.song, frames)
            if first < last:
                self._write(recording, samples[first:last], stretch.song + first)
            over = over or (not span.rounds and bool(recording.runs) and stretch.song + frames >= span.last)
        if over:
            self._finish("")

    def _write(self, recording: _Recording, samples: np.ndarray, song: int) -> None:
        runs = recording.runs
        expected = runs[-1].song + recording.frames - runs[-1].file if runs else None
        exact = self._source.duplex and self._output_rate == self._song_rate
        if expected is None or abs(song - expected) > (0 if exact else _TOLERANCE):
            runs.append(Run(recording.frames, song))
        for writer, track in zip(recording.writers, recording.order.tracks, strict=True):
            writer.append(samples[:, list(track.channels)])
        recording.frames += len(samples)

    def _finish(self, error: str) -> None:
        recording, self._recording = self._recording, None
        if recording is None:
            return
        for writer in recording.writers:
            if recording.frames:
                writer.close()
            else:
                writer.discard()
        self._say(self._report(recording, over=True, error=error))

    def _report(self, recording: _Recording, *, over: bool = False, error: str = "") -> RecordingReport:
        return RecordingReport(
            recording.order.key, recording.frames, tuple(recording.runs), self._source.name, over, error,
            self._ring.overruns + self._overflows, self._drift(),
        )  # fmt: skip

    def _drift(self) -> float:
        """Frames at the song's rate by which the input's clock ran ahead of the output's since they were lined up."""
        now = self._clocks[0].settled, self._clocks[1].settled
        if self._aligned is None or now[0] is None or now[1] is None:
            return 0.0
        return ((now[1] - self._aligned[1]) - (now[0] - self._aligned[0])) * self._song_rate

    def _meter(self, block: np.ndarray) -> None:
        peaks = self._peaks
        for track in self._tracks:
            levels = np.abs(block[:, [track.channels[0], track.channels[-1]]]).max(axis=0)
            before = peaks.get(track.track_id)
            peaks[track.track_id] = levels if before is None else np.maximum(before, levels)

    def _search(self, block: np.ndarray) -> None:
        """Collects what comes back of a measurement, and tells what was found once it is all there."""
        probe = self._probe
        if probe is None or probe.first < 0:
            return
        if not probe.blocks:
            skip = max(probe.first - (self._ring.read - len(block)), 0)
            if skip >= len(block):
                return
            probe.first = self._ring.read - len(block) + skip
            block = block[skip:]
        probe.blocks.append(block)
        rate = self._source.rate
        if sum(map(len, probe.blocks)) < round((_BEFORE_SWEEP + LISTEN_SECONDS + SWEEP_SECONDS) * rate):
            return
        self._probe = None
        samples = np.concatenate(probe.blocks)
        places = [find_sweep(samples[:, channel], rate) for channel in range(samples.shape[1])]
        place = next((each for each in places if each is not None), None)
        frame = None if place is None else self._device_frame_of_input(probe.first + place)
        if frame is None:
            self._say(LatencyReport(device=self._source.name, error=NOTHING_CAME_BACK))
            return
        correction = (frame - probe.begin) / self._output_rate
        way = round((correction + self._latency) * self._output_rate)
        self._say(LatencyReport(way, self._output_rate, correction, self._source.name))

    def _device_frame_of_input(self, frame: int) -> float | None:
        """As `_device_frame`, of the input's frames at its own rate, exact and without the correction."""
        place = frame * self._output_rate / self._source.rate
        if self._source.duplex:
            return place - self._latency * self._output_rate
        if self._aligned is None:
            return None
        return place + (self._aligned[0] - self._aligned[1] - self._latency) * self._output_rate
