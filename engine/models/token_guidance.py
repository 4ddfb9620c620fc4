"""What the semantic tokens of a tuned tokenizer mean in notes and onsets, and logit biases towards a tempo and a key.

A tokenizer with a readout clusters descriptors of 40 ms of sound: chroma, bass chroma, spectral shape, level, onsets.
So each of its centres says in plain numbers which notes sound and whether something starts. Tokens in two streams
(`stream_tokens`) say the one by the first of a pair and the other, to 10 ms, by the second. The language model's next
token is then drawn from a product of experts: its own probability, times how well the token's notes fit the key, times
how well its onset fits the position in the beat (in the way of Dathathri et al. 2020, “Plug and play language models”,
without training). Which instruments play, and what, stays with the language model.

A guide is followed in the same way: while a note of its melody sounds, by how much the token's notes are that note;
while a chord sounds, by how much they are the chord's, its root in the bass; between the first of its accents and the
last, by whether something begins at them and nothing elsewhere. Where latents tell how loud the decoder's oscillators
are, these follow melody and chords in place of the tokens (`latent_guidance`), which then stay as they would be.

A constant bias towards a key stays on the tonic chord: over 2 s the chroma changed half as much as without it (one
minus cosine similarity 0.13; without bias 0.27; real pieces 0.40). So each phrase of 16 beats has two halves: the first
weights notes by how often they occur in the key, the second weights all notes of the scale alike and those of the tonic
chord less: 0.29.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.models import stream_tokens
from engine.models.stream_tokens import StreamTokenizer
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
_MELODY, _CHORD, _BESIDE, _ACCENT = 2.6, 3.2, 2.0, 2.5
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
    """Notes and onsets of each of the V tokens.

    Args:
        notes: (V, 12), how much each token is each pitch class; 0 in tokens that say nothing of notes.
        bass: (V, 12), the same of its lowest notes.
        onsets: (V, P), how much begins in each of the P equal parts of the time that a token stands for.
        lowest: the pitch class that comes first.
        rate: tokens a second.
        together: tokens that stand for the same time, one after another.
        tonal: (V,), which tokens say something of notes; all without it. The others say what begins.
    """

    def __init__(
        self, notes: Tensor, bass: Tensor, onsets: Tensor, *, lowest: int, rate: float, together: int = 1,
        tonal: Tensor | None = None,
    ) -> None:  # fmt: skip
        self._rate, self.together, self._lowest = rate, together, lowest
        self._tonal = torch.ones(len(notes), dtype=torch.bool) if tonal is None else tonal
        self._rhythmic = self._tonal if tonal is None else ~tonal
        self._chroma, self._low, self._high = notes + _BASS_SHARE * bass, bass, notes
        self._onset = _standard(onsets, self._rhythmic).clamp(max=_LOUDEST)  # (V, P)

    @classmethod
    def of_centres(cls, centres: Tensor, rate: float) -> "TokenDescriptors":
        """Those of a tokenizer whose cluster centres (V, WIDTH) hold all that a token says."""
        centres = centres.detach().float().cpu()
        notes, bass = (centres[:, part] / WEIGHTS[name] for part, name in ((CHROMA, "chroma"), (BASS, "bass")))
        return cls(notes, bass, centres[:, ONSETS].sum(1, keepdim=True), lowest=LOWEST, rate=rate)

    @classmethod
    def of_streams(cls, tokenizer: StreamTokenizer) -> "TokenDescriptors":
        """Those of tokens in two streams, of which one says what sounds and the other what begins."""
        content, beginnings = (each.detach().float().cpu() for each in (tokenizer.content, tokenizer.beginnings))
        chroma, bass = stream_tokens.chroma_of(content)
        half, parts = len(content), stream_tokens.BEGINNINGS // stream_tokens.RISES
        notes, low = (torch.cat((each, torch.zeros(half, 12))) for each in (chroma, bass))
        rises = beginnings.reshape(half, parts, stream_tokens.RISES).sum(2)
        onsets = torch.cat((torch.zeros(half, parts), rises))
        tonal = torch.arange(2 * half) < half
        first, rate = stream_tokens.FIRST_CLASS, tokenizer.config.token_rate
        return cls(notes, low, onsets, lowest=first, rate=rate, together=2, tonal=tonal)

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
        tokens = tokens.cpu()
        says = self._rhythmic[tokens][:, None]
        onset = self._onset[tokens]  # (n, P)
        mean = onset[says[:, 0]].mean() if says.any() else 0.0
        memory = torch.exp((torch.arange(count) - count) / (_MEMORY * self._rate))[:, None]
        weight = memory * (onset - mean) * says
        into = int(self.together > 1 and not self._tonal[tokens[0]])
        whole = self.beats(count, tempo)
        fits = [
            float((self._pulse(place / _PHASES - whole, count, tempo, into) * weight).sum()) for place in range(_PHASES)
        ]
        return fits.index(max(fits)) / _PHASES

    def logit_bias(
        self,
        steering: Steering,
        beat: float,
        count: int,
        guide: Guide = NO_GUIDE,
        first: int = 0,
        into: int = 0,
        *,
        notes: bool = True,
    ) -> Tensor:
        """Logit bias (count, V) of the next `count` tokens, starting at `beat` of the 16-beat phrase.

        A guide, whose seconds count from token 0, takes precedence from token `first` on where it says something.
        into: how many tokens of the same time came before. notes: whether tokens follow its melody and chords.
        """
        bias = torch.zeros(count, len(self._onset))
        if steering.tempo:
            share = self.beat_share(guide, first, count, into)
            bias += share * _BEAT * self._pulse(beat, count, steering.tempo, into) @ self._onset.T
        if steering.key is not None:
            home, away = self._fits(*steering.key)
            place = (beat + self.beats(1, steering.pace) * torch.arange(count, dtype=torch.float64)) % _PHRASE
            share = self.key_share(guide, first, count, into) if notes else torch.ones(())
            bias += share * _KEY * torch.where((place < _HOME)[:, None], home, away)
        return steering.strength * bias

    def guide_bias(self, guide: Guide, first: int, count: int, into: int = 0, *, notes: bool = True) -> Tensor:
        """Logit bias (count, V) of `count` tokens from `first` on, counted from where the guide's seconds do.

        notes: whether tokens follow its melody and chords.
        """
        bias = torch.zeros(count, len(self._onset))
        for number, time in enumerate(self._middles(first, count, into) if notes else ()):
            note = next((each for each in guide.melody if each.start <= time < each.end), None)
            span = next((each for each in guide.chords if each.start <= time < each.end), None)
            if note is not None:
                bias[number] += _MELODY * self._note_fit(note.pitch % 12)
            if span is not None:
                bias[number] += (_CHORD if note is None else _BESIDE) * self._chord_fit(span.chord, note is not None)
        return bias + self._accent_bias(guide, first, count, into)

    def _starts(self, first: int, count: int, into: int) -> Tensor:
        """The tokens, counted as `first` is, at which the time of each of `count` tokens begins: (count,)."""
        places = torch.arange(count) + into
        return first - into + places // self.together * self.together

    def _middles(self, first: int, count: int, into: int) -> list[float]:
        """Seconds in the middle of the time that each of `count` tokens stands for."""
        return [(start + 0.5 * self.together) / self._rate for start in self._starts(first, count, into).tolist()]

    def key_share(self, guide: Guide, first: int, count: int, into: int = 0) -> Tensor:
        """How much of a key's weight is left for each token: (count, 1), less where a guide says what sounds."""
        spans = [(each.start, each.end) for each in guide.chords] + list(guide.melody_spans())
        middles = self._middles(first, count, into)
        shares = [_KEY_BESIDE if any(a <= time < b for a, b in spans) else 1.0 for time in middles]
        return torch.tensor(shares)[:, None]

    def beat_share(self, guide: Guide, first: int, count: int, into: int = 0) -> Tensor:
        """How much of a tempo's weight is left for each token: (count, 1), none between a guide's accents."""
        if not guide.accents:
            return torch.ones(count, 1)
        middles = torch.tensor(self._middles(first, count, into))
        free = (middles < guide.accents[0].time - _EDGE) | (middles > guide.accents[-1].time + _EDGE)
        return free.float()[:, None]

    def _accent_bias(self, guide: Guide, first: int, count: int, into: int) -> Tensor:
        """What the guide's accents add: (count, V)."""
        if not guide.accents:
            return torch.zeros(count, 1)
        parts, starts = self._onset.shape[1], self._starts(first, count, into)
        strokes = torch.zeros(count, parts)
        for accent in guide.accents:
            place = accent.time * self._rate - starts  # (count,), tokens after each one's time begins
            part = (place * parts / self.together).floor().long()
            inside = (part >= 0) & (part < parts)
            strokes[inside, part[inside]] = accent.strength**0.5
        within = 1.0 - self.beat_share(guide, first, count, into)
        seconds = guide.accents[-1].time - guide.accents[0].time + 2 * _EDGE
        share = len(guide.accents) / max(seconds * self._rate / self.together * parts, 1.0)
        return _ACCENT * (within * (strokes - share)) @ self._onset.T

    def _note_fit(self, tone: int) -> Tensor:
        """How much each token's notes are a pitch class: (V,), unit variance."""
        weights = torch.zeros(12)
        weights[tone] = 1.0
        return self._noted(self._high @ _standard(weights).roll(-self._lowest))

    def _chord_fit(self, chord: Chord, under: bool) -> Tensor:
        """How much each token's notes are a chord's: (V,), unit variance; `under` a melody, more in the bass."""
        tones, root = torch.zeros(12), torch.zeros(12)
        tones[list(chord.pitch_classes)] = 1.0
        tones[chord.root] = root[chord.bass] = _ROOT
        high, low = (_standard(each).roll(-self._lowest) for each in (tones, root + 0.5 * tones))
        return self._noted(
            (0.5 if under else 1.0) * self._high @ high + (1.0 if under else _BASS_SHARE) * self._low @ low
        )

    def _fits(self, tonic: int, minor: bool) -> tuple[Tensor, Tensor]:
        """How well each token's notes fit a key, in the first and second half of a phrase: (V,) each, unit variance."""
        away = torch.zeros(12)
        away[list(_SCALES[minor])] = 1.0
        away[[0, 3 if minor else 4, 7]] -= _AWAY
        profiles = torch.tensor(MINOR if minor else MAJOR), away
        home, away = (self._noted(self._chroma @ _standard(each).roll(tonic - self._lowest)) for each in profiles)
        return home, away

    def _noted(self, values: Tensor) -> Tensor:
        """Values (V,) standardised over the tokens that say something of notes."""
        return _standard(values, self._tonal)

    def _pulse(self, beat: float, count: int, tempo: float, into: int = 0) -> Tensor:
        """Pulses (n, P): 1 in parts in which a beat falls, less halfway between beats, negative elsewhere."""
        parts = self._onset.shape[1]
        groups = -(-(count + into) // self.together)
        step = self.beats(self.together, tempo) / parts
        edges = beat - self.beats(into, tempo) + step * torch.arange(groups * parts + 1, dtype=torch.float64)
        whole, half = (torch.ceil(edges * each - 1e-6).diff() > 0 for each in (1, 2))
        pulse = torch.where(whole, 1.0, torch.where(half, _HALF, 0.0)) - step * (1 + _HALF)
        return pulse.float().reshape(groups, parts).repeat_interleave(self.together, 0)[into : into + count]


def _standard(values: Tensor, among: Tensor | None = None) -> Tensor:
    """Standardised to mean 0 and variance 1, over rows `among` (V,) if given; the rest and a constant become 0."""
    chosen = values if among is None else values[among]
    standard = (chosen - chosen.mean()) / chosen.std().clamp_min(1e-6)
    if among is None:
        return standard
    result = torch.zeros_like(values)
    result[among] = standard
    return result
