"""Has sounds listened to in a process of its own, so that the window neither waits nor keeps the memory."""

import logging
from collections.abc import Sequence

import numpy as np

from engine import ipc
from engine.analysis.fit import Fit
from engine.analysis.questions import ANSWERS, QUESTIONS, Analyse, Analysed
from engine.analysis.sound import RATE, mono
from engine.audio import Audio
from engine.errors import EngineError
from engine.jobs import Context
from engine.timing.signature import COMMON_TIME, Signature

LONGEST = 120  # s that are listened to, from the sound's start

_PATIENCE = 600.0  # s after which it is given up
log = logging.getLogger(__name__)


def listen(
    sounds: Sequence[Audio], tempo: float, signature: Signature = COMMON_TIME, context: Context | None = None
) -> tuple[Fit, ...]:
    """What is heard in each sound for a song at `tempo`, with the song's grid at its start; any thread.

    Raises:
        EngineError: they could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for beats and key")
    parts = [mono(Audio(sound.samples[: LONGEST * sound.rate], sound.rate)) for sound in sounds]
    question = Analyse(RATE, float(tempo), signature, tuple(np.asarray(part, np.float32) for part in parts))
    answers: list[Analysed] = []
    try:
        with ipc.Conversation(
            "engine.analysis", question, name="listener", sends=QUESTIONS, receives=ANSWERS, quiet=True
        ) as listener:
            answers += listener.messages(context, _PATIENCE)
    except TimeoutError as error:
        raise EngineError("Measuring beats and key took too long: try again when the machine is less busy.") from error
    fits = [Fit.from_json(record) for answer in answers for record in answer.fits]
    beats = tuple(
        each.in_song(tempo, 0.0, sound.rate) for each, sound in zip(fits, sounds, strict=False) if each is not None
    )
    if len(beats) != len(sounds):
        log.error("listening failed: %s", listener.last_words)
        raise EngineError("The beats and the key could not be measured: the log has the details.")
    return beats
