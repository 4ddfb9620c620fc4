"""A bounce that waits for sound that is still being made, so that nothing silent is exported in its place."""

from dataclasses import replace
from pathlib import Path
from time import sleep

from engine.errors import EngineError, ExportError
from engine.jobs import Context
from engine.playback.heard import heard_clips
from engine.playback.offline_render import RenderRange
from engine.project.growing import GrowingFile, read_sidecar
from engine.project.layout import GROWING
from engine.project.model import Clip, Project, Source, Track

_POLL_SECONDS = 0.1


def clips_in(project: Project, render_range: RenderRange) -> list[tuple[Track, Clip]]:
    """The clips that are heard in `stretch`."""
    return [
        (track, clip)
        for track, clip in heard_clips(project)
        if project.start_of(clip) < render_range.end and project.end_of(clip) > render_range.start
    ]


def when_grown(project: Project, folder: Path, render_range: RenderRange, context: Context) -> Project:
    """`project` with all that it lacks of growing sounds in `stretch`, once that is written.

    Where a sound ends before, its clips end with it.

    Raises:
        ExportError: a sound came to nothing.
        Cancelled: the user cancelled.
    """
    for source in list(project.sources.values()):
        if source.growing and (needed := _needed(project, source, render_range)):
            project = _grown(project, folder, source, needed, context)
    return project


def _needed(project: Project, source: Source, render_range: RenderRange) -> int:
    """How many frames of a growing source the song needs up to the end of `stretch`; 0 where it is not heard."""
    needed = 0
    for _, clip in clips_in(project, render_range):
        if clip.chosen.source == source.id:
            played = clip.length
            if not (clip.reverse or clip.loop_length):
                played = min(played, render_range.last - project.start_of(clip))
            needed = max(needed, clip.offset + clip.chosen.shift + (clip.loop_length or played))
    return needed


def _grown(project: Project, folder: Path, source: Source, needed: int, context: Context) -> Project:
    file = GrowingFile(source.id, source.rate, source.channels, source.name)
    while (ready := file.frames(folder)) < needed:
        ended = _sealed(folder, source)
        if ended is not None:
            return _cut(project, source, ended)
        left = (needed - ready) / source.rate
        context.progress(0.0, f"Waits for {left:.1f} s more of “{source.name}”: play on, or stop the live take")
        sleep(_POLL_SECONDS)
    return replace(project, sources={**project.sources, source.id: replace(source, frames=ready)})


def _sealed(folder: Path, source: Source) -> Source | None:
    """The finished file of a sound that was being made; None while it grows.

    Raises:
        ExportError: it was given up.
    """
    try:
        info = read_sidecar(folder / GROWING / f"{source.id}.json")
    except (OSError, UnicodeDecodeError, EngineError) as error:
        raise ExportError(f"Nothing was made of “{source.name}” in the end: export the song again.") from error
    if not info.sealed:
        return None
    return replace(source, id=info.sealed, file=f"audio/{info.sealed}.wav", frames=info.frames(folder), growing=False)


def _cut(project: Project, source: Source, ended: Source) -> Project:
    """The song with the finished sound; clips that reach beyond its end stop there."""
    from engine.project import edits  # an export that waits for nothing needs none of them

    available = replace(source, frames=ended.frames)
    project = replace(project, sources={**project.sources, source.id: available})
    return edits.seal_source(edits.stop_source(project, source.id), source.id, ended)
