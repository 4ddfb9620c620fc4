"""What the semantic tokens of a tuned tokenizer mean in notes and onsets, and logit biases towards a tempo and a key.

A tokenizer with a readout clusters descriptors of 40 ms of sound: chroma, bass chroma, spectral shape, level, onsets.
So each of its centres says in plain numbers which notes sound and whether something starts. The language model's next
token is then drawn from a product of experts: its own probability, times how well the token's notes fit the key, times
how well its onset fits the position in the beat (in the way of Dathathri et al. 2020, “Plug and play language models”,
without training). Which instruments play, and what, stays with the language model.

A guide is followed in the same way: while a note of its melody sounds, by how much the token's notes are that note;
while a chord sounds, by how much they are the chord's, its root in the bass; between the first of its accents and the
last, by whether something begins at them and nothing elsewhere.

A constant bias towards a key stays on the tonic chord: over 2 s the chroma changed half as much as without it (one
minus cosine similarity 0.13; without bias 0.27; real pieces 0.40). So each phrase of 16 beats has two halves: the first
weights notes by how often they occur in the key, the second weights all notes of the scale alike and those of the tonic
chord less: 0.29.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.music.chords import Chord
from engine.music.guide import NO_GUIDE, Guide
from engine.music.keys import MAJOR, MINOR

BANDS = 24
CHROMA, BASS, ONSETS = slice(0, 12), slice(12, 24), slice(25 + BANDS, 27 + BANDS)
WIDTH = 27 + BANDS
"""Chroma, chroma of the bass, shape of the mel spectrum, level, and what begins (in all, and below 400 Hz)."""
WEIGHTS = {"chroma": 1.8, "bass": 0.9, "shape": 0.7, "level": 0.35, "onsets": 0.4}
"""Weight of each descriptor in the clustering, so its share of the tokens' information."""
LOWEST = 9
"""The pitch class that chroma starts with: A."""

_KEY, _BEAT = 0.8, 3.0
"""How much a fit of one standard deviation over the vocabulary adds to the logarithm of a probability."""
_MELODY, _CHORD, _BESIDE, _ACCENT = 2.6, 3.2, 2.0, 8.0
"""The same of a melody, of a chord alone and under a melody, and of an onset at an accent."""
_ROOT = 1.5  # how much a chord's root counts over its other notes
_EDGE = 0.15  # s around the first and the last accent in which nothing else is to begin
_KEY_BESIDE = 0.25  # of the key's weight where a guide says which notes sound
_BASS_SHARE = 0.5
_LOUDEST = 2.2  # deviations: a stroke of a drum is no more welcome than a plucked string where there are no drums
_HALF = 0.3  # of a beat's weight, halfway between beats
_PHRASE, _HOME = 16.0, 8.0  # beats
_AWAY = 0.55  # what the tonic chord's notes count less when the harmony is away from home
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))  # major, minor
_PACE = 120.0  # beats a minute where no tempo is asked for
_PHASES = 48  # places of the beat that are tried
_MEMORY = 2.0  # seconds over which what was played loses its weight in finding the beat, to 1/e


@dataclass(frozen=True, slots=True)
class Steering:
    """What draws are biased towards. tempo: felt beats a minute. key: tonic (0 = C) and whether it is minor."""

    tempo: float | None = None
    key: tuple[int, bool] | None = None
    strength: float = 1.0

    @property
    def pace(self) -> float:
        """Tempo in which phrases are counted, in beats a minute."""
        return self.tempo or _PACE


