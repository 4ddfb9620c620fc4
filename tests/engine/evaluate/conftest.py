"""A few seconds of the corpus, played by our own synthesis, and one thread for networks this small."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.evaluate.datasets import Material
from engine.train import data, excerpts
from tests.sharing import shared_folder


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Excerpts of 4 s at the tiny preset's rate: 10 to train on, 8 held out."""

    def render(folder: Path) -> None:
        for split, count in (("train", 10), ("test", 8)):
            header = excerpts.PoolHeader(frames=4 * 24000, split=split, own=True)
            data.render_pool(folder, header, count / 15, workers=0)

    return shared_folder(tmp_path_factory, "held-out-pool", render)


@pytest.fixture(scope="session")
def material(pool: Path) -> Material:
    return Material(data.SoundPool(pool / "train"), data.SoundPool(pool / "test"))


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("engine.generate.device.threads", lambda: 1)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
