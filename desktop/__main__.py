"""`python -m desktop [SONG]`: opens the window."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    """Reads the command line and runs the program."""
    parser = argparse.ArgumentParser(prog="python -m desktop", description="Open Continuo’s window.")
    parser.add_argument("song", nargs="?", type=Path, metavar="SONG", help="the folder of a song to open")
    arguments = parser.parse_args()
    from desktop import garbage

    with garbage.not_while_starting():
        from desktop.app import run

        return run(arguments.song)


if __name__ == "__main__":
    sys.exit(main())
