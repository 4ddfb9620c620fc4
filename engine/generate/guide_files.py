"""Parts of a guide from files: a melody out of MIDI or a sound; accents out of MIDI, a sound, or plain times."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.analysis.chords import find_chords
from engine.analysis.grid import find_grid
from engine.analysis.notes import find_notes
from engine.analysis.transients import attacks_of
from engine.audio import Audio, read_stereo
from engine.compose.midi_file import MidiFile, guess, read_midi
from engine.errors import EngineError
from engine.music.general_midi import MIDI_SUFFIXES
from engine.music.guide import Accent, ChordSpan, MelodyNote, line_of
from engine.safe_files import parse_json, size_of

_TEXT_SUFFIXES = (".txt", ".csv", ".tsv", ".json")
_LARGEST = 1 << 20  # bytes of a file of times
_APART = 0.02  # s between two accents at least
_WINDOW = 0.03  # s after an attack in which its strength is looked for


@dataclass(frozen=True, slots=True)
class FileMelody:
    """The melody of a file in seconds, and the tempo it is in (quarter notes a minute), if one is known."""

    notes: tuple[MelodyNote, ...]
    tempo: float | None


def read_melody(path: Path, tempo: float | None = None) -> FileMelody:
    """The melody of a MIDI file or of a sound: its highest voice.

    Args:
        path: a file.
        tempo: quarter notes a minute at which MIDI is read; the file's own if None.

    Raises:
        EngineError: it cannot be read, or there is no melody in it.
    """
    if path.suffix.lower() in MIDI_SUFFIXES:
        file = read_midi(path)
        tempo = tempo or file.tempo
        notes = _leading(file, 60 / tempo)
    else:
        audio = read_stereo(path)
        notes = melody_of(audio)
        if tempo is None and (grid := find_grid(audio)):
            tempo = grid.tempo
    if not notes:
        raise EngineError(f"No melody is found in “{path.name}”: choose a file in which one voice sings or plays.")
    return FileMelody(notes, tempo)


def melody_of(audio: Audio) -> tuple[MelodyNote, ...]:
    """The highest voice that is heard in a sound.

    Raises:
        EngineError: it is silent.
    """
    return line_of(MelodyNote(note.start, note.end - note.start, note.pitch) for note in find_notes(audio))


def chords_of(audio: Audio) -> tuple[ChordSpan, ...]:
    """The chords that are heard in a sound.

    Raises:
        EngineError: it is silent, or too short.
    """
    chords = find_chords(audio)
    return tuple(
        ChordSpan(max(each.start, 0.0), each.end - max(each.start, 0.0), each.chord.symbol)
        for each in chords
        if each.end - max(each.start, 0.0) > 1e-3
    )


def accents_of(audio: Audio) -> tuple[Accent, ...]:
    """The strong attacks of a sound, the loudest with the strength 1."""
    frames = attacks_of(audio.samples, audio.rate)
    window = round(_WINDOW * audio.rate)
    peaks = [float(np.abs(audio.samples[frame : frame + window]).max(initial=0.0)) for frame in frames]
    loudest = max(peaks, default=0.0)
    return tuple(
        Accent(frame / audio.rate, max(round(peak / loudest, 3), 0.05))
        for frame, peak in zip(frames.tolist(), peaks, strict=True)
        if loudest > 0
    )


def read_accents(path: Path, tempo: float | None = None) -> tuple[Accent, ...]:
    """Accents: the notes' onsets of a MIDI file, the attacks of a sound, or times in seconds in a text or JSON file.

    A text file has a time on each line, and after it, if anything, the accent's strength from 0 to 1.

    Raises:
        EngineError: it cannot be read, or there is none in it.
    """
    suffix = path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        file = read_midi(path)
        quarter = 60 / (tempo or file.tempo)
        notes = sorted((note for track in file.tracks for note in track.notes), key=lambda each: each.start)
        accents = tuple(Accent(note.start * quarter, note.velocity / 127) for note in notes)
    elif suffix in _TEXT_SUFFIXES:
        accents = _of_text(path)
    else:
        accents = accents_of(read_stereo(path))
    accents = _apart(accents)
    if not accents:
        raise EngineError(f"No accents are found in “{path.name}”: write one time in seconds on each line.")
    return accents


def _apart(accents: tuple[Accent, ...]) -> tuple[Accent, ...]:
    """Accents in order; of those that fall together the strongest."""
    result: list[Accent] = []
    for accent in sorted(accents, key=lambda each: each.time):
        if result and accent.time - result[-1].time < _APART:
            if accent.strength > result[-1].strength:
                result[-1] = Accent(result[-1].time, accent.strength)
            continue
        result.append(accent)
    return tuple(result)


def _of_text(path: Path) -> tuple[Accent, ...]:
    try:
        if (size_of(path) or 0) > _LARGEST:
            raise EngineError(f"“{path.name}” is larger than any list of times that can be read (1 MB).")
        text = path.read_text(encoding="utf-8")
        lines = [re.split(r"[\s,;]+", line.strip()) for line in text.splitlines() if line.strip()]
        rows = parse_json(text) if path.suffix.lower() == ".json" else lines
        numbers = [[float(each) for each in (row if isinstance(row, list) else [row])][:2] for row in rows]
        return tuple(Accent(*row) for row in numbers)
    except OSError as error:
        raise EngineError(f"“{path.name}” cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise EngineError(
            f"“{path.name}” is no list of times: write one time in seconds on each line, such as 0.5."
        ) from error


def _leading(file: MidiFile, quarter: float) -> tuple[MelodyNote, ...]:
    """The melody of a MIDI file: the part that leads, else the highest one; in seconds."""
    tracks = [track for track in file.tracks if track.notes and not track.drums]
    if not tracks:
        return ()

    def height(number: int) -> float:
        pitches = sorted(note.pitch for note in tracks[number].notes)
        return pitches[len(pitches) // 2] + (24 if guess(tracks[number])[0] == "lead" else 0)

    leading = tracks[max(range(len(tracks)), key=height)]
    return line_of(MelodyNote(note.start * quarter, note.length * quarter, note.pitch) for note in leading.notes)
