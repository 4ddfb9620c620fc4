"""Prompts on held-out pieces: each says genre, mood, who plays, tempo and key, all of which can be checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.words import MOOD_WORDS
from engine.evaluate.datasets import Material, Stretch
from engine.music.scales import has_minor_third

_NAMED = 3  # instruments at most


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked for. `excerpt` is the held-out piece described, `families` the instrument families named."""

    text: str
    excerpt: int
    tempo: float  # felt beats a minute
    key: tuple[int, bool]  # tonic, minor
    families: frozenset[str]
    absent: frozenset[str]  # families that do not play in the piece


def prompts(material: Material, count: int, seconds: float, families: Sequence[str]) -> tuple[list[Prompt], list[int]]:
    """At most `count` prompts, on the first held-out excerpts with a pulse, and as many other excerpts with one."""
    chosen: list[Prompt] = []
    others: list[int] = []
    for excerpt in range(len(material.held_out)):
        stretch = material.stretch(material.held_out, excerpt, seconds)
        if not stretch.has_pulse or not stretch.truth["instruments"]:
            continue
        if len(chosen) < count:
            chosen.append(_prompt(stretch, excerpt, families))
        elif len(others) < count:
            others.append(excerpt)
    if len(others) < len(chosen):  # fewer than two times `count` in all: halves
        half = (len(chosen) + len(others)) // 2
        others = [prompt.excerpt for prompt in chosen[half:]] + others
        chosen = chosen[:half]
    return chosen, others


def _prompt(stretch: Stretch, excerpt: int, families: Sequence[str]) -> Prompt:
    facts = stretch.truth
    rng = Random(f"prompt {facts['piece']}")
    named = rng.sample(facts["instruments"], min(_NAMED, len(facts["instruments"])))
    words = list(dict.fromkeys(rng.choice(_words(name)) for name in named))
    genre = GENRES[facts["genre"]].words[0].removeprefix("a ").removeprefix("an ")
    mood = rng.choice(MOOD_WORDS[facts["mood"]])
    text = f"{genre}, {mood}, {' and '.join(words)}, {round(facts['tempo'])} BPM, {facts['key']}"
    mine = frozenset(_family(name) for name in named)
    absent = frozenset(families) - frozenset(facts["families"])
    return Prompt(text, excerpt, float(facts["tempo"]), (facts["tonic"], has_minor_third(facts["mode"])), mine, absent)


def _words(instrument: str) -> tuple[str, ...]:
    """What captions call it."""
    return (INSTRUMENTS | KITS | PERCUSSION)[instrument].words


def _family(instrument: str) -> str:
    if instrument in INSTRUMENTS:
        return INSTRUMENTS[instrument].family
    return "drums" if instrument in KITS else "percussion"
