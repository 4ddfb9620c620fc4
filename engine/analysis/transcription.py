"""What is played in a sound: strokes of drums, and the notes of all else."""

from dataclasses import dataclass

import numpy as np

from engine.analysis.heard_note import HeardNote
from engine.analysis.notes import find_notes
from engine.analysis.separation import separate
from engine.analysis.stroke_network import KINDS
from engine.analysis.strokes import Drumming, HeardStroke, find_strokes
from engine.analysis.tones import SILENT
from engine.audio import Audio

_LEAST = 3  # strokes of a sound that has drums
_SHORT = 0.15  # s that a note lasts at most that may be a stroke
_LASTING = 0.42  # s of longer notes in a second of music
_EACH = 0.1  # s that each note counts besides
_SAID = 0.3  # how much the network's word weighs beside them
_TOGETHER = 0.05  # s between a stroke and the note that it may be
_EVIDENCE = 0.35  # for drums, in a second; with the others, found on pieces of the validation split


@dataclass(frozen=True, slots=True)
class Transcription:
    """The notes and the drum strokes of a sound, each by start and pitch; times are seconds from its start."""

    notes: tuple[HeardNote, ...]
    strokes: tuple[HeardStroke, ...]


def transcribe(audio: Audio) -> Transcription:
    """Hears notes and strokes; under drums, notes are heard in what is left without them.

    Raises:
        EngineError: it is silent.
    """
    drumming = find_strokes(audio)
    notes = find_notes(audio)
    if len(drumming.strokes) < _LEAST:
        return Transcription(notes, ())
    if not has_music(drumming, notes):
        return Transcription((), drumming.strokes)
    if not has_drums(drumming, notes):
        return Transcription(notes, ())
    harmonic = separate(audio).harmonic
    audible = float(np.abs(harmonic.samples).max()) >= SILENT
    return Transcription(find_notes(harmonic) if audible else (), drumming.strokes)


def has_music(drumming: Drumming, notes: tuple[HeardNote, ...]) -> bool:
    """Whether anything but drums sounds.

    Notes, above all notes that last, are hardly heard in drums. The network that hears strokes is sure of other music
    only where several instruments play: single lines are new to it.
    """
    lasting = sum(note.end - note.start for note in notes if note.end - note.start > _SHORT)
    share = (lasting + _EACH * len(notes)) / max(1.0, drumming.seconds)
    return share + _SAID * drumming.music >= _LASTING


def has_drums(drumming: Drumming, notes: tuple[HeardNote, ...]) -> bool:
    """Whether there are drums under music.

    The beginnings of notes are taken for strokes now and then, those of low notes for kicks above all. Strokes speak
    for drums by how likely they are, and more so where no note begins with them; kicks do not.
    """
    starts = np.array([note.start for note in notes])
    evidence = 0.0
    for stroke in drumming.strokes:
        if stroke.pitch != KINDS["kick"][0]:
            evidence += 0.4 * max(0.0, stroke.likelihood - 0.5)
            evidence += 0.5 * bool(np.all(np.abs(starts - stroke.start) >= _TOGETHER))
    return evidence >= _EVIDENCE * max(1.0, drumming.seconds)
