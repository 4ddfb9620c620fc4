"""A pool's sound as what the LM and the diffusion train on, computed once with a model's VAE, tokenizer and embedding.

A folder holds, for each of n excerpts, `latents.f16` (n, L, D) sampled and on the diffusion's scale, `tokens.u16`
(n, T_ST), `codes.u16` (n, W, Q) of W overlapping crops of the joint embedding's length, `captions.u16` (n, K, Q) of K
texts, and `encoded.json`. Excerpt i depends on the model, the pool and i alone; what was interrupted goes on.
"""

from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models import checkpoint, system
from engine.models.joint_embedding import JointEmbedding
from engine.models.system import MelodyConfig
from engine.models.tokens import SemanticTokenizer
from engine.models.vaegan import VaeGan
from engine.train.data import Report, SoundPool
from engine.train.encoded_folder import EncodedHeader, Shapes, map_excerpts, read_header, write_excerpts
from engine.train.loop import step_seed
from engine.train.mulan import text_of

TEXTS = 6  # K


def shapes(header: EncodedHeader) -> Shapes:
    """Shape of each array's part of an excerpt."""
    return {
        "latents": (header.frames, header.latent_width),
        "tokens": (header.tokens,),
        "codes": (header.windows, header.codebooks),
        "captions": (header.texts, header.codebooks),
    }


def encode(
    pool: SoundPool,
    model: Path,
    folder: Path,
    *,
    device: str = "cpu",
    batch: int = 8,
    report: Report = lambda share, text: None,
) -> "Encoded":
    """Encodes a split with the model in `model`, into `folder`/split.

    Raises:
        ModelError: the model cannot be read, is of another format than the sound, or `folder` holds something else.
    """
    description, modules = checkpoint.load(model, parts=("vae", "ssl", "mulan", "ear"))
    modules.to(device)
    place, header = folder / pool.header.split, header_for(pool, description.config, description)
    write_excerpts(
        place, header, shapes(header), len(pool), batch, partial(excerpts, pool, header, modules, device), report
    )
    return Encoded(place)


