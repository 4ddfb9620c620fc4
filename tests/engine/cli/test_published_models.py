"""`continuo generate`, `inpaint` and `bench` with a folder that diffusers wrote."""

import importlib.util
import json
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from engine.audio import Audio, open_reader, read_info, write_audio
from engine.cli import main

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr("engine.generate.device.threads", lambda: 1)
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import transformers

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.tqdm_lib.tqdm.monitor_interval = 0
    path = Path(__file__).parent.parent / "generate" / "pipelines" / "pipelines.py"
    spec = importlib.util.spec_from_file_location("pipelines", path)
    assert spec is not None
    assert spec.loader is not None
    pipelines = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pipelines)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pipelines.audioldm2(tmp_path_factory.mktemp("models") / "my-audioldm2")


def run(capsys: Output, *arguments: object) -> object:
    capsys.readouterr()
    assert main([*map(str, arguments), "--device", "cpu", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_generate_writes_sound_with_its_origin_and_licence(folder: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "a.wav"
    said = run(
        capsys, "generate", "a dog", "--model", folder, "--seconds", "0.4", "--steps", 1, "--negative", "noise",
        "--schedule", "dpm-solver++", "--best-of", 2, "--seed", 5, "--out", out,
    )  # fmt: skip
    assert isinstance(said, dict)
    info = read_info(out)
    assert (info.rate, info.channels, info.frames) == (16000, 1, 6400)
    with soundfile.SoundFile(out) as file:
        kept = json.loads(file.comment)
    assert kept["model"] == "my-audioldm2"
    assert kept["licence"] == "CC-BY-NC-SA-4.0 (non-commercial)"
    assert kept["noncommercial"] is True
    assert (kept["schedule"], kept["candidates"], len(kept["scores"][0])) == ("dpm-solver++", 2, 2)


def test_inpaint_keeps_the_rest_bit_by_bit(folder: Path, tmp_path: Path, capsys: Output) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    noise = np.random.default_rng(0).standard_normal((24000, 2)).astype(np.float32) / 10
    write_audio(source, Audio(noise, 24000), "PCM_24")
    run(
        capsys, "inpaint", source, "--from", "0.2s", "--to", "0.6s", "--model", folder, "--steps", 1, "--out", out
    )  # fmt: skip
    with open_reader(source) as first, open_reader(out) as second:
        before, after = first.read_exact(), second.read_exact()
    assert before.shape == after.shape
    assert np.array_equal(before[:4800], after[:4800])
    assert np.array_equal(before[14400:], after[14400:])
    assert not np.array_equal(before[4800:14400], after[4800:14400])


def test_what_it_cannot_do_is_one_line(folder: Path, tmp_path: Path, capsys: Output) -> None:
    source = tmp_path / "in.wav"
    write_audio(source, Audio(np.full((8000, 1), 0.1, np.float32), 8000), "PCM_16")
    capsys.readouterr()
    arguments = [
        "continue",
        source,
        "--seconds",
        "1",
        "--model",
        folder,
        "--device",
        "cpu",
        "--out",
        tmp_path / "o.wav",
    ]
    assert main([str(argument) for argument in arguments]) != 0
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "needs an AudioMAE" in error
    assert not (tmp_path / "o.wav").exists()


def test_bench_measures_it(folder: Path, capsys: Output) -> None:
    rows = run(capsys, "bench", "--model", folder, "--steps", "1")
    assert isinstance(rows, list)
    (row,) = rows
    assert (row["model"], row["preset"], row["steps"], row["chunk_s"]) == ("my-audioldm2", "audioldm2", 1, 10.0)
    assert row["realtime"] > 0
    assert set(row["parts"]) == {"denoising", "vocoder"}
