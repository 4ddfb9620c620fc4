"""Words become a wish: by the vocabulary of captions, a glossary of everyday words, and the order in which they stand.

The longest known phrase counts first. Words that mean nothing here are looked up in the glossary; what is not in it
either is said. “Soft piano, then drums come in, then strings” becomes sections in which ever more instruments play.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from engine.compose.genres import GENRES
from engine.compose.instruments import FAMILIES, INSTRUMENTS, KITS, PERCUSSION
from engine.compose.moods import MOODS
from engine.compose.wish import ROLE_NAMES, SECTION_ALIASES, SECTION_NAMES, SectionWish, Wish, parse_progression
from engine.compose.words import ENERGY_WORDS, FAMILY_WORDS, MOOD_WORDS, STOP_WORDS, TEMPO_WORDS
from engine.errors import EngineError
from engine.music.glossary import Glossary
from engine.music.keys import stated_key
from engine.timing.signature import Signature
from engine.timing.stated_tempo import tempo_in

_THEN = re.compile(r"(?:[,;.]\s*)?\b(?:and then|then|followed by|after that|afterwards|later|finally)\b,?|->|→")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JOINS = _set("join joins enter enters add adds adding added come comes in coming with together")
_LEAVES = _set("leave leaves stop stops end ends drop drops out disappear disappears without")
_ALONE = _set("only alone solo just")
_NOT = _set("no without not never minus less")
_IDLE = STOP_WORDS | _set("""
    bpm beats per minute tempo major minor key time signature bar bars loop vibe vibes style feel kind make play
    playing plays featuring feat full bit little more using made me give want please good nice great really
    dorian phrygian lydian mixolydian aeolian harmonic sharp flat where when there have has be will all every
    chords chord section sections part parts first second last next up down off long short
""")
_EVERYDAY = {
    "lo-fi": "hip hop", "lofi": "hip hop", "edm": "house", "dnb": "drum and bass", "d'n'b": "drum and bass",
    "r&b": "soul", "orchestral": "cinematic", "8-bit": "chiptune", "video game": "chiptune", "retrowave": "synthwave",
    "breakbeat": "drum and bass", "deep house": "house", "piano ballad": "piano solo", "new age": "ambient",
}  # fmt: skip
"""What people call a genre and captions do not."""
_PLAYED = {
    "rhodes": "electric piano", "fender rhodes": "electric piano", "wurlitzer": "electric piano",
    "wurly": "electric piano", "dx7": "fm piano", "hammond": "drawbar organ", "hammond organ": "drawbar organ",
    "steinway": "grand piano", "cembalo": "harpsichord", "timpani": "orchestra kit", "bongos": "hand percussion",
    "bongo": "hand percussion", "cajon": "hand percussion", "stratocaster": "clean guitar",
    "telecaster": "clean guitar", "contrabass": "upright bass", "tr-808": "808 kit", "tr-909": "909 kit",
}  # fmt: skip
"""What people call an instrument and captions do not."""
_ABSENT = _set("""
    tuba mandolin ukulele theremin mellotron bagpipe bagpipes piccolo viola euphonium cornet koto shamisen erhu
    didgeridoo melodica
