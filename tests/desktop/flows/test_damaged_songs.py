"""Songs that are damaged or hostile, opened in the window: a sentence, and no exception leaves a paint."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from engine.project.files import load
from engine.project.importing import import_audio
from tests.engine.project.test_records import RECORD, WRONG, places
from tests.places import place_at

START = 0
PATHS = [path for path in places(RECORD) if path[0] in ("chunks", "fit", "part", "seed", "prompt", "held_tempo")]


def test_flipped_bytes_are_named_and_the_original_replaces_them(
    song: Desk, own_folders: Path, wav: Path, qtbot: QtBot
) -> None:
    document, folder = song.document, own_folders / "songs" / "Song"
    document.import_files([wav], "drums", place_at(START))
    qtbot.waitUntil(lambda: bool(document.project.sources), timeout=20_000)
    assert document.save()
    (source,) = document.project.sources.values()
    document.close()
    whole = (folder / source.file).read_bytes()
    (folder / source.file).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    song.songs.open(folder)
    qtbot.waitUntil(lambda: "changed on the disk" in song.message_bar.text, timeout=20_000)
    assert f"“{source.name}”" in song.message_bar.text
    assert [each.id for each in document.sounds.to_locate()] == [source.id]
    assert document.sounds.missing() == []
    document.sounds.relink(source, wav, song.show_error, lambda take: take())
    qtbot.waitUntil(lambda: document.sounds.to_locate() == [], timeout=20_000)
    assert (folder / source.file).read_bytes() == whole


@pytest.mark.parametrize("part", range(3))
def test_the_window_opens_on_records_of_any_kind(
    song: Desk, own_folders: Path, wav: Path, part: int, qtbot: QtBot
) -> None:
    """pytest-qt fails the test for an exception in a paint, which the window would not survive."""
    document, folder = song.document, own_folders / "songs" / "Song"
    source = import_audio(folder, wav, 48000)
    document.close()
    data = json.loads((folder / "project.json").read_text())
    shown = load(folder)
    assert shown.tracks
    data["sources"] = [
        {"id": source.id, "file": source.file, "name": "x", "rate": 48000, "channels": 2, "frames": 96000}
    ]
    clips = []
    for number, path in enumerate(PATHS[part::3]):
        record: Any = deepcopy(RECORD)
        place = record
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = WRONG[(number * 7 + part) % len(WRONG)]
        content = {"kind": "audio", "source": source.id}
        take = {"id": f"t{number}", "content": content, "provenance": record}
        clips.append({"id": f"c{number}", "position": {"frames": number * 5000}, "length": 4800, "takes": [take]})
    data["tracks"][0]["clips"] = clips
    (folder / "project.json").write_text(json.dumps(data))
    song.songs.open(folder)
    qtbot.waitUntil(lambda: bool(document.project.tracks), timeout=20_000)
    assert len(document.project.tracks[0].clips) == len(clips)
    assert "could not be read and was left out" in song.message_bar.text
    song.right.open("Clip")
    for clip in clips:
        document.select([clip["id"]])
        song.inspecting.clip_panel().grab()
    song.timeline.grab()


PAINTER = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from desktop.log import reporting_errors

class Broken(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.save()
        raise ValueError("in the middle of a paint")

app = QApplication([])
said = []
with reporting_errors(said.append):
    widget = Broken()
    widget.resize(50, 50)
    widget.show()
    timer = QTimer()
    timer.timeout.connect(widget.update)
    timer.start(20)
    QTimer.singleShot(500, app.quit)
    app.exec()
print(len(said) > 0, flush=True)
"""


def test_an_error_in_a_paint_does_not_end_the_window() -> None:
    """Qt ends the program over a painter that outlives its paint, sooner or later; a traceback would keep this one."""
    done = subprocess.run([sys.executable, "-c", PAINTER], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr[-500:]
    assert "active painter" not in done.stderr
    assert "being painted" not in done.stderr
