"""Melodies from motifs: a motif is stated, repeated, sequenced or answered, and a phrase ends on a chord tone."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from engine.music.chords import Chord, nearest
from engine.music.notes import Note
from engine.music.scales import SCALES, pentatonic

# Rhythms of one bar: quarter notes, negative for rests, by bar length and how busy they are (0 calm, 1 medium, 2 busy).
_RHYTHMS: dict[float, tuple[tuple[tuple[float, ...], ...], ...]] = {
    4.0: (
        ((4,), (2, 2), (3, 1), (-1, 3), (2, 1, 1), (-2, 2), (1, 3), (1.5, 2.5), (-1, 1, 2)),
        (
            (1, 1, 1, 1), (1.5, 0.5, 1, 1), (1, 0.5, 0.5, 2), (-0.5, 0.5, 1, 1, 1), (1.5, 1.5, 1), (0.5, 0.5, 1, -1, 1),
            (-1, 0.5, 0.5, 1, 1), (1, 1, 0.5, 1.5), (0.5, 1, 0.5, 2), (1.5, 0.5, -0.5, 0.5, 1), (-0.5, 1, 0.5, 2),
        ),
        (
            (0.5, 0.5, 0.5, 0.5, 1, 1), (0.5, 0.5, 1, 0.5, 0.5, 1), (-0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1),
            (0.75, 0.75, 0.5, 0.5, 0.5, 1), (0.5, 0.25, 0.25, 0.5, 0.5, 1, 1), (1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
            (0.75, 0.25, 0.5, 0.5, 0.75, 0.25, 1), (0.5, 1, 0.5, 0.5, 1, -0.5), (-0.5, 0.5, 0.5, 1, 0.5, 1),
        ),
    ),
    3.0: (
        ((3,), (2, 1), (1, 2), (-1, 2), (1.5, 1.5)),
        ((1, 1, 1), (1.5, 0.5, 1), (2, 0.5, 0.5), (-1, 1, 1), (1, 0.5, 1.5), (1.5, 1.5), (1, 2)),
        ((0.5, 0.5, 0.5, 0.5, 1), (1, 0.5, 0.5, 0.5, 0.5), (1.5, 0.5, 0.5, 0.5), (-0.5, 0.5, 1, 0.5, 0.5)),
    ),
}  # fmt: skip
_COMPOUND: tuple[tuple[tuple[float, ...], ...], ...] = (
    ((3,), (1.5, 1.5), (-1.5, 1.5), (1, 2)),
    ((1, 0.5, 1, 0.5), (1.5, 1, 0.5), (1, 0.5, 1.5), (1.5, 0.5, 0.5, 0.5), (-0.5, 1, 1.5)),
    ((0.5, 0.5, 0.5, 1, 0.5), (0.5,) * 6, (1, 0.5, 0.5, 0.5, 0.5), (0.5, 0.5, 0.5, 1.5)),
)


@dataclass(frozen=True, slots=True)
class Motif:
    """One bar: when notes sound and how they step through the scale, the first one counted from the phrase's level."""

    rhythm: tuple[float, ...]
    steps: tuple[int, ...]  # one a sounding note, relative to the one before


def motif(rng: Random, bar: float, busy: int, compound: bool) -> Motif:
    """A new motif: mostly steps, an occasional leap that is answered by a step back."""
    rhythm = rng.choice((_COMPOUND if compound else _RHYTHMS[bar])[busy])
    direction = rng.choice((-1, 1))
    steps: list[int] = []
    for index in range(sum(value > 0 for value in rhythm)):
        if index == 0:
            steps.append(0)
        elif steps and abs(steps[-1]) > 2:
            steps.append(-1 if steps[-1] > 0 else 1)
        else:
            size = rng.choices((0, 1, 2, 3, 4), (2, 9, 4, 1.5, 0.6))[0]
            if rng.random() < 0.3:
                direction = -direction
            steps.append(size * direction)
    return Motif(rhythm, tuple(steps))


