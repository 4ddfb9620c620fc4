"""CPU time of a published model through the program's door, beside its pipeline called directly, in turns.

Both make the same samples on one thread, with random weights: a tiny model, whose call takes a fifth of a second, and
a larger one. What is printed is the median over pairs of (ours / theirs), each pair right after one another so that a
change of the machine's speed meets both, and the median of theirs against itself as the measure's own error.

`python -m tests.benchmarks.published`, or `python tests/benchmarks/published.py`.
"""

import argparse
import importlib.util
import json
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers

from engine.generate import device
from engine.generate.bench import Share
from engine.generate.interface import Request, Settings
from engine.generate.pipelines.factory import open_folder
from engine.jobs import Context

SECONDS = 5.0
SIZES = {"tiny": (8, 10, 11), "larger": (64, 3, 5)}  # channels of the U-Net, steps, pairs
HERE = Path(__file__).parent


def pipelines() -> Any:
    path = HERE.parent / "engine" / "generate" / "pipelines" / "pipelines.py"
    spec = importlib.util.spec_from_file_location("pipelines", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cpu(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def measured(steps: int, pairs: int, folder: Path) -> dict[str, float]:
    model = open_folder(folder, "cpu")
    pipe = diffusers.AudioLDM2Pipeline.from_pretrained(folder)
    pipe.set_progress_bar_config(disable=True)
    request = Request(settings=Settings(prompt="a dog", steps=steps), seconds=SECONDS, seed=1)

    def ours() -> np.ndarray:
        return model.generate(request, Context()).takes[0].samples[:, 0]

    def theirs() -> np.ndarray:
        noise = torch.Generator().manual_seed(1)
        return pipe("a dog", audio_length_in_s=SECONDS, num_inference_steps=steps, generator=noise).audios[0]

    assert np.array_equal(ours(), theirs())
    share = Share(1)
    ratios, errors, spent = [], [], []
    for i in range(pairs):
        share.spin()
        order = (ours, theirs, theirs) if i % 2 else (theirs, theirs, ours)
        took = [cpu(work)[0] for work in order]
        our, first, second = (took[0], took[1], took[2]) if i % 2 else (took[2], took[0], took[1])
        ratios.append(our / (first if i % 2 else second))
        errors.append(second / first)
        spent.append(first)
    return {
        "pairs": pairs,
        "pipeline_cpu_s": float(np.median(spent)),
        "ours_over_pipeline": float(np.median(ratios)),
        "pipeline_over_itself": float(np.median(errors)),
        "machine_share": share.value,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, help="one of the models only")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    device.threads = lambda: 1
    transformers.utils.logging.disable_progress_bar()
    diffusers.utils.logging.disable_progress_bar()
    kept = HERE / "results" / "published.json"
    for size in [arguments.size] if arguments.size else SIZES:
        channels, steps, pairs = SIZES[size]
        with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            folder = pipelines().audioldm2(Path(place) / "model", channels=channels)
            row = measured(steps, pairs, folder)
        rows = json.loads(kept.read_text()) if kept.exists() else {}
        kept.write_text(json.dumps({**rows, size: row}, indent=1) + "\n")
        print(json.dumps({size: row}, indent=1), flush=True)


if __name__ == "__main__":
    main()
