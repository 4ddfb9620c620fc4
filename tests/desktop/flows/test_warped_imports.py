"""A loop that comes in follows the song's tempo; its own speed is one click away, and a setting switches it off."""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pytestqt.qtbot import QtBot

from engine.audio import Audio, write_audio
from engine.project import edits
from tests.engine.cli.test_warp_commands import RATE, clicks
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk


def test_a_loop_comes_warped_and_gets_its_own_speed_back(song: "Desk", qtbot: QtBot, tmp_path: Path) -> None:
    wav = tmp_path / "loop.wav"
    write_audio(wav, Audio(clicks(92, 4), RATE))
    document, rate = song.document, song.document.project.rate
    document.apply("Tempo", lambda p: edits.set_tempo(p, Fraction(100)))

    def bring(count: int) -> int:
        """Imports the loop, and returns the length of its clip when there are so many."""
        document.import_files([wav], None, place_at(0))
        qtbot.waitUntil(lambda: len(list(document.project.clips())) == count, timeout=60000)
        return document.project.tracks[-1].clips[0].length

    assert abs(bring(1) - 4 * 0.6 * rate) <= 1
    assert "follows the song's 100" in song.message_bar.text
    song.message_bar._button.click()
    assert abs(document.project.tracks[-1].clips[0].length - 4 * 60 / 92 * rate) <= 1
    song.actions["warp_imports"].trigger()
    assert abs(bring(2) - 4 * 60 / 92 * rate) <= 1
