"""Tempos that texts such as prompts state."""

import re
from collections.abc import Sequence

from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO

_NUMBER = r"(\d{2,3}(?:[.,]\d{1,3})?)"
_STATED = re.compile(
    rf"(?<![\d.,])(?:\d{{2,3}}\s?(?:-|–|to)\s?)?{_NUMBER}[ -]?(?:bpm|b\.p\.m\.?|beats (?:per|a) minute)(?!\w)"
    rf"|\btempo(?: of|:| is| =)? {_NUMBER}(?![\w.,]*\d|\w)|[♩♪]\s?=\s?{_NUMBER}(?!\w)",
    re.IGNORECASE,
)


def tempo_in(text: str) -> float | None:
    """The first tempo in beats a minute that a text states, as “96 BPM” or “tempo 96”; None where it states none."""
    match = _STATED.search(text)
    return _stated(match) if match else None


def at_tempo(text: str, tempo: float) -> tuple[str, tuple[str, ...]]:
    """`text` with `tempo` in place of every other one that it states, and those, as they stood.

    A tempo is written to a thousandth. Where the text states none, it stays as it is.
    """
    other: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        stated = _stated(match)
        if stated is None or round(stated, 3) == round(tempo, 3):
            return match[0]
        other.append(match[0])
        return tempo_text(tempo)

    return _STATED.sub(replaced, text), tuple(other)


def whole_tempos(text: str) -> str:
    """`text` with the tempos that it states rounded to whole beats a minute, for a reader that knows only those."""

    def rounded(match: re.Match[str]) -> str:
        stated = _stated(match)
        return match[0] if stated is None or stated == round(stated) else tempo_text(round(stated))

    return _STATED.sub(rounded, text)


def tempo_text(tempo: float) -> str:
    """“61.5 BPM”."""
    return f"{round(float(tempo), 3):.7g} BPM"


def other_tempo(other: Sequence[str], tempo: float) -> str:
    """A sentence on tempos that `at_tempo` replaced; empty without any."""
    if not other:
        return ""
    numbers = ", ".join(f"“{each}”" for each in dict.fromkeys(other))
    return f"The prompt says {numbers}; {tempo_text(tempo)}, the tempo asked for, takes its place."


def _stated(match: re.Match[str]) -> float | None:
    tempo = float((match[1] or match[2] or match[3]).replace(",", "."))
    return tempo if MIN_TEMPO <= tempo <= MAX_TEMPO else None
