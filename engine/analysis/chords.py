"""The chords of a sound or of notes: what sounds in every beat, and the likeliest series of chords over all beats.

In a sound, a network says how likely each chord is in each beat (`chord_network`). Of notes there is how much of each
pitch class sounds, high and low apart: a chord is likely where its tones hold most of what sounds and its root is low.
A change of chord is likelier at a bar than within one. The best series is found by the Viterbi algorithm (after Mauch
and Dixon 2010, “Simultaneous estimation of chords and musical context from audio”). Plain numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis import chord_network
from engine.analysis.grid import Grid, find_grid
from engine.analysis.sound import RATE, mono
from engine.analysis.tones import SILENT
from engine.audio import Audio
from engine.errors import EngineError
from engine.music.chords import CHORDS, Chord
from engine.music.keys import Key, best_key
from engine.music.notes import Note
from engine.music.scales import SCALES

Values = NDArray[np.float64]

QUALITIES = {"maj": 0.02, "min": 0.02, "7": 0.0, "maj7": 0.0, "m7": 0.0, "sus4": 0.07, "dim": 0.07, "m7b5": 0.08}
"""Chords that can be read in notes, and by how much others are preferred to them (of a likeness of at most 1).

A seventh chord has a tone that its triad lacks, so its likeness falls where that is soft.
"""

_TONE = (1.0, 0.9, 0.8, 0.6)  # how much of each tone of a chord sounds, from the root on
_SHARP = 10.0  # how much likelier a chord is that is more alike
_BASS, _BASS_AT_BAR = 0.09, 0.27  # of a likeness: a root that is the lowest, and where a bar begins
_LOWEST = 0.6  # of a beat that the lowest note counts longer: it is the root, or a tone that no other part plays
_SHORT = 0.1  # of a beat: what is shorter is no bass
_EVEN = 0.5  # the power of how long a tone sounds with which it counts: chords that are struck shortly are heard, too
_IN_KEY = 0.05  # of a likeness: a chord whose tones are all of the key; decides the third where none is played
_CHANGE, _IN_BAR = 3.0, 5.0  # how unlikely a change is, and how much more so within a bar
_TRUST = 0.7  # how much the network's answers for single beats count against that
_BLIND = 0.5  # s that stand for a beat where there is none


@dataclass(frozen=True, slots=True)
class SoundingChord:
    """A chord that sounds from `start` to `end` (s). confidence: 0 to 1, how much likelier than all others it is."""

    start: float
    end: float
    chord: Chord
    symbol: str
    confidence: float

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "start": round(self.start, 4),
            "end": round(self.end, 4),
            "symbol": self.symbol,
            "confidence": round(self.confidence, 3),
        }


def find_chords(audio: Audio, grid: Grid | None = None) -> tuple[SoundingChord, ...]:
    """The chords of a sound; where nothing sounds there is a gap.

    Args:
        audio: the sound.
        grid: its beats, where they are known; they are heard otherwise, or half seconds where there are none.

    Raises:
        EngineError: it is silent, or too short.
    """
    seconds = len(audio.samples) / audio.rate
    if seconds < _BLIND:
        raise EngineError("This sound is shorter than half a second: there are no chords to be heard.")
    if float(np.abs(audio.samples).max()) < SILENT:
        raise EngineError("This sound is silent: there are no chords to be heard.")
    grid = grid or find_grid(audio)
    edges, bars = _edges(grid, seconds)
    return _heard(mono(audio), edges, bars)


def chords_between(
    sound: NDArray[np.float32], beats: Values | None, downbeats: Values | None
) -> tuple[SoundingChord, ...]:
    """The chords of a mono sound (N,) at `engine.analysis.sound.RATE` whose beats may change in tempo.

    Args:
        sound: the sound.
        beats: where its beats begin, s; None where it has none: half seconds stand for them.
        downbeats: those of them at which bars begin.
    """
    seconds = len(sound) / RATE
    edges, bars = _edges(None, seconds)
    if beats is not None and downbeats is not None and len(beats) > 1:
        beat = float(np.median(np.diff(beats)))
        inside = beats[(beats > 0.3 * beat) & (beats < seconds - 0.01)]
        edges = np.concatenate(([0.0], inside, [seconds]))
        bars = {0, *(int(place) for place in np.nonzero(np.isin(edges, downbeats))[0])}
    return _heard(sound, edges, bars)


def chords_of_notes(notes: Sequence[Note], bar: float, tempo: float, beat: float = 1.0) -> tuple[SoundingChord, ...]:
    """The chords of notes without drums; where nothing sounds there is a gap.

    Args:
        notes: of all pitched parts; a bar begins at 0.
        bar: quarter notes of a bar.
        tempo: quarter notes a minute.
        beat: quarter notes of a felt beat.

    Raises:
        EngineError: there are no notes.
    """
    if not notes:
        raise EngineError("There are no notes with a pitch: there are no chords to be heard.")
    end = max(note.start + note.length for note in notes)
    count = max(1, int(np.ceil(end / beat - 1e-6)))
    edges = np.arange(count + 1) * beat
    high, low = np.zeros((count, 12)), np.zeros((count, 12))
    lowest = np.full(count, 999)
    for note in notes:
        for number in range(int(note.start // beat), min(count, int(np.ceil((note.start + note.length) / beat)))):
            shared = min(note.start + note.length, edges[number + 1]) - max(note.start, edges[number])
            if shared <= 0.02:
                continue
            high[number, note.pitch % 12] += shared
            if note.pitch < lowest[number] and shared > _SHORT * beat:
                lowest[number] = note.pitch
                low[number] = 0.0
                low[number, note.pitch % 12] = 1.0
    bars = {round(number * bar / beat) for number in range(int(end / bar) + 1)}
    edges[-1] = max(end, edges[-2] + 0.01)
    seconds: Values = np.asarray(edges * (60 / tempo), np.float64)
    return _read(seconds, bars, (high + _LOWEST * beat * low) ** _EVEN, low)


def key_of_chords(chords: Sequence[SoundingChord]) -> Key | None:
    """The key that chords are most likely in; None without any."""
    weights = [0.0] * 12
    for each in chords:
        for place, tone in enumerate(each.chord.pitch_classes):
            weights[tone] += (each.end - each.start) * (1.5 if place == 0 else 1.0)
    return best_key(weights) if any(weights) else None


def _edges(grid: Grid | None, seconds: float) -> tuple[Values, set[int]]:
    """Where beats begin and end, s, from the start of the sound to its end, and which of them are bars."""
    if grid is None:
        return np.append(np.arange(0.0, max(seconds - 0.25, _BLIND / 2), _BLIND), seconds), set()
    first = -int(np.ceil((grid.start - 1e-6) / grid.beat))
    last = int((seconds - grid.start) / grid.beat)
    inside = [n for n in range(first, last + 1) if 0.3 * grid.beat < grid.start + n * grid.beat < seconds - 0.01]
    edges = np.array([0.0, *(grid.start + n * grid.beat for n in inside), seconds])
    return edges, {0, *(place + 1 for place, n in enumerate(inside) if n % grid.beats == 0)}


def _templates() -> tuple[Values, list[tuple[int, str]]]:
    """What each chord has of each pitch class, (states, 12) of length 1, and which chord that is."""
    rows, states = [], []
    for quality in QUALITIES:
        for root in range(12):
            row = np.zeros(12)
            for interval, share in zip(CHORDS[quality], _TONE, strict=False):
                row[(root + interval) % 12] = share
            rows.append(row / np.linalg.norm(row))
            states.append((root, quality))
    return np.array(rows), states


def _heard(sound: NDArray[np.float32], edges: Values, bars: set[int]) -> tuple[SoundingChord, ...]:
    """The likeliest chords of a mono sound (N,) at `RATE`, in beats whose edges (s) are given.

    Which triad sounds is decided first; its seventh, if any, is that of all beats until the next one.
    """
    known, loud = chord_network.evidence(sound, edges, bars)
    likelihood = chord_network.likelihoods(known)  # (N, qualities, 12)
    families = [
        [n for n, quality in enumerate(chord_network.QUALITIES) if CHORDS[quality][:3] == triad]
        for triad in dict.fromkeys(CHORDS[quality][:3] for quality in chord_network.QUALITIES)
    ]
    triads = np.stack([np.logaddexp.reduce(likelihood[:, family], axis=1) for family in families], axis=1)
    chances = triads.reshape(len(triads), -1)
    segments = _segments(_path(_TRUST * chances * loud[:, None], bars), loud)
    plain = []
    for first, after, state in segments:
        family, root = families[state // 12], state % 12
        quality = family[int(likelihood[first:after, family, root].sum(axis=0).argmax())]
        confidence = float(np.exp(chances[first:after, state]).mean())
        start, end = float(edges[first]), float(edges[after])
        chord = Chord(start, end - start, root, chord_network.QUALITIES[quality], root)
        plain.append(SoundingChord(start, end, chord, "", confidence))
    return _spelt(plain)


def _read(edges: Values, bars: set[int], high: Values, low: Values) -> tuple[SoundingChord, ...]:
    """The likeliest chords of notes, in beats whose edges (s) are given.

    Args:
        edges: of the beats, (N + 1,).
        bars: the beats with which a bar begins.
        high: how much each pitch class sounds in each beat, (N, 12).
        low: 1 for the lowest of them, (N, 12).
    """
    templates, states = _templates()
    loud = high.sum(axis=1) > 0
    likeness = (high / np.maximum(np.linalg.norm(high, axis=1, keepdims=True), 1e-9)) @ templates.T  # (N, states)
    roots = np.array([root for root, _ in states])
    bass = np.where([beat in bars for beat in range(len(low))], _BASS_AT_BAR, _BASS)
    likeness = likeness + bass[:, None] * low[:, roots] - np.array([QUALITIES[quality] for _, quality in states])
    likelihood = _SHARP * likeness * loud[:, None]
    best = _path(likelihood, bars)
    key = _key_of_states([states[state] for state, sounds in zip(best, loud, strict=True) if sounds])
    likelihood += _SHARP * _IN_KEY * loud[:, None] * np.array([_in_key(state, key) for state in states])
    chances = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    chances = chances / chances.sum(axis=1, keepdims=True)
    plain = []
    for first, after, state in _segments(_path(likelihood, bars), loud):
        root, quality = states[state]
        # a triad and its sevenths are one answer to the question which chord it is
        family = [n for n, (r, q) in enumerate(states) if r == root and _minor(q) == _minor(quality)]
        confidence = float(chances[first:after, family].sum(axis=1).mean())
        start, end = float(edges[first]), float(edges[after])
        plain.append(SoundingChord(start, end, Chord(start, end - start, root, quality, root), "", confidence))
    return _spelt(plain)


def _segments(path: Sequence[int], loud: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Where beats that sound stay in a state: first beat, beat after the last, state."""
    segments: list[tuple[int, int, int]] = []
    for beat, state in enumerate(path):
        if not loud[beat]:
            continue
        if segments and segments[-1][1] == beat and segments[-1][2] == state:
            segments[-1] = (segments[-1][0], beat + 1, state)
        else:
            segments.append((beat, beat + 1, int(state)))
    return segments


