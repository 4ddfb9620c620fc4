"""Sounds for the music to be like: chosen from the song or from a file, shown, told to the model, taken away."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.generation.prompt_sounds import LibraryFile, PromptSounds
from desktop.generation.sound_field import NOTHING, SoundField
from desktop.theme import Theme
from engine.analysis.library.database import Entry, SoundFile
from engine.audio import Audio, read_audio, write_audio
from engine.generate.interface import Capabilities, Parameter, Task
from engine.inference.api import Changed, Loaded, Model, Status
from engine.inference.client import InferenceProcess
from engine.mono import fit_channels
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project.model import new_project
from tests.desktop.generation.conftest import clips_of
from tests.places import place_at

LISTENER = Capabilities(
    "listener", "Listener", "1", 16000, 1, 10.0, 1.0, frozenset(Task),
    (
        Parameter("audio_prompt", "Reference", "audio", None),
        Parameter("audio_weight", "Weight of it", "float", 1.0, 0.0, 4.0),
    ),
    "MIT", "cpu",
)  # fmt: skip


@pytest.fixture
def desk(qapp: QApplication, theme: Theme, own_folders: Path, qtbot: QtBot, wav: Path) -> Iterator[Desk]:
    """A song with a clip, and a model that listens to a sound; the generator's process is never started."""
    heard: list[Changed] = []

    def start(changed: Changed) -> InferenceProcess:
        heard.append(changed)
        return InferenceProcess(changed)

    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=start) as desk:
        desk.window.show()
        desk.document.new(own_folders / "Song", new_project("Song"))
        desk.document.import_files([wav], None, place_at(0))
        generation = desk.generating.generation
        generation.models.set_model(Model("listener", untrained=True))
        assert generation.models.inference.status() == Status(False, None)
        heard[0](Status(True, Loaded(generation.models.model, LISTENER, 1.0)))
        qtbot.waitUntil(lambda: bool(clips_of(desk)) and generation.models.capabilities is not None, timeout=60_000)
        yield desk


@pytest.fixture
def sounds(desk: Desk) -> PromptSounds:
    return desk.generating.generation.panel.sounds


@pytest.fixture
def field(desk: Desk) -> SoundField:
    field = desk.generating.panel.fields["audio_prompt"]
    assert isinstance(field, SoundField)
    return field


def test_a_selected_part_is_read_told_and_taken_away(
    desk: Desk, sounds: PromptSounds, field: SoundField, qtbot: QtBot
) -> None:
    generation, (clip,) = desk.generating.generation, clips_of(desk)
    assert field.button.text() == NOTHING
    assert not field.cross.isVisible()
    desk.document.select([clip.id], region=(24000, 72000))
    field.menu().actions()[0].trigger()
    assert sounds.reading
    assert generation.panel.hindrance().endswith("is being read.")
    assert not desk.generating.panel.footer.button.isEnabled()
    qtbot.waitUntil(lambda: not sounds.reading, timeout=60_000)
    assert desk.generating.panel.footer.button.isEnabled()
    assert field.button.toolTip().startswith(f"{clip.name}, 1.0 s")
    told = generation.panel.settings().audio_prompt
    assert told is not None
    assert (told.samples.shape, told.rate) == ((48000, 2), 48000)
    assert generation.panel.settings() == generation.panel.settings(), (
        "what is told stays the same until another sound is chosen"
    )
    generation.panel.set_value("audio_weight", 2.5)
    assert generation.panel.settings().audio_weight == 2.5
    field.cross.click()
    assert generation.panel.settings().audio_prompt is None
    assert field.button.text() == NOTHING


def test_a_file_is_read_as_it_is(desk: Desk, sounds: PromptSounds, field: SoundField, wav: Path, qtbot: QtBot) -> None:
    sounds.take_file("audio_prompt", wav)
    qtbot.waitUntil(lambda: not sounds.reading, timeout=60_000)
    assert np.array_equal(sounds.sounds["audio_prompt"].samples, read_audio(wav).samples)
    assert field.cross.isVisible()


def test_what_cannot_be_read_is_said(desk: Desk, sounds: PromptSounds, tmp_path: Path, qtbot: QtBot) -> None:
    desk.document.select([])
    sounds.take_selection("audio_prompt")
    assert "Select a clip first" in desk.message_bar.text
    sounds.take_file("audio_prompt", tmp_path / "gone.wav")
    qtbot.waitUntil(lambda: "does not exist" in desk.message_bar.text, timeout=60_000)
    assert sounds.chosen("audio_prompt") is None


def test_another_models_panel_has_no_such_field(desk: Desk, sounds: PromptSounds, wav: Path, qtbot: QtBot) -> None:
    sounds.take_file("audio_prompt", wav)
    qtbot.waitUntil(lambda: not sounds.reading, timeout=60_000)
    generation = desk.generating.generation
    generation.models.set_model(Model("deaf", untrained=True))
    assert "audio_prompt" not in desk.generating.panel.fields
    assert generation.panel.settings().audio_prompt is None


def test_sounds_of_the_library_are_taken_together_and_left_out_one_by_one(
    desk: Desk, sounds: PromptSounds, field: SoundField, wav: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "other.wav"
    write_audio(other, Audio(np.full((24_000, 1), 0.25, np.float32), 24_000), "FLOAT")
    files = [Entry(SoundFile(str(path), path.name, "", 0, 0), None) for path in (wav, other)]
    desk.browser.panel().reference_requested.emit(files)
    assert desk.right.current == "Generate"
    qtbot.waitUntil(lambda: bool(sounds.sounds), timeout=60_000)
    first = read_audio(wav)
    joined = sounds.sounds["audio_prompt"]
    assert (joined.rate, len(joined.samples)) == (first.rate, len(first.samples) + first.rate)
    assert np.array_equal(joined.samples[: len(first.samples)], fit_channels(first.samples, joined.samples.shape[1]))
    assert field.button.toolTip().startswith(f"{wav.name}, other.wav")
    texts = [action.text() for action in field.menu().actions()]
    assert texts[-2:] == [f"Leave Out “{wav.name}”", "Leave Out “other.wav”"]
    field.menu().actions()[-1].trigger()
    qtbot.waitUntil(lambda: bool(sounds.sounds), timeout=60_000)
    assert np.array_equal(sounds.sounds["audio_prompt"].samples, first.samples)
    assert not [action for action in field.menu().actions() if action.text().startswith("Leave Out")]
    sounds.leave_out("audio_prompt", LibraryFile(wav, wav.name))
    assert sounds.chosen("audio_prompt") is None


def test_a_model_that_takes_no_reference_audio_says_so(desk: Desk, sounds: PromptSounds, wav: Path) -> None:
    desk.generating.generation.models.set_model(Model("deaf", untrained=True))
    desk.browser.panel().reference_requested.emit([Entry(SoundFile(str(wav), wav.name, "", 0, 0), None)])
    assert "takes no reference audio" in desk.message_bar.text
    assert sounds.chosen("audio_prompt") is None


def test_an_empty_library_has_no_nearest_sounds(
    desk: Desk, sounds: PromptSounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.browser.library, "find_nearest", lambda words, count, found: found([]))
    desk.generating.generation.panel.change(prompt="slow piano")
    sounds.nearest_requested.emit("audio_prompt")
    assert "library is empty" in desk.message_bar.text
    assert sounds.chosen("audio_prompt") is None
