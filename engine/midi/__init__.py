"""Standard MIDI Files: read into tracks of notes with instruments, and written from them, equal to the tick."""

from pathlib import Path
from typing import Final

from engine.safe_files import is_regular

SUFFIXES: Final = (".mid", ".midi", ".smf", ".kar")
"""The endings of their names."""


def is_midi(path: Path) -> bool:
    """Whether a file is a MIDI file, by its name or its first bytes."""
    if path.suffix.lower() in SUFFIXES:
        return True
    if not is_regular(path):
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) == b"MThd"
    except OSError:
        return False
