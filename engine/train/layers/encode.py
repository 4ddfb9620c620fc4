"""Mixes, parts and what sounds beside them as latents and tokens: what the language model and the diffusion train on.

A folder holds, for each of n excerpts, `latents.f16` (n, 3, L, D) and `tokens.u16` (n, 3, T) of mix, target and
context, `codes.u16` (n, 2, W, Q) of W crops of mix and target by the joint embedding, `captions.u16` (n, 2, K, Q) of K
texts, and `encoded.json`. To the recipes an excerpt is two rows: its mix, beside which nothing sounds, and its target.
"""

from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.models import system
from engine.models.contextual import Silence
from engine.models.joint_embedding import JointEmbedding
from engine.models.layers.analysis import tones
from engine.models.layers.bands import to_mid_side
from engine.models.layers.vae import LayersVae
from engine.models.stream_tokens import StreamTokenizer
from engine.models.system import MelodyConfig
from engine.models.tokens import kmeans
from engine.train.data import Report, SoundPool
from engine.train.encode import TEXTS, Encoded
from engine.train.encoded_folder import EncodedHeader, Shapes, write_excerpts
from engine.train.layers.excerpts import MIX, TARGET
from engine.train.loop import step_seed
from engine.train.mulan import text_of

_POINTS = 60_000  # descriptors from which centres are found


