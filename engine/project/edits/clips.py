"""Edits that add, remove and place clips."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from engine.errors import EditError
from engine.project.edits.form import opened_spans
from engine.project.edits.lanes import carried_lanes, lanes_moved
from engine.project.edits.overlaps import laid_over, shared_frames, without_excess
from engine.project.edits.shape import split_clip
from engine.project.edits.structure import (
    KEEP,
    Keep,
    change_clips,
    clip_of,
    copied,
    fitted,
    gain,
    hue,
    in_order,
    later,
    not_before_start,
    reaches_frozen,
    tidy,
    track_of,
    tracks_of,
    with_clips,
    with_track,
    with_tracks,
)
from engine.project.edits.time import with_time_opened
from engine.project.edits.tracks import add_track
from engine.project.model import AutomationPoint, Clip, Project, Track
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import SONG_START, Position


def add_clip(p: Project, track_id: str, clip: Clip, *, layered: bool = False) -> Project:
    """Puts `clip` on a track. Its values are brought into their ranges; its sources must be in the project.

    What it covers of other clips is cut away; with `layered` that sounds on beside it.
    """
    track = track_of(p, track_id)
    if any(clip.id == other.id for _, other in p.clips()):
        raise EditError("The song has this clip already: duplicate it to have it twice.")
    if clip.length < 1 or not clip.takes or not 0 <= clip.take < len(clip.takes):
        raise EditError("A clip needs a sound and at least one frame of length.")
    if any(take.source and take.source not in p.sources for take in clip.takes):
        raise EditError("The clip's audio is not in this song: import its file first.")
    looped = max(clip.loop_length, 0)
    phase = clip.loop_phase % looped if looped else 0
    if (looped, phase) != (clip.loop_length, clip.loop_phase):
        clip = clip.playing(replace(clip.stretch, loop_length=looped, loop_phase=phase))
    clip = replace(
        clip,
        position=not_before_start(clip.position),
        name=tidy(clip.name),
        gain_db=gain(clip.gain_db),
    )
    new = fitted(clip)
    clips = (*track.clips, new) if layered else laid_over(p.clock, track.clips, [new], {})
    return with_track(p, with_clips(track, clips, p.clock))


def remove_clips(p: Project, ids: Iterable[str], *, ripple: bool = False) -> Project:
    """Removes clips. With `ripple`, what comes later on their tracks moves up and closes the gaps.

    Only time that no other clip of the track covers is a gap, so neighbours that overlapped still do not overlap more.
    """
    clock = p.clock
    tracks = []
    for track, removed in tracks_of(p, ids):
        lost = {clip.id for clip in removed}
        remaining = [clip for clip in track.clips if clip.id not in lost]
        if ripple:
            remaining = _closed(clock, remaining, _gaps(clock, removed, remaining))
            tracks.append(with_clips(track, remaining, clock))
        else:
            tracks.append(replace(track, clips=tuple(remaining)))
    return with_tracks(p, tracks)


def _gaps(clock: Clock, removed: list[Clip], remaining: list[Clip]) -> list[tuple[int, int]]:
    """The stretches (start, end) in frames, in order, that clips of `removed` cover and those of `remaining` do not."""
    edges: list[tuple[int, int, int]] = []
    for group, clips in enumerate((removed, remaining)):
        for clip in clips:
            start = clock.frames(clip.position)
            edges += [(start, group, 1), (start + clip.length, group, -1)]
    edges.sort()
    gaps: list[tuple[int, int]] = []
    depth, before = [0, 0], 0
    for frame, group, step in edges:
        if depth[0] and not depth[1] and frame > before:
            gaps.append((before, frame))
        depth[group] += step
        before = frame
    return gaps


def _closed(clock: Clock, clips: list[Clip], gaps: list[tuple[int, int]]) -> list[Clip]:
    """The clips, each moved up by the gaps before its start."""
    moved = []
    for clip in clips:
        start = clock.frames(clip.position)
        gap = sum(last - first for first, last in gaps if last <= start)
        moved.append(replace(clip, position=later(clock, clip.position, -gap)) if gap else clip)
    return moved


def move_clips(
    p: Project, ids: Iterable[str], delta: Duration, *, tracks: int = 0, automation: bool = False
) -> Project:
    """Moves clips together by `delta` in time and by `tracks` tracks down (negative: up).

    A delta in beats leaves every clip at a position in beats, exactly (so pass the distance from a clip's
    `clock.beats(position)` to the place it snaps to); a delta in frames leaves every clip at a position in frames; a
    delta of 0 leaves positions as they are. The group stops at the song's start and at the first and the last track.
    What it then covers of other clips is cut away. With `automation` the lanes' points under the clips move along.
    """
    groups, clock = tracks_of(p, ids), p.clock
    if not groups:
        return p
    delta = delta.kept_after_start([clip.position for _, clips in groups for clip in clips], clock)
    index = {track.id: at for at, track in enumerate(p.tracks)}
    rows = [index[track.id] for track, _ in groups]
    tracks = min(max(tracks, -rows[0]), len(p.tracks) - 1 - rows[-1])
    if not delta.sign and not tracks:
        return p

    def placed(clip: Clip) -> Clip:
        return replace(clip, position=delta.end(clip.position, clock)) if delta.sign else clip

    contents = {row: list(p.tracks[row].clips) for row in rows}
    for row, (_, clips) in zip(rows, groups, strict=True):
        moving = {clip.id for clip in clips}
        contents[row] = [clip for clip in contents[row] if clip.id not in moving]
    for row, (_, clips) in zip(rows, groups, strict=True):
        under = contents.get(row + tracks, p.tracks[row + tracks].clips)
        shared = shared_frames(clock, clips)
        contents[row + tracks] = laid_over(clock, under, [placed(clip) for clip in clips], shared)
    moved = with_tracks(p, (with_clips(p.tracks[row], clips, clock) for row, clips in contents.items()))
    if not automation:
        return moved
    moves = [
        (track.id, p.tracks[row + tracks].id, p.start_of(clip), p.end_of(clip), partial(delta.end, clock=clock))
        for row, (track, clips) in zip(rows, groups, strict=True)
        for clip in clips
    ]
    return carried_lanes(moved, p, moves)


def place_clip(p: Project, clip_id: str, position: Position, *, track_id: str | None = None) -> Project:
    """Puts a clip at `position` (the start, if that lies before it), and on another track if one is given.

    What it then covers of other clips is cut away.
    """
    track, clip = clip_of(p, clip_id)
    target = track if track_id is None else track_of(p, track_id)
    moved = replace(clip, position=not_before_start(position))
    if target is track and moved == clip:
        return p
    rest = [other for other in track.clips if other is not clip]
    under = rest if target is track else target.clips
    placed = with_clips(target, laid_over(p.clock, under, [moved], {}), p.clock)
    return with_tracks(p, (placed,) if target is track else (replace(track, clips=tuple(rest)), placed))


def duplicate(p: Project, ids: Iterable[str]) -> Project:
    """Puts copies of clips, together, right after the last of them ends, each on its track.

    What they cover of other clips is cut away.
    """
    groups, clock = tracks_of(p, ids), p.clock
    if not groups:
        return p
    spans = [(clock.frames(clip.position), clip.length) for _, clips in groups for clip in clips]
    shift = max(start + length for start, length in spans) - min(start for start, _ in spans)
    tracks: list[Track] = []
    joined: dict[str, str] = {}
    for track, clips in groups:
        copies = [replace(copied(clip, joined), position=later(clock, clip.position, shift)) for clip in clips]
        tracks.append(with_clips(track, _laid_copies(clock, track.clips, clips, copies), clock))
    return with_tracks(p, tracks)


def _laid_copies(clock: Clock, under: Iterable[Clip], originals: Sequence[Clip], copies: Sequence[Clip]) -> list[Clip]:
    """The clips of a track with `copies` over `under`; of each other they share what their `originals` do."""
    names = {copy.id: clip.id for copy, clip in zip(copies, originals, strict=True)}
    return laid_over(clock, under, copies, shared_frames(clock, originals), names)


def paste(p: Project, clips: Sequence[tuple[int, Clip]], track_id: str, position: Position) -> Project:
    """Puts copies of `clips` (tracks below the given one, clip) so that the first of them starts at `position`.

    The others keep their distance to it, in beats if `position` is in beats. Tracks that are missing below are added.
    What the copies cover of other clips is cut away.
    """
    if not clips:
        return p
    clock = p.clock
    position = not_before_start(position)
    top = p.tracks.index(track_of(p, track_id))
    highest = min(row for row, _ in clips)
    first = min((clip.position for _, clip in clips), key=clock.frames)
    for row, clip in clips:
        if any(take.source and take.source not in p.sources for take in clip.takes):
            raise EditError("The audio of the copied clips is not in this song: import its files first.")
        while len(p.tracks) <= top + row - highest:
            p = add_track(p)
    added: dict[int, list[tuple[Clip, Clip]]] = {}
    joined: dict[str, str] = {}
    for row, clip in clips:
        if position.in_frames:
            distance = Duration.of_frames(clock.frames(clip.position) - clock.frames(first))
        else:
            distance = Duration.of_beats(clock.beats(clip.position) - clock.beats(first))
        place = distance.end(position, clock)
        place = SONG_START if place.is_before_start else place
        added.setdefault(top + row - highest, []).append((clip, replace(copied(clip, joined), position=place)))
    tracks = []
    for row, pairs in added.items():
        originals, copies = [clip for clip, _ in pairs], [copy for _, copy in pairs]
        tracks.append(with_clips(p.tracks[row], _laid_copies(clock, p.tracks[row].clips, originals, copies), clock))
    return with_tracks(p, tracks)


def set_clip(
    p: Project,
    ids: Iterable[str],
    *,
    name: str | None = None,
    colour: int | Keep | None = KEEP,
    gain_db: float | None = None,
    mute: bool | None = None,
) -> Project:
    """Changes what is given on every one of these clips; a colour of None takes the track's."""

    def change(clip: Clip) -> Clip:
        return replace(
            clip,
            name=clip.name if name is None else tidy(name),
            colour=clip.colour if isinstance(colour, Keep) else colour if colour is None else hue(colour),
            gain_db=clip.gain_db if gain_db is None else gain(gain_db),
            mute=clip.mute if mute is None else mute,
        )

    return change_clips(p, ids, change)


