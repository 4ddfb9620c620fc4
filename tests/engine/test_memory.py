"""The most memory that a process has had: its own, whatever the program that started it had before."""

import subprocess
import sys

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
