"""The network in numpy against torch's own convolutions, with the same weights."""

import numpy as np
import torch
from torch.nn import functional

from engine.analysis.basic_pitch import FRAME_RATE, RATE, activations
from engine.paths import resources

FRAMES = 172


def _reference(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Notes, onsets and contours of one window of 2 s less a frame, as the published graph computes them."""
    with np.load(resources() / "listening" / "basic-pitch.npz", allow_pickle=False) as file:
        w = {name: torch.from_numpy(file[name]) for name in file.files}
    signal = torch.from_numpy(sound)[None, None]
    octaves: list[torch.Tensor] = []
    for octave in range(9):
        padded = functional.pad(signal, (128, 128), mode="reflect")
        parts = [
            functional.conv1d(padded, w[name][:, None], stride=256 >> octave)[0, :, :FRAMES]
            for name in ("cqt_real", "cqt_imag")
        ]
        octaves.insert(0, torch.stack(parts))
        signal = functional.conv1d(functional.pad(signal, (127, 127)), w["lowpass"][None, None], stride=2)
    transform = torch.cat(octaves, 1)[:, -309:] * w["cqt_scale"][None, :, None]
    decibels = 10 * torch.log10((transform**2).sum(0).T + 1e-10)
    decibels = decibels - decibels.min()
    bins = decibels / decibels.max() * w["norm_scale"] + w["norm_shift"]
    stacked = torch.stack(
        [
            functional.pad(bins[:, :shift], (-shift, 0)) if shift < 0 else functional.pad(bins[:, shift:], (0, shift))
            for shift in (-36, 0, 36, 57, 72, 84, 93, 101)
        ]
    )[None, :, :, :264]

    def convolved(name: str, maps: torch.Tensor, padding: tuple[int, int], stride: int = 1) -> torch.Tensor:
        return functional.conv2d(maps, w[name], w[f"{name}_bias"], stride=(1, stride), padding=padding)

    contours = torch.sigmoid(convolved("contour2", functional.relu(convolved("contour1", stacked, (1, 19))), (2, 2)))
    notes = torch.sigmoid(convolved("note2", functional.relu(convolved("note1", contours, (3, 2), 3)), (3, 1)))
    hidden = torch.cat([notes, functional.relu(convolved("onset1", stacked, (2, 1), 3))], 1)
    onsets = torch.sigmoid(convolved("onset2", hidden, (1, 1)))
    return notes[0, 0].numpy(), onsets[0, 0].numpy(), contours[0, 0].numpy()


def test_activations_are_those_of_the_published_network() -> None:
    time = np.arange(RATE) / RATE
    rng = np.random.default_rng(0)
    wave = 0.3 * np.sin(2 * np.pi * 220 * time) * np.exp(-3 * (time % 0.5)) + 0.01 * rng.standard_normal(RATE)
    sound: np.ndarray = wave.astype(np.float32)
    heard = activations(sound)
    count = RATE // 256 + 1
    assert heard.notes.shape == heard.onsets.shape == (count, 88)
    assert heard.contours.shape == (count, 264)
    assert FRAME_RATE == RATE / 256
    window = np.zeros(2 * RATE - 256, np.float32)  # the first window begins 15 frames before the sound
    window[15 * 256 : 15 * 256 + RATE] = sound
    for own, reference in zip((heard.notes, heard.onsets, heard.contours), _reference(window), strict=True):
        assert np.abs(own - reference[15 : 15 + count]).max() < 1e-3
