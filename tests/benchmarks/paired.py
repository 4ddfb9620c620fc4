"""This program beside an older commit of it, on the same machine in one run: the ratios of what users wait for.

Run it with `python -m tests.benchmarks.paired COMMIT`. Both commits are checked out into a temporary folder and take
turns, so that both meet the same machine. Each figure is the median of the rounds; a ratio above 1 says that today's
program takes longer. It prints the figures and writes `results/paired.json`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"

START = """
import json, os, time
from contextlib import nullcontext
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
try:
    from desktop.garbage import not_while_starting  # as the program itself starts
except ImportError:
    not_while_starting = nullcontext
with not_while_starting():
    from PySide6.QtWidgets import QApplication
    from desktop.app import Desk
    from desktop.theme import load_theme
    from engine.playback.device import NO_SOUND, DeviceSettings
    app = QApplication([])
    theme = load_theme()
    theme.load_fonts()
    with Desk(app, theme, device=DeviceSettings(device=NO_SOUND)) as desk:
        desk.window.show()
        app.processEvents()
        print(json.dumps({"start_to_window_s": time.time() - float(os.environ["BEGAN"])}))
"""
SHELL = """
import json, os, time
from engine.cli import main
main(["new", "song"])
print(json.dumps({"shell_new_s": time.time() - float(os.environ["BEGAN"])}))
"""
BOUNCE = """
import json, statistics, time
import numpy as np, soundfile
from pathlib import Path
from engine.cli import main
from engine.project.files import create
from engine.project.model import new_project
create(Path("song"), new_project("song"))  # without a limiter, whichever version is measured
for number in range(12):
    noise = np.random.default_rng(number).integers(-900, 900, (60 * 48000, 2), dtype=np.int16)
    soundfile.write(f"{number}.wav", noise, 48000)
    main(["import", "song", f"{number}.wav", "--track", f"Track {number}"])
seconds = []
for turn in range(5):
    began = time.process_time()
    assert main(["bounce", "song", "--mix", f"mix {turn}.wav"]) == 0
    seconds.append(time.process_time() - began)
print(json.dumps({"bounce_processor_s": statistics.median(seconds)}))
"""
FIRST_SOUND = """
import json
from pathlib import Path
from tests.benchmarks.first_sound import Model, generate, prepared, scene
with scene(Path.cwd() / "First sound", Model("melody-starter", "cpu")) as (app, document, generation):
    prepared(generation)
    first = generate(app, document, generation, 1)
    warm = generate(app, document, generation, 1)
print(json.dumps({"first_sound_s": first["first_s"], "first_sound_warm_s": warm["first_s"]}))
"""


def environment(tree: Path, folder: Path) -> dict[str, str]:
    """For a process of the program in `tree` that keeps nothing outside `folder`."""
    own = {f"CONTINUO_{name}": str(folder / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
    return {**os.environ, **own, "PYTHONPATH": str(tree), "QT_QPA_PLATFORM": "offscreen"}


def told(script: str, tree: Path) -> dict[str, float]:
    """The figures that a script prints as its last line, run with the program in `tree`."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", script]
        # the system tells when a process began to the second only, as its own start is known no better
        surroundings = environment(tree, Path(folder)) | {"BEGAN": repr(time.time())}
        run = subprocess.run(command, cwd=folder, env=surroundings, stdout=subprocess.PIPE, check=True, text=True)
    figures: dict[str, float] = json.loads(run.stdout.strip().splitlines()[-1])
    return figures


def benchmark(name: str, tree: Path) -> dict[str, object]:
    """What a benchmark of `tree` writes into its results."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
        subprocess.run(command, cwd=tree, env=environment(tree, Path(folder)), stdout=subprocess.DEVNULL, check=True)
    result: dict[str, object] = json.loads((tree / "tests/benchmarks/results" / f"{name}.json").read_text("utf-8"))
    return result


def timeline(tree: Path) -> dict[str, float]:
    """Milliseconds of a frame (the median over the kinds of scrolling), and of an edit to the screen."""
    figures = benchmark("timeline", tree)
    frames = [
        float(values["corrected_p50_ms"])
        for name, values in figures.items()
        if isinstance(values, Mapping) and name.startswith(("zoom", "scroll"))
    ]
    edit = figures["edit_to_screen"]
    assert isinstance(edit, Mapping)
    return {"timeline_frame_ms": statistics.median(frames), "edit_to_screen_ms": float(edit["corrected_p50_ms"])}


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """A work tree of a commit."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def measured(trees: Mapping[str, Path], rounds: int) -> dict[str, dict[str, list[float]]]:
    """All values of each figure, for each tree."""
    values: dict[str, dict[str, list[float]]] = {name: {} for name in trees}
    for turn in range(rounds):
        for name, tree in list(trees.items())[:: 1 if turn % 2 == 0 else -1]:
            figures = told(START, tree) | told(SHELL, tree)
            if turn == 0:
                figures |= told(BOUNCE, tree) | timeline(tree) | told(FIRST_SOUND, tree)
            for figure, value in figures.items():
                values[name].setdefault(figure, []).append(value)
    return values


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="the older commit")
    parser.add_argument("--rounds", type=int, default=3, help="of the short figures; the long ones are taken once")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as place,
        checked_out(options.commit, Path(place) / "old") as old,
        checked_out("HEAD", Path(place) / "new") as new,
    ):
        values = measured({"old": old, "new": new}, options.rounds)
    rows = {}
    for figure, before in values["old"].items():
        was, now = statistics.median(before), statistics.median(values["new"][figure])
        rows[figure] = {"old": round(was, 3), "new": round(now, 3), "ratio": round(now / was, 3)}
        print(f"{figure:24} {was:9.3f} {now:9.3f}   × {now / was:.3f}")
    RESULTS.mkdir(exist_ok=True)
    content = {"commit": options.commit, "figures": rows}
    (RESULTS / "paired.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
