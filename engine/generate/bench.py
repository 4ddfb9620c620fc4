"""How fast a model is on this machine, end to end, and how much of the machine it was given meanwhile.

Between chunks every core spins for a moment on small pieces of equal work. What one takes when nothing is in the way
is the pace of the fastest tenth; the pieces done, at that pace, over the time that they took, are the share of the
cores that was really there (`machine_share`). Gaps count however the system books them: a stall of a virtual machine
looks to its guest like processor time. On a quiet machine the share is near 1.
"""

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import torch

from engine.errors import ModelError
from engine.generate import roofline
from engine.generate.interface import Generator, Request, Settings
from engine.generate.melody import Melody
from engine.jobs import Context, Part
from engine.memory import peak_bytes

_PIECE = bytes(1 << 17)
_SPIN_SECONDS = 0.03
PROMPT = Settings(prompt="a warm lo-fi beat with piano and upright bass")
"""What is asked for while measuring."""


@dataclass(frozen=True)
class Row:
    """One measurement; times in seconds. `parts`: mean seconds a chunk of each part.

    network: how the diffusion network ran. floor_s: the least that each part can take on this machine; floor_share:
    that over what it took. work: the operations and bytes behind the floors, and the machine's best a second.
    """

    model: str
    preset: str
    device: str
    steps: int
    realtime: float
    machine_share: float
    realtime_corrected: float
    first_sound_s: float
    chunk_s: float
    chunk_p50_s: float
    chunk_p95_s: float
    peak_memory_mb: float
    parts: dict[str, float] = field(default_factory=dict)
    network: str = ""
    floor_s: dict[str, float] = field(default_factory=dict)
    floor_share: dict[str, float] = field(default_factory=dict)
    work: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """The row, ready for JSON."""
        return asdict(self)


class Share:
    """Measures the share of the machine that this process gets, from short spins."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._pieces: list[float] = []  # seconds each took
        self._took = 0.0
        self._lock = threading.Lock()

    def spin(self) -> None:
        """Keeps every core busy for a moment and notes what it got."""
        threads = [threading.Thread(target=self._spin_one, name="spin") for _ in range(self._cores)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _spin_one(self) -> None:
        pieces = []
        started = before = time.perf_counter()
        while before - started < _SPIN_SECONDS:
            hashlib.sha256(_PIECE)  # lets go of the interpreter
            after = time.perf_counter()
            pieces.append(after - before)
            before = after
        with self._lock:
            self._pieces += pieces
            self._took += before - started

    @property
    def value(self) -> float:
        """The share so far, at most 1."""
        if not self._took:
            return 1.0
        return min(len(self._pieces) * float(np.quantile(self._pieces, 0.1)) / self._took, 1.0)


def peak_memory_mb(device: torch.device) -> float:
    """The most memory that this process has had, or that it has had on the GPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved(device) / 2**20  # recordings hold what they do not use just now
    return peak_bytes() / 2**20


def measure(
    melody: Melody,
    steps: int | None = None,
    *,
    chunks: int = 12,
    seconds: float = 30.0,
    context: Context | None = None,
) -> Row:
    """Streams from nothing until the window is full, then measures `chunks` chunks, or as many as `seconds` allow."""
    context = context or Context()
    settings = replace(PROMPT, steps=steps)
    share = Share(torch.get_num_threads() if melody.sampler.place.device.type == "cpu" else 1)
    filling = melody.config.streaming.chunks
    pieces = turns(context, 1 + filling + chunks)
    melody.open(Request(settings=settings), context).advance(settings, next(pieces))  # warm
    _settle(melody, settings, 1, context)
    begun = started = time.perf_counter()
    session = melody.open(Request(settings=settings), context)
    session.advance(settings, next(pieces))
    first_sound = time.perf_counter() - started
    for _ in range(filling - 1):
        session.advance(settings, next(pieces))
    times: list[float] = []
    parts: dict[str, float] = {}
    sound = 0.0
    while len(times) < chunks and (len(times) < 3 or time.perf_counter() - begun < seconds):
        share.spin()
        chunk = session.advance(settings, next(pieces))
        times.append(chunk.seconds_spent)
        sound += chunk.seconds
        for name, timings in chunk.parts.items():
            parts[name] = parts.get(name, 0.0) + timings
    share.spin()
    realtime = sound / sum(times)
    parts = {name: timings / len(times) for name, timings in parts.items()}
    return _with_floors(
        melody,
        settings,
        True,
        1,
        Row(
            melody.capabilities.id,
            melody.preset,
            melody.capabilities.device,
            chunk.steps,
            realtime,
            share.value,
            realtime / share.value,
            first_sound,
            melody.capabilities.chunk_seconds,
            float(np.quantile(times, 0.5)),
            float(np.quantile(times, 0.95)),
            peak_memory_mb(melody.sampler.place.device),
            parts,
            chunk.settings.network or "",
        ),
    )


