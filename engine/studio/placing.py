"""A composed piece comes into a song: a track for every part, each with one clip, as one new song."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.audio import Audio
from engine.project import edits
from engine.project.model import Project
from engine.project.storing import store_sound
from engine.timing.position import Position

if TYPE_CHECKING:
    from engine.compose.performance import Performance


def place_performance(
    p: Project,
    folder: Path,
    performance: "Performance",
    position: Position,
    *,
    check: Callable[[], None] | None = None,
) -> tuple[Project, list[str]]:
    """The song with a track for every part of the piece, below those that it has; also the ids of the new clips.

    Each track is called after its part and holds one clip at `position`. Applied as one edit, it is one undo step. The
    sounds go into the pool of the song in `folder`; the song itself is neither saved nor changed, and a sound that no
    song uses in the end is swept away like any other. Any thread.

    Args:
        p: the song as it is now.
        folder: its folder.
        performance: what `engine.compose.performance` composed and played.
        position: where the clips start.
        check: called between two parts; raises where the user cancelled.

    Raises:
        AudioFileError: the disk is full or failing.
        ProjectFileError: the song's folder for audio is a link to somewhere else.
    """
    clip_ids: list[str] = []
    for name, stem in performance.sound.stems.items():
        if check:
            check()
        source = store_sound(folder, Audio(stem.T.copy(), performance.sound.rate), name.capitalize())
        p, ids = edits.add_sounds(p, [source], position)
        clip_ids += ids
    return p, clip_ids
