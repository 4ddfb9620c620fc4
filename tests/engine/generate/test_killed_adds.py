"""`kill -9` while models are added and removed: what was added stays, no half of one is listed, no process is left."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.generate import install, registry, user_models
from engine.jobs import Context
from tests.engine.generate.hub_server import HubServer
from tests.engine.generate.test_install import NAME, UNET, data, pipeline_files, server

__all__ = ["data", "server"]  # the fixtures

PATIENCE = 5.0  # seconds in which every process must be gone

ADDER = """
import sys
from pathlib import Path
from engine.generate import user_models, install
from engine.jobs import Context

name, folder = sys.argv[1:]
print("begun", flush=True)
while True:
    for wanted in (folder, name):
        info = install.fetch(install.plan(wanted), Context())
        print("added", info.id, flush=True)
    for entry in user_models.entries():
        print("removing", entry.id, flush=True)
        install.remove(entry.id, Context())
        print("removed", entry.id, flush=True)
"""


def own_folder(folder: Path) -> Path:
    """A model in a folder of the user's."""
    for name, content in pipeline_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def kill_at_random(folder: Path, dice: random.Random) -> list[list[str]]:
    """Kills one that adds and removes at a random moment; what it had said."""
    log = folder.parent / "said.txt"
    with (
        log.open("wb") as said,
        subprocess.Popen([sys.executable, "-c", ADDER, NAME, str(folder)], stdout=said) as adder,
    ):
        lines = dice.randrange(1, 6)
        while log.read_bytes().count(b"\n") < lines and adder.poll() is None:
            time.sleep(0.01)
        time.sleep(dice.uniform(0.0, 1.0))
        assert adder.poll() is None
        children = psutil.Process(adder.pid).children(recursive=True)
        adder.kill()
    _, left = psutil.wait_procs(children, PATIENCE)
    assert not [child for child in left if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    return [line.split() for line in log.read_text().split("\n")[:-1]]


def check_list(lines: list[list[str]], before: set[str]) -> set[str]:
    """Whether what is listed is what was said, and whole; its ids."""
    sure, unsure = set(before), set[str]()
    for word, *rest in lines:
        if word in ("added", "removing", "removed"):
            sure = sure | {rest[0]} if word == "added" else sure - {rest[0]}
            unsure = {rest[0]} if word == "removing" else set()
    listed = {entry.id for entry in user_models.entries()}
    assert sure <= listed, "a model that was added is gone"
    own = {info.id: info for info in registry.installed() if info.id in listed}
    assert set(own) == listed
    assert not [info.problem for key, info in own.items() if info.problem and key not in unsure]
    return listed


def check_kills(server: HubServer, folder: Path, kills: int, seed: int) -> None:
    server.repo.slow = 0.02
    dice, listed, words = random.Random(seed), set[str](), 0
    for number in range(kills):
        lines = kill_at_random(folder, dice)
        words += len(lines) - 1
        listed = check_list(lines, listed)
        if number % 5 == 4 or number == kills - 1:  # it goes on from whatever is there
            for wanted in (NAME, str(folder)):
                info = install.fetch(install.plan(wanted), Context())
                assert info.problem == ""
                assert info.folder
                assert (info.folder / UNET).read_bytes() == server.repo.files[UNET]
                listed.add(info.id)
    print(f"\n{kills} kills while models were added and removed, {words} steps: no added model lost or half listed")


def test_kills_while_models_are_added(server: HubServer, data: Path) -> None:
    check_kills(server, own_folder(data / "mine"), 2, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(36000)
def test_many_kills_while_models_are_added(server: HubServer, data: Path) -> None:
    check_kills(server, own_folder(data / "mine"), int(os.environ.get("CONTINUO_KILLS", "100")), seed=2)
