"""What the starter can do on held-out music, goal beside measured: `continuo evaluate`, kept in `results`.

Run it with `python -m tests.benchmarks.evaluate`; it takes about half an hour on two cores, with --quick a few minutes
(and then keeps nothing, as its figures are rough). Other arguments go to the command; with --out a run that was
interrupted goes on where it was.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from engine.cli import main
from engine.cli.evaluate import FIGURES

RESULTS = Path(__file__).parent / "results" / "evaluate-starter.json"


def measure(arguments: list[str]) -> int:
    """Evaluates and keeps the figures; returns the command's status."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(arguments[arguments.index("--out") + 1]) if "--out" in arguments else Path(place)
        status = main(["evaluate", "--model", "melody-starter", "--no-pictures", "--out", str(out), *arguments])
        if status == 0 and "--quick" not in arguments and "--parts" not in arguments:
            shutil.copyfile(out / FIGURES, RESULTS)
    return status


if __name__ == "__main__":
    sys.exit(measure(sys.argv[1:]))
