"""Where things lie: the program's own data, and the user's settings, cache and songs."""

import os
from pathlib import Path

_APP = "continuo"
_RESOURCES = Path(__file__).resolve().parent.parent / "resources"

SOUNDFONT_VARIABLE = "CONTINUO_SOUNDFONT"
"""The environment variable that names a SoundFont file (.sf2 or .sf3) to use instead of the bundled one."""


def resources() -> Path:
    """The folder of data files that the program brings along."""
    return _RESOURCES


def config_dir() -> Path:
    """The user's settings (`CONTINUO_CONFIG` overrides it); created when missing."""
    return _made(Path(os.environ.get("CONTINUO_CONFIG") or _standard("user_config_dir")))


def data_dir() -> Path:
    """What the program keeps between runs, such as models (`CONTINUO_DATA` overrides it); created when missing."""
    return _made(Path(os.environ.get("CONTINUO_DATA") or _standard("user_data_dir")))


def plugins_dir() -> Path:
    """The folder of the user's own effects (`CONTINUO_PLUGINS` overrides it); not created."""
    return Path(os.environ.get("CONTINUO_PLUGINS") or config_dir() / "plug-ins")


def cache_dir() -> Path:
    """What can be made again, of songs that lie where nothing may be written (`CONTINUO_CACHE` overrides it).

    Not created.
    """
    return Path(os.environ.get("CONTINUO_CACHE") or _standard("user_cache_dir"))


def songs_dir() -> Path:
    """Where new songs are proposed to be kept; not created."""
    import platformdirs

    return Path(platformdirs.user_music_dir()) / "Continuo"


def _standard(kind: str) -> str:
    """The folder of this program that platformdirs calls `kind`."""
    import platformdirs  # here, since the player asks for none

    return str(getattr(platformdirs, kind)(_APP, appauthor=False))


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path
