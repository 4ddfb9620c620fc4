"""Real windows without a screen, the program's own settings folder, and nothing left behind."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop.theme import Theme, load_theme

if TYPE_CHECKING:
    from desktop.app import Desk
    from desktop.document import Document
    from desktop.jobs import JobCentre


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and data of a test lie in its own folder."""
    monkeypatch.setenv("CONTINUO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture(scope="session")
def theme() -> Theme:
    return load_theme()


@pytest.fixture(scope="session")
def qapp(qapp: QApplication, theme: Theme) -> QApplication:
    """The application in the program's own look."""
    qapp.setStyle("Fusion")
    theme.load_fonts()
    qapp.setFont(theme.font())
    qapp.setPalette(theme.palette())
    qapp.setStyleSheet(theme.stylesheet())
    return qapp


@pytest.fixture(autouse=True)
def no_left_windows(qapp: QApplication) -> Iterator[None]:
    """A test closes the windows that it opens and stops the timers of what it keeps."""
    before = {id(widget) for widget in qapp.topLevelWidgets()}
    yield
    gc.collect()
    qapp.sendPostedEvents(None, 52)  # QEvent.Type.DeferredDelete
    left = [widget for widget in qapp.topLevelWidgets() if id(widget) not in before and widget.isVisible()]
    assert not left, f"windows left open: {left}"
    timers = [
        timer
        for widget in qapp.topLevelWidgets()
        if id(widget) not in before
        for timer in widget.findChildren(QTimer)
        if timer.isActive() and not timer.isSingleShot()
    ]
    assert not timers, f"timers left running: {timers}"


@pytest.fixture
def jobs(qapp: QApplication) -> "Iterator[JobCentre]":
    from desktop.jobs import JobCentre

    centre = JobCentre()
    yield centre
    centre.close()


@pytest.fixture
def document(jobs: "JobCentre") -> "Iterator[Document]":
    """A document without a song."""
    from desktop.document import Document

    document = Document(jobs)
    yield document
    document.close()


@pytest.fixture
def desk(qapp: QApplication, theme: Theme, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Desk]":
    """The whole program in a window, on the device that only keeps time; its player is started by who needs it."""
    from desktop.app import Desk
    from engine import paths
    from engine.playback.device import NO_SOUND, DeviceSettings

    monkeypatch.setattr(paths, "songs_dir", lambda: own_folders / "songs")
    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND)) as desk:
        desk.window.resize(1280, 800)
        desk.window.show()
        yield desk


@pytest.fixture
def song(desk: "Desk", own_folders: Path) -> "Desk":
    """The program with an empty song of two tracks."""
    from engine.project import edits
    from engine.project.model import new_project

    project = edits.add_track(edits.add_track(new_project("Song"), "Drums", track_id="drums"), "Bass", track_id="bass")
    (own_folders / "songs").mkdir()
    desk.document.new(own_folders / "songs" / "Song", project)
    return desk


@pytest.fixture
def wav(own_folders: Path) -> Path:
    """Two seconds of a quiet tone, stereo, 16 bit."""
    import numpy as np
    import soundfile

    path = own_folders / "Tone é.wav"
    time = np.arange(96000) / 48000
    wave = 0.25 * np.sin(2 * np.pi * 220 * time)
    soundfile.write(path, np.stack((wave, wave * 0.5), axis=1), 48000, subtype="PCM_16")
    return path
