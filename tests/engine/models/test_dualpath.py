"""The dual-path network against its definitions, written out independently."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.models import diffusion as d
from engine.models import dualpath, fused, recurrence
from engine.models.attention import apply_rope, sdpa
from engine.models.dualpath import PRESETS, DualPath, merge, segment, segments

torch.set_num_threads(1)
TINY = PRESETS["tiny"]


@pytest.fixture(scope="module")
def network() -> DualPath:
    torch.manual_seed(0)
    return DualPath(TINY).double().eval().requires_grad_(False)


def inputs(length: int = 60, batch: int = 2) -> tuple[Tensor, Tensor, d.FrameAngles]:
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(batch, length, TINY.latent_width, generator=generator, dtype=torch.float64)
    tokens = torch.randint(0, TINY.vocabulary, (batch, length // 5), generator=generator)
    angles = torch.rand(batch, 3, generator=generator, dtype=torch.float64)
    return z, tokens, d.FrameAngles(angles, d.chunk_index(length, 3))


def test_the_paper_preset_has_the_stated_size() -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in DualPath(PRESETS["paper"]).parameters())
    assert count == pytest.approx(296.6e6, rel=0.05)


def test_segments_are_those_of_the_definition() -> None:
    assert segments(2500, 64) == 80
    for length, size in ((2500, 64), (100, 8), (101, 8), (7, 8), (1, 4), (64, 64)):
        h = torch.arange(1.0, length + 1)[None, :, None]
        made = segment(h, size)
        count = -(-2 * length // size) + 1
        assert made.shape == (1, size, count, 1)
        padded = np.concatenate((np.zeros(size // 2), np.arange(1.0, length + 1), np.zeros(size * 2)))
        for s in range(count):
            start = s * size // 2
            assert np.array_equal(made[0, :, s, 0].numpy(), padded[start : start + size])
        assert torch.equal(merge(made, length), h)


def naive(u: Tensor, f: Tensor) -> Tensor:
    c, out = torch.zeros_like(u[:, 0]), []
    for k in range(u.shape[1]):
        c = f[:, k] * c + (1 - f[:, k]) * u[:, k]
        out.append(c)
    return torch.stack(out, 1)


@pytest.mark.parametrize("length", [1, 2, 7, 32, 64])
def test_recurrence_stepwise_scan_and_definition_agree(length: int) -> None:
    generator = torch.Generator().manual_seed(length)
    u = torch.randn(2, length, 3, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    f = torch.rand(2, length, 3, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(2, length, 3, 5, generator=generator, dtype=torch.float64)
    expected = naive(u, f)
    gradients = torch.autograd.grad((expected * weights).sum(), (u, f))
    for run in (recurrence.linear_recurrence, recurrence.scan, recurrence.unrolled):
        made = run(u, f)
        torch.testing.assert_close(made, expected, rtol=0, atol=1e-12)
        for ours, theirs in zip(torch.autograd.grad((made * weights).sum(), (u, f)), gradients, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)
        backwards = run(u, f, True)
        torch.testing.assert_close(backwards, naive(u.flip(1), f.flip(1)).flip(1), rtol=0, atol=1e-12)
        reference = torch.autograd.grad((naive(u.flip(1), f.flip(1)).flip(1) * weights).sum(), (u, f))
        for ours, theirs in zip(torch.autograd.grad((backwards * weights).sum(), (u, f)), reference, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("width_in", "width"), [(6, 3), (4, 3)])
@pytest.mark.parametrize("peephole", [False, True])
def test_an_sru_is_its_formula(width_in: int, width: int, peephole: bool) -> None:
    torch.manual_seed(0)
    sru = recurrence.SRU(width_in, width, peephole=peephole).double()
    torch.nn.init.normal_(sru.bias)
    if sru.peephole is not None:
        torch.nn.init.normal_(sru.peephole)
    x = torch.randn(2, 9, width_in, dtype=torch.float64)
    projected = (x @ sru.project.weight.T).detach().numpy().reshape(2, 9, -1, 2, width)
    bias = sru.bias.detach().numpy().reshape(2, 2, width)
    v = np.zeros((2, 2, width)) if sru.peephole is None else sru.peephole.detach().numpy().reshape(2, 2, width)
    skip = projected[:, :, 3] if width_in != 2 * width else x.numpy().reshape(2, 9, 2, width)
    expected = np.zeros((2, 9, 2, width))
    for direction, order in ((0, range(9)), (1, range(8, -1, -1))):
        c = np.zeros((2, width))
        for t in order:
            u, f, r = (projected[:, t, gate, direction] for gate in range(3))
            f = 1 / (1 + np.exp(-(f + v[0, direction] * c + bias[0, direction])))
            r = 1 / (1 + np.exp(-(r + v[1, direction] * c + bias[1, direction])))
            c = f * c + (1 - f) * u
            expected[:, t, direction] = r * c + (1 - r) * skip[:, t, direction]
    np.testing.assert_allclose(sru(x).detach().numpy().reshape(2, 9, 2, width), expected, rtol=0, atol=1e-12)


def test_rotary_scores_depend_on_the_distance_in_time_alone(network: DualPath) -> None:
    q, k = torch.randn(2, 1, 32, dtype=torch.float64)  # one position, 2 heads
    same = torch.eye(32, dtype=torch.float64)
    scores = []
    for shift in (0.0, 3.2, 117.0):
        a, b = network._rope(torch.tensor([shift])), network._rope(torch.tensor([shift + 5.5]))
        scores.append(float((apply_rope(q, same, a)[0] * apply_rope(k, same, b)[0]).sum()))
    assert scores[1] == pytest.approx(scores[0], abs=1e-4)  # angles are computed in float32
    assert scores[2] == pytest.approx(scores[0], abs=1e-4)


def test_attention_in_bfloat16_is_that_in_float32() -> None:
    q, k, v = torch.randn(3, 4, 2, 50, 16, generator=torch.Generator().manual_seed(0)).unbind()
    expected = (q.double() @ k.double().transpose(-1, -2) / 4).softmax(-1) @ v.double()
    torch.testing.assert_close(sdpa(q, k, v).double(), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(sdpa(*(x.bfloat16() for x in (q, k, v))).double(), expected, rtol=0, atol=0.03)


def test_frames_and_tokens_meet_on_one_axis(network: DualPath) -> None:
    times = network.rotary.frame_times(60, torch.device("cpu"))  # 5 frames a token
    tokens = network.rotary.token_times(12, torch.device("cpu"))
    frame = torch.arange(60.0)[None, :, None]
    placed = segment(torch.cat((frame, torch.ones_like(frame)), dim=2), TINY.segment)[0]
    real = placed[..., 1] > 0
    torch.testing.assert_close(times[real], (placed[..., 0][real] + 0.5) / 5)
    assert tokens[3] == pytest.approx((17 + 0.5) / 5)  # the middle frame of the fourth token


def test_angles_a_chunk_are_angles_a_frame(network: DualPath) -> None:
    z, tokens, delta = inputs()
    condition = network.condition(tokens, 60)
    frames = d.FrameAngles(delta.frames()[..., 0], torch.arange(60))
    torch.testing.assert_close(network(z, frames, condition), network(z, delta, condition), rtol=0, atol=1e-10)


def test_wanted_frames_are_those_of_the_whole(network: DualPath) -> None:
    z, tokens, delta = inputs()
    condition = network.condition(tokens, 60)
    whole, free = network(z, delta, condition), network(z, delta, None)
    for out_frames in (slice(0, 60), slice(40, 60), slice(0, 20), slice(13, 14), slice(21, 47)):
        part = network(z, delta, condition, out_frames=out_frames)
        torch.testing.assert_close(part, whole[:, out_frames], rtol=0, atol=1e-10)
        both = network.forward_cfg(z, delta, condition, out_frames)
        torch.testing.assert_close(both, torch.cat((whole, free))[:, out_frames], rtol=0, atol=1e-10)


def test_the_unconditional_branch_knows_nothing_of_the_tokens(network: DualPath) -> None:
    z, tokens, delta = inputs()
    other = network.condition((tokens + 1) % TINY.vocabulary, 60)
    condition = network.condition(tokens, 60)
    both = network(torch.cat((z, z)), d.FrameAngles(delta.values.repeat(2, 1), delta.which), condition, n_cond=2)
    changed = network(torch.cat((z, z)), d.FrameAngles(delta.values.repeat(2, 1), delta.which), other, n_cond=2)
    assert torch.equal(both[2:], changed[2:])
    assert (both[:2] - changed[:2]).abs().mean() > 1e-3
    torch.testing.assert_close(both[2:], network(z, delta, None), rtol=0, atol=1e-10)


def test_examples_of_a_batch_do_not_mix(network: DualPath) -> None:
    z, tokens, delta = inputs()
    whole = network(z, delta, network.condition(tokens, 60))
    for i in range(2):
        alone = network(
            z[i : i + 1], d.FrameAngles(delta.values[i : i + 1], delta.which), network.condition(tokens[i : i + 1], 60)
        )
        torch.testing.assert_close(alone[0], whole[i], rtol=0, atol=1e-10)


def test_short_windows_and_odd_lengths(network: DualPath) -> None:
    for length in (1, 5, 8, 23):
        z, tokens, delta = inputs(60)
        which = delta.which[:length]
        v = network(z[:, :length], d.FrameAngles(delta.values, which), network.condition(tokens[:, :2], length))
        assert v.shape == (2, length, TINY.latent_width)
        assert torch.isfinite(v).all()


def test_the_gradient_reaches_every_weight() -> None:
    torch.manual_seed(0)
    network = DualPath(replace(TINY, blocks=1))
    z, tokens, delta = inputs()
    condition = network.condition(tokens[:1], 60)
    angles = d.FrameAngles(delta.values.float(), delta.which)
    network(z.float(), angles, condition, n_cond=1).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_the_starter_preset_fits_the_tokens_and_latents() -> None:
    config = dualpath.PRESETS["starter"]
    assert (config.frame_rate / config.token_rate) % 1 == 0
    assert config.segment % 2 == 0
    assert config.hidden % config.heads == 0


def test_fused_layers_are_the_plain_ones_in_bfloat16() -> None:
    generator = torch.Generator().manual_seed(5)
    x, w, other = (torch.randn(shape, generator=generator).bfloat16() for shape in ((2, 6, 32), (48, 32), (2, 6, 48)))
    b = torch.randn(48, generator=generator).bfloat16()
    y = x.double() @ w.double().T
    with torch.inference_mode():
        made = (
            fused.activated(x, w, None, "swish"),
            fused.activated(x, w, b, "sigmoid"),
            fused.times(x, w, other),
            fused.plus(x[:, ::2], w, other[:, ::2]),
        )
    gate = y + b.double()
    expected = (y / (1 + torch.exp(-y)), 1 / (1 + torch.exp(-gate)), y * other.double(), (y + other.double())[:, ::2])
    for ours, theirs in zip(made, expected, strict=True):
        torch.testing.assert_close(ours.double(), theirs, rtol=0.02, atol=0.02)


def test_inference_in_bfloat16_is_that_of_training(network: DualPath) -> None:
    z, tokens, delta = inputs()
    short = DualPath(TINY).eval().requires_grad_(False)
    short.load_state_dict(network.state_dict())
    short = short.bfloat16()
    angles = d.FrameAngles(delta.values.float(), delta.which)
    with torch.no_grad():
        plain = short(z.float(), angles, short.condition(tokens, 60), out_frames=slice(40, 60))
    with torch.inference_mode():
        fast = short(z.float(), angles, short.condition(tokens, 60), out_frames=slice(40, 60))
    precise = network(z, delta, network.condition(tokens, 60), out_frames=slice(40, 60))
    scale = precise.square().mean().sqrt()
    assert (fast.double() - precise).square().mean().sqrt() < 0.03 * scale
    assert (plain.double() - precise).square().mean().sqrt() < 0.03 * scale
