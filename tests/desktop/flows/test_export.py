from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import soundfile
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.frame import Question
from desktop.export.dialog import ExportDialog
from engine.playback.wavfile import SampleFormat

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any


@pytest.fixture
def dialog(song: "Desk", screen: Screen, qtbot: QtBot, wav: Path, own_folders: Path) -> ExportDialog:
    song.document.import_files([wav], "drums", 0)
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    qtbot.keyClick(song.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog: ExportDialog = screen.find(ExportDialog)
    dialog.options.folder.setText(str(own_folders / "out"))
    dialog.options.stems.setChecked(True)
    return dialog


def listed(dialog: ExportDialog) -> list[str]:
    return [dialog.files.item(row).text() for row in range(dialog.files.count())]


def test_mix_and_stems_with_a_report(song: "Desk", screen: Screen, qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog.options.pattern.setText("{track} of {song}")
    qtbot.waitUntil(lambda: listed(dialog) == ["Song.wav", "Drums of Song.wav"])
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=60000)
    qtbot.waitUntil(lambda: dialog.side.currentIndex() == 1)
    folder = Path(dialog.options.folder.text())
    assert sorted(path.name for path in folder.iterdir()) == ["Drums of Song.wav", "Song.wav"]
    assert soundfile.info(folder / "Song.wav").subtype == "PCM_24"
    assert dialog.report_view.table.rowCount() == 2
    assert "2 files" in dialog.report_view.heading.text()
    shown: list[Path] = []
    dialog._show_in_folder = shown.append
    screen.press(dialog.folder_button)
    assert shown == [folder]
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not screen.shows(ExportDialog)


def test_nothing_is_overwritten_unasked(screen: Screen, qtbot: QtBot, dialog: ExportDialog) -> None:
    folder = Path(dialog.options.folder.text())
    folder.mkdir()
    (folder / "Song.wav").write_bytes(b"mine")
    dialog.options.stems.setChecked(False)
    qtbot.waitUntil(lambda: listed(dialog) == ["Song.wav   replaces a file"])
    screen.press(dialog.export_button)
    screen.press(screen.find(Question).buttons["Cancel"])
    assert (folder / "Song.wav").read_bytes() == b"mine"
    screen.press(dialog.export_button)
    screen.press(screen.find(Question).buttons["Replace"])
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=60000)
    qtbot.waitUntil(lambda: dialog.side.currentIndex() == 1)
    assert soundfile.info(folder / "Song.wav").frames == 96000
    dialog.close()


def test_choices_become_the_request_and_are_kept(song: "Desk", qtbot: QtBot, dialog: ExportDialog) -> None:
    options = dialog.options
    options.format.setCurrentIndex(options.format.findData("32f"))
    options.rate.setCurrentIndex(options.rate.findData(96000))
    options.use_lufs.setChecked(True)
    qtbot.keyClick(options.lufs, Qt.Key.Key_Down)
    options.range.setCurrentText("From … to …")
    options.start.setText("1.2")
    options.end.setText("1.4")
    request = options.request()
    assert (request.format, request.rate, request.lufs) == (SampleFormat.FLOAT, 96000, -14.5)
    assert (request.start, request.end) == (1, 3)
    assert not options.dither.isEnabled()
    options.keep()
    assert song.settings.text("export/format") == "32f"
    options.start.setText("nowhere")
    qtbot.waitUntil(lambda: "nowhere" in dialog.error)
    assert not dialog.export_button.isEnabled()
    dialog.close()
