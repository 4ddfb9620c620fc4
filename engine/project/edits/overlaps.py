"""Keeping clips off each other: what is placed over other clips trims, splits or removes them.

Clips that overlap are added when they sound, and only one of them is well seen. So no edit makes an overlap that was
not there, but for `crossfade`, whose overlap is what it is for; overlaps of older songs stay until an edit of their
clips, or `trim_overlaps`, ends them. Intervals here are (first frame, frame after the last).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.ids import new_id
from engine.project.edits.structure import (
    fitted,
    later,
    longer_at_end,
    longer_at_start,
    tracks_of,
    with_clips,
    with_track,
    with_tracks,
)
from engine.project.model import Clip, Fade, Project, Track
from engine.timing.clock import Clock

Pairs = Mapping[tuple[str, str], int]
"""How many frames two clips (their ids, in order) share."""


def interval(clock: Clock, clip: Clip) -> tuple[int, int]:
    """The frames of the song that `clip` covers."""
    start = clock.frames(clip.position)
    return start, start + clip.length


def shared_frames(clock: Clock, clips: Iterable[Clip], originals: Mapping[str, str] | None = None) -> Pairs:
    """The frames that each two of `clips`, all on one track, share; pairs that share none are left out.

    With `originals`, the ids of clips are replaced by those that it names for them.
    """
    names = originals or {}
    placed = sorted((*interval(clock, clip), names.get(clip.id, clip.id)) for clip in clips)
    pairs: dict[tuple[str, str], int] = {}
    for index, (_, end, one) in enumerate(placed):
        for start, other_end, other in placed[index + 1 :]:
            if start >= end:
                break
            pairs[_pair(one, other)] = min(end, other_end) - start
    return pairs


def cut_under(clock: Clock, clips: Iterable[Clip], top: Iterable[Clip]) -> list[Clip]:
    """What is left of `clips` where those of `top`, on the same track, do not cover them, in their order.

    A clip of which both ends are seen becomes two; the right one gets an id of its own. Fades at a cut are gone.
    """
    covers = _merged(interval(clock, clip) for clip in top)
    ends = [last for _, last in covers]
    parts: list[Clip] = []
    for clip in clips:
        left = [clip]
        start, end = interval(clock, clip)
        for first, last in covers[bisect_right(ends, start) :]:
            if first >= end:
                break
            left = [part for whole in left for part in _outside(clock, whole, first, last)]
        parts += left
    return parts


def without_excess(
    clock: Clock, clips: Iterable[Clip], allowed: Pairs, ids: Mapping[str, str] | None = None
) -> list[Clip]:
    """`clips` of one track of which no two share more frames than `allowed`: the earlier one ends sooner.

    One that would have no frame left is gone. With `ids`, the clips stand in `allowed` under those names.
    """
    names = ids or {}
    placed = sorted(((*interval(clock, clip), clip) for clip in clips), key=lambda each: each[:2])
    audible: list[Clip] = []
    for index, (start, end, clip) in enumerate(placed):
        whole = end
        for other_start, other_end, other in placed[index + 1 :]:
            if other_start >= end:
                break
            pair = _pair(names.get(clip.id, clip.id), names.get(other.id, other.id))
            if min(end, other_end) - other_start > (most := allowed.get(pair, 0)):
                end = other_start + most
        if end > start:
            audible.append(clip if end == whole else fitted(longer_at_end(clip, end - whole), keep_end=True))
    return audible


def laid_over(
    clock: Clock, clips: Iterable[Clip], top: Sequence[Clip], allowed: Pairs, ids: Mapping[str, str] | None = None
) -> list[Clip]:
    """The clips of a track on which `top` is placed over `clips`; those of `top` share no more than `allowed`."""
    placed = without_excess(clock, top, allowed, ids)
    return [*cut_under(clock, clips, placed), *placed]


def with_extent(p: Project, track: Track, old: Clip, new: Clip) -> Project:
    """`p` with `new` in the place of `old` on `track`, where it begins earlier or later, or ends so.

    What it newly covers is cut away from other clips. An end that lies in a crossfade takes the crossfade along.
    """
    clock = p.clock
    before, after = interval(clock, old), interval(clock, new)
    others: list[Clip] = []
    for clip in track.clips:
        if clip is old:
            continue
        span = interval(clock, clip)
        if after[0] != before[0] and _crosses(clip, span, old, before) and span[0] < after[0] < span[1] < after[1]:
            new, clip = _faded_in(new, span[1] - after[0]), _faded_out(clip, span[1] - after[0])
        elif after[1] != before[1] and _crosses(old, before, clip, span) and after[0] < span[0] < after[1] < span[1]:
            new, clip = _faded_out(new, after[1] - span[0]), _faded_in(clip, after[1] - span[0])
        elif _common(span, (after[0], before[0])) or _common(span, (before[1], after[1])):
            others += _outside(clock, clip, *after)
            continue
        others.append(clip)
    return with_track(p, with_clips(track, [*others, new], clock))


def free_end(clock: Clock, track: Track, clip: Clip) -> int | None:
    """The frame up to which `clip` may get longer before it meets another clip of `track`; None: any."""
    end = interval(clock, clip)[1]
    spans = [interval(clock, other) for other in track.clips if other.id != clip.id]
    first = min((first for first, last in spans if last > end), default=None)
    return None if first is None else max(first, end)


def free_start(clock: Clock, track: Track, clip: Clip) -> int:
    """The frame down to which `clip` may begin earlier before it meets another clip of `track`; 0: the song's start."""
    start = interval(clock, clip)[0]
    spans = [interval(clock, other) for other in track.clips if other.id != clip.id]
    return min(max((last for first, last in spans if first < start), default=0), start)


