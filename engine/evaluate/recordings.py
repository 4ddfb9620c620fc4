"""Real recordings through the VAE-GAN: a folder of audio files that the model has not been trained on."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import torch

from engine.errors import ModelError
from engine.evaluate import audio_measures, network_figures
from engine.evaluate.figures import Figure
from engine.evaluate.workshop import Workshop
from engine.models.vaegan import VaeGan
from engine.train import vae
from engine.train.corpus.crops import CropRequest
from engine.train.corpus.folder import Recording, folder_crop, recordings
from engine.train.data import SPLITS

_SECONDS = 4.0
_QUIET = -60.0  # dBFS, below which a crop says nothing


def figures(shop: Workshop) -> list[Figure]:
    """How close decoded recordings are to the originals; nothing without a folder.

    Raises:
        ModelError: the folder is missing, has no audio, or is all but silent.
    """
    if shop.recordings is None:
        return []
    network = cast(VaeGan, shop.parts["vae"])
    config, count = network.config, shop.sizes.recorded
    frames = round(_SECONDS * config.rate) // config.hop * config.hop
    files = _files(shop.recordings)
    request = CropRequest(shop.seed, config.rate, frames, config.channels)
    waves: list[torch.Tensor] = []
    for step in range(4 * count):
        shop.context.progress(0.5 * len(waves) / count, f"Reading recording {len(waves) + 1} of {count}")
        wave = folder_crop(files, request, step).audio
        if audio_measures.level(wave) > _QUIET:
            waves.append(torch.from_numpy(wave))
        if len(waves) == count:
            break
    if not waves:
        raise ModelError(f"The recordings in {shop.recordings} are silent: name another folder.")
    sound = torch.stack(waves)
    torch.manual_seed(shop.seed)
    measured, _, decoded = vae.evaluate(network, sound)
    label = f"of {len(waves)} crops of {len(files)} recordings"
    return [
        Figure("si_sdr", f"SI-SDR {label}", measured["si_sdr"], "dB", None, {"median": measured["si_sdr_median"]}),
        Figure("log_mel", f"log-mel L1 {label}", measured["log_mel"]),
        Figure("z_std", "spread of the raw latents", measured["z_std"]),
        Figure(
            "error_line",
            "largest line in the error over its neighbours",
            network_figures.error_line(decoded[..., :frames] - sound),
            "dB",
            None,
            {"the music itself": network_figures.error_line(sound)},
        ),
    ]


def _files(folder: Path) -> list[Recording]:
    """All readable recordings below a folder, whole, sorted by path."""
    files: dict[Path, Recording] = {}
    failed: ModelError | None = None
    for split in SPLITS:
        try:
            files |= {each.path: replace(each, first=0, last=each.frames) for each in recordings(folder, split)}
        except ModelError as error:  # a split may be empty where another one is not
            failed = error
    if not files and failed is not None:
        raise failed
    return [files[path] for path in sorted(files)]
