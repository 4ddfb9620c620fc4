"""What faults a recording has, and the recording without those that are chosen."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from engine.analysis.repair.clicks import CLICKS
from engine.analysis.repair.clipping import CLIPPING
from engine.analysis.repair.dc import DC
from engine.analysis.repair.fault import FaultKind, Finding
from engine.analysis.repair.hiss import HISS
from engine.analysis.repair.hum import HUM
from engine.audio import Audio

KINDS: tuple[FaultKind, ...] = (CLIPPING, CLICKS, DC, HUM, HISS)
"""In the order in which they are mended: each hides what follows."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A sound without faults, and what was found of each, by the ids of `KINDS`."""

    audio: Audio
    findings: dict[str, Finding]


def examine(audio: Audio, check: Callable[[float], None] = lambda share: None) -> dict[str, Finding]:
    """What faults a sound has, by the ids of `KINDS`; what it does not have is left out."""
    return repair(audio, [kind.id for kind in KINDS], check, mending=False).findings


def repair(
    audio: Audio,
    kinds: Collection[str],
    check: Callable[[float], None] = lambda share: None,
    *,
    mending: bool = True,
) -> Repaired:
    """The sound without the faults of these kinds; where none is found it is the same, bit by bit.

    Args:
        audio: samples (frames, channels) float32.
        kinds: ids of `KINDS`.
        check: is called with the share done, and may raise to stop.
        mending: without it the faults are only looked for, each in the sound as it is.
    """
    samples = np.asarray(audio.samples, np.float32)
    findings: dict[str, Finding] = {}
    chosen = [kind for kind in KINDS if kind.id in kinds]
    for number, kind in enumerate(chosen):

        def share(part: float, number: int = number) -> None:
            check((number + part) / len(chosen))

        share(0.0)
        finding = kind.find(samples, audio.rate)
        if finding is None:
            continue
        findings[kind.id] = finding
        if mending:
            samples = kind.mend(samples, audio.rate, finding, share)
    check(1.0)
    return Repaired(Audio(samples, audio.rate), findings)
