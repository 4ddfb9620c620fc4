"""AudioLDM 2 on given sound: parts made anew, sound continued on either side, and variations.

One window of 10.24 s holds what is kept and what is new. In every denoising step the latents of what is kept are put
back, with as much noise as belongs to the step; the language of audio of what is kept is what the GPT-2 goes on from.
Longer pieces are made window by window. A variation starts its steps late, from the sound with noise.
"""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from engine.audio import resample
from engine.generate import crossfade
from engine.generate.interface import Settings
from engine.generate.pipelines.adapter import Job, NewPart
from engine.generate.pipelines.mel import Mel, level
from engine.generate.pipelines.mel_model import WINDOW
from engine.models.loa import HOP, PATCH, RATE, Loa, vectors, vectors_in
from engine.mono import fit_channels

Callback = Callable[[int, Any, Tensor], None]


class Model(Protocol):
    """What the tasks on sound use of `audioldm2.AudioLdm2`, which describes it."""

    mel: Mel
    loa: Loa | None
    pooling: int | None

    def scheduler(self, settings: Settings) -> Any:
        """See `MelModel`."""

    def steps(self, settings: Settings) -> int:
        """See `MelModel`."""

    def sound(self, latents: Tensor, frames: int, job: Job) -> np.ndarray:
        """See `MelModel`."""

    def denoised(self, job: Job, scheduler: Any, length: float, callback: Any, latents: Tensor | None = None) -> Tensor:
        """See `AudioLdm2`."""

    def given(self, around: tuple[Tensor, Tensor] | None) -> AbstractContextManager[None]:
        """See `AudioLdm2`."""


