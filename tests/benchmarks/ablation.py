"""The dual path against a 1-D U-Net of its size, kept in `results`: `continuo evaluate --ablation`.

Run it with `python -m tests.benchmarks.ablation FOLDER`, where FOLDER is what `continuo train encode` wrote; other
arguments (--steps, --batch, --seed, --device) go to the command. What was interrupted goes on with the same --out.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from engine.cli import main
from engine.cli.evaluate import ABLATION

RESULTS = Path(__file__).parent / "results" / "ablation.json"


def measure(arguments: list[str]) -> int:
    """Trains both, keeps the figures and returns the command's status."""
    if not arguments:
        print("left out: name a folder of encoded sound")
        return 0
    with tempfile.TemporaryDirectory() as place:
        out = Path(arguments[arguments.index("--out") + 1]) if "--out" in arguments else Path(place)
        status = main(["evaluate", "--out", str(out), "--ablation", *arguments])
        if status == 0:
            shutil.copyfile(out / ABLATION, RESULTS)
    return status


if __name__ == "__main__":
    sys.exit(measure(sys.argv[1:]))
