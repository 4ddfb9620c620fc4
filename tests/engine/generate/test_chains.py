"""Chains of continuations: each link goes on from all that was made before it, and none is louder or quieter for that.

The suite makes one with a tiny untrained model. `make soak` makes them with the bundled model: `CONTINUO_CHAIN_PROMPTS`
prompts (10) by `CONTINUO_CHAIN_SEEDS` seeds (3). What is measured is measured by `tests.measures`.
"""

import os
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.signal import resample_poly

from engine.audio import Audio
from engine.generate.interface import Request, Settings, Task
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.paths import resources
from tests.measures import db, dbtp, lufs

LINKS = 8
PROMPTS = (
    "warm lo-fi piano",
    "techno, dark, drum machine",
    "solo flute",
    "orchestral, strings, epic",
    "funk bass and drums",
    "ambient pad, slow",
    "acoustic guitar, folk",
    "drum and bass, fast",
    "jazz trio",
    "heavy metal guitar",
)


@dataclass(frozen=True)
class Chain:
    """Decibels of each link against the first part, of its first second against the second before; peaks in dBTP."""

    links: list[float]
    joins: list[float]
    peaks: list[float]


def at_48_khz(take: Audio) -> np.ndarray:
    return resample_poly(take.samples.astype(np.float64), 48000 // take.rate, 1, axis=0)


def chain(melody: Melody, prompt: str, seed: int, first_seconds: float, seconds: float) -> Chain:
    settings = Settings(prompt=prompt, steps=2)
    take = melody.generate(Request(settings=settings, seconds=first_seconds, seed=seed), Context()).takes[0]
    rate, whole = take.rate, take.samples
    first, result = lufs(at_48_khz(take)), Chain([], [], [dbtp(at_48_khz(take))])
    for link in range(LINKS):
        request = Request(Task.CONTINUE, settings, seconds=seconds, seed=100 * seed + link, source=Audio(whole, rate))
        take = melody.generate(request, Context()).takes[0]
        result.links.append(lufs(at_48_khz(take)) - first)
        result.joins.append(db(take.samples[:rate]) - db(whole[-rate:]))
        result.peaks.append(dbtp(at_48_khz(take)))
        whole = np.concatenate((whole, take.samples))
    return result


def check(result: Chain) -> None:
    assert max(map(abs, result.links)) <= 3, result
    assert max(result.peaks) <= -1, result


def test_the_links_of_a_chain_are_as_loud_as_its_first_part() -> None:
    check(chain(Melody.untrained("tiny", "cpu", threads=1), PROMPTS[0], seed=0, first_seconds=3.0, seconds=2.5))


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_the_links_of_many_chains_of_the_bundled_model_are_as_loud_as_their_first_part() -> None:
    melody = Melody.load(resources() / "models" / "melody-starter", "cpu")
    prompts = PROMPTS[: int(os.environ.get("CONTINUO_CHAIN_PROMPTS", "10"))]
    for seed in range(int(os.environ.get("CONTINUO_CHAIN_SEEDS", "3"))):
        for prompt in prompts:
            result = chain(melody, prompt, seed, first_seconds=6.0, seconds=3.5)
            worst, join = max(result.links, key=abs), max(result.joins, key=abs)
            print(
                f"{prompt}, seed {seed}: link {worst:+.2f} dB, join {join:+.2f} dB, peak {max(result.peaks):.2f} dBTP"
            )
            check(result)
