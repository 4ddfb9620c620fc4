"""The joint embedding of music and text (after MuLan, Huang et al. 2022) and its residual quantiser.

A music tower (an Audio Spectrogram Transformer over a log-mel of 10 s) and a text tower (a BERT encoder) map
into one space of unit vectors, trained with a symmetric contrastive loss. Twelve residual codebooks turn a vector into
the prompt's 12 tokens.

Text needs no vocabulary file: a word's vector is the mean over the hashed buckets of the word and of its 3- to 5-letter
pieces (as in fastText), so that words never seen in training still share pieces with known ones.

In the file: `JointEmbeddingConfig` and presets, `words`, `mel_filters`, `MusicTower`, `TextTower`, `JointEmbedding`,
`ResidualQuantiser`. `paper` is AST base and BERT base with 30 522 buckets: 195.3 M (stated 195.3 M).
"""

import math
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.bert import Bert, BertConfig
from engine.models.spectrogram_transformer import SpectrogramTransformer, SpectrogramTransformerConfig
from engine.models.tokens import kmeans


@dataclass(frozen=True)
class JointEmbeddingConfig:
    """Sizes of both towers and the quantiser."""

    rate: int = 24000
    seconds: float = 10.0
    fft: int = 1024
    hop: int = 240
    mels: int = 128
    patch: int = 16
    patch_stride: int = 10
    music_hidden: int = 768
    music_layers: int = 12
    music_heads: int = 12
    buckets: int = 30522
    words: int = 64  # longest text; what follows is cut off, and said
    text_hidden: int = 768
    text_layers: int = 12
    text_heads: int = 12
    width: int = 128  # of the joint space
    codebooks: int = 12
    codes: int = 1024

    @property
    def mel_frames(self) -> int:
        """Spectrogram frames of a crop."""
        return round(self.seconds * self.rate / self.hop)


