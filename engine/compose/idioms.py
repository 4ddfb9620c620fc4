"""What a bass or a chord instrument does with a chord: patterns of steps, arpeggios, and the walking bass.

Bass patterns: `R` root, `O` root an octave up, `5` fifth, `3` third, `7` seventh (or octave), `A` leads on.
Chord patterns: `C` the chord, `c` softly, `s` short, `g` scratched, `L` its lowest note, `T` all but the lowest, `t` so
softly, `0` to `5` its notes from the lowest up (of two octaves). In both `-` holds and `.` rests. Steps divide the bar.
"""

from collections.abc import Sequence
from random import Random

from engine.compose.harmony import voicing
from engine.music.chords import Chord, nearest
from engine.music.notes import Note

Patterns = dict[str, tuple[str, ...]]


def _patterns(text: str) -> Patterns:
    table: dict[str, list[str]] = {}
    for line in text.strip().splitlines():
        name, *variants = line.split()
        table.setdefault(name.rstrip(":"), []).extend(variants)
    return {name: tuple(variants) for name, variants in table.items()}


BASS = _patterns("""
long: R--------------- R-------R------- R-----------5---
whole: R---------------
halves: R-------5------- R-------R------- R-------3-------
offbeat: ..R-..R-..R-..R- ..R-..R-..O-..R- ..R.R.R...R.R.O.
pump: R-R-R-R-R-R-R-R- R-R-R-R-R-R-R-5- R-R-R-O-R-R-R-O-
sixteenths: RRR.RRR.RRR.RRR. .RRR.RRR.RRR.RRR R.RRR.RRR.RRR.RR RROR.RORRROR.ROR
acid: R.ROR..R.OR.R.R. R.R.OR.RR..RO.R. RR.R.O.RR.R.7.OR
octaves: R.O.R.O.R.O.R.O. R.O.R.O.R.O.5.O. R..OR..OR..OR.OO
sync: R--.R.....R-..R- R-.R-.R.......5- R..R--..R.5-O-.. R-----R---5-R---
funk: R.R....O..R.5.7. R..O..R.RR..O.A. RR..O..7..5.R.OA R...R.O...7.5.A.
rock: R-R-R-R-R-R-R-R- R-R-R-R-5-5-A-A- R---R-R-R---R-A-
metal: RRRRRRRRRRRRRRRR R.RRR.RRR.RRR.RR R--RR--RR--RR-R-
ballad: R-----R-R-----5- R-------R-----A- R---5---R---5---
country: R---....5---.... R---....5---A--- R---3---5---3---
bossa: R--.5-.55--.R-.R R-----55------RR
reggae: ....R-R-....5-A- R--.R-..3-5-.... ..R-R-..5-..R-3- R-----R-5---....
sub: R--------------- R-----R--------- R-------------R-
808: R-----....R-..R- R-------..R----- R---....R-R-...R R-----R---..R-O-
soul: R--.....R-5---A- R-----R---3-5-A- R---..R-5-..7-A-
tresillo: R--R--R-R--R--R- R--R--5-R--R--5- R-----R---R-----
shuffle: R.RR.R5.55.5 R.R3.35.57.5 R.-3.-5.-7.-
waltz: R-----...... R-----5----- R-----------
six: R-----5----- R----RR----5 R-----R-----
six: R-----------
""")

