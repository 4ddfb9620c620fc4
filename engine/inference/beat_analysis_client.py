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
    sounds: Sequence[Audio],
    tempos: Sequence[float],
    signatures: Sequence[Signature] | None = None,
    context: Context | None = None,
) -> tuple[Fit, ...]:
    """What is heard in each sound, with the song's grid at its start; any thread.

    Args:
        sounds: what is listened to.
        tempos: of the song where each sound lies, in quarter notes a minute.
        signatures: of the song there; 4/4 by default.
        context: progress and cancelling.

    Raises:
        EngineError: they could not be listened to.
        Cancelled: the user cancelled.
    """
    context = context or Context()
    context.progress(0.0, "Listening for beats and key")
    parts = [mono(Audio(sound.samples[: LONGEST * sound.rate], sound.rate)) for sound in sounds]
    expected = tuple(signatures or [COMMON_TIME] * len(sounds))
    question = Analyse(RATE, tuple(map(float, tempos)), expected, tuple(np.asarray(part, np.float32) for part in parts))
    answers = answers_to(question, context, doing="Measuring beats and key")
    fits = [Fit.from_json(record) for answer in answers if isinstance(answer, Analysed) for record in answer.fits]
    beats = tuple(
        each.in_song(tempo, 0.0, sound.rate)
        for each, sound, tempo in zip(fits, sounds, tempos, strict=False)
        if each is not None
    )
    if len(beats) != len(sounds):
        raise EngineError("The beats and the key could not be measured: the log has the details.")
    return beats
