"""The semantic language model: 12 prompt tokens, then semantic tokens at 25 a second (a LLaMA decoder).

One vocabulary: the semantic tokens 0 … V−1, then the codes of each of the 12 codebooks, then one token that stands for
“no prompt” in all 12 places. The model sees the prefix and up to a window of tokens before the next one; `extend` fills
its cache with that window once and then samples token by token from the cache.

`paper`: width 1024, 24 layers, 8 heads, feed-forward 4096, untied: 430 M. `starter`: width 256, 5 layers: 4.0 M, 50
tokens a chunk. Training and the window's prefill run the network of `llama`; the tokens are drawn by `token_decoder`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.models.diffusion import Callback, no_callback
from engine.models.llama import Llama, LlamaConfig
from engine.models.token_decoder import TokenDecoder


@dataclass(frozen=True)
class SemanticLmConfig:
    """Sizes of the LM."""

    vocabulary: int = 1024  # semantic tokens
    codebooks: int = 12
    codes: int = 1024  # a codebook
    hidden: int = 1024
    layers: int = 24
    heads: int = 8
    feed_forward: int = 4096
    tied: bool = False
    length: int = 250  # semantic tokens of a window

    @property
    def entries(self) -> int:
        """The whole vocabulary."""
        return self.vocabulary + self.codebooks * self.codes + 1


PRESETS: dict[str, SemanticLmConfig] = {
    "paper": SemanticLmConfig(),
    "starter": SemanticLmConfig(
        vocabulary=512, codes=256, hidden=256, layers=5, heads=4, feed_forward=448, tied=True, length=200
    ),
    "tiny": SemanticLmConfig(
        vocabulary=32, codes=8, hidden=32, layers=2, heads=2, feed_forward=48, tied=True, length=50
    ),
}


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn. A temperature of 0 takes the likeliest; `top_k` 0 means all; `top_p` 1 means all.

    With a guidance γ other than 1 the logarithm of a probability is γ · that given the prompt + (1 − γ) · that without.
    """

    temperature: float = 1.0
    top_k: int = 100
    top_p: float = 0.95
    guidance: float = 1.0


def precision(device: torch.device) -> torch.dtype:
    """The precision in which probabilities are summed: float64, which Apple's GPUs do not have."""
    return torch.float32 if device.type == "mps" else torch.float64


def pick(logits: Tensor, u: Tensor, sampling: Sampling) -> Tensor:
    """Draws one token each from (B, V) logits by inverting the cumulative distribution at u (B,) in (0, 1): (B,)."""
    if sampling.temperature <= 0:
        return logits.argmax(dim=-1)
    precise = precision(logits.device)
    probabilities = (logits.to(precise) / sampling.temperature).softmax(dim=-1)
    size = logits.shape[-1]
    likeliest, order = probabilities.topk(min(sampling.top_k or size, size), dim=-1)  # (B, k), sorted
    cumulated = likeliest.cumsum(dim=-1)
    if sampling.top_p < 1:
        likeliest = likeliest * ((cumulated - likeliest) < sampling.top_p)  # the likeliest is always kept
        cumulated = likeliest.cumsum(dim=-1)
    place = (cumulated < u[:, None].to(precise) * cumulated[:, -1:]).sum(dim=-1, keepdim=True)
    return order.gather(1, place.clamp_(max=order.shape[1] - 1))[:, 0]


