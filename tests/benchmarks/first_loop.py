"""How long it takes from Enter in the composer bar to a loop of four parts that plays, in a whole window.

Run it with `python -m tests.benchmarks.first_loop`. It prints the figures and writes `results/first_loop.json`. The
loop has 16 bars; the window has rested before, as it does while a user types. “in_song” is when the parts lie in the
song, “heard” when the player plays them; “work” are processor seconds by process. The last runs change a note while
the loop plays, each in a part that is open in the editor: “edit” is when the player has the new sound.
"""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Desk
from desktop.notes.warming import QUEUE as WARMING
from desktop.theme import load_theme
from engine import paths
from engine.playback.contents import find_content
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits, note_edits
from engine.project.model import NoteContent
from tests.benchmarks.generator import RESULTS
from tests.benchmarks.timeline import application

PROMPT = "lo-fi hip hop, A minor, 84 BPM"
ROLES = ("drums", "bass", "chords", "lead")
BARS, RUNS, EDITS = 16, 3, 40
REST_SECONDS = 6.0


def until(app: QApplication, condition: Callable[[], object], seconds: float = 60.0) -> float:
    """Lets the window go on until then; returns how long it took."""
    began = perf_counter()
    while not condition():
        app.processEvents()
        sleep(0.002)
        if perf_counter() - began > seconds:
            raise TimeoutError(condition)
    return perf_counter() - began


def worked() -> dict[str, float]:
    """Processor seconds so far of this process and of those that it started."""
    own = psutil.Process()
    seconds = {"window": own.cpu_times().user + own.cpu_times().system}
    for child in own.children(recursive=True):
        try:
            module = next((each for each in child.cmdline() if each.startswith("engine.")), child.name())
            times = child.cpu_times()
        except psutil.Error:  # it has ended
            continue
        seconds[module] = seconds.get(module, 0.0) + times.user + times.system
    return seconds


def sounds(desk: Desk) -> bool:
    """Whether the player plays something that can be heard."""
    state = desk.bridge.state
    return state is not None and state.playing and max(state.master_rms) > 1e-4


def compose(app: QApplication, desk: Desk, seed: int) -> dict[str, Any]:
    """A new song: the prompt, Enter, and Space as soon as the parts lie there."""
    desk.bridge.stop()
    desk.document.save()
    desk.actions["new"].trigger()
    until(app, lambda: not desk.jobs.running)
    desk.composer.composing.change(bars=BARS, roles=ROLES, seed=seed)
    bar = desk.composer.card.bar
    bar.line.setFocus()
    bar.line.selectAll()
    QTest.keyClicks(bar.line, PROMPT)
    before, began = worked(), perf_counter()
    QTest.keyClick(bar.line, Qt.Key.Key_Return)
    until(app, lambda: len(list(desk.document.project.clips())) == len(ROLES))
    placed = perf_counter() - began
    desk.actions["play"].trigger()
    until(app, lambda: sounds(desk))
    heard = perf_counter() - began
    after = worked()
    work = {name: round(after[name] - before.get(name, 0.0), 2) for name in after}
    return {"in_song_s": round(placed, 2), "heard_s": round(heard, 2), "work_s": work}


def edit(app: QApplication, desk: Desk, number: int) -> tuple[float, float]:
    """Moves a note of a part while the loop plays; seconds until the player has its sound, and processor seconds."""
    document = desk.document
    folder = document.folder
    assert folder is not None
    _, clip = list(document.project.clips())[number % len(ROLES)]
    content = clip.content
    assert isinstance(content, NoteContent)
    document.select([clip.id])
    desk.timeline.open_requested.emit(clip.id)  # as who edits it does
    until(app, lambda: not desk.jobs.running)
    notes = note_edits.transpose(content.notes, [number % len(content.notes)], 1 if number % 2 else -1)
    document.select([clip.id])
    until(app, lambda: not desk.jobs.running_in(WARMING))
    before, began = sum(worked().values()), perf_counter()
    document.apply("Transpose", lambda p: edits.set_notes(p, {clip.id: notes}))
    changed = next(each for _, each in document.project.clips() if each.id == clip.id)
    until(app, lambda: find_content(changed.content, changed, document.project, folder))
    until(app, lambda: not desk.jobs.running_in("render"))
    desk.bridge.play()  # sends what waits to be sent
    took = perf_counter() - began
    return took, sum(worked().values()) - before


def run(folder: Path) -> dict[str, Any]:
    """All the figures."""
    app = application()
    paths.songs_dir = lambda: folder / "songs"
    with Desk(app, load_theme(), device=DeviceSettings(device=NO_SOUND)) as desk:
        desk.window.resize(1440, 900)
        desk.window.show()
        desk.window.activateWindow()
        desk.start_audio()
        desk.composer.composing.prepare()
        rest = perf_counter() + REST_SECONDS
        until(app, lambda: perf_counter() > rest and not desk.jobs.running)
        figures: dict[str, Any] = {f"run_{number}": compose(app, desk, number) for number in range(RUNS)}
        edits_made = [edit(app, desk, number) for number in range(EDITS)]
        times, work = zip(*edits_made, strict=True)
        figures["edit_s"] = round(median(times), 3)
        figures["edit_p95_s"] = round(sorted(times)[round(0.95 * (EDITS - 1))], 3)
        figures["edit_worst_s"] = round(max(times), 3)
        figures["edit_work_s"] = round(median(work), 3)
        figures["edit_work_worst_s"] = round(max(work), 3)
        state = desk.bridge.state
        figures["underruns"] = state.underruns if state else None
        figures["edits_s"] = [round(each, 3) for each in times]
        figures["underruns"] = desk.bridge.state.underruns if desk.bridge.state else None
        desk.bridge.stop()
        desk.document.save()
    return figures


def main() -> None:
    """Measures, prints and writes."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONTINUO_DATA"] = os.environ["CONTINUO_CONFIG"] = folder
        figures = run(Path(folder))
    for key, value in figures.items():
        print(f"{key:24} {value}")
    (RESULTS / "first_loop.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
