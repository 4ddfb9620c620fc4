"""A sampler: the sound of a clip becomes an instrument that is played on the keys, at its own pitch on C4."""

import hashlib
import os
from pathlib import Path

import numpy as np

from engine.atomic_file import replacing
from engine.compose.soundfont_file import KeyZone, Sample, program_of_samples, write_program
from engine.errors import AudioFileError
from engine.inference.clip_audio import clip_sound
from engine.jobs import Context
from engine.paths import data_dir
from engine.project.model import Clip, Instrument, Project

ROOT = 60
LONGEST_SECONDS = 60.0
_RELEASE_SECONDS = 0.15
_LEVEL_DB = -6.0


def instrument_of_clip(p: Project, folder: Path, clip: Clip, context: Context | None = None) -> Instrument:
    """Writes what a clip plays into a SoundFont of the user's data folder; returns the instrument that plays it.

    The same sound is written once. Any thread.

    Raises:
        AudioFileError: the clip is silent or too long, its sound is missing, or the SoundFont cannot be written.
        Cancelled: the user cancelled.
    """
    if clip.length > LONGEST_SECONDS * p.rate:
        raise AudioFileError(
            f"“{clip.name}” is longer than the {LONGEST_SECONDS:.0f} s that a sampler plays: split off the part that "
            "you want to play."
        )
    sound = clip_sound(p, folder, clip, context=context).samples
    peak = float(np.abs(sound).max(initial=0.0))
    if not peak:
        raise AudioFileError(f"“{clip.name}” is silent: choose a clip that sounds.")
    samples = np.rint(sound * (32767 / peak)).astype(np.int16)
    sides = [(samples[:, 0], -1.0), (samples[:, 1], 1.0)] if samples.shape[1] == 2 else [(samples[:, 0], 0.0)]
    zones = [KeyZone(Sample(np.ascontiguousarray(side), p.rate), root=ROOT, pan=pan) for side, pan in sides]
    digest = hashlib.sha256(samples.tobytes() + repr((p.rate, samples.shape)).encode()).hexdigest()[:32]
    path = data_dir() / "samplers" / f"{digest}.sf2"
    if not path.is_file():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path, path.with_suffix(f".{os.getpid()}.part"), durable=False) as part:
                write_program(part, program_of_samples("sampler", zones, _RELEASE_SECONDS))
        except OSError as error:
            raise AudioFileError(f"The sampler cannot be written to {path.parent} ({error.strerror}).") from error
    return Instrument(clip.name or "sampler", 0, soundfont=str(path), level_db=_LEVEL_DB, room=0.0)
