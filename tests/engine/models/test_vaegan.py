"""The VAE-GAN: lengths, seams, scales, sizes; and the discriminators' shapes."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.errors import ModelError
from engine.models import discriminators
from engine.models.chunked_decoder import ChunkedDecoder
from engine.models.vae_config import PRESETS, Front, Head, VaeGanConfig
from engine.models.vae_decoders import InverseStftHead
from engine.models.vaegan import VaeGan

torch.set_num_threads(1)


def tiny(**changes: object) -> VaeGan:
    torch.manual_seed(0)
    if changes.get("head") is Head.HIFIGAN:
        changes = {"tones": 0, **changes}
    return VaeGan(replace(PRESETS["tiny"], **changes)).eval().requires_grad_(False)  # type: ignore[arg-type]


def test_the_paper_preset_is_as_stated() -> None:
    config = PRESETS["paper"]
    assert (config.hop, config.frame_rate, config.strides) == (96, 250.0, (2, 3, 4, 4))
    with torch.device("meta"):
        vae = VaeGan(config)
        encoder, decoder = (sum(p.numel() for p in part.parameters()) for part in (vae.encoder, vae.decoder))
    # the stated counts are 40 M and 60.1 M with unspecified residual blocks: these are what whole blocks give
    assert (round(encoder / 1e6, 1), round(decoder / 1e6, 1)) == (44.3, 52.9)
    assert encoder + decoder == pytest.approx(100.1e6, rel=0.05)
    assert [conv.kernel_size[0] for conv in vae.encoder.down] == [5, 7, 9, 9]
    assert [conv.out_channels for conv in vae.encoder.down] == [32, 64, 128, 256]
    assert [conv.kernel_size[0] for conv in vae.decoder.up] == [9, 9, 7, 5]
    assert [conv.in_channels for conv in vae.decoder.up] == [768, 384, 192, 96]


@pytest.mark.parametrize("samples", [1, 191, 192, 193, 5000])
def test_a_latent_frame_a_hop(samples: int) -> None:
    vae = tiny()
    z = vae.encode(torch.randn(2, 1, samples))
    assert z.shape == (2, -(-samples // 192), 8)
    assert z.abs().max() <= 1
    assert vae.decode(z).shape == (2, 1, z.shape[1] * 192)


@pytest.mark.parametrize("head", list(Head))
@pytest.mark.parametrize("channels", [1, 2])
def test_decoding_in_chunks_is_decoding_whole(head: Head, channels: int) -> None:
    vae = tiny(head=head, channels=channels)
    z = torch.rand(2, 90, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    whole = vae.decode(z)
    for size in (1, 7, 40, 90):
        decoder, parts = ChunkedDecoder(vae), []
        for a in range(0, 90, size):
            parts.append(decoder.push(z[:, a : a + size], last=a + size >= 90))
            assert decoder.held_back == (0 if a + size >= 90 else min(vae.context, a + size))
        torch.testing.assert_close(torch.cat(parts, dim=-1), whole, rtol=0, atol=1e-5)
    # a decoder that starts in the middle, with what came before as its context
    resumed = ChunkedDecoder(vae, z[:, :50], first=50).push(z[:, 50:], last=True)
    torch.testing.assert_close(resumed, whole[..., 50 * 192 :], rtol=0, atol=1e-5)


@pytest.mark.parametrize(("fine", "tones"), [(0, 12), (4, 0), (0, 0)])
def test_chunks_know_their_place_with_oscillators_or_fine_latents_alone(fine: int, tones: int) -> None:
    vae = tiny(fine=fine, tones=tones)
    if tones:
        vae.decoder.bank.loudness.bias.fill_(-2.0)  # loud
    z = torch.rand(1, 90, 8, generator=torch.Generator().manual_seed(1)) * 2 - 1
    decoder = ChunkedDecoder(vae)
    parts = [decoder.push(z[:, a : a + 30], last=a == 60) for a in (0, 30, 60)]
    torch.testing.assert_close(torch.cat(parts, dim=-1), vae.decode(z), rtol=0, atol=1e-5)


@pytest.mark.parametrize("head", list(Head))
def test_the_context_covers_the_receptive_field(head: Head) -> None:
    vae = tiny(head=head)
    z = torch.rand(1, 81, 8) * 2 - 1
    changed = z.clone()
    changed[:, 40] += 1
    moved = (vae.decode(z) != vae.decode(changed))[0, 0].nonzero()[:, 0]
    assert int(moved[0]) >= (40 - vae.context) * 192
    assert int(moved[-1]) < (41 + vae.context) * 192


def test_the_inverse_stft_head_is_a_windowed_overlap_add() -> None:
    head = tiny().decoder
    assert isinstance(head, InverseStftHead)
    rng = np.random.default_rng(0)
    frames = rng.standard_normal((6, 768))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(768) / 768)
    wave, energy = np.zeros(5 * 192 + 768), np.zeros(5 * 192 + 768)
    for i, frame in enumerate(frames):
        wave[i * 192 : i * 192 + 768] += window * frame
        energy[i * 192 : i * 192 + 768] += window**2
    expected = (wave / np.maximum(energy, 1e-6))[288 : 288 + 6 * 192]
    made = head._overlap_add(torch.tensor(frames, dtype=torch.float32)[None, :, None])
    np.testing.assert_allclose(made[0, 0].numpy(), expected, rtol=0, atol=1e-4)


def test_scale_clamps_and_is_undone() -> None:
    vae = tiny()
    raw = torch.tensor([-9.0, -3.0, 0.5, 2.9, 4.0])
    torch.testing.assert_close(vae.scale(raw), torch.tensor([-1.0, -1.0, 0.5 / 3, 2.9 / 3, 1.0]))
    wave = 0.1 * torch.randn(1, 1, 2000)
    mean, log_variance = vae.posterior(wave)
    noise = torch.randn_like(mean)
    z = ((mean + (log_variance / 2).exp() * noise) / 3).clamp(-1, 1)
    torch.testing.assert_close(vae.encode(wave, noise[..., :8]), z[..., :8])  # the fine ones are not for the diffusion
    torch.testing.assert_close(vae.decode(vae.scale(mean)), vae.decoder(mean.clamp(-3, 3)))


def test_any_rate_channels_and_hop() -> None:
    config = replace(
        PRESETS["tiny"], rate=48000, channels=2, strides=(2, 3, 5, 5), encoder_kernels=(5, 7, 11, 11), fft=600
    )
    vae = VaeGan(config)
    made = vae(torch.randn(1, 2, 1000), torch.randn(1, 7, 12))
    assert made.wave.shape == (1, 2, 7 * 150)
    assert made.mean.shape == made.log_variance.shape == (1, 7, 12)
    assert made.loudness.shape == (1, 7, 2, 12)
    assert config.frame_rate == 320


def test_discriminators_judge_any_length() -> None:
    config = replace(discriminators.PRESETS["tiny"], channels=2)
    judge = discriminators.Discriminators(config)
    for samples in (500, 1001):
        judged = judge(torch.randn(3, 2, samples))
        assert len(judged) == len(config.periods) + len(config.resolutions)
        for score, hidden in judged:
            assert score.shape[:2] == (3, 1)
            assert len(hidden) >= 2
    paper = discriminators.PRESETS["paper"]
    assert paper.periods == (2, 3, 5, 7, 11)
    assert paper.resolutions == ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))


def test_the_starter_decoder_is_small() -> None:
    config: VaeGanConfig = PRESETS["starter"]
    with torch.device("meta"):
        vae = VaeGan(config)
    assert (config.rate, config.frame_rate) == (24000, 25)
    assert sum(p.numel() for p in vae.parameters()) < 4.8e6


def test_frames_that_share_a_latent() -> None:
    changes = {"front": Front.FRAMES, "head": Head.ISTFT, "bundle": 3, "gain": 3.0}
    vae = tiny(**changes)
    assert (vae.config.hop, vae.config.frame_hop) == (576, 192)
    for samples in (1, 575, 577, 5000):
        z = vae.encode(torch.randn(2, 1, samples))
        assert z.shape == (2, -(-samples // 576), 8)
        assert vae.decode(z).shape == (2, 1, z.shape[1] * 576)
    z = 3 * torch.rand(1, 40, 8, generator=torch.Generator().manual_seed(1))
    whole, decoder = vae.decode(z), ChunkedDecoder(vae)
    parts = [decoder.push(z[:, a : a + 9], last=a + 9 >= 40) for a in range(0, 40, 9)]
    torch.testing.assert_close(torch.cat(parts, dim=-1), whole, rtol=0, atol=1e-5)
    changed = vae.decode(torch.cat((z[:, :20], z[:, 20:21] + 1, z[:, 21:]), dim=1)) != whole
    reach = changed[0, 0].nonzero()[:, 0] // 576
    assert 20 - vae.context <= int(reach.min()) < 20 < int(reach.max()) <= 20 + vae.context
    with pytest.raises(ModelError, match="3 frames into a latent"):
        tiny(bundle=3, head=Head.HIFIGAN)


def test_the_gain_scales_what_diffusion_sees() -> None:
    plain, louder = tiny(), tiny(gain=3.0)
    wave = 0.1 * torch.randn(1, 1, 4000)
    torch.testing.assert_close(louder.encode(wave), 3 * plain.encode(wave))
    torch.testing.assert_close(louder.decode(louder.encode(wave)), plain.decode(plain.encode(wave)), rtol=0, atol=1e-5)
    assert float(louder.scale(torch.full((1,), 9.0))) == 3
