"""The VAE-GAN's recipe: reconstruction first, then the discriminators (MeLoDy, section 4.1 and appendix B).

The paper's loss is 50·MR-STFT + 20·feature matching + LSGAN + 0.005·KL. Magnitudes alone leave the phase free; presets
other than `paper` add a distance of complex spectra and one of waveforms, without which SI-SDR stays low. `fold_scale`
brings the latents to a given mean and spread afterwards: what it takes off the encoder's last layer it gives to the
decoder's first. `decoder_only` trains a published VAE further, with discriminators or without, and keeps its latents.

What lets a latent give back the wave is the phase of every partial, which turns from frame to frame and which a small
diffusion model cannot foretell. A VAE with fine latents keeps such things in them: half of each batch is decoded with
noise in their place and judged by magnitudes only, so that the others come to say what sounds, how loud and when, by
themselves. They change slowly, and they alone are what the diffusion makes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.models.discriminators import DiscriminatorConfig, Discriminators
from engine.models.oscillator_bank import OscillatorBank, SemitoneAnalyzer
from engine.models.vae_config import VaeGanConfig
from engine.models.vaegan import VaeGan
from engine.train.loop import Batch, Metrics, Phase, Training
from engine.train.losses import (
    GAN_WEIGHTS,
    STFT_SIZES,
    adversarial_loss,
    discriminator_loss,
    feature_loss,
    kl_loss,
    log_mel,
    si_sdr,
    stft_loss,
)
from engine.train.pictures import spectrogram_pair

Waves = Callable[[int, int, int, int], Tensor]
"""`waves(seed, index, size, frames)`: the `index`-th batch of crops, (size, C, frames) float32."""


@dataclass(frozen=True, slots=True)
class VaeLosses:
    """Weights of the losses, and when the discriminators set in."""

    stft: float = GAN_WEIGHTS["stft"]
    phase: float = 0.0  # complex spectra, as a share of `stft`
    wave: float = 0.0  # L1 of samples
    mel: float = 0.0  # L1 of log-mel
    tones: float = 0.0  # L1 of the oscillators' log loudness, where fine latents are missing
    features: float = GAN_WEIGHTS["features"]
    adversarial: float = GAN_WEIGHTS["adversarial"]
    kl: float = GAN_WEIGHTS["kl"]
    sizes: tuple[int, ...] = STFT_SIZES
    gan_starts: int = 0  # step; a negative one leaves the discriminators out
    decoder_only: bool = False  # the encoder stays as it is, and what was trained on its latents stays valid
    seconds: float = 1.5  # of a crop


LOSSES: dict[str, VaeLosses] = {
    "paper": VaeLosses(seconds=10.0),
    "starter": VaeLosses(phase=1.0, wave=50.0, mel=5.0, tones=10.0, sizes=(8192, 2048, 512, 128), gan_starts=-1),
    "tiny": VaeLosses(phase=1.0, wave=50.0, sizes=(512, 128), gan_starts=2, seconds=0.25),
}
TRAINING: dict[str, Training] = {
    "paper": Training(steps=1_000_000, batch=16, lr=2e-4, precision="bf16"),
    "starter": Training(steps=60_000, batch=16, lr=6e-4, report_steps=20),
    "tiny": Training(steps=60, batch=4, lr=3e-3, warmup=5, validate_steps=30, report_steps=10),
}


class VaeRecipe:
    """Trains a `VaeGan` on crops of sound. Losses are computed in float32, whatever the precision of the networks."""

    name = "vae"
    part = "vae"
    averaged: tuple[str, ...] = ("vae",)

    def __init__(
        self,
        config: VaeGanConfig,
        discriminators: DiscriminatorConfig,
        losses: VaeLosses,
        waves: Waves,
        held_out: Tensor,
        *,
        seed: int = 0,
    ) -> None:
        """`held_out`: (n, C, T) sound to validate on."""
        torch.manual_seed(seed)
        self.config, self.losses, self._waves, self._held_out = config, losses, waves, held_out
        self.vae = VaeGan(config)
        self.vae.encoder.requires_grad_(not losses.decoder_only)
        self.modules: dict[str, nn.Module] = {"vae": self.vae}
        self._ear = SemitoneAnalyzer(config.tones, config.rate, config.frame_hop) if config.tones else None
        if losses.gan_starts >= 0:
            self.modules["discriminators"] = Discriminators(discriminators)
        self._pair: tuple[Tensor, Tensor] | None = None

    def phases(self) -> Sequence[Phase]:
        """The generator's step, then the discriminators' on what it has just made."""
        phases = [Phase("vae", ("vae",), self._generator)]
        if self.losses.gan_starts >= 0:
            phases.append(Phase("gan", ("discriminators",), self._discriminators, starts=self.losses.gan_starts))
        return phases

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Crops of whole latent frames."""
        hop = self.config.hop
        frames = round(self.losses.seconds * self.config.rate / hop) * hop
        index = first
        while True:
            yield {"wave": self._waves(seed, index, size, frames), "adversary": index // stride}
            index += stride

    def _generator(self, batch: Batch) -> tuple[Tensor, Metrics]:
        wave, losses = batch["wave"], self.losses
        length = wave.shape[-1] // self.config.hop
        noise = torch.randn(wave.shape[0], length, self.config.encoded_width, device=wave.device)
        fine = self.config.fine > 0
        whole = len(wave) - len(wave) // 2 if fine else len(wave)  # examples that keep their fine latents
        decoded, mean, log_variance, amplitudes = self.modules["vae"](wave, noise, whole if fine else None)
        decoded = decoded.float()
        stft = stft_loss(decoded[:whole], wave[:whole], losses.sizes, phase=losses.phase)
        kl = kl_loss(mean.float(), log_variance.float())
        total = losses.stft * stft + losses.kl * kl
        figures = {"stft": float(stft.detach()), "kl": float(kl.detach())}
        if whole < len(wave):
            rough = stft_loss(decoded[whole:], wave[whole:], losses.sizes)
            total, figures["rough"] = total + losses.stft * rough, float(rough.detach())
        if losses.tones and self._ear is not None and amplitudes is not None and whole < len(wave):
            tones = F.l1_loss(amplitudes[whole:].float(), self._ear(wave[whole:]).transpose(1, 2))
            total, figures["tones"] = total + losses.tones * tones, float(tones.detach())
        if losses.wave:
            total = total + losses.wave * F.l1_loss(decoded[:whole], wave[:whole])
        if losses.mel:
            rate = self.config.rate
            total = total + losses.mel * F.l1_loss(log_mel(decoded, rate), log_mel(wave, rate))
        figures["si_sdr"] = float(si_sdr(decoded[:whole].detach(), wave[:whole]).mean())
        self._pair = (wave, decoded.detach())
        if 0 <= losses.gan_starts <= batch["adversary"]:
            judges = self.modules["discriminators"]
            fake = judges(decoded)
            with torch.no_grad():
                real = judges(wave)
            adversarial = adversarial_loss([score for score, _ in fake])
            features = feature_loss([hidden for _, hidden in real], [hidden for _, hidden in fake])
            total = total + losses.adversarial * adversarial + losses.features * features
            figures |= {"adversarial": float(adversarial.detach()), "features": float(features.detach())}
        return total, figures

    def _discriminators(self, batch: Batch) -> tuple[Tensor, Metrics]:
        del batch  # it judges what the generator has just made of it
        assert self._pair is not None
        wave, decoded = self._pair
        judges = self.modules["discriminators"]
        # one pass over both: several processes average the gradients of one pass only
        scores = [score.chunk(2) for score, _ in judges(torch.cat((wave, decoded)))]
        return discriminator_loss([real for real, _ in scores], [fake for _, fake in scores]), {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """SI-SDR, log-mel distance, spread and clipping of z_raw on held-out sound; pictures of the first crops."""
        figures, _, decoded = evaluate(self.vae, self._held_out.to(next(self.vae.parameters()).device))
        folder.mkdir(parents=True, exist_ok=True)
        spectrogram_pair(
            folder / f"vae-{step:07d}.png",
            self._held_out[0, 0].numpy(),
            decoded[0, 0].cpu().numpy(),
            rate=self.config.rate,
        )
        return figures

    def start_from(self, part: nn.Module) -> None:
        """The VAE; discriminators are never published."""
        self.vae.load_state_dict(part.state_dict())

    @torch.no_grad()
    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The VAE with these weights; new latents are brought to the spread that the diffusion wants."""
        self.vae.load_state_dict(dict(averages["vae"]))
        self.vae.eval()
        if self.losses.decoder_only:
            return self.vae
        device = next(self.vae.parameters()).device
        frames = round(self.losses.seconds * self.config.rate / self.config.hop) * self.config.hop
        parts = [self.vae.posterior(self._waves(0, -1 - i, 8, frames).to(device)) for i in range(32)]
        raw = [mean + (0.5 * log_variance).exp() * torch.randn_like(mean) for mean, log_variance in parts]
        fold_scale(self.vae, torch.cat(raw))
        return self.vae


@torch.no_grad()
def evaluate(vae: VaeGan, wave: Tensor, *, batch: int = 8) -> tuple[Metrics, Tensor, Tensor]:
    """Figures of `vae` on (n, C, T) sound, decoded from sampled latents as the diffusion's are.

    Returns:
        Figures (si_sdr in dB and its median; log_mel as L1 of natural logarithms; z_std; z_clipped as a share; where
        there are fine latents log_mel_coarse, of sound decoded without them), the raw latents (n, L, D + F), and the
        decoded sound (n, C, L · hop).
    """
    latents, decoded, coarse, config = [], [], [], vae.config
    for part in torch.split(wave, batch):
        mean, log_variance = vae.posterior(part)
        z = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        latents.append(z.float())
        decoded.append(vae.decode(vae.scale(z)))
        if config.fine:
            coarse.append(vae.decode(vae.scale(z[..., : config.latent_width])))
    z_raw, sound = torch.cat(latents), torch.cat(decoded)[..., : wave.shape[-1]]
    ratio = si_sdr(sound, wave)
    rate = config.rate
    mel = log_mel(wave, rate)
    figures = {
        "si_sdr": float(ratio.mean()),
        "si_sdr_median": float(ratio.median()),
        "log_mel": float(F.l1_loss(log_mel(sound, rate), mel)),
        "z_std": float(z_raw.std()),
        "z_clipped": float((z_raw.abs() > 3).float().mean()),
    }
    if coarse:
        alone = torch.cat(coarse)[..., : wave.shape[-1]]
        figures["log_mel_coarse"] = float(F.l1_loss(log_mel(alone, rate), mel))
    return figures, z_raw, torch.cat(decoded)


@torch.no_grad()
def fold_scale(vae: VaeGan, z_raw: Tensor, target: float = 0.7) -> None:
    """Gives each latent dimension the mean 0 and the standard deviation `target` without changing what is decoded.

    Only the outermost frames of a decoded sound, which see the padding, change a little. The tails of trained latents
    are heavier than a normal distribution's: of the starter's some 0.25 % lie beyond 3.

    z_raw: (n, L, D) latents of much sound.
    """
    mean, spread = z_raw.mean((0, 1)), z_raw.std((0, 1)) / target  # (D,) each
    last, first, width = vae.encoder.last, vae.decoder.first, vae.config.encoded_width
    assert last.bias is not None
    assert first.bias is not None
    last.bias[:width] = (last.bias[:width] - mean) / spread
    last.weight[:width] /= spread.view(-1, *[1] * (last.weight.ndim - 1))  # a convolution or, of frames, a product
    last.bias[width:] -= 2 * spread.log()
    first.bias += first.weight.sum(-1) @ mean
    first.weight *= spread[None, :, None]
    bank = getattr(vae.decoder, "bank", None)
    if isinstance(bank, OscillatorBank):
        coarse = slice(None, vae.config.latent_width)
        bank.loudness.bias.add_(bank.direct.weight @ mean[coarse])
        bank.direct.weight.mul_(spread[coarse])
    if vae.config.fine:
        own = slice(vae.config.latent_width, None)
        vae.still[0] = (vae.still[0] - mean[own]) / spread[own]
        vae.still[1] /= spread[own]