PRESETS: dict[str, JointEmbeddingConfig] = {
    "paper": JointEmbeddingConfig(),
    "starter": JointEmbeddingConfig(
        hop=480,
        mels=64,
        patch_stride=16,
        music_hidden=144,
        music_layers=3,
        music_heads=4,
        buckets=4096,
        text_hidden=128,
        text_layers=2,
        text_heads=4,
        width=64,
        codes=256,
    ),
    "tiny": JointEmbeddingConfig(
        hop=960,
        mels=32,
        patch_stride=16,
        music_hidden=16,
        music_layers=1,
        music_heads=2,
        buckets=64,
        text_hidden=16,
        text_layers=1,
        text_heads=2,
        width=16,
        codes=8,
        seconds=4.0,
    ),
}

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*[#♯♭]?", re.UNICODE)  # F# is not F
_PIECES = 24  # of one word


def words(text: str) -> list[str]:
    """The words of a text, lower-case."""
    return _WORD.findall(text.lower())


def pieces(word: str, buckets: int) -> list[int]:
    """Buckets 1 … n−1 of a word and of its 3- to 5-letter pieces with the word's ends marked; bucket 0 pads."""
    marked = f"<{word}>"
    grams = [marked] + [marked[i : i + n] for n in (3, 4, 5) for i in range(len(marked) - n + 1)]
    return [1 + zlib.crc32(gram.encode()) % (buckets - 1) for gram in dict.fromkeys(grams)][:_PIECES]


def mel_filters(rate: int, fft: int, mels: int) -> Tensor:
    """Triangles on the HTK mel scale from 0 to rate / 2, each of peak 1: (fft / 2 + 1, mels)."""

    def mel(hertz: float) -> float:
        return 2595 * math.log10(1 + hertz / 700)

    edges = 700 * (10 ** (torch.linspace(0, mel(rate / 2), mels + 2, dtype=torch.float64) / 2595) - 1)
    bins = torch.linspace(0, rate / 2, fft // 2 + 1, dtype=torch.float64)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return torch.minimum(rising, falling).clamp(min=0).float()


class MusicTower(nn.Module):
    """Mono sound (B, T_wav) → (B, E), not yet of unit length."""

    filters: Tensor
    window: Tensor

    def __init__(self, config: JointEmbeddingConfig) -> None:
        super().__init__()
        self.config = config
        self.ast = SpectrogramTransformer(
            SpectrogramTransformerConfig(
                mels=config.mels,
                frames=config.mel_frames,
                patch=config.patch,
                stride=config.patch_stride,
                hidden=config.music_hidden,
                layers=config.music_layers,
                heads=config.music_heads,
                feed_forward=4 * config.music_hidden,
            )
        )
        self.project = nn.Linear(config.music_hidden, config.width)
        self.register_buffer("filters", mel_filters(config.rate, config.fft, config.mels), persistent=False)
        self.register_buffer("window", torch.hann_window(config.fft), persistent=False)

    def spectrogram(self, wave: Tensor) -> Tensor:
        """Log-mel of (B, T_wav), cut or padded with silence to the crop: (B, N, mels), near zero mean, unit spread."""
        config = self.config
        samples = config.mel_frames * config.hop
        wave = F.pad(wave.float(), (0, max(samples - wave.shape[-1], 0)))[..., :samples]
        edge = (config.fft - config.hop) // 2
        padded = F.pad(wave, (edge, config.fft - config.hop - edge))
        power = torch.stft(
            padded, config.fft, config.hop, window=self.window.float(), center=False, return_complex=True
        ).abs()  # (B, fft/2 + 1, N)
        mel = power.square().transpose(1, 2) @ self.filters.float()  # (B, N, mels)
        return ((mel + 1e-5).log() + 4.0) / 6.0

    def forward(self, wave: Tensor) -> Tensor:
        """(B, T_wav) → (B, E)."""
        mel = self.spectrogram(wave).to(self.project.weight.dtype)
        projected: Tensor = self.project(self.ast(mel))
        return projected


class TextTower(nn.Module):
    """Texts → (B, E), not yet of unit length."""

    def __init__(self, config: JointEmbeddingConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.buckets, config.text_hidden, padding_idx=0)
        self.start = nn.Parameter(torch.randn(config.text_hidden) * 0.02)
        self.bert = Bert(
            BertConfig(
                hidden=config.text_hidden,
                layers=config.text_layers,
                heads=config.text_heads,
                feed_forward=4 * config.text_hidden,
                longest=config.words + 1 if config.words > 64 else 512,
            )
        )
        self.project = nn.Linear(config.text_hidden, config.width)

    def buckets(self, texts: Sequence[str]) -> Tensor:
        """The buckets of each word of each text, 0 where there is none: (B, W, P) int64."""
        lists = [[pieces(word, self.config.buckets) for word in words(text)[: self.config.words]] for text in texts]
        table = torch.zeros(len(texts), max(1, *(len(text) for text in lists)), _PIECES, dtype=torch.int64)
        for i, text in enumerate(lists):
            for j, word in enumerate(text):
                table[i, j, : len(word)] = torch.tensor(word)
        return table

    def forward(self, texts: Sequence[str]) -> Tensor:
        """B texts → (B, E); a text without words is embedded by what every text starts with."""
        table = self.buckets(texts).to(self.start.device)  # (B, W, P)
        present = table > 0
        vectors = self.embedding(table).sum(dim=2) / present.sum(dim=2, keepdim=True).clamp(min=1)  # (B, W, H)
        start = self.start.expand(len(texts), 1, -1)
        mask = torch.cat((present.new_ones(len(texts), 1), present.any(dim=2)), dim=1)  # (B, 1 + W)
        states = self.bert(torch.cat((start, vectors), dim=1), mask)  # (B, 1 + W, H)
        weights = mask[..., None].to(vectors.dtype)
        pooled = (states * weights).sum(dim=1) / weights.sum(dim=1)  # (B, H)
        projected: Tensor = self.project(pooled)
        return projected


class ResidualQuantiser(nn.Module):
    """A vector as one code from each of Q codebooks, each quantising what the ones before it left over."""

    codebooks: Tensor  # (Q, codes, E)

    def __init__(self, books: int, codes: int, width: int) -> None:
        super().__init__()
        self.register_buffer("codebooks", torch.randn(books, codes, width) * width**-0.5)

    @torch.no_grad()
    def fit(self, vectors: Tensor, *, rounds: int = 30, seed: int = 0) -> None:
        """Sets every codebook by k-means on the residuals of vectors (n, E)."""
        residual = vectors.float()
        for q in range(len(self.codebooks)):
            centres = kmeans(residual, self.codebooks.shape[1], rounds=rounds, seed=seed + q)
            self.codebooks[q] = centres
            residual = residual - centres[torch.cdist(residual, centres).argmin(dim=1)]

    @torch.no_grad()
    def restart_dead(self, vectors: Tensor, used: Tensor, *, seed: int = 0) -> int:
        """Moves codes never `used` (Q, codes) onto random residuals of vectors (n, E); returns how many."""
        generator = torch.Generator().manual_seed(seed)
        residual, moved = vectors.float(), 0
        for q in range(len(self.codebooks)):
            dead = (used[q] == 0).nonzero()[:, 0]
            chosen = torch.randint(len(residual), (len(dead),), generator=generator).to(residual.device)
            self.codebooks[q, dead] = residual[chosen].to(self.codebooks.dtype)
            moved += len(dead)
            book = self.codebooks[q].float()
            residual = residual - book[torch.cdist(residual, book).argmin(dim=1)]
        return moved

    def codes(self, vectors: Tensor) -> Tensor:
        """(B, E) → (B, Q)."""
        residual, codes = vectors.float(), []
        for book in self.codebooks.float():
            codes.append(torch.cdist(residual, book).argmin(dim=1))  # (B,)
            residual = residual - book[codes[-1]]
        return torch.stack(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        """(B, q) codes of the first q codebooks → (B, E)."""
        return sum((book[codes[:, q]] for q, book in enumerate(self.codebooks[: codes.shape[1]])), torch.zeros(()))

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """For training: the quantised vectors with a straight-through gradient (B, E), and the codes (B, Q)."""
        codes = self.codes(vectors)
        quantised = self.decode(codes)
        return vectors + (quantised - vectors).detach(), codes


class JointEmbedding(nn.Module):
    """Both towers, the quantiser and the learned temperature of the contrastive loss."""

    def __init__(self, config: JointEmbeddingConfig) -> None:
        super().__init__()
        self.config = config
        self.music, self.text = MusicTower(config), TextTower(config)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        self.quantiser = ResidualQuantiser(config.codebooks, config.codes, config.width)

    def embed_music(self, wave: Tensor, ear: Callable[[Tensor, Tensor], Tensor] | None = None) -> Tensor:
        """Unit vectors of mono sound (B, T_wav), moved by what an `ear` hears where there is one: (B, E) float32."""
        vectors = F.normalize(self.music(wave).float(), dim=-1)
        return vectors if ear is None else ear(wave, vectors)

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors of texts: (B, E) float32."""
        return F.normalize(self.text(texts).float(), dim=-1)

    def forward(self, wave: Tensor, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        """For training: unit vectors of B pairs, and their scaled similarities (B, B), music by text."""
        music, text = self.embed_music(wave), self.embed_text(texts)
        return music, text, self.log_scale.clamp(max=math.log(100)).exp() * music @ text.T
