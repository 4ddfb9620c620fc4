"""Where and in which precision the networks run, decided when a model is loaded, by what the machine gains from it."""

import ctypes
import gc
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from statistics import median
from time import perf_counter

import torch

from engine import paths
from engine.atomic_file import replacing
from engine.errors import ModelError

_ANSWERS_FILE = "precision.json"  # in the program's data: whether bfloat16 pays, by processor


@dataclass(frozen=True)
class Place:
    """A device and the precision that is fastest on it."""

    device: torch.device
    dtype: torch.dtype

    def __str__(self) -> str:
        precision = str(self.dtype).removeprefix("torch.")
        if self.device.type == "cuda":
            return f"{torch.cuda.get_device_name(self.device)} ({precision})"
        return f"{self.device.type.upper()}, {torch.get_num_threads()} threads ({precision})"


def threads() -> int:
    """How many threads the networks may use: a core is left to the player, where there are more than two."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows have no affinity to ask for
        cores = os.cpu_count() or 1
    return cores if cores <= 2 else cores - 1


def keep_freed_memory() -> None:
    """Lets the C library keep what is freed, up to 1 GB, for the next allocation of this process.

    GNU's returns each large tensor to the system and faults every page of the next one in again: 6000 faults a network
    evaluation, a sixth of a chunk's time. Where there is no such setting nothing happens.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        for parameter, value in ((-3, 32 << 20), (-1, 1 << 30), (-8, 1)):  # mmap and trim thresholds, arenas
            mallopt(parameter, value)


def free_memory() -> None:
    """Gives what nobody uses any more back to the system, on the GPU too."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def thread_count() -> int:
    """How many threads this thread's computations use."""
    return torch.get_num_threads()


@contextmanager
def using_threads(count: int) -> Iterator[None]:
    """Computes with `count` threads meanwhile: their number decides the last bits of a sum."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose(name: str | None = None) -> Place:
    """The place for the device `name` (“cpu”, “cuda”, “cuda:1”, “mps”), or for the best one there is.

    Raises:
        ModelError: there is no such device.
    """
    if name is None:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(f"There is no device “{name}” on this machine: choose “cpu” or leave it open.") from error
    if device.type == "cuda":
        with torch.cuda.device(device):
            pays = torch.cuda.is_bf16_supported(including_emulation=False)
        return Place(device, torch.bfloat16 if pays else torch.float32)
    if device.type == "cpu":
        return Place(device, torch.bfloat16 if bfloat16_pays() else torch.float32)
    return Place(device, torch.float32)


@cache
def bfloat16_pays() -> bool:
    """Whether matrix products in bfloat16 beat float32 by half on this CPU: true with AMX or AVX-512 BF16.

    An x86 processor without either is known to gain nothing. On others both are timed, once for a processor and a
    version of torch: the answer is kept between runs, since it decides the bits of all that is generated.
    """
    features = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if not features.get("amx_bf16", True) and not features.get("avx512_bf16", True):
        return False
    name = features.get("cpu_name", platform.processor())
    processor = f"{name}, {os.cpu_count()} cores, torch {torch.__version__}"
    answers = _kept_answers()
    if processor not in answers:
        answers[processor] = median_ratio(_product(torch.float32), _product(torch.bfloat16)) > 1.5
        with suppress(OSError), replacing(paths.data_dir() / _ANSWERS_FILE) as part:
            part.write_text(json.dumps(answers, indent=2), encoding="utf-8")
    return answers[processor]


def median_ratio(slow: Callable[[], object], fast: Callable[[], object], pairs: int = 15) -> float:
    """How many times longer `slow` takes than `fast`: the median over `pairs` of runs one after another.

    What else the machine does slows both of a pair alike, or falls on a few pairs, which the median leaves out.
    """
    ratios = []
    for _ in range(pairs):
        started = perf_counter()
        slow()
        between = perf_counter()
        fast()
        ratios.append((between - started) / max(perf_counter() - between, 1e-9))
    return median(ratios)


def _product(dtype: torch.dtype) -> Callable[[], object]:
    a, b = torch.ones(512, 256, dtype=dtype), torch.ones(256, 256, dtype=dtype)
    torch.mm(a, b)  # the first product chooses its kernel
    return lambda: torch.mm(a, b)


def _kept_answers() -> dict[str, bool]:
    """By processor, what was measured in earlier runs; empty where nothing is readable."""
    with suppress(OSError, ValueError):
        answers = json.loads((paths.data_dir() / _ANSWERS_FILE).read_text(encoding="utf-8"))
        if isinstance(answers, dict):
            return {name: answer for name, answer in answers.items() if isinstance(answer, bool)}
    return {}


def out_of_memory(error: RuntimeError) -> bool:
    """Whether this is a lack of memory, on whichever device."""
    return isinstance(error, torch.OutOfMemoryError) or "not enough memory" in str(error)