def header_for(pool: SoundPool, config: MelodyConfig, version: str) -> EncodedHeader:
    """Sizes of what encoding gives; `version` names the weights."""
    tokens = pool.header.frames // config.ssl.stride // 2 * 2
    window = round(config.mulan.seconds * config.ssl.token_rate)
    step = max(window // 2, 1)
    return EncodedHeader(
        version, pool.header.split, pool.header.seed, tokens * config.frames_a_token, config.vae.latent_width, tokens,
        config.ssl.vocabulary, 1 + max(tokens - window, 0) // step, step, TEXTS, config.mulan.codebooks,
        config.mulan.codes,
    )  # fmt: skip


def shapes(header: EncodedHeader) -> Shapes:
    """Shape of each array's part of an excerpt."""
    return {
        "latents": (3, header.frames, header.latent_width),
        "tokens": (3, header.tokens),
        "codes": (2, header.windows, header.codebooks),
        "captions": (2, header.texts, header.codebooks),
    }


def _sounds(wave: Tensor) -> Tensor:
    """Six channels (n, 6, T) → mix, target and context (n, 3, 2, T)."""
    mix, target = wave[:, MIX], wave[:, TARGET]
    return torch.stack((mix, target, mix - target), 1)


def _distinct(wave: Tensor, *, recorded: bool) -> tuple[Tensor, Tensor]:
    """The sounds (m, 2, T) that have to be encoded, and which of them mix, target and context of each are: (3 n,).

    Of a recording the target is the mix, and the context is silence.
    """
    if not recorded:
        return _sounds(wave).flatten(0, 1), torch.arange(3 * len(wave), device=wave.device)
    count = len(wave)
    places = [[number, number, count] for number in range(count)]
    return torch.cat((wave[:, MIX], torch.zeros_like(wave[:1, MIX]))), torch.tensor(
        places, device=wave.device
    ).flatten()


def _lower_rate(mono: Tensor, factor: int) -> Tensor:
    """(n, T) at a `factor`-th of its rate."""
    if factor == 1:
        return mono
    n = torch.arange(-32 * factor, 32 * factor + 1, device=mono.device).double()
    taps = torch.sinc(n / factor * 0.92) * torch.hann_window(len(n), periodic=False, device=mono.device).double()
    return F.conv1d(mono[:, None], (taps / taps.sum()).float()[None, None], stride=factor, padding=32 * factor)[:, 0]


@torch.no_grad()
def fit_tokens(tokenizer: StreamTokenizer, pool: SoundPool, *, most: int = 400, seed: int = 0) -> None:
    """Finds both codebooks' centres in the mixes and targets of the first excerpts, on the tokenizer's device."""
    device = tokenizer.content.device
    tables: list[tuple[Tensor, Tensor]] = []
    for excerpt in range(min(len(pool), most)):
        wave = pool.cut([(excerpt, 0)], pool.header.frames)
        mono = (wave[:, MIX] if excerpt % 2 else wave[:, TARGET]).mean(1).to(device)
        content, beginnings = tokenizer.features(mono)
        tables.append((content[0].cpu(), beginnings[0].cpu()))
    half = tokenizer.config.vocabulary // 2
    generator = torch.Generator().manual_seed(seed)
    for name, rows in (("content", [a for a, _ in tables]), ("beginnings", [b for _, b in tables])):
        points = torch.cat(rows)
        points = points[torch.randperm(len(points), generator=generator)[:_POINTS]].to(device)
        getattr(tokenizer, name).copy_(kmeans(points, half, rounds=15, seed=seed))


def encode_layers(
    pool: SoundPool,
    modules: nn.ModuleDict,
    config: MelodyConfig,
    folder: Path,
    version: str,
    *,
    device: str = "cpu",
    batch: int = 4,
    report: Report = lambda share, text: None,
) -> "EncodedLayers":
    """Encodes a split into `folder`/split, and goes on where it stopped.

    Raises:
        ModelError: the folder holds what other weights made, or cannot be written.
    """
    place, header = folder / pool.header.split, header_for(pool, config, version)
    write_excerpts(
        place, header, shapes(header), len(pool), batch,
        partial(_excerpts, pool, header, modules, config, device), report,
    )  # fmt: skip
    return EncodedLayers(place)


def encode_one(pool: SoundPool, modules: nn.ModuleDict, config: MelodyConfig, device: str) -> None:
    """Encodes the first excerpt and keeps nothing, to see how long it takes."""
    _excerpts(pool, header_for(pool, config, ""), modules, config, device, 0, 1)


@torch.no_grad()
def _excerpts(
    pool: SoundPool,
    header: EncodedHeader,
    modules: nn.ModuleDict,
    config: MelodyConfig,
    device: str,
    first: int,
    last: int,
) -> dict[str, NDArray[Any]]:
    vae, ssl, mulan = modules["vae"], modules["ssl"], modules["mulan"]
    assert isinstance(vae, LayersVae)
    assert isinstance(ssl, StreamTokenizer)
    assert isinstance(mulan, JointEmbedding)
    count = last - first
    wave = pool.cut([(excerpt, 0) for excerpt in range(first, last)], header.tokens * config.ssl.stride).to(device)
    sounds, places = _distinct(wave, recorded=bool(pool.header.folder))
    noise = torch.stack([_noise(header, excerpt) for excerpt in range(first, last)]).flatten(0, 1).to(device)
    all_tones = tones(to_mid_side(sounds))  # what both listen to
    mean, log_variance = (each[places] for each in vae.posterior(sounds, all_tones))  # (3 n, L, D)
    latents, mono = vae.scale(mean + (log_variance / 2).exp() * noise), sounds.mean(1)
    tokens, mono = ssl(mono, all_tones[0])[places], mono[places]
    low = _lower_rate(mono.view(count, 3, -1)[:, :2].flatten(0, 1), config.vae.rate // config.mulan.rate)
    crop = round(mulan.config.seconds * mulan.config.rate)
    step = round(header.window_tokens / config.ssl.token_rate * mulan.config.rate)
    ear = system.tempo_key_head_of(modules)
    windows = [low[:, step * w : step * w + crop] for w in range(header.windows)]
    codes = torch.stack([mulan.quantiser.codes(mulan.embed_music(part, ear)) for part in windows], 1)
    texts = [texts_of(pool.truth[excerpt], excerpt) for excerpt in range(first, last)]
    captions = [mulan.quantiser.codes(mulan.embed_text(each)) for both in texts for each in both]
    arrays = {
        "latents": latents.view(count, 3, header.frames, -1),
        "tokens": tokens.view(count, 3, header.tokens),
        "codes": codes.view(count, 2, header.windows, -1),
        "captions": torch.stack(captions).view(count, 2, header.texts, -1),
    }
    return {name: values.float().cpu().numpy() for name, values in arrays.items()}


def _noise(header: EncodedHeader, excerpt: int) -> Tensor:
    generator = torch.Generator().manual_seed(step_seed(header.seed, excerpt, 12))
    return torch.randn(3, header.frames, header.latent_width, generator=generator)


def texts_of(truth: dict[str, Any], excerpt: int) -> tuple[list[str], list[str]]:
    """K texts of the mix, and of the target."""
    rng = Random(step_seed(0, excerpt, 13))
    mix = [*list(truth["captions"])[:2], text_of(truth, rng, tags=1.0)]
    mix += [text_of(truth, rng, tags=0.3, stated=1.0) for _ in range(TEXTS - len(mix))]
    words = list(truth["target"]["captions"]) or mix
    target = [words[number % len(words)] for number in range(TEXTS)]
    return mix, target


class EncodedLayers(Encoded):
    """A split of it, mapped from disk; row 2 i is the mix of excerpt i, row 2 i + 1 its target."""

    @property
    def shapes(self) -> Shapes:
        """Shape of each array's part of an excerpt."""
        return shapes(self.header)

    def __len__(self) -> int:
        return 2 * len(self.tokens)

    def tokens_at(self, places: list[tuple[int, int]], length: int) -> Tensor:
        """Windows of tokens: (n, length) int64."""
        rows = [self.tokens[row // 2, row % 2, start : start + length] for row, start in places]
        return torch.from_numpy(np.stack(rows).astype(np.int64))

    def latents_at(self, places: list[tuple[int, int]], length: int) -> Tensor:
        """Latents of the same windows: (n, length · frames a token, D) float32."""
        return self._latents([(row // 2, row % 2, start) for row, start in places], length)

    def _latents(self, places: list[tuple[int, int, int]], length: int) -> Tensor:
        each = self.frames_a_token
        rows = [self.latents[e, which, start * each : (start + length) * each] for e, which, start in places]
        return torch.from_numpy(np.stack(rows).astype(np.float32))

    def heard_tokens(self, places: list[tuple[int, int]], length: int, with_context: list[bool]) -> Tensor:
        """Ids of what sounds beside windows (n, length): the targets' context where `with_context`, else why none does.

        After an excerpt's end nothing is heard.
        """
        vocabulary = self.header.vocabulary
        ids = torch.full((len(places), length), vocabulary + Silence.NONE)
        for number, ((row, start), listens) in enumerate(zip(places, with_context, strict=True)):
            if row % 2 and not listens:
                ids[number] = vocabulary + Silence.ALONE
            elif row % 2:
                tokens: NDArray[np.uint16] = self.tokens[row // 2, 2, start : start + length]
                ids[number, : len(tokens)] = torch.from_numpy(tokens.astype(np.int64))
        return ids

    def heard_latents(self, places: list[tuple[int, int]], length: int, with_context: list[bool]) -> Tensor:
        """What a diffusion sees beside its latents: (n, L, D + 2), see `contextual.beside`."""
        context = self._latents([(row // 2, 2, start) for row, start in places], length)
        flags = torch.zeros(*context.shape[:2], len(Silence))
        for number, ((row, _), listens) in enumerate(zip(places, with_context, strict=True)):
            if row % 2 == 0 or not listens:
                context[number] = 0
                flags[number, :, Silence.ALONE if row % 2 else Silence.NONE] = 1
        return torch.cat((context, flags), -1)

    def codes_at(self, place: tuple[int, int], text: int | None) -> Tensor:
        """A prompt's codes (Q,) int64: of the text numbered `text`, or of the crop of sound nearest to the window."""
        row, start = place
        if text is not None:
            codes = self.captions[row // 2, row % 2, text % self.header.texts]
        else:
            window = min(round(start / self.header.window_tokens), self.header.windows - 1)
            codes = self.codes[row // 2, row % 2, window]
        return torch.from_numpy(codes.astype(np.int64))