def varied(rng: Random, source: Motif) -> Motif:
    """The same motif with its end changed, or one note split in two."""
    steps = list(source.steps)
    rhythm = list(source.rhythm)
    if rng.random() < 0.6 or max(rhythm) < 1:
        if len(steps) > 1:
            steps[-1] = -steps[-1] or rng.choice((-1, 1))
    else:
        index = max(range(len(rhythm)), key=lambda i: rhythm[i])
        sounding = sum(value > 0 for value in rhythm[:index])
        half = rhythm[index] / 2
        rhythm[index : index + 1] = [half, half]
        steps.insert(sounding + 1, rng.choice((-1, 1)))
    return Motif(tuple(rhythm), tuple(steps))


FORMS = ("a a b c", "a b a c", "a + + c", "a - - c", "a a + c", "a v a c", "a b v c", "a + a c", "a . a c", "a v . c")
"""A phrase of four bars: `a` the motif, `b` its answer, `+` and `-` a step higher or lower, `v` varied, `.` rest, `c`
the cadence."""


@dataclass(frozen=True, slots=True)
class Tune:
    """What returns in every section of one kind."""

    motif: Motif
    answer: Motif
    form: str
    level: int  # scale steps above the range's middle


def tune(rng: Random, bar: float, busy: int, compound: bool) -> Tune:
    """A tune for one kind of section."""
    first = motif(rng, bar, busy, compound)
    answer = motif(rng, bar, max(0, busy - (rng.random() < 0.4)), compound)
    return Tune(first, answer, rng.choice(FORMS), rng.choice((-2, -1, 0, 1, 2)))


def related(rng: Random, source: Tune, lift: int) -> Tune:
    """A tune for another section that shares the motif: varied, in another form, `lift` scale steps higher."""
    return Tune(varied(rng, source.motif), source.answer, rng.choice(FORMS), source.level + lift)


