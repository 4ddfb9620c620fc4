"""Has the drums of a sound parted from the rest in a process of its own."""

import logging

import numpy as np

from engine import ipc
from engine.analysis.questions import ANSWERS, QUESTIONS, Drums, Separate
from engine.audio import Audio
from engine.errors import EngineError
from engine.jobs import Context

_PATIENCE = 1800.0  # s after which it is given up
log = logging.getLogger(__name__)


def separated(audio: Audio, context: Context | None = None) -> tuple[Audio, Audio]:
    """Drums and harmonic sound of `audio`, which add up to it; any thread.

    Raises:
        EngineError: it could not be separated.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Separating")
    samples = np.ascontiguousarray(audio.samples, np.float32)
    answers: list[Drums] = []
    try:
        with ipc.Conversation(
            "engine.analysis", Separate(audio.rate, samples), name="listener",
            sends=QUESTIONS, receives=ANSWERS, quiet=True,
        ) as listener:  # fmt: skip
            answers += listener.messages(context, _PATIENCE)
    except TimeoutError as error:
        raise EngineError("Separating took too long: try again when the machine is less busy.") from error
    if not answers:
        log.error("separating failed: %s", listener.last_words)
        raise EngineError("The drums could not be separated: the log has the details.")
    drums = answers[0].sound
    return Audio(drums, audio.rate), Audio(samples - drums, audio.rate)
