"""What a semantic token should tell of its 40 ms: which notes, how bright, how loud, and whether something begins.

A tokenizer that only contrasts, or that tells log spectra, spends its tokens on loudness and colour: of 512 tokens
so made none knew a note (keys told from them: 1 in 12, chance), and a language model of such tokens cannot keep a key.
So the features that are clustered are trained to tell these, each group weighted by how much of the tokens it may take.
On the sound's own descriptors, 512 clusters keep the key as well as the chroma itself does (69 % of pieces), with the
families and beats of before.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.models.token_guidance import BANDS, WEIGHTS
from engine.train.losses import log_mel, semitones, spectrogram

_LOW, _OCTAVES, _BASS_OCTAVES = 55.0, 6, 2
_FINE = 240  # samples between looks for what begins: 10 ms
_ONSET_MEAN, _ONSET_SPREAD = (0.40, 0.55), (0.44, 0.37)  # over pieces of the corpus


def descriptors(wave: Tensor, stride: int, rate: int = 24000) -> Tensor:
    """Of mono sound (B, T_wav), around the middle of each `stride` samples: (B, T_wav / stride, WIDTH) float32."""
    count = wave.shape[-1] // stride
    centred = F.pad(wave, (0, stride))[:, stride // 2 :]
    notes = semitones(centred, rate, low=_LOW, count=12 * _OCTAVES, hop=stride).transpose(1, 2)[:, :count]
    split = 12 * _BASS_OCTAVES
    mel = (log_mel(centred, rate, bands=BANDS, hop=stride).transpose(1, 2)[:, :count] + 4) / 3  # (B, n, bands)
    level = mel.mean(-1, keepdim=True)
    return torch.cat(
        (
            WEIGHTS["chroma"] * _chroma(notes[..., split:]),
            WEIGHTS["bass"] * _chroma(notes[..., :split]),
            WEIGHTS["shape"] * (mel - level),
            WEIGHTS["level"] * level,
            WEIGHTS["onsets"] * _onsets(wave, stride, count),
        ),
        dim=-1,
    )


def _chroma(notes: Tensor) -> Tensor:
    """Octaves of semitones (B, n, 12 · octaves) added up, relative to the loudest, without their mean: (B, n, 12)."""
    chroma = notes.reshape(*notes.shape[:-1], -1, 12).sum(-2)
    chroma = chroma / (chroma.amax(-1, keepdim=True) + 0.05)
    return chroma - chroma.mean(-1, keepdim=True)


def _onsets(wave: Tensor, stride: int, count: int) -> Tensor:
    """The largest rise of the log spectrum within each token, of about unit spread: (B, n, 2)."""
    looks = stride // _FINE
    spectrum = (spectrogram(wave, 512, _FINE, 512).abs() + 1e-2).log()  # (B, bins, N)
    rises = (spectrum[..., 1:] - spectrum[..., :-1]).clamp_min(0)
    both = torch.stack((rises.mean(1), rises[:, :8].mean(1)), dim=-1)  # (B, N − 1, 2)
    both = F.pad(both, (0, 0, 1, looks))[:, : count * looks]
    largest = both.reshape(len(wave), count, looks, 2).amax(2)
    return (largest - largest.new_tensor(_ONSET_MEAN)) / largest.new_tensor(_ONSET_SPREAD)
