"""Multi-head attention with rotary positions (RoFormer, Su et al. 2021); the positions are the caller's to choose."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models import fused

Turn = tuple[Tensor, Tensor]
"""Cosine and sine of each position's angles, for every head: (..., heads, head width / 2) each, contiguous there."""


def rotated(x: Tensor, weight: Tensor, turn: Turn) -> Tensor:
    """W x (..., T, H) with the pairs of channels of each head turned by their position: (..., heads, T, width).

    A pair is a channel of a head's first half and its like of the second. The weight's rows are sorted so that all
    first halves lie together: on a CPU a pass over rows of that length costs a third of one over each head's.
    """
    heads, half = turn[0].shape[-2:]
    apart = weight.view(heads, 2, half, -1).transpose(0, 1).flatten(0, 2)  # (2·heads·half, H)
    left, right = F.linear(x, apart).chunk(2, dim=-1)  # (..., T, heads·half) each
    cos, sin = turn[0].flatten(-2), turn[1].flatten(-2)
    halves = torch.addcmul(left * cos, right, sin, value=-1), torch.addcmul(right * cos, left, sin)
    return torch.cat([h.view(*h.shape[:-1], heads, half).transpose(-2, -3) for h in halves], dim=-1)


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
        key, value = self.key_value.weight.chunk(2)
        v = F.linear(x, value).view(*x.shape[:-1], self.heads, -1).transpose(-2, -3)
        return rotated(x, key, turn), v

    def forward(self, x: Tensor, turn: Turn, k: Tensor, v: Tensor, residual: Tensor) -> Tensor:
        """What x (..., T, H) finds in keys and values (..., heads, T', width), added to `residual` (..., T, H)."""
        q = rotated(x, self.query.weight, turn)  # (..., heads, T, width)
        q, k, v = q.flatten(0, -4), k.flatten(0, -4), v.flatten(0, -4)  # the fused kernels want 4 axes
        out = attend(q, k, v).transpose(1, 2)  # (·, T, heads, width)
        return fused.plus(out.reshape(x.shape), self.out.weight, residual)
