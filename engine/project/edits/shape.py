"""Edits of what a clip plays: trim, slip, split, join, loop and reverse. What is heard stays where it was."""

from collections.abc import Iterable
from dataclasses import replace

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.overlaps import with_extent
from engine.project.edits.structure import (
    MAX_FRAMES,
    change_clips,
    clip_of,
    fitted,
    in_kind,
    longer_at_end,
    longer_at_start,
    too_far,
    tracks_of,
    whole,
    with_clip,
    with_clips,
    with_tracks,
)
from engine.project.model import Clip, Content, Fade, Project
from engine.timing.clock import Clock
from engine.timing.position import Position


def room(p: Project, clip: Clip) -> tuple[int | None, int | None]:
    """Frames by which the clip can get longer at its (start, end) before it plays nothing; None: any number.

    A clip that already reaches beyond its sound has no room there, never a negative one.
    """
    return clip.content.room(clip.length, p.sources, p.rate)


def trim_start(p: Project, clip_id: str, position: Position) -> Project:
    """Moves a clip's start to `position`, without moving what it plays.

    The start stops at the song's start, where the sound begins, and one frame before the clip's end. A clip in beats
    stays in beats; one in frames is in beats from then on if `position` is. Clips that it comes to cover are trimmed.
    """
    track, clip = clip_of(p, clip_id)
    clock = p.clock
    start = clock.frames(clip.position)
    target = clock.frames(position)
    least = max(0, start - more) if (more := room(p, clip)[0]) is not None else 0
    frame = min(max(target, least), start + clip.length - 1)
    if frame == start:
        return p
    exact = frame == target and not position.is_before_start
    place = in_kind(clock, position if exact else Position.at_frame(frame), clip.position)
    new = replace(longer_at_start(clip, start - frame), position=place)
    return with_extent(p, track, clip, fitted(new, keep_end=True))


def trim_end(p: Project, clip_id: str, position: Position) -> Project:
    """Moves a clip's end to `position`; it stops where the sound ends and one frame after the clip's start.

    Clips that it comes to cover are trimmed.
    """
    track, clip = clip_of(p, clip_id)
    start = p.start_of(clip)
    more = room(p, clip)[1]
    length = max(p.clock.frames(position) - start, 1)
    if more is not None:
        length = min(length, clip.length + more)
    if length == clip.length:
        return p
    return with_extent(p, track, clip, fitted(longer_at_end(clip, length - clip.length)))


def slip(p: Project, clip_id: str, frames: int) -> Project:
    """Moves what a clip plays `frames` later under it (earlier, if negative), as far as there is sound."""
    track, clip = clip_of(p, clip_id)
    if not clip.loop_length:
        start, end = room(p, clip)
        frames = frames if start is None else min(frames, start)
        frames = frames if end is None else max(frames, -end)
        if abs(frames) > MAX_FRAMES:
            raise too_far()
    comp = tuple(replace(part, first=part.first + frames) for part in clip.comp)
    new = replace(clip, comp=comp).with_contents(take.content.slipped(frames) for take in clip.takes)
    return p if new == clip else with_clip(p, track, clip, new)


def split_clip(clock: Clock, clip: Clip, position: Position) -> tuple[Clip, Clip]:
    """The two halves of a clip at `position`, which lies inside it; together they sound as the clip did.

    The left half keeps the id. Of a fade in which the cut lies, each half has its part. The halves of a clip in beats
    are in beats.
    """
    at = clock.frames(position) - clock.frames(clip.position)
    unfaded = replace(clip, fade_in=Fade(0, clip.fade_in.shape), fade_out=Fade(0, clip.fade_out.shape))
    into, out = clip.fade_in, clip.fade_out
    cut_in = into.first + min(at, into.length)
    cut_out = out.first + max(at - (clip.length - out.length), 0)
    left = replace(
        longer_at_end(unfaded, at - clip.length),
        fade_in=into.part(into.first, cut_in),
        fade_out=out.part(out.first, cut_out),
    )
    right = replace(
        longer_at_start(unfaded, -at),
        id=new_id(),
        fade_in=into.part(cut_in, into.end),
        fade_out=out.part(cut_out, out.end),
    )
    if clip.position.in_frames:
        place = Position.at_frame(clock.frames(position))
    else:
        place = Position.at_beat(clock.beats(position))
    return left, replace(right, position=place)


def split(p: Project, ids: Iterable[str], position: Position) -> Project:
    """Cuts those of these clips that run across `position` in two.

    Raises:
        EditError: none of them does.
    """
    clock = p.clock
    at = clock.frames(position)
    tracks = []
    for track, clips in tracks_of(p, ids):
        cut = {
            clip.id: split_clip(clock, clip, position)
            for clip in clips
            if 0 < at - clock.frames(clip.position) < clip.length
        }
        if cut:
            tracks.append(with_clips(track, (c for clip in track.clips for c in cut.get(clip.id, (clip,))), clock))
    if not tracks:
        raise EditError("There is nothing to split here: put the playhead inside a selected clip.")
    return with_tracks(p, tracks)


