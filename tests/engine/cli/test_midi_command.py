import json
import tempfile
from pathlib import Path

import pytest

from engine.cli import main


def test_ports_are_listed_by_name(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="midi", dir="/tmp") as name:
        monkeypatch.setenv("MIDO_BACKEND", "tests.engine.playback.socket_midi")
        monkeypatch.setenv("SOCKET_MIDI", name)
        for file in ("Grand 88:Grand 88 MIDI 1 20:0.in", "Grand 88:Grand 88 MIDI 1 20:0.out", "Pads 24:0.in"):
            (Path(name) / file).touch()
        assert main(["midi", "--json"]) == 0
        listed = json.loads(capfd.readouterr().out)
        assert listed["problem"] == ""
        assert listed["ports"] == [
            {"name": "Grand 88:Grand 88 MIDI 1", "is_input": True, "is_output": True},
            {"name": "Pads", "is_input": True, "is_output": False},
        ]
        assert main(["midi"]) == 0
        assert capfd.readouterr().out == "in+out  Grand 88:Grand 88 MIDI 1\nin      Pads\n"


def test_a_machine_without_midi_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MIDO_BACKEND", "tests.no_such_backend")
    assert main(["midi", "--json"]) == 0
    assert "python-rtmidi" in json.loads(capfd.readouterr().out)["problem"]
    assert main(["midi"]) == 0
    assert len(capfd.readouterr().err.strip().splitlines()) == 1
