"""The losses against values worked out by hand or with numpy in float64."""

import math

import numpy as np
import pytest
import torch

from engine.train import losses


def sine(frequency: float, rate: int = 24000, seconds: float = 1.0, phase: float = 0.0) -> torch.Tensor:
    t = torch.arange(int(rate * seconds), dtype=torch.float64) / rate
    return torch.sin(2 * math.pi * frequency * t + phase).float()[None, None]


def test_stft_loss_is_zero_for_equals_and_blind_to_sign_unless_asked() -> None:
    wave = sine(440) + 0.3 * sine(2500)
    assert losses.stft_loss(wave, wave).item() == 0
    assert losses.stft_loss(-wave, wave).item() == pytest.approx(0, abs=1e-6)
    assert losses.stft_loss(-wave, wave, phase=1.0).item() > 0.1


def test_stft_loss_against_numpy() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.standard_normal((2, 4000))
    total = 0.0
    for size in losses.STFT_SIZES:
        window, hop = size // 2, size // 4
        shape = np.zeros(size)
        shape[size // 4 : size // 4 + window] = np.hanning(window + 1)[:-1]
        if len(a) <= size // 2:
            continue

        def magnitude(x: np.ndarray, size: int = size, hop: int = hop, shape: np.ndarray = shape) -> np.ndarray:
            padded = np.pad(x, size // 2, mode="reflect")
            frames = np.stack([padded[i : i + size] for i in range(0, len(padded) - size + 1, hop)])
            return np.abs(np.fft.rfft(frames * shape))

        total += np.abs(magnitude(a) - magnitude(b)).mean()
    ours = losses.stft_loss(torch.tensor(a)[None, None].float(), torch.tensor(b)[None, None].float())
    assert ours.item() == pytest.approx(total / len(losses.STFT_SIZES), rel=1e-4)


def test_stft_loss_has_a_gradient_at_silence() -> None:
    decoded = torch.zeros(1, 1, 8192, requires_grad=True)
    losses.stft_loss(decoded, sine(440, seconds=8192 / 24000)).backward()
    assert decoded.grad is not None
    assert torch.isfinite(decoded.grad).all()


def test_kl_of_known_gaussians() -> None:
    zeros = torch.zeros(4, 3)
    assert losses.kl_loss(zeros, zeros).item() == 0
    assert losses.kl_loss(zeros + 2, zeros).item() == pytest.approx(2.0)  # mean²/2
    assert losses.kl_loss(zeros, zeros + math.log(4)).item() == pytest.approx(0.5 * (4 - 1 - math.log(4)))


def test_gan_losses_at_their_ends() -> None:
    ones, zeros = [torch.ones(2, 5), torch.ones(2, 3)], [torch.zeros(2, 5), torch.zeros(2, 3)]
    assert losses.discriminator_loss(ones, zeros).item() == 0
    assert losses.discriminator_loss(zeros, ones).item() == 2
    assert losses.adversarial_loss(ones).item() == 0
    assert losses.adversarial_loss(zeros).item() == 1
    assert losses.feature_loss([ones, zeros], [ones, ones]).item() == pytest.approx(0.5)


def test_contrastive_loss_of_perfect_and_of_blind_embeddings() -> None:
    pairs = torch.eye(8)
    assert losses.contrastive_loss(pairs, pairs, torch.tensor(math.log(100.0))).item() < 1e-6
    same = torch.nn.functional.normalize(torch.ones(8, 4), dim=-1)
    assert losses.contrastive_loss(same, same, torch.tensor(0.0)).item() == pytest.approx(math.log(8))
    halves = (torch.arange(8) < 4)[:, None] != (torch.arange(8) < 4)
    assert losses.contrastive_loss(same, same, torch.tensor(0.0), halves).item() == pytest.approx(math.log(4))


def test_si_sdr_of_a_known_error() -> None:
    wave, error = sine(400), sine(400, phase=math.pi / 2)  # orthogonal
    assert losses.si_sdr(3 * wave + 0.3 * error, wave).item() == pytest.approx(20.0, abs=0.01)


def test_mel_bands_hold_a_sine_where_it_belongs() -> None:
    mel = losses.log_mel(sine(1000), 24000)[0, 0]
    band = int(mel.mean(-1).argmax())
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 12000 / 700), 82) / 2595) - 1)
    assert edges[band] < 1000 < edges[band + 2]
    assert losses.log_mel(0 * sine(1000), 24000).max().item() == pytest.approx(math.log(1e-5), abs=1e-4)


def test_semitones_hold_a_note_where_it_belongs() -> None:
    for semitone in (24, 45, 70):
        tone = sine(55 * 2 ** (semitone / 12), seconds=2.0)
        found = losses.semitones(tone, 24000)[0, 0, :, 12]
        assert found.shape == (72,)
        assert int(found.argmax()) == semitone
    assert losses.semitones(0 * sine(440), 24000).max().item() == 0
