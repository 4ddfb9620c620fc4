"""The judges on crowds whose answer is known: distances, likeness, seams, lines in an error, prompts."""

import numpy as np
import pytest
import torch

from engine.compose.words import content_words
from engine.evaluate import adherence, diversity, frechet, memorisation, network_figures
from engine.evaluate.classifier import FamilyClassifier, Heard, balanced_accuracy, features
from engine.evaluate.continuation import _seams
from engine.evaluate.datasets import Material, Stretch
from engine.evaluate.prompts import Prompt, prompts
from engine.jobs import Context
from engine.models import vae_config, vaegan

RATE = 24000


def test_the_frechet_distance_of_normal_crowds() -> None:
    rng = np.random.default_rng(0)
    crowd = rng.standard_normal((4000, 3))
    assert frechet.distance(crowd, crowd) == pytest.approx(0, abs=1e-9)
    assert frechet.distance(crowd, crowd + np.array([2, 0, 0])) == pytest.approx(4, abs=0.01)
    assert frechet.distance(crowd, 2 * crowd) == pytest.approx(3, rel=0.1)  # Σ (σ₁ − σ₂)²


def test_a_copy_is_more_like_than_anything_else(material: Material) -> None:
    pool = material.train
    waves = [pool.cut([(i, 0)], pool.header.frames)[0].mean(0).numpy() for i in range(6)]
    known = np.concatenate([memorisation.fingerprints(wave, RATE, 1) for wave in waves[:4]])
    copied = memorisation.likeness([0.3 * waves[0]], known, RATE)
    other = memorisation.likeness(waves[4:], known, RATE)
    assert copied.min() > 0.99
    assert other.max() < copied.min()
    assert len(memorisation.fingerprints(np.zeros(4 * RATE, np.float32), RATE, 1)) == 0
    assert memorisation.fingerprints(np.zeros(100, np.float32), RATE, 1).shape[0] == 0
    assert len(memorisation.likeness([np.zeros(4 * RATE, np.float32)], known, RATE)) == 0


def test_spread_is_the_mean_distance() -> None:
    assert diversity.spread(np.array([[0.0, 0.0], [3.0, 4.0]])) == 5.0
    assert np.isnan(diversity.spread(np.zeros((1, 2))))


def test_seams_that_click_are_found() -> None:
    rng = np.random.default_rng(0)
    smooth = 0.1 * rng.standard_normal(20 * RATE).astype(np.float32)
    seams = tuple(np.arange(2.0, 20.0, 2.0))
    clicking = smooth.copy()
    for time in seams:
        clicking[round(time * RATE) : round(time * RATE) + 600] *= 6
    flux, energy = _seams([(smooth, seams)], RATE)
    assert flux == pytest.approx(1.0, abs=0.1)
    assert energy == pytest.approx(1.0, abs=0.5)
    flux, energy = _seams([(clicking, seams)], RATE)
    assert flux > 1.2
    assert energy > 3


def test_a_buzzing_line_is_found() -> None:
    generator = torch.Generator().manual_seed(0)
    error = 0.01 * torch.randn(2, 1, 4 * RATE, generator=generator)
    quiet = network_figures.error_line(error)
    t = torch.arange(4 * RATE) / RATE
    line = network_figures.error_line(error + 0.01 * torch.sin(2 * torch.pi * 4400 * t))
    assert quiet < 6
    assert line > 15
    assert network_figures.error_line(torch.zeros(1, 1, RATE)) <= 0.01


def test_chunks_equal_the_whole() -> None:
    torch.manual_seed(0)
    network = vaegan.VaeGan(vae_config.PRESETS["tiny"]).eval()
    z = torch.randn(2, 400, network.config.latent_width)
    assert network_figures.chunk_error(network, z) < 1e-4


def test_prompts_say_what_is_true_of_their_piece(material: Material) -> None:
    asked, others = prompts(material, 3, 4.0, FamilyClassifier.families)
    assert asked
    assert not {prompt.excerpt for prompt in asked} & set(others)
    for prompt in asked:
        truth = material.stretch(material.held_out, prompt.excerpt, 4.0).truth
        assert f"{round(truth['tempo'])} BPM" in prompt.text
        assert truth["key"] in prompt.text
        assert prompt.families <= set(truth["families"])
        assert not prompt.absent & set(truth["families"])
        assert content_words(prompt.text)
    assert prompts(material, 3, 4.0, FamilyClassifier.families)[0] == asked


def test_a_stretch_has_the_truth_of_its_own_time(material: Material) -> None:
    whole = material.stretch(material.held_out, 0, 4.0)
    part = material.stretch(material.held_out, 0, 2.0, start=1.0)
    assert np.array_equal(part.wave, whole.wave[RATE : 3 * RATE])
    inside = [time - 1 for time in whole.truth["beats"] if 1 <= time < 3]
    assert part.truth["beats"] == pytest.approx(inside, abs=1e-4)


def _tone(family: str, seed: int) -> Stretch:
    rng = np.random.default_rng(seed)
    t = np.arange(RATE) / RATE
    hertz = {"bass": 80, "strings": 1500, "drums": 6000}[family] * rng.uniform(0.9, 1.1)
    wave = np.sin(2 * np.pi * hertz * t) + 0.01 * rng.standard_normal(RATE)
    return Stretch(wave.astype(np.float32), {"families": [family]})


def test_the_classifier_tells_families_apart_and_is_deterministic() -> None:
    families = ("bass", "strings", "drums")
    known = [_tone(family, seed) for seed in range(10) for family in families]
    unknown = [_tone(family, 100 + seed) for seed in range(4) for family in families]
    first, second = (FamilyClassifier(known, RATE, context=Context()) for _ in range(2))
    heard = first.listen([stretch.wave for stretch in unknown])
    assert balanced_accuracy(heard.scores, unknown) > 0.95
    assert np.array_equal(heard.scores, second.listen([stretch.wave for stretch in unknown]).scores)
    louder = first.listen([0.25 * stretch.wave for stretch in unknown]).scores
    assert ((louder > 0) == (heard.scores > 0)).mean() > 0.95
    assert features(unknown[0].wave, RATE).isfinite().all()


def test_named_and_absent_families_are_counted() -> None:
    column = {family: number for number, family in enumerate(FamilyClassifier.families)}
    asked = [
        Prompt("", 0, 100.0, (0, False), frozenset({"bass"}), frozenset({"drums"})),
        Prompt("", 1, 100.0, (0, False), frozenset({"drums"}), frozenset({"bass"})),
    ]
    scores = np.full((2, len(column)), -1.0)
    scores[0, column["bass"]] = 1.0
    scores[0, column["drums"]] = 1.0
    scores[1, column["drums"]] = 2.0
    heard = Heard(scores, np.zeros((2, 4)))
    assert adherence.named(heard, asked) == 1.0
    assert adherence.falsely(heard, asked) == 0.5
    assert adherence.order(heard, asked) == 1.0
