"""Tokens in two streams, and networks that hear other tracks."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate.interface import Request, Settings
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.models import contextual, stream_tokens
from engine.models.semantic_lm import Sampling

RATE = 48000


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Networks this small are slower on two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _clicks(at: list[float], hertz: float) -> torch.Tensor:
    time = torch.arange(RATE) / RATE
    wave = torch.zeros(RATE)
    for each in at:
        late = (time - each).clamp_min(0)
        wave += (time >= each) * torch.exp(-late / 0.02) * torch.sin(2 * torch.pi * hertz * late)
    return 0.3 * wave


def test_beginnings_say_in_which_ten_milliseconds_and_which_band() -> None:
    _, low = stream_tokens.StreamTokenizer.features(_clicks([0.4025, 0.7125], 120.0)[None])
    _, high = stream_tokens.StreamTokenizer.features(_clicks([0.4025, 0.7125], 8000.0)[None])
    for features, band in ((low, 0), (high, 4)):
        rises = features[0].reshape(-1, stream_tokens.RISES)  # one row for each 10 ms
        for second in (0.4025, 0.7125):
            frame = int(second * 100)
            near = rises[frame - 3 : frame + 4, band]
            assert abs(int(near.argmax()) - 3) <= 1
            assert float(near.max()) > 2.0
        quiet = torch.cat((rises[20:36], rises[50:66]))
        assert float(quiet.max()) < 0.7


def test_content_follows_the_notes_whatever_begins() -> None:
    def chord(*pitches: int) -> torch.Tensor:
        time = torch.arange(RATE) / RATE
        return sum(0.1 * torch.sin(2 * torch.pi * 440 * 2 ** ((p - 69) / 12) * time) for p in pitches)[None]  # type: ignore[index,return-value]

    c, again, g = (stream_tokens.StreamTokenizer.features(x)[0][0, 12] for x in
                   (chord(60, 64, 67), 0.8 * chord(72, 76, 79), chord(67, 71, 74)))  # fmt: skip
    assert float((c[:12] - again[:12]).norm()) < 0.35 * float((c[:12] - g[:12]).norm())


def test_tokens_take_turns_between_the_two_codebooks() -> None:
    tokenizer = stream_tokens.StreamTokenizer(stream_tokens.PRESETS["layers-tiny"])
    tokens = tokenizer(0.1 * torch.randn(2, 960 * 21, generator=torch.Generator().manual_seed(0)))
    assert tokens.shape == (2, 21)
    assert bool((tokens[:, ::2] < 16).all())
    assert bool((tokens[:, 1::2] >= 16).all())


@pytest.fixture(scope="module")
def lm() -> contextual.ContextLm:
    """A tiny language model whose context matters."""
    torch.manual_seed(1)
    network = contextual.ContextLm(contextual.LM_PRESETS["layers-tiny"]).eval()
    for embedding in (network.heard, network.later):
        torch.nn.init.normal_(embedding.weight, std=0.5)
    for parameter in network.llama.parameters():
        parameter.data *= 8 if parameter.ndim > 1 else 1
    return network


def test_drawing_token_by_token_hears_what_one_pass_hears(lm: contextual.ContextLm) -> None:
    ahead = lm.config.ahead
    generator = torch.Generator().manual_seed(2)
    heard = torch.randint(lm.config.vocabulary, (1, 12 + ahead), generator=generator)
    context = torch.randint(lm.config.vocabulary, (1, 4), generator=generator)
    prefix = lm.prefix(None)
    greedy = Sampling(temperature=0.0)
    drawn = lm.extend(prefix, context, [[0.5] * 8], greedy, heard=heard)
    whole = torch.cat((context, drawn), 1)
    with torch.no_grad():
        logits = lm(prefix, whole, heard)
    assert torch.equal(logits[:, 4:].argmax(-1), drawn)
    other = heard.clone()
    other[:, 6:] = (other[:, 6:] + 5) % lm.config.vocabulary
    assert not torch.equal(lm.extend(prefix, context, [[0.5] * 8], greedy, heard=other), drawn)


def test_a_context_reaches_no_further_ahead_than_it_says(lm: contextual.ContextLm) -> None:
    ahead = lm.config.ahead
    tokens = torch.arange(10)[None] % lm.config.vocabulary
    heard = torch.full((1, 10 + ahead), 3)
    later = heard.clone()
    later[:, 5 + ahead] = 7  # first heard where token 5 is foretold
    with torch.no_grad():
        one, other = lm(lm.prefix(None), tokens, heard), lm(lm.prefix(None), tokens, later)
    assert torch.equal(one[:, :5], other[:, :5])
    assert not torch.equal(one[:, 5], other[:, 5])


def test_nothing_heard_is_told_apart_from_alone() -> None:
    shape = (2, 5, 8)
    none = contextual.beside(None, shape, contextual.Silence.NONE, torch.device("cpu"))
    alone = contextual.beside(None, shape, contextual.Silence.ALONE, torch.device("cpu"))
    heard = contextual.beside(torch.ones(shape), shape, contextual.Silence.NONE, torch.device("cpu"))
    assert none.shape == (2, 5, 10)
    assert not bool(none[..., :8].any() or alone[..., :8].any() or heard[..., 8:].any())
    assert none[0, 0, 8:].tolist() == [1.0, 0.0]
    assert alone[0, 0, 8:].tolist() == [0.0, 1.0]
    assert bool((heard[..., :8] == 1).all())


@pytest.fixture(scope="module")
def melody() -> Melody:
    """The tiny architecture with random weights, whose sound is audible."""
    made = Melody.untrained("layers-tiny", "cpu")
    heads = made.sampler.vae.decoder.heads  # type: ignore[union-attr]
    torch.manual_seed(3)
    with torch.no_grad():
        heads.weight.normal_(std=0.2)  # type: ignore[union-attr,operator]
        heads.bias[:192] = -4  # type: ignore[union-attr,index]
    return made


def _made(melody: Melody, **more: object) -> np.ndarray:
    request = Request(settings=Settings(prompt="jazz trio", steps=2), seconds=0.5, **more)  # type: ignore[arg-type]
    return melody.generate(request, Context()).takes[0].samples


def test_what_is_made_depends_on_what_sounds_beside(melody: Melody) -> None:
    assert melody.capabilities.listens
    noise = 0.1 * np.random.default_rng(0).standard_normal((RATE // 2, 2)).astype(np.float32)
    plain = _made(melody)
    assert plain.shape == (RATE // 2, 2)
    for more in ({"context": Audio(noise, RATE)}, {"alone": True}):
        assert not np.array_equal(plain, _made(melody, **more))


def test_a_stream_has_the_length_and_the_sound_of_the_whole(melody: Melody) -> None:
    request = Request(settings=Settings(prompt="jazz trio", steps=2), seconds=1.2)
    chunks = list(melody.stream(request, Context()))
    assert len(chunks) > 1
    assert sum(len(chunk.samples) for chunk in chunks) == round(1.2 * RATE)
    assert all(np.isfinite(chunk.samples).all() for chunk in chunks)


def test_a_model_that_does_not_listen_says_so() -> None:
    deaf = Melody.untrained("tiny", "cpu")
    assert not deaf.capabilities.listens
    request = Request(settings=Settings(prompt="x"), seconds=1.0, alone=True)
    with pytest.raises(ModelError, match="does not listen to other tracks"):
        deaf.generate(request, Context())
