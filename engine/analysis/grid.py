"""The beats and bars of a sound of which nothing is known: one steady tempo from its first frame to its last."""

from dataclasses import dataclass

from engine.analysis.bar_network import bar_features, bar_odds, bar_series, bar_start
from engine.analysis.beat_placement import settled_tempo
from engine.analysis.heard_tempo import felt_pulse
from engine.analysis.metre import Metre
from engine.analysis.pulse import Onsets, Series, any_tempo, onsets_of, refined_tempo
from engine.analysis.sound import RATE, mono
from engine.audio import Audio

STEADY = 0.05
"""How clear a pulse is, 0 to 1, from which it can be played along with."""
_LEAST = 8  # beats
_WHOLE = 0.015  # s by which a sound differs at most from whole bars at the tempo heard, where it is a loop
_BARS = 1.5
"""What the network of bars counts against that of the metre, where a tempo, its half and its double are compared: from
1 to 3 as many of 104 pieces without drums are at their true tempo (.97; .94 without it)."""
_NEAR = 0.02  # a share of a tempo heard without any expectation, within which the exact one lies


@dataclass(frozen=True, slots=True)
class Grid:
    """A steady pulse.

    tempo: felt beats a minute. start: s from the sound's start to its first bar that begins in it, 0 to a bar.
    beats: in a bar. confidence: of the pulse, 0 to 1. compound: whether a beat falls into three, as in 6/8.
    """

    tempo: float
    start: float
    beats: int
    confidence: float
    compound: bool = False

    @property
    def beat(self) -> float:
        """S between beats."""
        return 60 / self.tempo

    @property
    def bar(self) -> float:
        """S of a bar."""
        return self.beat * self.beats


def find_grid(audio: Audio, *, beats: int | None = None, tempo: float | None = None, lean: float = 0.0) -> Grid | None:
    """The beats and bars of a sound; None where it has no steady pulse.

    Args:
        audio: the sound.
        beats: in a bar, where they are known.
        tempo: felt beats a minute, where they are known.
        lean: how much likelier a tempo counts than its half, in logarithms; with it, bars are heard at both, too.
    """
    return grid_of_sound(mono(audio), beats=beats, tempo=tempo, lean=lean)


def grid_of_sound(
    sound: Series,
    onsets: Onsets | None = None,
    *,
    beats: int | None = None,
    tempo: float | None = None,
    expected: Metre | None = None,
    lean: float = 0.0,
) -> Grid | None:
    """As `find_grid`, of a mono sound (N,) at `RATE` whose onsets and `felt_pulse` (`expected`) may be worked out."""
    if len(sound) / RATE < 2.0 or not sound.any():
        return None
    onsets = onsets or onsets_of(sound)
    felt = expected or felt_pulse(sound, onsets, beats=beats, tempo=tempo, lean=lean)
    if felt is None:
        return None
    prior = tempo or (_of_octaves(sound, onsets, felt, beats or felt.beats) if lean else felt.tempo)
    if len(sound) / RATE < _LEAST * 60 / prior:
        return None
    near, clarity = _refined(onsets, prior, 0.005 if tempo else _NEAR)
    if clarity < STEADY and tempo is None:
        near, _, clarity = refined_tempo(onsets, any_tempo(onsets) or prior, 3 * _NEAR)
        if clarity < STEADY or len(sound) / RATE < _LEAST * 60 / near:
            return None
    near = settled_tempo(onsets.whole, near)
    count = beats or felt.beats
    exact = _of_whole_bars(len(sound) / RATE, near, count)
    start = bar_start(sound, onsets, 60 / (exact or near), count, loop=exact is not None)
    return Grid(exact if exact and start == 0.0 else near, start, count, clarity, felt.compound)


def _of_octaves(sound: Series, onsets: Onsets, felt: Metre, beats: int) -> float:
    """The felt tempo, or its half or double where bars are heard so much more clearly at that."""

    def likely(octave: tuple[float, float]) -> float:
        beat = 60 / octave[0]
        bars = bar_odds(bar_features(bar_series(sound, onsets, beat, beats), beat, beats))
        return octave[1] + _BARS * float(bars.max())

    return max(felt.octaves, key=likely)[0] if felt.octaves else felt.tempo


def _of_whole_bars(seconds: float, tempo: float, beats: int) -> float | None:
    """The tempo near the one heard at which a sound lasts whole bars, as a loop does; None where there is none."""
    bar = 60 / tempo * beats
    bars = round(seconds / bar)
    return bars * beats * 60 / seconds if bars and abs(bars * bar - seconds) <= _WHOLE else None


def _refined(onsets: Onsets, prior: float, reach: float) -> tuple[float, float]:
    """The tempo near a felt one, and how clear its pulse is; where it is not, that of a half or third of its beats."""
    for parts in (1, 2, 3):
        near, _, clarity = refined_tempo(onsets, prior * parts, reach)
        if clarity >= STEADY:
            return near / parts, clarity
    return near / parts, clarity
