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
from engine.playback import note_sound
from engine.project import pool
from engine.project.derived import find_derived, write_derived
from engine.project.model import AudioContent, Clip, Content, NoteContent, Project, Track
from engine.project.pool import SampleFile
from engine.timing.clock import Clock

Find = Callable[[str], SampleFile | None]
"""The file of a source of the song, or None where it cannot be played."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a content is played: the song's folder and clock, the track of its clip, that one's first frame and length.

    What a track lends its clips is its instrument.
    """

    folder: Path
    clock: Clock
    track: Track
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class ContentPlayer:
    """How one kind of content is played. Both functions may be called on any thread.

    find: (content, setting, file of a source) → the file, or None where there is none yet; a look-up: nothing is
        decoded or written.
    prepare: (content, setting, project, context) → the file, made first if need be. Raises `AudioFileError` where its
        sound is missing or cannot be made, and `Cancelled`.
    """

    find: Callable[[Any, Setting, Find], SampleFile | None]
    prepare: Callable[[Any, Setting, Project, Context | None], SampleFile]


def _find_audio(content: AudioContent, _: Setting, find: Find) -> SampleFile | None:
    return find(content.source)


def _prepare_audio(content: AudioContent, setting: Setting, project: Project, context: Context | None) -> SampleFile:
    source = project.sources.get(content.source)
    if source is None:
        raise AudioFileError("The audio of this clip is not in the song: remove the clip or import its file.")
    return pool.prepare(setting.folder, source, project.rate, context)


def _recipe(content: NoteContent, setting: Setting) -> str:
    return note_sound.recipe_of(content, setting.start, setting.clock, setting.track)


def _find_notes(content: NoteContent, setting: Setting, _: Find) -> SampleFile | None:
    return find_derived(setting.folder, _recipe(content, setting))


def _prepare_notes(content: NoteContent, setting: Setting, _: Project, context: Context | None) -> SampleFile:
    recipe = _recipe(content, setting)
    if found := find_derived(setting.folder, recipe):
        return found
    check = context.check if context else None
    blocks = note_sound.render(content, setting.start, setting.clock, setting.track, check)
    return write_derived(setting.folder, recipe, setting.track.name, blocks)


PLAYERS: dict[type[Content], ContentPlayer] = {
    AudioContent: ContentPlayer(_find_audio, _prepare_audio),
    NoteContent: ContentPlayer(_find_notes, _prepare_notes),
}
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


def setting_of(clip: Clip, project: Project, folder: Path) -> Setting:
    """Where a clip of the song plays its content; one that is on no track plays it without an instrument."""
    place = project.find_clip(clip.id)
    return Setting(folder, project.clock, place[0] if place else _NO_TRACK, project.start_of(clip), clip.length)


_NO_TRACK = Track("none", "")


def prepare_clip(clip: Clip, project: Project, folder: Path, context: Context | None = None) -> SampleFile:
    """The file that a clip plays, made first if need be.

    Raises:
        AudioFileError: its sound is missing or cannot be made.
        Cancelled: the user cancelled.
    """
    return player_of(clip.content).prepare(clip.content, setting_of(clip, project, folder), project, context)


def unprepared_clips(project: Project, folder: Path) -> list[Clip]:
    """Clips whose sound is no file of the song and has not been rendered yet."""
    clock = project.clock
    clips = []
    for track, clip in project.clips():
        content = clip.content
        if content.stretch.source:
            continue
        setting = Setting(folder, clock, track, clock.frames(clip.position), clip.length)
        if player_of(content).find(content, setting, lambda _: None) is None:
            clips.append(clip)
    return clips
