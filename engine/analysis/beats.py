"""Beats: a first look finds the pulse, the song's tempo says where to look, and two finer looks make it exact.

1. The lag at which onset strengths are most like themselves is a tempo that may lie far from the song's (`tempo`).
2. Near the song's tempo, the period is the one at which the onsets' spectrum has the most at the beat's frequency and
   its double and quadruple.
3. Folded over the bar, onsets heard 1.5 ms apart and the changes of the harmony give the place of the beat (`pulse`).
"""

from dataclasses import dataclass

from engine.analysis.bar_network import bar_start
from engine.analysis.pulse import REACH, onsets_of, refined_tempo
from engine.analysis.sound import RATE, mono
from engine.analysis.tempo import global_tempo, onset_strengths
from engine.audio import Audio
from engine.timing.signature import COMMON_TIME, Signature

CLEAR = 0.15
"""Confidence from which a pulse is trusted."""

_MIN_BEATS = 4


@dataclass(frozen=True, slots=True)
class Beats:
    """A steady pulse.

    tempo: quarter notes a minute. phase: s from the sound's start to the beat nearest to it, −½ to ½ beat. beat: s
    between beats. confidence: 0 to 1; below `CLEAR` it is a guess.
    """

    tempo: float
    phase: float
    beat: float
    confidence: float


def quarters_per_beat(signature: Signature) -> float:
    """Quarter notes in a felt beat: 1.5 in compound time such as 6/8, else 1."""
    return 1.5 if signature.denominator == 8 and signature.numerator % 3 == 0 and signature.numerator > 3 else 1.0


def beats_per_bar(signature: Signature) -> int:
    """Felt beats in a bar; at least one."""
    return max(1, round(float(signature.bar) / quarters_per_beat(signature)))


def find_beats(audio: Audio, tempo: float, signature: Signature = COMMON_TIME) -> Beats | None:
    """The pulse of `audio`, looked for at `tempo` (quarter notes a minute); None where nothing begins often enough.

    A tempo within `REACH` of the song's, its half or its double is given as the song's octave; another is given as it
    was heard. Needs about a twentieth of the sound's length.
    """
    quarters = quarters_per_beat(signature)
    prior = tempo / quarters
    sound = mono(audio)
    if len(sound) / RATE < _MIN_BEATS * 60 / prior:
        return None
    onsets = onset_strengths(sound)
    if not float(onsets.max(initial=0.0)) > 0:
        return None
    begins = onsets_of(sound)
    near, first, clarity = refined_tempo(begins, prior)
    elsewhere = global_tempo(onsets, prior)
    if elsewhere > 0 and not _meant(elsewhere, prior):
        other, other_first, other_clarity = refined_tempo(begins, elsewhere)
        if other_first > max(2 * first, CLEAR) and not _meant(other, prior):
            near, clarity = other, other_clarity
    beat = 60 / near
    start = bar_start(sound, begins, beat, beats_per_bar(signature))
    return Beats(near * quarters, float((start + beat / 2) % beat - beat / 2), beat, clarity)


def _meant(tempo: float, prior: float) -> bool:
    """Whether `tempo`, its double or its half lies within `REACH` of `prior`."""
    return any(abs(tempo * factor / prior - 1) <= REACH for factor in (1.0, 2.0, 0.5))
