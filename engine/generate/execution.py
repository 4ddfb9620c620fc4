"""Execution modes of the diffusion network, and the choice of the fastest.

On a CPU there is one, kernel by kernel. On a GPU a window of full length is recorded as a CUDA graph, which takes the
host out of the loop (a step of the paper's preset is some 2000 launches). Where a compiler is at hand, the blocks are
compiled too: norms, gates, rotations and the recurrence then run as a few fused kernels. Compiling takes a minute or
so: a stream starts without and compiles in the background once it has run for a while, a measurement waits for it. Both
are then timed on this machine, and the faster one is used. Windows of other lengths, as a stream starts with, always
run kernel by kernel.

The last bits of a sound depend on the way, so every record names it and `bound` takes it. What cannot be recorded or
compiled runs without, and the log says so once.
"""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import StrEnum
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from engine.models import diffusion, graphs
from engine.models.diffusion import FrameAngles
from engine.models.dualpath import Condition, DualPath, DualPathBlock

log = logging.getLogger(__name__)

_WINDOWS_FIRST = 8
"""Windows of a stream before anything is compiled for it."""
_RECORDINGS = 6
"""Recorded graphs kept at most; each holds the memory of one step."""
_STEPS_AHEAD = 2
_ROUNDS = 5

Key = tuple[int, bool]
"""What blocks are compiled for: batch size, and whether guidance is on."""
Compiler = Callable[..., Any]
_COMPILING_FAILS = (RuntimeError, ImportError, OSError, AssertionError)  # dynamo's own errors are RuntimeErrors


class ExecutionMode(StrEnum):
    """How the network runs."""

    EAGER = "eager"
    RECORDED = "recorded"
    COMPILED = "compiled"


