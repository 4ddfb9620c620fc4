"""What the commands that work on a song have in common: the argument, its tracks, the song opened for editing."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import ProjectFileError
from engine.project.files import ProjectFolder
from engine.project.model import Project, Track


def add_song(parser: argparse.ArgumentParser) -> None:
    """Adds the argument SONG."""
    parser.add_argument("song", metavar="SONG", type=Path, help="the song's folder")


def find_track(project: Project, name: str) -> Track | None:
    """The track with that name (or id); None if there is none.

    Raises:
        ProjectFileError: several tracks have the name.
    """
    tracks = [track for track in project.tracks if track.name == name]
    if len(tracks) > 1:
        ids = ", ".join(track.id for track in tracks)
        raise ProjectFileError(f"The song has {len(tracks)} tracks “{name}”: name one by its id ({ids}).")
    return tracks[0] if tracks else project.track(name)


@contextmanager
def opened_for_editing(song: Path) -> Iterator[ProjectFolder]:
    """The song, locked, with nothing left over from a crash that saving would decide about.

    Raises:
        ProjectFileError: it cannot be opened, or there are unsaved changes to be recovered first.
    """
    with ProjectFolder.open(song) as folder:
        if folder.read_only:
            raise ProjectFileError(folder.notice)
        if folder.recovery is not None:
            raise ProjectFileError(
                f"“{song}” has unsaved changes from a session that ended unexpectedly: open it in the window "
                "(continuo open) and decide whether to keep them."
            )
        if folder.notice:
            print(f"continuo: {folder.notice}", file=sys.stderr)
        yield folder
