import json
import sys
from pathlib import Path

import pytest

from engine.cli import doctor, machine, main


def test_findings(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONTINUO_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    status = main(["doctor", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert status == (0 if found["ok"] else 1)
    names = {finding["name"] for finding in found["findings"]}
    assert {"Continuo", "Python", "System", "Sound", "Processor", "Memory", "Songs"} <= names
    assert "PyTorch" in names


def test_missing_libraries_come_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"libportaudio.so.2": ("libportaudio2", "sound"), "libEGL.so.1": ("libegl1", "the window")}
    monkeypatch.setattr(machine, "missing_libraries", lambda: missing)
    (finding,) = doctor.check_libraries()
    assert finding.status == doctor.PROBLEM
    assert finding.fix.endswith("apt-get install libportaudio2 libegl1")


def test_problems_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    findings = [doctor.Finding("Sound", doctor.PROBLEM, "broken", "mend it"), doctor.Finding("Disk", doctor.OK, "fine")]
    monkeypatch.setattr(doctor, "CHECKS", (lambda: iter(findings),))
    assert main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert "→ mend it" in out
    assert err == "continuo: 1 problem: Sound.\n"


def test_a_broken_pytorch_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_PROBE", "import os; os.abort()")
    assert machine.find_graphics().error
    monkeypatch.setattr(machine, "_PROBE", 'print(\'{"error": "ImportError: no torch"}\')')
    assert machine.find_graphics().error == "ImportError: no torch"
    monkeypatch.setattr(machine, "_PROBE", "import time; time.sleep(60)")
    monkeypatch.setattr(machine, "PROBE_SECONDS", 0.2)
    assert "did not start" in machine.find_graphics().error


def test_this_machine() -> None:
    assert machine.processor_name()
    assert isinstance(machine.processor_features(), list)
    total, available = machine.memory()
    assert 0 < available <= total
    assert machine.free_space(Path("/nowhere/at/all")) > 0
    if not sys.platform.startswith("linux"):
        assert machine.missing_libraries() == {}
