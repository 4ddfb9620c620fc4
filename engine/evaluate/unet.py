"""A 1-D U-Net in the place of the dual-path network: diffusers' `UNet1DModel`, told of angles and tokens by channels.

Each frame's latents have beside them an embedding of its own angle, made as the dual-path network makes it, and that of
its token, repeated for as long as the token lasts. Unconditional examples have zeros there. The model's own time step
is not used: frames differ in their angles.
"""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.diffusion import FrameAngles
from engine.models.dualpath import DualPathConfig

_ANGLE_CHANNELS, _TOKEN_CHANNELS = 16, 64
_TIMES = 16  # channels of the model's own time embedding
_DEEPER = 32  # the deeper levels' width is a multiple of it, for their heads' sake
_WHOLE, _SHORTEST = 8, 24  # frames: what can be halved three times, and what the filters at the bottom need


class UNet(nn.Module):
    """v̂(z_δ; u, δ) with the interface of `DualPath`."""

    def __init__(self, config: DualPathConfig, widths: tuple[int, int]) -> None:
        """`widths`: channels of the whole rate, and of the halved ones."""
        super().__init__()
        from diffusers import UNet1DModel

        self.config = config
        self.angle_start = nn.Parameter(torch.randn(config.angle_width))
        self.angle_end = nn.Parameter(torch.randn(config.angle_width))
        self.angle = nn.Linear(config.angle_width, _ANGLE_CHANNELS)
        self.embedding = nn.Embedding(config.vocabulary, _TOKEN_CHANNELS)
        condition_channels = _ANGLE_CHANNELS + _TOKEN_CHANNELS
        self.network = UNet1DModel(
            in_channels=config.latent_width + condition_channels,
            out_channels=config.latent_width,
            extra_in_channels=_TIMES,
            time_embedding_dim=_TIMES,
            down_block_types=("DownBlock1DNoSkip", "DownBlock1D", "AttnDownBlock1D"),
            up_block_types=("AttnUpBlock1D", "UpBlock1D", "UpBlock1DNoSkip"),
            block_out_channels=(widths[0], widths[1], widths[1]),
        )

    def condition(self, tokens: Tensor, length: int) -> Tensor:
        """The tokens' channels (B, L, 64) of tokens (B, T_ST)."""
        return cast(Tensor, self.embedding(tokens)).repeat_interleave(length // tokens.shape[1], dim=1)

    def forward(self, z: Tensor, delta: FrameAngles, condition: Tensor | None, *, n_cond: int | None = None) -> Tensor:
        """The velocity (B, L, D) of z; the first `n_cond` examples have a condition, all by default."""
        del n_cond  # it is as long as the condition
        dtype = self.angle.weight.dtype
        angles = delta.frames()  # (B, L, 1)
        mixed = angles.sin() * self.angle_start + angles.cos() * self.angle_end
        embedded = F.gelu(self.angle(mixed.to(dtype))).expand(len(z), -1, -1)
        tokens = z.new_zeros((*z.shape[:2], _TOKEN_CHANNELS), dtype=dtype)
        if condition is not None:
            tokens = torch.cat((condition.to(dtype), tokens[len(condition) :]))
        x = torch.cat((z.to(dtype), embedded, tokens), dim=-1).transpose(1, 2)  # (B, channels, L)
        length = max(-(-z.shape[1] // _WHOLE) * _WHOLE, _SHORTEST)
        last = x[..., -1:].expand(-1, -1, length - z.shape[1])
        output = self.network(torch.cat((x, last), dim=-1), torch.zeros(len(x), device=x.device)).sample
        return cast(Tensor, output[..., : z.shape[1]].transpose(1, 2))


def matched(config: DualPathConfig, parameters: int) -> UNet:
    """The U-Net whose size is nearest to so many parameters: the halved rates are widened first, then the whole one."""
    deep = _DEEPER
    while _size(config, (deep + _DEEPER, deep + _DEEPER)) <= parameters:
        deep += _DEEPER
    low, high = 1, 4 * deep
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _size(config, (middle, deep)) < parameters else (low, middle)
    nearest = min((low, high), key=lambda width: abs(_size(config, (width, deep)) - parameters))
    return UNet(config, (nearest, deep))


def _size(config: DualPathConfig, widths: tuple[int, int]) -> int:
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in UNet(config, widths).parameters())
