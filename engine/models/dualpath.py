"""Dual-path diffusion (DPD): the network that predicts velocities of latents (Lam et al. 2023, section 4.2).

z (B, L, D) and its angles → hidden frames → S half-overlapping segments of K → N blocks → overlap-add → velocity.
Each block looks along both axes: the coarse path attends across segments (rotary self-attention, then attention to the
semantic tokens), the fine path runs bidirectional SRUs inside each segment, and FiLM tells it the noise scale.

Layout: the hidden state is (B, K, S, H), so that attention over S and the recurrence over K both run without a
transpose. Without guidance's condition the cross-attention turns into self-attention with the same weights, and FiLM's
pooled token embedding is dropped with it.

In the file: config and presets, `segment`, `merge`, the layers, `Condition` (constant for a window), `DualPath`.

Ours to choose, as the paper leaves them open: rotary base 10 000 with positions in token periods (40 ms); two gated
feed-forward layers a block; biases only in the MLPs and FiLM; pre-norm residuals. `paper` has 12 heads, feed-forward
width 5 H and SRU width H a direction, which makes 295 M parameters (stated: 296.6 M).

`starter` is chosen by arithmetic for two CPU cores. A continuation denoises its whole window, 2 L positions, T times
with and without condition: for latents of 25 Hz, an 8 s window (L 200, K 16, S 26 → 416 positions) and T = 5 that is
4160 evaluations a position for each chunk of 2 s (M 4). The last block needs only the chunk's own segments, which
saves (1 − 1/M)/N of it. With 3.1 M weights a position that is 22 G operations, a twentieth of a second at the 0.46
TFLOP/s that bfloat16 products of these sizes reach on one core; with 125 latents a second, five times the positions, a
third of the steps would cost more than that. The rest moves through memory: normed and rotated copies, softmax, gates
and the steps of the recurrence; `engine.models.fused` leaves out what can go with a product. Its width fills what the
model may weigh.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models import fused
from engine.models.attention import Attention, CosSin
from engine.models.diffusion import FrameAngles
from engine.models.recurrence import FinePath


@dataclass(frozen=True)
class DualPathConfig:
    """Sizes of a DPD network; see the letters in `engine.models`."""

    latent_width: int = 16  # D
    hidden: int = 768  # H
    blocks: int = 8  # N
    segment: int = 64  # K, even
    heads: int = 12
    feed_forward: int = 3840  # gated width after each attention
    recurrent: int = 768  # SRU width a direction
    peephole: bool = False  # SRU with the v ⊙ c terms, which cannot run as a scan
    angle_width: int = 256
    vocabulary: int = 1024  # semantic tokens
    frame_rate: float = 250.0  # latents a second
    token_rate: float = 25.0
    rotary_base: float = 10000.0

    @property
    def input_width(self) -> int:
        """What the network sees of a frame: its latents."""
        return self.latent_width


PRESETS: dict[str, DualPathConfig] = {
    "paper": DualPathConfig(),
    "starter": DualPathConfig(
        latent_width=48,
        hidden=224,
        blocks=3,
        segment=16,
        heads=4,
        feed_forward=208,
        recurrent=112,
        vocabulary=512,
        frame_rate=25.0,
    ),
    "tiny": DualPathConfig(
        latent_width=8,
        hidden=32,
        blocks=2,
        segment=8,
        heads=2,
        feed_forward=48,
        recurrent=16,
        angle_width=16,
        vocabulary=32,
        frame_rate=125.0,
    ),
}


_EPS = 1e-5


def segments(length: int, size: int) -> int:
    """S = ⌈2L/K⌉ + 1."""
    return -(-2 * length // size) + 1


def segment(h: Tensor, size: int) -> Tensor:
    """Half-overlapping segments, zero-padded at both ends so that each frame lies in two: (B, L, H) → (B, K, S, H)."""
    half, count = size // 2, segments(h.shape[1], size)
    h = F.pad(h, (0, 0, half, count * half - h.shape[1]))  # (B, (S+1)·K/2, H)
    blocks = h.view(h.shape[0], count + 1, half, -1).transpose(1, 2)  # (B, K/2, S+1, H)
    return torch.cat((blocks[:, :, :-1], blocks[:, :, 1:]), dim=1)  # (B, K, S, H)


def merge(x: Tensor, length: int) -> Tensor:
    """Overlap-add, halved: the inverse of `segment`; (B, K, S, H) → (B, L, H)."""
    half = x.shape[1] // 2
    h = (x[:, :half, 1:] + x[:, half:, :-1]) / 2  # (B, K/2, S−1, H)
    return h.transpose(1, 2).flatten(1, 2)[:, :length]  # (B, L, H)


class RMSNorm(nn.Module):
    """Root-mean-square norm over the last axis; on a CPU as one reduction, where torch's own takes five passes."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """X (..., W) over its own size, times the weight."""
        if x.is_cuda or torch.compiler.is_compiling():
            return F.rms_norm(x, self.weight.shape, self.weight, _EPS)
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)  # (..., 1), summed in float32 whatever x is
        precise = torch.promote_types(x.dtype, torch.float32)
        scaled = x * torch.rsqrt(length.to(precise).square() / x.shape[-1] + _EPS).to(x.dtype)
        return scaled.mul_(self.weight) if torch.is_inference_mode_enabled() else scaled * self.weight


