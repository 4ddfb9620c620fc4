"""A BERT encoder (Devlin et al. 2019) over vectors: learned places, post-norm self-attention, GELU feed-forward.

The names of the weights are transformers', so files written by its `BertModel` (without a pooling layer) load as they
are; so is the order of operations. `word_embeddings` has one row that nothing reads: the vectors come from outside.
B is the batch, W the places, H the width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STD = 0.02
"""Standard deviation of fresh weights."""
EPS = 1e-12


@dataclass(frozen=True)
class BertConfig:
    """Sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    longest: int = 512  # places


class Embeddings(nn.Module):
    """Adds what each place has of its own."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(1, config.hidden, padding_idx=0)
        self.position_embeddings = nn.Embedding(config.longest, config.hidden)
        self.token_type_embeddings = nn.Embedding(2, config.hidden)
        self.LayerNorm = nn.LayerNorm(config.hidden, eps=EPS)

    def forward(self, vectors: Tensor) -> Tensor:
        """(B, W, H) → (B, W, H)."""
        places = torch.arange(vectors.shape[1], device=vectors.device)[None]
        first_kind = self.token_type_embeddings(torch.zeros_like(places))
        normed: Tensor = self.LayerNorm(vectors + first_kind + self.position_embeddings(places))
        return normed


class SelfAttention(nn.Module):
    """Every place sees every place that is there."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.width = config.hidden // config.heads
        self.query = nn.Linear(config.hidden, config.hidden)
        self.key = nn.Linear(config.hidden, config.hidden)
        self.value = nn.Linear(config.hidden, config.hidden)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(B, W, H) → (B, W, H); `mask` (B, 1, W, W) is True where one place sees another, None where all do."""
        batch, length, _ = x.shape
        shape = (batch, length, -1, self.width)
        q, k, v = (part(x).view(shape).transpose(1, 2) for part in (self.query, self.key, self.value))
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=self.width**-0.5)
        return attended.transpose(1, 2).reshape(batch, length, -1)


class Output(nn.Module):
    """A linear map, added to what came in, and normed."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.dense = nn.Linear(width, hidden)
        self.LayerNorm = nn.LayerNorm(hidden, eps=EPS)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        """(B, W, width) and (B, W, H) → (B, W, H)."""
        normed: Tensor = self.LayerNorm(self.dense(x) + residual)
        return normed


class Layer(nn.Module):
    """Attention, then feed-forward."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = nn.ModuleDict({"self": SelfAttention(config), "output": Output(config.hidden, config.hidden)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(config.hidden, config.feed_forward)})
        self.output = Output(config.feed_forward, config.hidden)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(B, W, H) → (B, W, H)."""
        x = self.attention["output"](self.attention["self"](x, mask), x)
        normed: Tensor = self.output(F.gelu(self.intermediate["dense"](x)), x)
        return normed


class Bert(nn.Module):
    """Vectors (B, W, H) → (B, W, H)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.embeddings = Embeddings(config)
        layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.encoder = nn.ModuleDict({"layer": layers})
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=STD)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        nn.init.zeros_(self.embeddings.word_embeddings.weight)

    def forward(self, vectors: Tensor, attention_mask: Tensor) -> Tensor:
        """Vectors (B, W, H) and `there` (B, W), True where a place holds something → (B, W, H)."""
        batch, length = attention_mask.shape
        mask = None if bool(attention_mask.all()) else attention_mask[:, None, None].expand(batch, 1, length, length)
        x = self.embeddings(vectors)
        for layer in self.encoder["layer"].children():
            x = layer(x, mask)
        return x
