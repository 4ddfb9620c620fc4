"""Multi-head attention with rotary positions (RoFormer, Su et al. 2021); the positions are the caller's to choose."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models import fused

Turn = tuple[Tensor, Tensor]
"""Cosine and sine of each position's angles, (..., 1, head width / 2) each."""


def rotate(x: Tensor, turn: Turn) -> Tensor:
    """Turns pairs of channels by their position's angle; x (..., heads, width)."""
    (cos, sin), (left, right) = turn, x.chunk(2, dim=-1)
    return torch.cat((torch.addcmul(left * cos, right, sin, value=-1), torch.addcmul(right * cos, left, sin)), dim=-1)


def _rotated_heads(x: Tensor, turn: Turn) -> Tensor:
    """Rotated x (..., T, heads, width) as (..., heads, T, width), which the last operation lays out in memory."""
    cos, sin = turn
    return rotate(x.transpose(-2, -3), (cos.transpose(-2, -3), sin.transpose(-2, -3)))


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Softmax attention; a CPU's fused kernel works in float32, several times slower than its bfloat16 products."""
    if q.is_cuda or q.dtype is not torch.bfloat16:
        return F.scaled_dot_product_attention(q, k, v)
    batch = q.shape[:2]
    q, k = q.flatten(0, 1), k.flatten(0, 1).transpose(1, 2)  # (B · heads, T, width) and (B · heads, width, T')
    scores = torch.baddbmm(q.new_zeros(()), q, k, beta=0, alpha=q.shape[-1] ** -0.5)
    return (scores.softmax(dim=-1) @ v.flatten(0, 1)).view(*batch, q.shape[1], -1)


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
        return _rotated_heads(k, turn), v.transpose(-2, -3)

    def forward(self, x: Tensor, turn: Turn, k: Tensor, v: Tensor, residual: Tensor) -> Tensor:
        """What x (..., T, H) finds in keys and values (..., heads, T', width), added to `residual` (..., T, H)."""
        q = _rotated_heads(self.query(x).unflatten(-1, (self.heads, -1)), turn)  # (..., heads, T, width)
        q, k, v = q.flatten(0, -4), k.flatten(0, -4), v.flatten(0, -4)  # the fused kernels want 4 axes
        out = attend(q, k, v).transpose(1, 2)  # (·, T, heads, width)
        return fused.plus(out.reshape(x.shape), self.out.weight, residual)
