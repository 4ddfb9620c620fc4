"""Tempo and key of a sound, and a correction of the music tower's embedding that makes room for both.

A music tower that looks at a mel spectrogram in patches recognises genre and instruments, but its bands are too wide
for notes and its patches too long for beats, so that tempo and key in a prompt match nothing in the sound. This head
computes features in which both are visible. Tempo: spectrum and autocorrelation of onsets around each candidate
tempo, every candidate judged by the same small network. Key: chroma of bass and melody and the triads that sound,
rotated to each tonic and judged alike. The two estimates, with mean, spread and motion of mel bands and semitones,
move the tower's embedding towards texts that state the same tempo, key and timbre.

It is trained with both towers frozen (`engine.train.ear`) and has about 13 000 parameters. Its part of a model and its
buffers are called `ear`, `pulse_…` and `colour_…` in the weights.

In the file: config and presets, `AudioFeatures`, `TempoKey`, `TempoKeyHead`, cached filters, then the features.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.joint_embedding import mel_filters
from engine.models.oscillator_bank import semitone_filters

SLOWEST, FASTEST, TEMPI = 40.0, 220.0, 128
"""Beats a minute of the first and the last candidate tempo, and their number; neighbours differ by 1.3 %."""
TEMPO_FEATURES, KEY_FEATURES, TIMBRE_FEATURES = 93, 72, 113
"""Number of features of each candidate tempo, of each candidate tonic, and of the timbre."""
NEAR = 0.04
"""Relative difference up to which two tempi count as the same."""
SURE = 0.5
"""Probability from which an estimate is trusted."""

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
class TempoKeyConfig:
    """Sizes of a `TempoKeyHead`.

    rate: of the sound, in hertz. seconds: length of the analysed crop. width: of the joint embedding. hidden: units of
    the correction. facts: hidden units of the tempo network, and of the key network.
    """

    rate: int = 24000
    seconds: float = 10.0
    width: int = 64
    hidden: int = 40
    facts: int = 16

    @property
    def samples(self) -> int:
        """Length of the analysed crop in samples."""
        return round(self.seconds * self.rate)


PRESETS: dict[str, TempoKeyConfig] = {
    "starter": TempoKeyConfig(),
    "tiny": TempoKeyConfig(seconds=4.0, width=16, hidden=8, facts=4),
}


@dataclass(frozen=True)
class AudioFeatures:
    """Input of the head.

    tempo: (B, TEMPI, TEMPO_FEATURES). key: (B, 12, KEY_FEATURES), rotated so that candidate tonic k, counted from C, is
    at index k. timbre: (B, TIMBRE_FEATURES).
    """

    tempo: Tensor
    key: Tensor
    timbre: Tensor


@dataclass(frozen=True, slots=True)
class TempoKey:
    """A tempo in felt beats a minute and a key (tonic from 0 = C, whether minor), each with its probability."""

    tempo: float
    tempo_sure: float
    key: tuple[int, bool]
    key_sure: float


class TempoKeyHead(nn.Module):
    """Corrects the music tower's embedding by the tempo, key and timbre of the sound; the identity before training."""

    pulse_centre: Tensor  # (TEMPO_FEATURES,)
    pulse_spread: Tensor
    colour_centre: Tensor  # (TIMBRE_FEATURES,)
    colour_spread: Tensor

    def __init__(self, config: TempoKeyConfig) -> None:
        super().__init__()
        self.config = config
        self.tempo = nn.Sequential(nn.Linear(TEMPO_FEATURES, config.facts), nn.ReLU(), nn.Linear(config.facts, 1))
        self.key = nn.Sequential(nn.Linear(KEY_FEATURES, config.facts), nn.ReLU(), nn.Linear(config.facts, 2))
        self.inward = nn.Linear(TEMPI // 2 + 24 + TIMBRE_FEATURES, config.hidden)
        self.outward = nn.Linear(config.hidden, config.width)
        nn.init.zeros_(self.outward.weight)
        nn.init.zeros_(self.outward.bias)
        self.share = nn.Parameter(torch.ones(1))
        for name, size in (("pulse", TEMPO_FEATURES), ("colour", TIMBRE_FEATURES)):
            self.register_buffer(f"{name}_centre", torch.zeros(size))
            self.register_buffer(f"{name}_spread", torch.ones(size))

    def features(self, wave: Tensor) -> AudioFeatures:
        """Features of mono sound (B, T_wav), which is cut or zero-padded to `config.samples`."""
        with torch.autocast(wave.device.type, enabled=False):
            config = self.config
            wave = F.pad(wave.float(), (0, max(config.samples - wave.shape[-1], 0)))[:, : config.samples]
            mel = _log_mel(wave, config.rate)  # (B, MELS, N)
            notes = _semitones(wave, config.rate)  # (B, SEMITONES, M)
            timbre = torch.cat((_band_features(mel), _semitone_features(notes)), dim=1)
            return AudioFeatures(_tempo_features(_onsets(mel)), _key_features(notes), timbre)

    def tempo_logits(self, features: AudioFeatures) -> Tensor:
        """Logits of the candidate tempi: (B, TEMPI)."""
        logits: Tensor = self.tempo((features.tempo.float() - self.pulse_centre) / self.pulse_spread)[..., 0]
        return logits

    def key_logits(self, features: AudioFeatures) -> Tensor:
        """Logits of the keys, the 12 major ones first: (B, 24)."""
        logits: Tensor = self.key(features.key.float())  # (B, 12, 2)
        return logits.transpose(1, 2).flatten(1)

    def correct(self, vectors: Tensor, features: AudioFeatures, tempi: Tensor, keys: Tensor) -> Tensor:
        """Corrects unit vectors (B, E), given logits of tempi (B, TEMPI) and keys (B, 24): unit vectors (B, E)."""
        timbre = (features.timbre.float() - self.colour_centre) / self.colour_spread
        tempo = tempi.softmax(-1).view(len(tempi), -1, 2).sum(-1)  # (B, TEMPI / 2)
        evidence = torch.cat((tempo, keys.softmax(-1), timbre), dim=1)
        return F.normalize(self.share * vectors + _SHARE * self.outward(F.gelu(self.inward(evidence))), dim=-1)

    def forward(self, wave: Tensor, vectors: Tensor) -> Tensor:
        """Corrects the tower's unit vectors (B, E) of mono sound (B, T_wav): unit vectors (B, E)."""
        features = self.features(wave)
        return self.correct(vectors.float(), features, self.tempo_logits(features), self.key_logits(features))

    def predict(self, wave: Tensor) -> TempoKey:
        """One tempo and key for a batch of mono crops (B, T_wav) of the same piece."""
        features = self.features(wave)
        tempi = self.tempo_logits(features).log_softmax(-1).mean(0).softmax(-1)  # (TEMPI,)
        keys = self.key_logits(features).log_softmax(-1).mean(0).softmax(-1)  # (24,)
        candidates = tempo_candidates().to(tempi.device)
        best, key = int(tempi.argmax()), int(keys.argmax())
        near = (candidates / candidates[best]).log().abs() < math.log1p(NEAR)
        tempo = float((tempi * candidates)[near].sum() / tempi[near].sum())
        return TempoKey(tempo, float(tempi[near].sum()), (key % 12, key >= 12), float(keys[key]))


def tempo_candidates() -> Tensor:
    """The candidate tempi in beats a minute: (TEMPI,)."""
    return SLOWEST * torch.exp(torch.linspace(0, math.log(FASTEST / SLOWEST), TEMPI))


# Cached outside the module so that a cast to half precision does not round them, and created outside inference mode
# so that training may use them.


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
    """Maps semitones to pitch classes from C on, of all, of the bass, of the rest: (3, 12, SEMITONES)."""
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
    """Onset strength: rise over 20 ms, mean over all mel bands (B, MELS, N) and over each group: (B, 5, N − 2)."""
    loud = mel.clamp_min(_QUIET)
    rise = (loud[..., 2:] - loud[..., :-2]).clamp_min(0)
    groups = [rise[:, low:high].mean(1) for low, high in pairwise(_BANDS)]
    return torch.stack((rise.mean(1), *groups), dim=1)


def _tempo_features(onsets: Tensor) -> Tensor:
    """Spectrum and autocorrelation of onsets (B, 5, N) around each candidate tempo: (B, TEMPI, TEMPO_FEATURES)."""
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
    autocorrelation = power / (power[..., :1] + 1e-6) / overlap
    period = (60 / tempo_candidates()).to(device)  # (TEMPI,)
    columns = [_interpolated(spectrum, partial / period * size / _LOOKS) for partial in _PARTIALS]
    columns += [_interpolated(autocorrelation, lag * period * _LOOKS) for lag in _LAGS]
    rows = torch.stack(columns, dim=-1).transpose(1, 2).flatten(2)  # (B, TEMPI, 5 · 18)
    octaves = (2 * period).log2()[:, None]
    powers = torch.cat((octaves, octaves**2, octaves**3), dim=1)  # (TEMPI, 3)
    return torch.cat((rows, powers.expand(len(rows), -1, -1)), dim=2)


def _interpolated(values: Tensor, places: Tensor) -> Tensor:
    """Interpolates values (…, N) linearly at fractional indices (P,): (…, P)."""
    places = places.clamp(0, values.shape[-1] - 2)
    below = places.floor().long()
    share = places - below
    return values[..., below] * (1 - share) + values[..., below + 1] * share


def _key_features(notes: Tensor) -> Tensor:
    """Chroma and triads of semitones (B, SEMITONES, M), rotated to each candidate tonic: (B, 12, KEY_FEATURES)."""
    strength = notes.sqrt()
    strength = torch.minimum(strength, F.avg_pool1d(strength, 5, 1, 2))  # strokes are short
    whole, bass, rest = torch.einsum("fcs,bsm->fbmc", _folds(notes.device), strength)  # (B, M, 12) each
    triads = _unit(whole) @ _triads(notes.device).T + 0.5 * _unit(bass).repeat(1, 1, 2)  # (B, M, 24)
    chords = (_CLEAR * triads).softmax(-1).mean(1).view(-1, 2, 12)
    parts = (bass, rest, bass[:, :_EDGE], bass[:, -_EDGE:])
    whole_parts = [_unit(part.mean(1)) for part in parts]
    rows = torch.stack((whole_parts[0], whole_parts[1], chords[:, 0], chords[:, 1], *whole_parts[2:]), dim=1)
    return torch.stack([rows.roll(-tonic, 2).flatten(1) for tonic in range(12)], dim=1)


def _band_features(mel: Tensor) -> Tensor:
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


def _semitone_features(notes: Tensor) -> Tensor:
    """Mean, spread and motion of half octaves of semitones (B, SEMITONES, M): (B, 3 · 11)."""
    levels = notes.clamp_min(1e-3).log()
    parts = (levels.mean(2), levels.std(2), levels.diff(dim=2).abs().mean(2))
    return torch.cat([part.view(len(part), -1, 6).mean(2) for part in parts], dim=1)


def _unit(values: Tensor) -> Tensor:
    """Centred and scaled to length 1 along the last axis; a constant becomes 0."""
    centred = values - values.mean(-1, keepdim=True)
    return centred / (centred.norm(dim=-1, keepdim=True) + 1e-6)
