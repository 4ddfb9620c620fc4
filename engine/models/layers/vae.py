"""The VAE whose decoder plays layers: sound (B, 2, T) ↔ latents (B, L, D) at 50 Hz, all of which diffusion makes.

The encoder sees the analysis of the mix alone, the decoder says the layers' parameters, and `player` makes sound of
them. Oscillators keep their shares within a band, and the band's own envelope says how loud they are together (as in
differentiable synthesis, Engel et al. 2020): a network tells envelopes better than 192 amplitudes a frame. Where a
stroke is missed its noise remains, for the noise is what drums are, less what strokes play.

`starter`: width 256, 3 + 4 ConvNeXt blocks, 3.4 M weights and a bank of 96 one-shots; a decoded frame sees 80 ms ahead.
`studio`: width 288 and 3 + 5 blocks.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.layers.analysis import (
    BAND_VALUES,
    INPUTS,
    OSCILLATORS,
    QUIET,
    TARGETS,
    Tones,
    encoder_input,
    powers_of,
)
from engine.models.layers.bands import (
    CROSSOVER,
    FAST_A_FRAME,
    FAST_BANDS,
    FAST_EDGES,
    LATENT,
    RATE,
    SLOW_BANDS,
    to_left_right,
    to_mid_side,
)
from engine.models.layers.player import AHEAD, SHOT, Controls, LayerPlayer

_CLIP = 4.0  # deviations of a latent
_GAIN = 0.7  # spread of latents on the diffusion's scale
_KERNEL, _CENTS = 7, 60.0
_OVER = 0.8  # probability from which a stroke is played: a wrong one costs more than one that stays noise
_PAN, _OFF_TUNE = 1.1, 1.15
"""Times pan and cents are played as the network says them: what it is unsure of it draws to the middle and to the
semitone. Without them side lies 3.4 dB under the corpus's (with: 2.7), .56 of tonal energy on the grid (.50; .45)."""
_LOW_BANDS, _LOW_NOISE = 6, 0.25
"""Below 375 Hz so much of the noise is played; tones make up for the rest. What lies between low partials is mostly
the blur of their own beginnings, and noise there hides attacks (15.0 ms from 40 to 250 Hz; with both changes 10.6)."""
_STEP, _STEPS = 1.5, 2
"""A rise by so many times within so many slots on either side is played as a step where half of it is reached."""
_NEAR = 3  # slots on either side within which one stroke of a kind is played
_SHARE = 0.3  # of a band's power that must be tones for its envelope to set them
_MOST = 4.0  # times that it changes their power


@dataclass(frozen=True)
class LayersConfig:
    """Sizes. What the other parts ask of any VAE's config is here as properties.

    Raises:
        ModelError: another head than this one's.
    """

    head: str = "layers"
    latent_width: int = 64  # D
    width: int = 256
    encoder_dilations: tuple[int, ...] = (1, 2, 1)
    decoder_dilations: tuple[int, ...] = (1, 2, 4, 1)
    expansion: int = 3
    ahead: int = 1  # frames, times a block's dilation, that the decoder sees ahead
    strokes: int = 96  # one-shots in the bank

    def __post_init__(self) -> None:
        if self.head != "layers":
            raise ModelError(f"A decoder in layers has no head “{self.head}”.")

    rate = RATE
    channels = 2
    hop = LATENT
    frame_rate = RATE / LATENT
    fine = tones = 0
    turned = False

    @property
    def encoded_width(self) -> int:
        """D."""
        return self.latent_width


PRESETS: dict[str, LayersConfig] = {
    "layers": LayersConfig(),
    "studio": LayersConfig(width=288, decoder_dilations=(1, 2, 4, 4, 1)),
    "layers-tiny": LayersConfig(latent_width=8, width=16, encoder_dilations=(1,), decoder_dilations=(1, 2), strokes=6),
}


