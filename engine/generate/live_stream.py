"""The engine thread: keeps a stream ahead of the playhead and takes a new prompt at any time.

Chunks are made into a reserve and handed out when they fall due, a horizon ahead of the playhead, because what has been
handed out is final. A new prompt drops the reserve, except what there is no time to make anew, so it is heard from the
next chunk on. If the machine falls behind, steps are lowered before the sound stops (see `adaptive_steps`).

All methods may be called from any thread. `deliver` and `report` are called on the engine thread and must be quick.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import Cancelled, EngineError
from engine.generate.adaptive_steps import AdaptiveSteps
from engine.generate.interface import Chunk, Generator, Request, Session, Settings
from engine.jobs import Context, Job, JobState, Runner

_POLL_SECONDS = 0.05


class LiveState(StrEnum):
    """What the engine is doing."""

    STARTING = "starting"
    MAKING = "making"
    AHEAD = "ahead"  # the reserve is full
    BEHIND = "behind"  # the playhead waits for sound
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LiveReport:
    """How a stream is doing.

    speed: seconds of sound a second. reserve: seconds of sound ahead of the playhead. made: seconds made in all.
    error: a sentence when it failed; notices: what the user should know.
    """

    state: LiveState
    speed: float = 0.0
    reserve: float = 0.0
    made: float = 0.0
    steps: int = 0
    wanted_steps: int = 0
    chunk_p50: float = 0.0
    chunk_p95: float = 0.0
    error: str = ""
    notices: tuple[str, ...] = ()


class StreamScheduler:
    """One stream on a thread of its own."""

    def __init__(
        self,
        generator: Generator,
        request: Request,
        deliver: Callable[[Chunk], None],
        report: Callable[[LiveReport], None] = lambda report: None,
        *,
        reserve_seconds: float | None = None,
        horizon_seconds: float | None = None,
        until_seconds: float | None = None,
    ) -> None:
        """Prepares the stream of `request`; `start` starts it.

        Args:
            generator: used by this thread alone until `stop` returns.
            request: what to start from; its length is not looked at.
            deliver: takes each chunk, in order, when it falls due.
            report: takes how it goes, after every chunk and change of state.
            reserve_seconds: how far ahead of the playhead to make sound (default: four chunks).
            horizon_seconds: how far ahead to hand it out (default: one chunk); infinite hands out at once.
            until_seconds: where to end; endless by default.
        """
        chunk = generator.capabilities.chunk_seconds
        self._generator, self._request, self._settings = generator, request, request.settings
        self._deliver, self._report = deliver, report
        self._reserve = reserve_seconds if reserve_seconds is not None else 4 * chunk
        self._horizon = horizon_seconds if horizon_seconds is not None else chunk
        self._until = until_seconds
        default = next((p.default for p in generator.capabilities.parameters if p.name == "steps"), 1)
        self._default_steps: int = default
        self._pace = AdaptiveSteps(request.settings.steps or default)
        self._lock = threading.Condition()
        self._playhead, self._made = 0.0, 0.0
        self._changed = False
        self._held: deque[tuple[object, Chunk]] = deque()
        self._making: Context | None = None
        self._runner: Runner | None = None
        self._job: Job | None = None
        self._notices: tuple[str, ...] = ()

    def start(self) -> None:
        """Starts the thread."""
        self._runner = Runner(self._job_changed, name="engine")
        self._job = self._runner.submit("Continue live", self._run)

    def stop(self, timeout: float = 5.0) -> None:
        """Ends the stream within a denoising step; what was not handed out is dropped."""
        if self._job is not None and self._runner is not None:
            self._job.context.cancel()
            with self._lock:
                if self._making:
                    self._making.cancel()
                self._lock.notify()
            self._runner.close(timeout)
            self._runner = None

    def set_playhead(self, seconds: float) -> None:
        """Where the stream is being heard, in seconds from its start."""
        with self._lock:
            self._playhead = seconds
            self._lock.notify()

    def set_settings(self, settings: Settings) -> None:
        """A new prompt, guidance or number of steps, for everything that has not been handed out yet."""
        with self._lock:
            if settings == self._settings:
                return
            self._settings, self._changed = settings, True
            self._pace.want(settings.steps or self._default_steps)
            if self._making and self._made - self._playhead > self._pace.chunk_seconds(0.95):
                self._making.cancel()  # there is time to make this chunk anew
            self._lock.notify()

    @property
    def reserve(self) -> float:
        """Seconds of sound ahead of the playhead."""
        return max(self._made - self._playhead, 0.0)

    def _job_changed(self, job: Job) -> None:
        if job.state is JobState.FAILED:
            self._tell(LiveState.FAILED, job.error)
        elif job.state in (JobState.DONE, JobState.CANCELLED):
            self._tell(LiveState.ENDED)

    def _tell(self, state: LiveState, error: str = "") -> None:
        pace = self._pace
        self._report(
            LiveReport(
                state,
                pace.speed,
                self.reserve,
                self._made,
                pace.steps,
                pace.wanted,
                pace.chunk_seconds(0.5),
                pace.chunk_seconds(0.95),
                error,
                self._notices,
            )
        )

    def _run(self, context: Context) -> None:
        self._tell(LiveState.STARTING)
        session = self._generator.open(self._request, context)
        told_ahead = False
        while True:
            context.check()
            self._take_change(session)
            self._hand_out()
            over = self._until is not None and self._made >= self._until
            if over and not self._held:
                return
            with self._lock:
                if not self._changed and (over or self._made - self._playhead >= self._reserve):
                    if not told_ahead:
                        told_ahead = True
                        self._tell(LiveState.AHEAD)
                    self._lock.wait(_POLL_SECONDS)
                    continue
            told_ahead = False
            self._make(session, context)

    def _take_change(self, session: Session) -> None:
        """Drops what was made with the old settings, is not handed out, and not due before it can be made anew."""
        with self._lock:
            if not self._changed:
                return
            self._changed = False
            soon = self._playhead + self._pace.chunk_seconds(0.95)
            still_due = [pair for pair in self._held if pair[1].start / pair[1].rate < soon]
            if len(still_due) < len(self._held):
                mark, chunk = self._held[len(still_due)]
                self._made = chunk.start / chunk.rate
                self._held = deque(still_due)
                session.rewind(mark)

    def _hand_out(self) -> None:
        while self._held:
            chunk = self._held[0][1]
            with self._lock:
                if self._changed or chunk.start / chunk.rate > self._playhead + self._horizon:
                    return
                self._held.popleft()
            self._deliver(chunk)

    def _make(self, session: Session, context: Context) -> None:
        with self._lock:
            settings = replace(self._settings, steps=self._pace.steps)
            self._making = Context()
            if context.cancelled:
                raise Cancelled
        mark = session.mark()
        last = self._until is not None and self._made + self._generator.capabilities.chunk_seconds >= self._until
        try:
            chunk = session.advance(settings, self._making, last=last)
        except Cancelled:
            context.check()
            return  # made anew with the new settings
        except EngineError:
            self._hand_out()
            raise
        finally:
            with self._lock:
                self._making = None
        if self._until is not None:
            left = round(self._until * chunk.rate) - chunk.start
            chunk = replace(chunk, samples=chunk.samples[:left])
        self._notices = session.notices
        self._held.append((mark, chunk))
        behind = self._made < self._playhead
        with self._lock:
            self._made = (chunk.start + len(chunk.samples)) / chunk.rate
            self._pace.note(chunk.seconds_spent, chunk.seconds, self.reserve, self._reserve)
        self._tell(LiveState.BEHIND if behind else LiveState.MAKING)
