"""Diffusion in angles: schedules, velocity, the DDIM step, guidance, and the sampling loops as plain functions.

z_δ = cos δ · z + sin δ · ε with δ from 0 (clean) to π/2 (noise); the velocity is v_δ = dz_δ/dδ = cos δ · ε − sin δ · z.
A network predicts v from z_δ; one step back by ω is z_{δ−ω} = cos ω · z_δ − sin ω · v (Lam et al. 2023, eq. 2–5, 12).

Every loop is one idea, `denoise`: frames inside the mask are noise that is denoised; frames outside it are given, have
angle 0, and are never written. The mask covers the whole window for generation, its end for continuation, any part of
it for inpainting.

In the file: `schedule`, `angles`, `noised`, `velocity`, `clean`, `noise_of`, `step`, `classifier_free_guidance`, then
`denoise` and the loops `generate`, `continue_window`, `extend_left`, `inpaint`, `variation`, `close_loop`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import torch
from torch import Tensor

from engine.errors import ModelError


class Schedule(StrEnum):
    """How π/2 is divided into T steps; `LINEAR` takes large steps first and small ones last."""

    LINEAR = "linear"
    UNIFORM = "uniform"


Callback = Callable[[int, int], None]
"""Called before each step with (steps done, number of steps); raises `Cancelled` to stop."""


Guidance = Callable[[Tensor], Tensor]
"""Moves clean latents (B, l, D) of the frames that are denoised (see `latent_guidance`)."""


def no_callback(done: int, steps: int) -> None:
    """A `Callback` that neither reports nor cancels."""


def schedule(steps: int, kind: Schedule = Schedule.LINEAR) -> list[float]:
    """The angle steps ω_1 … ω_T, whose sum is π/2; sampling takes ω_T first (eq. 4)."""
    if steps < 1:
        raise ModelError(f"{steps} denoising steps were asked for: give at least 1.")
    if kind is Schedule.UNIFORM:
        return [math.pi / (2 * steps)] * steps
    return [math.pi / (6 * steps) + 2 * math.pi * t / (3 * steps * (steps + 1)) for t in range(1, steps + 1)]


def angles(omegas: Sequence[float]) -> list[float]:
    """δ_1 … δ_T, the angle at which each step starts: the sum of ω_1 … ω_t (eq. 3)."""
    total, starts = 0.0, []
    for omega in omegas:
        total += omega
        starts.append(total)
    return starts


def noised(z: Tensor, noise: Tensor, delta: Tensor) -> Tensor:
    """Latents at an angle: z_δ = cos δ · z + sin δ · ε; δ broadcasts against z."""
    return torch.cos(delta) * z + torch.sin(delta) * noise


def velocity(z: Tensor, noise: Tensor, delta: Tensor) -> Tensor:
    """The training target: v_δ = cos δ · ε − sin δ · z."""
    return torch.cos(delta) * noise - torch.sin(delta) * z


def clean(z_delta: Tensor, v: Tensor, delta: Tensor) -> Tensor:
    """The clean latent: z = cos δ · z_δ − sin δ · v."""
    return torch.cos(delta) * z_delta - torch.sin(delta) * v


def step(z_delta: Tensor, v: Tensor, omega: float) -> Tensor:
    """One step back: z_{δ−ω} = cos ω · z_δ − sin ω · v (eq. 12)."""
    return math.cos(omega) * z_delta - math.sin(omega) * v


def classifier_free_guidance(conditional: Tensor, unconditional: Tensor, rho: float) -> Tensor:
    """Classifier-free guidance: ρ · v_cond + (1 − ρ) · v_uncond."""
    return torch.lerp(unconditional, conditional, rho)


def chunk_bounds(length: int, chunks: int) -> list[int]:
    """L_0 … L_M, where chunk m spans frames L_{m−1} to L_m: ⌊m·L/M⌋ (eq. 7)."""
    return [m * length // chunks for m in range(chunks + 1)]


def chunk_index(length: int, chunks: int) -> Tensor:
    """(L,) int64: the chunk that each frame belongs to."""
    bounds = torch.tensor(chunk_bounds(length, chunks))
    return torch.repeat_interleave(torch.arange(chunks), bounds.diff())


@dataclass(frozen=True, slots=True)
class FrameAngles:
    """The angle vector δ ∈ R^L, kept as its few distinct values: frame l has the angle `values[:, which[l]]`.

    values: (B, A) or (1, A) float; which: (L,) int64. In training A = M, one angle a chunk; in sampling A = 2.
    """

    values: Tensor
    which: Tensor

    def frames(self) -> Tensor:
        """The vector itself, ready to broadcast against latents: (B, L, 1)."""
        return self.values[:, self.which, None]


class Velocity(Protocol):
    """A network with its conditions bound: predicts the velocity of the frames `out_frames` of a window.

    z: (B, L, D); returns (B, out_frames.stop − out_frames.start, D).
    """

    def __call__(self, z: Tensor, delta: FrameAngles, out_frames: slice) -> Tensor:
        """The velocity of the frames `out_frames` of z at angles δ."""
        ...


def denoise(
    network: Velocity,
    z: Tensor,
    mask: Tensor,
    omegas: Sequence[float],
    callback: Callback = no_callback,
    guidance: Guidance | None = None,
) -> Tensor:
    """Denoises the frames in `mask`; every other frame is returned bit-identical.

    Args:
        network: velocity of some frames of a window.
        z: (B, L, D): z_δ at δ = Σω inside the mask, the given latents elsewhere.
        mask: (L,) bool on the CPU, true where frames are to be denoised; at least one is.
        omegas: ω_1 … ω_T, taken from the last to the first.
        callback: progress and cancel, called before each step.
        guidance: moves the clean latents that each step foretells.

    Returns:
        (B, L, D), the window with the masked frames denoised.
    """
    inside = mask.nonzero()[:, 0]
    out_frames = slice(int(inside[0]), int(inside[-1]) + 1)
    has_gaps = not bool(mask[out_frames].all())
    out_mask = mask[out_frames, None].to(z.device)  # (l, 1)
    which = mask.long().to(z.device)  # (L,)
    starts = torch.tensor([[0.0, delta] for delta in angles(omegas)], device=z.device)  # (T, 2)
    z = z.clone()
    steps = len(omegas)
    for done, t in enumerate(reversed(range(steps))):
        callback(done, steps)
        v = network(z, FrameAngles(starts[t : t + 1], which), out_frames).to(z.dtype)  # (B, l, D)
        moved = step(z[:, out_frames], v, omegas[t])
        if guidance is not None:
            foretold = clean(z[:, out_frames], v, starts[t, 1])
            moved = moved + math.cos(float(starts[t, 1]) - omegas[t]) * (guidance(foretold) - foretold)
        z[:, out_frames] = torch.where(out_mask, moved, z[:, out_frames]) if has_gaps else moved
    callback(steps, steps)
    return z


def continue_window(
    network: Velocity,
    past: Tensor,
    noise: Tensor,
    omegas: Sequence[float],
    callback: Callback = no_callback,
    guidance: Guidance | None = None,
) -> Tensor:
    """Algorithm 2, one round: (B, l, D) new frames after `kept` (B, L − l, D), which is read and never changed.

    `kept` is the latest part of what there is; it may be shorter than a window, or empty.
    """
    window = torch.cat((past, noise), dim=1)  # (B, L, D)
    mask = torch.arange(window.shape[1]) >= past.shape[1]
    return denoise(network, window, mask, omegas, callback, guidance)[:, past.shape[1] :]
