"""What the window asks the composer for, in its own words, and the wish that it becomes in a song."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.compose.arrange import planned
from engine.compose.band import core_roles
from engine.compose.genres import GENRES
from engine.compose.midi_file import playable
from engine.compose.moods import MOODS
from engine.compose.understanding import understood
from engine.compose.wish import ROLES, Wish, felt_tempo, parse_progression, parse_sections
from engine.music.glossary import bundled
from engine.music.keys import Key, parse_key
from engine.studio.compositions import ROLE_TITLES
from engine.timing.signature import Signature
from engine.timing.stated_tempo import tempo_in

GENRE_NAMES = tuple(sorted(GENRES))
MOOD_NAMES = tuple(sorted(MOODS))
_SAME_TEMPO = 0.5  # BPM
USUAL_PARTS = 4
"""Parts of a piece whose prompt names none."""


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


@dataclass(frozen=True, slots=True)
class Setting:
    """The song that a piece has to fit. tempo: quarter notes a minute; key: None while none is known."""

    tempo: float
    signature: Signature
    key: Key | None = None


def wish_of(commission: Commission, setting: Setting | None = None) -> tuple[Wish, tuple[str, ...]]:
    """The wish, and sentences on what was not understood of the prompt or gives way.

    Args:
        commission: what is asked for.
        setting: the song; None where there is nothing in it yet, so that it may follow the piece.

    Raises:
        EngineError: a chord, a section, a key or a role is unknown, or a number out of range.
    """
    wish, notices = understood(commission.prompt, bundled, commission.seed)
    sentences = list(notices)
    wish = replace(
        wish,
        genre=commission.genre or wish.genre,
        mood=commission.mood or wish.mood,
        key=parse_key(commission.key) if commission.key.strip() else wish.key,
        energy=wish.energy if commission.energy is None else commission.energy,
        density=wish.density if commission.density is None else commission.density,
    )
    wish = _timed(wish, commission, setting, sentences)
    if commission.sections.strip():
        wish = replace(wish, sections=parse_sections(commission.sections), bars=None)
    elif commission.bars is not None and wish.bars is None:
        wish = wish.of_length(commission.bars)
    if commission.chords.strip():
        signature = wish.signature or Signature()
        wish = replace(wish, signature=signature, chords=parse_progression(commission.chords, float(signature.bar)))
    if commission.roles:
        ordered = tuple(role for role in ROLES if role in commission.roles)
        wish = replace(wish, roles=ordered, without=tuple(each for each in wish.without if each not in ordered))
    elif not wish.instruments and not any(section.playing for section in wish.sections):
        roles = core_roles(planned(wish).genre, USUAL_PARTS + len(wish.without))
        wish = replace(wish, roles=tuple(role for role in roles if role not in wish.without)[:USUAL_PARTS])
    return wish, tuple(sentences)


def _timed(wish: Wish, commission: Commission, setting: Setting | None, sentences: list[str]) -> Wish:
    """The wish at the tempo, in the time signature and in the key of the song, or of the commission."""
    if setting is None:
        if commission.tempo is not None:
            wish = replace(wish, tempo=felt_tempo(commission.tempo, wish.signature))
        return wish
    signature = playable(setting.signature)
    if signature is None:
        sentences.append(f"The composer does not write in {setting.signature}: it takes 4/4.")
        signature = Signature()
    tempo = felt_tempo(setting.tempo, signature)
    stated = tempo_in(commission.prompt)
    if stated is not None and abs(stated - tempo) > _SAME_TEMPO:
        sentences.append(f"The song’s {setting.tempo:g} BPM take the place of the {stated:g} in the prompt.")
    return replace(wish, tempo=tempo, signature=signature, key=wish.key or setting.key)


def role_names(roles: Sequence[str]) -> str:
    """Roles as the window names them: “Drums, Bass”."""
    return ", ".join(ROLE_TITLES[role] for role in ROLES if role in roles)
