import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.audio_imports import Coming
from desktop.dialogs.frame import Question
from desktop.dialogs.missing import MissingAudioDialog
from desktop.dialogs.new_song import NewSongDialog
from desktop.theme import Theme
from engine.jobs import Context
from engine.project import edits
from engine.project.files import ProjectFolder, create, load
from engine.project.model import FORMAT_VERSION, new_project
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any


def drop(widget: Any, *files: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    middle = widget.rect().center()
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(middle, actions, mime, button, keys)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(middle), actions, mime, button, keys))


def test_a_new_song_opens_without_a_question_in_the_composer_bar(
    desk: "Desk", screen: Screen, qtbot: QtBot, own_folders: Path
) -> None:
    desk.window.activateWindow()
    qtbot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert not screen.shows(NewSongDialog)
    assert desk.document.folder == own_folders / "songs" / "Untitled"
    qtbot.waitUntil(lambda: QApplication.focusWidget() is desk.composer.card.bar.line)
    assert [(each.kind, each.values) for each in desk.document.project.master_devices] == [
        ("limiter", {"ceiling_db": -1})
    ]
    desk.document.close()
    desk.actions["new"].trigger()
    assert desk.document.folder == own_folders / "songs" / "Untitled", "one that was left empty is gone on with"
    desk.document.apply("Add track", edits.add_track)
    assert desk.document.save()
    desk.actions["new"].trigger()
    assert desk.document.folder == own_folders / "songs" / "Untitled 2"


def test_a_new_song_by_keys(desk: "Desk", screen: Screen, qtbot: QtBot) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(desk.window, Qt.Key.Key_N, both)
    dialog = screen.find(NewSongDialog)
    qtbot.keyClicks(dialog.name, "Night Drive")
    dialog.tempo.setFocus()
    qtbot.keyClick(dialog.tempo, Qt.Key.Key_Up)
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not screen.shows(NewSongDialog))
    project = desk.document.project
    assert (project.name, float(project.tempo)) == ("Night Drive", 121)
    assert desk.document.folder is not None
    assert load(desk.document.folder) == project
    (limiter,) = desk.mixer.master.inserts.rows
    assert limiter.accessibleName() == "Limiter on Master"
    qtbot.keyClick(limiter, Qt.Key.Key_Delete)
    assert not desk.document.project.master_devices
    assert not desk.mixer.master.inserts.rows
    desk.document.undo()
    assert desk.document.project == project
    assert desk.window.pages.currentIndex() == 1
    assert [song.folder.name for song in desk.settings.recent()] == ["Night Drive"]
    assert "Night Drive" in desk.window.windowTitle()


def test_names_that_cannot_be_are_refused_while_typing(desk: "Desk", screen: Screen, song: "Desk") -> None:
    desk.actions["new_options"].trigger()
    dialog = screen.find(NewSongDialog)
    for name, word in (("a/b", "folder"), ("Song", "already"), ("", ""), ("con", "Windows"), ("é" * 150, "too long")):
        dialog.name.setText(name)
        assert word in dialog.error
        assert not dialog.create_button.isEnabled()
    dialog.name.setText("Another")
    assert dialog.create_button.isEnabled()
    for place, word in (("", "Browse"), ("some/where", "whole path")):
        dialog.place.setText(place)
        assert word in dialog.error
        assert not dialog.create_button.isEnabled()
    dialog.close()


def test_a_sentence_in_a_dialog_squeezes_no_field(
    desk: "Desk", screen: Screen, qtbot: QtBot, own_folders: Path
) -> None:
    (own_folders / "file").write_text("x")
    desk.actions["new_options"].trigger()
    dialog = screen.find(NewSongDialog)
    before = dialog.rate.height()
    dialog.place.setText(str(own_folders / "file" / "nowhere"))
    screen.press(dialog.create_button)
    assert "choose another place" in dialog.error
    QApplication.processEvents()
    assert dialog.rate.height() == before
    assert dialog._error.height() >= dialog._error.heightForWidth(dialog._error.width())
    dialog.close()


def test_a_window_opens_only_once(song: "Desk", screen: Screen) -> None:
    for action in ("new_options", "export", "audio_settings", "shortcuts", "about"):
        song.actions[action].trigger()
        before = len([each for each in QApplication.topLevelWidgets() if each.isVisible()])
        song.actions[action].trigger()
        assert len([each for each in QApplication.topLevelWidgets() if each.isVisible()]) == before, action
    for window in QApplication.topLevelWidgets():
        if window is not song.window:
            window.close()


