"""The tokenizer's recipe: wav2vec 2.0's contrastive objective on our audio, then k-means on one layer.

transformers' `Wav2Vec2ConformerForPreTraining` wraps the network of `engine.models.tokens` in a Gumbel quantiser and
projections: at masked frames the network must tell the frame's own quantised features from those of other masked frames
of the same crop (Baevski et al. 2020). A small network with little time begins to contrast late; `describe` adds a loss
that teaches from the first step on: the clustered layer tells each frame's notes, colour and onsets (`descriptors`),
masked ones from their neighbours. With a readout, what it tells is what is clustered, and a front whose filters are
tuned to semitones to begin with hears notes at once. The centres are fitted afterwards, on features of many crops;
validation fits its own, on fewer.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import Wav2Vec2ConformerConfig, Wav2Vec2ConformerForPreTraining
from transformers.modeling_outputs import Wav2Vec2BaseModelOutput

from engine.models import token_guidance
from engine.models.conformer import Conformer
from engine.models.tokens import SemanticTokenizer, TokenizerConfig, kmeans, ssl_config
from engine.train import descriptors, probes
from engine.train.data import SoundPool
from engine.train.loop import Batch, Metrics, Phase, Training, step_seed


@dataclass(frozen=True, slots=True)
class SslLosses:
    """The objective's numbers, and how the centres are fitted."""

    seconds: float = 10.0  # of a crop
    masked: float = 0.5  # share of the frames, about
    span: int = 5  # frames masked together: 0.2 s
    negatives: int = 50
    codes: int = 320  # a group of the target quantiser
    groups: int = 2
    code_width: int = 256
    diversity: float = 0.1
    temperature: float = 0.1  # of the contrast
    describe: float = 0.0  # weight of the descriptors told from the clustered layer
    tuned: bool = False  # a front whose first layer is a bank of filters
    gumbel_start: float = 2.0
    gumbel_end: float = 0.5
    gumbel_decay: float = 0.9998  # a step
    points: int = 200_000  # features that the centres are fitted to
    rounds: int = 50
    validation_points: int = 20_000
    validation_crops: int = 160


LOSSES: dict[str, SslLosses] = {
    "paper": SslLosses(),
    "starter": SslLosses(
        seconds=5.0,
        masked=0.3,
        codes=128,
        code_width=128,
        negatives=40,
        gumbel_decay=0.9995,
        describe=50.0,
        tuned=True,
        points=100_000,
        rounds=30,
    ),
    "tiny": SslLosses(
        seconds=2.0,
        describe=5.0,
        negatives=8,
        codes=16,
        code_width=16,
        gumbel_decay=0.98,
        points=1500,
        rounds=8,
        validation_points=600,
        validation_crops=6,
    ),
}
TRAINING: dict[str, Training] = {
    "paper": Training(steps=400_000, batch=32, lr=5e-4, warmup=32_000, precision="bf16"),
    "starter": Training(steps=20_000, batch=16, lr=1e-3, warmup=500),
    "tiny": Training(steps=60, batch=4, lr=3e-3, warmup=10, validate_steps=30, report_steps=10),
}


def _pretraining_config(config: TokenizerConfig, losses: SslLosses) -> Wav2Vec2ConformerConfig:
    """What transformers' quantiser and projections are sized by; its own network is replaced, and is kept small."""
    return Wav2Vec2ConformerConfig(
        hidden_size=config.hidden,
        num_hidden_layers=0,
        num_attention_heads=config.heads,
        conv_dim=[config.front_width] * len(config.strides),
        conv_stride=list(config.strides),
        conv_kernel=list(config.kernels),
        num_conv_pos_embeddings=config.position_kernel,
        num_conv_pos_embedding_groups=config.position_groups,
        num_codevector_groups=losses.groups,
        num_codevectors_per_group=losses.codes,
        codevector_dim=losses.code_width,
        proj_codevector_dim=losses.code_width,
        num_negatives=losses.negatives,
        diversity_loss_weight=losses.diversity,
        contrastive_logits_temperature=losses.temperature,
        feat_quantizer_dropout=0.0,
        final_dropout=0.0,
    )


class _Pretrained(Conformer):
    """The network as transformers' pre-training calls it."""

    def forward(
        self, wave: Tensor, mask_time_indices: Tensor | None = None, **_unused: object
    ) -> Wav2Vec2BaseModelOutput:
        """(B, T_wav) → the last state, the front's frames and all states (see `Conformer.states`)."""
        states, frames = self.states(wave, mask_time_indices)
        return Wav2Vec2BaseModelOutput(last_hidden_state=states[-1], extract_features=frames, hidden_states=states)


