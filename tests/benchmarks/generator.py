"""What the benchmarks of the generator's process share: the model that they are asked for, and where figures go."""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.generate import catalog, registry
from engine.inference.api import Model

RESULTS = Path(__file__).parent / "results"


def measure(
    parser: argparse.ArgumentParser, name: str, run: Callable[[Path, Model, argparse.Namespace], dict[str, Any]]
) -> None:
    """Runs in a folder of its own, with random weights where the model has none; prints and writes the figures."""
    parser.add_argument("--model", default=catalog.DEFAULT)
    parser.add_argument("--device", default=None)
    options = parser.parse_args()
    untrained = False
    try:
        registry.find(options.model)
    except ModelError:
        untrained = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONTINUO_DATA"] = os.environ["CONTINUO_CONFIG"] = folder
        figures = run(Path(folder), Model(options.model, options.device, untrained), options)
    for key, value in figures.items():
        print(f"{key:24} {value}")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
