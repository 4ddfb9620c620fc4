"""Tapping in the window: by key and by button, in one undo step."""

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    import pytest

    from desktop.app import Desk


def test_taps_set_the_tempo_in_one_step(song: "Desk", monkeypatch: "pytest.MonkeyPatch", qtbot: QtBot) -> None:
    tapping, document = song.top_bar.tapping, song.document
    times = iter([1.0, 1.6, 2.2, 2.8, 3.4])
    monkeypatch.setattr(tapping, "_now", lambda: next(times))
    before = document.project.tempo
    button = next(b for b in song.top_bar.findChildren(QAbstractButton) if b.accessibleName() == "Tap tempo")
    button.pressed.emit()
    for _ in range(2):
        song.actions["tap_tempo"].trigger()
    assert document.project.tempo == before
    assert song.status.hint == "Tap on, once a quarter note: 3 of 4"
    for _ in range(2):
        song.actions["tap_tempo"].trigger()
    assert document.project.tempo == Fraction(100)
    assert song.status.hint == "Tapped: 100.0 BPM"
    document.undo()
    assert document.project.tempo == before
    assert not document.history.can_undo


def test_without_a_song_a_tap_does_nothing(desk: "Desk") -> None:
    desk.top_bar.tapping.tap()
    assert desk.top_bar.tapping._taps.count == 0
