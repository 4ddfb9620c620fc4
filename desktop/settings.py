"""What the window remembers between runs, in one file of the settings folder."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from engine import paths
from engine.project.layout import PROJECT_FILE

MAX_RECENT = 12


@dataclass(frozen=True)
class RecentSong:
    """A song that was open once."""

    folder: Path
    missing: bool


class Settings:
    """Typed access to `desktop.ini`; belongs to the UI thread."""

    def __init__(self) -> None:
        self._store = QSettings(str(paths.config_dir() / "desktop.ini"), QSettings.Format.IniFormat)

    def recent(self) -> list[RecentSong]:
        """The songs that were open, latest first."""
        value = self._store.value("recent", [])
        folders = value if isinstance(value, list) else [value]
        return [RecentSong(Path(f), not (Path(f) / PROJECT_FILE).is_file()) for f in map(str, folders) if f]

    def add_recent(self, folder: Path) -> None:
        """Puts `folder` at the head of the recent songs."""
        folder = folder.resolve()
        rest = [each.folder for each in self.recent() if each.folder != folder]
        self._store.setValue("recent", [str(each) for each in [folder, *rest][:MAX_RECENT]])

    def forget_recent(self, folder: Path) -> None:
        """Takes `folder` off the list."""
        self._store.setValue("recent", [str(each.folder) for each in self.recent() if each.folder != folder])

    def blob(self, key: str) -> QByteArray | None:
        """A window's geometry or state as Qt saved it."""
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else None

    def text(self, key: str, default: str = "") -> str:
        """A text."""
        value = self._store.value(key, default)
        return str(value) if value is not None else default

    def number(self, key: str, default: float) -> float:
        """A finite number; the default where the file holds none."""
        try:
            number = float(self.text(key, str(default)))
        except ValueError:
            return default
        return number if math.isfinite(number) else default

    def flag(self, key: str, default: bool = False) -> bool:
        """A switch."""
        return self.text(key, "true" if default else "false").lower() == "true"

    def put(self, key: str, value: Any) -> None:
        """Keeps a text, number, switch or QByteArray."""
        self._store.setValue(key, value if isinstance(value, QByteArray) else str(value))

    def flush(self) -> None:
        """Writes what is due."""
        self._store.sync()
