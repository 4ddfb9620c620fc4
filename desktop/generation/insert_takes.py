"""Where results go in the song, and the edits that put them there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from desktop.audio_imports import Coming
from desktop.generation.prompt_text import track_name
from engine.ids import new_id
from engine.inference.api import Made
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take, audio_take
from engine.timing.position import Position


@dataclass(frozen=True)
class Arrival:
    """A take that was made: its sound, ready to be played, and the take as a clip keeps it."""

    source: Source
    take: Take


@dataclass(frozen=True)
class Spot:
    """A place in the song for `length` frames of new sound; without a track a new one."""

    name: str
    track_id: str | None
    position: Position
    length: int


ONE_FOR_TWO_DB = -3.01
"""Gain of a generated take of one channel: a track plays it on both sides, which makes it so much louder."""


def arrival(take: Made, name: str, gain_db: float = 0.0) -> Arrival:
    """A finished take as a clip keeps it."""
    return Arrival(take.source, audio_take(new_id(), take.source.id, name, gain_db=gain_db, provenance=take.provenance))


def lone_gain(source: Source) -> float:
    """The gain with which a take that stands alone is as loud in the song as its file is: −18 LUFS."""
    return ONE_FOR_TWO_DB if source.channels == 1 else 0.0


def with_gain(arrival: Arrival, gain_db: float) -> Arrival:
    """`arrival` with its take at another gain."""
    return replace(arrival, take=replace(arrival.take, gain_db=gain_db))


def playhead_place(project: Project, frame: int, *, fit: bool) -> Position:
    """Where music goes that is asked for with the playhead at `frame`.

    On a beat it stays there; elsewhere, with `fit`, at the nearest bar, else at the frame.
    """
    clock, here = project.clock, Position.at_frame(frame)
    bar, past = clock.bar_at(here), clock.beats(here) - clock.bar_at(here).start
    beat = bar.signature.beat
    near = Position.at_beat(bar.start + round(past / beat) * beat)
    if clock.frames(near) == frame:
        return near
    nearer_next = round(bar.number - 1 + past / bar.signature.bar) == bar.number
    return Position.at_beat(bar.end if nearer_next else bar.start) if fit else here


def free_track(project: Project, preferred: str | None, start: int, end: int, coming: Iterable[Coming]) -> str | None:
    """The `wished` track, if nothing lies or is awaited there from `start` to `end`; else None."""
    track = project.track(preferred) if preferred else None
    if track is None:
        return None
    spans = [(project.start_of(clip), project.end_of(clip)) for clip in track.clips]
    for each in coming:
        if each.track_id == track.id:
            first = project.clock.frames(each.position)
            spans.append((first, first + max(each.length, 1)))
    return None if any(first < end and start < last for first, last in spans) else track.id


def place(project: Project, spot: Spot, arrivals: Sequence[Arrival], clip_id: str) -> Project:
    """Puts all takes under one clip at `spot`; it plays the first.

    On a new track if that of the spot is gone, or has come to hold something there.
    """
    project, length = _with_sources(project, arrivals), spot.length or arrivals[0].source.frames_at(project.rate)
    start = project.clock.frames(spot.position)
    track_id = free_track(project, spot.track_id, start, start + length, ())
    if track_id is None:
        track_id = new_id()
        project = edits.add_track(
            project, track_name(spot.name, [track.name for track in project.tracks]), track_id=track_id
        )
    takes = tuple(arrival.take for arrival in arrivals)
    return edits.add_clip(project, track_id, Clip(clip_id, spot.position, length, takes, name=spot.name))


def add_below(project: Project, clip_id: str, arrivals: Sequence[Arrival]) -> Project:
    """Puts takes under a clip, below those that it has; it plays what it played."""
    project = _with_sources(project, arrivals)
    for arrival in arrivals:
        project = edits.add_take(project, clip_id, arrival.take)
    return project


def joined(project: Project, clip_id: str, arrivals: Sequence[Arrival]) -> Project:
    """Any value of the song with the takes that followed the first of `arrivals` below it, and their gains set.

    A song without the clip stays as it is; so does the gain of a take that was changed meanwhile.
    """
    pair = project.find_clip(clip_id)
    if pair is None:
        return project
    first, present = arrivals[0].take, {take.id for take in pair[1].takes}
    project = add_below(project, clip_id, [each for each in arrivals if each.take.id not in present | {first.id}])
    untouched = lone_gain(arrivals[0].source)
    take = next((take for take in pair[1].takes if take.id == first.id and take.gain_db == untouched), None)
    return edits.replace_take(project, clip_id, replace(take, gain_db=first.gain_db)) if take else project


def _with_sources(project: Project, arrivals: Sequence[Arrival]) -> Project:
    for arrival in arrivals:
        project = edits.add_source(project, arrival.source)
    return project
