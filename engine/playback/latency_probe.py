"""How long sound takes from the output to the input: a sweep is played, and found in what comes back.

The input is correlated with the sweep (a matched filter: Farina, "Simultaneous measurement of impulse response and
distortion with a swept-sine technique", AES 108, 2000); the highest peak lies where the sweep begins in it.
"""

import numpy as np

SWEEP_SECONDS = 0.25
LISTEN_SECONDS = 1.2
"""How long the way may be, at most."""
_LEVEL = 0.25
_FROM_HZ, _TO_HZ = 200.0, 12000.0
_FADE = 0.01  # seconds
_LEAST = 0.2  # share of the energy under the peak that is the sweep's: noise alone stays far below


def sweep(rate: int) -> np.ndarray:
    """The sweep: (frames,), at −12 dBFS, its pitch rising by the same interval in the same time."""
    frames = round(SWEEP_SECONDS * rate)
    time = np.arange(frames) / rate
    octaves = np.log(min(_TO_HZ, 0.4 * rate) / _FROM_HZ)
    phase = 2 * np.pi * _FROM_HZ * SWEEP_SECONDS / octaves * (np.exp(time / SWEEP_SECONDS * octaves) - 1)
    fade = round(_FADE * rate)
    envelope = np.ones(frames)
    envelope[:fade] = np.sin(np.linspace(0, np.pi / 2, fade)) ** 2
    envelope[-fade:] = envelope[:fade][::-1]
    return (_LEVEL * envelope * np.sin(phase)).astype(np.float32)


def find_sweep(recorded: np.ndarray, rate: int) -> int | None:
    """The frame of `recorded` (frames,) at which the sweep begins; None where it does not occur."""
    signal = sweep(rate).astype(np.float64)
    samples = recorded.astype(np.float64)
    samples -= samples.mean()
    size = 1 << int(np.ceil(np.log2(len(samples) + len(signal))))
    spectrum = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(signal, size))
    correlation = np.abs(np.fft.irfft(spectrum, size)[: max(len(samples) - len(signal), 1)])
    place = int(correlation.argmax())
    energy = float(np.sum(samples[place : place + len(signal)] ** 2)) * float(np.sum(signal**2))
    if energy <= 1e-12 or correlation[place] ** 2 / energy < _LEAST:
        return None
    return place
