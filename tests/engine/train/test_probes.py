"""The probes on tokens whose meaning is known."""

import math

import pytest
import torch

from engine.train import probes

RATE = 25.0


def test_perplexity_is_that_of_the_distribution() -> None:
    assert probes.perplexity(torch.arange(16).repeat(3), 32) == pytest.approx(16.0)
    assert probes.perplexity(torch.zeros(10, dtype=torch.int64), 32) == 1.0


def test_families_are_read_from_histograms_and_not_from_noise() -> None:
    generator = torch.Generator().manual_seed(0)
    names = ("bass", "drums", "piano")

    def make(count: int, informed: bool) -> tuple[torch.Tensor, list[dict[str, object]]]:
        rows, truths = [], []
        for _ in range(count):
            plays = torch.rand(3, generator=generator) < 0.5
            weights = torch.ones(16)
            for f in range(3):
                weights[4 * f : 4 * f + 4] *= 4.0 if plays[f] and informed else 1.0
            rows.append(torch.multinomial(weights, 100, replacement=True, generator=generator))
            truths.append({"families": [name for name, on in zip(names, plays.tolist(), strict=True) if on]})
        return torch.stack(rows), truths

    train, held_out = make(60, True), make(30, True)
    figures = probes.families(*train, *held_out, 16, RATE)
    assert figures["family_balanced"] > 0.85
    assert figures["family_accuracy"] > figures["family_majority"] + 0.2
    noise, more = make(60, False), make(30, False)
    assert abs(probes.families(*noise, *more, 16, RATE)["family_balanced"] - 0.5) < 0.15
    silent = [{"families": []}] * 60
    assert probes.families(train[0], silent, held_out[0], silent, 16, RATE) == {}


def test_the_beat_period_is_read_from_tokens_that_mark_beats() -> None:
    generator = torch.Generator().manual_seed(1)

    def make(count: int) -> tuple[torch.Tensor, list[dict[str, object]]]:
        rows, truths = [], []
        for i in range(count):
            period = 60 / (80 + 60 * i / count)
            beats = [0.1 + period * k for k in range(math.floor(9.9 / period))]
            row = torch.randint(4, 16, (250,), generator=generator)
            for beat in beats:
                if float(torch.rand(1, generator=generator)) < 0.8:
                    row[int(beat * RATE)] = int(torch.randint(4, (1,), generator=generator))
            rows.append(row)
            truths.append({"beats": beats})
        return torch.stack(rows), truths

    train, held_out = make(40), make(20)
    figures = probes.beats(*train, *held_out, 16, RATE)
    assert figures["beat_period"] >= 0.9
    assert figures["beat_octave"] >= figures["beat_period"]
    unknown = [{"beats": []}] * 40
    assert probes.beats(train[0], unknown, held_out[0], unknown, 16, RATE) == {}
