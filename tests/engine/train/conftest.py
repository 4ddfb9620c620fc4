"""A few seconds of the corpus, played by our own synthesis, and a tiny model's view of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.models import checkpoint, system
from engine.train import data, encode, excerpts
from tests.sharing import shared_folder

COUNTS = {"train": 12, "validation": 8}


@pytest.fixture(scope="session")
def sound_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Excerpts of 4 s at the tiny preset's rate: 12 to train on, 8 to validate."""

    def render(folder: Path) -> None:
        for split, count in COUNTS.items():
            header = excerpts.PoolHeader(frames=4 * 24000, split=split, own=True)
            data.render_pool(folder, header, count * 4 / 60, workers=0)

    return shared_folder(tmp_path_factory, "sound-pool", render)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with random weights."""

    def save(folder: Path) -> None:
        config = system.PRESETS["tiny"]
        torch.manual_seed(0)
        checkpoint.save(folder, system.build(config), config, model_id="tiny", name="Tiny", preset="tiny")

    return shared_folder(tmp_path_factory, "tiny-model", save)


@pytest.fixture(scope="session")
def encoded_pool(sound_pool: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pool, encoded by the tiny model."""

    def fill(folder: Path) -> None:
        for split in COUNTS:
            encode.encode(data.SoundPool(sound_pool / split), tiny_model, folder)

    return shared_folder(tmp_path_factory, "encoded-pool", fill)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small are slower on two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
