"""Where a part's notes lie between the loudspeakers, and how each stroke of a kit differs from the one before."""

from collections.abc import Callable, Sequence

from engine.compose.soundfont import Event, Voice

_ZONES = 5  # places of a keyboard
_KIT_PLACES = {
    42: 0.45, 44: 0.45, 46: 0.45, 49: -0.6, 57: 0.7, 51: -0.55, 53: -0.55, 50: 0.35, 48: 0.3, 47: 0.15, 45: -0.15,
    43: -0.35, 41: -0.45, 38: 0.06, 40: 0.06, 37: 0.12, 39: -0.1, 54: -0.65, 56: 0.35, 60: 0.4, 61: 0.3, 62: -0.5,
    63: -0.35, 64: -0.2, 70: 0.7, 75: -0.5, 76: -0.5, 82: 0.7,
}  # fmt: skip
"""Drum: place as the drummer sees it, -1 left to 1 right; the others stand in the middle."""
_HATS = (42, 44, 46)  # one player's: a closed one ends an open one, so they share a voice
_ROBIN = (0.0, 9.0, -8.0)  # cents of successive strokes on one drum


def voices(
    image: str, events: Sequence[Event], pan: float, width: float, bends: Sequence[tuple[int, float]], rate: int
) -> list[Voice]:
    """The voices of a part's notes.

    Args:
        image: a key of `IMAGES`.
        events: notes in frames.
        pan: the part's place, -1 left to 1 right.
        width: how far it is spread, 0 to 1.
        bends: (frame, semitones).
        rate: sampling rate in Hz.
    """
    return IMAGES[image](events, pan, width, bends, rate)


def gain(image: str) -> float:
    """What keeps a part as loud as with one voice."""
    return 0.7071 if image in ("ensemble", "double") else 1.0


def _point(
    events: Sequence[Event], pan: float, width: float, bends: Sequence[tuple[int, float]], rate: int
) -> list[Voice]:
    return [Voice(events, pan, 0.0, bends)]


def _keys(
    events: Sequence[Event], pan: float, width: float, bends: Sequence[tuple[int, float]], rate: int
) -> list[Voice]:
    """Low notes to the left and high ones to the right, as a pianist hears them."""
    zones: dict[int, list[Event]] = {}
    for event in events:
        zones.setdefault(min(max(round((event[2] - 40) / 44 * (_ZONES - 1)), 0), _ZONES - 1), []).append(event)
    return [
        Voice(zones[zone], _within(pan + width * (2 * zone / (_ZONES - 1) - 1)), 0.0, bends) for zone in sorted(zones)
    ]


def _kit(
    events: Sequence[Event], pan: float, width: float, bends: Sequence[tuple[int, float]], rate: int
) -> list[Voice]:
    """Each drum in its place; strokes on one drum take turns at three tunings, so that none repeats exactly."""
    turns: dict[int, int] = {}
    placed: dict[tuple[float, float], list[Event]] = {}
    for event in events:
        drum = event[2]
        turn = turns[drum] = turns.get(drum, -1) + 1
        cents = 0.0 if drum in _HATS else _ROBIN[turn % len(_ROBIN)]
        place = _within(pan + width * _KIT_PLACES.get(drum, 0.0))
        placed.setdefault((place, cents), []).append(event)
    return [Voice(placed[key], key[0], key[1]) for key in sorted(placed)]


def _ensemble(
    events: Sequence[Event], pan: float, width: float, bends: Sequence[tuple[int, float]], rate: int
) -> list[Voice]:
    """Two desks that are not quite in tune and not quite together."""
    late = round(0.009 * rate)
    second = [(start + late, end + late, pitch, velocity) for start, end, pitch, velocity in events]
    return [
        Voice(events, _within(pan - width), -4.0, bends),
        Voice(second, _within(pan + width), 5.0, [(frame + late, bend) for frame, bend in bends]),
    ]


def _double(
    events: Sequence[Event], pan: float, width: float, bends: Sequence[tuple[int, float]], rate: int
) -> list[Voice]:
    """The same played twice, each time a little differently, one take on either side."""
    second = []
    for index, (start, end, pitch, velocity) in enumerate(events):
        shift = round(((index * 7919 + start * 31) % 13) / 13 * 0.012 * rate)
        louder = (index * 104729 + pitch * 17) % 11 - 5
        second.append((start + shift, end + shift, pitch, min(max(velocity + louder, 1), 127)))
    return [Voice(events, _within(pan - width), -2.0, bends), Voice(second, _within(pan + width), 3.0, bends)]


def _within(pan: float) -> float:
    return min(max(round(pan, 3), -1.0), 1.0)


IMAGES: dict[str, Callable[[Sequence[Event], float, float, Sequence[tuple[int, float]], int], list[Voice]]] = {
    "point": _point,
    "keys": _keys,
    "kit": _kit,
    "ensemble": _ensemble,
    "double": _double,
}
"""How a part is spread between the loudspeakers."""