def phrase(
    rng: Random,
    source: Tune,
    harmony: Sequence[Chord],
    start: float,
    bars: int,
    bar: float,
    *,
    tonic: int,
    mode: str,
    low: int,
    high: int,
    velocity: int = 84,
    sparse: bool = False,
    legato: float = 0.92,
) -> list[Note]:
    """Plays a tune over a section's chords.

    Strong and long notes are chord tones; the others step through the scale (its five mild notes if `sparse`), bent to
    the chord where the chord leaves the scale. The last bar of each phrase comes to rest on a chord tone.
    """
    scale = pentatonic(mode) if sparse else SCALES[mode]
    classes = tuple((tonic + step) % 12 for step in scale)
    ladder = [p for p in range(low, high + 1) if p % 12 in classes]
    middle = min(max(len(ladder) // 2 + source.level, 3), len(ladder) - 3)
    over = _Over(rng, harmony, tonic, mode)
    notes: list[Note] = []
    form = source.form.split()
    previous = -1
    resting = rng.random() < 0.25
    for number in range(bars):
        symbol, last = form[number % len(form)], number == bars - 1
        if symbol == "." or (symbol == "c" and resting and not last):
            continue
        bar_motif, shift = _bar_motif(rng, source, symbol, number % len(form), bar, last)
        time = start + number * bar
        position = middle + shift
        sounding = 0
        for value in bar_motif.rhythm:
            if value < 0:
                time -= value
                continue
            position += bar_motif.steps[sounding] if sounding < len(bar_motif.steps) else 0
            sounding += 1
            position = min(max(position, 0), len(ladder) - 1)
            chord = over.chord_at(time)
            offset = (time - start) % bar
            stays = min(value, chord.end - time) >= 0.75 or value >= 1
            ends = last or symbol == "c"
            pitch = over.fitted(ladder[position], chord, value, offset, stays=stays, ends=ends)
            if pitch == previous and value < 1 and sounding > 1 and rng.random() < 0.3:
                pitch = nearest(pitch + rng.choice((-3, 3)), _restful(chord))
            pitch = _within(pitch, low, high)
            accent = 8 if offset < 1e-6 else 3 if offset % 1 < 1e-6 else -4
            length = min(value * legato, max(chord.end - time + 0.1, 0.25)) if stays else value * legato
            notes.append(Note(time, length, pitch, velocity + accent))
            previous = pitch
            time += value
    return notes


def _within(pitch: int, low: int, high: int) -> int:
    """The pitch, octaves lower or higher, where that lies between `low` and `high`; at least `low`."""
    while pitch > high:
        pitch -= 12
    while pitch < low:
        pitch += 12
    return pitch


def _bar_motif(rng: Random, source: Tune, symbol: str, place: int, bar: float, last: bool) -> tuple[Motif, int]:
    """The motif of a bar by its symbol and place in the form, and how many steps higher it begins."""
    shift = {"+": place, "-": -place}.get(symbol, 0)
    if last:
        chosen = Motif((bar,) if bar <= 3 else (3.0, -1.0), (0,))
    elif symbol == "c":
        cadence = Motif((1.5, -(bar - 1.5)) if bar > 1.5 else (bar,), (0,))
        chosen = cadence if rng.random() < 0.5 else Motif(source.answer.rhythm, source.answer.steps)
    else:
        chosen = {"b": source.answer, "v": varied(rng, source.motif)}.get(symbol, source.motif)
    return chosen, rng.choice((-1, 0, 1)) if symbol == "b" else shift


def _restful(chord: Chord) -> tuple[int, ...]:
    """The tones of a chord on which a melody may stay."""
    tones = chord.pitch_classes
    # the root would rub against the seventh below it
    return tones[1:] if chord.quality in ("maj7", "maj9") else tones


class _Over:
    """A section's chords, as a melody that goes forward meets them, and how its notes are bent to them."""

    def __init__(self, rng: Random, harmony: Sequence[Chord], tonic: int, mode: str) -> None:
        self._rng, self._harmony, self._tonic, self._mode = rng, harmony, tonic, mode
        self._place = 0

    def chord_at(self, time: float) -> Chord:
        """The chord that sounds at `time`, or the one nearest to it."""
        while self._place + 1 < len(self._harmony) and self._harmony[self._place].end <= time + 1e-6:
            self._place += 1
        while self._place and self._harmony[self._place].start > time + 1e-6:
            self._place -= 1
        return self._harmony[self._place]

    def fitted(self, pitch: int, chord: Chord, value: float, offset: float, *, stays: bool, ends: bool) -> int:
        """A pitch of the scale, or a chord tone where it lasts, ends a phrase, begins a bar or rubs.

        Args:
            pitch: of the scale.
            chord: what sounds with it.
            value: quarter notes until the next note.
            offset: quarter notes from the bar.
            stays: whether it lasts.
            ends: whether a phrase ends with it.
        """
        tones, tonic = _restful(chord), self._tonic
        borrowed = any((tone - tonic) % 12 not in SCALES[self._mode] for tone in tones)
        rubs = borrowed and any((pitch - tone) % 12 in (1, 11) for tone in tones)
        if value >= 0.5 and offset % 1 < 1e-6:  # on the beat, a semitone above the chord is heard as wrong
            rubs = rubs or any((pitch - tone) % 12 == 1 for tone in chord.pitch_classes)
        if stays or offset < 1e-6 or ends or rubs:
            restful = tuple(tone for tone in tones if (tone - tonic) % 12 in (0, 7))
            rests = ends and restful and self._rng.random() < 0.7
            return nearest(pitch, restful if rests else tones)
        return pitch


def answer(rng: Random, lead: Sequence[Note], harmony: Sequence[Chord], low: int, high: int, bar: float) -> list[Note]:
    """A second voice: long chord tones in the gaps that the lead leaves."""
    notes: list[Note] = []
    for chord in harmony:
        sounding = sum(
            max(0.0, min(n.start + n.length, chord.end) - max(n.start, chord.start))
            for n in lead
            if n.start < chord.end and n.start + n.length > chord.start
        )
        if sounding > 0.92 * chord.length:
            continue
        tones = chord.pitch_classes[1:] if chord.quality in ("maj7", "maj9") else chord.pitch_classes
        pitch = nearest(notes[-1].pitch if notes else (low + high) // 2, tones)
        pitch = nearest(min(max(pitch, low), high), tones)
        half = chord.length / 2
        if half >= bar / 4 and rng.random() < 0.5:
            other = nearest(pitch + rng.choice((-4, 4)), tones)
            notes += [Note(chord.start, half * 0.95, pitch, 66), Note(chord.start + half, half * 0.95, other, 70)]
        else:
            notes.append(Note(chord.start, chord.length * 0.95, pitch, 68))
    return notes
