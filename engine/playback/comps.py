"""Comps: which frames of which take of a clip are played, and how they cross over where they meet."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from engine.project.model import Clip, Fade
from engine.project.model.content import Stretch

JOIN_SECONDS = 0.01
"""How long two takes cross over where they meet; less where a part is shorter."""


class CompSpan(NamedTuple):
    """The frames `first` to `last` (exclusive) of a clip, in which take number `take` sounds.

    Over `join_in` frames from its first it rises, over `join_out` frames to its last it falls, in equal power: there it
    overlaps its neighbours.
    """

    first: int
    last: int
    join_in: int
    join_out: int
    take: int


def comp_spans(clip: Clip, rate: int) -> Iterator[CompSpan]:
    """What sounds of the takes of a clip with a comp in a song of `rate` Hz, in order."""
    parts = clip.take_parts
    most = round(JOIN_SECONDS * rate) // 2  # frames of a crossfade on either side of a join
    halves = [0]
    halves += [min(most, (a.last - a.first) // 2, (b.last - b.first) // 2) for a, b in pairwise(parts)]
    halves += [0]
    for part, before, after in zip(parts, halves, halves[1:], strict=False):
        yield CompSpan(part.first - before, part.last + after, 2 * before, 2 * after, part.take)


def cut_part(part: Stretch, length: int, first: int, last: int) -> Stretch:
    """What the frames `first` to `last` of a clip of `length` frames play of a file of which all of it plays `part`."""
    if part.loop_length:
        return replace(part, loop_phase=(part.loop_phase + first) % part.loop_length)
    return replace(part, offset=part.offset + (length - last if part.reverse else first))


def fades_between(clip: Clip, first: int, last: int) -> tuple[Fade, Fade]:
    """The parts of a clip's fades that lie in its frames `first` to `last`: at its start and at its end."""
    into, out = clip.fade_in, clip.fade_out
    begin = clip.length - out.length
    return (
        into.part(into.first + first, into.first + min(last, into.length)),
        out.part(out.first + max(first - begin, 0), out.first + last - begin),
    )
