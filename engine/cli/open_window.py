"""`continuo open [SONG]`: the window."""

import argparse
from pathlib import Path

from engine.errors import EngineError, ProjectFileError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("song", metavar="SONG", nargs="?", type=Path, help="the song's folder")
    parser.add_argument("--demo", action="store_true", help="open the demo song, which is made the first time")
    parser.add_argument("--new", action="store_true", help="open a new song, with the keyboard in the composer bar")


def run(arguments: argparse.Namespace) -> int:
    """Opens the window and stays until it is closed."""
    song: Path | None = getattr(arguments, "song", None)
    if song and not song.is_dir():
        raise ProjectFileError(f"There is no song in “{song}”: it is not a folder.")
    try:
        from desktop import garbage
    except ImportError as error:
        raise _cannot_open(error) from error
    with garbage.not_while_starting():
        try:
            from desktop.app import run as run_window
        except ImportError as error:
            raise _cannot_open(error) from error
        status: int = run_window(song, demo=getattr(arguments, "demo", False), new=getattr(arguments, "new", False))
    return status


def _cannot_open(error: ImportError) -> EngineError:
    return EngineError(f"The window cannot be opened ({error}): run “continuo doctor” to see what is missing.")
