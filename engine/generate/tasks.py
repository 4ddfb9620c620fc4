"""Each task of MeLoDy on whole sounds, as a function of a sampler and a request.

The takes are raw: they are levelled and joined to the user's sound elsewhere (see `levelled`).
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from engine.audio import Audio, resample
from engine.errors import ModelError
from engine.generate import crossfade
from engine.generate.interface import Request, Task
from engine.generate.progress import within
from engine.generate.sampler import Sampler, SamplingParams, WindowState
from engine.generate.stream import encode_context
from engine.jobs import Context
from engine.models.chunked_decoder import chunked_decoder
from engine.mono import fit_channels

Span = tuple[float, float]
_LM_SHARE = 0.2


def run(
    sampler: Sampler, request: Request, params: SamplingParams, context: Context, span: Span = (0.0, 1.0)
) -> list[Audio]:
    """The takes of a checked request, together in one batch; take i has the seed + i."""
    return _TASKS[request.task](sampler, request, params, _Job(context, span))


class _Job:
    """The share of a job's progress that one batch of takes stands for."""

    def __init__(self, context: Context, span: Span) -> None:
        self._context, self._span = context, span

    def callbacks(self, done: float, after: float) -> tuple[Callable[[int, int], None], Callable[[int, int], None]]:
        """Progress callbacks of the LM and of the diffusion, from share `done` to `after` of the batch."""
        low, high = (self._span[0] + share * (self._span[1] - self._span[0]) for share in (done, after))
        middle = low + _LM_SHARE * (high - low)
        return within(self._context, low, middle, "Composing"), within(self._context, middle, high, "Denoising")


def _seeds(request: Request) -> list[int]:
    return [request.seed + take for take in range(request.takes)]


def _frames(request: Request, rate: int) -> int:
    """Frames asked for, at the output's rate."""
    return request.frames if request.frames is not None else max(1, round(request.seconds * rate))


