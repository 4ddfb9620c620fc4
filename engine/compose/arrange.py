"""Composes a piece from a seed: genre, mood, key, form, harmony, and what every player does in every section."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from engine.compose import drums, synth
from engine.compose.genres import GENRES, Genre, Role
from engine.compose.harmony import chords, inverted, numeral, walk
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION, Instrument
from engine.compose.moods import MOODS, Mood
from engine.compose.performers import Player
from engine.compose.rhythm import humanised
from engine.compose.score import Part, Score, Section
from engine.music.chords import Chord
from engine.music.notes import Note
from engine.music.scales import has_minor_third
from engine.timing.signature import Signature

_MAJOR_MODES = ("major", "lydian", "mixolydian")

FORMS: dict[str, tuple[str, ...]] = {
    "song": (
        "intro 4 .3, verse 8 .5, chorus 8 .9, verse 8 .62, chorus 8 .95, bridge 8 .5, chorus 8 1, outro 4 .3",
        "intro 4 .35, verse 8 .55, verse 8 .65, chorus 8 .95, bridge 4 .4, chorus 8 1, outro 4 .35",
        "chorus 4 .7, verse 8 .5, build 4 .65, chorus 8 1, verse 8 .6, chorus 8 1, outro 4 .4",
    ),
    "club": (
        "intro 8 .3, verse 8 .6, break 4 .3, build 4 .4, chorus 16 1, verse 8 .65, break 4 .3, chorus 8 .95",
        "intro 4 .3, verse 8 .5, verse 8 .7, break 4 .3, build 4 .45, chorus 16 .95, outro 8 .4",
    ),
    "beat": (
        "intro 4 .25, verse 8 .6, chorus 8 .9, verse 8 .7, break 4 .3, chorus 8 .95, outro 4 .25",
        "intro 2 .3, verse 8 .65, verse 8 .75, chorus 8 1, verse 8 .6, outro 2 .3",
    ),
    "drift": (
        "intro 4 .15, verse 8 .4, chorus 8 .65, verse 8 .5, bridge 8 .75, chorus 8 .9, outro 4 .2",
        "verse 8 .3, verse 8 .5, chorus 8 .8, bridge 4 .4, chorus 8 .95, outro 4 .25",
    ),
    "jazz": ("intro 4 .3, head 8 .55, head 8 .7, solo 16 .75, head 8 .9, outro 4 .4",),
    "blues": ("head 12 .5, head 12 .75, solo 12 .85, head 12 .95, outro 4 .5", "intro 4 .3, head 12 .65, solo 12 .9"),
    "game": ("verse 8 .55, chorus 8 .9, verse 8 .7, bridge 8 .5, chorus 8 1",
    "intro 4 .4, verse 8 .7, chorus 8 1, bridge 8 .6"),
}  # fmt: skip
"""Sections by kind of form: name, bars, density."""

_LEVELS = {
    "drums": -1.0, "percussion": -7.5, "bass": -2.0, "chords": -4.5, "pad": -8.0, "arp": -7.0, "lead": -2.0,
    "counter": -6.0,
}  # fmt: skip
_SPREAD = {"chords": 0.35, "pad": 0.15, "arp": 0.6, "lead": 0.12, "counter": 0.45, "percussion": 0.5}
_WET = {"drums": 0.5, "percussion": 0.8, "bass": 0.15, "lead": 1.1, "pad": 1.5, "counter": 1.3}
_DUCKED = {"bass": 0.8, "pad": 1.2, "chords": 0.8, "arp": 0.5}
_LOUD = ("overdriven guitar", "distorted guitar")  # whose saturation has made them quieter


def compose(
    seed: int, *, genre: str | None = None, mood: str | None = None, bars: int | None = None, own: bool = False
) -> Score:
    """A piece. The same arguments always give an equal value.

    Args:
        seed: any number; it decides everything else, and to which part of the data the piece belongs.
        genre: a key of `genres.GENRES`, instead of one by chance.
        mood: a key of `moods.MOODS`, instead of one by chance.
        bars: ends the piece after the section that contains this bar.
        own: lets our own synthesis play everything.
    """
    rng = Random(f"continuo corpus {seed}")
    chosen = GENRES[genre] if genre else rng.choice(list(GENRES.values()))
    feeling = MOODS[mood] if mood else MOODS[_weighted(rng, chosen.moods)]
    mode = _mode(rng, chosen, feeling)
    tonic = rng.randrange(12)
    signature = _signature(_weighted(rng, chosen.metres))
    tempo = _tempo(rng, chosen, feeling, signature)
    bar = float(signature.bar)
    sections = _form(rng, chosen, feeling, bar, bars)
    harmony = _harmony(rng, chosen, mode, tonic, sections, bar)
    swing = rng.uniform(*chosen.swing) if signature.numerator == 4 or chosen.swing[0] > 0.5 else 0.0
    quarter = 60.0 / (tempo * (1.5 if signature.denominator == 8 else 1.0))
    sounds_own = own or rng.random() < (0.06 if chosen.loose > 0.004 else 0.3)
    # a bus is calmer and brighter or darker by mood; pieces also differ by chance
    tilt = chosen.tilt + feeling.tilt + rng.gauss(0, 1.2)
    wet = chosen.wet * rng.uniform(0.6, 1.5) * (1.4 if feeling.name == "dreamy" else 1.0)
    settings = _Settings(chosen, feeling, mode, tonic, bar, signature.denominator == 8, swing, quarter, tilt, wet)
    parts = _parts(rng, settings, sections, harmony, sounds_own)
    pace = (tempo - 60) / 120
    energy = 0.55 * feeling.energy + 0.25 * min(max(pace, 0), 1) + 0.2 * any(part.role == "drums" for part in parts)
    return Score(
        seed=seed,
        genre=chosen.name,
        mood=feeling.name,
        tempo=tempo,
        signature=signature,
        tonic=tonic,
        mode=mode,
        swing=round(swing, 3),
        energy=round(min(energy, 1.0), 3),
        chords=tuple(chord for section in harmony for chord in section),
        sections=sections,
        parts=parts,
        length=sections[-1].end,
        loudness=round(-21.0 + 7.0 * min(energy, 1.0) + rng.uniform(-2.0, 2.5), 2),
        reverb_seconds=round(rng.uniform(*chosen.room), 2),
        glue=round(min(1.0, chosen.glue * rng.uniform(0.7, 1.3)), 2),
    )


class _Settings:
    """What all players of a piece share."""

    def __init__(
        self,
        genre: Genre,
        mood: Mood,
        mode: str,
        tonic: int,
        bar: float,
        compound: bool,
        swing: float,
        quarter: float,
        tilt: float,
        wet: float,
    ) -> None:
        self.genre, self.mood, self.mode, self.tonic, self.bar, self.compound = genre, mood, mode, tonic, bar, compound
        self.swing, self.quarter, self.tilt, self.wet = swing, quarter, tilt, wet


def _weighted(rng: Random, text: str) -> str:
    pairs = [item.rsplit(":", 1) for item in text.replace("harmonic minor", "harmonic_minor").split()]
    name = rng.choices([name for name, _ in pairs], [float(weight) for _, weight in pairs])[0]
    return name.replace("_", " ")


def _mode(rng: Random, genre: Genre, mood: Mood) -> str:
    names, weights = [], []
    for item in genre.modes.replace("harmonic minor", "harmonic_minor").split():
        name, weight = item.rsplit(":", 1)
        name = name.replace("_", " ")
        names.append(name)
        weights.append(float(weight) * 3.0 ** (mood.light * (1 if name in _MAJOR_MODES else -1)))
    return rng.choices(names, weights)[0]


def _signature(text: str) -> Signature:
    numerator, denominator = text.split("/")
    return Signature(int(numerator), int(denominator))


def _tempo(rng: Random, genre: Genre, mood: Mood, signature: Signature) -> float:
    low, high = genre.tempo
    place = min(max(rng.betavariate(2, 2) + 0.25 * mood.pace, 0.0), 1.0)
    tempo = low + (high - low) * place
    if signature.denominator == 8:
        tempo *= 0.65
    return float(round(tempo)) if rng.random() < 0.8 else round(tempo, 1)


def _form(rng: Random, genre: Genre, mood: Mood, bar: float, bars: int | None) -> tuple[Section, ...]:
    sections: list[Section] = []
    start, count = 0.0, 0
    lift = rng.uniform(-0.08, 0.08) + 0.08 * (mood.energy - 0.5)
    for item in rng.choice(FORMS[genre.form]).split(", "):
        name, length, density = item.split()
        if bars is not None and count >= bars:
            break
        count += int(length)
        sections.append(Section(name, start, int(length) * bar, round(min(max(float(density) + lift, 0.1), 1.0), 2)))
        start += int(length) * bar
    return tuple(sections)


_KINDS = {"intro": "verse", "outro": "verse", "build": "chorus", "break": "chorus", "solo": "head"}


def _harmony(
    rng: Random, genre: Genre, mode: str, tonic: int, sections: Sequence[Section], bar: float
) -> list[list[Chord]]:
    """The chords of each section; sections of one kind share their progression."""
    minor = has_minor_third(mode)
    templates = genre.minor if minor else genre.major
    smooth = genre.name in ("pop", "classical", "piano solo", "folk", "soul", "cinematic", "lullaby", "country")
    notes = genre.notes if rng.random() < 0.8 else max(3, genre.notes - 1)
    progressions: dict[str, list[str]] = {}
    result: list[list[Chord]] = []
    for section in sections:
        kind = _KINDS.get(section.name, section.name)
        if kind == "chorus" and "verse" in progressions and rng.random() < 0.35:
            progressions.setdefault(kind, progressions["verse"])
        if kind not in progressions:
            template = rng.choice(templates)
            tokens = walk(rng, minor, rng.choice((4, 8))) if template == "walk" else template.split()
            progressions[kind] = inverted(rng, tokens, 0.3) if smooth else list(tokens)
        tokens = progressions[kind]
        duration = bar * genre.rhythm / 4
        if len(tokens) == 8 and genre.form != "blues" and section.length < 8 * duration:
            duration = max(bar / 2, section.length / 8)
        played = chords(tokens, [duration], section.start, section.length, tonic=tonic, mode=mode, notes=notes)
        if section is sections[-1]:
            root, quality, bass = numeral("1", mode, notes)
            played[-1] = replace(played[-1], root=(tonic + root) % 12, quality=quality, bass=(tonic + bass) % 12)
        result.append(played)
    return result


def _parts(
    rng: Random, settings: _Settings, sections: Sequence[Section], harmony: Sequence[Sequence[Chord]], own: bool
) -> tuple[Part, ...]:
    genre = settings.genre
    roles = [role for role in genre.roles if rng.random() < role.chance]
    if len(roles) < 2:
        roles = list(genre.roles[:2])
    names: dict[str, int] = {}
    parts: list[Part] = []
    lead: list[list[Note]] = []
    taken: set[str] = set()
    sparse = rng.random() < genre.sparse
    first = min(role.enter for role in roles if role.role not in ("percussion", "counter"))
    players: list[Player] = []
    for role in roles:
        name = _instrument(rng, role, taken, genre.name == "piano solo")
        taken.add(name)
        players.append(
            Player(
                Random(f"{rng.random()}"), role, name, genre, settings.mood, settings.mode, settings.tonic,
                settings.bar, settings.compound, sparse,
            )
        )  # fmt: skip
    played: list[list[list[Note]]] = []
    for player in players:
        leading = lead or [[]] * len(sections)
        played.append(
            [
                player.section(section, harmony[index], leading[index], first, index, len(sections))
                for index, section in enumerate(sections)
            ]
        )
        if player.role.role == "lead":
            lead = played[-1]
    _never_silent(players, played, sections, harmony)
    for player, lines in zip(players, played, strict=True):
        notes = [note for line in lines for note in line]
        if not notes:
            continue
        role = player.role
        names[role.role] = names.get(role.role, 0) + 1
        label = role.role if names[role.role] == 1 else f"{role.role} {names[role.role]}"
        parts.append(_part(rng, settings, label, role, player.instrument, notes, own))
    return tuple(parts)


def _never_silent(
    players: Sequence[Player],
    played: list[list[list[Note]]],
    sections: Sequence[Section],
    harmony: Sequence[Sequence[Chord]],
) -> None:
    """Lets the player of chords, or who comes nearest to one, play where no pitched one would."""
    order = {role: rank for rank, role in enumerate(("chords", "pad", "arp", "counter", "lead", "bass"))}
    pitched = [index for index, player in enumerate(players) if player.role.role in order]
    chosen = min(pitched, key=lambda index: order[players[index].role.role])
    for number, section in enumerate(sections):
        if any(played[index][number] for index in pitched):
            continue
        full = replace(section, name="verse", density=1.0)
        played[chosen][number] = players[chosen].section(full, harmony[number], [], 0.0, number, len(sections))


def _instrument(rng: Random, role: Role, taken: set[str], shared: bool) -> str:
    free = [name for name in role.instruments if shared or name not in taken]
    return rng.choice(free or list(role.instruments))


def _adjustment(genre: Genre, role: str, name: str) -> float:
    """What a part's level needs beside its role's, in dB."""
    if name in _LOUD:
        return 5.0
    # deep kicks and basses leave room for the rest
    return -1.5 if role in ("drums", "bass") and genre.form in ("club", "beat") else 0.0


def _part(rng: Random, settings: _Settings, label: str, role: Role, name: str, notes: list[Note], own: bool) -> Part:
    genre = settings.genre
    spread = genre.loose / settings.quarter * (0.6 if role.role in ("drums", "bass") else 1.0)
    late = (
        rng.uniform(0.0, 0.012) if genre.loose > 0.005 and role.role not in ("drums", "bass") else 0.0
    ) / settings.quarter
    dynamics = 0.0 if genre.loose == 0 else 3.0 if genre.loose < 0.004 else 6.0
    force = int(16 * (settings.mood.energy - 0.5))
    louder = [Note(n.start, n.length, n.pitch, n.velocity + force) for n in notes]
    played = humanised(
        rng, louder, late=late, spread=spread, dynamics=dynamics, swing=settings.swing, unit=genre.unit
    )  # fmt: skip
    percussive = role.role in ("drums", "percussion")
    kit = (KITS | PERCUSSION)[name] if percussive else None
    instrument: Instrument | None = None if percussive else INSTRUMENTS[name]
    chance = kit.own if kit else instrument.own if instrument else 0.0
    synthetic = own or rng.random() < chance
    sounding = kit or instrument
    if sounding is None:
        raise ValueError(f"{name!r} is neither an instrument nor a kit")
    pan = rng.choice((-1, 1)) * _SPREAD.get(role.role, 0.0) * rng.uniform(0.3, 1.0)
    electric = name in ("overdriven guitar", "distorted guitar", "rock organ", "acid bass", "reese bass", "dusty kit")
    drive = genre.drive * rng.uniform(0.5, 1.3) * (1.0 if electric or role.role in ("bass", "drums") else 0.4)
    return Part(
        name=label,
        role=role.role,
        instrument=name,
        family=("drums" if role.role == "drums" else "percussion") if instrument is None else instrument.family,
        program=None if synthetic else sounding.program,
        patch=sounding.patch,
        notes=played,
        trim_db=(drums.LEVELS_DB if percussive else synth.LEVELS_DB)[sounding.patch]
        if synthetic
        else sounding.level_db,
        level_db=round(_LEVELS[role.role] + _adjustment(genre, role.role, name) + rng.gauss(0, 1.2), 2),
        pan=round(pan, 2),
        room=round(min(0.9, settings.wet * _WET.get(role.role, 1.0)), 3),
        echo=round(rng.uniform(0.12, 0.35), 2)
        if role.role in ("lead", "arp", "chords")
        and genre.wet >= 0.1
        and rng.random() < (0.5 if genre.loose < 0.004 else 0.12)
        else 0.0,
        chorus=round(rng.uniform(0.3, 0.9), 2)
        if name in ("electric piano", "clean guitar", "jazz guitar", "fretless bass", "polysynth pad")
        and rng.random() < 0.5
        else 0.0,
        drive=round(min(drive, 0.9), 2),
        tilt_db=round(settings.tilt + rng.gauss(0, 1.0), 2),
        duck=round(min(0.9, genre.duck * _DUCKED.get(role.role, 0.0)), 2),
    )
