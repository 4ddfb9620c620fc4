"""An exception inside a paint, or another handler of Qt's, is told and logged, and the window lives on."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from desktop import app as program
from desktop.timeline.canvas import Canvas
from desktop.timeline.overlay import Overlay
from desktop.widgets.value_field import ValueField
from engine import paths
from engine.project import edits
from engine.project.model import new_project

folder = Path(sys.argv[1])
sentences, painted = [], []
opened = []

def broken_overlay(self, painter, *_):
    painted.append(1)
    painter.save()  # left open on purpose
    raise ValueError("a record of the wrong type")

class Watched(program.Desk):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        opened.append(self)
        QTimer.singleShot(0, self.begin)

    def begin(self):
        self.document.new(folder / "Song", edits.add_track(new_project("Song"), "Drums", track_id="drums"))
        Canvas._paint_over = broken_overlay
        ValueField.keyPressEvent = lambda self, event: 1 / 0
        self.frames = QTimer(self.window)
        self.frames.timeout.connect(self.timeline.canvas.update)
        self.frames.start(10)
        self.looks = 0
        QTimer.singleShot(100, self.look)

    def look(self):
        self.looks += 1
        sentences.append(self.message_bar.text)
        if self.looks < 600 and not (len(painted) > 5 and any("ValueError" in sentence for sentence in sentences)):
            QTimer.singleShot(100, self.look)  # a busy machine paints late
            return
        self.window.grab()  # painting asked for from Python fails in another way
        self.document.apply("Rename", lambda p: edits.set_track(p, "drums", name="Still alive"))
        self.document.save()
        QTimer.singleShot(700, self.window.close)

program.Desk = Watched
program.PREPARE_MS = 10**7
status = program.run()
assert len(painted) > 5, painted
assert any("ValueError" in sentence for sentence in sentences), set(sentences)
from desktop.log import log_file
log = log_file().read_text()
assert log.count("a record of the wrong type") == 1, log
assert "Still alive" in (folder / "Song" / "project.json").read_text()
print("lived", status)
"""


EVERY_CALL = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from desktop import app as program
from desktop.widgets import painting
from engine.project import edits
from engine.project.model import new_project

folder = Path(sys.argv[1])
CALLS = 400  # a painter of this window makes fewer
TABS = ("Mixer", "Jobs", "History", "Loudness", "Spectrogram")
failing = {"at": 0, "failed": 0, "longest": 0}

class Failing(QPainter):
    # fails at one of its calls: the first of every painter at first, then the second of every painter, and so on

    def __init__(self, device):
        super().__init__(device)
        self.calls = 0

    def __getattribute__(self, name):
        if name != "calls" and name != "end" and not name.startswith("_") and failing["at"]:
            self.calls += 1
            failing["longest"] = max(failing["longest"], self.calls)
            if self.calls == failing["at"]:
                failing["failed"] += 1
                raise ValueError("a painter's call")
        return super().__getattribute__(name)

class Watched(program.Desk):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        QTimer.singleShot(0, self.begin)

    def begin(self):
        project = edits.add_track(new_project("Song"), "Drums", track_id="drums")
        self.document.new(folder / "Song", project)
        self.message_bar.show_message("A sentence in the bar")
        for tab in TABS:
            self.open_tab(tab)
        painting.QPainter = Failing
        self.turns = [(tab, at) for tab in TABS for at in (*range(1, 13), *range(13, CALLS, 41))]
        self.frames = QTimer(self.window)
        self.frames.timeout.connect(self.turn)
        self.frames.start(5)

    def open_tab(self, tab):
        (self.right if tab == "Models" else self.bottom).open(tab)

    def turn(self):
        if not self.turns:
            self.frames.stop()
            failing["at"] = 0
            self.document.apply("Rename", lambda p: edits.set_track(p, "drums", name="Still alive"))
            self.document.save()
            self.window.close()
            return
        tab, failing["at"] = self.turns.pop(0)
        self.open_tab(tab)
        for widget in (self.window, *self.window.findChildren(QWidget)):
            widget.update()

program.Desk = Watched
program.PREPARE_MS = 10**7
status = program.run()
assert failing["failed"] > 500, failing
assert 13 < failing["longest"] < CALLS, failing
assert "Still alive" in (folder / "Song" / "project.json").read_text()
print("lived", status)
"""


@pytest.mark.parametrize("script", [SCRIPT, EVERY_CALL], ids=["in every frame", "at every call of a painter"])
def test_the_window_survives_a_paint_that_raises(own_folders: Path, script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script, str(own_folders)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = "\n".join(line for line in done.stderr.splitlines() if not line.startswith("QPainter"))
    assert done.returncode == 0, told[:2000] + told[-4000:]
    assert "lived 0" in done.stdout
    assert "active painter" not in done.stderr
    assert "being painted" not in done.stderr
