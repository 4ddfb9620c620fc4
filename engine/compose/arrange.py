"""Composes a piece from a wish: genre, mood, key, form, harmony, and what every player does in every section.

Chance is dealt in streams of its own for the plan, the band and each player, so that one part can be made again
(`again`) while all others stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from engine.compose import theme as themes
from engine.compose.band import Member, band, chosen_genre
from engine.compose.expression import expressed, phrased
from engine.compose.form import form
from engine.compose.genres import Genre
from engine.compose.guided import as_given, guided_harmony, melody_notes, with_accents, with_melody, with_swell
from engine.compose.harmony import chords, inverted, numeral, walk
from engine.compose.mixing import Desk, strip
from engine.compose.moods import MOODS, Mood
from engine.compose.performers import Player
from engine.compose.rhythm import humanised
from engine.compose.score import Part, Score, Section
from engine.compose.wish import KeptPart, Wish
from engine.errors import EngineError
from engine.music.chords import Chord
from engine.music.keys import Key, best_key
from engine.music.notes import Note
from engine.timing.signature import COMMON_TIME, Signature

_MAJOR_MODES = ("major", "lydian", "mixolydian")


def compose(
    seed: int, *, genre: str | None = None, mood: str | None = None, bars: int | None = None, own: bool = False
) -> Score:
    """A piece by chance alone, for training. The same arguments always give an equal value.

    Args:
        seed: any number; it decides everything else, and to which part of the data the piece belongs.
        genre: a key of `genres.GENRES`, instead of one by chance.
        mood: a key of `moods.MOODS`, instead of one by chance.
        bars: ends the piece after the section that contains this bar.
        own: lets our own synthesis play everything.
    """
    return composed(Wish(genre=genre, mood=mood, seed=seed), own=own, cut=bars)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided before anybody plays."""

    wish: Wish
    genre: Genre
    mood: Mood
    key: Key
    signature: Signature
    tempo: float  # felt beats a minute
    swing: float
    sections: tuple[Section, ...]
    harmony: tuple[tuple[Chord, ...], ...]  # of each section
    sparse: bool
    desk: Desk
    room: float
    glue: float
    loudness: float

    @property
    def bar(self) -> float:
        """Quarter notes of a bar."""
        return float(self.signature.bar)

    @property
    def compound(self) -> bool:
        """Whether beats are dotted."""
        return self.signature.denominator == 8

    @property
    def quarter(self) -> float:
        """Seconds of a quarter note."""
        return 60.0 / (self.tempo * (1.5 if self.compound else 1.0))


def composed(wish: Wish, *, rolls: Mapping[str, int] | None = None, own: bool = False, cut: int | None = None) -> Score:
    """The piece that is wished for. The same arguments always give an equal value.

    Args:
        wish: what to compose.
        rolls: part: how often it has been made again.
        own: lets our own synthesis play everything.
        cut: ends the piece after the section that contains this bar.

    Raises:
        EngineError: the wish cannot be met.
    """
    plan = planned(wish, own=own, cut=cut)
    members = band(_stream(wish, plan.genre, "band"), wish, plan.genre)
    parts = _played(plan, members, rolls or {})
    if not parts:
        raise EngineError("Nobody is left to play: ask for more roles or instruments, or keep fewer parts.")
    energy = _energy(plan, parts)
    return Score(
        seed=wish.seed,
        genre=plan.genre.name,
        mood=plan.mood.name,
        tempo=plan.tempo,
        signature=plan.signature,
        tonic=plan.key.tonic,
        mode=plan.key.mode,
        swing=round(plan.swing, 3),
        energy=energy,
        chords=tuple(chord for section in plan.harmony for chord in section),
        sections=plan.sections,
        parts=parts,
        length=plan.sections[-1].end,
        loudness=round(plan.loudness + 7.0 * energy, 2),
        reverb_seconds=plan.room,
        glue=plan.glue,
    )


def again(score: Score, wish: Wish, label: str, rolls: Mapping[str, int], *, own: bool = False) -> Score:
    """The piece with one part made again; all other parts stay as they are.

    Args:
        score: the piece.
        wish: what it was composed from.
        label: the part's name.
        rolls: part: how often it has been made again, this time included.
        own: lets our own synthesis play everything.

    Raises:
        EngineError: there is no such part, or it was given.
    """
    names = [part.name for part in score.parts]
    if label not in names:
        raise EngineError(f"There is no part “{label}”: choose {', '.join(names)}.")
    if any(part.name == label for part in wish.keep):
        raise EngineError(f"The part “{label}” was given, not composed: choose another one.")
    part = next((each for each in composed(wish, rolls=rolls, own=own).parts if each.name == label), None)
    if part is None:
        raise EngineError(f"The part “{label}” has nothing to play this time: make it again with another seed.")
    return replace(score, parts=tuple(part if each.name == label else each for each in score.parts))


