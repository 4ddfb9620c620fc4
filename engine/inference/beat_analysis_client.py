"""Has sounds listened to in a process of its own, so that the window neither waits nor keeps the memory."""

from collections.abc import Sequence

import numpy as np

from engine.analysis.fit import Fit
from engine.analysis.questions import Analyse, Analysed
from engine.analysis.sound import RATE, mono
from engine.audio import Audio
from engine.errors import EngineError
from engine.inference.listener import answers_to
from engine.jobs import Context
from engine.timing.signature import COMMON_TIME, Signature

LONGEST = 120  # s that are listened to, from the sound's start


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
    answers = answers_to(question, context, doing="Measuring beats and key")
    fits = [Fit.from_json(record) for answer in answers if isinstance(answer, Analysed) for record in answer.fits]
    beats = tuple(
        each.in_song(tempo, 0.0, sound.rate) for each, sound in zip(fits, sounds, strict=False) if each is not None
    )
    if len(beats) != len(sounds):
        raise EngineError("The beats and the key could not be measured: the log has the details.")
    return beats
