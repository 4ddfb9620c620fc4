"""One coarse level of all sources' peaks side by side, so that a row of many clips is looked up at once."""

from collections.abc import Mapping, Sequence

import numpy as np

from desktop.timeline.waveform import Sound, bin_picks, pooled
from engine.project.peaks import FIRST_BIN


class PeakAtlas:
    """A copy of level `level` of `sounds`; a source with fewer levels gives its last one, stretched."""

    def __init__(self, sounds: Mapping[str, Sound], level: int) -> None:
        self._bin = FIRST_BIN << level
        self._places: dict[str, int] = {}
        parts, first, sizes, stereo = [np.zeros((2, 3, 1), np.float32)], [0], [1], [False]
        at = 1
        for source_id, sound in sounds.items():
            levels = sound.peaks.levels
            if not levels:
                continue
            # the coarsest level has one bin that holds all of the sound
            part = levels[min(level, len(levels) - 1)]
            self._places[source_id] = len(first)
            parts.append(np.broadcast_to(part, (2, *part.shape[1:])))
            first.append(at)
            sizes.append(part.shape[2])
            stereo.append(part.shape[0] > 1)
            at += part.shape[2]
        self._peaks = np.concatenate(parts, axis=2)
        self._first = np.array(first)
        self._sizes = np.array(sizes)
        self._stereo = np.array(stereo)

    def columns(
        self, sources: Sequence[str], which: np.ndarray, first: np.ndarray, last: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `strips.PeakSource.columns`."""
        place = np.array([self._places.get(source_id, 0) for source_id in sources])[which]
        picks, outside = bin_picks(first / self._bin, last / self._bin, self._sizes[place])
        origin = self._first[place]
        return pooled(self._peaks, [pick + origin for pick in picks], outside), self._stereo[place]
