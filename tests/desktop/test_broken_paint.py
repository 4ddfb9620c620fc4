"""An exception inside a paint, or another handler of Qt's, is told and logged, and the window lives on."""

import subprocess
import sys
from pathlib import Path

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
        QTimer.singleShot(700, self.look)

    def look(self):
        sentences.append(self.message_bar.text)
        self.window.grab()  # painting asked for from Python fails in another way
        self.document.apply("Rename", lambda p: edits.set_track(p, "drums", name="Still alive"))
        self.document.save()
        QTimer.singleShot(700, self.window.close)

program.Desk = Watched
program.PREPARE_MS = 10**7
status = program.run()
assert len(painted) > 5, painted
assert "ValueError" in sentences[0], sentences
from desktop.log import log_file
log = log_file().read_text()
assert log.count("a record of the wrong type") == 1, log
assert "Still alive" in (folder / "Song" / "project.json").read_text()
print("lived", status)
"""


def test_the_window_survives_a_paint_that_raises_in_every_frame(own_folders: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", SCRIPT, str(own_folders)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "lived 0" in done.stdout
    assert "active painter" not in done.stderr
