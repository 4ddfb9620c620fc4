from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
from pytestqt.qtbot import QtBot

from desktop.bridge import PLAN_MS, PlayerBridge
from desktop.document import Document
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.project import edits
from engine.project.model import Source, audio_clip, audio_take, new_project
from tests.places import place_at


@pytest.fixture
def bridge(document: Document, own_folders: Path) -> Iterator[PlayerBridge]:
    document.new(own_folders / "Song", edits.add_track(new_project("Song"), "Drums", track_id="drums"))
    bridge = PlayerBridge(document)
    bridge.start(DeviceSettings(device=NO_SOUND))
    yield bridge
    bridge.close()


def test_it_plays_moves_the_playhead_and_stops(bridge: PlayerBridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.playing_changed) as began:
        bridge.toggle()
    assert began.args == [True]
    qtbot.waitUntil(lambda: bridge.position > 4800, timeout=20000)
    bridge.toggle()
    assert not bridge.playing
    here = bridge.position
    qtbot.wait(200)
    assert not bridge.playing
    assert abs(bridge.position - here) < 48000


def test_seeking_while_it_plays_goes_there(bridge: PlayerBridge, qtbot: QtBot) -> None:
    bridge.play()
    qtbot.waitUntil(lambda: bridge.position > 0, timeout=20000)
    bridge.seek(480000)
    assert bridge.position == 480000
    qtbot.waitUntil(lambda: bridge.position > 485000, timeout=20000)
    bridge.seek(0)
    qtbot.waitUntil(lambda: 0 < bridge.position < 48000, timeout=20000)
    bridge.stop()


def test_the_loop_is_part_of_the_song(bridge: PlayerBridge, document: Document) -> None:
    bridge.toggle_loop()
    assert document.project.loop.on
    assert document.history.undo_name == "Loop on"
    bridge.toggle_loop()
    assert not document.project.loop.on


def test_the_metronome_is_not(bridge: PlayerBridge, document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.metronome_changed):
        bridge.set_metronome(True)
    assert bridge.metronome
    assert document.saved


def test_another_song_stops_and_rewinds(bridge: PlayerBridge, document: Document, own_folders: Path) -> None:
    bridge.play()
    bridge.seek(96000)
    document.close()
    assert not bridge.playing
    assert bridge.position == 0


def test_a_player_that_died_is_told_and_starts_again(bridge: PlayerBridge, qtbot: QtBot) -> None:
    import psutil

    bridge.play()
    qtbot.waitUntil(lambda: bridge.position > 0, timeout=20000)
    pid = bridge.player.pid
    assert pid is not None
    with qtbot.waitSignal(bridge.message, timeout=20000):
        psutil.Process(pid).kill()
    qtbot.waitUntil(lambda: not bridge.playing, timeout=20000)
    bridge.play()
    qtbot.waitUntil(lambda: bridge.player.pid not in (None, pid), timeout=20000)
    bridge.stop()


def test_edits_that_come_fast_go_to_the_player_as_few_plans_and_the_last_is_never_lost(
    bridge: PlayerBridge, document: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    set_plan = bridge.player.set_plan
    monkeypatch.setattr(bridge.player, "set_plan", lambda plan: (sent.append((monotonic(), plan)), set_plan(plan)))
    bridge.play()
    for step in range(60):
        document.apply("Gain", lambda project, step=step: edits.set_track(project, "drums", gain_db=-0.1 * step))
        qtbot.wait(1)
    qtbot.waitUntil(lambda: bool(sent) and sent[-1][1].tracks[0].gain == pytest.approx(10 ** (-5.9 / 20)))
    times = [at for at, _ in sent]
    assert all(after - before > 0.9 * PLAN_MS / 1000 for before, after in pairwise(times))
    document.apply("Gain", lambda project: edits.set_track(project, "drums", gain_db=-20.0))
    bridge.play()  # what was edited last is heard from the start
    assert sent[-1][1].tracks[0].gain == pytest.approx(0.1)


def with_clip(document: Document, seconds: float) -> None:
    """A clip of silence, which no file is needed for, that ends after `seconds`."""
    rate = document.project.rate
    source = Source("s", "audio/s.wav", "s", rate, 1, rate * 60)
    clip = audio_clip("c", place_at(0), round(seconds * rate), (audio_take("t", "s"),))
    document.apply("lay", lambda p: edits.add_clip(edits.add_source(p, source), "drums", clip))


def test_playing_stops_at_the_end_of_the_song_and_goes_back_to_where_it_began(
    bridge: PlayerBridge, document: Document, qtbot: QtBot
) -> None:
    with_clip(document, 1.0)
    bridge.seek(24_000)
    with qtbot.waitSignal(bridge.located, timeout=20000) as back:
        bridge.play()
    assert back.args == [24_000]
    assert not bridge.playing
    assert bridge.position == 24_000


def test_playing_after_the_end_begins_at_the_start(bridge: PlayerBridge, document: Document, qtbot: QtBot) -> None:
    with_clip(document, 3.0)
    bridge.seek(48_000 * 5)
    bridge.play()
    assert bridge.position == 0
    qtbot.waitUntil(lambda: 0 < bridge.position < 48_000, timeout=20000)
    bridge.stop()


@pytest.mark.parametrize("why", ["metronome", "loop", "growing"])
def test_playing_goes_on_after_the_last_clip_where_there_is_a_reason(
    bridge: PlayerBridge, document: Document, qtbot: QtBot, why: str
) -> None:
    with_clip(document, 0.5)
    if why == "metronome":
        bridge.set_metronome(True)
    elif why == "loop":
        document.apply("loop", lambda p: edits.set_loop_region(p, start=place_at(0), end=place_at(48_000 * 9), on=True))
    else:
        growing = Source("g", "growing/g.f32", "g", 48_000, 1, 0, growing=True)
        document.apply("grow", lambda p: edits.add_source(p, growing))
    bridge.play()
    qtbot.waitUntil(lambda: bridge.position > 48_000, timeout=20000)
    assert bridge.playing
    bridge.stop()


def test_stop_returns_to_where_playing_began_by_a_setting(bridge: PlayerBridge, qtbot: QtBot) -> None:
    bridge.returns = True
    bridge.seek(9600)
    bridge.toggle()
    qtbot.waitUntil(lambda: bridge.position > 20_000, timeout=20000)
    bridge.toggle()
    assert (bridge.playing, bridge.position) == (False, 9600)


def test_what_is_compared_goes_round_wherever_the_song_stands(bridge: PlayerBridge, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bridge.state is not None and bridge.state.device_rate > 0, timeout=20000)
    bridge.seek(480_000)
    positions: list[int] = []
    bridge.position_changed.connect(positions.append)
    bridge.loop_over(96_000, 110_000)
    assert bridge.playing
    qtbot.waitUntil(lambda: any(b < a for a, b in pairwise(positions[1:])), timeout=20000)
    assert [position for position in positions if not 96_000 <= position < 112_000] == []
    bridge.loop_as_song()
    qtbot.waitUntil(lambda: bridge.position > 120_000, timeout=20000)
    bridge.stop()