class TokenDescriptors:
    """Notes and onset of each of the V tokens.

    Args:
        centres: (V, WIDTH), the tokenizer's cluster centres.
        rate: tokens a second.
    """

    def __init__(self, centres: Tensor, rate: float) -> None:
        centres = centres.detach().float().cpu()
        self._rate = rate
        self._chroma = centres[:, CHROMA] / WEIGHTS["chroma"] + _BASS_SHARE * centres[:, BASS] / WEIGHTS["bass"]
        self._low = centres[:, BASS] / WEIGHTS["bass"]
        self._high = centres[:, CHROMA] / WEIGHTS["chroma"]
        self._onset = _standard(centres[:, ONSETS].sum(1)).clamp(max=_LOUDEST)  # (V,)

    def beats(self, tokens: int, tempo: float) -> float:
        """Length of `tokens` tokens in beats."""
        return tokens * tempo / 60 / self._rate

    def advance(self, beat: float, tokens: int, tempo: float) -> float:
        """Beat of the phrase `tokens` tokens after `beat`; a negative count goes back."""
        return (beat + self.beats(tokens, tempo)) % _PHRASE

    def beat_after(self, tokens: Tensor, tempo: float) -> float:
        """Phase of the beat (0 to 1) at which tokens (n,) end: the one that puts their onsets on beats best."""
        count = len(tokens)
        if not count:
            return 0.0
        onset = self._onset[tokens.cpu()]
        weight = torch.exp((torch.arange(count) - count) / (_MEMORY * self._rate)) * (onset - onset.mean())
        whole = self.beats(count, tempo)
        fits = [float(self._pulse(place / _PHASES - whole, count, tempo) @ weight) for place in range(_PHASES)]
        return fits.index(max(fits)) / _PHASES

    def logit_bias(
        self, steering: Steering, beat: float, count: int, guide: Guide = NO_GUIDE, first: int = 0
    ) -> Tensor:
        """Logit bias (count, V) of the next `count` tokens, starting at `beat` of the 16-beat phrase.

        A guide, whose seconds count from token 0, takes precedence from token `first` on where it says something.
        """
        bias = torch.zeros(count, len(self._onset))
        if steering.tempo:
            share = self.beat_share(guide, first, count)
            bias += share * _BEAT * self._pulse(beat, count, steering.tempo)[:, None] * self._onset
        if steering.key is not None:
            home, away = self._fits(*steering.key)
            place = (beat + self.beats(1, steering.pace) * torch.arange(count, dtype=torch.float64)) % _PHRASE
            bias += self.key_share(guide, first, count) * _KEY * torch.where((place < _HOME)[:, None], home, away)
        return steering.strength * bias

    def guide_bias(self, guide: Guide, first: int, count: int) -> Tensor:
        """Logit bias (count, V) of `count` tokens from `first` on, counted from where the guide's seconds do."""
        bias = torch.zeros(count, len(self._onset))
        middles = [(first + number + 0.5) / self._rate for number in range(count)]
        for number, time in enumerate(middles):
            note = next((each for each in guide.melody if each.start <= time < each.end), None)
            span = next((each for each in guide.chords if each.start <= time < each.end), None)
            if note is not None:
                bias[number] += _MELODY * self._note_fit(note.pitch % 12)
            if span is not None:
                bias[number] += (_CHORD if note is None else _BESIDE) * self._chord_fit(span.chord, note is not None)
        return bias + self._accent_bias(guide, first, count)

    def key_share(self, guide: Guide, first: int, count: int) -> Tensor:
        """How much of a key's weight is left for each token: (count, 1), less where a guide says what sounds."""
        spans = [(each.start, each.end) for each in guide.chords] + list(guide.melody_spans())
        middles = [(first + number + 0.5) / self._rate for number in range(count)]
        shares = [_KEY_BESIDE if any(a <= time < b for a, b in spans) else 1.0 for time in middles]
        return torch.tensor(shares)[:, None]

    def beat_share(self, guide: Guide, first: int, count: int) -> Tensor:
        """How much of a tempo's weight is left for each token: (count, 1), none between a guide's accents."""
        if not guide.accents:
            return torch.ones(count, 1)
        middles = (torch.arange(count) + first + 0.5) / self._rate
        free = (middles < guide.accents[0].time - _EDGE) | (middles > guide.accents[-1].time + _EDGE)
        return free.float()[:, None]

    def _accent_bias(self, guide: Guide, first: int, count: int) -> Tensor:
        """What the guide's accents add: (count, V)."""
        strokes = torch.zeros(count)
        for accent in guide.accents:
            place = int(accent.time * self._rate) - first
            if 0 <= place < count:
                strokes[place] = accent.strength**0.5
        within = 1.0 - self.beat_share(guide, first, count)[:, 0]
        if not guide.accents:
            return torch.zeros(count, 1)
        share = len(guide.accents) / max((guide.accents[-1].time - guide.accents[0].time + 2 * _EDGE) * self._rate, 1.0)
        return _ACCENT * (within * (strokes - share))[:, None] * self._onset

    def _note_fit(self, tone: int) -> Tensor:
        """How much each token's notes are a pitch class: (V,), unit variance."""
        weights = torch.zeros(12)
        weights[tone] = 1.0
        return _standard(self._high @ _standard(weights).roll(-LOWEST))

    def _chord_fit(self, chord: Chord, under: bool) -> Tensor:
        """How much each token's notes are a chord's: (V,), unit variance; `under` a melody, more in the bass."""
        tones, root = torch.zeros(12), torch.zeros(12)
        tones[list(chord.pitch_classes)] = 1.0
        tones[chord.root] = root[chord.bass] = _ROOT
        high, low = (_standard(each).roll(-LOWEST) for each in (tones, root + 0.5 * tones))
        return _standard(
            (0.5 if under else 1.0) * self._high @ high + (1.0 if under else _BASS_SHARE) * self._low @ low
        )

    def _fits(self, tonic: int, minor: bool) -> tuple[Tensor, Tensor]:
        """How well each token's notes fit a key, in the first and second half of a phrase: (V,) each, unit variance."""
        away = torch.zeros(12)
        away[list(_SCALES[minor])] = 1.0
        away[[0, 3 if minor else 4, 7]] -= _AWAY
        profiles = torch.tensor(MINOR if minor else MAJOR), away
        home, away = (_standard(self._chroma @ _standard(each).roll(tonic - LOWEST)) for each in profiles)
        return home, away

    def _pulse(self, beat: float, count: int, tempo: float) -> Tensor:
        """Pulse train (n,): 1 in tokens in which a beat falls, less halfway between beats, negative elsewhere."""
        step = self.beats(1, tempo)
        edges = beat + step * torch.arange(count + 1, dtype=torch.float64)
        whole, half = (torch.ceil(edges * parts - 1e-6).diff() > 0 for parts in (1, 2))
        pulse = torch.where(whole, 1.0, torch.where(half, _HALF, 0.0))
        return (pulse - step * (1 + _HALF)).float()


def _standard(values: Tensor) -> Tensor:
    """Standardised to mean 0 and variance 1; a constant becomes 0."""
    centred = values - values.mean()
    return centred / centred.std().clamp_min(1e-6)
