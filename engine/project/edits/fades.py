"""Edits of fades and crossfades."""

from dataclasses import replace

from engine.errors import EditError
from engine.project.edits.shape import room
from engine.project.edits.structure import (
    clip_of,
    fitted,
    later,
    longer_at_end,
    longer_at_start,
    whole,
    with_clip,
    with_clips,
    with_track,
)
from engine.project.model import Clip, Fade, FadeShape, Project


def set_fade_in(p: Project, clip_id: str, length: int, shape: FadeShape | None = None) -> Project:
    """Gives a clip a fade-in of `length` frames, which ends at the latest where the fade-out begins."""
    track, clip = clip_of(p, clip_id)
    fade = _fade(clip.fade_in, min(whole(length, "The length of a fade"), clip.length - clip.fade_out.length), shape)
    return p if fade == clip.fade_in else with_clip(p, track, clip, replace(clip, fade_in=fade))


def set_fade_out(p: Project, clip_id: str, length: int, shape: FadeShape | None = None) -> Project:
    """Gives a clip a fade-out of `length` frames, which begins at the earliest where the fade-in ends."""
    track, clip = clip_of(p, clip_id)
    fade = _fade(clip.fade_out, min(whole(length, "The length of a fade"), clip.length - clip.fade_in.length), shape)
    return p if fade == clip.fade_out else with_clip(p, track, clip, replace(clip, fade_out=fade))


def _fade(old: Fade, length: int, shape: FadeShape | None) -> Fade:
    """`old` with another length or shape: then it is a whole fade, even if a split left only a part of it."""
    if length == old.length and shape in (None, old.shape):
        return old
    return Fade(length, shape or old.shape, correlation=0.0 if shape else old.correlation)


def crossfade(
    p: Project, left_id: str, right_id: str, *, length: int | None = None, shape: FadeShape | None = None
) -> Project:
    """Fades from one clip into the next over the frames in which both sound.

    Without a `shape` the gains add to 1 where both clips play the same frames of one source, as the halves of a clip
    do, and are of equal power otherwise; `engine.playback.crossfades` listens, and finds what lies between. With a
    `length`, the two ends are first trimmed so that this many frames overlap, as far as both have sound there,
    half on each side of the middle of the present overlap (or of the cut) if both have enough.

    Raises:
        EditError: the clips are not neighbours on one track, do not touch, or have no sound to overlap with.
    """
    if length is not None and length < 1:
        raise EditError("A crossfade lasts at least one frame: make it longer, or remove the fades instead.")
    track, left = clip_of(p, left_id)
    other, right = clip_of(p, right_id)
    if other is not track or left is right:
        raise EditError("A crossfade needs two clips on the same track: move them to one track first.")
    clock = p.clock
    if clock.frames(left.position) > clock.frames(right.position):
        left, right = right, left
    start, end = clock.frames(right.position), clock.frames(left.position) + left.length
    if end < start:
        raise EditError("These clips do not touch: move them together before you crossfade them.")
    if end > start + right.length:
        raise EditError("One of these clips lies inside the other: move them so that only their ends overlap.")
    new_start, new_end = (start, end) if length is None else _overlap(p, left, right, length)
    overlap = new_end - new_start
    if overlap < 1:
        raise EditError("These clips have no sound to overlap with: trim them, or move them over each other.")
    new_left, new_right = longer_at_end(left, new_end - end), longer_at_start(right, start - new_start)
    if new_start != start:
        new_right = replace(new_right, position=later(clock, right.position, new_start - start))
    if shape is None:
        shape = FadeShape.LINEAR if plays_the_same(p, left, right) else FadeShape.EQUAL_POWER
    new = {
        left.id: fitted(replace(new_left, fade_out=Fade(overlap, shape)), keep_end=True),
        right.id: fitted(replace(new_right, fade_in=Fade(overlap, shape))),
    }
    return with_track(p, with_clips(track, (new.get(clip.id, clip) for clip in track.clips), clock))


def plays_the_same(p: Project, left: Clip, right: Clip) -> bool:
    """Whether two clips play the same frames of one source wherever both sound."""
    later_by = p.start_of(right) - p.start_of(left)
    return left.content.plays_the_same(left.length, right.content, right.length, later_by)


def _overlap(p: Project, left: Clip, right: Clip, length: int) -> tuple[int, int]:
    """(first, frame after the last) of an overlap of at most `length` frames that both clips have sound for.

    It lies about the middle of the present overlap, moved only where one of the clips has no more sound.
    """
    start, end = p.start_of(right), p.end_of(left)
    after, before = room(p, left)[1], room(p, right)[0]
    latest = start + right.length if after is None else min(end + after, start + right.length)
    earliest = p.start_of(left) if before is None else max(start - before, p.start_of(left))
    last = min((start + end) // 2 + length - length // 2, latest)
    first = max(last - length, earliest)
    return first, min(first + length, latest)
