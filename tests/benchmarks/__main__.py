"""`python -m tests.benchmarks [NAME…]`: runs the benchmarks of this folder, each in a process of its own."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Runs those that are named, or all; returns how many failed."""
    there = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if not path.stem.startswith("test_"))
    failed = 0
    for name in sys.argv[1:] or there:
        print(f"== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
