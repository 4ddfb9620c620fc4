"""The language model's recipe: cross-entropy on semantic tokens after the prompt's 12 tokens.

The prompt is the codes of the sound itself or of one of its texts, and is dropped to “no prompt” now and then, so that
the model also plays on without one. Some windows are cut at a random place and begin there: what then stands first has
no context, as at the start of a stream.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import ModelError
from engine.models.semantic_lm import SemanticLm, SemanticLmConfig
from engine.train.encode import Encoded
from engine.train.loop import Batch, Metrics, Phase, Training, step_seed


@dataclass(frozen=True, slots=True)
class LmLosses:
    """Shares of the windows that are made harder."""

    dropped: float = 0.1  # without prompt
    texts: float = 0.5  # whose prompt is a text's and not the sound's
    cut: float = 0.25  # that begin at a random place
    validation: int = 64  # windows


LOSSES: dict[str, LmLosses] = {"paper": LmLosses(), "starter": LmLosses(), "tiny": LmLosses(validation=8)}
TRAINING: dict[str, Training] = {
    "paper": Training(steps=200_000, batch=32, lr=3e-4, warmup=2000, beta2=0.95, weight_decay=0.1, precision="bf16"),
    "starter": Training(steps=30_000, batch=32, lr=1e-3, warmup=500, beta2=0.95, weight_decay=0.1),
    "tiny": Training(steps=60, batch=8, lr=1e-2, warmup=5, validate_steps=30, report_steps=10),
}


class LmRecipe:
    """Trains a `SemanticLm`."""

    name = "lm"
    part = "lm"
    averaged: tuple[str, ...] = ("lm",)

    def __init__(
        self, config: SemanticLmConfig, losses: LmLosses, train: Encoded, held_out: Encoded, *, seed: int = 0
    ) -> None:
        """Raises `ModelError` when the tokens or codes are of another vocabulary than the model's."""
        header = train.header
        ours = (config.vocabulary, config.codebooks, config.codes)
        theirs = (header.vocabulary, header.codebooks, header.code_count)
        if ours != theirs:
            raise ModelError(
                f"The model has {ours[0]} tokens and {ours[1]} × {ours[2]} codes, the sound in {train.place} was "
                f"encoded with {theirs[0]} and {theirs[1]} × {theirs[2]}: choose the preset that it was encoded with."
            )
        torch.manual_seed(seed)
        self.config, self.losses = config, losses
        self._train, self._held_out = train, held_out
        self._lm = SemanticLm(config)
        self.modules: dict[str, nn.Module] = {"lm": self._lm}

    def phases(self) -> Sequence[Phase]:
        """One: the next token."""
        return [Phase("lm", ("lm",), self._next_token)]

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Windows of tokens with their prompts; tokens after a window's end are −1."""
        index = first
        while True:
            generator = torch.Generator().manual_seed(step_seed(seed, index, 6))
            yield self._windows(self._train, size, generator)
            index += stride

    def _windows(self, data: Encoded, size: int, generator: torch.Generator) -> Batch:
        losses, length = self.losses, self.config.length
        places = data.places(size, length, generator)
        tokens = data.tokens_at(places, length)  # (B, T)
        draws = torch.rand(size, 3, generator=generator)
        texts = torch.randint(data.header.texts, (size,), generator=generator).tolist()
        cuts = torch.randint(length, (size,), generator=generator).tolist()
        codes = [
            data.codes_at(place, text if draw < losses.texts else None)
            for place, text, draw in zip(places, texts, draws[:, 0].tolist(), strict=True)
        ]
        for row, (cut, draw) in enumerate(zip(cuts, draws[:, 1].tolist(), strict=True)):
            if draw < losses.cut:
                tokens[row] = torch.cat((tokens[row, cut:], tokens.new_full((cut,), -1)))
        return {"tokens": tokens, "codes": torch.stack(codes), "dropped": draws[:, 2] < losses.dropped}

    def _prefix(self, batch: Batch) -> Tensor:
        """Ids of the prompts (B, 12), those that are dropped without prompt."""
        silent = self._lm.prefix(None, len(batch["codes"]))
        return torch.where(batch["dropped"][:, None], silent, self._lm.prefix(batch["codes"]))

    def _next_token(self, batch: Batch) -> tuple[Tensor, Metrics]:
        tokens = batch["tokens"]
        logits = self.modules["lm"](self._prefix(batch), tokens.clamp_min(0))  # (B, T, V)
        loss = F.cross_entropy(logits.float().flatten(0, 1), tokens.flatten(), ignore_index=-1)
        return loss, {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """Cross-entropy (nats a token) and accuracy on held-out windows, and the cross-entropy without prompts."""
        del folder, step
        device = self._lm.llama.device
        places = self._held_out.places(self.losses.validation, self.config.length, torch.Generator().manual_seed(0))
        plain = right = without = 0.0
        for first in range(0, len(places), 8):
            part = places[first : first + 8]
            tokens = self._held_out.tokens_at(part, self.config.length).to(device)
            codes = torch.stack([self._held_out.codes_at(place, None) for place in part])
            logits = self._lm(self._lm.prefix(codes), tokens).float()
            plain += float(F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="sum"))
            right += float((logits.argmax(-1) == tokens).sum())
            logits = self._lm(self._lm.prefix(None, len(part)), tokens).float()
            without += float(F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="sum"))
        count = len(places) * self.config.length
        return {"cross_entropy": plain / count, "accuracy": right / count, "without_prompt": without / count}

    def start_from(self, part: nn.Module) -> None:
        """The language model."""
        self._lm.load_state_dict(part.state_dict())

    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The model with these weights."""
        self._lm.load_state_dict(dict(averages["lm"]))
        return self._lm
