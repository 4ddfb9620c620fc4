"""The clip of a live take as edits: where it goes, how it grows, what is left of it, and which frame is heard."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.errors import EditError
from engine.project import edits
from engine.project.edits.structure import clip_of, gain, later, with_clip
from engine.project.model import Clip, Fade, Project, Source, Track, audio_take


def needs_track(p: Project, clip_id: str) -> bool:
    """Whether something lies after the clip on its track, so that what grows there would run into it."""
    track, clip = clip_of(p, clip_id)
    end = p.end_of(clip)
    return any(other is not clip and p.end_of(other) > end for other in track.clips)


def started(
    p: Project, after: str, clip_id: str, source: Source, length: int, *, own_track: str = "", provenance: Any = None
) -> Project:
    """Puts a clip of the growing `source` at the end of the clip `after`, whose fade-out gives way.

    It is `length` frames long at first and as loud as the clip before it. With `own_track`, an id, it lies on a new
    track below that sounds like the clip's.

    Raises:
        EditError: the clip is gone.
    """
    track, clip = clip_of(p, after)
    place = later(p.clock, clip.position, clip.length)
    loud = gain(clip.gain_db + clip.chosen.gain_db)
    take = audio_take(f"{clip_id}-take", source.id, source.name, provenance=provenance)
    new = Clip(clip_id, place, length, (take,), name=source.name, gain_db=loud, colour=clip.colour)
    p = with_clip(p, track, clip, replace(clip, fade_out=Fade(0, clip.fade_out.shape)))
    p = edits.add_source(p, source)
    if own_track:
        p = _with_track_below(p, track, own_track)
    return edits.add_clip(p, own_track or track.id, new)


def _with_track_below(p: Project, track: Track, track_id: str) -> Project:
    name = f"{track.name} live"
    p = edits.add_track(p, name, track_id=track_id, index=p.tracks.index(p.track(track.id) or track) + 1)
    p = edits.set_track(p, track_id, colour=track.colour, gain_db=track.gain_db, pan=track.pan)
    return p if not track.solo else edits.set_track(p, track_id, solo=True)


def grown(p: Project, source_id: str, frames: int, ahead: int, provenance: Mapping[str, Any]) -> Project:
    """Any value of the song with what is ready of the live take; a song without it stays as it is."""
    source = p.sources.get(source_id)
    if source is None or not source.growing:
        return p
    return _described(edits.grow_source(p, source_id, frames, ahead=ahead), source_id, provenance)


def blocked(p: Project, source_id: str) -> bool:
    """Whether the live take cannot get longer, as the next clip on its track begins where it ends."""
    source = p.sources.get(source_id)
    return source is not None and source.growing and edits.is_blocked(p, source_id)


def stopped(p: Project, source_id: str) -> Project:
    """Any value of the song in which nothing more of the live take is awaited."""
    source = p.sources.get(source_id)
    return p if source is None or not source.growing else edits.stop_source(p, source_id)


def ended(p: Project, growing_id: str, sealed: Source, provenance: Mapping[str, Any]) -> Project:
    """Any value of the song with the finished file in the place of what grew."""
    source = p.sources.get(growing_id)
    if source is None or not source.growing:
        return p
    p = _described(p, growing_id, provenance)
    return edits.seal_source(p, growing_id, sealed)


def removed(p: Project, growing_id: str) -> Project:
    """Any value of the song without a take of which nothing was made."""
    source = p.sources.get(growing_id)
    if source is None or not source.growing:
        return p
    clip_ids = [clip.id for _, clip in p.clips() if any(take.source == growing_id for take in clip.takes)]
    p = edits.remove_clips(p, clip_ids)
    return replace(p, sources={key: value for key, value in p.sources.items() if key != growing_id})


def clip_playing(p: Project, source_id: str) -> tuple[Track, Clip] | None:
    """The clip that plays that source, the last of them in time, and its track."""
    pairs = [(track, clip) for track, clip in p.clips() if clip.chosen.source == source_id]
    return max(pairs, key=lambda pair: p.end_of(pair[1]), default=None)


def heard_frame(p: Project, clip: Clip, playhead: int) -> int | None:
    """The frame of the clip's file that is heard at song frame `playhead`: 0 before the clip, None after it."""
    at = playhead - p.start_of(clip)
    if at >= clip.length:
        return None
    return max(at + clip.offset + clip.chosen.shift, 0) if at >= 0 else 0


def _described(p: Project, source_id: str, provenance: Mapping[str, Any]) -> Project:
    """`p` with that provenance on every take of the source."""

    def changed(track: Track) -> Track:
        clips = tuple(described(clip) for clip in track.clips)
        return track if all(a is b for a, b in zip(clips, track.clips, strict=True)) else replace(track, clips=clips)

    def described(clip: Clip) -> Clip:
        if all(take.source != source_id or take.provenance is provenance for take in clip.takes):
            return clip
        return replace(
            clip,
            takes=tuple(replace(t, provenance=provenance) if t.source == source_id else t for t in clip.takes),
        )

    tracks = tuple(changed(track) for track in p.tracks)
    return p if all(a is b for a, b in zip(tracks, p.tracks, strict=True)) else replace(p, tracks=tracks)


def check_continuable(p: Project, clip_id: str) -> Clip:
    """The clip, if a live take can go on from it.

    Raises:
        EditError: it is gone, or still being made itself.
    """
    _, clip = clip_of(p, clip_id)
    source = p.sources.get(clip.chosen.source)
    if source is None or source.growing:
        raise EditError("This clip is still being made: stop the live take first, then continue it.")
    return clip
