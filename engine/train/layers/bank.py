"""A bank of one-shots cut from drums: the loneliest stroke of each kit and pitch; then the likest become one."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.models.layers.bands import RATE, mel_filters, window_of
from engine.models.layers.player import LEAD, SHOT
from engine.train.data import SoundPool
from engine.train.layers.excerpts import DRUMS

REACH = 5760
"""Samples after a stroke by which it is known."""
_PARTS = ((0, 720), (720, 2160), (2160, REACH))
_MELS, _FFT = 24, 4096
_SHORTEST = 2400  # samples of a one-shot
_FADE, _RISE = 960, 24


@dataclass(frozen=True)
class Bank:
    """shots: (K, SHOT). kinds: the one-shot of each “kit:pitch”; of an unknown kit that of its pitch, “:pitch”."""

    shots: Tensor
    kinds: dict[str, int]

    def which(self, kit: str, pitch: int) -> int:
        """The one-shot of a stroke; −1 for a pitch that the bank lacks."""
        return self.kinds.get(f"{kit}:{pitch}", self.kinds.get(f":{pitch}", -1))

    def save(self, path: Path) -> None:
        """Writes it, whole or not at all."""
        with replacing(path) as part, part.open("wb") as file:
            np.savez(file, shots=self.shots.numpy(), kinds=np.frombuffer(json.dumps(self.kinds).encode(), np.uint8))

    @staticmethod
    def load(path: Path) -> "Bank":
        """Raises `ModelError` when it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return Bank(torch.from_numpy(stored["shots"]), dict(json.loads(stored["kinds"].tobytes().decode())))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"The bank of strokes {path} cannot be read ({error}): remove it.") from error


def portraits(sound: Tensor) -> Tensor:
    """Powers of 24 mel bands in 0–15, 15–45 and 45–120 ms after the stroke: (n, LEAD + REACH or more) → (n, 72)."""
    parts = []
    for first, last in _PARTS:
        piece = sound[:, LEAD + first : LEAD + last] * window_of(last - first, sound.device)
        spectrum = torch.view_as_real(torch.fft.rfft(piece, _FFT)).square().sum(-1)
        parts.append(spectrum @ mel_filters(_FFT, _MELS, sound.device))
    return torch.cat(parts, 1)


def make_bank(pool: SoundPool, size: int, most: int = 400) -> Bank:
    """`size` one-shots of the drums of a pool's first `most` excerpts without colours; silent where kinds are fewer."""
    best: dict[str, tuple[float, int, int, int]] = {}
    count: dict[str, int] = {}
    frames = pool.header.frames
    clean = [number for number, truth in enumerate(pool.truth) if not truth.get("coloured")]
    for excerpt in clean[:most]:
        rows = pool.truth[excerpt]["strokes"]
        for number, (at, pitch, velocity, kit) in enumerate(rows):
            kind = f"{kit}:{pitch}"
            count[kind] = count.get(kind, 0) + 1
            before = at - rows[number - 1][0] if number else RATE
            after = rows[number + 1][0] - at if number + 1 < len(rows) else RATE
            if before == 0 or not LEAD <= at <= frames - SHOT:
                continue
            score = min(after, SHOT) + 0.5 * min(before, SHOT) + 20 * velocity
            if score > best.get(kind, (0.0, 0, 0, 0))[0]:
                best[kind] = (score, excerpt, at, min(after, SHOT))
    kinds = sorted(best, key=lambda kind: -count[kind])
    if not kinds:
        return Bank(torch.zeros(size, SHOT), {})
    shots = torch.stack([_cut(pool, *best[kind][1:]) for kind in kinds])
    into = _merged(shots, [count[kind] for kind in kinds], size)
    alive = sorted(set(into))
    place = {row: number for number, row in enumerate(alive)}
    table = {kind: place[into[number]] for number, kind in enumerate(kinds)}
    for kind in kinds:  # the commonest first
        table.setdefault(":" + kind.rpartition(":")[2], table[kind])
    return Bank(F.pad(shots[alive], (0, 0, 0, size - len(alive))), table)


def _cut(pool: SoundPool, excerpt: int, at: int, gap: int) -> Tensor:
    drums = pool.cut([(excerpt, at - LEAD)], SHOT)[0, DRUMS].mean(0)
    end = max(gap, _SHORTEST)
    drums[end:] = 0
    drums[end - _FADE : end] *= torch.linspace(1, 0, len(drums[end - _FADE : end]))
    drums[:_RISE] *= torch.linspace(0, 1, _RISE)
    return drums / (drums[: LEAD + 2880].square().mean().sqrt() + 1e-6)


def _merged(shots: Tensor, counts: list[int], size: int) -> list[int]:
    """Which one-shot stands for each: of the two likest the rarer joins the other until `size` stay."""
    look = (portraits(shots) + 1e-2).log()
    look = look - look.mean(1, keepdim=True) / 2
    weights = np.array(counts, float)
    apart = torch.cdist(look, look) * torch.from_numpy(np.minimum.outer(weights, weights) ** 0.25).float()
    apart = apart + 1e9 * torch.eye(len(shots))
    alive, into = list(range(len(shots))), list(range(len(shots)))
    while len(alive) > size:
        at = int(apart[alive][:, alive].argmin())
        keep, drop = sorted((alive[at // len(alive)], alive[at % len(alive)]), key=lambda one: -weights[one])
        into = [keep if one == drop else one for one in into]
        weights[keep] += weights[drop]
        alive.remove(drop)
    return into
