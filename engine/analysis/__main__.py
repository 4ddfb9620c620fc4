"""The listening process: answers one question of `engine.analysis.questions`, and ends."""

import os

from engine.analysis.fit import fit
from engine.analysis.questions import ANSWERS, QUESTIONS, Analysed
from engine.audio import Audio
from engine.ipc import Parent

_NICE = 5


def main() -> None:
    """Listens to the sounds."""
    parent = Parent(sends=ANSWERS, receives=QUESTIONS)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    for question in parent.messages():
        sounds = [Audio(samples[:, None], question.rate) for samples in question.sounds]
        fits = [fit(sound, question.tempo, question.signature).to_json() for sound in sounds]
        parent.send(Analysed(tuple(fits)))
        return


if __name__ == "__main__":
    main()
