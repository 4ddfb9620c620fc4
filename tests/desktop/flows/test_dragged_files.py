"""Files that leave by drag or by the clipboard, and files that come in by it: selections, stretches, tracks."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.project import edits
from engine.project.model import Instrument
from engine.timing.position import Position
from tests.desktop.flows.test_clip_files import PATIENCE, audio_clip, notes, notes_in  # noqa: F401 - a fixture
from tests.desktop.timeline.conftest import Hand

if TYPE_CHECKING:
    from desktop.app import Desk
    from desktop.export.clip_files import FilesToCome


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """A clipboard of this test's own."""
    yield
    QGuiApplication.clipboard().clear()


def paths_of(data: "FilesToCome | QMimeData") -> list[Path]:
    """The files that a drop or a paste of it gets."""
    return [Path(url.toLocalFile()) for url in data.urls()]


def test_a_selection_leaves_as_a_file_for_each_clip_and_an_untouched_one_as_it_came(
    notes: "Desk",  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    clip, sound = audio_clip(notes, tmp_path, qtbot)
    files = {path.suffix: path for path in paths_of(notes.clip_files.dragged(["notes", clip.id], None))}
    assert notes_in(files[".mid"]) == [(960, 36)]
    assert files[".wav"].read_bytes() == (tmp_path / "tone.wav").read_bytes()
    assert files[".wav"].name == "tone.wav"
    notes.document.apply("Gain", lambda p: edits.set_clip(p, [clip.id], gain_db=-6.0))
    (rendered,) = paths_of(notes.clip_files.dragged([clip.id], None))
    samples, _ = soundfile.read(rendered, always_2d=True)
    assert np.abs(samples - sound * 10 ** (-6 / 20)).max() < 2.0**-21, "but for the dither of 24 bits"


def test_of_a_selected_stretch_only_the_part_in_it_leaves(
    notes: "Desk",  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    clip, sound = audio_clip(notes, tmp_path, qtbot)
    document = notes.document
    before, start = document.project, document.project.start_of(clip)
    document.select([clip.id], region=(start + 1000, start + 9000))
    (path,) = paths_of(notes.clip_files.dragged([clip.id], None))
    samples, _ = soundfile.read(path, always_2d=True)
    assert samples.shape == (8000, 2)
    assert np.abs(samples - sound[1000:9000]).max() < 2.0**-21
    assert document.project is before


def test_a_track_leaves_as_it_sounds_through_its_strip(notes: "Desk", tmp_path: Path, qtbot: QtBot) -> None:  # noqa: F811
    clip, sound = audio_clip(notes, tmp_path, qtbot)
    found = notes.document.project.find_clip(clip.id)
    assert found
    track = found[0].id
    notes.document.apply("Mix", lambda p: edits.set_track(p, track, gain_db=-12.0, mute=True, name="A/B"))
    (path,) = paths_of(notes.clip_files.dragged_track(track))
    assert path.suffix == ".wav"
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    samples, rate = soundfile.read(path, always_2d=True)
    assert len(samples) >= 4 * rate
    first = 3 * rate
    assert np.abs(samples[first : first + rate] - sound * 10 ** (-12 / 20)).max() < 2.0**-20
    assert np.abs(samples[:first]).max() < 2.0**-21


def test_a_track_is_dragged_out_by_its_header_and_stays_where_it_was(
    notes: "Desk",  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drags: list[str] = []
    notes.timeline.track_drag_out_requested.disconnect()
    notes.timeline.track_drag_out_requested.connect(drags.append)
    before = notes.document.project
    header = notes.timeline.headers.header("synth")
    start, away = QPoint(40, 10), QPoint(40, notes.window.height() + 300)
    QTest.mousePress(header, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(header, start + QPoint(0, 10))
    QTest.mouseMove(header, away)
    assert drags == ["synth"]
    QTest.mouseRelease(header, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, away)
    assert notes.document.project is before


def test_copied_clips_are_files_for_other_programs_once_they_ask(notes: "Desk") -> None:  # noqa: F811
    notes.document.select(["notes"])
    notes.actions["copy"].trigger()
    titles = [job.title for job in notes.jobs.running]
    assert not any(title.startswith("Export") for title in titles), "nothing is written yet"
    (path,) = paths_of(QGuiApplication.clipboard().mimeData())
    assert notes_in(path) == [(960, 36)]
    count = len(list(notes.document.project.clips()))
    notes.actions["paste"].trigger()
    assert len(list(notes.document.project.clips())) == count + 1, "here the clip itself is pasted"


def test_files_that_another_program_copied_are_pasted_at_the_playhead(
    notes: "Desk",  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    rate = notes.document.project.rate
    soundfile.write(tmp_path / "other.wav", np.full((rate, 1), 0.25), rate)
    notes.document.select(["notes"])
    notes.actions["copy"].trigger()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "other.wav"))])
    QGuiApplication.clipboard().setMimeData(data)
    notes.bridge.seek(2 * rate)
    qtbot.waitUntil(lambda: notes.bridge.position == 2 * rate, timeout=PATIENCE)
    notes.document.select((), track="synth")
    assert notes.actions["paste"].isEnabled()
    notes.actions["paste"].trigger()

    def pasted() -> list[Position]:
        return [clip.position for _, clip in notes.document.project.clips() if clip.id != "notes"]

    qtbot.waitUntil(lambda: len(pasted()) == 1 and not notes.document.coming, timeout=PATIENCE)
    assert [notes.document.project.clock.frames(place) for place in pasted()] == [2 * rate]


def test_a_clip_of_sound_is_dragged_from_the_timeline_onto_a_row_of_notes(
    notes: "Desk",  # noqa: F811
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    clip, _ = audio_clip(notes, tmp_path, qtbot)
    drums = Instrument(drums=True)
    notes.document.apply("Drums", lambda p: edits.set_track(p, "synth", instrument=drums, role="drums"))
    notes.document.select(["notes"])
    notes.actions["notes"].trigger()
    grid, hand = notes.editors().notes.canvas, Hand(notes.timeline)
    monkeypatch.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    dragged: list[tuple[frozenset[str], object, object]] = []
    notes.timeline.canvas.drag_out_requested.disconnect()
    notes.timeline.canvas.drag_out_requested.connect(lambda *args: dragged.append(args))
    row = QPoint(60, round(notes.editors().notes.stage.y(38) + 4))
    start = hand.at(clip.id, 20, 8)
    monkeypatch.setattr(QApplication, "widgetAt", lambda _: grid)  # windows lie nowhere here
    before = notes.document.project
    hand.drag(start, hand.canvas.mapFromGlobal(grid.mapToGlobal(row)) - start, release=False)
    assert [ids for ids, *_ in dragged] == [{clip.id}]
    assert notes.document.project is before, "it stays where it was"
    assert notes.editors().currentWidget() is notes.editors().notes, "the press did not close the grid"
    data = notes.clip_files.dragged([clip.id], None)
    held = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(grid, QDragEnterEvent(row, *held))
    QApplication.sendEvent(grid, QDropEvent(QPointF(row), *held))

    def instrument() -> Instrument | None:
        track = notes.document.project.track("synth")
        return track.instrument if track else None

    qtbot.waitUntil(lambda: instrument() != drums, timeout=PATIENCE)
    assert notes.document.history.undo_name == "“tone” as Snare"
