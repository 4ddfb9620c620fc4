"""Simple recurrent units (Lei et al. 2017), bidirectional, along one axis of a tensor.

    u = W x_t;  f = σ(W_f x_t + v_f ⊙ c_{t−1} + b_f);  r = σ(W_r x_t + v_r ⊙ c_{t−1} + b_r)
    c_t = f ⊙ c_{t−1} + (1 − f) ⊙ u;  h_t = r ⊙ c_t + (1 − r) ⊙ x_t

Without the v ⊙ c terms (`peephole = False`) the recurrence is linear in c: it runs as `linear_recurrence`, one fused
multiply-add a step, or as `scan`, log2(K) passes over the whole tensor.

Measured on two cores of a server CPU (K 32, 160 sequences, width 512): 0.5 ms stepwise in either precision, against
23 ms (float32) and 4.6 ms (bfloat16) as a scan, which moves the whole tensor through memory ten times. A GPU pays for
kernel launches instead, which the scan has fewer of; a compiler makes the steps one launch that reads everything once,
where scans move 4 GB a block of the paper's preset (K 64, 160 sequences, width 768, bfloat16). `_way` chooses.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from engine.models import fused


class _LinearRecurrence(torch.autograd.Function):
    """The stepwise recurrence with its gradient, itself a recurrence that runs backwards."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, f: Tensor, reverse: bool) -> Tensor:
        c = steps(u, f, reverse)
        ctx.save_for_backward(u, f, c)
        ctx.reverse = reverse
        return c

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        u, f, c = ctx.saved_tensors
        length = u.shape[1]
        order = range(length) if ctx.reverse else range(length - 1, -1, -1)
        g = gradients[0].clone()  # (B, K, ...)
        later = None
        for k in order:
            if later is not None:
                g[:, k].addcmul_(f[:, later], g[:, later])
            later = k
        before = torch.zeros_like(c)
        if ctx.reverse:
            before[:, :-1] = c[:, 1:]
        else:
            before[:, 1:] = c[:, :-1]
        return g * (1 - f), g * (before - u), None


def steps(u: Tensor, f: Tensor, reverse: bool = False) -> Tensor:
    """Runs c_k = f_k ⊙ c_{k−1} + (1 − f_k) ⊙ u_k along axis 1 from c = 0, or from the end if `reverse`.

    u, f, result: (B, K, ...).
    """
    c = torch.empty_like(u)
    state = torch.zeros_like(u[:, 0])
    places = list(zip(u.unbind(1), f.unbind(1), c.unbind(1), strict=True))
    for u_k, f_k, c_k in reversed(places) if reverse else places:
        torch.lerp(u_k, state, f_k, out=c_k)
        state = c_k
    return c


def linear_recurrence(u: Tensor, f: Tensor, reverse: bool = False) -> Tensor:
    """`steps` with a gradient."""
    if torch.is_grad_enabled() and (u.requires_grad or f.requires_grad):
        result: Tensor = _LinearRecurrence.apply(u, f, reverse)  # type: ignore[no-untyped-call]
        return result
    return steps(u, f, reverse)


def scan(u: Tensor, f: Tensor, reverse: bool = False) -> Tensor:
    """The same as `linear_recurrence` by recursive doubling: after pass i each entry holds 2^i steps.

    Two steps (f, b) and (f', b') in a row are one step (f' ⊙ f, f' ⊙ b + b'), which is associative.
    """
    if reverse:
        return scan(u.flip(1), f.flip(1)).flip(1)
    b, reach, length = (1 - f) * u, 1, u.shape[1]
    while reach < length:
        b = torch.cat((b[:, :reach], torch.addcmul(b[:, reach:], f[:, reach:], b[:, :-reach])), dim=1)
        f = torch.cat((f[:, :reach], f[:, reach:] * f[:, :-reach]), dim=1)
        reach *= 2
    return b


