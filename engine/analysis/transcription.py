"""What is played in a sound: strokes of drums, and the notes of all else."""

from dataclasses import dataclass

import numpy as np

from engine.analysis.heard_note import HeardNote
from engine.analysis.notes import find_notes
from engine.analysis.separation import separate
from engine.analysis.strokes import HeardStroke, find_strokes
from engine.analysis.tones import SILENT
from engine.audio import Audio


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
    if not drumming.strokes:
        return Transcription(find_notes(audio), ())
    if drumming.alone:
        return Transcription((), drumming.strokes)
    harmonic = separate(audio).harmonic
    audible = float(np.abs(harmonic.samples).max()) >= SILENT
    return Transcription(find_notes(harmonic) if audible else (), drumming.strokes)
