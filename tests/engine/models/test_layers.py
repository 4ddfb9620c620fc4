"""The decoder in layers: what its analysis finds in sounds of known layers; pieces of a stream are the whole."""

import copy
import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine.models import system
from engine.models.chunked_decoder import LayersChunkedDecoder
from engine.models.layers import analysis, bands, player, vae
from engine.train.layers.vae import fold_scale

TINY = vae.PRESETS["layers-tiny"]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Networks this small are slower on two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network() -> vae.LayersVae:
    """A tiny one whose random heads say audible oscillators, noise and strokes."""
    torch.manual_seed(0)
    net = vae.LayersVae(TINY).eval().requires_grad_(False)
    net.shots.copy_(0.1 * torch.randn(TINY.strokes, player.SHOT) * torch.exp(-torch.arange(player.SHOT) / 3000))
    net.decoder.heads.weight.normal_(std=0.3)
    bias = net.decoder.heads.bias.zero_()
    bias[: 2 * analysis.OSCILLATORS] = -4
    first = 4 * analysis.OSCILLATORS
    bias[first : first + 2 * analysis.BAND_VALUES] = -6
    bias[first + 2 * analysis.BAND_VALUES :][: 2 * TINY.strokes] = -1
    return net


def _sine(hertz: float, amplitude: float, seconds: float = 1.0) -> torch.Tensor:
    return amplitude * torch.sin(2 * math.pi * hertz * torch.arange(int(seconds * bands.RATE)) / bands.RATE)


def test_analysis_finds_pitch_amplitude_and_pan_of_partials() -> None:
    mid = _sine(441.0, 0.3) + _sine(110.0, 0.2) + _sine(2000.0, 0.05)
    side = _sine(441.0, -0.1)
    amp, cents, pan = analysis.tones(torch.stack((mid, side))[None])
    # A4 is oscillator 69 − 24, and so on; 441 Hz is 3.93 cents above it, 2000 Hz 21.3 above B6
    for oscillator, amplitude, off, width in ((45, 0.3, 3.93, -1 / 3), (21, 0.2, 0.0, 0.0), (71, 0.05, 21.3, 0.0)):
        assert float(amp[0, 100, oscillator]) == pytest.approx(amplitude, rel=0.03)
        assert float(cents[0, 50, oscillator]) == pytest.approx(off, abs=0.7)
        assert float(pan[0, 50, oscillator]) == pytest.approx(width, abs=0.02)
    others = [o for o in range(96) if o not in (45, 21, 71)]
    assert float(amp[0, 100, others].max()) < 1e-3


def test_powers_of_all_bands_are_the_mean_square() -> None:
    noise = 0.1 * torch.randn(1, bands.RATE, generator=torch.Generator().manual_seed(0))
    fast, slow = bands.fast_powers(noise).mean(1).sum(), bands.slow_powers(noise).mean(1).sum()
    assert float(fast + slow) == pytest.approx(0.01, rel=0.03)


def test_what_lies_between_partials_holds_the_noise_and_not_the_tones() -> None:
    noise = 0.003 * torch.randn(2, bands.RATE, generator=torch.Generator().manual_seed(1))
    loud = torch.stack((sum(_sine(220.0 * k, 0.1) for k in range(1, 9)), torch.zeros(bands.RATE)))  # type: ignore[arg-type]
    fast, slow = analysis.between_partials((loud + noise)[None])
    total = float(fast[0, 0, 100:400].mean(0).sum() + slow[0, 0, 20:80].mean(0).sum())
    assert 10 * math.log10(total / 0.003**2) == pytest.approx(0, abs=3)  # the tones are 40 dB louder


def _controls(frames: int, strokes: int = 4) -> player.Controls:
    return player.Controls(
        torch.zeros(1, 2 * frames, 96),
        torch.zeros(1, frames, 96),
        torch.zeros(1, frames, 96),
        torch.zeros(1, 2, 5 * frames, bands.FAST_BANDS),
        torch.zeros(1, 2, frames, bands.SLOW_BANDS),
        torch.zeros(1, 2 * frames, strokes),
        torch.zeros(1, 2 * frames),
        torch.zeros(1, 2 * frames),
    )


