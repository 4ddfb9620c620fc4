"""DAWproject files (version 1.0): a song for Bitwig Studio, Cubase, Studio One and other programs, and from them."""

from pathlib import Path
from typing import Final

SUFFIX: Final = ".dawproject"
"""The ending of their names."""


def is_dawproject(path: Path) -> bool:
    """Whether the name of `path` ends as that of a DAWproject file."""
    return path.suffix.lower() == SUFFIX
