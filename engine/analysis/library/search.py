"""Finds sounds of the library: by words, by likeness to a sound, by key and tempo.

A query in words is read as a tempo, a key, terms that the library's model knows, and whatever else; the evidence of
each adds up (see `model`). Words that stand in a file's name or folder count, too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from engine.analysis.library.database import Entry
from engine.analysis.library.model import LibraryModel, bundled, tempo_evidence, tempo_likeness
from engine.analysis.library.portrait import Portrait
from engine.music.glossary import bundled as glossary
from engine.music.keys import key_in, parse_key
from engine.timing.stated_tempo import tempo_in

Values = NDArray[np.float64]

_TOKEN = re.compile(r"[\w&]+(?:[-'’./][\w&]+)*[#♯]?")
_KEY = re.compile(
    r"\b[A-G](?:[ -]?(?:#|♯|b|♭|sharp|flat))?[ -]+(?:harmonic |melodic |natural )?"
    r"(?:major|minor|dorian|phrygian|lydian|mixolydian|aeolian|ionian)\b"
)
_TEMPO = re.compile(r"\btempo(?: of|:| is| =)? [\d.,]+|[\d.,]+[ -]?(?:bpm|beats (?:per|a) minute)", re.IGNORECASE)
_LONGEST = 5  # words of a phrase
_SPEEDS = {
    "very slow": (0.0, 72.0), "slow": (0.0, 92.0), "mid-tempo": (88.0, 116.0), "moderate": (88.0, 116.0),
    "upbeat": (108.0, 136.0), "up-tempo": (108.0, 136.0), "fast": (128.0, 999.0), "quick": (128.0, 999.0),
    "very fast": (152.0, 999.0),
}  # fmt: skip
"""Tempos that words stand for, in beats a minute."""
_IN_SPEED, _OUTSIDE = 0.7, -0.9  # evidence of a tempo between such bounds, and of one that is not
_NAMED = 16.0  # evidence of a word in a file's name: who named it knew more than is heard
_STRENGTH = 2.0  # of a meaning in the glossary, from which it counts
_IDLE = frozenset([
    "a", "an", "the", "of", "for", "in", "on", "at", "to", "and", "or", "with", "without", "by", "from", "into",
    "through", "as", "like", "is", "it", "its", "that", "this", "some", "something", "music", "tune", "track",
    "piece", "song", "sound", "sounds", "sample", "loop", "bpm", "beats", "per", "minute", "tempo", "key", "very",
    "featuring", "over", "time",
])  # fmt: skip
_NEAR = 0.04  # a share of a tempo, within which another is near


@dataclass(frozen=True, slots=True)
class TempoRange:
    """Tempos from `low` to `high`, beats a minute; with `octaves` also their halves and doubles."""

    low: float
    high: float
    octaves: bool = False

    @classmethod
    def near(cls, tempo: float) -> "TempoRange":
        """Tempos near one, its half and its double."""
        return cls(tempo * (1 - _NEAR), tempo * (1 + _NEAR), True)

    def holds(self, tempos: Values) -> NDArray[np.bool_]:
        """Which of the tempos (M,) lie inside; those that were not heard, 0, do not."""
        factors = (1.0, 2.0, 0.5) if self.octaves else (1.0,)
        inside = [(tempos * factor >= self.low) & (tempos * factor <= self.high) for factor in factors]
        result: NDArray[np.bool_] = np.any(inside, axis=0) & (tempos > 0)
        return result


@dataclass(frozen=True, slots=True)
class WordQuery:
    """What words ask for.

    tempo: 0 where none is stated. key: tonic and whether minor. speeds: bounds of tempos. terms: numbers of the
    model's terms, of which one of each group is meant. names: what may stand in a file's name.
    """

    tempo: float = 0.0
    key: tuple[int, bool] | None = None
    speeds: tuple[tuple[float, float], ...] = ()
    terms: tuple[tuple[int, ...], ...] = ()
    names: tuple[str, ...] = ()

    @property
    def by_name(self) -> bool:
        """Whether only the files' names can tell."""
        return not (self.tempo or self.key or self.speeds or self.terms)


@dataclass(frozen=True, slots=True)
class Match:
    """A sound that was found. score: evidence for it, as a logarithm."""

    entry: Entry
    score: float


