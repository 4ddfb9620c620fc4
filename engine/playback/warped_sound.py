"""The sound of audio that follows the tempo or is transposed: its recipe, and the file that is rendered from it."""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np

from engine.mono import fit_channels
from engine.peak_limiter import limited
from engine.project.derived import CHANNELS
from engine.project.model import AudioContent
from engine.project.warping import Places, places_of, turn_places, turns_differ
from engine.timing.clock import Clock

_VERSION, _PITCH_VERSION = 1, 2
"""Of how sound is warped, and of how it is transposed: a higher one makes all of it again."""
_DIGITS = 32


def _pieces(content: AudioContent, start: int, length: int, clock: Clock) -> list[tuple[Places, int, int]]:
    """What is rendered one after another: (places, first frame, frame after the last) of each stretched sound."""
    if not content.warp:
        return []
    if turns_differ(content, start, length, clock):
        pieces, left, skipped = [], length, content.loop_phase
        for places, count in turn_places(content, start, length, clock):
            frames = min(count - skipped, left)
            if frames > 0:
                pieces.append((places, skipped, skipped + frames))
                left -= frames
            skipped = 0
        return pieces
    places = places_of(content, start, length, clock)
    return [(places, 0, places[-1][1])]


def recipe_of(content: AudioContent, start: int, length: int, clock: Clock) -> str:
    """The hash of all that decides how a clip sounds that starts at frame `start` and has `length` frames."""
    version = _PITCH_VERSION if content.semitones else _VERSION
    pieces = _pieces(content, start, length, clock)
    parts: tuple[object, ...] = ("warp", version, content.source, clock.rate, content.semitones, pieces)
    if content.limited:
        parts = (*parts, "limited")
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def render(
    content: AudioContent, start: int, length: int, clock: Clock, samples: np.ndarray, check: Callable[[], None]
) -> Iterator[np.ndarray]:
    """The sound of a clip, block by block, float32 (frames, 2).

    Args:
        content: what is played.
        start: the frame of the song at which the clip starts.
        length: the frames of the clip.
        clock: the song's.
        samples: all of the source at the song's rate, (frames, channels).
        check: called between the blocks; raises where the user cancelled.
    """
    from engine.analysis.stretch import warped

    sound = fit_channels(np.asarray(samples, np.float32), CHANNELS)
    done: dict[Places, np.ndarray] = {}
    whole = ((0, 0), (len(sound), len(sound)))
    for places, first, last in _pieces(content, start, length, clock) or [(whole, 0, len(sound))]:
        check()
        if places not in done:
            stretched = warped(sound, clock.rate, places, content.semitones)
            done = {places: limited(stretched, clock.rate) if content.limited else stretched}
        offset = places[0][1]
        low, high = first - offset, last - offset
        part = done[places][max(low, 0) : max(high, 0)]
        before = max(min(-low, last - first), 0)
        yield np.pad(part, ((before, last - first - before - len(part)), (0, 0)))
