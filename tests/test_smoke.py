"""The program starts without a screen, opens a song, and ends when its window is closed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from engine.project import edits
from engine.project.files import create
from engine.project.model import new_project

SCRIPT = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
import desktop.app

seen = {}

def look():
    window = next(w for w in QApplication.topLevelWidgets() if w.isWindow() and w.windowTitle().startswith("Smoke"))
    picture = window.grab().toImage()
    seen["title"] = window.windowTitle()
    seen["colours"] = len({picture.pixel(x, y) for x in range(0, picture.width(), 9) for y in range(0, 200, 9)})
    seen["loaded"] = sorted({"torch", "transformers", "scipy", "sounddevice"} & set(sys.modules))
    window.close()

app = QApplication(["continuo"])
QTimer.singleShot(2000, look)
status = desktop.app.run(Path(sys.argv[1]))
print(json.dumps({**seen, "status": status}))
"""


def test_the_window_opens_a_song_and_closes(tmp_path: Path) -> None:
    create(tmp_path / "Smoke", edits.add_track(new_project("Smoke"), "Drums"))
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "CONTINUO_CONFIG": str(tmp_path / "config"),
        "CONTINUO_DATA": str(tmp_path / "data"),
    }
    command = [sys.executable, "-W", "error", "-c", SCRIPT, str(tmp_path / "Smoke")]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert (seen["title"], seen["status"], seen["loaded"]) == ("Smoke[*] – Continuo", 0, [])
    assert seen["colours"] > 5
    assert "Traceback" not in ran.stderr
    log = tmp_path / "data" / "continuo.log"
    assert not log.exists() or "ERROR" not in log.read_text(encoding="utf-8")


def test_help_needs_no_screen() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "desktop", "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    assert "SONG" in ran.stdout
