import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.docks.spectrogram_panel import EMPTY, SpectrogramPanel, note_name
from engine.analysis.spectrogram import row_of
from engine.project import edits
from engine.project.model import Clip
from tests.places import place_at

PATIENCE = 30_000


@pytest.fixture
def panel(song: Desk, wav: Path, qtbot: QtBot) -> SpectrogramPanel:
    """The tab, open, in a song with two seconds of a tone of 220 Hz on its first track."""
    song.document.import_files([wav], "drums", place_at(48000))
    qtbot.waitUntil(lambda: bool(clips(song)), timeout=PATIENCE)
    song.document.select([])
    song.actions["spectrogram"].trigger()
    assert song.bottom.current == "Spectrogram"
    return song.inspecting.spectrogram()


def clips(song: Desk) -> list[Clip]:
    return [clip for _, clip in song.document.project.clips()]


def shown(panel: SpectrogramPanel, qtbot: QtBot) -> np.ndarray:
    qtbot.waitUntil(lambda: panel.picture is not None, timeout=PATIENCE)
    assert panel.picture is not None
    return panel.picture


def widget_point(panel: SpectrogramPanel, frame: float, hertz: float) -> QPoint:
    """Where a frame of the clip and a frequency lie on the plotting surface."""
    view = panel.view
    scene = view.mapViewToScene(QPointF(frame, math.log2(hertz)))
    return view.getViewWidget().mapFromScene(scene)


def test_the_selected_clip_is_pictured(song: Desk, panel: SpectrogramPanel, qtbot: QtBot) -> None:
    assert panel.message == EMPTY
    song.document.select([clips(song)[0].id])
    picture = shown(panel, qtbot)
    middle = picture[:, picture.shape[1] // 2]
    assert abs(int(np.argmax(middle)) - row_of(220, 48000, len(middle))) < 3
    assert panel.message == ""
    song.document.select([])
    assert panel.picture is None
    assert panel.message == EMPTY


def test_it_follows_the_clip(song: Desk, panel: SpectrogramPanel, qtbot: QtBot) -> None:
    clip = clips(song)[0]
    song.document.select([clip.id])
    first = shown(panel, qtbot)
    song.document.apply("Rename", lambda p: edits.set_clip(p, [clip.id], name="x"))
    assert panel.picture is first, "what sounds the same looks the same"
    song.document.apply("Reverse", lambda p: edits.reverse(p, [clip.id]))
    qtbot.waitUntil(lambda: panel.picture is not first, timeout=PATIENCE)
    assert np.abs(shown(panel, qtbot)[:, ::-1].astype(int) - first).mean() < 8, "backwards it is the mirror's picture"


def test_nothing_is_computed_while_it_cannot_be_seen(song: Desk, panel: SpectrogramPanel, qtbot: QtBot) -> None:
    song.bottom.open("Mixer")
    song.document.select([clips(song)[0].id])
    qtbot.wait(400)
    assert panel.picture is None
    song.bottom.open("Spectrogram")
    shown(panel, qtbot)


def test_a_click_moves_the_playhead_and_the_mouse_reads(song: Desk, panel: SpectrogramPanel, qtbot: QtBot) -> None:
    clip = clips(song)[0]
    song.document.select([clip.id])
    shown(panel, qtbot)
    song.start_audio()
    assert panel.reading(clip.length / 2, math.log2(220)).startswith("220 Hz · A3 · −")
    assert panel.reading(-1, math.log2(220)) == ""
    viewport = panel.view.getViewWidget().viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=widget_point(panel, clip.length / 2, 220))
    start = song.document.project.start_of(clip)
    per_px = clip.length / panel.view.width()
    qtbot.waitUntil(lambda: abs(song.bridge.position - start - clip.length // 2) < 2 * per_px, timeout=PATIENCE)


def test_a_part_that_is_zoomed_into_is_computed_finer(song: Desk, panel: SpectrogramPanel, qtbot: QtBot) -> None:
    clip = clips(song)[0]
    song.document.select([clip.id])
    whole = shown(panel, qtbot)
    panel.view.setXRange(24_000, 26_400, padding=0)
    qtbot.waitUntil(lambda: panel.part == (24_000, 26_400), timeout=PATIENCE)
    part = shown(panel, qtbot)
    assert part.shape == whole.shape, "fifty milliseconds get as many columns as two seconds had"
    row = round(row_of(220, 48000, len(part)))
    loudest = part[row - 2 : row + 3].max(axis=0)
    assert loudest.min() > 200, "the edges of the part hear what lies beside it, not silence"
    panel.view.reset_requested.emit()
    qtbot.waitUntil(lambda: panel.part == (0, clip.length), timeout=PATIENCE)


def test_notes_have_their_names() -> None:
    assert [note_name(hertz) for hertz in (440, 261.63, 27.5, 466.16)] == ["A4", "C4", "A0", "Bb4"]


def test_missing_audio_is_told(song: Desk, panel: SpectrogramPanel, qtbot: QtBot, own_folders: Path) -> None:
    folder = song.document.folder
    assert folder
    qtbot.waitUntil(lambda: not song.jobs.running, timeout=PATIENCE)
    for file in [*(folder / "audio").iterdir(), *(folder / "cache").glob("*")]:
        if file.is_file():
            file.unlink()
    song.document.select([clips(song)[0].id])
    qtbot.waitUntil(lambda: "missing" in panel.message or "does not exist" in panel.message, timeout=PATIENCE)
