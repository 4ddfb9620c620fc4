"""The tempo of a song."""

import re
from fractions import Fraction

from engine.errors import EngineError

MIN_TEMPO, MAX_TEMPO = Fraction(20), Fraction(400)

_TEMPO = re.compile(r"\d{1,6}(?:\.\d{1,18}|/\d{1,9})?", re.ASCII)


def parse_tempo(text: str) -> Fraction:
    """The tempo in quarter notes a minute written in `text`, to a thousandth.

    Raises:
        EngineError: not a number, or outside 20 to 400 BPM.
    """
    try:
        tempo = round(Fraction(text.strip()), 3) if _TEMPO.fullmatch(text.strip()) else Fraction(0)
    except ZeroDivisionError:
        tempo = Fraction(0)
    if not MIN_TEMPO <= tempo <= MAX_TEMPO:
        raise EngineError(f"The tempo “{text}” is not possible: give a number from 20 to 400 BPM.")
    return tempo
