"""The latents' spread after training, and training the decoder alone."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.models import discriminators
from engine.models.vaegan import PRESETS, Front, Head, VaeGan
from engine.train.loop import Trainer, Training
from engine.train.vae import LOSSES, VaeRecipe, fold_scale


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
    torch.testing.assert_close(scaled.std((0, 1)), torch.full((vae.config.latent_width,), 0.7))
    ratio = mean.std((0, 1)) / 0.7
    sampled = mean + (0.5 * log_variance).exp() * noise
    again = (scaled + (0.5 * scaled_variance).exp() * noise) * ratio + mean.mean((0, 1))
    torch.testing.assert_close(again, sampled, atol=1e-4, rtol=1e-4)
    edge = (vae.decoder.context + 1) * vae.config.hop
    inner = slice(edge, before.shape[-1] - edge)
    assert inner.stop > inner.start
    torch.testing.assert_close(vae.decoder(scaled)[..., inner], before[..., inner], atol=1e-4, rtol=1e-3)


def test_the_decoder_alone_is_trained_and_the_latents_stay(tmp_path: Path) -> None:
    def waves(seed: int, index: int, size: int, frames: int) -> torch.Tensor:
        return 0.1 * torch.randn(size, 1, frames, generator=torch.Generator().manual_seed(seed + index))

    losses = replace(LOSSES["tiny"], decoder_only=True, gan_starts=1)
    recipe = VaeRecipe(PRESETS["tiny"], discriminators.PRESETS["tiny"], losses, waves, waves(7, 0, 2, 9600))
    before = {key: value.clone() for key, value in recipe.vae.state_dict().items()}
    Trainer(recipe, Training(steps=3, batch=2, warmup=1), tmp_path, device="cpu").run()
    published = recipe.published({"vae": recipe.vae.state_dict()}).state_dict()
    same = {key for key, value in published.items() if torch.equal(value, before[key])}
    assert {key for key in before if key.startswith("encoder.")} <= same
    assert {key for key in before if key.startswith("decoder.") and key.endswith("weight")}.isdisjoint(same)
