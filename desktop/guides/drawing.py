"""Changes of a guide by hand: each takes a guide and gives another one. Times are seconds. Nothing here knows Qt."""

from dataclasses import replace

from engine.music.chords import parse_chord
from engine.music.guide import (
    LOUDEST,
    SOFTEST,
    Accent,
    ChordSpan,
    Guide,
    GuidePart,
    MelodyNote,
    SwellPoint,
    TimedPrompt,
)

SHORTEST = 0.03
"""Seconds under which nothing is left of a note or a chord."""


def with_note(guide: Guide, note: MelodyNote) -> Guide:
    """The guide with a note; what it covers of others gives way."""
    notes: list[MelodyNote] = []
    for other in guide.melody:
        before, after = note.start - other.start, other.end - note.end
        if other.end <= note.start or other.start >= note.end:
            notes.append(other)
        elif before >= SHORTEST:
            notes.append(replace(other, length=before))
        elif after >= SHORTEST and before > 0:
            notes.append(MelodyNote(note.end, after, other.pitch))
    return replace(guide, melody=tuple(sorted((*notes, note), key=lambda each: each.start)))


def with_chord(guide: Guide, start: float, length: float, symbol: str) -> Guide:
    """The guide with a chord from `start` on, until the next one or for `length` seconds; an empty one removes it.

    A chord that begins there already is renamed and keeps its length; one that sounds there ends.

    Raises:
        EngineError: the symbol is no chord.
    """
    here = next((each for each in guide.chords if abs(each.start - start) < SHORTEST), None)
    rest = [each for each in guide.chords if each is not here]
    if not symbol.strip():
        return replace(guide, chords=tuple(rest))
    parse_chord(symbol)
    following = min((each.start for each in rest if each.start > start), default=start + length)
    span = ChordSpan(start, here.length if here else max(min(length, following - start), SHORTEST), symbol.strip())
    cut = [replace(each, length=start - each.start) if each.start < start < each.end else each for each in rest]
    return replace(guide, chords=tuple(sorted((*cut, span), key=lambda each: each.start)))


def with_accent(guide: Guide, time: float, reach: float) -> Guide:
    """The guide with an accent at a time, or without the one within `reach` seconds of it."""
    near = [each for each in guide.accents if abs(each.time - time) <= reach]
    accents = [each for each in guide.accents if each not in near] if near else [*guide.accents, Accent(time)]
    return replace(guide, accents=tuple(sorted(accents, key=lambda each: each.time)))


def with_point(guide: Guide, time: float, gain_db: float, instead: SwellPoint | None = None) -> Guide:
    """The guide with a point of its swell, in the place of another one if one is given."""
    point = SwellPoint(time, min(max(gain_db, SOFTEST), LOUDEST))
    points = [each for each in guide.swell if each != instead and abs(each.time - time) > 1e-6]
    return replace(guide, swell=tuple(sorted((*points, point), key=lambda each: each.time)))


def with_words(guide: Guide, time: float, prompt: str) -> Guide:
    """The guide with a prompt from a time on; an empty one removes what begins there."""
    words = [each for each in guide.words if abs(each.time - time) > SHORTEST]
    if prompt.strip():
        words.append(TimedPrompt(time, " ".join(prompt.split())))
    return replace(guide, words=tuple(sorted(words, key=lambda each: each.time)))


def entry_at(guide: Guide, part: GuidePart, time: float, reach: float) -> object | None:
    """What a part says at a time: a note or chord that sounds there, or what is within `reach` seconds."""
    if part is GuidePart.MELODY:
        return next((each for each in guide.melody if each.start <= time < each.end), None)
    if part is GuidePart.CHORDS:
        return next((each for each in guide.chords if each.start <= time < each.end), None)
    entries = [
        *(guide.accents if part is GuidePart.ACCENTS else guide.swell if part is GuidePart.SWELL else guide.words)
    ]
    near = [each for each in entries if abs(each.time - time) <= reach]
    return min(near, key=lambda each: abs(each.time - time), default=None)


def without_entry(guide: Guide, part: GuidePart, entry: object) -> Guide:
    """The guide without one thing that it says."""
    return replace(guide, **{part.value: tuple(each for each in getattr(guide, part) if each != entry)})


def followed_share(guide: Guide, heard: tuple[MelodyNote, ...], step: float = 0.04) -> float | None:
    """The share of the melody's time in which a note of its pitch class is heard; None without a melody."""
    right = count = 0
    for note in guide.melody:
        for number in range(max(round(note.length / step), 1)):
            time = note.start + (number + 0.5) * step
            count += 1
            right += any(each.start <= time < each.end and (each.pitch - note.pitch) % 12 == 0 for each in heard)
    return right / count if count else None


def merged(guide: Guide, other: Guide) -> Guide:
    """The guide with those parts of another one that say something in the place of its own."""
    return replace(guide, **{part.value: getattr(other, part) for part in other.parts})
