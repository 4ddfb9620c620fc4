"""Low lines, such as a bass: one tone at a time, often struck again at the same pitch.

The network of `basic_pitch` sees the pitch of low notes well and their onsets badly: a bass that repeats a note is
heard as one long note. Where nearly all notes of a sound are low, it is taken for such a line. Then a note may begin
wherever the sound has an accent or the network saw one; a small network decides from what is heard around it. A note's
pitch is the one that its period (`pitch_line`) and `basic_pitch` agree on best. Both were fitted to basses that the
composer plays (`engine.train.low_line`).
"""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.basic_pitch import FRAME_RATE, LOWEST, PITCHES, Activations
from engine.analysis.heard_note import HeardNote
from engine.analysis.pitch_line import FRAME_RATE as LINE_RATE
from engine.analysis.pitch_line import PitchLine
from engine.analysis.pulse import ONSET_RATE, Onsets
from engine.paths import resources

Values = NDArray[np.float64]
Weights = dict[str, Values]

LOW = 52
"""Pitch below which a note is low."""
_LINE = 0.8  # share of low notes from which a sound is a low line
_ACCENT, _ALONE = 0.06, 0.03  # of the strongest onsets, from which a note may begin; s between two of them
_KNOWN = 0.045  # s around an accent in which the start of a note is that accent
_APART = 0.05  # s between two notes
_BEGINS = 0.3  # likelihood from which a note begins, found on pieces of the validation split
_ATTACK, _HEARD = 0.03, 0.4  # s after a note's start between which its pitch is looked for
_QUIET = 14.0  # dB below a note's loudest moment, at which its pitch is not looked for
_FALLS, _STEADY = 0.4, 0.08  # semitones by which a pitch falls towards the one that is meant, and may rise on the way
_FARTHEST = 2.0  # semitones below the last one heard, at which that one lies at most
_SOUNDS = 0.15  # of all that speaks for a pitch: a note with less has none
_SHORTEST, _SHORT = 0.05, 0.15  # s of a note at least, and of one of which only the start is known


@dataclass(frozen=True)
class LowLine:
    """What is known of a sound before its notes are: all of the same sound."""

    notes: tuple[HeardNote, ...]  # heard first
    activations: Activations
    onsets: Onsets
    line: PitchLine

    @cached_property
    def pitches(self) -> Values:
        """The pitch of each frame of the line, of MIDI; NaN where none is heard."""
        pitches = 69 + 12 * np.log2(np.maximum(self.line.hertz, 1.0) / 440)
        return np.where(self.line.voiced, pitches, np.nan)

    @cached_property
    def strongest(self) -> tuple[float, float, float]:
        """The strongest onsets: of all, low and high."""
        parts = (self.onsets.whole, self.onsets.low, self.onsets.high)
        whole, low, high = (max(float(np.percentile(part, 99.5)) if len(part) else 0.0, 1e-9) for part in parts)
        return whole, low, high

    @cached_property
    def loud(self) -> float:
        """DBFS of the loud moments."""
        return float(np.percentile(self.line.loudness, 95))


def is_low_line(notes: tuple[HeardNote, ...]) -> bool:
    """Whether a sound with these notes is a low line."""
    low = sum(note.pitch < LOW for note in notes)
    return bool(notes) and low >= _LINE * len(notes)


def refined(heard: LowLine, weights: Weights | None = None) -> tuple[HeardNote, ...]:
    """The notes of a low line, one after another."""
    weights = weights or _bundled()
    starts = chosen(moments(heard), heard, weights)
    result = []
    for start, after in pairwise([*starts, len(heard.pitches) / LINE_RATE + 1]):
        pitches = candidates(start, after, heard)
        rows = np.array([evidence for _, evidence in pitches])
        if rows[:, :3].sum(axis=1).max() < _SOUNDS:
            continue
        pitch = pitches[int((rows @ weights["pitch"]).argmax())][0]
        sounding = [note for note in heard.notes if note.start < after - 0.01 and note.end > start + 0.03]
        end = max((note.end for note in sounding), default=start + _SHORT)
        end = min(max(end, start + _SHORTEST), max(after, start + _SHORTEST))
        strength = max((note.strength for note in sounding), default=0.3)
        result.append(HeardNote(start, end, pitch, strength))
    return tuple(result)


