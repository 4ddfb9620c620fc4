"""A commission becomes a wish: its words and fields, and the song that the piece has to fit."""

from collections.abc import Sequence
from dataclasses import replace

from engine.compose.arrange import planned
from engine.compose.band import core_roles
from engine.compose.genres import GENRES
from engine.compose.midi_file import playable
from engine.compose.moods import MOODS
from engine.compose.understanding import understood
from engine.compose.wish import ROLES, Wish, felt_tempo, parse_progression, parse_sections
from engine.inference.commission import Commission, Setting
from engine.inference.compositions import ROLE_TITLES
from engine.music.glossary import bundled
from engine.music.guide import PART_NAMES, GuidePart
from engine.music.keys import parse_key
from engine.music.notes import Note
from engine.plain_text import counted
from engine.timing.signature import Signature
from engine.timing.stated_tempo import tempo_in

GENRE_NAMES = tuple(sorted(GENRES))
MOOD_NAMES = tuple(sorted(MOODS))
_SAME_TEMPO = 0.5  # BPM
USUAL_PARTS = 4
"""Parts of a piece whose prompt names none."""


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
        energy=wish.energy if commission.energy is None else commission.energy,
        density=wish.density if commission.density is None else commission.density,
    )
    wish = with_fields(replace(wish, guide=commission.guide.without((GuidePart.WORDS,))), key=commission.key)
    wish = _timed(wish, commission, setting, sentences)
    if not commission.sections.strip() and commission.bars is not None and wish.bars is None:
        wish = wish.of_length(commission.bars)
    roles = tuple(role for role in ROLES if role in commission.roles)
    wish = with_fields(
        wish, sections=commission.sections, chords=commission.chords, theme=commission.theme, roles=roles
    )
    if not commission.roles and not wish.instruments and not any(section.playing for section in wish.sections):
        usual = core_roles(planned(wish).genre, USUAL_PARTS + len(wish.without))
        wish = replace(wish, roles=tuple(role for role in usual if role not in wish.without)[:USUAL_PARTS])
    return wish, tuple(sentences)


def with_fields(
    wish: Wish,
    *,
    key: str = "",
    sections: str = "",
    chords: str = "",
    roles: Sequence[str] = (),
    theme: Sequence[Note] = (),
) -> Wish:
    """The wish with what was asked for beside its words, which yield; what is empty stays as it is.

    Args:
        wish: what the words ask for.
        key: such as “A minor”.
        sections: such as “intro 4, verse 8”; they say the length.
        chords: such as “Am F C G”, one a bar of the wish's time signature, or of 4/4.
        roles: who plays.
        theme: notes that return; times in quarter notes from a bar line.

    Raises:
        EngineError: a chord, a section, a key or a role is unknown.
    """
    if key.strip():
        wish = replace(wish, key=parse_key(key))
    if sections.strip():
        wish = replace(wish, sections=parse_sections(sections), bars=None)
    if chords.strip() or theme:
        wish = replace(wish, signature=wish.signature or Signature())
    if chords.strip() and wish.signature:
        wish = replace(wish, chords=parse_progression(chords, float(wish.signature.bar)))
    if theme:
        wish = replace(wish, theme=tuple(theme))
    if roles:
        wish = replace(wish, roles=tuple(roles), without=tuple(each for each in wish.without if each not in roles))
    return wish


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


def summary_of(wish: Wish) -> str:
    """What a wish is going to be: “Hip hop · A minor · 84 BPM · 16 bars · Drums, Bass, Chords, Melody”."""
    plan = planned(wish)
    bars = round(plan.sections[-1].end / plan.bar)
    words = [
        plan.genre.name.capitalize(),
        plan.key.name,
        f"{plan.tempo:g} BPM",
        f"{bars} {'bar' if bars == 1 else 'bars'}",
    ]
    if wish.theme:
        words.append(f"theme of {counted(len(wish.theme), 'note')}")
    if wish.guide:
        words.append(f"follows {' and '.join(PART_NAMES[part] for part in wish.guide.parts)}")
    return " · ".join([*words, role_names(wish.roles)] if wish.roles else words)
