"""Every process that the program starts ends when the program is killed, in whatever it is busy with."""

import subprocess
import sys
import time

import psutil
import pytest

PATIENCE = 5.0  # seconds in which all must be gone

BUSY = """
from engine.lifeline import end_with_parent
end_with_parent()
print("begun", flush=True)
while True:
    pass
"""

STARTS: dict[str, str] = {
    "a process that is busy and reads no pipe": f"""
import subprocess, sys
from engine.ipc import environment
child = subprocess.Popen([sys.executable, "-c", {BUSY!r}], env=environment(), stdin=subprocess.DEVNULL)
child.wait()
""",
    "the listener": """
import numpy as np
from engine.audio import Audio
from engine.inference.beat_analysis_client import listen
sounds = [Audio(np.random.default_rng(1).standard_normal((44100 * 60, 2)).astype(np.float32), 44100)] * 4
print("begun", flush=True)
listen(sounds, [120.0] * 4)
""",
    "the player": """
import time
from engine.playback.device import NO_SOUND, DeviceSettings
from engine.playback.player import Player
player = Player(DeviceSettings(device=NO_SOUND))
player.start()
print("begun", flush=True)
time.sleep(60)
""",
    "the generator": """
import time
from engine.inference.client import InferenceProcess
inference = InferenceProcess()
inference.prepare()
print("begun", flush=True)
time.sleep(60)
""",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_nothing_outlives_a_killed_program(start: str) -> None:
    with subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "begun\n"
        deadline = time.monotonic() + 60
        while not (children := psutil.Process(parent.pid).children(recursive=True)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert children
        time.sleep(1.0)  # it is in the middle of its work
        children = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
        parent.wait()
        _, left = psutil.wait_procs(children, PATIENCE)
        running = [child for child in left if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        try:
            assert not [" ".join(child.cmdline()) for child in running]
        finally:
            for child in running:
                child.kill()
