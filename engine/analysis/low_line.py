"""Low lines, such as a bass: notes that are struck again at the same pitch, and short ones that nothing else has told.

The network of `basic_pitch` sees the pitch of low notes well and their onsets badly: a bass that repeats a note is
heard as one long note. Where nearly all notes of a sound are low, it is taken for such a line. Then a note begins
wherever the sound has an accent, gets louder, and the network holds an onset for possible at all. Its pitch is that of
its period (`yin`).
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.basic_pitch import FRAME_RATE, LOWEST, Activations
from engine.analysis.heard_note import HeardNote
from engine.analysis.pulse import ONSET_RATE
from engine.analysis.sound import RATE
from engine.analysis.yin import differences

Values = NDArray[np.float32]

LOW = 52
"""Pitch below which a note is low."""
_LINE = 0.8  # share of low notes from which a sound is a low line
_ACCENT = 0.45  # of the strongest onsets of the sound, from which a note may begin
_APART = 0.06  # s between two accents
_KNOWN = 0.08  # s around the start of a note that is known already
_RISE = 1.5  # dB by which the sound gets louder where a note begins
_QUIET = 25.0  # dB below the loud parts of a sound where none does
_POSSIBLE = 0.35  # likelihood of an onset of any pitch there
_SOFT, _LIKELY = 0.2, 0.55  # of the strongest onsets, from which a note may begin where an onset is that likely
_SOUNDS = 0.15  # likelihood of a pitch where no note is known
_SHORT = 0.15  # s of a note of which only the start is known
_POWER, _STEP = 1024, 110  # samples of a power, and from one to the next
_LOWEST_PITCH, _HIGHEST_PITCH = 24, 60
_PERIODIC = 0.15  # of YIN's normalised difference, below which a period is clear
_ATTACK, _HEARD = 0.03, 0.3  # s after a note's start between which its period is looked for
_LONGEST = 4096  # samples of that


def is_low_line(notes: tuple[HeardNote, ...]) -> bool:
    """Whether a sound with these notes is a low line."""
    low = sum(note.pitch < LOW for note in notes)
    return bool(notes) and low >= _LINE * len(notes)


def refined(
    notes: tuple[HeardNote, ...], activations: Activations, sound: Values, onsets: Values
) -> tuple[HeardNote, ...]:
    """The notes of a low line, those that are struck again among them, by start and pitch.

    Args:
        notes: what was heard first.
        activations: the network's, of the same sound.
        sound: mono at `RATE`, (T,).
        onsets: of the sound, at `ONSET_RATE`.
    """
    struck = _struck(notes, activations, sound, onsets)
    result = []
    for note in notes:
        cuts = [start for start, known in struck if known is note]
        edges = [note.start, *cuts, note.end]
        result += [HeardNote(start, end, note.pitch, note.strength) for start, end in pairwise(edges)]
    for start, known in struck:
        if known is None and (new := _new(start, activations)):
            result.append(new)
    exact: list[HeardNote] = []
    for note in sorted((_with_period(note, sound) for note in result), key=lambda note: (note.start, note.pitch)):
        if not any(other.pitch == note.pitch and note.start - other.start < _KNOWN for other in exact[-3:]):
            exact.append(note)
    return tuple(exact)


def _struck(
    notes: tuple[HeardNote, ...], activations: Activations, sound: Values, onsets: Values
) -> list[tuple[float, HeardNote | None]]:
    """Where more notes begin, s, in order; with the note that sounds there so far, if any."""
    strongest = float(np.percentile(onsets, 99.5)) if len(onsets) else 0.0
    reach = round(_APART * ONSET_RATE)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(sound.astype(np.float64), _POWER // 2), _POWER)[::_STEP]
    powers = 10 * np.log10(np.square(windows).mean(axis=1) + 1e-10)
    loud = float(np.percentile(powers, 98)) - _QUIET
    struck: list[tuple[float, HeardNote | None]] = []
    for place in np.flatnonzero(onsets > _SOFT * strongest).tolist():
        moment = place / ONSET_RATE
        if onsets[place] < onsets[max(0, place - reach) : place + reach + 1].max():
            continue
        if any(abs(note.start - moment) < _KNOWN for note in notes):
            continue
        at = round(moment * RATE / _STEP)
        before, after = powers[max(0, at - 8) : at + 1], powers[at : at + 20]
        first = max(0, int((moment - 0.05) * FRAME_RATE))
        possible = activations.onsets[first : int((moment + 0.07) * FRAME_RATE) + 1]
        if not (len(before) and len(after) and len(possible)):
            continue
        likely = _POSSIBLE if onsets[place] > _ACCENT * strongest else _LIKELY
        if after.max() < max(before.min() + _RISE, loud) or possible.max() < likely:
            continue
        sounding = [note for note in notes if note.start < moment < note.end - 0.03]
        struck.append((moment, max(sounding, key=lambda note: note.start, default=None)))
    return struck


def _new(start: float, activations: Activations) -> HeardNote | None:
    """A short note where none was heard; None where no pitch is likely enough."""
    first, last = int((start + 0.02) * FRAME_RATE), int((start + _SHORT) * FRAME_RATE) + 1
    likely = activations.notes[first:last, : LOW - LOWEST]
    if not len(likely):
        return None
    means = likely.mean(axis=0)
    row = int(means.argmax())
    if means[row] < _SOUNDS:
        return None
    return HeardNote(start, start + _SHORT, row + LOWEST, float(means[row]))


def _with_period(note: HeardNote, sound: Values) -> HeardNote:
    """The note at the pitch of its period; as it is where that is not clear, or a semitone away, as in a glide."""
    pitch = _period_pitch(sound[round((note.start + _ATTACK) * RATE) : round((note.start + _HEARD) * RATE)])
    if pitch is None or abs(pitch - note.pitch) <= 1 or note.pitch >= LOW:
        return note
    return HeardNote(note.start, note.end, pitch, note.strength)


def _period_pitch(part: Values) -> int | None:
    """The MIDI pitch of a sound's period, by YIN; None where none is clear."""
    most, least = _period(_LOWEST_PITCH - 0.5), _period(_HIGHEST_PITCH + 0.5)
    samples = part[:_LONGEST].astype(np.float64)
    if len(samples) < 2 * most:
        return None
    normal = differences(samples[None], len(samples) - most, most)[1][0]
    dips = np.flatnonzero((normal[1:-1] < normal[:-2]) & (normal[1:-1] <= normal[2:])) + 1
    clear = dips[(dips >= least) & (normal[dips] < _PERIODIC)]
    if not len(clear):
        return None
    lag = int(clear[0])
    before, here, after = normal[lag - 1 : lag + 2]
    bend = before - 2 * here + after
    return round(69 + 12 * np.log2(RATE / (lag + 0.5 * (before - after) / bend) / 440)) if bend > 0 else None


def _period(pitch: float) -> int:
    """Samples in a period of a MIDI pitch."""
    return int(RATE / (440 * 2 ** ((pitch - 69) / 12)))
