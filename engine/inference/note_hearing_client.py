"""Has the notes of a sound heard in a process of its own."""

import logging

import numpy as np

from engine import ipc
from engine.analysis.notes import HeardNote
from engine.analysis.questions import ANSWERS, QUESTIONS, Transcribe, Transcribed
from engine.analysis.sound import RATE, mono
from engine.audio import Audio
from engine.errors import EngineError
from engine.jobs import Context

_PATIENCE = 600.0  # s after which it is given up
log = logging.getLogger(__name__)


def hear_notes(audio: Audio, context: Context | None = None) -> tuple[HeardNote, ...]:
    """The notes of a sound, times in seconds from its start; any thread.

    Raises:
        EngineError: it could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for notes")
    answers: list[Transcribed] = []
    try:
        with ipc.Conversation(
            "engine.analysis", Transcribe(RATE, np.asarray(mono(audio), np.float32)), name="listener",
            sends=QUESTIONS, receives=ANSWERS, quiet=True,
        ) as listener:  # fmt: skip
            answers += listener.messages(context, _PATIENCE)
    except TimeoutError as error:
        raise EngineError("Listening for notes took too long: try again when the machine is less busy.") from error
    if not answers:
        log.error("listening for notes failed: %s", listener.last_words)
        raise EngineError("The notes could not be heard: the log has the details.")
    return tuple(
        HeardNote(float(start), float(end), round(float(pitch)), float(strength))
        for start, end, pitch, strength in answers[0].notes
    )
