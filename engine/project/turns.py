"""Where in the song the beats of a clip's notes lie: once, or in every turn of its loop."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from engine.project.model import Clip, NoteContent, NoteEvent, Project, Track
from engine.project.model.note_turns import loop_turns


class Turn(NamedTuple):
    """One turn of a clip's loop, or all of a clip without one; beats of the song.

    origin: where beat 0 of the content lies. first, last: from where up to where the turn sounds.
    """

    origin: Fraction
    first: Fraction
    last: Fraction


def turns_of(p: Project, clip: Clip) -> Iterator[Turn]:
    """Each turn of the loop of a clip of notes, in the order of time; one for a clip that plays straight on."""
    beat, part = p.clock.simple_beat_at, clip.stretch
    start, end = p.start_of(clip), p.end_of(clip)
    first, last = p.clock.beats(clip.position), beat(end)
    if not part.loop_length:
        yield Turn(first if not part.offset else beat(start - part.offset), first, last)
        return
    for turn in loop_turns(part, start, end - start, p.clock):
        yield Turn(turn.origin, max(turn.start, first), min(turn.end, last))


def notes_of(p: Project, clip: Clip) -> Iterator[NoteEvent]:
    """The notes that a clip plays, in beats of the song; what the clip or its loop cuts off a note is not in it.

    Nothing for a clip of another kind.
    """
    content = clip.content
    if not isinstance(content, NoteContent):
        return
    for origin, first, last in turns_of(p, clip):
        for note in content.notes:
            start, end = max(origin + note.start, first), min(origin + note.end, last)
            if start < end:
                offset = note.offset if start == origin + note.start else 0.0
                yield NoteEvent(start, end - start, note.pitch, note.velocity, offset)


def notes_between(p: Project, track: Track, first: Fraction, last: Fraction) -> Iterator[NoteEvent]:
    """The notes of a track's clips that are not muted and begin from beat `first` to before `last` of the song."""
    for clip in track.clips:
        if not clip.mute:
            yield from (note for note in notes_of(p, clip) if first <= note.start < last)
