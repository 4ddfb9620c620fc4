"""Files of audio that are dropped onto the notes."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.notes.editor import NoteEditor
from engine.audio import Audio, write_audio
from tests.desktop.notes.conftest import Player


@pytest.fixture
def zap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    time = np.arange(2400) / 48000
    samples = (0.2 * np.sin(2 * np.pi * 1500 * time))[:, None].astype(np.float32)
    write_audio(tmp_path / "zap.wav", Audio(samples, 48000), "FLOAT")
    return tmp_path / "zap.wav"


@pytest.fixture(scope="module", autouse=True)
def queue(editor: NoteEditor) -> None:
    """The queue's thread runs before the first test, which need not wait for it, and as long as the editor."""
    editor.session.document.jobs.submit("Begin", lambda _: None, passing=True)


def drop(player: Player, path: Path, place: QPoint) -> list[str]:
    """Drags a file over the notes and lets it go; what was said meanwhile."""
    hints: list[str] = []
    player.editor.drops.hint_changed.connect(hints.append)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, copy, mime, left, none)
    QApplication.sendEvent(player.canvas, enter)
    assert enter.isAccepted()
    fallen = QDropEvent(QPointF(place), copy, mime, left, none)
    QApplication.sendEvent(player.canvas, fallen)
    player.editor.drops.hint_changed.disconnect(hints.append)
    return hints


def test_a_file_on_a_row_of_the_drum_grid_is_its_pad(qtbot: QtBot, player: Player, zap: Path) -> None:
    player.show("drums")
    before = player.session.track
    assert before is not None
    assert drop(player, zap, player.at(1.1, 38)) == ["Drop: play it as “Snare”", ""]
    qtbot.waitUntil(lambda: player.steps == ["“zap” as Snare"], timeout=60_000)
    track = player.session.track
    assert track is not None
    assert track.instrument is not None
    assert Path(track.instrument.soundfont).is_file()
    assert track.instrument.drums
    player.document.undo()
    assert player.session.track == before


def test_a_file_on_a_piano_roll_is_the_instrument(qtbot: QtBot, player: Player, zap: Path) -> None:
    assert drop(player, zap, player.at(1.1, 62))[0] == "Drop: play it as the instrument, at its pitch on D4"
    qtbot.waitUntil(lambda: player.steps == ["Play “zap”"], timeout=60_000)
    track = player.session.track
    assert track is not None
    assert track.instrument is not None
    assert track.instrument.name == "zap"
