"""A stream of a model that continues sound natively: each chunk continues the end of what there is.

What is heard of it is brought to the level that models know before every chunk, so that none drifts away.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from engine.audio import Audio
from engine.generate import crossfade, levels
from engine.generate.interface import Chunk, Request, Settings, Task
from engine.jobs import Context

_HEARD_SECONDS = 30.0
_NEXT_SEED = 7919

Piece = Callable[[Request, Context], tuple[Audio, dict[str, float]]]


@dataclass(frozen=True)
class _State:
    """What the next chunk continues, and how many chunks and frames there are already."""

    heard: np.ndarray
    index: int = 0
    start: int = 0


class ContinuationStream:
    """A stream in progress; see `interface.Session`."""

    def __init__(
        self,
        piece: Piece,
        steps: Callable[[Settings], int],
        text_notices: Callable[[Settings], list[str]],
        request: Request,
        rate: int,
        chunk_seconds: float,
    ) -> None:
        """`piece` makes one take of a request, in so many `steps`; `said` is what to tell about its texts."""
        self._piece, self._steps, self._said = piece, steps, text_notices
        self._request, self._chunk = request, chunk_seconds
        source = request.source
        self.rate = rate if source is None else source.rate
        self.notices: tuple[str, ...] = ()
        self._state = _State(np.zeros((0, 1), np.float32) if source is None else self._end(source.samples))

    def _end(self, samples: np.ndarray) -> np.ndarray:
        return samples[-round(_HEARD_SECONDS * self.rate) :]

    def _gain(self, context_audio: np.ndarray) -> np.float32:
        """What brings the end of `heard` to the level that models know."""
        end = context_audio[-levels.REACH * self.rate // levels.STEPS :]
        level = levels.gated(levels.powers_of(end, self.rate)) if len(end) else -np.inf
        return np.float32(10 ** ((levels.HEARD - level) / 20) if level > levels.SILENCE else 1.0)

    @property
    def next_seconds(self) -> float:
        """How long the next chunk lasts."""
        return self._chunk

    def mark(self) -> object:
        """A copy of the present state, for `rewind`."""
        return self._state

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned."""
        assert isinstance(mark, _State)
        self._state = mark

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        """The next chunk. After an error or a cancel the stream's state is unchanged."""
        started, state = perf_counter(), self._state
        self.notices += tuple(notice for notice in self._said(settings) if notice not in self.notices)
        gain = self._gain(state.heard)
        context_audio = Audio((state.heard * gain).astype(np.float32), self.rate) if len(state.heard) else None
        request = replace(
            self._request,
            task=Task.CONTINUE if context_audio else Task.GENERATE,
            settings=settings,
            source=context_audio,
            frames=round(self._chunk * self.rate),
            seed=self._request.seed + state.index * _NEXT_SEED,
        )
        piece, spent = self._piece(request, context)
        samples = (piece.samples / gain).astype(np.float32)
        if state.index:
            samples = crossfade.join_after(state.heard[-self.rate :], samples, self.rate)
        whole = np.concatenate((state.heard, samples)) if context_audio else samples
        self._state = _State(self._end(whole), state.index + 1, state.start + len(samples))
        seconds = perf_counter() - started
        steps = self._steps(settings)
        return Chunk(state.index, state.start, samples, self.rate, settings, steps, seconds, spent, last)
