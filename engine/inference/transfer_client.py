"""Has a single line played on another instrument in a process of its own."""

import numpy as np

from engine.analysis.questions import PlayedLine, PlayLine
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context

_PATIENCE = 1800.0  # s after which it is given up


def played_on(audio: Audio, instrument: str, context: Context | None = None) -> Audio:
    """A single line played on an instrument, of its length, rate and channels; any thread.

    Args:
        audio: the line.
        instrument: a name in `engine.analysis.timbre_transfer.timbres`.
        context: of the job.

    Raises:
        EngineError: it is no single line, or could not be played.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Playing")
    question = PlayLine(audio.rate, np.ascontiguousarray(audio.samples, np.float32), instrument)
    for answer in answers_to(question, context, doing="Playing", patience=_PATIENCE):
        if isinstance(answer, PlayedLine):
            if answer.problem:
                raise EngineError(answer.problem)
            return Audio(answer.sound, audio.rate)
    raise EngineError("The line could not be played: the log has the details.")
