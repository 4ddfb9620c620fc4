"""The most memory that a process has had: its own, whatever the program that started it had before."""

import subprocess
import sys

import pytest

MIB = 1 << 20
REPORT = "from engine.memory import peak_bytes; print(peak_bytes())"
GROWS = "block = bytearray(200 << 20); block[:] = bytes([1]) * len(block); del block; " + REPORT
FOLLOWS = (
    "import os, sys; block = bytes([1]) * (300 << 20); os.execv(sys.executable, [sys.executable, '-c', sys.argv[1]])"
)


def peak(*arguments: str) -> int:
    return int(subprocess.run([sys.executable, "-c", *arguments], capture_output=True, text=True, check=True).stdout)


def test_what_was_freed_counts() -> None:
    assert peak(GROWS) > 200 * MIB


def test_what_the_starting_program_had_does_not_count() -> None:
    assert 4 * MIB < peak(FOLLOWS, REPORT) < 100 * MIB


def test_freed_arrays_of_a_picture_s_size_are_not_faulted_in_again() -> None:
    if sys.platform != "linux":
        pytest.skip("only there the C library is told so")
    code = (
        "import resource, numpy as np\n"
        "from engine.memory import keep_freed\n"
        "faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "def spent():\n"
        "    before = faults()\n"
        "    for _ in range(50): [np.ones(400_000) for _ in range(4)]\n"
        "    return faults() - before\n"
        "keep_freed()\n"
        "spent()\n"
        "print(spent())\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 1000, "200 arrays of 3.2 MB have 156 000 pages"


def test_what_is_kept_goes_back_when_it_is_told_to() -> None:
    if sys.platform != "linux":
        pytest.skip("only there the C library is told so")
    code = (
        "import psutil, numpy as np\n"
        "from engine.memory import give_back, keep_freed\n"
        "resident = lambda: psutil.Process().memory_info().rss\n"
        "keep_freed()\n"
        "before = resident()\n"
        "arrays = [np.ones(400_000) for _ in range(12)]\n"
        "del arrays\n"
        "kept = resident() - before\n"
        "give_back()\n"
        "print(kept, resident() - before)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kept, left = (int(word) for word in found.stdout.split())
    assert kept > 30 * MIB > 8 * MIB > left
