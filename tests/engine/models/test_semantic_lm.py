"""The semantic LM: sampling against counting, the cache against none, cancel, sizes."""

import numpy as np
import pytest
import torch
from scipy import stats

from engine.errors import Cancelled
from engine.models.semantic_lm import PRESETS, Sampling, SemanticLm, pick

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def lm() -> SemanticLm:
    torch.manual_seed(0)
    return SemanticLm(PRESETS["tiny"]).double().eval().requires_grad_(False)


def test_the_paper_preset_has_the_stated_size() -> None:
    with torch.device("meta"):
        count = sum(p.numel() for p in SemanticLm(PRESETS["paper"]).parameters())
    assert count == pytest.approx(429.5e6, rel=0.05)


def test_every_codebook_has_tokens_of_its_own(lm: SemanticLm) -> None:
    codes = torch.arange(12)[None] % 8
    ids = lm.prefix(codes)
    assert ids.tolist() == [[32 + 8 * q + q % 8 for q in range(12)]]
    assert lm.prefix(None, 2).tolist() == [[32 + 96] * 12] * 2
    assert lm.config.entries == 32 + 96 + 1


@pytest.mark.parametrize("top_k", [0, 3])
@pytest.mark.parametrize("top_p", [1.0, 0.6])
def test_tokens_are_drawn_by_their_probability(top_k: int, top_p: float) -> None:
    logits = np.array([2.0, 0.5, -1.0, 1.5, 0.0])
    p = np.exp(logits / 0.8) / np.exp(logits / 0.8).sum()
    order = np.argsort(-p)
    keep, total = [], 0.0
    for rank, i in enumerate(order):
        if total >= top_p or (top_k and rank >= top_k):
            break
        keep.append(i)
        total += p[i]
    expected = np.zeros(5)
    expected[keep] = p[keep] / p[keep].sum()
    n = 4000
    u = torch.from_numpy((np.arange(n) + 0.5) / n)
    drawn = pick(torch.tensor(logits).expand(n, -1), u, Sampling(0.8, top_k, top_p)).numpy()
    np.testing.assert_allclose(np.bincount(drawn, minlength=5) / n, expected, atol=1 / n + 1e-9)
    assert stats.entropy(expected) >= 0


def test_no_temperature_takes_the_likeliest() -> None:
    logits = torch.randn(6, 9, generator=torch.Generator().manual_seed(0))
    assert torch.equal(pick(logits, torch.full((6,), 0.9), Sampling(0.0)), logits.argmax(-1))


def test_the_cache_changes_nothing(lm: SemanticLm) -> None:
    generator = torch.Generator().manual_seed(2)
    prefix = lm.prefix(torch.randint(0, 8, (2, 12), generator=generator))
    context = torch.randint(0, 32, (2, 45), generator=generator)
    uniforms = torch.rand(2, 10, generator=generator, dtype=torch.float64)
    sampling = Sampling(1.0, 20, 0.9)
    made = lm.extend(prefix, context, uniforms, sampling)
    tokens = context[:, 5:]  # a window of 50 keeps 40 before 10 new ones
    for j in range(10):
        ids = torch.cat((prefix, tokens), dim=1)
        logits = lm.llama(ids)[:, -1, :32]
        tokens = torch.cat((tokens, pick(logits, uniforms[:, j], sampling)[:, None]), dim=1)
    assert torch.equal(made, tokens[:, 40:])
    assert lm.extend(prefix, context[:, :0], uniforms, sampling).shape == (2, 10)


