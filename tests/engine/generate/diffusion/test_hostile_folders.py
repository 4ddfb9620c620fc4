"""Folders of models that a stranger filled: each is opened by the real loaders, or is one sentence, and no more.

`make soak` opens 100 of them, the suite a sample. They are opened in a process of its own, whose memory is measured; it
is the process that answers for what the folders do, so its death counts as well.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.models import checkpoint, system
from tests.engine.generate.hostile_models import mutated

Folder = Callable[..., Path]
KINDS = ("melody", "audioldm2", "musicgen", "stable_audio", "melody", "musicldm")
SECONDS, MEMORY_MB = 2.0, 512.0

OPENER = """
import json, resource, sys, time
from pathlib import Path
from engine.errors import ModelError
from engine.generate import registry
import engine.generate.melody, engine.generate.diffusion.opening, engine.generate.diffusion.musicgen
import engine.generate.diffusion.audioldm2, engine.generate.diffusion.stable_audio, engine.generate.diffusion.musicldm
import psutil

def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024

for line in sys.stdin:
    folder = Path(line.strip())
    before, started, said = psutil.Process().memory_info().rss / 2**20, time.process_time(), ""
    Path("/proc/self/clear_refs").write_text("5")
    try:
        registry.open_model(str(folder), "cpu")
    except ModelError as error:
        said = str(error)
    except BaseException as error:
        said = f"Traceback: {type(error).__name__}: {error}"
    print(json.dumps({"said": said, "seconds": time.process_time() - started, "mb": peak() - before}), flush=True)
"""


@pytest.fixture
def origins(folder: Folder, tmp_path: Path) -> dict[str, Path]:
    """Tiny models that work."""
    place = tmp_path / "melody"
    tiny = system.PRESETS["tiny"]
    torch.manual_seed(0)
    checkpoint.save(place, system.build(tiny), tiny, model_id="tiny", name="Tiny", preset="tiny")
    return {"melody": place, **{name: folder(name) for name in set(KINDS) - {"melody"}}}


def opened(folders: list[Path]) -> list[dict[str, object]]:
    """What came of opening each, in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-c", OPENER],
        input="".join(f"{folder}\n" for folder in folders),
        capture_output=True, text=True, timeout=1500, check=False, cwd=Path(__file__).parents[4],
    )  # fmt: skip
    answers = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    assert len(answers) == len(folders), process.stderr[-2000:]
    return answers


def outside(place: Path) -> dict[str, int]:
    """All that lies beside the folders."""
    return {path.name: path.lstat().st_mtime_ns for path in place.iterdir()}


def run(count: int, origins: dict[str, Path], place: Path) -> None:
    place.mkdir()
    whole = opened(list(origins.values()))
    assert [answer["said"] for answer in whole] == [""] * len(whole)
    done, folders = [], []
    for seed in range(count):
        folders.append(place / f"model-{seed}")
        kind = KINDS[seed % len(KINDS)]
        done.append(f"{seed}, {kind}, {mutated(origins[kind], folders[-1], seed)}")
    before = outside(place)
    answers = opened(folders)
    assert set(outside(place)) == set(before)  # code that ran would have left a file
    faults = []
    for what, answer in zip(done, answers, strict=True):
        said, seconds, memory = str(answer["said"]), float(str(answer["seconds"])), float(str(answer["mb"]))
        if "Traceback" in said or "\n" in said or len(said) > 1500 or memory > MEMORY_MB:
            faults.append(f"{what}: {said[:300]} ({seconds:.1f} s, {memory:.0f} MB)")
    print(f"\n{count} folders, {sum(bool(answer['said']) for answer in answers)} refused;", end=" ")
    print(f"at most {max(float(str(answer['seconds'])) for answer in answers):.2f} s of the processor,", end=" ")
    print(f"{max(float(str(answer['mb'])) for answer in answers):.0f} MB")
    for what, answer in zip(done, answers, strict=True):
        if float(str(answer["seconds"])) > SECONDS:
            print(f"slow: {what}: {answer['seconds']:.1f} s: {str(answer['said'])[:200]}")
    assert not faults, "\n".join(faults)


@pytest.mark.timeout(600)
def test_a_sample_of_hostile_folders_is_a_sentence_each(origins: dict[str, Path], tmp_path: Path) -> None:
    run(18, origins, tmp_path / "models")


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_hundred_hostile_folders_are_a_sentence_each(origins: dict[str, Path], tmp_path: Path) -> None:
    run(100, origins, tmp_path / "models")
