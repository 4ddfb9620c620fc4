"""Whether the pool's files are still the bytes that came in: each is named by their hash."""

import re
from pathlib import Path

from engine.errors import AudioFileError
from engine.jobs import Context
from engine.project.model import Project, Source
from engine.project.pool import HASH_DIGITS, hash_file
from engine.project.sources import is_there, source_path

_HASH = re.compile(f"[0-9a-f]{{{HASH_DIGITS}}}")


def find_damaged(folder: Path, project: Project, context: Context | None = None) -> list[Source]:
    """The sources of `project` whose files are there, but have other bytes than when they came in.

    Reads every file of the pool once, so it is work for the background. A source with another kind of name than the
    hash of its bytes cannot be checked and is taken as it is.

    Raises:
        Cancelled: the user cancelled.
    """
    damaged = []
    sources = [each for each in project.sources.values() if not each.growing and _HASH.fullmatch(each.id)]
    for number, source in enumerate(sources):
        if context:
            context.progress(number / len(sources), "Checking audio files")
        if not is_there(folder, source):
            continue
        try:
            if hash_file(source_path(folder, source), context) != source.id:
                damaged.append(source)
        except AudioFileError:  # a sector that cannot be read any more
            damaged.append(source)
    return sorted(damaged, key=lambda source: (source.name, source.id))


def damage_sentence(project: Project, damaged: list[Source]) -> str:
    """Names the damaged files and the clips that play them; empty where there are none."""
    if not damaged:
        return ""
    ids = {source.id for source in damaged}
    playing = dict.fromkeys(
        clip.name or "unnamed" for _, clip in project.clips() if any(take.source in ids for take in clip.takes)
    )
    files, clips = _listed([source.name for source in damaged]), _listed(list(playing))
    what = f"The audio file {files} has" if len(damaged) == 1 else f"The audio files {files} have"
    used = f" (clips: {clips})" if playing else ""
    return f"{what} changed on the disk since it came into the song{used}: locate the original to replace it."


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name[:40]}”" for name in names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
