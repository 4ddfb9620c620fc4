"""What is wished for: everything of a piece that is decided before it is composed. What is None or empty is free."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.errors import EngineError
from engine.music.chords import Chord, parse_chord
from engine.music.guide import NO_GUIDE, Guide, guide_of
from engine.music.keys import Key
from engine.music.notes import Note
from engine.timing.signature import Signature

ROLES = ("drums", "percussion", "bass", "chords", "pad", "arp", "lead", "counter")
ROLE_NAMES = {
    "melody": "lead", "lead": "lead", "tune": "lead", "drum": "drums", "drums": "drums", "beat": "drums",
    "percussion": "percussion", "bass": "bass", "bassline": "bass", "chord": "chords", "chords": "chords",
    "harmony": "chords", "pad": "pad", "pads": "pad", "arp": "arp", "arpeggio": "arp", "counter": "counter",
    "countermelody": "counter", "counter-melody": "counter",
}  # fmt: skip
"""What people call a role: its name here."""

SECTION_NAMES = {
    "intro": 0.35, "verse": 0.62, "chorus": 0.95, "bridge": 0.5, "break": 0.3, "build": 0.5, "outro": 0.35,
    "head": 0.7, "solo": 0.8,
}  # fmt: skip
"""Sections that can be wished for, and how many play in them, from 0 to 1."""
SECTION_ALIASES = {
    "drop": "chorus", "hook": "chorus", "refrain": "chorus", "breakdown": "break", "buildup": "build",
    "build-up": "build", "ending": "outro", "opening": "intro", "part": "verse", "middle": "bridge",
}  # fmt: skip
MAX_BARS = 512
SIGNATURES = ((4, 4), (3, 4), (6, 8))
"""Time signatures that the composer writes in."""


@dataclass(frozen=True, slots=True)
class SectionWish:
    """A section: its name, its length, and who plays in it: names of instruments, families or roles; empty for all."""

    name: str
    bars: int
    density: float
    playing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part that is given: what is composed fits it. Its notes lie on the wish's bars.

    chords: what was heard in it, from the piece's start on; without them they are told from the notes. A part of sound
    has no notes, and whoever asks for the piece adds its sound.
    """

    name: str
    role: str
    instrument: str
    notes: tuple[Note, ...]
    chords: tuple[Chord, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for. The same wish always gives the same piece.

    genre, mood: keys of `genres.GENRES` and `moods.MOODS`.
    tempo: felt beats a minute.
    bars: exactly so many.
    sections: the form, in place of one of the genre's.
    chords: a progression that is repeated; its times count from the beginning of each section.
    theme: notes that return, answered and varied, through the sections; times from a bar line.
    roles: who plays, in place of the genre's choice.
    instruments: each a choice among instruments, kits or families of which one has to play.
    without: roles and families that must not play.
    energy, density: 0 to 1; how forceful, and how many play.
    keep: parts that are given.
    guide: what is followed in time, in seconds from the piece's start; its words are no matter of a wish.
    seed: what is left to chance.
    """

    genre: str | None = None
    mood: str | None = None
    tempo: float | None = None
    key: Key | None = None
    signature: Signature | None = None
    bars: int | None = None
    sections: tuple[SectionWish, ...] = ()
    chords: tuple[Chord, ...] = ()
    theme: tuple[Note, ...] = ()
    roles: tuple[str, ...] = ()
    instruments: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    energy: float | None = None
    density: float | None = None
    keep: tuple[KeptPart, ...] = ()
    seed: int = 0
    guide: Guide = NO_GUIDE

    def __post_init__(self) -> None:
        if self.bars is not None and not 1 <= self.bars <= MAX_BARS:
            raise EngineError(f"A piece of {self.bars} bars cannot be composed: ask for 1 to {MAX_BARS} bars.")
        if self.tempo is not None and not 20 <= self.tempo <= 400:
            raise EngineError(f"A tempo of {self.tempo:g} BPM cannot be composed at: ask for 20 to 400 BPM.")
        if self.signature and (self.signature.numerator, self.signature.denominator) not in SIGNATURES:
            raise EngineError(f"The composer does not write in {self.signature}: ask for 4/4, 3/4 or 6/8.")
        for role in self.roles:
            if role not in ROLES:
                raise EngineError(f"“{role}” is no role: ask for {', '.join(ROLES)}.")

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        values = asdict(self)
        del values["guide"]
        return {**values, "guide": self.guide.to_values()} if self.guide else values

    @staticmethod
    def from_dict(values: dict[str, Any]) -> "Wish":
        """What `to_dict` gave.

        Raises:
            KeyError, TypeError, ValueError: it is damaged.
        """
        return Wish(
            **{
                **values,
                "guide": guide_of(values.get("guide", {})),
                "key": Key(**values["key"]) if values["key"] else None,
                "signature": Signature(**values["signature"]) if values["signature"] else None,
                "sections": tuple(
                    SectionWish(**{**each, "playing": tuple(each["playing"])}) for each in values["sections"]
                ),
                "chords": tuple(Chord(**each) for each in values["chords"]),
                "theme": tuple(Note(*each) for each in values["theme"]),
                "roles": tuple(values["roles"]),
                "instruments": tuple(tuple(each) for each in values["instruments"]),
                "without": tuple(values["without"]),
                "keep": tuple(
                    KeptPart(
                        **{
                            **each,
                            "notes": tuple(Note(*note) for note in each["notes"]),
                            "chords": tuple(Chord(**chord) for chord in each.get("chords", ())),
                        }
                    )
                    for each in values["keep"]
                ),
            }
        )

    def of_length(self, bars: int) -> "Wish":
        """The wish with exactly so many bars; its sections share them."""
        if not self.sections:
            return replace(self, bars=bars)
        count = len(self.sections)
        shares = [bars * number // count for number in range(count + 1)]
        sections = [
            replace(each, bars=after - before)
            for each, before, after in zip(self.sections, shares[:-1], shares[1:], strict=True)
            if after > before
        ]
        return replace(self, sections=tuple(sections), bars=None)


def felt_tempo(quarters: float, signature: Signature | None) -> float:
    """Felt beats a minute at a tempo in quarter notes a minute: a beat of 6/8 is a dotted quarter."""
    return quarters / 1.5 if signature and signature.denominator == 8 else quarters


def parse_roles(text: str) -> tuple[str, ...]:
    """Roles written as “drums, bass, melody”.

    Raises:
        EngineError: a word names no role.
    """
    roles = []
    for word in re.split(r"[,\s]+", text.strip().lower()):
        if not word:
            continue
        if word not in ROLE_NAMES:
            raise EngineError(f"“{word}” is no role: ask for {', '.join(ROLES)} (or melody for lead).")
        roles.append(ROLE_NAMES[word])
    if not roles:
        raise EngineError(f"No role is named: ask for {', '.join(ROLES)}.")
    return tuple(dict.fromkeys(roles))


def parse_sections(text: str) -> tuple[SectionWish, ...]:
    """Sections written as “intro 4, verse 8”.

    Raises:
        EngineError: a section has another name or no number of bars.
    """
    sections = []
    for item in text.split(","):
        match = re.fullmatch(r"\s*([a-z-]+)\s+(\d+)\s*(?:bars?)?\s*", item.lower())
        name = SECTION_ALIASES.get(match[1], match[1]) if match else ""
        if match is None or name not in SECTION_NAMES:
            raise EngineError(
                f"“{item.strip()}” is no section: write a name and its bars, such as “intro 4, verse 8, chorus 8” "
                f"(names: {', '.join(SECTION_NAMES)})."
            )
        bars = int(match[2])
        if not 1 <= bars <= MAX_BARS:
            raise EngineError(f"A section of {bars} bars cannot be composed: ask for 1 to {MAX_BARS} bars.")
        sections.append(SectionWish(name, bars, SECTION_NAMES[name]))
    return tuple(sections)


def parse_progression(text: str, bar: float) -> tuple[Chord, ...]:
    """Chords written as “Am F C G”, one a bar, or with bar lines as “Am F | C G”.

    Args:
        text: the chords.
        bar: quarter notes of a bar.

    Raises:
        EngineError: one is no chord, or there is none.
    """
    bars = [each.split() for each in text.replace(",", " ").split("|")] if "|" in text else [
        [symbol] for symbol in text.replace(",", " ").split()
    ]  # fmt: skip
    bars = [symbols for symbols in bars if symbols]
    if not bars:
        raise EngineError("No chord is named: write chords as “Am F C G”.")
    return tuple(
        parse_chord(symbol, number * bar + place * bar / len(symbols), bar / len(symbols))
        for number, symbols in enumerate(bars)
        for place, symbol in enumerate(symbols)
    )


def role_of(instrument: str) -> str:
    """The role that an instrument, a kit or a family has where no genre says another."""
    if instrument in KITS or instrument == "drums":
        return "drums"
    if instrument in PERCUSSION or instrument == "percussion":
        return "percussion"
    family = INSTRUMENTS[instrument].family if instrument in INSTRUMENTS else instrument
    return {
        "piano": "chords", "organ": "chords", "guitar": "chords", "bass": "bass", "strings": "pad", "choir": "pad",
        "synth pad": "pad",
    }.get(family, "lead")  # fmt: skip


def family_of(instrument: str) -> str:
    """The family of an instrument or a kit; a family is its own."""
    if instrument in INSTRUMENTS:
        return INSTRUMENTS[instrument].family
    return "drums" if instrument in KITS else "percussion" if instrument in PERCUSSION else instrument


def named(name: str, terms: Sequence[str]) -> bool:
    """Whether an instrument is among instruments, families and roles."""
    return name in terms or family_of(name) in terms
