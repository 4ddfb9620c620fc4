"""The memory of this process while a published model is loaded, used and unloaded, several times over.

Printed in MB: before the first, with the model loaded, and after each time it was unloaded as the program unloads it
(`device.free_memory`). A tiny model is loaded first, since the libraries stay. `python -m tests.benchmarks.unload`.
"""

import json
import tempfile
import warnings
from pathlib import Path

import diffusers
import psutil
import torch
import transformers

from engine.generate import device
from engine.generate.interface import Request, Settings
from engine.generate.pipelines.factory import open_folder
from engine.jobs import Context
from tests.benchmarks.published import HERE, pipelines

CHANNELS, CYCLES = 192, 5


def resident() -> float:
    device.free_memory()
    return round(psutil.Process().memory_info().rss / 1e6, 1)


def used(folder: Path) -> float:
    """Loads the model and makes sound with it; what the process holds then."""
    model = open_folder(folder, "cpu")
    model.generate(Request(settings=Settings(prompt="a dog", steps=1), seconds=1.0), Context())
    return resident()


def main() -> None:
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    diffusers.utils.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tiny = pipelines().audioldm2(Path(place) / "tiny", audiomae=True)
        large = pipelines().audioldm2(Path(place) / "large", audiomae=True, channels=CHANNELS)
        weights = sum(file.stat().st_size for file in large.rglob("*.safetensors"))
        used(tiny)
        row: dict[str, object] = {"weights_mb": round(weights / 1e6, 1), "before_mb": resident()}
        loaded, after = [], []
        for _ in range(CYCLES):
            loaded.append(used(large))
            after.append(resident())
    row |= {"loaded_mb": loaded, "unloaded_mb": after, "growth_a_cycle_mb": (after[-1] - after[0]) / (CYCLES - 1)}
    (HERE / "results" / "unload.json").write_text(json.dumps(row, indent=1) + "\n")
    print(json.dumps(row, indent=1))


if __name__ == "__main__":
    main()
