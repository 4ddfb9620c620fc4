"""A DAWproject file comes into a song: its audio into the pool, its tracks below the song's own."""

import shutil
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from engine.dawproject.channel_placing import with_channels, with_master
from engine.dawproject.contents import file_content, note_content
from engine.dawproject.reading import DawClip, DawSong, DawTrack
from engine.disk import shortage
from engine.errors import AudioFileError, EditError, shown
from engine.ids import new_id
from engine.jobs import Context
from engine.project import edits
from engine.project.edits.structure import tidy
from engine.project.importing import import_audio
from engine.project.model import (
    NO_FADE,
    ChannelKind,
    Clip,
    Fade,
    Project,
    Source,
    Take,
)
from engine.project.model.ranges import MAX_BEATS
from engine.timing.position import SONG_START, Position


@dataclass(frozen=True, slots=True)
class Placed:
    """The song with a DAWproject file in it. notices: sentences on what was not taken as it is."""

    project: Project
    clip_ids: tuple[str, ...]
    notices: tuple[str, ...]


def import_sounds(
    folder: Path,
    path: Path,
    song: DawSong,
    rate: int,
    context: Context | None = None,
    notice: Callable[[str], object] | None = None,
) -> dict[str, Source]:
    """Brings the audio that the clips of `song` play from the file at `path` into the pool of the song in `folder`.

    Returns the sources by their paths in the file; what cannot be read is told to `notice` and left out. Any thread.

    Raises:
        AudioFileError: the disk is full, or the file has changed meanwhile.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    names = list(dict.fromkeys(clip.file for track in song.tracks for clip in track.clips if clip.file))
    sources: dict[str, Source] = {}
    try:
        with ZipFile(path) as container, TemporaryDirectory(prefix="continuo-") as temporary:
            for number, name in enumerate(names):
                context.progress(number / len(names), f"Reading “{Path(name).name}”")
                size = container.getinfo(name).file_size
                if figures := shortage(Path(temporary), size):
                    raise AudioFileError(f"There is no room to unpack “{shown(path.name)}”: {figures}.")
                file = Path(temporary) / str(number) / (tidy(Path(name).name.replace("\\", "_")) or "audio")
                file.parent.mkdir()
                try:
                    with container.open(name) as packed, file.open("wb") as unpacked:
                        shutil.copyfileobj(packed, unpacked, 1 << 20)
                    sources[name] = import_audio(folder, file, rate, context, notice)
                except (AudioFileError, BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
                    if notice:
                        readable = isinstance(error, AudioFileError)
                        notice(str(error) if readable else f"“{Path(name).name}” is damaged and was left out.")
                file.unlink(missing_ok=True)
    except (OSError, BadZipFile, KeyError, ValueError, ArithmeticError) as error:
        raise AudioFileError(f"“{shown(path.name)}” cannot be unpacked ({error}).") from error
    return sources


def place_dawproject(
    p: Project, song: DawSong, sources: Mapping[str, Source], position: Position = SONG_START
) -> Placed:
    """Puts the tracks of `song` below the song's own, from `position` on; one edit.

    In a song without any clip, at its start, the file's tempos, time signatures, markers and the master's gain are
    taken over, too; otherwise its beats follow the song's tempo.

    Raises:
        EditError: the file has no tracks.
    """
    if not song.tracks:
        raise EditError("The DAWproject file has no tracks: there is nothing to import.")
    notices = list(song.notices)
    markers = [(beat, tidy(name) or "Marker") for beat, name in song.markers]
    if adopted := edits.adopt_time(p, song.tempo_map, markers, position):
        p = with_master(adopted, song.master)
    elif song.tempo_map.tempos != p.tempo_map.tempos:
        notices.append("The file has a tempo of its own: its clips begin on its beats at the song’s tempo.")
    origin = p.clock.beats(position)
    clip_ids: list[str] = []
    first = len(p.tracks)
    for track in song.tracks:
        p, ids = _with_track(p, track, sources, origin)
        clip_ids += ids
    p, fault = with_channels(p, song.tracks, first, origin)
    return Placed(p, tuple(clip_ids), tuple(dict.fromkeys((*notices, *fault))))


def _with_track(
    p: Project, track: DawTrack, sources: Mapping[str, Source], origin: Fraction
) -> tuple[Project, list[str]]:
    channel = track.channel
    p = edits.add_track(p, tidy(track.name) or None, kind=channel.kind or ChannelKind.AUDIO)
    key = p.tracks[-1].id
    p = edits.set_track(p, key, gain_db=channel.gain_db, pan=channel.pan, mute=channel.mute, solo=channel.solo)
    ids = []
    for each in track.clips:
        source = sources.get(each.file)
        if (each.file and source is None) or origin + each.beat + each.length > MAX_BEATS:
            continue
        if source is not None:
            p = edits.add_source(p, source)
        clip = _clip(p, each, source, origin)
        p = edits.add_clip(p, key, clip, layered=True)
        ids.append(clip.id)
    return p, ids


def _clip(p: Project, clip: DawClip, source: Source | None, origin: Fraction) -> Clip:
    position = Position.at_beat(origin + clip.beat)
    first = p.clock.frames(position)
    length = max(p.clock.frames(Position.at_beat(origin + clip.beat + clip.length)) - first, 1)
    content = file_content(p, clip, source, origin) if source else note_content(p, clip, origin)
    fade_in, fade_out = (min(round(fade * p.rate), length) for fade in clip.fades)
    fade_out = min(fade_out, length - fade_in)
    return Clip(
        new_id(),
        position,
        length,
        (Take(new_id(), content),),
        name=tidy(clip.name) or (source.name if source else ""),
        fade_in=Fade(fade_in) if fade_in else NO_FADE,
        fade_out=Fade(fade_out) if fade_out else NO_FADE,
        mute=clip.mute,
    )
