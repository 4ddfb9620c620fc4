"""Angles against formulas written out here in float64, with an exact denoiser in place of a network."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.errors import Cancelled, ModelError
from engine.models import diffusion as d
from engine.models.noise import Stream, normal, philox, uniform

torch.set_num_threads(1)


def exact(z: Tensor, noise: Tensor) -> d.Velocity:
    """The velocity of known z and ε at the angles asked for."""

    def network(z_delta: Tensor, delta: d.FrameAngles, out_frames: slice) -> Tensor:
        angle = delta.frames().double()
        return (torch.cos(angle) * noise - torch.sin(angle) * z)[:, out_frames]

    return network


def pair(length: int = 40) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    z = torch.rand(2, length, 4, generator=generator, dtype=torch.float64) * 2 - 1
    return z, torch.randn(2, length, 4, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("steps", [1, 2, 5, 10, 20, 100])
def test_schedules_sum_to_a_right_angle(steps: int) -> None:
    for kind in d.Schedule:
        assert math.isclose(math.fsum(d.schedule(steps, kind)), math.pi / 2, rel_tol=1e-12)
    reference = [math.pi / (6 * steps) + 2 * math.pi * t / (3 * steps * (steps + 1)) for t in range(1, steps + 1)]
    assert d.schedule(steps) == pytest.approx(reference, rel=1e-15)
    assert d.schedule(steps, d.Schedule.UNIFORM) == pytest.approx([math.pi / 2 / steps] * steps)


def test_the_linear_schedule_starts_large_and_ends_small() -> None:
    omegas = d.schedule(10)
    assert omegas[-1] == pytest.approx(0.243, abs=5e-4)
    assert omegas[0] == pytest.approx(0.071, abs=5e-4)
    starts = d.angles(omegas)
    assert starts[-1] == pytest.approx(math.pi / 2)
    assert starts[3] == pytest.approx(math.pi / 2 - math.fsum(omegas[4:]))


def test_no_steps_is_an_error() -> None:
    with pytest.raises(ModelError, match="at least 1"):
        d.schedule(0)


def test_angle_identities() -> None:
    z, noise = pair()
    for delta in torch.linspace(0, math.pi / 2, 17, dtype=torch.float64):
        z_delta, v = d.noised(z, noise, delta), d.velocity(z, noise, delta)
        torch.testing.assert_close(d.clean(z_delta, v, delta), z, rtol=0, atol=1e-12)
        small = 1e-6
        slope = (d.noised(z, noise, delta + small) - d.noised(z, noise, delta - small)) / (2 * small)
        torch.testing.assert_close(v, slope, rtol=0, atol=1e-8)
        back = d.step(z_delta, v, float(delta) / 3)
        torch.testing.assert_close(back, d.noised(z, noise, delta * 2 / 3), rtol=0, atol=1e-12)


def test_guidance_extrapolates() -> None:
    a, b = pair()
    torch.testing.assert_close(d.classifier_free_guidance(a, b, 2.5), 2.5 * a - 1.5 * b)
    torch.testing.assert_close(d.classifier_free_guidance(a, b, 1.0), a)


@pytest.mark.parametrize("steps", [1, 5, 20])
@pytest.mark.parametrize("kind", list(d.Schedule))
def test_an_exact_denoiser_recovers_z(steps: int, kind: d.Schedule) -> None:
    z, noise = pair()
    omegas = d.schedule(steps, kind)
    everywhere = torch.ones(z.shape[1], dtype=torch.bool)
    for strength in (0.3, 1.0):  # less than 1: a variation, which starts at δ = strength · π/2
        start = d.noised(z, noise, torch.tensor(strength * math.pi / 2, dtype=torch.float64))
        latents = d.denoise(exact(z, noise), start, everywhere, [strength * omega for omega in omegas])
        torch.testing.assert_close(latents, z, rtol=0, atol=1e-5)


def test_inpainting_any_set_of_chunks_touches_nothing_else() -> None:
    z, noise = pair()
    for chunks in ([0], [4], [1, 3], [0, 2, 4], [0, 1, 2, 3, 4]):
        mask = torch.isin(d.chunk_index(40, 5), torch.tensor(chunks))
        given = torch.where(mask[:, None], torch.full_like(z, torch.nan), z)
        start = torch.where(mask[:, None], noise, given)
        latents = d.denoise(exact(z, noise), start, mask, d.schedule(7))
        assert torch.equal(latents[:, ~mask], z[:, ~mask])
        torch.testing.assert_close(latents, z, rtol=0, atol=1e-5)


def test_chunks_divide_a_window_as_the_paper_does() -> None:
    assert d.chunk_bounds(2500, 4) == [0, 625, 1250, 1875, 2500]
    assert d.chunk_bounds(10, 3) == [math.floor(m * 10 / 3) for m in range(4)]
    assert d.chunk_index(10, 3).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]


def test_continuation_and_extension_see_their_context_at_angle_zero() -> None:
    seen = []

    def network(z: Tensor, delta: d.FrameAngles, out_frames: slice) -> Tensor:
        seen.append((z.clone(), delta.frames()[0, :, 0], out_frames))
        return torch.zeros_like(z[:, out_frames])

    z, noise = pair(30)
    d.continue_window(network, z, noise[:, :10], d.schedule(3))
    for window, delta, out_frames in seen:
        assert torch.equal(window[:, :30], z)
        assert out_frames == slice(30, 40)
        assert (delta[:30] == 0).all()
        assert (delta[30:] > 0).all()
    assert [float(delta[-1]) for _, delta, _ in seen] == pytest.approx(d.angles(d.schedule(3))[::-1])
    seen.clear()
    d.denoise(network, torch.cat((noise[:, :10], z), dim=1), torch.arange(40) < 10, d.schedule(3))
    assert all(out_frames == slice(0, 10) and torch.equal(window[:, 10:], z) for window, _, out_frames in seen)


def test_a_stream_starts_with_nothing_kept() -> None:
    z, noise = pair(10)
    made = d.continue_window(exact(z, noise), z[:, :0], noise, d.schedule(5))
    torch.testing.assert_close(made, z, rtol=0, atol=1e-5)


def test_cancel_stops_before_the_next_step() -> None:
    calls = []

    def network(z: Tensor, delta: d.FrameAngles, out_frames: slice) -> Tensor:
        calls.append(1)
        return torch.zeros_like(z[:, out_frames])

    def callback(done: int, steps: int) -> None:
        assert steps == 10
        if done == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        d.denoise(network, pair()[1], torch.ones(40, dtype=torch.bool), d.schedule(10), callback)
    assert len(calls) == 4


def test_philox_gives_the_published_numbers() -> None:
    # known answers of Philox4x32-10 from the Random123 distribution
    cases = [
        ([0] * 4, 0, [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 4, 2**64 - 1, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            0x299F31D0_A4093822,
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ]
    for counter, seed, expected in cases:
        assert philox(np.array([counter], np.uint64), seed)[0].tolist() == expected


def test_noise_depends_on_the_frame_alone() -> None:
    whole = normal(7, Stream.LATENT, -50, 300, 16)
    assert np.array_equal(whole[20:170], normal(7, Stream.LATENT, -30, 150, 16))
    assert np.array_equal(uniform(7, Stream.TOKEN, 0, 30)[9:], uniform(7, Stream.TOKEN, 9, 21))
    for other in (normal(8, Stream.LATENT, -50, 300, 16), normal(7, Stream.VARIATION, -50, 300, 16)):
        assert abs(np.corrcoef(whole.ravel(), other.ravel())[0, 1]) < 0.05
    assert np.array_equal(normal(2**70 + 7, Stream.LATENT, 0, 2, 3), normal(2**70 % 2**64 + 7, Stream.LATENT, 0, 2, 3))


def test_noise_is_standard_normal() -> None:
    x = normal(1, Stream.LATENT, 0, 20000, 5).astype(np.float64)
    assert abs(x.mean()) < 0.01
    assert abs(x.std() - 1) < 0.01
    assert abs((x**3).mean()) < 0.03
    assert abs((x**4).mean() - 3) < 0.06
    assert np.abs(np.corrcoef(x.T) - np.eye(5)).max() < 0.03
    u = uniform(1, Stream.TOKEN, 0, 20000)
    assert 0 < u.min() < u.max() < 1
    assert abs(u.mean() - 0.5) < 0.01
