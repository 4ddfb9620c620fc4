"""Edits of what the song has once: tempo, time signature, loop region, master gain and name."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from engine.errors import EditError
from engine.project.edits.overlaps import shared_frames, without_excess
from engine.project.edits.structure import clean, gain, in_order, not_before_start
from engine.project.model import Clip, LoopRegion, Project, Track
from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO


def set_tempo(p: Project, tempo: Fraction, *, in_time: bool = False) -> Project:
    """Sets the tempo in quarter notes a minute, to a thousandth.

    What is placed in beats keeps its bar and beat, what is placed in frames stays, unless it begins where a clip ends
    that moves: the two stay joined. Sound keeps its speed; where clips come to overlap, the earlier one ends sooner.
    With `in_time` all stays where it is in time, and only the grid changes. A loop left without length is off.

    Raises:
        EditError: outside 20 to 400 BPM.
    """
    tempo = round(Fraction(tempo), 3)
    if not MIN_TEMPO <= tempo <= MAX_TEMPO:
        raise EditError(f"A tempo of {float(tempo):g} BPM is not possible: give a number from 20 to 400.")
    if tempo == p.tempo:
        return p
    before = p.clock
    if in_time:
        p = _scaled(p, tempo / p.tempo)
    p = replace(p, tempo=tempo)
    clock = p.clock

    def ordered(track: Track) -> Track:
        clips = track.clips
        if not in_time:
            joined = _joined(before, clock, clips)
            clips = in_order(without_excess(clock, joined, shared_frames(before, clips)), clock)
        points = tuple(sorted(track.automation, key=lambda point: clock.frames(point.position)))
        same = len(clips) == len(track.clips) and all(a is b for a, b in zip(clips, track.clips, strict=True))
        return track if same and points == track.automation else replace(track, clips=clips, automation=points)

    empty = clock.frames(p.loop.end) <= clock.frames(p.loop.start)
    return replace(
        p,
        tracks=tuple(ordered(track) for track in p.tracks),
        loop=replace(p.loop, on=False) if empty else p.loop,
        markers=tuple(sorted(p.markers, key=lambda marker: clock.frames(marker.position))),
    )


def _joined(before: Clock, after: Clock, clips: Sequence[Clip]) -> list[Clip]:
    """The clips of a track, in order, at another tempo: those placed in frames stay with the clip that they touch."""
    ends: dict[int, int] = {}  # where each clip ended, and where it ends now
    moved = []
    for clip in clips:
        old = before.frames(clip.position)
        if clip.position.in_frames and ends.get(old, old) != old:
            clip = replace(clip, position=Position.at_frame(ends[old]))
        ends[old + clip.length] = after.frames(clip.position) + clip.length
        moved.append(clip)
    return moved


def _scaled(p: Project, factor: Fraction) -> Project:
    """`p` with every position in beats multiplied by `factor`."""

    def scaled(position: Position) -> Position:
        return position if position.beat is None else Position.at_beat(position.beat * factor)

    def track_scaled(track: Track) -> Track:
        clips = tuple(replace(clip, position=scaled(clip.position)) for clip in track.clips)
        points = tuple(replace(point, position=scaled(point.position)) for point in track.automation)
        return replace(track, clips=clips, automation=points)

    return replace(
        p,
        tracks=tuple(track_scaled(track) for track in p.tracks),
        loop=replace(p.loop, start=scaled(p.loop.start), end=scaled(p.loop.end)),
        markers=tuple(replace(marker, position=scaled(marker.position)) for marker in p.markers),
    )


def set_signature(p: Project, signature: Signature) -> Project:
    """Sets the time signature; nothing moves, bars are counted anew."""
    return p if signature == p.signature else replace(p, signature=signature)


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
