"""Says in words what a score, or a stretch of it, sounds like."""

from collections.abc import Callable, Iterable
from random import Random

from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.score import Part, Score, Section
from engine.compose.words import ENERGY_WORDS, FAMILY_WORDS, MOOD_WORDS, SECTION_WORDS, TEMPO_WORDS
from engine.music.scales import has_minor_third

_SKELETONS = (
    "{mood} {genre} with {instruments}",
    "{mood} {genre} with {instruments}, {tempo}",
    "{mood} {genre} featuring {instruments} at {bpm}",
    "{genre}, {mood}, {instruments}, {bpm}, {key}",
    "{genre}, {mood}, {tempo}, {instruments}",
    "{tempo}, {mood} {genre} in {key}",
    "{Mood} and {tempo} {genre} for {use}",
    "{genre} for {use}, {mood} and {energy}",
    "{instruments} in a {mood} {genre}",
    "{lead} over {rest}, {mood} {genre}",
    "{mood} {genre}",
    "{mood} {genre} in {key}, {bpm}",
    "{genre} with {instruments}, {bpm}",
    "{bpm} {genre} with {lead}",
    "{section} of {article} {mood} {genre} with {instruments}",
    "{genre} in {metre}, {mood}, with {instruments}",
    "{tempo} {genre}, {energy}, {key}",
    "music for {use}: {mood}, {instruments}",
    "{mood} music with {instruments}, {tempo}",
    "{lead}, {mood}, {tempo}, {key}",
    "{genre} at {bpm}",
    "{instruments}",
    "{mood}, {energy} {genre} with {lead}",
    "{family}, {genre}, {mood}",
)


def captions(
    score: Score, rng: Random, count: int = 8, *, parts: Iterable[Part] | None = None, section: Section | None = None
) -> list[str]:
    """Different captions of a score.

    Args:
        score: what to describe.
        rng: chooses words and order.
        count: how many.
        parts: who plays, if not everybody.
        section: what is heard, if not the whole piece.
    """
    sounding = tuple(score.parts if parts is None else parts)
    skeletons = [s for s in _SKELETONS if section is not None or "{section}" not in s]
    if not sounding:
        skeletons = [s for s in skeletons if not any(f"{{{name}}}" in s for name in ("instruments", "lead", "family"))]
    if len(sounding) < 2:
        skeletons = [s for s in skeletons if "{rest}" not in s]
    if not has_pulse(score, sounding):
        skeletons = [s for s in skeletons if "{bpm}" not in s]
    result: list[str] = []
    while len(result) < count:
        pool = rng.sample(skeletons, len(skeletons))
        for skeleton in pool[: count - len(result)]:
            result.append(_polished(skeleton.format_map(_Slots(score, rng, sounding, section)), rng))
    return result


def tags(score: Score, parts: Iterable[Part] | None = None) -> tuple[str, ...]:
    """What is true of the score, as plain tags: genre, mood, key, mode, tempo, metre, energy, families, instruments."""
    sounding = tuple(score.parts if parts is None else parts)
    families = sorted({part.family for part in sounding})
    names = sorted({part.instrument for part in sounding})
    mode = "minor" if has_minor_third(score.mode) else "major"
    facts = [score.genre, score.mood, score.key, mode, f"{score.tempo:g} bpm", str(score.signature)]
    facts += [_below(TEMPO_WORDS, score.tempo)[0], _below(ENERGY_WORDS, score.energy)[0]]
    return tuple(dict.fromkeys(facts + families + names))


def has_pulse(score: Score, parts: Iterable[Part]) -> bool:
    """Whether somebody plays often enough for a listener to count the tempo: every second felt beat."""
    beats = score.length / score.beat
    return any(len({round(note.start, 1) for note in part.notes}) > 0.5 * beats for part in parts)


def instrument_words(part: Part) -> tuple[str, ...]:
    """What captions call a part's instrument."""
    if part.drums:
        return (KITS | PERCUSSION)[part.instrument].words
    return INSTRUMENTS[part.instrument].words


class _Slots(dict[str, str]):
    """Fills in a skeleton's slots when they are asked for."""

    def __init__(self, score: Score, rng: Random, parts: tuple[Part, ...], section: Section | None) -> None:
        super().__init__()
        self.score, self.rng, self.parts, self.section = score, rng, parts, section
        # the ones that catch the ear come first
        order = {"lead": 0, "chords": 1, "arp": 2, "bass": 3, "drums": 4, "counter": 5, "pad": 6, "percussion": 7}
        self.named: list[str] = []
        for part in sorted(parts, key=lambda p: order[p.role] + rng.uniform(0, 3)):
            word = rng.choice(instrument_words(part))
            if word not in self.named:
                self.named.append(word)

    def __missing__(self, slot: str) -> str:
        fill: Callable[[], str] = getattr(self, f"_{slot.lower()}")
        return fill()

    def _mood(self) -> str:
        return self.rng.choice(MOOD_WORDS[self.score.mood])

    def _genre(self) -> str:
        words = GENRES[self.score.genre].words
        # the plain name half of the time
        word = words[0] if self.rng.random() < 0.5 else self.rng.choice(words)
        return word.removeprefix("a ").removeprefix("an ")

    def _tempo(self) -> str:
        return self.rng.choice(_below(TEMPO_WORDS, self.score.tempo))

    def _energy(self) -> str:
        return self.rng.choice(_below(ENERGY_WORDS, self.score.energy))

    def _bpm(self) -> str:
        tempo = round(self.score.tempo)
        return self.rng.choice((f"{tempo} BPM", f"{tempo} bpm", f"{tempo} beats per minute", f"tempo {tempo}"))

    def _key(self) -> str:
        mode = "minor" if has_minor_third(self.score.mode) else "major"
        return self.rng.choice((self.score.key, self.score.key, f"a {mode} key", f"the key of {self.score.key}"))

    def _metre(self) -> str:
        signature = str(self.score.signature)
        return self.rng.choice((signature, f"{signature} time", "waltz time" if signature == "3/4" else signature))

    def _use(self) -> str:
        return self.rng.choice(GENRES[self.score.genre].uses)

    def _article(self) -> str:
        return "a"

    def _section(self) -> str:
        return self.rng.choice(SECTION_WORDS[self.section.name]) if self.section else "a part"

    def _instruments(self) -> str:
        names = self.named[: self.rng.choice((2, 2, 3, 3, 4, 5))]
        if len(names) < 2:
            return names[0]
        if self.rng.random() < 0.3:
            return ", ".join(names)
        return f"{', '.join(names[:-1])} and {names[-1]}"

    def _lead(self) -> str:
        return self.named[0]

    def _rest(self) -> str:
        names = self.named[1:3] or self.named[:1]
        return " and ".join(names)

    def _family(self) -> str:
        families = sorted({part.family for part in self.parts})
        return ", ".join(self.rng.choice(FAMILY_WORDS[f]) for f in self.rng.sample(families, min(3, len(families))))


def _below(table: tuple[tuple[float, tuple[str, ...]], ...], value: float) -> tuple[str, ...]:
    return next(words for limit, words in table if value < limit)


def _polished(text: str, rng: Random) -> str:
    """Mends articles, and writes it with or without a capital and a full stop."""
    words = text.split()
    for index in range(len(words) - 1):
        if words[index] == "a" and words[index + 1][0] in "aeioAEIO":
            words[index] = "an"
    text = " ".join(words)
    if rng.random() < 0.5:
        text = text[0].upper() + text[1:]
        if rng.random() < 0.5:
            text += "."
    return text