class DenoiserRuntime:
    """The network on a device. One thread at a time, apart from what this compiles in the background."""

    def __init__(
        self,
        dpd: DualPath,
        device: torch.device,
        frames: int,
        *,
        recorder: graphs.Recorder | None = None,
        compiler: Compiler | None = None,
    ) -> None:
        """`frames`: of a full window. Recorder and compiler are the device's own unless they are given."""
        self._dpd, self._device, self._frames = dpd, device, frames
        on_gpu = device.type == "cuda"
        self.recorder = recorder or (graphs.record if on_gpu else None)
        self._compiler = compiler or (torch.compile if on_gpu else None)
        self._recordings: OrderedDict[tuple[Any, ...], _Recording] = OrderedDict()
        self._windows: dict[Key, int] = {}
        self._fastest: dict[Key, ExecutionMode] = {}
        self._compiled: Compiler | None = None
        self._ready: set[Key] = set()
        self._thread: threading.Thread | None = None
        self.used = ExecutionMode.EAGER
        """Mode of the latest window: the requested one unless it failed."""

    def mode(self, takes: int, guidance: float, requested: str | None = None) -> ExecutionMode:
        """Mode for a batch of `takes`: the requested one where the device has it, else the fastest known.

        A way that was asked for is made ready here, which may mean compiling.
        """
        key = (takes, guidance != 1.0)
        if self.recorder is None:
            return ExecutionMode.EAGER
        if requested is None:
            return self._judged(key) if key in self._ready else ExecutionMode.RECORDED
        if requested == ExecutionMode.COMPILED and not self._prepared(key):
            return ExecutionMode.RECORDED
        return ExecutionMode(requested)

    def settle(self, takes: int, guidance: float) -> ExecutionMode:
        """Compiles and times the modes now; returns the fastest."""
        key = (takes, guidance != 1.0)
        if self.recorder is not None:
            self._prepared(key)
        return self.mode(takes, guidance)

    def streamed(self, takes: int, guidance: float) -> None:
        """Counts a window of a stream; after a few, compiling starts in the background."""
        key = (takes, guidance != 1.0)
        self._windows[key] = self._windows.get(key, 0) + 1
        idle = self._thread is None or not self._thread.is_alive()
        if self._windows[key] >= _WINDOWS_FIRST and idle and self._compiler and key not in self._ready:
            self._thread = threading.Thread(
                target=self._compile, args=(key, torch.get_num_threads()), name="compile", daemon=True
            )
            self._thread.start()

    def release(self) -> None:
        """Drops all recorded graphs and frees their memory."""
        self._recordings.clear()

    def bound(self, tokens: Tensor, length: int, guidance: float, mode: ExecutionMode) -> diffusion.Velocity:
        """The network with the tokens (B, T_ST) of a window of `length` frames as its condition.

        Whatever depends on the tokens alone is computed here, once. All calls must ask for the same frames.
        """
        condition = self._dpd.condition(tokens, length)
        guided = guidance != 1.0
        usable = mode is not ExecutionMode.EAGER and self.recorder is not None and length == self._frames
        self.used = mode if self.recorder is not None else ExecutionMode.EAGER
        ahead: deque[torch.cuda.Event] = deque()
        recording: _Recording | None = None

        def network(z: Tensor, delta: FrameAngles, out_frames: slice) -> Tensor:
            nonlocal recording, usable
            if self._device.type == "cuda":
                _keep_up(ahead, torch.cuda.current_stream(self._device))
            if usable and recording is None:
                recording = self._recording(z, delta, condition, out_frames, guided, mode)
                if recording is None:
                    usable, self.used = False, ExecutionMode.EAGER
            v = recording(z, delta) if recording else _evaluated(self._dpd, z, delta, condition, out_frames, guided)
            if not guided:
                return v
            conditional, unconditional = v.chunk(2)
            return diffusion.classifier_free_guidance(conditional, unconditional, guidance)

        return network

    def _recording(
        self, z: Tensor, delta: FrameAngles, condition: Condition, out_frames: slice, guided: bool, mode: ExecutionMode
    ) -> "_Recording | None":
        """The recorded step for these shapes, with this window's condition; None if it cannot be recorded now."""
        assert self.recorder is not None
        key = (mode, guided, *z.shape, delta.values.shape, condition.keys[0].shape, out_frames.start, out_frames.stop)
        if key in self._recordings:
            self._recordings.move_to_end(key)
            self._recordings[key].window(delta, condition)
            return self._recordings[key]
        if not graphs.alone.acquire(blocking=False):
            return None
        block_fn = self._compiled if mode is ExecutionMode.COMPILED else None
        try:
            step = _Recording(self._dpd, self.recorder, self._device, z, delta, condition, out_frames, guided, block_fn)
        except torch.OutOfMemoryError:
            self.release()  # a step without it may still find room
            return None
        except RuntimeError as error:
            self.recorder = None
            log.warning("The diffusion network cannot be recorded and runs slower: %s", graphs.reason(error))
            return None
        finally:
            graphs.alone.release()
        self._recordings[key] = step
        if len(self._recordings) > _RECORDINGS:
            self._recordings.popitem(last=False)
        return step

    def _prepared(self, key: Key) -> bool:
        """Compiles for `key` if needed; returns whether that succeeded."""
        if self._thread is not None:
            self._thread.join()
        if self._compiler and key not in self._ready:
            self._compile(key, torch.get_num_threads())
        return key in self._ready

    def _compile(self, key: Key, threads: int) -> None:
        """Compiles the blocks with zeros of a full window's shape. Any thread may call it."""
        assert self._compiler is not None
        torch.set_num_threads(threads)  # what is compiled is valid for this number only
        try:
            if self._compiled is None:
                self._compiled = self._compiler(_call_block, dynamic=False, fullgraph=True)
            with graphs.alone, torch.inference_mode():
                self._example(key, self._compiled)()
            self._ready.add(key)
        except _COMPILING_FAILS as error:
            self._compiler = None
            log.warning("The diffusion network cannot be compiled and runs without: %s", graphs.reason(error))

    def _example(self, key: Key, block_fn: Compiler | None) -> Callable[[], Tensor]:
        """A step on zeros."""
        takes, guided = key
        dpd, device = self._dpd, self._device
        tokens = round(self._frames / dpd.config.frame_rate * dpd.config.token_rate)
        with torch.inference_mode():
            condition = dpd.condition(torch.zeros(takes, tokens, dtype=torch.int64, device=device), self._frames)
            z = torch.zeros(takes, self._frames, dpd.config.input_width, device=device)
            which = torch.zeros(self._frames, dtype=torch.int64, device=device)
            delta = FrameAngles(torch.zeros(1, 2, device=device), which)
        return lambda: _evaluated(dpd, z, delta, condition, slice(0, self._frames), guided, block_fn)

    def _judged(self, key: Key) -> ExecutionMode:
        """The faster of the recorded and the compiled mode, timed on the first call."""
        if key in self._fastest:
            return self._fastest[key]
        assert self.recorder is not None
        if not graphs.alone.acquire(blocking=False):
            return ExecutionMode.RECORDED
        try:
            with torch.inference_mode():
                plain = self.recorder(self._example(key, None), self._device)
                compiled = self.recorder(self._example(key, self._compiled), self._device)
                self._fastest[key] = ExecutionMode.COMPILED if self._faster(compiled, plain) else ExecutionMode.RECORDED
        except RuntimeError as error:
            self._fastest[key] = ExecutionMode.RECORDED
            log.warning("The compiled diffusion network cannot be recorded: %s", graphs.reason(error))
        finally:
            graphs.alone.release()
        return self._fastest[key]

    def _faster(self, one: graphs.Replay, other: graphs.Replay) -> bool:
        """Whether `one` takes less time than `other`, in turns."""
        best = [float("inf")] * 2
        for _ in range(_ROUNDS):
            for i, replay in enumerate((one, other)):
                started = perf_counter()
                replay()
                if self._device.type == "cuda":
                    torch.cuda.current_stream(self._device).synchronize()
                best[i] = min(best[i], perf_counter() - started)
        return best[0] < best[1]