class Mlp(nn.Module):
    """MLP(x) = RMSNorm(W_2 GELU(W_1 x + b_1) + b_2): (..., in) → (..., H)."""

    def __init__(self, width_in: int, hidden: int) -> None:
        super().__init__()
        self.inner, self.outer, self.norm = nn.Linear(width_in, hidden), nn.Linear(hidden, hidden), RMSNorm(hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(..., in) → (..., H)."""
        return cast(Tensor, self.norm(self.outer(F.gelu(self.inner(x)))))


class Rotary:
    """Rotary positions that count time in token periods, so that frames and tokens meet on one axis."""

    def __init__(self, config: DualPathConfig) -> None:
        self.config = config
        width = config.hidden // config.heads
        self.frequencies = [config.rotary_base ** (-2 * i / width) for i in range(width // 2)]

    def at(self, times: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine of the angles at `times` (...), in token periods: (..., 1, head width / 2) float32 each."""
        angles = times[..., None, None].float() * torch.tensor(self.frequencies, device=times.device)
        return angles.cos(), angles.sin()

    def frame_times(self, length: int, device: torch.device) -> Tensor:
        """The time of each place in each segment: (K, S)."""
        half, count = self.config.segment // 2, segments(length, self.config.segment)
        place = torch.arange(self.config.segment, device=device)[:, None]
        start = (torch.arange(count, device=device)[None, :] - 1) * half
        return (start + place + 0.5) * (self.config.token_rate / self.config.frame_rate)

    def token_times(self, count: int, device: torch.device) -> Tensor:
        """The time of each token's middle: (T_ST,)."""
        return torch.arange(count, device=device) + 0.5


class FeedForward(nn.Module):
    """Gated feed-forward layer: W_2 (SiLU(W_g x) ⊙ W_1 x)."""

    def __init__(self, hidden: int, width: int) -> None:
        super().__init__()
        self.inner = nn.Linear(hidden, 2 * width, bias=False)
        self.outer = nn.Linear(width, hidden, bias=False)

    def forward(self, x: Tensor, residual: Tensor) -> Tensor:
        """Of x (..., H), added to `residual` (..., H)."""
        gate, value = self.inner.weight.chunk(2)
        gated = fused.times(x, value, fused.activated(x, gate, None, "swish"))
        return fused.plus(gated, self.outer.weight, residual)


class FiLM(nn.Module):
    """Feature-wise scale and shift from the angle embedding and the pooled token embedding."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.modulate = nn.Linear(hidden, 2 * hidden)

    def forward(self, x: Tensor, code: Tensor, row: Tensor) -> Tensor:
        """Modulates x (B, K, S, H) by code (B, A, H), one row for each angle; row (K, S) selects each position's."""
        scale, shift = self.modulate(F.silu(code)).chunk(2, dim=-1)  # (B, A, H) each
        return torch.addcmul(shift[:, row], x, 1 + scale[:, row])


@dataclass(frozen=True)
class Condition:
    """What stays constant while a window is denoised: made once by `DualPath.condition`, used at every step.

    pooled: (B, 1, H); keys, values: one (B, heads, T_ST, width) a block; rope: (K, S, heads, width / 2) each.
    """

    pooled: Tensor
    rope: CosSin
    keys: tuple[Tensor, ...]
    values: tuple[Tensor, ...]


@dataclass(frozen=True)
class _Positions:
    """Positions of a window's segments: rotary cosine and sine (K, S, heads, width/2), row of the angle code (K, S)."""

    rope: CosSin
    angle_row: Tensor

    def rope_of(self, segments: slice) -> CosSin:
        return self.rope[0][:, segments], self.rope[1][:, segments]


class DualPathBlock(nn.Module):
    """One dual-path block: coarse path over S, fine path over K.

    The batch may hold conditional examples first and unconditional ones after them (`n_cond` of the former), and the
    last block computes only the segments that are wanted; `_self_attention` and `_cross_attention` hide both.
    """

    def __init__(self, config: DualPathConfig) -> None:
        super().__init__()
        h = config.hidden
        self.norms = nn.ModuleList(RMSNorm(h) for _ in range(5))
        self.attention = Attention(h, config.heads)
        self.cross = Attention(h, config.heads)
        self.feed_forward = nn.ModuleList(FeedForward(h, config.feed_forward) for _ in range(2))
        self.fine = FinePath(h, config.recurrent, peephole=config.peephole)
        self.film = FiLM(h)

    def forward(
        self,
        x: Tensor,
        positions: _Positions,
        code: Tensor,
        condition: tuple[Tensor, Tensor] | None,
        n_cond: int,
        out_segments: slice,
    ) -> Tensor:
        """Maps x (B, K, S, H) → (B, K, S', H), the segments `out_segments`.

        condition: keys and values of the tokens of the first `n_cond` examples; the others attend to themselves.
        """
        # unconditional examples attend to all segments twice, so theirs are all needed until the second attention
        needed = out_segments if n_cond == x.shape[0] else slice(None)
        x = self._self_attention(x, positions, needed)
        x = self.feed_forward[0](self.norms[1](x), x)
        x = self._cross_attention(x, positions, condition, n_cond, needed, out_segments)  # (B, K, S', H)
        x = self.feed_forward[1](self.norms[3](x), x)
        return x + self.film(self.fine(self.norms[4](x)), code, positions.angle_row[:, out_segments])

    def _self_attention(self, x: Tensor, positions: _Positions, needed: slice) -> Tensor:
        """The segments `needed` attend to all segments."""
        normed = self.norms[0](x)
        k, v = self.attention.project_kv(normed, positions.rope)  # (B, K, heads, S, width)
        return cast(Tensor, self.attention(normed[:, :, needed], positions.rope_of(needed), k, v, x[:, :, needed]))

    def _cross_attention(
        self,
        x: Tensor,
        positions: _Positions,
        condition: tuple[Tensor, Tensor] | None,
        n_cond: int,
        needed: slice,
        out_segments: slice,
    ) -> Tensor:
        """Conditional examples attend to the tokens, the others to all their own segments."""
        normed = self.norms[2](x)
        residual = x if needed == out_segments else x[:, :, out_segments]  # (B, K, S', H)
        parts = []
        if n_cond:
            assert condition is not None
            query = normed[:n_cond] if needed == out_segments else normed[:n_cond, :, out_segments]
            cos, sin = positions.rope_of(out_segments)
            flat = (cos.flatten(0, 1), sin.flatten(0, 1))  # (K·S', heads, width/2)
            out = self.cross(query.flatten(1, 2), flat, *condition, residual[:n_cond].flatten(1, 2))
            parts.append(out.view(query.shape))
        if n_cond < x.shape[0]:
            own = normed[n_cond:]
            k, v = self.cross.project_kv(own, positions.rope)
            parts.append(self.cross(own[:, :, out_segments], positions.rope_of(out_segments), k, v, residual[n_cond:]))
        return parts[0] if len(parts) == 1 else torch.cat(parts)  # (B, K, S', H)


BlockFn = Callable[..., Tensor]
"""Calls a block: (block, x, …) → the result of `DualPathBlock.forward`. `block.__call__`, or its compiled form."""


class DualPath(nn.Module):
    """v̂(z_δ; u, δ). See the module's docstring."""

    def __init__(self, config: DualPathConfig) -> None:
        super().__init__()
        self.config = config
        h = config.hidden
        self.angle_start = nn.Parameter(torch.randn(config.angle_width))
        self.angle_end = nn.Parameter(torch.randn(config.angle_width))
        self.angle_mlp = Mlp(config.angle_width, h)
        self.embedding = nn.Embedding(config.vocabulary, h)
        self.token_mlp = Mlp(h, h)
        self.project_in = nn.Linear(config.input_width, h, bias=False)
        self.norm_in = RMSNorm(h)
        self.rotary = Rotary(config)
        self.blocks = nn.ModuleList(DualPathBlock(config) for _ in range(config.blocks))
        self.norm_out = RMSNorm(h)
        self.project_out = nn.Linear(h, config.latent_width, bias=False)
        self._initialise()

    def _initialise(self) -> None:
        residual = 1 / math.sqrt(3 * self.config.blocks)
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.02 if name.endswith("film.modulate") else module.in_features**-0.5)
                if name.endswith((".out", ".outer")) and "mlp" not in name:
                    with torch.no_grad():
                        module.weight.mul_(residual)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def condition(self, tokens: Tensor, length: int) -> Condition:
        """Computes once what depends only on the tokens (B, T_ST) and on the window's length in frames."""
        e = self.token_mlp(self.embedding(tokens))  # (B, T_ST, H)
        token_rope = self._rope(self.rotary.token_times(tokens.shape[1], tokens.device))
        pairs = [cast(DualPathBlock, block).cross.project_kv(e, token_rope) for block in self.blocks]
        rope = self._rope(self.rotary.frame_times(length, tokens.device))
        return Condition(e.mean(dim=1, keepdim=True), rope, tuple(k for k, _ in pairs), tuple(v for _, v in pairs))

    def angle_code(self, delta: Tensor) -> Tensor:
        """E_δ of distinct angles (B, A): (B, A, H)."""
        delta = delta[..., None]
        mixed = delta.sin() * self.angle_start + delta.cos() * self.angle_end  # (B, A, 256)
        return cast(Tensor, self.angle_mlp(mixed.to(self.angle_start.dtype)))

    def forward(
        self,
        z: Tensor,
        delta: FrameAngles,
        condition: Condition | None,
        *,
        n_cond: int | None = None,
        out_frames: slice | None = None,
        block_fn: BlockFn = DualPathBlock.__call__,
    ) -> Tensor:
        """The velocity of the frames `out_frames` (all by default).

        Args:
            z: (B, L, D), frames at their angles; with context (B, L, input width), see `contextual`.
            delta: the angles.
            condition: of the first `n_cond` examples, or None when there are none.
            n_cond: how many of the B examples attend to tokens; the rest are unconditional. All by default.
            out_frames: frames to return; only the last block can leave out the others.
            block_fn: calls all blocks but the last, which work on shapes that do not depend on `out_frames`.

        Returns:
            (B, L, D) or (B, out_frames, D).
        """
        length, size = z.shape[1], self.config.segment
        if n_cond is None:
            n_cond = z.shape[0] if condition else 0
        dtype = self.project_in.weight.dtype
        e = self.angle_code(delta.values)  # (B, A, H)
        h = self.norm_in(self.project_in(z.to(dtype)) + e[:, delta.which])  # (B, L, H)
        x = segment(h, size)  # (B, K, S, H)
        rope = condition.rope if condition else self._rope(self.rotary.frame_times(length, z.device))
        positions = _Positions(rope, self._angle_rows(delta.which, x.shape[2]))
        code = e.expand(z.shape[0], -1, -1)
        if condition:
            pooled = F.pad(condition.pooled[:n_cond], (0, 0, 0, 0, 0, z.shape[0] - n_cond))  # (B, 1, H)
            code = code + pooled
        out_segments = self._segments_of(out_frames or slice(0, length))
        for i, block in enumerate(self.blocks):
            pair = (condition.keys[i], condition.values[i]) if condition else None
            if i + 1 < len(self.blocks):
                x = block_fn(block, x, positions, code, pair, n_cond, slice(0, x.shape[2]))
            else:
                x = block(x, positions, code, pair, n_cond, out_segments)
        first = out_segments.start * (size // 2)
        h = merge(x, x.shape[2] * (size // 2))  # (B, L', H) from frame `first` on
        start, stop = (out_frames.start, out_frames.stop) if out_frames else (0, length)
        return cast(Tensor, self.project_out(self.norm_out(h[:, start - first : stop - first])))

    def forward_cfg(
        self,
        z: Tensor,
        delta: FrameAngles,
        condition: Condition,
        out_frames: slice,
        block_fn: BlockFn = DualPathBlock.__call__,
    ) -> Tensor:
        """Both branches of guidance in one batch: velocities with the condition, then without: (2·B, out_frames, D)."""
        values = delta.values if delta.values.shape[0] == 1 else torch.cat((delta.values, delta.values))
        angles, count = FrameAngles(values, delta.which), z.shape[0]
        both = self(torch.cat((z, z)), angles, condition, n_cond=count, out_frames=out_frames, block_fn=block_fn)
        return cast(Tensor, both)

    def _segments_of(self, frames: slice) -> slice:
        """The segments in which these frames lie."""
        half = self.config.segment // 2
        return slice(frames.start // half, (frames.stop - 1) // half + 2)

    def _rope(self, times: Tensor) -> CosSin:
        cos, sin = (t.to(self.project_in.weight.dtype) for t in self.rotary.at(times))  # (..., 1, width/2)
        shape = *cos.shape[:-2], self.config.heads, cos.shape[-1]
        return cos.expand(shape).contiguous(), sin.expand(shape).contiguous()

    def _angle_rows(self, which: Tensor, count: int) -> Tensor:
        """The row of the angle code of each position (K, S); padding takes that of the nearest frame."""
        half = self.config.segment // 2
        place = torch.arange(self.config.segment, device=which.device)[:, None]
        frame = place + (torch.arange(count, device=which.device)[None, :] - 1) * half
        return which[frame.clamp(0, which.shape[0] - 1)]
