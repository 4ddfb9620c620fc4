"""A bank of one-shots: a lone stroke of each kit and pitch; then the likest become one."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.atomic_file import replacing
from engine.compose import drums
from engine.compose.soundfont import Voice, find_soundfont, open_soundfont
from engine.errors import ModelError
from engine.models.layers.bands import RATE, mel_filters, window_of
from engine.models.layers.player import LEAD, SHOT

REACH = 5760
"""Samples after a stroke by which it is known."""
_PARTS = ((0, 720), (720, 2160), (2160, REACH))
_MELS, _FFT = 24, 4096
_FADE = 960  # samples over which a one-shot's end dies away
_STRENGTH = 100  # velocity
_SILENT = 1e-5  # level of a stroke that is not heard


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


def make_bank(excerpts: Sequence[Mapping[str, Any]], size: int, most: int = 400, soundfont: str | None = None) -> Bank:
    """`size` one-shots of the strokes of the first `most` excerpts; silent where kinds are fewer.

    Each is played alone: cut from an excerpt's sound, a kick would end where the next hat begins.

    Args:
        excerpts: what is true of each, with its `strokes` (see `excerpts.layered_crop`).
        size: of the bank.
        most: excerpts that count.
        soundfont: the bundled one without it.

    Raises:
        ModelError: strokes are a SoundFont's, and there is none.
    """
    count = Counter(f"{kit}:{pitch}" for truth in excerpts[:most] for _, pitch, _, kit in truth["strokes"])
    kinds = [kind for kind, _ in count.most_common()]
    played = [_played(kind, soundfont) for kind in kinds]
    audible = [number for number, shot in enumerate(played) if shot is not None]
    kinds, shots = [kinds[number] for number in audible], [shot for shot in played if shot is not None]
    if not kinds:
        return Bank(torch.zeros(size, SHOT), {})
    into = _merged(torch.stack(shots), [count[kind] for kind in kinds], size)
    alive = sorted(set(into))
    place = {row: number for number, row in enumerate(alive)}
    table = {kind: place[into[number]] for number, kind in enumerate(kinds)}
    for kind in kinds:  # the commonest first
        table.setdefault(":" + kind.rpartition(":")[2], table[kind])
    bank = torch.stack([shots[row] for row in alive])
    return Bank(F.pad(bank, (0, 0, 0, size - len(alive))), table)


def _played(kind: str, soundfont: str | None) -> Tensor | None:
    """A lone stroke of “program/patch:pitch”, as loud as all others in its first 60 ms: (SHOT,); None for silence."""
    kit, pitch = kind.rsplit(":", 1)
    program, patch = kit.split("/", 1)
    stroke = [Voice([(LEAD, LEAD + RATE // 4, int(pitch), _STRENGTH)])]
    if program == "None":
        sound = drums.perform(patch, stroke, RATE)
    else:
        sound = open_soundfont(find_soundfont(soundfont)).play(stroke, int(program), True, RATE)
    shot = torch.zeros(SHOT)
    mono = torch.from_numpy(sound.mean(0)[:SHOT].copy())
    shot[: len(mono)] = mono
    shot[-_FADE:] *= torch.linspace(1, 0, _FADE)
    level = float(shot[: LEAD + 2880].square().mean().sqrt())
    return shot / level if level > _SILENT else None


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
