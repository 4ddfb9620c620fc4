"""CUDA graphs: work of fixed shapes, recorded once and replayed with one call instead of one for each kernel.

What the work reads must stay where it is: copy new values into the tensors that it read while it was recorded. Its
result lies in one place too and is overwritten by the next replay. Recording runs the work once more than recorded.
"""

import threading
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

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


@cache
def _side_stream(device: torch.device) -> torch.cuda.Stream:
    """One for all recordings: cuBLAS keeps a workspace for each stream that it has seen."""
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
