import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.app import Desk
from desktop.models.consent import ConsentDialog
from desktop.models.panel import ModelsPanel
from engine.generate import install
from engine.generate.install import Plan
from engine.jobs import Context
from engine.models import checkpoint, system

pytestmark = pytest.mark.timeout(600)  # a process of its own loads torch, however busy the machine is
PATIENCE = 500_000


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a whole, tiny MeLoDy of random weights."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    config = system.PRESETS["tiny"]
    checkpoint.save(folder, system.build(config), config, model_id="tiny", name="Tiny", preset="tiny", licence="MIT")
    return folder


@pytest.fixture
def panel(song: Desk, qtbot: QtBot) -> ModelsPanel:
    song.actions["models"].trigger()
    assert song.right.current == "Models"
    return song.inspecting.models()


def test_it_lists_models_and_says_what_can_be_done(panel: ModelsPanel) -> None:
    starter = panel.cards["melody-starter"]
    assert starter.isVisible()
    assert starter.licence.text() == "Apache-2.0"
    music = panel.cards["musicgen-small"]
    assert music.state.text() == "Not installed"
    assert music.add.isVisible()
    assert not music.load.isVisible()
    assert "not for commercial use" in music.licence.text()
    for card in panel.cards.values():
        for button in card.findChildren(QPushButton):
            assert button.toolTip()
            assert button.accessibleName()


def test_the_facts_of_a_model_stay_while_something_is_done_with_it(panel: ModelsPanel) -> None:
    card = panel.cards["melody-starter"]
    size = next(label for label in card.findChildren(QLabel) if label.text() == "Size")
    for share in (0.1, 0.2):
        card.show_state(used=True, loaded=False, memory_mb=None, measured=None, doing=(share, "Measuring"))
    assert isValid(size)
    assert size.isVisible()
    assert card.cancel.isVisible()


def test_a_folder_is_added_loaded_measured_unloaded_and_removed(
    song: Desk, panel: ModelsPanel, tiny_model: Path, qtbot: QtBot
) -> None:
    told: list[str] = []
    panel.notice.connect(told.append)
    panel.failed.connect(pytest.fail)
    panel.add(str(tiny_model))
    qtbot.waitUntil(lambda: "tiny" in panel.cards, timeout=PATIENCE)
    card = panel.cards["tiny"]
    assert told == ["Tiny was added."]
    assert card.state.text() == "Installed"
    assert card.licence.text() == "MIT"
    card.load.click()
    qtbot.waitUntil(lambda: card.state.text() == "Loaded", timeout=PATIENCE)
    assert song.generating.generation.models.model.name == "tiny"
    assert card.load.text() == "Unload"
    assert not card.remove.isVisible()
    card.measure.click()
    assert card.cancel.isVisible()
    qtbot.waitUntil(lambda: card.measure.isVisible(), timeout=PATIENCE)
    assert "realtime" in song.settings.text("models/measured")
    card.load.click()
    qtbot.waitUntil(lambda: card.state.text() == "In use", timeout=PATIENCE)
    card.remove.click()
    qtbot.waitUntil(lambda: "tiny" not in panel.cards, timeout=PATIENCE)
    assert tiny_model.is_dir(), "a folder of the user's stays where it is"


def test_a_measurement_can_be_cancelled(song: Desk, panel: ModelsPanel, tiny_model: Path, qtbot: QtBot) -> None:
    panel.failed.connect(pytest.fail)
    panel.add(str(tiny_model))
    qtbot.waitUntil(lambda: "tiny" in panel.cards, timeout=PATIENCE)
    card = panel.cards["tiny"]
    card.measure.click()
    card.cancel.click()
    qtbot.waitUntil(lambda: card.measure.isVisible(), timeout=PATIENCE)
    assert "tiny" not in song.settings.text("models/measured")


def test_what_is_no_model_is_refused_with_a_sentence(panel: ModelsPanel, own_folders: Path, qtbot: QtBot) -> None:
    told: list[str] = []
    panel.failed.connect(told.append)
    (own_folders / "nothing").mkdir()
    panel.add(str(own_folders / "nothing"))
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    assert told[0].endswith(".")
    panel.repo.setText("no such thing")
    panel.look.click()
    qtbot.waitUntil(lambda: len(told) > 1, timeout=PATIENCE)
    assert "no folder" in told[1]
    assert panel.repo.text() == "no such thing", "so that it can be mended"
    assert panel.look.isEnabled()


def test_a_repository_that_is_looked_up_is_told_and_cleared_once_added(
    panel: ModelsPanel, tiny_model: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, plan = threading.Event(), install.plan

    def slowly(wanted: str, context: Context) -> Plan:
        assert gate.wait(60)
        return plan(wanted, context)

    monkeypatch.setattr(install, "plan", slowly)
    panel.repo.setText(str(tiny_model))
    panel.look.click()
    assert panel.doing.isVisible()
    assert "tiny" in panel.doing.text()
    assert not panel.look.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: "tiny" in panel.cards, timeout=PATIENCE)
    assert panel.repo.text() == ""
    assert not panel.doing.isVisible()


def test_the_device_is_kept_with_the_model(song: Desk, panel: ModelsPanel) -> None:
    panel.device.setCurrentIndex(panel.device.findData("cpu"))
    panel.device.activated.emit(panel.device.currentIndex())
    assert song.generating.generation.models.model.device == "cpu"
    assert song.settings.text("generation/device") == "cpu"


def test_nothing_is_fetched_without_consent(song: Desk) -> None:
    plan: Any = Plan(
        "x", "Some Model", "MusicgenForConditionalGeneration", "CC-BY-NC-4.0", False, "no commercial use",
        2_400_000_000, 400_000_000, 5_000_000_000, "…", repo="maker/some-model",
    )  # fmt: skip
    agreed: list[bool] = []
    dialog = ConsentDialog(plan, lambda: agreed.append(True), song.theme, song.window)
    dialog.show()
    assert not dialog.fetch.isEnabled()
    assert dialog.fetch.text() == "Fetch 2.0 GB"
    dialog.consent.click()
    assert dialog.fetch.isEnabled()
    dialog.consent.click()
    assert not dialog.fetch.isEnabled()
    assert not agreed
    dialog.consent.click()
    dialog.fetch.click()
    assert agreed == [True]
    assert not isValid(dialog) or not dialog.isVisible()
