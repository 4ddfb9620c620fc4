"""The parts by themselves on held-out pieces: VAE-GAN, joint embedding, tokenizer, language model, diffusion."""

from typing import cast

import numpy as np
import torch
from torch import Tensor

from engine.errors import ModelError
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.workshop import Workshop
from engine.models.chunked_decoder import chunked_decoder
from engine.models.contextual import ContextDualPathConfig, ContextLmConfig
from engine.models.joint_embedding import JointEmbedding
from engine.models.tokens import SemanticTokenizer
from engine.models.vaegan import VaeGan
from engine.train import dpd, encode, lm, mulan, probes, vae
from engine.train.data import SoundPool, render_pool
from engine.train.ear import told as told_by
from engine.train.excerpts import PoolHeader
from engine.train.glossary import HELD_OUT
from engine.train.layers import context
from engine.train.layers.encode import EncodedLayers, encode_layers
from engine.train.losses import spectrogram

_CROP_SECONDS = 4.0
_PART_SECONDS = 20.0
_LINE_FFT = 8192
_PAPER = {"velocity_mse": 0.12, "si_snri": 6.15}


def vae_figures(shop: Workshop) -> list[Figure]:
    """How close decoded sound is to the original."""
    network = cast(VaeGan, shop.parts["vae"])
    config, pool = network.config, shop.material.held_out
    frames = round(min(_CROP_SECONDS, pool.header.seconds) * config.rate) // config.hop * config.hop
    wave, _ = pool.held_out(shop.sizes.decoded, frames)
    torch.manual_seed(shop.seed)
    figures, z_raw, decoded = vae.evaluate(network, wave)
    return [
        Figure("si_sdr", "SI-SDR", figures["si_sdr"], "dB", None, {"median": figures["si_sdr_median"]}),
        Figure(
            "log_mel",
            "log-mel L1",
            figures["log_mel"],
            "",
            Goal(most=0.35),
            {"without the fine latents": figures["log_mel_coarse"]} if config.fine else {},
        ),
        Figure("z_std", "spread of the raw latents", figures["z_std"], "", Goal(0.7, 1.0)),
        Figure("z_clipped", "latents clipped", figures["z_clipped"], "%", Goal(most=0.003)),
        Figure(
            "error_line",
            "largest line in the error over its neighbours",
            error_line(decoded[..., :frames] - wave),
            "dB",
            Goal(most=10.0),
            {"the music itself": error_line(wave)},
        ),
        Figure("chunked", "decoded in chunks − whole, of its peak", chunk_error(network, z_raw), "", Goal(most=1e-4)),
    ]


