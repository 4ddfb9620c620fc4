"""How long it takes from the button to a take that can be heard, in the window's own parts.

Run it with `python -m tests.benchmarks.first_sound`. It prints the figures and writes `results/first_sound.json`: four
bars at 120 BPM, one take and three, first with a process that is not there yet (“cold”), then with one that was
prepared, as the window does while it is idle, then with the model loaded (“warm”). “first” is when the first take lies
in the song, “all” when the last one does; “work” is the processor time that the generator spent, and “share” how many
cores it had.
"""

import argparse
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtWidgets import QApplication

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation.controller import Generation
from desktop.jobs import JobCentre
from desktop.settings import Settings
from engine.inference.api import Model
from engine.inference.client import InferenceProcess
from engine.jobs import JobState
from engine.project.model import new_project
from tests.benchmarks.generator import measure
from tests.benchmarks.timeline import application

BARS, TAKES = 4, (1, 3)
IDLE_SHARE, LOOK_SECONDS = 0.01, 1.0


@contextmanager
def scene(folder: Path, model: Model) -> Iterator[tuple[QApplication, Document, Generation]]:
    """A window's parts with an empty song at 120 BPM; the generator is not started."""
    app, jobs = application(), JobCentre()
    document = Document(jobs)
    document.new(folder, new_project("Song", rate=48000))
    bridge = PlayerBridge(document)
    generation = Generation(document, bridge, Settings())
    generation.models.set_model(model)
    generation.panel.change(prompt="warm lo-fi piano", bars=BARS, locked=True)
    try:
        yield app, document, generation
    finally:
        jobs.close()
        generation.models.close()
        bridge.close()
        document.close()
        gc.collect()  # here, not on a thread that reads from a process: some of it has timers


def until(app: QApplication, condition: Callable[[], bool]) -> None:
    """Lets the window go on until then."""
    while not condition():
        app.processEvents()
        sleep(0.005)


def worked(generation: Generation) -> float:
    """Processor seconds of the generator's process so far."""
    inference = generation.models.inference
    assert isinstance(inference, InferenceProcess)
    if inference.pid is None:
        return 0.0
    times = psutil.Process(inference.pid).cpu_times()
    return float(times.user + times.system)


def generate(app: QApplication, document: Document, generation: Generation, takes: int) -> dict[str, float]:
    """One press of the button."""
    document.apply("Empty", lambda p: new_project("Song", rate=p.rate))
    generation.panel.change(takes=takes)
    before, began = worked(generation), perf_counter()
    job = generation.generate()
    assert job is not None

    def there() -> int:
        assert job.state is not JobState.FAILED, job.error
        return sum(len(clip.takes) for _, clip in document.project.clips())

    until(app, lambda: there() > 0)
    first = perf_counter() - began
    until(app, lambda: there() == takes)
    took = perf_counter() - began
    work = worked(generation) - before
    return {
        "first_s": round(first, 2),
        "all_s": round(took, 2),
        "work_s": round(work, 2),
        "share": round(work / took, 2),
    }


def prepared(generation: Generation) -> float:
    """Starts the process and lets it read its libraries in; seconds until it rests."""
    began = perf_counter()
    generation.models.prepare()
    seen, rest = 0.0, 0
    while rest < 4:
        sleep(LOOK_SECONDS)
        now = worked(generation)
        rest = rest + 1 if now - seen < IDLE_SHARE * LOOK_SECONDS else 0
        seen = now
    return perf_counter() - began - rest * LOOK_SECONDS


def run(folder: Path, model: Model) -> dict[str, Any]:
    """All the figures."""
    app = application()  # outlives every scene
    figures: dict[str, Any] = {"model": model.name, "bars": BARS, "platform": app.platformName()}
    for takes in TAKES:
        for name in ("cold", "prepared"):
            with scene(folder / f"{name} {takes}", model) as (app, document, generation):
                if name == "prepared":
                    figures["reading_in_s"] = round(prepared(generation), 1)
                figures[f"{name}_{takes}"] = generate(app, document, generation, takes)
                if name == "prepared":
                    figures[f"warm_{takes}"] = generate(app, document, generation, takes)
    return figures


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    measure(parser, "first_sound", lambda folder, model, options: run(folder, model))


if __name__ == "__main__":
    main()
