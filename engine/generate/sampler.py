"""MeLoDy's networks on one device, and its operations: encode audio, sample tokens, denoise latents, decode.

A `WindowState` is the latest window of a piece as tokens and latents, aligned to the frame however long the piece gets.
The operations take one and return another. Positions are absolute: token 0 and frame 0 are where the new sound starts;
what precedes it has negative positions. Noise and token draws follow from (seed, absolute position), one seed a take.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter
from typing import TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.generate.device import Place
from engine.generate.execution import DenoiserRuntime, ExecutionMode
from engine.models import diffusion, graphs
from engine.models.chunked_decoder import ChunkedDecoder, LayersChunkedDecoder
from engine.models.contextual import ContextLm, Silence, beside
from engine.models.diffusion import Callback, FrameAngles, no_callback
from engine.models.dualpath import DualPath
from engine.models.joint_embedding import JointEmbedding
from engine.models.latent_guidance import LatentGuidance, ToneReadout
from engine.models.layers.vae import LayersVae
from engine.models.noise import Stream, normal, uniform
from engine.models.semantic_lm import Sampling, SemanticLm
from engine.models.stream_tokens import StreamTokenizer
from engine.models.system import MelodyConfig, tempo_key_head_of
from engine.models.tempo_key_head import TempoKey
from engine.models.token_guidance import WIDTH, Steering, TokenDescriptors
from engine.models.tokens import SemanticTokenizer
from engine.models.vaegan import VaeGan
from engine.mono import mono
from engine.music.guide import NO_GUIDE, Guide

T = TypeVar("T")

_ONE_THREAD = 512
"""Up to this width one thread samples tokens faster than several, which would wait for each other at every layer."""


@dataclass(frozen=True)
class Heard:
    """What sounds beside the new part, from its absolute token 0 and frame 0 on.

    tokens: (1, n); latents: (1, l, D); both empty where nothing is heard, for the reason `silence`.
    """

    tokens: Tensor
    latents: Tensor
    silence: Silence = Silence.NONE


@dataclass(frozen=True)
class SamplingParams:
    """Settings with every default filled in: how to sample, and what for.

    prefix: (1, 12) token ids of the prompt.
    steering: what draws of tokens lean towards, if anything.
    heard: what sounds beside it, for models that listen.
    guide: what draws of tokens follow in time, but for its words; its seconds count from the absolute token `guide_at`.
    prompts: the prefixes of prompts that take the first one's place, by the tokens from which they are heard.
    """

    prefix: Tensor
    omegas: tuple[float, ...]
    guidance: float
    sampling: Sampling
    steering: Steering | None = None
    heard: Heard | None = None
    guide: Guide = NO_GUIDE
    guide_at: int = 0
    prompts: tuple[tuple[int, Tensor], ...] = ()

    def prefix_at(self, token: int) -> Tensor:
        """The prefix of the prompt that is heard at an absolute token."""
        prefixes = [prefix for place, prefix in self.prompts if place + self.guide_at <= token]
        return prefixes[-1] if prefixes else self.prefix


@dataclass(frozen=True)
class WindowState:
    """tokens (B, n), n ≤ T_ST; latents (B, l, D), l ≤ L; the absolute positions after the last of each.

    beat: the place in the phrase that it ends at, in beats; None where that is still to be found.
    """

    tokens: Tensor
    latents: Tensor
    token_end: int = 0
    frame_end: int = 0
    beat: float | None = None


_SILENCE = 1e-4


class Sampler:
    """The networks on one device. Call from one thread at a time.

    mode: how they run from now on; it decides the last bits (see `execution`). timings: seconds spent in each part.
    """

    def __init__(self, modules: nn.ModuleDict, config: MelodyConfig, place: Place) -> None:
        self.config, self.place = config, place
        self.lm = _cast(cast(SemanticLm, modules["lm"]), place)
        self.dpd = cast(DualPath, modules["dpd"]).to(place.device, place.dtype)
        self.vae = cast(VaeGan | LayersVae, modules["vae"]).to(place.device)
        self.vae.decoder.to(place.dtype)
        self.mulan = cast(JointEmbedding, modules["mulan"]).to(place.device)
        self.ssl = cast(SemanticTokenizer | StreamTokenizer, modules["ssl"]).to(place.device)
        tempo_key_head = tempo_key_head_of(modules)
        self.tempo_key_head = tempo_key_head.to(place.device) if tempo_key_head is not None else None
        self._decoder = self.lm.decoder()
        self.token_descriptors = _descriptors(self.ssl)
        self.runtime = DenoiserRuntime(self.dpd, place.device, config.frames)
        self._decode = graphs.Recorded(self.vae.decode, self.runtime.recorder, place.device)
        self.mode = ExecutionMode.EAGER
        self.timings: dict[str, float] = {}

    def use(self, takes: int, guidance: float, requested: str | None = None) -> None:
        """Chooses the execution mode for batches of `takes`: the requested one where the device has it.

        Raises:
            ModelError: there is no such mode.
        """
        if requested is not None and requested not in {mode.value for mode in ExecutionMode}:
            raise ModelError(f"Networks do not run in the way “{requested}”: choose {', '.join(ExecutionMode)}.")
        self.mode = self.runtime.mode(takes, guidance, requested)

    def release(self) -> None:
        """Frees the memory of recorded CUDA graphs."""
        self.runtime.release()
        self._decode.release()

    def _timed(self, part: str, work: Callable[[], T]) -> T:
        started = perf_counter()
        with torch.inference_mode():
            result = work()
        if self.place.device.type == "cuda":
            torch.cuda.current_stream(self.place.device).synchronize()
        self.timings[part] = self.timings.get(part, 0.0) + perf_counter() - started
        return result

    def empty(self, takes: int) -> WindowState:
        """The state before the first token, whose beat is 0."""
        device = self.place.device
        latents = torch.zeros(takes, 0, self.config.dpd.latent_width, device=device)
        return WindowState(torch.zeros(takes, 0, dtype=torch.int64, device=device), latents, beat=0.0)

    def encode(self, wave: np.ndarray, takes: int = 1) -> WindowState:
        """The state of audio (frames, channels) at the model's rate, whose length is a whole number of tokens."""
        sound = torch.from_numpy(np.ascontiguousarray(wave.T)).to(self.place.device)[None]  # (1, C, T_wav)
        one = torch.from_numpy(np.ascontiguousarray(mono(wave).T)).to(self.place.device)  # (1, T_wav)
        tokens = self._timed("ssl", lambda: self.ssl(one))
        latents = self._timed("encoder", lambda: self.vae.encode(sound)).float()
        return WindowState(tokens.expand(takes, -1), latents.expand(takes, -1, -1))

    @property
    def listens(self) -> bool:
        """Whether the networks hear what sounds beside the new part."""
        return isinstance(self.lm, ContextLm)

    def listen(self, context: np.ndarray | None, alone: bool) -> Heard | None:
        """What sounds beside the new part: (frames, channels) at the model's rate, or nothing.

        None where the networks do not listen.
        """
        if not self.listens:
            return None
        empty, silence = self.empty(1), Silence.ALONE if alone else Silence.NONE
        if context is None or len(context) < self.config.vae.hop:
            return Heard(empty.tokens, empty.latents, silence)
        whole = len(context) // (2 * self.config.vae.hop) * 2 * self.config.vae.hop
        state = self.encode(context[:whole]) if whole else empty
        return Heard(state.tokens, state.latents, silence)

    def _heard_tokens(self, first: int, count: int, params: SamplingParams) -> Tensor | None:
        """Ids (1, count + ahead) of what is heard from the absolute token `first` on."""
        if not isinstance(self.lm, ContextLm) or params.heard is None:
            return None
        context, config = params.heard, self.lm.config
        length = count + config.ahead
        silence = Silence.NONE if context.tokens.shape[1] else context.silence
        ids = torch.full((1, length), config.vocabulary + silence, device=self.place.device)
        start, stop = max(first, 0), min(first + length, context.tokens.shape[1])
        if stop > start:
            ids[:, start - first : stop - first] = context.tokens[:, start:stop]
        return ids

    def _beside(self, first: int, batch: int, length: int, params: SamplingParams) -> Tensor | None:
        """What the diffusion sees beside its latents from the absolute frame `first` on: (B, length, D + 2)."""
        if not self.listens:
            return None
        width, device = self.config.dpd.latent_width, self.place.device
        context = params.heard
        silence = context.silence if context is not None and not context.tokens.shape[1] else Silence.NONE
        seen = beside(None, (batch, length, width), silence, device)
        if context is not None:
            start, stop = max(first, 0), min(first + length, context.latents.shape[1])
            if stop > start:
                seen[:, start - first : stop - first, :width] = context.latents[:, start:stop]
                seen[:, start - first : stop - first, width:] = 0
        return seen

    def beat(self, history: WindowState, params: SamplingParams) -> float | None:
        """Beat of the 16-beat phrase at which the window ends, estimated where unknown; None without steering."""
        if params.steering is None or self.token_descriptors is None:
            return None
        return (
            history.beat
            if history.beat is not None
            else self.token_descriptors.beat_after(history.tokens[0], params.steering.pace)
        )

    def beat_later(self, beat: float | None, count: int, params: SamplingParams) -> float | None:
        """Beat of the phrase `count` tokens after `beat`, or before it for a negative count."""
        if beat is None or self.token_descriptors is None or params.steering is None:
            return None
        return self.token_descriptors.advance(beat, count, params.steering.pace)

    def sample_tokens(
        self,
        context: Tensor,
        first: int,
        count: int,
        seeds: Sequence[int],
        params: SamplingParams,
        callback: Callback,
        beat: float | None = None,
    ) -> Tensor:
        """Tokens (B, count) after `context` (B, n), from absolute position `first` and phrase beat `beat` on."""
        turn = next(
            (at for place, _ in params.prompts if first < (at := place + params.guide_at) < first + count), None
        )
        if turn is not None:
            before = self.sample_tokens(context, first, turn - first, seeds, params, callback, beat)
            later = self.beat_later(beat, turn - first, params)
            context = torch.cat((context, before), dim=1)
            after = self.sample_tokens(context, turn, first + count - turn, seeds, params, callback, later)
            return torch.cat((before, after), dim=1)
        logit_bias = self._logit_bias(first, count, params, beat)
        uniforms = torch.from_numpy(np.stack([uniform(seed, Stream.TOKEN, first, count) for seed in seeds]))
        prefix = params.prefix_at(first).expand(len(seeds), -1)
        beside = self._heard_tokens(first - context.shape[1], context.shape[1] + count, params)
        threads = torch.get_num_threads()
        if self.place.device.type == "cpu" and self.config.lm.hidden <= _ONE_THREAD:
            torch.set_num_threads(1)
        try:
            return self._timed(
                "lm",
                lambda: self.lm.extend(
                    prefix, context, uniforms, params.sampling, callback, self._decoder, logit_bias, beside
                ),
            )
        finally:
            torch.set_num_threads(threads)

    def _logit_bias(self, first: int, count: int, params: SamplingParams, beat: float | None) -> Tensor | None:
        """What tempo, key and guide add to the logits of tokens from the absolute one `first` on: (count, V)."""
        descriptors, guide, place = self.token_descriptors, params.guide, first - params.guide_at
        if descriptors is None or (params.steering is None and not guide):
            return None
        bias, into = torch.zeros(count, 1), first % descriptors.together
        notes = not guide or self.tone_readout is None
        if params.steering is not None:
            bias = bias + descriptors.logit_bias(params.steering, beat or 0.0, count, guide, place, into, notes=notes)
        return bias + descriptors.guide_bias(guide, place, count, into, notes=notes) if guide else bias

    @cached_property
    def tone_readout(self) -> ToneReadout | None:
        """How loud the decoder's oscillators are, as it follows from latents; None where that is not known."""
        with torch.inference_mode():
            return self.vae.tone_readout() if isinstance(self.vae, VaeGan) else None

    def _latent_guidance(self, first: int, frames: int, params: SamplingParams) -> diffusion.Guidance | None:
        """What moves the latents from the absolute frame `first` on towards the guide; None where it says nothing."""
        if not (params.guide.melody or params.guide.chords) or self.tone_readout is None:
            return None
        place = first - self._frames(params.guide_at)
        guidance = LatentGuidance(self.tone_readout, params.guide, place, frames, self.config.vae.frame_rate)
        return None if guidance.empty else guidance.moved

    def noise(self, first: int, frames: int, seeds: Sequence[int], stream: Stream = Stream.LATENT) -> Tensor:
        """(B, frames, D) noise from the absolute frame `first` on."""
        width = self.config.dpd.latent_width
        drawn = np.stack([normal(seed, stream, first, frames, width) for seed in seeds])
        return torch.from_numpy(drawn).to(self.place.device)

    @contextmanager
    def velocity(
        self, tokens: Tensor, length: int, guidance: float, seen: Tensor | None = None
    ) -> Iterator[diffusion.Velocity]:
        """The network bound to the tokens (B, T_ST) of a window; what they alone decide is computed here, once.

        On a GPU both branches of guidance are one batch. On a CPU each gets a thread (or half of the threads): they
        meet once a step, where threads that share a batch wait for each other at every layer, which took twice as long.

        seen: what the network sees beside its latents (B, L, …), where it listens.
        """

        def with_context(network: diffusion.Velocity) -> diffusion.Velocity:
            if seen is None:
                return network
            return lambda z, delta, frames: network(torch.cat((z, seen), dim=-1), delta, frames)

        threads = torch.get_num_threads()
        if self.place.device.type != "cpu" or guidance == 1.0 or threads < 2:
            yield with_context(self.runtime.bound(tokens, length, guidance, self.mode))
            return
        condition = self.dpd.condition(tokens, length)

        def branch(z: Tensor, delta: FrameAngles, n_cond: int, out_frames: slice) -> Tensor:
            with torch.inference_mode():
                return cast(Tensor, self.dpd(z, delta, condition, n_cond=n_cond, out_frames=out_frames))

        def network(z: Tensor, delta: FrameAngles, out_frames: slice) -> Tensor:
            conditional = pool.submit(branch, z, delta, z.shape[0], out_frames)
            unconditional = pool.submit(branch, z, delta, 0, out_frames)
            return diffusion.classifier_free_guidance(conditional.result(), unconditional.result(), guidance)

        with ThreadPoolExecutor(2, "branch", torch.set_num_threads, (threads // 2,)) as pool:
            try:
                yield with_context(network)
            finally:
                torch.set_num_threads(threads)

    def append(
        self,
        history: WindowState,
        count: int,
        seeds: Sequence[int],
        params: SamplingParams,
        callbacks: tuple[Callback, Callback] = (no_callback, no_callback),
    ) -> tuple[WindowState, Tensor]:
        """Algorithm 2, one chunk of `count` tokens (Algorithm 1 when the history is empty).

        Returns the history with the chunk at its end, cut to a window, and the chunk's latents (B, l, D).
        """
        beat = self.beat(history, params)
        tokens = self.sample_tokens(history.tokens, history.token_end, count, seeds, params, callbacks[0], beat)
        noise = self.noise(history.frame_end, self._frames(count), seeds)
        after, latents = self._denoised(history, tokens, noise, params, callbacks[1])
        return replace(after, beat=self.beat_later(beat, count, params)), latents

    def _denoised(
        self,
        history: WindowState,
        tokens: Tensor,
        noise: Tensor,
        params: SamplingParams,
        callback: Callback,
        angle: float = 1.0,
    ) -> tuple[WindowState, Tensor]:
        """Denoises `noise` (B, l, D) after the history; with `angle` < 1 it is latents noised up to angle · π/2."""
        config = self.config
        room = config.lm.length - tokens.shape[1]
        kept_tokens = history.tokens[:, max(history.tokens.shape[1] - room, 0) :]
        past = history.latents[:, max(history.latents.shape[1] - self._frames(room), 0) :]
        window_tokens = torch.cat((kept_tokens, tokens), dim=1)
        length = past.shape[1] + noise.shape[1]
        omegas = [angle * omega for omega in params.omegas]
        seen = self._beside(history.frame_end - past.shape[1], len(noise), length, params)
        guidance = self._latent_guidance(history.frame_end, noise.shape[1], params)

        def work() -> Tensor:
            with self.velocity(window_tokens, length, params.guidance, seen) as network:
                return diffusion.continue_window(network, past, noise, omegas, callback, guidance)

        new = self._timed("dpd", work)  # (B, l, D)
        latents = torch.cat((history.latents, new), dim=1)[:, -config.frames :]
        tokens_kept = torch.cat((history.tokens, tokens), dim=1)[:, -config.lm.length :]
        after = WindowState(
            tokens_kept, latents, history.token_end + tokens.shape[1], history.frame_end + self._frames(tokens.shape[1])
        )
        return after, new

    def variation(
        self,
        history: WindowState,
        source: WindowState,
        strength: float,
        seeds: Sequence[int],
        params: SamplingParams,
        callback: Callback,
    ) -> tuple[WindowState, Tensor]:
        """Appends a variation of `source`, a chunk or a window, by noising it partly and denoising from there."""
        if strength <= 0:
            latents = torch.cat((history.latents, source.latents), dim=1)[:, -self.config.frames :]
            tokens = torch.cat((history.tokens, source.tokens), dim=1)[:, -self.config.lm.length :]
            count = source.tokens.shape[1]
            return WindowState(
                tokens, latents, history.token_end + count, history.frame_end + self._frames(count)
            ), source.latents
        angle = min(strength, 1.0)
        noise = self.noise(history.frame_end, source.latents.shape[1], seeds, Stream.VARIATION)
        start = diffusion.noised(source.latents, noise, torch.tensor(angle * np.pi / 2, device=noise.device).float())
        return self._denoised(history, source.tokens, start, params, callback, angle)

    def inpaint(
        self,
        left: WindowState,
        right: WindowState,
        count: int,
        seeds: Sequence[int],
        params: SamplingParams,
        callbacks: tuple[Callback, Callback] = (no_callback, no_callback),
        tokens: Tensor | None = None,
    ) -> Tensor:
        """Latents (B, l, D) of `count` new tokens between two windows, either of which may be empty.

        The tokens are sampled after the left context unless they are given. The window is centred on the mask as
        far as there is context; absolute positions are the left history's.
        """
        frames = self._frames(count)
        if tokens is None:
            beat = self.beat(left, params)
            tokens = self.sample_tokens(left.tokens, left.token_end, count, seeds, params, callbacks[0], beat)
        room = self.config.lm.length - count
        after = min(right.tokens.shape[1], max(room // 2, room - left.tokens.shape[1]))
        before = min(left.tokens.shape[1], room - after)
        window_tokens = torch.cat(
            (left.tokens[:, left.tokens.shape[1] - before :], tokens, right.tokens[:, :after]), dim=1
        )
        kept_left = left.latents[:, left.latents.shape[1] - self._frames(before) :]
        kept_right = right.latents[:, : self._frames(after)]
        noise = self.noise(left.frame_end, frames, seeds)
        window = torch.cat((kept_left, noise, kept_right), dim=1)  # (B, L', D)
        seen = self._beside(left.frame_end - kept_left.shape[1], len(window), window.shape[1], params)
        guidance = self._latent_guidance(left.frame_end, frames, params)
        place = torch.arange(window.shape[1])
        mask = (place >= kept_left.shape[1]) & (place < kept_left.shape[1] + frames)

        def work() -> Tensor:
            with self.velocity(window_tokens, window.shape[1], params.guidance, seen) as network:
                return diffusion.denoise(network, window, mask, params.omegas, callbacks[1], guidance)

        return self._timed("dpd", work)[:, kept_left.shape[1] : kept_left.shape[1] + frames]

    def decode(
        self, decoder: ChunkedDecoder | LayersChunkedDecoder, latents: Tensor, *, last: bool = False
    ) -> np.ndarray:
        """Decodes what later latents cannot change any more: (B, frames, channels) float32."""
        # a recorded decoder is for chunks amid a stream, which all have the same shape
        chunks = isinstance(decoder, ChunkedDecoder) and self.mode is not ExecutionMode.EAGER
        recorded = chunks and decoder.held_back == self.vae.context and not last
        decode = self._decode if recorded and latents.shape[1] == self.config.chunk_frames else None
        wave = self._timed("vae", lambda: decoder.push(latents, last=last, decode=decode))  # (B, C, T)
        return wave.transpose(1, 2).float().cpu().numpy()

    def embed_text(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (B, E)."""
        return self._timed("mulan", lambda: self.mulan.embed_text(texts))

    def embed_music(self, mono: np.ndarray) -> Tensor:
        """The unit vector (1, E) of (T_wav,) at the model's rate, the mean over crops."""

        def work() -> Tensor:
            each = [self.mulan.embed_music(crop[None], self.tempo_key_head) for crop in self._crops(mono)]
            return torch.nn.functional.normalize(torch.stack(each).mean(dim=0), dim=-1)

        return self._timed("mulan", work)

    def predict_tempo_key(self, mono: np.ndarray) -> TempoKey | None:
        """Tempo and key of audio (T_wav,) at the model's rate; None for silence, or without a tempo and key head."""
        tempo_key_head = self.tempo_key_head
        if tempo_key_head is None or not np.abs(mono).max(initial=0.0) > _SILENCE:
            return None
        size = tempo_key_head.config.samples

        def work() -> TempoKey:
            padded = [torch.nn.functional.pad(crop, (0, size - len(crop))) for crop in self._crops(mono)]
            return tempo_key_head.predict(torch.stack(padded))

        return self._timed("mulan", work)

    def _crops(self, mono: np.ndarray) -> list[Tensor]:
        """Up to six crops of (T_wav,), each as long as the joint embedding's input; the last may be shorter."""
        size = round(self.config.mulan.seconds * self.config.mulan.rate)
        crops = [mono[a : a + size] for a in range(0, len(mono), size)][:6]
        if len(crops) > 1 and len(crops[-1]) < size // 2:
            crops.pop()
        return [torch.from_numpy(np.ascontiguousarray(crop)).to(self.place.device) for crop in crops]

    def prefix(self, vector: Tensor | None) -> Tensor:
        """Prompt tokens (1, 12) of a joint embedding (1, E), or of no prompt."""
        return self.lm.prefix(None if vector is None else self.mulan.quantiser.codes(vector))

    def _frames(self, tokens: int) -> int:
        return tokens * self.config.frames_a_token


def _descriptors(tokenizer: SemanticTokenizer | StreamTokenizer) -> TokenDescriptors | None:
    """What the tokens mean in notes and onsets; None where that is not known."""
    if isinstance(tokenizer, StreamTokenizer):
        return TokenDescriptors.of_streams(tokenizer)
    if tokenizer.config.readout == WIDTH:
        return TokenDescriptors.of_centres(tokenizer.centres, tokenizer.config.token_rate)
    return None


def _cast(lm: SemanticLm, place: Place) -> SemanticLm:
    """The LM on a device. Its rotary frequencies stay float32: in bfloat16 late positions are off by 0.3 rad."""
    rotary = lm.llama.model.rotary_emb
    frequencies = rotary.inv_freq
    lm.to(place.device, place.dtype)
    rotary.inv_freq = frequencies.to(place.device)
    return lm
