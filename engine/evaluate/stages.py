"""Which stage loses what of a sound: the decoder alone, the diffusion with true tokens, and the whole from words.

Held-out pieces at 48 kHz, stereo, whose drum strokes are known, are taken through each stage and measured by
`sound_measures`, which know nothing of the model. The decoder gets the latents that diffusion makes and nothing else.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from engine.audio import resample
from engine.evaluate import sound_measures as measures
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.workshop import Workshop, within
from engine.generate.interface import Request, Settings
from engine.generate.sampler import Sampler
from engine.jobs import Context
from engine.models.vaegan import VaeGan
from engine.mono import fit_channels, mono
from engine.train.corpus.crops import CropRequest
from engine.train.layers.excerpts import DRUMS, MIX, layered_crop

Stereo = NDArray[np.float32]

RATE = measures.RATE
STAGES = ("corpus", "decoder", "true tokens", "from words")
_SEED = 1000  # of the pieces; others than those that trainings use
_DRUMS = (
    "drums only, no melody",
    "solo drum kit, rock beat, 110 BPM",
    "808 drum machine alone, 140 BPM",
    "acoustic drums, jazz brushes, drums only",
    "breakbeat drums, 165 BPM, nothing else",
    "percussion only, congas and shakers, 100 BPM",
)


@dataclass(frozen=True)
class Piece:
    """A held-out piece: left and right (T, 2), its drums alike, the frames of its strokes, and a caption."""

    sound: Stereo
    drums: Stereo
    strokes: tuple[int, ...]
    caption: str


def pieces(count: int, seconds: float, *, own: bool = False, context: Context) -> list[Piece]:
    """Held-out pieces of the corpus.

    Raises:
        ModelError: there is no SoundFont and `own` is off.
    """
    pieces = []
    request = CropRequest(_SEED, RATE, round(seconds * RATE), 2, "test", own=own)
    for number in range(count):
        context.progress(number / count, f"Rendering held-out pieces, {number + 1} of {count}")
        excerpt = layered_crop(request, number)
        strokes = tuple(row[0] for row in excerpt.truth["strokes"])
        mix, drums = (np.ascontiguousarray(excerpt.audio[channels].T) for channels in (MIX, DRUMS))
        pieces.append(Piece(mix, drums, strokes, excerpt.truth["caption"]))
    return pieces


@dataclass
class Row:
    """Measures of one stage, a value for each piece."""

    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """One more."""
        self.values.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """Of the values that are numbers."""
        numbers = [value for value in self.values.get(name, ()) if not math.isnan(value)]
        return float(np.median(numbers)) if numbers else math.nan


def measured(row: Row, sound: Stereo, piece: Piece, comb_hz: float, *, same: bool) -> None:
    """Adds the measures of a sound (T, 2) at 48 kHz; `same`: it should be the piece, strokes and all."""
    both, original = measures.mid_side(sound), measures.mid_side(piece.sound)
    mid = both[0]
    strokes: Sequence[int] = piece.strokes if same else measures.found_onsets(mid)
    row.add("attack_high", measures.attack_ms(mid, strokes, measures.HIGH))
    row.add("attack_low", measures.attack_ms(mid, strokes, measures.LOW))
    row.add("comb", measures.comb_db(mid, comb_hz))
    row.add("grid", measures.grid_share(mid))
    row.add("side", measures.side_db(both))
    row.add("level_range", measures.level_range_db(mid))
    row.add("recurrence", measures.recurrence(mid))
    if same:
        high, low = measures.envelope_likeness(mid, original[0])
        row.add("envelope_high", high)
        row.add("envelope_low", low)
        row.add("log_mel", measures.log_mel_distance(mid, original[0])[0])


@torch.inference_mode()
def decoded(sampler: Sampler, sound: Stereo) -> Stereo:
    """A sound (T, 2) at 48 kHz through encoder and decoder, with the latents that diffusion makes alone."""
    config = sampler.config
    wave = fit_channels(resample(sound, RATE, config.vae.rate), config.vae.channels)
    vae = sampler.vae
    x = torch.from_numpy(np.ascontiguousarray(wave.T))[None].to(sampler.place.device)
    return _at_48k(vae.decode(vae.encode(x))[0].float().cpu().numpy().T, config.vae.rate)


def _at_48k(wave: NDArray[np.float32], rate: int) -> Stereo:
    return fit_channels(resample(np.ascontiguousarray(wave), rate, RATE), 2)


def with_true_tokens(shop: Workshop, sound: Stereo, seed: int) -> Stereo:
    """What the diffusion makes of the tokens of a sound (T, 2) at 48 kHz, from noise."""
    sampler = shop.melody.sampler
    config, rate = sampler.config, sampler.config.vae.rate
    wave = fit_channels(resample(sound, RATE, rate), config.vae.channels)
    count = min(len(wave) // config.ssl.stride, config.lm.length)
    one = torch.from_numpy(np.ascontiguousarray(mono(wave[: count * config.ssl.stride]).T)).to(sampler.place.device)
    with torch.inference_mode():
        tokens = sampler.ssl(one)
    params = shop.melody.params(Settings())
    empty = sampler.empty(1)
    latents = sampler.inpaint(empty, empty, count, [seed], params, tokens=tokens)
    with torch.inference_mode():
        audio = sampler.vae.decode(sampler.vae.placed(latents, 0) if isinstance(sampler.vae, VaeGan) else latents)
    return _at_48k(audio[0].float().cpu().numpy().T, rate)


def figures(shop: Workshop) -> list[Figure]:
    """The table of stages, with the corpus beside."""
    sizes, sampler = shop.sizes, shop.melody.sampler
    if not sizes.stage_pieces:
        return []
    held_out = pieces(sizes.stage_pieces, sizes.stage_seconds, own=shop.own, context=within(shop.context, 0.0, 0.2))
    rows = {stage: Row() for stage in STAGES}
    comb = sampler.config.vae.frame_rate
    silent = Context(lambda share, sentence: shop.context.check())
    for number, piece in enumerate(held_out):
        shop.context.progress(0.2 + 0.7 * number / len(held_out), f"Stages, piece {number + 1} of {len(held_out)}")
        measured(rows["corpus"], piece.sound, piece, comb, same=True)
        measured(rows["decoder"], decoded(sampler, piece.sound), piece, comb, same=True)
        measured(rows["true tokens"], with_true_tokens(shop, piece.sound, shop.seed + number), piece, comb, same=True)
        request = Request(settings=Settings(prompt=piece.caption), seconds=sizes.stage_seconds, seed=shop.seed + number)
        take = shop.melody.generate(request, silent).takes[0]
        measured(rows["from words"], _at_48k(take.samples, take.rate), piece, comb, same=False)
    return table(rows) + _drums_only(shop, held_out, silent)


def table(rows: dict[str, Row]) -> list[Figure]:
    """Figures of the decoder, then of the whole, beside the corpus and the stage between."""
    corpus = rows["corpus"]
    side, level, recurrence = (corpus.median(name) for name in ("side", "level_range", "recurrence"))
    goals = {
        "attack_high": ("attack of true strokes, 2–11 kHz", "ms", Goal(most=6.0)),
        "attack_low": ("the same, 40–250 Hz", "ms", Goal(most=corpus.median("attack_low") + 1.5)),
        "comb": ("comb at the latents' rate over its neighbours", "dB", Goal(most=corpus.median("comb") + 0.5)),
        "grid": ("tonal energy within 5 cents of the tempered grid", "%", Goal(most=corpus.median("grid") + 0.1)),
        "envelope_high": ("envelope above 2 kHz, correlation", "", Goal(0.92)),
        "envelope_low": ("envelope below 500 Hz over 40 ms, correlation", "", Goal(0.85)),
        "log_mel": ("log-mel L1, 85 ms", "", Goal(most=0.38)),
        "side": ("side against mid", "dB", Goal(side - 3, side + 3)),
        "level_range": ("level from second to second, range", "dB", Goal(level - 0.5, level + 0.5)),
        "recurrence": ("likeness of what lies 0.8 to 7 s apart", "", Goal(0.9 * recurrence)),
    }
    whole = {
        "attack_high": Goal(most=8.0),
        "attack_low": Goal(most=15.0),
        "comb": Goal(most=corpus.median("comb") + 1.0),
        "grid": Goal(most=corpus.median("grid") + 0.15),
        "side": Goal(side - 3, side + 3),
        "level_range": Goal(most=3.5),
        "recurrence": Goal(0.38),
    }
    tokens = {"envelope_high": Goal(0.75), "envelope_low": Goal(0.6), "log_mel": Goal(most=0.60)}
    stage_figures = []
    for stage, chosen in (("decoder", None), ("true tokens", tokens), ("from words", whole)):
        for name, (title, unit, goal) in goals.items():
            if chosen is not None and name not in chosen:
                continue
            beside = {"corpus": corpus.median(name)} if name not in ("envelope_high", "envelope_low", "log_mel") else {}
            value, wanted = rows[stage].median(name), goal if chosen is None else chosen[name]
            if math.isnan(value):
                continue
            key = f"{stage.replace(' ', '_')}_{name}"
            stage_figures.append(Figure(key, f"{stage}: {title}", value, unit, wanted, beside))
    return stage_figures


def _drums_only(shop: Workshop, held_out: Sequence[Piece], silent: Context) -> list[Figure]:
    """The percussive share of what prompts for drums alone make, beside that of drum stems at the same rate."""
    rate = shop.melody.config.vae.rate
    waves = []
    for number, prompt in enumerate(_DRUMS[: shop.sizes.stage_drums]):
        request = Request(
            settings=Settings(prompt=prompt), seconds=shop.sizes.stage_seconds, seed=number,
            alone=shop.melody.capabilities.listens,
        )  # fmt: skip
        take = shop.melody.generate(request, silent).takes[0]
        waves.append(measures.percussive_share(_at_48k(take.samples, take.rate).mean(1)))
    stems = [_at_48k(resample(piece.drums, RATE, rate), rate).mean(1) for piece in held_out if piece.strokes]
    shares = [measures.percussive_share(stem) for stem in stems]
    if not waves or not shares:
        return []
    truth = float(np.median(shares))
    title = "drums only: percussive share"
    return [Figure("drums_only", title, float(np.median(waves)), "%", Goal(0.8 * truth), {"drum stems": truth})]