def _played(controls: player.Controls, shots: torch.Tensor | None = None) -> torch.Tensor:
    each = player.LayerPlayer(torch.zeros(4, player.SHOT) if shots is None else shots)
    return each.play(controls, controls.frames, each.start(1))[0]


def test_an_oscillator_sounds_at_its_own_frequency_and_width() -> None:
    controls = _controls(100)
    controls.amplitude[:, :, 45], controls.cents[:, :, 45], controls.pan[:, :, 45] = 0.25, 30.0, 0.5
    mid, side = _played(controls)[0].double().numpy()
    spectrum = np.abs(np.fft.rfft(mid * np.hanning(len(mid)), 1 << 20))
    assert np.argmax(spectrum) * bands.RATE / (1 << 20) == pytest.approx(440 * 2 ** (0.3 / 12), abs=0.05)
    assert np.sqrt(2 * np.mean(mid[9600:-9600] ** 2)) == pytest.approx(0.25, rel=0.01)
    np.testing.assert_allclose(side[9600:-9600], 0.5 * mid[9600:-9600], atol=1e-6)


def test_noise_has_the_powers_that_are_asked_for() -> None:
    controls = _controls(200)
    bins = bands.bands_of_bins(bands.FAST_WINDOW, torch.device("cpu")).sum(0)
    controls.fast[:, 0], controls.slow[:, 0], controls.fast[:, 1, :, 5] = 1e-4 * bins, 1e-5, 4e-4
    mid, side = _played(controls)[0]
    fast = bands.fast_powers(mid)[50:-50].mean(0).numpy()
    slow = bands.slow_powers(mid)[10:-10].mean(0).numpy()
    np.testing.assert_allclose(10 * np.log10(fast[1:-1] / (1e-4 * bins.numpy()[1:-1])), 0, atol=0.7)
    decibels = 10 * np.log10(slow[1:-1] / 1e-5)  # of windows that overlap by three quarters: few draws
    assert float(decibels.mean()) == pytest.approx(0, abs=0.5)
    assert float(np.abs(decibels).max()) < 3
    assert int(bands.fast_powers(side).mean(0).argmax()) == 5


def test_a_stroke_begins_on_its_sample_and_leaves_its_power_out_of_the_noise() -> None:
    shots = torch.zeros(4, player.SHOT)
    shots[2, player.LEAD :] = 0.3 * torch.randn(player.SHOT - player.LEAD, generator=torch.Generator().manual_seed(3))
    controls = _controls(100)
    controls.struck[0, 40, 2], controls.late[0, 40], controls.side[0, 40] = 0.5, 0.25, 0.2
    mid, side = _played(controls, shots)[0]
    start = 40 * bands.SLOT + 60 - player.LEAD
    np.testing.assert_allclose(mid[start : start + player.SHOT], 0.5 * shots[2], atol=1e-6)
    np.testing.assert_allclose(side, 0.2 * mid, atol=1e-6)
    assert not bool(mid[:start].any())
    # noise that is just what the stroke plays is left out, but for a thousandth
    power = 0.09 * 0.25
    controls.fast[0, 0] = power * bands.bands_of_bins(bands.FAST_WINDOW, torch.device("cpu")).sum(0) / 96
    whole = _played(controls, shots)[0, 0]
    inside = slice(start + 4800, start + 19200)
    assert float(whole[inside].square().mean()) < 1.35 * float(mid[inside].square().mean())
    assert float(whole[:4800].square().mean()) > 0.5 * power


@pytest.mark.parametrize("pieces", [(1, 3, 20, 9, 7), (10, 10, 10, 10)])
def test_pieces_of_a_stream_are_the_whole(network: vae.LayersVae, pieces: tuple[int, ...]) -> None:
    z = torch.randn(2, 40, TINY.latent_width, generator=torch.Generator().manual_seed(4))
    whole = network.decode(z)
    assert whole.shape == (2, 2, 40 * 960)
    decoder, sounds = LayersChunkedDecoder(network), []
    for number, part in enumerate(torch.split(z, list(pieces), dim=1)):
        sounds.append(decoder.push(part, last=number + 1 == len(pieces)))
    assert sum(sound.shape[-1] for sound in sounds) == whole.shape[-1]
    assert float((torch.cat(sounds, -1) - whole).abs().max()) < 1e-5 * float(whole.abs().max())


