"""This program beside an older commit of it, on the same machine in one run: the ratios of what users wait for.

Run it with `python -m tests.benchmarks.paired COMMIT`. Both commits are checked out into a temporary folder and take
turns, so that both meet the same machine. Each figure is the median of the rounds; a ratio above 1 says that today's
program takes longer. The start is that of the real program, to its first paint on a display of Xvfb; memory is what
window and player have resident once they rest: what they share with nobody depends on who else has the same libraries.
It prints the figures and writes `results/paired.json`.
`--only NAME …` measures some of them: start, memory, song_memory, shell, bounce, timeline, first_sound, live.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from tests.benchmarks.start import screen, start

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parent / "results"
REST_SECONDS = 12.0  # the composer and the generator have started, and what was freed was given back
LONG = {"bounce", "live"}
"""What is measured once."""

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
SONG = """
import numpy as np, soundfile
from pathlib import Path
from engine.cli import main
from engine.project.files import create
from engine.project.model import new_project
create(Path("song"), new_project("song"))  # without a limiter, whichever version is measured
for number in range(8):
    noise = np.random.default_rng(number).integers(-9000, 9000, (60 * 48000, 2), dtype=np.int16)
    soundfile.write(f"{number}.wav", noise, 48000)
    assert main(["import", "song", f"{number}.wav", "--track", f"Track {number}"]) == 0
"""
FIRST_SOUND = """
import json
from pathlib import Path
from tests.benchmarks.first_sound import Model, generate, prepared, scene
with scene(Path.cwd() / "First sound", Model("melody-starter", "cpu")) as (app, document, generation):
    prepared(generation)
    first = generate(app, document, generation, 1)
    warm = generate(app, document, generation, 1)
seconds = {"first_sound_s": first["first_s"], "first_sound_warm_s": warm["first_s"]}
print(json.dumps({**seconds, "first_sound_work_s": first["work_s"], "first_sound_warm_work_s": warm["work_s"]}))
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


def shown(tree: Path) -> dict[str, float]:
    """Seconds, and those of the processor, from the command to the first paint of the window."""
    with screen() as display, tempfile.TemporaryDirectory() as folder:
        figures = start([sys.executable, "-m", "engine.cli"], display, Path(folder), tree)
    return {"start_to_paint_s": figures["painted_s"], "start_processor_s": figures["processor_s"]}


def memory(tree: Path) -> dict[str, float]:
    """Megabytes that are resident of the window and its player, `REST_SECONDS` after the start."""
    with tempfile.TemporaryDirectory() as folder:
        return _memory([], tree, Path(folder))


def song_memory(tree: Path) -> dict[str, float]:
    """The same with a song of eight tracks open, which the program in `tree` made itself."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = environment(tree, Path(folder))
        made = [sys.executable, "-c", SONG]
        subprocess.run(made, cwd=folder, env=surroundings, stdout=subprocess.DEVNULL, check=True)
        figures = _memory(["open", str(Path(folder) / "song")], tree, Path(folder))
    return {f"song_{name}": value for name, value in figures.items()}


def _memory(arguments: list[str], tree: Path, folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "engine.cli", *arguments]
    window = subprocess.Popen(command, cwd=tree, env=environment(tree, folder), stderr=subprocess.DEVNULL)
    try:
        time.sleep(REST_SECONDS)
        children = psutil.Process(window.pid).children()
        player = next(child for child in children if "engine.playback" in " ".join(child.cmdline()))
        processes = {"window_mb": window.pid, "player_mb": player.pid}
        return {name: psutil.Process(pid).memory_info().rss / 2**20 for name, pid in processes.items()}
    finally:
        window.terminate()
        window.wait()


def live(tree: Path) -> dict[str, float]:
    """Five minutes of a take that is continued while the song plays."""
    figures = benchmark("live", tree)
    names = ("frame_p50_ms", "frame_corrected_p95_ms", "underruns", "unexplained", "speed")
    chosen = {f"live_{name}": float(str(figures[name])) for name in names}
    for field in ("memory_mb", "memory_growth_mb"):
        values = figures[field]
        assert isinstance(values, Mapping)
        chosen |= {f"live_{process}_{field}": float(value) for process, value in values.items() if process != "studio"}
    return chosen


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


FIGURES: Mapping[str, Callable[[Path], dict[str, float]]] = {
    "start": shown,
    "memory": memory,
    "song_memory": song_memory,
    "shell": partial(told, SHELL),
    "bounce": partial(told, BOUNCE),
    "timeline": timeline,
    "first_sound": partial(told, FIRST_SOUND),
    "live": live,
}
"""What is measured, by the name of it in `--only`."""


def measured(trees: Mapping[str, Path], chosen: Sequence[str], rounds: int) -> dict[str, dict[str, list[float]]]:
    """All values of each figure, for each tree."""
    values: dict[str, dict[str, list[float]]] = {name: {} for name in trees}
    for kind in chosen:
        for turn in range(1 if kind in LONG else rounds):
            for name, tree in list(trees.items())[:: 1 if turn % 2 == 0 else -1]:
                for figure, value in FIGURES[kind](tree).items():
                    values[name].setdefault(figure, []).append(value)
    return values


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="the older commit")
    parser.add_argument("--rounds", type=int, default=3, help="of the short figures; the long ones are taken once")
    usual = [kind for kind in FIGURES if kind != "live"]
    parser.add_argument("--only", nargs="+", choices=FIGURES, default=usual, help="all but live, by default")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as place,
        checked_out(options.commit, Path(place) / "old") as old,
        checked_out("HEAD", Path(place) / "new") as new,
    ):
        values = measured({"old": old, "new": new}, options.only, options.rounds)
    rows = {}
    for figure, before in values["old"].items():
        was, now = statistics.median(before), statistics.median(values["new"][figure])
        rows[figure] = {"old": round(was, 3), "new": round(now, 3), "ratio": round(now / was, 3) if was else None}
        print(f"{figure:28} {was:9.3f} {now:9.3f}" + (f"   × {now / was:.3f}" if was else ""))
    RESULTS.mkdir(exist_ok=True)
    content = {"commit": options.commit, "figures": rows}
    (RESULTS / "paired.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
