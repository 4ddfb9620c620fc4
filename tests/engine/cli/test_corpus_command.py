import json
from pathlib import Path

import pytest

from engine.cli import main


def test_pieces_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pieces"
    arguments = ["corpus", "--seed", "7", "--minutes", "0.1", "--rate", "24000", "--channels", "1", "--own"]
    assert main([*arguments, "--no-stems", "--json", "--out", str(out)]) == 0
    pieces = [Path(name) for name in json.loads(capsys.readouterr().out)["pieces"]]
    assert [piece.name[:6] for piece in pieces] == ["000007"]
    assert sorted(path.name for path in pieces[0].iterdir()) == ["mix.wav", "score.mid", "truth.json"]
    assert list(out.iterdir()) == pieces


def test_bad_requests_are_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for bad in (["--rate", "1"], ["--seed", "-1"], ["--soundfont", str(tmp_path / "none.sf3")]):
        assert main(["corpus", "--minutes", "0.1", "--out", str(tmp_path / "out"), *bad]) == 1
        assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "file").write_text("x", "utf-8")
    assert main(["corpus", "--minutes", "0.1", "--own", "--no-stems", "--out", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err
