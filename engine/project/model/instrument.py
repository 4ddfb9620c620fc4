"""What plays the notes of a track: a program of a SoundFont or a patch of the program's own, and its channel strip."""

from dataclasses import dataclass
from typing import Annotated, Final

from engine.project.model.ranges import PAN, PROGRAM, ROOM_SECONDS, SHARE, SPREAD, TAKE_GAIN_DB, TILT_DB

DEFAULT_NAME: Final = "grand piano"


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument with its strip; all of it belongs to this track alone, so that no other decides a sample of it.

    program: General MIDI's from 0, of the drum bank if `drums`; None: `patch`, a sound of the program's own, plays.
    soundfont: the file of the user's that holds the program; empty: the bundled one. trim_db brings the program to the
    level of the others, level_db is its place in the mix, gain_db that of the whole piece.
    """

    name: str = DEFAULT_NAME
    program: Annotated[int, PROGRAM] | None = 0
    patch: str = "piano"
    drums: bool = False
    soundfont: str = ""
    trim_db: Annotated[float, TAKE_GAIN_DB] = 0.0
    level_db: Annotated[float, TAKE_GAIN_DB] = 0.0
    gain_db: Annotated[float, TAKE_GAIN_DB] = 0.0
    pan: Annotated[float, PAN] = 0.0
    image: str = "point"  # how it is spread between the loudspeakers
    width: Annotated[float, SPREAD] = 0.0  # how far
    room: Annotated[float, SHARE] = 0.1  # share sent to the room
    room_seconds: Annotated[float, ROOM_SECONDS] = 1.0  # in which the room's sound falls by 60 dB
    echo: Annotated[float, SHARE] = 0.0  # share sent to the echo, in time with the tempo
    chorus: Annotated[float, SHARE] = 0.0
    drive: Annotated[float, SHARE] = 0.0
    tilt_db: Annotated[float, TILT_DB] = 0.0  # treble up, bass down


DEFAULT_INSTRUMENT: Final = Instrument(trim_db=9.2, level_db=-4.5, gain_db=-12.0)
"""What plays notes on a track without an instrument."""