def join(p: Project, ids: Iterable[str]) -> Project:
    """Makes one clip of neighbours on each track whose sound runs on from one to the next, as after a split.

    Raises:
        EditError: they do not touch, do not play on, or differ in gain, mute or direction.
    """
    clock = p.clock
    tracks = []
    for track, clips in tracks_of(p, ids):
        if len(clips) < 2:
            continue
        joined = clips[0]
        for clip in clips[1:]:
            joined = _joined(clock, joined, clip)
        gone = {clip.id for clip in clips[1:]}
        tracks.append(
            replace(
                track,
                clips=tuple(joined if clip is clips[0] else clip for clip in track.clips if clip.id not in gone),
            )
        )
    if not tracks:
        raise EditError("One clip alone cannot be joined: select two or more neighbours on a track.")
    return with_tracks(p, tracks)


def _joined(clock: Clock, left: Clip, right: Clip) -> Clip:
    """The clip that plays `left` and then `right`."""
    if clock.frames(left.position) + left.length != clock.frames(right.position):
        raise EditError("These clips do not touch: move them together first, or bounce them into one file.")
    fade_in, fade_out = _joined_fades(left, right)
    if _level(left) != _level(right) or not left.content.runs_on(left.length, right.content, right.length):
        raise EditError("The sound of these clips does not run on from one to the next: bounce them into one file.")
    marks = right.with_marks(lambda frame: frame + left.length)
    if (left.comp, left.envelope) != (marks.comp, marks.envelope):
        raise EditError("The comps or gain envelopes of these clips differ: bounce them into one file.")
    unfaded = replace(left, fade_in=Fade(), fade_out=Fade())
    return fitted(replace(longer_at_end(unfaded, right.length), fade_in=fade_in, fade_out=fade_out))


def _joined_fades(left: Clip, right: Clip) -> tuple[Fade, Fade]:
    """The fades of the clip that plays `left` and then `right`; a fade that was cut in two is whole again."""
    fade_in, fade_out = left.fade_in, right.fade_out
    if right.fade_in.length or left.fade_in.end < left.fade_in.total:
        fade_in = _rejoined(left.fade_in, right.fade_in)
    if left.fade_out.length or right.fade_out.first:
        fade_out = _rejoined(left.fade_out, right.fade_out)
    return fade_in, fade_out


def _rejoined(left: Fade, right: Fade) -> Fade:
    """The fade of which a split made these two parts.

    Raises:
        EditError: it did not.
    """
    alike = (left.shape, left.total, left.correlation) == (right.shape, right.total, right.correlation)
    if not (alike and left.length and right.length and left.end == right.first):
        raise EditError("There are fades where these clips meet: remove them first, or bounce the clips into one file.")
    return left.part(left.first, right.end)


def _level(clip: Clip) -> tuple[object, ...]:
    """What two clips must have in common, besides their contents, to sound as one."""
    return clip.gain_db + clip.chosen.gain_db, clip.mute


def reverse(p: Project, ids: Iterable[str]) -> Project:
    """Turns clips round: each plays backwards what it played; fades stay where they are."""

    def turned(clip: Clip) -> Clip:
        ends = [part.first for part in clip.comp[1:]] + [clip.length] * bool(clip.comp)
        comp = tuple(replace(part, first=clip.length - end) for part, end in zip(clip.comp, ends, strict=True))[::-1]
        return replace(clip, comp=comp).with_contents(take.content.reversed(clip.length) for take in clip.takes)

    return change_clips(p, ids, turned)


def set_loop(p: Project, clip_id: str, loop_length: int) -> Project:
    """Lets a clip repeat the first `loop_length` frames that it plays; 0 lets it play straight on.

    A loop is no longer than the sound. A clip whose loop ends gets no longer than the sound that follows its start.
    """
    track, clip = clip_of(p, clip_id)
    new = _looped(p, clip, whole(loop_length, "The length of a loop")) if loop_length else _unlooped(p, clip)
    return p if new == clip else with_clip(p, track, clip, fitted(new))


def _looped(p: Project, clip: Clip, loop_length: int) -> Clip:
    if loop_length > MAX_FRAMES:
        raise too_far()
    new = clip.content.looped(clip.length, loop_length, p.sources, p.rate)
    return _all_like(clip, new, clip.length)


def _unlooped(p: Project, clip: Clip) -> Clip:
    return _all_like(clip, *clip.content.unlooped(clip.length, p.sources, p.rate)) if clip.loop_length else clip


def _all_like(clip: Clip, new: Content, length: int) -> Clip:
    """The clip with `new` in place of what its chosen take holds, and the same stretch in its other takes."""
    contents = (new if take is clip.chosen else take.content.like(new.stretch) for take in clip.takes)
    return clip.with_contents(contents, length)


def loop_to(p: Project, clip_id: str, end_position: Position) -> Project:
    """Drags a clip's end to `end_position`; a clip that gets longer repeats what it played, over and over.

    Clips that it comes to cover are trimmed.
    """
    track, clip = clip_of(p, clip_id)
    length = max(p.clock.frames(end_position) - p.start_of(clip), 1)
    if length == clip.length:
        return p
    repeats = not clip.loop_length and length > clip.length
    looped = _looped(p, clip, clip.length) if repeats else clip
    return with_extent(p, track, clip, fitted(longer_at_end(looped, length - clip.length)))