def test_recent_songs_open_from_the_start_page(song: "Desk", screen: Screen, qtbot: QtBot, own_folders: Path) -> None:
    from desktop.welcome import RecentRow

    desk = song
    desk.settings.add_recent(own_folders / "songs" / "Gone")
    desk.settings.add_recent(own_folders / "songs" / "Song")
    desk.actions["close_song"].trigger()
    assert desk.window.pages.currentIndex() == 0
    qtbot.waitUntil(lambda: len([row for row in desk.welcome.findChildren(RecentRow) if row.isVisible()]) == 2)
    rows = {row.song.folder.name: row for row in desk.welcome.findChildren(RecentRow) if row.isVisible()}
    assert rows["Gone"].song.missing
    screen.press(rows["Gone"])
    assert "not in" in desk.message_bar.text
    assert len(desk.settings.recent()) == 2
    screen.press(desk.message_bar._button)
    assert [each.folder.name for each in desk.settings.recent()] == ["Song"]
    screen.press(next(row for row in desk.welcome.findChildren(RecentRow) if row.isVisible()))
    assert desk.document.project.name == "Song"


def test_unsaved_changes_are_asked_about(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    desk, folder = song, song.document.folder
    assert folder is not None
    desk.actions["add_track"].trigger()
    assert desk.window.isWindowModified()
    desk.window.close()
    question = screen.find(Question)
    assert question.isModal()
    screen.press(question.buttons["Cancel"])
    assert desk.window.isVisible()
    assert len(desk.document.project.tracks) == 3
    desk.window.close()
    qtbot.keyClick(screen.find(Question), Qt.Key.Key_Escape)
    assert desk.window.isVisible()
    desk.window.close()
    screen.press(screen.find(Question).buttons["Save"])
    assert not desk.window.isVisible()
    assert len(load(folder).tracks) == 3


def test_dont_save_leaves_the_song_on_disk_as_it_was(song: "Desk", screen: Screen) -> None:
    desk, folder = song, song.document.folder
    assert folder is not None
    desk.actions["add_track"].trigger()
    desk.actions["close_song"].trigger()
    screen.press(screen.find(Question).buttons["Don’t Save"])
    assert desk.document.folder is None
    assert len(load(folder).tracks) == 2


def test_save_by_keys(song: "Desk", qtbot: QtBot) -> None:
    song.actions["add_track"].trigger()
    qtbot.keyClick(song.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert song.document.saved
    assert not song.window.isWindowModified()


def test_import_by_menu(song: "Desk", screen: Screen, qtbot: QtBot, wav: Path) -> None:
    song.document.select(track="drums")
    screen.menu(song.window, "File", "Import…")
    dialog = screen.find(QFileDialog)
    dialog.filesSelected.emit([str(wav)])
    dialog.close()
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    assert song.inspecting.clip_panel().name.text() == wav.stem
    assert song.actions["undo"].text() == f"Undo Import {wav.name}"


def test_audio_dropped_on_the_start_page_starts_a_song(desk: "Desk", qtbot: QtBot, wav: Path) -> None:
    drop(desk.window, wav)
    qtbot.waitUntil(lambda: any(track.clips for track in desk.document.project.tracks), timeout=20000)
    assert desk.document.project.name == wav.stem


def test_a_song_dropped_opens_and_rubbish_is_told(song: "Desk", own_folders: Path) -> None:
    folder = song.document.folder
    assert folder is not None
    song.actions["close_song"].trigger()
    drop(song.window, own_folders / "config")
    assert "no audio" in song.message_bar.text
    drop(song.window, folder)
    assert song.document.folder == folder


def test_opening_the_song_that_is_open_changes_nothing(song: "Desk", screen: Screen) -> None:
    song.actions["add_track"].trigger()
    before = song.document.project
    assert song.document.folder is not None
    song.songs.open(song.document.folder)
    assert song.document.project is before
    assert not screen.shows(Question)
    assert not song.message_bar.isVisible()


def test_a_new_song_over_unsaved_changes_asks_first(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    song.actions["add_track"].trigger()
    song.actions["new_options"].trigger()
    dialog = screen.find(NewSongDialog)
    dialog.name.setText("Next")
    screen.press(dialog.create_button)
    screen.press(screen.find(Question).buttons["Cancel"])
    assert song.document.project.name == "Song"
    qtbot.waitUntil(lambda: not screen.shows(NewSongDialog))
    song.actions["new_options"].trigger()
    dialog = screen.find(NewSongDialog)
    dialog.name.setText("Next")
    screen.press(dialog.create_button)
    screen.press(screen.find(Question).buttons["Don’t Save"])
    assert song.document.project.name == "Next"


def test_a_song_that_is_open_elsewhere_is_refused_with_a_sentence(desk: "Desk", song: "Desk") -> None:
    folder = song.document.folder
    assert folder is not None
    song.actions["close_song"].trigger()
    with ProjectFolder.open(folder):
        desk.songs.open(folder)
        assert "open" in desk.message_bar.text
        assert desk.message_bar.isVisible()
    assert desk.document.folder is None


def test_a_recovery_that_is_not_decided_is_offered_again(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    folder = song.document.folder
    assert folder is not None
    song.actions["close_song"].trigger()
    leave_behind(folder)
    for _ in range(2):
        song.songs.open(folder)
        qtbot.keyClick(screen.find(Question), Qt.Key.Key_Escape)
        assert song.document.folder is None


def leave_behind(folder: Path) -> None:
    """What a crash leaves: an autosave with a third track."""
    home = ProjectFolder.open(folder)
    home.autosave(edits.add_track(home.project, "Lost"))
    autosaved = (folder / "autosave.json").read_bytes()
    home.close()
    (folder / "autosave.json").write_bytes(autosaved)


@pytest.mark.parametrize(("answer", "tracks"), [("Recover", 3), ("Use the Saved Song", 2)])
def test_what_a_crash_left_is_offered(song: "Desk", screen: Screen, qtbot: QtBot, answer: str, tracks: int) -> None:
    folder = song.document.folder
    assert folder is not None
    song.actions["close_song"].trigger()
    leave_behind(folder)
    song.songs.open(folder)
    screen.press(screen.find(Question).buttons[answer])
    qtbot.waitUntil(lambda: not song.jobs.running, timeout=20000)
    qtbot.waitUntil(lambda: len(song.document.project.tracks) == tracks, timeout=20000)
    assert song.document.home is not None
    assert song.document.home.recovery is None


def test_audio_that_has_changed_is_told_after_a_recovery(song: "Desk", screen: Screen, qtbot: QtBot, wav: Path) -> None:
    document, folder = song.document, song.document.folder
    assert folder is not None
    document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(document.project.tracks[0].clips), timeout=20000)
    document.save()
    source = next(iter(document.project.sources.values()))
    song.actions["close_song"].trigger()
    leave_behind(folder)
    data = bytearray((folder / source.file).read_bytes())
    data[5000] ^= 0x01
    (folder / source.file).write_bytes(data)
    song.songs.open(folder)
    screen.press(screen.find(Question).buttons["Recover"])
    qtbot.waitUntil(lambda: "has changed on the disk" in song.message_bar.text, timeout=20000)
    assert [each.id for each in document.sounds.to_locate()] == [source.id]


def test_the_demo_opens_from_the_start_page(desk: "Desk", screen: Screen, qtbot: QtBot) -> None:
    screen.press(next(button for button in desk.welcome.buttons if "Demo" in button.text()))
    qtbot.waitUntil(lambda: desk.document.folder is not None, timeout=120000)
    assert len(desk.document.project.tracks) >= 4
    assert desk.document.saved
    assert desk.document.sounds.missing() == []


def test_missing_audio_is_listed_and_located(song: "Desk", screen: Screen, qtbot: QtBot, wav: Path) -> None:
    document, folder = song.document, song.document.folder
    assert folder is not None
    document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(document.project.tracks[0].clips), timeout=20000)
    document.save()
    source = next(iter(document.project.sources.values()))
    song.actions["close_song"].trigger()
    (folder / source.file).unlink()
    song.songs.open(folder)
    assert "missing" in song.message_bar.text
    song.actions["missing"].trigger()
    dialog = screen.find(MissingAudioDialog)
    assert list(dialog.locate_buttons) == [source.id]
    dialog.locate(source, wav)
    qtbot.waitUntil(lambda: not screen.shows(MissingAudioDialog), timeout=20000)
    assert (folder / source.file).is_file()
    assert document.sounds.missing() == []
    song.actions["missing"].trigger()
    assert not screen.shows(MissingAudioDialog)
    assert "No audio" in song.message_bar.text


def test_a_damaged_song_opens_from_its_backup(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    folder = song.document.folder
    assert folder is not None
    song.actions["add_track"].trigger()
    song.document.save()
    song.actions["close_song"].trigger()
    (folder / "project.json").write_bytes((folder / "project.json").read_bytes()[:200])
    song.songs.open(folder)
    question = screen.find(Question)
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert song.document.folder is None
    song.songs.open(folder)
    screen.press(screen.find(Question).buttons["Open the Backup"])
    assert len(song.document.project.tracks) == 2
    assert any(path.name.startswith("discarded-project") for path in (folder / "backups").iterdir())
    song.actions["close_song"].trigger()
    (folder / "project.json").unlink()
    song.songs.open(folder)
    screen.press(screen.find(Question).buttons["Open the Backup"])
    assert len(song.document.project.tracks) == 2


def test_a_song_of_a_newer_version_is_refused_with_a_sentence(song: "Desk", screen: Screen) -> None:
    folder = song.document.folder
    assert folder is not None
    song.document.save()
    song.actions["close_song"].trigger()
    text = (folder / "project.json").read_text(encoding="utf-8")
    (folder / "project.json").write_text(
        text.replace(f'"version": {FORMAT_VERSION}', '"version": 99'), encoding="utf-8"
    )
    song.songs.open(folder)
    assert not screen.shows(Question)
    assert "newer" in song.message_bar.text
    assert song.document.folder is None


def test_files_that_cannot_be_imported_are_told_together(
    song: "Desk", qtbot: QtBot, wav: Path, own_folders: Path
) -> None:
    bad = []
    for name, content in (("text.wav", b"no sound in here"), ("nothing.wav", b"")):
        bad.append(own_folders / name)
        bad[-1].write_bytes(content)
    drop(song.window, bad[0], wav, bad[1])
    qtbot.waitUntil(lambda: not song.document.coming and song.message_bar.isVisible(), timeout=20000)
    assert "2 of 3" in song.message_bar.text
    assert "text.wav" in song.message_bar.text
    assert "nothing.wav" in song.message_bar.text
    assert sum(len(track.clips) for track in song.document.project.tracks) == 1


def test_a_file_that_is_cut_off_is_named_as_the_user_knows_it(
    song: "Desk", qtbot: QtBot, wav: Path, own_folders: Path
) -> None:
    samples, rate = soundfile.read(wav)
    cut = own_folders / "cut.flac"
    soundfile.write(cut, samples, rate)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    song.document.import_files([cut], None, place_at(0))
    qtbot.waitUntil(lambda: song.message_bar.isVisible(), timeout=20000)
    assert "cut off" in song.message_bar.text
    clip = song.document.project.tracks[-1].clips[0]
    assert 0 < clip.length < len(samples)
    assert str(cut) in song.message_bar.text
    assert ".part-" not in song.message_bar.text


def test_closing_while_files_are_imported_asks(song: "Desk", screen: Screen, wav: Path) -> None:
    song.document.import_files([wav], "drums", place_at(0))
    song.window.close()
    question = screen.find(Question)
    assert song.window.isVisible()
    screen.press(question.buttons["Stop Importing"])
    assert not song.window.isVisible()


@pytest.mark.parametrize("leave", ["close window", "close song", "open another", "new song", "quit"])
def test_cancelling_the_last_question_stops_nothing(
    song: "Desk", screen: Screen, qtbot: QtBot, own_folders: Path, leave: str
) -> None:
    desk, release, contexts = song, threading.Event(), {}
    closing = leave in ("close window", "quit")

    def work(name: str) -> Callable[[Context], None]:
        def operation(context: Context) -> None:
            contexts[name] = context
            release.wait(60)

        return operation

    job = desk.jobs.submit("Generate", work("generate"), queue="engine")
    desk.jobs.submit("Export", work("export"), queue="export")
    qtbot.waitUntil(lambda: len(contexts) == 2)
    desk.document.sounds.expect(Coming("x", "waltz", "drums", place_at(0), job, 4800, generated=True))
    desk.actions["add_track"].trigger()
    before = desk.document.project
    create(own_folders / "songs" / "Other", new_project("Other"))
    go = {
        "close window": desk.window.close,
        "close song": desk.actions["close_song"].trigger,
        "open another": lambda: desk.songs.open(own_folders / "songs" / "Other"),
        "new song": lambda: desk.songs._then(partial(desk.songs._create, own_folders / "songs" / "New", before)),
        "quit": desk.actions["quit"].trigger,
    }[leave]
    try:
        for last in ("Cancel", "Don’t Save"):
            go()
            if closing:
                screen.press(screen.find(Question).buttons["Stop the Export"])
            screen.press(screen.find(Question).buttons["Stop Generating"])
            question = screen.find(Question)
            assert not any(context.cancelled for context in contexts.values())
            screen.press(question.buttons[last])
            if last == "Cancel":
                assert desk.window.isVisible()
                assert desk.document.project is before
                assert [each.id for each in desk.document.coming] == ["x"]
                assert not any(context.cancelled for context in contexts.values())
        assert contexts["generate"].cancelled
        assert contexts["export"].cancelled == closing
        assert desk.document.project is not before or closing
    finally:
        release.set()


def test_a_long_song_is_read_while_the_window_goes_on(
    song: "Desk", qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop import songs as module

    gate, read = threading.Event(), module._read

    def slowly(folder: Path) -> object:
        assert gate.wait(60)
        return read(folder)

    folder = song.document.folder
    assert folder is not None
    song.actions["close_song"].trigger()
    monkeypatch.setattr(module, "LONG_FILE", 1)
    monkeypatch.setattr(module, "_read", slowly)
    seen: list[tuple[str, int]] = []
    song.songs.opening.connect(lambda name: seen.append((name, song.window.pages.currentIndex())))
    song.songs.open(folder)
    assert song.document.folder is None
    assert not song.window.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: song.document.folder == folder, timeout=60000)
    assert seen == [("Song", 2), ("", 1)]
    assert song.window.isEnabled()
    assert song.window.pages.currentIndex() == 1
    assert QApplication.overrideCursor() is None
    song.actions["close_song"].trigger()
    (folder / "project.json").write_bytes((folder / "project.json").read_bytes()[:200])
    song.songs.open(folder)
    qtbot.waitUntil(song.window.isEnabled, timeout=60000)
    assert song.window.pages.currentIndex() == 0


def test_the_system_ends_the_program_and_nothing_is_lost(qapp: QApplication, theme: Theme, own_folders: Path) -> None:
    from desktop.app import Desk

    folder = own_folders / "Ended"
    with Desk(qapp, theme) as desk:
        desk.document.new(folder, edits.add_track(new_project("Ended"), "Kept"))
        desk.actions["add_track"].trigger()
        desk.end()
    assert len(load(folder).tracks) == 1
    with ProjectFolder.open(folder) as home:
        assert home.recovery is not None
        assert home.recovery.autosave is not None
        assert len(home.recovery.autosave.tracks) == 2


def test_the_recent_menu_tells_songs_of_one_name_apart(song: "Desk", own_folders: Path) -> None:
    for place in ("a", "b"):
        song.settings.add_recent(own_folders / place / "Rock & Roll")
    song._fill_recent()
    names = [action.text() for action in song.window.recent_menu.actions()]
    assert len(set(names)) == len(names)
    assert all("&&" in name for name in names if name.startswith("Rock"))


def test_another_recording_in_place_of_a_missing_one_is_asked_about_and_its_neighbours_are_found(
    song: "Desk", screen: Screen, qtbot: QtBot, wav: Path, own_folders: Path
) -> None:
    document, folder = song.document, song.document.folder
    assert folder is not None
    samples, rate = soundfile.read(wav)
    files = [own_folders / f"{name}.wav" for name in ("One", "Two", "Other")]
    for level, file in enumerate(files, 1):
        soundfile.write(file, samples / (level + 1), rate)
    document.import_files(files[:2], "drums", place_at(0))
    qtbot.waitUntil(lambda: len(document.project.tracks[0].clips) == 2, timeout=20000)
    document.save()
    sources = {source.name: source for source in document.project.sources.values()}
    song.actions["close_song"].trigger()
    for source in sources.values():
        (folder / source.file).unlink()
    song.songs.open(folder)
    song.actions["missing"].trigger()
    dialog = screen.find(MissingAudioDialog)
    dialog.locate(sources["One"], files[2])
    qtbot.waitUntil(lambda: screen.shows(Question), timeout=20000)
    qtbot.keyClick(screen.find(Question), Qt.Key.Key_Escape)
    assert len(dialog.locate_buttons) == 2
    assert document.saved
    dialog.locate(sources["One"], files[0])
    qtbot.waitUntil(lambda: not screen.shows(MissingAudioDialog), timeout=20000)
    assert document.sounds.missing() == []
    assert document.saved