@torch.no_grad()
def error_line(error: Tensor) -> float:
    """How far the strongest line that is always there stands out of its neighbourhood, in dB.

    error: (n, C, T). The level of each 3 Hz band is its median over all moments that are not silent, so that notes that
    come and go do not count; its neighbours are the bands within 60 Hz on both sides.
    """
    magnitude = spectrogram(error.mean(1), _LINE_FFT, _LINE_FFT // 2, _LINE_FFT).abs()  # (n, F, N)
    moments = magnitude.transpose(1, 2).flatten(0, 1)  # (n · N, F)
    strength = moments.square().sum(1)
    moments = moments[strength > 1e-3 * strength.max()]
    if not len(moments):
        return 0.0
    decibels = 20 * (moments / moments.square().sum(1, keepdim=True).sqrt()).median(0).values.clamp_min(1e-9).log10()
    reach = 20
    windows = decibels[8:].unfold(0, 2 * reach + 1, 1)  # (F', 41)
    beside = torch.cat((windows[:, : reach - 2], windows[:, reach + 3 :]), dim=1).median(1).values
    return float((windows[:, reach] - beside).max())


@torch.no_grad()
def chunk_error(network: VaeGan, z_raw: Tensor) -> float:
    """The largest difference between decoding latents (n, L, D) whole and in chunks, as a share of the peak."""
    z = network.scale(z_raw[:4, :, : network.config.latent_width])
    whole = network.decode(z).float()
    decoder = chunked_decoder(network)
    chunks = torch.split(z, max(z.shape[1] // 5, 1), dim=1)
    parts = [decoder.push(chunk, last=number + 1 == len(chunks)) for number, chunk in enumerate(chunks)]
    joined = torch.cat(parts, dim=-1)
    return float((joined - whole).abs().max() / whole.abs().max().clamp_min(1e-9))


def mulan_figures(shop: Workshop) -> list[Figure]:
    """Whether words find their sound, and what of a sound is heard."""
    joint, ear, glossary = (
        cast(JointEmbedding, shop.parts["mulan"]),
        shop.melody.sampler.tempo_key_head,
        shop.melody.glossary,
    )
    # words of the evaluation are looked up as ones that nobody has met
    readings = {"read": glossary.without(HELD_OUT).reworded, "known": glossary.reworded} if glossary else {}
    with torch.no_grad():
        recalls = mulan.evaluate(joint, shop.material.held_out, shop.sizes.recall, readings, ear)
    among = recalls["among"]
    figures = []
    for rank, goal in ((1, 0.5), (10, 0.9)):
        beside = {"by chance": min(rank / among, 1.0), "after the RVQ": recalls[f"recall{rank}_rvq"]}
        title = f"caption → audio, recall@{rank} among {among:.0f}"
        figures.append(Figure(f"recall{rank}", title, recalls[f"recall{rank}"], "%", Goal(goal), beside))
    for rank in (1, 10):
        plain = recalls[f"recall{rank}"]
        # what is no better than chance leaves nothing to keep
        share = recalls[f"recall{rank}_rvq"] / plain if plain > 2 * rank / among else float("nan")
        figures.append(Figure(f"rvq_share{rank}", f"recall@{rank} that the RVQ keeps", share, "%", Goal(0.9)))
    if "free" in recalls:
        beside = {"by chance": recalls["free_chance"]}
        if readings:
            beside |= {"without the glossary": recalls["free"], "if it knows the words": recalls["free_known"]}
        title = "free prompts whose nearest audio has the genre or mood meant"
        figures.append(Figure("free", title, recalls.get("free_read", recalls["free"]), "%", Goal(0.6), beside))
    if ear is not None:
        shares = told_by(ear, shop.material.held_out, shop.sizes.held_out)
        for what in ("tempo within 4 %", "key"):
            name = what.split()[0]
            beside = {"where it is sure": shares[f"{name}_told_sure"], "which it is of": shares[f"{name}_sure"]}
            figures.append(
                Figure(f"ear_{name}", f"{what}, heard in a sound", shares[f"{name}_told"], "%", None, beside)
            )
    return figures


def ssl_figures(shop: Workshop) -> list[Figure]:
    """Whether tokens are all used, and tell who plays and where the beat is."""
    tokenizer = cast(SemanticTokenizer, shop.parts["ssl"])
    music, vocabulary, rate = shop.material, tokenizer.config.vocabulary, tokenizer.config.token_rate
    ours, theirs = (_tokens(tokenizer, pool, shop) for pool in (music.train, music.held_out))
    used = probes.perplexity(theirs, vocabulary)
    figures = [
        Figure(
            "perplexity",
            "perplexity of the tokens",
            used,
            "",
            Goal(0.5 * vocabulary),
            {"vocabulary": float(vocabulary)},
        )
    ]
    truths, held_out = music.train.truth, music.held_out.truth
    accuracies = probes.families(ours, truths, theirs, held_out, vocabulary, rate)
    if accuracies:
        beside = {"always the commoner": accuracies["family_majority"]}
        if "family_balanced" in accuracies:
            beside["balanced"] = accuracies["family_balanced"]
        label = "instrument families from 2 s of tokens"
        figures.append(Figure("family_accuracy", label, accuracies["family_accuracy"], "%", Goal(0.8), beside))
    accuracies = probes.beats(ours, truths, theirs, held_out, vocabulary, rate)
    if accuracies:
        beside = {"with half and double": accuracies["beat_octave"]}
        label = "beat period within 4 % from tokens"
        figures.append(Figure("beat_period", label, accuracies["beat_period"], "%", Goal(0.7), beside))
    return figures


@torch.no_grad()
def _tokens(tokenizer: SemanticTokenizer, pool: SoundPool, shop: Workshop) -> Tensor:
    """Tokens of the first excerpts, whole: (n, T_ST)."""
    rows = []
    count = min(shop.sizes.tokens, len(pool))
    for excerpt in range(count):
        shop.context.progress(excerpt / count, f"Tokens of {pool.header.split} pieces")
        rows.append(tokenizer(pool.cut([(excerpt, 0)], pool.header.frames).mean(1)))
    return torch.cat(rows)


def lm_figures(shop: Workshop) -> list[Figure]:
    """How well the next token is foreseen."""
    if shop.melody.sampler.listens:
        return _listening_lm(shop)
    data, settings = _encoded(shop), lm.LOSSES[shop.melody.preset]
    recipe = lm.LmRecipe(shop.melody.config.lm, settings, data, data)
    recipe.published({"lm": shop.parts["lm"].state_dict()}).eval()
    with torch.no_grad():
        figures = recipe.validate(shop.out, 0)
    chance = float(np.log(shop.melody.config.lm.vocabulary))
    beside = {"without prompt": figures["without_prompt"], "by chance": chance}
    return [
        Figure("cross_entropy", "cross-entropy a token, in nats", figures["cross_entropy"], "", None, beside),
        Figure("accuracy", "tokens foreseen", figures["accuracy"], "%"),
    ]


def dpd_figures(shop: Workshop) -> list[Figure]:
    """How well velocities are told, beside the paper's figures (of another model, on other music)."""
    if shop.melody.sampler.listens:
        return _listening_dpd(shop)
    data, settings = _encoded(shop), dpd.LOSSES[shop.melody.preset]
    recipe = dpd.DpdRecipe(shop.melody.config.dpd, settings, data, data)
    state = {f"network.{name}": value for name, value in shop.parts["dpd"].state_dict().items()}
    recipe.published({"dpd": state}).eval()
    with torch.no_grad():
        figures = recipe.validate(shop.out, 0)
    paper = {name: {"in the paper": value} for name, value in _PAPER.items()}
    blind = {"without condition": figures["unconditional_mse"], "as in continuation": figures["continuation_mse"]}
    return [
        Figure("velocity_mse", "velocity MSE", figures["velocity_mse"], "", None, paper["velocity_mse"] | blind),
        Figure("si_snri", "latent SI-SNRi", figures["si_snri"], "dB", None, paper["si_snri"]),
    ]


def _listening_lm(shop: Workshop) -> list[Figure]:
    """The same of a model that hears other tracks, with what hearing them tells it."""
    data, config = _layers(shop), shop.melody.config.lm
    assert isinstance(config, ContextLmConfig)
    recipe = context.ContextLmRecipe(config, context.LM_LOSSES[shop.melody.preset], data, data)
    recipe.published({"lm": shop.parts["lm"].state_dict()}).eval()
    with torch.no_grad():
        figures = recipe.validate(shop.out, 0)
    beside = {"without their context": figures["part_alone"], "in another's": figures["part_in_another"]}
    chance = {"by chance": float(np.log(config.vocabulary / 2))}  # of either stream
    return [
        Figure("cross_entropy", "cross-entropy a token, in nats", figures["cross_entropy"], "", None, chance),
        Figure("in_context", "the same of parts in their context", figures["part_in_context"], "", None, beside),
    ]


def _listening_dpd(shop: Workshop) -> list[Figure]:
    """The same of a model that hears other tracks, with what hearing them tells it."""
    data, config = _layers(shop), shop.melody.config.dpd
    assert isinstance(config, ContextDualPathConfig)
    recipe = context.ContextDpdRecipe(config, context.DPD_LOSSES[shop.melody.preset], data, data)
    state = {f"network.{name}": value for name, value in shop.parts["dpd"].state_dict().items()}
    recipe.published({"dpd": state}).eval()
    with torch.no_grad():
        figures = recipe.validate(shop.out, 0)
    blind = {"without condition": figures["unconditional_mse"], "in the paper": _PAPER["velocity_mse"]}
    beside = {"without their context": figures["part_alone_mse"]}
    return [
        Figure("velocity_mse", "velocity MSE", figures["velocity_mse"], "", None, blind),
        Figure("in_context", "the same of parts in their context", figures["part_in_context_mse"], "", None, beside),
    ]


def _layers(shop: Workshop) -> EncodedLayers:
    """Held-out pieces with their parts, as latents and tokens."""
    config, count = shop.melody.config, shop.sizes.encoded
    frames = round(_PART_SECONDS * config.vae.rate) // (2 * config.vae.hop) * 2 * config.vae.hop
    header = PoolHeader(config.vae.rate, 6, frames, "test", own=shop.own, layers=True)
    report = shop.context.progress
    pool = render_pool(shop.out / "sound-parts", header, count * header.seconds / 60, workers=0, report=report)
    version = shop.melody.capabilities.version
    return encode_layers(pool, shop.parts, config, shop.out / f"parts-{version}", version, report=report)


def _encoded(shop: Workshop) -> encode.Encoded:
    """The held-out pieces as latents and tokens."""
    if shop.folder is None:
        raise ModelError("Random weights cannot be judged by tokens and latents: name a model's folder.")
    version = shop.melody.capabilities.version
    folder = shop.out / f"encoded-{version}"
    return encode.encode(shop.material.held_out, shop.folder, folder, report=shop.context.progress)
