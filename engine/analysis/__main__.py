"""The listening process: answers one question of `engine.analysis.questions`, and ends."""

import os

import numpy as np

from engine.analysis.fit import fit
from engine.analysis.questions import (
    ANSWERS,
    QUESTIONS,
    Analyse,
    Analysed,
    Drums,
    Separate,
    Transcribe,
    Transcribed,
)
from engine.audio import Audio
from engine.ipc import Parent

_NICE = 5


def main() -> None:
    """Listens to the sounds."""
    parent = Parent(sends=ANSWERS, receives=QUESTIONS)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    for question in parent.messages():
        parent.send(_answer(question))
        return


def _answer(question: Analyse | Transcribe | Separate) -> Analysed | Transcribed | Drums:
    if isinstance(question, Transcribe):
        return _transcribed(question)
    if isinstance(question, Separate):
        return _separated(question)
    return _analysed(question)


def _analysed(question: Analyse) -> Analysed:
    sounds = [Audio(samples[:, None], question.rate) for samples in question.sounds]
    return Analysed(tuple(fit(sound, question.tempo, question.signature).to_json() for sound in sounds))


def _transcribed(question: Transcribe) -> Transcribed:
    from engine.analysis.notes import find_notes

    notes = find_notes(Audio(question.sound[:, None], question.rate)) if question.sound.any() else ()
    rows = [(note.start, note.end, note.pitch, note.strength) for note in notes]
    return Transcribed(np.array(rows, np.float32).reshape(-1, 4))


def _separated(question: Separate) -> Drums:
    from engine.analysis.separation import separate

    return Drums(separate(Audio(question.sound, question.rate)).drums.samples)


if __name__ == "__main__":
    main()
