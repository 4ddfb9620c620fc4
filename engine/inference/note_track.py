"""Notes that were heard in a sound as a track of a song."""

from fractions import Fraction

from engine.analysis.notes import HeardNote
from engine.midi.importing import place_midi
from engine.midi.reading import MidiPart, MidiSong
from engine.project.model import NoteEvent, Project
from engine.timing.position import Position

_TICK = 960  # of a quarter note
_BASS = 48  # the middle pitch below which notes are a bass
_PIANO, _FINGER_BASS = 0, 33  # General MIDI, counted from 0


def with_note_track(p: Project, notes: tuple[HeardNote, ...], position: Position, name: str) -> tuple[Project, str]:
    """The song with a track that plays these notes from `position` on, and the id of its clip; one edit.

    A note lies where it sounds, to a 960th of a quarter note, whatever the tempo map does there.

    Raises:
        EditError: there are no notes.
    """
    clock, origin = p.clock, p.clock.frames(position)
    first = clock.beats(position)

    def beat(seconds: float) -> Fraction:
        return Fraction(round((clock.beat_at(origin + round(seconds * p.rate)) - first) * _TICK), _TICK)

    events = tuple(
        NoteEvent(
            max(beat(note.start), Fraction(0)),
            max(beat(note.end) - beat(note.start), Fraction(1, _TICK)),
            note.pitch,
            min(127, max(1, round(127 * note.strength))),
        )
        for note in notes
    )
    low = bool(notes) and sorted(note.pitch for note in notes)[len(notes) // 2] < _BASS
    part = MidiPart(name, 0, _FINGER_BASS if low else _PIANO, events)
    placed = place_midi(p, MidiSong((part,), p.tempo_map), position)
    return placed.project, placed.clip_ids[0]
