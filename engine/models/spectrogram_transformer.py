"""The Audio Spectrogram Transformer (Gong et al. 2021): a vision transformer over patches of a log-mel spectrogram.

Two learned tokens stand before the patches; their mean is what the spectrogram is summed up in. The names of the
weights are transformers', so files written by its `ASTModel` load as they are; so is the order of operations. B is the
batch, N the frames, P the patches and two tokens, H the width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STD = 0.02
"""Standard deviation of fresh weights."""
EPS = 1e-12


@dataclass(frozen=True)
class SpectrogramTransformerConfig:
    """Sizes of the spectrogram and the network."""

    mels: int
    frames: int
    patch: int  # bands and frames of a patch
    stride: int  # bands and frames from one patch to the next
    hidden: int
    layers: int
    heads: int
    feed_forward: int

    @property
    def patches(self) -> int:
        """Patches of a spectrogram."""
        return ((self.mels - self.patch) // self.stride + 1) * ((self.frames - self.patch) // self.stride + 1)


class Embeddings(nn.Module):
    """Patches as vectors, the two tokens before them, and what each place has of its own."""

    def __init__(self, config: SpectrogramTransformerConfig) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, config.hidden))
        self.distillation_token = nn.Parameter(torch.zeros(1, 1, config.hidden))
        self.patch_embeddings = nn.ModuleDict(
            {"projection": nn.Conv2d(1, config.hidden, kernel_size=config.patch, stride=config.stride)}
        )
        self.position_embeddings = nn.Parameter(torch.zeros(1, config.patches + 2, config.hidden))

    def forward(self, mel: Tensor) -> Tensor:
        """(B, N, mels) → (B, P, H)."""
        image = mel[:, None].transpose(2, 3)  # (B, 1, mels, N)
        patches = self.patch_embeddings["projection"](image).flatten(2).transpose(1, 2)
        tokens = [token.expand(len(mel), -1, -1) for token in (self.cls_token, self.distillation_token)]
        return torch.cat((*tokens, patches), dim=1) + self.position_embeddings


class Attention(nn.Module):
    """Every patch sees every patch."""

    def __init__(self, config: SpectrogramTransformerConfig) -> None:
        super().__init__()
        self.width = config.hidden // config.heads
        self.q_proj = nn.Linear(config.hidden, config.hidden)
        self.k_proj = nn.Linear(config.hidden, config.hidden)
        self.v_proj = nn.Linear(config.hidden, config.hidden)
        self.o_proj = nn.Linear(config.hidden, config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, H) → (B, P, H)."""
        batch, length, _ = x.shape
        shape = (batch, length, -1, self.width)
        q, k, v = (part(x).view(shape).transpose(1, 2) for part in (self.q_proj, self.k_proj, self.v_proj))
        attended = F.scaled_dot_product_attention(q, k, v, scale=self.width**-0.5)
        projected: Tensor = self.o_proj(attended.transpose(1, 2).reshape(batch, length, -1))
        return projected


class Layer(nn.Module):
    """Attention and feed-forward, each behind its norm, each added to what came in."""

    def __init__(self, config: SpectrogramTransformerConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.layernorm_before = nn.LayerNorm(config.hidden, eps=EPS)
        self.layernorm_after = nn.LayerNorm(config.hidden, eps=EPS)
        self.mlp = nn.ModuleDict(
            {
                "fc1": nn.Linear(config.hidden, config.feed_forward),
                "fc2": nn.Linear(config.feed_forward, config.hidden),
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, H) → (B, P, H)."""
        x = self.attention(self.layernorm_before(x)) + x
        hidden = F.gelu(self.mlp["fc1"](self.layernorm_after(x)))
        return self.mlp["fc2"](hidden) + x


class SpectrogramTransformer(nn.Module):
    """Log-mel spectrograms (B, N, mels) → (B, H)."""

    def __init__(self, config: SpectrogramTransformerConfig) -> None:
        super().__init__()
        self.embeddings = Embeddings(config)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.layernorm = nn.LayerNorm(config.hidden, eps=EPS)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv2d):
                nn.init.normal_(module.weight, std=STD)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, mel: Tensor) -> Tensor:
        """(B, N, mels) → (B, H), the mean of the two tokens' last states."""
        x = self.embeddings(mel)
        for layer in self.layers:
            x = layer(x)
        x = self.layernorm(x)
        return (x[:, 0] + x[:, 1]) / 2
