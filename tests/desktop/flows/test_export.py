from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import soundfile
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.dialogs.frame import Question
from desktop.export.dialog import ExportDialog
from engine.encoding import FileType
from engine.playback.wavfile import SampleFormat
from engine.project import edits
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any


@pytest.fixture
def dialog(song: "Desk", screen: Screen, qtbot: QtBot, wav: Path, own_folders: Path) -> ExportDialog:
    song.document.import_files([wav], "drums", place_at(0))
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


def test_audio_that_has_changed_is_named_in_the_report(
    song: "Desk", screen: Screen, qtbot: QtBot, dialog: ExportDialog
) -> None:
    folder = song.document.folder
    assert folder is not None
    source = next(iter(song.document.project.sources.values()))
    data = bytearray((folder / source.file).read_bytes())
    data[5000] ^= 0x01
    (folder / source.file).write_bytes(data)
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=60000)
    qtbot.waitUntil(lambda: dialog.side.currentIndex() == 1)
    assert dialog.report_view.damage.isVisible()
    assert f"“{source.name}” has changed on the disk" in dialog.report_view.damage.text()
    assert [each.id for each in song.document.sounds.to_locate()] == [source.id]


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
    assert (request.start, request.end) == (place_at(Fraction(1)), place_at(Fraction(3)))
    assert not options.dither.isEnabled()
    options.keep()
    assert song.settings.text("export/format") == "32f"
    options.start.setText("nowhere")
    qtbot.waitUntil(lambda: "nowhere" in dialog.error)
    assert not dialog.export_button.isEnabled()
    dialog.close()


def test_a_type_of_file_is_chosen(song: "Desk", screen: Screen, qtbot: QtBot, dialog: ExportDialog) -> None:
    options = dialog.options

    def choose(kind: FileType) -> None:
        options.type.setCurrentIndex(options.type.findData(kind.value))

    choose(FileType.MP3)
    assert not options.format.isEnabled()
    assert not options.dither.isEnabled()
    options.rate.setCurrentIndex(options.rate.findData(96000))
    qtbot.waitUntil(lambda: "MP3 files cannot have 96,000 Hz" in dialog.error)
    assert not dialog.export_button.isEnabled()
    options.rate.setCurrentIndex(0)
    choose(FileType.FLAC)
    assert options.format.isEnabled()
    options.format.setCurrentIndex(options.format.findData("32f"))
    qtbot.waitUntil(lambda: "FLAC files hold no 32-bit floats" in dialog.error)
    options.format.setCurrentIndex(options.format.findData("16"))
    options.name.setText("My Mix.flac")
    options.stems.setChecked(True)
    qtbot.waitUntil(lambda: listed(dialog) == ["My Mix.flac", "01 Drums.flac"])
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=60000)
    folder = Path(options.folder.text())
    info = soundfile.info(folder / "My Mix.flac")
    assert (info.format, info.subtype, info.frames) == ("FLAC", "PCM_16", 96000)
    assert song.settings.text("export/type") == "flac"
    dialog.close()


def test_what_cannot_be_exported_is_told_before(song: "Desk", qtbot: QtBot, dialog: ExportDialog) -> None:
    options = dialog.options

    def refused(word: str) -> None:
        qtbot.waitUntil(lambda: word in dialog.error)
        assert not dialog.export_button.isEnabled()

    folder = options.folder.text()
    options.folder.setText("")
    refused("No folder")
    options.folder.setText("some/where")
    refused("whole path")
    options.folder.setText(folder)
    options.name.setText(" ")
    refused("no name")
    options.name.setText("a/b")
    refused("everywhere")
    options.name.setText("Mix")
    options.pattern.setText("")
    refused("stems have no names")
    options.pattern.setText("{index} {mood} [track]")
    refused("cannot hold { or }")
    options.pattern.setText("{track}")
    options.range.setCurrentText("From … to …")
    options.start.setText("9")
    options.end.setText("2")
    refused("To further right")
    options.start.setText("")
    options.end.setText("")
    qtbot.waitUntil(lambda: dialog.export_button.isEnabled())
    assert dialog.error == ""
    dialog.close()


def test_a_folder_that_cannot_be_used_is_told(qtbot: QtBot, dialog: ExportDialog, screen: Screen, wav: Path) -> None:
    dialog.options.folder.setText(str(wav))
    qtbot.waitUntil(lambda: dialog.files.count() == 2)
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: "choose another folder" in dialog.error, timeout=20000)
    assert dialog.export_button.isEnabled()
    dialog.close()


def test_why_an_export_failed_stays_until_something_is_chosen(
    song: "Desk", qtbot: QtBot, dialog: ExportDialog, screen: Screen, wav: Path
) -> None:
    """The list of files is made anew whenever the song changes; that takes no sentence away."""
    dialog.options.folder.setText(str(wav))
    qtbot.waitUntil(lambda: dialog.files.count() == 2)
    song.document.apply("Add track", lambda p: edits.add_track(p, "Late"))  # the list waits to be made anew
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: "choose another folder" in dialog.error, timeout=20000)
    song.document.apply("Rename", lambda p: edits.set_track(p, p.tracks[0].id, name="Kit"))
    qtbot.waitUntil(lambda: any("Kit" in name for name in listed(dialog)))
    assert "choose another folder" in dialog.error
    assert dialog.export_button.isEnabled()
    dialog.options.folder.setText(str(wav.parent / "out"))
    qtbot.waitUntil(lambda: dialog.error == "")
    dialog.close()


