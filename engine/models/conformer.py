"""A Wav2Vec2-Conformer (Gulati et al. 2020 in Baevski et al. 2020's place for a transformer), rotary positions.

A front of strided convolutions turns samples into frames; conformer layers (half a feed-forward, attention, a
convolution over time, half a feed-forward) see all of them. The names of the weights are transformers', so files
written by its `Wav2Vec2ConformerModel` load as they are; so is the order of operations. `pos_conv_embed` belongs to
those names and is read by nothing where positions are rotary. B is the batch, T the frames, H the width.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

STD = 0.02
"""Standard deviation of fresh linear weights."""
ROPE_BASE = 10000
EPS = 1e-5


@dataclass(frozen=True)
class ConformerConfig:
    """Sizes of the front and the layers; kernels in frames of the layer before."""

    strides: Sequence[int]
    kernels: Sequence[int]
    front_width: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    position_kernel: int
    position_groups: int
    convolution_kernel: int  # odd


class FrontLayer(nn.Module):
    """A strided convolution, a norm over its channels, GELU."""

    def __init__(self, width: int, out: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, out, kernel, stride, bias=False)
        self.layer_norm = nn.LayerNorm(out)

    def forward(self, x: Tensor) -> Tensor:
        """(B, width, n) → (B, out, n′)."""
        return F.gelu(self.layer_norm(self.conv(x).transpose(-2, -1)).transpose(-2, -1))


class Front(nn.Module):
    """Samples (B, T_wav) → (B, front_width, T)."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.conv_layers = nn.ModuleList(
            FrontLayer(config.front_width if i else 1, config.front_width, kernel, stride)
            for i, (kernel, stride) in enumerate(zip(config.kernels, config.strides, strict=True))
        )

    def forward(self, wave: Tensor) -> Tensor:
        """(B, T_wav) → (B, front_width, T)."""
        x = wave[:, None]
        for layer in self.conv_layers:
            x = layer(x)
        return x


class Projection(nn.Module):
    """The front's frames, normed, and mapped to the layers' width."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(config.front_width, eps=EPS)
        self.projection = nn.Linear(config.front_width, config.hidden)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, front_width) → (B, T, H), and the normed frames."""
        normed = self.layer_norm(x)
        return self.projection(normed), normed


class FeedForward(nn.Module):
    """Two linear maps with GELU between."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.intermediate_dense = nn.Linear(config.hidden, config.feed_forward)
        self.output_dense = nn.Linear(config.feed_forward, config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, H) → (B, T, H)."""
        out: Tensor = self.output_dense(F.gelu(self.intermediate_dense(x)))
        return out


