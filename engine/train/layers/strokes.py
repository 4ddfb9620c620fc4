"""True strokes as what the decoder should say: which one-shot begins in which slot, how loud, how late, how wide."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.models.layers.bands import SLOT
from engine.models.layers.player import LEAD
from engine.train.layers.bank import REACH, Bank, portraits

MEMBERS = 4
"""One-shots that may begin at once."""
_AT_ONCE = 144  # samples within which strokes are heard as one: 3 ms
_ROUNDS = 24
_FAINTEST = 1e-4  # gain below which a stroke is left out


@dataclass(frozen=True)
class Clusters:
    """Strokes at once, in order of time. at: frame (n,). members: one-shots (n, MEMBERS), −1 where there is none."""

    at: NDArray[np.int64]
    members: NDArray[np.int64]

    def between(self, first: int, last: int) -> "Clusters":
        """Those in [first, last), counted from `first`."""
        low, high = np.searchsorted(self.at, (first, last))
        return Clusters(self.at[low:high] - first, self.members[low:high])


def clusters(strokes: list[list[object]], bank: Bank) -> Clusters:
    """What `excerpts.strokes` lists, as clusters."""
    at: list[int] = []
    members: list[list[int]] = []
    for frame, pitch, _, kit in sorted(strokes, key=lambda row: int(str(row[0]))):
        which, frame = bank.which(str(kit), int(str(pitch))), int(str(frame))
        if which < 0:
            continue
        if not at or frame - at[-1] > _AT_ONCE:
            at.append(frame)
            members.append([])
        if which not in members[-1] and len(members[-1]) < MEMBERS:
            members[-1].append(which)
    rows = [row + [-1] * (MEMBERS - len(row)) for row in members]
    return Clusters(np.array(at, np.int64), np.array(rows, np.int64).reshape(-1, MEMBERS))


@dataclass(frozen=True)
class StrokeTargets:
    """gain: of each one-shot in each slot, 0 where none begins (B, 2n, K). late: 0 to 1, side: −1 to 1 (B, 2n)."""

    gain: Tensor
    late: Tensor
    side: Tensor


def stroke_targets(
    drums: Tensor, row: Tensor, at: Tensor, members: Tensor, shots: Tensor, slots: int, looks: Tensor | None = None
) -> StrokeTargets:
    """Gains by non-negative least squares on the powers of what is heard, all clusters at once.

    Args:
        drums: mid and side (B, 2, T), REACH samples longer than the slots or more.
        row: which example a cluster is of (n,).
        at: its frame (n,).
        members: (n, MEMBERS).
        shots: of the bank (K, SHOT).
        slots: how many.
        looks: `portraits` of the bank, if they are at hand.
    """
    batch, device = len(drums), drums.device
    gains = torch.zeros(batch, slots, len(shots), device=device)
    late, side = torch.zeros(batch, slots, device=device), torch.zeros(batch, slots, device=device)
    if not len(at):
        return StrokeTargets(gains, late, side)
    looks = portraits(shots) if looks is None else looks
    padded = F.pad(drums, (LEAD, REACH))
    places = at[:, None] + torch.arange(LEAD + REACH, device=device)
    windows = padded[row[:, None], 0, places]  # (n, LEAD + REACH)
    wide = padded[row[:, None], 1, places[:, : LEAD + 2400]]
    power = portraits(windows)  # (n, 72)
    weight = 1 / (power + 0.02 * power.mean(1, keepdim=True) + 1e-9) ** 0.75
    present = (members >= 0).float()
    shapes = looks[members.clamp_min(0)] * weight[:, None] * present[..., None]  # (n, MEMBERS, 72)
    squared = least_squares(shapes, power * weight)
    gain = squared.sqrt() * (squared > _FAINTEST**2)
    slot = (at // SLOT).clamp_max(slots - 1)
    index = (row[:, None].expand_as(members), slot[:, None].expand_as(members), members.clamp_min(0))
    gains.index_put_(index, gain * present, accumulate=True)
    middle = windows[:, : LEAD + 2400]
    late[row, slot] = (at % SLOT).float() / SLOT
    side[row, slot] = ((middle * wide).sum(1) / (middle.square().sum(1) + 1e-9)).clamp(-1, 1)
    return StrokeTargets(gains, late, side)


def least_squares(shapes: Tensor, wanted: Tensor, rounds: int = _ROUNDS) -> Tensor:
    """X ≥ 0 that minimises |Σ x_j shapes_j − wanted|², by coordinate descent: (n, m, w), (n, w) → (n, m)."""
    gram = shapes @ shapes.transpose(1, 2)  # (n, m, m)
    right = (shapes @ wanted[..., None])[..., 0]
    x = torch.zeros_like(right)
    for _ in range(rounds):
        for j in range(x.shape[1]):
            own = gram[:, j, j]
            others = (gram[:, j] * x).sum(1) - own * x[:, j]
            x[:, j] = torch.where(own > 0, ((right[:, j] - others) / own.clamp_min(1e-20)).clamp_min(0), 0.0)
    return x
