"""The audio VAE-GAN: waveform ↔ latents (Lam et al. 2023, section 4.1; HiFi-GAN, Kong 2020; Vocos, Siuzdak 2023).

Encoder: strided convolutions with residual blocks, last layer mean and log-variance. Decoder: one of two heads behind
one interface, latents (B, L, D) in, waveform (B, C, T_wav) out: `HiFiGanHead` (transposed convolutions) or
`InverseStftHead` (ConvNeXt blocks at the latent rate, then an inverse STFT), which is many times cheaper on a CPU.

The latent that diffusion sees is z = gain · clamp(z_raw / 3, −1, 1), in the paper without the gain; `encode` returns it
and `decode` undoes the scale.

`paper`: 24 kHz mono, strides 2·3·4·4 (hop 96, 250 Hz), the stated widths and kernels; HiFi-GAN residual blocks (kernels
3, 7, 11 × dilations 1, 3, 5), four in a row in the encoder and two in the decoder, which comes nearest to the stated
40 + 60.1 M without leaving whole blocks: see the test for the count. `starter`: backbones of width 256 on frames of 192
samples, 3 ConvNeXt blocks in the encoder and 6 in the decoder, to which a second of sound costs 0.8 GFLOP; five frames
share a latent. 128 fine latents let sound come back wave for wave; the diffusion makes the other 48, which say how loud
each semitone is and when things begin, and of which the decoder's oscillators (`oscillator_bank`) make tones that last.
With its gain these have a spread of 0.7; at a third of that, as in the paper, five of six of diffusion's angles are
mostly noise.

Frames that share a latent follow from the same numbers, so a decoder that is given no fine latents repeats itself from
latent to latent: a comb at multiples of the latents' rate, 11 dB over what lies between. There all frames of a latent
are turned by one random phase, a new one for each latent, which follows from its place in the stream.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.models.latent_guidance import ToneReadout
from engine.models.noise import Stream, uniform
from engine.models.oscillator_bank import LOWEST
from engine.models.vae_config import Front, Head, VaeGanConfig
from engine.models.vae_decoders import HiFiGanHead, InverseStftHead
from engine.models.vae_encoders import Encoder, FrameEncoder

LATENT_SCALE = 3.0
_NOISE = 4096  # latents after which the noise in the fine ones' place and the phases repeat: 164 s
_OCTAVES = 4  # of oscillators at least, where they are to follow a melody and chords
TURNED = "turned 1"
"""Part of a model's version where its decoder turns phases; another way of turning them takes another text."""


class Rebuilt(NamedTuple):
    """Sound (B, C, L · hop), mean and log-variance (B, L, D + F), log loudness of oscillators (B, N, C, tones)."""

    wave: Tensor
    mean: Tensor
    log_variance: Tensor
    loudness: Tensor | None


