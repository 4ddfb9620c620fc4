"""How fast a published model is on this machine: whole pieces of its window's length, ten seconds at most."""

import time
from dataclasses import replace

import numpy as np
import torch

from engine.generate.api import Request
from engine.generate.bench import PROMPT, Row, Share, peak_memory_mb, turns
from engine.generate.diffusion.adapter import Adapter
from engine.jobs import Context

_LONGEST = 10.0


def one_shot(
    model: Adapter, steps: int | None = None, *, takes: int = 1, rounds: int = 3, context: Context | None = None
) -> Row:
    """A row as MeLoDy's: a “chunk” is a piece of ten seconds, or of the model's window where that is shorter.

    The first piece is not counted.
    """
    context, can = context or Context(), model.capabilities
    place = model.placement.device
    length = min(_LONGEST, can.window_seconds, can.max_seconds)
    settings = replace(PROMPT, steps=steps, words=PROMPT.prompt if model.takes("words") else "")
    request = Request(settings=settings, seconds=length, takes=takes)
    share = Share(torch.get_num_threads() if place.type == "cpu" else 1)
    begun = time.perf_counter()
    pieces = turns(context, 1 + rounds)
    model.generate(request, next(pieces))
    first = time.perf_counter() - begun
    times, parts = [], {}
    for _ in range(rounds):
        share.spin()
        result = model.generate(request, next(pieces))
        times.append(result.seconds_spent)
        parts = dict(result.parts)
    share.spin()
    realtime = takes * length / float(np.median(times))
    return Row(
        can.id,
        model.layout.system.id,
        can.device,
        model.steps(settings),
        realtime,
        share.value,
        realtime / share.value,
        first,
        length,
        float(np.quantile(times, 0.5)),
        float(np.quantile(times, 0.95)),
        peak_memory_mb(place),
        parts,
    )
