"""`continuo train`: from nothing to a part of a model, stopped and resumed, with few packages, in two processes."""

import _thread
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.cli import main
from engine.models import checkpoint

TINY = ["--preset", "tiny", "--device", "cpu"]


def run_train(*words: object) -> int:
    return main(["train", *map(str, words)])


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two excerpts of 4 s and one for validation."""
    pools = tmp_path_factory.mktemp("pools")
    sound = ["--own", "--excerpt", "4", "--corpus-minutes", str(8 / 60), "--workers", "0"]
    assert main(["train", "render", "--preset", "tiny", "--pools", str(pools), *sound]) == 0
    return next(pools.iterdir())


@pytest.fixture(scope="module")
def encoded(pool: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pool encoded by a model of which only the joint embedding is trained."""
    folder = tmp_path_factory.mktemp("chain")
    run, model = folder / "mulan", folder / "model"
    assert run_train("mulan", *TINY, "--data", pool, "--out", run, "--steps", 3, "--batch", 2) == 0
    assert run_train("publish", run, "--model", model, "--device", "cpu", "--name", "Small") == 0
    assert checkpoint.describe(model).name == "Small"
    assert run_train("encode", "--model", model, "--data", pool, "--out", folder / "out", "--device", "cpu") == 0
    return folder / "out"


def test_from_sound_to_a_published_language_model(
    encoded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["lm", *TINY, "--data", encoded, "--out", tmp_path / "lm", "--steps", 4, "--batch", 2]
    assert run_train(*words, "--set", "report_steps=2", "lr=0.01") == 0
    told = capsys.readouterr()
    assert "step 4; cross_entropy" in told.out
    lines = told.err.splitlines()
    assert lines[0].startswith("lm 2/4 · lm.loss ")
    assert lines[0].endswith(" left")
    assert lines[2].startswith("  validation: cross_entropy")
    assert json.loads((tmp_path / "lm" / "run.json").read_text())["options"]["lr"] == "0.01"
    assert run_train("publish", tmp_path / "lm", "--model", tmp_path / "model", "--device", "cpu") == 0
    checkpoint.load(tmp_path / "model")
    assert "lm" in json.loads((tmp_path / "model" / "training.json").read_text())


def test_ctrl_c_saves_and_the_same_command_goes_on(
    encoded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    words = ["lm", *TINY, "--data", encoded, "--out", run, "--batch", 1, "--set", "report_steps=1"]

    def press() -> None:
        deadline = time.monotonic() + 60
        while not (run / "curve.jsonl").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        _thread.interrupt_main()

    presser = threading.Thread(target=press)
    presser.start()
    assert run_train(*words, "--steps", 10**6) == 130
    presser.join()
    told = capsys.readouterr().err
    step = json.loads((run / "state.json").read_text())["step"]
    assert step >= 1
    assert f"Stopped at step {step}; the same command goes on from there." in told
    assert run_train(*words, "--steps", step + 2) == 0
    assert f"lm {step + 1}/{step + 2} · " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["vae", "--data", "nowhere"], "The folder nowhere does not exist"),
        (["vae", "--set", "speed=1"], "speed is no option of the recipe vae"),
        (["vae", "--set", "speed"], "“speed” is no setting: write --set KEY=VALUE"),
        (["lm", "--data", "nowhere"], "holds no encoded sound"),
        (["publish", "nowhere", "--model", "m", "--device", "cpu"], "nowhere is no training run"),
        (["encode", "--model", "m", "--data", "nowhere", "--out", "x", "--device", "tpu0"], "no device “tpu0”"),
    ],
)
def test_errors_are_one_line(
    words: Sequence[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_train(*words) == 1
    told = capsys.readouterr().err
    assert sentence in told
    assert told.startswith("continuo: ")
    assert told.count("\n") == 1


BARE = """
import sys
from importlib.machinery import PathFinder
MISSING = {"accelerate", "diffusers", "PySide6", "soundfile", "sounddevice", "soxr", "platformdirs",
           "tinysoundfont", "PIL"}
class Bare(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in MISSING else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Bare
from pathlib import Path
from engine.train import pools, processes, publish, recipes
from engine.train.loop import Trainer
for name, data, figure in (("lm", sys.argv[1], "cross_entropy"), ("vae", sys.argv[2], "si_sdr")):
    recipe, settings = recipes.make(recipes.Run(name, "tiny", data, 0, {"steps": 2, "batch": 1}))
    print(Trainer(recipe, settings, Path(sys.argv[3]) / name, device="cpu").run()[figure])
"""


def test_training_needs_only_torch_transformers_and_numpy(encoded: Path, pool: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", BARE, str(encoded), str(pool), str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
    assert float(done.stdout.splitlines()[0]) > 0
    assert [path.suffix for path in (tmp_path / "vae" / "samples").iterdir()] == [".png"]


def test_two_processes_through_the_shell(encoded: Path, tmp_path: Path) -> None:
    words = ["--standalone", "--nnodes=1", "--nproc-per-node=2", "-m", "engine.cli", "train", "dpd", *TINY]
    words += ["--data", encoded, "--out", tmp_path / "run", "--steps", 2, "--batch", 2, "--set", "window=20"]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=150,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("step 2; velocity_mse") == 1
    assert (tmp_path / "run" / "state-2.safetensors").exists()
