"""Sound from memory into the project's pool."""

import hashlib
from pathlib import Path

import numpy as np

from engine.atomic_file import finish, unfinished
from engine.audio import Audio
from engine.disk import reason
from engine.errors import AudioFileError
from engine.project.growing import HASH_DIGITS
from engine.project.layout import AUDIO, CACHE, check_rooms, make_room, part_path
from engine.project.model import Source
from engine.project.pool import clean
from engine.project.whole_file import put_mark
from engine.riff import float_wav_header


def store_sound(folder: Path, sound: Audio, name: str) -> Source:
    """Puts a sound with one or two channels into the pool as a 32-bit float WAV file, ready to be played at its rate.

    The file appears only when it is whole; the same sound gives the same source. Any thread or process.

    Raises:
        AudioFileError: the disk is full or failing.
        ProjectFileError: the project's folder for audio is a link to somewhere else.
    """
    check_rooms(folder)
    samples = np.ascontiguousarray(clean(sound.samples), dtype="<f4")
    frames, channels = samples.shape
    try:
        make_room(folder, AUDIO)
        with unfinished(part_path(folder / AUDIO, ".wav")) as part:
            digest = hashlib.sha256()
            with part.open("xb") as file:
                for block in (float_wav_header(frames, channels, sound.rate), samples.data.cast("B")):
                    digest.update(block)
                    file.write(block)
            source_id = digest.hexdigest()[:HASH_DIGITS]
            finish(part, folder / AUDIO / f"{source_id}.wav")
        mark = folder / CACHE / f"{source_id}.finite"
        make_room(folder, CACHE)
        put_mark(mark)
    except OSError as error:
        raise AudioFileError(
            f"“{name}” could not be written into the project ({reason(error, folder, samples.nbytes)}): "
            "check that the disk has room, then try again."
        ) from error
    return Source(source_id, f"{AUDIO}/{source_id}.wav", name, sound.rate, channels, frames, "FLOAT")
