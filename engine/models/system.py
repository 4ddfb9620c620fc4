"""The whole of MeLoDy as one value: the configs of its five parts, how they fit together, and how to stream them.

The window is W seconds in M chunks; M must divide the window's latents and its tokens, or the two drift apart as chunks
are appended. One second of continuation costs M times a second of one-shot generation, for each chunk denoises its
whole window.

`starter`: 24 kHz mono, 8 s windows in M = 4 chunks of 2 s (50 latents, 50 tokens each), T = 5 steps, at which chroma
and onsets of what is made are as near to the tokens' as at 20. Of the 2 s that a chunk lasts, two cores in bfloat16
spend 0.03 s a step on diffusion (see `dualpath`), 0.11 s on 50 tokens with their guidance (see `token_decoder`) and
0.03 s on the decoder. A window of 10 s (M = 5) would cost a quarter more for two seconds more of memory; chunks of 1 s
would halve the wait for a new prompt and double the cost; longer chunks would pass the 2 s within which a prompt must
be heard. A stream starts with a window of one chunk, which costs a quarter.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from torch import nn

from engine.errors import ModelError
from engine.models import config as configs
from engine.models import (
    contextual,
    dualpath,
    joint_embedding,
    semantic_lm,
    stream_tokens,
    tempo_key_head,
    tokens,
    vae_config,
    vaegan,
)
from engine.models.layers import vae as layers


@dataclass(frozen=True)
class Streaming:
    """The window, its chunks and the sampling defaults that the model was made for."""

    window_seconds: float = 10.0
    chunks: int = 5  # M
    steps: int = 20  # T
    guidance: float = 2.5  # ρ
    temperature: float = 1.0
    top_k: int = 100
    top_p: float = 0.95
    token_guidance: float = 1.0  # of the language model towards the prompt
    steering: float = 0.0  # of its draws towards the tempo and the key that the prompt states; see `token_guidance`
    angles: tuple[float, ...] = configs.later(())  # fitted steps ω of 1, 2, 3 … steps, one group after another

    def __post_init__(self) -> None:
        count = 0
        while used := self.fitted(count + 1):
            count += 1
            if min(used) <= 0 or abs(sum(used) - math.pi / 2) > 1e-3:
                raise ModelError(f"The fitted angles of {count} steps do not divide a right angle: {used}.")
        if count * (count + 1) // 2 != len(self.angles):
            raise ModelError(f"{len(self.angles)} fitted angles are not those of 1, 2, 3 … steps.")

    def fitted(self, steps: int) -> tuple[float, ...]:
        """The angle steps ω_1 … ω_T that were fitted to this many steps; empty where none were."""
        first = steps * (steps - 1) // 2
        group = self.angles[first : first + steps]
        return group if len(group) == steps else ()


PARTS = ("lm", "dpd", "vae", "mulan", "ssl")
ADDED = ("ear",)
"""What a model may have beside them."""


@dataclass(frozen=True)
class MelodyConfig:
    """Configs of the five parts, of the ear where there is one, and the streaming defaults.

    Raises:
        ModelError: the parts do not fit each other.
    """

    lm: semantic_lm.SemanticLmConfig = field(default_factory=semantic_lm.SemanticLmConfig)
    dpd: dualpath.DualPathConfig = field(default_factory=dualpath.DualPathConfig)
    vae: vae_config.VaeGanConfig | layers.LayersConfig = field(default_factory=vae_config.VaeGanConfig)
    mulan: joint_embedding.JointEmbeddingConfig = field(default_factory=joint_embedding.JointEmbeddingConfig)
    ssl: tokens.TokenizerConfig | stream_tokens.StreamTokenizerConfig = field(default_factory=tokens.TokenizerConfig)
    streaming: Streaming = field(default_factory=Streaming)
    ear: tempo_key_head.TempoKeyConfig | None = None

    def __post_init__(self) -> None:
        same: tuple[tuple[str, float, float], ...] = (
            ("latent width", self.dpd.latent_width, self.vae.latent_width),
            ("latent rate", self.dpd.frame_rate, self.vae.frame_rate),
            ("token rate", self.dpd.token_rate, self.ssl.token_rate),
            ("sample rate of the tokenizer", self.ssl.rate, self.vae.rate),
            ("rates of sound and joint embedding, whole multiples", self.vae.rate % self.mulan.rate, 0),
            ("semantic vocabulary of the LM", self.lm.vocabulary, self.ssl.vocabulary),
            ("semantic vocabulary of the diffusion", self.dpd.vocabulary, self.ssl.vocabulary),
            ("number of codebooks", self.lm.codebooks, self.mulan.codebooks),
            ("size of the codebooks", self.lm.codes, self.mulan.codes),
            ("LM window", self.lm.length, round(self.streaming.window_seconds * self.ssl.token_rate)),
        )
        if self.ear is not None:
            same += (
                ("sample rate of the ear", self.ear.rate, self.mulan.rate),
                ("length that the ear listens to", self.ear.seconds, self.mulan.seconds),
                ("width of the ear's vectors", self.ear.width, self.mulan.width),
            )
        for name, ours, theirs in same:
            if ours != theirs:
                raise ModelError(f"The model's parts do not fit: the {name} is {ours} here and {theirs} there.")
        if self.frames % self.streaming.chunks or self.lm.length % self.streaming.chunks:
            raise ModelError(
                f"{self.streaming.chunks} chunks do not divide a window of {self.frames} latents and {self.lm.length} "
                "tokens: they would drift apart."
            )

    @property
    def frames(self) -> int:
        """L, latents of a window."""
        return round(self.streaming.window_seconds * self.vae.frame_rate)

    @property
    def chunk_frames(self) -> int:
        """Latents of a chunk."""
        return self.frames // self.streaming.chunks

    @property
    def chunk_tokens(self) -> int:
        """Semantic tokens of a chunk."""
        return self.lm.length // self.streaming.chunks

    @property
    def frames_a_token(self) -> int:
        """Latents that one token lasts."""
        return self.chunk_frames // self.chunk_tokens


KINDS: dict[str, tuple[type[Any], ...]] = {
    "lm": (semantic_lm.SemanticLmConfig, contextual.ContextLmConfig),
    "dpd": (dualpath.DualPathConfig, contextual.ContextDualPathConfig),
    "vae": (vae_config.VaeGanConfig, layers.LayersConfig),
    "ssl": (tokens.TokenizerConfig, stream_tokens.StreamTokenizerConfig),
}
"""The architectures that a part may have, told apart by the fields of their configs."""


def _preset(name: str, streaming: Streaming) -> MelodyConfig:
    return MelodyConfig(
        semantic_lm.PRESETS[name],
        dualpath.PRESETS[name],
        vae_config.PRESETS[name],
        joint_embedding.PRESETS[name],
        tokens.PRESETS[name],
        streaming,
        tempo_key_head.PRESETS.get(name),
    )


PRESETS: dict[str, MelodyConfig] = {
    "paper": _preset("paper", Streaming()),
    "starter": _preset(
        "starter",
        Streaming(window_seconds=8.0, chunks=4, steps=5, guidance=1.5, token_guidance=4.0, steering=1.0),
    ),
    "tiny": _preset("tiny", Streaming(window_seconds=2.0, steps=3)),
    **{
        name: MelodyConfig(
            contextual.LM_PRESETS[name],
            contextual.DPD_PRESETS[name],
            layers.PRESETS[name],
            joint_embedding.PRESETS["tiny" if tiny else "starter"],
            stream_tokens.PRESETS[name],
            Streaming(window_seconds=2.0 if tiny else 8.0, chunks=4, steps=3 if tiny else 5, guidance=1.5),
            None if tiny else tempo_key_head.PRESETS["starter"],
        )
        for name, tiny in (("layers", False), ("studio", False), ("layers-tiny", True))
    },
}


_NETWORKS: dict[type[Any], Callable[[Any], nn.Module]] = {
    semantic_lm.SemanticLmConfig: semantic_lm.SemanticLm,
    contextual.ContextLmConfig: contextual.ContextLm,
    dualpath.DualPathConfig: dualpath.DualPath,
    contextual.ContextDualPathConfig: dualpath.DualPath,
    vae_config.VaeGanConfig: vaegan.VaeGan,
    layers.LayersConfig: layers.LayersVae,
    tokens.TokenizerConfig: tokens.SemanticTokenizer,
    stream_tokens.StreamTokenizerConfig: stream_tokens.StreamTokenizer,
}


def build(config: MelodyConfig) -> nn.ModuleDict:
    """The networks with random weights, by the names in `PARTS` and, where there is an ear, in `ADDED`."""
    modules = nn.ModuleDict(
        {
            "lm": _NETWORKS[type(config.lm)](config.lm),
            "dpd": _NETWORKS[type(config.dpd)](config.dpd),
            "vae": _NETWORKS[type(config.vae)](config.vae),
            "mulan": joint_embedding.JointEmbedding(config.mulan),
            "ssl": _NETWORKS[type(config.ssl)](config.ssl),
        }
    )
    if config.ear is not None:
        modules["ear"] = tempo_key_head.TempoKeyHead(config.ear)
    return modules


def tempo_key_head_of(modules: nn.ModuleDict) -> tempo_key_head.TempoKeyHead | None:
    """The ear among a model's networks, if it has one."""
    head = dict(modules.items()).get("ear")
    assert head is None or isinstance(head, tempo_key_head.TempoKeyHead)
    return head


def to_dict(config: MelodyConfig) -> dict[str, Any]:
    """The config, ready for JSON."""
    parts = ((part.name, getattr(config, part.name)) for part in fields(config))
    return {name: configs.to_dict(part) for name, part in parts if part is not None}


def _kind(name: str, values: Any) -> type[Any]:
    """The config that has the fields of `values`, or the part's first where none has."""
    kinds = KINDS.get(name) or (type(getattr(PRESETS["tiny"], name)),)
    named = set(values) if isinstance(values, Mapping) else set()
    return next((kind for kind in kinds if {each.name for each in fields(kind)} == named), kinds[0])


def from_dict(values: Mapping[str, Any]) -> MelodyConfig:
    """The config from what `to_dict` made; raises `ModelError` for whatever does not fit."""
    added = [name for name in ADDED if name in values]
    kinds = {name: _kind(name, values.get(name)) for name in (*PARTS, "streaming", *added)}
    if set(values) != set(kinds):
        odd = ", ".join(sorted(set(values) ^ set(kinds)))
        raise ModelError(f"The model's description has unknown or missing parts ({odd}).")
    return MelodyConfig(**{name: configs.from_dict(kind, values[name]) for name, kind in kinds.items()})
