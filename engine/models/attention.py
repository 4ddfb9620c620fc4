"""Multi-head attention with rotary positions (RoFormer, Su et al. 2021); the positions are the caller's to choose."""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Turn = tuple[Tensor, Tensor]
"""Cosine and sine of each position's angles, (..., 1, head width / 2) each."""


def rotate(x: Tensor, turn: Turn) -> Tensor:
    """Turns pairs of channels by their position's angle; x (..., heads, width)."""
    (cos, sin), (left, right) = turn, x.chunk(2, dim=-1)
    return torch.cat((torch.addcmul(left * cos, right, sin, value=-1), torch.addcmul(right * cos, left, sin)), dim=-1)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Softmax attention; a CPU's fused kernel works in float32, several times slower than its bfloat16 products."""
    if q.is_cuda or q.dtype is not torch.bfloat16:
        return F.scaled_dot_product_attention(q, k, v)
    return (q @ (k * q.shape[-1] ** -0.5).transpose(-1, -2)).softmax(dim=-1) @ v


class Attention(nn.Module):
    """Rotary multi-head attention; positions last in time, channels last in memory."""

    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key_value = nn.Linear(hidden, 2 * hidden, bias=False)
        self.out = nn.Linear(hidden, hidden, bias=False)

    def keys(self, x: Tensor, turn: Turn) -> tuple[Tensor, Tensor]:
        """Rotated keys and values of x (..., T, H): (..., heads, T, width) each."""
        k, v = self.key_value(x).unflatten(-1, (2 * self.heads, -1)).chunk(2, dim=-2)  # (..., T, heads, width)
        return rotate(k, turn).transpose(-2, -3), v.transpose(-2, -3)

    def forward(self, x: Tensor, turn: Turn, k: Tensor, v: Tensor) -> Tensor:
        """Attends from x (..., T, H) to keys and values (..., heads, T', width): (..., T, H)."""
        q = rotate(self.query(x).unflatten(-1, (self.heads, -1)), turn).transpose(-2, -3)  # (..., heads, T, width)
        q, k, v = q.flatten(0, -4), k.flatten(0, -4), v.flatten(0, -4)  # the fused kernels want 4 axes
        out = attend(q, k, v).transpose(1, 2)  # (·, T, heads, width)
        return cast(Tensor, self.out(out.reshape(x.shape)))
