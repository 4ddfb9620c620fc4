"""A LLaMA decoder's cached step, written out: one token in, the logits of the next out.

Token by token the arithmetic is small (`starter`: 3 M weights, 12 MB a token) and what calls the operations dominates:
called layer by layer it is 3–4 ms a token. Here a layer is some 25 calls on buffers laid out in advance: norms
are folded into the weights that follow them, query, key and value are one product, as are gate and value of the
feed-forward, the cache is written in place and rotary angles come from a table: 0.6–0.9 ms a token on one core.

The floor is memory: each token reads every weight once, 12 MB in float32 at some 40 GB/s from the last-level cache,
0.3 ms. On a CPU the step works in float32, for products of a matrix and one vector are slower there in bfloat16.

On a GPU the cache has room for a whole window from the start, so that all shapes are static; nothing waits for the
host, and the step is recorded once for each batch size as a CUDA graph.
"""

import logging
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models import graphs
from engine.models.llama import Llama

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Layer:
    """Weights of a layer, transposed for `x @ w`."""

    qkv: Tensor  # (H, 3·H), the norm before it folded in
    out: Tensor  # (H, H)
    gate_value: Tensor  # (H, 2·F), the norm before it folded in
    down: Tensor  # (F, H)


class TokenDecoder:
    """The step of a loaded model, whose weights it copies; B and the window are chosen by `begin`. One thread a time.

    `vocabulary` limits the head to the first tokens.
    """

    def __init__(self, llama: Llama, vocabulary: int) -> None:
        self._llama = llama
        weight = llama.lm_head.weight
        self._dtype = torch.promote_types(weight.dtype, torch.float32) if weight.device.type == "cpu" else weight.dtype
        self._eps = llama.config.eps
        self._heads = llama.config.heads
        self._width = llama.config.head_width
        with torch.inference_mode():
            self._layers = [self._layer(layer) for layer in llama.model.layers]
            self._embedding = llama.model.embed_tokens.weight[:vocabulary].to(self._dtype)  # (V, H)
            self._head = self._transposed(weight[:vocabulary], llama.model.norm.weight)
            self._longest = llama.config.longest
            places = torch.arange(self._longest, device=weight.device)[None]
            cos, sin = llama.model.rotary_emb(weight.to(torch.promote_types(weight.dtype, torch.float32)), places)
            half = self._width // 2
            # rotation as x·cos + swapped(x)·sin, with the sign in the table
            self._cos = cos[0].to(self._dtype)  # (T, width)
            self._sin = torch.cat((-sin[0, :, :half], sin[0, :, half:]), dim=-1).to(self._dtype)
        self._replay: graphs.Replay | None = None
        self._recordable = True
        self._shape = (0, 0)

    def _transposed(self, weight: Tensor, norm: Tensor | None = None) -> Tensor:
        precise = weight.detach().to(torch.promote_types(weight.dtype, torch.float32))
        if norm is not None:
            precise = precise * norm.detach().to(precise.dtype)
        return precise.t().contiguous().to(self._dtype)

    def _layer(self, layer: Any) -> _Layer:
        attention, mlp = layer.self_attn, layer.mlp
        precise = torch.promote_types(self._dtype, torch.float32)
        query = attention.q_proj.weight.to(precise) * self._width**-0.5
        qkv = torch.cat((query, attention.k_proj.weight, attention.v_proj.weight))
        gate_value = torch.cat((mlp.gate_proj.weight, mlp.up_proj.weight))
        return _Layer(
            self._transposed(qkv, layer.input_layernorm.weight),
            self._transposed(attention.o_proj.weight),
            self._transposed(gate_value, layer.post_attention_layernorm.weight),
            self._transposed(mlp.down_proj.weight),
        )

    def begin(self, ids: Tensor, count: int, added: Tensor | None = None) -> Tensor:
        """Reads the ids (B, T) before the first new token, in one pass of the network: its logits (B, V) float32.

        Up to `count` further steps may follow. added: (B, T, H), to the embeddings.
        """
        cache: list[tuple[Tensor, Tensor]] = []
        last = self._llama(ids, last=1, cache=cache, added=added)
        batch, length = ids.shape
        size = max(length + count, self._longest if ids.is_cuda else 0)
        if self._shape != (batch, size):
            self._shape, self._replay = (batch, size), None
            shape = (len(self._layers), batch, self._heads, size, self._width)
            device = ids.device
            self._keys = torch.zeros(shape, dtype=self._dtype, device=device)
            self._values = torch.zeros(shape, dtype=self._dtype, device=device)
            self._token = torch.zeros(batch, dtype=torch.int64, device=device)
            self._added = torch.zeros(batch, self._embedding.shape[1], dtype=self._dtype, device=device)
            self._at = torch.zeros(1, dtype=torch.int64, device=device)
            self._places = torch.arange(size, device=device)
        for i, (keys, values) in enumerate(cache):
            self._keys[i, :, :, :length] = keys
            self._values[i, :, :, :length] = values
        self._length = length
        logits: Tensor = last[:, -1, : self._embedding.shape[0]].float()
        return logits

    def step(self, token: Tensor, added: Tensor | None = None) -> Tensor:
        """The logits (B, V) float32 after one more token (B,); on a GPU valid until the next step.

        added: (B, H), to its embedding.
        """
        at, self._length = self._length, self._length + 1
        if not token.is_cuda:
            turn = self._cos[at], self._sin[at]

            def attend(i: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
                keys, values = self._keys[i], self._values[i]
                keys[:, :, at], values[:, :, at] = k, v
                keys, values = keys[:, :, : at + 1], values[:, :, : at + 1]
                scores = torch.bmm(q.flatten(0, 1)[:, None], keys.flatten(0, 1).transpose(1, 2))  # (B·heads, 1, T)
                return torch.bmm(scores.softmax(dim=-1), values.flatten(0, 1)).view(q.shape)

            return self._run(token, turn, attend, added)
        self._token.copy_(token)
        if added is not None:
            self._added.copy_(added)
        self._at.fill_(at)
        if self._replay is None and self._recordable:
            self._record()
        return self._replay() if self._replay else self._static_step()

    def _run(self, token: Tensor, turn: tuple[Tensor, Tensor], attend: Any, added: Tensor | None = None) -> Tensor:
        cos, sin = turn
        heads, width = self._heads, self._width
        shape, half = (token.shape[0], 3 * heads, width), width // 2
        h = self._embedding[token]  # (B, H)
        if added is not None:
            h = h + added.to(h.dtype)
        for i, layer in enumerate(self._layers):
            qkv = (self._normed(h) @ layer.qkv).view(shape)
            qk, v = qkv[:, : 2 * heads], qkv[:, 2 * heads :]  # (B, 2·heads, width)
            qk = torch.addcmul(qk * cos, qk.roll(half, -1), sin)
            out = attend(i, qk[:, :heads], qk[:, heads:], v)  # (B, heads, width)
            h = torch.addmm(h, out.flatten(1), layer.out)
            gate, value = (self._normed(h) @ layer.gate_value).chunk(2, dim=-1)
            h = torch.addmm(h, F.silu(gate) * value, layer.down)
        return (self._normed(h) @ self._head).float()

    def _normed(self, h: Tensor) -> Tensor:
        """H over its root mean square; the norm's weight is in the matrix that follows."""
        if h.is_cuda:
            return F.rms_norm(h, h.shape[-1:], eps=self._eps)
        mean = torch.linalg.vector_norm(h, dim=-1, keepdim=True).square_().div_(h.shape[-1])
        return h * mean.add_(self._eps).rsqrt_()

    def _static_step(self) -> Tensor:
        """The step of the token and place in the static buffers, without a word from the host."""
        unseen = torch.zeros_like(self._places, dtype=self._dtype).masked_fill_(self._places > self._at, -torch.inf)
        mask = unseen[None, None, None]  # (1, 1, 1, T)

        def attend(i: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self._keys[i].index_copy_(2, self._at, k[:, :, None])
            self._values[i].index_copy_(2, self._at, v[:, :, None])
            q = q[:, :, None]
            attended = F.scaled_dot_product_attention(q, self._keys[i], self._values[i], attn_mask=mask, scale=1.0)
            return attended[:, :, 0]

        turn = self._cos.index_select(0, self._at)[0], self._sin.index_select(0, self._at)[0]
        return self._run(self._token, turn, attend, self._added)

    def _record(self) -> None:
        """Records the static step; steps stay eager if it fails, or as long as another thread compiles."""
        if not graphs.alone.acquire(blocking=False):
            return
        try:
            self._replay = graphs.record(self._static_step, self._token.device)
        except RuntimeError as error:
            self._recordable = False
            log.warning(
                "The language model's step cannot be recorded as a CUDA graph and runs slower: %s", graphs.reason(error)
            )
        finally:
            graphs.alone.release()
