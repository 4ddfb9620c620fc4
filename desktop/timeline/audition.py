"""Listening to a take without choosing it."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.project.model import Clip, Project
from engine.project.pool import SampleFile, sample_file


def take_file(folder: Path, project: Project, clip: Clip, index: int) -> SampleFile | None:
    """The stretch of a take's sound that `clip` would play, forwards and once; None if it has none there.

    Raises:
        AudioFileError: the take's audio is missing or not ready yet.
    """
    take = clip.takes[index]
    source = project.sources.get(take.source)
    if source is None:
        return None
    file = sample_file(folder, source, project.rate)
    first = max(clip.offset + take.shift, 0)
    frames = min(clip.loop_length or clip.length, file.frames - first)
    if frames <= 0:
        return None
    width = np.dtype(file.dtype).itemsize * file.channels
    return replace(file, offset=file.offset + first * width, frames=frames, growing=False)
