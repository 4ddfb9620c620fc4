"""Has a recording examined and mended in a process of its own."""

from collections.abc import Collection, Mapping

import numpy as np

from engine.analysis.questions import Examine, Examined, Mended, Repair
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context

_PATIENCE = 1800.0  # s after which it is given up


def examined(audio: Audio, context: Context | None = None) -> Mapping[str, str]:
    """What of each fault is in a sound, for the user, by the ids of `repairing.KINDS`; any thread.

    Raises:
        EngineError: it could not be examined.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Looking for faults")
    question = Examine(audio.rate, np.ascontiguousarray(audio.samples, np.float32))
    for answer in answers_to(question, context, doing="Looking for faults", patience=_PATIENCE):
        if isinstance(answer, Examined):
            return answer.texts
    raise EngineError("The sound could not be examined: the log has the details.")


def repaired(audio: Audio, kinds: Collection[str], context: Context | None = None) -> Audio:
    """The sound without faults of these kinds; any thread.

    Raises:
        EngineError: it could not be mended.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Repairing")
    question = Repair(audio.rate, np.ascontiguousarray(audio.samples, np.float32), tuple(sorted(kinds)))
    for answer in answers_to(question, context, doing="Repairing", patience=_PATIENCE):
        if isinstance(answer, Mended):
            return Audio(answer.sound, audio.rate)
    raise EngineError("The sound could not be repaired: the log has the details.")