def unrolled(u: Tensor, f: Tensor, reverse: bool = False) -> Tensor:
    """`steps` as one expression, for a compiler to fuse."""
    state, states = torch.zeros_like(u[:, 0]), []
    for k in range(u.shape[1] - 1, -1, -1) if reverse else range(u.shape[1]):
        state = torch.lerp(u[:, k], state, f[:, k])
        states.append(state)
    return torch.stack(states[::-1] if reverse else states, dim=1)


def _way(x: Tensor) -> Callable[[Tensor, Tensor, bool], Tensor]:
    """The way to run the recurrence that the device of x gains from."""
    if torch.compiler.is_compiling():
        return unrolled
    return scan if x.is_cuda else linear_recurrence


class SRU(nn.Module):
    """One bidirectional layer: (B, K, ..., input) → (B, K, ..., 2·width).

    The highway passes x_t as it is where the widths agree, else through a projection of its own.
    """

    def __init__(self, width_in: int, width: int, *, peephole: bool = False) -> None:
        super().__init__()
        self.width = width
        self.highway = width_in != 2 * width
        self.project = nn.Linear(width_in, 2 * width * (4 if self.highway else 3), bias=False)
        self.bias = nn.Parameter(torch.zeros(2, 2 * width))  # b_f and b_r of both directions
        self.peephole = nn.Parameter(torch.zeros(2, 2 * width)) if peephole else None  # v_f and v_r

    def forward(self, x: Tensor) -> Tensor:
        """(B, K, ..., in) → (B, K, ..., 2·width)."""
        w, weight = self.width, self.project.weight
        if self.peephole is not None:
            return self._with_peephole(x)
        gates = fused.activated(x, weight[2 * w : 6 * w], self.bias.flatten().to(weight.dtype), "sigmoid")
        f, r = gates.chunk(2, dim=-1)  # (B, K, ..., 2W) each, of both directions
        u = linear(x, weight[: 2 * w])
        skip = linear(x, weight[6 * w :]) if self.highway else x.to(u.dtype)  # x's dtype differs under autocast
        run = _way(x)
        c = torch.cat((run(u[..., :w], f[..., :w], False), run(u[..., w:], f[..., w:], True)), dim=-1)
        return torch.lerp(skip, c, r)

    def _with_peephole(self, x: Tensor) -> Tensor:
        w = self.width
        projected = self.project(x)  # (B, K, ..., 6W or 8W): u, f, r and the highway's x, each of both directions
        u, f, r = projected[..., : 6 * w].chunk(3, dim=-1)
        b_f, b_r = self.bias.to(projected.dtype)
        skip = projected[..., 6 * w :] if self.highway else x.to(projected.dtype)
        return torch.cat(
            [
                self._peephole(u[..., part], (f + b_f)[..., part], (r + b_r)[..., part], skip[..., part], part, reverse)
                for part, reverse in ((slice(0, w), False), (slice(w, None), True))
            ],
            dim=-1,
        )  # (B, K, ..., 2W)

    def _peephole(self, u: Tensor, f: Tensor, r: Tensor, skip: Tensor, part: slice, reverse: bool) -> Tensor:
        assert self.peephole is not None
        v_f, v_r = self.peephole[:, part].to(u.dtype)
        c = torch.zeros_like(u[:, 0])
        out = []
        order = range(u.shape[1])
        for k in reversed(order) if reverse else order:
            reset = torch.sigmoid(r[:, k] + v_r * c)
            c = torch.lerp(u[:, k], c, torch.sigmoid(f[:, k] + v_f * c))
            out.append(torch.lerp(skip[:, k], c, reset))
        return torch.stack(out[::-1] if reverse else out, dim=1)


class FinePath(nn.Module):
    """Layers of bidirectional SRUs over axis 1 and a projection back: (B, K, S, H) → (B, K, S, H)."""

    def __init__(self, hidden: int, width: int, layers: int = 2, *, peephole: bool = False) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            SRU(hidden if i == 0 else 2 * width, width, peephole=peephole) for i in range(layers)
        )
        self.out = nn.Identity() if 2 * width == hidden else nn.Linear(2 * width, hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, K, S, H) → (B, K, S, H)."""
        for layer in self.layers:
            x = layer(x)
        projected: Tensor = self.out(x)
        return projected
