"""What the demo song's instruments play: each part is stereo float32 (frames, 2) of so many bars.

Times inside a part are in beats. Sixteenths swing, and hands are not machines: each note is a few milliseconds off and
differs a little in strength, always alike for the same part.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.demo import voices
from engine.demo.voices import RATE, Sound
from engine.scipy_loader import load_scipy

TEMPO = 112
"""Quarter notes a minute."""

BEAT = 60 * RATE / TEMPO
"""Frames of a quarter note."""

SWING = 0.13  # of a sixteenth, by which every second one comes late
TAIL = 3.0  # seconds that a part may ring on

Stereo = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Chord:
    """What is played over some beats: the bass's root and the notes of the keys (MIDI numbers)."""

    beats: float
    root: int
    notes: tuple[int, ...]


VERSE = (
    Chord(8, 38, (53, 57, 60, 64)),  # D minor 9
    Chord(8, 34, (53, 57, 60, 62)),  # B flat major 9
    Chord(8, 41, (52, 55, 57, 60)),  # F major 9
    Chord(4, 36, (52, 55, 57, 62)),  # C 6/9
    Chord(4, 33, (55, 61, 65)),  # A 7 flat 13
)
CHORUS = (
    Chord(4, 34, (53, 57, 60, 62)),  # B flat major 9
    Chord(4, 36, (55, 57, 60, 64)),  # C 6
    Chord(4, 33, (52, 55, 60, 64)),  # A minor 7
    Chord(4, 38, (53, 57, 60, 64)),  # D minor 9
    Chord(4, 34, (53, 57, 60, 62)),
    Chord(4, 36, (55, 57, 60, 64)),
    Chord(4, 41, (57, 60, 64, 67)),  # F major 9
    Chord(2, 33, (57, 62, 64, 67)),  # A 7 sus 4
    Chord(2, 33, (57, 61, 64, 67)),  # A 7
)
MELODY: tuple[tuple[float, float, int], ...] = (
    *((0.5, 0.5, 74), (1, 0.75, 77), (1.75, 0.25, 76), (2, 1, 74), (3, 0.5, 72), (3.5, 0.5, 69)),
    *((4, 1.5, 72), (6, 0.5, 69), (6.5, 0.5, 72), (7, 1, 74)),
    *((8.5, 0.5, 72), (9, 0.75, 76), (9.75, 0.25, 74), (10, 1, 72), (11, 0.5, 69), (11.5, 0.5, 67)),
    *((12, 2.5, 69), (15, 0.5, 72), (15.5, 0.5, 74)),
    *((16.5, 0.5, 74), (17, 0.75, 77), (17.75, 0.25, 76), (18, 1, 74), (19, 0.5, 72), (19.5, 0.5, 69)),
    *((20, 1.5, 76), (22, 0.5, 72), (22.5, 0.5, 76), (23, 1, 79)),
    *((24, 1, 77), (25, 0.5, 76), (25.5, 0.5, 74), (26, 1, 72), (27, 0.5, 74), (27.5, 0.5, 76)),
    *((28, 2, 74), (30, 1.6, 73)),
)
"""The lead's tune over the chorus: (beat, beats, note)."""


@dataclass
class Part:
    """A part being played. `key` seeds its little inaccuracies."""

    beats: float
    key: str
    sound: Stereo = field(init=False)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng(zlib.crc32(self.key.encode()))
        self.sound = np.zeros((round(self.beats * BEAT + TAIL * RATE), 2), np.float32)

    def strength(self, velocity: float) -> float:
        """`velocity`, a little off, in steps coarse enough for sounds to be reused."""
        return round(velocity * (1 + self._rng.uniform(-0.09, 0.09)), 1) or velocity

    def play(self, beat: float, sound: Sound, pan: float = 0.0, level: float = 1.0) -> None:
        """Adds `sound` at `beat`; `pan` runs from −1 to 1."""
        sixteenth = beat * 4
        late = SWING / 4 if abs(sixteenth - round(sixteenth)) < 1e-6 and round(sixteenth) % 2 else 0.0
        first = max(round((beat + late) * BEAT + self._rng.normal(0, 0.0022) * RATE), 0)
        angle = (pan + 1) * np.pi / 4
        room = self.sound[first : first + len(sound)]
        room += sound[: len(room), None] * np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(level)

    def looped(self) -> Stereo:
        """The part as a loop: what rings on at its end rings into its start."""
        frames = round(self.beats * BEAT)
        loop = self.sound[:frames].copy()
        tail = self.sound[frames:]
        loop[: len(tail)] += tail[:frames]
        return loop