class _Recording:
    """A recorded step with the tensors that it reads."""

    def __init__(
        self,
        dpd: DualPath,
        recorder: graphs.Recorder,
        device: torch.device,
        z: Tensor,
        delta: FrameAngles,
        condition: Condition,
        out_frames: slice,
        guided: bool,
        block_fn: Compiler | None,
    ) -> None:
        self._z, self._delta = z.clone(), FrameAngles(delta.values.clone(), delta.which.clone())
        self._condition = Condition(
            condition.pooled.clone(),
            (condition.rope[0].clone(), condition.rope[1].clone()),
            tuple(k.clone() for k in condition.keys),
            tuple(v.clone() for v in condition.values),
        )
        self._replay = recorder(
            lambda: _evaluated(dpd, self._z, self._delta, self._condition, out_frames, guided, block_fn), device
        )

    def window(self, delta: FrameAngles, condition: Condition) -> None:
        """Copies in what is constant within a window of the same shape."""
        self._delta.which.copy_(delta.which)
        ours, theirs = ([c.pooled, *c.rope, *c.keys, *c.values] for c in (self._condition, condition))
        torch._foreach_copy_(ours, theirs)

    def __call__(self, z: Tensor, delta: FrameAngles) -> Tensor:
        self._z.copy_(z)
        self._delta.values.copy_(delta.values)
        return self._replay()


def _call_block(block: DualPathBlock, *arguments: Any) -> Tensor:
    """The compiled function. One function for all blocks lets them share its compiled code."""
    output: Tensor = block(*arguments)
    return output


def _evaluated(
    dpd: DualPath,
    z: Tensor,
    delta: FrameAngles,
    condition: Condition,
    out_frames: slice,
    guided: bool,
    block_fn: Compiler | None = None,
) -> Tensor:
    """Conditional and unconditional velocities stacked in the batch; without guidance the conditional ones alone."""
    call = block_fn or DualPathBlock.__call__
    if guided:
        return dpd.forward_cfg(z, delta, condition, out_frames, call)
    velocity: Tensor = dpd(z, delta, condition, out_frames=out_frames, block_fn=call)
    return velocity


def _keep_up(ahead: "deque[torch.cuda.Event]", stream: torch.cuda.Stream) -> None:
    """Keeps the host two steps ahead of the GPU: that is never idle, yet a cancel is heard within these steps."""
    if len(ahead) >= _STEPS_AHEAD:
        ahead.popleft().synchronize()
    event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
    event.record(stream)
    ahead.append(event)
