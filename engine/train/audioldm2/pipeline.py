"""The networks of an AudioLDM 2 in a folder, as training needs them: what is trained, and what stays as it is.

Everything is read and written by diffusers' and transformers' own loaders, so that what was trained opens in
`AudioLDM2Pipeline.from_pretrained`. Released folders name `GPT2Model`; `GPT2LMHeadModel` is read in its place.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AudioLDM2Pipeline, DDPMScheduler
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import GPT2LMHeadModel, VitsModel

from engine.atomic_file import replacing_folder
from engine.errors import ModelError
from engine.models.loa import POOLINGS, SAMPLES, Loa, vectors
from engine.models.quiet_libraries import quiet_libraries
from engine.models.vocoder_mel import VocoderMel, at_level

AUDIOMAE = "audiomae"
_FAILURES = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError, SafetensorError)


@dataclass(frozen=True)
class Conditions:
    """What words become: the GPT-2's prefix and FLAN-T5's vectors, each with a mask of what is not padding.

    prefix: (B, P, D), prefix_mask: (B, P); text: (B, S, W), text_mask: (B, S).
    """

    prefix: Tensor
    prefix_mask: Tensor
    text: Tensor
    text_mask: Tensor


class Networks:
    """An AudioLDM 2 for sound and music.

    unet, language, projection: what can be trained. pooling: the λ of the LOA that its GPT-2 writes.
    """

    def __init__(self, folder: Path, audiomae: Path | None = None) -> None:
        """Raises `ModelError` when the folder holds no such model, or there is no AudioMAE that fits it."""
        self.folder = folder
        place = audiomae or folder / AUDIOMAE
        if not (folder / "model_index.json").is_file():
            raise ModelError(f"{folder} holds no AudioLDM 2: it has no model_index.json.")
        if not place.is_dir():
            raise ModelError(
                f"Training needs the AudioMAE that gives the language of audio: put it into {folder / AUDIOMAE}, or "
                "name its folder with --audiomae."
            )
        self.pipe = _opened(folder)
        if isinstance(self.pipe.text_encoder_2, VitsModel):
            raise ModelError(f"{folder} speaks; only models of sound and music are trained here.")
        self.loa = Loa.from_pretrained(place)
        self.unet: nn.Module = self.pipe.unet
        self.language: nn.Module = self.pipe.language_model
        self.projection: nn.Module = self.pipe.projection_model
        written = int(getattr(self.pipe.language_model.config, "max_new_tokens", None) or vectors(8))
        fitting = [pooling for pooling in POOLINGS if vectors(pooling) == written]
        if not fitting or self.loa.config.hidden != self.pipe.language_model.config.n_embd:
            raise ModelError(f"The AudioMAE in {place} gives another language of audio than the one of {folder}.")
        self.pooling = fitting[0]
        vocoder = self.pipe.vocoder.config
        self.mel = VocoderMel(int(vocoder.sampling_rate), math.prod(vocoder.upsample_rates), int(vocoder.model_in_dim))
        self.noise = DDPMScheduler.from_config(self.pipe.scheduler.config)
        self._frozen = (self.pipe.vae, self.pipe.text_encoder, self.pipe.text_encoder_2, self.loa, self.mel)
        for module in self._frozen:
            module.eval().requires_grad_(False)
        self.language.get_input_embeddings().requires_grad_(False)  # its input are vectors, never tokens

    @property
    def frames(self) -> int:
        """Samples of a crop with its padding: 10.24 s at 16 kHz."""
        return SAMPLES

    def to(self, device: torch.device) -> None:
        """Moves what is not trained; a second time costs nothing."""
        if next(self.pipe.vae.parameters()).device != device:
            for module in self._frozen:
                module.to(device)

    @torch.no_grad()
    def latents(self, wave: Tensor) -> Tensor:
        """What the diffusion learns: latents (B, C, L, F) of sound (B, T) at 16 kHz, sampled from the VAE."""
        mel = self.mel(at_level(wave))[:, None]  # (B, 1, frames, bins)
        sampled = self.pipe.vae.encode(mel).latent_dist.sample()
        return torch.as_tensor(sampled * self.pipe.vae.config.scaling_factor)

    @torch.no_grad()
    def heard(self, wave: Tensor, pooling: int) -> Tensor:
        """The LOA (B, 512 / λ², D) of sound (B, T) at 16 kHz."""
        return self.loa(at_level(wave), pooling)

    def conditions(self, texts: Sequence[str], projection: nn.Module | None = None) -> Conditions:
        """What CLAP and FLAN-T5 make of texts, and the projection of both, as the pipeline computes it."""
        clap, clap_mask, text, text_mask = self.encoded(list(texts))
        projected = (projection or self.projection)(
            hidden_states=clap, hidden_states_1=text, attention_mask=clap_mask, attention_mask_1=text_mask
        )
        return Conditions(projected.hidden_states, projected.attention_mask, text, text_mask)

    @torch.no_grad()
    def encoded(self, texts: list[str]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """CLAP's vectors (B, 1, W) and FLAN-T5's (B, S, W) of texts, each with its mask."""
        pipe = self.pipe
        device = next(pipe.text_encoder.parameters()).device
        words = pipe.tokenizer(
            texts,
            padding="max_length",
            max_length=pipe.tokenizer.model_max_length,
            truncation=True,
            return_tensors="pt",
        ).to(device)
        features = pipe.text_encoder.get_text_features(words.input_ids, attention_mask=words.attention_mask)
        clap = getattr(features, "pooler_output", features)[:, None]  # (B, 1, W)
        second = pipe.tokenizer_2(
            texts, padding=True, max_length=pipe.tokenizer_2.model_max_length, truncation=True, return_tensors="pt"
        ).to(device)
        text = pipe.text_encoder_2(second.input_ids, attention_mask=second.attention_mask)[0]  # (B, S, W)
        return clap, torch.ones_like(second.attention_mask[:, :1]), text, second.attention_mask

    def save(self, folder: Path) -> None:
        """Writes the whole pipeline, its AudioMAE with it."""
        with replacing_folder(folder) as part:
            with quiet_libraries():
                self.pipe.to("cpu").save_pretrained(part, safe_serialization=True)
            self.loa.cpu().save(part / AUDIOMAE)


def _opened(folder: Path) -> Any:
    try:
        with quiet_libraries():
            language = GPT2LMHeadModel.from_pretrained(
                folder / "language_model", use_safetensors=True, local_files_only=True, dtype=torch.float32
            )
            pipe = AudioLDM2Pipeline.from_pretrained(
                folder, language_model=language, use_safetensors=True, local_files_only=True, dtype=torch.float32
            )
    except _FAILURES as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise ModelError(f"The AudioLDM 2 in {folder} cannot be loaded ({reason}).") from error
    pipe.set_progress_bar_config(disable=True)
    return pipe
