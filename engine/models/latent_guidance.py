"""Latents moved, while they are denoised, so that what their decoder's oscillators play follows a guide.

Tokens say only roughly which notes sound, and a diffusion network heeds them only so far. Where a decoder plays
oscillators, their log amplitudes a follow from the latents, so the clean latents that a denoising step foretells are
moved down the gradient of a loss on a before the step goes on from them (as classifier guidance does, Dhariwal and
Nichol 2021, with a readout in the classifier's place, as Novack et al. 2026 do with trained heads):

- melody: in each frame, −log of the share of the power from 250 Hz on that lies in the note's pitch class;
- chords: over each chord, the cross-entropy of its first three notes, all alike, and the amplitudes' shares in the sums
  of all its frames; what a frame adds to a sum is its shares times how loud it is.

Both gradients vanish as the guide is met. Tones of a melody do not count for the chord under it. How loud a frame is
does not move: where frames could become louder, some did, and chords came in bursts.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.music.guide import Guide

_MELODY_HERTZ = 250.0
_STEPS = 3  # down the gradient, in each step of the diffusion
_MELODY, _CHORD, _BESIDE = 0.3, 1.0, 0.7
"""How far a step goes for the melody, for chords, and for chords beside a melody, in log amplitudes a unit of the
gradient: where both are said, both together take more from what the words ask for."""
_LEAST = 0.02  # share of a pitch class, below which its gradient grows no more
_LONGEST = 0.4  # of a step, in log amplitudes over all tones of a frame


@dataclass(frozen=True)
class ToneReadout:
    """Log amplitudes of J oscillators a semitone apart, as a linear function of latents: a = z · weight + bias.

    weight: (D, J); bias: (J,). lowest: frequency of the first oscillator in Hz.
    """

    weight: Tensor
    bias: Tensor
    lowest: float

    def __call__(self, z: Tensor) -> Tensor:
        """Of latents (…, D): (…, J)."""
        return z @ self.weight + self.bias

    @property
    def pitch_classes(self) -> Tensor:
        """Of each oscillator, 0 = C: (J,) int64 on the CPU."""
        first = round(69 + 12 * math.log2(self.lowest / 440.0))
        return (first + torch.arange(len(self.bias))) % 12

    def above(self, hertz: float) -> Tensor:
        """Which oscillators sound at a frequency or over it: (J,) bool on the CPU."""
        return self.lowest * 2 ** (torch.arange(len(self.bias)) / 12) >= hertz


class LatentGuidance:
    """What moves the clean latents of so many frames towards a guide."""

    def __init__(self, readout: ToneReadout, guide: Guide, first: int, frames: int, rate: float) -> None:
        """For latents (B, frames, D), `rate` a second; the guide's seconds count from `first` frames before them."""
        self._readout, device = readout, readout.bias.device
        classes, high = readout.pitch_classes, readout.above(_MELODY_HERTZ)
        self._high, self._classes = high.to(device), F.one_hot(classes, 12).float().to(device)  # (J,), (J, 12)
        melody = torch.zeros(frames, len(classes))
        for note in guide.melody:
            melody[_inside(note.start, note.end, first, frames, rate)] = ((classes == note.pitch % 12) & high).float()
        self._melody = melody.to(device)  # (frames, J), 1 at the note's tones
        self._sung = self._melody.sum(-1, keepdim=True) > 0  # (frames, 1)
        self._chord_step = torch.where(self._sung, _BESIDE, _CHORD)  # (frames, 1)
        self._chords: list[tuple[slice, Tensor]] = []
        for span in guide.chords:
            inside = _inside(span.start, span.end, first, frames, rate)
            if inside.stop > inside.start:
                tones = torch.zeros(12)
                tones[[tone % 12 for tone in span.chord.pitch_classes[:3]]] = 1.0
                self._chords.append((inside, (tones / tones.sum()).to(device)))

    @property
    def empty(self) -> bool:
        """Whether nothing is said of these latents."""
        return not self._chords and not bool(self._sung.any())

    def moved(self, z: Tensor) -> Tensor:
        """Clean latents (B, frames, D), moved."""
        for _ in range(_STEPS):
            a = self._readout(z)
            gradient = _MELODY * self._melody_gradient(a) + self._chord_step * self._chord_gradient(a)
            length = gradient.norm(dim=-1, keepdim=True)
            gradient = gradient * (_LONGEST / length.clamp_min(_LONGEST))
            change = gradient @ self._readout.weight.T
            # along the latents that say how loud the frame is nothing moves
            level = (2 * a).softmax(-1) @ self._readout.weight.T
            along = (change * level).sum(-1, keepdim=True) / level.square().sum(-1, keepdim=True).clamp_min(1e-12)
            z = z - (change - along * level)
        return z

    def _melody_gradient(self, a: Tensor) -> Tensor:
        """Of each frame's loss, by the log amplitudes (B, frames, J), halved."""
        power = (2 * a).masked_fill(~self._high, -torch.inf).softmax(-1)
        ours = (2 * a).masked_fill(self._melody == 0, -torch.inf).softmax(-1)
        return torch.where(self._sung, power - ours, 0.0)

    def _chord_gradient(self, a: Tensor) -> Tensor:
        """Of each chord's loss, by the log amplitudes (B, frames, J), each frame as far as if it sounded alone."""
        gradient = torch.zeros_like(a)
        for inside, wanted in self._chords:
            loud = a[:, inside].exp() * (1 - self._melody[inside])  # (B, n, J)
            frame = loud.sum(2, keepdim=True).clamp_min(1e-12)
            share = loud / frame
            classes = (loud.sum(1) / frame.sum(1)) @ self._classes  # (B, 12)
            factor = ((wanted / classes.clamp_min(_LEAST)) @ self._classes.T)[:, None]  # (B, 1, J)
            gradient[:, inside] = share * ((share * factor).sum(2, keepdim=True) - factor)
        return gradient


def _inside(start: float, end: float, first: int, frames: int, rate: float) -> slice:
    """The frames whose middles lie between two times."""
    low, high = (min(max(math.ceil(time * rate - 0.5) - first, 0), frames) for time in (start, end))
    return slice(low, max(high, low))
