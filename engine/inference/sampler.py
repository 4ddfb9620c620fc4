"""A sampler: a sound becomes an instrument that is played on the keys, or one pad of a drum kit.

What is played is written as a SoundFont into the user's data folder, once for each sound.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.atomic_file import replacing
from engine.audio import Audio, read_audio, read_info
from engine.compose.drums import hit
from engine.compose.soundfont import find_soundfont
from engine.compose.soundfont_file import (
    DRUM_BANK,
    KeyZone,
    Program,
    Sample,
    SoundFontFile,
    program_of_samples,
    write_program,
)
from engine.compose.soundfont_file import with_pad as program_with_pad
from engine.errors import AudioFileError, shown
from engine.inference.clip_audio import clip_sound
from engine.jobs import Context
from engine.music.percussion import FIRST, LAST
from engine.paths import data_dir
from engine.project.model import Clip, Instrument, Project

ROOT = 60
LONGEST_SECONDS = 60.0
_RELEASE_SECONDS = 0.15
_LEVEL_DB = -6.0
_KIT_RATE = 48000
_STROKE_SECONDS = 6.0
"""In which a recorded stroke fades when its note ends: it sounds on, as the synthesised one does."""
_PAD_PEAK = 0.7
"""Of full scale, at which the sample on a pad is recorded: as loud as the pieces of the bundled kits."""


def instrument_of_clip(p: Project, folder: Path, clip: Clip, context: Context | None = None) -> Instrument:
    """The instrument that plays what a clip plays, at its own pitch on C4. Any thread.

    Raises:
        AudioFileError: the clip is silent or too long, its sound is missing, or the SoundFont cannot be written.
        Cancelled: the user cancelled.
    """
    if clip.length > LONGEST_SECONDS * p.rate:
        raise _too_long(clip.name)
    sound = clip_sound(p, folder, clip, context=context)
    return _instrument(clip.name or "sampler", sound, ROOT)


def instrument_of_file(path: Path, root: int, context: Context | None = None) -> Instrument:
    """The instrument that plays a file of audio, at its own pitch on `root`. Any thread.

    Raises:
        AudioFileError: the file cannot be read, is silent or too long, or the SoundFont cannot be written.
        Cancelled: the user cancelled.
    """
    return _instrument(path.stem, _read(path, context), root)


def with_pad(instrument: Instrument, path: Path, pitch: int, context: Context | None = None) -> Instrument:
    """A drum kit with a file of audio in the place of one of its pieces. Any thread.

    Args:
        instrument: the kit; its other pieces stay as they are. Those of a synthesised one are recorded.
        path: the file, which sounds as it is recorded.
        pitch: the piece's.
        context: of the job.

    Raises:
        AudioFileError: the file cannot be read, is silent or too long, or the SoundFont cannot be written.
        ModelError: the kit's SoundFont is missing or damaged.
        Cancelled: the user cancelled.
    """
    samples = _samples(_read(path, context), path.stem, _PAD_PEAK)
    if instrument.program is None:
        kit = _recorded_kit(instrument.patch)
    else:
        kit = SoundFontFile(find_soundfont(instrument.soundfont or None)).program(instrument.program, drums=True)
    program = program_with_pad(kit, pitch, samples)
    return replace(instrument, program=0, soundfont=str(_written(program, DRUM_BANK)), drums=True)


# inside


def _recorded_kit(kit: str) -> Program:
    """The strokes of a synthesised kit, each at full force on its key."""
    zones = []
    for pitch in range(FIRST, LAST + 1):
        stroke = np.rint(np.clip(hit(kit, pitch, _KIT_RATE), -1, 1) * 32767).astype(np.int16)
        zones.append(KeyZone(Sample(stroke, _KIT_RATE), pitch, pitch, fixed=True))
    return program_of_samples(kit, zones, _STROKE_SECONDS)


def _read(path: Path, context: Context | None) -> Audio:
    info = read_info(path, context)
    if info.frames > LONGEST_SECONDS * info.rate:
        raise _too_long(path.name)
    sound = read_audio(path)
    if len(sound.samples) > LONGEST_SECONDS * sound.rate:
        raise _too_long(path.name)
    return sound


def _too_long(name: str) -> AudioFileError:
    return AudioFileError(
        f"“{shown(name)}” is longer than the {LONGEST_SECONDS:.0f} s that a sampler plays: split off the part that you "
        "want to play."
    )


def _samples(sound: Audio, name: str, peak: float) -> list[tuple[Sample, float]]:
    """The sides of a sound at a level, each with its place from left to right."""
    highest = float(np.abs(sound.samples).max(initial=0.0))
    if not highest:
        raise AudioFileError(f"“{shown(name)}” is silent: choose a sound that is not.")
    samples = np.rint(sound.samples * (peak * 32767 / highest)).astype(np.int16)
    sides = [(samples[:, 0], -1.0), (samples[:, 1], 1.0)] if samples.shape[1] > 1 else [(samples[:, 0], 0.0)]
    return [(Sample(np.ascontiguousarray(side), sound.rate), pan) for side, pan in sides]


def _instrument(name: str, sound: Audio, root: int) -> Instrument:
    zones = [KeyZone(sample, root=root, pan=pan) for sample, pan in _samples(sound, name, 1.0)]
    program = program_of_samples("sampler", zones, _RELEASE_SECONDS)
    return Instrument(name, 0, soundfont=str(_written(program)), level_db=_LEVEL_DB, room=0.0)


def _written(program: Program, bank: int = 0) -> Path:
    """The SoundFont with this program, written where it is not there yet."""
    digest = hashlib.sha256(repr((bank, program.name, program.zones, program.instruments)).encode())
    for sample in program.samples:
        digest.update(repr((sample.rate, sample.pitch, sample.cents, sample.loop, len(sample.samples))).encode())
        digest.update(np.ascontiguousarray(sample.samples).tobytes())
    path = data_dir() / "samplers" / f"{digest.hexdigest()[:32]}.sf2"
    if not path.is_file():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, path.with_suffix(f".{os.getpid()}.part"), durable=False) as part:
                write_program(part, program, bank)
        except OSError as error:
            raise AudioFileError(f"The sampler cannot be written to {path.parent} ({error.strerror}).") from error
    return path
