"""The joint embedding: unit vectors, free text, mel filters, and the residual quantiser."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from engine.models.joint_embedding import PRESETS, JointEmbedding, ResidualQuantiser, mel_filters, pieces, words

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def joint() -> JointEmbedding:
    torch.manual_seed(0)
    return JointEmbedding(PRESETS["tiny"]).eval().requires_grad_(False)


def test_the_paper_preset_has_the_stated_size() -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in JointEmbedding(PRESETS["paper"]).parameters())
    assert count == pytest.approx(195.3e6, rel=0.05)


def test_embeddings_are_unit_vectors_whatever_comes(joint: JointEmbedding) -> None:
    texts = ["slow, melancholic piano", "", "♫", "x" * 5000, "ein schönes Lied / дождь", "word " * 500]
    vectors = joint.embed_text(texts)
    assert vectors.shape == (6, 16)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(6))
    for samples in (1, 24000, 400000):
        torch.testing.assert_close(joint.embed_music(torch.randn(1, samples)).norm(dim=1), torch.ones(1))


def test_a_text_does_not_depend_on_its_company(joint: JointEmbedding) -> None:
    texts = ["a slow waltz", "fast drums and a very long description of what they do"]
    together = joint.embed_text(texts)
    for i, text in enumerate(texts):
        torch.testing.assert_close(joint.embed_text([text])[0], together[i], rtol=0, atol=1e-5)


def test_words_share_pieces_with_their_kin() -> None:
    assert words("Lo-fi, don't STOP_now!") == ["lo", "fi", "don't", "stop", "now"]
    melancholic, melancholy, drum = (set(pieces(word, 30000)) for word in ("melancholic", "melancholy", "drum"))
    assert len(melancholic & melancholy) > 10
    assert not melancholic & drum
    assert min(pieces("a", 64)) >= 1
    assert pieces("waltz", 64) == pieces("waltz", 64)


def test_mel_filters_are_triangles_on_the_mel_scale() -> None:
    filters = mel_filters(24000, 1024, 40).numpy()
    hertz = np.linspace(0, 12000, 513)
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 12000 / 700), 42) / 2595) - 1)
    for m in range(40):
        expected = np.interp(hertz, edges[m : m + 3], [0, 1, 0], left=0, right=0)
        np.testing.assert_allclose(filters[:, m], expected, atol=1e-5)


def test_each_codebook_brings_the_reconstruction_nearer() -> None:
    generator = torch.Generator().manual_seed(0)
    vectors = torch.nn.functional.normalize(torch.randn(400, 12, generator=generator) ** 3, dim=1)
    quantiser = ResidualQuantiser(6, 16, 12)
    quantiser.fit(vectors)
    codes = quantiser.codes(vectors)
    errors = [float((quantiser.decode(codes[:, :q]) - vectors).square().sum(1).mean()) for q in range(1, 7)]
    assert all(later < earlier for earlier, later in pairwise(errors))
    expected = sum(quantiser.codebooks[q][codes[:, q]] for q in range(6))
    torch.testing.assert_close(quantiser.decode(codes), expected)


def test_the_quantiser_passes_the_gradient_straight_through() -> None:
    quantiser = ResidualQuantiser(3, 8, 4)
    x = torch.randn(5, 4, requires_grad=True)
    quantised, codes = quantiser(x)
    assert codes.shape == (5, 3)
    quantised.sum().backward()
    assert torch.equal(x.grad, torch.ones(5, 4))


def test_dead_codes_come_back_to_life() -> None:
    vectors = torch.randn(50, 4)
    quantiser = ResidualQuantiser(2, 8, 4)
    quantiser.codebooks[:, 3] = 100.0
    used = torch.ones(2, 8)
    used[:, 3] = 0
    assert quantiser.restart_dead(vectors, used) == 2
    assert quantiser.codebooks[:, 3].abs().max() < 20


def test_pairs_are_scored_by_a_learned_temperature(joint: JointEmbedding) -> None:
    music, text, scores = joint(torch.randn(2, 48000), ["one", "two"])
    torch.testing.assert_close(scores, music @ text.T / 0.07)
