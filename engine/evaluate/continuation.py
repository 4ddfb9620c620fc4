"""Whether a stream stays what it was: level, brightness and tempo from its start to its end, and what its seams show.

Every second stream starts from nothing, the others continue a held-out piece. All are as long as ten windows of the
model, or longer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.audio import Audio
from engine.evaluate import audio_measures
from engine.evaluate.datasets import Wave
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.prompts import Prompt
from engine.evaluate.workshop import Workshop, mean
from engine.generate.interface import Request, Settings, Task
from engine.jobs import Context

SHORT_SECONDS = 60.0
_EDGE_SECONDS = 20.0  # at both ends of a stream, which are compared
_NEAR_SECONDS = 0.05  # of a seam
_SOURCE_SECONDS = 8.0


@dataclass(frozen=True)
class Stream:
    """A stream's new sound (T,) mono. seams: seconds at which its chunks meet."""

    wave: Wave
    seams: tuple[float, ...]
    continued: bool


def figures(shop: Workshop) -> list[Figure]:
    """Drifts over 60 s and over the whole length, and the seams."""
    streams = made(shop)
    rate = shop.material.rate
    length = len(streams[0].wave) / rate
    rows: list[Figure] = []
    for seconds in dict.fromkeys((min(SHORT_SECONDS, length), length)):
        rows += _drifts([stream.wave[: round(seconds * rate)] for stream in streams], rate, seconds, shop)
    real = [
        (shop.material.stretch(shop.material.held_out, excerpt, 1e3).wave, grid(shop, pool_seconds(shop)))
        for excerpt in range(min(len(shop.material.held_out), 12))
    ]
    flux, energy = _seams([(stream.wave, stream.seams) for stream in streams], rate)
    real_flux, real_energy = _seams(real, rate)
    title = "flux at seams, of that elsewhere"
    rows.append(Figure("seam_flux", title, flux, "×", Goal(most=1.1), {"real pieces on the same grid": real_flux}))
    title = "change of level at seams, of that elsewhere"
    rows.append(Figure("seam_energy", title, energy, "×", None, {"real pieces on the same grid": real_energy}))
    return rows


def pool_seconds(shop: Workshop) -> float:
    """Length of a held-out excerpt."""
    return shop.material.held_out.header.seconds


def grid(shop: Workshop, seconds: float) -> tuple[float, ...]:
    """Where chunks meet in so many seconds of a stream."""
    chunk = shop.melody.capabilities.chunk_seconds
    return tuple(float(time) for time in np.arange(chunk, seconds - _NEAR_SECONDS, chunk))


def made(shop: Workshop) -> list[Stream]:
    """The streams, each of another held-out prompt."""
    sizes, capabilities = shop.sizes, shop.melody.capabilities
    seconds = max(sizes.stream_seconds, sizes.stream_windows * capabilities.window_seconds)
    streams = []
    for number in range(sizes.streams):
        prompt = shop.prompts[number % len(shop.prompts)]

        def make(number: int = number, prompt: Prompt = prompt) -> Wave:
            source = None
            if number % 2:
                excerpt = shop.material.stretch(shop.material.held_out, prompt.excerpt, _SOURCE_SECONDS).wave
                source = Audio(np.repeat(excerpt[:, None], capabilities.channels, axis=1), capabilities.rate)
            task = Task.GENERATE if source is None else Task.CONTINUE
            settings = Settings(prompt=prompt.text)
            request = Request(task, settings, seconds=seconds, seed=shop.seed + number, source=source)
            silent = Context(lambda share, sentence: shop.context.check())
            parts = []
            for chunk in shop.melody.stream(request, silent):
                parts.append(chunk.samples.mean(axis=1))
                done = (number + (chunk.start + len(chunk.samples)) / chunk.rate / seconds) / sizes.streams
                shop.context.progress(min(done, 1.0), f"Stream {number + 1} of {sizes.streams}")
            return np.concatenate(parts)

        wave = shop.kept(f"stream {prompt.text} {shop.seed + number} {seconds} {number % 2}", make)
        streams.append(Stream(wave, grid(shop, seconds), bool(number % 2)))
    return streams


def _drifts(waves: list[Wave], rate: int, seconds: float, shop: Workshop) -> list[Figure]:
    edge = round(min(_EDGE_SECONDS, seconds / 3) * rate)
    ends = [(wave[:edge], wave[-edge:]) for wave in waves]
    level = [audio_measures.level(last) - audio_measures.level(first) for first, last in ends]
    bright = [audio_measures.centroid(last, rate) / audio_measures.centroid(first, rate) - 1 for first, last in ends]
    tempi = [(shop.ears.tempo(first), shop.ears.tempo(last)) for first, last in ends]
    same = [float(audio_measures.same_tempo(last, first, octaves=True)) for first, last in tempi]
    size = f"{seconds:.0f}"
    goal = seconds > SHORT_SECONDS
    return [
        Figure(
            f"level_drift_{size}",
            f"drift of the level over {size} s",
            mean(level),
            "dB",
            Goal(-1.5, 1.5) if goal else None,
            {"without sign": mean([abs(value) for value in level])},
        ),
        Figure(
            f"centroid_drift_{size}",
            f"drift of the spectral centroid over {size} s",
            mean(bright),
            "%",
            Goal(-0.15, 0.15) if goal else None,
            {"without sign": mean([abs(value) for value in bright])},
        ),
        Figure(f"tempo_kept_{size}", f"streams that keep their tempo over {size} s", mean(same), "%"),
    ]


def _seams(crowd: list[tuple[Wave, tuple[float, ...]]], rate: int) -> tuple[float, float]:
    """Flux and change of level near seams, each as a share of what it is elsewhere."""
    near_flux: list[NDArray[np.float64]] = []
    far_flux: list[NDArray[np.float64]] = []
    near_step: list[float] = []
    far_step: list[float] = []
    for wave, seams in crowd:
        flux, moments = audio_measures.flux(wave, rate)
        times = np.arange(len(flux)) / moments
        apart = np.abs(times[:, None] - np.array(seams)[None]).min(axis=1) if seams else np.full(len(times), np.inf)
        near_flux.append(flux[apart <= _NEAR_SECONDS])
        far_flux.append(flux[apart > 2 * _NEAR_SECONDS])
        near_step += [_step(wave, time, rate) for time in seams]
        far_step += [_step(wave, time, rate) for time in times[apart > 2 * _NEAR_SECONDS][::8]]
    flux_share = mean(np.concatenate(near_flux).tolist()) / max(mean(np.concatenate(far_flux).tolist()), 1e-9)
    return flux_share, mean(near_step) / max(mean(far_step), 1e-9)


def _step(wave: Wave, time: float, rate: int) -> float:
    """How much the level differs between the 50 ms before and after a moment, in dB; NaN at the ends."""
    place, reach = round(time * rate), round(_NEAR_SECONDS * rate)
    if place < reach or place + reach > len(wave):
        return float("nan")
    return abs(audio_measures.level(wave[place : place + reach]) - audio_measures.level(wave[place - reach : place]))
