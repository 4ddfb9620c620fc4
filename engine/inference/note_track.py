"""Notes and drum strokes that were heard in a sound as tracks of a song."""

from fractions import Fraction

from engine.analysis.transcription import Transcription
from engine.midi.importing import place_midi
from engine.midi.reading import DRUM_CHANNEL, MidiPart, MidiSong
from engine.project.model import NoteEvent, Project
from engine.timing.position import Position

_TICK = 960  # of a quarter note
_BASS = 48  # the middle pitch below which notes are a bass
_PIANO, _FINGER_BASS, _STANDARD_KIT = 0, 33, 0  # General MIDI, counted from 0
_STROKE = Fraction(1, 8)  # quarter notes that a stroke lasts


def with_heard_tracks(
    p: Project, playing: Transcription, position: Position, name: str
) -> tuple[Project, tuple[str, ...]]:
    """The song with a track that plays these notes from `position` on, and one for the drums; one edit.

    What is not played has no track. A note lies where it sounds, to a 960th of a quarter note, whatever the tempo map
    does there. With the song come the ids of the clips.

    Raises:
        EditError: nothing is played.
    """
    clock, origin = p.clock, p.clock.frames(position)
    first = clock.beats(position)

    def beat(seconds: float) -> Fraction:
        place = Fraction(round((clock.beat_at(origin + round(seconds * p.rate)) - first) * _TICK), _TICK)
        return max(place, Fraction(0))

    parts = []
    if playing.notes:
        pitches = sorted(note.pitch for note in playing.notes)
        low = pitches[len(pitches) // 2] < _BASS
        events = tuple(
            NoteEvent(
                beat(note.start),
                max(beat(note.end) - beat(note.start), Fraction(1, _TICK)),
                note.pitch,
                _velocity(note.strength),
            )
            for note in playing.notes
        )
        parts.append(MidiPart(name, 0, _FINGER_BASS if low else _PIANO, events))
    if playing.strokes:
        strokes = tuple(
            NoteEvent(beat(stroke.start), _STROKE, stroke.pitch, _velocity(stroke.strength))
            for stroke in playing.strokes
        )
        parts.append(MidiPart(f"{name} drums" if parts else name, DRUM_CHANNEL, _STANDARD_KIT, strokes))
    placed = place_midi(p, MidiSong(tuple(parts), p.tempo_map), position)
    return placed.project, placed.clip_ids


def _velocity(strength: float) -> int:
    return min(127, max(1, round(127 * strength)))