class Attention(nn.Module):
    """Every frame sees every frame; what queries and keys are made of is rotated before the maps."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.heads, self.width = config.heads, config.hidden // config.heads
        self.linear_q = nn.Linear(config.hidden, config.hidden)
        self.linear_k = nn.Linear(config.hidden, config.hidden)
        self.linear_v = nn.Linear(config.hidden, config.hidden)
        self.linear_out = nn.Linear(config.hidden, config.hidden)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """(B, T, H) → (B, T, H); cosine and sine are (T, 1, 1, width)."""
        batch, length, hidden = x.shape
        split = x.view(batch, length, self.heads, self.width).transpose(0, 1)  # (T, B, heads, width)
        first, second = split[..., : self.width // 2], split[..., self.width // 2 :]
        turned = split * cos + torch.cat((-second, first), dim=-1) * sin
        turned = turned.transpose(0, 1).reshape(batch, length, hidden)
        shape = (batch, length, -1, self.width)
        q = self.linear_q(turned).view(shape).transpose(1, 2)
        k = self.linear_k(turned).view(shape).transpose(1, 2)
        v = self.linear_v(x).view(shape).transpose(1, 2)
        attended = F.scaled_dot_product_attention(q, k, v, scale=self.width**-0.5)
        out: Tensor = self.linear_out(attended.transpose(1, 2).reshape(batch, length, hidden))
        return out


class Convolution(nn.Module):
    """A gated linear unit, a convolution over time of each channel, a batch norm, GELU."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        hidden, kernel = config.hidden, config.convolution_kernel
        if kernel % 2 == 0:
            raise ValueError(f"convolution_kernel must be odd, not {kernel}")
        self.layer_norm = nn.LayerNorm(hidden)
        self.pointwise_conv1 = nn.Conv1d(hidden, 2 * hidden, 1, bias=False)
        self.depthwise_conv = nn.Conv1d(hidden, hidden, kernel, padding=kernel // 2, groups=hidden, bias=False)
        self.batch_norm = nn.BatchNorm1d(hidden)
        self.pointwise_conv2 = nn.Conv1d(hidden, hidden, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, H) → (B, T, H)."""
        x = F.glu(self.pointwise_conv1(self.layer_norm(x).transpose(1, 2)), dim=1)  # (B, H, T)
        x = F.gelu(self.batch_norm(self.depthwise_conv(x)))
        out: Tensor = self.pointwise_conv2(x).transpose(1, 2)
        return out


class Layer(nn.Module):
    """Half a feed-forward, attention, convolution, half a feed-forward, each added to what came in."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.ffn1_layer_norm = nn.LayerNorm(config.hidden)
        self.ffn1 = FeedForward(config)
        self.self_attn_layer_norm = nn.LayerNorm(config.hidden)
        self.self_attn = Attention(config)
        self.conv_module = Convolution(config)
        self.ffn2_layer_norm = nn.LayerNorm(config.hidden)
        self.ffn2 = FeedForward(config)
        self.final_layer_norm = nn.LayerNorm(config.hidden)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """(B, T, H) → (B, T, H)."""
        x = self.ffn1(self.ffn1_layer_norm(x)) * 0.5 + x
        x = self.self_attn(self.self_attn_layer_norm(x), cos, sin) + x
        x = x + self.conv_module(x)
        x = self.ffn2(self.ffn2_layer_norm(x)) * 0.5 + x
        normed: Tensor = self.final_layer_norm(x)
        return normed


class Rotary(nn.Module):
    """Cosine and sine of rotary positions."""

    inv_freq: Tensor  # (width / 2,), saved with the weights in their precision

    def __init__(self, width: int) -> None:
        super().__init__()
        inv_freq = 1.0 / (ROPE_BASE ** (torch.arange(0, width, 2, dtype=torch.int64).float() / width))
        self.register_buffer("inv_freq", inv_freq)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine (T, 1, 1, width) for x (B, T, H), in its precision."""
        places = torch.arange(x.shape[1], device=x.device).type_as(self.inv_freq)
        angles = places[:, None] * self.inv_freq
        angles = torch.cat((angles, angles), dim=-1)[:, None, None]
        return angles.cos().type_as(x), angles.sin().type_as(x)


class Positions(nn.Module):
    """The convolution of positions that belongs to the published names; nothing reads it."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        kernel, groups = config.position_kernel, config.position_groups
        conv = nn.Conv1d(config.hidden, config.hidden, kernel, padding=kernel // 2, groups=groups)
        nn.init.normal_(conv.weight, std=2 * math.sqrt(1 / (kernel * config.hidden)))
        if conv.bias is not None:
            nn.init.zeros_(conv.bias)
        self.conv = nn.utils.parametrizations.weight_norm(conv, name="weight", dim=2)


class Encoder(nn.Module):
    """The layers and the last norm."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.embed_positions = Rotary(config.hidden // config.heads)
        self.pos_conv_embed = Positions(config)
        self.layer_norm = nn.LayerNorm(config.hidden, eps=EPS)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, T, H) → what goes into the first layer, what comes out of each, and the last of them normed."""
        cos, sin = self.embed_positions(x)
        states = [x]
        for layer in self.layers:
            states.append(layer(states[-1], cos, sin))
        return [*states, self.layer_norm(states[-1])]


class Conformer(nn.Module):
    """Samples → states of each layer."""

    def __init__(self, config: ConformerConfig) -> None:
        super().__init__()
        self.feature_extractor = Front(config)
        self.feature_projection = Projection(config)
        self.masked_spec_embed = nn.Parameter(torch.rand(config.hidden))
        self.encoder = Encoder(config)
        self._start()

    def _start(self) -> None:
        """Fresh weights as wav2vec 2.0 has them."""
        for module in (*self.feature_extractor.modules(), *self.encoder.layers.modules()):
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=STD)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Conv1d):
                nn.init.kaiming_normal_(module.weight)
        projection = self.feature_projection.projection
        bound = math.sqrt(1 / projection.in_features)
        nn.init.uniform_(projection.weight, -bound, bound)
        nn.init.uniform_(projection.bias, -bound, bound)

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the weights."""
        return self.feature_projection.projection.weight.dtype

    def states(self, wave: Tensor, mask: Tensor | None = None) -> tuple[list[Tensor], Tensor]:
        """All states of samples (B, T_wav).

        Args:
            wave: (B, T_wav).
            mask: (B, T) bool; masked frames are replaced by one learned vector before the layers.

        Returns:
            What goes into the first layer, what comes out of each, and the last of them normed: layers + 2 times
            (B, T, H); and the front's normed frames (B, T, front_width).
        """
        hidden, frames = self.feature_projection(self.feature_extractor(wave).transpose(1, 2))
        if mask is not None:
            hidden = torch.where(mask[..., None], self.masked_spec_embed.to(hidden.dtype), hidden)
        return self.encoder(hidden), frames

    def forward(self, wave: Tensor) -> Tensor:
        """(B, T_wav) → (B, T, H), after the last norm."""
        return self.states(wave)[0][-1]
