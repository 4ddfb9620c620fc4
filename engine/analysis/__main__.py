"""The listening process: answers one question of `engine.analysis.questions`, and ends."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from engine.analysis.fit import fit
from engine.analysis.questions import (
    ANSWERS,
    QUESTIONS,
    Analyse,
    Analysed,
    Describe,
    Described,
    Drums,
    Examine,
    Examined,
    Hear,
    HearBeats,
    Heard,
    HeardBeats,
    Indexed,
    IndexLibrary,
    Mended,
    PlayedLine,
    PlayLine,
    Repair,
    Separate,
    Transcribe,
    Transcribed,
)
from engine.audio import Audio
from engine.errors import EngineError
from engine.ipc import Parent

_NICE = 5


def main() -> None:
    """Listens to the sounds."""
    parent = Parent(sends=ANSWERS, receives=QUESTIONS)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    for question in parent.messages():
        if isinstance(question, IndexLibrary):
            _index(question, parent)
        else:
            parent.send(_ANSWERS[type(question)](question))
        return


def _analysed(question: Analyse) -> Analysed:
    expected = zip(question.sounds, question.tempos, question.signatures, strict=True)
    fits = (fit(Audio(sound[:, None], question.rate), tempo, signature) for sound, tempo, signature in expected)
    return Analysed(tuple(each.to_json() for each in fits))


def _heard(question: Hear) -> Heard:
    from engine.analysis.hear import hear

    try:
        hearing = hear(Audio(question.sound[:, None], question.rate), question.beats_per_bar)
    except EngineError:  # it is silent or too short
        return Heard((), np.zeros((0, 2)), (), np.zeros((0, 2)))
    chords, sections = hearing.chords, hearing.sections if len(hearing.sections) > 1 else ()
    return Heard(
        tuple(chord.symbol for chord in chords),
        np.array([(chord.start, chord.end) for chord in chords]).reshape(-1, 2),
        tuple(section.name.capitalize() for section in sections),
        np.array([(section.start, section.end) for section in sections]).reshape(-1, 2),
    )


def _beats(question: HearBeats) -> HeardBeats:
    from engine.analysis.beat_tracking import track_beats
    from engine.analysis.sound import mono

    track = track_beats(mono(Audio(question.sound[:, None], question.rate)))
    if track is None:
        return HeardBeats(np.zeros(0), 0.0, True)
    return HeardBeats(np.asarray(track.beats, np.float64), track.tempo, track.steady)


def _transcribed(question: Transcribe) -> Transcribed:
    from engine.analysis.transcription import Transcription, transcribe

    silent = Transcription((), ())
    playing = transcribe(Audio(question.sound[:, None], question.rate)) if question.sound.any() else silent
    notes = [(note.start, note.end, note.pitch, note.strength) for note in playing.notes]
    strokes = [(stroke.start, stroke.pitch, stroke.strength) for stroke in playing.strokes]
    return Transcribed(np.array(notes, np.float32).reshape(-1, 4), np.array(strokes, np.float32).reshape(-1, 3))


def _separated(question: Separate) -> Drums:
    from engine.analysis.separation import separate

    return Drums(separate(Audio(question.sound, question.rate)).drums.samples)


def _described(question: Describe) -> Described:
    from engine.analysis.library.portrait import portrait_of_sound

    portrait = portrait_of_sound(Audio(question.sound, question.rate))
    return Described(
        portrait.seconds, portrait.tempo, portrait.key, portrait.words, portrait.evidence, portrait.keys,
        portrait.embedding, portrait.pitches,
    )  # fmt: skip


def _index(question: IndexLibrary, parent: Parent) -> None:
    """Brings a library up to date and tells of each file, at last that all is done."""
    from engine.analysis.library.database import Library
    from engine.analysis.library.indexing import IndexProgress, LibraryTake, index

    def report(progress: IndexProgress) -> None:
        parent.send(Indexed(progress.done, progress.total, progress.path, progress.problem))

    with Library(Path(question.database)) as library:
        index(library, question.folders, [LibraryTake(*take) for take in question.takes], report)
    parent.send(Indexed(0, 0, "", ""))


def _examined(question: Examine) -> Examined:
    from engine.analysis.repair.repairing import examine

    findings = examine(Audio(question.sound, question.rate))
    return Examined({kind: finding.text for kind, finding in findings.items()})


def _mended(question: Repair) -> Mended:
    from engine.analysis.repair.repairing import repair

    return Mended(repair(Audio(question.sound, question.rate), question.kinds).audio.samples)


def _played(question: PlayLine) -> PlayedLine:
    from engine.analysis.timbre_transfer import find_timbre, transferred

    try:
        sound = transferred(Audio(question.sound, question.rate), find_timbre(question.instrument))
    except EngineError as error:  # it is no single line
        return PlayedLine(np.zeros((0, question.sound.shape[1]), np.float32), str(error))
    return PlayedLine(sound.samples, "")


_ANSWERS: dict[type, Callable[[Any], object]] = {
    Analyse: _analysed,
    Transcribe: _transcribed,
    Separate: _separated,
    Describe: _described,
    HearBeats: _beats,
    Hear: _heard,
    Examine: _examined,
    Repair: _mended,
    PlayLine: _played,
}
"""Question: what answers it at once."""


if __name__ == "__main__":
    main()
