"""The starter's VAE on real recordings, kept in `results`: `continuo evaluate --recordings`.

Run it with `python -m tests.benchmarks.recordings FOLDER`. The kept figures are of the music of The Battle for Wesnoth
(Debian's package wesnoth-1.16-music, GPL-2+), which no model here has been trained on; none of it is kept.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from engine.cli import main
from engine.cli.evaluate import FIGURES

RESULTS = Path(__file__).parent / "results" / "recordings-starter.json"


def measure(arguments: list[str]) -> int:
    """Measures, keeps the figures and returns the command's status."""
    if not arguments:
        print("left out: name a folder of recordings")
        return 0
    with tempfile.TemporaryDirectory() as place:
        status = main(["evaluate", "--model", "melody-starter", "--out", place, "--recordings", *arguments])
        if status == 0:
            shutil.copyfile(Path(place) / FIGURES, RESULTS)
    return status


if __name__ == "__main__":
    sys.exit(measure(sys.argv[1:]))
