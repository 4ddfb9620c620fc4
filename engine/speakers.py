"""Speakers: the names of a file's channels in the order that its container states; `engine.downmix` mixes them.

L R C LFE: left, right, centre, low frequencies. Ls Rs: at the sides. Lb Rb: behind. Cs: behind in the middle. Lc Rc:
between centre and sides. T…: above. An empty name is a channel without a place.
"""

import struct

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
