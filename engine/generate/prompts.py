"""What users hand in, made fit for a model or refused with a sentence."""

from dataclasses import replace

import numpy as np

from engine.audio import Audio, resample
from engine.downmix import mix_to_stereo
from engine.errors import ModelError
from engine.generate.interface import Request, Settings, Task
from engine.generate.parameters import GUIDANCE, STEERING, STEPS
from engine.models.joint_embedding import words
from engine.mono import fit_channels, mono
from engine.plain_text import counted

MAX_SECONDS = 3600.0
MAX_TAKES = 64
MIN_PROMPT_SECONDS = 0.25
_SILENCE = 1e-4


def checked_sound(sound: Audio, what: str) -> np.ndarray:
    """The samples (frames, channels) float32 of a sound from the user.

    Raises:
        ModelError: it is empty, or holds values that are not numbers.
    """
    samples = np.asarray(sound.samples, np.float32)
    if samples.ndim == 1:
        samples = samples[:, None]
    if not samples.size:
        raise ModelError(f"The {what} is empty: choose a sound.")
    if not np.isfinite(samples).all():
        raise ModelError(f"The {what} holds values that are not numbers (NaN or infinity): export it again.")
    if sound.rate < 1000 or sound.rate > 768000:
        raise ModelError(f"The {what} claims a rate of {sound.rate:,} Hz, which is no rate of sound.")
    return samples


def prompt_sound(sound: Audio, what: str, channels: int) -> np.ndarray:
    """The samples (frames, channels) of a prompt's sound; more than two are mixed to stereo first, as in a song.

    Raises:
        ModelError: see `checked_sound`.
    """
    return fit_channels(mix_to_stereo(checked_sound(sound, what)), channels)


def audio_prompt(sound: Audio, rate: int) -> np.ndarray:
    """A prompt's sound (T,) in mono at the model's rate.

    Raises:
        ModelError: nothing can be heard in it.
    """
    samples = checked_sound(sound, "audio prompt")
    seconds = len(samples) / sound.rate
    if seconds < MIN_PROMPT_SECONDS:
        raise ModelError(f"The audio prompt lasts {seconds:.3f} s: give at least {MIN_PROMPT_SECONDS} s of sound.")
    if float(np.abs(samples).max()) < _SILENCE:
        raise ModelError("The audio prompt is silent: choose a sound in which something plays.")
    return np.asarray(resample(mono(mix_to_stereo(samples)), sound.rate, rate)[:, 0])


def text_notices(settings: Settings, longest: int) -> list[str]:
    """What to say about texts that will not be read whole."""
    return [
        f"The {name} has {count:,} words; the model reads the first {longest:,}."
        for name, text in (("prompt", settings.prompt), ("negative prompt", settings.negative))
        if (count := len(words(text))) > longest
    ]


def checked(request: Request) -> Request:
    """The request, its hole within its source.

    Raises:
        ModelError: it asks for what cannot be.
    """
    if not 1 <= request.takes <= MAX_TAKES:
        raise ModelError(f"{request.takes:,} takes were asked for: give 1 to {MAX_TAKES}.")
    if request.frames is not None and request.frames < 1:
        raise ModelError("The length asked for is nothing: give at least one frame.")
    if not 0 < request.seconds <= MAX_SECONDS:
        raise ModelError(
            f"{request.seconds:,.10g} s were asked for: give more than 0 and at most {MAX_SECONDS:,.0f} s."
        )
    steps, guidance, steering = request.settings.steps, request.settings.guidance, request.settings.steering
    if steps is not None and not STEPS.admits(steps):
        raise ModelError(f"{steps:,} denoising steps were asked for: give {STEPS.limits}.")
    if guidance is not None and not GUIDANCE.admits(guidance):
        raise ModelError(f"A guidance of {guidance:g} was asked for: give {GUIDANCE.limits}.")
    if steering is not None and not STEERING.admits(steering):
        raise ModelError(f"A hold on tempo and key of {steering:g} was asked for: give {STEERING.limits}.")
    if request.task in (Task.GENERATE, Task.LOOP):
        return request
    if request.source is None:
        raise ModelError(f"There is no sound to {request.task.value.replace('_', ' ')}: choose one.")
    samples = checked_sound(request.source, "sound")
    if request.task is Task.INPAINT and not 0 <= request.start < request.stop <= len(samples):
        raise ModelError(
            f"The part to make anew (frames {request.start:,} to {request.stop:,}) does not lie within the sound's "
            f"{counted(len(samples), 'frame')}."
        )
    return replace(request, source=Audio(samples, request.source.rate))
