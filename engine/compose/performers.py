"""A player: chooses patterns and tunes once, keeps to them, and plays each section by its density."""

from collections.abc import Sequence
from random import Random

from engine.compose.expression import strummed
from engine.compose.genres import Genre, Role
from engine.compose.idioms import BASS, CHORDS, DEFAULTS, bass_line, chord_part, walking
from engine.compose.instruments import INSTRUMENTS
from engine.compose.melody import Tune, answer, phrase, related, tune
from engine.compose.moods import Mood
from engine.compose.rhythm import GROOVES, drum_section
from engine.compose.score import Section
from engine.compose.theme import themed
from engine.compose.wish import family_of
from engine.music.chords import Chord
from engine.music.notes import Note

_RANGES = {"chords": (50, 76), "pad": (48, 76), "arp": (55, 84), "lead": (60, 86), "counter": (52, 76)}
_STRUMMED = ("steel guitar", "nylon guitar", "clean guitar", "overdriven guitar", "distorted guitar", "harp")
_POWER = ("overdriven guitar", "distorted guitar")
_ROLLING = ("house", "techno", "trance", "drum and bass", "synthwave", "pop", "rock", "metal", "disco", "latin")
_SAME = {"intro": "verse", "outro": "verse", "break": "chorus", "build": "chorus"}