def moments(heard: LowLine) -> Values:
    """Where notes may begin, s, in order: at accents, and where they were heard to begin without one."""
    onsets = heard.onsets.whole
    reach = round(_ALONE * ONSET_RATE)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(onsets, reach), 2 * reach + 1).max(axis=1)
    places = np.flatnonzero((onsets >= around) & (onsets > _ACCENT * heard.strongest[0])) / ONSET_RATE
    more = [note.start for note in heard.notes if not (np.abs(places - note.start) < _KNOWN).any()]
    return np.sort(np.concatenate((places, more)))


def chosen(places: Values, heard: LowLine, weights: Weights) -> list[float]:
    """Those of the places (s) at which notes begin, in order."""
    if not len(places):
        return []
    hidden = (moment_features(places, heard) - weights["mean"]) / weights["scale"]
    hidden = np.tanh(hidden @ weights["hidden.weight"].T + weights["hidden.bias"])
    likely = 1 / (1 + np.exp(-(hidden @ weights["out.weight"].T + weights["out.bias"])[:, 0]))
    taken: list[float] = []
    for place in np.argsort(-likely):
        if likely[place] < _BEGINS:
            break
        if all(abs(float(places[place]) - other) >= _APART for other in taken):
            taken.append(float(places[place]))
    return sorted(taken)


def moment_features(places: Values, heard: LowLine) -> Values:
    """What is heard around each of the places (s) at which a note may begin: (N, F)."""
    rows = [_around(float(place), places, heard) for place in places]
    return np.nan_to_num(np.array(rows, np.float64))


def _around(place: float, places: Values, heard: LowLine) -> list[float]:
    onsets, activations, pitches = heard.onsets, heard.activations, heard.pitches
    strength = _most(onsets.whole, ONSET_RATE, place - 0.02, place + 0.021) / heard.strongest[0]
    low = _most(onsets.low, ONSET_RATE, place - 0.03, place + 0.05) / heard.strongest[1]
    high = _most(onsets.high, ONSET_RATE, place - 0.02, place + 0.021) / heard.strongest[2]
    loudness = heard.line.loudness
    after = _most(loudness, LINE_RATE, place, place + 0.09, -120.0)
    before = -_most(-loudness, LINE_RATE, place - 0.05, place + 0.01, 0.0)
    earlier = _most(loudness, LINE_RATE, place - 0.15, place + 0.01, -120.0)
    frame = int(place * FRAME_RATE)
    seen = activations.onsets[max(0, frame - 4) : frame + 7]
    then = _part(pitches, place + 0.03, place + 0.12)
    now = _part(pitches, place - 0.09, place - 0.01)
    voiced, voiced_before = (float(np.isfinite(part).mean()) if len(part) else 0.0 for part in (then, now))
    pitch = float(np.nanmedian(then)) if voiced > 0.3 else np.nan
    last = float(np.nanmedian(now)) if voiced_before > 0.3 else np.nan
    step = min(abs(pitch - last), 3.0) if np.isfinite(pitch + last) else float(voiced > 0.3)
    own = gain = 0.0
    row = round(pitch) - LOWEST if np.isfinite(pitch) else -1
    if 0 <= row < PITCHES and 1 < frame < len(activations.notes) - 3:
        own = float(seen[:, max(0, row - 1) : row + 2].max(initial=0))
        gain = float(activations.notes[frame + 2 : frame + 10, row].mean())
        gain -= float(activations.notes[max(0, frame - 6) : frame - 1, row].mean()) if frame > 1 else 0.0
    nearest = min((abs(note.start - place) for note in heard.notes), default=9.0)
    rivals = [each for each in places if 0 < abs(each - place) < 0.09]
    rival = max((_most(onsets.whole, ONSET_RATE, each - 0.02, each + 0.021) for each in rivals), default=0.0)
    return [
        np.log(strength + 0.03), np.log(low + 0.03), np.log(high + 0.03),
        min(after - before, 30.0) / 10, max(after - heard.loud, -40.0) / 10,
        min(max(earlier - after, -10.0), 30.0) / 10,
        float(seen.max(initial=0)), own, gain, step, voiced - voiced_before, voiced,
        float(np.exp(-((nearest / 0.04) ** 2))), strength / (strength + rival / heard.strongest[0] + 1e-3),
    ]  # fmt: skip


