"""Has what is played in a sound heard in a process of its own."""

import numpy as np

from engine.analysis.heard_note import HeardNote
from engine.analysis.questions import Transcribe, Transcribed
from engine.analysis.sound import RATE, mono
from engine.analysis.strokes import HeardStroke
from engine.analysis.transcription import Transcription
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context


def hear_notes(audio: Audio, context: Context | None = None) -> Transcription:
    """The notes and drum strokes of a sound, times in seconds from its start; any thread.

    Raises:
        EngineError: it could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for notes")
    question = Transcribe(RATE, np.asarray(mono(audio), np.float32))
    for answer in answers_to(question, context, doing="Listening for notes"):
        if isinstance(answer, Transcribed):
            return Transcription(
                tuple(
                    HeardNote(float(start), float(end), round(float(pitch)), float(strength))
                    for start, end, pitch, strength in answer.notes
                ),
                tuple(
                    HeardStroke(float(start), round(float(pitch)), float(strength))
                    for start, pitch, strength in answer.strokes
                ),
            )
    raise EngineError("The notes could not be heard: the log has the details.")
