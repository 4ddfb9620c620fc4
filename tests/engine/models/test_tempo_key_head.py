"""The ear: what it looks at follows tempo and key, and untrained it changes nothing."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from engine.models import tempo_key_head
from engine.models.tempo_key_head import PRESETS, TempoKeyHead, tempo_candidates

torch.set_num_threads(1)
RATE = 24000
SECONDS = 10


@pytest.fixture(scope="module")
def starter() -> TempoKeyHead:
    torch.manual_seed(0)
    return TempoKeyHead(PRESETS["starter"]).eval().requires_grad_(False)


def clicks(tempo: float) -> Tensor:
    """Bursts of noise on each beat: (1, T_wav)."""
    noise = np.random.default_rng(0).standard_normal(600).astype(np.float32)
    wave = np.zeros(SECONDS * RATE, np.float32)
    for beat in np.arange(0.2, SECONDS - 0.1, 60 / tempo):
        place = round(beat * RATE)
        wave[place : place + 600] += 0.3 * noise * np.linspace(1, 0, 600, dtype=np.float32)
    return torch.from_numpy(wave)[None]


def cadence(up: int) -> Tensor:
    """The chords of C F G C, `up` semitones higher, with their bass: (1, T_wav)."""
    time = torch.arange(SECONDS * RATE // 4) / RATE
    parts = []
    for root in (0, 5, 7, 0):
        notes = [48 + root, 60 + root, 64 + root, 67 + root]
        parts.append(sum(torch.sin(2 * torch.pi * 440 * 2 ** ((note + up - 69) / 12) * time) for note in notes))
    return 0.1 * torch.cat(parts)[None]


def test_untrained_it_leaves_vectors_as_they_are(starter: TempoKeyHead) -> None:
    vectors = F.normalize(torch.randn(2, 64), dim=-1)
    torch.testing.assert_close(starter(torch.randn(2, 9 * RATE), vectors), vectors)


@pytest.mark.parametrize("samples", [1, RATE, 12 * RATE])
def test_any_length_and_silence_give_numbers(starter: TempoKeyHead, samples: int) -> None:
    for wave in (torch.zeros(1, samples), torch.randn(1, samples)):
        seen = starter.features(wave)
        shapes = [tuple(part.shape) for part in (seen.tempo, seen.key, seen.timbre)]
        assert shapes == [
            (1, tempo_key_head.TEMPI, tempo_key_head.TEMPO_FEATURES),
            (1, 12, tempo_key_head.KEY_FEATURES),
            (1, tempo_key_head.TIMBRE_FEATURES),
        ]
        assert all(bool(part.isfinite().all()) for part in (seen.tempo, seen.key, seen.timbre))


@pytest.mark.parametrize("tempo", [72.0, 97.0, 131.0])
def test_a_pulse_speaks_for_its_tempo(starter: TempoKeyHead, tempo: float) -> None:
    rows = starter.features(clicks(tempo)).tempo[0]  # (TEMPI, TEMPO_FEATURES)
    whole = len(tempo_key_head._PARTIALS) + tempo_key_head._LAGS.index(1.0)  # autocorrelation one period later
    candidates = tempo_candidates()
    octave = (candidates / tempo).log2().abs() < 0.4
    best = candidates[octave][rows[octave, whole].argmax()]
    assert float(best) == pytest.approx(tempo, rel=0.02)


def test_what_is_turned_to_a_tonic_moves_with_the_music(starter: TempoKeyHead) -> None:
    plain, higher = (starter.features(cadence(up)).key[0] for up in (0, 3))
    turned = higher.roll(-3, 0)
    alike = F.cosine_similarity(plain.flatten(), turned.flatten(), dim=0)
    apart = F.cosine_similarity(plain.flatten(), higher.flatten(), dim=0)
    assert alike > 0.9
    assert apart < alike - 0.3


def test_parts_of_one_sound_are_heard_together(starter: TempoKeyHead) -> None:
    wave = torch.cat((clicks(97), clicks(131)))
    both, swapped = starter.predict(wave), starter.predict(wave.flip(0))
    assert both.tempo == pytest.approx(swapped.tempo)
    assert 40 <= both.tempo <= 220
    assert 0 < both.tempo_sure <= 1
    assert 0 <= both.key[0] < 12
    assert 0 < both.key_sure <= 1


def test_it_is_small() -> None:
    assert 2 * sum(p.numel() for p in TempoKeyHead(PRESETS["starter"]).parameters()) < 30_000
