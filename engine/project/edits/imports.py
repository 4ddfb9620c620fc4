"""Placing sounds that come in together: never on top of what is there, and joined where they follow one another."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.clips import add_clip
from engine.project.edits.markers import add_marker
from engine.project.edits.overlaps import interval
from engine.project.edits.sources import add_source
from engine.project.edits.structure import tidy, track_of
from engine.project.edits.tracks import add_track
from engine.project.edits.warp import warp_clip
from engine.project.model import Clip, Project, Source, Track, audio_take
from engine.project.model.ranges import MAX_BEATS
from engine.timing.position import Position
from engine.timing.sound_tempo import stretch_of
from engine.timing.tempo_map import TempoMap


def add_sounds(
    p: Project,
    sounds: Sequence[Source],
    position: Position,
    *,
    track_id: str | None = None,
    tempos: Mapping[str, Fraction] | None = None,
) -> tuple[Project, list[str]]:
    """Puts a clip of each of `sounds` into the song; also returns the ids of the clips, in order.

    On a track they follow one another from `position`, and go on doing so at any tempo. Where a clip of the track is in
    their way, they get a new track below it. Without a track each gets one of its own, called after it, and starts at
    `position`. tempos: of sounds, by their ids, that come warped, so that they follow the song's tempo; one that is too
    far from it keeps its own speed.
    """
    ids: list[str] = []
    tempos = tempos or {}
    if track_id is None:
        for source in sounds:
            p = add_track(p, _name(source))
            p = _placed(p, p.tracks[-1], source, position, ids, tempos)
        return p, ids
    track = track_of(p, track_id)
    first = p.clock.frames(position)
    if not is_free(p, track, first, first + sum(_frames(p, source, position, tempos) for source in sounds)):
        index = p.tracks.index(track) + 1
        p = add_track(p, _name(sounds[0]), index=index)
        track = p.tracks[index]
    place, frame = position, first
    for source in sounds:
        p = _placed(p, track_of(p, track.id), source, place, ids, tempos)
        frame += _length(p, ids[-1])
        place = Position.at_frame(frame)  # to the frame; `set_tempo` keeps what touches together
    return p, ids


def adopt_time(
    p: Project, tempo_map: TempoMap, markers: Iterable[tuple[Fraction, str]], position: Position
) -> Project | None:
    """The song with the tempos, time signatures and (beat, name) markers of a file that comes in at `position`.

    None where the song has a clip, or the file does not come to its start: then the song keeps its own time.
    """
    if any(True for _ in p.clips()) or p.clock.frames(position):
        return None
    tempos, signatures = tempo_map.tempos, tempo_map.signatures
    p = replace(
        p,
        tempo=tempos[0].bpm,
        signature=signatures[0].signature,
        tempo_changes=tempos[1:],
        signature_changes=signatures[1:],
    )
    for beat, name in markers:
        if beat < MAX_BEATS:
            p = add_marker(p, Position.at_beat(beat), name)
    return p


def is_free(p: Project, track: Track, first: int, last: int) -> bool:
    """Whether no clip of `track` covers any of the frames from `first` to before `last`."""
    spans = (interval(p.clock, clip) for clip in track.clips)
    return all(end <= first or start >= last for start, end in spans)


def _placed(
    p: Project, track: Track, source: Source, position: Position, ids: list[str], tempos: Mapping[str, Fraction]
) -> Project:
    length = source.frames_at(p.rate)
    clip = Clip(new_id(), position, length, (audio_take(new_id(), source.id, _name(source)),), name=_name(source))
    ids.append(clip.id)
    p = add_clip(add_source(p, source), track.id, clip)
    if source.id in tempos:
        with suppress(EditError):  # too far from the song's
            p = warp_clip(p, clip.id, tempos[source.id])
    return p


def _frames(p: Project, source: Source, position: Position, tempos: Mapping[str, Fraction]) -> int:
    """About how many frames the clip of a sound will have."""
    ratio = stretch_of(tempos[source.id], p.clock.tempo_at(position)) if source.id in tempos else 1
    return round(source.frames_at(p.rate) * ratio)


def _length(p: Project, clip_id: str) -> int:
    place = p.find_clip(clip_id)
    return place[1].length if place else 0


def _name(source: Source) -> str:
    return tidy(source.name) or "Sound"
