"""Speakers: the names of a file's channels in the order that its container states, and their mix to stereo.

L R C LFE: left, right, centre, low frequencies. Ls Rs: at the sides. Lb Rb: behind. Cs: behind in the middle. Lc Rc:
between centre and sides. T…: above. An empty name is a channel without a place.
"""

import math
import struct
from collections.abc import Sequence

import numpy as np

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
_BITS = "L R C LFE Lb Rb Lc Rc Cs Ls Rs T Tl Tc Tr Tbl Tbc Tbr"  # of a WAVE file's mask
_MASK = _BITS.split()
_WAVE = {
    3: "L R C",
    4: "L R Ls Rs",
    5: "L R C Ls Rs",
    6: "L R C LFE Ls Rs",
    7: "L R C LFE Cs Ls Rs",
    8: "L R C LFE Lb Rb Ls Rs",
}
_VORBIS = {
    3: "L C R",
    4: "L R Ls Rs",
    5: "L C R Ls Rs",
    6: "L C R Ls Rs LFE",
    7: "L C R Ls Rs Cs LFE",
    8: "L C R Ls Rs Lb Rb LFE",
}
_APPLE_TAGS = {  # layouts of Core Audio (CAF and AIFF), by the upper half of their tag
    108: "L R Ls Rs",
    109: "L R Ls Rs C",
    110: "L R Ls Rs C Cs",
    111: "L R Ls Rs C Lb Rb",
    113: "L R C",
    114: "C L R",
    115: "L R C Cs",
    116: "C L R Cs",
    117: "L R C Ls Rs",
    118: "L R Ls Rs C",
    119: "L C R Ls Rs",
    120: "C L R Ls Rs",
    121: "L R C LFE Ls Rs",
    122: "L R Ls Rs C LFE",
    123: "L C R Ls Rs LFE",
    124: "C L R Ls Rs LFE",
    125: "L R C LFE Ls Rs Cs",
    126: "L R C LFE Ls Rs Lc Rc",
    127: "C Lc Rc L R Ls Rs LFE",
    128: "L R C LFE Ls Rs Lb Rb",
    129: "L R Ls Rs C LFE Lc Rc",
    131: "L R Cs",
    132: "L R Ls Rs",
    133: "L R LFE",
    134: "L R LFE Cs",
    135: "L R LFE Ls Rs",
    136: "L R C LFE",
    137: "L R C LFE Cs",
    138: "L R Ls Rs LFE",
    139: "L R Ls Rs C Cs",
    140: "L R Ls Rs C Lb Rb",
    141: "C L R Ls Rs Cs",
    142: "C L R Ls Rs Cs LFE",
    143: "C L R Ls Rs Lb Rb",
    144: "C L R Ls Rs Lb Rb Cs",
}
_APPLE_LABELS = dict(enumerate(_MASK, 1)) | {33: "Lb", 34: "Rb", 37: "LFE"}
_USE_DESCRIPTIONS, _USE_BITMAP = 0, 1 << 16


def wave_speakers(mask: int, channels: int) -> tuple[str, ...]:
    """What the channel mask of a WAVE file states; empty if it states nothing. Channels beyond it have no place."""
    names = [name for bit, name in enumerate(_MASK) if mask >> bit & 1]
    return tuple((names + [""] * channels)[:channels]) if names else ()


def vorbis_speakers(channels: int) -> tuple[str, ...]:
    """The order of Vorbis, and of Opus in its first mapping family; empty for a count that has no order."""
    return tuple(_VORBIS.get(channels, "").split())


def flac_speakers(channels: int) -> tuple[str, ...]:
    """The order of FLAC, which is the usual one of WAVE files; empty for one or two channels."""
    return tuple(_WAVE.get(channels, "").split())


def apple_speakers(layout: bytes, channels: int) -> tuple[str, ...]:
    """What Core Audio's channel layout (the “chan” chunk of CAF, “CHAN” of AIFF) states; empty if nothing we know."""
    if len(layout) < 12:
        return ()
    tag, bitmap, count = struct.unpack(">III", layout[:12])
    if tag == _USE_BITMAP:
        return wave_speakers(bitmap, channels)
    if tag == _USE_DESCRIPTIONS:
        labels = [
            struct.unpack_from(">I", layout, at)[0] for at in range(12, min(len(layout), 12 + 20 * count) - 3, 20)
        ]
        names = [_APPLE_LABELS.get(label, "") for label in labels]
        return tuple(names) if len(names) == channels and any(names) else ()
    names = _APPLE_TAGS.get(tag >> 16, "").split()
    return tuple(names) if len(names) == channels else ()


def stereo_matrix(channels: int, speakers: Sequence[str] = ()) -> np.ndarray:
    """The weights (channels, 2) that mix `channels` down to stereo.

    `speakers` names each channel; without them 3 to 8 channels are taken in the order of WAVE files (L R C, L R Ls Rs,
    … 5.1, 6.1, 7.1). They are mixed as ITU-R BS.775 says: centre and surrounds at −3 dB, a rear centre at −6 dB on both
    sides, without the LFE. Of any other count the odd channels are averaged to the left and the even ones to the right.
    """
    names = list(speakers) if len(speakers) == channels else _WAVE.get(channels, "").split()
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
