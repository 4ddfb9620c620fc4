import os
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from PySide6.QtCore import QMimeData, QUrl
from pytestqt.qtbot import QtBot

from desktop.document import Document
from desktop.dropped import chosen_files, dropped_audio
from desktop.jobs import JobCentre
from engine.audio import suffixes
from engine.errors import EditError, EngineError, shown
from engine.project import edits
from engine.project.model import Clip, NoteContent, Project, Take, new_project
from tests.places import place_at, places_at


@pytest.fixture
def folder(document: Document, own_folders: Path) -> Path:
    folder = own_folders / "Song"
    document.new(folder, edits.add_track(new_project("Song"), "Drums", track_id="drums"))
    return folder


def test_an_edit_is_announced_undone_and_redone(document: Document, folder: Path, qtbot: QtBot) -> None:
    before = document.project
    with qtbot.waitSignals([document.changed, document.saved_changed]):
        assert document.apply("Add track", lambda p: edits.add_track(p, "Bass"))
    after = document.project
    assert [track.name for track in after.tracks] == ["Drums", "Bass"]
    assert not document.saved
    with qtbot.waitSignal(document.changed) as undone:
        document.undo()
    assert undone.args == [after, before]
    assert document.saved
    document.redo()
    assert document.project is after
    document.jump(0)
    assert document.project is before


def test_edits_of_one_gesture_are_one_step(document: Document, folder: Path) -> None:
    for gain in (-1.0, -2.0, -3.0):
        document.apply("Change gain", lambda p, gain=gain: edits.set_track(p, "drums", gain_db=gain), merge="one")
    document.apply("Change gain", lambda p: edits.set_track(p, "drums", gain_db=-6.0), merge="two")
    document.undo()
    assert document.project.tracks[0].gain_db == -3.0
    document.undo()
    assert document.project.tracks[0].gain_db == 0.0


def test_a_refused_edit_is_told_and_changes_nothing(document: Document, folder: Path, qtbot: QtBot) -> None:
    def refuse(project: Project) -> Project:
        raise EditError("That cannot be done here: do it there.")

    before = document.project
    with qtbot.waitSignal(document.failed) as told:
        assert not document.apply("Refused", refuse)
    assert told.args == ["That cannot be done here: do it there."]
    assert document.project is before


def test_saved_songs_come_back(document: Document, folder: Path) -> None:
    document.apply("Add track", lambda p: edits.add_track(p, "Bass"))
    kept = document.project
    assert document.save()
    assert document.saved
    document.close()
    assert document.folder is None
    assert document.saved
    document.open(folder)
    assert document.project == kept


def test_a_song_opens_once_only(document: Document, folder: Path) -> None:
    other_jobs = JobCentre()
    other = Document(other_jobs)
    with pytest.raises(EngineError, match="open"):
        other.open(folder)
    assert other.folder is None
    other_jobs.close()


def test_the_selection_forgets_what_is_gone(document: Document, folder: Path, qtbot: QtBot) -> None:
    document.select(track="drums")
    with qtbot.waitSignal(document.selection_changed):
        document.apply("Remove track", lambda p: edits.remove_tracks(p, ["drums"]))
    assert document.selection.track is None