def _spelt(plain: Sequence[SoundingChord]) -> tuple[SoundingChord, ...]:
    """The chords with the symbols that they have in their key."""
    key = key_of_chords(plain)
    return tuple(
        SoundingChord(c.start, c.end, c.chord, c.chord.symbol_in(key) if key else c.chord.symbol, c.confidence)
        for c in plain
    )


def _key_of_states(states: Sequence[tuple[int, str]]) -> Key | None:
    weights = [0.0] * 12
    for root, quality in states:
        for place, interval in enumerate(CHORDS[quality]):
            weights[(root + interval) % 12] += (1.5, 0.5, 1.0, 0.5)[place]  # a third may be none that was played
    return best_key(weights) if any(weights) else None


def _in_key(state: tuple[int, str], key: Key | None) -> float:
    """1 for a chord all of whose tones belong to the key, 0 for others."""
    if key is None:
        return 0.0
    scale = {(key.tonic + step) % 12 for step in SCALES[key.mode]}
    return float(all((state[0] + interval) % 12 in scale for interval in CHORDS[state[1]]))


def _minor(quality: str) -> bool:
    return CHORDS[quality][1] == 3


def _path(likelihood: Values, bars: set[int]) -> list[int]:
    """The best series of states (Viterbi): (N, states) → N states."""
    count = len(likelihood)
    best = likelihood[0].copy()
    back = np.zeros(likelihood.shape, int)
    stay = np.arange(likelihood.shape[1])
    for beat in range(1, count):
        change = _CHANGE + (0.0 if beat in bars else _IN_BAR)
        top = int(np.argmax(best))
        moves = best[top] - change > best
        back[beat] = np.where(moves, top, stay)
        best = np.where(moves, best[top] - change, best) + likelihood[beat]
    path = [int(np.argmax(best))]
    for beat in range(count - 1, 0, -1):
        path.append(int(back[beat, path[-1]]))
    return path[::-1]
