"""Tiny published models, each written once, and opened by the program's own loader on one thread."""

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
import transformers
from tqdm import tqdm

from engine.audio import Audio
from engine.generate.pipelines.factory import open_folder
from tests.sharing import shared_folder

Folder = Callable[..., Path]
Opened = Callable[..., Any]


@pytest.fixture(scope="session")
def pipelines() -> ModuleType:
    tqdm.monitor_interval = 0
    for library in (diffusers, transformers):
        library.utils.logging.disable_progress_bar()
    spec = importlib.util.spec_from_file_location("pipelines", Path(__file__).with_name("pipelines.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def folder(pipelines: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Writes a model of that name and kind once, and gives its folder."""
    made: dict[str, Path] = {}

    def written(name: str, **kind: object) -> Path:
        key = "-".join((name, *sorted(kind)))
        if key not in made:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                write = partial(getattr(pipelines, name), **kind)
                made[key] = shared_folder(tmp_path_factory, key, write)
        return made[key]

    return written


@pytest.fixture(scope="session")
def opened(folder: Folder) -> Opened:
    """Opens a model of that name and kind once."""
    found: dict[str, Any] = {}

    def model(name: str, **kind: object) -> Any:
        key = "-".join((name, *sorted(kind)))
        if key not in found:
            found[key] = open_folder(folder(name, **kind), "cpu")
        return found[key]

    return model


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr("engine.generate.device.threads", lambda: 1)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    patch.undo()


@pytest.fixture(scope="session")
def sound() -> Audio:
    """Two seconds of a chord with noise, stereo at 22.05 kHz."""
    rate, random = 22050, np.random.default_rng(0)
    time = np.arange(2 * rate)[:, None] / rate
    tones = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.2, 329.6))
    samples = 0.1 * tones + 0.01 * random.standard_normal((len(time), 2))
    return Audio(samples.astype(np.float32), rate)
