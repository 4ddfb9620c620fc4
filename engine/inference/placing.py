"""A composed piece comes into a song: a track for every part, each with its instrument and one clip of notes."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from engine.compose.identity import VERSION
from engine.ids import new_id
from engine.playback.note_sound import Timing, recipe_of, timing_of
from engine.project import edits
from engine.project.derived import find_derived, write_derived
from engine.project.model import (
    BendPoint,
    Clip,
    Content,
    ControlPoint,
    Instrument,
    NoteContent,
    NoteEvent,
    Project,
    Take,
)
from engine.project.model.ranges import NOTE_LENGTH
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.compose.piece import Performance
    from engine.compose.score import Part, Score

_GRID = 9600
"""Parts of a quarter note on which the grid of every piece lies."""


def place_performance(
    p: Project,
    folder: Path,
    performance: "Performance",
    position: Position,
    *,
    check: Callable[[], None] | None = None,
) -> tuple[Project, list[str]]:
    """The song with the tracks of `place_score`; also the ids of the new clips, in the order of the parts.

    The stems that were played go into the song's cache as the derived sound of their notes, where the song is at the
    tempo and rate of the piece: then nothing has to be rendered again. The song in `folder` is neither saved nor
    changed. Any thread.

    Args:
        p: the song as it is now.
        folder: its folder.
        performance: what `engine.compose.performance` composed and played.
        position: where the clips start.
        check: called between two parts; raises where the user cancelled.

    Raises:
        AudioFileError: the disk is full or failing.
    """
    score, sound = performance.score, performance.sound
    p, clip_ids = place_score(p, score, position)
    for clip_id, stem in zip(clip_ids, sound.stems.values(), strict=True):
        if check:
            check()
        place = p.find_clip(clip_id)
        if place is None or sound.rate != p.rate:
            continue
        track, clip = place
        content, start = clip.content, p.start_of(clip)
        if isinstance(content, NoteContent) and _agrees(timing_of(content, start, p.clock), score):
            recipe = recipe_of(content, start, clip.length, p.clock, track)
            if not find_derived(folder, recipe):
                write_derived(folder, recipe, track.name, [stem.T])
    return p, clip_ids


def _agrees(timing: Timing, score: "Score") -> bool:
    """Whether notes in the song sound exactly when they do in the piece."""
    same = math.isclose(60.0 / float(timing.tempo), score.quarter_seconds, rel_tol=1e-12)
    return timing.origin is None and same and timing.signature.bar == score.signature.bar


def place_score(p: Project, score: "Score", position: Position) -> tuple[Project, list[str]]:
    """The song with a track for every part of a piece, below those that it has; also the ids of the new clips.

    Each track is called after its part, has its role and instrument, and holds one clip of its notes at `position`,
    which lasts until the last room has died away. Bounced at the tempo of the piece, the tracks give its mix again. One
    edit, pure. The take has its instrument with it, so that it can lie under a clip of another track.
    """
    from engine.compose.render import ring_seconds

    clip_ids: list[str] = []
    start = p.clock.frames(position)
    end = p.clock.frame_at(p.clock.beats(position) + Fraction(score.length).limit_denominator(_GRID))
    length = end - start + int(ring_seconds(score) * p.rate)
    for part in score.parts:
        p = edits.add_track(p, part.name.capitalize())
        track = p.tracks[-1]
        instrument = instrument_of_part(part, score)
        p = edits.set_track(p, track.id, role=part.role, instrument=instrument)
        take = Take(new_id(), content_of_part(part, instrument), track.name)
        clip = Clip(new_id(), position, length, (take,), name=track.name)
        p = edits.add_clip(p, track.id, clip)
        clip_ids.append(clip.id)
    return p, clip_ids


def instrument_of_part(part: "Part", score: "Score") -> Instrument:
    """The instrument of a part with its strip, as it sounds in the mix of its piece."""
    return Instrument(
        name=part.instrument,
        program=part.program,
        patch=part.patch,
        drums=part.drums,
        trim_db=part.trim_db,
        level_db=part.level_db,
        gain_db=score.gain_db,
        pan=part.pan,
        image=part.image,
        width=part.width,
        room=part.room,
        room_seconds=score.reverb_seconds,
        echo=part.echo,
        chorus=part.chorus,
        drive=part.drive,
        tilt_db=part.tilt_db,
    )


def as_before(content: Content, clip: Clip, project: Project) -> Content:
    """A part made again, with the strip of the clip's chosen take where both have the same instrument.

    On another one it gets the tilt of that take where an earlier version of the composer wrote it: `mixing` set it
    otherwise then.
    """
    before = clip.chosen
    if not (isinstance(content, NoteContent) and isinstance(before.content, NoteContent)):
        return content
    pair = project.find_clip(clip.id)
    played, earlier = content.instrument, before.content.instrument or (pair and pair[0].instrument)
    if played is None or earlier is None:
        return content
    if (played.name, played.drums) == (earlier.name, earlier.drums):
        louder = max(played.gain_db - earlier.gain_db, 0.0)  # what is quieter gives way so that nothing clips
        return replace(content, instrument=replace(earlier, gain_db=played.gain_db - louder))
    if before.provenance is not None and before.provenance.get("weights", VERSION) != VERSION:
        return replace(content, instrument=replace(played, tilt_db=earlier.tilt_db))
    return content


def content_of_part(part: "Part", instrument: Instrument | None = None) -> NoteContent:
    """The notes and curves of a part; beat 0 of the content is that of the piece."""
    notes = []
    for note in part.notes:
        start = max(_exactly(note.start), Fraction(0))
        length = max(_exactly(note.length), NOTE_LENGTH.low)
        offset = note.offset if note.start >= 0 else note.onset
        notes.append(NoteEvent(start, length, note.pitch, min(max(note.velocity, 1), 127), offset))
    pedal = [each for down, up in part.pedal for each in (ControlPoint(down, 1.0), ControlPoint(up, 0.0))]
    return NoteContent(
        tuple(notes),
        bend=tuple(BendPoint(max(beat, 0.0), semitones) for beat, semitones in part.bends),
        sustain=tuple(pedal),
        expression=tuple(ControlPoint(max(beat, 0.0), min(max(gain, 0.0), 1.0)) for beat, gain in part.expression),
        instrument=instrument,
    )


def _exactly(beats: float) -> Fraction:
    """The place on the grid that a composer's number stands for, or else the number itself."""
    simple = Fraction(beats).limit_denominator(_GRID)
    return simple if float(simple) == beats else Fraction(beats)
