"""Multi-head attention with rotary positions (RoFormer, Su et al. 2021); the positions are the caller's to choose."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models import fused

CosSin = tuple[Tensor, Tensor]
"""Cosine and sine of the rotary angles of each position: (..., heads, head width / 2) each, contiguous."""


def apply_rope(x: Tensor, weight: Tensor, rope: CosSin) -> Tensor:
    """Projects x (..., T, H) by `weight` (H, H) and applies rotary positions: (..., heads, T, head width).

    Channel i of a head's first half and channel i of its second half form a rotated pair. The weight's rows are sorted
    so that the first halves of all heads lie together: on a CPU one pass over rows of that length costs a third of one
    pass over each head's.
    """
    heads, half = rope[0].shape[-2:]
    apart = weight.view(heads, 2, half, -1).transpose(0, 1).flatten(0, 2)  # (2·heads·half, H)
    left, right = F.linear(x, apart).chunk(2, dim=-1)  # (..., T, heads·half) each
    cos, sin = rope[0].flatten(-2), rope[1].flatten(-2)
    halves = torch.addcmul(left * cos, right, sin, value=-1), torch.addcmul(right * cos, left, sin)
    return torch.cat([h.view(*h.shape[:-1], heads, half).transpose(-2, -3) for h in halves], dim=-1)


def sdpa(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Scaled dot-product attention. On a CPU bfloat16 takes plain products: the fused kernel there works in float32."""
    if q.is_cuda or q.dtype is not torch.bfloat16:
        return F.scaled_dot_product_attention(q, k, v)
    batch = q.shape[:2]
    q, k = q.flatten(0, 1), k.flatten(0, 1).transpose(1, 2)  # (B · heads, T, width) and (B · heads, width, T')
    scores = torch.baddbmm(q.new_zeros(()), q, k, beta=0, alpha=q.shape[-1] ** -0.5)
    return (scores.softmax(dim=-1) @ v.flatten(0, 1)).view(*batch, q.shape[1], -1)


class Attention(nn.Module):
    """Multi-head attention with rotary positions."""

    def __init__(self, hidden: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key_value = nn.Linear(hidden, 2 * hidden, bias=False)
        self.out = nn.Linear(hidden, hidden, bias=False)

    def project_kv(self, x: Tensor, rope: CosSin) -> tuple[Tensor, Tensor]:
        """Projects x (..., T, H) to keys with rotary positions and to values: (..., heads, T, head width) each."""
        key, value = self.key_value.weight.chunk(2)
        v = F.linear(x, value).view(*x.shape[:-1], self.heads, -1).transpose(-2, -3)
        return apply_rope(x, key, rope), v

    def forward(self, x: Tensor, rope: CosSin, k: Tensor, v: Tensor, residual: Tensor) -> Tensor:
        """Attention of x (..., T, H) to keys and values (..., heads, T', head width), plus `residual` (..., T, H)."""
        q = apply_rope(x, self.query.weight, rope)  # (..., heads, T, width)
        q, k, v = q.flatten(0, -4), k.flatten(0, -4), v.flatten(0, -4)  # the fused kernels want 4 axes
        out = sdpa(q, k, v).transpose(1, 2)  # (·, T, heads, width)
        return fused.plus(out.reshape(x.shape), self.out.weight, residual)
