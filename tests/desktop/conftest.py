"""Real windows without a screen, the program's own settings folder, and nothing left behind."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import Theme, load_theme
from tests.desktop.shared_inference import shared_inference

__all__ = ["shared_inference"]

if TYPE_CHECKING:
    from desktop.app import Desk
    from desktop.document import Document
    from desktop.jobs import JobCentre
    from engine.inference.api import Changed, Inference


AWidget = TypeVar("AWidget", bound=QWidget)


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
    return qapp


@pytest.fixture(scope="session", autouse=True)
def shared_icons(qapp: QApplication, theme: Theme) -> Iterator[None]:
    """The windows of all tests share their icons, which are painted once."""
    from desktop.icons import Icons

    icons = Icons(theme)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("desktop.app.Icons", lambda _: icons)
        yield


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
    assert not qapp.styleSheet(), "each window has its own style sheet, and takes 0.5 s more beside the application's"


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
def inference_start() -> "Callable[[Changed], Inference]":
    """What the window starts its generator with: a process of its own, once something is asked of it."""
    from desktop.generation.model_choice import start_inference

    return start_inference


@pytest.fixture
def desk(
    qapp: QApplication,
    theme: Theme,
    own_folders: Path,
    inference_start: "Callable[[Changed], Inference]",
    monkeypatch: pytest.MonkeyPatch,
) -> "Iterator[Desk]":
    """The whole program in a window, on the device that only keeps time; its player is started by who needs it."""
    from desktop.app import Desk
    from engine import paths
    from engine.playback.device import NO_SOUND, DeviceSettings

    monkeypatch.setattr(paths, "songs_dir", lambda: own_folders / "songs")
    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=inference_start) as desk:
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
    desk.timeline.canvas.setFocus()  # an empty song begins in its prompt
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


class Screen:
    """What a user sees and presses."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def find(self, kind: type[AWidget]) -> AWidget:
        """The visible window of that kind."""
        found = self._all(kind)
        assert len(found) == 1, f"{len(found)} windows of {kind.__name__}"
        return found[0]

    def shows(self, kind: type[QWidget]) -> bool:
        """Whether a window of that kind is visible."""
        return bool(self._all(kind))

    def press(self, button: QAbstractButton) -> None:
        """Clicks a button that can be seen and pressed."""
        assert button.isVisible()
        assert button.isEnabled()
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def menu(self, window: QMainWindow, menu: str, text: str) -> None:
        """Chooses an entry of a menu with the mouse."""
        bar = window.menuBar()
        title = next(action for action in bar.actions() if action.text() == menu)
        self._qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(title).center())
        popup = title.menu()
        assert isinstance(popup, QMenu)
        entry = next(action for action in popup.actions() if action.text() == text)
        assert entry.isEnabled(), f"{text} is not enabled"
        self._qtbot.mouseMove(popup, popup.actionGeometry(entry).center())
        self._qtbot.mouseClick(popup, Qt.MouseButton.LeftButton, pos=popup.actionGeometry(entry).center())

    @staticmethod
    def _all(kind: type[AWidget]) -> list[AWidget]:
        return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]


@pytest.fixture
def screen(qtbot: QtBot) -> Screen:
    return Screen(qtbot)