class VaeGan(nn.Module):
    """Encoder and decoder. Raw latents are unscaled; `encode` and `decode` speak the diffusion's scale.

    Beside the D latents that diffusion makes there may be fine ones, which only `posterior` gives: with them a sound
    comes back wave for wave, without them the decoder gets noise in their place, quiet enough to be told from them, and
    plays what the others say with phases of its own.
    """

    still: Tensor  # (2, F): mean and spread of that noise
    noise: Tensor  # (_NOISE, F)
    turns: Tensor  # (_NOISE,), phases

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = (FrameEncoder if config.front is Front.FRAMES else Encoder)(config)
        self.decoder = (InverseStftHead if config.head is Head.ISTFT else HiFiGanHead)(config)
        if config.fine:
            still = torch.zeros(2, config.fine)
            still[1].fill_(0.1)  # what repeats or stacks imports sympy where sizes alone are built: .6 s of a start
            self.register_buffer("still", still)
            noise = torch.randn(_NOISE, config.fine, generator=torch.Generator().manual_seed(0))
            self.register_buffer("noise", noise, persistent=False)
        if config.turned:
            phases = torch.from_numpy(2 * math.pi * uniform(0, Stream.TURN, 0, _NOISE)).float()
            self.register_buffer("turns", phases, persistent=False)

    @property
    def context(self) -> int:
        """Latent frames on each side that a decoded sample depends on."""
        return self.decoder.context

    @property
    def memory(self) -> int:
        """Latent frames before that may still sound in it."""
        return self.context

    def posterior(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of z_raw: (B, C, T_wav) → (B, L, D + F) each."""
        mean, log_variance = self.encoder(wave)
        return mean, log_variance

    def encode(self, wave: Tensor, noise: Tensor | None = None) -> Tensor:
        """The scaled latent (B, L, D) of (B, C, T_wav): sampled with `noise` (B, L, D), or the mean without."""
        width = self.config.latent_width
        mean, log_variance = self.posterior(wave)
        z = mean[..., :width]
        if noise is not None:
            z = z + (0.5 * log_variance[..., :width]).exp() * noise
        return self.scale(z)

    def placed(self, z: Tensor, first: int) -> Tensor:
        """Scaled latents (B, L, D) with what else decoding takes that tells from their places, `first` and on.

        (B, L, D + F + 1): the fine latents' noise and the place; one more where the noise comes with phases. As it came
        if the decoder does not ask where it is.
        """
        config = self.config
        if not config.fine and not config.tones:
            return z
        number = torch.arange(first, first + z.shape[1], device=z.device)
        beside = number[:, None].float()
        if z.shape[-1] < config.encoded_width:
            mean, spread = self.still.float()
            beside = torch.cat((self.scale(mean + spread * self.noise[number % _NOISE]), beside), dim=1)
            if config.turned:
                beside = torch.cat((beside, self.turns[number % _NOISE, None]), dim=1)
        return torch.cat((z, beside.to(z.dtype).expand(z.shape[0], -1, -1)), dim=-1)

    def decode(self, z: Tensor) -> Tensor:
        """Sound of scaled latents (B, L, D), or with the fine ones (B, L, D + F), or `placed`: (B, C, L · hop)."""
        width = self.config.encoded_width
        if z.shape[-1] < width:
            z = self.placed(z, 0)
        number = z[..., width] if z.shape[-1] > width else None
        turn = z[..., width + 1] if z.shape[-1] > width + 1 else None
        z_raw = (LATENT_SCALE / self.config.gain * z[..., :width]).to(self.decoder.first.weight.dtype)
        head = self.decoder
        wave: Tensor = head(z_raw, number, turn) if isinstance(head, InverseStftHead) else head(z_raw)
        return wave.float()

    def tone_readout(self) -> ToneReadout | None:
        """The log amplitudes of the oscillators as they follow from scaled latents; None where they are few or none.

        What the decoder's backbone adds to them hardly varies (.4 % of the variance): it is that of latents of 0.
        """
        head, config = self.decoder, self.config
        if not isinstance(head, InverseStftHead) or head.bank is None or config.tones < _OCTAVES * 12:
            return None
        scale = LATENT_SCALE / config.gain
        weight = head.bank.direct.weight.detach().float() * scale  # (C · J, D)
        z = torch.zeros(1, 2 * head.context + 1, config.latent_width, device=weight.device)
        raw = scale * self.placed(z, 0)[..., : config.encoded_width]
        with torch.no_grad():
            amplitudes = head.played(raw.to(head.first.weight.dtype))[1]
        assert amplitudes is not None
        middle = amplitudes[0, head.context * head.bundle : (head.context + 1) * head.bundle]  # (bundle, C, J)
        return ToneReadout(
            weight.view(config.channels, -1, config.latent_width).mean(0).T.contiguous(),
            middle.float().mean((0, 1)),
            LOWEST,
        )

    def scale(self, z_raw: Tensor) -> Tensor:
        """Onto the diffusion's scale: z = gain · clamp(z_raw / 3, −1, 1)."""
        return self.config.gain * (z_raw / LATENT_SCALE).clamp(-1, 1)

    def forward(self, wave: Tensor, noise: Tensor, whole: int | None = None) -> Rebuilt:
        """For training: what is made of (B, C, T_wav) with `noise` (B, L, D + F).

        The decoder gets the sampled, unclamped latent, through which the gradient reaches the encoder; of the examples
        from `whole` on it gets noise in the place of the fine ones.
        """
        mean, log_variance = self.encoder(wave)
        z = mean + (0.5 * log_variance).exp() * noise
        if whole is not None:
            latents, still = z[..., : self.config.latent_width], self.still.to(z.dtype)
            other = still[0] + still[1] * torch.randn_like(z[whole:, :, self.config.latent_width :])
            z = torch.cat((z[:whole], torch.cat((latents[whole:], other), dim=-1)))
        head = self.decoder
        decoded, amplitudes = head.played(z) if isinstance(head, InverseStftHead) else (head(z), None)
        return Rebuilt(decoded, mean, log_variance, amplitudes)