def test_guidance_goes_from_what_no_prompt_says_to_what_the_prompt_says_and_beyond(lm: SemanticLm) -> None:
    generator = torch.Generator().manual_seed(4)
    prefix = lm.prefix(torch.randint(0, 8, (1, 12), generator=generator))
    context = torch.randint(0, 32, (1, 9), generator=generator)
    uniforms = torch.rand(1, 6, generator=generator, dtype=torch.float64)

    def drawn(guidance: float, prompt: torch.Tensor = prefix) -> torch.Tensor:
        return lm.extend(prompt, context, uniforms, Sampling(1.0, 0, 1.0, guidance))

    assert torch.equal(drawn(0.0), drawn(1.0, lm.prefix(None)))
    assert torch.equal(drawn(3.0, lm.prefix(None)), drawn(1.0, lm.prefix(None)))
    tokens = context
    for j in range(6):
        logits = [
            lm.llama(torch.cat((each, tokens), dim=1))[:, -1, :32].log_softmax(-1) for each in (prefix, lm.prefix(None))
        ]
        guided = 3.0 * logits[0] - 2.0 * logits[1]
        tokens = torch.cat((tokens, pick(guided, uniforms[:, j], Sampling(1.0, 0, 1.0))[:, None]), dim=1)
    assert torch.equal(drawn(3.0), tokens[:, 9:])


def test_training_logits_predict_each_token_from_those_before(lm: SemanticLm) -> None:
    prefix, tokens = lm.prefix(None, 1), torch.arange(6)[None]
    logits = lm(prefix, tokens)
    assert logits.shape == (1, 6, 32)
    for j in range(6):
        alone = lm.llama(torch.cat((prefix, tokens[:, :j]), dim=1))[:, -1, :32]
        torch.testing.assert_close(logits[:, j], alone, rtol=0, atol=1e-9)


def test_cancel_stops_at_the_next_token(lm: SemanticLm) -> None:
    seen = []

    def callback(done: int, count: int) -> None:
        seen.append(done)
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        lm.extend(lm.prefix(None), torch.zeros(1, 0, dtype=torch.int64), [[0.5] * 8], Sampling(), callback)
    assert seen == [0, 1, 2, 3]


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_the_written_out_step_is_the_networks_own(dtype: torch.dtype) -> None:
    torch.manual_seed(3)
    lm = SemanticLm(PRESETS["tiny"]).eval().requires_grad_(False).to(dtype)
    for name, parameter in lm.named_parameters():
        if "norm" in name:
            torch.nn.init.uniform_(parameter, 0.5, 1.5)
    generator = torch.Generator().manual_seed(4)
    ids = torch.cat((lm.prefix(None, 2), torch.randint(0, 32, (2, 9), generator=generator)), dim=1)
    decoder = lm.decoder()
    with torch.inference_mode():
        for _ in range(2):  # the buffers are used again
            seen = ids
            logits = decoder.begin(ids, 6)
            for _ in range(6):
                expected = lm.llama.to(torch.float64)(seen)[:, -1, :32]
                lm.llama.to(dtype)
                atol = 1e-5 if dtype is torch.float64 else 0.02
                torch.testing.assert_close(logits.double(), expected, rtol=0, atol=atol)
                token = logits.argmax(dim=-1)
                seen = torch.cat((seen, token[:, None]), dim=1)
                logits = decoder.step(token)
                decoder._token.copy_(token)
                decoder._at.fill_(seen.shape[1] - 1)
                torch.testing.assert_close(decoder._static_step(), logits)  # what a GPU records


def test_a_lean_is_added_to_the_logits_of_its_own_place(lm: SemanticLm) -> None:
    prefix = lm.prefix(torch.zeros(2, 12, dtype=torch.int64))
    context = torch.zeros(2, 0, dtype=torch.int64)
    uniforms = torch.rand(2, 8, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    sampling = Sampling(1.0, 0, 1.0, 2.0)
    wanted = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6])
    forced = lm.extend(prefix, context, uniforms, sampling, logit_bias=1e4 * torch.nn.functional.one_hot(wanted, 32))
    assert forced.tolist() == [wanted.tolist()] * 2
    plain = lm.extend(prefix, context, uniforms, sampling)
    assert torch.equal(lm.extend(prefix, context, uniforms, sampling, logit_bias=torch.zeros(8, 32)), plain)
    late = torch.zeros(8, 32)
    late[5:, 0] = 1e4
    assert torch.equal(lm.extend(prefix, context, uniforms, sampling, logit_bias=late)[:, :5], plain[:, :5])