def _tokens(sampler: Sampler, frames: int, rate: int) -> int:
    """The fewest tokens that last so many frames at `rate`."""
    config = sampler.config.ssl
    return -(-frames * config.rate // (rate * config.stride))


def _extend(
    sampler: Sampler, history: WindowState, tokens: int, request: Request, params: SamplingParams, job: _Job
) -> Tensor:
    """Latents (B, l, D) of `tokens` more tokens after a history: a window at once when it is empty, then chunks."""
    config, pieces, done = sampler.config, [], 0
    seeds = _seeds(request)
    while done < tokens:
        count = min(config.chunk_tokens if history.tokens.shape[1] else config.lm.length, tokens - done)
        history, piece = sampler.append(
            history, count, seeds, params, job.callbacks(done / tokens, (done + count) / tokens)
        )
        pieces.append(piece)
        done += count
    return torch.cat(pieces, dim=1)


def _decoded(sampler: Sampler, latents: Tensor, left: Tensor | None = None) -> np.ndarray:
    """The sound (B, frames, channels) of latents after `left`, decoded chunk by chunk so that memory stays small."""
    decoder = chunked_decoder(sampler.vae, left)
    parts = torch.split(latents, sampler.config.chunk_frames, dim=1)
    return np.concatenate(
        [sampler.decode(decoder, part, last=i + 1 == len(parts)) for i, part in enumerate(parts)], axis=1
    )


def _generate(sampler: Sampler, request: Request, params: SamplingParams, job: _Job) -> list[Audio]:
    rate = sampler.config.vae.rate
    frames = _frames(request, rate)
    latents = _extend(sampler, sampler.empty(request.takes), _tokens(sampler, frames, rate), request, params, job)
    return [Audio(take[:frames], rate) for take in _decoded(sampler, latents)]


def _source(request: Request) -> Audio:
    if request.source is None:
        raise ModelError("There is no sound to work on: choose one.")
    return request.source


def _fit(sampler: Sampler, wave: np.ndarray, source: Audio, lead: np.ndarray) -> np.ndarray:
    """The model's audio (frames, channels) at the source's rate and channels; `lead` is the audio right before it."""
    rate = sampler.config.vae.rate
    step = rate // math.gcd(rate, source.rate)
    lead = lead[len(lead) - len(lead) // step * step :]
    whole = resample(np.concatenate((lead, wave)), rate, source.rate)
    return fit_channels(whole[len(lead) * source.rate // rate :], source.samples.shape[1])


def _continue(sampler: Sampler, request: Request, params: SamplingParams, job: _Job) -> list[Audio]:
    source, config = _source(request), sampler.config
    frames = _frames(request, source.rate)
    context_end = encode_context(sampler, source, request.takes, config.lm.length - config.chunk_tokens)
    latents = _extend(sampler, context_end.history, _tokens(sampler, frames, source.rate) + 1, request, params, job)
    waves = _decoded(sampler, latents, context_end.history.latents if context_end.history.latents.shape[1] else None)
    lead = context_end.gain * context_end.decoded[0]
    return [Audio(_fit(sampler, context_end.gain * wave, source, lead)[:frames], source.rate) for wave in waves]


def _hole(sampler: Sampler, request: Request, params: SamplingParams, job: _Job) -> list[Audio]:
    """Inpainting. The token grid starts with the mask; the right context starts at the next token boundary."""
    source, config = _source(request), sampler.config
    rate, samples = source.rate, source.samples
    frames = request.stop - request.start
    tokens = _tokens(sampler, frames, rate)
    reach = config.lm.length - config.chunk_tokens
    left = encode_context(sampler, Audio(samples[: request.start], rate), request.takes, reach)
    after = request.start + math.ceil(tokens * config.ssl.stride * rate / config.ssl.rate)
    right = _right(sampler, Audio(samples[after:], rate), request.takes, reach)
    history, pieces, done = left.history, [], 0
    longest = config.lm.length - 2 * config.chunk_tokens  # a longer hole is continued into from the left
    while tokens - done > longest:
        count = min(config.chunk_tokens, tokens - done - longest)
        callbacks = job.callbacks(done / tokens, (done + count) / tokens)
        history, piece = sampler.append(history, count, _seeds(request), params, callbacks)
        pieces.append(piece)
        done += count
    pieces.append(
        sampler.inpaint(history, right, tokens - done, _seeds(request), params, job.callbacks(done / tokens, 1.0))
    )
    latents = torch.cat(pieces, dim=1)
    around = right.latents[:, : sampler.vae.context]
    waves = _decoded(
        sampler, torch.cat((latents, around), dim=1), left.history.latents if left.history.latents.shape[1] else None
    )
    lead = left.gain * left.decoded[0]
    return [Audio(_fit(sampler, left.gain * wave, source, lead)[:frames], rate) for wave in waves]


def _right(sampler: Sampler, sound: Audio, takes: int, room: int) -> WindowState:
    """The state of the first `room` tokens of audio, or of all of it where that is shorter."""
    config = sampler.config
    longest = math.ceil((room + 1) * config.ssl.stride * sound.rate / config.ssl.rate)
    if not len(sound.samples):
        return sampler.empty(takes)
    samples = fit_channels(resample(sound.samples[:longest], sound.rate, config.vae.rate), config.vae.channels)
    tokens = min(room, len(samples) // config.ssl.stride)
    return sampler.encode(samples[: tokens * config.ssl.stride], takes) if tokens else sampler.empty(takes)


def _extend_left(sampler: Sampler, request: Request, params: SamplingParams, job: _Job) -> list[Audio]:
    """Chunks before the source, the last one first. Their tokens are sampled from the prompt alone, in time order."""
    source, config = _source(request), sampler.config
    frames = _frames(request, source.rate)
    total = _tokens(sampler, frames, source.rate)
    seeds = _seeds(request)
    reach = config.lm.length - config.chunk_tokens
    right = _right(sampler, source, request.takes, reach)
    drawn = sampler.empty(request.takes).tokens
    spare = total / sampler.config.ssl.token_rate - frames / source.rate  # seconds that are cut off at the start
    params = replace(params, guide=params.guide.later(spare), guide_at=-total)
    lm_ticks, _ = job.callbacks(0.0, 1.0)
    # counted back from the source's beat, so that the new beats lead into it
    beat = sampler.beat_later(sampler.beat(right, params), -right.tokens.shape[1] - total, params)
    while drawn.shape[1] < total:
        count = min(config.chunk_tokens, total - drawn.shape[1])
        context = drawn[:, -config.lm.length :]
        more = sampler.sample_tokens(context, drawn.shape[1] - total, count, seeds, params, lm_ticks, beat)
        drawn = torch.cat((drawn, more), dim=1)
        beat = sampler.beat_later(beat, count, params)
    whole, stop = right, total
    while stop > 0:
        count = min(config.chunk_tokens, stop)
        tokens = drawn[:, stop - count : stop]
        empty = sampler.empty(request.takes)
        place = WindowState(
            empty.tokens, empty.latents, stop - count - total, (stop - count - total) * config.frames_a_token
        )
        callbacks = job.callbacks((total - stop) / total, (total - stop + count) / total)
        latents = sampler.inpaint(place, whole, count, seeds, params, callbacks, tokens)
        whole = WindowState(torch.cat((tokens, whole.tokens), dim=1), torch.cat((latents, whole.latents), dim=1))
        stop -= count
    new = total * config.frames_a_token
    waves = _decoded(sampler, whole.latents[:, : new + sampler.vae.context])
    rate, hop = config.vae.rate, config.vae.hop
    takes = []
    for wave in waves:
        reference = wave[new * hop :]
        original = fit_channels(resample(source.samples[: source.rate], source.rate, rate), config.vae.channels)
        gain = crossfade.matched_gain(original[: len(reference)], reference[: len(original)], rate)
        # reversed in time, the new part follows the source, so that it ends exactly at the source's start
        turned = _fit(sampler, gain * wave[: new * hop][::-1], source, gain * reference[::-1])[:frames][::-1]
        takes.append(Audio(turned, source.rate))
    return takes


def _variation(sampler: Sampler, request: Request, params: SamplingParams, job: _Job) -> list[Audio]:
    source, config = _source(request), sampler.config
    rate, stride = config.vae.rate, config.ssl.stride
    samples = fit_channels(resample(source.samples, source.rate, rate), config.vae.channels)
    total = -(-len(samples) // stride)
    samples = np.pad(samples, ((0, total * stride - len(samples)), (0, 0)))
    history, pieces, done = sampler.empty(request.takes), [], 0
    while done < total:
        count = min(config.chunk_tokens if done else config.lm.length, total - done)
        piece = sampler.encode(samples[done * stride : (done + count) * stride], request.takes)
        _, callback = job.callbacks(done / total, (done + count) / total)
        history, latents = sampler.variation(history, piece, request.strength, _seeds(request), params, callback)
        pieces.append(latents)
        done += count
    waves = _decoded(sampler, torch.cat(pieces, dim=1))
    frames = len(source.samples)
    return [Audio(_fit(sampler, wave, source, wave[:0])[:frames], source.rate) for wave in waves]


def _loop(sampler: Sampler, request: Request, params: SamplingParams, job: _Job) -> list[Audio]:
    """A loop: the last part is inpainted between what precedes it and the piece's start, then decoded circularly."""
    config, rate = sampler.config, sampler.config.vae.rate
    frames = _frames(request, rate)
    total = _tokens(sampler, frames, rate)
    seeds = _seeds(request)
    history = sampler.empty(request.takes)
    tokens, pieces, done = history.tokens, [], 0
    while done < total:
        count = min(config.chunk_tokens if done else config.lm.length, total - done)
        history, chunk = sampler.append(
            history, count, seeds, params, job.callbacks(0.8 * done / total, 0.8 * (done + count) / total)
        )
        tokens = torch.cat((tokens, history.tokens[:, -count:]), dim=1)
        pieces.append(chunk)
        done += count
    latents = torch.cat(pieces, dim=1)
    joint = min(config.chunk_tokens, total // 2)
    if joint:
        keep, width = total - joint, config.frames_a_token
        before = WindowState(
            tokens[:, :keep][:, -config.lm.length :],
            latents[:, : keep * width][:, -config.frames :],
            keep,
            keep * width,
        )
        after = WindowState(tokens[:, :keep], latents[:, : keep * width])
        chunk = sampler.inpaint(before, after, joint, seeds, params, job.callbacks(0.8, 1.0), tokens[:, keep:])
        latents = torch.cat((latents[:, : keep * width], chunk), dim=1)
    context, hop = sampler.vae.context, config.vae.hop
    memory = sampler.vae.memory  # of what still sounds at the end, the start is full
    laps = latents.repeat(1, -(-max(memory, context) // latents.shape[1]), 1)
    around = torch.cat((laps[:, -memory:], latents, laps[:, :context]), dim=1)
    decoded, end = _decoded(sampler, around), (memory + latents.shape[1]) * hop
    circle = decoded[:, memory * hop : end]
    # the decoder's oscillators end amid a period: their continuation crossfades into the start
    faded = min(hop, circle.shape[1])
    rise = np.linspace(0.0, 1.0, faded, dtype=np.float32)[:, None]
    circle[:, :faded] = (1 - rise) * decoded[:, end : end + faded] + rise * circle[:, :faded]
    return [Audio(crossfade.close_cut(take, frames, rate), rate) for take in circle]


_TASKS: dict[Task, Callable[[Sampler, Request, SamplingParams, _Job], list[Audio]]] = {
    Task.GENERATE: _generate,
    Task.CONTINUE: _continue,
    Task.INPAINT: _hole,
    Task.EXTEND_LEFT: _extend_left,
    Task.VARIATION: _variation,
    Task.LOOP: _loop,
}
