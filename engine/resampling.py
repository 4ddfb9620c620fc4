"""Another rate for a stream of samples; apart from `engine.audio`, since the player needs it and no decoders."""

import numpy as np


class Resampler:
    """Changes the rate of a stream, block by block (libsoxr, very high quality, delay compensated)."""

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        import soxr  # here, since most songs play at the rate of the device and of their sounds

        self._stream = soxr.ResampleStream(rate_in, rate_out, channels, dtype="float32", quality="VHQ")

    def push(self, block: np.ndarray, *, last: bool = False) -> np.ndarray:
        """What can be output after `block` (frames, channels) came in; all the rest when it is the `last` one."""
        return self._stream.resample_chunk(np.ascontiguousarray(block, dtype=np.float32), last=last)
