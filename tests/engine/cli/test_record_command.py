"""`continuo record` on a device whose output comes back at its input."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from engine.audio import read_audio
from engine.cli import main
from engine.playback.device import DeviceSettings
from engine.playback.latencies import correction_for, keep_correction
from engine.project.files import ProjectFolder, load
from engine.project.recorded import was_recorded

LOOPBACK = Path(__file__).parents[1] / "playback/loopback"
RATE = 48000


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A song of three seconds of noise, on a machine whose loop is 3000 frames long and reported as 1632."""
    paths = [str(LOOPBACK), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    monkeypatch.setenv("LOOPBACK", json.dumps({"delay": 3000}))
    monkeypatch.setenv("CONTINUO_CONFIG", str(tmp_path / "config"))
    import soundfile

    noise = np.random.default_rng(4).uniform(-0.3, 0.3, 3 * RATE)
    soundfile.write(tmp_path / "noise.wav", noise, RATE, "FLOAT")
    folder = tmp_path / "Song"
    assert main(["new", str(folder), "--rate", "48000"]) == 0
    assert main(["import", str(folder), str(tmp_path / "noise.wav"), "--track", "Noise"]) == 0
    return folder


def test_a_track_is_recorded_where_it_is_heard(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_correction(DeviceSettings(), None, (3000 - 1632) / RATE)
    assert correction_for(DeviceSettings(), None) == (3000 - 1632) / RATE
    assert correction_for(DeviceSettings(block=64), None) == 0.0
    capsys.readouterr()
    command = ["record", str(song), "--track", "Voice", "--seconds", "0.5", "--at", "0.25s", "--json"]
    assert main(command) == 0
    words = json.loads(capsys.readouterr().out)
    assert words["track"]["name"] == "Voice"
    assert (words["start"], words["length"], words["device"]) == (12000, 24000, "Loop (Test)")
    project = load(song)
    (clip,) = project.tracks[-1].clips
    assert clip.id == words["clip"]
    assert not any(source.growing for source in project.sources.values())
    sound = read_audio(song / words["file"]).samples[:, 0]
    noise = read_audio(song / next(s.file for s in project.sources.values() if s.name.startswith("noise"))).samples[
        :, 0
    ]
    fade = 512  # playback fades in where it begins
    assert np.array_equal(sound[fade:], noise[12000 + fade : 36000])
    assert was_recorded(clip.chosen.provenance)
    assert not list((song / "growing").glob("*.f32"))


def test_a_machine_without_an_input_says_so(song: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", str(song), "--track", "Voice", "--seconds", "1", "--input", "Nowhere"]) == 1
    error = capsys.readouterr().err
    assert error.splitlines()[-1] == (
        "continuo: The audio input “Nowhere” is not there: connect it, or choose another in Audio settings."
    )
    assert [track.name for track in load(song).tracks] == ["Noise"]
    assert main(["record", str(song), "--track", "Voice", "--seconds", "0"]) == 2
    assert main(["record", str(song), "--track", "Voice", "--seconds", "1", "--channels", "1-3"]) == 2
    assert main(["record", str(song), "--track", "Voice", "--seconds", "1", "--channels", "7"]) == 1
    assert "has no input 7" in capsys.readouterr().err


def test_a_killed_recording_is_offered_when_the_song_is_opened(song: Path) -> None:
    command = [sys.executable, "-m", "engine.cli", "record", str(song), "--track", "Voice", "--seconds", "600"]
    shell = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(s.growing for s in load(song).sources.values()):
        time.sleep(0.02)
    os.kill(shell.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    shell.wait()
    with ProjectFolder.open(song, steal=True) as folder:
        assert folder.recovery is not None
        assert folder.recovery.sentence == "A clip was still being recorded; what was ready can be kept."
        (info,) = folder.recovery.growing
        folder.recover()
        (clip,) = folder.project.tracks[-1].clips
        assert clip.length == folder.project.sources[clip.chosen.source].frames > 0
        assert was_recorded(clip.chosen.provenance)
        assert info.name == "Voice"
