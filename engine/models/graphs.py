"""CUDA graphs: work of fixed shapes, recorded once and replayed with one call instead of one for each kernel.

What the work reads must stay where it is: copy new values into the tensors that it read while it was recorded. Its
result lies in one place too and is overwritten by the next replay. Recording runs the work once more than recorded.
"""

import logging
import threading
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

log = logging.getLogger(__name__)

Replay = Callable[[], Tensor]
Recorder = Callable[[Callable[[], Tensor], torch.device], Replay]


alone = threading.Lock()
"""Held while something is recorded, and while another thread compiles, which synchronises the whole device."""


def record(work: Callable[[], Tensor], device: torch.device) -> Replay:
    """Records `work` on a CUDA device; the call that is returned replays it and gives the result's place.

    To be called holding `alone`, in the mode (inference or not) in which the work shall run. Other threads may use the
    device meanwhile, but must not synchronise all of it.

    Raises:
        RuntimeError: something in it cannot be recorded, or there is not enough memory.
    """
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.device(device):
        side, current = _side_stream(device), torch.cuda.current_stream()
        side.wait_stream(current)
        with torch.cuda.stream(side):
            work()  # libraries set themselves up in a first run, which cannot be recorded
        current.wait_stream(side)
        with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
            result = work()

    def replay() -> Tensor:
        graph.replay()
        return result

    return replay


class Recorded:
    """A function of one tensor, recorded for the latest shape that it met; it runs as it is while that fails."""

    def __init__(self, function: Callable[[Tensor], Tensor], recorder: Recorder | None, device: torch.device) -> None:
        """`recorder`: `record`, or None where there is nothing to record with."""
        self._function, self._recorder, self._device = function, recorder, device
        self._input: Tensor | None = None
        self._replay: Replay | None = None

    def __call__(self, x: Tensor) -> Tensor:
        """What the function makes of x; valid until the next call."""
        if self._input is None or self._input.shape != x.shape:
            self._record(x)
        if self._replay is None or self._input is None:
            return self._function(x)
        self._input.copy_(x)
        return self._replay()

    def release(self) -> None:
        """Forgets the recording."""
        self._input = self._replay = None

    def _record(self, x: Tensor) -> None:
        self.release()
        if self._recorder is None or not alone.acquire(blocking=False):
            return
        try:
            buffer = x.clone()
            self._replay, self._input = self._recorder(lambda: self._function(buffer), self._device), buffer
        except RuntimeError as error:
            self._recorder = None
            log.warning("A network cannot be recorded as a CUDA graph and runs slower: %s", reason(error))
        finally:
            alone.release()


def reason(error: Exception) -> str:
    """The first line of what an error says, which for a compiler's is the one to read."""
    return str(error).strip().partition("\n")[0]


@cache
def _side_stream(device: torch.device) -> torch.cuda.Stream:
    """One for all recordings: cuBLAS keeps a workspace for each stream that it has seen."""
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
