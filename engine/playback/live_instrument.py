"""The instrument of a track as the player loads it for what is played live: a small SoundFont, and a gain.

Only the one program is cut out of its SoundFont, into a file of the user's cache: it is loaded in milliseconds, where
the whole font takes seconds in which nothing else could run. A patch of the program's own synthesis is played live by
the program of the SoundFont that stands for it.
"""

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.atomic_file import replacing
from engine.compose.instruments import INSTRUMENTS, KITS
from engine.compose.soundfont import find_soundfont
from engine.compose.soundfont_file import SoundFontFile, write_program
from engine.errors import ModelError
from engine.paths import cache_dir
from engine.playback.gains import gain_of, pan_gains
from engine.project.model import Instrument
from engine.safe_files import fingerprint

_KEPT_DAYS = 30
_VERSION = 1


@dataclass(frozen=True, slots=True)
class LiveSound:
    """What plays an instrument live: a SoundFont of one program, and the gains of the instrument's own strip."""

    file: Path
    left: float
    right: float


def live_sound(instrument: Instrument) -> LiveSound:
    """Makes what plays `instrument` live, unless it is there. Any thread; takes a quarter of a second at most.

    Raises:
        ModelError: its SoundFont is missing or damaged, or the cache cannot be written.
    """
    program, trim_db = _program_of(instrument)
    font = find_soundfont(instrument.soundfont or None)
    recipe = repr((_VERSION, str(font), fingerprint(font), program, instrument.drums))
    folder = cache_dir() / "instruments"
    file = folder / f"{hashlib.sha256(recipe.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.sf2"
    if not file.is_file():
        cut = SoundFontFile(font).program(program, drums=instrument.drums)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _forget_unused(folder)
            with replacing(file, file.with_suffix(f".{os.getpid()}.part"), durable=False) as part:
                write_program(part, cut)
        except OSError as error:
            raise ModelError(
                f"The instrument cannot be made ready to be played live: {folder} cannot be written ({error.strerror})."
            ) from error
    with suppress(OSError):
        os.utime(file)
    gain = gain_of(min(trim_db + instrument.level_db + instrument.gain_db, 24.0))
    left, right = pan_gains(instrument.pan)
    return LiveSound(file, gain * left, gain * right)


def _program_of(instrument: Instrument) -> tuple[int, float]:
    """The program that plays an instrument live, and the gain that brings it to the level of the others."""
    if instrument.program is not None:
        return instrument.program, instrument.trim_db
    table = KITS if instrument.drums else INSTRUMENTS
    named = table.get(instrument.name) or next(
        (each for each in table.values() if each.patch == instrument.patch), None
    )
    return (named.program, named.level_db) if named else (0, 0.0)


def _forget_unused(folder: Path) -> None:
    """Removes what was not used for a month."""
    for path in folder.iterdir():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _KEPT_DAYS * 86400:
                path.unlink()