@dataclass(frozen=True)
class Catalogue:
    """The sounds that are searched, all with a portrait, and their numbers row by row."""

    entries: tuple[Entry, ...] = field(repr=False)
    model: LibraryModel = field(repr=False)
    evidence: Values = field(repr=False)
    keys: Values = field(repr=False)
    embeddings: Values = field(repr=False)
    pitches: Values = field(repr=False)
    tempos: Values = field(repr=False)
    names: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry], model: LibraryModel | None = None) -> "Catalogue":
        """The catalogue of those entries that have a portrait."""
        model = model or bundled()
        able = tuple(entry for entry in entries if entry.portrait is not None)
        portraits = [entry.portrait for entry in able if entry.portrait is not None]

        def rows(name: str, width: int) -> Values:
            return np.array([getattr(each, name) for each in portraits], np.float64).reshape(-1, width)

        names = tuple(f"{PurePath(each.file.path).parent.name} {each.file.title}".casefold() for each in able)
        return cls(
            able,
            model,
            rows("evidence", len(model.terms)),
            rows("keys", 24),
            rows("embedding", len(model.between)),
            rows("pitches", 24),
            np.array([each.tempo for each in portraits], np.float64),
            names,
        )

    def by_words(self, text: str, key: str = "", tempo: TempoRange | None = None, count: int = 100) -> list[Match]:
        """What the words fit best; everything, by name, where there are none.

        Raises:
            EngineError: `key` is no key.
        """
        query = parse(text, self.model)
        inside = self._inside(key, tempo)
        if not text.strip():
            order = sorted(np.flatnonzero(inside), key=lambda number: self.entries[number].file.title.casefold())
            return [Match(self.entries[number], 0.0) for number in order[:count]]
        scores, named = self._word_scores(query)
        return self._best(scores, inside & named if query.by_name else inside, count)

    def by_likeness(
        self, portrait: Portrait, key: str = "", tempo: TempoRange | None = None, count: int = 100, but: str = ""
    ) -> list[Match]:
        """What is most like a sound, but for the file at the path `but`.

        Raises:
            EngineError: `key` is no key.
        """
        inside = self._inside(key, tempo)
        inside &= np.array([entry.file.path != but for entry in self.entries], bool)
        return self._best(self.likeness(portrait), inside, count)

    def likeness(self, portrait: Portrait) -> Values:
        """How alike each sound is to another, (M,)."""
        scores = self.model.likeness(portrait.embedding, self.embeddings)
        scores = scores + self.model.harmonic_likeness(portrait.pitches, self.pitches)
        return scores + tempo_likeness(portrait.tempo, self.tempos)

    def _word_scores(self, query: WordQuery) -> tuple[Values, NDArray[np.bool_]]:
        scores = np.zeros(len(self.entries))
        if query.tempo:
            scores += tempo_evidence(query.tempo, self.tempos)
        if query.key:
            scores += self.keys[:, query.key[0] + 12 * query.key[1]]
        for low, high in query.speeds:
            between = TempoRange(low, high).holds(self.tempos)
            scores += np.where(self.tempos > 0, np.where(between, _IN_SPEED, _OUTSIDE), 0.0)
        for group in query.terms:
            scores += group_evidence(self.model, self.evidence, group)
        named = np.zeros(len(self.entries), bool)
        for word in query.names:
            stands = np.array([word in name for name in self.names], bool)
            scores += stands * _NAMED
            named |= stands
        return scores, named

    def _inside(self, key: str, tempo: TempoRange | None) -> NDArray[np.bool_]:
        inside = np.ones(len(self.entries), bool)
        if key.strip():
            wanted = parse_key(key)
            number = wanted.tonic + 12 * wanted.minor
            inside &= (self.keys.argmax(axis=1) == number) & self.keys.any(axis=1)
        if tempo is not None:
            inside &= tempo.holds(self.tempos)
        return inside

    def _best(self, scores: Values, inside: NDArray[np.bool_], count: int) -> list[Match]:
        allowed = np.flatnonzero(inside)
        order = allowed[np.argsort(-scores[allowed], kind="stable")][:count]
        return [Match(self.entries[number], float(scores[number])) for number in order]


def group_evidence(model: LibraryModel, evidence: Values, group: Sequence[int]) -> Values:
    """The evidence (M,) of one of several terms, from that of each of all (M, N)."""
    numbers = list(group)
    chances = np.log(model.chances[numbers])
    result: Values = np.logaddexp.reduce(evidence[:, numbers] + chances, axis=1) - np.logaddexp.reduce(chances)
    return result


def parse(text: str, model: LibraryModel | None = None) -> WordQuery:
    """What words ask for."""
    model = model or bundled()
    tokens = _TOKEN.findall(_TEMPO.sub(" ", _KEY.sub(" ", text)).casefold())
    terms: list[tuple[int, ...]] = []
    speeds: list[tuple[float, float]] = []
    names: list[str] = []
    place = 0
    while place < len(tokens):
        length, phrase = _longest(tokens, place, model)
        if phrase in _SPEEDS:
            speeds.append(_SPEEDS[phrase])
        elif phrase in model.phrases:
            terms.append(model.phrases[phrase])
            names.append(phrase)
        elif phrase not in _IDLE and len(phrase) > 1:
            names.append(phrase)
            terms += _meanings(phrase, model)
        place += length
    tempo = tempo_in(text) or 0.0
    return WordQuery(tempo, key_in(text), tuple(speeds), tuple(terms), tuple(dict.fromkeys(names)))


def _longest(tokens: Sequence[str], place: int, model: LibraryModel) -> tuple[int, str]:
    """How many words the longest phrase that begins here has, and the phrase."""
    for length in range(min(_LONGEST, len(tokens) - place), 0, -1):
        phrase = " ".join(tokens[place : place + length])
        for form in (phrase, phrase.removesuffix("s")):
            if form in model.phrases or form in _SPEEDS:
                return length, form
    return 1, tokens[place]


def _meanings(word: str, model: LibraryModel) -> list[tuple[int, ...]]:
    """The terms that an everyday word is nearest to."""
    meanings = [(text, strength) for text, strength in glossary().meanings_of(word) if strength >= _STRENGTH]
    if not meanings:
        return []
    strongest = max(meanings, key=lambda meaning: meaning[1])[0]
    phrases = [phrase.strip().casefold() for phrase in strongest.split(",")]
    return [model.phrases[phrase] for phrase in phrases[:1] if phrase in model.phrases]