def test_import_places_a_clip_and_one_undo_takes_it_back(
    document: Document, folder: Path, wav: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(document.changed, timeout=20000):
        document.import_files([wav], "drums", place_at(24000))
        assert [each.name for each in document.coming] == [wav.name]
    clip = document.project.tracks[0].clips[0]
    assert (clip.name, clip.position, clip.length) == (wav.stem, place_at(24000), 96000)
    assert document.coming == ()
    assert document.selection.clips == {clip.id}
    assert document.history.undo_name == f"Import {wav.name}"
    document.undo()
    assert not document.project.tracks[0].clips


def test_files_dropped_on_a_track_follow_one_another_in_one_step(
    document: Document, folder: Path, wav: Path, qtbot: QtBot
) -> None:
    other = wav.with_name("Other.wav")
    other.write_bytes(wav.read_bytes())
    document.import_files([wav, other], "drums", place_at(0))
    qtbot.waitUntil(lambda: not document.coming, timeout=20000)
    assert [clip.position for clip in document.project.tracks[0].clips] == places_at([0, 96000])
    document.undo()
    assert not document.project.tracks[0].clips


def test_fifty_files_arrive_in_one_step_and_one_change(
    document: Document, folder: Path, wav: Path, qtbot: QtBot
) -> None:
    files = [wav.with_name(f"{n}.wav") for n in range(50)]
    for file in files:
        file.write_bytes(wav.read_bytes())
    steps, changes = len(document.history.entries), []
    document.changed.connect(lambda old, new: changes.append(new))
    document.import_files(files, None, place_at(0))
    document.apply("Rename", lambda p: edits.rename(p, "Other"))  # what is done meanwhile is a step of its own
    qtbot.waitUntil(lambda: not document.coming, timeout=60000)
    assert [track.name for track in document.project.tracks[1:]] == [str(n) for n in range(50)]
    assert len(document.history.entries) == steps + 2
    assert document.history.undo_name == "Import 50 files"
    assert len(changes) == 2
    document.undo()
    assert len(document.project.tracks) == 1


def test_files_whose_place_is_taken_get_a_new_track(document: Document, folder: Path, wav: Path, qtbot: QtBot) -> None:
    for frame in (0, 95_999, 96_000):
        document.import_files([wav], "drums", place_at(frame))
        qtbot.waitUntil(lambda: not document.coming, timeout=20000)
    drums, new = document.project.tracks
    assert [document.project.start_of(clip) for clip in drums.clips] == [0, 96_000]
    assert [document.project.start_of(clip) for clip in new.clips] == [95_999]
    assert all(clip.length == 96_000 for _, clip in document.project.clips())


if os.name == "posix":

    def test_a_name_that_is_not_utf8_is_dropped_imported_and_saved(
        document: Document, folder: Path, wav: Path, qtbot: QtBot
    ) -> None:
        path = wav.parent / os.fsdecode(b"caf\xe9 \xff.wav")
        path.write_bytes(wav.read_bytes())
        mime = QMimeData()
        mime.setData("text/uri-list", b"file://" + quote_from_bytes(os.fsencode(path)).encode() + b"\r\n")
        assert dropped_audio(mime) == [path]
        assert chosen_files([shown(path)]) == [path]
        document.import_files([path], "drums", place_at(0))
        assert document.coming[0].name == "caf\ufffd \ufffd.wav"
        qtbot.waitUntil(lambda: not document.coming, timeout=20000)
        assert document.project.tracks[0].clips[0].name == "caf\ufffd \ufffd"
        assert document.save()
        assert (folder / "project.json").read_bytes().decode("utf-8")
        saved = document.project
        document.close()
        document.open(folder)
        assert document.project == saved


def test_the_dialog_and_the_drop_take_the_same_files(tmp_path: Path) -> None:
    for suffix in suffixes():
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(tmp_path / f"a{suffix.upper()}"))])
        assert dropped_audio(mime)
    assert {".oga", ".opus", ".aif", ".aifc", ".caf", ".au"} <= set(suffixes())


def test_m4a_is_on_offer_where_ffmpeg_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert ".m4a" in suffixes()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ".m4a" not in suffixes()


def test_files_dropped_below_the_tracks_get_tracks_of_their_own(
    document: Document, folder: Path, wav: Path, qtbot: QtBot
) -> None:
    document.import_files([wav], None, place_at(0))
    qtbot.waitUntil(lambda: not document.coming, timeout=20000)
    assert [track.name for track in document.project.tracks] == ["Drums", wav.stem]


def test_what_is_no_audio_is_told(document: Document, folder: Path, own_folders: Path, qtbot: QtBot) -> None:
    text = own_folders / "notes.txt"
    text.write_text("no audio")
    with qtbot.waitSignal(document.failed, timeout=20000) as told:
        document.import_files([text], "drums", place_at(0))
    assert "notes.txt" in told.args[0]
    assert not document.coming


def test_clips_of_a_group_are_selected_and_let_go_together(document: Document, folder: Path) -> None:
    for number, name in enumerate("abc"):
        clip = Clip(name, place_at(2000 * number), 1000, (Take(f"t{name}", NoteContent(())),))
        document.apply("Add", lambda p, clip=clip: edits.add_clip(p, "drums", clip))
    document.apply("Group clips", lambda p: edits.group_clips(p, ["a", "c"]))
    document.select(["a"])
    assert document.selection.clips == {"a", "c"}
    document.select(["a", "c", "b"])
    assert document.selection.clips == {"a", "b", "c"}
    document.select(["c", "b"])  # as Ctrl with a click on a does
    assert document.selection.clips == {"b"}
    document.select(["c"])
    assert document.selection.clips == {"a", "c"}
    document.apply("Ungroup clips", lambda p: edits.ungroup_clips(p, ["c"]))
    document.select(["c"])
    assert document.selection.clips == {"c"}
