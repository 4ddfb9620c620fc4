"""One process or several, on a CPU or on GPUs, behind one door.

A single process needs nothing but torch. Several, started by `accelerate launch` or `torchrun`, work through Hugging
Face Accelerate, which is imported only then; both have the same methods, and give the same numbers for one process.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, nn

from engine.errors import ModelError

T = TypeVar("T")

_MMAP_MAX, _TRIM_THRESHOLD, _TOP_PAD = -4, -1, -2  # glibc's malloc.h


def keep_freed_memory() -> None:
    """Tells glibc's allocator to keep what is freed for what comes next.

    A training step frees and asks for the same large tensors over and over; by default each goes back to the kernel,
    which zeroes it again: a quarter of a step on two CPU cores. Other systems' allocators are left alone.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            for key, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, 64 * 2**20)):
                mallopt(key, value)


def computes_in_bfloat16(device: torch.device) -> bool:
    """Whether the hardware multiplies in bfloat16. A CPU that emulates it takes 20 times as long as in float32."""
    if device.type != "cpu":
        return True
    return torch.backends.cpu.get_cpu_capability().startswith(("AVX512", "SVE"))


class Processes(Protocol):
    """What the loop asks of the processes: the names are Accelerate's."""

    num_processes: int
    process_index: int
    is_main_process: bool
    device: torch.device

    def prepare(self, thing: Any) -> Any:
        """A network on this process's device, averaging its gradients with the others'; or an optimiser."""

    def autocast(self) -> AbstractContextManager[None]:
        """The precision that losses are computed in."""

    def backward(self, loss: Tensor) -> None:
        """Gradients of a loss."""

    def clip_grad_norm_(self, parameters: Iterable[nn.Parameter], max_norm: float) -> Tensor:
        """Scales gradients down to a norm of at most `max_norm`; returns the norm before."""

    def reduce(self, tensor: Tensor, reduction: str = "sum") -> Tensor:
        """The sum over all processes."""

    def wait_for_everyone(self) -> None:
        """Returns when all processes are here."""

    def end_training(self) -> None:
        """Takes leave of the other processes; the last call."""


class Alone:
    """The only process."""

    num_processes, process_index, is_main_process = 1, 0, True

    def __init__(self, precision: str, device: torch.device) -> None:
        self.device, self._precision = device, precision

    def prepare(self, thing: Any) -> Any:
        """Moves a network to the device; an optimiser stays as it is."""
        return thing.to(self.device) if isinstance(thing, nn.Module) else thing

    def autocast(self) -> AbstractContextManager[None]:
        """bfloat16 where it was asked for."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self._precision == "bf16")

    def backward(self, loss: Tensor) -> None:
        """Gradients of a loss."""
        torch.autograd.backward(loss)

    def clip_grad_norm_(self, parameters: Iterable[nn.Parameter], max_norm: float) -> Tensor:
        """Scales gradients down to a norm of at most `max_norm`; returns the norm before."""
        return nn.utils.clip_grad_norm_(parameters, max_norm)

    def reduce(self, tensor: Tensor, reduction: str = "sum") -> Tensor:
        """The tensor itself."""
        return tensor

    def wait_for_everyone(self) -> None:
        """Returns at once."""

    def end_training(self) -> None:
        """Nothing to end."""


def start(precision: str = "no", device: str | None = None) -> Processes:
    """The processes that this one belongs to.

    Args:
        precision: "no" (float32) or "bf16".
        device: "cpu", "cuda", or None for a GPU where there is one.

    Raises:
        ModelError: an unknown precision, a device that is not there, or several processes without Accelerate.
    """
    if precision not in ("no", "bf16"):
        raise ModelError(f"There is no training precision “{precision}”, only “no” (float32) and “bf16”.")
    if device is not None and device.partition(":")[0] == "cuda" and not torch.cuda.is_available():
        raise ModelError("There is no CUDA device on this machine: train with --device cpu.")
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return _several(precision, device)
    try:
        place = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.zeros(1, device=place)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(f"There is no device “{device}” on this machine: train with --device cpu.") from error
    return Alone(precision, place)


def _several(precision: str, device: str | None) -> Processes:
    try:
        from accelerate import Accelerator, DistributedDataParallelKwargs
    except ImportError as error:
        raise ModelError(
            "Training in several processes needs Accelerate: install it with `pip install accelerate`."
        ) from error
    # a phase may leave parameters out (the tokens' in a batch without condition)
    lenient = DistributedDataParallelKwargs(find_unused_parameters=True)
    processes: Processes = Accelerator(mixed_precision=precision, cpu=device == "cpu", kwargs_handlers=[lenient])
    return processes
