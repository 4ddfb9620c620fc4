"""What plays each kind of content: the samples that lie in a file, ready to be mapped.

A content of which the sound is not a file of the song is rendered into one first, off the player: `prepare` does that,
and what it wrote is found again by `find`. So every kind plays, fades, loops and is exported like a file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import AudioFileError, EngineError
from engine.jobs import Context
from engine.project import pool
from engine.project.model import AudioContent, Clip, Content, Project
from engine.project.pool import SampleFile

Find = Callable[[str], SampleFile | None]
"""The file of a source of the song, or None where it cannot be played."""


@dataclass(frozen=True, slots=True)
class ContentPlayer:
    """How one kind of content is played. Both functions may be called on any thread.

    find: (content, length of its clip, folder of the song, rate, file of a source) → the file, or None where there is
        none yet; a look-up: nothing is decoded or written.
    prepare: (content, length, folder, project, context) → the file, made first if need be. Raises `AudioFileError`
        where its sound is missing or cannot be made, and `Cancelled`.
    """

    find: Callable[[Any, int, Path, int, Find], SampleFile | None]
    prepare: Callable[[Any, int, Path, Project, Context | None], SampleFile]


def _find_audio(content: AudioContent, _: int, __: Path, ___: int, find: Find) -> SampleFile | None:
    return find(content.source)


def _prepare_audio(
    content: AudioContent, _: int, folder: Path, project: Project, context: Context | None
) -> SampleFile:
    source = project.sources.get(content.source)
    if source is None:
        raise AudioFileError("The audio of this clip is not in the song: remove the clip or import its file.")
    return pool.prepare(folder, source, project.rate, context)


PLAYERS: dict[type[Content], ContentPlayer] = {AudioContent: ContentPlayer(_find_audio, _prepare_audio)}
"""Kind of content: what plays it. A new kind adds itself."""


def player_of(content: Content) -> ContentPlayer:
    """What plays a content.

    Raises:
        EngineError: nothing does.
    """
    player = PLAYERS.get(type(content))
    if player is None:
        raise EngineError(f"Nothing plays a clip that holds {type(content).__name__}.")
    return player


def prepare_clip(clip: Clip, project: Project, folder: Path, context: Context | None = None) -> SampleFile:
    """The file that a clip plays, made first if need be.

    Raises:
        AudioFileError: its sound is missing or cannot be made.
        Cancelled: the user cancelled.
    """
    return player_of(clip.content).prepare(clip.content, clip.length, folder, project, context)


def unprepared_clips(project: Project, folder: Path) -> list[Clip]:
    """Clips whose sound is no file of the song and has not been rendered yet, one for each content and length."""
    found: dict[tuple[Content, int], Clip] = {}
    for _, clip in project.clips():
        content = clip.content
        if content.stretch.source:
            continue
        if player_of(content).find(content, clip.length, folder, project.rate, lambda _: None) is None:
            found.setdefault((content, clip.length), clip)
    return list(found.values())
