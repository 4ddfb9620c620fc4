"""Standard MIDI Files parsed by mido: the messages of every track, or one sentence that says what is wrong."""

import struct
from pathlib import Path
from typing import Any

from engine.errors import EngineError, shown
from engine.safe_files import size_of

_MOST_BYTES = 16 << 20
_BEGINNING = b"MThd"


def parsed_midi(path: Path) -> Any:
    """The file as a `mido.MidiFile` that counts time in ticks a quarter note; data bytes over 127 are clipped.

    Raises:
        EngineError: it is missing, damaged, too large, no MIDI file, or counts time in frames of film.
    """
    import mido

    name = shown(path)
    if (size_of(path) or 0) > _MOST_BYTES:
        raise EngineError(f"“{name}” is larger than any MIDI file that can be read ({_MOST_BYTES >> 20} MB).")
    try:
        with path.open("rb") as stream:
            if not stream.read(len(_BEGINNING)).startswith(_BEGINNING):
                raise EngineError(f"“{name}” is no MIDI file: choose one that ends in .mid, or export it as MIDI.")
            stream.seek(0)
            file = mido.MidiFile(file=stream, clip=True)
    except OSError as error:
        if error.errno is None:  # mido's word for a chunk that it does not know
            raise _damaged(name, "what follows its head is no track") from error
        raise EngineError(f"“{name}” cannot be read: {error.strerror}.") from error
    except EOFError as error:
        raise _damaged(name, "it ends too early") from error
    except (
        ValueError, LookupError, TypeError, AttributeError, MemoryError, struct.error, mido.KeySignatureError
    ) as error:  # fmt: skip
        raise _damaged(name, "a message in it makes no sense") from error
    if not 0 < file.ticks_per_beat <= 0x7FFF:
        raise EngineError(f"“{name}” counts time in frames of film, which cannot be placed in bars: export it again.")
    return file


def _damaged(name: str, why: str) -> EngineError:
    return EngineError(f"“{name}” is a damaged MIDI file ({why}): export it again.")
