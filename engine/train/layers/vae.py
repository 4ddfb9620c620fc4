"""The recipe of the decoder in layers: it learns the layers' parameters; no sound is synthesised in training.

Targets are closed-form analyses of mix and drums (`engine.models.layers.analysis`), so nothing depends on phases and
each layer's error is seen by itself. What a batch holds is sound, analysed where the network is, or, where a CPU would
spend most of its time on that, features that `features` stored before.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.models.layers.analysis import INPUTS, OSCILLATORS, QUIET, TARGETS, encoder_input, powers_of, targets
from engine.models.layers.bands import FRAME, LATENT, RATE, SILENT, to_mid_side
from engine.models.layers.vae import Layers, LayersConfig, LayersVae, unpacked
from engine.train.data import Report, SoundPool
from engine.train.layers.bank import REACH, Bank, portraits
from engine.train.layers.excerpts import DRUMS, MIX, TARGET
from engine.train.layers.strokes import Clusters, StrokeTargets, clusters, stroke_targets
from engine.train.loop import Batch, Metrics, Phase, Training, step_seed

SOURCES = 3
"""What of an excerpt is coded: the mix, the target, or the mix less the target."""
FEATURES = "features.f16"
_LOUDNESS = ((2, (1, 1)), (1, (2, 4)), (1, (10, 1)), (2, (2, 96)))  # weights; steps and channels that are pooled
_STATISTICS = 8  # batches from which scales and means follow


@dataclass(frozen=True, slots=True)
class LayersLosses:
    """Weights of the losses, and what a batch holds."""

    seconds: float = 2.0  # of a crop
    whole: float = 0.5  # share of mixes; the rest are targets and contexts
    amplitude: float = 1.0
    pooled: float = 0.5
    loudness: float = 0.3
    width: float = 0.8
    cents: float = 0.5
    pan: float = 0.3
    bands: float = 0.7
    envelopes: float = 0.5
    strokes: float = 100.0
    gains: float = 0.3
    places: float = 0.2
    sides: float = 0.1
    kl: float = 1e-3
    validation: int = 24  # crops


LOSSES: dict[str, LayersLosses] = {
    "layers": LayersLosses(),
    "studio": LayersLosses(seconds=4.0),
    "layers-tiny": LayersLosses(seconds=0.4, validation=2),
}
TRAINING: dict[str, Training] = {
    "layers": Training(steps=6000, batch=16, lr=2e-3, warmup=50, precision="bf16", ema=0.998, validate_steps=500),
    "studio": Training(steps=4000, batch=64, lr=2e-3, warmup=100, precision="bf16", ema=0.998, validate_steps=1000),
    "layers-tiny": Training(
        steps=40, batch=4, lr=5e-3, warmup=5, ema=0.9, validate_steps=20, report_steps=10, save_minutes=1.0
    ),
}


class Excerpts:
    """A pool's excerpts with their strokes as clusters. It may grow while it is read: `upto` opens what is new.

    Where features are stored there are as many excerpts as have them.
    """

    def __init__(self, place: Path, bank: Bank) -> None:
        self._place, self._bank = place, bank
        self.pool = SoundPool(place)
        self._clusters: list[Clusters] = []
        self._features: NDArray[np.float16] | None = None
        self._extend()

    def __len__(self) -> int:
        return len(self.pool) if self._features is None else min(len(self.pool), len(self._features))

    def _extend(self) -> None:
        for truth in self.pool.truth[len(self._clusters) :]:
            self._clusters.append(clusters(truth["strokes"], self._bank))
        path, frames = self._place / FEATURES, self.pool.header.frames // FRAME
        size = path.stat().st_size // (2 * frames * (INPUTS + TARGETS)) if path.exists() else 0
        shape = (size, frames, INPUTS + TARGETS)
        self._features = np.memmap(path, np.float16, "r", shape=shape) if size else None

    def upto(self, wanted: int) -> bool:
        """Whether there are so many excerpts by now."""
        if len(self) < wanted:
            self.pool = SoundPool(self._place)
            self._extend()
        return len(self) >= wanted

    def source(self, excerpt: int) -> int:
        """What of an excerpt features are of: 0 the mix, 1 the target, 2 the context."""
        return (0, 1, 0, 2)[excerpt % 4]

    def batch(self, places: Sequence[tuple[int, int]], sources: Sequence[int], frames: int) -> Batch:
        """Crops of `frames` samples that begin at whole latents."""
        longer = frames + REACH
        rows, at, members = [], [], []
        for row, (excerpt, start) in enumerate(places):
            inside = self._clusters[excerpt].between(start, start + frames)
            at.append(inside.at)
            members.append(inside.members)
            rows.append(np.full(len(inside.at), row, np.int64))
        has = [s == 0 or self.pool.truth[e]["target"]["drums"] == (s == 1) for (e, _), s in
               zip(places, sources, strict=True)]  # fmt: skip
        batch: dict[str, Tensor] = {
            "row": torch.from_numpy(np.concatenate(rows)),
            "at": torch.from_numpy(np.concatenate(at)),
            "members": torch.from_numpy(np.concatenate(members)),
            "drummed": torch.tensor(has),
        }
        if self._features is None:
            batch["wave"] = self.pool.cut_raw(places, longer)  # a GPU scales it sooner
            batch["source"] = torch.tensor(sources)
        else:
            cuts = [self._features[e, s // FRAME : (s + frames) // FRAME] for e, s in places]
            batch["features"] = torch.from_numpy(np.stack(cuts))
            batch["drums"] = self.pool.cut(places, longer)[:, DRUMS]
        return batch

    def random(self, generator: torch.Generator, size: int, frames: int, among: int, whole: float) -> Batch:
        """A batch of crops of the first `among` excerpts."""
        excerpts = torch.randint(among, (size,), generator=generator).tolist()
        room = max(self.pool.header.frames - frames, 0) // LATENT
        starts = (LATENT * torch.randint(room + 1, (size,), generator=generator)).tolist()
        draws = torch.rand(size, generator=generator).tolist()
        sources = [0 if draw < whole else 1 + int(draw * 1000) % 2 for draw in draws]
        if self._features is not None:
            sources = [self.source(excerpt) for excerpt in excerpts]
        return self.batch(list(zip(excerpts, starts, strict=True)), sources, frames)


def chosen(wave: Tensor, source: Tensor, drummed: Tensor) -> tuple[Tensor, Tensor]:
    """Mid and side (B, 2, T) of what is coded and of its drums, from six channels, int16 or float."""
    if wave.dtype == torch.int16:
        wave = wave.float() / 32768
    mix, target = wave[:, MIX], wave[:, TARGET]
    which = source[:, None, None]
    sound = torch.where(which == 0, mix, torch.where(which == 1, target, mix - target))
    return to_mid_side(sound), to_mid_side(wave[:, DRUMS] * drummed[:, None, None])


def store_features(place: Path, report: Report = lambda share, text: None, upto: int | None = None) -> None:
    """Analyses the first `upto` excerpts of a split, all without it; goes on where it stopped."""
    pool = SoundPool(place)
    count = len(pool) if upto is None else min(upto, len(pool))
    excerpts = Excerpts(place, Bank(torch.zeros(0, 0), {}))
    width = pool.header.frames // FRAME * (INPUTS + TARGETS) * 2
    path = place / FEATURES
    done = path.stat().st_size // width if path.exists() else 0
    with path.open("ab") as file:
        file.truncate(done * width)
        for excerpt in range(done, count):
            wave = pool.cut([(excerpt, 0)], pool.header.frames)
            source = excerpts.source(excerpt)
            drummed = source == 0 or pool.truth[excerpt]["target"]["drums"] == (source == 1)
            sound, drums = chosen(wave, torch.tensor([source]), torch.tensor([drummed]))
            values = torch.cat((encoder_input(sound), targets(sound, drums)), -1)
            file.write(values.half().numpy().tobytes())
            file.flush()
            report((excerpt + 1) / count, f"analysed {excerpt + 1} of {count} excerpts")


def _log_pooled(p: Tensor, steps: int, channels: int) -> Tensor:
    return (F.avg_pool2d(p[:, None], (steps, channels), (steps, channels)) + SILENT).log() / 2


def _apart(p: Tensor, q: Tensor, sizes: Sequence[tuple[int, int]]) -> Tensor:
    """L1 of log powers pooled over steps and channels, the mean over `sizes`."""
    return torch.stack([(_log_pooled(p, *size) - _log_pooled(q, *size)).abs().mean() for size in sizes]).mean()


def _loudness(p: Tensor, q: Tensor, steps: int, channels: int) -> Tensor:
    """|p^¼ − q^¼| over the mean of the latter: what is loud matters most."""
    u, v = (F.avg_pool2d(z[:, None], (steps, channels), (steps, channels)).add(1e-9).pow(0.25) for z in (p, q))
    return (u - v).abs().mean() / v.mean().clamp_min(1e-4)


def layer_losses(output: Layers, true: Tensor, strokes: StrokeTargets) -> dict[str, Tensor]:
    """Distances of what is said from the targets (B, n, TARGETS), not weighted yet."""
    amp, cents, pan, everything, noise = unpacked(true)
    batch, slots = amp.shape[:2]
    over = (amp - math.log(QUIET)).clamp_min(0)
    weight = over.reshape(batch, slots // 2, 2, OSCILLATORS).amax(2) ** 2 + 1e-6
    p, q = ((2 * a.clamp(max=1)).exp() for a in (output.amp, amp))
    sides = [each.reshape(batch, slots // 2, 2, OSCILLATORS).mean(2) * w**2 for each, w in
             ((p, output.pan), (q, pan))]  # fmt: skip
    envelopes = []
    for ours, theirs in ((output.everything, everything), (output.noise, noise)):
        for one, other, sizes in zip(powers_of(ours), powers_of(theirs), (((5, 1), (20, 1)), ((1, 2), (4, 1))),
                                     strict=True):  # fmt: skip
            envelopes.append(_apart(one.flatten(0, 1), other.flatten(0, 1), sizes))
    loud = torch.stack([share * _loudness(p, q, *size) for share, size in _LOUDNESS]).sum()
    hit = (strokes.gain > 0).float()
    struck, begun = hit.sum().clamp_min(1), hit.amax(-1)
    begins = begun.sum().clamp_min(1)
    gain = strokes.gain.clamp_min(1e-4).log()
    return {
        "amplitude": ((0.25 + over / 6) * (output.amp - amp).abs()).mean(),
        "pooled": _apart(p, q, ((1, 12), (4, 3), (20, 3))),
        "loudness": loud,
        "width": _apart(sides[0], sides[1], ((2, 12), (10, 3))),
        "cents": (weight * (output.cents - cents).abs()).sum() / weight.sum() / 50,
        "pan": (weight * (output.pan - pan).abs()).sum() / weight.sum(),
        "bands": (output.everything - everything).abs().mean() + (output.noise - noise).abs().mean(),
        "envelopes": torch.stack(envelopes).mean(),
        "strokes": F.binary_cross_entropy_with_logits(
            output.hit, hit, pos_weight=torch.full((), 5.0, device=hit.device)
        ),
        "gains": ((output.gain - gain).abs() * hit).sum() / struck,
        "places": ((output.late - strokes.late).abs() * begun).sum() / begins,
        "sides": ((output.side - strokes.side).abs() * begun).sum() / begins,
    }  # fmt: skip


class LayersRecipe:
    """Trains a `LayersVae`. A step uses the excerpts that its number allows, and waits for them (see `plan`)."""

    name = "layers"
    part = "vae"
    averaged: tuple[str, ...] = ("vae",)

    def __init__(
        self,
        config: LayersConfig,
        losses: LayersLosses,
        train: Excerpts,
        held_out: Excerpts,
        bank: Bank,
        *,
        seed: int = 0,
        available: "Availability | None" = None,
        loaders: int = 0,
    ) -> None:
        """`available`: how many excerpts a step may use; all that there are without it.

        loaders: threads that read the next batches from disk, for GPUs that would wait for them.
        """
        torch.manual_seed(seed)
        self.config, self.losses = config, losses
        self._train, self._held_out, self._seed = train, held_out, seed
        self._available, self._loaders = available or Availability(train), loaders
        self.vae = LayersVae(config)
        self.vae.shots.copy_(bank.shots)
        self.modules: dict[str, nn.Module] = {"vae": self.vae}
        self._looks: Tensor | None = None
        self._frames = round(losses.seconds * RATE / LATENT) * LATENT
        self._begin()

    @torch.no_grad()
    def _begin(self) -> None:
        """Scales of the input, and heads that begin at the mean of their targets."""
        batches = [self._drawn(-1 - each, 4, step=0) for each in range(_STATISTICS)]
        pairs = [self._analysed(batch) for batch in batches]
        x, t = (
            torch.cat([pair[0] for pair in pairs]).flatten(0, 1),
            torch.cat([pair[1] for pair in pairs]).flatten(0, 1),
        )
        encoder, bias, k = self.vae.encoder, self.vae.decoder.heads.bias.zero_(), self.config.strokes
        encoder.mean.copy_(x.mean(0))
        encoder.spread.copy_(x.std(0).clamp_min(0.05))
        mean, still = t.mean(0), slice(2 * OSCILLATORS, 4 * OSCILLATORS)
        mean[still] = 0
        bias[:TARGETS] = mean
        bias[TARGETS : TARGETS + 2 * k] = -6.0

    def phases(self) -> Sequence[Phase]:
        """One."""
        return [Phase("vae", ("vae",), self._loss)]

    def _drawn(self, index: int, size: int, step: int) -> Batch:
        generator = torch.Generator().manual_seed(step_seed(self._seed, index, 11))
        return self._train.random(generator, size, self._frames, self._available(step), self.losses.whole)

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Crops of sound or of stored features."""

        def read(index: int, among: int) -> Batch:
            generator = torch.Generator().manual_seed(step_seed(seed, index, 11))
            return self._train.random(generator, size, self._frames, among, self.losses.whole)

        if not self._loaders:
            for index in count(first, stride):
                yield read(index, self._available(index // stride))
        ahead: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(self._loaders, "loader") as pool:
            for index in count(first, stride):
                ahead.append(pool.submit(read, index, self._available(index // stride)))
                if len(ahead) > self._loaders:
                    yield ahead.popleft().result()

    def _analysed(self, batch: Batch) -> tuple[Tensor, Tensor, StrokeTargets]:
        """The encoder's input, the targets, and the strokes of a batch."""
        frames = self._frames
        if "features" in batch:
            values = batch["features"].float()
            x, t = values[..., :INPUTS], values[..., INPUTS:]
            drums = to_mid_side(batch["drums"] * batch["drummed"][:, None, None])
        else:
            sound, drums = chosen(batch["wave"], batch["source"], batch["drummed"])
            x, t = encoder_input(sound[..., :frames]), targets(sound[..., :frames], drums[..., :frames])
        if self._looks is None or self._looks.device != drums.device:
            self._looks = portraits(self.vae.shots.to(drums.device))
        heard = batch["drummed"][batch["row"]]
        strokes = stroke_targets(
            drums, batch["row"][heard], batch["at"][heard], batch["members"][heard], self.vae.shots,
            frames // (FRAME // 2), self._looks,
        )  # fmt: skip
        return x, t, strokes

    def _loss(self, batch: Batch) -> tuple[Tensor, Metrics]:
        device = self.vae.shots.device.type
        with torch.autocast(device, enabled=False):
            x, t, strokes = self._analysed(batch)
        mean, log_variance = (each.float() for each in self.vae.encoder(x))
        output = self.vae.decoder(mean + (log_variance / 2).exp() * torch.randn_like(mean))
        with torch.autocast(device, enabled=False):
            parts = layer_losses(output, t, strokes)
            kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(-1).mean()
            weighted = [getattr(self.losses, name) * value for name, value in parts.items()]
            total = torch.stack([*weighted, self.losses.kl * kl]).sum()
        return total, {name: float(value.detach()) for name, value in parts.items()} | {"nats": float(kl.detach())}

    def validate(self, folder: Path, step: int) -> Metrics:
        """The losses on held-out mixes, and how many strokes are found (F1 within 20 ms)."""
        del folder, step
        device = self.vae.shots.device
        pieces = min(self.losses.validation, len(self._held_out))
        start = max(self._held_out.pool.header.frames - self._frames, 0) // 2 // LATENT * LATENT
        sums: Metrics = {}
        right = recalled = said_count = true_count = 0.0
        for excerpt in range(pieces):
            source = self._held_out.source(excerpt)
            batch = self._held_out.batch([(excerpt, start)], [source], self._frames)
            batch = {key: value.to(device) for key, value in batch.items()}
            x, t, strokes = self._analysed(batch)
            mean, _ = self.vae.encoder(x)
            output = self.vae.decoder(mean.float())
            for name, value in layer_losses(output, t, strokes).items():
                sums[name] = sums.get(name, 0.0) + float(value) / pieces
            hits, true = torch.sigmoid(output.hit[0]) > 0.5, strokes.gain[0] > 0
            near = F.max_pool1d(true.float().T[None], 9, 1, 4)[0].T > 0
            near_found = F.max_pool1d(hits.float().T[None], 9, 1, 4)[0].T > 0
            right += float((hits & near).sum())
            said_count += float(hits.sum())
            recalled += float((true & near_found).sum())
            true_count += float(true.sum())
        precision, recall = right / max(said_count, 1), recalled / max(true_count, 1)
        sums["stroke_f1"] = 2 * precision * recall / max(precision + recall, 1e-9)
        return sums

    def start_from(self, part: nn.Module) -> None:
        """The VAE and its bank."""
        self.vae.load_state_dict(part.state_dict())

    @torch.no_grad()
    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The VAE with these weights, its latents brought to a mean of 0 and a spread of 1."""
        self.vae.load_state_dict(dict(averages["vae"]))
        self.vae.eval()
        device = self.vae.shots.device
        raw = []
        for each in range(16):
            batch = {key: value.to(device) for key, value in self._drawn(-100 - each, 8, step=1 << 30).items()}
            mean, log_variance = self.vae.encoder(self._analysed(batch)[0])
            raw.append(mean + (log_variance / 2).exp() * torch.randn_like(mean))
        fold_scale(self.vae, torch.cat(raw))
        return self.vae


@torch.no_grad()
def fold_scale(vae: LayersVae, z_raw: Tensor) -> None:
    """Gives each latent dimension mean 0 and spread 1 without changing what is decoded. z_raw: (n, L, D)."""
    mean, spread = z_raw.mean((0, 1)), z_raw.std((0, 1)).clamp_min(1e-3)
    last, first, width = vae.encoder.last, vae.decoder.first, vae.config.latent_width
    last.bias[:width] = (last.bias[:width] - mean) / spread
    last.weight[:width] /= spread[:, None]
    last.bias[width:] -= 2 * spread.log()
    first.bias.add_(first.weight @ mean)
    first.weight.mul_(spread)


class Availability:
    """How many excerpts a step may use: `first` at once, and so many more a step, up to `total`; waits for them.

    What a step draws from follows from its number, so that a run that was killed and resumed is the same run, however
    fast its sound is rendered.
    """

    def __init__(
        self,
        excerpts: Excerpts,
        first: int = 0,
        a_step: float = 0.0,
        total: int = 0,
        patience: float = 600.0,
        make: Callable[[int], None] | None = None,
    ) -> None:
        """Without `total`, all that there are. patience: seconds that a step waits before it raises `TimeoutError`.

        make: renders and analyses until there are so many, where nobody does it beside the training.
        """
        self._excerpts, self._first, self._a_step, self._make = excerpts, first, a_step, make
        self._total = total or len(excerpts)
        self._first = first or self._total
        self._patience = patience
        self.waited = 0.0

    def __call__(self, step: int) -> int:
        """Excerpts of a step."""
        among = max(min(self._total, int(self._first + max(step, 0) * self._a_step)), 1)
        began = time.monotonic()
        if self._make and not self._excerpts.upto(among):
            self._make(among)
        while not self._excerpts.upto(among):
            if time.monotonic() - began > self._patience:
                raise TimeoutError(f"{among} excerpts were not rendered in {self._patience:.0f} s.")
            time.sleep(0.05)
        self.waited += time.monotonic() - began
        return among
