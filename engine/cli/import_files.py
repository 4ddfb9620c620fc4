"""`continuo import SONG FILE…`: audio files onto a track, MIDI and DAWproject files onto tracks of their own."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from engine.cli.contents import take_fields
from engine.cli.song import add_song, find_track, opened_for_editing
from engine.cli.terminal import add_json, job, print_json
from engine.dawproject import is_dawproject
from engine.errors import EngineError
from engine.jobs import Context
from engine.midi import is_midi
from engine.project import edits
from engine.project.file_facts import place_sounds
from engine.project.model import Clip, Project, Source, Track
from engine.tags.reading import AudioTags, read_tags
from engine.timing.position import Position


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="WAV, FLAC, OGG, MP3 or AIFF; with FFmpeg also M4A and others; MIDI; DAWproject",
    )
    parser.add_argument(
        "--track",
        metavar="NAME",
        help="the track, added when missing; several files follow one another on it, on a new track where clips are in "
        "their way (default: a new track for each file, named after it)",
    )
    parser.add_argument("--at", metavar="POS", default="bar:1", help="where the first file starts (default: bar:1)")
    parser.add_argument(
        "--warp",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="let loops, whose files say their tempo or in which it is clearly heard, follow the song's (default: yes)",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Imports the files and prints the ids of their clips."""
    from engine.project.importing import import_audio

    notices: list[str] = []
    own = [path for path in arguments.files if is_midi(path) or is_dawproject(path)]
    audio = [path for path in arguments.files if path not in own]
    if own and arguments.track is not None:
        raise EngineError(f"“{own[0]}” brings tracks of its own: leave --track away for such files.")
    with opened_for_editing(arguments.song) as folder, job() as context:
        project = folder.project
        position = project.clock.parse(arguments.at)
        ids: list[str] = []
        for path in own:
            if is_midi(path):
                project, more = _with_midi(project, path, position, notices)
            else:
                project, more = _with_dawproject(project, folder.folder, path, position, context, notices)
            ids += more
        sources = [import_audio(folder.folder, path, project.rate, context, notices.append) for path in audio]
        track = find_track(project, arguments.track) if arguments.track is not None else None
        if track is None and arguments.track is not None:
            project = edits.add_track(project, arguments.track)
            track = project.tracks[-1]
        if sources:
            tags = {source.id: read_tags(path) for source, path in zip(sources, audio, strict=True)}
            tempos = _heard(folder.folder, project, sources, tags, position) if arguments.warp else {}
            sounds = place_sounds(
                project,
                sources,
                tags,
                position,
                track_id=track.id if track else None,
                warp=arguments.warp,
                heard=tempos,
            )
            project = sounds.project
            ids += sounds.clip_ids
            notices += sounds.notices
        folder.save(project)
    placed = [place for clip_id in ids if (place := project.find_clip(clip_id))]
    if track and placed and placed[0][0].id != track.id:
        notices.append(f"Clips of “{track.name}” are in the way: the new track “{placed[0][0].name}” takes what came.")
    for notice in notices:
        print(notice, file=sys.stderr)
    if arguments.json:
        print_json([_described(project, track, clip) for track, clip in placed])
    else:
        for clip_id in ids:
            print(clip_id)
    return 0


def _heard(
    folder: Path, project: Project, sources: Sequence[Source], tags: Mapping[str, AudioTags], position: Position
) -> dict[str, Fraction]:
    """The tempos that are heard in short sounds whose files say none, by the ids of the sources."""
    from engine.playback.loop_hearing import heard_tempo

    expected = float(project.clock.tempo_at(position))
    tempos = {
        source.id: heard_tempo(folder, source, project.rate, expected) for source in sources if not tags[source.id].loop
    }
    return {source_id: tempo for source_id, tempo in tempos.items() if tempo}


def _with_midi(project: Project, path: Path, position: Position, notices: list[str]) -> tuple[Project, list[str]]:
    """The song with the parts of a MIDI file, and the ids of their clips."""
    from engine.midi.importing import place_midi
    from engine.midi.reading import read_song

    placed = place_midi(project, read_song(path), position)
    notices += placed.notices
    return placed.project, list(placed.clip_ids)


def _with_dawproject(
    project: Project, folder: Path, path: Path, position: Position, context: Context, notices: list[str]
) -> tuple[Project, list[str]]:
    """The song with the tracks of a DAWproject file, and the ids of their clips."""
    from engine.dawproject.importing import import_sounds, place_dawproject
    from engine.dawproject.reading import read_dawproject

    song = read_dawproject(path)
    sources = import_sounds(folder, path, song, project.rate, context, notices.append)
    placed = place_dawproject(project, song, sources, position)
    notices += placed.notices
    return placed.project, list(placed.clip_ids)


def _described(project: Project, track: Track, clip: Clip) -> dict[str, object]:
    words: dict[str, object] = {
        "clip": clip.id,
        "track": {"id": track.id, "name": track.name},
        "start": project.start_of(clip),
        "length": clip.length,
    }
    source = project.sources.get(clip.chosen.source)
    if source:
        return {**words, "source": source.id, "file": source.file}
    instrument = track.instrument.name if track.instrument else None
    return {**words, "role": track.role, "instrument": instrument, "notes": take_fields(clip.content).get("notes")}
