"""The bundled decoder without fine latents repeats nothing at the rate of its latents."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine import paths
from engine.models import checkpoint
from engine.models.chunked_decoder import ChunkedDecoder
from engine.models.vaegan import VaeGan

RATE, SECONDS = 24000, 8


@pytest.fixture(scope="module")
def vae() -> Iterator[VaeGan]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    _, modules = checkpoint.load(paths.resources() / "models" / "melody-starter", parts=["vae"])
    found = modules["vae"]
    assert isinstance(found, VaeGan)
    with torch.inference_mode():
        yield found
    torch.set_num_threads(threads)


def music() -> np.ndarray:
    """Chords with strokes of noise, at a tempo that no latent falls in step with."""
    rng = np.random.default_rng(5)
    t = np.arange(SECONDS * RATE) / RATE
    beat, place = np.divmod(t, 60 / 113)
    roots = 110 * 2 ** (rng.integers(0, 12, 64)[beat.astype(int) // 2] / 12)
    wave = sum(np.sin(2 * np.pi * np.cumsum(roots * part) / RATE) / part for part in (1, 2, 3, 5, 6.7))
    strokes = np.exp(-place / 0.05) * rng.standard_normal(len(t))
    return (0.06 * wave + 0.12 * strokes).astype(np.float32)


def comb(wave: np.ndarray, rate: float = 25.0) -> float:
    """How far multiples of the latents' rate stand out of what lies 3 to 10 Hz beside, in dB; median to 4 kHz."""
    power = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    ratios = []
    for line in np.arange(100, 4000, rate):
        off = np.abs(hertz - line)
        ratios.append(power[off < 0.3].mean() / power[(off > 3) & (off < 10)].mean())
    return float(10 * np.log10(np.median(ratios)))


def test_no_comb_at_the_rate_of_the_latents(vae: VaeGan) -> None:
    z = vae.encode(torch.from_numpy(music())[None, None])
    turned = vae.decode(z)[0, 0].numpy()
    straight = vae.decode(vae.placed(z, 0)[..., :-1])[0, 0].numpy()  # without the phases
    assert comb(straight) > 6, "there is something to be mended"
    assert comb(turned) < 3
    assert np.sqrt(np.mean(turned**2)) == pytest.approx(np.sqrt(np.mean(straight**2)), rel=0.15)


def test_phases_follow_from_places_so_chunks_and_batches_are_the_whole(vae: VaeGan) -> None:
    z = vae.encode(torch.from_numpy(music()[: 3 * RATE])[None, None])
    whole = vae.decode(torch.cat((z, 0.5 * z)))
    decoder = ChunkedDecoder(vae)
    parts = [decoder.push(z[:, a : a + 20], last=a + 20 >= z.shape[1]) for a in range(0, z.shape[1], 20)]
    torch.testing.assert_close(torch.cat(parts, dim=-1), whole[:1], rtol=0, atol=1e-4)
    later = vae.decode(vae.placed(z, 700))
    assert not torch.allclose(later, whole[:1], atol=1e-2)
