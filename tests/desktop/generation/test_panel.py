"""The Generate tab before and beside the generator's work; its process is never started here."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.generation.controller import Generation
from desktop.generation.panel_inputs import PanelInputs
from desktop.theme import Theme
from engine.errors import ModelError
from engine.generate import registry
from engine.generate.interface import Capabilities, Parameter, Task
from engine.inference.api import Changed, Loaded, Model, Status
from engine.inference.capability_cache import keep_capabilities
from engine.inference.client import InferenceProcess
from engine.jobs import Context
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.model import new_project
from tests.places import place_at

TINY = Model("melody-tiny", "cpu", untrained=True)


@pytest.fixture
def heard() -> list[Changed]:
    """Who is told of the generator's status."""
    return []


@pytest.fixture
def desk(qapp: QApplication, theme: Theme, own_folders: Path, heard: list[Changed]) -> Iterator[Desk]:
    def start(changed: Changed) -> InferenceProcess:
        heard.append(changed)
        return InferenceProcess(changed)

    with Desk(qapp, theme, device=DeviceSettings(device=NO_SOUND), inference=start) as desk:
        desk.window.resize(1280, 800)
        desk.window.show()
        desk.document.new(own_folders / "Song", new_project("Song", rate=22050))
        yield desk


@pytest.fixture
def generation(desk: Desk) -> Generation:
    generation = desk.generating.generation
    generation.models.set_model(TINY)
    assert generation.models.inference.status() == Status(False, None)
    return generation


