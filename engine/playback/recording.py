"""What was recorded comes into the song: a new clip, a take for each round, or more notes in a clip that is there."""

from collections.abc import Sequence
from fractions import Fraction

from engine.ids import new_id
from engine.playback.midi_events import MidiEvent
from engine.playback.recorded_notes import Span, content_of, merged
from engine.project import edits
from engine.project.model import Clip, NoteContent, Project, Take, Track
from engine.timing.position import Position

Rounds = Sequence[Sequence[MidiEvent]]


def record(p: Project, track_id: str, rounds: Rounds, span: Span, *, overdub: bool = False) -> Project:
    """Puts rounds of events (`rounds_played`) onto a track.

    Without `overdub` they become a new clip, over whole bars or the loop, whose takes are the rounds; the last one is
    chosen. Where the loop was recorded before, its takes stay and the new ones come behind them. With it, their notes
    are added to the clip of notes that lies there, if there is one.

    Raises:
        EditError: the track is not in the song any more.
    """
    track = p.track(track_id)
    if not rounds or track is None:
        return p
    if overdub and (under := _clip_under(p, track, _first_frame(rounds))) is not None:
        return _overdubbed(p, under, rounds, span)
    first, last = _bounds(p, rounds, span)
    origin = p.clock.simple_beat_at(first)
    takes = tuple(
        Take(new_id(), content_of(events, span, origin, p.clock), f"Take {number}")
        for number, events in enumerate(rounds, 1)
    )
    if span.rounds and (before := _same_place(p, track, first, last - first)) is not None:
        for number, take in enumerate(takes, len(before.takes) + 1):
            named = Take(take.id, take.content, f"Take {number}")
            p = edits.add_take(p, before.id, named, choose=True)
        return p
    clip = Clip(new_id(), Position.at_beat(origin), last - first, takes, len(takes) - 1, name=track.name)
    return edits.add_clip(p, track_id, clip)


def clip_recorded(before: Project, after: Project) -> str:
    """The id of the first clip that is other than it was; empty where none is."""
    old = {id(clip) for _, clip in before.clips()}
    return next((clip.id for _, clip in after.clips() if id(clip) not in old), "")


def _first_frame(rounds: Rounds) -> int:
    return round(min(event.frame for events in rounds for event in events if event.starts))


def _bounds(p: Project, rounds: Rounds, span: Span) -> tuple[int, int]:
    """The frames of the new clip: the loop, or the bars over which the notes reach."""
    if span.rounds:
        return span.first, span.last
    clock = p.clock
    frames = [event.frame for events in rounds for event in events]
    begin = clock.bar_at(Position.at_frame(max(round(min(frames)), span.first, 0)))
    first = clock.frames(clock.bar_start(begin.number))
    end = clock.bar_at(Position.at_frame(max(min(round(max(frames)), span.last - 1), first)))
    return first, clock.frames(clock.bar_start(end.number + 1))


def _clip_under(p: Project, track: Track, frame: int) -> Clip | None:
    """The clip of notes on a track that sounds at a frame, and does not repeat."""
    for clip in track.clips:
        content, start = clip.content, p.start_of(clip)
        if isinstance(content, NoteContent) and not content.loop_length and start <= frame < start + clip.length:
            return clip
    return None


def _same_place(p: Project, track: Track, first: int, length: int) -> Clip | None:
    return next(
        (
            clip
            for clip in track.clips
            if p.start_of(clip) == first and clip.length == length and isinstance(clip.content, NoteContent)
        ),
        None,
    )


def _overdubbed(p: Project, clip: Clip, rounds: Rounds, span: Span) -> Project:
    content, start, clock = clip.content, p.start_of(clip), p.clock
    assert isinstance(content, NoteContent)
    origin = clock.simple_beat_at(content.origin(start))
    for events in rounds:
        content = merged(content, content_of(events, span, origin, clock))
    p = edits.set_content(p, clip.id, content)
    ends = clock.frame_at(origin + max((note.end for note in content.notes), default=Fraction(0)))
    if ends > start + clip.length:
        bar = clock.bar_at(Position.at_frame(ends - 1))
        p = edits.trim_end(p, clip.id, clock.bar_start(bar.number + 1))
    return p
