"""Latents to sound as they come, without a seam."""

from collections.abc import Callable

import torch
from torch import Tensor

from engine.models.vaegan import VaeGan


class ChunkedDecoder:
    """Decodes latents as they come; what it returns, put together, is what decoding all at once would give.

    It carries the latest frames, as many as a sample depends on, and holds back as much sound as the frames to come may
    change: `context` frames. One instance a stream; one thread.
    """

    def __init__(self, vae: VaeGan, left: Tensor | None = None, *, first: int = 0) -> None:
        """`left`: (B, l, D) scaled latents before the first frame to be decoded, when there are any.

        first: that frame's place in its stream, from which the phases of a decoder's oscillators follow.
        """
        self._vae = vae
        context = vae.context
        self._frames = left[:, -context:] if left is not None else None
        self._done = 0 if self._frames is None else self._frames.shape[1]  # frames held whose sound has been returned
        self._first = first - self._done  # place of the first frame held

    @property
    def held_back(self) -> int:
        """Frames that came in and whose sound has not been returned yet."""
        return 0 if self._frames is None else self._frames.shape[1] - self._done

    def push(self, z: Tensor, *, last: bool = False, decode: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        """Takes frames (B, l, D), returns the sound (B, C, T) that is final by now; `last` returns all that is left.

        `decode` stands in for the model's own `decode`; its result need not outlive the next call.
        """
        frames = z if self._frames is None else torch.cat((self._frames, z), dim=1)
        ready = frames.shape[1] if last else max(frames.shape[1] - self._vae.context, self._done)
        hop = self._vae.config.hop
        if ready == self._done:
            self._frames = frames
            return z.new_zeros(z.shape[0], self._vae.config.channels, 0, dtype=torch.float32)
        wave = (decode or self._vae.decode)(self._vae.placed(frames, self._first)).float()[
            ..., self._done * hop : ready * hop
        ]
        drop = max(ready - self._vae.context, 0)
        self._first += drop
        self._frames, self._done = frames[:, drop:].clone(), ready - drop
        return wave
