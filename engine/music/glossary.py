"""Everyday words in the words of captions: what a text tower hears where a prompt says what no caption says.

A text tower that was trained on captions alone knows their words; “thunderstorm” means nothing to it. A glossary has,
for many words, how near each is to the genres and moods that captions name; a prompt's unknown words give way to those
for what they are nearest to together. What captions say themselves stays as it is.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.safe_files import damage_reason

FILE = "glossary.json"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_JOINED = re.compile(r"\s*,[\s,]*")
_SECOND = 0.9  # of the strongest meaning's strength, from which a second one is said too
_SURE = 2.5  # the strength that a meaning needs to be said beside what the prompt says itself
_STEM, _LONGER = 0.6, 4  # of a word's letters that a relative shares, and how much longer or shorter that may be
_SHORTEST = 4  # letters of a stem


@dataclass(frozen=True)
class Glossary:
    """What words mean.

    meanings: the words of captions that stand for each meaning.
    known: what captions say themselves, in lower case; it is left alone.
    idle: what is left alone, too, and means nothing by itself.
    words: for a word in lower case its nearest meanings, each with a strength.
    source: where it comes from, for people.
    """

    meanings: tuple[str, ...]
    known: frozenset[str]
    idle: frozenset[str]
    words: Mapping[str, tuple[tuple[int, float], ...]]
    source: str = ""

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    def reworded(self, text: str) -> str:
        """The text, its unknown words replaced by what they mean together; as it is where nothing is known of them."""
        strengths = [0.0] * len(self.meanings)
        explained = set()
        words = {match.lower() for match in _WORD.findall(text)} - self.idle
        for word in words - self.known:
            for meaning, strength in self._meaning(word):
                strengths[meaning] += strength**2
                explained.add(word)
        most = max(strengths, default=0.0)
        if not explained or (words & self.known and most < _SURE**2):
            return text
        ranked = sorted(range(len(strengths)), key=lambda each: -strengths[each])[:2]
        meanings = [self.meanings[each] for each in ranked if strengths[each] >= _SECOND * most]
        rest = _WORD.sub(lambda match: "" if match[0].lower() in explained else match[0], text)
        parts = [part for part in (" ".join(part.split()) for part in _JOINED.split(rest)) if re.search(r"\w", part)]
        return ", ".join([*parts, *meanings])

    def meanings_of(self, word: str) -> tuple[tuple[str, float], ...]:
        """What a word in lower case is nearest to: each meaning's words of captions, and how near it is."""
        if word in self.idle or word in self.known:
            return ()
        return tuple((self.meanings[meaning], strength) for meaning, strength in self._meaning(word))

    def _meaning(self, word: str) -> Sequence[tuple[int, float]]:
        """Of a word, or of the nearest one that begins like it."""
        if word in self.words:
            return self.words[word]
        least = max(_SHORTEST, round(_STEM * len(word)))
        for length in range(len(word) - 1, least - 1, -1):
            stem = word[:length]
            if stem in self.known or stem in self.idle:
                return ()
            first = bisect_left(self._sorted, stem)
            like = []
            for other in self._sorted[first:]:
                if not other.startswith(stem):
                    break
                if abs(len(other) - len(word)) <= _LONGER:
                    like.append(other)
            if like:
                return self.words[min(like, key=lambda other: (abs(len(other) - len(word)), other))]
        return ()

    def without(self, words: Iterable[str]) -> "Glossary":
        """The same for someone who does not know these words."""
        left_out = frozenset(words)
        return replace(self, words={word: meaning for word, meaning in self.words.items() if word not in left_out})

    def save(self, path: Path) -> None:
        """Writes it, atomically, a word a line."""
        values = {
            "source": self.source,
            "meanings": list(self.meanings),
            "known": " ".join(sorted(self.known)),
            "idle": " ".join(sorted(self.idle)),
            "words": {
                word: " ".join(f"{meaning}:{strength:.1f}" for meaning, strength in self.words[word])
                for word in self._sorted
            },
        }
        with replacing(path) as part:
            part.write_text(json.dumps(values, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


@lru_cache(maxsize=1)
def bundled() -> Glossary:
    """The glossary that the program brings along, read once."""
    from engine.paths import resources  # its libraries are not needed where models are trained

    return read(resources() / "models" / "melody-starter" / FILE)


def read(path: Path) -> Glossary:
    """What `save` wrote.

    Raises:
        ModelError: it is missing or damaged.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        meanings = tuple(str(each) for each in values["meanings"])
        words = {}
        for word, text in values["words"].items():
            pairs = (pair.partition(":") for pair in text.split())
            words[word] = tuple((int(meaning), float(strength)) for meaning, _, strength in pairs)
        if any(not 0 <= meaning < len(meanings) for pairs in words.values() for meaning, _ in pairs):
            raise ValueError("a meaning that is not listed")
        known_words, idle = (frozenset(values[key].split()) for key in ("known", "idle"))
        return Glossary(meanings, known_words, idle, words, str(values["source"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The glossary {path} is missing or damaged ({damage_reason(error)}): install the model again."
        ) from error