class InContext:
    """Inpainting, continuation and variation with one model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def go_on(self, job: Job) -> NewPart:
        """What follows the source."""
        past = self._mono(job)[-self._half :]
        return NewPart(self._after(job, past, job.frames, (0, job.frames))[:, None])

    def lead_in(self, job: Job) -> NewPart:
        """What comes before the source, made from its start backwards."""
        following, part = self._mono(job)[: self._half], np.zeros(0, np.float32)
        while len(part) < job.frames:
            right = np.concatenate((part, following))[: self._half]
            count = min(self._window - len(right), job.frames - len(part))
            piece = self._between(job, right[:0], count, right, (len(part), count, job.frames))
            part = np.concatenate((piece, part))
        return NewPart(part[:, None])

    def fill(self, job: Job) -> NewPart:
        """Inpainting. A mask too long for a window with context is first continued from the left."""
        source, request = self._mono(job), job.request
        assert request.source is not None
        start = round(request.start * self._model.mel.rate / request.source.rate)
        left, right = source[:start], source[start + job.frames :]
        most = self._window - self._half // 2
        part = np.zeros(0, np.float32)
        if job.frames > most:
            part = self._after(job, left[-self._half :], job.frames - most, (0, job.frames))
        rest = job.frames - len(part)
        left = np.concatenate((left, part))
        room = self._window - rest
        after = min(len(right), max(room // 2, room - len(left)))
        before = min(len(left), room - after)
        around = left[len(left) - before :], right[:after]
        last = self._between(job, around[0], rest, around[1], (len(part), rest, job.frames))
        return NewPart(np.concatenate((part, last))[:, None])

    def vary(self, job: Job) -> NewPart:
        """A variation: the source's latents are noised, and the less strength, the later denoising starts."""
        model, source = self._model, self._mono(job)
        pieces, done = [], 0
        while done < job.frames:
            part = source[done : done + self._window]
            wave = np.pad(part, (0, self._window - len(part)))
            latents = model.mel.encode(wave)
            scheduler = model.scheduler(job.settings)
            steps = model.steps(job.settings)
            _start_late(scheduler, job.request.strength)
            scheduler.set_timesteps(steps, device=latents.device)
            noise = self._noise(job, latents)
            start = scheduler.add_noise(latents, noise, scheduler.timesteps[:1])
            tell = _part(job, done, len(part), len(scheduler.timesteps))
            loa = None if job.settings.prompt.strip() else self._heard(wave)
            with model.given(None if loa is None else (loa, loa[:, :0])):
                denoised = model.denoised(job, scheduler, WINDOW, tell, start)
            wave = model.sound(denoised, self._window, job)[: len(part)]
            pieces.append(crossfade.matched_gain(part[:, None], wave[:, None], model.mel.rate) * wave)
            done += len(part)
        return NewPart(np.concatenate(pieces)[:, None])

    @property
    def _window(self) -> int:
        return round(WINDOW * self._model.mel.rate)

    @property
    def _half(self) -> int:
        return self._window // 2

    def _mono(self, job: Job) -> np.ndarray:
        """The source's samples (T,) at the model's rate."""
        source = job.request.source
        assert source is not None
        return resample(fit_channels(source.samples, 1), source.rate, self._model.mel.rate)[:, 0]

    def _after(self, job: Job, past: np.ndarray, frames: int, progress: tuple[int, int]) -> np.ndarray:
        """`frames` samples after `past`, window by window."""
        begin, of = progress
        part = np.zeros(0, np.float32)
        while len(part) < frames:
            left = np.concatenate((past, part))[-self._half :]
            count = min(self._window - len(left), frames - len(part))
            piece = self._between(job, left, count, left[:0], (begin + len(part), count, of))
            part = np.concatenate((part, piece))
        return part

    def _between(
        self, job: Job, left: np.ndarray, count: int, right: np.ndarray, progress: tuple[int, int, int]
    ) -> np.ndarray:
        """`count` samples between `left` and `right`, which together fill a window at most, at their level."""
        model = self._model
        wave = _bridged(left, count, right, self._window)
        latents, column = model.mel.encode(wave), model.mel.samples_a_latent
        keep = torch.zeros(1, 1, latents.shape[2], 1, device=latents.device, dtype=torch.bool)
        keep[:, :, : len(left) // column] = True
        stop = len(left) + count
        keep[:, :, -(-stop // column) : (stop + len(right)) // column] = bool(len(right))
        scheduler = model.scheduler(job.settings)
        noise = self._noise(job, latents)
        begin, share, of = progress
        steps = model.steps(job.settings)

        def tell(step: int, time: Any, now: Tensor) -> None:
            job.tick(round(begin + share * (step + 1) / steps), of)
            if step + 1 < len(scheduler.timesteps):
                noised = scheduler.add_noise(latents, noise, scheduler.timesteps[step + 1 : step + 2])
            else:
                noised = latents
            now.copy_(torch.where(keep, noised.to(now), now))

        with model.given(self._context(wave, len(left), stop, stop + len(right))):
            denoised = model.denoised(job, scheduler, WINDOW, tell, noise)
        sound = model.sound(denoised, self._window, job)
        rate = model.mel.rate
        if len(left):
            gain = crossfade.matched_gain(left[:, None], sound[: len(left), None], rate)
        else:
            gain = crossfade.matched_gain(right[:, None], sound[stop : stop + len(right), None], rate)
        return np.asarray(gain * sound[len(left) : stop], np.float32)

    def _heard(self, wave: np.ndarray) -> Tensor | None:
        """Language-of-audio vectors (1, n, D) of a window; None without an AudioMAE."""
        model = self._model
        if model.loa is None or model.pooling is None:
            return None
        samples = resample(wave[:, None] * level(wave), model.mel.rate, RATE)[:, 0]
        place = next(model.loa.parameters()).device
        return torch.as_tensor(
            model.loa(torch.from_numpy(np.ascontiguousarray(samples))[None].to(place), model.pooling)
        )

    def _context(self, wave: np.ndarray, left: int, start: int, stop: int) -> tuple[Tensor, Tensor] | None:
        """Of a window's vectors those wholly before `left`, and those after `start` if it is kept to its end."""
        model, loa = self._model, self._heard(wave)
        if loa is None or model.pooling is None:
            return None
        scale = RATE / model.mel.rate
        before = vectors_in(int(left * scale), model.pooling)
        span = HOP * PATCH * model.pooling  # samples of a column of vectors
        across = vectors(model.pooling) * span // round(WINDOW * RATE)
        after = across * math.ceil(start * scale / span) if stop == self._window else loa.shape[1]
        return loa[:, :before], loa[:, after:]

    def _noise(self, job: Job, latents: Tensor) -> Tensor:
        return torch.randn(latents.shape, generator=job.generator()).to(latents)


def _part(job: Job, begin: int, share: int, steps: int) -> Callback:
    """A callback that reports the samples from `begin` to `begin + share` of the job, step by step."""

    def tell(step: int, time: Any, latents: Tensor) -> None:
        job.tick(round(begin + share * (step + 1) / steps), job.frames)

    return tell


def _bridged(left: np.ndarray, count: int, right: np.ndarray, length: int) -> np.ndarray:
    """Both sides with their mirror images in between, so that the latents at the borders do not encode silence."""
    gap = np.zeros(count, np.float32)
    most = count // 2 if len(left) and len(right) else count
    before, after = min(len(left), most), min(len(right), most)
    gap[:before] = left[len(left) - before :][::-1]
    gap[count - after :] = right[:after][::-1]
    whole = np.concatenate((left, gap, right))
    return np.pad(whole, (0, length - len(whole)))


def _start_late(scheduler: Any, strength: float) -> None:
    """Lets a scheduler begin where the noise is as strong as asked for: the first steps are left out."""
    whole = scheduler.set_timesteps

    def set_timesteps(count: int, device: Any = None) -> None:
        whole(count, device=device)
        skip = min(round((1 - strength) * count), count - 1)
        scheduler.timesteps = scheduler.timesteps[skip:]
        if hasattr(scheduler, "sigmas"):
            scheduler.sigmas = scheduler.sigmas[skip:]

    scheduler.set_timesteps = set_timesteps
