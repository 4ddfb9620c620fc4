"""What the fields of the model may hold, said once: the file's reader, edits, widgets and commands all read it here.

A field carries its limits in its type: `gain_db: Annotated[float, GAIN_DB]`. `range_of(Track, "pan")` finds them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

from engine.project.layout import check_relative
from engine.ranges import Range


@dataclass(frozen=True, slots=True)
class Form:
    """What a text must be: `check` returns it, or raises a `ProjectFileError` or a `ValueError` that says why not."""

    check: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Storage:
    """How the project file holds a field whose type alone does not say it; compare with `is`."""

    name: str


BY_ID: Final = Storage("a list of values, each of which is found by its id")
RECORD: Final = Storage("a record of how a sound was made, of which what cannot be read is left out")
WHOLE: Final = Storage("an object with all of its fields, those at their defaults too")
IF_ANY: Final = Storage("a list that is left out where it is empty")
NUMBERS: Final = Storage("an object of numbers by their names")

MAX_FRAMES: Final = 1 << 40
"""The longest length or farthest position that a file may hold, in frames (months of sound)."""

MAX_TEXT: Final = 20_000
"""The longest text that a file may hold, in characters."""

SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
"""Finds halves of characters, which no file holds."""

IDENTIFIER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
"""An identifier: safe as a part of a file name."""

GAIN_DB: Final = Range(-96.0, 12.0, "dB")
"""Gains of tracks, clips, automation and the master; the lowest is silence."""

TAKE_GAIN_DB: Final = Range(-96.0, 96.0, "dB")
"""The gain that brings a take to the level of the others."""

PAN: Final = Range(-1.0, 1.0)
"""From left to right."""

PROJECT_RATE: Final = Range(8000, 384_000, "Hz")

TRACK_HUES: Final = 10
"""Number of track colours in the theme."""

HUE: Final = Range(0, TRACK_HUES - 1)
FRAMES: Final = Range(0, MAX_FRAMES, "frames")
LENGTH: Final = Range(1, MAX_FRAMES, "frames")
OFFSET: Final = Range(-MAX_FRAMES, MAX_FRAMES, "frames")
SHARE: Final = Range(0.0, 1.0)
DEVICE_VALUE: Final = Range(-1e12, 1e12)
"""Values of devices and lanes; the parameter that they are of has limits of its own."""

MAX_BEATS: Final = 1 << 24
"""The most quarter notes that a clip's notes may reach over (four weeks at 400 BPM)."""

NOTE_START: Final = Range(Fraction(0), Fraction(MAX_BEATS), "beats")
NOTE_LENGTH: Final = Range(Fraction(1, 1 << 20), Fraction(MAX_BEATS), "beats")
NOTE_OFFSET: Final = Range(-16.0, 16.0, "beats")
CURVE_BEAT: Final = Range(0.0, float(MAX_BEATS), "beats")
PITCH: Final = Range(0, 127)
VELOCITY: Final = Range(1, 127)
SEMITONES: Final = Range(-24.0, 24.0, "semitones")
PROGRAM: Final = Range(0, 127)
SPREAD: Final = Range(0.0, 2.0)
ROOM_SECONDS: Final = Range(0.1, 10.0, "s")
TILT_DB: Final = Range(-24.0, 24.0, "dB")

TRACK_HEIGHT: Final = Range(36, 200, "px")
"""How high a track may be shown."""

STORED_HEIGHT: Final = Range(1, 4000, "px")
"""What a file may say of it: older songs have higher and lower tracks."""


def _identifier(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        raise ValueError("is not an identifier")
    return text


Id = Annotated[str, Form(_identifier)]
RelativePath = Annotated[str, Form(check_relative)]
Frames = Annotated[int, FRAMES]
Length = Annotated[int, LENGTH]
Offset = Annotated[int, OFFSET]
GainDb = Annotated[float, GAIN_DB]
Hue = Annotated[int, HUE]


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The types of the fields of a class of the model, with what is annotated to them."""
    return get_type_hints(kind, include_extras=True)
