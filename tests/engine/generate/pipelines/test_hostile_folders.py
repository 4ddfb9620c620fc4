"""Folders of models that a stranger filled: each is opened by the real loaders, or is one sentence, and no more.

`make soak` opens 100 of them, the suite a sample. They are opened in a process of its own, whose memory is measured; it
is the process that answers for what the folders do, so its death counts as well.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.engine.generate.hostile_models import mutated
from tests.seeds import FIRST

KINDS = ("melody", "audioldm2", "musicgen", "stable_audio", "melody", "musicldm")
SECONDS, MEMORY_MB = 4.0, 512.0  # of a busy processor for what is refused; beyond what the process held before
FAULTS = ("Traceback", "not enough memory")  # the latter is what an attempt to take more than there is comes to

OPENER = """
import json, resource, sys, time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
import torch
from engine.errors import ModelError
from engine.generate import registry
import psutil
from engine.models import checkpoint, system

def melody(place):
    tiny = system.PRESETS["tiny"]
    torch.manual_seed(0)
    checkpoint.save(place, system.build(tiny), tiny, model_id="tiny", name="Tiny", preset="tiny")

def write(origins, pipelines):
    spec = spec_from_file_location("pipelines", pipelines)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.melody = melody
    for place in origins:
        getattr(module, place.name)(place)

torch.set_num_threads(1)
if not Path(sys.argv[2]).exists():
    write([Path(place) for place in sys.argv[2:]], sys.argv[1])
for place in sys.argv[2:]:  # all is imported that they need
    registry.open_model(place, "cpu")
print("ready", flush=True)

def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024

def held():
    for line in open("/proc/self/status"):
        if line.startswith("VmData"):
            return int(line.split()[1]) * 1024

ROOM, PROCESSOR = 2 << 30, 30  # bytes and seconds of the processor for one folder, before the system ends it
for line in sys.stdin:
    folder = Path(line.strip())
    before, started, said = psutil.Process().memory_info().rss / 2**20, time.process_time(), ""
    resource.setrlimit(resource.RLIMIT_DATA, (held() + ROOM, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(started) + PROCESSOR, resource.RLIM_INFINITY))
    Path("/proc/self/clear_refs").write_text("5")
    try:
        registry.open_model(str(folder), "cpu")
    except ModelError as error:
        said = str(error)
    except BaseException as error:
        said = f"Traceback: {type(error).__name__}: {error}"
    print(json.dumps({"said": said, "seconds": time.process_time() - started, "mb": peak() - before}), flush=True)
"""


class Opener:
    """A process that opens folders, with little room beyond what it holds; another one where a folder ended it."""

    def __init__(self, place: Path, kinds: set[str]) -> None:
        """Writes tiny models of the `kinds` into `place`, which work."""
        self.origins = {kind: place / kind for kind in sorted(kinds)}
        self._notes = place / "notes.txt"
        self._start()

    def _start(self) -> None:
        places = [Path(__file__).with_name("pipelines.py"), *self.origins.values()]
        with self._notes.open("w") as notes:
            self._process = subprocess.Popen(
                [sys.executable, "-c", OPENER, *map(str, places)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=notes, text=True, cwd=Path(__file__).parents[4],
            )  # fmt: skip
        assert self._process.stdout
        while (line := self._process.stdout.readline()) != "ready\n":
            assert line, self._notes.read_text()[-2000:]

    def open(self, folder: Path) -> dict[str, Any]:
        """What came of opening a folder."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        while line := self._process.stdout.readline():
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        self.close()
        end = f"Traceback: the process ended with {self._process.returncode}: {self._notes.read_text()[-300:]!r}"
        self._start()
        return {"said": end, "seconds": 0.0, "mb": 0.0}

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()


def run(seeds: Sequence[int], place: Path) -> None:
    """Does to tiny models what the seeds say, and opens them."""
    kinds = [KINDS[seed % len(KINDS)] for seed in seeds]
    for folder in ("origins", "models"):
        (place / folder).mkdir()
    opener = Opener(place / "origins", set(kinds))
    try:
        hostile(opener, dict(zip(seeds, kinds, strict=True)), place / "models")
    finally:
        opener.close()


def hostile(opener: Opener, kinds: dict[int, str], place: Path) -> None:
    """Fails where a folder, by the seed of what is done to a model of a kind, is more than opened or a sentence."""
    beside = set(place.parent.iterdir())
    answers, faults = [], []
    for seed, kind in kinds.items():
        folder = place / f"model-{seed}"
        what = f"{seed}, {kind}, {mutated(opener.origins[kind], folder, seed)}"
        answer = opener.open(folder)
        said, seconds, memory = answer["said"], answer["seconds"], answer["mb"]
        line = f"{what}: {said[:300]} ({seconds:.1f} s, {memory:.0f} MB)"
        if "\n" in said or len(said) > 1500 or memory > MEMORY_MB or any(word in said for word in FAULTS):
            faults.append(line)
        elif said and seconds > SECONDS:
            faults.append(f"slow: {line}")
        answers.append(answer)
        print(line)
        assert [path.name for path in place.iterdir()] == [folder.name]  # code that ran would have left a file
        shutil.rmtree(folder)
    assert set(place.parent.iterdir()) == beside
    print(f"{len(answers)} folders, {sum(bool(answer['said']) for answer in answers)} refused;", end=" ")
    print(f"at most {max(answer['seconds'] for answer in answers):.2f} s of the processor,", end=" ")
    print(f"{max(answer['mb'] for answer in answers):.0f} MB")
    assert not faults, "\n".join(faults)


SAMPLE = (6, 9, 12, 16, 24, 27, 33, 34, 36, 39, 45, 57, 75, 99)  # of two kinds of models, every kind of fault


@pytest.mark.timeout(600)
def test_a_sample_of_hostile_folders_is_a_sentence_each(tmp_path: Path) -> None:
    run(SAMPLE, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_hundred_hostile_folders_are_a_sentence_each(tmp_path: Path) -> None:
    run(range(FIRST, FIRST + 100), tmp_path)
