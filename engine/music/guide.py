"""`Guide`: what music shall follow in time: a melody, chords, accents, a swell, and words; each alone or together.

Times are in seconds from where the new music begins. Each part holds only where it says something: a guide may have a
melody for two seconds of ten, and chords for others.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from engine.errors import EngineError
from engine.music.chords import Chord, parse_chord

if TYPE_CHECKING:
    import numpy as np

MOST = 10_000
"""Entries of each part at most."""
LONGEST = 3600.0
"""Seconds that a guide reaches at most."""
LOUDEST, SOFTEST = 12.0, -60.0
"""Decibels of a swell."""
SOON = 0.35
"""Seconds; see `Guide.prompt_at`."""
REST = 2.0
"""Seconds of silence up to which a pause belongs to the melody; during a longer one the melody is free."""


class GuidePart(StrEnum):
    """The parts of a guide, as fields of `Guide`."""

    MELODY = "melody"
    CHORDS = "chords"
    ACCENTS = "accents"
    SWELL = "swell"
    WORDS = "words"


PART_NAMES = {
    GuidePart.MELODY: "a melody",
    GuidePart.CHORDS: "chords",
    GuidePart.ACCENTS: "accents",
    GuidePart.SWELL: "a swell",
    GuidePart.WORDS: "words at times",
}
"""The parts in a sentence."""


@dataclass(frozen=True, slots=True)
class MelodyNote:
    """A note of a melody from `start` on, for `length` seconds. pitch: MIDI's."""

    start: float
    length: float
    pitch: int

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord from `start` on, for `length` seconds. symbol: as `parse_chord` reads it, such as “Am7”."""

    start: float
    length: float
    symbol: str

    @property
    def end(self) -> float:
        """Where it ends, in seconds."""
        return self.start + self.length

    @property
    def chord(self) -> Chord:
        """The chord itself, at the same times as numbers."""
        return parse_chord(self.symbol, self.start, self.length)


@dataclass(frozen=True, slots=True)
class Accent:
    """A stroke. strength: 0 to 1."""

    time: float
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class SwellPoint:
    """How loud the music is at a time, in decibels beside its usual level; lines in between."""

    time: float
    gain_db: float


@dataclass(frozen=True, slots=True)
class TimedPrompt:
    """A prompt that is heard from `time` on, in place of the one before."""

    time: float
    prompt: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What music shall follow. Every part is in the order of time; notes of the melody do not overlap.

    Raises:
        EngineError: a time, a pitch, a chord or a level is none.
    """

    melody: tuple[MelodyNote, ...] = ()
    chords: tuple[ChordSpan, ...] = ()
    accents: tuple[Accent, ...] = ()
    swell: tuple[SwellPoint, ...] = ()
    words: tuple[TimedPrompt, ...] = ()

    def __post_init__(self) -> None:
        for part in GuidePart:
            _check_times(part, [_time(each) for each in getattr(self, part)])
        _check_spans(self.melody)
        _check_spans(self.chords)
        for note in self.melody:
            if not 0 <= note.pitch <= 127:
                raise EngineError(f"A note of the melody has the pitch {note.pitch}: give 0 to 127.")
        for span in self.chords:
            parse_chord(span.symbol)
        for accent in self.accents:
            if not 0 < accent.strength <= 1:
                raise EngineError(f"An accent has the strength {accent.strength:g}: give more than 0 and at most 1.")
        for point in self.swell:
            if not SOFTEST <= point.gain_db <= LOUDEST:
                raise EngineError(
                    f"The swell has {point.gain_db:g} dB at {point.time:g} s: give {SOFTEST:g} to {LOUDEST:g} dB."
                )

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def parts(self) -> tuple[GuidePart, ...]:
        """The parts that say something."""
        return tuple(part for part in GuidePart if getattr(self, part))

    @property
    def end(self) -> float:
        """Seconds after which no note, chord, accent, point or prompt begins or lasts."""
        ends = [*(note.end for note in self.melody), *(span.end for span in self.chords)]
        times = [_time(each) for part in (self.accents, self.swell, self.words) for each in part]
        return max(0.0, *ends, *times)

    def only(self, parts: Iterable[GuidePart]) -> "Guide":
        """The guide with these parts alone."""
        return Guide(**{part: getattr(self, part) for part in parts})

    def without(self, parts: Iterable[GuidePart]) -> "Guide":
        """The guide without these parts."""
        return replace(self, **dict.fromkeys(parts, ()))

    def between(self, first: float, last: float) -> "Guide":
        """What is said of a stretch, in seconds from `first` on.

        Notes and chords are cut at its edges; the swell and the prompt that hold at its beginning begin there.
        """
        swell = tuple(replace(each, time=each.time - first) for each in self.swell if first <= each.time <= last)
        if self.swell:
            start, end = (float(level) for level in self.swell_db((first, last)))
            if self.swell[0].time < first and not (swell and swell[0].time == 0.0):
                swell = (SwellPoint(0.0, start), *swell)
            if self.swell[-1].time > last and swell[-1].time < last - first:
                swell = (*swell, SwellPoint(last - first, end))
            swell = swell or (SwellPoint(0.0, start),)
        words = tuple(replace(each, time=max(each.time - first, 0.0)) for each in self.words if each.time < last)
        before = sum(each.time == 0.0 for each in words)
        return Guide(
            _cut(self.melody, first, last),
            _cut(self.chords, first, last),
            tuple(replace(each, time=each.time - first) for each in self.accents if first <= each.time < last),
            swell,
            words[max(before - 1, 0) :],
        )

    def later(self, seconds: float) -> "Guide":
        """All of it so much later; what would come before the beginning is left out, as `between` does."""
        if seconds <= 0:
            return self.between(-seconds, LONGEST) if seconds < 0 else self
        return Guide(
            tuple(replace(each, start=each.start + seconds) for each in self.melody),
            tuple(replace(each, start=each.start + seconds) for each in self.chords),
            tuple(replace(each, time=each.time + seconds) for each in self.accents),
            tuple(replace(each, time=each.time + seconds) for each in self.swell),
            tuple(replace(each, time=each.time + seconds) for each in self.words),
        )

    def with_stretch(self, first: float, part: "Guide") -> "Guide":
        """The guide until `first`, and from there on another one, whose times count from there."""
        after = part.later(first)
        return Guide(
            (*_cut(self.melody, 0.0, first), *after.melody),
            (*_cut(self.chords, 0.0, first), *after.chords),
            (*(each for each in self.accents if each.time < first), *after.accents),
            (*(each for each in self.swell if each.time < first), *after.swell),
            (*(each for each in self.words if each.time < first), *after.words),
        )

    def backwards(self, seconds: float) -> "Guide":
        """The swell of the first so many seconds as it is when time runs backwards; nothing else."""
        swell = self.only((GuidePart.SWELL,)).between(0.0, seconds).swell
        return Guide(swell=tuple(replace(each, time=max(seconds - each.time, 0.0)) for each in swell[::-1]))

    def swell_db(self, times: "Sequence[float] | np.ndarray") -> "np.ndarray":
        """The swell's decibels at times in seconds, float64; before its first point and after its last it stays."""
        import numpy as np  # the shell reads what it is told without it

        if not self.swell:
            return np.zeros(len(times))
        return np.interp(np.asarray(times), [each.time for each in self.swell], [each.gain_db for each in self.swell])

    def melody_spans(self) -> tuple[tuple[float, float], ...]:
        """From where to where the melody is said, in seconds: its phrases, pauses up to `REST` among them."""
        spans: list[tuple[float, float]] = []
        for note in self.melody:
            if spans and note.start - spans[-1][1] <= REST:
                spans[-1] = spans[-1][0], max(note.end, spans[-1][1])
            else:
                spans.append((note.start, note.end))
        return tuple(spans)

    def prompt_at(self, time: float, first: str) -> str:
        """The prompt of a step of music that begins at a time; `first` before any of the guide's.

        One that comes up to `SOON` seconds later is meant for that step.
        """
        return next((each.prompt for each in reversed(self.words) if each.time <= time + SOON), first)

    def to_values(self) -> dict[str, Any]:
        """As plain JSON values: for each part that says something a list of its entries' fields in their order."""
        return {
            part.value: [[getattr(each, field.name) for field in fields(each)] for each in getattr(self, part)]
            for part in self.parts
        }