CHORDS = _patterns("""
whole: C---------------
halves: C-------C------- C-------c-------
quarters: C---C---C---C--- C---c---C---c--- C--.c--.C--.c--.
offbeat: ..s...s...s...s. ..s...s...s..s..
stabs: s..s..s...s..s.. ..s..s....s..s.. s.....s...s..... ...s..s....s..s.
garage: ..s..s..s..s..s. s..s...s..s..s..
skank: ....s.......s... ....s.......s.s. ..s...s...s...s.
bubble: ..Tt..Tt..Tt..Tt .LT..LT..LT..LT.
strum: C---c-c-..c-c-c- C---C-c-..c-C-c- C-c-C-c-C-c-C-c- C-----c-..c-c-c-
folk: L---T---L---T-t- L---T-t-L---T-t- L-T-t-T-L-T-t-T-
chug: C-C-C-C-C-C-C-C- C-c-c-C-c-c-C-c- C---....C-c-C---
metal: sss.sss.sss.ssss s.sss.sss.ss.s.s C---sssssss.ssss C-------ssssssss
power: C--------------- C-------C-----C- C-----C---C-----
comp: ..s.....s--..... C--.....c....s-- s.....s--....... ....s--.......s. C-----..s--..... ......s-....s-..
bossa: C--s..s..s--s... s..s..s-..s..s.. C---.s-...s..s--
funk: .s.gs..s.gs..sgs s.g.g.s.s.g.gss. ..sg..s.gs..sg.g
clav: s.sg.s.gs.gs..sg .gs.sg.s.gs.s.gs
ballad: L-T-T-T-L-T-T-T- C---T---C---T-t- L---T---L---T---
alberti: 0-2-1-2-0-2-1-2- 0-1-2-1-0-1-2-1-
roll: 0-1-2-3-4-3-2-1- 0-2-3-4-5-4-3-2- 0-1-2-4-3-2-4-2-
arpeggio: 0-1-2-3-0-1-2-3- 3-2-1-0-3-2-1-0- 0-1-2-3-4-3-2-1- 0-2-1-3-2-4-1-3-
sixteen: 0123012301230123 0213021302130213 0120120120120123 3210321032103210 0.23.1.32.13.0.2
chip: 0120120120120120 0123210301232103 0-1-2-0-1-2-0-1-
trance: 0.0.3.0.0.2.0.1. 3.31.31.2.20.20. 0.3.2.0.3.2.0.3.
ostinato: C.c.C.c.C.c.C.c. C.ccC.ccC.ccC.cc CcccCcccCcccCccc C-.cC-.cC-C-c-c-
swell: C---------------
shuffle: L.LT.L L.LT.LL.LT.L s....ss....s ...T.....T..
picking: 0-2-1-3-0-2-1-3- 0--2-1-30--2-1-3 L-1-3-2-L-1-3-2-
hits: C.......C.C..... C..C..C......... ......C.......C. C-----......C.C.
waltz: L---T---T--- L---T---t--- C-----------
waltzarp: 0-1-2-3-2-1- 0-2-3-4-3-2-
six: L-1-2-3-2-1- C-----c----- 0-1-2-3-2-1- L-T-T-L-T-T-
sixstrum: C---c-C---c- C-----C-c-c-
""")

DEFAULTS = {
    3.0: {"bass": ("waltz",), "chords": ("waltz", "waltzarp"), "arp": ("waltzarp",)},
    1.5: {"bass": ("six",), "chords": ("six", "sixstrum"), "arp": ("six",)},
}
"""By felt-beat family: what takes the place of patterns in fours (3.0: three quarters; 1.5: six eighths)."""


def bass_line(
    rng: Random, harmony: Sequence[Chord], pattern: str, start: float, bars: int, bar: float, low: int, high: int
) -> list[Note]:
    """A bass line for a section: one pattern, following the chords, varied at the end of every fourth bar."""
    steps = len(pattern)
    width = bar / steps
    notes: list[Note] = []
    index = 0
    root = -1
    for number in range(bars):
        marks = pattern
        if number % 4 == 3 and "A" not in pattern and pattern[-2:] != "--" and rng.random() < 0.5:
            marks = pattern[:-2] + "A-"
        step = 0
        while step < steps:
            mark = marks[step]
            span = 1
            while step + span < steps and marks[step + span] == "-":
                span += 1
            time = start + number * bar + step * width
            step += span
            while index + 1 < len(harmony) and harmony[index].end <= time + 1e-6:
                index += 1
            chord = harmony[index]
            following = harmony[min(index + 1, len(harmony) - 1)]
            root = low + (chord.bass - low) % 12
            if mark in ".-":
                continue
            length = width * span
            if chord.end - time < length and chord.end < harmony[-1].end - 1e-6:
                # a held note moves with the harmony
                rest = length - (chord.end - time)
                nxt = low + (following.bass - low) % 12
                notes.append(Note(time, chord.end - time, root, 96))
                notes.append(Note(chord.end, rest * 0.95, nxt, 92))
                continue
            notes.append(_bass_note(mark, time, length, root, chord, following, low, high))
    return notes


def _bass_note(
    mark: str, time: float, length: float, root: int, chord: Chord, following: Chord, low: int, high: int
) -> Note:
    classes = chord.pitch_classes
    fifth = classes[2] if len(classes) > 2 else classes[-1]
    pitch = {
        "O": root + 12,
        "5": root + ((fifth - root) % 12 or 12),
        "3": root + (classes[1] - root) % 12,
        "7": root + ((classes[3] - root) % 12 if len(classes) > 3 else 12),
        "A": nearest(low + (following.bass - low) % 12 - 2, tuple((c + 7) % 12 for c in following.pitch_classes[:1])),
    }.get(mark, root)
    if mark == "A" and (abs(pitch - root) > 7 or following.bass == chord.bass):
        pitch = root
    if pitch > high:
        pitch -= 12
    velocity = 100 if time % 2 < 1e-6 else 90 if mark != "A" else 84
    return Note(time, length * (0.92 if length > 0.3 else 0.8), max(pitch, low), velocity)


