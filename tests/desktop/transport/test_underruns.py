from datetime import datetime, timedelta

from desktop.dialogs.audio_settings import state_text
from desktop.transport.underruns import RECENT, RecentUnderruns
from engine.playback.state import PlayerState

START = datetime(2026, 3, 4, 14, 5, 6)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def test_underruns_are_shown_for_a_while_with_their_time() -> None:
    clock = Clock()
    recent = RecentUnderruns(clock)
    assert (recent.count(0), recent.sentence) == (0, "")
    assert recent.count(1) == 1
    assert recent.sentence == "Sound was missing once, at 14:05:06."
    clock.now += timedelta(seconds=70)
    assert recent.count(4) == 4
    assert recent.sentence == "Sound was missing 4 times since 14:05:06, last at 14:06:16."
    clock.now = START + RECENT + timedelta(seconds=1)
    assert recent.count(4) == 3
    clock.now += RECENT
    assert (recent.count(4), recent.sentence) == (0, "")


def test_underruns_that_were_looked_at_are_gone_and_a_new_player_counts_anew() -> None:
    recent = RecentUnderruns(Clock())
    recent.count(5)
    recent.clear()
    assert recent.count(5) == 0
    assert recent.count(2) == 2  # the player was started again


def test_the_settings_say_what_plays_now() -> None:
    playing = PlayerState(device="Speakers (ALSA)", device_rate=44100, buffered_ms=150.4, underruns=1)
    assert state_text(playing, 44100) == "Speakers (ALSA)\n44,100 Hz · 150 ms ready · 1 underrun"
    assert "resampled" in state_text(playing, 48000)
    assert "is gone" in state_text(PlayerState(lost=True, device_rate=44100), 44100)
    assert "ready" not in state_text(PlayerState(lost=True), 44100)
    assert "nothing is heard" in state_text(PlayerState(silent=True, device="No sound", device_rate=44100), 44100)
    assert state_text(PlayerState(), 44100) == "The player is starting…"
