"""Latents to sound as they come, without a seam."""

from collections.abc import Callable

import torch
from torch import Tensor

from engine.models.layers.bands import FRAME, LATENT, to_left_right
from engine.models.layers.player import AHEAD, PlayerState
from engine.models.layers.vae import LayersVae
from engine.models.vaegan import VaeGan

_FRAMES = LATENT // FRAME  # of a latent in layers


def chunked_decoder(
    vae: VaeGan | LayersVae, left: Tensor | None = None, *, first: int = 0
) -> "ChunkedDecoder | LayersChunkedDecoder":
    """What decodes the latents of a VAE as they come: see the two classes for the arguments."""
    if isinstance(vae, LayersVae):
        return LayersChunkedDecoder(vae, left, first=first)
    return ChunkedDecoder(vae, left, first=first)


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


class LayersChunkedDecoder:
    """The same for a decoder in layers, whose oscillators, noise and strokes sound on from chunk to chunk.

    Latents on the left are played, too, and not returned, so that what rings at their end rings on. One instance a
    stream; one thread. What it holds is replaced and never changed, so that a copy goes its own way.
    """

    def __init__(self, vae: LayersVae, left: Tensor | None = None, *, first: int = 0) -> None:
        """As `ChunkedDecoder`; from `first` follows which noise is drawn."""
        self._vae, self._player = vae, vae.player()
        self._latents = left[:, -vae.memory :] if left is not None else None
        self._done = 0 if self._latents is None else self._latents.shape[1]  # latents held whose sound was returned
        self._played = 0  # latents held that were played
        self._first = first - self._done
        self._state: PlayerState | None = None

    @property
    def held_back(self) -> int:
        """Latents that came in and whose sound has not been returned yet."""
        return 0 if self._latents is None else self._latents.shape[1] - self._done

    def push(self, z: Tensor, *, last: bool = False, decode: object = None) -> Tensor:
        """Takes latents (B, l, D), returns the sound (B, 2, T) that is final by now; `last` returns all that is left.

        `decode` is there for the likeness with `ChunkedDecoder`, and not used.
        """
        del decode
        vae = self._vae
        latents = z if self._latents is None else torch.cat((self._latents, z), dim=1)
        ready = latents.shape[1] if last else max(latents.shape[1] - vae.context, self._done)
        if ready == self._done:
            self._latents = latents
            return z.new_zeros(z.shape[0], 2, 0, dtype=torch.float32)
        state = self._state or self._player.start(len(latents), _FRAMES * (self._first + self._played))
        end = _FRAMES * ready if last else _FRAMES * ready + AHEAD
        controls = vae.controls(latents).between(_FRAMES * self._played, end)
        wave, self._state = self._player.play(controls, _FRAMES * (ready - self._played), state)
        wave = to_left_right(wave[..., (self._done - self._played) * LATENT :])
        drop = max(ready - vae.left_context, 0)
        self._first += drop
        self._latents, self._done, self._played = latents[:, drop:].clone(), ready - drop, ready - drop
        return wave