@pytest.fixture
def no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model comes along with the program."""
    monkeypatch.setattr(registry, "folders", list)


@pytest.mark.usefixtures("no_models")
def test_without_weights_the_panel_says_what_to_do(desk: Desk, qtbot: QtBot) -> None:
    desk.generating.generation.models.look_for_models()
    panel, line = desk.generating.panel, desk.composer.card.bar
    assert line.button.isEnabled(), "the composer needs no weights"
    desk.composer.composing.choose(False)
    assert desk.right.current == "Generate"
    assert not panel.footer.button.isEnabled()
    assert not line.button.isEnabled()
    assert "not installed" in panel.footer.sentence.text()
    assert panel.footer.sentence.text() == line.note.text()
    qtbot.keyClicks(panel.prompt.text, "a waltz")
    assert not desk.jobs.jobs, "nothing is loaded that is not there"
    desk.generating.generation.models.set_model(TINY)
    assert panel.footer.button.isEnabled()
    assert not panel.footer.trouble.isVisible()


def test_another_tab_does_not_take_the_keyboard(desk: Desk, wav: Path, qtbot: QtBot) -> None:
    desk.window.activateWindow()
    desk.document.import_files([wav], None, place_at(0))
    qtbot.waitUntil(lambda: bool(list(desk.document.project.clips())), timeout=60_000)
    desk.right.open("Generate")
    desk.generating.panel.footer.button.setFocus()
    desk.right.open("Clip")
    assert desk.inspecting.clip_panel().name.isVisible()
    assert QApplication.focusWidget() is desk.timeline.canvas


def test_all_takes_that_came_are_in_view(desk: Desk, generation: Generation, wav: Path, qtbot: QtBot) -> None:
    document, canvas = desk.document, desk.timeline.canvas
    for number in range(9):
        document.apply("Add track", lambda p, number=number: edits.add_track(p, f"{number}", track_id=f"{number}"))
    document.import_files([wav], "8", place_at(0))
    qtbot.waitUntil(lambda: bool(list(document.project.clips())), timeout=60_000)
    ((_, clip),) = document.project.clips()
    viewport, row = canvas.viewport, canvas.rows.of("8")
    viewport.scroll_to(top=row.top + 20 - viewport.height)
    for number in range(3):
        take = replace(clip.chosen, id=f"take {number}")
        document.apply("More takes", lambda p, take=take: edits.add_take(p, clip.id, take))
    row = canvas.rows.of("8")
    assert row.top + row.full_height > viewport.top + viewport.height
    generation.generated.emit(clip.id)
    assert viewport.top <= row.top
    assert row.top + row.full_height <= viewport.top + viewport.height
    viewport.scroll_to(top=0)
    generation.generated.emit(clip.id)
    assert viewport.top == 0, "the user looks elsewhere"


def test_prompts_are_remembered_however_they_were_used(desk: Desk, generation: Generation) -> None:
    generation.panel.remember("a  waltz")
    generation.panel.remember("rain")
    generation.panel.remember("a waltz ")
    generation.panel.remember(" ")
    assert generation.panel.prompts == ["a waltz", "rain"]
    assert desk.generating.panel.prompt.history.isEnabled()


def test_nothing_stays_marked_in_a_prompt_that_has_not_the_keyboard(desk: Desk, generation: Generation) -> None:
    desk.window.activateWindow()
    generation.panel.change(prompt="a waltz")
    desk.actions["generate"].trigger()
    text = desk.generating.panel.prompt.text
    text.selectAll()
    assert text.textCursor().hasSelection()
    desk.timeline.setFocus()
    assert not text.textCursor().hasSelection()


def test_a_new_model_needs_no_new_panel(desk: Desk, generation: Generation, heard: list[Changed], qtbot: QtBot) -> None:
    speaker = Capabilities(
        "speaker", "Speaker", "1", 16000, 1, 10.0, 10.0, frozenset((Task.GENERATE,)),
        (
            Parameter("prompt", "Prompt", "text", ""),
            Parameter("words", "Words", "text", ""),
            Parameter("steps", "Steps", "int", 20, 1, 50),
            Parameter("candidates", "Best of", "int", 1, 1, 8),
            Parameter("voice", "Voice", "face", None),
        ),
        "CC-BY-NC-SA-4.0", "cpu", max_seconds=10.0,
    )  # fmt: skip
    generation.models.set_model(Model("speaker", untrained=True))
    heard[0](Status(True, Loaded(generation.models.model, speaker, 1.0)))
    qtbot.waitUntil(lambda: generation.models.capabilities is not None)
    panel = desk.generating.panel
    assert list(panel.fields) == ["words", "steps", "candidates"]
    assert panel.negative.isHidden()
    qtbot.waitUntil(panel.fields["words"].widget.isVisible)
    panel.fields["words"].widget.textEdited.emit("Good evening")
    generation.panel.set_value("steps", 500)
    generation.panel.set_value("guidance", 9.0)
    told = generation.panel.settings()
    assert (told.words, told.steps, told.guidance, told.candidates) == ("Good evening", 50, None, 1)
    generation.panel.change(in_bars=False, seconds=30.0)
    assert "at most 10 s" in panel.footer.sentence.text()
    assert not panel.footer.button.isEnabled()
    generation.panel.change(seconds=9.0)
    assert panel.footer.button.isEnabled()


def test_a_model_that_cannot_be_loaded_is_not_tried_at_every_key(
    desk: Desk, generation: Generation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Model] = []

    def refuse(inference: InferenceProcess, model: Model, context: Context) -> Capabilities:
        tries.append(model)
        raise ModelError("The weights are damaged: install the model again.")

    monkeypatch.setattr(InferenceProcess, "capabilities", refuse)
    panel = desk.generating.panel
    qtbot.keyClicks(panel.prompt.text, "a")
    qtbot.waitUntil(panel.footer.trouble.isVisible)
    qtbot.keyClicks(panel.prompt.text, " waltz")
    assert len(tries) == len(desk.jobs.jobs) == 1
    panel.footer.help.click()
    qtbot.waitUntil(lambda: len(tries) == 2)
    qtbot.waitUntil(panel.footer.trouble.isVisible)
    assert panel.footer.button.isEnabled()


def test_the_model_is_a_setting_and_the_prompt_is_not(desk: Desk, generation: Generation) -> None:
    generation.panel.change(prompt="kept", locked=True, seed=7)
    generation.panel.set_value("steps", 3)
    again = Generation(desk.document, desk.bridge, desk.settings)
    assert again.panel.inputs == PanelInputs()
    assert (again.models.model.name, again.models.model.device) == ("melody-tiny", "cpu")
    generation.panel.set_value("steps", None)
    assert "steps" not in generation.panel.inputs.values


def test_what_a_model_can_be_told_is_known_before_it_is_loaded_again(desk: Desk, generation: Generation) -> None:
    told = (Parameter("steps", "Steps", "int", 20, 1, 50), Parameter("top_k", "Top-k", "int", 9, 1, 99))
    found = Capabilities("m", "M", "1", 16000, 1, 10.0, 1.0, frozenset((Task.GENERATE,)), told, "MIT", "cpu")
    keep_capabilities(Model("kept"), found)
    again = Generation(desk.document, desk.bridge, desk.settings)
    assert again.models.capabilities is None
    again.models.set_model(Model("kept"))
    assert again.models.capabilities == found


def test_a_tempo_in_words_gives_way_to_the_song_s_and_that_is_said(desk: Desk, generation: Generation) -> None:
    desk.document.apply("Tempo", lambda p: edits.set_tempo(p, Fraction("61.5")))
    told: list[str] = []
    generation.notice.connect(told.append)
    generation.panel.change(prompt="house, 128 BPM", fit=True)
    assert generation.panel.settings().prompt == "house, 61.5 BPM"
    generation.panel.say_tempo()
    assert told == ["The prompt says “128 BPM”; 61.5 BPM, the tempo asked for, takes its place."]
    generation.panel.change(fit=False)
    generation.panel.say_tempo()
    assert generation.panel.settings().prompt == "house, 128 BPM"
    assert len(told) == 1
