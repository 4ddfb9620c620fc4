"""What the window asks the composer for, in its own words. What becomes of it is in `engine.inference.wishing`."""

import hashlib
from dataclasses import dataclass, replace

from engine.music.guide import NO_GUIDE, Guide
from engine.music.keys import Key
from engine.music.notes import Note
from engine.timing.signature import Signature


@dataclass(frozen=True, slots=True)
class Commission:
    """What is asked of the composer; what is empty or None is free, or follows from the prompt or the song.

    prompt: the words; they yield to the other fields.
    roles: who plays, keys of `ROLE_TITLES`.
    bars: how long; None for a whole piece of its genre.
    seed: same commission in the same song, same piece.
    tempo: quarter notes a minute.
    key: such as “A minor”.
    chords: such as “Am F C G”, one a bar.
    sections: such as “intro 4, verse 8”; they say the length in place of `bars`.
    genre, mood: of `GENRE_NAMES` and `MOOD_NAMES`.
    energy, density: 0 to 1.
    theme: notes that return, answered and varied; times in quarter notes from a bar line.
    guide: what is followed in time, from where the piece begins; its prompts are no matter of the composer.
    """

    prompt: str = ""
    roles: tuple[str, ...] = ()
    bars: int | None = 16
    seed: int = 1
    tempo: float | None = None
    key: str = ""
    chords: str = ""
    sections: str = ""
    genre: str = ""
    mood: str = ""
    energy: float | None = None
    density: float | None = None
    theme: tuple[Note, ...] = ()
    guide: Guide = NO_GUIDE

    @property
    def identity(self) -> str:
        """The same for two commissions that ask for the same but for the seed, spaces and capitals."""
        words = " ".join(self.prompt.split()).casefold()
        return hashlib.sha256(repr(replace(self, prompt=words, seed=0)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Setting:
    """The song that a piece has to fit. tempo: quarter notes a minute; key: None while none is known."""

    tempo: float
    signature: Signature
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How a part shall become another one; one of these.

    again: other notes. share: other notes in this share of the bars. instrument: the same notes, played on it. prompt:
    other notes, from other words, to the same chords.
    """

    again: bool = False
    share: float | None = None
    instrument: str = ""
    prompt: str | None = None
