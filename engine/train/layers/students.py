"""Students: language model and diffusion that do in one evaluation and few steps what a teacher does with guidance.

A teacher evaluates each token and each velocity twice, with the prompt and without. The student's distribution of the
next token is drawn to the teacher's guided one (Kullback–Leibler divergence), its velocity to the teacher's guided one
(squared error; Meng et al. 2023, “On distillation of guided diffusion models”). Both begin as the teacher. Then the
angles of 1 to 5 steps are fitted, 15 numbers in all, to what the teacher comes to in 20.
"""

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.models import diffusion
from engine.models.contextual import ContextDualPathConfig, ContextLm, ContextLmConfig
from engine.models.diffusion import FrameAngles, chunk_index, noised
from engine.models.dualpath import DualPath
from engine.train import dpd, lm
from engine.train.layers.context import ContextDpdRecipe, ContextLmRecipe, ContextVelocity
from engine.train.layers.encode import EncodedLayers
from engine.train.loop import Batch, Metrics

MOST_STEPS = 5
_END = 20  # steps of the teacher
_ROUNDS, _RATE = 24, 0.08  # of the fit of angles
_WINDOWS = 4


def guided(given: Tensor, without: Tensor, guidance: float) -> Tensor:
    """Logarithms of the teacher's guided distribution, of logits (…, V) with the prompt and without."""
    return torch.lerp(without.float().log_softmax(-1), given.float().log_softmax(-1), guidance).log_softmax(-1)


