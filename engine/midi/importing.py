"""A MIDI file comes into a song: a track for each of its parts, with a role, an instrument and a clip of notes."""

import math
from dataclasses import dataclass
from fractions import Fraction

from engine.compose.instruments import INSTRUMENTS, KITS, PROGRAM_LEVELS_DB
from engine.compose.midi_file import MidiTrack, guess
from engine.compose.mixing import IMAGES, LEVELS
from engine.errors import EditError
from engine.ids import new_id
from engine.midi.reading import MidiPart, MidiSong
from engine.music.notes import Note
from engine.project import edits
from engine.project.edits.structure import tidy
from engine.project.model import Clip, Instrument, NoteContent, Project, Take
from engine.project.model.ranges import GAIN_DB
from engine.timing.position import SONG_START, Position

GAIN_DB_OF_ALL = -12.0
"""The gain of every imported part, so that their sum does not clip."""
_RING_SECONDS = 2.0
"""That the last notes may ring before a clip ends, at the end of a bar."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The song with a MIDI file in it.

    notices: sentences on what was not taken as it is. tempo: of the file, in quarter notes a minute, where the song has
    kept its own.
    """

    project: Project
    clip_ids: tuple[str, ...]
    notices: tuple[str, ...]
    tempo: Fraction | None = None


def place_midi(p: Project, song: MidiSong, position: Position = SONG_START) -> Placed:
    """Puts a track for every part below the song's own; one edit.

    In a song without any clip, at its start, the file's tempos, time signatures and markers are taken over, too.

    Raises:
        EditError: the file has no notes.
    """
    if not song.parts:
        raise EditError("The MIDI file has no notes: there is nothing to import.")
    notices = list(song.notices)
    tempo: Fraction | None = None
    markers = [(beat, tidied) for beat, name in song.markers if (tidied := tidy(name))]
    if adopted := edits.adopt_time(p, song.tempo_map, markers, position):
        p = adopted
    elif song.tempo_map.tempos != p.tempo_map.tempos:
        tempo = song.tempo_map.tempos[0].bpm
        notices.append(f"The file is at {float(tempo):g} BPM: its notes follow the song’s tempo.")
    clip_ids = []
    origin = p.clock.beats(position)
    for part in song.parts:
        role, name = guess(_track_of(part))
        p = edits.add_track(p, tidy(part.name) or role.capitalize())
        track = p.tracks[-1]
        gain, pan = _mixed(part)
        p = edits.set_track(p, track.id, role=role, instrument=_instrument(part, role, name), gain_db=gain, pan=pan)
        clip = _clip(p, part, position, origin, track.name)
        p = edits.add_clip(p, track.id, clip)
        clip_ids.append(clip.id)
    return Placed(p, tuple(clip_ids), tuple(notices), tempo)


def with_tempo_of(p: Project, song: MidiSong, position: Position = SONG_START) -> Project:
    """The song with the tempos of a MIDI file from `position` on; what is there keeps its bars."""
    origin = p.clock.beats(position)
    for point in song.tempo_map.tempos:
        beat = origin + point.beat
        p = edits.add_tempo_point(p, beat, point.bpm, ramp=point.ramp) if beat else edits.set_tempo(p, point.bpm)
    return p


def _track_of(part: MidiPart) -> MidiTrack:
    notes = tuple(Note(float(note.start), float(note.length), note.pitch, note.velocity) for note in part.notes)
    return MidiTrack(part.name, part.drums, part.program, notes)


def _instrument(part: MidiPart, role: str, name: str) -> Instrument:
    """The General MIDI program of a part, in the place that its role has in a mix."""
    level = LEVELS[role]
    if part.drums:
        kit = KITS[name]
        return Instrument(
            name, part.program, kit.patch, True, trim_db=kit.level_db, level_db=level, gain_db=GAIN_DB_OF_ALL,
            image="kit", width=0.8,
        )  # fmt: skip
    instrument = INSTRUMENTS[name]
    image, width = IMAGES.get(instrument.family, ("point", 0.0)) if role not in ("bass", "lead") else ("point", 0.0)
    trim = PROGRAM_LEVELS_DB.get(part.program, instrument.level_db)
    return Instrument(
        name, part.program, instrument.patch, trim_db=trim, level_db=level, gain_db=GAIN_DB_OF_ALL,
        image=image, width=width,
    )  # fmt: skip


def _mixed(part: MidiPart) -> tuple[float, float]:
    """The fader's gain and the pan that a part's controllers say."""
    gain, pan = 0.0, 0.0
    if part.volume is not None:
        gain = GAIN_DB.clamp(40 * math.log10(part.volume / 100)) if part.volume else GAIN_DB.low
    if part.pan is not None:
        pan = max((part.pan - 64) / 63, -1.0)
    return gain, pan


def _clip(p: Project, part: MidiPart, position: Position, origin: Fraction, name: str) -> Clip:
    """The clip of a part: from the file's start to the end of the bar in which its last note has rung out."""
    clock = p.clock
    last = origin + max(note.end for note in part.notes)
    ring = clock.beat_at(clock.frame_at(last) + round(_RING_SECONDS * p.rate))
    bar = p.tempo_map.bar_at(ring)
    end = bar.start if bar.start >= ring else bar.end
    content = NoteContent(
        part.notes,
        bend=part.bend,
        modulation=part.modulation,
        sustain=part.sustain,
        expression=part.expression,
    )
    length = max(clock.frame_at(end) - clock.frames(position), 1)
    return Clip(new_id(), position, length, (Take(new_id(), content, name),), name=name)
