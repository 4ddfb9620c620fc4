"""Has the drums of a sound parted from the rest in a process of its own."""

import numpy as np

from engine.analysis.questions import Drums, Separate
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context

_PATIENCE = 1800.0  # s after which it is given up


def separated(audio: Audio, context: Context | None = None) -> tuple[Audio, Audio]:
    """Drums and harmonic sound of `audio`, which add up to it; any thread.

    Raises:
        EngineError: it could not be separated.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Separating")
    samples = np.ascontiguousarray(audio.samples, np.float32)
    for answer in answers_to(Separate(audio.rate, samples), context, doing="Separating", patience=_PATIENCE):
        if isinstance(answer, Drums):
            return Audio(answer.sound, audio.rate), Audio(samples - answer.sound, audio.rate)
    raise EngineError("The drums could not be separated: the log has the details.")
