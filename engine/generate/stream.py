"""A stream of chunks: Algorithm 2 round by round, from nothing or from the end of the user's sound.

Every chunk decodes with the context that it needs on its left, and holds back what the next chunk may still change: the
pieces put together are what decoding all at once would give. After the user's sound the new part comes at its rate and
channel count; its level and the join are set elsewhere (see `levelled`).
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from engine.audio import Audio, resample
from engine.errors import ModelError
from engine.generate import crossfade, prompts
from engine.generate.device import out_of_memory
from engine.generate.interface import Chunk, Request, Settings
from engine.generate.progress import within
from engine.generate.resampling import RateChange
from engine.generate.sampler import Sampler, SamplingParams, WindowState
from engine.jobs import Context
from engine.models.chunked_decoder import ChunkedDecoder, LayersChunkedDecoder, chunked_decoder
from engine.mono import fit_channels


@dataclass(frozen=True)
class SourceContext:
    """The end of the user's audio, encoded: what a continuation starts from.

    history: what there is of it in whole tokens, at negative positions.
    decoded: the model's rendering of the history's end, (B, frames, channels) at the model's rate.
    gain: what brings the model's level to the original's.
    """

    history: WindowState
    decoded: np.ndarray
    gain: float


def encode_context(sampler: Sampler, sound: Audio, takes: int, room: int) -> SourceContext:
    """Encodes the last `room` tokens' worth of `sound` (or what there is), ending exactly at its end."""
    config = sampler.config
    rate, stride = config.vae.rate, config.ssl.stride
    longest = int((room + 1) * stride / rate * sound.rate)
    samples = sound.samples[-longest:]
    samples = resample(samples, sound.rate, rate) if len(samples) else samples
    samples = fit_channels(samples, config.vae.channels)
    tokens = min(room, len(samples) // stride)
    samples = samples[len(samples) - tokens * stride :]
    if not tokens:
        return SourceContext(sampler.empty(takes), samples[None], 1.0)
    history = sampler.encode(samples, takes)
    second = min(history.latents.shape[1], round(config.vae.frame_rate) + sampler.vae.context)
    decoded = sampler.decode(chunked_decoder(sampler.vae, first=-second), history.latents[:1, -second:], last=True)
    gain = crossfade.matched_gain(samples, decoded[0], rate)
    return SourceContext(history, decoded, gain)


@dataclass(frozen=True)
class _State:
    history: WindowState
    decoder: ChunkedDecoder | LayersChunkedDecoder
    rates: RateChange
    index: int = 0
    start: int = 0


class MelodySession:
    """A stream in progress; see `interface.Session`."""

    def __init__(
        self, sampler: Sampler, params: Callable[[Settings], SamplingParams], request: Request, longest_prompt: int
    ) -> None:
        self._sampler, self._controls, self._seed, self._longest = sampler, params, request.seed, longest_prompt
        config, source = sampler.config, request.source
        self.notices: tuple[str, ...] = ()
        self._gain = 1.0
        if source is None:
            self.rate, self.channels = config.vae.rate, config.vae.channels
            history, lead = sampler.empty(1), None
            decoder = chunked_decoder(sampler.vae)
        else:
            self.rate, self.channels = source.rate, source.samples.shape[1]
            context_end = encode_context(sampler, source, 1, config.lm.length - config.chunk_tokens)
            history, self._gain = context_end.history, context_end.gain
            lead = context_end.gain * context_end.decoded[0]
            decoder = chunked_decoder(sampler.vae, history.latents if history.latents.shape[1] else None)
        self._state = _State(history, decoder, RateChange(config.vae.rate, self.rate, config.vae.channels, lead))

    @property
    def next_seconds(self) -> float:
        """Longest duration of the next chunk in seconds, if it is the last."""
        config = self._sampler.config
        delay = self._state.decoder.held_back / config.vae.frame_rate
        return config.streaming.window_seconds / config.streaming.chunks + delay

    def mark(self) -> object:
        """A copy of the present state, for `rewind`."""
        return self._copied(self._state)

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned."""
        assert isinstance(mark, _State)
        self._state = self._copied(mark)

    @staticmethod
    def _copied(state: _State) -> _State:
        return replace(state, decoder=copy.copy(state.decoder), rates=copy.copy(state.rates))

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        """The next chunk. After an error or a cancel the stream's state is unchanged."""
        sampler, state = self._sampler, self._copied(self._state)
        started, sampler.timings = perf_counter(), {}
        self.notices += tuple(n for n in prompts.text_notices(settings, self._longest) if n not in self.notices)
        params = self._controls(settings)
        sampler.use(1, params.guidance, settings.network)
        count = sampler.config.chunk_tokens
        callbacks = within(context, 0.0, 0.2), within(context, 0.2, 1.0)
        try:
            history, latents = sampler.append(state.history, count, [self._seed], params, callbacks)
            samples = sampler.decode(state.decoder, latents, last=last)[0]
        except RuntimeError as error:
            if out_of_memory(error):
                raise ModelError("There is not enough memory to go on: close programs, or choose the CPU.") from error
            raise
        samples = state.rates.push(self._gain * samples, last=last)
        samples = fit_channels(samples, self.channels)
        self._state = replace(state, history=history, index=state.index + 1, start=state.start + len(samples))
        sampler.runtime.streamed(1, params.guidance)
        timings = perf_counter() - started
        parts = dict(sampler.timings)
        return Chunk(
            state.index,
            state.start,
            samples,
            self.rate,
            replace(settings, network=sampler.runtime.used.value),
            len(params.omegas),
            timings,
            parts,
            last=last,
        )