class Block(nn.Module):
    """ConvNeXt over frames; of the six others that a kernel sees, `ahead` lie ahead: (B, N, W) → (B, N, W)."""

    def __init__(self, width: int, expansion: int, dilation: int, ahead: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.pad = ((_KERNEL - 1 - ahead) * dilation, ahead * dilation)
        self.taps = nn.Parameter(torch.empty(_KERNEL, width).normal_(std=_KERNEL**-0.5))
        self.norm = nn.LayerNorm(width)
        self.inner, self.outer = nn.Linear(width, expansion * width), nn.Linear(expansion * width, width)
        self.gain = nn.Parameter(torch.full((width,), 0.3))

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, W) → (B, N, W)."""
        length = x.shape[1]
        padded = F.pad(x, (0, 0, *self.pad))
        y = padded[:, :length] * self.taps[0]
        for tap in range(1, _KERNEL):  # shifted multiply-adds, several times faster than a grouped convolution on a CPU
            start = tap * self.dilation
            y = torch.addcmul(y, padded[:, start : start + length], self.taps[tap])
        return torch.addcmul(x, self.outer(F.gelu(self.inner(self.norm(y)))), self.gain)


class LayersEncoder(nn.Module):
    """Analysis of the mix (B, N, INPUTS) → mean and log-variance (B, N / 2, D) each."""

    mean: Tensor
    spread: Tensor

    def __init__(self, config: LayersConfig) -> None:
        super().__init__()
        width = config.width
        self.register_buffer("mean", torch.zeros(INPUTS))
        self.register_buffer("spread", torch.ones(INPUTS))
        self.first = nn.Linear(INPUTS, width)
        self.blocks = nn.ModuleList(Block(width, config.expansion, d, 3) for d in config.encoder_dilations)
        self.last = nn.Linear(2 * width, 2 * config.latent_width)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, N, INPUTS) → (B, N / 2, D) each."""
        h = self.first(((x - self.mean) / self.spread).clamp(-5, 5).to(self.first.weight.dtype))
        for block in self.blocks:
            h = block(h)
        mean, log_variance = self.last(h.reshape(len(h), h.shape[1] // 2, -1)).chunk(2, -1)
        return mean, (log_variance - 2).clamp(-8, 2)


@dataclass(frozen=True)
class Layers:
    """What the network says of n frames: see `analysis.targets` for the units.

    amp: log amplitudes (B, 2n, 96), set by the bands' envelopes. cents, pan: (B, n, 96).
    everything, noise: half log powers of bands (B, n, BAND_VALUES).
    hit, gain: logits, and log gains (B, 2n, K). late, side: (B, 2n).
    """

    amp: Tensor
    cents: Tensor
    pan: Tensor
    everything: Tensor
    noise: Tensor
    hit: Tensor
    gain: Tensor
    late: Tensor
    side: Tensor


class LayersDecoder(nn.Module):
    """Raw latents (B, L, D) → `Layers` of 2 L frames."""

    def __init__(self, config: LayersConfig) -> None:
        super().__init__()
        width, k = config.width, config.strokes
        self.first = nn.Linear(config.latent_width, 2 * width)
        self.blocks = nn.ModuleList(Block(width, config.expansion, d, config.ahead) for d in config.decoder_dilations)
        self.norm = nn.LayerNorm(width)
        self._sizes = [2 * OSCILLATORS, OSCILLATORS, OSCILLATORS, BAND_VALUES, BAND_VALUES, 2 * k, 2 * k, 2, 2]
        self.heads = nn.Linear(width, sum(self._sizes))
        nn.init.normal_(self.heads.weight, std=0.02)
        self.left = sum((_KERNEL - 1 - config.ahead) * d for d in config.decoder_dilations)  # frames
        self.right = sum(config.ahead * d for d in config.decoder_dilations)

    def forward(self, z: Tensor) -> Layers:
        """(B, L, D) → the layers of 2 L frames."""
        h = self.first(z).reshape(len(z), 2 * z.shape[1], -1)  # (B, N, W)
        for block in self.blocks:
            h = block(h)
        values = torch.split(self.heads(self.norm(h)).float(), self._sizes, -1)
        amp, cents, pan, everything, noise, hit, gain, late, side = values
        batch, slots = amp.shape[0], 2 * amp.shape[1]
        amp = balanced(amp.reshape(batch, slots, OSCILLATORS), everything, noise)
        return Layers(
            amp,
            _CENTS * torch.tanh(cents),
            torch.tanh(pan),
            everything,
            noise,
            hit.reshape(batch, slots, -1),
            gain.reshape(batch, slots, -1),
            torch.sigmoid(late.reshape(batch, slots)),
            torch.tanh(side.reshape(batch, slots)),
        )


def _band_of_oscillators(device: torch.device) -> tuple[Tensor, Tensor]:
    """Membership of oscillators in slow bands (96, SLOW_BANDS) and in fast ones (96, FAST_BANDS)."""
    hertz = 440 * 2 ** ((torch.arange(OSCILLATORS, dtype=torch.float64) + 24 - 69) / 12)
    slow = (hertz / (CROSSOVER / SLOW_BANDS)).floor().long()
    fast = torch.searchsorted(torch.tensor(FAST_EDGES, dtype=torch.float64), hertz, right=True) - 1
    low = hertz < CROSSOVER
    members = [
        (F.one_hot(slow.clamp(0, SLOW_BANDS - 1), SLOW_BANDS) * low[:, None]).float(),
        (F.one_hot(fast.clamp(0, FAST_BANDS - 1), FAST_BANDS) * ~low[:, None]).float(),
    ]
    return members[0].to(device), members[1].to(device)


def _over_time(p: Tensor, steps: int) -> Tensor:
    """Mean of (B, n, k) over `steps` of the middle axis, an odd number."""
    half = steps // 2
    return F.avg_pool1d(F.pad(p.transpose(1, 2), (half, half), mode="replicate"), steps, 1).transpose(1, 2)


def balanced(amp: Tensor, everything: Tensor, noise: Tensor) -> Tensor:
    """Log amplitudes (B, 2n, 96) scaled so that each band's tones are as loud as its envelope less its noise.

    By `_MOST` times the power at most, and only as far as tones are what the band holds.
    """
    slow_members, fast_members = _band_of_oscillators(amp.device)
    (all_fast, all_slow), (rest_fast, rest_slow) = powers_of(everything), powers_of(noise)
    power = (2 * amp.clamp(max=1)).exp() / 2  # (B, 2n, 96)
    gains = torch.zeros_like(amp)
    frames = amp.shape[1] // 2
    for members, whole, rest, a_frame in (
        (slow_members, all_slow[:, 0], rest_slow[:, 0], 1),
        (fast_members, all_fast[:, 0], rest_fast[:, 0], FAST_A_FRAME),
    ):
        if a_frame > 1:
            whole, rest = (p.reshape(len(p), frames, a_frame, -1).mean(2) for p in (whole, rest))
        have = (power @ members).reshape(len(amp), frames, 2, -1).mean(2)
        whole, rest, have = (_over_time(p, 3) for p in (whole, rest, have))
        drums_power = (whole - rest).clamp_min(0)
        tonal = ((drums_power / (whole + 1e-10) - _SHARE) / (1 - _SHARE)).clamp(0, 1)
        ratio = ((drums_power + 1e-9) / (have + 1e-9)).clamp(1 / _MOST, _MOST).log() / 2
        gains = gains + ((tonal * ratio).repeat_interleave(2, 1) @ members.T)
    return amp + gains


class LayersVae(nn.Module):
    """Encoder and decoder. Raw latents are unscaled; `encode` and `decode` speak the diffusion's scale."""

    shots: Tensor  # (K, SHOT)

    def __init__(self, config: LayersConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder, self.decoder = LayersEncoder(config), LayersDecoder(config)
        self.register_buffer("shots", torch.zeros(config.strokes, SHOT))
        self._players: tuple[object, LayerPlayer] | None = None

    @property
    def context(self) -> int:
        """Latents to come that the sound of a latent depends on."""
        return -(-(self.decoder.right + _NEAR + AHEAD + 2) // 2)

    @property
    def left_context(self) -> int:
        """Latents before that its layers depend on."""
        return -(-(self.decoder.left + _NEAR + 2) // 2)

    @property
    def memory(self) -> int:
        """Latents before that may still ring in it."""
        return self.left_context + -(-SHOT // LATENT)

    def player(self) -> LayerPlayer:
        """What plays the layers with this model's one-shots."""
        key = (self.shots.data_ptr(), self.shots._version, self.shots.device)
        if self._players is None or self._players[0] != key:
            self._players = (key, LayerPlayer(self.shots))
        return self._players[1]

    def posterior(self, wave: Tensor, known_tones: Tones | None = None) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of z_raw: left and right (B, 2, T) → (B, ⌈T / 960⌉, D) each.

        known_tones: the tones of its mid and side, where they are known.
        """
        wave = F.pad(wave.float(), (0, -wave.shape[-1] % LATENT))
        mean, log_variance = self.encoder(encoder_input(to_mid_side(wave), known_tones))
        return mean.float(), log_variance.float()

    def encode(self, wave: Tensor, noise: Tensor | None = None, known_tones: Tones | None = None) -> Tensor:
        """The scaled latent (B, L, D) of (B, 2, T): sampled with `noise` (B, L, D), or the mean without."""
        mean, log_variance = self.posterior(wave, known_tones)
        return self.scale(mean if noise is None else mean + (log_variance / 2).exp() * noise)

    def scale(self, z_raw: Tensor) -> Tensor:
        """Onto the diffusion's scale."""
        return _GAIN * z_raw.clamp(-_CLIP, _CLIP)

    def layers(self, z: Tensor) -> Layers:
        """The layers of scaled latents (B, L, D)."""
        output: Layers = self.decoder((z / _GAIN).to(self.decoder.first.weight.dtype))
        return output

    def controls(self, z: Tensor) -> Controls:
        """What is played of scaled latents (B, L, D): 2 L frames."""
        return controls(self.layers(z))

    def decode(self, z: Tensor) -> Tensor:
        """Sound of scaled latents (B, L, D): left and right (B, 2, L · 960)."""
        player = self.player()
        wave, _ = player.play(self.controls(z), 2 * z.shape[1], player.start(len(z)))
        return to_left_right(wave)


def _with_less_low_noise(noise: Tensor) -> Tensor:
    low = noise.clone()
    for channel in range(2):
        first = 2 * FAST_A_FRAME * FAST_BANDS + channel * SLOW_BANDS
        low[..., first : first + _LOW_BANDS] += math.log(_LOW_NOISE) / 2
    return low


def stepped(amplitude: Tensor) -> Tensor:
    """Amplitudes (B, slots, 96) whose quick rises are steps: a window of analysis spreads them about their middle."""
    rows = amplitude.transpose(1, 2)
    before = -F.max_pool1d(F.pad(-rows, (_STEPS, 0), mode="replicate"), _STEPS + 1, 1)
    after = F.max_pool1d(F.pad(rows, (0, _STEPS), mode="replicate"), _STEPS + 1, 1)
    step = torch.where(rows >= (after + before) / 2, after, before)
    return torch.where(after > _STEP * (before + QUIET), step, rows).transpose(1, 2)


def controls(output: Layers) -> Controls:
    """What the player needs of what the network says."""
    chance = torch.sigmoid(output.hit)
    highest = F.max_pool1d(chance.transpose(1, 2), 2 * _NEAR + 1, 1, _NEAR).transpose(1, 2)
    struck = torch.where(
        (chance >= highest) & (chance > _OVER), output.gain.clamp(-12, 2).exp(), torch.zeros(()).to(chance)
    )
    noise = _with_less_low_noise(output.noise)
    amplitude = balanced(output.amp, output.everything, noise).clamp(max=1).exp()
    return Controls(
        stepped(amplitude),
        _OFF_TUNE * output.cents,
        (_PAN * output.pan).clamp(-1, 1),
        *powers_of(noise),
        struck,
        output.late,
        output.side,
    )


def unpacked(values: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Targets (B, n, TARGETS) as log amplitudes (B, 2n, 96), cents, pan, and half log powers of all and of noise."""
    sizes = [2 * OSCILLATORS, OSCILLATORS, OSCILLATORS, BAND_VALUES, BAND_VALUES]
    assert sum(sizes) == TARGETS
    amp, cents, pan, everything, noise = torch.split(values, sizes, -1)
    return amp.reshape(len(amp), 2 * amp.shape[1], OSCILLATORS), cents, pan, everything, noise


def controls_of(values: Tensor, struck: Tensor, late: Tensor, side: Tensor) -> Controls:
    """True layers (B, n, TARGETS) with strokes (B, 2n, K), as what is played: the best that any latents could say."""
    amp, cents, pan, _, noise = unpacked(values)
    return Controls(amp.exp(), cents, pan, *powers_of(noise), struck, late, side)