class Player:
    """One part of one piece while it is being composed."""

    def __init__(
        self,
        rng: Random,
        role: Role,
        instrument: str,
        genre: Genre,
        mood: Mood,
        mode: str,
        tonic: int,
        bar: float,
        compound: bool,
        sparse: bool,
        theme: Sequence[Note] = (),
    ) -> None:
        self.rng, self.role, self.instrument, self.genre, self.mood = rng, role, instrument, genre, mood
        self.mode, self.tonic, self.bar, self.compound, self.sparse = mode, tonic, bar, compound, sparse
        self.theme = theme
        self.family = family_of(instrument)
        self.idiom = rng.choice(role.idioms)
        self.seed = rng.random()
        self.enter = role.enter + rng.uniform(-0.06, 0.06)
        self.tunes: dict[str, Tune] = {}
        self.patterns: dict[str, str] = {}
        self.grooves: dict[str, tuple[str, ...]] = {}

    def section(
        self, section: Section, harmony: Sequence[Chord], lead: Sequence[Note], first: float, index: int, count: int
    ) -> list[Note]:
        """What it plays in a section; nothing if the section is too thin for it.

        Args:
            section: when, and how dense.
            harmony: the section's chords.
            lead: what the lead plays there.
            first: density from which the first player enters; that one always plays.
            index: number of the section.
            count: number of all sections.
        """
        density = max(section.density, first + 0.07)
        if self.role.role in ("drums", "percussion", "bass") and section.name == "break" and self.genre.form == "club":
            return []
        if density < self.enter:
            if (
                section.density + 0.12 < self.enter
                or section.length < 8 * self.bar
                or section.name in ("intro", "break")
            ):
                return []
            # joins half-way
            half = round(section.length / self.bar / 2) * self.bar
            later = [chord for chord in harmony if chord.end > section.start + half + 1e-6]
            first_chord = later[0]
            if first_chord.start < section.start + half - 1e-6:
                return []
            section = Section(section.name, section.start + half, section.length - half, self.enter)
            harmony = later
        bars = round(section.length / self.bar)
        kind = _SAME.get(section.name, section.name)
        last = index == count - 1
        match self.role.role:
            case "drums" | "percussion":
                return self._drums(section, bars, kind, index, last)
            case "bass":
                return self._bass(section, harmony, bars, kind)
            case "lead" if section.name not in ("intro", "build") or self.enter < 0.3:
                return self._lead(section, harmony, bars, kind)
            case "counter" if self.idiom == "melody":
                low, high = self._range()
                return answer(self.rng, lead, harmony, low, high, self.bar)
            case "lead":
                return []
            case _:
                return self._chords(section, harmony, bars, kind)

    def _range(self) -> tuple[int, int]:
        low, high = _RANGES[self.role.role]
        shift = self.mood.register
        instrument = INSTRUMENTS[self.instrument]
        low, high = max(low + shift, instrument.low), min(high + shift, instrument.high)
        if high - low < 16:  # an instrument of another register plays where it can
            low = max(instrument.low, min(low, instrument.high - 19))
            high = min(instrument.high, low + 22)
        return low, high

    def _groove(self, kind: str) -> tuple[str, ...]:
        if kind not in self.grooves:
            if self.bar != 4.0:
                jazz = self.idiom in ("swing", "brush")
                name = "sixeight" if self.compound else "jazzwaltz" if jazz else "waltz"
                if self.role.role == "percussion":
                    name = "percussion3"
            else:
                name = self.idiom
            options = GROOVES[name]
            if self.role.role == "percussion" and self.instrument in ("shaker", "tambourine"):
                line = {"shaker": ("A", "xoxoxoxoxoxoxoxo"), "tambourine": ("T", "..x...x...x...x.")}[self.instrument]
                options = (line,) if self.bar == 4.0 else options
            others = list(self.grooves.values())
            self.grooves[kind] = others[0] if others and self.rng.random() < 0.6 else self.rng.choice(options)
        return self.grooves[kind]

    def _drums(self, section: Section, bars: int, kind: str, index: int, last: bool) -> list[Note]:
        if self.role.role == "percussion":
            fills, crash = 0.0, False
        else:
            fills = 0.0 if last else self.genre.fills
            crash = section.density > 0.6 and index > 0 and self.genre.name not in ("hip hop", "bossa nova", "jazz")
        return drum_section(
            self.rng, self._groove(kind), section.start, bars, self.bar, density=section.density,
            ghosts=self.genre.ghosts, fills=fills, crash=crash,
            build=section.name == "build" and self.role.role == "drums" and self.genre.name in _ROLLING,
        )  # fmt: skip

    def _pattern(self, kind: str, table: dict[str, tuple[str, ...]]) -> str:
        if kind not in self.patterns:
            name = self.idiom
            if self.bar != 4.0 and name not in ("whole", "swell", "walking"):
                defaults = DEFAULTS[1.5 if self.compound else 3.0]
                if table is BASS:
                    name = defaults["bass"][0]
                else:
                    plucked = name in ("alberti", "roll", "arpeggio", "sixteen", "picking", "chip", "trance")
                    name = (defaults["arp"] if plucked else defaults["chords"])[0]
            others = list(self.patterns.values())
            self.patterns[kind] = others[0] if others and self.rng.random() < 0.5 else self.rng.choice(table[name])
        return self.patterns[kind]

    def _bass(self, section: Section, harmony: Sequence[Chord], bars: int, kind: str) -> list[Note]:
        low = max(INSTRUMENTS[self.instrument].low, 28)
        if self.instrument in ("sub bass", "808 bass"):
            low = 28
        high = low + 24
        if self.idiom == "walking" and not self.compound:
            return walking(self.rng, harmony, section.start, bars, self.bar, low, high)
        pattern = self._pattern(kind, BASS) if section.density > 0.3 else ("R" + "-" * 15)
        return bass_line(self.rng, harmony, pattern, section.start, bars, self.bar, low, high)

    def _chords(self, section: Section, harmony: Sequence[Chord], bars: int, kind: str) -> list[Note]:
        low, high = self._range()
        if (
            self.idiom in ("folk", "ballad", "picking", "alberti", "roll", "shuffle", "bubble")
            and self.role.role != "arp"
        ):
            low = max(low - 7, INSTRUMENTS[self.instrument].low)
        power = self.instrument in _POWER and self.idiom in ("chug", "metal", "power", "sixteen")
        if power:
            low = 40
        notes = chord_part(
            harmony, self._pattern(kind, CHORDS), section.start, bars, self.bar, low, high,
            size=3 if self.role.role in ("pad", "arp") and self.genre.notes < 5 else 4,
            rootless=self.genre.notes >= 4 and (self.genre.form != "drift" or self.role.role != "pad"),
            power=power,
        )  # fmt: skip
        return strummed(notes, 0.012 if power else 0.03) if self.instrument in _STRUMMED else notes

    def _lead(self, section: Section, harmony: Sequence[Chord], bars: int, kind: str) -> list[Note]:
        if self.idiom != "melody":
            return self._chords(section, harmony, bars, kind)
        if kind not in self.tunes:
            busy = min(
                max(self.rng.choice(self.genre.busy) + (self.mood.motion if self.rng.random() < 0.5 else 0), 0), 2
            )
            if section.name == "solo":
                busy = min(busy + 1, 2)
            if self.tunes and kind in ("chorus", "head", "bridge"):
                source = next(iter(self.tunes.values()))
                self.tunes[kind] = related(self.rng, source, 2 if kind == "chorus" else -1)
            else:
                self.tunes[kind] = tune(self.rng, self.bar, busy, self.compound)
        low, high = self._range()
        legato = 0.98 if INSTRUMENTS[self.instrument].family in ("strings", "woodwind", "brass") else 0.9
        if self.theme:
            return themed(
                Random(f"{self.seed} {kind}"), self.theme, self.tunes[kind], harmony, section.start, bars, self.bar,
                tonic=self.tonic, mode=self.mode, low=low, high=high, sparse=self.sparse, legato=legato,
            )  # fmt: skip
        # the same tune over the same chords comes out the same: that is what makes it return
        return phrase(
            Random(f"{self.seed} {kind}"), self.tunes[kind], harmony, section.start, bars, self.bar, tonic=self.tonic,
            mode=self.mode, low=low, high=high, sparse=self.sparse, velocity=88,
            legato=legato,
        )  # fmt: skip