@reaches_frozen
def ripple_insert(p: Project, position: Position, length: Duration) -> Project:
    """Opens `length` of empty time at `position`: all that comes later moves, clips that run across are split.

    Changes of the tempo and the time signature move along: what comes later is heard as before, and the new time has
    the tempo that led to its place. Time signatures change at bar lines, so they move by the nearest number of bars.
    """
    clock = p.clock
    position = not_before_start(position)
    at = clock.frames(position)
    if length.sign <= 0:
        raise EditError("The time to insert must be longer than nothing: give at least one frame.")
    not_before_start(length.end(position, clock))
    p, beats = with_time_opened(p, position, length)
    after = p.clock
    shift = length.frames(position, after)

    def moved(old: Position, *, end: bool = False) -> Position:
        if clock.frames(old) < at + end:  # what ends there is not pushed on
            return old
        if old.beat is not None and (p.tempo_changes or not length.in_frames):
            return Position.at_beat(old.beat + beats)
        return later(clock, old, shift)

    def opened(track: Track) -> Track:
        parts: list[Clip] = []
        names: dict[str, str] = {}
        for clip in track.clips:
            start = clock.frames(clip.position)
            if start < at < start + clip.length:
                left, right = split_clip(clock, clip, position)
                parts += [left, replace(right, position=moved(right.position))]
                names[right.id] = clip.id
            elif start >= at:
                parts.append(replace(clip, position=moved(clip.position)))
            else:
                parts.append(clip)
        points = tuple(AutomationPoint(moved(point.position), point.gain_db) for point in track.automation)
        # beats that move on into another tempo may pass what is placed in frames
        points = tuple(sorted(points, key=lambda point: after.frames(point.position)))
        allowed = shared_frames(clock, track.clips)
        clips = in_order(without_excess(after, parts, allowed, names), after)
        lanes = lanes_moved(track.lanes, after, moved)
        same = (points, lanes) == (track.automation, track.lanes) and len(clips) == len(track.clips)
        same = same and all(a is b for a, b in zip(clips, track.clips, strict=True))
        return track if same else replace(track, clips=clips, automation=points, lanes=lanes)

    markers = [replace(marker, position=moved(marker.position)) for marker in p.markers]
    region = replace(p.loop, start=moved(p.loop.start), end=moved(p.loop.end, end=True))
    beat = clock.beats(position)
    return replace(
        p,
        chords=opened_spans(p.chords, beat, beats),
        sections=opened_spans(p.sections, beat, beats),
        tracks=tuple(opened(track) for track in p.tracks),
        markers=tuple(sorted(markers, key=lambda marker: after.frames(marker.position))),
        loop=region,
        master_lanes=lanes_moved(p.master_lanes, after, moved),
    )
