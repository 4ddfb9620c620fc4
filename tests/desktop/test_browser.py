"""The browser: folders that are listened to, searches, likeness, hearing in time, and what is put into the song."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.browser.panel import BrowserPanel
from engine.audio import Audio, write_audio
from engine.inference.library import sound_in_time, stretch_ratio
from engine.jobs import Context
from engine.timing.position import SONG_START

RATE = 22050


def _clicks(path: Path, tempo: float, pitch: float, seconds: float = 5.0) -> None:
    sound = np.zeros(round(seconds * RATE), np.float32)
    span = np.arange(2000)
    click = np.sin(2 * np.pi * pitch * span / RATE) * np.exp(-span / 400)
    for start in np.arange(0, seconds - 0.1, 60 / tempo):
        first = round(start * RATE)
        sound[first : first + 2000] += 0.5 * click
    write_audio(path, Audio(sound[:, None], RATE), "PCM_16")


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "Sounds"
    folder.mkdir()
    _clicks(folder / "slow wood.wav", 90, 700, 6.5)
    _clicks(folder / "quick glass.wav", 140, 3000)
    (folder / "broken.wav").write_bytes(b"RIFF----WAVE")
    return folder


def _titles(panel: BrowserPanel) -> list[str]:
    return [match.entry.file.title for match in panel.model.matches]


def test_a_folder_is_searched_filtered_and_heard(
    song: Desk, sounds: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=120_000)

    panel, library = song.browser.panel(), song.browser.library
    song.actions["browser"].trigger()
    assert song.bottom.current == "Browser"
    assert panel.words.hasFocus() or not song.window.isActiveWindow()
    until(lambda: not song.jobs.running)
    assert panel.empty.isVisible()
    library.add_folder(sounds)
    until(lambda: sorted(_titles(panel)) == ["quick glass.wav", "slow wood.wav"])
    until(lambda: panel.folders.count() == 1)
    assert panel.folders.item(0).text() == "Sounds"
    assert panel.list.isVisible()
    first = panel.model.index(0)
    spoken = str(panel.model.data(first, Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.startswith("quick glass.wav, 140.")
    assert panel.model.mimeData([first]).urls() == [QUrl.fromLocalFile(str(sounds / "quick glass.wav"))]

    panel.words.setText("wood")
    until(lambda: _titles(panel)[0] == "slow wood.wav")
    panel.words.clear()
    panel.tempo.setText("130-150")
    until(lambda: _titles(panel) == ["quick glass.wav"])
    panel.tempo.setText("fast")
    until(lambda: "is no tempo" in panel.state.text())
    panel.tempo.clear()
    until(lambda: len(_titles(panel)) == 2)

    entry = panel.model.matches[1].entry
    song.browser.panel().like_requested.emit(entry)
    until(lambda: _titles(panel) == ["quick glass.wav"])
    assert panel.like.text() == "Like slow wood.wav  ×"
    panel.like.click()
    until(lambda: len(_titles(panel)) == 2)
    assert panel.like.isHidden()

    references = song.generating.generation.panel.sounds
    references.nearest_requested.emit("audio_prompt")
    assert "Write a prompt first" in song.message_bar.text
    song.generating.generation.panel.change(prompt="wood")
    references.nearest_requested.emit("audio_prompt")
    until(lambda: bool(references.sounds))
    chosen = references.chosen("audio_prompt")
    assert chosen is not None
    assert chosen.name == "slow wood.wav, quick glass.wav"
    assert len(references.sounds["audio_prompt"].samples) == round(11.5 * RATE)
    references.leave_out("audio_prompt", chosen.files[1])
    until(lambda: bool(references.sounds))
    assert len(references.sounds["audio_prompt"].samples) == round(6.5 * RATE)
    references.clear("audio_prompt")

    heard: list[tuple[object, bool]] = []
    monkeypatch.setattr(song.bridge, "audition", lambda file, in_time=False: heard.append((file, in_time)))
    panel.list.setCurrentIndex(panel.model.index(1))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    until(lambda: len(heard) == 1)
    file, in_time = heard[0]
    assert in_time
    tempo = float(song.document.project.tempo)
    ratio = stretch_ratio(entry.portrait.tempo, tempo)  # type: ignore[union-attr]
    expected = round(6.5 * song.document.project.rate * ratio)
    assert abs(file.frames - expected) < 64  # type: ignore[attr-defined]
    until(lambda: panel.model.sounding_path == entry.file.path)

    QTest.keyClick(panel.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: any(clip.name == "slow wood" for _, clip in song.document.project.clips()))
    panel.folders.setCurrentRow(0)
    QTest.keyClick(panel.folders, Qt.Key.Key_Delete)
    until(lambda: not panel.folders.count())
    until(lambda: not song.jobs.running)
    assert (sounds / "slow wood.wav").exists()


def test_a_clip_is_named_by_what_is_heard_and_its_like_is_searched(
    song: Desk, sounds: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until(condition: Callable[[], bool]) -> None:
        qtbot.waitUntil(condition, timeout=120_000)

    document, panel = song.document, song.browser.panel()
    document.import_files([sounds / "quick glass.wav"], None, SONG_START)
    until(lambda: bool(document.selection.clips))
    song.right.open("Clip")
    caption = song.browser.caption()
    assert (caption.text.text(), caption.describe.isVisible()) == ("", True)
    caption.describe.click()
    until(lambda: bool(caption.text.text()))
    assert not caption.describe.isVisible()
    heard = caption.text.text()
    document.select([])
    assert not caption.isVisible()
    document.select([clip.id for _, clip in document.project.clips()])
    assert caption.text.text() == heard
    song.browser.library.add_folder(sounds)
    song.actions["find_like"].trigger()
    until(lambda: panel.like.text() == "Like quick glass  ×")
    until(lambda: {"quick glass.wav", "slow wood.wav"} <= set(_titles(panel)))
    assert _titles(panel).index("slow wood.wav") > 0
    assert song.bottom.current == "Browser"
    monkeypatch.setattr("engine.analysis.library.portrait.caption_of", lambda portrait: f"{portrait.tempo:.0f} BPM")
    song.actions["name_by_sound"].trigger()
    until(lambda: [clip.name for _, clip in document.project.clips()] == ["140 BPM"])
    assert [track.name for track in document.project.tracks if track.clips] == ["140 BPM"]
    until(lambda: not song.jobs.running)


def test_a_sound_is_stretched_to_the_nearest_octave_of_the_tempo(tmp_path: Path) -> None:
    assert stretch_ratio(100, 120) == pytest.approx(100 / 120)
    assert stretch_ratio(60, 120) == 1.0
    assert stretch_ratio(65, 120) == pytest.approx(130 / 120)
    assert stretch_ratio(0, 120) == 1.0
    _clicks(tmp_path / "a.wav", 100, 1000)
    audio = sound_in_time(tmp_path / "a.wav", 100, 125, 48000, Context())
    assert audio.samples.shape == (round(5 * 48000 * 100 / 125), 2)
    loud = np.flatnonzero(np.abs(audio.samples[:, 0]) > 0.2)
    begins = loud[np.diff(loud, prepend=-48000) > 10000] / 48000
    np.testing.assert_allclose(np.diff(begins), 60 / 125, atol=0.012)