def test_enter_replaces_nothing(screen: Screen, qtbot: QtBot, dialog: ExportDialog) -> None:
    folder = Path(dialog.options.folder.text())
    folder.mkdir()
    (folder / "Song.wav").write_bytes(b"mine")
    dialog.options.changed.emit()
    qtbot.waitUntil(lambda: any("replaces" in text for text in listed(dialog)))
    screen.press(dialog.export_button)
    qtbot.keyClick(screen.find(Question), Qt.Key.Key_Return)
    assert (folder / "Song.wav").read_bytes() == b"mine"
    assert not screen.shows(Question)
    dialog.close()


def test_a_report_in_the_way_is_asked_about_too(
    song: "Desk", screen: Screen, qtbot: QtBot, dialog: ExportDialog
) -> None:
    folder = Path(dialog.options.folder.text())
    folder.mkdir()
    (folder / "Song report.txt").write_text("mine")
    dialog.options.stems.setChecked(False)
    dialog.options.report.setChecked(True)
    qtbot.waitUntil(lambda: listed(dialog) == ["Song.wav", "Song report.txt   replaces a file"])
    screen.press(dialog.export_button)
    screen.press(screen.find(Question).buttons["Replace"])
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=60000)
    qtbot.waitUntil(lambda: dialog.side.currentIndex() == 1)
    assert "LUFS" in (folder / "Song report.txt").read_text(encoding="utf-8")
    dialog.close()


def test_the_dialog_goes_with_its_song(song: "Desk", screen: Screen, dialog: ExportDialog) -> None:
    song.document.save()
    song.actions["close_song"].trigger()
    assert not screen.shows(ExportDialog)


@pytest.fixture
def long_export(song: "Desk", screen: Screen, qtbot: QtBot, dialog: ExportDialog) -> ExportDialog:
    """An export of half an hour that has begun."""
    clip = song.document.project.tracks[0].clips[0]
    song.document.apply("Loop", lambda p: edits.loop_to(p, clip.id, place_at(48000 * 1800)))
    song.document.save()
    qtbot.waitUntil(lambda: dialog.files.count() == 2)
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: 0 < dialog.progress.value() < 900, timeout=20000)
    return dialog


def test_an_export_is_cancelled_in_the_middle(screen: Screen, qtbot: QtBot, long_export: ExportDialog) -> None:
    folder = Path(long_export.options.folder.text())
    qtbot.keyClick(long_export, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: long_export.export_button.isEnabled(), timeout=5000)
    assert "Cancelled" in long_export._state.text()
    assert list(folder.iterdir()) == []
    long_export.close()


def test_closing_the_window_during_an_export_asks(
    song: "Desk", screen: Screen, qtbot: QtBot, long_export: ExportDialog
) -> None:
    folder = Path(long_export.options.folder.text())
    song.window.close()
    qtbot.keyClick(screen.find(Question), Qt.Key.Key_Return)
    assert song.window.isVisible()
    assert long_export._running
    song.window.close()
    screen.press(screen.find(Question).buttons["Stop the Export"])
    assert not song.window.isVisible()
    qtbot.waitUntil(lambda: not song.jobs.running, timeout=5000)
    assert list(folder.iterdir()) == []


@pytest.fixture
def clipping(song: "Desk", screen: Screen, qtbot: QtBot, dialog: ExportDialog) -> ExportDialog:
    """An export that would clip, after “Export” was pressed."""
    clip = song.document.project.tracks[0].clips[0]
    song.document.apply("Gain", lambda p: edits.set_clip(p, [clip.id], gain_db=12.0))
    song.document.apply("Fader", lambda p: edits.set_track(p, p.tracks[0].id, gain_db=12.0))
    qtbot.waitUntil(lambda: dialog.files.count() == 2)
    screen.press(dialog.export_button)
    qtbot.waitUntil(lambda: screen.shows(Question), timeout=60000)
    assert not list(Path(dialog.options.folder.text()).glob("**/*"))  # nothing is written before the answer
    return dialog


@pytest.mark.parametrize(
    ("button", "subtype", "most"),
    [("Lower to −1 dBTP", "PCM_24", 0.8913), ("Write 32-bit Float", "FLOAT", 99.0), ("Clip", "PCM_24", 1.0)],
)
def test_clipping_is_asked_about_before_anything_is_written(
    screen: Screen, qtbot: QtBot, clipping: ExportDialog, button: str, subtype: str, most: float
) -> None:
    screen.press(screen.find(Question).buttons[button])
    qtbot.waitUntil(lambda: clipping.side.currentIndex() == 1, timeout=60000)
    folder = Path(clipping.options.folder.text())
    for path in folder.glob("*.wav"):
        assert soundfile.info(path).subtype == subtype
    peak = abs(soundfile.read(folder / "Song.wav")[0]).max()
    assert peak <= most
    assert (peak > 1.0) == (subtype == "FLOAT")
    clipping.close()


def test_an_export_that_would_clip_can_be_given_up(screen: Screen, clipping: ExportDialog) -> None:
    screen.press(screen.find(Question).buttons["Cancel"])
    assert not list(Path(clipping.options.folder.text()).glob("**/*"))
    assert clipping.export_button.isEnabled()
    assert clipping.error == ""
    clipping.close()
