"""What plays each kind of content: the samples that lie in a file, ready to be mapped.

A content of which the sound is not a file of the song is rendered into one first, off the player: `prepare` does that,
and what it wrote is found again by `find`. So every kind plays, fades, loops and is exported like a file.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.errors import AudioFileError, EngineError
from engine.jobs import Context
from engine.playback import note_sound, warped_sound
from engine.playback.note_sound import NotePlayer
from engine.project import pool, warping
from engine.project.derived import find_derived, write_derived
from engine.project.model import AudioContent, Clip, Content, NoteContent, Project, Track
from engine.project.model.content import Stretch
from engine.project.sample_file import SampleFile
from engine.timing.clock import Clock

Find = Callable[[str], SampleFile | None]
"""The file of a source of the song, or None where it cannot be played."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where contents are played: the song's folder and clock, and their clips' track, which lends its instrument.

    play: what plays notes where they have to be rendered.
    """

    folder: Path
    clock: Clock
    track: Track
    play: NotePlayer = note_sound.play_here


@dataclass(frozen=True, slots=True)
class ContentPlayer:
    """How one kind of content is played. Both functions may be called on any thread.

    find: (content, first frame and length of its clip, setting, file of a source) → the file, or None where there is
        none yet; a look-up: nothing is decoded or written.
    prepare: (content, first frame and length of its clip, setting, project, context) → the file, made first if need be.
        Raises `AudioFileError` where its sound is missing or cannot be made, and `Cancelled`.
    part: (content, first frame and length of its clip, clock) → what of the file the clip plays.
    """

    find: Callable[[Any, int, int, Setting, Find], SampleFile | None]
    prepare: Callable[[Any, int, int, Setting, Project, Context | None], SampleFile]
    part: Callable[[Any, int, int, Clock], Stretch] = lambda content, _, __, ___: content.stretch


def _find_audio(content: AudioContent, start: int, length: int, setting: Setting, find: Find) -> SampleFile | None:
    file = find(content.source)
    if not content.derived:
        return file
    return find_derived(setting.folder, warped_sound.recipe_of(content, start, length, setting.clock))


def _prepare_audio(
    content: AudioContent, start: int, length: int, setting: Setting, project: Project, context: Context | None
) -> SampleFile:
    source = project.sources.get(content.source)
    if source is None:
        raise AudioFileError("The audio of this clip is not in the song: remove the clip or import its file.")
    if not content.derived:
        return pool.prepare(setting.folder, source, project.rate, context)
    recipe = warped_sound.recipe_of(content, start, length, setting.clock)
    if found := find_derived(setting.folder, recipe):
        return found
    file = pool.prepare(setting.folder, source, project.rate, context)
    samples = pool.read_samples(file, 0, file.frames)
    check = context.check if context else lambda: None
    blocks = warped_sound.render(content, start, length, setting.clock, samples, check)
    return write_derived(setting.folder, recipe, source.name, blocks)


def _audio_part(content: AudioContent, start: int, length: int, clock: Clock) -> Stretch:
    return warping.played_part(content, start, length, clock) if content.warp else content.stretch


def _find_notes(content: NoteContent, start: int, length: int, setting: Setting, _: Find) -> SampleFile | None:
    return find_derived(setting.folder, note_sound.recipe_of(content, start, length, setting.clock, setting.track))


def _prepare_notes(
    content: NoteContent, start: int, length: int, setting: Setting, _: Project, context: Context | None
) -> SampleFile:
    clock, track = setting.clock, setting.track
    recipe = note_sound.recipe_of(content, start, length, clock, track)
    if file := find_derived(setting.folder, recipe):
        return file
    check = context.check if context else None
    blocks = note_sound.render(content, start, length, clock, track, check, setting.play)
    return write_derived(setting.folder, recipe, track.name, blocks)


PLAYERS: dict[type[Content], ContentPlayer] = {
    AudioContent: ContentPlayer(_find_audio, _prepare_audio, _audio_part),
    NoteContent: ContentPlayer(_find_notes, _prepare_notes, note_sound.part_played),
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


def heard_contents(clip: Clip) -> tuple[Content, ...]:
    """What a clip plays: the content of its chosen take, or those of all takes of its comp."""
    if not clip.comp:
        return (clip.content,)
    return tuple(clip.takes[number].content for number in dict.fromkeys(part.take for part in clip.take_parts))


def find_content(
    content: Content, clip: Clip, project: Project, folder: Path, find: Find = lambda _: None
) -> SampleFile | None:
    """The file that a take of a clip of the song plays; None where there is none yet."""
    start, setting = project.start_of(clip), _setting_of(clip, project, folder)
    return player_of(content).find(content, start, clip.length, setting, find)


def part_of(clip: Clip, project: Project) -> Stretch:
    """What of its file (`prepare_clip`) a clip of the song plays."""
    return player_of(clip.content).part(clip.content, project.start_of(clip), clip.length, project.clock)


def prepare_clip(
    clip: Clip,
    project: Project,
    folder: Path,
    context: Context | None = None,
    play: NotePlayer = note_sound.play_here,
) -> SampleFile:
    """The file that a clip's chosen take plays, made first if need be; `play` plays its notes then.

    Those of all takes of its comp are made, too.

    Raises:
        AudioFileError: its sound is missing or cannot be made.
        Cancelled: the user cancelled.
    """
    start, setting = project.start_of(clip), replace(_setting_of(clip, project, folder), play=play)
    for content in heard_contents(clip):
        player_of(content).prepare(content, start, clip.length, setting, project, context)
    return player_of(clip.content).prepare(clip.content, start, clip.length, setting, project, context)


def _setting_of(clip: Clip, project: Project, folder: Path) -> Setting:
    """Where a clip is played; one that is on no track is played without an instrument."""
    place = project.find_clip(clip.id)
    return Setting(folder, project.clock, place[0] if place else Track("none", ""))


def next_heard(clips: Sequence[Clip], project: Project, frame: int) -> list[Clip]:
    """Clips of the song in the order in which playback from `frame` on comes to them; those behind it at the end."""

    def wait(clip: Clip) -> tuple[bool, int]:
        start = project.start_of(clip)
        return start + clip.length <= frame, max(start - frame, 0)

    return sorted(clips, key=wait)


def unprepared_clips(project: Project, folder: Path) -> list[Clip]:
    """Clips whose sound has to be rendered and has not been yet."""
    clock = project.clock
    clips = []
    for track, clip in project.clips():
        contents = [content for content in heard_contents(clip) if content.derived]
        if not contents or _FOUND.holds(clip, track, clock, folder):
            continue
        setting, start = Setting(folder, clock, track), clock.frames(clip.position)
        files = [player_of(each).find(each, start, clip.length, setting, lambda _: None) for each in contents]
        if None in files:
            clips.append(clip)
        else:
            _FOUND.keep(clip, track, clock, folder, tuple(file.path for file in files if file))
    return clips


class _FoundSounds:
    """The files found for the clips asked about last, by identity: working out a recipe takes much longer.

    Any thread.
    """

    KEPT = 32768

    def __init__(self) -> None:
        self._found: dict[str, tuple[tuple[object, ...], Clock, Path, tuple[str, ...]]] = {}

    def holds(self, clip: Clip, track: Track, clock: Clock, folder: Path) -> bool:
        """Whether all files of a clip were found when it, its instrument and the tempo were these, and are still there.

        A SoundFont of the user's may have changed meanwhile: the recipe asks.
        """
        entry = self._found.get(clip.id)
        if entry is None or note_sound.names_soundfont(clip, track):
            return False
        decisive, earlier, where, paths = entry
        same = all(a is b for a, b in zip(decisive, _decisive(clip, track), strict=True))
        return same and where == folder and earlier == clock and all(map(os.path.exists, paths))

    def keep(self, clip: Clip, track: Track, clock: Clock, folder: Path, paths: tuple[str, ...]) -> None:
        """Takes down what was found."""
        if len(self._found) >= self.KEPT:
            self._found.clear()
        self._found[clip.id] = _decisive(clip, track), clock, folder, paths


def _decisive(clip: Clip, track: Track) -> tuple[object, ...]:
    """What decides, beside the tempo, how a clip sounds."""
    return clip, track.instrument, track.role


_FOUND = _FoundSounds()
