"""Warp markers: which frame of a sound lies at which beat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Final

from engine.project.model.ranges import NOTE_START, Frames
from engine.ranges import Range

TRANSPOSE: Final = Range(-24, 24, "semitones")
FINE_TUNE: Final = Range(-100.0, 100.0, "cents")
MAX_MARKERS: Final = 4096
"""The most markers of one sound."""


@dataclass(frozen=True, slots=True)
class WarpMarker:
    """Frame `frame` of a sound, at the song's rate, lies `beat` quarter notes after the sound's first frame."""

    frame: Frames
    beat: Annotated[Fraction, NOTE_START]


def marker_fault(markers: Sequence[WarpMarker]) -> str:
    """What is wrong with the markers of one sound, as the rest of a sentence; empty where nothing is."""
    if not markers:
        return ""
    if len(markers) < 2 or markers[0].frame or markers[0].beat:
        return "has warp markers that do not begin at its first frame"
    if len(markers) > MAX_MARKERS:
        return f"has more than {MAX_MARKERS:,} warp markers"
    if any(after.frame <= before.frame or after.beat <= before.beat for before, after in pairwise(markers)):
        return "has warp markers that are not one after another"
    return ""


def frame_of_beat(markers: Sequence[WarpMarker], beat: Fraction) -> Fraction:
    """The frame of the sound at `beat`, in straight lines through the markers and beyond them."""
    before, after = _around(markers, lambda marker: marker.beat <= beat)
    return before.frame + (beat - before.beat) * (after.frame - before.frame) / (after.beat - before.beat)


def beat_of_frame(markers: Sequence[WarpMarker], frame: Fraction | int) -> Fraction:
    """The beat of frame `frame` of the sound, in straight lines through the markers and beyond them."""
    before, after = _around(markers, lambda marker: marker.frame <= frame)
    return before.beat + (frame - before.frame) * (after.beat - before.beat) / (after.frame - before.frame)


def _around(markers: Sequence[WarpMarker], passed: Callable[[WarpMarker], bool]) -> tuple[WarpMarker, WarpMarker]:
    """The two markers between which a place lies; the first two before them all, the last two after."""
    count = sum(1 for marker in markers if passed(marker))
    index = min(max(count - 1, 0), len(markers) - 2)
    return markers[index], markers[index + 1]