def header_for(pool: SoundPool, config: MelodyConfig, description: checkpoint.Description) -> EncodedHeader:
    """What encoding `pool` with a model gives.

    Raises:
        ModelError: the rates or channels differ, or the excerpts are shorter than a token.
    """
    ours, theirs = pool.header, config.vae
    if (ours.rate, ours.channels) != (theirs.rate, theirs.channels):
        raise ModelError(
            f"The pool {pool.place} has {ours.rate} Hz and {ours.channels} channels, the model {theirs.rate} Hz and "
            f"{theirs.channels}: render a pool for it."
        )
    tokens = ours.frames // config.ssl.stride
    if tokens == 0:
        raise ModelError(f"The excerpts in {pool.place} are too short to encode: render longer ones.")
    window = round(config.mulan.seconds * config.ssl.token_rate)
    step = max(window // 2, 1)
    parts = (description.parts.get(name) for name in ("vae", "ssl", "mulan", "ear"))
    versions = "".join(part.sha256[:12] for part in parts if part is not None)
    return EncodedHeader(
        model=versions,
        split=ours.split,
        seed=ours.seed,
        frames=tokens * config.frames_a_token,
        latent_width=config.vae.latent_width,
        tokens=tokens,
        vocabulary=config.ssl.vocabulary,
        windows=1 + max(tokens - window, 0) // step,
        window_tokens=step,
        texts=TEXTS,
        codebooks=config.mulan.codebooks,
        code_count=config.mulan.codes,
    )


@torch.no_grad()
def excerpts(
    pool: SoundPool, header: EncodedHeader, modules: nn.ModuleDict, device: str, first: int, last: int
) -> dict[str, NDArray[Any]]:
    """The arrays of the excerpts `first` to `last` − 1."""
    vae, ssl, mulan = modules["vae"], modules["ssl"], modules["mulan"]
    assert isinstance(vae, VaeGan)
    assert isinstance(ssl, SemanticTokenizer)
    assert isinstance(mulan, JointEmbedding)
    places = [(excerpt, 0) for excerpt in range(first, last)]
    wave = pool.cut(places, header.tokens * ssl.config.stride).to(device)  # (n, C, T_wav)
    noise = torch.stack([_noise(header, excerpt) for excerpt, _ in places]).to(device)  # (n, L, D)
    mono = wave.mean(1)  # (n, T_wav)
    crop, step = round(mulan.config.seconds * mulan.config.rate), header.window_tokens * ssl.config.stride
    crops = [mono[:, step * w : step * w + crop] for w in range(header.windows)]
    ear = system.tempo_key_head_of(modules)
    codes = [mulan.quantiser.codes(mulan.embed_music(part, ear)) for part in crops]  # W times (n, Q)
    texts = [_texts(pool.truth[excerpt], excerpt) for excerpt, _ in places]
    captions = torch.stack([mulan.quantiser.codes(mulan.embed_text(each)) for each in texts])  # (n, K, Q)
    arrays = {
        "latents": vae.encode(wave, noise),
        "tokens": ssl(mono),
        "codes": torch.stack(codes, dim=1),
        "captions": captions,
    }
    return {name: values.float().cpu().numpy() for name, values in arrays.items()}


def _noise(header: EncodedHeader, excerpt: int) -> Tensor:
    generator = torch.Generator().manual_seed(step_seed(header.seed, excerpt, 4))
    return torch.randn(header.frames, header.latent_width, generator=generator)


def _texts(truth: dict[str, Any], excerpt: int) -> list[str]:
    """K texts of an excerpt: two of its captions, a choice of its tags, and texts that give tempo and key."""
    rng = Random(step_seed(0, excerpt, 5))
    texts = list(truth["captions"])[:2]
    texts.append(text_of(truth, rng, tags=1.0))
    return texts + [text_of(truth, rng, tags=0.3, stated=1.0) for _ in range(TEXTS - len(texts))]


class Encoded:
    """A split of encoded sound, mapped from disk. Reading is safe from any thread."""

    latents: NDArray[np.float16]  # (n, L, D)
    tokens: NDArray[np.uint16]  # (n, T_ST)
    codes: NDArray[np.uint16]  # (n, W, Q)
    captions: NDArray[np.uint16]  # (n, K, Q)

    def __init__(self, place: Path) -> None:
        """Raises `ModelError` when there is none, or it is empty."""
        self.place, self.header = place, read_header(place)
        for name, values in map_excerpts(place, self.shapes).items():
            setattr(self, name, values)

    @property
    def shapes(self) -> Shapes:
        """Shape of each array's part of an excerpt."""
        return shapes(self.header)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def frames_a_token(self) -> int:
        """Latents that a token lasts."""
        return self.header.frames // self.header.tokens

    def places(self, size: int, length: int, generator: torch.Generator) -> list[tuple[int, int]]:
        """An excerpt and a first token for each of `size` windows of `length` tokens.

        Raises:
            ModelError: the excerpts are shorter.
        """
        room = self.header.tokens - length
        if room < 0:
            raise ModelError(
                f"The excerpts in {self.place} have {self.header.tokens} tokens, fewer than the window's {length}: "
                "encode a pool of longer excerpts."
            )
        excerpts = torch.randint(len(self), (size,), generator=generator).tolist()
        starts = torch.randint(room + 1, (size,), generator=generator).tolist()
        return list(zip(excerpts, starts, strict=True))

    def tokens_at(self, places: list[tuple[int, int]], length: int) -> Tensor:
        """Windows of tokens: (n, length) int64."""
        rows = [self.tokens[excerpt, start : start + length] for excerpt, start in places]
        return torch.from_numpy(np.stack(rows).astype(np.int64))

    def latents_at(self, places: list[tuple[int, int]], length: int) -> Tensor:
        """Latents of the same windows: (n, length · frames a token, D) float32."""
        each = self.frames_a_token
        rows = [self.latents[excerpt, start * each : (start + length) * each] for excerpt, start in places]
        return torch.from_numpy(np.stack(rows).astype(np.float32))

    def codes_at(self, place: tuple[int, int], text: int | None) -> Tensor:
        """A prompt's codes (Q,) int64: of the text numbered `text`, or of the crop of sound nearest to the window."""
        excerpt, start = place
        if text is not None:
            codes = self.captions[excerpt, text % self.header.texts]
        else:
            window = min(round(start / self.header.window_tokens), self.header.windows - 1)
            codes = self.codes[excerpt, window]
        return torch.from_numpy(codes.astype(np.int64))


def open_splits(folder: Path) -> tuple[Encoded, Encoded]:
    """The training and validation splits.

    Raises:
        ModelError: one is missing, or they were made by different models.
    """
    train, held_out = Encoded(folder / "train"), Encoded(folder / "validation")
    if train.header.model != held_out.header.model:
        raise ModelError(f"The splits in {folder} were encoded by different models: encode them again.")
    return train, held_out
