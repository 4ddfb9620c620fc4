"""Downmix: the channels of a file (`engine.speakers`) as stereo, as one, or as another count."""

import math
from collections.abc import Sequence

import numpy as np

from engine.speakers import flac_speakers

_H = math.sqrt(0.5)
_WEIGHTS = {  # of each speaker in the left and in the right channel
    "L": (1.0, 0.0),
    "R": (0.0, 1.0),
    "C": (_H, _H),
    "LFE": (0.0, 0.0),
    "Ls": (_H, 0.0),
    "Rs": (0.0, _H),
    "Lb": (_H, 0.0),
    "Rb": (0.0, _H),
    "Cs": (0.5, 0.5),
    "Lc": (1.0, 0.0),
    "Rc": (0.0, 1.0),
    "T": (0.5, 0.5),
    "Tl": (_H, 0.0),
    "Tc": (0.5, 0.5),
    "Tr": (0.0, _H),
    "Tbl": (_H, 0.0),
    "Tbc": (0.5, 0.5),
    "Tbr": (0.0, _H),
    "": (0.5, 0.5),
}


def stereo_matrix(channels: int, speakers: Sequence[str] = ()) -> np.ndarray:
    """The weights (channels, 2) that mix `channels` down to stereo.

    `speakers` names each channel; without them 3 to 8 channels are taken in the order of WAVE files (L R C, L R Ls Rs,
    … 5.1, 6.1, 7.1). They are mixed as ITU-R BS.775 says: centre and surrounds at −3 dB, a rear centre at −6 dB on both
    sides, without the LFE. Of any other count the odd channels are averaged to the left and the even ones to the right.
    """
    names = speakers if len(speakers) == channels else flac_speakers(channels)
    if names:
        return np.array([_WEIGHTS[name] for name in names], dtype=np.float32)
    matrix = np.zeros((channels, 2), np.float32)
    matrix[0::2, 0] = 1 / max(len(matrix[0::2]), 1)
    matrix[1::2, 1] = 1 / max(len(matrix[1::2]), 1)
    return matrix


def mix_to_stereo(block: np.ndarray, speakers: Sequence[str] = ()) -> np.ndarray:
    """`block` (frames, channels) with at most two channels; one or two stay as they are."""
    channels = block.shape[1]
    return block if channels <= 2 else block @ stereo_matrix(channels, speakers)


def with_channels(block: np.ndarray, channels: int, speakers: Sequence[str] = ()) -> np.ndarray:
    """`block` (frames, its own channels) with another count: mixed to stereo, to one, or followed by silent ones."""
    if block.shape[1] == channels:
        return block
    stereo = mix_to_stereo(block, speakers)
    if channels == 1:
        return stereo.mean(axis=1, keepdims=True)
    if stereo.shape[1] == 1:
        stereo = np.repeat(stereo, 2, axis=1)
    return np.pad(stereo, ((0, 0), (0, channels - 2)))