def walking(
    rng: Random, harmony: Sequence[Chord], start: float, bars: int, bar: float, low: int, high: int
) -> list[Note]:
    """Four to the bar: the root, chord tones, and an approach from a semitone or a tone to the next root."""
    notes: list[Note] = []
    pitch = low + 8
    for index, chord in enumerate(harmony):
        following = harmony[(index + 1) % len(harmony)]
        count = max(1, round(chord.length))
        pitch = nearest(pitch, (chord.bass,))
        pitch = pitch + 12 if pitch < low else pitch - 12 if pitch > high else pitch
        target = nearest(pitch, (following.bass,))
        for beat in range(count):
            if beat == 0:
                played = pitch
            elif beat == count - 1:
                played = target + rng.choice((-2, -1, 1, 2))
                if played % 12 not in chord.pitch_classes:
                    played = target + (1 if pitch > target else -1)
            else:
                played = nearest(pitch + (target - pitch) * beat / count + rng.choice((-3, 3, 4)), chord.pitch_classes)
                if notes and played == notes[-1].pitch:
                    played = nearest(played + rng.choice((-5, 4, 5)), chord.pitch_classes)
            played = played + 12 if played < low else played - 12 if played > high else played
            notes.append(Note(chord.start + beat, 0.9, played, 92 if beat % 2 else 98))
            if rng.random() < 0.08:
                notes.append(Note(chord.start + beat + 0.5, 0.3, played, 64))
    return [note for note in notes if start - 1e-6 <= note.start < start + bars * bar - 1e-6]


def _voicings(
    harmony: Sequence[Chord], low: int, high: int, *, size: int, rootless: bool, power: bool
) -> list[tuple[int, ...]]:
    """The pitches of each chord, moved as little as possible from those of the chord before."""
    voicings: list[tuple[int, ...]] = []
    pitches: tuple[int, ...] = ()
    for chord in harmony:
        if power:
            root = low + (chord.root - low) % 12
            pitches = (root, root + 7, root + 12) if chord.quality not in ("dim", "m7b5") else (root, root + 12)
        else:
            pitches = voicing(chord, low, high, pitches, size=size, rootless=rootless)
        voicings.append(pitches)
    return voicings


def _cells(pattern: str) -> list[tuple[int, int, str]]:
    """What a pattern strikes: (first step, number of steps, mark); "-" holds the mark before it, "." is silent."""
    cells: list[tuple[int, int, str]] = []
    step = 0
    while step < len(pattern):
        span = 1
        while step + span < len(pattern) and pattern[step + span] == "-":
            span += 1
        if pattern[step] not in ".-":
            cells.append((step, span, pattern[step]))
        step += span
    return cells


_SOFTER = {"c": 18, "t": 18, "g": 42}
"""How much less velocity a mark of a pattern has."""


def chord_part(
    harmony: Sequence[Chord],
    pattern: str,
    start: float,
    bars: int,
    bar: float,
    low: int,
    high: int,
    *,
    size: int = 4,
    rootless: bool = False,
    power: bool = False,
) -> list[Note]:
    """Chords in a pattern, voiced with the least movement.

    Args:
        harmony: the section's chords.
        pattern: as in `CHORDS`.
        start: of the section, in quarter notes.
        bars: its number of bars.
        bar: quarter notes of a bar.
        low: lowest pitch.
        high: highest pitch.
        size: the most notes of a voicing.
        rootless: leave roots to the bass.
        power: roots, fifths and octaves only.
    """
    voiced = _voicings(harmony, low, high, size=size, rootless=rootless, power=power)
    steps = len(pattern)
    width = bar / steps
    if pattern == "C" + "-" * (steps - 1):
        return [
            Note(chord.start, max(chord.length * 0.97, 0.2), pitch, 80)
            for chord, notes in zip(harmony, voiced, strict=True)
            for pitch in notes
        ]
    cells = _cells(pattern)
    notes: list[Note] = []
    index = 0
    for number in range(bars):
        for step, span, mark in cells:
            time = start + number * bar + step * width
            while index + 1 < len(harmony) and harmony[index].end <= time + 1e-6:
                index += 1
            length = min(width * span, harmony[index].end - time) * (0.55 if mark in "sg" else 0.95)
            tones = voiced[index]
            velocity = 92 if step == 0 else 84
            if mark.isdigit():
                order = tones + tuple(t + 12 for t in tones)
                notes.append(Note(time, max(length, width * 1.5), order[int(mark) % len(order)], velocity))
                continue
            if mark == "L":
                tones = tones[:1]
            elif mark in "Tt" and len(tones) > 2:
                tones = tones[1:]
            velocity -= _SOFTER.get(mark, 0)
            notes += [Note(time, length, pitch, velocity - 2 * i) for i, pitch in enumerate(tones)]
    return notes