def with_room(sound: Stereo, wet: float, length: float = 1.8) -> Stereo:
    """`sound` in a room: convolved with decaying noise that gets darker, `wet` of it added."""
    load_scipy()
    from scipy.signal import oaconvolve

    room = _room(length)
    reverb = oaconvolve(sound, room, mode="full", axes=0)[: len(sound)]
    return (sound + np.float32(wet) * reverb).astype(np.float32)


@lru_cache(maxsize=8)
def _room(length: float) -> Stereo:
    load_scipy()
    from scipy.signal import lfilter

    t = voices.seconds(length)
    noise = np.random.default_rng(11).standard_normal((len(t), 2)).astype(np.float32)
    dark = lfilter([0.25], [1, -0.75], noise, axis=0)
    blend = np.exp(-3 * t)[:, None]
    room = (blend * noise + (1 - blend) * dark) * np.exp(-6.9 / length * t)[:, None]
    room[: round(0.014 * RATE)] = 0  # the walls are some metres away
    return np.asarray(room / np.sqrt((room**2).sum(axis=0)), np.float32)


def with_echo(sound: Stereo, beats: float, feedback: float, wet: float) -> Stereo:
    """`sound` with echoes that go from side to side."""
    step = round(beats * BEAT)
    out, echo = sound.copy(), sound * np.float32(wet)
    for _ in range(4):
        echo = np.concatenate((np.zeros((step, 2), np.float32), echo[:-step, ::-1]))
        out += echo
        echo = echo * np.float32(feedback)
    return out


def finished(sound: Stereo, level_db: float) -> Stereo:
    """`sound` with that root mean square in dBFS; what would stand out too far is rounded off like tape does."""
    rms = float(np.sqrt(np.mean(sound**2)))
    return np.tanh(sound * np.float32(10 ** (level_db / 20) / max(rms, 1e-9)), dtype=np.float32)


def groove(bars: int, *, chorus: bool) -> Stereo:
    """Drums: a laid-back beat; in the chorus with claps and open hats. A loop."""
    part = Part(4 * bars, f"groove {chorus}")
    for bar in range(bars):
        start = 4.0 * bar
        kicks = (0, 1.75, 2.5, 3.75) if bar % 2 else (0, 0.75, 2.5)
        for beat in (0, 1, 2, 2.75, 3) if chorus and bar % 2 else kicks:
            part.play(start + beat, voices.kick(part.strength(0.9 if beat % 1 == 0 else 0.7)))
        for beat in (1, 3):
            part.play(start + beat, voices.snare(part.strength(0.8)), 0.06)
            if chorus:
                part.play(start + beat, voices.clap(part.strength(0.6)), -0.15, 0.7)
        for beat in (2.25, 3.75) if bar % 2 else (1.75,):
            part.play(start + beat, voices.snare(part.strength(0.2)), 0.06)
        for step in range(16 if chorus else 8):
            beat = step * (0.25 if chorus else 0.5)
            is_open = step % 8 == 6 and (chorus or bar % 2 == 1)
            velocity = (0.5, 0.25, 0.4, 0.2)[step % 4] if chorus else (0.5, 0.3)[step % 2]
            part.play(start + beat, voices.hat(part.strength(velocity), is_open), 0.25, 0.8)
    return finished(with_room(part.looped(), 0.05, 0.7), -14.5)


def fill() -> Stereo:
    """One bar of drums that leads into the next section."""
    part = Part(4, "fill")
    for beat in (0, 0.75, 2):
        part.play(beat, voices.kick(part.strength(0.9)))
    for number, beat in enumerate((1, 1.75, 2.5, 2.75, 3, 3.25, 3.5, 3.75)):
        part.play(beat, voices.snare(part.strength(0.4 + 0.05 * number)), 0.06)
    for beat in (0, 0.5, 1, 1.5, 2):
        part.play(beat, voices.hat(part.strength(0.4), False), 0.25)
    return finished(with_room(part.sound, 0.06, 0.9), -17)[: round(6 * BEAT)]


def shakers() -> Stereo:
    """A bar of shaker. A loop."""
    part = Part(4, "shaker")
    for step in range(16):
        part.play(step / 4, voices.shaker(part.strength((0.9, 0.4, 0.6, 0.4)[step % 4])), -0.35)
    return finished(part.looped(), -29)


