"""The glossary of a model's text tower: how near everyday words are to the genres and moods that captions name.

A teacher of words places both; how near a word is to a meaning is counted in deviations over all words, so that no
meaning draws every word to itself. All of the teacher's words are in it, for users; the evaluation looks up its own
prompts without the words that it keeps for itself (`HELD_OUT`), which no weights have been trained on either.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch.nn import functional as F

from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.words import (
    ENERGY_WORDS,
    FAMILY_WORDS,
    FREE_WORDS,
    MOOD_WORDS,
    SECTION_WORDS,
    STOP_WORDS,
    TEMPO_WORDS,
    content_words,
)
from engine.music.glossary import Glossary
from engine.music.scales import SCALES
from engine.train.mulan import WordTeacher

SOURCE = "all-MiniLM-L6-v2 (Apache-2.0)"
_NEAREST = 4
_LEAST = 1.0  # deviations from which a word is near
_STATED = ("bpm", "beats", "per", "minute", "tempo", "sharp", "flat", *" ".join(SCALES).split())
_IDLE = STOP_WORDS.union(_STATED)
"""What means neither a genre nor a mood, tempo and key among it."""
HELD_OUT: frozenset[str] = FREE_WORDS.union(part for word in FREE_WORDS for part in re.split(r"[^a-z0-9']+", word))
"""The words of the evaluation, and the parts of those that are joined."""


def meanings() -> dict[str, tuple[str, ...]]:
    """For every genre and mood its words in captions; the key is what is said for it."""
    nearest = {}
    for genre in GENRES.values():
        named = tuple(word.removeprefix("a ").removeprefix("an ") for word in genre.words)
        nearest[named[0]] = named
    for moods in MOOD_WORDS.values():
        nearest[", ".join(moods[:2])] = moods
    return nearest


def said(truths: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Every word of the captions and tags of pieces, and all that captions may name."""
    texts = [text for truth in truths for text in (*truth["captions"], *truth["tags"])]
    named = [each.words for each in (INSTRUMENTS | KITS | PERCUSSION).values()]
    named += [*meanings().values(), *FAMILY_WORDS.values(), *SECTION_WORDS.values()]
    named += [words for _, words in (*TEMPO_WORDS, *ENERGY_WORDS)]
    texts += [text for words in named for text in words]
    words: set[str] = set()
    for text in texts:
        words |= {part for word in content_words(text) for part in (word, *re.split(r"[-.']", word))}
    return frozenset(words - {""} - _IDLE)


@torch.no_grad()
def make(teacher: WordTeacher, vocabulary: frozenset[str], words: Sequence[str]) -> Glossary:
    """The glossary of these words, less those that captions say themselves."""
    glossary = meanings()
    places = F.normalize(teacher(words), dim=-1)  # (n, width)
    centres = torch.stack(
        [
            F.normalize(teacher([*each, *(f"{word} music" for word in each)]).mean(0), dim=0)
            for each in glossary.values()
        ]
    )
    near = places @ centres.T  # (n, meanings)
    near = (near - near.mean(0)) / near.std(0).clamp_min(1e-6)
    strengths, nearest = near.topk(min(_NEAREST, len(glossary)), dim=1)
    table = {}
    for word, which, how in zip(words, nearest.tolist(), strengths.tolist(), strict=True):
        pairs = tuple((each, round(much, 1)) for each, much in zip(which, how, strict=True) if much >= _LEAST)
        if pairs and word not in vocabulary | _IDLE:
            table[word] = pairs
    return Glossary(tuple(glossary), vocabulary, _IDLE, table, SOURCE)
