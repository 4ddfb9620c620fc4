"""Tempo and key in texts, and the lesson of them."""

from random import Random

import pytest
import torch
from torch.nn import functional as F

from engine.train import facts
from engine.train.facts import Facts
from engine.train.mulan import text_of

TRUTH = {"tempo": 118.0, "key": "F# minor", "tonic": 6, "mode": "minor", "captions": ["Slow jazz."], "tags": ["jazz"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jazz, 118 BPM, F# minor", Facts(118.0, 6, 1)),
        ("jazz at 118 beats per minute", Facts(118.0)),
        ("tempo 118 jazz in f# minor", Facts(118.0, 6, 1)),
        ("118 strings in F minor", Facts()),
    ],
)
def test_what_a_text_says(text: str, expected: Facts) -> None:
    assert facts.said(text, TRUTH) == expected


def test_what_is_true_of_a_sound() -> None:
    assert facts.whole(TRUTH) == Facts(118.0, 6, 1)
    assert facts.whole({"captions": []}) == Facts()


def test_texts_state_what_is_known() -> None:
    rng = Random(0)
    assert text_of(TRUTH, rng, 0.0, stated=1.0) == "Slow jazz, 118 BPM, F# minor"
    assert text_of({"captions": ["x"], "tags": []}, rng, stated=1.0) == "x"


def test_invented_facts_are_said_by_their_text() -> None:
    rng = Random(1)
    for _ in range(50):
        text, fact = facts.invented("calm piano.", rng)
        assert text.startswith("calm piano, ")
        assert f" {round(fact.tempo)} BPM" in text
        assert facts.SLOWEST < fact.tempo < facts.FASTEST
        assert ("minor" in text or "dorian" in text or "phrygian" in text) == bool(fact.minor)


def test_a_head_learns_what_vectors_hold() -> None:
    torch.manual_seed(0)
    rng = Random(2)
    known = [facts.invented("x", rng)[1] for _ in range(96)]
    rows = [[fact.tempo / 220, *F.one_hot(torch.tensor(fact.tonic), 12).tolist(), 2.0 * fact.minor] for fact in known]
    vectors = F.normalize(torch.tensor(rows), dim=-1)
    head = facts.FactsHead(vectors.shape[1])
    before = facts.right(head(vectors), known)
    optimiser = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(300):
        optimiser.zero_grad()
        facts.lesson(head(vectors), known).backward()
        optimiser.step()
    after = facts.right(head(vectors), known)
    assert after["key_told"] > 0.9 > 0.5 > before["key_told"]
    assert after["tempo_told"] > max(0.5, before["tempo_told"])


def test_what_is_not_said_teaches_nothing() -> None:
    head = facts.FactsHead(4)
    logits = head(F.normalize(torch.randn(3, 4), dim=-1)).detach()
    assert float(facts.lesson(logits, [Facts()] * 3)) == 0
    assert facts.right(logits, [Facts()] * 3) == {"tempo_told": 0.0, "key_told": 0.0}
