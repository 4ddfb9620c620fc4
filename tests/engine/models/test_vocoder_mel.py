"""The vocoder's log-mel against transformers' spectrogram in float64."""

import numpy as np
import pytest
import torch
from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

from engine.models.vocoder_mel import VocoderMel, at_level


@pytest.mark.parametrize(("rate", "hop", "bins", "fft"), [(16000, 160, 64, 1024), (48000, 480, 128, 4096)])
def test_it_is_slaneys_log_mel(rate: int, hop: int, bins: int, fft: int) -> None:
    wave = np.random.default_rng(0).standard_normal(hop * 50) * 0.1
    filters = mel_filter_bank(fft // 2 + 1, bins, 0.0, rate / 2, rate, norm="slaney", mel_scale="slaney")
    expected = spectrogram(
        wave, window_function(fft, "hann"), fft, hop, power=1.0, mel_filters=filters, mel_floor=1e-5, log_mel="log"
    ).T[:50]
    mel = VocoderMel(rate, hop, bins)(torch.from_numpy(wave)[None])
    assert mel.shape == (1, 50, bins)
    np.testing.assert_allclose(mel[0].numpy(), expected, atol=2e-3)


def test_sounds_come_to_a_peak_of_a_half_and_silence_stays() -> None:
    wave = torch.tensor([[0.1, -0.2, 0.0], [2.0, 1.0, -4.0], [0.0, 1e-6, 0.0]])
    assert torch.allclose(at_level(wave).abs().amax(1), torch.tensor([0.5, 0.5, 1e-6]))
