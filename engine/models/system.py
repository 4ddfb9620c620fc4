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

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from torch import nn

from engine.errors import ModelError
from engine.models import config as configs
from engine.models import dualpath, joint_embedding, semantic_lm, tempo_key_head, tokens, vae_config, vaegan


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
    vae: vae_config.VaeGanConfig = field(default_factory=vae_config.VaeGanConfig)
    mulan: joint_embedding.JointEmbeddingConfig = field(default_factory=joint_embedding.JointEmbeddingConfig)
    ssl: tokens.TokenizerConfig = field(default_factory=tokens.TokenizerConfig)
    streaming: Streaming = field(default_factory=Streaming)
    ear: tempo_key_head.TempoKeyConfig | None = None

    def __post_init__(self) -> None:
        same: tuple[tuple[str, float, float], ...] = (
            ("latent width", self.dpd.latent_width, self.vae.latent_width),
            ("latent rate", self.dpd.frame_rate, self.vae.frame_rate),
            ("token rate", self.dpd.token_rate, self.ssl.token_rate),
            ("sample rate of the tokenizer", self.ssl.rate, self.vae.rate),
            ("sample rate of the joint embedding", self.mulan.rate, self.vae.rate),
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
}


def build(config: MelodyConfig) -> nn.ModuleDict:
    """The networks with random weights, by the names in `PARTS` and, where there is an ear, in `ADDED`."""
    modules = nn.ModuleDict(
        {
            "lm": semantic_lm.SemanticLm(config.lm),
            "dpd": dualpath.DualPath(config.dpd),
            "vae": vaegan.VaeGan(config.vae),
            "mulan": joint_embedding.JointEmbedding(config.mulan),
            "ssl": tokens.SemanticTokenizer(config.ssl),
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


def from_dict(values: Mapping[str, Any]) -> MelodyConfig:
    """The config from what `to_dict` made; raises `ModelError` for whatever does not fit."""
    added = [name for name in ADDED if name in values]
    kinds = {name: type(getattr(PRESETS["tiny"], name)) for name in (*PARTS, "streaming", *added)}
    if set(values) != set(kinds):
        odd = ", ".join(sorted(set(values) ^ set(kinds)))
        raise ModelError(f"The model's description has unknown or missing parts ({odd}).")
    return MelodyConfig(**{name: configs.from_dict(kind, values[name]) for name, kind in kinds.items()})