class SemanticLm(nn.Module):
    """p(u_j | prefix, u_1 … u_{j−1})."""

    def __init__(self, config: SemanticLmConfig) -> None:
        super().__init__()
        self.config = config
        self.llama = Llama(
            LlamaConfig(
                vocabulary=config.entries,
                hidden=config.hidden,
                layers=config.layers,
                heads=config.heads,
                feed_forward=config.feed_forward,
                longest=config.codebooks + config.length,
                tied=config.tied,
            )
        )

    def prefix(self, codes: Tensor | None, batch: int = 1) -> Tensor:
        """Token ids of RVQ codes (B, 12), or of “no prompt”: (B, 12)."""
        config = self.config
        device = self.llama.device
        if codes is None:
            return torch.full((batch, config.codebooks), config.entries - 1, device=device)
        return codes.to(device) + config.vocabulary + config.codes * torch.arange(config.codebooks, device=device)

    def hearing(self, context: Tensor | None, count: int) -> Tensor | None:
        """What is added where each of `count` tokens is foretold; nothing here (see `contextual`)."""
        del context, count
        return None

    def forward(self, prefix: Tensor, tokens: Tensor, heard: Tensor | None = None) -> Tensor:
        """Logits of each of tokens (B, T) given prefix ids (B, 12) and the tokens before it: (B, T, V).

        heard: the context's tokens, for models that hear one (see `contextual`).
        """
        ids = torch.cat((prefix, tokens[:, :-1]), dim=1)  # (B, 12 + T − 1)
        added = self._placed(self.hearing(heard, tokens.shape[1]), len(ids))
        logits: Tensor = self.llama(ids, last=tokens.shape[1], added=added)
        return logits[..., : self.config.vocabulary]

    def _placed(self, hearing: Tensor | None, batch: int) -> Tensor | None:
        """What is heard, behind a prefix that hears nothing but at its end, where the first token is foretold."""
        if hearing is None:
            return None
        return nn.functional.pad(hearing, (0, 0, self.config.codebooks - 1, 0)).expand(batch, -1, -1)

    def decoder(self) -> TokenDecoder:
        """A fast step with the weights as they are now, for `extend`; on their device."""
        return TokenDecoder(self.llama, self.config.vocabulary)

    @torch.inference_mode()
    def extend(
        self,
        prefix: Tensor,
        context: Tensor,
        uniforms: Tensor | Sequence[Sequence[float]],
        sampling: Sampling,
        callback: Callback = no_callback,
        decoder: TokenDecoder | None = None,
        logit_bias: Tensor | None = None,
        heard: Tensor | None = None,
    ) -> Tensor:
        """Samples n more tokens after `context`.

        Args:
            prefix: (B, 12) ids from `prefix`.
            context: (B, T) tokens so far, of which the last (window − n) are used; T may be 0.
            uniforms: (B, n) numbers in (0, 1), one for each new token.
            sampling: temperature, top-k, top-p.
            callback: called before each token with (done, n).
            decoder: what `decoder` made after the weights last changed; made for this call if it is missing.
            logit_bias: (n, V), added to the logits of each new token (see `token_guidance`).
            heard: (1, T + n + ahead) ids of what sounds beside `context` and the new tokens (see `contextual`).

        Returns:
            (B, n) tokens.
        """
        uniforms = torch.as_tensor(uniforms, dtype=precision(prefix.device)).to(prefix.device)
        count = uniforms.shape[1]
        room = max(self.config.length - count, 0)
        cut = max(context.shape[1] - room, 0)
        context = context[:, cut:]
        hearing = self.hearing(None if heard is None else heard[:, cut:], context.shape[1] + count)
        decoder = decoder or self.decoder()
        none = self.prefix(None, len(prefix))
        guided = sampling.guidance != 1 and not bool((prefix == none).all())
        ids = torch.cat((prefix, context), dim=1)
        if guided:
            ids = torch.cat((ids, torch.cat((none, context), dim=1)))
        logit_bias = logit_bias.to(prefix.device) if logit_bias is not None else None
        tokens: list[Tensor] = []
        for done in range(count):
            callback(done, count)
            if tokens:
                here = None if hearing is None else hearing[:, context.shape[1] + done].expand(len(ids), -1)
                logits = decoder.step(tokens[-1].repeat(2) if guided else tokens[-1], here)
            else:
                before = None if hearing is None else hearing[:, : context.shape[1] + 1]
                logits = decoder.begin(ids, count, self._placed(before, len(ids)))
            if guided:
                conditional, without = logits.log_softmax(-1).chunk(2)
                logits = torch.lerp(without, conditional, sampling.guidance)
            if logit_bias is not None:
                logits = logits + logit_bias[done]
            tokens.append(pick(logits, uniforms[:, done], sampling))
        callback(count, count)
        return torch.stack(tokens, dim=1) if tokens else context[:, :0]