""")
"""Instruments that nobody plays here: whatever else they suggest, this is said."""
_LONGEST = 6  # words of a phrase
_SECOND = 0.6  # of the strongest meaning's strength, from which one of the other kind counts, too
_TOKEN = re.compile(r"[a-z0-9♭♯#&]+(?:[-'’.][a-z0-9&]+)*")
_CHORD = r"[A-G](?:#|b|♯|♭)?(?:maj|min|m|M|dim|aug|sus|add)?\d{0,2}(?:b5|sus4)?(?:/[A-G](?:#|b)?)?"
_MODE = r"(?! ?(?:major|minor|dorian|phrygian|lydian|mixolydian|harmonic))"
_CHORDS = re.compile(rf"(?<![\w#])(?:{_CHORD}(?:\s*[,|–-]\s*|\s+)){{2,}}{_CHORD}(?![\w#]){_MODE}")
_BARS = re.compile(r"\b(\d{1,3})[ -]bars?\b")
_METRES = {"3/4": Signature(3, 4), "waltz": Signature(3, 4), "6/8": Signature(6, 8), "4/4": Signature(4, 4)}


@dataclass
class _Heard:
    """What a stretch of text says."""

    genres: list[str] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    tempi: list[float] = field(default_factory=list)
    energies: list[float] = field(default_factory=list)
    instruments: list[tuple[str, ...]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    alone: bool = False


def understood(text: str, glossary: Callable[[], Glossary] | None = None, seed: int = 0) -> tuple[Wish, list[str]]:
    """What a prompt wishes for, and a sentence for what was not understood.

    Args:
        text: the prompt.
        glossary: opens the glossary, if a word needs it.
        seed: of the wish.
    """
    chords, text = _chords(text)
    segments = [part for part in _THEN.split(text) if part and part.strip(" ,.;")]
    segments_wishes = [_hear(segment, glossary) for segment in segments or [text]]
    whole = _Heard()
    for each in segments_wishes:
        for name in ("genres", "moods", "tempi", "energies", "instruments", "without", "unknown"):
            getattr(whole, name).extend(getattr(each, name))
    bars = _BARS.search(text.lower())
    length = int(bars[1]) if bars and int(bars[1]) > 0 else None
    metres = (value for word, value in _METRES.items() if re.search(rf"(?<!\w){word}(?!\w)", text.lower()))
    signature = next(metres, None)
    genre = next(iter(whole.genres), None)
    wish = Wish(
        genre=genre,
        mood=next(iter(whole.moods), None),
        tempo=tempo_in(text) or _tempo(whole.tempi, genre),
        key=stated_key(text),
        signature=signature,
        bars=length,
        sections=_sections(segments_wishes, length) if len(segments_wishes) > 1 else (),
        instruments=tuple(dict.fromkeys(whole.instruments)),
        without=tuple(dict.fromkeys(whole.without)) if len(segments_wishes) == 1 else (),
        energy=next(iter(whole.energies), None),
        seed=seed,
    )
    if chords:
        wish = replace(wish, chords=parse_progression(chords, float((signature or Signature()).bar)))
    notices = []
    if whole.unknown:
        words = ", ".join(f"“{word}”" for word in dict.fromkeys(whole.unknown))
        notices.append(f"Not understood: {words}.")
    return wish, notices


def _tempo(tempi: list[float], genre: str | None) -> float | None:
    """A tempo that a word names, as that genre has it."""
    if not tempi:
        return None
    low, high = GENRES[genre].tempo if genre else (tempi[0], tempi[0])
    return float(round(min(max(tempi[0], 0.85 * low), 1.15 * high)))


def _chords(text: str) -> tuple[str, str]:
    """The progression that a text spells out, and the text without it."""
    match = _CHORDS.search(text)
    if match is None:
        return "", text
    symbols = re.sub(r"[,–-]", " ", match[0])
    try:
        parse_progression(symbols, 4.0)
    except EngineError:
        return "", text
    return symbols, f"{text[: match.start()]} {text[match.end() :]}"


def _hear(text: str, glossary: Callable[[], Glossary] | None) -> _Heard:
    wish = _Heard()
    bare = re.sub(r"\b[A-G](?:#|b|♯|♭)?(?= (?:major|minor|dorian|lydian|mixolydian|phrygian|harmonic))", " ", text)
    tokens = _TOKEN.findall(bare.lower())
    table = phrases()
    unknown: list[str] = []
    place, negated = 0, False
    while place < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - place), 0, -1):
            meaning = table.get(tuple(tokens[place : place + length]))
            if meaning is not None:
                _take(wish, meaning, negated)
                negated = False
                place += length
                break
        else:
            word = tokens[place]
            place += 1
            if word in _NOT or word in _LEAVES:
                negated = True
            elif word in _ALONE:
                wish.alone = True
            elif word in _JOINS or word in _IDLE or re.fullmatch(r"[\d./#-]+(?:bpm|th|s)?", word):
                continue
            else:
                unknown += [part for part in (word.split("-") if "-" in word else [word]) if part not in _IDLE]
    if unknown:
        _look_up(wish, unknown, glossary)
    return wish


def _take(wish: _Heard, meaning: tuple[str, object], negated: bool) -> None:
    kind, value = meaning
    if kind == "instrument":
        assert isinstance(value, tuple)
        if negated:
            wish.without.extend(value)
        else:
            wish.instruments.append(value)
        return
    if negated:
        return
    lists: dict[str, list] = {
        "genre": wish.genres, "mood": wish.moods, "tempo": wish.tempi, "energy": wish.energies,
        "section": wish.sections,
    }  # fmt: skip
    lists[kind].append(value)


def _look_up(wish: _Heard, unknown: list[str], glossary: Callable[[], Glossary] | None) -> None:
    """What the glossary says of words together: the genre and the mood that they mean most."""
    strengths: dict[tuple[str, object], float] = {}
    words = glossary() if glossary is not None else None
    table = phrases()
    for word in unknown:
        meanings = words.meanings_of(word) if words is not None else ()
        explained = False
        if word in _ABSENT:
            wish.unknown.append(word)
        for text, strength in meanings:
            meaning = table.get(tuple(_TOKEN.findall(text.split(",")[0].lower())))
            if meaning is not None and meaning[0] in ("genre", "mood"):
                strengths[meaning] = strengths.get(meaning, 0.0) + strength
                explained = True
        if not explained and word not in _ABSENT and (words is None or word not in words.known | words.idle):
            wish.unknown.append(word)
    least = _SECOND * max(strengths.values(), default=0.0)
    for kind in ("genre", "mood"):
        strongest = max((each for each in strengths if each[0] == kind), key=lambda each: strengths[each], default=None)
        if strongest is not None and strengths[strongest] >= least:
            _take(wish, strongest, False)


def _sections(wishes: list[_Heard], bars: int | None) -> tuple[SectionWish, ...]:
    """Sections by what comes in and what leaves; empty where the words name nobody."""
    if sum(bool(each.instruments or each.without or each.sections) for each in wishes) < 2:
        return ()
    count = len(wishes)
    length = max(1, bars // count) if bars else 8
    playing: list[tuple[str, ...]] = []
    sections: list[SectionWish] = []
    for number, each in enumerate(wishes):
        if each.alone:
            playing = []
        playing = [terms for terms in playing if not set(terms) & set(each.without)]
        playing += [terms for terms in each.instruments if terms not in playing]
        name = each.sections[0] if each.sections else ("intro", "verse", "chorus")[min(number, 2)]
        density = SECTION_NAMES[name] if each.sections else 0.45 + 0.5 * number / max(count - 1, 1)
        extra = (bars - length * count) if bars and number == count - 1 else 0
        terms = tuple(dict.fromkeys(term for group in playing for term in group))
        sections.append(SectionWish(name, max(1, length + extra), round(density, 2), terms))
    return tuple(sections)


@lru_cache(maxsize=1)
def phrases() -> dict[tuple[str, ...], tuple[str, object]]:
    """What each phrase means: a kind and a value.

    Kinds are “genre”, “mood” and “section” with a name, “tempo” with beats a minute, “energy” with 0 to 1, and
    “instrument” with the instruments, kits and families of which one is meant.
    """
    table: dict[tuple[str, ...], tuple[str, object]] = {}

    def add(words: Iterable[str], kind: str, value: object) -> None:
        for text in words:
            tokens = tuple(_TOKEN.findall(text.lower().removeprefix("a ").removeprefix("an ").removeprefix("the ")))
            if tokens:
                table.setdefault(tokens, (kind, value))

    for genre in GENRES.values():
        add((genre.name, *genre.words), "genre", genre.name)
    for word, name in _EVERYDAY.items():
        add((word,), "genre", name)
    for genre in GENRES.values():
        add(genre.uses, "genre", genre.name)
    named: dict[str, list[str]] = {}
    for name, each in (INSTRUMENTS | KITS | PERCUSSION).items():
        for word in (name, *each.words):
            named.setdefault(word, []).append(name)
    for word, names in named.items():
        if word not in ("drums", "percussion"):
            add((word, word if word.endswith("s") else f"{word}s"), "instrument", tuple(dict.fromkeys(names)))
    for family in FAMILIES:
        add((*FAMILY_WORDS[family], family), "instrument", (family,))
    for word, name in _PLAYED.items():
        add((word,), "instrument", (name,))
    for word, role in ROLE_NAMES.items():
        if role in ("drums", "percussion", "bass"):
            add((word,), "instrument", (role,))
    for mood in MOODS:
        add(MOOD_WORDS[mood], "mood", mood)
    low = 58.0
    for limit, words in TEMPO_WORDS:
        add(words, "tempo", round((low + min(limit, 178)) / 2))
        low = limit
    low = 0.0
    for limit, words in ENERGY_WORDS:
        add(words, "energy", round((low + min(limit, 1.0)) / 2, 2))
        low = limit
    for word in (*SECTION_NAMES, *SECTION_ALIASES):
        if word not in ("solo", "head", "part", "break", "drop", "middle", "opening", "ending"):
            add((word,), "section", SECTION_ALIASES.get(word, word))
    return table