_ENTRIES: dict[GuidePart, type] = {
    GuidePart.MELODY: MelodyNote,
    GuidePart.CHORDS: ChordSpan,
    GuidePart.ACCENTS: Accent,
    GuidePart.SWELL: SwellPoint,
    GuidePart.WORDS: TimedPrompt,
}


def guide_of(values: Mapping[str, Any]) -> Guide:
    """What `Guide.to_values` gave.

    Raises:
        EngineError: a value is out of its range.
        TypeError, ValueError: it is damaged.
    """
    parts: dict[str, Any] = {}
    for name, rows in values.items():
        kind = _ENTRIES[GuidePart(name)]
        parts[name] = tuple(kind(*(_typed(field.type, value) for field, value in zip(fields(kind), row, strict=True)))
                            for row in rows)  # fmt: skip
    return Guide(**parts)


def _typed(kind: Any, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str if kind is str else (int, float)):
        raise TypeError(f"{value!r:.40} in a guide")
    return kind(value)


def line_of(notes: Iterable[MelodyNote]) -> tuple[MelodyNote, ...]:
    """The highest voice of notes that may sound together; a note ends where the next one begins."""
    line: list[MelodyNote] = []
    for note in sorted(notes, key=lambda each: (each.start, -each.pitch)):
        if line and note.start - line[-1].start < 0.03:
            continue  # sounds with a higher one
        if line and note.start < line[-1].end:
            if note.pitch < line[-1].pitch and line[-1].end - note.start > 0.1:
                continue  # under a note that goes on
            line[-1] = replace(line[-1], length=note.start - line[-1].start)
        line.append(note)
    return tuple(line)


