"""What measuring the models on this machine has found, kept between runs."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from engine import paths
from engine.errors import ProjectFileError
from engine.project.whole_file import write_whole

_FILE = "measured.json"


def read_measured() -> dict[str, Mapping[str, Any]]:
    """The last row of each model id; empty where there is none, or the file is damaged."""
    with suppress(OSError, ValueError):
        rows = json.loads((paths.data_dir() / _FILE).read_text(encoding="utf-8"))
        if isinstance(rows, dict):
            return {model: row for model, row in rows.items() if isinstance(row, dict)}
    return {}


def keep_measured(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Writes the rows, if that can be; they can be measured again."""
    with suppress(OSError, ProjectFileError):
        text = json.dumps({model: dict(row) for model, row in rows.items()}, indent=2)
        write_whole(paths.data_dir() / _FILE, text.encode())