class StudentLmRecipe(ContextLmRecipe):
    """Trains a `ContextLm` that needs no guidance.

    Args:
        config, losses, train, held_out, seed: as of its base.
        teacher: whose guided distribution it learns, and whose weights it begins with.
        guidance: γ of that distribution.
    """

    def __init__(
        self,
        config: ContextLmConfig,
        losses: lm.LmLosses,
        train: EncodedLayers,
        held_out: EncodedLayers,
        *,
        teacher: ContextLm,
        guidance: float,
        seed: int = 0,
    ) -> None:
        super().__init__(config, losses, train, held_out, seed=seed)
        self._teacher, self._guidance = teacher.float().eval().requires_grad_(False), guidance
        self.start_from(teacher)

    def _wanted(self, prefix: Tensor, tokens: Tensor, heard: Tensor) -> Tensor:
        teacher = self._teacher.to(tokens.device)
        with torch.no_grad():
            silent = teacher.prefix(None, len(tokens)).to(tokens.device)
            given, without = teacher(prefix, tokens, heard), teacher(silent, tokens, heard)
            return guided(given, without, self._guidance)

    def _next_token(self, batch: Batch) -> tuple[Tensor, Metrics]:
        tokens, prefix = batch["tokens"], self._prefix(batch)
        real = tokens >= 0
        tokens = tokens.clamp_min(0)
        wanted = self._wanted(prefix, tokens, batch["heard"])
        logits = self.modules["lm"](prefix, tokens, batch["heard"])  # (B, T, V)
        apart = _divergence(wanted, logits.float().log_softmax(-1))
        return (apart * real).sum() / real.sum(), {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """As its base, and nats a token from the guided teacher: the student's, and those of the teacher unguided."""
        figures = super().validate(folder, step)
        data, length, device = self._encoded["held_out"], self.config.length, self._lm.llama.device
        places = data.places(self.losses.validation, length, torch.Generator().manual_seed(0))
        places = [(row, start // 2 * 2) for row, start in places]
        sums = {"from_guided": 0.0, "unguided_from_guided": 0.0}
        for first in range(0, len(places), 8):
            part = places[first : first + 8]
            tokens = data.tokens_at(part, length).to(device)
            heard = data.heard_tokens(part, length + self.config.ahead, [False] * len(part)).to(device)
            prefix = self._lm.prefix(torch.stack([data.codes_at(place, 0) for place in part]))
            wanted = self._wanted(prefix, tokens, heard)
            for name, network in (("from_guided", self._lm), ("unguided_from_guided", self._teacher)):
                apart = _divergence(wanted, network(prefix, tokens, heard).float().log_softmax(-1))
                sums[name] += float(apart.mean()) * len(part) / len(places)
        return figures | sums


def _divergence(wanted: Tensor, found: Tensor) -> Tensor:
    """Nats by which distributions differ, of logarithms (…, V): (…)."""
    return (wanted.exp() * (wanted - found)).sum(-1)


class StudentDpdRecipe(ContextDpdRecipe):
    """Trains a `DualPath` that needs no guidance.

    Args:
        config, losses, train, held_out, seed: as of its base.
        teacher: whose guided velocities it learns, and whose weights it begins with.
        guidance: ρ of these velocities.
    """

    def __init__(
        self,
        config: ContextDualPathConfig,
        losses: dpd.DpdLosses,
        train: EncodedLayers,
        held_out: EncodedLayers,
        *,
        teacher: DualPath,
        guidance: float,
        seed: int = 0,
    ) -> None:
        super().__init__(config, losses, train, held_out, seed=seed)
        self.start_from(teacher)
        self._teacher = ContextVelocity(teacher.float().eval().requires_grad_(False))
        self._guidance = guidance

    def _wanted(self, z: Tensor, angles: Tensor, which: Tensor, tokens: Tensor, seen: Tensor, n_cond: int) -> Tensor:
        """The teacher's velocities (B, L, D) float32: guided for the first `n_cond`, else without tokens."""
        teacher = self._teacher.to(z.device)
        teacher.seen = seen
        with torch.no_grad():
            without = teacher(z, angles, which, tokens, 0).float()
            if not n_cond:
                return without
            teacher.seen = seen[:n_cond]
            given = teacher(z[:n_cond], angles[:n_cond], which, tokens[:n_cond], n_cond).float()
            both = diffusion.classifier_free_guidance(given, without[:n_cond], self._guidance)
            return torch.cat((both, without[n_cond:]))

    def _velocity(self, batch: Batch) -> tuple[Tensor, Metrics]:
        z, angles, tokens, n_cond = batch["z"], batch["angles"], batch["tokens"], batch["n_cond"]
        which = chunk_index(z.shape[1], angles.shape[1]).to(z.device)
        z_delta = noised(z, torch.randn_like(z), angles[:, which, None])
        wanted = self._wanted(z_delta, angles, which, tokens, batch["seen"], n_cond)
        self._velocities.seen = batch["seen"]
        v = self.modules["dpd"](z_delta, angles, which, tokens, n_cond)
        weights = batch["counts"][:, which]
        return ((v.float() - wanted).square().mean(-1) * weights).sum() / weights.sum(), {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """As its base, and squared errors to guided velocities: the student's, and the teacher's without guidance."""
        figures, losses = super().validate(folder, step), self.losses
        data, device = self._encoded["held_out"], self._velocities.network.angle_start.device
        generator = torch.Generator().manual_seed(2)
        places = data.places(losses.validation, losses.window, generator)
        places = [(row, start // 2 * 2) for row, start in places]
        sums = {"from_guided": 0.0, "unguided_from_guided": 0.0}
        for first in range(0, len(places), 8):
            part = places[first : first + 8]
            z = data.latents_at(part, losses.window)
            noise, angles = (
                torch.randn(z.shape, generator=generator),
                torch.rand(len(part), losses.chunks, generator=generator) * (math.pi / 2),
            )
            which = chunk_index(z.shape[1], losses.chunks)
            z, angles, which = noised(z, noise, angles[:, which, None]).to(device), angles.to(device), which.to(device)
            tokens = data.tokens_at(part, losses.window).to(device)
            seen = data.heard_latents(part, losses.window, [False] * len(part)).to(device)
            wanted = self._wanted(z, angles, which, tokens, seen, len(part))
            for name, network in (("from_guided", self._velocities), ("unguided_from_guided", self._teacher)):
                network.seen = seen
                error = (network(z, angles, which, tokens, len(part)).float() - wanted).square().mean()
                sums[name] += float(error) * len(part) / len(places)
        return figures | sums


def fit_angles(
    student: DualPath,
    teacher: DualPath,
    data: EncodedLayers,
    *,
    guidance: float,
    length: int,
    seed: int = 0,
    check: Callable[[], None] = lambda: None,
) -> tuple[tuple[float, ...], Metrics]:
    """The angle steps of 1 to `MOST_STEPS` steps whose end is nearest to the teacher's of 20 guided steps.

    Gradients of the mean squared distance flow through all steps to the angles alone.

    Args:
        student: without guidance.
        teacher: with guidance ρ.
        data: held-out windows, whose tokens and contexts both get.
        guidance: ρ.
        length: of a window, in tokens.
        seed: of windows and noise.
        check: called now and then; raises to stop.

    Returns:
        The steps, one group after another (see `Streaming.angles`), and the distances of the usual angles and of these.
    """
    generator = torch.Generator().manual_seed(seed)
    places = [(row, start // 2 * 2) for row, start in data.places(_WINDOWS, length, generator)]
    device = student.angle_start.device
    tokens = data.tokens_at(places, length).to(device)
    seen = data.heard_latents(places, length, [bool(number % 2) for number in range(_WINDOWS)]).to(device)
    noise = torch.randn(seen.shape[0], seen.shape[1], student.config.latent_width, generator=generator).to(device)
    student, teacher = student.eval().requires_grad_(False), teacher.to(device).eval().requires_grad_(False)
    with torch.no_grad():
        omegas = torch.tensor(diffusion.schedule(_END), device=device)
        goal = _end(teacher, noise, tokens, seen, omegas, guidance)
    groups: list[float] = []
    figures: Metrics = {}
    for steps in range(1, MOST_STEPS + 1):
        usual = torch.tensor(diffusion.schedule(steps), device=device)
        fitted, before, after = _fitted(student, noise, tokens, seen, usual, goal, check)
        groups += [round(omega, 6) for omega in fitted]
        figures |= {f"end_of_{steps}": after, f"end_of_{steps}_usual": before}
    return tuple(groups), figures


def _fitted(
    student: nn.Module,
    noise: Tensor,
    tokens: Tensor,
    seen: Tensor,
    usual: Tensor,
    goal: Tensor,
    check: Callable[[], None],
) -> tuple[list[float], float, float]:
    """The best angles from `usual` (T,) on, the distance at the beginning, and theirs."""
    shares = usual.log().requires_grad_(len(usual) > 1)
    adam = torch.optim.Adam([shares], lr=_RATE) if len(usual) > 1 else None
    best, least, before = usual, math.inf, math.nan
    for done in range(_ROUNDS + 1 if adam else 1):
        check()
        with torch.enable_grad():
            omegas = shares.softmax(0) * (math.pi / 2)
            error = (_end(student, noise, tokens, seen, omegas, 1.0) - goal).square().mean()
        if not done:
            before = float(error.detach())
        if float(error.detach()) < least:
            best, least = omegas.detach().clone(), float(error.detach())
        if adam:
            adam.zero_grad()
            (shares.grad,) = torch.autograd.grad(error, shares)
            adam.step()
    return best.tolist(), before, least


def _end(network: nn.Module, z: Tensor, tokens: Tensor, seen: Tensor, omegas: Tensor, guidance: float) -> Tensor:
    """What noise z (B, L, D) comes to in steps of these angles (T,), the last one first."""
    assert isinstance(network, DualPath)
    condition, which = network.condition(tokens, z.shape[1]), torch.zeros(z.shape[1], dtype=torch.long, device=z.device)
    delta = omegas.sum()
    for omega in omegas.flip(0):
        at = FrameAngles(delta.expand(len(z), 1), which)
        x = torch.cat((z, seen), -1)
        v = network(x, at, condition, n_cond=len(z))
        if guidance != 1.0:
            v = diffusion.classifier_free_guidance(v, network(x, at, None, n_cond=0), guidance)
        z = torch.cos(omega) * z - torch.sin(omega) * v
        delta = delta - omega
    return z
