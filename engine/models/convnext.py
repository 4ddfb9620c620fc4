"""The block of both backbones on frames (ConvNeXt, Liu et al. 2022; over time as in Vocos, Siuzdak 2023)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a two-layer MLP on channels, scaled: (B, L, W) → (B, L, W)."""

    KERNEL = 7

    def __init__(self, width: int, expansion: int, scale: float) -> None:
        super().__init__()
        self.taps = nn.Parameter(torch.empty(self.KERNEL, width).normal_(std=self.KERNEL**-0.5))
        self.norm = nn.LayerNorm(width, eps=1e-5)
        self.inner, self.outer = nn.Linear(width, expansion * width), nn.Linear(expansion * width, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, W) → (B, L, W)."""
        length = x.shape[1]
        padded = F.pad(x, (0, 0, self.KERNEL // 2, self.KERNEL // 2))
        # seven shifted multiply-adds: on a CPU several times faster, forwards and backwards, than a grouped convolution
        y = padded[:, :length] * self.taps[0]
        for tap in range(1, self.KERNEL):
            y = torch.addcmul(y, padded[:, tap : tap + length], self.taps[tap])
        return torch.addcmul(x, self.outer(F.gelu(self.inner(self.norm(y)))), self.scale)
