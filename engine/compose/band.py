"""Who plays: the roles of a piece and their instruments, by genre or as wished for."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random

from engine.compose.genres import GENRES, Genre, Role
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.wish import ROLES, Wish, family_of, role_of

_ENTER = 0.4  # density from which those play who were asked for
_SOLO = ("piano", "guitar", "plucked", "organ", "mallets")  # families of which one player has both hands full

_DEFAULTS: dict[str, Role] = {
    "drums": Role("drums", ("pop", "folk"), ("standard kit", "room kit"), 0.3, 1.0),
    "percussion": Role("percussion", ("percussion",), ("shaker", "tambourine"), 0.4, 1.0),
    "bass": Role("bass", ("ballad", "halves"), ("finger bass", "upright bass"), 0.3, 1.0),
    "chords": Role("chords", ("ballad", "halves"), ("grand piano", "electric piano"), 0.1, 1.0),
    "pad": Role("pad", ("whole",), ("slow strings", "warm pad"), 0.2, 1.0),
    "arp": Role("arp", ("arpeggio",), ("harp", "synth pluck", "glockenspiel"), 0.3, 1.0),
    "lead": Role("lead", ("melody",), ("flute", "violin", "clean guitar", "soft lead"), 0.3, 1.0),
    "counter": Role("counter", ("melody",), ("clarinet", "strings", "french horn"), 0.4, 1.0),
}
"""What somebody does whose role the genre does not have."""


_CORE = ("drums", "bass", "chords", "lead")


def default_instruments(role: str) -> tuple[str, ...]:
    """On what a role is played where the genre does not have it."""
    return _DEFAULTS[role].instruments


def core_roles(genre: Genre, count: int) -> tuple[str, ...]:
    """The `count` roles that make a genre: those of a band that it has, then what else is usual in it."""
    usual = sorted(genre.roles, key=lambda role: -role.chance)
    present = [role.role for role in usual]
    roles = [name for name in _CORE if name in present] + [name for name in present if name not in _CORE]
    return tuple(dict.fromkeys(roles))[:count]


@dataclass(frozen=True, slots=True)
class Member:
    """One player: the name of the part, what it does, and on what."""

    label: str
    role: Role
    instrument: str


def chosen_genre(rng: Random, wish: Wish) -> Genre:
    """The genre wished for, or one by chance that has the instruments, the roles and the mood of the wish."""
    if wish.genre is not None:
        return GENRES[wish.genre]
    weights = []
    for genre in GENRES.values():
        played = {name for role in genre.roles for name in role.instruments}
        played |= {family_of(name) for name in played} | {role.role for role in genre.roles}
        weight = 1.0
        for group in wish.instruments:
            weight *= 12.0 if any(term in played for term in group) else 1.0
        for role in wish.roles:
            weight *= 3.0 if role in played else 1.0
        if wish.mood is not None:
            moods = dict(item.rsplit(":", 1) for item in genre.moods.split())
            weight *= float(moods.get(wish.mood, 0.05))
        if wish.energy is not None:
            weight *= 2.0 ** (4 * (wish.energy - 0.5) * (genre.tempo[0] + genre.tempo[1] - 220) / 60)
            weight *= 0.2 if wish.energy < 0.3 and (genre.form in ("club", "beat") or genre.drive > 0.3) else 1.0
        if wish.tempo is not None and not genre.tempo[0] * 0.9 <= wish.tempo <= genre.tempo[1] * 1.1:
            weight *= 0.1
        if wish.signature is not None and str(wish.signature) not in genre.metres:
            weight *= 0.05
        weights.append(weight)
    return rng.choices(list(GENRES.values()), weights)[0]


def band(rng: Random, wish: Wish, genre: Genre) -> tuple[Member, ...]:
    """The players, the ones before whom another listens first."""
    kept_roles = {part.role for part in wish.keep}
    groups = [group for group in wish.instruments if not _kept(group, kept_roles)]
    roles: list[Role] = []
    if wish.roles:
        roles = [_role(genre, name) for name in wish.roles if name not in kept_roles]
    elif not wish.instruments or (len(wish.instruments) == 1 and wish.genre is not None):
        roles = [role for role in genre.roles if rng.random() < role.chance and role.role not in kept_roles]
        if len(roles) < 2 and not kept_roles:
            roles = list(genre.roles[:2])
    members = [(role, _instrument(rng, role, (), genre)) for role in roles]
    exact = bool(wish.roles or wish.instruments)
    used: set[int] = set()
    for group in groups:
        _seat(rng, members, used, group, genre)
    if len(groups) == 1 and len(members) == 1 and family_of(members[0][1]) in _SOLO:
        role, name = members[0]
        members = [(replace(_role(genre, each), instruments=(name,)), name) for each in ("chords", "lead")]
    if (wish.theme or wish.guide.melody) and not any(role.role == "lead" for role, _ in members):
        role = _role(genre, "lead")
        members.append((role, _instrument(rng, role, [name for _, name in members], genre)))
    members = [
        (role, name)
        for role, name in members
        if role.role not in wish.without and family_of(name) not in wish.without and name not in wish.without
    ]
    if exact or wish.theme or wish.guide.melody:
        members = [(replace(role, enter=min(role.enter, _ENTER)), name) for role, name in members]
    return _labelled(_different(rng, members, genre), {part.name for part in wish.keep})


def _kept(group: Sequence[str], roles: Iterable[str]) -> bool:
    return any(term in roles for term in group) or role_of_group(group) in roles


def role_of_group(group: Sequence[str]) -> str:
    """The role that a wished instrument has by itself."""
    return group[0] if group[0] in ROLES else role_of(group[0])


def _role(genre: Genre, name: str) -> Role:
    return next((role for role in genre.roles if role.role == name), _DEFAULTS[name])


def _candidates(group: Sequence[str]) -> list[str]:
    """The instruments and kits that a group of terms may mean."""
    names: list[str] = []
    for term in group:
        if term in INSTRUMENTS or term in KITS or term in PERCUSSION:
            names.append(term)
        else:
            names += [name for name in (*INSTRUMENTS, *KITS, *PERCUSSION) if family_of(name) == term]
    return names


def _seat(rng: Random, members: list[tuple[Role, str]], taken: set[int], group: Sequence[str], genre: Genre) -> None:
    """Lets the role that suits an instrument best play it, or adds a player for it."""
    names = _candidates(group)
    for index, (role, _) in enumerate(members):
        usual = [name for name in names if name in role.instruments]
        if index not in taken and usual:
            members[index] = (role, rng.choice(usual))
            taken.add(index)
            return
    for role in genre.roles:
        usual = [name for name in names if name in role.instruments]
        if usual and not any(each.role == role.role for each, _ in members):
            members.append((role, rng.choice(usual)))
            taken.add(len(members) - 1)
            return
    name = names[0]
    wished_role = role_of_group(group)
    for index, (role, _) in enumerate(members):
        if index not in taken and role.role == wished_role:
            members[index] = (role, name)
            taken.add(index)
            return
    members.append((_role(genre, wished_role), name))
    taken.add(len(members) - 1)


def _instrument(rng: Random, role: Role, taken: Sequence[str], genre: Genre) -> str:
    free = [name for name in role.instruments if genre.name == "piano solo" or name not in taken]
    return rng.choice(free or list(role.instruments))


def _different(rng: Random, members: list[tuple[Role, str]], genre: Genre) -> list[tuple[Role, str]]:
    """No two players on one instrument where the genre has others, and accompaniment before melody before answers."""
    result: list[tuple[Role, str]] = []
    names: list[str] = []
    for role, name in members:
        if name in names and genre.name != "piano solo" and len(role.instruments) > 1:
            name = _instrument(rng, role, names, genre)
        names.append(name)
        result.append((role, name))
    return sorted(result, key=lambda each: {"lead": 1, "counter": 2}.get(each[0].role, 0))


def _labelled(members: Sequence[tuple[Role, str]], kept: Collection[str]) -> tuple[Member, ...]:
    """The members, each with a name that neither another one has nor a part that is kept."""
    counts: dict[str, int] = {}
    result = []
    for role, name in members:
        label = ""
        while not label or label in kept:
            number = counts.get(role.role, 0) + 1
            counts[role.role] = number
            label = role.role if number == 1 else f"{role.role} {number}"
        result.append(Member(label, role, name))
    return tuple(result)
