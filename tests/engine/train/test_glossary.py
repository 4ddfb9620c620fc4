"""Making a glossary: what captions say is known, and words go to the meanings that a teacher puts them near."""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.compose.words import MOOD_WORDS
from engine.train import glossary


class Drawer:
    """A teacher of a few words: those of one drawer are alike, all others have nothing in common."""

    width = 64
    drawers = (("gloom", *MOOD_WORDS["dark"], *(f"{word} music" for word in MOOD_WORDS["dark"])), ("sunny", "delight"))

    def vocabulary(self) -> list[str]:
        return ["chair", "delight", "gloom", "piano", "table", "window"]

    def __call__(self, texts: Sequence[str]) -> Tensor:
        made = []
        for text in texts:
            drawer = next((number for number, words in enumerate(self.drawers) if text in words), None)
            seed = sum(map(ord, text)) + 1000 if drawer is None else drawer
            made.append(torch.randn(64, generator=torch.Generator().manual_seed(seed)))
        return torch.nn.functional.normalize(torch.stack(made), dim=1)


def test_words_go_to_what_they_are_near() -> None:
    truth = {"captions": ["a lo-fi piano tune"], "tags": ["A minor", "drum & bass"]}
    known = glossary.said([truth])
    assert {"piano", "lo-fi", "lo", "fi", "drum"} <= known
    made = glossary.make(Drawer(), known, Drawer().vocabulary())
    assert {"bpm", "minor", "dorian", "the"} <= made.idle - known
    assert made.meanings == tuple(glossary.meanings())
    assert "piano" not in made.words
    assert made.meanings[made.words["gloom"][0][0]].startswith("dark")
    assert made.reworded("Gloom") == "dark, gloomy"


def test_every_genre_and_mood_is_a_meaning() -> None:
    assert len(glossary.meanings()) == 26 + len(MOOD_WORDS)
