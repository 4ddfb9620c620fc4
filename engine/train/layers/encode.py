"""Mixes, parts and what sounds beside them as latents and tokens: what the language model and the diffusion train on.

A folder holds, for each of n excerpts, `latents.f16` (n, 3, L, D) and `tokens.u16` (n, 3, T) of mix, target and
context, `codes.u16` (n, 2, W, Q) of W crops of mix and target by the joint embedding, `captions.u16` (n, 2, K, Q) of K
texts, and `encoded.json`. To the recipes an excerpt is two rows: its mix, beside which nothing sounds, and its target.
"""

import json
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.models import system
from engine.models.contextual import Silence
from engine.models.joint_embedding import JointEmbedding
from engine.models.layers.vae import LayersVae
from engine.models.stream_tokens import StreamTokenizer
from engine.models.system import MelodyConfig
from engine.models.tokens import kmeans
from engine.train.data import Report, SoundPool
from engine.train.encode import FORMAT, HEADER, TEXTS, Encoded, EncodedHeader, read_header
from engine.train.layers.excerpts import MIX, TARGET
from engine.train.loop import step_seed
from engine.train.mulan import text_of

_TYPES = {"latents": "<f2", "tokens": "<u2", "codes": "<u2", "captions": "<u2"}
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


def shapes(header: EncodedHeader) -> dict[str, tuple[int, ...]]:
    """Shape of each file's part of an excerpt."""
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
    found: list[tuple[Tensor, Tensor]] = []
    for excerpt in range(min(len(pool), most)):
        wave = pool.cut([(excerpt, 0)], pool.header.frames)
        mono = (wave[:, MIX] if excerpt % 2 else wave[:, TARGET]).mean(1).to(device)
        content, beginnings = tokenizer.features(mono)
        found.append((content[0].cpu(), beginnings[0].cpu()))
    half = tokenizer.config.vocabulary // 2
    generator = torch.Generator().manual_seed(seed)
    for name, rows in (("content", [a for a, _ in found]), ("beginnings", [b for _, b in found])):
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
    try:
        place.mkdir(parents=True, exist_ok=True)
        done = _begin(place, header)
        files = {name: (place / _file(name)).open("ab") for name in _TYPES}
        try:
            for first in range(done, len(pool), batch):
                last = min(first + batch, len(pool))
                for name, values in _excerpts(pool, header, modules, config, first, last, device).items():
                    files[name].write(values.float().cpu().numpy().astype(_TYPES[name]).tobytes())
                for file in files.values():
                    file.flush()
                report(last / len(pool), f"{header.split}: encoded {last} of {len(pool)} excerpts")
        finally:
            for file in files.values():
                file.close()
    except OSError as error:
        raise ModelError(f"The encoded sound {place} cannot be written: {error.strerror or error}.") from error
    return EncodedLayers(place)


@torch.no_grad()
def _excerpts(
    pool: SoundPool,
    header: EncodedHeader,
    modules: nn.ModuleDict,
    config: MelodyConfig,
    first: int,
    last: int,
    device: str,
) -> dict[str, Tensor]:
    vae, ssl, mulan = modules["vae"], modules["ssl"], modules["mulan"]
    assert isinstance(vae, LayersVae)
    assert isinstance(ssl, StreamTokenizer)
    assert isinstance(mulan, JointEmbedding)
    count = last - first
    wave = pool.cut([(excerpt, 0) for excerpt in range(first, last)], header.tokens * config.ssl.stride).to(device)
    sounds = _sounds(wave).flatten(0, 1)  # (3 n, 2, T)
    noise = torch.stack([_noise(header, excerpt) for excerpt in range(first, last)]).flatten(0, 1).to(device)
    latents, mono = vae.encode(sounds, noise), sounds.mean(1)
    tokens = ssl(mono)
    low = _lower_rate(mono.view(count, 3, -1)[:, :2].flatten(0, 1), config.vae.rate // config.mulan.rate)
    crop = round(mulan.config.seconds * mulan.config.rate)
    step = round(header.window_tokens / config.ssl.token_rate * mulan.config.rate)
    ear = system.tempo_key_head_of(modules)
    heard = [low[:, step * w : step * w + crop] for w in range(header.windows)]
    codes = torch.stack([mulan.quantiser.codes(mulan.embed_music(part, ear)) for part in heard], 1)
    texts = [texts_of(pool.truth[excerpt], excerpt) for excerpt in range(first, last)]
    captions = [mulan.quantiser.codes(mulan.embed_text(each)) for both in texts for each in both]
    return {
        "latents": latents.view(count, 3, header.frames, -1),
        "tokens": tokens.view(count, 3, header.tokens),
        "codes": codes.view(count, 2, header.windows, -1),
        "captions": torch.stack(captions).view(count, 2, header.texts, -1),
    }


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


def _file(name: str) -> str:
    return f"{name}.f16" if _TYPES[name] == "<f2" else f"{name}.u16"


def _whole(place: Path, header: EncodedHeader) -> int:
    sizes = shapes(header)
    paths = {name: place / _file(name) for name in _TYPES}
    if not all(path.exists() for path in paths.values()):
        return 0
    return int(min(path.stat().st_size // (2 * int(np.prod(sizes[name]))) for name, path in paths.items()))


def _begin(place: Path, header: EncodedHeader) -> int:
    path = place / HEADER
    if not path.exists():
        with replacing(path) as part:
            part.write_text(json.dumps({"format": FORMAT, **asdict(header)}, indent=1), encoding="utf-8")
    if read_header(place) != header:
        raise ModelError(f"{place} was encoded by other weights or from another pool: remove it, or name another.")
    whole, sizes = _whole(place, header), shapes(header)
    for name in _TYPES:
        with (place / _file(name)).open("ab") as file:
            file.truncate(whole * 2 * int(np.prod(sizes[name])))
    return whole


class EncodedLayers(Encoded):
    """A split of it, mapped from disk; row 2 i is the mix of excerpt i, row 2 i + 1 its target."""

    def __init__(self, place: Path) -> None:
        """Raises `ModelError` when there is none, or it is empty."""
        self.place, self.header = place, read_header(place)
        count = _whole(place, self.header)
        if count == 0:
            raise ModelError(f"{place} holds no encoded excerpt: encode again.")
        for name, shape in shapes(self.header).items():
            mapped = np.memmap(place / _file(name), np.dtype(_TYPES[name]), "r", shape=(count, *shape))
            setattr(self, name, mapped)

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

    def heard_tokens(self, places: list[tuple[int, int]], length: int, heard: list[bool]) -> Tensor:
        """Ids of what sounds beside windows (n, length): the context of targets where `heard`, else why nothing does.

        After an excerpt's end nothing is heard.
        """
        vocabulary = self.header.vocabulary
        ids = torch.full((len(places), length), vocabulary + Silence.NONE)
        for number, ((row, start), listens) in enumerate(zip(places, heard, strict=True)):
            if row % 2 and not listens:
                ids[number] = vocabulary + Silence.ALONE
            elif row % 2:
                there: NDArray[np.uint16] = self.tokens[row // 2, 2, start : start + length]
                ids[number, : len(there)] = torch.from_numpy(there.astype(np.int64))
        return ids

    def heard_latents(self, places: list[tuple[int, int]], length: int, heard: list[bool]) -> Tensor:
        """What a diffusion sees beside its latents: (n, L, D + 2), see `contextual.beside`."""
        context = self._latents([(row // 2, 2, start) for row, start in places], length)
        flags = torch.zeros(*context.shape[:2], len(Silence))
        for number, ((row, _), listens) in enumerate(zip(places, heard, strict=True)):
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
