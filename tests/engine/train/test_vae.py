"""The latents' spread after training, and training the decoder alone."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.models import discriminators
from engine.models.vae_config import PRESETS, Front, Head
from engine.models.vaegan import LATENT_SCALE, VaeGan
from engine.train.loop import Trainer, Training
from engine.train.vae import LOSSES, VaeRecipe, fold_scale


@pytest.mark.parametrize(
    ("front", "head", "tones"),
    [(Front.STRIDED, Head.HIFIGAN, 0), (Front.FRAMES, Head.ISTFT, 0), (Front.FRAMES, Head.ISTFT, 24)],
)
@torch.no_grad()
def test_latents_get_their_spread_and_the_sound_stays(front: Front, head: Head, tones: int) -> None:
    torch.manual_seed(0)
    vae = VaeGan(replace(PRESETS["tiny"], front=front, head=head, tones=tones)).eval()
    if tones:
        vae.decoder.bank.loudness.bias += 3
    vae.encoder.last.weight[: vae.config.encoded_width] *= 20  # far from what is wanted, and off centre
    vae.encoder.last.bias[: vae.config.encoded_width] += 3
    wave = 0.3 * torch.randn(4, 1, 200 * vae.config.hop)
    mean, log_variance = vae.posterior(wave)
    before = vae.decoder(mean)
    noise = torch.randn_like(mean)
    fold_scale(vae, mean)
    scaled, scaled_variance = vae.posterior(wave)
    assert scaled.mean((0, 1)).abs().max() < 1e-3
    torch.testing.assert_close(scaled.std((0, 1)), torch.full((vae.config.encoded_width,), 0.7))
    ratio = mean.std((0, 1)) / 0.7
    sampled = mean + (0.5 * log_variance).exp() * noise
    again = (scaled + (0.5 * scaled_variance).exp() * noise) * ratio + mean.mean((0, 1))
    torch.testing.assert_close(again, sampled, atol=1e-4, rtol=1e-4)
    edge = (vae.decoder.context + 1) * vae.config.hop
    inner = slice(edge, before.shape[-1] - edge)
    assert inner.stop > inner.start
    torch.testing.assert_close(vae.decoder(scaled)[..., inner], before[..., inner], atol=1e-4, rtol=1e-3)


def waves(seed: int, index: int, size: int, frames: int) -> torch.Tensor:
    return 0.1 * torch.randn(size, 1, frames, generator=torch.Generator().manual_seed(seed + index))


def test_the_decoder_alone_is_trained_and_the_latents_stay(tmp_path: Path) -> None:
    losses = replace(LOSSES["tiny"], decoder_only=True, gan_starts=1)
    recipe = VaeRecipe(PRESETS["tiny"], discriminators.PRESETS["tiny"], losses, waves, waves(7, 0, 2, 9600))
    before = {key: value.clone() for key, value in recipe.vae.state_dict().items()}
    Trainer(recipe, Training(steps=3, batch=2, warmup=1), tmp_path, device="cpu").run()
    published = recipe.published({"vae": recipe.vae.state_dict()}).state_dict()
    same = {key for key, value in published.items() if torch.equal(value, before[key])}
    assert {key for key in before if key.startswith("encoder.")} <= same
    assert {key for key in before if key.startswith("decoder.") and key.endswith("weight")}.isdisjoint(same)


def test_half_of_the_examples_lose_their_fine_latents(tmp_path: Path) -> None:
    config = replace(PRESETS["tiny"], front=Front.FRAMES, fine=5, tones=24)
    wave = waves(0, 0, 4, 100 * config.hop)
    recipe = VaeRecipe(config, discriminators.PRESETS["tiny"], replace(LOSSES["tiny"], tones=1.0), waves, wave)
    trainer = Trainer(recipe, Training(steps=3, batch=4, warmup=1), tmp_path, device="cpu")
    figures = trainer._one_step(next(iter(recipe.batches(0, 0, 1, 4))))
    assert 0 < figures["vae.rough"] < 10
    assert 0 < figures["vae.tones"] < 10
    vae = recipe.vae.eval()
    noise = torch.zeros(4, 100, config.encoded_width)
    whole, spoiled = vae(wave, noise), vae(wave, noise, 2)
    assert torch.equal(whole.mean, spoiled.mean)
    torch.testing.assert_close(spoiled.wave[:2], whole.wave[:2])
    assert (spoiled.wave[2:] - whole.wave[2:]).abs().amax((1, 2)).min() > 1e-4


def test_noise_in_the_fine_latents_place_is_folded_with_them() -> None:
    torch.manual_seed(0)
    config = replace(PRESETS["tiny"], front=Front.FRAMES, fine=5)
    vae = VaeGan(config).eval().requires_grad_(False)
    wave = waves(0, 0, 4, 200 * config.hop)
    mean, _ = vae.posterior(wave)
    fine = slice(config.latent_width, config.encoded_width)
    z = torch.zeros(1, 120, config.latent_width)
    before = vae.placed(z, 7)[..., fine] * LATENT_SCALE
    fold_scale(vae, mean)
    after = vae.placed(z, 7)[..., fine] * LATENT_SCALE
    wanted = (before - mean.mean((0, 1))[fine]) / (mean.std((0, 1))[fine] / 0.7)
    torch.testing.assert_close(after, wanted.clamp(-LATENT_SCALE, LATENT_SCALE), atol=1e-5, rtol=1e-4)
    assert torch.equal(vae.placed(z, 7)[..., -1], torch.arange(7.0, 127.0)[None])