def test_a_copy_of_a_decoder_goes_its_own_way(network: vae.LayersVae) -> None:
    z = torch.randn(1, 30, TINY.latent_width, generator=torch.Generator().manual_seed(5))
    decoder = LayersChunkedDecoder(network)
    decoder.push(z[:, :15])
    other = copy.copy(decoder)
    first = decoder.push(z[:, 15:], last=True)
    assert torch.equal(other.push(z[:, 15:], last=True), first)


def test_what_comes_before_rings_on(network: vae.LayersVae) -> None:
    z = torch.randn(1, 30, TINY.latent_width, generator=torch.Generator().manual_seed(6))
    whole = network.decode(z)[..., 20 * 960 :]
    after = LayersChunkedDecoder(network, z[:, :20], first=20).push(z[:, 20:], last=True)
    assert float((after - whole).abs().max()) < 1e-5 * float(whole.abs().max())


def test_latents_are_scaled_without_a_change_of_the_sound(network: vae.LayersVae) -> None:
    other = copy.deepcopy(network)
    wave = 0.1 * torch.randn(1, 2, 19200, generator=torch.Generator().manual_seed(7))
    mean, _ = other.posterior(wave)
    z = 3 * mean + 0.5
    before = other.decoder(z).everything
    fold_scale(other, z)
    scaled, _ = other.posterior(wave)
    expected = (mean - z.mean((0, 1))) / z.std((0, 1)).clamp_min(1e-3)
    torch.testing.assert_close(scaled, expected, rtol=1e-3, atol=1e-3)
    again = other.decoder((z - z.mean((0, 1))) / z.std((0, 1)).clamp_min(1e-3)).everything
    torch.testing.assert_close(again, before, rtol=1e-3, atol=1e-3)


def test_envelopes_set_how_loud_tones_are_together() -> None:
    amp = torch.full((1, 8, 96), -12.0)
    amp[:, :, 45] = math.log(0.02)  # A4, in the slow band of 437.5 to 500 Hz
    everything, noise = torch.full((1, 4, analysis.BAND_VALUES), -11.0), torch.full((1, 4, analysis.BAND_VALUES), -11.0)
    slow = everything[..., 2 * bands.FAST_A_FRAME * bands.FAST_BANDS :].view(1, 4, 2, bands.SLOW_BANDS)
    slow[:, :, 0, 7] = math.log(0.03**2 / 2) / 2
    assert float(vae.balanced(amp, everything, noise)[0, 4, 45].exp()) == pytest.approx(0.03, rel=0.02)
    slow[:, :, 0, 7] = math.log(1.0) / 2  # by four times the power at most
    assert float(vae.balanced(amp, everything, noise)[0, 4, 45].exp()) == pytest.approx(0.04, rel=0.02)


@pytest.mark.parametrize("preset", ["layers", "studio", "layers-tiny", "starter", "tiny", "paper"])
def test_configs_come_back_as_the_architecture_that_they_are_of(preset: str) -> None:
    config = system.PRESETS[preset]
    assert system.from_dict(system.to_dict(config)) == config


def test_sizes_fit_what_ships() -> None:
    for module in system.build(system.PRESETS["studio"]).values():
        numbers = {id(tensor): tensor.numel() for tensor in module.state_dict(keep_vars=True).values()}
        assert 2 * sum(numbers.values()) < 16_000_000  # bytes in float16


def test_a_blurred_beginning_is_played_as_a_step() -> None:
    rise = torch.tensor([0.1, 0.1, 0.1, 0.2, 0.6, 1.0, 1.0, 0.9, 0.8, 0.7])
    stepped = vae.stepped(rise[None, :, None].repeat(1, 1, 96))[0, :, 0]
    assert stepped.tolist() == pytest.approx([0.1, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0, 0.9, 0.8, 0.7])
    slow = torch.linspace(0.5, 0.6, 10)
    assert torch.equal(vae.stepped(slow[None, :, None])[0, :, 0], slow)