class SslRecipe:
    """Trains the network of a `SemanticTokenizer`."""

    name = "ssl"
    part = "ssl"
    averaged: tuple[str, ...] = ("ssl",)

    def __init__(
        self, config: TokenizerConfig, losses: SslLosses, train: SoundPool, held_out: SoundPool, *, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.config, self.losses, self.seed = config, losses, seed
        self._train, self._held_out = train, held_out
        self._network = Wav2Vec2ConformerForPreTraining(_pretraining_config(config, losses))
        self._network.wav2vec2_conformer = _Pretrained(ssl_config(config))
        self._tokenizer = SemanticTokenizer(config)  # for its padding, its readout and its centres
        self._tokenizer.ssl = self._network.wav2vec2_conformer
        if losses.describe:
            self._network.readout = self._tokenizer.readout or nn.Linear(config.hidden, token_guidance.WIDTH)
        if losses.tuned:
            tune(self._network.wav2vec2_conformer.feature_extractor.conv_layers[0].conv, config.rate)
        self._network.train()
        self.modules: dict[str, nn.Module] = {"ssl": self._network}

    def phases(self) -> Sequence[Phase]:
        """One: the contrast."""
        return [Phase("ssl", ("ssl",), self._contrast)]

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Crops, the frames masked in them, and the distractors of each."""
        stride_samples = self.config.stride
        frames = round(self.losses.seconds * self.config.rate / stride_samples) * stride_samples
        index = first
        while True:
            wave = self._train.waves(seed, index, size, frames).mean(1)  # (B, T_wav)
            generator = torch.Generator().manual_seed(step_seed(seed, index, 1))
            mask = span_mask(size, frames // stride_samples, self.losses.masked, self.losses.span, generator)
            distractors = distractors_of(mask, self.losses.negatives, generator)
            yield {"wave": wave, "mask": mask, "distractors": distractors, "step": index // stride}
            index += stride

    def _contrast(self, batch: Batch) -> tuple[Tensor, Metrics]:
        losses = self.losses
        temperature = max(losses.gumbel_start * losses.gumbel_decay ** batch["step"], losses.gumbel_end)
        self._network.set_gumbel_temperature(temperature)
        output = self.modules["ssl"](
            self._tokenizer.padded(batch["wave"]),
            mask_time_indices=batch["mask"],
            sampled_negative_indices=batch["distractors"],
            output_hidden_states=losses.describe > 0,
        )
        count = batch["mask"].sum()
        total = output.loss / count
        figures = {
            "contrast": float(output.contrastive_loss.detach() / count),
            "code_perplexity": float(output.codevector_perplexity.detach()),
        }
        if losses.describe:
            readout = self._network.readout(output.hidden_states[self.config.layer]).float()  # (B, T_ST, WIDTH)
            goals = descriptors.descriptors(batch["wave"], self.config.stride, self.config.rate)
            distance = F.mse_loss(readout, goals)
            total, figures["describe"] = total + losses.describe * distance, float(distance.detach())
        return total, figures

    def validate(self, folder: Path, step: int) -> Metrics:
        """The contrast on held-out sound, the tokens' perplexity, and what linear probes read from them."""
        del folder, step
        losses, device = self.losses, self._network.device
        frames = round(losses.seconds * self.config.rate / self.config.stride) * self.config.stride
        figures = self._held_out_contrast(frames)
        tokenizer = self._tokenizer.to(device).eval()
        self._fit(losses.validation_points, min(losses.rounds, 15))
        trained = _tokens(tokenizer, self._train, losses.validation_crops)
        held_out = _tokens(tokenizer, self._held_out, losses.validation_crops)
        vocabulary = self.config.vocabulary
        figures["perplexity"] = probes.perplexity(held_out, vocabulary)
        figures["perplexity_share"] = figures["perplexity"] / vocabulary
        rate = self.config.token_rate
        figures |= probes.families(trained, self._train.truth, held_out, self._held_out.truth, vocabulary, rate)
        figures |= probes.beats(trained, self._train.truth, held_out, self._held_out.truth, vocabulary, rate)
        self._network.train()
        return figures

    def _held_out_contrast(self, frames: int) -> Metrics:
        wave, _ = self._held_out.held_out(min(32, self.losses.validation_crops), frames)
        generator = torch.Generator().manual_seed(0)
        mask = span_mask(len(wave), frames // self.config.stride, self.losses.masked, self.losses.span, generator)
        distractors = distractors_of(mask, self.losses.negatives, generator)
        total, count, device = 0.0, 0, self._network.device
        tokens = frames // self.config.stride
        for i in range(0, len(wave), 8):
            rows = mask[i : i + 8]
            output = self._network(
                self._tokenizer.padded(wave[i : i + 8].mean(1).to(device)),
                mask_time_indices=rows.to(device),
                sampled_negative_indices=(distractors[i : i + 8] - i * tokens).to(device),
            )
            total, count = total + float(output.contrastive_loss), count + int(rows.sum())
        return {"contrast": total / count}

    def _fit(self, points: int, rounds: int) -> None:
        """Centres on features of `points` frames of training sound, drawn by the seed."""
        tokenizer, train = self._tokenizer, self._train
        frames = train.header.frames // self.config.stride * self.config.stride
        each = frames // self.config.stride
        crops = min(len(train), max(1, math.ceil(4 * points / each)))
        drawn = []
        generator = torch.Generator().manual_seed(self.seed)
        for excerpt in torch.randperm(len(train), generator=generator)[:crops].tolist():
            wave = train.cut([(excerpt, 0)], frames).mean(1).to(self._network.device)
            features = tokenizer.features(wave)[0].float()  # (T_ST, H)
            take = torch.randperm(each, generator=generator)[: math.ceil(points / crops)]
            drawn.append(features[take.to(features.device)])
        tokenizer.centres.copy_(kmeans(torch.cat(drawn), self.config.vocabulary, rounds=rounds, seed=self.seed))

    def start_from(self, part: nn.Module) -> None:
        """The network, the readout and the centres; what only training needs begins anew."""
        self._tokenizer.load_state_dict(part.state_dict())

    @torch.no_grad()
    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The tokenizer with these weights and centres fitted to many features."""
        self._network.load_state_dict(dict(averages["ssl"]))
        self._tokenizer.eval()
        self._fit(self.losses.points, self.losses.rounds)
        return self._tokenizer


@torch.no_grad()
def tune(first: nn.Conv1d, rate: int, low: float = 65.4) -> None:
    """Makes the first layer's filters windowed sines and cosines, and lets them stay so.

    Five in six lie on semitones from `low` Hz up, the rest on wide bands above, as hearing has it; steps of the size
    that the other layers learn with would undo them. Their gain is such that music comes out of them near the size
    below which the layer norm leaves level alone.
    """
    count, _, size = first.weight.shape
    pairs = count // 2
    notes = pairs * 5 // 6
    top = low * 2 ** (notes / 12)
    bands = top * (0.45 * rate / top) ** (torch.arange(pairs - notes) / max(pairs - notes - 1, 1))
    pitches = torch.cat((low * 2 ** (torch.arange(notes) / 12), bands))[:, None]  # (pairs, 1)
    time = torch.arange(size) - (size - 1) / 2
    cycles = torch.where(torch.arange(pairs) < notes, 34.0, 12.0)[:, None]
    length = (cycles * rate / pitches).clamp(max=size)  # samples of each window
    window = torch.where(time.abs() < length / 2, torch.cos(torch.pi * time / length).square(), 0.0)
    window = 0.3 * window / window.sum(-1, keepdim=True)
    turns = 2 * torch.pi * pitches * time / rate
    filters = torch.stack((window * turns.cos(), window * turns.sin()), dim=1).flatten(0, 1)  # (2 · pairs, size)
    first.weight[: 2 * pairs, 0] = filters
    first.weight.requires_grad_(False)


def span_mask(size: int, frames: int, share: float, span: int, generator: torch.Generator) -> Tensor:
    """(size, frames) bool: spans at random places that cover about `share` of the frames, at least two frames each."""
    # a frame stays free if none of `span` starts hits it
    chance = 1 - (1 - share) ** (1 / span)
    starts = torch.rand(size, frames, generator=generator) < chance
    forced = torch.randint(max(frames - span, 1), (size, 1), generator=generator)
    starts.scatter_(1, forced, True)
    mask = starts.clone()
    for shift in range(1, max(span, 2)):
        mask[:, shift:] |= starts[:, : frames - shift]
    return mask


def distractors_of(mask: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Indices into the flattened (B · T) frames of `count` other masked frames of the same crop: (B, T, count).

    Frames that are not masked get some too; the loss leaves them out.
    """
    size, frames = mask.shape
    table = torch.zeros(size, frames, count, dtype=torch.int64)
    for row in range(size):
        masked = mask[row].nonzero()[:, 0]  # (m,)
        others = torch.randint(max(len(masked) - 1, 1), (len(masked), count), generator=generator)
        others += others >= torch.arange(len(masked))[:, None]  # never itself
        table[row, masked] = masked[others.clamp(max=len(masked) - 1)]
    return table + frames * torch.arange(size)[:, None, None]


def _tokens(tokenizer: SemanticTokenizer, pool: SoundPool, count: int) -> Tensor:
    """Tokens of the first excerpts, whole: (n, T_ST) on the CPU."""
    device = tokenizer.centres.device
    rows = [
        tokenizer(pool.cut([(excerpt, 0)], pool.header.frames).mean(1).to(device)).cpu()
        for excerpt in range(min(count, len(pool)))
    ]
    return torch.cat(rows)
