"""Notes of a sound in which several may sound at once: read off the activations of `basic_pitch`.

Where an onset is likely, a note begins; it goes on while its pitch is likely (after `output_to_notes_polyphonic` of
basic-pitch). What sounds long without a clear onset, as pads do, or short after a faint one, as bowed notes do, is a
note from where its pitch is likely. A note that begins with another and is no more than one of its harmonics is left
out.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.analysis.basic_pitch import FRAME_RATE, HOP, LOWEST, PITCHES, Activations, activations
from engine.analysis.heard_note import HeardNote
from engine.analysis.low_line import LOW, LowLine, is_low_line, refined
from engine.analysis.pitch_line import pitch_line
from engine.analysis.pulse import ONSET_RATE, Onsets, onsets_of
from engine.analysis.sound import RATE, mono
from engine.analysis.tones import SILENT
from engine.audio import Audio
from engine.errors import EngineError

Values = NDArray[np.float32]

_ONSET = 0.70  # likelihood from which a note begins
_LOW_ONSET = 0.55  # likelihood from which a low note begins where the sound has an accent
_SOFT = 0.60  # likelihood of an onset below which a note's attack is soft
_REACH, _HALF = 35, 3  # frames by which such a note is heard late at most; those of an accent before its middle
_RISE = 0.16  # likelihood of a pitch at which a slow attack begins
_AGAIN = 0.30  # likelihood of an onset from which a pitch that sounds on is struck again where two others begin
_HELD = 0.25  # s that a note lasts at least before and after that
_SWELL = 0.3  # of the notes of a sound from which its attacks count as soft
_ACCENT = 0.7  # of the strongest onsets of a sound
_SOUNDS = 0.40  # likelihood from which a pitch sounds
_GAP = 8  # frames that a note may be weaker without an end
_SHORTEST = 4  # frames
_SLOW = 30  # frames of a note that is found without an onset
_BRIEF, _FAINT, _CLEAR = 8, 0.50, 0.50  # frames of one with a faint onset, its likelihood, and the note's
_LATE = 0.015  # s by which onsets are seen late
_OVERTONES = (12, 19, 24, 28, 31)  # semitones of a note's harmonics
_GHOST = 1.1  # how much stronger a note may be than the one below it and still be no more than its harmonic
_STUB, _STUB_STRENGTH = 0.2, 0.8  # s of a note that may be an attack only, and its strength against the note above it
_PAUSE = 0.1  # s of silence at most before a tone that swells is heard again
_AROUND, _OTHERS = 0.1, 2  # s around that, for which other tones sound on, and how many
_TOGETHER = 0.06  # s between notes that begin together


def notes_of(activations: Activations, accents: NDArray[np.bool_] | None = None) -> tuple[HeardNote, ...]:
    """The notes, by start and pitch. accents: whether anything begins loudly at each frame, (T,)."""
    sounding = activations.notes.copy()
    onsets = activations.onsets.copy()
    if accents is not None:  # low notes that are struck again are seen less clearly by the network
        low = onsets[:, : LOW - LOWEST]
        low[accents[:, None] & (low >= _LOW_ONSET) & (low < _ONSET)] = _ONSET
    count = len(sounding)
    spans: list[tuple[int, int, int, float]] = []  # first frame, frame after the last, row, strength
    peaks = np.zeros(onsets.shape, bool)
    peaks[1:-1] = (onsets[1:-1] > onsets[:-2]) & (onsets[1:-1] >= onsets[2:]) & (onsets[1:-1] >= _ONSET)
    peaks[:1] = onsets[:1] >= np.maximum(_ONSET, onsets[1:2]) if count > 1 else onsets[:1] >= _ONSET
    for first, row in np.argwhere(peaks)[::-1]:
        end = _end(sounding[:, row], int(first) + 1, 1)
        if end - first > _SHORTEST:
            spans.append((int(first), end, int(row), float(activations.notes[first:end, row].mean())))
            _erase(sounding, slice(int(first), end), int(row))
    order = np.argsort(sounding, axis=None)[::-1]
    for place in order[: int((sounding > _SOUNDS).sum())]:
        middle, row = divmod(int(place), PITCHES)
        if sounding[middle, row] <= _SOUNDS:
            continue
        first, end = _end(sounding[:, row], middle, -1) + 1, _end(sounding[:, row], middle, 1)
        first = max(first, 0)
        strength = float(activations.notes[first:end, row].mean())
        begun = onsets[max(0, first - _HALF) : first + _HALF + 1, row].max(initial=0) >= _FAINT
        if end - first > (_BRIEF if begun and strength >= _CLEAR else _SLOW):
            spans.append((first, end, row, strength))
        _erase(sounding, slice(first, max(end, middle + 1)), row)
    notes = _sounding_on(_struck_again(spans, activations, accents))
    return tuple(note for note in notes if not (_is_overtone(note, notes) or _is_undertone(note, notes)))


def _struck_again(
    spans: list[tuple[int, int, int, float]], activations: Activations, accents: NDArray[np.bool_] | None
) -> list[HeardNote]:
    """The notes of spans (first frame, frame after the last, row, strength), by start and pitch.

    Where many attacks are soft, a pitch that two chords share is struck again with the second, though hardly heard.
    """
    onsets = activations.onsets
    found: list[tuple[float, float, int, float]] = []
    for first, last, row, strength in sorted(spans):
        ends = [span[1] for span in spans if span[2] == row and span[0] < first]
        found.append((_start(first, ends, activations, row, accents), last / FRAME_RATE, row, strength))
    soft = sum(onsets[max(0, first - 1) : first + 2, row].max() < _SOFT for first, _, row, _ in spans)
    moments = _chords([start for start, *_ in found]) if soft > _SWELL * len(spans) else []
    notes: list[HeardNote] = []
    for start, end, row, strength in found:
        for moment in moments:
            middle = round(moment * FRAME_RATE)
            again = start + _HELD < moment < end - _HELD
            if again and onsets[max(0, middle - 4) : middle + 9, row].max() >= _AGAIN:
                notes.append(HeardNote(start, moment, row + LOWEST, strength))
                start = moment
        notes.append(HeardNote(start, end, row + LOWEST, strength))
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def _sounding_on(notes: list[HeardNote]) -> list[HeardNote]:
    """The notes, with one for those that a held tone which swells was taken for.

    What begins where the same pitch has just ended, alone while others sound on, is no new note.
    """
    result: list[HeardNote] = []
    for note in notes:
        same = [place for place, other in enumerate(result) if other.pitch == note.pitch]
        before = result[same[-1]] if same else None
        if before is not None and -_TOGETHER < note.start - before.end < _PAUSE and _alone(note, notes):
            result[same[-1]] = replace(before, end=max(before.end, note.end))
        else:
            result.append(note)
    return result


def _alone(note: HeardNote, notes: list[HeardNote]) -> bool:
    """Whether no other note begins with one, and enough of them sound on before and after."""
    others = [other for other in notes if other.pitch != note.pitch]
    if any(abs(other.start - note.start) < _TOGETHER for other in others):
        return False
    first, last = note.start - _AROUND, note.start + _AROUND
    sounding = {other.pitch for other in others if other.start < first and other.end > last}
    return len(sounding) >= _OTHERS


def _chords(starts: list[float]) -> list[float]:
    """The starts (s), in order, beside which another note starts."""
    ordered = sorted(starts)
    return [
        start
        for place, start in enumerate(ordered)
        if any(
            abs(start - other) < _TOGETHER
            for other in ordered[max(0, place - 1) : place] + ordered[place + 1 : place + 2]
        )
    ]


def _start(first: int, ends: list[int], activations: Activations, row: int, accents: NDArray[np.bool_] | None) -> float:
    """Where a note begins (s) that is heard from frame `first` on.

    A soft attack is heard late, by a tenth of a second and more. Where the network has seen no onset, a low note begins
    at the last accent of the sound before, a higher one where its pitch rises out of silence; neither before the `ends`
    of notes of the same pitch.
    """
    onsets, sounding = activations.onsets[:, row], activations.notes[:, row]
    if accents is None or onsets[max(0, first - 1) : first + 2].max() >= _SOFT:
        return max(0.0, first / FRAME_RATE - _LATE)
    begin = max([0, first - _REACH, *ends])
    frame = first
    if row >= LOW - LOWEST:
        while frame > begin and sounding[frame - 1] >= _RISE:
            frame -= 1
        return frame / FRAME_RATE
    near = np.flatnonzero(accents[begin : first + _HALF + 1])
    if not len(near):
        return max(0.0, first / FRAME_RATE - _LATE)
    frame = begin + int(near[-1])
    while frame > 0 and accents[frame - 1]:
        frame -= 1
    return (frame + _HALF) / FRAME_RATE


def find_notes(audio: Audio) -> tuple[HeardNote, ...]:
    """The notes of a sound without drums, by start and pitch; times are seconds from its start.

    Needs about a twentieth of the sound's length.

    Raises:
        EngineError: it is silent.
    """
    if not len(audio.samples) or float(np.abs(audio.samples).max()) < SILENT:
        raise EngineError("This sound is silent: there are no notes to be heard.")
    sound = mono(audio)
    activity, onsets = activations(sound), onsets_of(sound)
    notes = notes_heard(activity, onsets, len(sound))
    if not is_low_line(notes):
        return notes
    return refined(LowLine(notes, activity, onsets, pitch_line(Audio(sound[:, None], RATE))))


def notes_heard(activations: Activations, onsets: Onsets, length: int) -> tuple[HeardNote, ...]:
    """The notes of a sound of so many samples, which may be a low line, by start and pitch."""
    return notes_of(activations, _accents(onsets.whole, length))


def _accents(onsets: Values, length: int) -> NDArray[np.bool_]:
    """Whether there is a strong onset within three frames of each frame of a sound of `length` samples: (T,)."""
    count = length // HOP + 1
    edges = np.clip(np.round((np.arange(count) - 3.5) / FRAME_RATE * ONSET_RATE).astype(int), 0, len(onsets) - 1)
    span = round(7 / FRAME_RATE * ONSET_RATE)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(onsets, (0, span)), span)
    strongest = float(np.percentile(onsets, 99.5))
    accents: NDArray[np.bool_] = windows[edges].max(axis=1) >= max(_ACCENT * strongest, 1e-9)
    return accents


def _is_overtone(note: HeardNote, notes: list[HeardNote]) -> bool:
    """Whether a note is likelier a harmonic of one that begins with it."""
    return any(
        note.pitch - other.pitch in _OVERTONES
        and abs(note.start - other.start) < _TOGETHER
        and other.strength * _GHOST > note.strength
        for other in notes
    )


def _is_undertone(note: HeardNote, notes: list[HeardNote]) -> bool:
    """Whether a short note is likelier the attack of one an octave above, as a saxophone's is heard."""
    length = note.end - note.start
    return length < _STUB and any(
        other.pitch - note.pitch == 12
        and abs(note.start - other.start) < _TOGETHER
        and other.end - other.start > 1.5 * length
        and note.strength < _STUB_STRENGTH * other.strength
        for other in notes
    )


def _end(likelihood: Values, place: int, step: int) -> int:
    """The first frame from `place` on, in steps of 1 or −1, after which a pitch is weak for `_GAP` frames."""
    weak = 0
    while 0 <= place < len(likelihood) and weak < _GAP:
        weak = weak + 1 if likelihood[place] < _SOUNDS else 0
        place += step
    return place - step * weak


def _erase(sounding: Values, frames: slice, row: int) -> None:
    """A pitch that became a note sounds no more, nor does what it leaves in the rows beside it."""
    sounding[frames, max(0, row - 1) : row + 2] = 0
