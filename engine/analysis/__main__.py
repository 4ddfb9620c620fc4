"""The listening process: a line of JSON and raw float32 samples come in, what was heard goes out as JSON.

The line has the `rate` (Hz), the song's `tempo` and `signature`, and the `lengths` in frames of the sounds whose mono
samples follow, one after another. It ends when they are heard, and librosa's memory with it.
"""

import json
import os
import sys

import numpy as np

from engine.analysis.fit import fit
from engine.audio import Audio
from engine.lifeline import end_with_parent
from engine.timing.signature import parse_signature

_NICE = 5


def main() -> int:
    """Hears the sounds."""
    end_with_parent()
    if hasattr(os, "nice"):
        os.nice(_NICE)
    asked = json.loads(sys.stdin.buffer.readline())
    samples = np.frombuffer(sys.stdin.buffer.read(), "<f4")
    ends = np.cumsum(asked["lengths"])
    sounds = [Audio(part[:, None], asked["rate"]) for part in np.split(samples, ends[:-1])]
    signature = parse_signature(asked["signature"])
    sys.stdout.write(json.dumps([fit(sound, asked["tempo"], signature).to_json() for sound in sounds]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
