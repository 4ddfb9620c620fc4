"""Passages of a song, with all that lies in them: duplicated, moved, taken out.

A passage is a stretch of beats. Clips that run across its ends are cut there. Markers, automation, changes of tempo and
time signature, chords and sections go along; the loop region stays, unless time is added or taken out before it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from engine.errors import EditError
from engine.ids import new_id
from engine.project.edits.overlaps import shared_frames, without_excess
from engine.project.edits.shape import split_clip
from engine.project.edits.structure import copied, in_order, not_before_start, reaches_frozen
from engine.project.model import AutomationPoint, Clip, CurvePoint, Lane, LoopRegion, Marker, NamedSpan, Project, Track
from engine.project.routing import with_points
from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.tempo_map import MAX_BEAT, MAX_CHANGES, SignatureChange, TempoPoint


@dataclass(frozen=True, slots=True)
class _Segment:
    """The beats `first` up to `last` of the song (None: all that follow), which come to lie at beat `to`."""

    first: Fraction
    last: Fraction | None
    to: Fraction

    @property
    def shift(self) -> Fraction:
        return self.to - self.first

    def holds(self, beat: Fraction) -> bool:
        return self.first <= beat and (self.last is None or beat < self.last)


def duplicate_passage(p: Project, first: Fraction, last: Fraction, to: Fraction | None = None) -> Project:
    """Puts a copy of a passage where beat `to` lies, or after the passage; what follows there comes later.

    Raises:
        EditError: the passage is empty, the song gets too long, or the tempo is on its way at one of its ends.
    """
    _check(first, last)
    to, zero = last if to is None else max(to, Fraction(0)), Fraction(0)
    return _rearranged(p, (_Segment(zero, to, zero), _Segment(first, last, to), _Segment(to, None, to + last - first)))


def move_passage(p: Project, first: Fraction, last: Fraction, to: Fraction) -> Project:
    """Puts a passage where beat `to` lies; what is between comes earlier or later. Raises as `duplicate_passage`."""
    _check(first, last)
    to = max(to, Fraction(0))
    if first <= to <= last:
        return p
    start, border, end = (to, first, last) if to < first else (first, last, to)
    zero = Fraction(0)
    return _rearranged(
        p,
        (
            _Segment(zero, start, zero),
            _Segment(border, end, start),
            _Segment(start, border, start + end - border),
            _Segment(end, None, end),
        ),
    )


def remove_passage(p: Project, first: Fraction, last: Fraction) -> Project:
    """Takes a passage out; what follows comes earlier. Raises as `duplicate_passage`."""
    _check(first, last)
    zero = Fraction(0)
    return _rearranged(p, (_Segment(zero, first, zero), _Segment(last, None, first)))


def _check(first: Fraction, last: Fraction) -> None:
    if not 0 <= first < last:
        raise EditError("There is no time selected: choose a section, or select a stretch of the song.")


@reaches_frozen
def _rearranged(p: Project, segments: Sequence[_Segment]) -> Project:
    """The song with these segments of it one after the other, which begin with its start."""
    segments = [each for each in segments if each.last is None or each.first < each.last]
    ends = [p.clock.beats(Position.at_frame(p.length)), *(span.end for span in (*p.chords, *p.sections))]
    not_before_start(Position.at_beat(max(ends) + max(segments[-1].shift, Fraction(0))))
    before = p.clock
    changed = _with_tempo_map(p, segments)
    after = changed.clock

    def moved(position: Position, segment: _Segment) -> Position:
        if not segment.shift:
            return position
        if position.beat is not None:
            return Position.at_beat(position.beat + segment.shift)
        return Position.at_frame(after.frame_at(segment.to) + before.frames(position) - before.frame_at(segment.first))

    def lanes_of(lanes: Sequence[Lane]) -> tuple[Lane, ...]:
        return tuple(
            with_points(lane, points)
            for lane in lanes
            if (points := _spread(lane.curve.points, before, segments, moved, after))
        )

    def track_of(track: Track) -> Track:
        pieces: list[Clip] = []
        names: dict[str, str] = {}
        for clip in track.clips:
            for number, (piece, segment) in enumerate(_pieces(before, clip, segments)):
                piece = replace(piece, position=moved(piece.position, segment)) if segment.shift else piece
                piece = copied(piece) if number else replace(piece, id=clip.id) if piece.id != clip.id else piece
                names[piece.id] = clip.id
                pieces.append(piece)
        clips = in_order(without_excess(after, pieces, shared_frames(before, track.clips), names), after)
        points = _spread(track.automation, before, segments, moved, after)
        lanes = lanes_of(track.lanes)
        same = len(clips) == len(track.clips) and all(a is b for a, b in zip(clips, track.clips, strict=True))
        if same and (points, lanes) == (track.automation, track.lanes):
            return track
        return replace(track, clips=clips, automation=points, lanes=lanes)

    border = segments[-1].first
    loop = p.loop
    if segments[-1].shift and before.beats(loop.start) >= border:
        loop = LoopRegion(moved(loop.start, segments[-1]), moved(loop.end, segments[-1]), loop.on)
    return replace(
        changed,
        tracks=tuple(track_of(track) for track in p.tracks),
        markers=_with_own_ids(_spread(p.markers, before, segments, moved, after)),
        loop=loop,
        master_lanes=lanes_of(p.master_lanes),
        chords=_spans(p.chords, segments),
        sections=_spans(p.sections, segments),
    )


def _pieces(clock: Clock, clip: Clip, segments: Iterable[_Segment]) -> Iterator[tuple[Clip, _Segment]]:
    """What of a clip lies in each segment; the clip itself where it is not cut."""
    start = clock.frames(clip.position)
    end = start + clip.length
    for segment in segments:
        first = clock.frame_at(segment.first)
        last = None if segment.last is None else clock.frame_at(segment.last)
        if end <= first or (last is not None and start >= last):
            continue
        piece = clip
        if start < first:
            piece = split_clip(clock, piece, Position.at_beat(segment.first))[1]
        if last is not None and segment.last is not None and end > last:
            piece = split_clip(clock, piece, Position.at_beat(segment.last))[0]
        yield piece, segment


P = TypeVar("P", AutomationPoint, CurvePoint, Marker)


def _spread(
    points: Sequence[P], before: Clock, segments: Iterable[_Segment], moved: Callable[[Position, _Segment], Position],
    after: Clock,
) -> tuple[P, ...]:  # fmt: skip
    """Points of time in every segment that has them."""
    spread = [
        replace(point, position=moved(point.position, segment))
        for segment in segments
        for point in points
        if segment.holds(before.beats(point.position))
    ]
    return tuple(sorted(spread, key=lambda point: after.frames(point.position)))


def _with_own_ids(markers: Iterable[Marker]) -> tuple[Marker, ...]:
    seen: set[str] = set()
    own = []
    for marker in markers:
        own.append(replace(marker, id=new_id()) if marker.id in seen else marker)
        seen.add(marker.id)
    return tuple(own)


def _spans(spans: Sequence[NamedSpan], segments: Iterable[_Segment]) -> tuple[NamedSpan, ...]:
    moved = []
    for segment in segments:
        for span in spans:
            start = max(span.start, segment.first)
            end = span.end if segment.last is None else min(span.end, segment.last)
            if start < end:
                moved.append(NamedSpan(start + segment.shift, end + segment.shift, span.text))
    return _rejoined(sorted(moved, key=lambda span: span.start), spans)


def _rejoined(spans: Iterable[NamedSpan], before: Sequence[NamedSpan]) -> tuple[NamedSpan, ...]:
    """Spans that were one before and still touch are one again."""
    joined: list[NamedSpan] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and last.end == span.start and NamedSpan(last.start, span.end, span.text) in before:
            joined[-1] = replace(last, end=span.end)
        else:
            joined.append(span)
    return tuple(joined)


def _with_tempo_map(p: Project, segments: Sequence[_Segment]) -> Project:
    """The song with the changes of tempo and time signature where its segments come to lie."""
    if not p.tempo_changes and not p.signature_changes:
        return p
    return replace(p, **_tempos(p, segments), **_signatures(p, segments))  # type: ignore[arg-type]


def _tempos(p: Project, segments: Sequence[_Segment]) -> dict[str, object]:
    if not p.tempo_changes:
        return {}
    originals, points = {each.beat: each for each in p.tempo_changes}, list[TempoPoint]()
    for segment in segments:
        if segment.shift and any(_is_on_its_way(p, each) for each in (segment.first, segment.last)):
            raise EditError("The tempo is on its way at an end of the passage: move the tempo change first.")
        first = originals.get(segment.first)
        if first is None and segment.to:
            tempo = p.clock.tempo_at(Position.at_beat(segment.first))
            if tempo != points[-1].bpm or _next_is_ramp(p, segment.first):
                points.append(TempoPoint(segment.to, tempo))
        elif first is None:
            points.append(TempoPoint(segment.to, p.clock.tempo_at(Position.at_beat(segment.first))))
        points += [
            replace(each, beat=each.beat + segment.shift, ramp=each.ramp and bool(each.beat + segment.shift))
            for each in p.tempo_changes
            if segment.holds(each.beat)
        ]
    if len(points) > MAX_CHANGES or points[-1].beat > MAX_BEAT:
        raise EditError(f"A song has at most {MAX_CHANGES:,} tempo changes: remove some first.")
    return {"tempo": points[0].bpm, "tempo_changes": tuple(points[1:])}


def _next_is_ramp(p: Project, beat: Fraction) -> bool:
    """Whether the tempo moves in a ramp to the change after a beat."""
    following = next((each for each in p.tempo_changes if each.beat > beat), None)
    return following is not None and following.ramp


def _is_on_its_way(p: Project, beat: Fraction | None) -> bool:
    """Whether the tempo moves in a ramp across a beat, or up to it."""
    if not beat:
        return False
    following = next((each for each in p.tempo_changes if each.beat >= beat), None)
    before = max((each.beat for each in p.tempo_changes if each.beat <= beat), default=Fraction(0))
    return following is not None and following.ramp and (following.beat == beat or before < beat)


def _signatures(p: Project, segments: Sequence[_Segment]) -> dict[str, object]:
    """Bars are counted anew: each segment goes on with the signature that it had."""
    if not p.signature_changes:
        return {}
    clock, bar, changes = p.clock, 1, list[SignatureChange]()
    for segment in segments:
        first = clock.bar_at(Position.at_beat(segment.first))
        if clock.beats(clock.bar_start(first.number)) != segment.first:
            raise EditError("The time signature changes in this song: move whole bars.")
        if not changes or changes[-1].signature != first.signature:
            changes.append(SignatureChange(bar, first.signature))
        for change in p.signature_changes:
            place = clock.beats(clock.bar_start(change.bar))
            if segment.first < place and segment.holds(place):
                changes.append(replace(change, bar=change.bar - first.number + bar))
        if segment.last is not None:
            end = clock.bar_at(Position.at_beat(segment.last))
            if clock.beats(clock.bar_start(end.number)) != segment.last:
                raise EditError("The time signature changes in this song: move whole bars.")
            bar += end.number - first.number
    changes_left = [each for before, each in zip([None, *changes], changes, strict=False)
            if before is None or before.signature != each.signature]  # fmt: skip
    return {"signature": changes_left[0].signature, "signature_changes": tuple(changes_left[1:])}
