"""The language of audio (LOA, AudioLDM 2, Liu et al. 2023): what an AudioMAE hears in 10.24 s, as few or many vectors.

Mono sound at 16 kHz becomes a log-mel image of 1024 × 128 (Kaldi's filter bank, as AudioMAE was trained on), a ViT-B
(transformers' ViTMAE, nothing masked) turns its 16 × 16 patches into 512 vectors, and average-max pooling by λ on the
64 × 8 grid leaves 512 / λ² of them, in order of time and then of frequency. Each layer's output passes the encoder's
last normalisation before the mean over layers is taken. The paper means “the last 16” of 12 layers, hence all by
default; the released AudioLDM 2 was trained on the last 3 (`averaged`).

In the file: `LoaConfig`, `fbank`, `pooled`, `Loa`, and the reading of timm's published layout.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import transformers
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import ViTMAEConfig, ViTMAEModel

from engine.errors import ModelError
from engine.models import config as configs
from engine.safe_files import damage_reason

RATE, HOP, FRAME, FFT, MELS = 16000, 160, 400, 512, 128
FRAMES, PATCH = 1024, 16
GRID = (FRAMES // PATCH, MELS // PATCH)  # patches along time and frequency: 64 × 8
SAMPLES = FRAMES * HOP  # 10.24 s
POOLINGS = (1, 2, 4, 8)  # λ
CONFIG, WEIGHTS, _DESCRIPTION = "config.json", "model.safetensors", "loa"
_MEAN, _DEVIATION = -4.2677393, 4.5689974  # of AudioSet
_LOWEST, _EMPHASIS, _FLOOR = 20.0, 0.97, 1.1920929e-07
_TIMM = (
    (r"^cls_token", "embeddings.cls_token"),
    (r"^pos_embed", "embeddings.position_embeddings"),
    (r"^patch_embed\.proj", "embeddings.patch_embeddings.projection"),
    (r"^(fc_)?norm\.", "layernorm."),
    (r"^blocks\.(\d+)\.attn\.proj", r"layers.\1.attention.o_proj"),
    (r"^blocks\.(\d+)\.attn\.", r"layers.\1.attention."),
    (r"^blocks\.(\d+)\.norm1", r"layers.\1.layernorm_before"),
    (r"^blocks\.(\d+)\.norm2", r"layers.\1.layernorm_after"),
    (r"^blocks\.", "layers."),
)


@dataclass(frozen=True)
class LoaConfig:
    """Sizes of the encoder: a ViT-B by default. `averaged`: of how many of the last layers the mean is taken."""

    hidden: int = 768
    layers: int = 12
    heads: int = 12
    feed_forward: int = 3072
    averaged: int = 12
    epsilon: float = 1e-6


def vectors(pooling: int) -> int:
    """Length of the sequence for λ = `pooling`: 512 / λ².

    Raises:
        ModelError: no such λ.
    """
    if pooling not in POOLINGS:
        raise ModelError(f"There is no pooling by {pooling}, only by {', '.join(map(str, POOLINGS))}.")
    return GRID[0] * GRID[1] // pooling**2


def vectors_in(frames: int, pooling: int) -> int:
    """How many vectors of the sequence lie wholly within the first `frames` samples at 16 kHz."""
    across = GRID[1] // pooling
    return min(frames // (HOP * PATCH * pooling) * across, vectors(pooling))


def _filters() -> Tensor:
    """Kaldi's mel triangles from 20 Hz to 8 kHz, of equal sides on the mel scale: (257, 128)."""
    low, high = (1127 * math.log1p(hertz / 700) for hertz in (_LOWEST, RATE / 2))
    # by numpy: transformers may have taken torch.linspace out of what `torch.device("meta")` redirects
    edges = torch.as_tensor(np.linspace(low, high, MELS + 2), device="cpu")
    hertz = torch.as_tensor(np.arange(FFT // 2 + 1) * RATE / FFT, device="cpu")
    bins = 1127 * torch.log1p(hertz / 700)[:, None]  # (257, 1)
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = torch.minimum(rising, falling).clamp(min=0)
    filters[-1] = 0  # the bin at half the rate is none of Kaldi's
    return filters.float()


def fbank(wave: Tensor, filters: Tensor) -> Tensor:
    """Log-mel (B, n, 128) of mono sound (B, T) at 16 kHz: frames of 25 ms, one every 10 ms, as Kaldi computes them."""
    frames = wave.unfold(1, FRAME, HOP)  # (B, n, 400)
    frames = frames - frames.mean(-1, keepdim=True)
    before = torch.cat((frames[..., :1], frames[..., :-1]), -1)
    frames = (frames - _EMPHASIS * before) * torch.hann_window(FRAME, periodic=False, device=wave.device)
    power = torch.fft.rfft(frames, FFT).abs().square()  # (B, n, 257)
    return (power @ filters).clamp(min=_FLOOR).log()


def pooled(features: Tensor, pooling: int) -> Tensor:
    """Average-max pooling: vectors (B, 512, D) → (B, 512 / λ², D), the mean of the average and the largest of λ × λ.

    Raises:
        ModelError: no such λ.
    """
    count = vectors(pooling)
    if pooling == 1:
        return features
    grid = features.transpose(1, 2).reshape(len(features), -1, *GRID)  # (B, D, 64, 8)
    both = (F.avg_pool2d(grid, pooling) + F.max_pool2d(grid, pooling)) / 2  # (B, D, 64 / λ, 8 / λ)
    out = both.flatten(2).transpose(1, 2)
    assert out.shape[1] == count
    return out


def _positions(width: int) -> Tensor:
    """Sines and cosines of each patch's place, a quarter of `width` each, frequency before time: (1, 513, width)."""
    rates = 10000.0 ** -(torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    time, frequency = (torch.arange(size, dtype=torch.float64) for size in GRID)
    places = (frequency.repeat(GRID[0]), time.repeat_interleave(GRID[1]))  # of the patches, row by row
    waves = [part for place in places for part in (torch.outer(place, rates).sin(), torch.outer(place, rates).cos())]
    return F.pad(torch.cat(waves, 1), (0, 0, 1, 0)).float()[None]


class Loa(nn.Module):
    """Sound to LOA. The encoder is transformers' own and frozen."""

    filters: Tensor

    def __init__(self, config: LoaConfig) -> None:
        """Random weights."""
        super().__init__()
        self.config = config
        self.encoder = ViTMAEModel(_vit(config))
        with torch.no_grad():  # transformers' own start is for square images
            start = self.encoder.embeddings
            start.position_embeddings.copy_(_positions(config.hidden))
            nn.init.xavier_uniform_(start.patch_embeddings.projection.weight.flatten(1))
            nn.init.normal_(start.cls_token, std=0.02)
        self.register_buffer("filters", _filters(), persistent=False)
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "Loa":
        """Stays as it is in use: nothing here is trained."""
        return super().train(False)

    def image(self, wave: Tensor) -> Tensor:
        """The log-mel image (B, 1, 1024, 128) of mono sound (B, T); what is beyond 10.24 s is left out."""
        wave = wave[:, :SAMPLES].float()
        missing = FRAME - wave.shape[1]
        mel = fbank(F.pad(wave, (0, max(missing, 0))), self.filters)  # (B, n, 128)
        mel = F.pad(mel, (0, 0, 0, FRAMES - mel.shape[1]))
        return ((mel - _MEAN) / (2 * _DEVIATION))[:, None]

    @torch.no_grad()
    def features(self, wave: Tensor) -> Tensor:
        """Mono sound (B, T) at 16 kHz → (B, 512, D), not pooled."""
        image = self.image(wave).to(self.encoder.dtype)
        order = torch.arange(GRID[0] * GRID[1], device=wave.device).float().expand(len(wave), -1)
        outputs = self.encoder(image, noise=order, output_hidden_states=True).hidden_states
        last = outputs[-self.config.averaged :]
        mean = torch.stack([self.encoder.layernorm(output) for output in last]).mean(0)  # (B, 513, D)
        return mean[:, 1:]

    def forward(self, wave: Tensor, pooling: int) -> Tensor:
        """Mono sound (B, T) at 16 kHz → (B, 512 / λ², D).

        Raises:
            ModelError: no such λ.
        """
        return pooled(self.features(wave), pooling)

    def save(self, folder: Path) -> None:
        """Writes the encoder as transformers does, and into its description how many layers are averaged."""
        transformers.utils.logging.disable_progress_bar()
        self.encoder.save_pretrained(folder, safe_serialization=True)
        values = _read_config(folder) | {
            "architectures": ["ViTMAEModel"],
            _DESCRIPTION: {"averaged": self.config.averaged},
        }
        (folder / CONFIG).write_text(json.dumps(values, indent=1), encoding="utf-8")

    @staticmethod
    def from_pretrained(folder: Path, *, averaged: int | None = None) -> "Loa":
        """Reads an AudioMAE in transformers' layout or in timm's.

        Args:
            folder: holds config.json and model.safetensors.
            averaged: of how many of the last layers to take the mean; what the folder says, or all, without it.

        Raises:
            ModelError: it is missing, pickled, damaged, or no AudioMAE of this form.
        """
        values = _read_config(folder)
        tensors = _read_weights(folder)
        if "patch_embed.proj.weight" in tensors:
            config = _of_timm(values)
            loa = Loa(replace(config, averaged=averaged or config.averaged))
            problem = _load(loa.encoder, _from_timm(tensors))
        else:
            config = _of_vit(folder, values)
            loa = Loa(replace(config, averaged=averaged or config.averaged))
            problem = _load_own(loa, folder)
        if problem:
            raise ModelError(f"{folder} holds no AudioMAE of 1024 × 128 in 16 × 16 patches: {problem}.")
        return loa


def _load(encoder: nn.Module, tensors: Mapping[str, Tensor]) -> str:
    """Takes the weights over; what does not fit, if anything."""
    own = encoder.state_dict()
    odd = [key for key, value in own.items() if key not in tensors or tensors[key].shape != value.shape]
    if odd:
        return f"{odd[0]} and {len(odd) - 1} more are missing or of another shape"
    encoder.load_state_dict({key: tensors[key] for key in own})
    return ""


def _load_own(loa: Loa, folder: Path) -> str:
    """Reads the encoder through transformers, which knows its names of all versions; what does not fit, if anything."""
    level = transformers.utils.logging.get_verbosity()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        read, report = ViTMAEModel.from_pretrained(
            folder, use_safetensors=True, local_files_only=True, dtype=torch.float32, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError) as error:
        return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
    finally:
        transformers.utils.logging.set_verbosity(level)
    if report["missing_keys"]:
        return f"{len(report['missing_keys'])} of its weights are missing"
    return _load(loa.encoder, read.state_dict())


def _vit(config: LoaConfig) -> ViTMAEConfig:
    return ViTMAEConfig(
        hidden_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.feed_forward,
        layer_norm_eps=config.epsilon,
        image_size=[FRAMES, MELS],
        patch_size=PATCH,
        num_channels=1,
        mask_ratio=0.0,
    )


def _of_vit(folder: Path, values: Mapping[str, Any]) -> LoaConfig:
    size = (values.get("image_size"), values.get("num_channels"), values.get("patch_size"))
    if size != ([FRAMES, MELS], 1, PATCH):
        raise ModelError(f"{folder} holds no AudioMAE: its images are {size[0]} in {size[1]} channels.")
    names = {
        "hidden": "hidden_size",
        "layers": "num_hidden_layers",
        "heads": "num_attention_heads",
        "feed_forward": "intermediate_size",
        "epsilon": "layer_norm_eps",
    }
    renamed = {ours: values[theirs] for ours, theirs in names.items() if theirs in values}
    renamed["averaged"] = _averaged(values) or renamed.get("layers", LoaConfig.layers)
    return configs.from_dict(LoaConfig, configs.to_dict(LoaConfig()) | renamed)


def _of_timm(values: Mapping[str, Any]) -> LoaConfig:
    """A ViT-B but for what `model_args` changes."""
    arguments = values.get("model_args")
    arguments = arguments if isinstance(arguments, Mapping) else {}
    names = {"hidden": "embed_dim", "layers": "depth", "heads": "num_heads"}
    renamed = {ours: arguments[theirs] for ours, theirs in names.items() if theirs in arguments}
    width, depth = renamed.get("hidden", LoaConfig.hidden), renamed.get("layers", LoaConfig.layers)
    renamed |= {"feed_forward": 4 * width, "averaged": _averaged(values) or depth}
    return configs.from_dict(LoaConfig, configs.to_dict(LoaConfig()) | renamed)


def _averaged(values: Mapping[str, Any]) -> int | None:
    """Of how many layers the folder's description says to take the mean, if it does."""
    beside = values.get(_DESCRIPTION)
    return beside.get("averaged") if isinstance(beside, Mapping) else None


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{folder} holds no AudioMAE: it has no {CONFIG}.") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} is damaged ({damage_reason(error)}): get the AudioMAE again.") from error
    if not isinstance(values, dict):
        raise ModelError(f"{path} is damaged (no object): get the AudioMAE again.")
    return values


def _read_weights(folder: Path) -> dict[str, Tensor]:
    path = folder / WEIGHTS
    if not path.is_file():
        raise ModelError(f"{folder} has no {WEIGHTS}: an AudioMAE is read from safetensors only.")
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"The AudioMAE in {path} cannot be read ({error}): get it again.") from error
    prefix = next((key.removesuffix("cls_token") for key in tensors if key.endswith("cls_token")), "")
    prefix = prefix.removesuffix("embeddings.")
    ours = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
    return {key: value for key, value in ours.items() if not key.startswith(("decoder", "mask_token", "head"))}


def _renamed(tensors: Mapping[str, Tensor], names: tuple[tuple[str, str], ...]) -> dict[str, Tensor]:
    """The tensors under the names that the patterns turn theirs into, one pattern after another."""
    out: dict[str, Tensor] = {}
    for key, value in tensors.items():
        for theirs, ours in names:
            key = re.sub(theirs, ours, key)
        out[key] = value
    return out


def _from_timm(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The names of transformers' ViTMAE in place of timm's; queries, keys and values lie in one tensor there."""
    out: dict[str, Tensor] = {}
    for key, value in _renamed(tensors, _TIMM).items():
        if ".qkv." in key:
            for name, part in zip(("q_proj", "k_proj", "v_proj"), value.chunk(3), strict=True):
                out[key.replace("qkv", name)] = part
        else:
            out[key] = value
    return out
