"""Stretches of a track on which nothing lies, to be filled."""

from typing import NamedTuple

from engine.project.model import Project
from engine.timing.position import Position

USUAL_BARS = 16
"""How long a part gets in a song that holds nothing else."""
_FINEST = 96  # parts of a quarter note on which edges of a selection lie, if the grid was on


class Gap(NamedTuple):
    """An empty stretch: where it begins, and the frame after its last."""

    start: Position
    end: int


def gap_of(p: Project, track_id: str, frame: int, region: tuple[int, int] | None = None) -> Gap | None:
    """The empty stretch of a track that is to be filled; None where there is none.

    Args:
        p: the song.
        track_id: the track.
        frame: of the playhead. Without a region the stretch is the one there, else the next, else the first: from bar
            to bar, as far as the other tracks have music.
        region: (first frame, frame after the last) of the selected time, whose first empty stretch it is.
    """
    track = p.track(track_id)
    if track is None:
        return None
    spans = sorted((p.start_of(clip), p.end_of(clip)) for clip in track.clips)
    if region is not None:
        free = _free(spans, *region)
        return Gap(_place(p, free[0][0]), free[0][1]) if free else None
    gaps = [each for each in (_barred(p, *each) for each in _free(spans, *_extent(p))) if each]
    here = [each for each in gaps if each.end > frame]
    return next(iter(here or gaps), None)


def _extent(p: Project) -> tuple[int, int]:
    """The frames from the bar in which a song's music begins to its end; of an empty song, its loop or a few bars."""
    clock, clips = p.clock, [clip for _, clip in p.clips()]
    if clips:
        first = min(p.start_of(clip) for clip in clips)
        return clock.frames(Position.at_beat(clock.bar_at(Position.at_frame(first)).start)), p.length
    if p.loop.on:
        return clock.frames(p.loop.start), clock.frames(p.loop.end)
    return 0, clock.frames(clock.bar_start(USUAL_BARS + 1))


def _free(taken: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    free, at = [], first
    for start, end in taken:
        if start > at and at < last:
            free.append((at, min(start, last)))
        at = max(at, end)
    return [*free, (at, last)] if at < last else free


def _barred(p: Project, first: int, last: int) -> Gap | None:
    """The stretch from its first bar line on; None where it is shorter than a bar."""
    clock = p.clock
    bar = clock.bar_at(Position.at_frame(first))
    start = Position.at_beat(bar.start)
    if clock.frames(start) < first - 1:
        start = Position.at_beat(bar.end)
    full = clock.frames(clock.after_bars(start, 1))
    return Gap(start, last) if full <= last + 1 else None


def _place(p: Project, frame: int) -> Position:
    """A frame as a place on the grid, where it is one."""
    beat = p.clock.simple_beat_at(frame)
    on_grid = beat.denominator <= _FINEST and p.clock.frame_at(beat) == frame
    return Position.at_beat(beat) if on_grid else Position.at_frame(frame)
