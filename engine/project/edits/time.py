"""Edits of the tempo map: the tempo and the time signature at the song's start, and their changes after it.

What is placed in beats keeps its bar and beat whenever the tempo changes, what is placed in frames stays, unless it
begins where a clip ends that moves: the two stay joined. Sound keeps its speed, notes follow the tempo; where clips
come to overlap, the earlier one ends sooner. A loop left without length is off.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from engine.errors import EditError
from engine.project.edits.lanes import lanes_moved
from engine.project.edits.overlaps import shared_frames, without_excess
from engine.project.edits.structure import fitted, in_order, reaches_frozen
from engine.project.model import Clip, Project, Retiming, Track
from engine.project.routing import ordered_lanes
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.tempo_map import MAX_BAR, MAX_BEAT, MAX_CHANGES, TEMPO, SignatureChange, TempoPoint

_FINEST = 2499  # the denominator of a tempo within a ramp at most: 400 × 2499 has six digits, as files may hold


def set_tempo(p: Project, tempo: Fraction, *, in_time: bool = False, beat: Fraction = Fraction(0)) -> Project:
    """Sets the tempo that holds at `beat`, the song's start if not given, in quarter notes a minute, to a thousandth.

    Where that is the tempo of a change, the change stays and has the new one. With `in_time` all stays where it is in
    time, and only the grid changes.

    Raises:
        EditError: outside 20 to 400 BPM.
    """
    at = max((point.beat for point in p.tempo_changes if point.beat <= beat), default=Fraction(0))
    ramp = any(point.ramp for point in p.tempo_changes if point.beat == at)
    return _with_point(p, TempoPoint(at, _tempo(tempo), ramp), in_time=in_time)


def add_tempo_point(p: Project, beat: Fraction, tempo: Fraction, *, ramp: bool = False) -> Project:
    """Changes the tempo from `beat` on; with `ramp` it moves there in a straight line from the change before.

    A change that is there already is replaced; at the song's start there is no ramp.

    Raises:
        EditError: before the song's start, too far from it, or outside 20 to 400 BPM.
    """
    if not 0 <= beat <= MAX_BEAT:
        raise EditError("A tempo change must lie in the song: choose a place after its start.")
    if len(p.tempo_changes) >= MAX_CHANGES and all(point.beat != beat for point in p.tempo_changes):
        raise EditError(f"A song has at most {MAX_CHANGES:,} tempo changes: remove some first.")
    return _with_point(p, TempoPoint(beat, _tempo(tempo), ramp and beat > 0))


def move_tempo_point(p: Project, beat: Fraction, to: Fraction) -> Project:
    """Moves the tempo change at `beat`; one that is at the new place already is replaced.

    Raises:
        EditError: there is none, or the new place is not after the song's start.
    """
    point = _point_at(p, beat)
    if not 0 < to <= MAX_BEAT:
        raise EditError("A tempo change must lie in the song: choose a place after its start.")
    rest = (other for other in p.tempo_changes if other.beat not in (beat, to))
    return _with_tempos(p, p.tempo, (*rest, replace(point, beat=to)))


def set_ramp(p: Project, beat: Fraction, ramp: bool) -> Project:
    """Lets the tempo move to that of the change at `beat` in a straight line, or step there.

    Raises:
        EditError: there is no change.
    """
    return _with_point(p, replace(_point_at(p, beat), ramp=ramp))


def remove_tempo_point(p: Project, beat: Fraction) -> Project:
    """Removes the tempo change at `beat`.

    Raises:
        EditError: there is none.
    """
    point = _point_at(p, beat)
    return _with_tempos(p, p.tempo, (other for other in p.tempo_changes if other is not point))


def set_signature(p: Project, signature: Signature, *, bar: int = 1) -> Project:
    """Sets the time signature that holds in `bar`, the first if not given; nothing moves, bars are counted anew."""
    at = max((change.bar for change in p.signature_changes if change.bar <= bar), default=1)
    return _with_change(p, SignatureChange(at, signature))


def add_signature_change(p: Project, bar: int, signature: Signature) -> Project:
    """Changes the time signature from the start of `bar` on; a change that is there already is replaced.

    Nothing moves, bars are counted anew.

    Raises:
        EditError: there is no such bar.
    """
    if not 1 <= bar <= MAX_BAR:
        raise EditError("The time signature changes at the start of a bar: bars count from 1.")
    if len(p.signature_changes) >= MAX_CHANGES and all(change.bar != bar for change in p.signature_changes):
        raise EditError(f"A song has at most {MAX_CHANGES:,} changes of the time signature: remove some first.")
    return _with_change(p, SignatureChange(bar, signature))


def move_signature_change(p: Project, bar: int, to: int) -> Project:
    """Moves the change of the time signature at `bar` to another bar; one that is there already is replaced.

    Raises:
        EditError: there is none, or the new place is not after the first bar.
    """
    change = _change_at(p, bar)
    if not 1 < to <= MAX_BAR:
        raise EditError("A change of the time signature must lie after the first bar: choose a later one.")
    rest = tuple(other for other in p.signature_changes if other.bar not in (bar, to))
    return _with_signatures(p, p.signature, (*rest, replace(change, bar=to)))


def remove_signature_change(p: Project, bar: int) -> Project:
    """Removes the change of the time signature at `bar`.

    Raises:
        EditError: there is none.
    """
    change = _change_at(p, bar)
    return _with_signatures(p, p.signature, (other for other in p.signature_changes if other is not change))


def with_time_opened(p: Project, position: Position, length: Duration) -> tuple[Project, Fraction]:
    """`p` with its changes of tempo and time signature from `position` on later by `length`; how many beats that is.

    The new time has the tempo that led to its place. A ramp that runs across it rests there and then goes on. Time
    signatures move by the nearest number of bars. Nothing else moves.

    Raises:
        EditError: the changes become too many, or lie too far from the song's start.
    """
    clock = p.clock
    start = clock.beats(position)
    at_place = next((point for point in p.tempo_changes if point.beat == start), None)
    steps_there = at_place is not None and not at_place.ramp
    tempo = clock.tempo_at(Position.at_beat(start))
    if steps_there:
        before = [point.bpm for point in p.tempo_changes if point.beat < start]
        tempo = before[-1] if before else p.tempo
    beats = length.beats if length.beats is not None else Fraction(length.count or 0) * tempo / (60 * p.rate)
    earlier = [point for point in p.tempo_changes if point.beat < start or (point.beat == start and not steps_there)]
    later = [replace(point, beat=point.beat + beats) for point in p.tempo_changes[len(earlier) :]]
    if later and later[0].ramp:  # it has begun before, or begins here
        rest = tempo.limit_denominator(_FINEST)
        if start > 0 and (not earlier or earlier[-1].beat < start):
            earlier.append(TempoPoint(start, rest, ramp=True))
        later.insert(0, TempoPoint(start + beats, rest))
    bar = clock.signature_at(Position.at_beat(start)).bar
    bars = math.floor(beats / bar + Fraction(1, 2))
    signatures = tuple(
        replace(change, bar=change.bar + bars) if clock.beats(clock.bar_start(change.bar)) >= start else change
        for change in p.signature_changes
    )
    tempos = (*earlier, *later)
    if len(tempos) > MAX_CHANGES:
        raise EditError(f"A song has at most {MAX_CHANGES:,} tempo changes: remove some first.")
    if any(point.beat > MAX_BEAT for point in tempos) or any(change.bar > MAX_BAR for change in signatures):
        raise EditError("The changes of tempo would lie too far from the song’s start: insert less time.")
    if (tempos, signatures) == (p.tempo_changes, p.signature_changes):
        return p, beats
    return replace(p, tempo_changes=tempos, signature_changes=signatures), beats


def _tempo(tempo: Fraction) -> Fraction:
    tempo = round(Fraction(tempo), 3)
    if tempo not in TEMPO:
        raise EditError(f"A tempo of {float(tempo):g} BPM is not possible: give a number from 20 to 400.")
    return tempo


def _point_at(p: Project, beat: Fraction) -> TempoPoint:
    for point in p.tempo_changes:
        if point.beat == beat:
            return point
    raise EditError("This tempo change is no longer in the song: choose another one.")


def _change_at(p: Project, bar: int) -> SignatureChange:
    for change in p.signature_changes:
        if change.bar == bar:
            return change
    raise EditError("This change of the time signature is no longer in the song: choose another one.")


def _with_point(p: Project, point: TempoPoint, *, in_time: bool = False) -> Project:
    if not point.beat:
        return _with_tempos(p, point.bpm, p.tempo_changes, in_time=in_time)
    rest = (other for other in p.tempo_changes if other.beat != point.beat)
    return _with_tempos(p, p.tempo, (*rest, point), in_time=in_time)


def _with_change(p: Project, change: SignatureChange) -> Project:
    if change.bar == 1:
        return _with_signatures(p, change.signature, p.signature_changes)
    rest = (other for other in p.signature_changes if other.bar != change.bar)
    return _with_signatures(p, p.signature, (*rest, change))


def _with_signatures(p: Project, signature: Signature, changes: Iterable[SignatureChange]) -> Project:
    ordered = tuple(sorted(changes, key=lambda change: change.bar))
    if (signature, ordered) == (p.signature, p.signature_changes):
        return p
    return replace(p, signature=signature, signature_changes=ordered)


@reaches_frozen
def _with_tempos(p: Project, tempo: Fraction, changes: Iterable[TempoPoint], *, in_time: bool = False) -> Project:
    """`p` with another tempo at its start and other changes; what it holds lies where it belongs."""
    ordered_changes = tuple(sorted(changes, key=lambda point: point.beat))
    if (tempo, ordered_changes) == (p.tempo, p.tempo_changes):
        return p
    before = p.clock
    changed = replace(p, tempo=tempo, tempo_changes=ordered_changes)
    clock = changed.clock
    p = _kept_in_time(changed, before, clock) if in_time else changed

    def ordered(track: Track) -> Track:
        clips = track.clips
        if not in_time:
            joined = _joined(before, clock, clips)
            clips = in_order(without_excess(clock, joined, shared_frames(before, clips)), clock)
        points = tuple(sorted(track.automation, key=lambda point: clock.frames(point.position)))
        lanes = ordered_lanes(track.lanes, clock)
        same = len(clips) == len(track.clips) and all(a is b for a, b in zip(clips, track.clips, strict=True))
        if same and (points, lanes) == (track.automation, track.lanes):
            return track
        return replace(track, clips=clips, automation=points, lanes=lanes)

    empty = clock.frames(p.loop.end) <= clock.frames(p.loop.start)
    return replace(
        p,
        tracks=tuple(ordered(track) for track in p.tracks),
        loop=replace(p.loop, on=False) if empty else p.loop,
        markers=tuple(sorted(p.markers, key=lambda marker: clock.frames(marker.position))),
        master_lanes=ordered_lanes(p.master_lanes, clock),
    )


def _joined(before: Clock, after: Clock, clips: Sequence[Clip]) -> list[Clip]:
    """The clips of a track, in order, at another tempo: those placed in frames stay with the clip that they touch."""
    ends: dict[int, int] = {}  # where each clip ended, and where it ends now
    moved = []
    for clip in clips:
        old, old_length = before.frames(clip.position), clip.length
        if clip.position.in_frames and ends.get(old, old) != old:
            clip = replace(clip, position=Position.at_frame(ends[old]))
        clip = _retimed(clip, Retiming(before, after, old, after.frames(clip.position)))
        ends[old + old_length] = after.frames(clip.position) + clip.length
        moved.append(clip)
    return moved


def _retimed(clip: Clip, retiming: Retiming) -> Clip:
    """A clip at another tempo: one that lasts a number of beats lasts as many; its fades end with it."""
    if not any(take.content.follows_tempo for take in clip.takes):
        return clip
    length = clip.length
    if clip.content.follows_tempo:
        end = retiming.after.frame_at(retiming.before.simple_beat_at(retiming.start + clip.length))
        length = max(end - retiming.new_start, 1)
    return fitted(clip.stretched((take.content.retimed(retiming) for take in clip.takes), length))


def _kept_in_time(p: Project, before: Clock, after: Clock) -> Project:
    """`p` with every position in beats at the beat that now lies where it lay."""
    steady = len(before.tempo_map.tempos) == len(after.tempo_map.tempos) == 1
    factor = after.tempo_map.tempos[0].bpm / before.tempo_map.tempos[0].bpm

    def kept(position: Position) -> Position:
        if position.beat is None:
            return position
        return Position.at_beat(position.beat * factor if steady else after.beat_at(before.frame_at(position.beat)))

    def clip_kept(clip: Clip) -> Clip:
        start = before.frames(clip.position)
        retiming = Retiming(before, after, start, start)
        contents = [take.content.kept_in_time(retiming) for take in clip.takes]
        return replace(clip.with_contents(contents), position=kept(clip.position))

    def track_kept(track: Track) -> Track:
        clips = tuple(clip_kept(clip) for clip in track.clips)
        points = tuple(replace(point, position=kept(point.position)) for point in track.automation)
        return replace(track, clips=clips, automation=points, lanes=lanes_moved(track.lanes, after, kept))

    return replace(
        p,
        tracks=tuple(track_kept(track) for track in p.tracks),
        loop=replace(p.loop, start=kept(p.loop.start), end=kept(p.loop.end)),
        markers=tuple(replace(marker, position=kept(marker.position)) for marker in p.markers),
        master_lanes=lanes_moved(p.master_lanes, after, kept),
    )
