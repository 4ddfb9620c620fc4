"""`continuo models`: the list, adding with and without consent, removing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli import main
from tests.engine.generate.hub_server import HubServer, Repo
from tests.engine.generate.test_install import NAME, UNET, pipeline_files

Output = pytest.CaptureFixture[str]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer(Repo(NAME, pipeline_files()))
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    yield server
    server.stop()


def test_a_repository_is_fetched_only_after_consent(server: HubServer, capsys: Output) -> None:
    assert main(["models", "add", NAME]) == 1
    said = capsys.readouterr()
    assert "licence CC-BY-NC-SA-4.0 (no commercial use)" in said.out
    assert said.err == (
        "continuo: Nothing was fetched: add --accept-licence if you agree to the licence and to the size.\n"
    )
    assert not any("safetensors" in path for _, path, _ in server.repo.asked)

    assert main(["models", "add", NAME, "--accept-licence"]) == 0
    assert "tiny-ldm is installed in" in capsys.readouterr().out
    assert main(["models", "--json"]) == 0
    [listed] = [info for info in json.loads(capsys.readouterr().out) if info["id"] == "tiny-ldm"]
    assert listed == {
        "id": "tiny-ldm",
        "name": NAME,
        "preset": "",
        "parts": [{"name": "language_model", "parameters": 1000}, {"name": "unet", "parameters": 500_000}],
        "bytes": listed["bytes"],
        "licence": "CC-BY-NC-SA-4.0",
        "installed": True,
        "commercial": False,
        "terms": "no commercial use",
        "repository": NAME,
    }
    assert main(["models"]) == 0
    assert "CC-BY-NC-SA-4.0 (non-commercial)" in capsys.readouterr().out

    assert main(["models", "remove", "tiny-ldm"]) == 0
    assert "are free again" in capsys.readouterr().out
    assert main(["models", "remove", "tiny-ldm"]) == 1
    assert "was not added" in capsys.readouterr().err


def test_what_went_wrong_is_one_line(server: HubServer, capsys: Output) -> None:
    server.repo.wrong[UNET] = bytes(len(server.repo.files[UNET]))
    assert main(["models", "add", NAME, "--accept-licence"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "arrived damaged" in error
