"""The streaming starter beside transformers' MusicGen-small, taking turns in one run on the same cores.

MusicGen has random weights of the released sizes, in bfloat16, with guidance and its cache; its whole `generate` is
timed: text encoder, language model, EnCodec. Both make the same seconds of sound in each round.
"""

import os
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch
from transformers import EncodecConfig, MusicgenConfig, MusicgenForConditionalGeneration, T5Config
from transformers.models.musicgen.configuration_musicgen import MusicgenDecoderConfig

from engine.generate.bench import PROMPT, Share
from engine.generate.interface import Request
from engine.generate.melody import Melody
from engine.jobs import Context

_RATE, _TOKENS_A_SECOND = 32000, 50


@dataclass(frozen=True)
class Comparison:
    """Medians over the rounds. `realtime` is seconds of sound a second; `ratio` that of ours to theirs, in pairs."""

    rounds: int
    seconds_of_sound: float
    realtime: float
    musicgen_realtime: float
    ratio: float
    machine_share: float

    def to_dict(self) -> dict[str, object]:
        """The comparison, ready for JSON."""
        return asdict(self)


def musicgen_small() -> MusicgenForConditionalGeneration:
    """MusicGen-small's architecture with random weights in bfloat16, on the CPU."""
    encodec = EncodecConfig(
        sampling_rate=_RATE,
        upsampling_ratios=[8, 5, 4, 4],
        num_filters=64,
        codebook_size=2048,
        target_bandwidths=[2.2],
        use_causal_conv=False,
    )
    parts = {
        "text_encoder": T5Config(d_model=768, d_ff=3072, num_layers=12, num_heads=12),
        "audio_encoder": encodec,
        "decoder": MusicgenDecoderConfig(pad_token_id=None, bos_token_id=None),
    }
    model = MusicgenForConditionalGeneration(MusicgenConfig(**{name: part.to_dict() for name, part in parts.items()}))
    model = model.to(torch.bfloat16).eval()
    model.generation_config.pad_token_id = model.generation_config.decoder_start_token_id = 2048
    return model


def beside_musicgen(melody: Melody, *, rounds: int = 3, context: Context | None = None) -> Comparison:
    """Streams a chunk, lets MusicGen make as much, and so on, after both are warm and our window is full."""
    context = context or Context()
    rival = musicgen_small()
    prompt = torch.arange(12)[None]
    share = Share(torch.get_num_threads())
    chunk_seconds = melody.capabilities.chunk_seconds
    tokens = round(chunk_seconds * _TOKENS_A_SECOND) + rival.config.decoder.num_codebooks  # the codebooks' delay

    def theirs(count: int) -> float:
        threads = torch.get_num_threads()
        torch.set_num_threads(os.cpu_count() or 1)
        started = time.perf_counter()
        with torch.inference_mode():
            audio_values = rival.generate(
                input_ids=prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=count,
                do_sample=True,
                guidance_scale=3.0,
            )
        seconds = time.perf_counter() - started
        torch.set_num_threads(threads)
        return float(audio_values.shape[-1]) / _RATE / seconds

    session = melody.open(Request(settings=PROMPT), context)
    for _ in range(melody.config.streaming.chunks):
        session.advance(PROMPT, context)
    theirs(8)
    ours_all, theirs_all = [], []
    for done in range(rounds):
        share.spin()
        chunk = session.advance(PROMPT, context)
        ours_all.append(chunk.seconds / chunk.seconds_spent)
        share.spin()
        theirs_all.append(theirs(tokens))
        context.progress((done + 1) / rounds, "Measuring beside MusicGen")
    return Comparison(
        rounds,
        chunk_seconds,
        float(np.median(ours_all)),
        float(np.median(theirs_all)),
        float(np.median(np.divide(ours_all, theirs_all))),
        share.value,
    )
