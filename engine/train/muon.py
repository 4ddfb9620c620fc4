"""Muon: steps of equal size in all directions of a matrix (Jordan et al. 2024), beside AdamW for all other weights.

A gradient's momentum is a matrix whose few large singular values hide its many small ones. Muon steps along the
nearest matrix whose singular values are all about one, found by five Newton–Schulz iterations, scaled to the mean
square that a step of AdamW has (Liu et al. 2025, section 2.2), so that one learning rate serves both.
"""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_STEPS = 5
_LIKE_ADAMW = 0.2  # root mean square of an AdamW step at learning rate 1
_REPEATED = re.compile(r"(^|\.)\d+\.")


def orthogonalized(matrix: Tensor) -> Tensor:
    """The matrix (M, N) with its singular values moved to 0.7 … 1.2; in bfloat16, in which the iteration is stable."""
    x = matrix.bfloat16()
    if tall := x.shape[0] > x.shape[1]:
        x = x.T
    x = x / x.norm().clamp(min=1e-7)
    a, b, c = _COEFFICIENTS
    for _ in range(_STEPS):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.T if tall else x).to(matrix.dtype)


def is_block_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether it is a matrix of a repeated block; embeddings and a network's first and last layers stay AdamW's."""
    return parameter.ndim == 2 and min(parameter.shape) > 2 and bool(_REPEATED.search(name))


class Muon(AdamW):
    """AdamW whose groups with `"momentum"` are moved by Muon.

    Args:
        groups: parameter groups; those for Muon hold matrices only, and `momentum` (0.95 is usual).
        lr: learning rate of both.
        betas: AdamW's.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], *, lr: float, betas: tuple[float, float]) -> None:
        super().__init__([{"momentum": 0.0} | group for group in groups], lr=lr, betas=betas)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step of both kinds."""
        groups = self.param_groups
        matrices = [group for group in groups if group["momentum"]]
        try:
            self.param_groups = [group for group in groups if not group["momentum"]]
            loss = super().step(closure)
        finally:
            self.param_groups = groups
        for group in matrices:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group)
        return loss

    def _move(self, parameter: Tensor, group: dict[str, Any]) -> None:
        assert parameter.grad is not None
        state = self.state[parameter]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
            state["step"] = torch.zeros(())  # which AdamW's state is expected to have
        momentum: Tensor = state["momentum_buffer"]
        momentum.lerp_(parameter.grad, 1 - group["momentum"])
        ahead = parameter.grad.lerp(momentum, group["momentum"])  # Nesterov's
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        scale = _LIKE_ADAMW * math.sqrt(max(parameter.shape))
        parameter.add_(orthogonalized(ahead), alpha=-group["lr"] * scale)
