"""Repair in the window: a dialog with what was found, and a new take in one undo step."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from desktop.dialogs.repair import RepairDialog
from engine.audio import Audio
from engine.project.pool import prepare, read_samples

pytestmark = pytest.mark.timeout(600)  # a process of its own listens, however busy the machine is
RATE = 48000


def _tone() -> np.ndarray:
    time = np.arange(2 * RATE) / RATE
    since = time % 0.61
    soft = np.minimum(1, since / 0.005) * np.minimum(1, (0.61 - since) / 0.05)
    return (0.3 * np.sin(2 * np.pi * 441 * time) * np.exp(-since / 0.2) * soft).astype(np.float32)[:, None]


def _dialog(stage: Any) -> RepairDialog:
    stage.desk.actions["repair"].trigger()
    (dialog,) = [window for window in QApplication.topLevelWidgets() if isinstance(window, RepairDialog)]
    stage.until(lambda: dialog.state.text() != "Looking for faults …")
    return dialog


def test_what_is_found_is_mended_into_a_new_take(stage: Any) -> None:
    document = stage.desk.document
    stage.add(Audio(_tone() + np.float32(0.05), RATE), beat=1, length=2 * RATE)
    before = document.project
    dialog = _dialog(stage)
    assert dialog.findings["dc"].text() == "+5 % of full scale"
    assert dialog.findings["hum"].text() == "None found"
    assert [fault for fault, switch in dialog.switches.items() if switch.isEnabled()] == ["dc"]
    assert dialog.switches["dc"].isChecked()
    dialog.switches["dc"].setChecked(False)
    assert not dialog.repair_button.isEnabled()
    dialog.switches["dc"].setChecked(True)
    dialog.repair_button.click()
    stage.until(lambda: document.history.undo_name == "Repair")
    original, repaired = stage.clip.takes
    assert stage.clip.take == 1
    assert original == before.find_clip("c")[1].chosen
    assert repaired.name == "Clicks repaired"
    source = document.project.sources[repaired.source]
    samples = read_samples(prepare(document.folder, source, RATE), 0, 2 * RATE)
    assert np.abs(samples - _tone()).max() < 1e-3
    document.undo()
    assert document.project.tracks == before.tracks


def test_nothing_found_and_notes_are_sentences(stage: Any) -> None:
    document = stage.desk.document
    stage.add(Audio(_tone(), RATE), length=2 * RATE)
    dialog = _dialog(stage)
    assert dialog.state.text() == "Nothing was found that could be mended."
    assert not dialog.repair_button.isEnabled()
    dialog.close()
    assert len(stage.clip.takes) == 1
    assert document.history.undo_name == "Generate"