def candidates(start: float, after: float, heard: LowLine) -> list[tuple[int, list[float]]]:
    """The pitches that a note from `start` to the next one, `after`, may have, and what speaks for each."""
    period, share = _period(start, after, heard)
    frame, last = int(start * FRAME_RATE), int((after - 0.01) * FRAME_RATE)
    sounding = heard.activations.notes[frame + 1 : max(frame + 3, min(frame + 20, last))]
    beginning = heard.activations.onsets[max(0, frame - 3) : frame + 8]
    notes = sounding.mean(axis=0) if len(sounding) else np.zeros(PITCHES)
    onsets = beginning.max(axis=0) if len(beginning) else np.zeros(PITCHES)
    seen = LOWEST + int((notes + onsets)[: LOW + 24 - LOWEST].argmax())
    pitches = {seen} if period is None else {seen, period, period + 12, period - 12}

    def at(values: NDArray[np.floating], pitch: int) -> float:
        return float(values[pitch - LOWEST]) if 0 <= pitch - LOWEST < PITCHES else 0.0

    return [
        (
            pitch,
            [
                float(pitch == period), at(notes, pitch), at(onsets, pitch), share * (pitch == period),
                float(period is not None and pitch == period + 12), float(period is not None and pitch == period - 12),
                float(pitch < 33), at(notes, pitch + 12), at(notes, pitch - 12), at(onsets, pitch + 12),
            ],
        )
        for pitch in sorted(pitches)
    ]  # fmt: skip


def _period(start: float, after: float, heard: LowLine) -> tuple[int | None, float]:
    """The pitch of a note's period, and the share of it in which one is heard; None where that is too little.

    Some basses fall to their pitch; where they end before they are there, it is extrapolated (Aitken's process).
    """
    first = int((start + _ATTACK) * LINE_RATE)
    last = max(first + 2, int(min(after - 0.01, start + _HEARD) * LINE_RATE))
    part, loudness = heard.pitches[first:last], heard.line.loudness[first:last]
    clear = part[np.isfinite(part) & (loudness > loudness.max(initial=-200.0) - _QUIET)]
    share = len(clear) / max(1, len(part))
    if len(clear) < 2 or share < 0.3:
        return None, 0.0
    pitch = float(np.median(clear[len(clear) // 3 :]))
    if len(clear) >= 6 and (np.diff(clear) < _STEADY).all() and clear[0] - clear[-1] > _FALLS:
        speeds = 2 ** (clear / 12)
        step = (len(clear) - 1) // 2
        one, two, three = speeds[-1 - 2 * step], speeds[-1 - step], speeds[-1]
        bend = (one - two) - (two - three)
        limit = three - (two - three) ** 2 / bend if bend > 1e-9 else three
        pitch = max(12 * float(np.log2(max(limit, 1e-9))), float(clear[-1]) - _FARTHEST)
    return round(pitch), share


def _most(values: NDArray[np.floating], rate: float, first: float, last: float, least: float = 0.0) -> float:
    """The largest of values at `rate` between two times, s; `least` where there is none."""
    return float(values[max(0, int(first * rate)) : max(0, int(last * rate))].max(initial=least))


def _part(pitches: Values, first: float, last: float) -> Values:
    """The frames of a line's pitches between two times, s."""
    return pitches[max(0, int(first * LINE_RATE)) : max(0, int(last * LINE_RATE))]


@cache
def _bundled() -> Weights:
    with np.load(resources() / "listening" / "low_line.npz", allow_pickle=False) as file:
        return {name: np.asarray(file[name], np.float64) for name in file.files}