def parse_swell(text: str) -> tuple[SwellPoint, ...]:
    """A swell written as “0:-12, 8:0”: seconds and decibels.

    Raises:
        EngineError: it is none.
    """
    points = []
    for item in filter(str.strip, text.split(",")):
        time, _, level = item.partition(":")
        try:
            points.append(SwellPoint(float(time), float(level)))
        except ValueError:
            raise EngineError(
                f"“{item.strip()}” is no point of a swell: write seconds and decibels, such as “0:-12, 8:0”."
            ) from None
    if not points:
        raise EngineError("The swell has no points: write seconds and decibels, such as “0:-12, 8:0”.")
    return tuple(sorted(points, key=lambda each: each.time))


def parse_chords(text: str, seconds: float, bar: float | None = None) -> tuple[ChordSpan, ...]:
    """Chords written as “Am F C G” or “0:Am 2.5:F”, for `seconds` of music.

    Args:
        text: the chords; with times, each lasts until the next.
        seconds: where the last one ends.
        bar: seconds of a bar; chords without times are one a bar and return until the end. None: they share it evenly.

    Raises:
        EngineError: one is no chord, or there is none.
    """
    items = text.replace(",", " ").replace("|", " ").split()
    if not items:
        raise EngineError("No chord is named: write chords as “Am F C G”, or with seconds as “0:Am 2:F”.")
    if not any(":" in item for item in items):
        length = bar or seconds / len(items)
        count = max(1, math.ceil(seconds / length - 1e-6))
        starts = [number * length for number in range(count)]
        symbols = [items[number % len(items)] for number in range(count)]
    else:
        try:
            starts = [float(item.partition(":")[0]) for item in items]
        except ValueError:
            raise EngineError(f"“{text}” mixes chords with and without seconds: write “0:Am 2:F”.") from None
        symbols = [item.partition(":")[2] for item in items]
    spans = zip(starts, [*starts[1:], seconds], symbols, strict=True)
    return tuple(ChordSpan(start, end - start, symbol) for start, end, symbol in spans if start < seconds)


def parse_prompts(items: Sequence[str]) -> tuple[TimedPrompt, ...]:
    """Prompts written as “8:with drums”: from which second on, and what.

    Raises:
        EngineError: one has no time.
    """
    prompts = []
    for item in items:
        time, _, prompt = item.partition(":")
        try:
            prompts.append(TimedPrompt(float(time), prompt.strip()))
        except ValueError:
            raise EngineError(f"“{item}” has no time: write seconds and a prompt, such as “8:with drums”.") from None
    return tuple(sorted(prompts, key=lambda each: each.time))


def _time(entry: Any) -> float:
    """When an entry of any part begins, in seconds."""
    return float(entry.start if isinstance(entry, (MelodyNote, ChordSpan)) else entry.time)


def _check_times(part: GuidePart, times: Sequence[float]) -> None:
    name = PART_NAMES[part]
    if len(times) > MOST:
        raise EngineError(f"A guide has {name} of {len(times):,} entries: give at most {MOST:,}.")
    for time in times:
        if not 0 <= time <= LONGEST:
            raise EngineError(f"A guide has {name} at {time:g} s: give times from 0 to {LONGEST:,.0f} s.")
    if any(after < before for before, after in pairwise(times)):
        raise EngineError(f"A guide has {name} that are not in the order of time: sort them.")


def _check_spans(spans: Sequence[MelodyNote] | Sequence[ChordSpan]) -> None:
    for span in spans:
        if not 0 < span.length <= LONGEST:
            raise EngineError(f"At {span.start:g} s a guide lasts {span.length:g} s: give more than 0.")
    for before, after in pairwise((span.start, span.end) for span in spans):
        if after[0] < before[1] - 1e-6:
            raise EngineError(f"At {after[0]:g} s a guide says two things at once: end one before the next begins.")


_Span = TypeVar("_Span", MelodyNote, ChordSpan)


def _cut(spans: Sequence[_Span], first: float, last: float) -> tuple[_Span, ...]:
    """What of notes or chords lies in a stretch, in seconds from `first` on."""
    cut = []
    for span in spans:
        start, end = max(span.start, first), min(span.end, last)
        if end - start > 1e-3:
            cut.append(replace(span, start=start - first, length=end - start))
    return tuple(cut)


NO_GUIDE = Guide()
"""Nothing to follow."""
