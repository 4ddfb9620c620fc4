"""What a small ear adds to the music tower: the tempo and the key of a sound, and how its bands are filled.

A music tower that looks at a mel spectrogram in patches hears genre and instruments, but its bands are too wide for
notes and its patches too long for a beat; what prompts say of tempo and key then has nothing to meet in a sound. The
ear looks where these can be found. For a tempo, at the spectrum and the autocorrelation of onsets around each
candidate, all of which are judged by the same few units; for a key, at the chroma of bass and melody and at the triads
that sound, turned to each tonic and judged alike. What it finds, with the mean, spread and motion of bands and
semitones, moves the tower's vector to where texts lie that say the same.

It is trained beside towers that stay as they are (`engine.train.ear`), in 12 000 parameters.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.joint_embedding import mel_filters
from engine.models.tone_bank import semitone_filters

SLOWEST, FASTEST, TEMPI = 40.0, 220.0, 128
"""Beats a minute of the first and the last candidate, and how many there are, spaced by a ratio (1.3 %)."""
PULSES, NOTES, COLOURS = 93, 72, 113
"""How many numbers speak of each candidate tempo, of each tonic, and of the sound at large."""
NEAR = 0.04
"""Share by which tempi may differ that count as one."""
SURE = 0.5
"""Probability from which what was heard is trusted."""

_LOOKS = 100  # a second, for what begins
_MEL_FFT, _MELS = 1024, 64
_BANDS = (0, 8, 20, 34, 64)  # edges of the bands whose onsets are looked at one by one, beside all together
_QUIET, _SILENT = -7.0, -9.0  # logarithms of magnitude below which nothing begins, and nothing is there
_PARTIALS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0, 4.0, 6.0, 8.0)  # of a tempo's frequency
_LAGS = (1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0, 4.0)  # of its period
_NOTE_FFT, _MOMENTS = 8192, 10  # looks a second for notes
_LOWEST, _SEMITONES, _SPLIT, _A = 55.0, 66, 24, 9  # Hz, how many from there, how many of them are bass, pitch class
_CLEAR = 6.0  # how much the likeliest triad of a moment counts over the others
_EDGE = 8  # moments at either end whose bass is looked at by itself
_MOTION = 0.6  # seconds over which the motion of bands is measured
_SHARE = 0.3  # of the correction before training


@dataclass(frozen=True)
class EarConfig:
    """Sizes.

    seconds: what it listens to at once. width: of the joint space. hidden: units of the correction. facts: units that
    tell a tempo, and as many that tell a key.
    """

    rate: int = 24000
    seconds: float = 10.0
    width: int = 64
    hidden: int = 40
    facts: int = 16

    @property
    def samples(self) -> int:
        """Samples that it listens to at once."""
        return round(self.seconds * self.rate)


PRESETS: dict[str, EarConfig] = {
    "starter": EarConfig(),
    "tiny": EarConfig(seconds=4.0, width=16, hidden=8, facts=4),
}


@dataclass(frozen=True)
class Impression:
    """What of sounds goes into the ear's units.

    pulses: (B, TEMPI, PULSES). notes: (B, 12, NOTES), turned to each tonic from C on. colours: (B, COLOURS).
    """

    pulses: Tensor
    notes: Tensor
    colours: Tensor


@dataclass(frozen=True, slots=True)
class Heard:
    """A tempo in felt beats a minute and a key (tonic from 0 = C, whether minor), each with its probability."""

    tempo: float
    tempo_sure: float
    key: tuple[int, bool]
    key_sure: float


class Ear(nn.Module):
    """Sound and the music tower's vectors → better vectors. Untrained, it leaves them as they are."""

    pulse_centre: Tensor  # (PULSES,)
    pulse_spread: Tensor
    colour_centre: Tensor  # (COLOURS,)
    colour_spread: Tensor

    def __init__(self, config: EarConfig) -> None:
        super().__init__()
        self.config = config
        self.tempo = nn.Sequential(nn.Linear(PULSES, config.facts), nn.ReLU(), nn.Linear(config.facts, 1))
        self.key = nn.Sequential(nn.Linear(NOTES, config.facts), nn.ReLU(), nn.Linear(config.facts, 2))
        self.inward = nn.Linear(TEMPI // 2 + 24 + COLOURS, config.hidden)
        self.outward = nn.Linear(config.hidden, config.width)
        nn.init.zeros_(self.outward.weight)
        nn.init.zeros_(self.outward.bias)
        self.share = nn.Parameter(torch.ones(1))
        for name, size in (("pulse", PULSES), ("colour", COLOURS)):
            self.register_buffer(f"{name}_centre", torch.zeros(size))
            self.register_buffer(f"{name}_spread", torch.ones(size))

    def impression(self, wave: Tensor) -> Impression:
        """Of mono sound (B, T_wav), cut or padded with silence to what it listens to at once."""
        with torch.autocast(wave.device.type, enabled=False):
            config = self.config
            wave = F.pad(wave.float(), (0, max(config.samples - wave.shape[-1], 0)))[:, : config.samples]
            mel = _log_mel(wave, config.rate)  # (B, MELS, N)
            notes = _semitones(wave, config.rate)  # (B, SEMITONES, M)
            return Impression(_pulses(_onsets(mel)), _turned(notes), torch.cat((_bands(mel), _levels(notes)), dim=1))

    def tempi(self, impression: Impression) -> Tensor:
        """Logits of the candidate tempi: (B, TEMPI)."""
        logits: Tensor = self.tempo((impression.pulses.float() - self.pulse_centre) / self.pulse_spread)[..., 0]
        return logits

    def keys(self, impression: Impression) -> Tensor:
        """Logits of the keys, the 12 major ones first: (B, 24)."""
        logits: Tensor = self.key(impression.notes.float())  # (B, 12, 2)
        return logits.transpose(1, 2).flatten(1)

    def moved(self, vectors: Tensor, impression: Impression, tempi: Tensor, keys: Tensor) -> Tensor:
        """Unit vectors (B, E), moved by what was heard, as logits of tempi and keys, to unit vectors (B, E)."""
        colours = (impression.colours.float() - self.colour_centre) / self.colour_spread
        tempo = tempi.softmax(-1).view(len(tempi), -1, 2).sum(-1)  # (B, TEMPI / 2)
        found = torch.cat((tempo, keys.softmax(-1), colours), dim=1)
        return F.normalize(self.share * vectors + _SHARE * self.outward(F.gelu(self.inward(found))), dim=-1)

    def forward(self, wave: Tensor, vectors: Tensor) -> Tensor:
        """Mono sound (B, T_wav) and the tower's unit vectors of it (B, E) → unit vectors (B, E)."""
        impression = self.impression(wave)
        return self.moved(vectors.float(), impression, self.tempi(impression), self.keys(impression))

    def hear(self, wave: Tensor) -> Heard:
        """Tempo and key of mono sounds (B, T_wav) that belong together: the parts of one."""
        impression = self.impression(wave)
        tempi = self.tempi(impression).log_softmax(-1).mean(0).softmax(-1)  # (TEMPI,)
        keys = self.keys(impression).log_softmax(-1).mean(0).softmax(-1)  # (24,)
        candidates = tempo_candidates().to(tempi.device)
        best, key = int(tempi.argmax()), int(keys.argmax())
        near = (candidates / candidates[best]).log().abs() < math.log1p(NEAR)
        tempo = float((tempi * candidates)[near].sum() / tempi[near].sum())
        return Heard(tempo, float(tempi[near].sum()), (key % 12, key >= 12), float(keys[key]))


def tempo_candidates() -> Tensor:
    """Beats a minute: (TEMPI,)."""
    return SLOWEST * torch.exp(torch.linspace(0, math.log(FASTEST / SLOWEST), TEMPI))


# Filters and windows are kept outside the module, and never as what only inference may use.


@lru_cache(maxsize=8)
def _window(size: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return torch.hann_window(size, device=device)


@lru_cache(maxsize=8)
def _mel_matrix(rate: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return mel_filters(rate, _MEL_FFT, _MELS).T.contiguous().to(device)  # (MELS, F)


@lru_cache(maxsize=8)
def _note_matrix(rate: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return semitone_filters(rate, _NOTE_FFT, _LOWEST, _SEMITONES).to(device)  # (SEMITONES, F)


@lru_cache(maxsize=4)
def _folds(device: torch.device) -> Tensor:
    """What semitones add up to in each pitch class from C on, of all, of the bass, of the rest: (3, 12, SEMITONES)."""
    with torch.inference_mode(False):
        number = torch.arange(_SEMITONES)
        whole = F.one_hot((number + _A) % 12, 12).T.float()
        bass = whole * (number < _SPLIT)
        return torch.stack((whole, bass, whole - bass)).to(device)


@lru_cache(maxsize=4)
def _triads(device: torch.device) -> Tensor:
    """Major and minor triads on each pitch class, of mean 0 and length 1: (24, 12)."""
    with torch.inference_mode(False):
        plain = torch.zeros(2, 12)
        plain[0, [0, 4, 7]] = plain[1, [0, 3, 7]] = torch.tensor((1.0, 0.8, 0.9))
        return _unit(torch.stack([plain[minor].roll(root) for minor in (0, 1) for root in range(12)])).to(device)


def _magnitudes(wave: Tensor, size: int, hop: int) -> Tensor:
    """(B, T_wav) → (B, size/2 + 1, N)."""
    return torch.stft(wave, size, hop, window=_window(size, wave.device), return_complex=True).abs()


def _log_mel(wave: Tensor, rate: int) -> Tensor:
    spectrum = _magnitudes(wave, _MEL_FFT, rate // _LOOKS)
    return (_mel_matrix(rate, wave.device) @ spectrum).clamp_min(1e-5).log()


def _semitones(wave: Tensor, rate: int) -> Tensor:
    return _note_matrix(rate, wave.device) @ _magnitudes(wave, _NOTE_FFT, rate // _MOMENTS)


def _onsets(mel: Tensor) -> Tensor:
    """How much rises over 20 ms in all bands (B, MELS, N), and in each group of them: (B, 5, N − 2)."""
    loud = mel.clamp_min(_QUIET)
    rise = (loud[..., 2:] - loud[..., :-2]).clamp_min(0)
    groups = [rise[:, low:high].mean(1) for low, high in pairwise(_BANDS)]
    return torch.stack((rise.mean(1), *groups), dim=1)


def _pulses(onsets: Tensor) -> Tensor:
    """What speaks for each candidate tempo in onsets (B, 5, N): (B, TEMPI, PULSES)."""
    count = onsets.shape[-1]
    device = onsets.device
    centred = onsets - onsets.mean(-1, keepdim=True)
    size = 1 << math.ceil(math.log2(8 * count))
    spectrum = torch.fft.rfft(centred * torch.hann_window(count, periodic=False, device=device), size).abs()
    hertz = torch.arange(spectrum.shape[-1], device=device) * _LOOKS / size
    pulsing = spectrum[..., (hertz > 0.5) & (hertz < 12)]
    spectrum = spectrum / (pulsing.square().mean(-1, keepdim=True).sqrt() + 1e-6)
    padded = 1 << math.ceil(math.log2(2 * count))
    power = torch.fft.irfft(torch.fft.rfft(centred, padded).abs().square(), padded)[..., :count]
    overlap = (1 - torch.arange(count, device=device) / count).clamp_min(0.1)
    alike = power / (power[..., :1] + 1e-6) / overlap
    period = (60 / tempo_candidates()).to(device)  # (TEMPI,)
    columns = [_at(spectrum, partial / period * size / _LOOKS) for partial in _PARTIALS]
    columns += [_at(alike, lag * period * _LOOKS) for lag in _LAGS]
    rows = torch.stack(columns, dim=-1).transpose(1, 2).flatten(2)  # (B, TEMPI, 5 · 18)
    octaves = (2 * period).log2()[:, None]
    powers = torch.cat((octaves, octaves**2, octaves**3), dim=1)  # (TEMPI, 3)
    return torch.cat((rows, powers.expand(len(rows), -1, -1)), dim=2)


def _at(values: Tensor, places: Tensor) -> Tensor:
    """Values (…, N) between their neighbours at fractional places (P,): (…, P)."""
    places = places.clamp(0, values.shape[-1] - 2)
    below = places.floor().long()
    share = places - below
    return values[..., below] * (1 - share) + values[..., below + 1] * share


def _turned(notes: Tensor) -> Tensor:
    """What speaks of a key in semitones (B, SEMITONES, M), turned so that each tonic comes first: (B, 12, NOTES)."""
    strength = notes.sqrt()
    strength = torch.minimum(strength, F.avg_pool1d(strength, 5, 1, 2))  # strokes are short
    whole, bass, rest = torch.einsum("fcs,bsm->fbmc", _folds(notes.device), strength)  # (B, M, 12) each
    triads = _unit(whole) @ _triads(notes.device).T + 0.5 * _unit(bass).repeat(1, 1, 2)  # (B, M, 24)
    chords = (_CLEAR * triads).softmax(-1).mean(1).view(-1, 2, 12)
    parts = (bass, rest, bass[:, :_EDGE], bass[:, -_EDGE:])
    whole_parts = [_unit(part.mean(1)) for part in parts]
    rows = torch.stack((whole_parts[0], whole_parts[1], chords[:, 0], chords[:, 1], *whole_parts[2:]), dim=1)
    return torch.stack([rows.roll(-tonic, 2).flatten(1) for tonic in range(12)], dim=1)


def _bands(mel: Tensor) -> Tensor:
    """Mean, spread, rises, nine-tenths and motion of groups of four mel bands (B, MELS, N): (B, 5 · 16)."""
    mel = mel.clamp_min(_SILENT)
    far = round(_MOTION * _LOOKS)
    parts = (
        mel.mean(2),
        mel.std(2),
        (mel[..., 2:] - mel[..., :-2]).clamp_min(0).mean(2),
        mel.quantile(0.9, dim=2),
        (mel[..., far:] - mel[..., :-far]).abs().mean(2),
    )
    return torch.cat([part.view(len(part), -1, 4).mean(2) for part in parts], dim=1)


def _levels(notes: Tensor) -> Tensor:
    """Mean, spread and motion of half octaves of semitones (B, SEMITONES, M): (B, 3 · 11)."""
    levels = notes.clamp_min(1e-3).log()
    parts = (levels.mean(2), levels.std(2), levels.diff(dim=2).abs().mean(2))
    return torch.cat([part.view(len(part), -1, 6).mean(2) for part in parts], dim=1)


def _unit(values: Tensor) -> Tensor:
    """Of mean 0 and length 1 along the last axis; what is all the same becomes 0."""
    centred = values - values.mean(-1, keepdim=True)
    return centred / (centred.norm(dim=-1, keepdim=True) + 1e-6)