def one_shot(melody: Melody, steps: int | None = None, *, takes: int = 1) -> Row:
    """A window of sound for each of `takes` takes at once; a “chunk” is then that window."""
    settings = replace(PROMPT, steps=steps)
    window = melody.capabilities.window_seconds
    share = Share(torch.get_num_threads() if melody.sampler.place.device.type == "cpu" else 1)
    request = Request(settings=settings, seconds=window, takes=takes)
    _settle(melody, settings, takes, Context())
    melody.generate(request, Context())  # warm
    times, parts = [], {}
    for _ in range(3):
        share.spin()
        result = melody.generate(request, Context())
        times.append(result.seconds_spent)
        parts = dict(result.parts)
    share.spin()
    realtime = takes * window / float(np.median(times))
    return _with_floors(
        melody,
        settings,
        False,
        takes,
        Row(
            melody.capabilities.id,
            melody.preset,
            melody.capabilities.device,
            steps if steps is not None else melody.config.streaming.steps,
            realtime,
            share.value,
            realtime / share.value,
            times[0],
            window,
            float(np.quantile(times, 0.5)),
            float(np.quantile(times, 0.95)),
            peak_memory_mb(melody.sampler.place.device),
            parts,
            result.provenance["batches"][0]["network"],
        ),
    )


def turns(context: Context, count: int) -> Iterator[Context]:
    """What `count` pieces of the work report to, one after another."""
    return (Part(context, turn / count, (turn + 1) / count, "Measuring") for turn in range(count))


def _settle(melody: Melody, settings: Settings, takes: int, context: Context) -> None:
    """Compiles what may pay, which takes a minute or so on a GPU, so that the fastest way is measured."""
    if melody.sampler.runtime.recorder:
        context.progress(0.0, "Compiling")
    melody.sampler.runtime.settle(takes, melody.params(settings).guidance)


def _with_floors(melody: Melody, settings: Settings, chunk: bool, takes: int, row: Row) -> Row:
    """The row with the floor of each part of a chunk in a stream, or of a window."""
    place, guided = melody.sampler.place, melody.params(settings).guidance != 1.0
    vae = melody.sampler.vae
    work = roofline.count(melody.config, vae, place, steps=row.steps, guided=guided, takes=takes, chunk=chunk)
    machine = roofline.best(place)
    least = roofline.seconds(work, machine)
    figures = {
        "dpd_operations": work.dpd,
        "vae_operations": work.vae,
        "lm_prefill_operations": work.prefill,
        "lm_bytes_a_token": work.token_bytes,
        "operations_a_second": machine.operations,
        "bytes_a_second": machine.bytes,
    }
    share = {name: least[name] / row.parts[name] for name in least if row.parts.get(name)}
    return replace(row, floor_s=least, floor_share=share, work=figures)


def of_melody(generator: Generator) -> Melody:
    """The generator as a MeLoDy model, which streams; raises `ModelError` where it is of another system."""
    if not isinstance(generator, Melody):
        raise ModelError(f"{generator.capabilities.name} is not measured by this command: choose a MeLoDy model.")
    return generator
