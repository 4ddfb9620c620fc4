"""What a clip sounds, as material for a model: its chosen take as the clip plays it, before gain and fades."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.audio import Audio
from engine.jobs import Context
from engine.mono import fit_channels
from engine.playback.comps import comp_spans
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
    stop = clip.length if stop is None else stop
    if clip.comp:
        return _comp_sound(project, folder, clip, start, stop, context)
    file = prepare_clip(clip, project, folder, context)
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


def _comp_sound(project: Project, folder: Path, clip: Clip, start: int, stop: int, context: Context | None) -> Audio:
    """As `clip_sound` for a clip that plays parts of several takes, in stereo."""
    out = np.zeros((max(stop - start, 0), 2), np.float32)
    for span in comp_spans(clip, project.rate):
        first, last = max(span.first, start), min(span.last, stop)
        if first >= last:
            continue
        alone = replace(clip, take=span.take, comp=())
        sound = fit_channels(clip_sound(project, folder, alone, first, last, context).samples, 2)
        t = np.arange(first - span.first, last - span.first)
        rise = np.minimum(t / span.join_in, 1) if span.join_in else np.ones(len(t))
        fall = np.clip((span.last - span.first - t) / span.join_out, 0, 1) if span.join_out else np.ones(len(t))
        gains = np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2)
        out[first - start : last - start] += sound * gains[:, None].astype(np.float32)
    return Audio(out, project.rate)
