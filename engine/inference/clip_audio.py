"""What a clip sounds, as material for a model: its chosen take as the clip plays it, before gain and fades."""

from pathlib import Path

import numpy as np

from engine.audio import Audio
from engine.jobs import Context
from engine.playback.contents import part_of, prepare_clip
from engine.playback.mixer import file_runs
from engine.playback.plan import bare_placement
from engine.playback.samples import SampleReader
from engine.project.model import Clip, Project

_INT16 = np.float32(1 / 32768)


def clip_sound(
    project: Project,
    folder: Path,
    clip: Clip,
    start: int = 0,
    stop: int | None = None,
    context: Context | None = None,
) -> Audio:
    """Frames `start` to `stop` of a clip (to its end without one) at the project's rate, with its take's channels.

    Offset, shift, loop and direction are as the clip plays them; outside the clip and its source there is silence.
    A source that is not ready to be played is decoded first. Any thread.

    Raises:
        AudioFileError: its file is missing or cannot be read.
        Cancelled: the user cancelled.
    """
    file = prepare_clip(clip, project, folder, context)
    stop = clip.length if stop is None else stop
    out = np.zeros((max(stop - start, 0), file.channels), np.float32)
    first, last = max(start, 0), min(stop, clip.length)
    if first >= last:
        return Audio(out, project.rate)
    placement = bare_placement(clip, 0, file, part_of(clip, project))
    reader = SampleReader()
    try:
        for at, begin, count, backwards in file_runs(placement, first, last - first):
            a, b = max(begin, 0), min(begin + count, reader.frames(file, begin + count))
            if a >= b:
                continue
            samples_read = reader.read(file, a, b - a).reshape(-1, file.channels)
            scaled = samples_read * _INT16 if file.dtype == "<i2" else samples_read
            target = out[first - start + at : first - start + at + count]
            if backwards:
                target[begin + count - b : begin + count - a] = scaled[::-1]
            else:
                target[a - begin : b - begin] = scaled
    finally:
        reader.close()
    return Audio(out, project.rate)