def bass_line(chords: Sequence[Chord], *, busy: bool) -> Stereo:
    """The bass under `chords`."""
    part = Part(sum(chord.beats for chord in chords), f"bass {busy}")
    start = 0.0
    for number, chord in enumerate(chords):
        after = chords[(number + 1) % len(chords)].root
        for first in np.arange(0, chord.beats, 4):
            steps = [(0, 0.7, 0, 0.9), (0.75, 0.22, 0, 0.5), (1.5, 0.45, 0, 0.8), (2.5, 0.45, 7, 0.7)]
            if busy:
                steps += [(2.0, 0.22, 12, 0.6), (3.25, 0.22, 10, 0.6)]
            if first + 4 >= chord.beats:
                steps.append((3.5, 0.4, after - chord.root + (1 if after < chord.root else -1), 0.7))
            for beat, length, interval, velocity in steps:
                if first + beat < chord.beats:
                    note = voices.bass(chord.root + interval, length * BEAT / RATE, part.strength(velocity))
                    part.play(start + first + beat, note)
        start += chord.beats
    return finished(part.sound, -17.5)


def keys(chords: Sequence[Chord], *, busy: bool) -> Stereo:
    """The electric piano: broken chords off the beat, through a slow tremolo and a small room."""
    part = Part(sum(chord.beats for chord in chords), f"keys {busy}")
    hits = ((0, 1.4, 0.7), (1.75, 0.5, 0.5), (2.5, 1.3, 0.6)) if busy else ((0, 2.2, 0.65), (2.5, 1.4, 0.5))
    start = 0.0
    for chord in chords:
        for first in np.arange(0, chord.beats, 4):
            for beat, length, velocity in hits:
                if first + beat >= chord.beats:
                    continue
                for number, note in enumerate(chord.notes):
                    sound = voices.electric_piano(note, length * BEAT / RATE, part.strength(velocity))
                    part.play(start + first + beat + 0.012 * number, sound, -0.3 + 0.2 * number)
        start += chord.beats
    t = voices.seconds(len(part.sound) / RATE + 1)[: len(part.sound)]
    tremolo = 0.16 * np.sin(2 * np.pi * TEMPO / 60 / 2 * t)
    wide = part.sound * np.stack([1 + tremolo, 1 - tremolo], axis=1).astype(np.float32)
    return finished(with_room(wide, 0.22), -20)


def pad(chords: Sequence[Chord], key: str) -> Stereo:
    """Strings that hold the chords."""
    part = Part(sum(chord.beats for chord in chords), f"pad {key}")
    start = 0.0
    for chord in chords:
        for number, note in enumerate((chord.root + 12, *chord.notes)):
            for side in (-1, 1):
                length = chord.beats * BEAT / RATE
                sound = voices.strings(note, length, 0.5, 7 * number + side + 1 + round(start))
                part.play(start, sound, side * (0.25 + 0.12 * number))
        start += chord.beats
    return finished(with_room(part.sound, 0.5, 2.4), -23)


def arpeggio(chords: Sequence[Chord]) -> Stereo:
    """Plucked sixteenths up and down the chords, with echoes."""
    part = Part(sum(chord.beats for chord in chords), "arpeggio")
    start = 0.0
    for chord in chords:
        ladder = [note + 12 for note in chord.notes] + [chord.notes[0] + 24]
        ladder += ladder[-2:0:-1]
        for step in range(round(chord.beats * 4)):
            if step % 16 not in (3, 7, 13):
                sound = voices.pluck(ladder[step % len(ladder)], 0.3, part.strength(0.7 if step % 4 == 0 else 0.5))
                part.play(start + step / 4, sound, 0.5 * np.sin(step * 0.9))
        start += chord.beats
    return finished(with_room(with_echo(part.sound, 0.75, 0.45, 0.35), 0.2), -25)


def melody(change: Callable[[float, float, int], tuple[float, float, int] | None], key: str) -> Stereo:
    """The lead's tune over the chorus, each of its notes as `change` leaves it (None drops it)."""
    part = Part(32, f"melody {key}")
    before = 74
    for beat, beats, note in MELODY:
        if changed := change(beat, beats, note):
            at, length, pitch = changed
            part.play(at, voices.lead(pitch, length * BEAT / RATE * 0.94, part.strength(0.8), before), 0.05)
            before = pitch
    return finished(with_room(with_echo(part.sound, 0.75, 0.4, 0.22), 0.25), -20)


def cymbal() -> Stereo:
    """A crash, wide."""
    part = Part(8, "crash")
    part.play(0, voices.crash(3.2), -0.3)
    part.play(0.01, voices.crash(2.9), 0.4, 0.7)
    return finished(with_room(part.sound, 0.3), -24)[: round(3.4 * RATE)]