def overlapping(p: Project, ids: Iterable[str]) -> list[str]:
    """Those of these clips that share frames with another clip of their track, crossfades left out."""
    clock = p.clock
    overlaps = []
    for track, clips in tracks_of(p, ids):
        pairs = _layers(clock, track.clips)
        overlaps += [clip.id for clip in clips if any(clip.id in pair for pair in pairs)]
    return overlaps


def trim_overlaps(p: Project, ids: Iterable[str]) -> Project:
    """Ends the overlaps of these clips with others on their tracks, by cutting what lies under them.

    Of two of them the one that begins later lies on top. Crossfades stay.
    """
    clock = p.clock
    tracks = []
    for track, chosen in tracks_of(p, ids):
        layers = _layers(clock, track.clips)
        selected = {clip.id for clip in chosen}
        parts = [(clip.id, clip) for clip in track.clips]
        for top in chosen:  # in the order of their starts, so that of two the later one is left on top
            span = interval(clock, top)
            left: list[tuple[str, Clip]] = []
            for name, clip in parts:
                under = name not in selected or _before(clock, clip, top)
                lies_under = name != top.id and _pair(name, top.id) in layers and under
                left += [(name, part) for part in (_outside(clock, clip, *span) if lies_under else [clip])]
            parts = left
        clips = [clip for _, clip in parts]
        if len(clips) != len(track.clips) or any(a is not b for a, b in zip(clips, track.clips, strict=True)):
            tracks.append(with_clips(track, clips, clock))
    return with_tracks(p, tracks)


def is_crossfade(left: Clip, right: Clip, frames: int) -> bool:
    """Whether `left` fades out and `right` fades in over the `frames` that they share."""
    return left.fade_out.length >= frames and right.fade_in.length >= frames


def _layers(clock: Clock, clips: Sequence[Clip]) -> Pairs:
    """The pairs of clips that overlap and are no crossfade."""
    by_id = {clip.id: clip for clip in clips}
    layers = {}
    for (one, other), frames in shared_frames(clock, clips).items():
        left, right = sorted((by_id[one], by_id[other]), key=lambda clip: interval(clock, clip))
        nested = interval(clock, left)[1] >= interval(clock, right)[1]
        if nested or not is_crossfade(left, right, frames):
            layers[one, other] = frames
    return layers


def _crosses(left: Clip, left_span: tuple[int, int], right: Clip, right_span: tuple[int, int]) -> bool:
    """Whether `left` is crossfaded into `right`."""
    frames = left_span[1] - right_span[0]
    return left_span[0] < right_span[0] < left_span[1] < right_span[1] and is_crossfade(left, right, frames)


def _faded_in(clip: Clip, frames: int) -> Clip:
    return fitted(replace(clip, fade_in=_fade(clip.fade_in, frames)))


def _faded_out(clip: Clip, frames: int) -> Clip:
    return fitted(replace(clip, fade_out=_fade(clip.fade_out, frames)), keep_end=True)


def _fade(old: Fade, frames: int) -> Fade:
    """A whole fade of `frames`, of the same shape."""
    return Fade(frames, old.shape, correlation=old.correlation)


def _outside(clock: Clock, clip: Clip, first: int, last: int) -> list[Clip]:
    """The parts of `clip` before frame `first` and from frame `last` on."""
    start, end = interval(clock, clip)
    if not _common((start, end), (first, last)):
        return [clip]
    parts = []
    if start < first:
        head = replace(clip, fade_out=Fade(0, clip.fade_out.shape))
        parts.append(fitted(longer_at_end(head, first - end)))
    if last < end:
        tail = replace(clip, id=new_id() if parts else clip.id, fade_in=Fade(0, clip.fade_in.shape))
        place = later(clock, clip.position, last - start)
        parts.append(fitted(replace(longer_at_start(tail, start - last), position=place), keep_end=True))
    return parts


def _before(clock: Clock, one: Clip, other: Clip) -> bool:
    return clock.frames(one.position) <= clock.frames(other.position)


def _common(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _merged(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return merged


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
