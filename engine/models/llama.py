"""A LLaMA decoder (Touvron et al. 2023): pre-norm causal attention with rotary positions, SwiGLU feed-forward.

The names of the weights are transformers', so files written by its `LlamaForCausalLM` load as they are; so does the
order of operations, so that the logits are the same bits. In the file: `LlamaConfig`, `RmsNorm`, `Rotary`, the layer,
and `Llama`. B is the batch, T the places, H the width.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STD = 0.02
"""Standard deviation of fresh weights."""


@dataclass(frozen=True)
class LlamaConfig:
    """Sizes of the decoder."""

    vocabulary: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    longest: int  # places that rotary tables are made for
    tied: bool = False  # whether the head is the embedding
    rope_base: float = 10000.0
    eps: float = 1e-6

    @property
    def head_width(self) -> int:
        """Width of an attention head."""
        return self.hidden // self.heads


class RmsNorm(nn.Module):
    """Divides by the root mean square of the last axis, in float32, and multiplies by a learned weight."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """(…, width) → (…, width), in the precision of `x`."""
        precise = x.to(torch.float32)
        normed = precise * torch.rsqrt(precise.pow(2).mean(-1, keepdim=True) + self.eps)
        return self.weight * normed.to(x.dtype)


class Rotary(nn.Module):
    """Cosine and sine of rotary positions (RoFormer, Su et al. 2021), one frequency for each pair of channels."""

    inv_freq: Tensor  # (width / 2,)

    def __init__(self, width: int, base: float) -> None:
        super().__init__()
        inv_freq = 1.0 / (base ** (torch.arange(0, width, 2, dtype=torch.float) / width))
        self.register_buffer("inv_freq", inv_freq, persistent=False)

    @torch.no_grad()
    def forward(self, x: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine (1, T, width) at places (1, T), in the precision of `x`."""
        angles = places[..., None].float() * self.inv_freq.to(device=x.device, dtype=torch.float)
        angles = torch.cat((angles, angles), dim=-1)
        return angles.cos().to(x.dtype), angles.sin().to(x.dtype)


def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """X (B, heads, T, width) turned by the angles whose cosine and sine (1, 1, T, width) are given."""
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Attention(nn.Module):
    """Causal self-attention."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.width = config.head_width
        self.q_proj = nn.Linear(config.hidden, config.hidden, bias=False)
        self.k_proj = nn.Linear(config.hidden, config.hidden, bias=False)
        self.v_proj = nn.Linear(config.hidden, config.hidden, bias=False)
        self.o_proj = nn.Linear(config.hidden, config.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, T, H) → (B, T, H), and the keys and values (B, heads, T, width) for a cache."""
        batch, length, _ = x.shape
        shape = (batch, length, -1, self.width)
        q = rotated(self.q_proj(x).view(shape).transpose(1, 2), cos, sin)  # (B, heads, T, width)
        k = rotated(self.k_proj(x).view(shape).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(shape).transpose(1, 2)
        attended = F.scaled_dot_product_attention(q, k, v, scale=self.width**-0.5, is_causal=length > 1)
        return self.o_proj(attended.transpose(1, 2).reshape(batch, length, -1)), k, v


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden, config.feed_forward, bias=False)
        self.up_proj = nn.Linear(config.hidden, config.feed_forward, bias=False)
        self.down_proj = nn.Linear(config.feed_forward, config.hidden, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, H) → (B, T, H)."""
        projected: Tensor = self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))
        return projected


class Layer(nn.Module):
    """Attention and feed-forward, each behind its norm, each added to what came in."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = FeedForward(config)
        self.input_layernorm = RmsNorm(config.hidden, config.eps)
        self.post_attention_layernorm = RmsNorm(config.hidden, config.eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, T, H) → (B, T, H), keys, values."""
        attended, keys, values = self.self_attn(self.input_layernorm(x), cos, sin)
        x = x + attended
        return x + self.mlp(self.post_attention_layernorm(x)), keys, values


class Decoder(nn.Module):
    """Embedding, layers and last norm."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(config.vocabulary, config.hidden)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = RmsNorm(config.hidden, config.eps)
        self.rotary_emb = Rotary(config.head_width, config.rope_base)

    def forward(
        self, ids: Tensor, cache: list[tuple[Tensor, Tensor]] | None = None, added: Tensor | None = None
    ) -> Tensor:
        """Ids (B, T) → (B, T, H); appends each layer's keys and values (B, heads, T, width) to `cache`.

        added: (B, T, H), to the embeddings.
        """
        x = self.embed_tokens(ids)
        if added is not None:
            x = x + added.to(x.dtype)
        cos, sin = self.rotary_emb(x, torch.arange(ids.shape[1], device=ids.device)[None])
        cos, sin = cos[:, None], sin[:, None]  # (1, 1, T, width)
        for layer in self.layers:
            x, keys, values = layer(x, cos, sin)
            if cache is not None:
                cache.append((keys, values))
        normed: Tensor = self.norm(x)
        return normed


class Llama(nn.Module):
    """The decoder with its head over the vocabulary."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.config = config
        self.model = Decoder(config)
        self.lm_head = nn.Linear(config.hidden, config.vocabulary, bias=False)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=STD)
        if config.tied:
            self.lm_head.weight = self.model.embed_tokens.weight

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.lm_head.weight.device

    def forward(
        self,
        ids: Tensor,
        *,
        last: int = 0,
        cache: list[tuple[Tensor, Tensor]] | None = None,
        added: Tensor | None = None,
    ) -> Tensor:
        """Logits of what follows each of ids (B, T): (B, T, vocabulary); of the `last` places only where that is given.

        `cache` receives each layer's keys and values (B, heads, T, width), rotated. added: (B, T, H), to embeddings.
        """
        states = self.model(ids, cache, added)
        logits: Tensor = self.lm_head(states[:, -last:] if last else states)
        return logits
