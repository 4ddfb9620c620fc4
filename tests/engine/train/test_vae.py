"""The latents' spread after training."""

from dataclasses import replace

import pytest
import torch

from engine.models.vaegan import PRESETS, Front, Head, VaeGan
from engine.train.vae import fold_scale


@pytest.mark.parametrize(("front", "head"), [(Front.STRIDED, Head.HIFIGAN), (Front.FRAMES, Head.ISTFT)])
@torch.no_grad()
def test_latents_get_their_spread_and_the_sound_stays(front: Front, head: Head) -> None:
    torch.manual_seed(0)
    vae = VaeGan(replace(PRESETS["tiny"], front=front, head=head)).eval()
    vae.encoder.last.weight[: vae.config.latent_width] *= 20  # far from what is wanted, and off centre
    vae.encoder.last.bias[: vae.config.latent_width] += 3
    wave = 0.3 * torch.randn(4, 1, 200 * vae.config.hop)
    mean, log_variance = vae.posterior(wave)
    before = vae.decoder(mean)
    noise = torch.randn_like(mean)
    fold_scale(vae, mean)
    scaled, scaled_variance = vae.posterior(wave)
    assert scaled.mean((0, 1)).abs().max() < 1e-3
    torch.testing.assert_close(scaled.std((0, 1)), torch.full((vae.config.latent_width,), 0.75))
    ratio = mean.std((0, 1)) / 0.75
    sampled = mean + (0.5 * log_variance).exp() * noise
    again = (scaled + (0.5 * scaled_variance).exp() * noise) * ratio + mean.mean((0, 1))
    torch.testing.assert_close(again, sampled, atol=1e-4, rtol=1e-4)
    edge = (vae.decoder.context + 1) * vae.config.hop
    inner = slice(edge, before.shape[-1] - edge)
    assert inner.stop > inner.start
    torch.testing.assert_close(vae.decoder(scaled)[..., inner], before[..., inner], atol=1e-4, rtol=1e-3)