def planned(wish: Wish, *, own: bool = False, cut: int | None = None) -> Plan:
    """Decides what all players share."""
    genre = chosen_genre(Random(f"{wish.seed} genre"), wish)
    rng = _stream(wish, genre, "plan")
    mood = MOODS[wish.mood] if wish.mood else MOODS[_weighted(rng, genre.moods)]
    if wish.energy is not None:
        mood = replace(mood, energy=wish.energy, pace=min(max(mood.pace + wish.energy - 0.5, -1.0), 1.0))
    key = Key(rng.randrange(12), _mode(rng, genre, mood))
    signature = _signature(_weighted(rng, genre.metres))
    key, signature = (
        wish.key or _heard_key(wish) or key,
        wish.signature or (COMMON_TIME if wish.chords or wish.theme or wish.keep or wish.guide else signature),
    )
    tempo = _tempo(rng, genre, mood, signature)
    bar = float(signature.bar)
    sections = form(_stream(wish, genre, "form"), genre, mood, bar, _lengthened(wish, bar), cut)
    harmony = _harmony(_stream(wish, genre, "harmony"), genre, key, sections, bar, wish)
    quarter = 60.0 / ((wish.tempo or tempo) * (1.5 if signature.denominator == 8 else 1.0))
    harmony = guided_harmony(sections, harmony, wish.guide, quarter)
    swing = rng.uniform(*genre.swing) if signature.numerator == 4 or genre.swing[0] > 0.5 else 0.0
    sounds_own = own or rng.random() < (0.06 if genre.loose > 0.004 else 0.3)
    # a piece is brighter or darker by mood, and by chance
    tilt = genre.tilt + mood.tilt + rng.gauss(0, 1.2)
    wet = genre.wet * rng.uniform(0.6, 1.5) * (1.4 if mood.name == "dreamy" else 1.0)
    return Plan(
        wish=wish,
        genre=genre,
        mood=mood,
        key=key,
        signature=signature,
        tempo=wish.tempo or tempo,
        swing=swing,
        sections=sections,
        harmony=harmony,
        sparse=rng.random() < genre.sparse,
        desk=Desk(genre, tilt, wet, sounds_own),
        room=round(rng.uniform(*genre.room), 2),
        glue=round(min(1.0, genre.glue * rng.uniform(0.7, 1.3)), 2),
        loudness=-21.0 + rng.uniform(-2.0, 2.5),
    )


def restrung(plan: Plan, part: Part, instrument: str) -> Part:
    """The place in the mix of a part that another instrument plays; its notes are left out."""
    rng = _stream(plan.wish, plan.genre, f"strip {part.name}")
    return strip(rng, plan.desk, part.name, part.role, instrument)


def _stream(wish: Wish, genre: Genre, purpose: str) -> Random:
    """A stream of chance of its own: another seed, genre or purpose, another stream."""
    return Random(f"{wish.seed} {genre.name} {purpose}")


def _energy(plan: Plan, parts: Sequence[Part]) -> float:
    pace = min(max((plan.tempo - 60) / 120, 0), 1)
    energy = 0.55 * plan.mood.energy + 0.25 * pace + 0.2 * any(part.role == "drums" for part in parts)
    return round(min(energy, 1.0), 3)


def _heard_key(wish: Wish) -> Key | None:
    """The key that the given chords, the theme or the kept parts are in; what a guide says counts like the chords."""
    weights = [0.0] * 12
    for span in wish.guide.chords:
        for tone in span.chord.pitch_classes:
            weights[tone] += span.length
    for sung in wish.guide.melody:
        weights[sung.pitch % 12] += sung.length
    if any(weights):
        return best_key(weights)
    for chord in wish.chords:
        for place, tone in enumerate(chord.pitch_classes):
            weights[tone] += chord.length * (1.5 if place == 0 else 1.0)
    if wish.chords:
        weights[wish.chords[0].root] += 1.0
    notes = [*wish.theme] if not wish.chords else []
    if not wish.chords and not notes:
        notes = [note for part in wish.keep if part.role not in ("drums", "percussion") for note in part.notes]
    for note in notes:
        weights[note.pitch % 12] += note.length
    return best_key(weights) if any(weights) else None


