"""Edits of the audio that the song's clips play."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine.errors import EditError
from engine.project.edits.overlaps import free_end
from engine.project.edits.structure import fitted
from engine.project.model import Clip, Project, Source, Take, Track


def add_source(p: Project, source: Source) -> Project:
    """Adds audio to the song, which must not have other audio under that id."""
    old = p.sources.get(source.id)
    if old == source:
        return p
    if old is not None and (old.growing or source.growing):
        raise EditError("The song has other audio under this id: import the file again.")
    return p if old is not None else replace(p, sources={**p.sources, source.id: source})


def grow_source(p: Project, source_id: str, frames: int, *, ahead: int = 0) -> Project:
    """Says that `frames` of a growing source are ready; clips that reached to its end get longer with it.

    Such a clip plays forwards without a loop. It then ends `ahead` frames (at the project's rate) after what is ready:
    playback waits there. A clip that is already longer waits for the sound and keeps its length. None gets longer than
    up to the next clip on its track.
    """
    source = _growing(p, source_id)
    frames = max(frames, source.frames)
    new = source if frames == source.frames else replace(source, frames=frames)
    before, after = source.frames_at(p.rate), new.frames_at(p.rate) + ahead

    def follow(track: Track, clip: Clip) -> Clip:
        end = _end(clip)
        if end is None or end < before or end >= after:
            return clip
        return _longer(p, track, clip, after - end)

    if new is not source:
        p = replace(p, sources={**p.sources, source_id: new})
    return _changed(p, source_id, follow)


def seal_source(p: Project, growing_id: str, sealed_source: Source) -> Project:
    """Puts the finished file in the place of a growing source. Clips that waited for more end with the sound."""
    source = _growing(p, growing_id)
    p = _ended(p, growing_id, source.frames_at(p.rate), sealed_source.frames_at(p.rate))
    return _replaced(p, growing_id, sealed_source)


def stop_source(p: Project, source_id: str) -> Project:
    """Lets clips that wait for more of a growing source end with what is ready, as nothing more is awaited."""
    ready = _growing(p, source_id).frames_at(p.rate)
    return _ended(p, source_id, ready, ready)


def describe_source(p: Project, source_id: str, provenance: Mapping[str, Any]) -> Project:
    """Says of every take of a source how it was made."""

    def described(take: Take) -> Take:
        return replace(take, provenance=provenance) if take.source == source_id else take

    return _retaken(p, source_id, described)


def relink_source(p: Project, source_id: str, source: Source) -> Project:
    """Lets all that played one source play another, such as a missing file that was found elsewhere."""
    if source_id not in p.sources:
        raise EditError("This audio is not in the song: import the file instead.")
    return _replaced(p, source_id, source)


def _growing(p: Project, source_id: str) -> Source:
    source = p.sources.get(source_id)
    if source is None or not source.growing:
        raise EditError("This audio is not being generated any more: start a new generation.")
    return source


def _end(clip: Clip) -> int | None:
    """The frame of the source after the last that the clip plays, if it plays straight forwards."""
    return None if clip.reverse or clip.loop_length else clip.offset + clip.chosen.shift + clip.length


def _ended(p: Project, source_id: str, ready: int, last: int) -> Project:
    """`p` in which clips that reach to frame `ready` of a source, or beyond, end with its frame `last`.

    A clip with several takes, such as the rounds of a loop, keeps the length of the others.
    """

    def end(track: Track, clip: Clip) -> Clip:
        reach = _end(clip)
        if len(clip.takes) == 1 and reach is not None and reach >= ready and reach != last:
            if reach < last:
                return _longer(p, track, clip, last - reach)
            clip = fitted(replace(clip, length=max(clip.length + last - reach, 1)))
        return clip

    return _changed(p, source_id, end)


def is_blocked(p: Project, source_id: str) -> bool:
    """Whether no clip gets longer with a growing source any more: the next clips on their tracks have been reached."""
    source = _growing(p, source_id)
    ready = source.frames_at(p.rate)
    playing = [(track, clip) for track, clip in p.clips() if clip.chosen.source == source_id]

    def reached(track: Track, clip: Clip) -> bool:
        end = _end(clip)
        return end is None or end < ready or free_end(p.clock, track, clip) == p.end_of(clip)

    return bool(playing) and all(reached(track, clip) for track, clip in playing)


def _longer(p: Project, track: Track, clip: Clip, frames: int) -> Clip:
    """The clip with `frames` more at its end, but no longer than up to the next clip of `track`."""
    limit = free_end(p.clock, track, clip)
    most = frames if limit is None else min(frames, limit - p.end_of(clip))
    return replace(clip, length=clip.length + most) if most > 0 else clip


def _changed(p: Project, source_id: str, change: Callable[[Track, Clip], Clip]) -> Project:
    """`p` with `change` made to every clip whose chosen take plays that source."""

    def changed(track: Track) -> Track:
        clips = tuple(change(track, clip) if clip.chosen.source == source_id else clip for clip in track.clips)
        return track if all(a is b for a, b in zip(clips, track.clips, strict=True)) else replace(track, clips=clips)

    tracks = tuple(changed(track) for track in p.tracks)
    same = all(a is b for a, b in zip(tracks, p.tracks, strict=True))
    return p if same else replace(p, tracks=tracks)


def _replaced(p: Project, source_id: str, source: Source) -> Project:
    """`p` with `source` in the place of another, in the list and in every take."""
    sources = {key: value for key, value in p.sources.items() if key != source_id}
    sources[source.id] = source
    p = replace(p, sources=sources)
    if source.id == source_id:
        return p

    def relinked(take: Take) -> Take:
        return replace(take, content=take.content.relinked(source_id, source.id))

    return _retaken(p, source_id, relinked)


def _retaken(p: Project, source_id: str, change: Callable[[Take], Take]) -> Project:
    """`p` with `change` made to the takes of every clip of which one has that source."""

    def retaken(clip: Clip) -> Clip:
        if all(take.source != source_id for take in clip.takes):
            return clip
        return replace(clip, takes=tuple(change(take) for take in clip.takes))

    def changed(track: Track) -> Track:
        clips = tuple(retaken(clip) for clip in track.clips)
        if not all(a is b for a, b in zip(clips, track.clips, strict=True)):
            track = replace(track, clips=clips)
        frozen = track.frozen
        if frozen is not None and any(take.source == source_id for clip in frozen.clips for take in clip.takes):
            track = replace(track, frozen=replace(frozen, clips=tuple(retaken(clip) for clip in frozen.clips)))
        return track

    return replace(p, tracks=tuple(changed(track) for track in p.tracks))
