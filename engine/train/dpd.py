"""The diffusion's recipe: mean squared error of velocities, each chunk of a window at an angle of its own.

Windows have all M chunks or fewer, so that a stream may begin with one. Some are laid out as in continuation: the first
chunks are given, at angle 0, the others share one angle; given chunks count for nothing in the loss, for at angle 0 the
velocity is the noise that is not there. Some examples have no condition: attention to tokens becomes self-attention and
the pooled tokens leave FiLM, which teaches the unconditional branch of the guidance.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.func import functional_call

from engine.errors import ModelError
from engine.models.diffusion import FrameAngles, chunk_index, clean, noised, velocity
from engine.models.dualpath import DualPath, DualPathConfig
from engine.train.encode import Encoded
from engine.train.loop import Batch, Metrics, Phase, Training, below, step_seed
from engine.train.losses import si_sdr


@dataclass(frozen=True, slots=True)
class DpdLosses:
    """The window, and the shares of examples that are laid out differently."""

    window: int = 250  # tokens of a whole window
    chunks: int = 5  # M
    dropped: float = 0.1  # without condition
    short: float = 0.3  # windows of fewer than M chunks (a whole batch at a time)
    continued: float = 0.4  # with given chunks at angle 0
    validation: int = 32  # windows


LOSSES: dict[str, DpdLosses] = {
    "paper": DpdLosses(),
    "starter": DpdLosses(window=200, chunks=4),
    "tiny": DpdLosses(window=50, validation=8),
}
TRAINING: dict[str, Training] = {
    "paper": Training(steps=100_000, batch=96, lr=5e-4, warmup=1000, precision="bf16"),
    "starter": Training(steps=60_000, batch=16, lr=6e-4, warmup=500),
    "tiny": Training(steps=60, batch=8, lr=5e-3, warmup=5, validate_steps=30, report_steps=10),
}


class VelocityTraining(nn.Module):
    """The network with its condition computed inside `forward`, where several processes average its gradients."""

    def __init__(self, network: DualPath) -> None:
        super().__init__()
        self.network = network

    def forward(self, z: Tensor, angles: Tensor, which: Tensor, tokens: Tensor, n_cond: int) -> Tensor:
        """The velocity (B, L, D) of z; `which` (L,) says which of the angles (B, M) is a frame's.

        In mixed precision everything runs in bfloat16 on a copy of the weights: this network moves more memory than it
        multiplies, and autocast's casts to and fro took as long as the rest.
        """
        kind = z.device.type
        if torch.is_autocast_enabled(kind):
            weights = {name: weight.to(torch.get_autocast_dtype(kind)) for name, weight in self.named_parameters()}
            with torch.autocast(kind, enabled=False):
                velocity: Tensor = functional_call(self, weights, (z, angles, which, tokens, n_cond))
            return velocity
        condition = self.network.condition(tokens[:n_cond], z.shape[1]) if n_cond else None
        v: Tensor = self.network(z, FrameAngles(angles, which), condition, n_cond=n_cond)
        return v


class DpdRecipe:
    """Trains a `DualPath`."""

    name = "dpd"
    part = "dpd"
    averaged: tuple[str, ...] = ("dpd",)

    def __init__(
        self, config: DualPathConfig, losses: DpdLosses, train: Encoded, held_out: Encoded, *, seed: int = 0
    ) -> None:
        """Raises `ModelError` when the latents or tokens are of another format, or M does not divide the window."""
        header = train.header
        ours = (config.latent_width, config.vocabulary, round(config.frame_rate / config.token_rate))
        theirs = (header.latent_width, header.vocabulary, train.frames_a_token)
        if ours != theirs:
            raise ModelError(
                f"The model takes latents of width {ours[0]}, {ours[1]} tokens and {ours[2]} latents a token; what "
                f"{train.place} holds was encoded with {theirs[0]}, {theirs[1]} and {theirs[2]}: choose the preset "
                "that it was encoded with."
            )
        if losses.window % losses.chunks:
            raise ModelError(f"{losses.chunks} chunks do not divide a window of {losses.window} tokens.")
        torch.manual_seed(seed)
        self.config, self.losses = config, losses
        self._train, self._held_out = train, held_out
        self._network = VelocityTraining(DualPath(config))
        self.modules: dict[str, nn.Module] = {"dpd": self._network}

    def phases(self) -> Sequence[Phase]:
        """One: the velocity."""
        return [Phase("dpd", ("dpd",), self._velocity)]

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Windows of latents and tokens, the angle of each chunk, and which chunks count."""
        losses, index = self.losses, first
        while True:
            # processes share a step's number of chunks, so that none waits for the others
            step = torch.Generator().manual_seed(step_seed(seed, index // stride, 7))
            chunks = losses.chunks
            if losses.chunks > 1 and float(torch.rand(1, generator=step)) < losses.short:
                chunks = int(torch.randint(1, losses.chunks, (1,), generator=step))
            generator = torch.Generator().manual_seed(step_seed(seed, index, 8))
            length = losses.window // losses.chunks * chunks
            places = self._train.places(size, length, generator)
            angles, counts = self._angles(size, chunks, generator)
            dropped = int((torch.rand(size, generator=generator) < losses.dropped).sum())
            yield {
                "z": self._train.latents_at(places, length),
                "tokens": self._train.tokens_at(places, length),
                "angles": angles,
                "counts": counts,
                "n_cond": size - dropped,
            }
            index += stride

    def _angles(self, size: int, chunks: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Angles (B, M), and 1 for chunks that count, 0 for those given."""
        angles = torch.rand(size, chunks, generator=generator) * (math.pi / 2)
        continued = torch.rand(size, 1, generator=generator) < self.losses.continued
        clean = torch.arange(chunks) < torch.randint(chunks, (size, 1), generator=generator)  # (B, M)
        as_one = angles[:, -1:].expand(-1, chunks)
        laid_out = torch.where(clean, torch.zeros(()), as_one)
        return torch.where(continued, laid_out, angles), 1.0 - (continued & clean).float()

    def _velocity(self, batch: Batch) -> tuple[Tensor, Metrics]:
        z, angles = batch["z"], batch["angles"]
        which = chunk_index(z.shape[1], angles.shape[1]).to(z.device)
        noise = torch.randn_like(z)
        delta = angles[:, which, None]  # (B, L, 1)
        v = self.modules["dpd"](noised(z, noise, delta), angles, which, batch["tokens"], batch["n_cond"])
        errors = (v.float() - velocity(z, noise, delta)).square().mean(-1)  # (B, L)
        weights = batch["counts"][:, which]
        return (errors * weights).sum() / weights.sum(), {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """Velocity MSE on held-out windows (whole, without condition, and as in continuation) and latent SI-SNRi in dB.

        SI-SNRi is the scale-invariant signal-to-noise ratio of cos δ · z_δ − sin δ · v̂ to z, less that of z_δ to z,
        over whole windows whose chunks have angles from U[0, π/2], one draw for all validations.
        """
        del folder, step
        losses = self.losses
        device = self._network.network.angle_start.device
        generator = torch.Generator().manual_seed(0)
        places = self._held_out.places(losses.validation, losses.window, generator)
        sums = {"velocity_mse": 0.0, "unconditional_mse": 0.0, "continuation_mse": 0.0, "si_snri": 0.0}
        for first in range(0, len(places), 8):
            part = places[first : first + 8]
            z = self._held_out.latents_at(part, losses.window)
            noise = torch.randn(z.shape, generator=generator)
            angles = torch.rand(len(part), losses.chunks, generator=generator) * (math.pi / 2)
            z, noise, angles = z.to(device), noise.to(device), angles.to(device)
            tokens = self._held_out.tokens_at(part, losses.window).to(device)
            which = chunk_index(z.shape[1], losses.chunks).to(device)
            last = which == losses.chunks - 1
            delta = angles[:, which, None]
            z_delta, target = noised(z, noise, delta), velocity(z, noise, delta)
            v = self._network(z_delta, angles, which, tokens, len(part)).float()
            blind = self._network(z_delta, angles, which, tokens, 0).float()
            ratio = si_sdr(clean(z_delta, v, delta).flatten(1), z.flatten(1)) - si_sdr(z_delta.flatten(1), z.flatten(1))
            only_last = torch.where(torch.arange(losses.chunks, device=device) == losses.chunks - 1, angles, 0.0)
            delta = only_last[:, which, None]
            ahead = self._network(noised(z, noise, delta), only_last, which, tokens, len(part)).float()
            share = len(part) / len(places)
            sums["velocity_mse"] += share * float((v - target).square().mean())
            sums["unconditional_mse"] += share * float((blind - target).square().mean())
            error = (ahead - velocity(z, noise, delta))[:, last]
            sums["continuation_mse"] += share * float(error.square().mean())
            sums["si_snri"] += share * float(ratio.mean())
        return sums

    def start_from(self, part: nn.Module) -> None:
        """The network."""
        self._network.network.load_state_dict(part.state_dict())

    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The network with these weights."""
        self._network.network.load_state_dict(below(averages["dpd"], "network."))
        return self._network.network
