"""The neural runtime is installed from the menu, where the program is packed."""

from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from engine import runtime, runtime_setup
from engine.runtime_setup import OFFLINE, RuntimeSetupError

if TYPE_CHECKING:
    from desktop.app import Desk

PATIENCE = 60_000


def test_it_is_fetched_as_a_job_and_the_generator_starts_anew(
    song: "Desk", qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[object] = [RuntimeSetupError(OFFLINE), None]

    def install(context: object) -> None:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer

    monkeypatch.setattr(runtime_setup, "install", install)
    song.actions["install_runtime"].trigger()
    assert "have all that they need" in song.message_bar.text, "a clone needs none"
    assert len(answers) == 2

    monkeypatch.setattr(runtime, "is_packed", lambda: True)
    monkeypatch.setattr(runtime, "is_ready", lambda: False)
    models = song.generating.generation.models
    before = models.inference
    song.actions["install_runtime"].trigger()
    qtbot.waitUntil(lambda: song.message_bar.text == OFFLINE, timeout=PATIENCE)
    assert models.inference is before
    song.actions["install_runtime"].trigger()
    qtbot.waitUntil(lambda: "is installed" in song.message_bar.text, timeout=PATIENCE)
    assert not answers
    assert models.inference is not before
