"""Semantic tokens: one for each 40 ms, nearest centres, k-means."""

import numpy as np
import pytest
import torch

from engine.models.tokens import PRESETS, SemanticTokenizer, kmeans

torch.set_num_threads(1)


def test_the_paper_preset_has_the_stated_size_and_rate() -> None:
    assert PRESETS["paper"].token_rate == 25
    with torch.device("meta"):
        count = sum(p.numel() for p in SemanticTokenizer(PRESETS["paper"]).parameters())
    assert count == pytest.approx(199.5e6, rel=0.05)


def test_a_token_for_each_40_ms() -> None:
    torch.manual_seed(0)
    tokenizer = SemanticTokenizer(PRESETS["tiny"]).eval().requires_grad_(False)
    for samples, count in ((1, 1), (960, 1), (961, 2), (24000, 25), (50000, 53)):
        tokens = tokenizer(torch.randn(2, samples))
        assert tokens.shape == (2, count)
        assert 0 <= int(tokens.min()) <= int(tokens.max()) < 32


def test_the_front_end_is_centred_on_each_token() -> None:
    torch.manual_seed(0)
    tokenizer = SemanticTokenizer(PRESETS["tiny"]).eval().requires_grad_(False)
    front = tokenizer.ssl.feature_extractor
    wave = 0.1 * torch.randn(1, 9600)
    louder = wave.clone()
    louder[0, 4 * 960 + 480] += 0.5  # the middle of token 4
    before, after = (front(tokenizer.padded(w)) for w in (wave, louder))
    moved = (before - after).abs().sum(dim=1)[0]
    assert int(moved.argmax()) == 4
    assert set(moved.nonzero()[:, 0].tolist()) <= {3, 4, 5}


def test_the_nearest_centre_wins() -> None:
    tokenizer = SemanticTokenizer(PRESETS["tiny"])
    features = torch.randn(2, 7, 16)
    distance = ((features[:, :, None] - tokenizer.centres) ** 2).sum(-1)
    assert torch.equal(tokenizer.nearest(features), distance.argmin(-1))


def test_kmeans_finds_clusters() -> None:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((6, 3)) * 10
    points = torch.tensor(centres[rng.integers(0, 6, 600)] + rng.standard_normal((600, 3)) * 0.1, dtype=torch.float32)
    found = kmeans(points, 6)
    assert torch.cdist(torch.tensor(centres, dtype=torch.float32), found).min(dim=1).values.max() < 0.1
    assert torch.equal(found, kmeans(points, 6))


def test_kmeans_survives_fewer_points_than_centres() -> None:
    points = torch.tensor([[0.0], [1.0], [5.0]])
    found = kmeans(points, 8)
    assert found.shape == (8, 1)
    assert torch.cdist(points, found).min(dim=1).values.max() == 0
