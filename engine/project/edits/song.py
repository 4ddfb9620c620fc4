"""Edits of what the song has once: loop region, master gain and name."""

from dataclasses import replace

from engine.errors import EditError
from engine.project.edits.structure import clean, gain, not_before_start
from engine.project.model import LoopRegion, Project
from engine.timing.position import Position


def set_loop_region(
    p: Project, *, start: Position | None = None, end: Position | None = None, on: bool | None = None
) -> Project:
    """Changes what is not None of the stretch that playback repeats. If one end is in beats, both are.

    Raises:
        EditError: it would not be at least one frame long.
    """
    clock = p.clock
    first = p.loop.start if start is None else not_before_start(start)
    last = p.loop.end if end is None else not_before_start(end)
    if first.in_frames != last.in_frames:
        first, last = Position.at_beat(clock.beats(first)), Position.at_beat(clock.beats(last))
    if clock.frames(last) <= clock.frames(first):
        raise EditError("The loop must end after it starts: drag its end further right.")
    region = LoopRegion(first, last, p.loop.on if on is None else on)
    return p if region == p.loop else replace(p, loop=region)


def set_master_gain(p: Project, db: float) -> Project:
    """Sets the gain of the master, brought into range."""
    return p if gain(db) == p.master_gain_db else replace(p, master_gain_db=gain(db))


def rename(p: Project, name: str) -> Project:
    """Gives the song another name."""
    text = clean(name, "A song")
    return p if text == p.name else replace(p, name=text)
