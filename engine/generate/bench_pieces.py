"""How fast any model is on this machine: whole pieces of its window's length, ten seconds at most."""

import time
from dataclasses import replace

import numpy as np
import torch

from engine.generate.bench import PROMPT, Row, Share, peak_memory_mb, turns
from engine.generate.interface import Generator, Request
from engine.jobs import Context

_LONGEST = 10.0


def one_shot(
    model: Generator,
    family: str,
    steps: int | None = None,
    *,
    takes: int = 1,
    rounds: int = 3,
    context: Context | None = None,
) -> Row:
    """A row as MeLoDy's: a “chunk” is a piece of ten seconds, or of the model's window where that is shorter.

    The first piece is not counted. family: the id of the model's `ModelSpec`.
    """
    context, can = context or Context(), model.capabilities
    defaults = {parameter.name: parameter.default for parameter in can.parameters}
    place = torch.device("cuda" if torch.cuda.is_available() and torch.cuda.max_memory_allocated() else "cpu")
    length = min(_LONGEST, can.window_seconds, can.max_seconds)
    settings = replace(PROMPT, steps=steps, words=PROMPT.prompt if "words" in defaults else "")
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
        family,
        can.device,
        steps if steps is not None else int(defaults.get("steps") or 1),
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
