"""The recipes of the language model and the diffusion that hear other tracks: the same, and half of the parts hear.

Half of the windows are mixes, beside which nothing is heard; the others are parts, half of them in their context.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from engine.models.contextual import ContextDualPathConfig, ContextLmConfig
from engine.train import dpd, lm
from engine.train.layers.encode import EncodedLayers
from engine.train.loop import Batch, Metrics, Training, step_seed

LISTENING = 0.5
"""Share of the parts that hear what sounds beside them."""
LM_LOSSES: dict[str, lm.LmLosses] = {
    "layers": lm.LmLosses(),
    "studio": lm.LmLosses(),
    "layers-tiny": lm.LmLosses(validation=4),
}
LM_TRAINING: dict[str, Training] = {
    "layers": Training(
        steps=20_000, batch=32, lr=1.5e-3, warmup=100, beta2=0.95, weight_decay=0.1, precision="bf16", ema=0.995,
        validate_steps=500, optimizer="muon",
    ),
    "studio": Training(
        steps=6000, batch=96, lr=1.5e-3, warmup=200, beta2=0.95, weight_decay=0.1, precision="bf16",
        validate_steps=2000, ema=0.998,
    ),
    "layers-tiny": Training(
        steps=40, batch=8, lr=1e-2, warmup=5, ema=0.9, validate_steps=20, report_steps=10, save_minutes=1.0
    ),
}  # fmt: skip
DPD_LOSSES: dict[str, dpd.DpdLosses] = {
    "layers": dpd.DpdLosses(window=400, chunks=4),
    "studio": dpd.DpdLosses(window=400, chunks=4),
    "layers-tiny": dpd.DpdLosses(window=100, chunks=4, validation=4),
}
DPD_TRAINING: dict[str, Training] = {
    "layers": Training(
        steps=30_000, batch=16, lr=1.5e-3, warmup=100, precision="bf16", ema=0.995, validate_steps=500,
        optimizer="muon",
    ),
    "studio": Training(
        steps=6000, batch=64, lr=1e-3, warmup=200, precision="bf16", validate_steps=2000, ema=0.998,
        optimizer="muon",
    ),
    "layers-tiny": Training(
        steps=40, batch=8, lr=5e-3, warmup=5, ema=0.9, validate_steps=20, report_steps=10, save_minutes=1.0,
        optimizer="muon",
    ),
}  # fmt: skip


def _listening(size: int, generator: torch.Generator) -> list[bool]:
    return (torch.rand(size, generator=generator) < LISTENING).tolist()


class ContextLmRecipe(lm.LmRecipe):
    """Trains a `ContextLm`."""

    config: ContextLmConfig

    def __init__(
        self,
        config: ContextLmConfig,
        losses: lm.LmLosses,
        train: EncodedLayers,
        held_out: EncodedLayers,
        *,
        seed: int = 0,
    ) -> None:
        super().__init__(config, losses, train, held_out, seed=seed)
        from engine.models.contextual import ContextLm

        torch.manual_seed(seed)
        self._lm = ContextLm(config)
        self.modules = {"lm": self._lm}
        self._encoded = {"train": train, "held_out": held_out}

    def _windows(self, data: object, size: int, generator: torch.Generator) -> Batch:
        assert isinstance(data, EncodedLayers)
        losses, length, ahead = self.losses, self.config.length, self.config.ahead
        places = [(row, start // 2 * 2) for row, start in data.places(size, length, generator)]
        tokens = data.tokens_at(places, length)  # (B, T)
        context = data.heard_tokens(places, length + ahead, _listening(size, generator))
        draws = torch.rand(size, 3, generator=generator)
        texts = torch.randint(data.header.texts, (size,), generator=generator).tolist()
        cuts = (2 * torch.randint(length // 2, (size,), generator=generator)).tolist()
        codes = [
            data.codes_at(place, text if draw < losses.texts else None)
            for place, text, draw in zip(places, texts, draws[:, 0].tolist(), strict=True)
        ]
        for row, (cut, draw) in enumerate(zip(cuts, draws[:, 1].tolist(), strict=True)):
            if draw < losses.cut:
                tokens[row] = torch.cat((tokens[row, cut:], tokens.new_full((cut,), -1)))
                context[row] = torch.cat((context[row, cut:], context.new_full((cut,), self.config.vocabulary)))
        return {
            "tokens": tokens,
            "heard": context,
            "codes": torch.stack(codes),
            "dropped": draws[:, 2] < losses.dropped,
        }

    def _next_token(self, batch: Batch) -> tuple[Tensor, Metrics]:
        tokens = batch["tokens"]
        logits = self.modules["lm"](self._prefix(batch), tokens.clamp_min(0), batch["heard"])  # (B, T, V)
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), tokens.flatten(), ignore_index=-1)
        return loss, {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """Cross-entropy of held-out windows, and of parts whose context is heard, is not, or is another piece's."""
        del folder, step
        data, device = self._encoded["held_out"], self._lm.llama.device
        places = data.places(self.losses.validation, self.config.length, torch.Generator().manual_seed(0))
        places = [(row, start // 2 * 2) for row, start in places]
        parts = [(row // 2 * 2 + 1, start) for row, start in places]
        return {
            "cross_entropy": self._entropy(data, places, places, [False] * len(places), device),
            "part_alone": self._entropy(data, parts, parts, [False] * len(parts), device),
            "part_in_context": self._entropy(data, parts, parts, [True] * len(parts), device),
            "part_in_another": self._entropy(data, parts, parts[1:] + parts[:1], [True] * len(parts), device),
        }

    def _entropy(
        self,
        data: EncodedLayers,
        places: list[tuple[int, int]],
        beside: list[tuple[int, int]],
        with_context: list[bool],
        device: torch.device,
    ) -> float:
        """Nats a token of windows, each beside what is heard at `beside`."""
        length, total = self.config.length, 0.0
        for first in range(0, len(places), 8):
            part = places[first : first + 8]
            tokens = data.tokens_at(part, length).to(device)
            ids = data.heard_tokens(
                beside[first : first + 8], length + self.config.ahead, with_context[first : first + 8]
            )
            codes = torch.stack([data.codes_at(place, 0) for place in part])
            logits = self._lm(self._lm.prefix(codes), tokens, ids.to(device)).float()
            total += float(torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="sum"))
        return total / (len(places) * length)


class ContextVelocity(dpd.VelocityTraining):
    """The network beside whose latents its examples' contexts are put."""

    seen: Tensor | None = None

    def forward(self, z: Tensor, angles: Tensor, which: Tensor, tokens: Tensor, n_cond: int) -> Tensor:
        """As without context; `seen` (B, L, D + 2) is set before."""
        width = self.network.config.latent_width
        if z.shape[-1] == width:
            assert self.seen is not None
            z = torch.cat((z, self.seen.to(z.dtype)), -1)
        return super().forward(z, angles, which, tokens, n_cond)


class ContextDpdRecipe(dpd.DpdRecipe):
    """Trains a `DualPath` that sees contexts."""

    def __init__(
        self,
        config: ContextDualPathConfig,
        losses: dpd.DpdLosses,
        train: EncodedLayers,
        held_out: EncodedLayers,
        *,
        seed: int = 0,
    ) -> None:
        super().__init__(config, losses, train, held_out, seed=seed)
        self._velocities = ContextVelocity(self._network.network)
        self._network = self._velocities
        self.modules = {"dpd": self._velocities}
        self._encoded = {"train": train, "held_out": held_out}

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Windows of latents and tokens, what is seen beside them, the angle of each chunk, and which chunks count."""
        losses, index, data = self.losses, first, self._encoded["train"]
        while True:
            step = torch.Generator().manual_seed(step_seed(seed, index // stride, 7))
            chunks = losses.chunks
            if losses.chunks > 1 and float(torch.rand(1, generator=step)) < losses.short:
                chunks = int(torch.randint(1, losses.chunks, (1,), generator=step))
            generator = torch.Generator().manual_seed(step_seed(seed, index, 8))
            length = losses.window // losses.chunks * chunks
            places = [(row, start // 2 * 2) for row, start in data.places(size, length, generator)]
            angles, counts = self._angles(size, chunks, generator)
            dropped = int((torch.rand(size, generator=generator) < losses.dropped).sum())
            yield {
                "z": data.latents_at(places, length),
                "seen": data.heard_latents(places, length, _listening(size, generator)),
                "tokens": data.tokens_at(places, length),
                "angles": angles,
                "counts": counts,
                "n_cond": size - dropped,
            }
            index += stride

    def _velocity(self, batch: Batch) -> tuple[Tensor, Metrics]:
        self._velocities.seen = batch["seen"]
        return super()._velocity(batch)

    def validate(self, folder: Path, step: int) -> Metrics:
        """Velocity MSE on held-out windows, and of parts with their context and without."""
        del folder, step
        losses, data = self.losses, self._encoded["held_out"]
        device = self._network.network.angle_start.device
        generator = torch.Generator().manual_seed(0)
        places = [(row, start // 2 * 2) for row, start in data.places(losses.validation, losses.window, generator)]
        parts = [(row // 2 * 2 + 1, start) for row, start in places]
        return {
            "velocity_mse": self._error(data, places, False, True, device),
            "unconditional_mse": self._error(data, places, False, False, device),
            "part_alone_mse": self._error(data, parts, False, True, device),
            "part_in_context_mse": self._error(data, parts, True, True, device),
        }

    def _error(
        self,
        data: EncodedLayers,
        places: list[tuple[int, int]],
        with_context: bool,
        with_facts: bool,
        device: torch.device,
    ) -> float:
        """Mean squared error of velocities, one draw of angles and noise for all; `with_facts`: true tokens given."""
        from engine.models.diffusion import chunk_index, noised, velocity

        losses, total = self.losses, 0.0
        generator = torch.Generator().manual_seed(1)
        for first in range(0, len(places), 8):
            part = places[first : first + 8]
            z = data.latents_at(part, losses.window)
            noise = torch.randn(z.shape, generator=generator).to(device)
            angles = (torch.rand(len(part), losses.chunks, generator=generator) * (torch.pi / 2)).to(device)
            z = z.to(device)
            self._velocities.seen = data.heard_latents(part, losses.window, [with_context] * len(part)).to(device)
            tokens = data.tokens_at(part, losses.window).to(device)
            which = chunk_index(z.shape[1], losses.chunks).to(device)
            delta = angles[:, which, None]
            v = self._velocities(noised(z, noise, delta), angles, which, tokens, len(part) if with_facts else 0).float()
            total += float((v - velocity(z, noise, delta)).square().mean()) * len(part) / len(places)
        return total