def _lengthened(wish: Wish, bar: float) -> Wish:
    """The wish, as long as the parts that are given where it says no length."""
    if wish.bars is None and not wish.sections and wish.keep:
        last = max(note.start for part in wish.keep for note in part.notes)
        return replace(wish, bars=max(1, int((last + 1e-6) // bar) + 1))
    return wish


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


_KINDS = {"intro": "verse", "outro": "verse", "build": "chorus", "break": "chorus", "solo": "head"}
_SMOOTH = ("pop", "classical", "piano solo", "folk", "soul", "cinematic", "lullaby", "country")


def _harmony(
    rng: Random, genre: Genre, key: Key, sections: Sequence[Section], bar: float, wish: Wish
) -> tuple[tuple[Chord, ...], ...]:
    """The chords of each section; sections of one kind share their progression."""
    templates = genre.minor if key.minor else genre.major
    notes = genre.notes if rng.random() < 0.8 else max(3, genre.notes - 1)
    progressions: dict[str, list[str]] = {}
    result: list[tuple[Chord, ...]] = []
    given_chords = () if wish.chords else _kept_chords(wish, key, bar)
    for section in sections:
        kind = _KINDS.get(section.name, section.name)
        if kind == "chorus" and "verse" in progressions and rng.random() < 0.35:
            progressions.setdefault(kind, progressions["verse"])
        if kind not in progressions:
            template = rng.choice(templates)
            tokens = walk(rng, key.minor, rng.choice((4, 8))) if template == "walk" else template.split()
            progressions[kind] = inverted(rng, tokens, 0.3) if genre.name in _SMOOTH else list(tokens)
        if wish.chords or given_chords:
            result.append(_repeated(given_chords or wish.chords, section, 0.0 if given_chords else section.start))
            continue
        tokens = progressions[kind]
        duration = bar * genre.rhythm / 4
        if len(tokens) == 8 and genre.form != "blues" and section.length < 8 * duration:
            duration = max(bar / 2, section.length / 8)
        played = chords(
            tokens, [duration], section.start, section.length, tonic=key.tonic, mode=key.mode, notes=notes
        )  # fmt: skip
        if wish.theme:
            count = round(section.length / bar)
            played = themes.harmonised(wish.theme, played, section.start, count, bar, key)
        if section is sections[-1]:
            root, quality, bass = numeral("1", key.mode, notes)
            last = replace(played[-1], root=(key.tonic + root) % 12, quality=quality, bass=(key.tonic + bass) % 12)
            played = played if wish.theme else [*played[:-1], last]
        result.append(tuple(played))
    return tuple(result)


def _repeated(chords: Sequence[Chord], section: Section, start: float) -> tuple[Chord, ...]:
    """What a section has of a progression that is repeated from `start` on, until the section is full."""
    period = chords[-1].end
    result: list[Chord] = []
    start += max(0.0, (section.start + 1e-6 - start) // period * period)
    while start < section.end - 1e-6:
        for chord in chords:
            begin, end = max(start + chord.start, section.start), min(start + chord.end, section.end)
            if end > begin + 1e-6:
                result.append(replace(chord, start=begin, length=end - begin))
        start += period
    return tuple(result)


def _kept_chords(wish: Wish, key: Key, bar: float) -> tuple[Chord, ...]:
    """The chords of the parts that are given: those heard, or one a bar; nothing where none of them has a pitch."""
    if chords := next((part.chords for part in wish.keep if part.chords), ()):
        return chords
    notes = [note for part in wish.keep if part.role not in ("drums", "percussion") for note in part.notes]
    if not notes:
        return ()
    count = max(1, int((max(note.start for note in notes) + 1e-6) // bar) + 1)
    return tuple(themes.chord_under(notes, number * bar, bar, key) for number in range(count))


def _played(plan: Plan, members: Sequence[Member], rolls: Mapping[str, int]) -> tuple[Part, ...]:
    """What everybody plays: the kept parts, and those of the band."""
    wish, genre, sections = plan.wish, plan.genre, plan.sections
    desks = [
        strip(_stream(wish, genre, f"strip {m.label}"), plan.desk, m.label, m.role.role, m.instrument) for m in members
    ]
    first = min(
        (m.role.enter for m in members if m.role.role not in ("percussion", "counter")), default=1.0
    )  # fmt: skip
    chance = [_stream(wish, genre, f"{m.label} {rolls.get(m.label, 0)}") for m in members]
    players = [
        Player(
            rng, m.role, m.instrument, plan.genre, plan.mood, plan.key.mode, plan.key.tonic, plan.bar, plan.compound,
            plan.sparse, plan.wish.theme,
        )
        for rng, m in zip(chance, members, strict=True)
    ]  # fmt: skip
    end, guide = sections[-1].end, wish.guide
    melody = [note for note in melody_notes(guide, plan.quarter) if note.start < end - 1e-6]
    lead: list[list[Note]] = [[note for note in _given_lead(plan.wish) if s.start <= note.start < s.end]
                              for s in sections]  # fmt: skip
    lines: list[list[list[Note]]] = []
    for player, member in zip(players, members, strict=True):
        lines.append(_sections_of(plan, player, member, lead, first))
        if player.role.role == "lead":
            lines[-1] = _guided(lines[-1], melody, plan)
            lead = [[*before, *played] for before, played in zip(lead, lines[-1], strict=True)]
            melody = []  # one plays it
    if not plan.wish.keep and not any(section.playing for section in plan.wish.sections):
        _never_silent(players, lines, sections, plan.harmony)
    kept_parts = [_kept_part(plan, part) for part in plan.wish.keep if part.notes]
    parts = []
    for rng, desk, played in zip(chance, desks, lines, strict=True):
        notes = [note for line in played for note in line]
        if notes:
            parts.append(_performed(rng, plan, desk, notes))
    struck = with_accents(parts, [chord for section in plan.harmony for chord in section], guide, plan.quarter, end)
    return tuple(with_swell(part, guide, plan.quarter, end) for part in (*kept_parts, *struck))


def _guided(line: list[list[Note]], melody: Sequence[Note], plan: Plan) -> list[list[Note]]:
    """What the lead plays in each section, with the guide's melody in its place."""
    if not melody:
        return line
    notes = with_melody([note for played in line for note in played], melody, plan.wish.guide, plan.quarter)
    return [[note for note in notes if section.start - 1e-6 <= note.start < section.end - 1e-6]
            for section in plan.sections]  # fmt: skip


def _sections_of(
    plan: Plan, player: Player, member: Member, lead: Sequence[Sequence[Note]], first: float
) -> list[list[Note]]:
    """What a player plays in each section, where the wish lets it play."""
    count = len(plan.sections)
    result: list[list[Note]] = []
    for index, section in enumerate(plan.sections):
        playing = plan.wish.sections[index].playing if plan.wish.sections else ()
        if playing and not any(term in playing for term in (member.instrument, player.family, member.role.role)):
            result.append([])
            continue
        stretch = replace(section, density=max(section.density, player.enter + 0.05)) if playing else section
        result.append(player.section(stretch, plan.harmony[index], lead[index], first, index, count))
    return result


def _given_lead(wish: Wish) -> Sequence[Note]:
    return next((part.notes for part in wish.keep if part.role == "lead"), ())


def _kept_part(plan: Plan, source: KeptPart) -> Part:
    """A part that was given, with a place in the mix."""
    desk = strip(
        _stream(plan.wish, plan.genre, f"strip {source.name}"), plan.desk, source.name, source.role, source.instrument
    )  # fmt: skip
    end = plan.sections[-1].end
    return replace(desk, notes=tuple(note for note in source.notes if note.start < end - 1e-6))


def _performed(rng: Random, plan: Plan, part: Part, notes: Sequence[Note]) -> Part:
    """The part with its notes as this player plays them."""
    genre, role = plan.genre, part.role
    spread = genre.loose / plan.quarter * (0.6 if role in ("drums", "bass") else 1.0)
    late = 0.0
    if genre.loose > 0.005:
        # a player is a little ahead or behind of the others, and stays so
        late = rng.uniform(-0.004, 0.004) if role == "drums" else rng.uniform(-0.003, 0.013)
    dynamics = 0.0 if genre.loose == 0 else 3.0 if genre.loose < 0.004 else 6.0
    force = int(16 * (plan.mood.energy - 0.5))
    louder = [note._replace(velocity=note.velocity + force) for note in notes]
    if genre.loose > 0 and role != "drums":
        louder = phrased(louder, plan.bar, 2 * dynamics)
    played = humanised(
        rng, louder, late=late / plan.quarter, spread=spread, dynamics=dynamics, swing=plan.swing, unit=genre.unit
    )  # fmt: skip
    if role == "lead":
        played = as_given(played, plan.wish.guide, plan.quarter)
    part = replace(part, notes=played)
    return expressed(rng, part, genre, [chord for section in plan.harmony for chord in section], plan.quarter)


def _never_silent(
    players: Sequence[Player],
    played: list[list[list[Note]]],
    sections: Sequence[Section],
    harmony: Sequence[Sequence[Chord]],
) -> None:
    """Lets the player of chords, or who comes nearest to one, play where no pitched one would."""
    order = {role: rank for rank, role in enumerate(("chords", "pad", "arp", "counter", "lead", "bass"))}
    pitched = [index for index, player in enumerate(players) if player.role.role in order]
    if not pitched:
        return
    chosen = min(pitched, key=lambda index: order[players[index].role.role])
    for number, section in enumerate(sections):
        if any(played[index][number] for index in pitched):
            continue
        full = replace(section, name="verse", density=1.0)
        played[chosen][number] = players[chosen].section(full, harmony[number], [], 0.0, number, len(sections))
