"""A language model and a diffusion that hear the other tracks: sound that fits what sounds beside it.

Both are the networks without context and one more input. The language model adds to each place the embeddings of the
context's token there and of the one `ahead` places later; the diffusion has the context's latents beside its own (as in
Parker et al. 2024, “StemGen”). Where nothing is heard, two more tokens, and two flags beside the latents, say why:
`NONE`, a whole mix is wanted, or `ALONE`, only what the prompt names.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import torch
from torch import Tensor, nn

from engine.models.dualpath import DualPathConfig
from engine.models.semantic_lm import SemanticLm, SemanticLmConfig


class Silence(IntEnum):
    """Why no context is heard; its place after the vocabulary, and among the flags."""

    NONE = 0
    ALONE = 1


@dataclass(frozen=True)
class ContextLmConfig(SemanticLmConfig):
    """Sizes of a `ContextLm`."""

    ahead: int = 8  # tokens that it hears of the context's future


@dataclass(frozen=True)
class ContextDualPathConfig(DualPathConfig):
    """Sizes of a `DualPath` that sees the context's latents, and two flags, beside its own."""

    context: bool = field(default=True)

    @property
    def input_width(self) -> int:
        """D twice, and the flags."""
        return 2 * self.latent_width + len(Silence)


LM_PRESETS: dict[str, ContextLmConfig] = {
    "layers": ContextLmConfig(
        vocabulary=1024, codes=256, hidden=256, layers=5, heads=4, feed_forward=448, tied=True, length=400
    ),
    "studio": ContextLmConfig(
        vocabulary=2048, codes=256, hidden=320, layers=5, heads=5, feed_forward=544, tied=True, length=400
    ),
    "layers-tiny": ContextLmConfig(
        vocabulary=32, codes=8, hidden=32, layers=2, heads=2, feed_forward=48, tied=True, length=100, ahead=2
    ),
}
DPD_PRESETS: dict[str, ContextDualPathConfig] = {
    "layers": ContextDualPathConfig(
        latent_width=64, hidden=224, blocks=3, segment=20, heads=4, feed_forward=208, recurrent=112, vocabulary=1024,
        frame_rate=50.0, token_rate=50.0,
    ),
    "studio": ContextDualPathConfig(
        latent_width=64, hidden=288, blocks=4, segment=20, heads=4, feed_forward=232, recurrent=144, vocabulary=2048,
        frame_rate=50.0, token_rate=50.0,
    ),
    "layers-tiny": ContextDualPathConfig(
        latent_width=8, hidden=32, blocks=2, segment=8, heads=2, feed_forward=48, recurrent=16, angle_width=16,
        vocabulary=32, frame_rate=50.0, token_rate=50.0,
    ),
}  # fmt: skip


class ContextLm(SemanticLm):
    """p(u_j | prefix, u_1 … u_{j−1}, the context's tokens up to j + `ahead`)."""

    config: ContextLmConfig

    def __init__(self, config: ContextLmConfig) -> None:
        super().__init__(config)
        self.heard = nn.Embedding(config.vocabulary + len(Silence), config.hidden)
        self.later = nn.Embedding(config.vocabulary + len(Silence), config.hidden)
        for embedding in (self.heard, self.later):
            nn.init.normal_(embedding.weight, std=0.02)

    def hearing(self, context: Tensor | None, count: int) -> Tensor | None:
        """What is added where each of `count` tokens is foretold (B, count, H).

        heard: ids (B, count + ahead) of the context where those tokens will stand, and after; None for `Silence.NONE`.
        """
        if context is None:
            silent = self.config.vocabulary + Silence.NONE
            context = torch.full((1, count + self.config.ahead), silent, device=self.llama.device)
        return self.heard(context[:, :count]) + self.later(context[:, self.config.ahead :][:, :count])


def beside(latents: Tensor | None, shape: tuple[int, int, int], silence: Silence, device: torch.device) -> Tensor:
    """What a diffusion sees beside its own latents: the context's (B, L, D) and no flag, or nothing and one.

    shape: B, L, D. Returns (B, L, D + 2).
    """
    flags = torch.zeros(shape[0], shape[1], len(Silence), device=device)
    if latents is None:
        flags[..., silence] = 1.0
        latents = torch.zeros(shape, device=device)
    return torch.cat((latents.expand(shape), flags), dim=-1)
